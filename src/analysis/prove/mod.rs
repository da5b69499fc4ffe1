//! Properties: whether something holds of every flow from these to those (semantics S8).
//!
//! A destination's words are asked about as anybody asks (`answer`), each source in turn. Addresses
//! are followed as sets: everything that a source may send there, at once. Either way the flows come
//! as alternatives, and a claim judges alternatives. Of sources that nothing tells apart (`classes`)
//! one is followed for all.

mod goal;
mod judge;
mod replay;
mod sent;
mod survive;
mod ways;

pub use replay::Replay;

use super::classes::{Alike, Swap};
use crate::answer::{Alternative, Answer, From};
use crate::aws::Compiled;
use crate::fabric::{Flow, NodeId, Region};
use crate::model::Network;
use crate::property::Property;
use goal::Goal;
use judge::Judged;
use sent::{Kinds, Sent};
use smallvec::SmallVec;
use std::collections::HashSet;
use ways::{Ground, Ways};

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
    /// The protocol that stands for every other that no row names, where all were followed.
    pub rest: Option<u8>,
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
    /// Who else sends likewise: nothing tells them apart.
    pub others: Vec<From>,
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

impl Found {
    /// Everybody who sends, and what he sends to travel so.
    pub fn senders<'a>(
        &'a self,
        network: &'a Network,
    ) -> impl Iterator<Item = (From, Vec<Region>)> + 'a {
        let others = self.others.iter().map(move |other| {
            let sent = match (self.from, *other) {
                (From::Interface(a), From::Interface(b)) => {
                    let swap = Swap::new(network, a, b);
                    self.sent.iter().flat_map(|r| swap.region(*r)).collect()
                }
                _ => self.sent.clone(),
            };
            (*other, sent)
        });
        std::iter::once((self.from, self.sent.clone())).chain(others)
    }
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
struct Examined {
    found: Vec<Found>,
    sources: usize,
    ways: usize,
    /// Ways that leave their source.
    left: usize,
    says: Vec<String>,
    /// Some way was not followed.
    limited: bool,
    rest: Option<u8>,
}

/// Follows every flow of a property; with `down`, of a network in which that is out of service. Of
/// sources that nothing tells apart one is followed.
fn examined(
    network: &Network,
    compiled: &Compiled,
    property: &Property,
    down: Option<&str>,
) -> Result<Examined, String> {
    let kinds = Kinds::new(network, compiled, property);
    let ground = Ground {
        network,
        compiled,
        property,
        kinds: &kinds,
    };
    let mut out = Examined {
        rest: kinds.rest,
        ..Examined::default()
    };
    let mut senders: HashSet<From> = HashSet::new();
    let mut alike: Option<Alike> = None;
    for Sent { mut from, to } in sent::all(network, property)? {
        from.retain(|from| down.is_none() || !is_down(network, from));
        let goals = goal::goals(network, compiled, &to, !property.claim.is_always())?;
        if goals.is_empty() {
            continue;
        }
        senders.extend(&from);
        let classes = match from.len() {
            0 | 1 => vec![from],
            _ => {
                let alike = alike.get_or_insert_with(|| Alike::new(network, compiled));
                let sees = |id| {
                    let all = goals.iter().map(|goal| goal.sees(network, compiled, id));
                    all.collect::<SmallVec<[u64; 2]>>()
                };
                alike.together(&from, sees)
            }
        };
        for members in &classes {
            for goal in &goals {
                out.follow(ground, members, goal, down)?;
            }
        }
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
    Ok(out)
}

impl Examined {
    /// Follows the first of some sources that nothing tells apart; each of them, where their flows lead
    /// to one of them.
    fn follow(
        &mut self,
        ground: Ground<'_>,
        members: &[From],
        goal: &Goal,
        down: Option<&str>,
    ) -> Result<(), String> {
        let Some((first, others)) = members.split_first() else {
            return Ok(());
        };
        let ways = ways::ways(ground, *first, goal)?;
        if matches!(goal, Goal::Words(_)) && !others.is_empty() && to_one(ground, members, &ways) {
            for one in members {
                self.follow(ground, std::slice::from_ref(one), goal, down)?;
            }
            return Ok(());
        }
        self.ways += ways.number * members.len();
        self.left += ways.left;
        self.says.extend(ways.says);
        for way in ways.all {
            let refutes = match judge::judge(ground.network, ground.compiled, ground.property, &way)
            {
                Judged::Fine => continue,
                Judged::Refutes => true,
                Judged::Unclear => false,
            };
            let to = match goal {
                Goal::Hosts(hosts) => hosts.at(way.alternative.receiver()).to_owned(),
                goal => goal.text(),
            };
            self.found.push(Found {
                from: *first,
                others: others.to_vec(),
                to,
                flow: way.alternative.sent,
                sent: way.sent,
                alternative: way.alternative,
                accept: way.accept,
                answer: way.answer,
                refutes,
                down: down.map(str::to_owned),
            });
        }
        Ok(())
    }
}

/// Whether words lead to one of these.
fn to_one(ground: Ground<'_>, members: &[From], ways: &Ways) -> bool {
    let (nodes, addresses) = &ways.led;
    let led = |from: &From| {
        let mut own = from.addresses(ground.network).into_iter();
        nodes.contains(&from.node(ground.compiled)) || own.any(|ip| addresses.contains(&ip.into()))
    };
    members.iter().any(led)
}

/// The conclusion from all that was found.
fn concluded(compiled: &Compiled, all: Examined) -> Proof {
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
        rest: all.rest,
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
