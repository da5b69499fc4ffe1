//! Strategies of [`proptest`] for people who test their designs: networks, flows, edits, failures.
//!
//! A design rule is a sentence such as *for every zone failure, orders is still reachable privately*.
//! An expectation in a scenario file says it of one network; here it is tested on thousands of
//! variants. The feature `arbitrary` brings this module, and `proptest` with it:
//!
//! ```toml
//! [dev-dependencies]
//! proptest = "1"
//! reachability = { version = "0.1", features = ["arbitrary"] }
//! ```
//!
//! ```
//! use proptest::prelude::*;
//! use reachability::analysis::failures::zones;
//! use reachability::answer::{Ask, Verdict, source};
//! use reachability::arbitrary::{designs, survives};
//!
//! // A plain test function has `#[test]` above it here.
//! proptest! {
//!     fn a_bucket_is_within_reach_whatever_zone_fails(design in designs()) {
//!         prop_assume!(design.gateway_endpoint);
//!         let network = design.network().unwrap();
//!         let ask = Ask::new(source(&network, "app/app-1").unwrap(), "s3");
//!         let privately = |verdict| verdict == Verdict::Private;
//!         prop_assert_eq!(survives(&network, &zones(&network), &ask, privately), Ok(()));
//!     }
//! }
//! a_bucket_is_within_reach_whatever_zone_fails();
//! ```
//!
//! | strategy | makes |
//! |---|---|
//! | [`designs`] | small networks of the usual shapes, as a [`Design`] that says what it has |
//! | [`networks`] | the same, built |
//! | [`flows`] | questions about a network: anybody in it, to anything it may want to call |
//! | [`edits`] | one thing taken out of a network, or a setting turned |
//! | [`single_failures`] | a zone, a component, a target or an endpoint that fails |
//!
//! The tests of a user's own network begin with a file instead: `scenario::load` or `import::import`
//! give a [`Draft`], and [`sound`] the network that the other strategies take. `tests/design_rules.rs`
//! is an example to copy.

mod design;
mod edits;
mod flows;
mod survival;

pub use design::{Design, Nat, designs, networks};
pub use edits::{Edit, edits};
pub use flows::flows;
pub use survival::{single_failures, survives};

use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Network, build};

/// The network of a draft.
///
/// # Errors
/// What is wrong with it, a line each.
pub fn sound(draft: Draft) -> Result<Network, String> {
    let built = build(draft);
    built.network.ok_or_else(|| wrong(built.diagnostics))
}

fn wrong(diagnostics: Vec<Diagnostic>) -> String {
    let wrong = diagnostics.into_iter();
    let wrong = wrong.map(|d| format!("{}: {}", d.code, d.message));
    wrong.collect::<Vec<String>>().join("\n")
}
