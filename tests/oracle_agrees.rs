//! The program against a second reading of the same pages of AWS, on generated networks.
//!
//! Both are asked the same questions, by address and by name, with pinned client ports and with a
//! system's whole range, and must find the same alternatives: class, code, leg, mechanism, exposure
//! and the source that the destination sees.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;
mod oracle;

use networks::{Genes, Sender, generate};
use oracle::{Ending, From, Question, To, endings};
use reachability::answer::{Alternative, Ask, answer, source};
use reachability::aws;
use reachability::model::{self, Network};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// Flows asked of each network.
const FLOWS: usize = 50;

#[test]
fn a_second_reading_agrees() {
    let seeds: u64 = std::env::var("SEEDS").map_or(300, |s| s.parse().unwrap());
    let first: u64 = std::env::var("FIRST").map_or(0, |s| s.parse().unwrap());
    let mut differ: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut asked = 0;
    for seed in first..first + seeds {
        let case = generate(&mut Genes::seeded(seed), FLOWS);
        let Some(network) = model::build(case.draft).network else {
            continue;
        };
        let compiled = aws::compile(&network);
        for flow in case.flows {
            let ports = flow.port != 0;
            let ask = Ask {
                from: source(&network, &flow.from).unwrap(),
                to: flow.to.to_string(),
                protocol: Some(flow.protocol),
                port: ports.then_some(flow.port),
                client_ports: ports.then_some((flow.client_port, flow.client_port)),
            };
            let question = Question {
                from: match flow.sender {
                    Sender::Interface(id) => From::Interface(id),
                    Sender::Site(ip) => From::Site(network.sites.iter().next().unwrap().0, ip),
                    Sender::Internet(ip) => From::Internet(ip),
                },
                to: To::Address(flow.to),
                protocol: flow.protocol,
                port: flow.port,
                client_ports: (flow.client_port, flow.client_port),
            };
            let got = answer(&network, &compiled, &ask).unwrap();
            let ours: BTreeSet<Ending> = got.alternatives.iter().map(ending).collect();
            let theirs: BTreeSet<Ending> = endings(&network, &question).into_iter().collect();
            asked += 1;
            for e in &theirs {
                *counts
                    .entry(format!("{} {} {} {}", e.class, e.code, e.leg, e.mechanism))
                    .or_default() += 1;
            }
            let bare = |all: BTreeSet<Ending>| -> BTreeSet<Ending> {
                all.into_iter()
                    .map(|e| Ending {
                        mechanism: if e.code.is_empty() { e.mechanism } else { "" },
                        ..e
                    })
                    .collect()
            };
            let (ours, theirs) = (bare(ours), bare(theirs));
            if ours != theirs {
                let only = |a: &BTreeSet<Ending>, b: &BTreeSet<Ending>| {
                    a.difference(b)
                        .map(|e| {
                            format!(
                                "{} {} {} [{}] {} {:?}",
                                e.class,
                                e.code,
                                e.leg,
                                e.mechanism,
                                e.public,
                                e.sees.is_some()
                            )
                        })
                        .collect::<BTreeSet<_>>()
                };
                let key = format!(
                    "program {:?}  oracle {:?}",
                    only(&ours, &theirs),
                    only(&theirs, &ours)
                );
                let entry = differ.entry(key).or_insert((
                    0,
                    format!(
                        "seed {seed} {flow:?} {:#?}",
                        got.alternatives
                            .iter()
                            .map(|a| (
                                &a.via,
                                &a.via_back,
                                a.obstacle.as_ref().map(|o| (&o.component, &o.by))
                            ))
                            .collect::<Vec<_>>()
                    ),
                ));
                entry.0 += 1;
            }
        }
    }
    eprintln!("{asked} asked, {counts:#?}");
    let total: usize = differ.values().map(|d| d.0).sum();
    let mut all: Vec<_> = differ.into_iter().collect();
    all.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    for (key, (n, example)) in all.iter().take(60) {
        eprintln!("{n} × {key}\n      {example}");
    }
    assert_eq!(total, 0);
}

fn ending(a: &Alternative) -> Ending {
    Ending {
        class: a.class.name(),
        code: a.obstacle.as_ref().map_or("", |o| o.code.name()),
        leg: a.obstacle.as_ref().map_or("", |o| o.leg.name()),
        mechanism: a.mechanism.unwrap_or_default(),
        public: a.exposed,
        sees: a.sees_source.map(Ipv4Addr::from_bits),
    }
}
