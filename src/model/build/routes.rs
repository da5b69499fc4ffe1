//! Route tables, peerings, network ACLs.

use super::addresses::overlap;
use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{
    AclRule, Destination, Draft, EndpointKind, EndpointTarget, Family, Id, PrefixList, Ref, Route,
    RouteKind, RouteTable, Subnet, Target, Vpc, World, v4, v6,
};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    duplicate_routes(draft, report);
    never_routed(draft, report);
    inside_the_vpc(draft, report);
    edges(draft, report);
    families(draft, report);
    endpoint_routes(draft, report);
    appliances_by_block(draft, report);
    peerings(draft, report);
    own_peerings(draft, report);
    acl_numbers(draft, report);
}

/// A table has one static route to a destination: CreateRoute answers RouteAlreadyExists
/// (`/vpc/latest/userguide/route-tables-priority.html`).
fn duplicate_routes(draft: &Draft, report: &mut Report) {
    for (_, table) in draft.tables.iter() {
        let mut blocks: HashSet<IpNet> = HashSet::new();
        let mut lists: HashSet<Id<PrefixList>> = HashSet::new();
        for route in table.routes.iter().filter(|r| r.kind == RouteKind::Static) {
            let (new, what) = match &route.destination {
                Destination::Cidr(cidr) => (blocks.insert(cidr.trunc()), cidr.to_string()),
                Destination::List(r) => {
                    (r.id().is_none_or(|l| lists.insert(l)), r.text.to_string())
                }
                // Routes of gateway endpoints are checked at the endpoints.
                Destination::AwsList(..) => continue,
            };
            if !new {
                let at = table.label(draft);
                let message = format!("route table `{at}` has two static routes to `{what}`");
                report.error("duplicate-route", at, &route.origin, message);
            }
        }
    }
}

/// What no route may lead to: where the host answers for itself
/// (`/vpc/latest/userguide/subnet-route-tables.html`).
fn never_routed(draft: &Draft, report: &mut Report) {
    let held = [
        IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 168, 0), 22)),
        IpNet::V6(Ipv6Net::new_assert(
            Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0),
            32,
        )),
    ];
    for (_, table) in draft.tables.iter() {
        for route in &table.routes {
            let Some(cidr) = steered(route) else { continue };
            if let Some(block) = held.iter().find(|h| h.contains(&cidr)) {
                let message = format!("`{cidr}` is inside {block}, which no route can lead to");
                let at = table.label(draft);
                report.error("route-to-host-services", at, &route.origin, message);
            }
        }
    }
}

/// The block of a static route that leaves the VPC's own delivery.
fn steered(route: &Route) -> Option<IpNet> {
    match (&route.destination, route.kind, &route.target) {
        (_, _, Target::Local) => None,
        (Destination::Cidr(cidr), RouteKind::Static, _) => Some(cidr.trunc()),
        _ => None,
    }
}

/// A route more specific than `local` names a whole subnet
/// (`/vpc/latest/userguide/subnet-route-tables.html`), and no block can be added to a VPC that
/// equals or contains the destination of a route that was there
/// (`/vpc/latest/userguide/vpc-cidr-blocks.html`).
fn inside_the_vpc(draft: &Draft, report: &mut Report) {
    let whole: HashSet<(Id<Vpc>, IpNet)> = draft
        .subnets
        .iter()
        .filter_map(|(_, s): (_, &Subnet)| Some((s.vpc.id()?, s)))
        .flat_map(|(vpc, s)| s.blocks().map(move |block| (vpc, block.trunc())))
        .collect();
    for (_, table) in draft.tables.iter() {
        let Some(id) = table.vpc.id() else { continue };
        let vpc = &draft.vpcs[id];
        for route in &table.routes {
            let Some(cidr) = steered(route) else { continue };
            let mut own = vpc
                .blocks()
                .filter(|c| Family::of_net(*c) == Family::of_net(cidr));
            let Some(place) = own.position(|c| c.contains(&cidr)) else {
                continue;
            };
            // Only these targets are never allowed inside the VPC: the route was there before.
            let foreign = matches!(
                route.target,
                Target::Internet(_)
                    | Target::EgressOnly(_)
                    | Target::Peering(_)
                    | Target::Vpn(_)
                    | Target::Transit(_)
            );
            if place > 0 && foreign {
                let message = format!(
                    "a block of VPC `{}` contains `{cidr}`, to which route table `{}` has a route",
                    vpc.name, table.name
                );
                report.error("cidr-contains-route", &vpc.name, &route.origin, message);
            } else if !vpc.blocks().any(|c| c.trunc() == cidr) && !whole.contains(&(id, cidr)) {
                let message = format!(
                    "`{cidr}` is inside VPC `{}` and not the block of a subnet",
                    vpc.name
                );
                report.error(
                    "route-not-a-whole-subnet",
                    table.label(draft),
                    &route.origin,
                    message,
                );
            } else if foreign && draft.world == World::Closed {
                let message = format!(
                    "`{cidr}` is inside VPC `{}`: a route there leads to an interface or a NAT gateway",
                    vpc.name
                );
                let at = table.label(draft);
                report.error("route-inside-vpc-target", at, &route.origin, message);
            }
        }
    }
}

