//! What `probe` sees of a world that the test made, on the loopback of a namespace of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "a test may fail loudly, and others use the world too"
)]

mod netns;

#[path = "probe/dns.rs"]
mod dns;
#[path = "probe/faults.rs"]
mod faults;
#[path = "probe/many.rs"]
mod many;
#[path = "probe/names.rs"]
mod names;
#[path = "probe/plan.rs"]
mod plan;
#[path = "probe/predicted.rs"]
mod predicted;
#[path = "probe/table.rs"]
mod table;
#[path = "probe/tls.rs"]
mod tls;
#[path = "probe/world.rs"]
mod world;
