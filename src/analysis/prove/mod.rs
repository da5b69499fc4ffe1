//! Properties: whether something holds of every flow from these to those (semantics S8).
//!
//! A destination's words are asked about as anybody asks (`answer`), each source in turn. Addresses
//! are followed as sets: everything that a source may send there, at once. Either way the flows come
//! as alternatives, and a claim judges alternatives.
//!
//! Of many sources one of each class is followed ([`Means`]); and destinations whose own filters let
//! in nothing of what is forbidden need nobody to be followed.

mod asked;
mod crowd;
mod doors;
mod flood;
mod follow;
mod judge;
mod replay;
mod sent;
mod survive;
mod ways;

pub use replay::Replay;

pub(super) use asked::pairs;
pub(super) use follow::{Case, Followed, followed};
pub(super) use sent::Space;

use asked::Asked;

use crate::answer::{Alternative, Answer, From};
use crate::aws::Compiled;
use crate::fabric::{Flow, NodeId, Region};
use crate::model::Network;
use crate::property::Property;
use std::collections::HashSet;

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
    /// Destinations that nobody was followed to, as their own filters let in nothing of it.
    pub shut: usize,
    /// What is taken for granted, for people.
    pub says: Vec<String>,
    /// Of several failures, while which it holds because it speaks of nothing, for people.
    pub idle: Vec<String>,
}

/// How a property is proved. Each way comes to the same, but for what is too much to be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Every source is followed to every destination.
    Each,
    /// One source of each class is followed, to all destinations at once.
    Classes,
    /// The same, after filters of destinations were asked alone.
    Doors,
}

/// So few sources are followed each by itself: then all that was met can be told.
const FEW: usize = 64;

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
    /// Others who fare the same: nothing tells them apart.
    pub like: Vec<From>,
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
    /// The protocol that stands for every other: no row names it.
    pub other: Option<u8>,
    /// What is out of service.
    pub down: Option<String>,
}

/// Proves a property, or refutes it.
///
/// # Errors
/// A text for people, if the property means nothing in this network.
pub fn prove(network: &Network, compiled: &Compiled, property: &Property) -> Result<Proof, String> {
    proved(network, compiled, property, None)
}

/// The same, by these means.
///
/// # Errors
/// The same.
pub fn prove_by(
    network: &Network,
    compiled: &Compiled,
    property: &Property,
    means: Means,
) -> Result<Proof, String> {
    proved(network, compiled, property, Some(means))
}

fn proved(
    network: &Network,
    compiled: &Compiled,
    property: &Property,
    means: Option<Means>,
) -> Result<Proof, String> {
    match &property.survives {
        None => {
            let space = &Space::new(network, compiled);
            let case = Case {
                network,
                compiled,
                property,
                space,
                down: None,
            };
            Ok(concluded(compiled, examined(case, means)?))
        }
        Some(survives) => survive::prove(network, property, survives, means),
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
    /// Destinations whose own filters let in nothing.
    shut: usize,
    says: Vec<String>,
}

/// Follows every flow of a property.
fn examined(case: Case<'_>, means: Option<Means>) -> Result<Examined, String> {
    let mut asked = Asked::new(case.network, case.property)?;
    let works = |from: &From| case.down.is_none() || !is_down(case.network, from);
    asked.from.retain(|(from, _)| works(from));
    let means = means.unwrap_or(match asked.from.len() {
        0..=FEW => Means::Each,
        _ => Means::Doors,
    });
    match means {
        Means::Each => {
            let mut all = Vec::new();
            for (from, set) in &asked.from {
                for to in asked.destinations(*set) {
                    all.push((*from, followed(case, (*from, to))?));
                }
            }
            Ok(gathered(all))
        }
        Means::Classes | Means::Doors => crowd::examined(case, asked, means == Means::Doors),
    }
}

/// What was found of every source and destination, together.
pub(in crate::analysis) fn gathered(all: impl IntoIterator<Item = (From, Followed)>) -> Examined {
    let mut out = Examined::default();
    let mut senders: HashSet<From> = HashSet::new();
    for (from, followed) in all {
        senders.insert(from);
        gather(&mut out, followed);
    }
    out.sources = senders.len();
    out.sorted()
}

fn gather(out: &mut Examined, followed: Followed) {
    out.ways += followed.ways;
    out.left += followed.left;
    out.found.extend(followed.found);
    out.says.extend(followed.says);
}

impl Examined {
    fn sorted(mut self) -> Self {
        // What people believe at once comes first: what is delivered, over TCP, from a packet's own
        // words.
        self.found.sort_by_key(|f| {
            let tcp = f.flow.is_none_or(|flow| flow.proto == 6);
            (!f.refutes, !f.alternative.delivered(), !tcp)
        });
        self.says.sort();
        self.says.dedup();
        self
    }
}

/// The conclusion from all that was found.
pub(in crate::analysis) fn concluded(compiled: &Compiled, all: Examined) -> Proof {
    let outcome = if let Some(at) = all.found.iter().position(|f| f.refutes) {
        let found = all.found.get(at);
        let replay = found.map(|found| replay::replay(compiled, found));
        Outcome::Refuted(at, Box::new(replay.unwrap_or_default()))
    } else if !all.found.is_empty() {
        Outcome::Unknown(0)
    } else if !all.says.is_empty() {
        // All that is said is of ways that were not followed to their end.
        Outcome::Limited
    } else {
        vacuous(&all).map_or(Outcome::Holds, Outcome::Vacuous)
    };
    Proof {
        outcome,
        found: all.found,
        sources: all.sources,
        ways: all.ways,
        shut: all.shut,
        says: all.says,
        idle: Vec::new(),
    }
}

/// Why there is nothing that a property speaks of, if there is nothing.
fn vacuous(all: &Examined) -> Option<String> {
    if all.sources == 0 {
        return Some("nobody matches: no source, or no destination".to_owned());
    }
    if all.ways == 0 && all.left == 0 {
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