/// The table of a gateway routes to whole subnets or the whole VPC, to interfaces or locally, and
/// serves no subnet (`/vpc/latest/userguide/gateway-route-tables.html`).
fn edges(draft: &Draft, report: &mut Report) {
    for (id, table) in draft.tables.iter() {
        let (Some(_), Some(vpc)) = (&table.edge_of, table.vpc.id()) else {
            continue;
        };
        let at = table.label(draft);
        if let Some((_, s)) = draft.subnets.iter().find(|(_, s)| s.table.id() == Some(id)) {
            let message = format!(
                "`{at}` is the table of a gateway, and of subnet `{}`",
                s.name
            );
            report.error("edge-table-of-subnet", &at, &table.origin, message);
        }
        let subnets = || {
            draft
                .subnets
                .iter()
                .filter(|(_, s)| s.vpc.id() == Some(vpc))
        };
        for route in &table.routes {
            let known = match &route.destination {
                Destination::Cidr(net) => {
                    let same = |c: IpNet| c.trunc() == net.trunc();
                    draft.vpcs[vpc].blocks().any(same)
                        || subnets().any(|(_, s)| s.blocks().any(same))
                }
                Destination::List(_) | Destination::AwsList(..) => false,
            };
            let target = matches!(
                route.target,
                Target::Local | Target::Interface(_) | Target::Endpoint(_) | Target::Unseen(_)
            );
            if !known {
                let message = format!(
                    "`{at}` routes to something else than the VPC's block or a whole subnet's"
                );
                report.error("edge-route-destination", &at, &route.origin, message);
            }
            if !target {
                let message = format!("`{at}` can lead to an interface, or be local");
                report.error("edge-route-target", &at, &route.origin, message);
            }
        }
    }
}

/// A route to a Gateway Load Balancer endpoint is for a block
/// (`/vpc/latest/privatelink/vpce-gateway-load-balancer.html`).
fn appliances_by_block(draft: &Draft, report: &mut Report) {
    for (_, table) in draft.tables.iter() {
        for route in &table.routes {
            let (Target::Endpoint(endpoint), Destination::List(list)) =
                (&route.target, &route.destination)
            else {
                continue;
            };
            let target = endpoint.id().map(|e| &draft.endpoints[e].target);
            if let Some(EndpointTarget::Unmodelled(..)) = target {
                let at = table.label(draft);
                let message = format!(
                    "a route to `{}` is for a block, not for `{}`",
                    endpoint.text, list.text
                );
                report.error("gwlb-route-prefix-list", at, &route.origin, message);
            }
        }
    }
}

/// The block that a NAT gateway translates to IPv4 (RFC 6052).
const NAT64: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// An egress-only internet gateway takes IPv6 alone, and a NAT gateway IPv4, or what it translates to
/// that (`/vpc/latest/userguide/egress-only-internet-gateway.html`, `nat-gateway-nat64-dns64.html`).
fn families(draft: &Draft, report: &mut Report) {
    for (_, table) in draft.tables.iter() {
        for route in &table.routes {
            let blocks = match &route.destination {
                Destination::Cidr(net) => vec![*net],
                Destination::List(r) => match r.id() {
                    Some(list) => draft.prefix_lists[list].entries.clone(),
                    None => continue,
                },
                Destination::AwsList(..) => continue,
            };
            let (code, message, help) = match &route.target {
                Target::EgressOnly(r) => match v4(&blocks).next() {
                    Some(block) => (
                        "egress-only-route-not-ipv6",
                        format!("`{block}` is IPv4, and `{}` takes IPv6 alone", r.text),
                        "IPv4 leaves by an internet gateway or a NAT gateway; for all of IPv6 write `\"::/0\"`",
                    ),
                    None => continue,
                },
                Target::Nat(r) => match v6(&blocks).find(|b| **b != NAT64) {
                    Some(block) => (
                        "nat-route-not-nat64",
                        format!("NAT gateway `{}` does not take `{block}`", r.text),
                        "of IPv6 it takes `\"64:ff9b::/96\"` alone, which stands for IPv4 addresses; the rest leaves by an egress-only internet gateway",
                    ),
                    None => continue,
                },
                _ => continue,
            };
            let found = Diagnostic::error(code, table.label(draft), &route.origin, message);
            report.push(found.help(help));
        }
    }
}

