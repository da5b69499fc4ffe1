//! What belongs to one VPC serves that VPC, and what is public has a public address. An import says
//! what AWS has: it is not asked.

use super::noun::Noun;
use super::report::Report;
use crate::model::{
    Draft, EndpointKind, Id, Interface, Origin, Ref, Role, SecurityGroup, Vpc, World,
};
use std::net::Ipv4Addr;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    if draft.world == World::Open {
        return;
    }
    subnets(draft, report);
    groups(draft, report);
    associations(draft, report);
    endpoint_tables(draft, report);
    target_groups(draft, report);
    nat_gateways(draft, report);
    regional_nats(draft, report);
    load_balancers(draft, report);
    public_addresses(draft, report);
    denied(draft, report);
    further_interfaces(draft, report);
}

/// The interfaces of an instance are in its zone (`/AWSEC2/latest/UserGuide/using-eni.html`).
fn further_interfaces(draft: &Draft, report: &mut Report) {
    let zone = |r: &Ref<Interface>| {
        let subnet = draft.interfaces[r.id()?].subnet.id()?;
        Some(draft.subnets[subnet].zone.as_str())
    };
    for (_, instance) in draft.instances.iter() {
        let Some((first, further)) = instance.interfaces.split_first() else {
            continue;
        };
        for r in further {
            if let (Some(own), Some(other)) = (zone(first), zone(r))
                && own != other
            {
                let at = instance.label(draft);
                let message = format!("`{}` is in zone {other}, its instance in {own}", r.text);
                report.error("interface-in-another-zone", at, &r.origin, message);
            }
        }
    }
}

/// The VPC of what is referred to, if it is another one.
fn foreign<T: Noun>(draft: &Draft, own: Option<Id<Vpc>>, reference: &Ref<T>) -> bool {
    let there = reference.id().and_then(|id| {
        let noun: &T = &T::arena(draft)[id];
        noun.vpc(draft)
    });
    matches!((own, there), (Some(own), Some(there)) if own != there)
}

fn refuse(report: &mut Report, code: &'static str, at: &str, origin: &Origin, what: &str) {
    report.error(code, at, origin, format!("{what} is of another VPC"));
}

/// A subnet has a route table and an ACL of its VPC
/// (`/vpc/latest/userguide/subnet-route-tables.html`, `vpc-network-acls.html`).
fn subnets(draft: &Draft, report: &mut Report) {
    for (_, subnet) in draft.subnets.iter() {
        let (own, at) = (subnet.vpc.id(), subnet.label(draft));
        if foreign(draft, own, &subnet.table) {
            let what = format!("route table `{}`", subnet.table.text);
            refuse(report, "table-of-other-vpc", &at, &subnet.origin, &what);
        }
        if foreign(draft, own, &subnet.acl) {
            let what = format!("network ACL `{}`", subnet.acl.text);
            refuse(report, "acl-of-other-vpc", &at, &subnet.origin, &what);
        }
    }
}

/// An interface has groups of its VPC, or groups that are associated with it
/// (`/vpc/latest/userguide/security-group-assoc.html`).
fn groups(draft: &Draft, report: &mut Report) {
    for (_, interface) in draft.interfaces.iter() {
        let own = interface.vpc(draft);
        let associated = |g: &Ref<SecurityGroup>| {
            let vpcs = g.id().map(|g| &draft.groups[g].vpcs);
            vpcs.is_some_and(|all| all.iter().any(|v| v.id() == own))
        };
        let others = interface.groups.iter().filter(|g| foreign(draft, own, g));
        for group in others.filter(|g| !associated(g)) {
            let at = match &interface.role {
                Role::Endpoint(r) => r.id().map(|e| draft.endpoints[e].label(draft)),
                Role::LoadBalancer(r) => r.id().map(|l| draft.load_balancers[l].label(draft)),
                _ => None,
            };
            let at = at.unwrap_or_else(|| interface.label(draft));
            let what = format!("security group `{}`", group.text);
            refuse(report, "group-of-other-vpc", &at, &group.origin, &what);
        }
    }
}

/// A group is associated with VPCs of its own Region; a VPC's default group with none but its own
/// (`/vpc/latest/userguide/security-group-assoc.html`).
fn associations(draft: &Draft, report: &mut Report) {
    for (_, group) in draft.groups.iter() {
        let at = group.label(draft);
        let own = group.vpc.id().map(|v| &draft.vpcs[v]);
        for vpc in &group.vpcs {
            let (code, message) = if group.name == "default" {
                let message = "a default security group is its own VPC's alone".to_owned();
                ("default-group-is-not-shared", message)
            } else if vpc.id().is_some() && vpc.id() == group.vpc.id() {
                let message = format!("`{at}` is a group of `{}` anyway", vpc.text);
                ("group-of-this-vpc", message)
            } else if let (Some(own), Some(there)) = (own, vpc.id().map(|v| &draft.vpcs[v]))
                && own.region != there.region
            {
                let message = format!("`{}` is in another Region than `{at}`", vpc.text);
                ("group-across-regions", message)
            } else {
                continue;
            };
            report.error(code, &at, &vpc.origin, message);
        }
    }
}

