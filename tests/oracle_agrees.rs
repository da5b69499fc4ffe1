//! The program against a second reading of the same pages of AWS, on generated networks.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;

use networks::{Genes, generate};
use reachability::answer::{Ask, answer, source};
use reachability::{aws, model};
use std::collections::BTreeMap;

/// Flows asked of each network.
const FLOWS: usize = 50;

#[test]
fn the_generator_makes_networks_that_can_be_asked() {
    let (mut void, mut verdicts) = (BTreeMap::new(), BTreeMap::new());
    for seed in 0..200 {
        let case = generate(&mut Genes::seeded(seed), FLOWS);
        let built = model::build(case.draft);
        let Some(network) = built.network else {
            for found in &built.diagnostics {
                *void
                    .entry(format!("{} {}", found.code, found.message))
                    .or_insert(0) += 1;
            }
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
            let answer = answer(&network, &compiled, &ask).unwrap();
            let code = answer.obstacles.first().map(|o| o.code);
            *verdicts
                .entry(format!("{} {code:?}", answer.verdict.name()))
                .or_insert(0) += 1;
        }
    }
    eprintln!("{void:#?} {verdicts:#?}");
}
