//! Every test vector of the specification that is in scope is a case that runs, and stands beside its twin.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

#[path = "vectors/bundle.rs"]
mod bundle;
#[path = "vectors/imported.rs"]
mod imported;
#[path = "vectors/table.rs"]
mod table;
#[path = "vectors/twins.rs"]
mod twins;
#[path = "vectors/words.rs"]
mod words;