/// A gateway endpoint writes its route into tables of its VPC
/// (`/vpc/latest/privatelink/gateway-endpoints.html`).
fn endpoint_tables(draft: &Draft, report: &mut Report) {
    for (_, endpoint) in draft.endpoints.iter() {
        let EndpointKind::Gateway(tables) = &endpoint.kind else {
            continue;
        };
        let own = endpoint.vpc.id();
        for table in tables.iter().filter(|t| foreign(draft, own, t)) {
            let (at, what) = (
                endpoint.label(draft),
                format!("route table `{}`", table.text),
            );
            refuse(report, "table-of-other-vpc", &at, &table.origin, &what);
        }
    }
}

/// A listener forwards to target groups of its load balancer's VPC
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
fn target_groups(draft: &Draft, report: &mut Report) {
    for (_, balancer) in draft.load_balancers.iter() {
        let own = balancer.vpc.id();
        let forwards = balancer.listeners.iter().flat_map(|l| &l.forward);
        for (group, _) in forwards.filter(|(g, _)| foreign(draft, own, g)) {
            let (at, what) = (
                balancer.label(draft),
                format!("target group `{}`", group.text),
            );
            refuse(
                report,
                "target-group-of-other-vpc",
                &at,
                &group.origin,
                &what,
            );
        }
    }
}

/// An interface that internet gateways refuse cannot have an Elastic IP
/// (`/AWSEC2/latest/APIReference/API_NetworkInterface.html`).
fn denied(draft: &Draft, report: &mut Report) {
    for (_, interface) in draft.interfaces.iter() {
        if interface.deny_all_igw_traffic == Some(true) && !interface.public.is_empty() {
            let at = interface.label(draft);
            let message = "an interface with `deny_all_igw_traffic` has no public address";
            let code = "private-with-public-address";
            report.error(code, at, &interface.origin, message.to_owned());
        }
    }
}

/// A public NAT gateway has an Elastic IP, a private one has none
/// (`/vpc/latest/userguide/vpc-nat-gateway.html`).
fn nat_gateways(draft: &Draft, report: &mut Report) {
    for (_, nat) in draft.nat_gateways.iter() {
        let Some(interface) = nat.interface.id().map(|i| &draft.interfaces[i]) else {
            continue;
        };
        let (code, message) = match (nat.public, interface.public.is_empty()) {
            (true, true) => (
                "public-without-public-address",
                "a public NAT gateway has a public address: give `public_ip`, or `type: private`",
            ),
            (false, false) => (
                "private-with-public-address",
                "a private NAT gateway has no public address",
            ),
            _ => continue,
        };
        report.error(code, nat.label(draft), &nat.origin, message.to_owned());
    }
}

/// A regional NAT gateway has public addresses, each for a zone that it serves
/// (`/vpc/latest/userguide/nat-gateways-regional.html`).
fn regional_nats(draft: &Draft, report: &mut Report) {
    for (_, nat) in draft.regional_nats.iter() {
        let at = nat.label(draft);
        let unserved = |zone: &&String| nat.zones.as_ref().is_some_and(|all| !all.contains(zone));
        let mut zones = nat.addresses.iter().filter_map(|(z, _)| z.as_ref());
        if let Some(zone) = zones.find(unserved) {
            let message =
                format!("`{at}` has a public address for `{zone}`, which it does not serve");
            report.error("nat-address-without-zone", &at, &nat.origin, message);
        }
        let has = |zone: &String| {
            let mut all = nat.addresses.iter();
            all.any(|(z, _)| z.as_ref().is_none_or(|z| z == zone))
        };
        let served = nat.zones.iter().flatten();
        let bare = served.clone().find(|z| !has(z));
        if nat.addresses.is_empty() || bare.is_some() {
            let zone = bare.map_or(String::new(), |z| format!(" for `{z}`"));
            let message = format!(
                "a regional NAT gateway has public addresses, and `{at}` has none{zone}: give `public_ip`"
            );
            report.error("public-without-public-address", &at, &nat.origin, message);
        }
    }
}

/// An internet-facing load balancer has a public address in every zone, an internal one has none
/// (`/elasticloadbalancing/latest/network/network-load-balancers.html`).
fn load_balancers(draft: &Draft, report: &mut Report) {
    for (_, balancer) in draft.load_balancers.iter() {
        let nodes = balancer.nodes.iter().filter_map(Ref::id);
        let mut public = nodes.map(|n| !draft.interfaces[n].public.is_empty());
        let (code, message) = if balancer.internet_facing && public.clone().any(|p| !p) {
            (
                "public-without-public-address",
                "an internet-facing load balancer has a public address in every zone: give `{ ip, public_ip }`",
            )
        } else if !balancer.internet_facing && public.any(|p| p) {
            (
                "private-with-public-address",
                "an internal load balancer has no public address: write `scheme: internet-facing`",
            )
        } else {
            continue;
        };
        report.error(
            code,
            balancer.label(draft),
            &balancer.origin,
            message.to_owned(),
        );
    }
}

/// A public address is none of those for private use
/// (`/vpc/latest/userguide/vpc-ip-addressing.html`).
fn public_addresses(draft: &Draft, report: &mut Report) {
    let shared = |ip: &Ipv4Addr| matches!(ip.octets(), [100, 64..=127, ..]);
    for (_, interface) in draft.interfaces.iter() {
        for (_, ip) in &interface.public {
            if ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared(ip) {
                let message = format!("`{ip}` is a private address, not a public one");
                let at = interface.label(draft);
                report.error("public-address-is-private", at, &interface.origin, message);
            }
        }
    }
}
