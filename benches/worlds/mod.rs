//! What the benchmarks measure: networks of 10,000 interfaces.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared, and not all of it used; a benchmark may stop at a mistake"
)]

pub mod estate;
pub mod one_vpc;
pub mod private_link;
pub mod written;

use reachability::aws::{Compiled, compile};
use reachability::model::{Draft, Files, Network, build};
use reachability::scenario::load;

pub const INTERFACES: usize = 10_000;

/// A network, what it was compiled to, and where its text came from.
pub struct World {
    pub files: Files,
    pub network: Network,
    pub compiled: Compiled,
}

/// The text of a scenario, as far as its first case.
pub fn draft(text: &str) -> (Draft, Files) {
    let loaded = load("it.yaml", text, &|_| Err("no base".into()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics.first()));
    (
        scenario.cases.into_iter().next().unwrap().draft,
        loaded.files,
    )
}

/// A draft without mistakes.
pub fn network(draft: Draft) -> Network {
    let built = build(draft);
    built
        .network
        .unwrap_or_else(|| panic!("{:#?}", built.diagnostics.first()))
}

/// The text of a scenario to what is walked.
pub fn world(text: &str) -> World {
    let (draft, files) = draft(text);
    let network = network(draft);
    World {
        compiled: compile(&network),
        files,
        network,
    }
}
