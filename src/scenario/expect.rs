//! Expectations: what a scenario says about a flow, and from where the flow starts.

pub use crate::expect::Checks;
use crate::model::Origin;
use std::net::IpAddr;

/// Where traffic starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A component, as written: `vpc/name`, a host's name, an id.
    Component(String),
    /// A host of the internet that the scenario does not name.
    Internet(IpAddr),
    /// An address inside a site.
    Site {
        /// The site.
        site: String,
        /// The address.
        ip: IpAddr,
    },
    /// An address inside a VPC that has no interface: group steps are skipped.
    VpcIp {
        /// The VPC.
        vpc: String,
        /// The address.
        ip: IpAddr,
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
