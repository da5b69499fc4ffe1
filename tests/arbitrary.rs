//! The strategies reach what they are for: networks that work and that do not, flows of every kind,
//! edits and failures with a consequence.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reachability::analysis::failures::{Failure, failures, zones};
use reachability::answer::{Ask, Verdict, answer, source};
use reachability::arbitrary::{
    Design, Nat, designs, edits, flows, networks, single_failures, survives,
};
use reachability::aws::compile;
use reachability::model::Network;
use std::collections::BTreeMap;

/// So many values, the same each time.
fn some<T>(number: usize, strategy: &impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    let mut one = || strategy.new_tree(&mut runner).unwrap().current();
    (0..number).map(|_| one()).collect()
}

fn verdict(network: &Network, ask: &Ask) -> &'static str {
    let answer = answer(network, &compile(network), ask).unwrap();
    answer.verdict.name()
}

fn count<T: Ord>(all: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    counts
}

#[test]
fn every_design_is_sound_and_each_part_comes_and_goes() {
    let all = some(200, &designs());
    for design in &all {
        design.network().unwrap();
    }
    let often = |has: fn(&Design) -> bool| {
        let number = all.iter().filter(|d| has(d)).count();
        assert!((20..=180).contains(&number), "{number}");
    };
    often(|d| d.zones == 1);
    often(|d| d.zones == 3);
    often(|d| d.nat == Nat::None);
    often(|d| d.nat == Nat::PerZone);
    often(|d| d.gateway_endpoint);
    often(|d| d.orders == 0);
    often(|d| d.orders == d.zones);
    often(|d| d.private_dns);
    often(|d| d.accepted);
    often(|d| d.admits);
    often(|d| d.cross_zone);
}

#[test]
fn flows_have_every_plain_end() {
    let pairs = networks().prop_flat_map(|n| (Just(n.clone()), flows(&n)));
    let ends = count(some(200, &pairs).iter().map(|(n, ask)| verdict(n, ask)));
    for end in ["private", "internet", "unreachable"] {
        assert!(ends.get(end).is_some_and(|n| *n > 3), "{ends:?}");
    }
}

/// Of edits and failures, some change what becomes of a flow that worked, and some do not.
#[test]
fn edits_and_failures_have_consequences() {
    let design = Design {
        zones: 2,
        nat: Nat::Shared,
        gateway_endpoint: true,
        orders: 2,
        private_dns: true,
        accepted: true,
        admits: true,
        cross_zone: false,
    };
    let network = design.network().unwrap();
    let ask = |to: &str| Ask::new(source(&network, "app/app-1").unwrap(), to);
    let asked = ["s3", "https://orders.example.com", "tcp://198.51.100.1:443"].map(ask);
    let before: Vec<_> = asked.iter().map(|a| verdict(&network, a)).collect();
    assert_eq!(before, ["private", "private", "internet"]);
    let changed = |other: &Network| {
        let now: Vec<_> = asked.iter().map(|a| verdict(other, a)).collect();
        now != before
    };
    let edited = some(40, &edits(&network));
    let edited = count(edited.iter().map(|e| changed(&e.of(&network).unwrap())));
    let failed = some(40, &single_failures(&network));
    let failed = count(
        failed
            .iter()
            .map(|f| changed(&f.of(&network).network.unwrap())),
    );
    for counts in [edited, failed] {
        assert!(
            counts.values().all(|n| *n > 3) && counts.len() == 2,
            "{counts:?}"
        );
    }
}

/// Survival names the failure; of a source that fails itself nothing is claimed.
#[test]
fn what_does_not_survive_is_named() {
    let design = Design {
        orders: 1,
        zones: 2,
        nat: Nat::None,
        gateway_endpoint: true,
        private_dns: true,
        accepted: true,
        admits: true,
        cross_zone: true,
    };
    let network = design.network().unwrap();
    let privately = |v| v == Verdict::Private;
    let survived = |from: &str, to: &str| {
        let ask = Ask::new(source(&network, from).unwrap(), to);
        survives(&network, &zones(&network), &ask, privately)
    };
    let orders = "https://orders.example.com";
    let why = survived("app/app-2", orders).unwrap_err();
    assert!(why.starts_with("zone use1-az1 is down: app/app-2"), "{why}");
    assert!(why.contains("BAD_STATE"), "{why}");
    assert_eq!(survived("app/app-1", orders), Ok(()));
    assert_eq!(survived("app/app-2", "s3"), Ok(()));

    let without: Vec<Failure> = failures(&network)
        .into_iter()
        .filter(|f| f.to_string() == "app/s3 is deleted")
        .collect();
    let ask = Ask::new(source(&network, "app/app-2").unwrap(), "s3");
    let why = survives(&network, &without, &ask, privately).unwrap_err();
    assert!(why.contains("NO_ROUTE_TO_DESTINATION"), "{why}");
}
