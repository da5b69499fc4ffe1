//! Blocks and addresses.

use super::noun::Noun;
use super::report::Report;
use crate::model::{Draft, Family, Id, Interface, Role, Subnet, Vpc, World};
use crate::repeated::Hashes;
use ipnet::{IpNet, Ipv4Net};
use rustc_hash::FxHashMap;
use std::net::{IpAddr, Ipv4Addr};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    vpc_blocks(draft, report);
    subnets(draft, report);
    subnet_overlaps(draft, report);
    interface_addresses(draft, report);
    taken(draft, report);
    public_taken(draft, report);
}

/// Whether two blocks have an address in common.
pub(super) fn overlap(a: &IpNet, b: &IpNet) -> bool {
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

/// A block of IPv4 is a /16 to a /28, one of IPv6 a /44 to a /60 in steps of four, none is
/// link-local, and none overlaps another of the VPC (`/vpc/latest/userguide/vpc-cidr-blocks.html`).
fn vpc_blocks(draft: &Draft, report: &mut Report) {
    for (_, vpc) in draft.vpcs.iter() {
        for block in vpc.blocks() {
            if let Some(wrong) = wrong_size(&block, 60) {
                let message = format!("`{block}` of VPC `{}` is {wrong}", vpc.name);
                report.error("vpc-block-size", &vpc.name, &vpc.origin, message);
            }
            if matches!(block, IpNet::V4(v4) if v4.network().is_link_local()) {
                let message = format!("`{block}` of VPC `{}` is link-local", vpc.name);
                report.error("vpc-block-link-local", &vpc.name, &vpc.origin, message);
            }
        }
        if draft.world == World::Closed {
            mixed(vpc, report);
        }
        for (i, a) in vpc.blocks().enumerate() {
            for b in vpc.blocks().skip(i + 1).filter(|b| overlap(&a, b)) {
                let message = format!("the blocks `{a}` and `{b}` of VPC `{}` overlap", vpc.name);
                report.error("vpc-cidrs-overlap", &vpc.name, &vpc.origin, message);
            }
        }
    }
}

/// What is wrong with the size of a block, whose longest prefix of IPv6 is `longest`.
fn wrong_size(block: &IpNet, longest: u8) -> Option<String> {
    let length = block.prefix_len();
    let (fits, sizes) = match block {
        IpNet::V4(_) => ((16..=28).contains(&length), "/16 to /28".to_owned()),
        IpNet::V6(_) => (
            (44..=longest).contains(&length) && length.is_multiple_of(4),
            format!("/44 to /{longest} in steps of four"),
        ),
    };
    (!fits).then(|| format!("a /{length}, AWS allows {sizes}"))
}

/// Which blocks a VPC can add depends on those that it has (`/vpc/latest/userguide/vpc-cidr-blocks.html`,
/// "IPv4 CIDR block association restrictions").
fn mixed(vpc: &Vpc, report: &mut Report) {
    let Some(first) = vpc.cidrs.first() else {
        return;
    };
    let area = |block: &Ipv4Net| AREAS.iter().position(|a| a.contains(block));
    for (number, added) in vpc.cidrs.iter().enumerate().skip(1) {
        let other_area = area(added).is_some() && area(added) != area(first);
        let before = vpc.cidrs.iter().take(number);
        let low = LOW.contains(added) && before.clone().any(|b| LOWER.contains(b));
        let default = area(first) == Some(1) && DEFAULT.contains(added);
        if other_area || low || default {
            let name = &vpc.name;
            let message = format!("VPC `{name}`, of `{first}`, cannot add the block `{added}`");
            report.error("vpc-blocks-mixed", name, &vpc.origin, message);
        }
    }
}

/// The private blocks of RFC 1918, and one that AWS counts with them.
const AREAS: [Ipv4Net; 4] = [
    net(10, 0, 8),
    net(172, 16, 12),
    net(192, 168, 16),
    net(198, 19, 16),
];

/// Not to be added to what is of [`LOWER`].
const LOW: Ipv4Net = net(10, 0, 16);
const LOWER: Ipv4Net = net(10, 0, 15);

/// Of default VPCs, not to be added to others of its area.
const DEFAULT: Ipv4Net = net(172, 31, 16);

const fn net(first: u8, second: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(first, second, 0, 0), length)
}

/// A subnet is a /16 to a /28 of IPv4, a /44 to a /64 of IPv6 in steps of four, inside a block of
/// its VPC (`/vpc/latest/userguide/subnet-sizing.html`).
fn subnets(draft: &Draft, report: &mut Report) {
    for (_, subnet) in draft.subnets.iter() {
        let at = subnet.label(draft);
        for block in subnet.blocks() {
            if let Some(wrong) = wrong_size(&block, 64) {
                let message = format!("subnet `{at}` is {wrong}");
                report.error("subnet-size", &at, &subnet.origin, message);
            }
            let Some(vpc) = subnet.vpc.id() else { continue };
            if !draft.vpcs[vpc].blocks().any(|c| c.contains(&block)) {
                let message = format!("`{block}` of subnet `{at}` is in no block of its VPC");
                report.error("subnet-outside-vpc", &at, &subnet.origin, message);
            }
        }
    }
}

