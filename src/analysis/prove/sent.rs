//! Everything that a source may send, as a property has it.

use crate::answer::From;
use crate::aws::{Compiled, Host, public_space};
use crate::fabric::{Address, Region};
use crate::model::{Family, Network};
use crate::property::{Claim, Property};
use smallvec::SmallVec;

/// TCP.
pub(super) const TCP: u8 = 6;
/// UDP.
pub(super) const UDP: u8 = 17;

/// What everybody may send: found once for a network.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Space {
    /// Every address that a host may have, of the families that the network has.
    pub(super) whole: Vec<(Address, Address)>,
    /// The protocols that some row of the network tells apart, and one that none does.
    protocols: Vec<u8>,
    /// That one.
    pub(super) other: Option<u8>,
}

impl Space {
    pub(in crate::analysis) fn new(network: &Network, compiled: &Compiled) -> Self {
        let mut protocols = compiled.fabric.protocols();
        protocols.extend([1, TCP, UDP, 58]);
        protocols.sort_unstable();
        protocols.dedup();
        let other = (2..=u8::MAX).find(|p| !protocols.contains(p));
        protocols.extend(other);
        Self {
            whole: whole(network),
            protocols,
            other,
        }
    }
}

/// The addresses that a source may send from: its own; any, where nothing checks; of a site, an
/// internet or a Client VPN, all of it that nobody else stands for.
pub(super) fn sources(network: &Network, space: &Space, from: &From) -> Vec<(Address, Address)> {
    let block = |net: &ipnet::IpNet| (net.network().into(), net.broadcast().into());
    match *from {
        From::Interface(id) if !network.interfaces[id].source_dest_check => space.whole.clone(),
        From::Host(Host::Site(id), ip) => {
            let site = &network.sites[id];
            if site.hosts.iter().any(|(_, own)| *own == ip) {
                return vec![(ip.into(), ip.into())];
            }
            let of = |net: &&ipnet::IpNet| net.contains(&ip);
            site.cidrs.iter().filter(of).map(block).collect()
        }
        From::Host(Host::Internet(None), ip) => {
            let family = Family::of(ip);
            public_space(family)
        }
        From::Host(Host::ClientVpn(id), _) => {
            let clients = network.client_vpns[id].clients;
            vec![(clients.network().into(), clients.broadcast().into())]
        }
        _ => {
            let own = from.addresses(network).into_iter();
            own.map(|ip| (ip.into(), ip.into())).collect()
        }
    }
}

/// Every address that a host may have, of the families that the network has: no multicast, no
/// loopback.
fn whole(network: &Network) -> Vec<(Address, Address)> {
    let six = network.interfaces.iter().any(|(_, i)| !i.ipv6.is_empty());
    let v4 = [
        (0x0100_0000, 0x7eff_ffff),
        (0x8000_0000, 0xdfff_ffff),
        // What stands for public addresses that the input does not give.
        (0xf000_0000, 0xffff_fffe),
    ];
    let mut all: Vec<(Address, Address)> = v4
        .into_iter()
        .map(|(lo, hi)| (Address::of_v4(lo), Address::of_v4(hi)))
        .collect();
    if six {
        // IPv4 is written as a block of IPv6: what lies before it and after it.
        let before = (Address::new(1), Address::of_v4(0).before());
        let after = Address::of_v4(u32::MAX).after();
        all.extend([before, (after, Address::new((0xff << 120) - 1))]);
    }
    all
}

/// The addresses that a sender has itself: what it sends there never leaves it. A host of a place
/// outside stands for all that are there, which reach each other.
pub(super) fn own(network: &Network, from: &From) -> SmallVec<[Address; 4]> {
    match from {
        From::Interface(_) | From::Address(..) => from.own(network),
        From::Host(..) => SmallVec::new(),
    }
}

/// Some addresses but these.
fn without(to: &[(Address, Address)], own: &[Address]) -> Vec<(Address, Address)> {
    let mut all = to.to_vec();
    for at in own {
        let cut = |(lo, hi): (Address, Address)| {
            let parts = match lo <= *at && *at <= hi {
                true => [
                    (lo < *at).then(|| (lo, at.before())),
                    (*at < hi).then(|| (at.after(), hi)),
                ],
                false => [Some((lo, hi)), None],
            };
            parts.into_iter().flatten()
        };
        all = all.into_iter().flat_map(cut).collect();
    }
    all
}

/// Everything that a source may send to these addresses but its own, as a property has it.
pub(super) fn packets(
    network: &Network,
    space: &Space,
    property: &Property,
    from: &From,
    to: &[(Address, Address)],
) -> Vec<Region> {
    let ports = ports(property);
    let protocols = match ports {
        Some(_) => vec![TCP, UDP],
        None => space.protocols.clone(),
    };
    let ports = ports.unwrap_or_else(|| vec![(0, u16::MAX)]);
    let to = without(to, &own(network, from));
    let mut all = Vec::new();
    for src in &sources(network, space, from) {
        for dst in to.iter().filter(|dst| src.0.is_v4() == dst.0.is_v4()) {
            let other = if src.0.is_v4() { 58 } else { 1 };
            for proto in protocols.iter().copied().filter(|p| *p != other) {
                let ported = proto == TCP || proto == UDP;
                let spans = match (ported, matches!(proto, 1 | 58)) {
                    (true, _) => ports.clone(),
                    (_, true) => vec![(0, u16::MAX)],
                    (false, false) => vec![(0, 0)],
                };
                let sport = match ported {
                    true => from.client_ports(network),
                    false => (0, 0),
                };
                all.extend(spans.into_iter().map(|dport| Region {
                    src: *src,
                    dst: *dst,
                    sport,
                    dport,
                    proto,
                }));
            }
        }
    }
    all
}

/// The ports that a property asks about, if it says; of `only_ports`, the others.
pub(super) fn ports(property: &Property) -> Option<Vec<(u16, u16)>> {
    let asked = match property.ports.as_slice() {
        [] => None,
        own => Some(own.to_vec()),
    };
    let Claim::OnlyPorts(allowed) = &property.claim else {
        return asked;
    };
    let mut left = asked.unwrap_or_else(|| vec![(0, u16::MAX)]);
    for (lo, hi) in allowed {
        let cut = |(a, b): (u16, u16)| {
            let below = (a < *lo).then(|| (a, b.min(lo.saturating_sub(1))));
            let above = (*hi < b).then(|| (a.max(hi.saturating_add(1)), b));
            below.into_iter().chain(above).collect::<Vec<_>>()
        };
        left = left.into_iter().flat_map(cut).collect();
    }
    Some(left)
}
