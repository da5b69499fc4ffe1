//! A second reading of how AWS carries one packet and its reply, written from AWS's pages and not
//! from the program, to be compared with it. It shares nothing with the program but the nouns.
//!
//! A packet is carried hop by hop; where it can go several ways each is tried. Whoever changes a
//! packet remembers what came in and what went out, and the reply must come to them as the exact
//! mirror of it. Any `Err` is the code of what stops the packet.

mod balancer;
mod rules;
mod walk;

use crate::{Ending, Packet, Spot};
use ipnet::IpNet;
use reachability::model::*;
use rules::{best, ensure};
use std::net::{IpAddr, Ipv4Addr};
use std::{cell::RefCell, cmp::Reverse, collections::BTreeSet};

type Eni = Id<Interface>;
type Word = &'static str;
type Hit = Result<(), Word>;
type Targets = Vec<(Ipv4Addr, u16)>;

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
pub(crate) fn endings(
    net: &Network,
    from: Spot,
    packet: Packet,
    draws: &[u16],
) -> BTreeSet<Ending> {
    let endings = RefCell::default();
    let mut walk = Walk {
        net,
        draws,
        endings: &endings,
        packet,
        leg: "out",
        groups: Vec::new(),
        memory: Vec::new(),
        mechanisms: Vec::new(),
        public: false,
        sees: None,
    };
    walk.start(from).or_else(|code| walk.end(code)).unwrap();
    endings.into_inner()
}

/// Who changed or sent a packet; what went out, and what had come in; by which interface the answer
/// to that leaves; whether the reply comes back without a route.
type Memory = (Spot, Packet, Packet, Option<Eni>, bool);

/// A packet on its way.
#[derive(Clone)]
struct Walk<'a> {
    net: &'a Network,
    draws: &'a [u16],
    endings: &'a RefCell<BTreeSet<Ending>>,
    packet: Packet,
    leg: Word,
    /// Groups of the sender, while they are known.
    groups: Vec<Id<SecurityGroup>>,
    memory: Vec<Memory>,
    /// Mechanisms on the way out; whether there or back it crossed a public link.
    mechanisms: Vec<Word>,
    public: bool,
    sees: Option<Ipv4Addr>,
}

impl Walk<'_> {
    /// Tries each of several ways from here; what stops one does not stop the others.
    fn each<T>(&self, ways: Vec<T>, go: impl Fn(&mut Self, T) -> Hit) -> Hit {
        ways.into_iter().try_for_each(|way| {
            let mut one = self.clone();
            go(&mut one, way).or_else(|code| one.end(code))
        })
    }

    fn end(&self, code: Word) -> Hit {
        let class = match code {
            "" if self.public => "internet",
            "" => "private",
            _ => "unreachable",
        };
        let out = self.mechanisms.clone();
        self.endings
            .borrow_mut()
            .insert((class, code, self.leg, out, self.public, self.sees));
        Ok(())
    }

    /// Over something that has a name; only local delivery keeps the sender's groups known.
    fn cross(&mut self, mechanism: Word) {
        self.public |= mechanism == "internet-gateway";
        if self.leg == "out" {
            self.mechanisms.push(mechanism);
        }
        if !["local", "same-subnet", "peering"].contains(&mechanism) {
            self.groups.clear();
        }
    }
}
