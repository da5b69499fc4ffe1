//! What came of a property: as text and as JSON.

use super::wrap::Page;
use crate::analysis::diff::in_words;
use crate::analysis::prove::{Found, Outcome, Proof, Replay};
use crate::answer::{Alternative, From, Obstacle};
use crate::aws::{address_in_words, is_token};
use crate::fabric::Address;
use crate::model::{Files, Network};
use crate::property::Property;
use serde_json::{Value, json};
use std::collections::HashMap;

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
    for text in proof.says.iter().chain(&proof.idle) {
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
        "shut": proof.shut,
        "counterexample": found.map(|f| example(network, f, replay.map(AsRef::as_ref))),
        "flows": flows(network, proof.found.iter().filter(|f| f.refutes == replay.is_some()))
            .iter()
            .map(|f| {
                let [from, what, to] = &f.sides;
                json!({ "from": from, "what": what, "to": to, "down": f.down })
            })
            .collect::<Vec<_>>(),
        "notes": proof.says.iter().chain(&proof.idle).collect::<Vec<_>>(),
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
            what(found, flow.proto, flow.dport)
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
    let number = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let (sources, ways) = (number(proof.sources, "source"), number(proof.ways, "way"));
    let shut = match proof.shut {
        0 => String::new(),
        n => format!(
            "; {} let in nothing of it, by filters of their own",
            number(n, "destination")
        ),
    };
    format!("of {sources}, {ways} followed{shut}")
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
            let what = what(found, flow.proto, flow.dport);
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
    let all = flows(network, proof.found.iter().filter(|f| f.refutes == refutes));
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
fn flows<'a>(network: &Network, found: impl Iterator<Item = &'a Found>) -> Vec<Flows> {
    let mut all: Vec<Flows> = Vec::new();
    let mut boxes: Boxes = Vec::new();
    let mut like: HashMap<String, &Vec<From>> = HashMap::new();
    for found in found {
        let from = found.from.name(network);
        if !found.like.is_empty() {
            like.insert(from.clone(), &found.like);
        }
        if !found.sent.is_empty() {
            boxes.extend(found.sent.iter().map(|region| Kind {
                from: from.clone(),
                down: found.down.clone(),
                proto: Some(region.proto).filter(|p| found.other != Some(*p)),
                ports: vec![region.dport],
                blocks: vec![region.dst],
            }));
            continue;
        }
        let what = match found.flow {
            Some(flow) => what(found, flow.proto, flow.dport),
            None => "by name".to_owned(),
        };
        all.push(Flows {
            sides: [vec![from], vec![what], vec![found.to.clone()]],
            down: found.down.clone(),
        });
    }
    for kind in joined(boxes) {
        let whats = kind
            .ports
            .iter()
            .map(|ports| flow_in_words(kind.proto, *ports));
        all.push(Flows {
            sides: [vec![kind.from], whats.collect(), blocks(&kind.blocks)],
            down: kind.down,
        });
    }
    for side in [2, 1, 0] {
        all = merged(all, side);
    }
    // Others of a class fare as the one that was followed.
    for Flows {
        sides: [from, ..], ..
    } in &mut all
    {
        let others = from.iter().filter_map(|name| like.get(name));
        let others = others.copied().flatten().map(|other| other.name(network));
        let others: Vec<String> = others.collect();
        from.extend(others);
    }
    all
}

/// Boxes of one sender and protocol.
struct Kind {
    from: String,
    down: Option<String>,
    /// None: every one that no row names.
    proto: Option<u8>,
    ports: Vec<(u16, u16)>,
    blocks: Vec<(Address, Address)>,
}

type Boxes = Vec<Kind>;

/// Boxes joined where their blocks touch, then where their ports do.
fn joined(boxes: Boxes) -> Boxes {
    let mut by_ports: Boxes = Vec::new();
    for kind in boxes {
        let same = |k: &&mut Kind| {
            (&k.from, &k.down, k.proto, &k.ports)
                == (&kind.from, &kind.down, kind.proto, &kind.ports)
        };
        match by_ports.iter_mut().find(same) {
            Some(known) => known.blocks.extend(kind.blocks),
            None => by_ports.push(kind),
        }
    }
    let mut out: Boxes = Vec::new();
    for mut kind in by_ports {
        join(&mut kind.blocks, Address::after);
        let same = |k: &&mut Kind| {
            (&k.from, &k.down, k.proto, &k.blocks)
                == (&kind.from, &kind.down, kind.proto, &kind.blocks)
        };
        match out.iter_mut().find(same) {
            Some(known) => known.ports.extend(kind.ports),
            None => out.push(kind),
        }
    }
    for kind in &mut out {
        join(&mut kind.ports, |port| port.saturating_add(1));
    }
    out
}

/// Sorts intervals, and joins those that touch.
fn join<N: Ord + Copy>(all: &mut Vec<(N, N)>, after: impl Fn(N) -> N) {
    all.sort_unstable();
    let mut out: Vec<(N, N)> = Vec::new();
    for (lo, hi) in all.drain(..) {
        match out.last_mut() {
            Some(last) if lo <= after(last.1) => last.1 = last.1.max(hi),
            _ => out.push((lo, hi)),
        }
    }
    *all = out;
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
    let others = |a: &Flows, b: &Flows| {
        let sides = a.sides.iter().zip(&b.sides).enumerate();
        a.down == b.down && sides.filter(|(n, _)| *n != side).all(|(_, (a, b))| a == b)
    };
    for mut flows in all {
        let own = flows.sides.get_mut(side).map(std::mem::take);
        let known = out.iter_mut().find(|known| others(known, &flows));
        match known.and_then(|known| known.sides.get_mut(side)) {
            Some(known) => {
                for one in own.into_iter().flatten() {
                    if !known.contains(&one) {
                        known.push(one);
                    }
                }
            }
            None => {
                if let (Some(place), Some(own)) = (flows.sides.get_mut(side), own) {
                    *place = own;
                }
                out.push(flows);
            }
        }
    }
    out
}

/// What a flow of what was found is.
fn what(found: &Found, proto: u8, ports: (u16, u16)) -> String {
    flow_in_words(Some(proto).filter(|p| found.other != Some(*p)), ports)
}

/// Protocol and ports as a rule would say them.
fn flow_in_words(proto: Option<u8>, (lo, hi): (u16, u16)) -> String {
    let name = match proto {
        Some(1) => "icmp".to_owned(),
        Some(6) => "tcp".to_owned(),
        Some(17) => "udp".to_owned(),
        Some(58) => "icmpv6".to_owned(),
        Some(other) => format!("protocol {other}"),
        None => "every other protocol".to_owned(),
    };
    match (proto, lo, hi) {
        (Some(6 | 17), 0, u16::MAX) => format!("{name} any port"),
        (Some(6 | 17), lo, hi) if lo == hi => format!("{name} {lo}"),
        (Some(6 | 17), lo, hi) => format!("{name} {lo}-{hi}"),
        _ => name,
    }
}
