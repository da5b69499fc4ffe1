//! What of an answer two networks must agree on.

use crate::asked::Told;
use crate::rows::number;
use reachability::answer::{Alternative, Obstacle, Part, Verdict};
use reachability::code::Code;
use std::collections::{BTreeMap, BTreeSet};

/// An obstacle, by what it says: its row by number where it has one, else by words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stop {
    pub code: &'static str,
    pub leg: Part,
    pub at: String,
    pub row: Result<usize, String>,
}

/// One alternative, or several that differ in ports only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    pub class: Verdict,
    pub exposed: bool,
    pub outside: String,
    pub via: Vec<String>,
    pub via_back: Vec<String>,
    pub mechanisms: Vec<&'static str>,
    pub stop: Option<Stop>,
}

/// An answer, whatever the order of its alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub verdict: Verdict,
    pub ways: BTreeMap<Way, Vec<(u16, u16)>>,
    pub mechanism: BTreeSet<String>,
    pub leaves_aws: String,
    pub assumptions: BTreeSet<&'static str>,
}

/// Nothing there is nothing there: a group without rules refuses as one does whose rules say
/// nothing about the traffic, and so does a listener that has no target it may use.
fn code(code: Code) -> &'static str {
    match code {
        Code::SG_HAS_NO_RULES => Code::ENI_SG_RULES_MISMATCH.name(),
        Code::ELB_INSTALLED_AZ_RESTRICTION | Code::ELB_NOT_CROSSZONE => {
            Code::ELBV2_LISTENER_HAS_NO_TG.name()
        }
        other => other.name(),
    }
}

pub fn stop(obstacle: &Obstacle) -> Stop {
    Stop {
        code: code(obstacle.code),
        leg: obstacle.leg,
        at: obstacle.at.clone(),
        row: number(&obstacle.origin).ok_or_else(|| obstacle.by.clone()),
    }
}

fn way(alternative: &Alternative, [via, via_back]: &[Vec<String>; 2]) -> Way {
    Way {
        class: alternative.class,
        exposed: alternative.exposed,
        outside: format!("{:?}", alternative.outside),
        via: via.clone(),
        via_back: via_back.clone(),
        mechanisms: alternative.mechanisms.clone(),
        stop: alternative.obstacle.as_ref().map(stop),
    }
}

pub fn seen(answer: &Told) -> Seen {
    let mut ways: BTreeMap<Way, Vec<(u16, u16)>> = BTreeMap::new();
    for (alternative, via) in answer.alternatives.iter().zip(&answer.via) {
        let ports = ways.entry(way(alternative, via)).or_default();
        ports.extend(&alternative.ports);
    }
    for ports in ways.values_mut() {
        ports.sort_unstable();
        let spans = std::mem::take(ports);
        for (lo, hi) in spans {
            match ports.last_mut() {
                Some(last) if u32::from(lo) <= u32::from(last.1) + 1 => last.1 = last.1.max(hi),
                _ => ports.push((lo, hi)),
            }
        }
    }
    Seen {
        verdict: answer.verdict,
        ways,
        mechanism: answer.mechanism.split('|').map(str::to_owned).collect(),
        leaves_aws: format!("{:?}", answer.leaves_aws),
        assumptions: answer.assumptions.iter().copied().collect(),
    }
}

impl Seen {
    /// The same, with other words for components and without the rows' numbers: what does not
    /// depend on how the network is written.
    pub fn reworded(self, words: impl Fn(&str) -> String) -> Self {
        let all = |list: Vec<String>| list.iter().map(|w| words(w)).collect();
        let ways = self.ways.into_iter().map(|(way, ports)| {
            let stop = way.stop.map(|s| Stop {
                at: words(&s.at),
                row: Err(String::new()),
                ..s
            });
            let way = Way {
                via: all(way.via),
                via_back: all(way.via_back),
                stop,
                ..way
            };
            (way, ports)
        });
        let mut joined: BTreeMap<Way, Vec<(u16, u16)>> = BTreeMap::new();
        for (way, ports) in ways {
            joined.entry(way).or_default().extend(ports);
        }
        for ports in joined.values_mut() {
            ports.sort_unstable();
            ports.dedup();
        }
        Seen {
            ways: joined,
            ..self
        }
    }
}

/// The rows that the answer cites, by number.
pub fn cited(answer: &Told) -> BTreeSet<usize> {
    let steps = answer
        .facts
        .iter()
        .flatten()
        .filter_map(|s| number(&s.origin));
    let stops = answer
        .alternatives
        .iter()
        .filter_map(|a| a.obstacle.as_ref());
    steps
        .chain(stops.filter_map(|o| number(&o.origin)))
        .collect()
}

/// Whether a table was looked at.
pub fn consults(answer: &Told, table: &str) -> bool {
    let (name, way) = table.split_once(' ').unwrap();
    let mut steps = answer.facts.iter().flatten();
    steps.any(|s| {
        s.by.starts_with(table)
            || (s.by.split([' ', '+']).any(|w| w == name)
                && s.by.ends_with(&format!("{way} otherwise")))
    })
}
