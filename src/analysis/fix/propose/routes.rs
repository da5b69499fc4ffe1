//! Routes: over whatever joins the table's VPC to where the destination is.

use super::super::blocked::{Blocked, block};
use super::filters::{is_public, list, listed};
use crate::aws::embedded;
use crate::edit::{Edit, RemoveRoute, SetRoute};
use crate::fabric::Address;
use crate::model::{
    Attached, Destination, Draft, Id, Joined, Meaning, Network, Noun, Origin, Ref, Route,
    RouteKind, RouteTable, Subnet, Target, TransitGateway, Vpc,
};
use ipnet::{IpNet, Ipv6Net};
use std::net::Ipv6Addr;

/// The block that a NAT gateway translates to IPv4
/// (`/vpc/latest/userguide/nat-gateway-nat64-dns64.html`).
const NAT64: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// A route for the destination in the table that has none, or in place of the one that leads
/// nowhere.
pub(super) fn route(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    match blocked.route_table() {
        Some(table) => in_table(blocked, table, replaced(blocked, table)),
        None => Vec::new(),
    }
}

/// Another route in the table that led where it does not go on.
pub(super) fn another(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    match blocked.last_route() {
        Some((table, _)) => in_table(blocked, table, None),
        None => Vec::new(),
    }
}

/// Away with the route that took a reply elsewhere than the request came from.
pub(super) fn removal(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let Some((table, row)) = blocked.last_route() else {
        return Vec::new();
    };
    let mut routes = blocked.network.tables[table].routes.iter();
    let said = |d: &Destination| match d {
        Destination::Cidr(net) => net.to_string() == row,
        Destination::List(_) | Destination::AwsList(..) => false,
    };
    let found = routes
        .find(|r| r.kind == RouteKind::Static && r.target != Target::Local && said(&r.destination));
    let edit = found.map(|route| RemoveRoute {
        table,
        destination: route.destination.clone(),
    });
    edit.into_iter().map(|e| vec![e.into()]).collect()
}

/// A route for the destination in a table, in place of the one written for just that.
fn in_table(
    blocked: &Blocked<'_>,
    table: Id<RouteTable>,
    written: Option<Destination>,
) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let Some(met) = blocked.met else {
        return Vec::new();
    };
    let written = written.or_else(|| {
        let meant = destination(blocked, met.dst)?;
        let mut routes = network.tables[table].routes.iter();
        let same = |r: &Route| r.kind == RouteKind::Static && r.destination == meant;
        routes.any(same).then_some(meant)
    });
    let replaces = written.is_some();
    let Some(destination) = written.or_else(|| destination(blocked, met.dst)) else {
        return Vec::new();
    };
    targets(network, table, met.dst)
        .into_iter()
        .map(|target| {
            let route = SetRoute {
                table,
                destination: destination.clone(),
                target,
                replaces,
            };
            vec![route.into()]
        })
        .collect()
}

/// The destination of the route that leads nowhere.
fn replaced(blocked: &Blocked<'_>, table: Id<RouteTable>) -> Option<Destination> {
    let name = blocked.row_name()?;
    let routes = blocked.network.tables[table].routes.iter();
    let mut dead = routes.filter(|r| r.kind == RouteKind::Static);
    let of = |d: &Destination| match d {
        Destination::Cidr(net) => net.to_string() == name,
        Destination::List(list) => {
            let list = list.id().map(|l| &blocked.network.prefix_lists[l].name);
            list.is_some_and(|list| name.starts_with(&format!("{list} (")))
        }
        Destination::AwsList(_, service) => name.contains(&format!("pl-{service}")),
    };
    dead.find(|r| of(&r.destination))
        .map(|r| r.destination.clone())
}

/// What a route for an address is for, as narrow as a person would write it: a subnet, a site's
/// block, one host of the internet, or the list of a service.
fn destination(blocked: &Blocked<'_>, to: Address) -> Option<Destination> {
    let network = blocked.network;
    if let (true, Some((region, service))) = (is_public(blocked, to), listed(blocked)) {
        return Some(Destination::AwsList(region, list(&service, to)));
    }
    if embedded(to).is_some() {
        return Some(Destination::Cidr(IpNet::V6(NAT64)));
    }
    let host = block(to)?;
    let holds = |block: &IpNet| block.contains(&to.ip());
    let subnets = network.subnets.iter().flat_map(|(_, s)| s.blocks());
    let sites = network
        .sites
        .iter()
        .flat_map(|(_, s)| s.cidrs.iter().copied());
    let clients = network
        .client_vpns
        .iter()
        .map(|(_, c)| IpNet::from(c.clients));
    let mut known = subnets.chain(sites).chain(clients);
    Some(Destination::Cidr(known.find(holds).unwrap_or(host)))
}

