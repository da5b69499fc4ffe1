//! Properties over generated networks: what is proven holds of every flow that somebody thinks of, and
//! what is refuted is refuted by a packet that is sent alone.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;
mod readings;
#[path = "prove/shown.rs"]
mod shown;
#[path = "../benches/worlds/mod.rs"]
mod worlds;

use networks::{Genes, alike, varied};
use reachability::analysis::prove::{Means, Outcome, Proof, prove, prove_by};
use reachability::analysis::senders;
use reachability::answer::{Ask, From, answer, source};
use reachability::aws::{self, Compiled};
use reachability::model::{self, Network};
use reachability::property::{Claim, Property, To, Who};
use readings::{Tally, ask};
use std::collections::{BTreeMap, BTreeSet};
use worlds::estate::Estate;

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
        // What a host sends to itself never leaves it: a proof says nothing of that.
        if let From::Interface(id) | From::Address(id, _) = from
            && network.interfaces[id].addresses().any(|ip| ip == wanted.to)
        {
            continue;
        }
        let to: ipnet::IpNet = wanted.to.into();
        let claim = claims[genes.below(3)].clone();
        let senders = vec![Who::Name(wanted.from.clone())];
        let property = Property::new(claim, senders, vec![To::Block(to)], Vec::new());
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

/// What was met, by name.
type Met = BTreeMap<String, usize>;

/// By whatever means it is proved, a property comes to the same.
#[test]
fn one_of_a_class_stands_for_all() {
    let mut met = Met::new();
    for seed in 0..NETWORKS {
        let Some(network) = model::build(alike(seed).draft).network else {
            continue;
        };
        let genes = &mut Genes::seeded(seed + 31_000_000);
        let few = seed % 6 == 0;
        let all = properties(&network, genes, few);
        compared(&format!("seed {seed}"), &network, &all, &mut met);
    }
    for estate in [Estate::friendly(96), Estate::adversarial(64)] {
        let network = worlds::network(estate.draft());
        let vpcs = vpcs(&network);
        let ports = [(8000, 8442), (443, 443)];
        let isolated = |ports| {
            let isolated = Claim::Isolated(vpcs.clone());
            Property::new(isolated, vec![], vec![], vec![ports])
        };
        let all = ports.map(isolated);
        compared(&format!("{estate:?}"), &network, &all, &mut met);
    }
    println!("{met:#?}");
    for (what, least) in MET {
        let seen = met.get(*what).copied().unwrap_or_default();
        assert!(seen >= *least, "{what}: {seen}");
    }
}

fn compared(what: &str, network: &Network, properties: &[Property], met: &mut Met) {
    let compiled = aws::compile(network);
    for property in properties {
        let by = |means| prove_by(network, &compiled, property, means);
        let Ok(each) = by(Means::Each) else { continue };
        // What is too much to be followed for all may be little enough for some.
        if matches!(each.outcome, Outcome::Limited) {
            continue;
        }
        for means in [Means::Classes, Means::Doors] {
            let proof = by(means).unwrap();
            let told = || format!("{what}: {}: {means:?}", property.text());
            assert_eq!(word(&proof), word(&each), "{}", told());
            assert_eq!(proof.sources, each.sources, "{}", told());
            assert_eq!(senders_of(&proof), senders_of(&each), "{}", told());
            if let Outcome::Refuted(_, replay) = &proof.outcome {
                assert!(replay.agrees, "{}", told());
            }
            let mut saw = |what: &str| *met.entry(format!("{means:?}: {what}")).or_default() += 1;
            saw(word(&proof));
            if proof.found.iter().any(|f| !f.like.is_empty()) {
                saw("others like it");
            }
            if proof.shut > 0 {
                saw("shut");
            }
            if proof.shut > 0 && !proof.found.is_empty() {
                saw("some shut");
            }
        }
    }
}

const NETWORKS: u64 = 40;

/// How often each must have been met.
const MET: &[(&str, usize)] = &[
    ("Classes: refuted", 20),
    ("Classes: holds", 5),
    ("Classes: others like it", 10),
    ("Doors: holds", 5),
    ("Doors: shut", 2),
    ("Doors: some shut", 1),
];

fn word(proof: &Proof) -> &'static str {
    match &proof.outcome {
        Outcome::Holds => "holds",
        Outcome::Vacuous(_) => "holds vacuously",
        Outcome::Refuted(..) => "refuted",
        Outcome::Unknown(_) | Outcome::Limited => "unknown",
    }
}

/// Everybody of whom something refutes it, or may.
fn senders_of(proof: &Proof) -> BTreeSet<String> {
    let found = proof.found.iter();
    let all = found.flat_map(|f| {
        f.like
            .iter()
            .chain([&f.from])
            .map(move |from| (from, f.refutes))
    });
    all.map(|who| format!("{who:?}")).collect()
}

fn vpcs(network: &Network) -> Vec<Who> {
    let all = network.vpcs.iter();
    all.map(|(_, vpc)| Who::Vpc(vpc.name.clone())).collect()
}

/// Properties of many senders: to blocks and to services; and, of a few, to a VPC by whatever way.
fn properties(network: &Network, genes: &mut Genes, few: bool) -> Vec<Property> {
    let hosts = network.interfaces.iter();
    let hosts: Vec<_> = hosts.filter(|(_, i)| senders::starts(i)).collect();
    let addresses: Vec<_> = hosts.iter().flat_map(|(_, i)| i.addresses()).collect();
    if addresses.is_empty() {
        return Vec::new();
    }
    let block = |ip: std::net::IpAddr, bits: u8| {
        let bits = if ip.is_ipv4() { bits } else { bits + 96 };
        To::Block(ipnet::IpNet::new(ip, bits).unwrap().trunc())
    };
    let (one, other) = (genes.pick(&addresses), genes.pick(&addresses));
    let ports = [vec![], vec![(443, 443)], vec![(22, 22), (5432, 5432)]];
    let any = || vec![Who::Any];
    let mut all = vec![
        Property::new(
            Claim::NeverReachable,
            any(),
            vec![block(one, 27), block(other, 31)],
            genes.pick(&ports),
        ),
        Property::new(
            Claim::NeverInternet,
            any(),
            vec![To::Words("s3".to_owned())],
            vec![],
        ),
    ];
    if few {
        let name = |(id, _): (_, _)| Who::Name(network.interface_name(id));
        let at = genes.below(hosts.len());
        let twins = hosts.iter().skip(at).take(2).map(|host| name(*host));
        let to = To::Who(genes.pick(&vpcs(network)));
        let to_them = Property::new(
            Claim::NeverReachable,
            twins.collect(),
            vec![to],
            vec![(443, 443)],
        );
        all.push(to_them);
    }
    all
}
