//! Every source's answer about every service: by class, since members of a class cannot differ.
//!
//! What the answers of one look at is what can tell others from it: classes are as coarse as that
//! allows. At first nothing is looked at, and one of every subnet is asked; whoever what was looked at
//! tells apart is asked as well, until it tells nobody apart any more.

use super::classes::{Looked, Senders};
use super::cost::{Prices, Total, cost, total};
use super::services::Service;
use crate::answer::{Answer, Asker, From, Verdict};
use crate::aws::Compiled;
use crate::code::Code;
use crate::fabric::{NodeId, Outside};
use crate::model::Network;
use rustc_hash::FxHashSet;
use std::collections::HashMap;

/// What became of one source's question about one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The verdict.
    pub verdict: Verdict,
    /// Primary mechanisms of its alternatives, joined by `|`.
    pub mechanism: String,
    /// Whether it leaves AWS's network.
    pub leaves_aws: Outside,
    /// What stops it, or makes it unknown.
    pub stop: Option<Stop>,
    /// What its ways come to, each once, the cheapest first.
    pub costs: Vec<Total>,
}

/// What stops a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Why.
    pub code: Code,
    /// In which part of the way.
    pub leg: &'static str,
    /// The component, if it is another than the source.
    pub at: Option<String>,
}

/// Sources that no row on their ways tells apart, and their answers.
#[derive(Clone, Debug)]
pub struct Class {
    /// The sources.
    pub members: Vec<From>,
    /// One a service: a cell, or why there is no such question.
    pub cells: Vec<Result<Cell, String>>,
}

/// Every source × every service.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The columns.
    pub services: Vec<Service>,
    /// The rows.
    pub classes: Vec<Class>,
}

/// Asks for every class about every service; `done` hears how many classes are answered.
#[must_use]
pub fn matrix(
    network: &Network,
    compiled: &Compiled,
    prices: &Prices,
    sources: &[From],
    services: Vec<Service>,
    mut done: impl FnMut(usize),
) -> Matrix {
    let mut asker = Asker::for_many(network, compiled);
    let senders = Senders::new(network, compiled);
    let mut looked = Looked::nowhere(&compiled.fabric);
    let mut known: HashMap<From, Vec<Result<Cell, String>>> = HashMap::new();
    // Who is a destination is like nobody else: what others send it, it sends itself.
    let mut goals: FxHashSet<NodeId> = FxHashSet::default();
    loop {
        let goal = |id| goals.contains(&compiled.node_of(id)).then_some(id);
        let mut classes = senders.alike(&looked).together(sources, goal);
        let mut more = false;
        for first in classes.iter().filter_map(|members| members.first()) {
            if known.contains_key(first) {
                continue;
            }
            let mut cell = |service: &Service| {
                let answer = asker.answer(&service.ask(*first))?;
                for node in answer.target.accept.iter().flatten() {
                    more |= goals.insert(*node);
                }
                Ok(read(network, compiled, prices, &answer))
            };
            known.insert(*first, services.iter().map(&mut cell).collect());
            more |= senders.look(&mut looked, *first, &asker.footprint());
            done(known.len());
        }
        if !more {
            let with_cells = |members: Vec<From>| {
                let cells = known.get(members.first()?).cloned()?;
                Some(Class { members, cells })
            };
            let classes = classes.drain(..).filter_map(with_cells).collect();
            return Matrix { services, classes };
        }
    }
}

impl Matrix {
    /// How many sources there are.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.classes.iter().map(|c| c.members.len()).sum()
    }

    /// Classes whose answers are the same, together, in order of the first: what a reader can tell
    /// apart.
    #[must_use]
    pub fn alike(&self) -> Vec<Vec<&Class>> {
        // Of each column the answers that differ: few, however many rows there are.
        let mut known: Vec<Vec<&Result<Cell, String>>> = vec![Vec::new(); self.services.len()];
        let mut groups: Vec<Vec<&Class>> = Vec::new();
        let mut by_answers: HashMap<Vec<usize>, usize> = HashMap::new();
        for class in &self.classes {
            let columns = class.cells.iter().zip(&mut known);
            let answers = columns.map(|(cell, known)| {
                known.iter().position(|k| *k == cell).unwrap_or_else(|| {
                    known.push(cell);
                    known.len() - 1
                })
            });
            let group = *by_answers.entry(answers.collect()).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(group) => group.push(class),
                None => groups.push(vec![class]),
            }
        }
        groups
    }
}

fn read(network: &Network, compiled: &Compiled, prices: &Prices, answer: &Answer) -> Cell {
    let ways = answer.alternatives.iter().filter(|way| way.delivered());
    let mut costs: Vec<Total> = ways
        .map(|way| total(&cost(network, compiled, prices, way)))
        .collect();
    costs.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    costs.dedup();
    let own = compiled.owner_name(answer.ask.from.node(compiled));
    let stop = answer.obstacles.first().map(|o| Stop {
        code: o.code,
        leg: o.leg.name(),
        at: (o.component != *own && o.component != answer.from).then(|| o.component.clone()),
    });
    Cell {
        verdict: answer.verdict,
        mechanism: answer.mechanism.clone(),
        leaves_aws: answer.leaves_aws,
        stop,
        costs,
    }
}
