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

mod observation;
pub mod socket;
mod target;

pub use observation::{
    Alias, Asked, Attempt, Connect, Fault, Handshake, Hop, HopReply, Http, Lookup, LookupOutcome,
    Observation, Over, Proxied, Record, Replied, Seen, Tls, Trace, TraceEnd,
};
pub use target::{Host, Scheme, Target};
