//! What came of a property: as text and as JSON.

use super::wrap::Page;
use crate::analysis::diff::in_words;
use crate::analysis::prove::{Found, Outcome, Proof, Replay};
use crate::answer::{Alternative, Obstacle};
use crate::aws::{address_in_words, is_token};
use crate::fabric::{Address, Interval, Region, joined};
use crate::model::{Files, Network};
use crate::property::Property;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// So many lines of flows are shown; the rest is counted.
const LINES: usize = 8;

/// For people: the verdict, the counterexample, all that is like it.
#[must_use]
pub fn text(files: &Files, network: &Network, property: &Property, proof: &Proof) -> String {
    let mut page = Page::default();
    let head = format!("{:<10}", word(&proof.outcome).to_uppercase());
    page.line(&head, &property.text(), 10);
    if let Some(why) = &property.why {
        page.line("  why     ", why, 10);
    }
    match &proof.outcome {
        Outcome::Holds | Outcome::Limited => page.line("  ", &extent(proof), 2),
        Outcome::Vacuous(why) => page.line("  ", &format!("vacuously: {why}"), 2),
        Outcome::Refuted(at, replay) => {
            if let Some(found) = proof.found.get(*at) {
                counterexample(&mut page, network, found, Some(replay));
            }
            alike(&mut page, network, proof, true, "all that refutes it");
        }
        Outcome::Unknown(at) => {
            if let Some(found) = proof.found.get(*at) {
                counterexample(&mut page, network, found, None);
            }
            alike(&mut page, network, proof, false, "all that may refute it");
        }
    }
    for text in &proof.says {
        page.line("  note    ", text, 10);
    }
    let place = files.locate(&property.origin);
    if !place.is_empty() {
        page.line("  --> ", &place, 6);
    }
    page.0
}

/// For programs.
#[must_use]
pub fn json(files: &Files, network: &Network, property: &Property, proof: &Proof) -> Value {
    let (at, replay) = match &proof.outcome {
        Outcome::Refuted(at, replay) => (Some(*at), Some(replay)),
        Outcome::Unknown(at) => (Some(*at), None),
        Outcome::Holds | Outcome::Vacuous(_) | Outcome::Limited => (None, None),
    };
    let vacuous = match &proof.outcome {
        Outcome::Vacuous(why) => Some(why),
        _ => None,
    };
    let found = at.and_then(|at| proof.found.get(at));
    json!({
        "property": property.text(),
        "why": property.why,
        "where": files.locate(&property.origin),
        "outcome": word(&proof.outcome),
        "vacuous": vacuous,
        "sources": proof.sources,
        "ways": proof.ways,
        "counterexample": found.map(|f| example(network, f, replay.map(AsRef::as_ref))),
        "flows": flows(network, proof, replay.is_some())
            .iter()
            .map(|f| {
                let [from, what, to] = &f.sides;
                json!({ "from": from, "what": what, "to": to, "down": f.down })
            })
            .collect::<Vec<_>>(),
        "notes": proof.says,
    })
}

/// In one sentence, why a property does not hold, or may not.
#[must_use]
pub fn why(network: &Network, proof: &Proof) -> String {
    let (Outcome::Refuted(at, _) | Outcome::Unknown(at)) = &proof.outcome else {
        return proof.says.join("; ");
    };
    let Some(found) = proof.found.get(*at) else {
        return String::new();
    };
    let from = found.from.name(network);
    let to = match found.flow {
        Some(flow) => format!(
            "{} {}",
            address_in_words(flow.dst),
            what(flow.proto, flow.dport, None)
        ),
        None => found.to.clone(),
    };
    let down = found.down.as_ref();
    let down = down.map_or(String::new(), |d| format!(", while {d} is down"));
    let stopped = found.alternative.obstacle.as_ref().map(stopped);
    let stopped = stopped.map_or(String::new(), |s| format!(": {s}"));
    format!("{from} → {to}{down}: {}{stopped}", fate(&found.alternative))
}

/// The stable word for an outcome.
#[must_use]
pub fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Holds | Outcome::Vacuous(_) => "holds",
        Outcome::Refuted(..) => "refuted",
        Outcome::Unknown(_) | Outcome::Limited => "unknown",
    }
}

/// How much was looked at.
fn extent(proof: &Proof) -> String {
    let s = |n: usize| if n == 1 { "" } else { "s" };
    format!(
        "of {} source{}, {} way{} followed",
        proof.sources,
        s(proof.sources),
        proof.ways,
        s(proof.ways)
    )
}

