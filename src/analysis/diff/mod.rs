//! What an edit changes: exactly the flows whose answer differs between two networks.
//!
//! Sources and destinations are the same if they are called the same; what is on one side only is
//! answered there, and unreachable on the other. Services are asked for by name. Between and beyond
//! interfaces every address is walked as a set (`space`): the walks of both networks cut header space
//! into parts (`atoms`) within which no row tells two flows apart, and one flow of each part is asked
//! of both, by the very same `answer` that a trace gives. So a flow is in the difference if, and only
//! if, its answers differ. What an edit cannot touch is not walked (`touched`). Sources that nothing
//! tells apart on either side are walked once (`alike`); parts that go the same way are told together
//! (`merge`).

mod alike;
mod atoms;
mod cause;
mod merge;
mod outcome;
mod space;
mod touched;

pub use cause::{Decision, Example, Told};
pub(crate) use merge::in_words;
pub use outcome::Outcome;

use super::services::{Service, services};
use crate::answer::{Answer, Ask, Asker};
use crate::aws::Compiled;
use crate::fabric::Address;
use crate::model::Network;
use std::collections::{BTreeSet, HashMap};
use touched::Touched;

/// One of the two networks.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// The network.
    pub network: &'a Network,
    /// What it compiles to.
    pub compiled: &'a Compiled,
}

/// Everything that an edit changes.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// Flows whose answer changes, those that change alike together.
    pub changes: Vec<Change>,
    /// Sources whose ways are too many to be compared.
    pub undecided: Vec<String>,
}

/// Flows whose answer changes in the same way.
#[derive(Clone, Debug)]
pub struct Change {
    /// Who sends.
    pub from: BTreeSet<String>,
    /// Where to.
    pub to: Goal,
    /// What came of it; none: there was no such source or service.
    pub before: Option<Outcome>,
    /// What comes of it now; none: there is no such source or service any more.
    pub after: Option<Outcome>,
    /// One of the flows.
    pub example: Example,
}

/// Where flows that change lead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// A service, by its words.
    Service(Service),
    /// Addresses.
    Space(Space),
}

/// A part of header space.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Space {
    /// IP protocols; none stands for every other.
    pub protocols: BTreeSet<Option<u8>>,
    /// Addresses, and the ports there.
    pub boxes: Vec<Box>,
}

/// Addresses and ports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Box {
    /// First and last address.
    pub addresses: (Address, Address),
    /// Spans of ports, sorted; empty where a protocol has none.
    pub ports: Vec<(u16, u16)>,
}

impl Diff {
    /// Whether every change hangs on what is not known.
    #[must_use]
    pub fn hangs(&self) -> bool {
        self.changes.iter().all(Change::hangs)
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.undecided.is_empty()
    }
}

impl Change {
    /// Whether one of its answers is unknown.
    #[must_use]
    pub fn hangs(&self) -> bool {
        let sides = [&self.before, &self.after];
        sides.into_iter().flatten().any(Outcome::is_unknown)
    }
}

/// Both networks, and who asks them.
struct Both<'a> {
    sides: [Side<'a>; 2],
    /// The protocols that rows of either are about.
    protocols: Vec<u8>,
    touched: Touched,
}

/// A network that is asked.
struct Side<'a> {
    version: Version<'a>,
    asker: Asker<'a>,
}

impl<'a> Side<'a> {
    fn new(version: Version<'a>) -> Self {
        Self {
            version,
            asker: Asker::new(version.network, version.compiled),
        }
    }

    /// The answer; none if the question means nothing here.
    fn ask(&mut self, ask: &Ask) -> Option<Answer> {
        self.asker.answer(ask).ok()
    }
}

/// Compares two networks; `wanted` says which sources are of interest, `done` hears how many of how
/// many sources are compared.
#[must_use]
pub fn diff(
    before: Version<'_>,
    after: Version<'_>,
    wanted: impl Fn(&str) -> bool,
    mut done: impl FnMut(usize, usize),
) -> Diff {
    let mut both = Both::new(before, after);
    let pairs = space::pairs(before.network, after.network, wanted);
    let columns = columns(before.network, after.network);
    let mut merged = merge::Merge::default();
    let mut out = Diff::default();
    let (mut number, total) = (0, pairs.len());
    for group in alike::alike(&both, pairs) {
        let Some((first, others)) = group.split_first() else {
            continue;
        };
        let mut own = merge::Merge::default();
        let dialled = both.services(first, &columns, &mut own);
        if !both.space(first, &dialled, &mut own) {
            out.undecided.extend(group.iter().map(|p| p.name.clone()));
        }
        for other in others {
            merged.likewise(&own, other, &alike::swap(&both, first, other));
        }
        merged.absorb(own);
        number += group.len();
        done(number, total);
    }
    out.changes = merged.finish(&mut both);
    out
}

/// The services of both networks: a service of AWS is there whether or not it has an endpoint.
fn columns(before: &Network, after: &Network) -> Vec<Service> {
    let mut all = services(before);
    for service in services(after) {
        if !all.contains(&service) {
            all.push(service);
        }
    }
    all
}

/// Addresses and ports that a service's name led to, and how its answer changed: what is told of the
/// service is not told of them again.
type Dialled = HashMap<(Address, u8, u16), merge::Turn>;

impl<'a> Both<'a> {
    fn new(before: Version<'a>, after: Version<'a>) -> Self {
        let sides = [before, after].into_iter();
        let mut protocols: Vec<u8> = sides
            .flat_map(|side| side.compiled.fabric.protocols())
            .collect();
        protocols.sort_unstable();
        protocols.dedup();
        Self {
            touched: Touched::new(before.network, after.network),
            sides: [Side::new(before), Side::new(after)],
            protocols,
        }
    }

    /// Asks for every service by name.
    fn services(
        &mut self,
        pair: &space::Pair,
        columns: &[Service],
        merged: &mut merge::Merge,
    ) -> Dialled {
        let mut dialled = Dialled::new();
        let Some(point) = pair.point() else {
            return dialled;
        };
        for service in columns {
            let (mut asks, mut answers) = ([None, None], [None, None]);
            for (number, side) in self.sides.iter_mut().enumerate() {
                let from = point.get(number).copied().flatten();
                let places = (asks.get_mut(number), answers.get_mut(number));
                if let (Some(from), (Some(ask), Some(answer))) = (from, places) {
                    *ask = Some(service.ask(from));
                    *answer = side.ask(&service.ask(from));
                }
            }
            let outcomes = answers.each_ref().map(|a| a.as_ref().map(Outcome::of));
            if !outcome::differ(&outcomes) {
                continue;
            }
            let [before, after] = outcomes;
            for answer in answers.iter().flatten() {
                let target = &answer.target;
                for address in answer.alternatives.iter().filter_map(|a| a.address) {
                    let at = (address, target.proto, target.port);
                    dialled.insert(at, (before.clone(), after.clone()));
                }
            }
            merged.service(&pair.name, service, (before, after), asks);
        }
        dialled
    }
}
