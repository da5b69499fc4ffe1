//! Paths in words: the names of nodes and rows, and where rows were written.
//!
//! An answer keeps its paths as numbers of the network that it was asked of: most of them are folded
//! into a verdict, and nobody reads them.

use super::rule::rule;
use super::verdict::{Alternative, Beaten, Did, Fact, Part, Step};
use crate::aws::{Compiled, LISTENER};
use crate::engine::{End, Leg, Why};
use crate::fabric::{Action, Fabric, Flow, NONE, NodeId, Place, Stage, Table};
use crate::model::{Network, Origin};
use smol_str::SmolStr;

/// What puts answers into words: the network they were asked of, and what it was compiled to.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
}

impl<'a> Wording<'a> {
    /// The words of a network.
    #[must_use]
    pub fn new(network: &'a Network, compiled: &'a Compiled) -> Self {
        Self { network, compiled }
    }

    /// What happened on a path, step by step, and then what the policies said.
    #[must_use]
    pub fn facts(&self, way: &Alternative) -> Vec<Fact> {
        let mut all: Vec<Fact> = Vec::with_capacity(way.steps.len() + way.gate.len());
        for (step, header) in way.path() {
            let fact = self.fact(step, header, all.last());
            all.push(fact);
        }
        match (way.end, all.last_mut()) {
            (Some((_, End::Dropped(..))), Some(last))
                if matches!(last.did, Did::Allowed | Did::Routed | Did::Rewrote) =>
            {
                last.did = Did::Dropped;
            }
            // A filter of which nobody knows what it lets through has allowed nothing.
            (Some((_, End::Opaque(..))), Some(last)) if last.did == Did::Allowed => {
                last.did = Did::Maybe;
            }
            _ => {}
        }
        all.extend(way.gate.iter().cloned());
        all
    }

    /// Names of nodes and of their components, and mechanisms, in the order of a leg.
    #[must_use]
    pub fn via(&self, way: &Alternative, leg: Leg) -> Vec<SmolStr> {
        let mut via = Vec::new();
        for step in way.steps.iter().filter(|s| s.leg == leg) {
            self.visit(&mut via, step.at.node());
            via.extend(self.mechanism(step).map(SmolStr::new_static));
        }
        if let Some((last, End::Dropped(place, ..) | End::Opaque(place, _))) = way.end
            && last == leg
        {
            self.visit(&mut via, place.node());
        }
        via
    }

    /// A node on the way: its component's name and its own.
    fn visit(&self, via: &mut Vec<SmolStr>, node: NodeId) {
        for name in [self.compiled.owner_name(node), self.node(node)] {
            if !via.iter().rev().take(2).any(|v| v == name) {
                via.push(name.clone());
            }
        }
    }

    /// What a row of the table at a place says, if it is a filter's.
    #[must_use]
    pub fn row(&self, place: Place, row: u32) -> String {
        let fabric = &self.compiled.fabric;
        let (stage, table) = (fabric.stage(place), fabric.table_at(place));
        rule(self.network, fabric, stage, table, Why::Rule(row)).to_string()
    }