/// What could take it there from a table's VPC.
fn targets(network: &Network, table: Id<RouteTable>, to: Address) -> Vec<Target> {
    let Some(vpc) = network.tables[table].vpc.id() else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let ip = to.ip();
    let there = |v: Id<Vpc>| network.vpcs[v].blocks().any(|b| b.contains(&ip));
    if there(vpc) {
        return out;
    }
    for (id, peering) in network.peerings.iter() {
        let far = match [&peering.between[0], &peering.between[1]].map(Ref::id) {
            [Some(a), b] if a == vpc => b,
            [a, Some(b)] if b == vpc => a,
            _ => continue,
        };
        if far.is_some_and(there) {
            out.push(Target::Peering(known(network, id)));
        }
    }
    for (id, gateway) in network.vpn_gateways.iter() {
        let mut connections = network.connections.iter();
        let leads = connections.any(|(_, c)| {
            let here = matches!(&c.to, Joined::Vpn(g) if g.id() == Some(id));
            let site = c.site.id().map(|s| &network.sites[s]);
            here && site.is_some_and(|s| s.cidrs.iter().any(|b| b.contains(&ip)))
        });
        if gateway.vpc.id() == Some(vpc) && leads {
            out.push(Target::Vpn(known(network, id)));
        }
    }
    let transits = attached(network, vpc);
    out.extend(
        transits
            .into_iter()
            .map(|t| Target::Transit(known(network, t))),
    );
    if !network.is_private(ip) || block(to).is_none() {
        public(network, vpc, to, &mut out);
    }
    beside(network, (vpc, table), to, &mut out);
    out
}

/// The transit gateways that a VPC is attached to.
fn attached(network: &Network, vpc: Id<Vpc>) -> Vec<Id<TransitGateway>> {
    let mut out = Vec::new();
    for (_, attachment) in network.attachments.iter() {
        let own = matches!(&attachment.to, Attached::Vpc(v, _) if v.id() == Some(vpc));
        if let (true, Some(gateway)) = (own, attachment.gateway.id())
            && !out.contains(&gateway)
        {
            out.push(gateway);
        }
    }
    out
}

/// The ways to public addresses: a NAT gateway before the internet gateway itself.
fn public(network: &Network, vpc: Id<Vpc>, to: Address, out: &mut Vec<Target>) {
    if to.is_v4() {
        out.extend(nat_gateways(network, vpc));
        let nats = network.regional_nats.iter();
        let nats = nats.filter(|(_, n)| n.available && n.vpc.id() == Some(vpc));
        out.extend(nats.map(|(id, _)| Target::RegionalNat(known(network, id))));
    } else {
        if embedded(to).is_some() {
            out.extend(nat_gateways(network, vpc));
        }
        let gateways = network.egress_only_gateways.iter();
        let own = gateways.filter(|(_, g)| g.vpc.id() == Some(vpc));
        out.extend(own.map(|(id, _)| Target::EgressOnly(known(network, id))));
    }
    let gateway = network.vpcs[vpc].internet_gateway.as_ref();
    out.extend(gateway.cloned().map(Target::Internet));
}

/// The public NAT gateways of a VPC.
fn nat_gateways(network: &Network, vpc: Id<Vpc>) -> impl Iterator<Item = Target> {
    let of = |subnet: &Ref<Subnet>| subnet.id().and_then(|s| network.subnets[s].vpc.id());
    let all = network.nat_gateways.iter();
    let nats = all.filter(move |(_, n)| n.public && n.available && of(&n.subnet) == Some(vpc));
    nats.map(|(id, _)| Target::Nat(known(network, id)))
}

/// The targets of routes that other tables of the VPC have for it, and those to which a gateway
/// hands what comes back to a subnet of the table: an appliance, say.
fn beside(
    network: &Network,
    (vpc, own): (Id<Vpc>, Id<RouteTable>),
    to: Address,
    out: &mut Vec<Target>,
) {
    let subnets = network.subnets.iter().map(|(_, s)| s);
    let own: Vec<IpNet> = { subnets.filter(|s| s.table.id() == Some(own)) }
        .flat_map(Subnet::blocks)
        .collect();
    let tables = network.tables.iter().map(|(_, t)| t);
    for table in tables.filter(|t| t.vpc.id() == Some(vpc)) {
        let comes_back = |net| table.edge_of.is_some() && own.contains(&net);
        for route in table.routes.iter().filter(|r| r.active) {
            let holds = match &route.destination {
                Destination::Cidr(net) => net.contains(&to.ip()) || comes_back(*net),
                Destination::List(_) | Destination::AwsList(..) => false,
            };
            let other = matches!(route.target, Target::Interface(_) | Target::Peering(_));
            let known = out.iter().any(|t| same(t, &route.target));
            if holds && other && !known {
                out.push(route.target.clone());
            }
        }
    }
}

/// Whether two targets are one.
fn same(one: &Target, other: &Target) -> bool {
    match (one, other) {
        (Target::Peering(a), Target::Peering(b)) => a.to == b.to,
        (Target::Interface(a), Target::Interface(b)) => a.to == b.to,
        _ => false,
    }
}

/// A reference to a noun by its full name.
pub(super) fn known<T: Noun>(draft: &Draft, id: Id<T>) -> Ref<T> {
    Ref {
        text: T::arena(draft)[id].label(draft).into(),
        origin: Origin::Unknown,
        to: Meaning::Known(id),
    }
}