/// Subnets of a VPC do not overlap (`/vpc/latest/userguide/subnet-sizing.html`).
fn subnet_overlaps(draft: &Draft, report: &mut Report) {
    let mut order: Vec<(Id<Vpc>, IpNet, &Subnet)> = draft
        .subnets
        .iter()
        .filter_map(|(_, s)| Some((s.vpc.id()?, s)))
        .flat_map(|(vpc, s)| s.blocks().map(move |block| (vpc, block, s)))
        .collect();
    order.sort_by_key(|(vpc, block, _)| (*vpc, block.network(), block.prefix_len()));
    let mut last: Option<(Id<Vpc>, IpNet, &Subnet)> = None;
    for (vpc, block, subnet) in order {
        match last {
            Some((of, wide, first)) if of == vpc && overlap(&wide, &block) => {
                let at = subnet.label(draft);
                let message = format!(
                    "`{block}` of subnet `{at}` overlaps `{wide}` of subnet `{}`",
                    first.name
                );
                report.error("subnets-overlap", at, &subnet.origin, message);
            }
            _ => last = Some((vpc, block, subnet)),
        }
    }
}

/// An address is one of its subnet's that AWS leaves free: not the first four, not the last, of
/// either family (`/vpc/latest/userguide/subnet-sizing.html`).
fn interface_addresses(draft: &Draft, report: &mut Report) {
    for (_, interface) in draft.interfaces.iter() {
        let Some(subnet) = interface.subnet.id().map(|s| &draft.subnets[s]) else {
            continue;
        };
        let mut wrong = |code, message| {
            report.error(code, owner(draft, interface), &interface.origin, message);
        };
        for ip in interface.addresses() {
            if !subnet.blocks().any(|b| b.contains(&ip)) {
                wrong("address-outside-subnet", outside(subnet, ip.into()));
            } else if subnet.blocks().any(|b| reserved(&b, ip)) {
                let message = format!("AWS keeps `{ip}` of subnet `{}` for itself", subnet.name);
                wrong("address-reserved", message);
            }
        }
        for prefix in &interface.prefixes {
            if !subnet.blocks().any(|b| b.contains(prefix)) {
                wrong("address-outside-subnet", outside(subnet, *prefix));
            }
        }
    }
}

/// That a subnet does not have these addresses, or none of their family.
fn outside(subnet: &Subnet, what: IpNet) -> String {
    let text = match what.prefix_len() == what.max_prefix_len() {
        true => what.addr().to_string(),
        false => what.to_string(),
    };
    let family = Family::of_net(what);
    let block = subnet.blocks().find(|b| Family::of_net(*b) == family);
    match block {
        Some(block) => format!("`{text}` is not in `{block}` of subnet `{}`", subnet.name),
        None => format!(
            "`{text}` is {}, and subnet `{}` has no block of that",
            family.name(),
            subnet.name
        ),
    }
}

fn reserved(block: &IpNet, ip: IpAddr) -> bool {
    let first = match (block.network(), ip) {
        (IpAddr::V4(first), IpAddr::V4(ip)) => {
            u128::from(ip.to_bits().wrapping_sub(first.to_bits()))
        }
        (IpAddr::V6(first), IpAddr::V6(ip)) => ip.to_bits().wrapping_sub(first.to_bits()),
        _ => return false,
    };
    first < 4 || ip == block.broadcast()
}

/// An address belongs to one interface of a VPC (`/AWSEC2/latest/UserGuide/using-eni.html`).
fn taken(draft: &Draft, report: &mut Report) {
    let all: Hashes = draft
        .interfaces
        .iter()
        .filter_map(|(_, interface)| Some((interface.vpc(draft)?, interface)))
        .flat_map(|(vpc, interface)| interface.addresses().map(move |ip| (vpc, ip)))
        .collect();
    if !all.may_repeat() {
        return;
    }
    let mut owners: FxHashMap<(Id<Vpc>, IpAddr), Id<Interface>> = FxHashMap::default();
    for (id, interface) in draft.interfaces.iter() {
        let Some(vpc) = interface.vpc(draft) else {
            continue;
        };
        for ip in interface.addresses() {
            if let Some(first) = owners.insert((vpc, ip), id) {
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
    let mut owners: FxHashMap<Ipv4Addr, String> = FxHashMap::default();
    for (public, own, origin) in interfaces.chain(regional) {
        if let Some(first) = owners.insert(public, own.clone()) {
            let message = format!("`{public}` is the address of `{first}`");
            report.error("public-address-taken", own, origin, message);
        }
    }
}