fn example(network: &Network, found: &Found, replay: Option<&Replay>) -> Value {
    let packet = replay.and_then(|r| r.packet);
    let packet = packet.map(|p| {
        json!({
            "source": p.src.to_string(),
            "source_port": p.sport,
            "destination": address_in_words(p.dst),
            "destination_port": p.dport,
            "protocol": p.proto,
        })
    });
    let alternative = &found.alternative;
    let mut out = json!({
        "from": found.from.name(network),
        "to": found.to,
        "packet": packet,
        "verdict": alternative.class.name(),
        "mechanisms": alternative.mechanisms,
        "arrives_at": alternative.arrived.as_deref(),
        "code": alternative.obstacle.as_ref().map(|o| o.code.name()),
        "at": alternative.obstacle.as_ref().map(|o| &o.at),
        "by": alternative.obstacle.as_ref().map(|o| &o.by),
        "down": found.down,
    });
    if let (Some(replay), Value::Object(map)) = (replay, &mut out) {
        map.insert("replays".to_owned(), json!(replay.agrees));
    }
    out
}

fn counterexample(page: &mut Page, network: &Network, found: &Found, replay: Option<&Replay>) {
    let from = found.from.name(network);
    let head = if replay.is_some() {
        "  shown by"
    } else {
        "  hangs on"
    };
    let mut text = match found.flow {
        Some(flow) => {
            let port = replay.and_then(|r| r.packet).map(|p| p.sport);
            let port = port.filter(|p| *p > 0);
            let port = port.map_or(String::new(), |p| format!(" from port {p}"));
            let what = what(flow.proto, flow.dport, None);
            format!("{from} → {} {what}{port}", address_in_words(flow.dst))
        }
        None => format!("{from} → {}", found.to),
    };
    if found.flow.is_some() && !found.to.starts_with(|c: char| c.is_ascii_digit()) {
        text += &format!("  ({})", found.to);
    }
    page.line(&format!("{head} "), &text, 11);
    if let Some(down) = &found.down {
        page.line("  while    ", &format!("{down} is down"), 11);
    }
    page.line("  verdict  ", &fate(&found.alternative), 11);
    if let Some(obstacle) = &found.alternative.obstacle {
        page.line("  stopped  ", &stopped(obstacle), 11);
    }
    if replay.is_some_and(|r| !r.agrees) {
        let text =
            "a packet of it travels otherwise: this is a fault of the program, please report it";
        page.line("  BUG      ", text, 11);
    }
}

fn fate(alternative: &Alternative) -> String {
    let by: Vec<&str> = alternative.mechanisms.clone();
    let by = match by.is_empty() {
        true => String::new(),
        false => format!(" by {}", by.join(", ")),
    };
    let at = alternative.arrived.as_ref();
    let at = at.map_or(String::new(), |at| format!(", arrives at {at}"));
    format!("{}{by}{at}", alternative.class.name().to_uppercase())
}

fn stopped(obstacle: &Obstacle) -> String {
    let (code, leg, at, by) = (
        obstacle.code.name(),
        obstacle.leg.name(),
        &obstacle.at,
        &obstacle.by,
    );
    match at == by {
        true => format!("{code} ({leg}) at {at}"),
        false => format!("{code} ({leg}) at {at}: {by}"),
    }
}

/// Flows that are told in one line: who sends, what, where to.
struct Flows {
    sides: [Vec<String>; 3],
    down: Option<String>,
}

fn alike(page: &mut Page, network: &Network, proof: &Proof, refutes: bool, head: &str) {
    let all = flows(network, proof, refutes);
    if all.is_empty() {
        return;
    }
    page.line("  ", head, 2);
    for flows in all.iter().take(LINES) {
        let down = flows.down.as_ref();
        let down = down.map_or(String::new(), |d| format!(", while {d} is down"));
        let [from, what, to] = &flows.sides;
        let text = format!(
            "{} → {}: {}{down}",
            several(from),
            several(to),
            several(what)
        );
        page.line("    ", &text, 6);
    }
    if all.len() > LINES {
        page.line("    ", &format!("and {} more", all.len() - LINES), 6);
    }
}

/// The first few, and how many more.
fn several(all: &[String]) -> String {
    const FEW: usize = 4;
    let some = all.iter().take(FEW).cloned().collect::<Vec<_>>().join(", ");
    match all.len() {
        n if n > FEW => format!("{some} and {} more", n - FEW),
        _ => some,
    }
}

