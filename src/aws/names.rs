//! Who sees which names: one view per VPC, one for sites and the internet.

use crate::model::{Id, Network, Origin, Site, Vpc};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Viewer {
    /// A host in a VPC.
    Vpc(Id<Vpc>),
    /// A host of a site.
    Site(Id<Site>),
    /// Anybody on the internet.
    Internet,
}

/// One address of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsAnswer {
    /// The address, or a token of 240.0.0.0/4 that stands for an address the input does not give.
    pub address: u32,
    /// What produced it, for people: `private DNS of endpoint consumer/orders`.
    pub by: String,
    /// For `answered_by`: name of the zone, rule or endpoint (`vpc/name`), or `public`.
    pub key: String,
    /// Availability zone of the interface, if it has one.
    pub zone: Option<String>,
    /// Where it was written.
    pub origin: Origin,
    /// An assumption it makes, e.g. `PUBLIC_ADDRESS_NOT_GIVEN`.
    pub assumes: Option<&'static str>,
}

/// What came of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum DnsOutcome {
    /// Addresses, each an alternative.
    Answered(Vec<DnsAnswer>),
    /// The zone of this name (or the public DNS) has no such record.
    NxDomain(String),
    /// Nobody answers: why.
    NoAnswer(String),
    /// The input does not say: why.
    Unknown(String),
}

/// A query's outcome with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The name asked.
    pub name: String,
    /// Names followed on the way.
    pub chain: Vec<String>,
    /// What came of it.
    pub outcome: DnsOutcome,
    /// Advice: an endpoint exists, but this name does not lead to it, and why.
    pub advice: Vec<String>,
}

/// The compiled views.
#[derive(Clone, Debug, Default)]
pub struct Names;

impl Names {
    /// Asks.
    #[must_use]
    pub fn resolve(&self, network: &Network, viewer: Viewer, name: &str) -> Resolution {
        let _ = (network, viewer);
        Resolution {
            name: name.to_owned(),
            chain: Vec::new(),
            outcome: DnsOutcome::NxDomain(String::new()),
            advice: Vec::new(),
        }
    }
}
