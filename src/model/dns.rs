//! Hosted zones and records.

use super::{Id, LoadBalancer, Origin, Ref, Unseen, Vpc, VpcEndpoint};
use std::net::Ipv4Addr;

/// What a name leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordValue {
    /// Addresses.
    A(Vec<Ipv4Addr>),
    /// Another name.
    Cname(String),
    /// An endpoint's addresses.
    AliasEndpoint(Ref<VpcEndpoint>),
    /// A load balancer's addresses.
    AliasLoadBalancer(Ref<LoadBalancer>),
    /// Another name, as an alias.
    AliasName(String),
    /// Something that is not modelled.
    Unseen(Id<Unseen>),
}

/// A record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Full name, lower case, without the final dot; may begin with `*.`.
    pub name: String,
    /// What it leads to.
    pub value: RecordValue,
    /// Where it was written.
    pub origin: Origin,
}

/// A hosted zone.
#[derive(Clone, Debug, PartialEq)]
pub struct HostedZone {
    /// Name of the object; the domain in an import.
    pub name: String,
    /// Domain, lower case, without the final dot.
    pub domain: String,
    /// Private, else public.
    pub private: bool,
    /// The VPCs it is associated with.
    pub vpcs: Vec<Ref<Vpc>>,
    /// Records.
    pub records: Vec<Record>,
    /// Where it was written.
    pub origin: Origin,
}
