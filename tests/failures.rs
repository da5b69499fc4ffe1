//! Single failures of a network: each is one that the builder takes, and has its consequence.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use reachability::analysis::failures::{Failure, failures};
use reachability::answer::{Ask, answer, source};
use reachability::aws::compile;
use reachability::cli::open;
use reachability::model::{Draft, Network, build};
use std::path::Path;

fn network(file: &str) -> Network {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios")
        .join(file);
    let input = open(path.to_str().unwrap()).unwrap();
    let (network, _) = input.scene(None).unwrap().compiled().unwrap();
    network.clone()
}

fn verdict(network: &Network, from: &str, to: &str) -> &'static str {
    let ask = Ask::new(source(network, from).unwrap(), to);
    let answer = answer(network, &compile(network), &ask).unwrap();
    answer.verdict.name()
}

/// What [`failures`] lists can happen, one at a time, in every bundled kind of network.
#[test]
fn every_failure_can_happen() {
    for file in [
        "failures/components.yaml",
        "designs/hub-of-endpoints.yaml",
        "designs/egress-with-inspection.yaml",
        "vectors/sites.yaml",
        "vectors/regional-nat.yaml",
        "vectors/client-vpn.yaml",
        "dns/rules.yaml",
        "privatelink-lab.yaml",
    ] {
        let network = network(file);
        let draft: Draft = (*network).clone();
        let again = build(draft).network.unwrap();
        assert!(
            again == network,
            "{file} comes to something else when it is built again"
        );
        let all = failures(&network);
        assert!(all.len() > 3, "{file}: {all:?}");
        for failure in all {
            let built = failure.of(&network);
            assert!(
                built.network.is_some(),
                "{file}: {failure}: {:?}",
                built.diagnostics
            );
        }
    }
}

#[test]
fn a_failure_has_its_consequence_and_no_other() {
    let network = network("failures/components.yaml");
    let asked = [
        ("internet", "tcp://198.51.100.1:443", "internet"),
        ("orders", "https://orders.example.com", "private"),
        ("bucket", "s3://receipts", "private"),
        ("database", "tcp://c/db:5432", "private"),
    ];
    for (name, to, verdict_before) in asked {
        assert_eq!(verdict(&network, "a/app", to), verdict_before, "{name}");
    }
    let changed = |failure: &Failure| {
        let broken = failure.of(&network).network.unwrap();
        let now = asked.map(|(name, to, before)| (name, verdict(&broken, "a/app", to), before));
        let other = now.into_iter().filter(|(_, now, before)| now != before);
        let other: Vec<String> = other
            .map(|(name, now, _)| format!("{name} {now}"))
            .collect();
        format!("{failure}: {}", other.join(", "))
    };
    let all: Vec<String> = failures(&network).iter().map(changed).collect();
    insta::assert_snapshot!(all.join("\n"));
}
