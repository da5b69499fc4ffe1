//! Why an answer changed: where the ways of two answers to one question part, and the rows there.

use super::merge::Asks;
use super::{Both, Version};
use crate::answer::{Alternative, Answer, Ask, Did, Fact, Wording};
use crate::aws::DnsStep;
use crate::code::Code;
use crate::model::Origin;

/// One of the flows that change, on both sides.
#[derive(Clone, Debug)]
pub struct Example {
    /// Before; none: nobody could ask.
    pub before: Option<Told>,
    /// Now; none: nobody can ask any more.
    pub after: Option<Told>,
}

/// An answer as far as it explains the change.
#[derive(Clone, Debug)]
pub struct Told {
    /// The question.
    pub ask: Ask,
    /// Who sends.
    pub from: String,
    /// The nodes of the way out, in order.
    pub path: Vec<String>,
    /// What stops it, and in which part.
    pub stop: Option<(Code, &'static str)>,
    /// What decided where the two ways part.
    pub parts: Option<Decision>,
}

/// Something that decided about a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The node.
    pub at: String,
    /// What it is, e.g. `sg`.
    pub what: String,
    /// The row, or whoever answered a name.
    pub by: String,
    /// What it says.
    pub says: String,
    /// Where it was written.
    pub origin: Origin,
    did: Option<Did>,
}

impl Decision {
    /// What it did, for people.
    #[must_use]
    pub fn did(&self) -> &'static str {
        match self.did {
            Some(Did::Allowed) => "allows",
            Some(Did::Routed) => "takes",
            Some(Did::Rewrote) => "maps",
            Some(Did::Established) => "knows",
            Some(Did::Maybe) => "may stop",
            Some(Did::Skipped) => "skips",
            Some(Did::Chose) => "one of",
            Some(Did::Crossed) => "leads over",
            Some(Did::Dropped | Did::Passed) => "stops",
            Some(Did::Arrived) => "receives",
            None => "answers",
        }
    }

    /// Two say the same, wherever each is written.
    fn is_same(&self, other: &Self) -> bool {
        let of = |d: &Self| {
            (
                d.at.clone(),
                d.what.clone(),
                d.by.clone(),
                d.says.clone(),
                d.did,
            )
        };
        of(self) == of(other)
    }
}

impl Example {
    pub(super) fn of(both: &mut Both<'_>, asks: Asks) -> Self {
        let mut answers = [None, None];
        let questions = asks.into_iter();
        for ((side, ask), place) in both.sides.iter_mut().zip(questions).zip(&mut answers) {
            *place = ask.and_then(|ask| side.ask(&ask));
        }
        let versions = both.sides.each_ref().map(|side| side.version);
        let [before, after] = &answers;
        let ways = [
            before.as_ref().and_then(|a| shown(a, after.as_ref())),
            after.as_ref().and_then(|a| shown(a, before.as_ref())),
        ];
        let mut decided = [Vec::new(), Vec::new()];
        for (number, place) in decided.iter_mut().enumerate() {
            let (Some(version), Some(answer)) = (versions.get(number), answers.get(number)) else {
                continue;
            };
            if let Some(answer) = answer {
                *place = decisions(*version, answer, ways.get(number).copied().flatten());
            }
        }
        let [was, now] = &decided;
        let (one, other) = parting(was, now);
        let tell = |number: usize, decision: Option<&Decision>| {
            let answer = answers.get(number)?.as_ref()?;
            let way = ways.get(number).copied().flatten();
            let version = versions.get(number)?;
            Some(Told {
                ask: answer.ask.clone(),
                from: answer.from.to_string(),
                path: way.map_or(Vec::new(), |way| path(*version, way)),
                stop: answer.obstacles.first().map(|o| (o.code, o.leg.name())),
                parts: decision.cloned(),
            })
        };
        Self {
            before: tell(0, one),
            after: tell(1, other),
        }
    }
}

/// What decided on each side where two ways part: who answers the name, if that differs; what stops
/// one of them and what the same table says on the other; or the first decisions that differ.
fn parting<'d>(
    was: &'d [Decision],
    now: &'d [Decision],
) -> (Option<&'d Decision>, Option<&'d Decision>) {
    let stops = |d: &&Decision| d.did == Some(Did::Dropped);
    let beside = |stop: &Decision, other: &'d [Decision]| {
        let there = |d: &&Decision| (&d.at, &d.what) == (&stop.at, &stop.what);
        other.iter().find(there).filter(|d| !d.is_same(stop))
    };
    let first = || {
        let same = was
            .iter()
            .zip(now)
            .take_while(|(a, b)| a.is_same(b))
            .count();
        (was.get(same).or(was.last()), now.get(same).or(now.last()))
    };
    let names = |all: &'d [Decision]| all.iter().filter(|d| d.did.is_none());
    if !names(was).zip(names(now)).all(|(a, b)| a.is_same(b)) {
        return first();
    }
    if let Some(stop) = was.iter().find(stops)
        && let Some(pass) = beside(stop, now)
    {
        return (Some(stop), Some(pass));
    }
    if let Some(stop) = now.iter().find(stops)
        && let Some(pass) = beside(stop, was)
    {
        return (Some(pass), Some(stop));
    }
    first()
}

/// The way that shows the difference: one of a kind that the other answer has none of, or the first.
fn shown<'a>(answer: &'a Answer, other: Option<&Answer>) -> Option<&'a Alternative> {
    let known = |way: &Alternative| {
        let same = |o: &Alternative| (o.class, o.mechanism) == (way.class, way.mechanism);
        other.is_some_and(|other| other.alternatives.iter().any(same))
    };
    let mut all = answer.alternatives.iter();
    all.find(|way| !known(way)).or(answer.alternatives.first())
}

/// Everything that decided, in order: the name, the way out and back, the policies, what stopped it.
fn decisions(version: Version<'_>, answer: &Answer, way: Option<&Alternative>) -> Vec<Decision> {
    let mut all = Vec::new();
    for step in answer.resolution.iter().flat_map(|r| &r.steps) {
        if let DnsStep::Decides { who, by, .. } = step {
            all.push(Decision {
                at: who.to_string(),
                what: "name".to_owned(),
                by: by.text.to_string(),
                says: String::new(),
                origin: by.origin.clone(),
                did: None,
            });
        }
    }
    let Some(way) = way else { return all };
    let wording = Wording::new(version.network, version.compiled);
    all.extend(
        wording
            .facts(way)
            .into_iter()
            .filter(|f| !f.quiet)
            .map(decision),
    );
    if let Some(o) = &way.obstacle {
        all.push(Decision {
            at: o.at.clone(),
            what: o.code.name().to_owned(),
            by: o.by.clone(),
            says: String::new(),
            origin: o.origin.clone(),
            did: Some(Did::Dropped),
        });
    }
    all
}

fn decision(fact: Fact) -> Decision {
    Decision {
        at: fact.node.to_string(),
        what: fact.what.to_owned(),
        by: fact.by.to_string(),
        says: fact.rule.to_string(),
        origin: fact.origin,
        did: Some(fact.did),
    }
}

/// The nodes of the way out, in order.
fn path(version: Version<'_>, way: &Alternative) -> Vec<String> {
    let wording = Wording::new(version.network, version.compiled);
    let mut nodes: Vec<String> = Vec::new();
    for fact in wording.facts(way) {
        let plumbing = fact.quiet || (fact.what == "local" && fact.did != Did::Dropped);
        let out = fact.part == crate::answer::Part::Out;
        if out && !plumbing && nodes.last().is_none_or(|last| *last != fact.node) {
            nodes.push(fact.node.to_string());
        }
    }
    nodes
}
