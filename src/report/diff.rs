//! What an edit changes, as a person reads it: who to where, what it was and is, one way of each
//! side, and the rows where they part.

use super::matrix::listed;
use super::words::{Places, spans};
use super::wrap::Page;
use crate::analysis::diff::{
    Change, Decision, Diff, Goal, Outcome, Space, Told, Version, in_words,
};
use crate::answer::outside_name;
use crate::fabric::Address;
use crate::model::{Files, Origin};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Most parts of header space that are told of one change.
const SHOWN: usize = 6;

/// One of the two inputs.
#[derive(Clone, Copy, Debug)]
pub struct DiffSide<'a> {
    /// What it is called.
    pub input: &'a str,
    /// Its texts.
    pub files: &'a Files,
    /// Its network.
    pub version: Version<'a>,
}

/// The changes as text; nothing if there are none.
#[must_use]
pub fn diff_text(sides: [DiffSide<'_>; 2], names: &BTreeSet<String>, diff: &Diff) -> String {
    let mut page = Page::default();
    if diff.is_empty() {
        return page.0;
    }
    let [before, after] = sides;
    page.line("before  ", before.input, 8);
    page.line("after   ", after.input, 8);
    for change in &diff.changes {
        page.gap();
        let from = listed(names, &change.from);
        let goal = goal(sides, &change.to).join("; ");
        page.line("", &format!("{from} → {goal}"), 2);
        let turn = format!(
            "{} → {}",
            told(change.before.as_ref()),
            told(change.after.as_ref())
        );
        page.line("  ", &turn, 4);
        let example = [&change.example.before, &change.example.after];
        for (head, told) in ["  before  ", "  after   "].iter().zip(example) {
            if let Some(told) = told {
                page.line(head, &way(told), 10);
            }
        }
        for ((mark, side), told) in ["  -  ", "  +  "].iter().zip(sides).zip(example) {
            if let Some(decision) = told.as_ref().and_then(|t| t.parts.as_ref()) {
                let place = match decision.origin {
                    Origin::Implied(_) => "AWS's default".to_owned(),
                    _ => Places::new(side.files).short(&decision.origin),
                };
                page.entry(mark, &row(decision), &place, 5);
            }
        }
    }
    for name in &diff.undecided {
        page.gap();
        let text = "has more ways than are walked: not all of them are compared";
        page.line("", &format!("{name} {text}"), 2);
    }
    page.0
}

/// `private by interface-endpoint`.
fn told(outcome: Option<&Outcome>) -> String {
    let Some(outcome) = outcome else {
        return "not there".to_owned();
    };
    let mut text = outcome.verdict.name().to_owned();
    if !outcome.mechanism.is_empty() {
        text.push_str(&format!(" by {}", outcome.mechanism));
    }
    let ways = outcome.ways.iter();
    let ports = ways.filter(|(_, ports)| !ports.is_empty());
    let ports: Vec<String> = ports
        .map(|(class, ports)| format!("{} from client ports {}", class.name(), spans(ports)))
        .collect();
    if !ports.is_empty() {
        text.push_str(&format!(" ({})", ports.join(", ")));
    }
    text
}

/// Where to: one text a part.
fn goal(sides: [DiffSide<'_>; 2], goal: &Goal) -> Vec<String> {
    let space = match goal {
        Goal::Service(service) => return vec![service.title.clone()],
        Goal::Space(space) => space,
    };
    let mut texts = Vec::new();
    for group in space.boxes.chunk_by(|a, b| a.ports == b.ports) {
        let Some(first) = group.first() else { continue };
        let ports = if first.ports.is_empty() {
            String::new()
        } else {
            format!(" {}", spans(&first.ports))
        };
        let places = group.iter().take(SHOWN).map(|b| place(sides, b.addresses));
        let mut places = places.collect::<Vec<_>>().join(", ");
        if group.len() > SHOWN {
            places.push_str(&format!(" and {} more blocks", group.len() - SHOWN));
        }
        texts.push(format!("{places}, {}{ports}", protocols(space)));
    }
    if let Some(more @ 1..) = texts.len().checked_sub(SHOWN) {
        texts.truncate(SHOWN);
        texts.push(format!("and {more} more"));
    }
    texts
}

/// Protocols by their names.
fn protocols(space: &Space) -> String {
    let has = |p| space.protocols.contains(&p);
    let whole = space.boxes.iter().all(|b| b.ports.is_empty());
    if whole && has(Some(6)) && has(Some(17)) && has(None) && (has(Some(1)) || has(Some(58))) {
        return "any protocol".to_owned();
    }
    let words = space.protocols.iter().map(|p| match p {
        Some(6) => "tcp".to_owned(),
        Some(17) => "udp".to_owned(),
        Some(1 | 58) => "ping".to_owned(),
        Some(other) => format!("protocol {other}"),
        None => "every other protocol".to_owned(),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// A span of addresses, or the one component that has the address.
fn place(sides: [DiffSide<'_>; 2], span: (Address, Address)) -> String {
    let words = in_words(span);
    if span.0 != span.1 {
        return words;
    }
    let named = holder(sides, span.0);
    named.map_or(words.clone(), |name| format!("{name} {words}"))
}

/// The only component that has an address, inside or in public.
fn holder(sides: [DiffSide<'_>; 2], address: Address) -> Option<String> {
    let ip = address.ip();
    let mut names = BTreeSet::new();
    for network in sides.map(|s| s.version.network) {
        let public = network.interfaces.iter();
        let public = public.filter(|(_, i)| i.public.iter().any(|(_, p)| *p == ip));
        let all = network.holders(ip).into_iter();
        let all = all.chain(public.map(|(id, _)| id));
        names.extend(all.map(|id| network.interface_name(id)));
    }
    let only = names.pop_first();
    only.filter(|_| names.is_empty())
}

/// One of the ways, by its nodes, and what stops it.
fn way(told: &Told) -> String {
    let mut text = if told.path.is_empty() {
        told.from.clone()
    } else {
        told.path.join(" → ")
    };
    if let Some((code, leg)) = told.stop {
        text.push_str(&format!("   {code} ({leg})"));
    }
    text
}

/// A row and what it does.
fn row(d: &Decision) -> String {
    let parts = [d.at.as_str(), &d.what, d.did(), &d.by];
    let mut text = parts
        .into_iter()
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if !d.says.is_empty() {
        text.push_str(&format!("   {}", d.says));
    }
    text
}

/// The changes as JSON.
#[must_use]
pub fn diff_json(sides: [DiffSide<'_>; 2], diff: &Diff, exit: u8) -> Value {
    let [before, after] = sides;
    json!({
        "version": 1,
        "exit": exit,
        "before": before.input,
        "after": after.input,
        "changes": diff.changes.iter().map(|c| change(sides, c)).collect::<Vec<_>>(),
        "undecided": diff.undecided,
    })
}

fn change(sides: [DiffSide<'_>; 2], change: &Change) -> Value {
    let [before, after] = sides;
    let (service, space) = match &change.to {
        Goal::Service(service) => (Some(service), None),
        Goal::Space(space) => (None, Some(space)),
    };
    let parts = space.iter().flat_map(|space| &space.boxes).map(|b| {
        json!({
            "first": b.addresses.0.to_string(),
            "last": b.addresses.1.to_string(),
            "at": Some(b.addresses.0).filter(|a| *a == b.addresses.1).and_then(|a| holder(sides, a)),
            "ports": b.ports,
        })
    });
    json!({
        "from": change.from,
        "to": service.map(|s| json!({
            "title": s.title,
            "to": s.to,
            "protocol": s.protocol,
            "port": s.port,
        })),
        "protocols": space.iter().flat_map(|s| &s.protocols).flatten().collect::<Vec<_>>(),
        "other_protocols": space.is_some_and(|s| s.protocols.contains(&None)),
        "addresses": parts.collect::<Vec<_>>(),
        "before": change.before.as_ref().map(outcome),
        "after": change.after.as_ref().map(outcome),
        "example": {
            "before": change.example.before.as_ref().map(|t| shown(before.files, t)),
            "after": change.example.after.as_ref().map(|t| shown(after.files, t)),
        },
    })
}

fn outcome(outcome: &Outcome) -> Value {
    let ways = outcome.ways.iter();
    let ways = ways.map(|(class, ports)| json!({ "class": class.name(), "ports": ports }));
    json!({
        "verdict": outcome.verdict.name(),
        "mechanism": outcome.mechanism,
        "leaves_aws": outside_name(outcome.leaves_aws),
        "ways": ways.collect::<Vec<_>>(),
    })
}

fn shown(files: &Files, told: &Told) -> Value {
    json!({
        "from": told.from,
        "to": told.ask.to,
        "protocol": told.ask.protocol,
        "port": told.ask.port,
        "path": told.path,
        "code": told.stop.map(|(code, _)| code.name()),
        "leg": told.stop.map(|(_, leg)| leg),
        "row": told.parts.as_ref().map(|d| json!({
            "at": d.at,
            "what": d.what,
            "did": d.did(),
            "by": d.by,
            "rule": d.says,
            "where": files.locate(&d.origin),
        })),
    })
}
