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
mod change;
mod compare;
mod expected;
mod judge;
mod known;
mod observation;
mod ranges;
pub mod socket;
mod special;
mod target;

pub use change::changes;
pub use compare::{Agreement, Comparison, Side, Sighting, compare};
pub use expected::expected;
pub use judge::{Finding, Judgement, Word, judge, place, time, who};
pub use known::{Class, Known};
pub use observation::{
    Alias, Asked, Attempt, Connect, Fault, Handshake, Hop, HopReply, Http, Lookup, LookupOutcome,
    Observation, Over, Proxied, Record, Replied, Seen, Tls, Trace, TraceEnd,
};
pub use ranges::Ranges;
pub use target::{Host, Scheme, Target};

use std::net::IpAddr;

/// A target with everything that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    /// What was seen.
    pub observation: Observation,
    /// Whose the addresses are that were seen, each once.
    pub classes: Vec<(IpAddr, Class)>,
    /// What it amounts to.
    pub judgement: Judgement,
    /// A prediction beside it.
    pub comparison: Option<Comparison>,
}

impl Probed {
    /// What is to be said of an observation of a target, beside a prediction if there is one.
    #[must_use]
    pub fn new(
        target: &Target,
        observation: Observation,
        known: &Known,
        comparison: Option<Comparison>,
    ) -> Self {
        let mut classes: Vec<(IpAddr, Class)> = Vec::new();
        for address in observation.addresses() {
            if !classes.iter().any(|(own, _)| *own == address) {
                classes.push((address, known.class(address)));
            }
        }
        Self {
            judgement: judge(target, &observation, known),
            observation,
            classes,
            comparison,
        }
    }

    /// Whose an address is that was seen.
    #[must_use]
    pub fn class(&self, address: IpAddr) -> Option<&Class> {
        let found = self.classes.iter().find(|(own, _)| *own == address);
        found.map(|(_, class)| class)
    }

    /// How it counts for whoever asked.
    #[must_use]
    pub fn health(&self) -> Health {
        let alone = match self.judgement.word {
            Word::Reachable => Health::Well,
            Word::Partly | Word::NotReachable => Health::Amiss,
            Word::NotPermitted => Health::NotPermitted,
            Word::NotObservable | Word::NotTried => Health::Open,
        };
        let Some(beside) = &self.comparison else {
            return alone;
        };
        match beside.agreement {
            Agreement::NotAsPredicted => Health::Amiss,
            Agreement::Undecided if alone == Health::NotPermitted => alone,
            Agreement::Undecided => Health::Open,
            Agreement::AsPredicted if beside.delivers() => alone,
            Agreement::AsPredicted => Health::Well,
        }
    }
}

/// How a target counts. A prediction that nothing is reached is well where it holds. One that
/// something is reached holds of the network alone: that nobody listens there, or that somebody
/// shows another certificate, is amiss, whoever is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Well,
    /// Not as it should be.
    Amiss,
    /// This machine does not let us try.
    NotPermitted,
    /// Nobody can say.
    Open,
}
