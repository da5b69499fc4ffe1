//! What an answer cites decided, and what it does not cite did not: rules, zones, private names and
//! name servers of generated names; statements of generated policies.
//!
//! What is cited is turned round in its place, and the answer must change; what is not cited is taken
//! away, and the answer must stay.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says what it did"
)]

#[path = "evidence_decides/deciders.rs"]
mod deciders;
#[path = "networks/genes.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared, and not all of it used")]
mod genes;
#[path = "dns_agrees/network.rs"]
#[allow(unreachable_pub, reason = "a module of a test")]
mod names;
mod readings;
#[path = "policies_agree/network.rs"]
#[allow(dead_code, unreachable_pub, reason = "a module of a test")]
mod requests;
#[path = "evidence_decides/statements.rs"]
mod statements;

use reachability::aws::{self, Compiled};
use reachability::model::{self, Draft, Network};
use reachability::scenario;
use serde_json::Value;

/// The draft of a scenario.
fn draft(scenario: &Value) -> Option<Draft> {
    let loaded = scenario::load("case.yaml", &scenario.to_string(), &|_| Err(String::new()));
    let mut cases = loaded.scenario?.cases.into_iter();
    Some(cases.next()?.draft)
}

/// Built and compiled, unless AWS would refuse it.
fn solve(draft: Draft) -> Option<(Network, Compiled)> {
    let network = model::build(draft).network?;
    let compiled = aws::compile(&network);
    Some((network, compiled))
}
