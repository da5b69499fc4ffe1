//! Who has an address is found as by looking at each interface in turn.

use super::components::drafts;
use reachability::model::*;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// The address after another.
fn next(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => Ipv4Addr::from_bits(ip.to_bits().wrapping_add(1)).into(),
        IpAddr::V6(ip) => std::net::Ipv6Addr::from_bits(ip.to_bits().wrapping_add(1)).into(),
    }
}

/// The ends of everything that an interface has, and what is next to them.
fn asked(network: &Network) -> BTreeSet<IpAddr> {
    let interfaces = network.interfaces.iter();
    let ends: BTreeSet<IpAddr> = interfaces
        .flat_map(|(_, i)| {
            let blocks = i.prefixes.iter().flat_map(|p| [p.network(), p.broadcast()]);
            i.addresses().chain(blocks).collect::<Vec<_>>()
        })
        .collect();
    let beside = ends.iter().map(|ip| next(*ip));
    beside.chain(ends.iter().copied()).collect()
}

#[test]
fn a_holder_is_found_as_by_looking_at_each() {
    let (mut one, mut several, mut by_block, mut none) = (0, 0, 0, 0);
    let mut last = Arena::default();
    for mut draft in drafts() {
        if draft.interfaces == last {
            continue;
        }
        last = draft.interfaces.clone();
        // Every third interface has a block that others' addresses may be in.
        for at in (0..draft.interfaces.len()).step_by(3) {
            if let Some(interface) = draft.interfaces.get_mut(Id::new(at)) {
                let own = interface.ips.first().map(|ip| (*ip).into());
                let block = own.and_then(|ip: IpAddr| ipnet::IpNet::new(ip, 28).ok());
                interface.prefixes.extend(block.map(|b| b.trunc()));
            }
        }
        // The block may be one that AWS would not give: what is asked is who has it.
        let Some(network) = build(draft).network else {
            continue;
        };
        for ip in asked(&network) {
            let all = network.interfaces.iter().filter(|(_, i)| i.has(ip));
            let scan: Vec<Id<Interface>> = all.map(|(id, _)| id).collect();
            assert_eq!(network.holders(ip), scan, "{ip}");
            for (vpc, _) in network.vpcs.iter() {
                let mut own = scan.iter().copied();
                let own = own.find(|id| network.vpc_of(*id) == Some(vpc));
                assert_eq!(network.holder_in(Some(vpc), ip), own, "{ip}");
            }
            let exact = |id: &Id<Interface>| network.interfaces[*id].addresses().any(|a| a == ip);
            by_block += usize::from(scan.iter().any(|id| !exact(id)));
            match scan.len() {
                0 => none += 1,
                1 => one += 1,
                _ => several += 1,
            }
        }
    }
    println!(
        "{one} addresses of one, {several} of several, {by_block} by a block, {none} of nobody"
    );
    assert!(one > 300 && several > 30 && by_block > 30 && none > 300);
}
