//! Expectations: what a scenario says about a flow, and from where the flow starts.

use crate::model::Origin;
use std::net::Ipv4Addr;

/// Where traffic starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A component, as written: `vpc/name`, a host's name, an id.
    Component(String),
    /// A host of the internet that the scenario does not name.
    Internet(Ipv4Addr),
    /// An address inside a site.
    Site {
        /// The site.
        site: String,
        /// The address.
        ip: Ipv4Addr,
    },
    /// An address inside a VPC that has no interface: group steps are skipped.
    VpcIp {
        /// The VPC.
        vpc: String,
        /// The address.
        ip: Ipv4Addr,
    },
}

/// An IP protocol, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Every protocol.
    Any,
    /// One, by number.
    Number(u8),
}

/// What must hold of the answer, or of an alternative; every key given must.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    /// The verdict.
    pub verdict: Option<String>,
    /// The deciding obstacle's code.
    pub code: Option<String>,
    /// Its part: `dns`, `out`, `arrival`, `back`, `gate`.
    pub leg: Option<String>,
    /// Its component.
    pub at: Option<String>,
    /// Its row, e.g. `vpc/name ingress 100`.
    pub by: Option<String>,
    /// Codes among the further obstacles.
    pub also: Vec<String>,
    /// Codes among the notes.
    pub notes: Vec<String>,
    /// Assumptions that fired.
    pub assumes: Vec<String>,
    /// A subsequence of the out leg.
    pub via: Vec<String>,
    /// On no leg of any alternative.
    pub not_via: Vec<String>,
    /// The primary mechanism.
    pub mechanism: Option<String>,
    /// `no`, `yes` or `cannot-tell`.
    pub leaves_aws: Option<String>,
    /// The set of addresses the name resolves to; `Some(vec![])` is the empty set.
    pub answers: Option<Vec<Ipv4Addr>>,
    /// Kind of the DNS answer.
    pub dns: Option<String>,
    /// Zone, rule, endpoint or `public`.
    pub answered_by: Option<String>,
    /// Source address the destination sees.
    pub sees_source: Option<Ipv4Addr>,
    /// VPC endpoint the destination sees.
    pub sees_vpce: Option<String>,
    /// Exact spans of client ports that fail.
    pub failing_ports: Option<Vec<(u16, u16)>>,
    /// Each matches at least one alternative.
    pub some: Vec<Checks>,
    /// Every alternative matches one of `some`.
    pub all_listed: bool,
}

/// A flow and what must hold of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// Where it starts.
    pub from: Source,
    /// Where that was written.
    pub from_origin: Origin,
    /// What it is for, as written.
    pub to: String,
    /// Where that was written.
    pub to_origin: Origin,
    /// Protocol, if the destination does not say.
    pub protocol: Option<Protocol>,
    /// Destination port, if the destination does not say.
    pub port: Option<u16>,
    /// Source ports; the source system's default otherwise.
    pub client_ports: Option<(u16, u16)>,
    /// What must hold.
    pub checks: Checks,
    /// What says so.
    pub cite: Vec<String>,
    /// Why it matters.
    pub why: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}
