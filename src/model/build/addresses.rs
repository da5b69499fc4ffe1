//! Blocks and addresses.

use super::noun::Noun;
use super::report::Report;
use crate::model::{Draft, Id, Interface, Role, Subnet, Vpc};
use ipnet::Ipv4Net;
use std::collections::HashMap;
use std::net::Ipv4Addr;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    vpc_blocks(draft, report);
    subnets(draft, report);
    subnet_overlaps(draft, report);
    interface_addresses(draft, report);
    taken(draft, report);
    public_taken(draft, report);
}

/// Whether two blocks have an address in common.
pub(super) fn overlap(a: &Ipv4Net, b: &Ipv4Net) -> bool {
    a.contains(b) || b.contains(a)
}

/// The component an interface is part of, as `vpc/name`.
fn owner(draft: &Draft, interface: &Interface) -> String {
    let owner = match &interface.role {
        Role::Instance(r) => r.id().map(|i| draft.instances[i].label(draft)),
        Role::Nat(r) => r.id().map(|i| draft.nat_gateways[i].label(draft)),
        Role::Endpoint(r) => r.id().map(|i| draft.endpoints[i].label(draft)),
        Role::LoadBalancer(r) => r.id().map(|i| draft.load_balancers[i].label(draft)),
        Role::ClientVpn(r) => r.id().map(|i| draft.client_vpns[i].label(draft)),
        Role::Resolver(r) => r.id().map(|i| draft.resolver_endpoints[i].label(draft)),
        Role::Plain | Role::Other(_) => None,
    };
    owner.unwrap_or_else(|| interface.label(draft))
}

/// A block must not overlap those the VPC has (`/vpc/latest/userguide/vpc-cidr-blocks.html`).
fn vpc_blocks(draft: &Draft, report: &mut Report) {
    for (_, vpc) in draft.vpcs.iter() {
        for (i, a) in vpc.cidrs.iter().enumerate() {
            for b in vpc.cidrs.iter().skip(i + 1).filter(|b| overlap(a, b)) {
                let message = format!("the blocks `{a}` and `{b}` of VPC `{}` overlap", vpc.name);
                report.error("vpc-cidrs-overlap", &vpc.name, &vpc.origin, message);
            }
        }
    }
}

/// A subnet is a /16 to a /28 inside a block of its VPC
/// (`/vpc/latest/userguide/subnet-sizing.html`).
fn subnets(draft: &Draft, report: &mut Report) {
    for (_, subnet) in draft.subnets.iter() {
        let at = subnet.label(draft);
        if !(16..=28).contains(&subnet.cidr.prefix_len()) {
            let message = format!(
                "subnet `{at}` is a /{}, AWS allows /16 to /28",
                subnet.cidr.prefix_len()
            );
            report.error("subnet-size", &at, &subnet.origin, message);
        }
        let Some(vpc) = subnet.vpc.id() else { continue };
        if !draft.vpcs[vpc]
            .cidrs
            .iter()
            .any(|c| c.contains(&subnet.cidr))
        {
            let message = format!(
                "`{}` of subnet `{at}` is in no block of its VPC",
                subnet.cidr
            );
            report.error("subnet-outside-vpc", &at, &subnet.origin, message);
        }
    }
}

/// Subnets of a VPC do not overlap (`/vpc/latest/userguide/subnet-sizing.html`).
fn subnet_overlaps(draft: &Draft, report: &mut Report) {
    let mut order: Vec<(Id<Vpc>, &Subnet)> = draft
        .subnets
        .iter()
        .filter_map(|(_, s)| Some((s.vpc.id()?, s)))
        .collect();
    order.sort_by_key(|(vpc, s)| (*vpc, s.cidr.network(), s.cidr.prefix_len()));
    let mut last: Option<(Id<Vpc>, &Subnet)> = None;
    for (vpc, subnet) in order {
        match last {
            Some((of, wide)) if of == vpc && overlap(&wide.cidr, &subnet.cidr) => {
                let at = subnet.label(draft);
                let message = format!(
                    "`{}` of subnet `{at}` overlaps `{}` of subnet `{}`",
                    subnet.cidr, wide.cidr, wide.name
                );
                report.error("subnets-overlap", at, &subnet.origin, message);
            }
            _ => last = Some((vpc, subnet)),
        }
    }
}

/// An address is one of its subnet's that AWS leaves free: not the first four, not the last
/// (`/vpc/latest/userguide/subnet-sizing.html`).
fn interface_addresses(draft: &Draft, report: &mut Report) {
    for (_, interface) in draft.interfaces.iter() {
        let Some(subnet) = interface.subnet.id().map(|s| &draft.subnets[s]) else {
            continue;
        };
        for ip in &interface.ips {
            if !subnet.cidr.contains(ip) {
                let message = format!(
                    "`{ip}` is not in `{}` of subnet `{}`",
                    subnet.cidr, subnet.name
                );
                report.error(
                    "address-outside-subnet",
                    owner(draft, interface),
                    &interface.origin,
                    message,
                );
            } else if reserved(&subnet.cidr, *ip) {
                let message = format!("AWS keeps `{ip}` of subnet `{}` for itself", subnet.name);
                report.error(
                    "address-reserved",
                    owner(draft, interface),
                    &interface.origin,
                    message,
                );
            }
        }
        for prefix in interface
            .prefixes
            .iter()
            .filter(|p| !subnet.cidr.contains(*p))
        {
            let message = format!(
                "`{prefix}` is not in `{}` of subnet `{}`",
                subnet.cidr, subnet.name
            );
            report.error(
                "address-outside-subnet",
                owner(draft, interface),
                &interface.origin,
                message,
            );
        }
    }
}

fn reserved(cidr: &Ipv4Net, ip: Ipv4Addr) -> bool {
    ip.to_bits().wrapping_sub(cidr.network().to_bits()) < 4 || ip == cidr.broadcast()
}

/// A private address belongs to one interface of a VPC (`/AWSEC2/latest/UserGuide/using-eni.html`).
fn taken(draft: &Draft, report: &mut Report) {
    let mut owners: HashMap<(Id<Vpc>, Ipv4Addr), Id<Interface>> = HashMap::new();
    for (id, interface) in draft.interfaces.iter() {
        let Some(vpc) = interface.vpc(draft) else {
            continue;
        };
        for ip in &interface.ips {
            if let Some(first) = owners.insert((vpc, *ip), id) {
                let message = format!(
                    "`{ip}` is the address of `{}`",
                    owner(draft, &draft.interfaces[first])
                );
                report.error(
                    "address-taken",
                    owner(draft, interface),
                    &interface.origin,
                    message,
                );
            }
        }
    }
}

/// A public address stands for one private one (`/vpc/latest/userguide/VPC_Internet_Gateway.html`).
fn public_taken(draft: &Draft, report: &mut Report) {
    let interfaces = draft.interfaces.iter().flat_map(|(_, i)| {
        let public = i.public.iter().map(|(_, public)| *public);
        public.map(move |ip| (ip, owner(draft, i), &i.origin))
    });
    let regional = draft.regional_nats.iter().flat_map(|(_, n)| {
        let public = n.addresses.iter().map(|(_, public)| *public);
        public.map(move |ip| (ip, n.label(draft), &n.origin))
    });
    let mut owners: HashMap<Ipv4Addr, String> = HashMap::new();
    for (public, own, origin) in interfaces.chain(regional) {
        if let Some(first) = owners.insert(public, own.clone()) {
            let message = format!("`{public}` is the address of `{first}`");
            report.error("public-address-taken", own, origin, message);
        }
    }
}