    /// The mechanism that a step stands for: a load balancer chooses whom its listeners translate to.
    pub(super) fn mechanism(&self, step: &Step) -> Option<&'static str> {
        let fabric = &self.compiled.fabric;
        match step.why {
            Why::Crossed(link, _) => fabric.label(link).token,
            Why::Chosen(_) => {
                let stage = fabric.stage(step.at);
                let listens =
                    matches!(stage, Some(Stage::Translate { what, .. }) if what == LISTENER);
                listens.then_some("load-balancer")
            }
            _ => None,
        }
    }

    fn node(&self, node: NodeId) -> &'a SmolStr {
        self.compiled.fabric.node_name(node)
    }

    fn fact(&self, step: &Step, header: Option<&Flow>, last: Option<&Fact>) -> Fact {
        let fabric = &self.compiled.fabric;
        let (stage, table) = (fabric.stage(step.at), fabric.table_at(step.at));
        let (by, origin) = self.by(step);
        // What a choice has been checked for and did not meet.
        let met_nothing = |last: &Fact| last.did == Did::Chose && last.place == step.at;
        Fact {
            part: part(step.leg),
            place: step.at,
            node: self.node(step.at.node()).clone(),
            what: what(stage),
            did: did(stage, step.why),
            by,
            rule: rule(self.network, fabric, stage, table, step.why),
            origin,
            header: header.copied(),
            quiet: step.why == Why::Otherwise
                && (table.is_some_and(falls_through) || last.is_some_and(met_nothing)),
            row: match step.why {
                Why::Rule(row) => Some(row),
                _ => None,
            },
        }
    }

    /// The routes that lost to the one that was taken, the next best first; none for what is no route.
    #[must_use]
    pub fn beaten(&self, fact: &Fact) -> Vec<Beaten> {
        let all = fact.row.map(|row| self.compiled.beaten(fact.place, row));
        let lost = all.into_iter().flatten().map(|lost| {
            let (by, origin) = row_text(&self.compiled.fabric, fact.place, lost.row);
            let why = lost.why;
            Beaten { by, why, origin }
        });
        lost.collect()
    }

    /// What decided a step, and where it was written.
    pub(super) fn by(&self, step: &Step) -> (SmolStr, Origin) {
        match step.why {
            Why::Rule(row) | Why::Maybe(row) | Why::Chosen(row) | Why::Passed(row, _) => {
                row_text(&self.compiled.fabric, step.at, row)
            }
            Why::Otherwise => row_text(&self.compiled.fabric, step.at, NONE),
            Why::Crossed(..) => {
                let token = self.mechanism(step).unwrap_or_default();
                (SmolStr::new_static(token), Origin::Unknown)
            }
            Why::Established | Why::Arrived(_) => (SmolStr::default(), Origin::Unknown),
        }
    }
}

/// The part of an alternative that a leg is.
pub(super) fn part(leg: Leg) -> Part {
    match leg {
        Leg::Out => Part::Out,
        Leg::Back => Part::Back,
    }
}

/// A row's text and origin, or the table's last word.
pub(super) fn row_text(fabric: &Fabric, place: Place, row: u32) -> (SmolStr, Origin) {
    if let Some((origin, text)) = fabric.origin(row) {
        return (text.clone(), origin.clone());
    }
    match fabric.table_at(place) {
        Some(table) => {
            let name = fabric.names.get(table.last_word as usize);
            let origin = if table.implied.is_empty() {
                Origin::Unknown
            } else {
                Origin::Implied(table.implied)
            };
            (name.cloned().unwrap_or_default(), origin)
        }
        None => (fabric.node_name(place.node()).clone(), Origin::Unknown),
    }
}

/// What a step did.
fn did(stage: Option<Stage>, why: Why) -> Did {
    match why {
        Why::Rule(_) | Why::Otherwise => match stage {
            Some(Stage::Route { .. }) => Did::Routed,
            Some(Stage::Translate { .. }) => Did::Rewrote,
            _ => Did::Allowed,
        },
        Why::Established => Did::Established,
        Why::Maybe(_) => Did::Maybe,
        Why::Chosen(_) => Did::Chose,
        Why::Crossed(..) => Did::Crossed,
        Why::Passed(..) => Did::Passed,
        Why::Arrived(_) => Did::Arrived,
    }
}

/// The kind of a stage, for people.
fn what(stage: Option<Stage>) -> &'static str {
    match stage {
        Some(
            Stage::Filter { what, .. } | Stage::Route { what, .. } | Stage::Translate { what, .. },
        ) => what,
        Some(Stage::Recall { .. }) => "connection state",
        Some(Stage::Return { .. }) => "return",
        Some(Stage::Mark) => "mark",
        Some(Stage::Opaque { .. }) => "not modelled",
        Some(Stage::Arrive) => "arrival",
        None => "",
    }
}

/// Whether what no row of the table takes just goes on, or the table has no rows at all.
fn falls_through(table: &Table) -> bool {
    table.otherwise.action == Action::Next
        || (table.is_empty() && !matches!(table.otherwise.action, Action::Drop(_)))
}
