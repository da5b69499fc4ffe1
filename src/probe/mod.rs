//! What a host sees of the network, and whether a prediction allows it.
//!
//! ```text
//! words ─target─► Target ─socket::run─► Observation ─judge─► Judgement ─┐
//!                                            └──────compare─────────────┴─► report
//!                          the world         plain data, kept as JSON
//! ```
//!
//! Only `socket` touches the world, and sends to the targets named and to the name servers asked,
//! nothing else. An [`Observation`] says what was seen and nothing more; everything after it is a
//! function of plain values, so that what one machine recorded can be read on another.

mod advice;
mod compare;
mod expected;
mod judge;
mod known;
mod observation;
mod ranges;
pub mod socket;
mod special;
mod target;

pub use compare::{Agreement, Comparison, Side, Sighting, compare};
pub use expected::expected;
pub use judge::{Finding, Judgement, Word, judge, time};
pub use known::{Class, Known};
pub use observation::{
    Alias, Asked, Attempt, Connect, Fault, Handshake, Hop, HopReply, Http, Lookup, LookupOutcome,
    Observation, Over, Record, Replied, Seen, Tls, Trace, TraceEnd,
};
pub use ranges::Ranges;
pub use target::{Host, Scheme, Target};

use serde::Serialize;

/// A target with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Probed {
    /// What was seen.
    pub observation: Observation,
    /// Whose the addresses are that were seen, each once.
    pub classes: Vec<(std::net::IpAddr, Class)>,
    /// What it amounts to.
    pub judgement: Judgement,
    /// A prediction beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}
