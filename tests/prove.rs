//! Properties over generated networks: what is proven holds of every flow that somebody thinks of, and
//! what is refuted is refuted by a packet that is sent alone.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;
mod readings;

use networks::{Genes, varied};
use reachability::analysis::prove::{Outcome, prove};
use reachability::answer::{Ask, answer, source};
use reachability::aws::{self, Compiled};
use reachability::model::{self, Network, Origin};
use reachability::property::{Claim, Property, To, Who};
use readings::{Tally, ask};

/// Flows held to proofs, in all.
const ALL: usize = 6_000;

/// How often each outcome must have been met, and flows that bear on it.
const POWER: &[(&str, usize)] = &[
    ("holds", 100),
    ("refuted", 300),
    ("unknown", 1),
    ("refuted by a translated packet", 50),
    ("a flow that the proof forbids", 300),
    ("a flow that is fine, of what holds", 100),
];

#[test]
fn a_proof_holds_of_every_flow() {
    let tally = ask(ALL, ask_a_network);
    tally.judge(ALL, POWER);
}

fn ask_a_network(seed: u64, tally: &mut Tally) {
    let genes = &mut Genes::seeded(seed);
    let case = varied(seed, genes, 12, 12);
    let Some(network) = model::build(case.draft).network else {
        return;
    };
    let compiled = aws::compile(&network);
    let claims = [
        Claim::NeverInternet,
        Claim::NeverReachable,
        Claim::OnlyPorts(vec![(443, 443)]),
    ];
    for wanted in &case.flows {
        let Ok(from) = source(&network, &wanted.from) else {
            continue;
        };
        let to: ipnet::IpNet = wanted.to.into();
        let claim = claims[genes.below(3)].clone();
        let property = Property {
            claim,
            from: vec![Who::Name(wanted.from.clone())],
            to: vec![To::Block(to)],
            ports: Vec::new(),
            replies: false,
            survives: None,
            why: None,
            origin: Origin::Unknown,
        };
        let Ok(proof) = prove(&network, &compiled, &property) else {
            continue;
        };
        tally.asked += 1;
        let word = match &proof.outcome {
            Outcome::Holds | Outcome::Vacuous(_) => "holds",
            Outcome::Refuted(..) => "refuted",
            Outcome::Unknown(_) | Outcome::Limited => "unknown",
        };
        tally.saw(word);
        let told = || format!("seed {seed}: {}: {word}", property.text());
        if let Outcome::Refuted(at, replay) = &proof.outcome {
            let found = &proof.found[*at];
            if !replay.agrees {
                tally.differs("a counterexample does not replay".to_owned(), told);
            }
            if found
                .alternative
                .path()
                .any(|(_, h)| h.is_some_and(|h| h.src != found.flow.unwrap().src))
            {
                tally.saw("refuted by a translated packet");
            }
        }
        if proof
            .says
            .iter()
            .any(|s| s.contains("fault of this program"))
        {
            tally.differs("a set and a flow disagree".to_owned(), told);
        }
        let ask = Ask {
            protocol: Some(wanted.protocol),
            port: (wanted.port != 0).then_some(wanted.port),
            ..Ask::new(from, wanted.to.to_string())
        };
        let forbidden = forbids(&network, &compiled, &property.claim, &ask);
        match (forbidden, word) {
            (Some(true), "holds") => {
                let to = &ask.to;
                tally.differs("a flow that a proof forbids".to_owned(), || {
                    format!("{} although {to} {:?}", told(), ask.port)
                });
            }
            (Some(true), _) => tally.saw("a flow that the proof forbids"),
            (Some(false), "holds") => tally.saw("a flow that is fine, of what holds"),
            _ => {}
        }
    }
}

/// Whether some way of a flow is what the claim says never to be, read off the answer.
fn forbids(network: &Network, compiled: &Compiled, claim: &Claim, ask: &Ask) -> Option<bool> {
    let answered = answer(network, compiled, ask).ok()?;
    let ported = matches!(answered.target.proto, 6 | 17);
    let mut ways = answered.alternatives.iter().filter(|a| !a.possibility);
    Some(ways.any(|way| {
        let arrived = way.receiver().is_some();
        match claim {
            Claim::NeverInternet => {
                let public = ["internet-gateway", "egress-only-internet-gateway", "isp"];
                way.mechanisms.iter().any(|m| public.contains(m))
            }
            Claim::NeverReachable => arrived,
            _ => arrived && ported && answered.target.port != 443,
        }
    }))
}
