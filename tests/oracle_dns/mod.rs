//! A second reading of who answers a name and with what, written from AWS's pages and not from the
//! program, to be compared with it. It shares nothing with the program but the nouns; queries that
//! travel are carried by the second reading of packets.
//!
//! A name is asked of somebody (a VPC's resolver, a name server, the public DNS), who knows it, or
//! asks somebody else. Where several may be asked there is more than one thing that may be said.

mod delegation;
mod public;
mod records;
mod sent;
mod servers;
mod vpc;

use crate::oracle::{Packet, Spot, endings};
use reachability::model::*;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What somebody says of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// Addresses, each with whoever produced it; of a public name nobody may have written any.
    Addresses(BTreeSet<(Option<IpAddr>, String)>),
    /// There is no such name, says this one.
    Nobody(String),
    /// No answer comes.
    Silence,
    /// An answer, that this question will have none.
    Refusal,
    /// The question comes round to somebody who was asked it before.
    Circle,
    /// The input does not tell.
    Unknown,
}

pub(crate) type All = BTreeSet<Said>;

/// Names and servers behind one another that are asked.
const FAR: usize = 8;

/// Somebody who is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// The resolver of a VPC, by a host of it or by an inbound endpoint.
    Resolver(Id<Vpc>, Door),
    /// A name server of the user's own, by the place of whose question it answers.
    Server(Id<NameServer>, Spot, IpAddr),
    /// The public DNS.
    Public,
}

/// How a query comes to a VPC's resolver.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    /// From a host of the VPC.
    Inside,
    /// By an inbound endpoint that servers forward to.
    Inbound,
    /// By one that domains are delegated to.
    Delegation,
}

/// What was met while a name was asked for.
#[derive(Default)]
pub(crate) struct Met {
    /// Rules, zones, endpoints and servers that decided who answers.
    pub(crate) deciders: BTreeSet<String>,
    /// What decided it, and what lay on the way.
    pub(crate) what: BTreeSet<String>,
}

/// What `from` hears of a name, and what was met.
pub(crate) fn heard(net: &Network, (from, ip): (Spot, IpAddr), name: &str) -> (All, Met) {
    let met = RefCell::default();
    let ask = Ask {
        net,
        asked: Vec::new(),
        met: &met,
    };
    let all = match from {
        Spot::Eni(at) => ask.by_host(at, ip, name),
        Spot::Site(site) => ask.by_site(site, ip, name),
        // No NAT gateway asks for names, and of clients no case here asks.
        Spot::World | Spot::Client(_) | Spot::Regional(_) | Spot::Router(_) => {
            ask.of(Who::Public, name)
        }
    };
    (all, met.into_inner())
}

/// A question, and the questions it comes from.
#[derive(Clone)]
struct Ask<'a> {
    net: &'a Network,
    asked: Vec<(Who, String)>,
    met: &'a RefCell<Met>,
}

fn only(said: Said) -> All {
    All::from([said])
}

/// Whether a domain is the name or a parent of it; the root is everybody's.
fn owns(domain: &str, name: &str) -> bool {
    let below = || name.ends_with(&format!(".{domain}"));
    domain.is_empty() || domain == name || below()
}

impl Ask<'_> {
    /// Asks somebody, unless the same was asked of the same before.
    fn of(&self, who: Who, name: &str) -> All {
        if self.asked.contains(&(who, name.to_owned())) {
            return only(Said::Circle);
        }
        if self.asked.len() == FAR {
            return only(Said::Unknown);
        }
        let mut ask = self.clone();
        ask.asked.push((who, name.to_owned()));
        match who {
            Who::Resolver(vpc, door) => ask.of_resolver(vpc, door, name),
            Who::Server(id, at, ip) => ask.of_server(id, at, ip, name),
            Who::Public => ask.in_public(name, Who::Public),
        }
    }

    fn decided(&self, by: &str) {
        self.met.borrow_mut().deciders.insert(by.to_owned());
    }

    fn met(&self, what: &str) {
        self.met.borrow_mut().what.insert(what.to_owned());
    }
}
