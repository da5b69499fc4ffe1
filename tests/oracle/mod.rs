//! A second reading of how AWS carries one packet and its reply, written from AWS's pages and not
//! from the program, to be compared with it. It shares nothing with the program but the nouns.
//!
//! A packet is carried hop by hop; where it can go several ways each is tried. Whoever changes a
//! packet remembers what came in and what went out, and the reply must come to them as the exact
//! mirror of it. Any `Err` is the code of what stops the packet.

mod balancer;
mod rules;
mod walk;

use ipnet::IpNet;
use reachability::model::*;
use rules::{best, ensure};
use std::net::{IpAddr, Ipv4Addr};
use std::{cell::RefCell, cmp::Reverse, collections::BTreeSet};

type Eni = Id<Interface>;
type Word = &'static str;
type Hit = Result<(), Word>;
type Targets = Vec<(Ipv4Addr, u16)>;

/// Whoever sends, and waits for replies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Spot {
    Eni(Eni),
    Site(Id<Site>),
    World,
}

/// Protocols without ports have zeros; of ICMP the destination port is the type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Packet {
    pub(crate) src: Ipv4Addr,
    pub(crate) dst: Ipv4Addr,
    pub(crate) protocol: u8,
    pub(crate) sport: u16,
    pub(crate) dport: u16,
}

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Ways across a border: what enters, what leaves.
const IN: usize = 0;
const OUT: usize = 1;

impl Packet {
    fn between(mut self, src: Ipv4Addr, dst: Ipv4Addr, sport: u16, dport: u16) -> Self {
        (self.src, self.dst, self.sport, self.dport) = (src, dst, sport, dport);
        self
    }

    fn mirror(self) -> Self {
        match self.protocol {
            ICMP => self.between(self.dst, self.src, 0, 8 - self.dport),
            _ => self.between(self.dst, self.src, self.dport, self.sport),
        }
    }
}

/// Every way a packet can end, if those who pick a port of their own pick one of `draws`.
pub(crate) fn endings(net: &Network, from: Spot, packet: Packet, draws: &[u16]) -> Endings {
    let endings = RefCell::default();
    let mut walk = Walk {
        net,
        draws,
        endings: &endings,
        packet,
        leg: "out",
        groups: Vec::new(),
        memory: Vec::new(),
        crossed: Vec::new(),
        sees: None,
    };
    walk.start(from).or_else(|code| walk.end(code)).unwrap();
    endings.into_inner()
}

/// Class; why and on which leg it stopped, or nothing; the mechanism, if it was answered; whether it
/// crossed a public link; the source that the destination saw.
pub(crate) type Ending = (Word, Word, Word, Word, bool, Option<Ipv4Addr>);
pub(crate) type Endings = BTreeSet<Ending>;

/// Who changed or sent a packet; what went out, and what had come in; by which interface the answer
/// to that leaves; whether the reply comes back without a route.
type Memory = (Spot, Packet, Packet, Option<Eni>, bool);

/// A packet on its way.
#[derive(Clone)]
struct Walk<'a> {
    net: &'a Network,
    draws: &'a [u16],
    endings: &'a RefCell<Endings>,
    packet: Packet,
    leg: Word,
    /// Groups of the sender, while they are known.
    groups: Vec<Id<SecurityGroup>>,
    memory: Vec<Memory>,
    /// Mechanisms, each with its leg.
    crossed: Vec<(Word, Word)>,
    sees: Option<Ipv4Addr>,
}

/// Mechanisms, the telling ones first.
const RANK: &str = "gateway-endpoint interface-endpoint nat-gateway internet-gateway peering vpn \
                    direct-connect load-balancer local same-subnet host-service";

impl Walk<'_> {
    /// Tries each of several ways from here; what stops one does not stop the others.
    fn each<T>(&self, ways: Vec<T>, go: impl Fn(&mut Self, T) -> Hit) -> Hit {
        ways.into_iter().try_for_each(|way| {
            let mut one = self.clone();
            go(&mut one, way).or_else(|code| one.end(code))
        })
    }

    fn end(&self, code: Word) -> Hit {
        let public = self.crossed.iter().any(|(_, m)| *m == "internet-gateway");
        let primary = RANK
            .split(' ')
            .find(|m| self.crossed.contains(&("out", *m)));
        let home = if public { "internet" } else { "private" };
        let ending = match code {
            "" => (home, "", "", primary.unwrap_or(""), public, self.sees),
            _ => ("unreachable", code, self.leg, "", public, self.sees),
        };
        self.endings.borrow_mut().insert(ending);
        Ok(())
    }

    /// Over something that has a name; only local delivery keeps the sender's groups known.
    fn cross(&mut self, mechanism: Word) {
        self.crossed.push((self.leg, mechanism));
        if !["local", "same-subnet"].contains(&mechanism) {
            self.groups.clear();
        }
    }
}