/// A table has one gateway endpoint's route to a service
/// (`/vpc/latest/privatelink/gateway-endpoints.html`).
fn endpoint_routes(draft: &Draft, report: &mut Report) {
    let mut seen: HashMap<(Id<RouteTable>, &str, &str), &str> = HashMap::new();
    for (_, endpoint) in draft.endpoints.iter() {
        let (EndpointKind::Gateway(tables), EndpointTarget::Aws(region, service)) =
            (&endpoint.kind, &endpoint.target)
        else {
            continue;
        };
        for table in tables.iter().filter_map(Ref::id) {
            if let Some(first) = seen.insert((table, region, service), &endpoint.name) {
                let message = format!(
                    "route table `{}` has the route of endpoint `{first}` to `{service}`",
                    draft.tables[table].name
                );
                let at = endpoint.label(draft);
                report.error(
                    "two-endpoint-routes-one-table",
                    at,
                    &endpoint.origin,
                    message,
                );
            }
        }
    }
}

/// Two different VPCs whose blocks do not overlap, not even in part, and one connection that works
/// between them (`/vpc/latest/peering/vpc-peering-basics.html`).
fn peerings(draft: &Draft, report: &mut Report) {
    let mut pairs: HashMap<(Id<Vpc>, Id<Vpc>), &str> = HashMap::new();
    for (_, peering) in draft.peerings.iter() {
        let [Some(one), Some(other)] = peering.between.each_ref().map(Ref::id) else {
            continue;
        };
        if one == other {
            let message = format!("peering `{}` joins a VPC with itself", peering.name);
            report.error(
                "peering-with-itself",
                &peering.name,
                &peering.origin,
                message,
            );
            continue;
        }
        let pair = (one.min(other), one.max(other));
        if peering.active
            && let Some(first) = pairs.insert(pair, &peering.name)
        {
            let message = format!("peering `{first}` joins the same two VPCs");
            report.error("peered-twice", &peering.name, &peering.origin, message);
        }
        let (one, other) = (&draft.vpcs[one], &draft.vpcs[other]);
        let common = one
            .blocks()
            .flat_map(|a| other.blocks().map(move |b| (a, b)))
            .find(|(a, b)| overlap(a, b));
        if let Some((a, b)) = common {
            let message = format!(
                "`{a}` of VPC `{}` overlaps `{b}` of VPC `{}`",
                one.name, other.name
            );
            report.error("peering-overlap", &peering.name, &peering.origin, message);
        }
    }
}

/// A route leads into a peering connection of its own VPC
/// (`/vpc/latest/peering/vpc-peering-routing.html`).
fn own_peerings(draft: &Draft, report: &mut Report) {
    for (_, table) in draft.tables.iter() {
        let Some(vpc) = table.vpc.id() else { continue };
        for route in &table.routes {
            let Target::Peering(r) = &route.target else {
                continue;
            };
            let ends = r.id().map(|p| draft.peerings[p].between.each_ref());
            let foreign = |e: &&Ref<Vpc>| e.id().is_some_and(|end| end != vpc);
            if ends.is_some_and(|ends| ends.iter().all(foreign)) {
                let message = format!("peering `{}` is between two other VPCs", r.text);
                let at = table.label(draft);
                report.error("peering-of-other-vpcs", at, &route.origin, message);
            }
        }
    }
}

/// Rules are numbered 1 to 32766, each number once a direction
/// (`/vpc/latest/userguide/vpc-network-acls.html`).
fn acl_numbers(draft: &Draft, report: &mut Report) {
    let acls = draft.acls.iter();
    let acls = acls.map(|(_, a)| (a.label(draft), &a.ingress, &a.egress));
    let sites = draft.sites.iter();
    let sites = sites.filter_map(|(_, s)| Some((&s.name, s.rules.as_ref()?)));
    let sites = sites.map(|(name, r)| (name.clone(), &r.ingress, &r.egress));
    for (label, ingress, egress) in acls.chain(sites) {
        for rules in [ingress, egress] {
            let mut seen = HashSet::new();
            for AclRule { number, origin, .. } in rules {
                let fault = if !(1..=32766).contains(number) {
                    // An import lists the final deny as 32767.
                    (draft.world == World::Closed).then_some("is not in 1 to 32766")
                } else {
                    (!seen.insert(*number)).then_some("is taken")
                };
                if let Some(fault) = fault {
                    let message = format!("rule number {number} {fault}");
                    report.error("acl-rule-number", label.as_str(), origin, message);
                }
            }
        }
    }
}
