//! Hosted zones and records; Resolver endpoints, rules and Profiles; name servers of the user's own.

use super::{Id, Instance, Interface, LoadBalancer, Origin, Ref, Site, Unseen, Vpc, VpcEndpoint};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RecordValue {
    /// IPv4 addresses.
    A(Vec<Ipv4Addr>),
    /// IPv6 addresses.
    Aaaa(Vec<Ipv6Addr>),
    /// Another name.
    Cname(String),
    /// An endpoint's addresses.
    AliasEndpoint(Ref<VpcEndpoint>),
    /// A load balancer's addresses.
    AliasLoadBalancer(Ref<LoadBalancer>),
    /// Another name, as an alias.
    AliasName(String),
    /// The name servers that have this name, and those below it, by their names.
    Ns(Vec<String>),
    /// Something that is not modelled.
    Unseen(Id<Unseen>),
}

impl RecordValue {
    /// The addresses it lists, of either family.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let (v4, v6): (&[Ipv4Addr], &[Ipv6Addr]) = match self {
            RecordValue::A(all) => (all, &[]),
            RecordValue::Aaaa(all) => (&[], all),
            _ => (&[], &[]),
        };
        let v4 = v4.iter().copied().map(IpAddr::V4);
        v4.chain(v6.iter().copied().map(IpAddr::V6))
    }
}

/// A record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Full name, lower case, without the final dot; may begin with `*.`.
    pub name: String,
    /// What it leads to.
    pub value: RecordValue,
    /// Where it was written.
    pub origin: Origin,
}

/// A hosted zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// A Resolver endpoint: the way of DNS queries into a VPC's resolver, or out of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResolverEndpoint {
    /// Name within the VPC, or AWS id in an import.
    pub name: String,
    /// Its VPC.
    pub vpc: Ref<Vpc>,
    /// Inbound, else outbound.
    pub inbound: bool,
    /// Of the inbound ones: others delegate domains to it, and do not forward queries.
    pub delegation: bool,
    /// One an address. Its groups are theirs.
    pub interfaces: Vec<Ref<Interface>>,
    /// Where it was written.
    pub origin: Origin,
}

/// What a Resolver rule does with the names below its domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RuleKind {
    /// Other name servers answer.
    Forward {
        /// Their addresses.
        to: Vec<IpAddr>,
        /// The outbound endpoint that asks them.
        through: Ref<ResolverEndpoint>,
    },
    /// Name servers in its domain are asked by the outbound endpoint, where a zone delegates to them.
    /// It claims no name.
    Delegate {
        /// The outbound endpoint that asks them.
        through: Ref<ResolverEndpoint>,
    },
    /// The resolver answers by itself, whatever a wider rule says.
    System,
    /// Something that is not modelled.
    Unseen(Id<Unseen>),
}

impl RuleKind {
    /// The outbound endpoint that queries leave by.
    #[must_use]
    pub fn through(&self) -> Option<&Ref<ResolverEndpoint>> {
        match self {
            RuleKind::Forward { through, .. } | RuleKind::Delegate { through } => Some(through),
            RuleKind::System | RuleKind::Unseen(_) => None,
        }
    }
}

/// A Resolver rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResolverRule {
    /// Name, or AWS id in an import.
    pub name: String,
    /// Domain, lower case, without the final dot; empty: every name. Of one that delegates, that of
    /// the name servers.
    pub domain: String,
    /// What it does.
    pub kind: RuleKind,
    /// The VPCs it is associated with.
    pub vpcs: Vec<Ref<Vpc>>,
    /// Where it was written.
    pub origin: Origin,
}

/// A Route 53 Profile: DNS settings for many VPCs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Name, or AWS id in an import.
    pub name: String,
    /// The VPCs it is associated with: one Profile a VPC.
    pub vpcs: Vec<Ref<Vpc>>,
    /// Private hosted zones.
    pub zones: Vec<Ref<HostedZone>>,
    /// Resolver rules.
    pub rules: Vec<Ref<ResolverRule>>,
    /// Interface endpoints, whose private names then answer in its VPCs.
    pub endpoints: Vec<Ref<VpcEndpoint>>,
    /// Where it was written.
    pub origin: Origin,
}

/// Where a name server of the user's own runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ServerHost {
    /// On an instance.
    Instance(Ref<Instance>),
    /// On the resolvers of a site.
    Site(Ref<Site>),
}

/// What a name server of the user's own answers: records first, then the longest domain forwarded,
/// then the public DNS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameServer {
    /// Where it runs.
    pub host: ServerHost,
    /// Its own records.
    pub records: Vec<Record>,
    /// What it sends to other servers.
    pub forward: Vec<Forward>,
    /// Whether it asks the public DNS for what is left.
    pub recursive: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// Names that a name server sends to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forward {
    /// Domain, lower case, without the final dot; empty: every name.
    pub domain: String,
    /// Their addresses.
    pub to: Vec<IpAddr>,
    /// Where it was written.
    pub origin: Origin,
}
