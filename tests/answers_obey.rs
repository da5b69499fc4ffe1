//! Laws that answers obey, whatever the network: over generated AWS networks and the flows that the
//! generator thinks worth asking.
//!
//! - *Counterfactual*: what an answer says decided, decided; what it does not cite, did not.
//! - *Metamorphic*: names, numbers, order, the cut of a rule and strangers with the same block do
//!   not matter.
//! - *More permissive never blocks*, and *a reply through stateful filters needs no rule*.
//!
//! Each law counts the cases in which it had something to say, prints them, and fails if there are
//! too few. `REACHABILITY_CASES` sets how many flows each law is tried on.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;

#[path = "answers_obey/asked.rs"]
mod asked;
#[path = "answers_obey/counter.rs"]
mod counter;
#[path = "answers_obey/counterfactual.rs"]
mod counterfactual;
#[path = "answers_obey/metamorphic.rs"]
mod metamorphic;
#[path = "answers_obey/names.rs"]
mod names;
#[path = "answers_obey/permissive.rs"]
mod permissive;
#[path = "answers_obey/reshape.rs"]
mod reshape;
#[path = "answers_obey/rows.rs"]
mod rows;
#[path = "answers_obey/seen.rs"]
mod seen;
#[path = "answers_obey/stateful.rs"]
mod stateful;

/// How many flows a law is tried on.
fn cases(otherwise: usize) -> usize {
    let set = std::env::var("REACHABILITY_CASES").ok();
    set.and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}
