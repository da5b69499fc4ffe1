//! Properties: whether something holds of every flow from these to those (semantics S8).
//!
//! A destination's words are asked about as anybody asks (`answer`), each source in turn. Addresses
//! are followed as sets: everything that a source may send there, at once. Either way the flows come
//! as alternatives, and a claim judges alternatives.

mod follow;
mod judge;
mod replay;
mod sent;
mod survive;
mod ways;

pub use replay::Replay;

pub(super) use follow::{Followed, followed};
pub(super) use sent::pairs;

use crate::answer::{Alternative, Answer, From};
use crate::aws::Compiled;
use crate::fabric::{Flow, NodeId, Region};
use crate::model::Network;
use crate::property::Property;

/// What came of a property.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Whether it holds.
    pub outcome: Outcome,
    /// Every way that refutes it, or that may.
    pub found: Vec<Found>,
    /// How many sources were followed.
    pub sources: usize,
    /// How many ways were judged.
    pub ways: usize,
    /// What is taken for granted, for people.
    pub says: Vec<String>,
}

/// Whether a property holds.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It does.
    Holds,
    /// It does, for the reason that there is nothing it speaks of: why.
    Vacuous(String),
    /// It does not: the first of `found` that shows it, replayed.
    Refuted(usize, Box<Replay>),
    /// It cannot be told: the first of `found` that it hangs on.
    Unknown(usize),
    /// It cannot be told, as not every way was followed: what is said tells why.
    Limited,
}

/// A way that refutes a property, or that may.
#[derive(Clone, Debug)]
pub struct Found {
    /// Who sends.
    pub from: From,
    /// Where to, as the property says.
    pub to: String,
    /// What was sent to travel so, if it was followed as a set.
    pub sent: Vec<Region>,
    /// A flow of it, if a packet is sent at all.
    pub flow: Option<Flow>,
    /// How it travels and ends.
    pub alternative: Alternative,
    /// What stood for the destination; none: wherever it arrives.
    pub accept: Option<Vec<NodeId>>,
    /// The answer it is of, if it was asked about by name.
    pub answer: Option<Box<Answer>>,
    /// It shows that the property does not hold; else it may.
    pub refutes: bool,
    /// What is out of service.
    pub down: Option<String>,
}

/// Proves a property, or refutes it.
///
/// # Errors
/// A text for people, if the property means nothing in this network.
pub fn prove(network: &Network, compiled: &Compiled, property: &Property) -> Result<Proof, String> {
    match &property.survives {
        None => Ok(concluded(
            compiled,
            examined(network, compiled, property, None)?,
        )),
        Some(survives) => survive::prove(network, property, survives),
    }
}

/// What following every flow of a property found.
#[derive(Debug, Default)]
pub(in crate::analysis) struct Examined {
    found: Vec<Found>,
    sources: usize,
    ways: usize,
    /// Ways that leave their source.
    left: usize,
    says: Vec<String>,
    /// Some way was not followed.
    limited: bool,
}

/// Follows every flow of a property; with `down`, of a network in which that is out of service.
fn examined(
    network: &Network,
    compiled: &Compiled,
    property: &Property,
    down: Option<&str>,
) -> Result<Examined, String> {
    let mut all = Vec::new();
    for (from, to) in pairs(network, property)? {
        if down.is_none() || !is_down(network, &from) {
            let followed = followed(network, compiled, property, (from, &to), down)?;
            all.push((from, followed));
        }
    }
    Ok(gathered(all))
}

/// What was found of every source and destination, together.
pub(in crate::analysis) fn gathered(all: impl IntoIterator<Item = (From, Followed)>) -> Examined {
    let mut out = Examined::default();
    let mut senders: Vec<From> = Vec::new();
    for (from, followed) in all {
        if senders.last() != Some(&from) && !senders.contains(&from) {
            senders.push(from);
        }
        out.ways += followed.ways;
        out.left += followed.left;
        out.found.extend(followed.found);
        out.says.extend(followed.says);
    }
    // What people believe at once comes first: what is delivered, over TCP, from a packet's own words.
    out.found.sort_by_key(|f| {
        let tcp = f.flow.is_none_or(|flow| flow.proto == 6);
        (!f.refutes, !f.alternative.delivered(), !tcp)
    });
    out.sources = senders.len();
    // All that is said is of ways that were not followed to their end.
    out.limited = !out.says.is_empty();
    out.says.sort();
    out.says.dedup();
    out
}

/// The conclusion from all that was found.
pub(in crate::analysis) fn concluded(compiled: &Compiled, all: Examined) -> Proof {
    let outcome = if let Some(at) = all.found.iter().position(|f| f.refutes) {
        let found = all.found.get(at);
        let replay = found.map(|found| replay::replay(compiled, found));
        Outcome::Refuted(at, Box::new(replay.unwrap_or_default()))
    } else if !all.found.is_empty() {
        Outcome::Unknown(0)
    } else if all.limited {
        Outcome::Limited
    } else {
        vacuous(&all).map_or(Outcome::Holds, Outcome::Vacuous)
    };
    Proof {
        outcome,
        found: all.found,
        sources: all.sources,
        ways: all.ways,
        says: all.says,
    }
}

/// Why there is nothing that a property speaks of, if there is nothing.
fn vacuous(all: &Examined) -> Option<String> {
    if all.sources == 0 {
        return Some("nobody matches: no source, or no destination".to_owned());
    }
    if all.ways == 0 {
        return Some("no packet is sent: no address to send to".to_owned());
    }
    (all.left == 0).then(|| "nothing leaves its source: every way ends there".to_owned())
}

/// Who is out of service sends nothing.
fn is_down(network: &Network, from: &From) -> bool {
    match *from {
        From::Interface(id) | From::Address(id, _) => network.lost(id).is_some(),
        From::Host(..) => false,
    }
}