/// Flows merged: those alike but for one of their sides are one line.
fn flows(network: &Network, proof: &Proof, refutes: bool) -> Vec<Flows> {
    let mut all: Vec<Flows> = Vec::new();
    let mut boxes = Boxes::default();
    for found in proof.found.iter().filter(|f| f.refutes == refutes) {
        for (from, sent) in found.senders(network) {
            let from = from.name(network);
            if !sent.is_empty() {
                for region in sent {
                    boxes.add(&from, found.down.as_ref(), region);
                }
                continue;
            }
            let what = match found.flow {
                Some(flow) => what(flow.proto, flow.dport, proof.rest),
                None => "by name".to_owned(),
            };
            all.push(Flows {
                sides: [vec![from], vec![what], vec![found.to.clone()]],
                down: found.down.clone(),
            });
        }
    }
    for (((from, down, proto), blocks_of), ports) in boxes.joined() {
        let whats = ports.iter().map(|ports| what(proto, *ports, proof.rest));
        all.push(Flows {
            sides: [vec![from], whats.collect(), blocks(&blocks_of)],
            down,
        });
    }
    for side in [2, 1, 0] {
        all = merged(all, side);
    }
    all
}

/// A sender, what is down, and a protocol.
type Kind = (String, Option<String>, u8);

type Blocks = Vec<Interval<Address>>;
type Ports = Vec<(u16, u16)>;

/// Boxes of each kind: by their ports, in the order in which they come.
#[derive(Default)]
struct Boxes {
    order: Vec<(Kind, (u16, u16))>,
    blocks: HashMap<(Kind, (u16, u16)), Blocks>,
}

impl Boxes {
    fn add(&mut self, from: &str, down: Option<&String>, region: Region) {
        let key = ((from.to_owned(), down.cloned(), region.proto), region.dport);
        let blocks = self.blocks.entry(key).or_insert_with_key(|key| {
            self.order.push(key.clone());
            Vec::new()
        });
        blocks.push(region.dst);
    }

    /// Joined where their blocks touch, then where their ports do.
    fn joined(mut self) -> Vec<((Kind, Blocks), Ports)> {
        let mut order: Vec<(Kind, Blocks)> = Vec::new();
        let mut ports: HashMap<(Kind, Blocks), Ports> = HashMap::new();
        for key in self.order {
            let blocks = self.blocks.remove(&key).unwrap_or_default();
            let (kind, own) = key;
            let known = ports.entry((kind, joined(blocks)));
            let known = known.or_insert_with_key(|key| {
                order.push(key.clone());
                Vec::new()
            });
            known.push(own);
        }
        let all = order.into_iter();
        all.map(|key| {
            let ports = joined(ports.remove(&key).unwrap_or_default());
            (key, ports)
        })
        .collect()
    }
}

/// Blocks in words; those that stand for addresses the input does not give are one.
fn blocks(all: &[(Address, Address)]) -> Vec<String> {
    let given = all.iter().filter(|(lo, _)| !is_token(*lo));
    let mut out: Vec<String> = given.map(|b| in_words(*b)).collect();
    if out.len() < all.len() {
        out.push("public addresses that the input does not give".to_owned());
    }
    out
}

/// Joins flows that are the same but for one side.
fn merged(all: Vec<Flows>, side: usize) -> Vec<Flows> {
    let mut out: Vec<Flows> = Vec::new();
    let mut known: HashMap<([Vec<String>; 3], Option<String>), usize> = HashMap::new();
    for mut flows in all {
        let own = flows.sides.get_mut(side).map(std::mem::take);
        let own = own.unwrap_or_default();
        let others = (flows.sides.clone(), flows.down.clone());
        let at = *known.entry(others).or_insert(out.len());
        if at == out.len() {
            out.push(flows);
        }
        if let Some(place) = out.get_mut(at).and_then(|f| f.sides.get_mut(side)) {
            place.extend(own);
        }
    }
    for flows in &mut out {
        let mut seen = HashSet::new();
        if let Some(names) = flows.sides.get_mut(side) {
            names.retain(|name| seen.insert(name.clone()));
        }
    }
    out
}

/// Protocol and ports as a rule would say them; `rest` stands for every protocol that no row names.
fn what(proto: u8, (lo, hi): (u16, u16), rest: Option<u8>) -> String {
    let name = match proto {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        58 => "icmpv6".to_owned(),
        other if rest == Some(other) => "every other protocol".to_owned(),
        other => format!("protocol {other}"),
    };
    match (proto, lo, hi) {
        (6 | 17, 0, u16::MAX) => format!("{name} any port"),
        (6 | 17, lo, hi) if lo == hi => format!("{name} {lo}"),
        (6 | 17, lo, hi) => format!("{name} {lo}-{hi}"),
        _ => name,
    }
}
