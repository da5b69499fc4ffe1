//! Random questions about a random fabric: a set of packets, a flow of it, a packet of that.

use super::genes::Genes;
use super::law::Asked;
use super::network::{ALIAS, Generated, HOSTS, NOBODY, SHARED, six};
use reachability::fabric::*;

/// Reads a question from genes.
pub fn asked(g: &mut Genes<'_>, n: &Generated) -> Asked {
    let hosts = n.hosts.len() as u32;
    let from = g.below(hosts);
    let mut regions = vec![region(g, n, from)];
    if g.chance(25) {
        let second = Region {
            proto: regions[0].proto ^ 23,
            ..region(g, n, from)
        };
        let at = g.below(2) as usize;
        regions.insert(at, second);
    }
    let of = regions[g.below(regions.len() as u32) as usize];
    let (a, b) = (g.within(wide(of.sport)), g.within(wide(of.sport)));
    let sport = (a.min(b) as u16, a.max(b) as u16);
    let sport = if g.chance(40) { of.sport } else { sport };
    let packet = Packet::new(
        one(g, of.src),
        one(g, of.dst),
        of.proto,
        g.within(wide(sport)) as u16,
        g.within(wide(of.dport)) as u16,
    );
    let accept = g.chance(25).then(|| {
        let mut nodes = n.hosts.clone();
        nodes.extend(&n.middles);
        nodes.retain(|_| !g.chance(30));
        nodes.sort_unstable();
        nodes
    });
    Asked {
        from: n.hosts[from as usize],
        set: PacketSet::of(regions),
        flow: Flow::new(packet.src, packet.dst, packet.proto, sport, packet.dport),
        packet,
        accept,
        press_on: g.chance(15),
        draw: g.any(),
    }
}

fn one(g: &mut Genes<'_>, (lo, hi): (Address, Address)) -> Address {
    lo.with_low32(g.within((lo.low32(), hi.low32())))
}

fn wide((lo, hi): (u16, u16)) -> (u32, u32) {
    (lo.into(), hi.into())
}

fn region(g: &mut Genes<'_>, n: &Generated, from: u32) -> Region {
    let (hosts, middles) = (n.hosts.len() as u32, n.middles.len() as u32);
    let own = HOSTS + from;
    let other = HOSTS + (from + 1 + g.below(hosts)) % hosts;
    let shared = SHARED + g.below(middles);
    let alias = ALIAS + g.below(hosts);
    let mut src = (own, own);
    let mut dst = match g.below(20) {
        0..7 => (other, other),
        7..14 => (shared, shared),
        14..16 => (alias, alias),
        16 => (HOSTS, HOSTS + hosts),
        17 => (SHARED, SHARED + middles),
        18 => (0, NOBODY),
        _ => (NOBODY, NOBODY),
    };
    if g.chance(20) {
        src = (HOSTS, HOSTS + hosts);
    }
    if n.forgetful {
        (src, dst) = ((own, own), (dst.1, dst.1));
    }
    let v6 = g.chance(40);
    let proto = g.one(&[6, 6, 6, 6, 6, 6, 17, if v6 { 58 } else { 1 }]);
    let (sport, dport) = if proto == 1 || proto == 58 {
        let echo = if v6 { 0x8000 } else { 0x0800 };
        let kinds = [
            (echo, echo),
            (echo, echo | 0xff),
            (0x0303, 0x0303),
            (0, u16::MAX),
        ];
        ((0, 0), g.one(&kinds))
    } else {
        let sports = [(1500, 2500), (1024, u16::MAX), (1500, 1500)];
        let dports = [
            (443, 443),
            (80, 80),
            (1000, 1000),
            (0, u16::MAX),
            (80, 1000),
        ];
        (g.one(&sports), g.one(&dports))
    };
    let at = if v6 { six } else { Address::of_v4 };
    let span = |(lo, hi): (u32, u32)| (at(lo), at(hi));
    Region {
        src: span(src),
        dst: span(dst),
        sport,
        dport,
        proto,
    }
}
