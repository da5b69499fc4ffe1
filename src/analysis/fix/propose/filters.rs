//! Rules of security groups and entries of network ACLs: this sender, this port.

use super::super::blocked::{Blocked, block, family, service};
use crate::edit::{AddAclEntry, AddGroupRule, DisableSourceDestCheck, Edit, Way};
use crate::fabric::Address;
use crate::model::{Family, Interface, Origin, Peer, Ref, Role, ipv6_list};
use ipnet::IpNet;
use std::net::IpAddr;

/// The highest number of an entry.
const LAST: u32 = 32766;
/// What numbers are usually apart.
const APART: u32 = 10;

/// A rule in one of the groups of the interface that refuses.
pub(super) fn group(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let (Some(interface), Some(way), Some(met)) =
        (blocked.interface(), blocked.way_of_filter(), blocked.met)
    else {
        return Vec::new();
    };
    let other = match way {
        Way::In => met.src,
        Way::Out => met.dst,
    };
    let Some(peer) = peer(blocked, interface, way, other) else {
        return Vec::new();
    };
    let groups = interface.groups.iter().filter_map(Ref::id);
    groups
        .map(|group| {
            let rule = AddGroupRule {
                group,
                way,
                service: service(&met),
                peer: peer.clone(),
            };
            vec![rule.into()]
        })
        .collect()
}

/// The other side of a rule. Addresses of a service change: where AWS manages a list of them, the
/// list is meant; AWS also chooses the addresses of an endpoint, so its group is meant.
fn peer(blocked: &Blocked<'_>, interface: &Interface, way: Way, other: Address) -> Option<Peer> {
    let listed = listed(blocked).filter(|_| is_public(blocked, other));
    if let Some((region, service)) = listed {
        return Some(Peer::AwsList(region, list(&service, other)));
    }
    let vpc = |i: &Interface| blocked.network.subnets[i.subnet.id()?].vpc.id();
    let near = |e: &&Interface| vpc(e).is_some() && vpc(e) == vpc(interface);
    let endpoint = endpoint_at(blocked, other).filter(near);
    let group = endpoint.and_then(|e| e.groups.first());
    match (way, group) {
        (Way::Out, Some(group)) => Some(Peer::Group(group.clone())),
        _ => block(other).map(Peer::Cidr),
    }
}

/// The interface of an endpoint that has an address.
fn endpoint_at<'a>(blocked: &Blocked<'a>, address: Address) -> Option<&'a Interface> {
    let ip = block(address)?.addr();
    let all = blocked.network.interfaces.iter().map(|(_, i)| i);
    let mut endpoints = all.filter(|i| matches!(i.role, Role::Endpoint(_)));
    endpoints.find(|i| match ip {
        IpAddr::V4(v4) => i.has(v4),
        IpAddr::V6(v6) => i.ipv6.contains(&v6),
    })
}

/// The block in which AWS chooses the address of an endpoint, where an edit makes the endpoint.
fn made_in(blocked: &Blocked<'_>, address: Address) -> Option<IpNet> {
    let interface = endpoint_at(blocked, address)?;
    let Role::Endpoint(endpoint) = &interface.role else {
        return None;
    };
    let made = blocked.network.endpoints[endpoint.id()?].origin == Origin::Unknown;
    let mut blocks = blocked.network.subnets[interface.subnet.id()?].blocks();
    blocks.find(|block| made && block.contains(&address.ip()))
}

/// The name of a service's list of an address's family.
pub(super) fn list(service: &str, address: Address) -> String {
    match family(address) {
        Family::Ipv4 => service.to_owned(),
        Family::Ipv6 => ipv6_list(service),
    }
}

/// Whether an address is nobody's own network's.
pub(super) fn is_public(blocked: &Blocked<'_>, address: Address) -> bool {
    block(address).is_none() || !blocked.network.is_private(address.ip())
}

/// The check of an interface that a route sends what is not its own.
pub(super) fn check(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let at = blocked.place.map(|p| p.node());
    let interface = at.and_then(|node| blocked.compiled.interface_of(node));
    let edit = interface.map(|interface| DisableSourceDestCheck { interface });
    edit.into_iter().map(|e| vec![e.into()]).collect()
}

/// The service of AWS that is meant, if AWS keeps a list of its addresses: Region and short name.
pub(super) fn listed(blocked: &Blocked<'_>) -> Option<(String, String)> {
    let (region, service) = super::endpoints::service(blocked)?;
    let known = crate::model::catalog::service(&service)?;
    known.prefix_list.then_some((region, service))
}

/// An entry before the one that denies.
pub(super) fn acl(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let (Some(id), Some(way), Some(met)) = (blocked.acl(), blocked.way_of_filter(), blocked.met)
    else {
        return Vec::new();
    };
    let acl = &blocked.network.acls[id];
    let (rules, other) = match way {
        Way::In => (&acl.ingress, met.src),
        Way::Out => (&acl.egress, met.dst),
    };
    let Some(peer) = made_in(blocked, other).or(block(other)) else {
        return Vec::new();
    };
    let taken = |number: u32| rules.iter().any(|r| r.number == number);
    let denying = blocked.row_name().and_then(|name| name.parse::<u32>().ok());
    let number = match denying.filter(|n| *n <= LAST) {
        Some(before) => (1..before).rev().find(|n| !taken(*n)),
        None => {
            let written = rules.iter().map(|r| r.number).filter(|n| *n <= LAST);
            let next = written.max().map_or(100, |n| n / APART * APART + APART);
            let next = Some(next).filter(|n| *n <= LAST);
            next.or_else(|| (1..=LAST).rev().find(|n| !taken(*n)))
        }
    };
    let entry = number.map(|number| AddAclEntry {
        acl: id,
        way,
        number,
        service: service(&met),
        peer,
    });
    entry.into_iter().map(|e| vec![e.into()]).collect()
}
