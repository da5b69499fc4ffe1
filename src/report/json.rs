//! The answer as a program reads it. `version` changes when a key's meaning does.

use super::bill::{self, Bill};
use crate::answer::{
    Alternative, Answer, Did, Fact, Need, Obstacle, Request, Wording, dns_kind, outside_name,
};
use crate::aws::{Claim, DnsOutcome, DnsStep, Resolution, is_token};
use crate::engine::Leg;
use crate::fabric::{Address, Flow};
use crate::model::Files;
use serde_json::{Value, json};

/// The answer as JSON, with what each way costs if that is given.
#[must_use]
pub fn answer(files: &Files, wording: Wording<'_>, answer: &Answer, bill: Option<&Bill>) -> Value {
    let all = answer.alternatives.iter().enumerate();
    let all = all.map(|(number, a)| alternative(files, wording, a, bill::json(bill, number)));
    json!({
        "version": 1,
        "from": answer.from,
        "to": answer.ask.to,
        "protocol": answer.target.proto,
        "port": answer.target.port,
        "client_ports": answer.client_ports,
        "verdict": answer.verdict.name(),
        "mechanism": answer.mechanism,
        "mechanisms": answer.mechanisms,
        "leaves_aws": outside_name(answer.leaves_aws),
        "dns": answer.resolution.as_ref().map(|r| resolution(files, r, &answer.queries)),
        "obstacles": answer.obstacles.iter().map(|o| obstacle(files, o)).collect::<Vec<_>>(),
        "alternatives": all.collect::<Vec<_>>(),
        "switches": answer.switches,
        "assumptions": answer.assumptions,
        "notes": answer.notes,
        "needs": answer.needs.iter().map(|n| need(files, wording, n)).collect::<Vec<_>>(),
        "decided": answer.decided,
    })
}

fn need(files: &Files, wording: Wording<'_>, need: &Need) -> Value {
    json!({
        "name": need.name,
        "what": need.what,
        "answer": answer(files, wording, &need.answer, None),
    })
}

/// A resolution as JSON.
#[must_use]
pub fn resolution(files: &Files, resolution: &Resolution, queries: &[Answer]) -> Value {
    let choices = resolution.choices.iter();
    json!({
        "name": resolution.name,
        "chain": resolution.chain,
        "steps": resolution.steps.iter().map(|s| dns_step(files, s, queries)).collect::<Vec<_>>(),
        "outcome": dns_kind(&resolution.outcome),
        "why": why(&resolution.outcome),
        "answers": addresses(files, &resolution.outcome),
        "choices": choices.map(|c| json!({
            "outcome": dns_kind(c),
            "why": why(c),
            "answers": addresses(files, c),
        })).collect::<Vec<_>>(),
        "advice": resolution.advice,
    })
}

/// Why there is no answer.
fn why(outcome: &DnsOutcome) -> Option<String> {
    Some(super::names::none(outcome)).filter(|text| !text.is_empty())
}

fn dns_step(files: &Files, step: &DnsStep, queries: &[Answer]) -> Value {
    let claim = |c: &Claim| {
        json!({
            "key": c.key,
            "text": c.text,
            "where": files.locate(&c.origin),
            "lost": Some(c.lost).filter(|l| !l.is_empty()),
        })
    };
    let (query, server) = match step {
        DnsStep::Asks { query, server } => (queries.get(*query), address((*server).into())),
        DnsStep::Decides { .. } => (None, None),
    };
    let (who, by, over) = match step {
        DnsStep::Asks { .. } => (query.map_or("", |q| q.from.as_str()), None, &[][..]),
        DnsStep::Decides { who, by, over } => (who.as_str(), Some(claim(by)), over.as_slice()),
    };
    let stops = query.iter().flat_map(|q| &q.obstacles);
    json!({
        "who": who,
        "asks": server,
        "verdict": query.map(|q| q.verdict.name()),
        "mechanism": query.map(|q| q.mechanism.as_str()),
        "obstacles": stops.map(|o| obstacle(files, o)).collect::<Vec<_>>(),
        "by": by,
        "over": over.iter().map(claim).collect::<Vec<_>>(),
    })
}

fn addresses(files: &Files, outcome: &DnsOutcome) -> Vec<Value> {
    let answers = match outcome {
        DnsOutcome::Answered(all) => all.as_slice(),
        _ => &[],
    };
    answers
        .iter()
        .map(|a| {
            json!({
                "address": address(a.address).filter(|_| !a.is_one_of_many()),
                "by": a.by,
                "key": a.key,
                "zone": a.zone,
                "where": files.locate(&a.origin),
                "assumes": a.assumes,
            })
        })
        .collect()
}

/// An address; none where the input does not give it.
fn address(address: Address) -> Option<String> {
    (!is_token(address)).then(|| address.to_string())
}

pub(super) fn obstacle(files: &Files, o: &Obstacle) -> Value {
    json!({
        "code": o.code.name(),
        "meaning": o.code.meaning(),
        "leg": o.leg.name(),
        "at": o.at,
        "component": o.component,
        "by": o.by,
        "beyond_gap": o.beyond_gap,
        "where": files.locate(&o.origin),
    })
}

pub(super) fn header(flow: &Flow) -> Value {
    json!({
        "source": address(flow.src),
        "source_ports": flow.sport,
        "destination": address(flow.dst),
        "destination_ports": flow.dport,
        "protocol": flow.proto,
    })
}

fn fact(files: &Files, wording: Wording<'_>, fact: &Fact) -> Value {
    let did = match fact.did {
        Did::Allowed => "allowed",
        Did::Routed => "routed",
        Did::Rewrote => "rewrote",
        Did::Established => "established",
        Did::Maybe => "maybe",
        Did::Skipped => "skipped",
        Did::Chose => "chose",
        Did::Crossed => "crossed",
        Did::Dropped => "dropped",
        Did::Passed => "passed",
        Did::Arrived => "arrived",
    };
    json!({
        "leg": fact.part.name(),
        "node": fact.node,
        "what": fact.what,
        "did": did,
        "by": fact.by,
        "rule": fact.rule.to_string(),
        "where": files.locate(&fact.origin),
        "header": fact.header.as_ref().map(header),
        "beaten": wording.beaten(fact).iter().map(|b| json!({
            "by": b.by,
            "why": b.why,
            "where": files.locate(&b.origin),
        })).collect::<Vec<_>>(),
    })
}

fn request(request: &Request) -> Value {
    json!({
        "action": request.action,
        "resource": request.resource,
        "principal": request.principal,
    })
}

fn alternative(files: &Files, wording: Wording<'_>, a: &Alternative, cost: Value) -> Value {
    let steps = wording.facts(a);
    json!({
        "class": a.class.name(),
        "exposure": if a.exposed { "public" } else { "private" },
        "leaves_aws": outside_name(a.outside),
        "address": a.address.and_then(address),
        "ports": a.ports,
        "mechanism": a.mechanism,
        "mechanisms": a.mechanisms,
        "via": wording.via(a, Leg::Out),
        "via_back": wording.via(a, Leg::Back),
        "sees_source": a.sees_source.and_then(address),
        "arrived": a.arrived,
        "request": a.request.as_ref().map(request),
        "possibility": a.possibility,
        "obstacle": a.obstacle.as_ref().map(|o| obstacle(files, o)),
        "steps": steps.iter().map(|s| fact(files, wording, s)).collect::<Vec<_>>(),
        "assumptions": a.assumes,
        "notes": a.notes,
        "cost": cost,
    })
}
