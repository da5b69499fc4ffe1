//! A second reading of how AWS carries one packet of either family and its reply, written from AWS's pages and not
//! from the program, to be compared with it. It shares nothing with the program but the nouns.
//!
//! A packet is carried hop by hop, every way it can go. Whoever changes it remembers what came in
//! and what went out, and must be sent the exact mirror of that. An `Err` is the code of what stops it.

mod appliance;
mod arrival;
mod balancer;
mod packet;
mod people;
mod public_access;
mod regional;
mod rules;
mod site;
mod six;
mod transit;
mod walk;

use arrival::state;
use ipnet::{IpNet, Ipv4Net};
pub(crate) use packet::{Ending, Packet, Spot, Word};
use reachability::model::*;
use rules::{best, ensure, holds, same_family, within};
use std::net::{IpAddr, Ipv4Addr};
use std::{cell::RefCell, cmp::Reverse, collections::BTreeSet};

type Eni = Id<Interface>;
type Hit = Result<(), Word>;
type Targets = Vec<(IpAddr, u16)>;

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;
/// Why a stranger with the address of a group's member is not taken for one.
const UNKNOWN: Word = "SG_REFERENCES_NOT_PRESERVED";
/// What the program does not model, and says so.
const NOT_MODELLED: Word = "UNSUPPORTED_COMPONENT";
/// What is not written down.
const UNSEEN: Word = "UNKNOWN_RESOURCE";
/// What enters an interface or subnet; what leaves it.
const IN: usize = 0;
const OUT: usize = 1;

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
        lost: UNKNOWN,
        passed: Vec::new(),
        handed: Vec::new(),
        left: None,
        arrived: None,
        past: Vec::new(),
        let_out: Vec::new(),
        let_by: Vec::new(),
        pinned: Vec::new(),
        memory: Vec::new(),
        doubted: "",
        crossed: Vec::new(),
        sees: None,
    };
    walk.start(from).or_else(|code| walk.end(code)).unwrap();
    endings.into_inner()
}

/// Who changed or sent a packet; what went out, and what had come in; by which interface the answer
/// to that leaves; whether the reply comes back without a route.
type Memory = (Spot, Packet, Packet, Option<Eni>, bool);

#[derive(Clone)]
struct Walk<'a> {
    net: &'a Network,
    draws: &'a [u16],
    endings: &'a RefCell<BTreeSet<Ending>>,
    packet: Packet,
    leg: Word,
    /// Groups of the sender, while they are known.
    groups: Vec<Id<SecurityGroup>>,
    /// Why a group of the sender's is not recognized.
    lost: Word,
    /// Attachments of transit gateways passed, from a zone.
    passed: Vec<(Word, Id<TransitAttachment>, Option<&'a str>, Packet)>,
    /// Interfaces of appliances passed.
    handed: Vec<(Word, Eni, Packet)>,
    /// The interface that it left last.
    left: Option<Eni>,
    /// The interface that it arrived at.
    arrived: Option<(Eni, Packet)>,
    /// What passed internet gateways, by the subnet that was on the way.
    past: Vec<(Id<Vpc>, Packet)>,
    /// What egress-only gateways let out.
    let_out: Vec<(Id<Vpc>, Packet)>,
    /// What firewalls of sites let by.
    let_by: Vec<(Id<Site>, Packet)>,
    /// The zones in which flows passed attachments.
    pinned: Vec<(Id<TransitAttachment>, Packet, &'a str)>,
    memory: Vec<Memory>,
    /// The leg on which it passed something of which no page says whether it lets it.
    doubted: Word,
    /// Mechanisms, each with its leg.
    crossed: Vec<(Word, Word)>,
    sees: Option<IpAddr>,
}

impl Walk<'_> {
    /// Tries each of several ways from here; `none` if there is none.
    fn each<T>(&self, ways: Vec<T>, none: Word, go: impl Fn(&mut Self, T) -> Hit) -> Hit {
        ensure(!ways.is_empty(), none)?;
        ways.into_iter().try_for_each(|way| {
            let mut one = self.clone();
            go(&mut one, way).or_else(|code| one.end(code))
        })
    }

    fn doubt(&mut self, so: bool) {
        if so && self.doubted.is_empty() {
            self.doubted = self.leg;
        }
    }

    fn end(&self, code: Word) -> Hit {
        let (code, leg) = match code {
            "" if !self.doubted.is_empty() => (UNSEEN, self.doubted),
            _ => (code, self.leg),
        };
        let ending = (code, leg, self.crossed.clone(), self.sees);
        self.endings.borrow_mut().insert(ending);
        Ok(())
    }

    /// Over something that has a name; only local delivery keeps the sender's groups known.
    fn cross(&mut self, mechanism: Word) {
        self.crossed.push((self.leg, mechanism));
        if !["local", "same-subnet", "peering"].contains(&mechanism) {
            self.groups.clear();
            self.lost = UNKNOWN;
        }
    }
}
