//! Rules of a design, tested on thousands of variants of it: an example to copy.
//!
//! Run it with `cargo test --features arbitrary --test design_rules`. The network is a scenario file
//! here; `reachability::import` reads one from `aws ec2 describe-…`.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use proptest::prelude::*;
use reachability::analysis::failures::zones;
use reachability::answer::{Ask, Verdict, answer, source};
use reachability::arbitrary::{Design, designs, edits, flows, single_failures, sound, survives};
use reachability::aws::compile;
use reachability::model::Network;
use reachability::scenario::load;
use std::path::Path;

/// Our network: two zones, a partner's service, no way to the internet.
fn ours() -> Network {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/designs/two-zones.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let scenario = load("two-zones.yaml", &text, &|_| Err(String::new())).scenario;
    sound(scenario.unwrap().cases.remove(0).draft).unwrap()
}

/// How many variants each rule is tested on.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(64)
}

fn privately(verdict: Verdict) -> bool {
    verdict == Verdict::Private
}

fn ask(network: &Network, from: &str, to: &str) -> Ask {
    Ask::new(source(network, from).unwrap(), to)
}

/// For every zone failure, orders is still reached privately, from either zone.
#[test]
fn orders_survives_any_one_zone() {
    let network = ours();
    for from in ["app/app-a", "app/app-b"] {
        let orders = ask(&network, from, "https://orders.example.com");
        let survived = survives(&network, &zones(&network), &orders, privately);
        assert_eq!(survived, Ok(()));
    }
}

proptest! {
    // `PROPTEST_CASES=10000` tries more.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    /// Whatever one person takes out of the network and whatever fails besides, nothing that the
    /// application sends crosses a public link.
    #[test]
    fn nothing_leaves_publicly(
        (network, flow) in edits(&ours())
            .prop_filter_map("AWS would refuse it", |edit| edit.of(&ours()).ok())
            .prop_flat_map(|network| (Just(network.clone()), single_failures(&network)))
            .prop_filter_map("it cannot happen", |(network, failure)| failure.of(&network).network)
            .prop_flat_map(|network| (Just(network.clone()), flows(&network)))
    ) {
        let inside = flow.from.vpc(&network).is_some();
        prop_assume!(inside);
        let answer = answer(&network, &compile(&network), &flow).unwrap();
        let public = answer.alternatives.iter().any(|way| way.exposed);
        prop_assert!(!public, "{} → {}", answer.from, flow.to);
    }

    /// What makes orders survive: an endpoint in every zone, and targets that every zone may use or
    /// that are there in each. Any design of the usual shapes.
    #[test]
    fn an_endpoint_in_every_zone_survives_a_zone(design in designs().prop_map(in_every_zone)) {
        let network = design.network().unwrap();
        for zone in 1..=design.zones {
            let orders = ask(&network, &format!("app/app-{zone}"), "https://orders.example.com");
            prop_assert_eq!(survives(&network, &zones(&network), &orders, privately), Ok(()));
        }
    }
}

/// The same design, with an endpoint that works in each of several zones.
fn in_every_zone(design: Design) -> Design {
    let zones = design.zones.max(2);
    Design {
        zones,
        orders: zones,
        private_dns: true,
        accepted: true,
        admits: true,
        ..design
    }
}
