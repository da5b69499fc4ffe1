//! `Network` to [`Fabric`]: every AWS behaviour, each with its source.

mod names;

pub use names::{DnsAnswer, DnsOutcome, Names, Resolution, Viewer};

use crate::fabric::{Fabric, NONE, NodeId};
use crate::model::{Id, Interface, InternetHost, LoadBalancer, Network, Site, Vpc, VpcEndpoint};
use std::net::Ipv4Addr;

/// A network compiled: the fabric, who is where in it, and its names.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// What traffic meets.
    pub fabric: Fabric,
    /// Node of each interface, by index.
    pub interfaces: Vec<NodeId>,
    /// Node of each declared internet host, by index.
    pub internet_hosts: Vec<NodeId>,
    /// Node of any other internet host.
    pub internet: NodeId,
    /// Node of each site's hosts, by index of the site.
    pub sites: Vec<NodeId>,
    /// Node of each VPC's hosts without an interface, by index of the VPC.
    pub strangers: Vec<NodeId>,
    /// Nodes that stand for an AWS service: `((region, service), node)`: public edges, gateway endpoints.
    pub edges: Vec<((String, String), NodeId)>,
    /// Names and who sees them.
    pub names: Names,
}

/// Where a source's traffic starts: every host node starts at this entry.
pub const FROM_HOST: u8 = 0;

/// Compiles. Cannot fail: what is unseen becomes a reservation or an opaque node.
#[must_use]
pub fn compile(network: &Network) -> Compiled {
    let _ = network;
    Compiled {
        internet: NONE,
        ..Compiled::default()
    }
}

impl Compiled {
    /// The node of an interface.
    #[must_use]
    pub fn node_of(&self, interface: Id<Interface>) -> NodeId {
        self.interfaces
            .get(interface.index())
            .copied()
            .unwrap_or(NONE)
    }

    /// Sorted nodes at which traffic to an AWS service arrives: its public edge in that Region, and
    /// every endpoint of that service and Region (gateway endpoints, interfaces of interface endpoints).
    #[must_use]
    pub fn arrivals_of_service(
        &self,
        network: &Network,
        region: &str,
        service: &str,
    ) -> Vec<NodeId> {
        let _ = (network, region, service);
        Vec::new()
    }

    /// Sorted nodes of every target behind a load balancer.
    #[must_use]
    pub fn arrivals_of_load_balancer(
        &self,
        network: &Network,
        lb: Id<LoadBalancer>,
    ) -> Vec<NodeId> {
        let _ = (network, lb);
        Vec::new()
    }

    /// Sorted nodes at which traffic to an endpoint arrives: its own interfaces for an AWS service, every
    /// target behind the service for a provider's.
    #[must_use]
    pub fn arrivals_of_endpoint(
        &self,
        network: &Network,
        endpoint: Id<VpcEndpoint>,
    ) -> Vec<NodeId> {
        let _ = (network, endpoint);
        Vec::new()
    }

    /// The node of a host of a site, of the internet, or of a VPC without an interface.
    #[must_use]
    pub fn host(&self, host: Host) -> NodeId {
        let (list, index) = match host {
            Host::Site(id) => (&self.sites, id.index()),
            Host::Vpc(id) => (&self.strangers, id.index()),
            Host::Internet(Some(id)) => (&self.internet_hosts, id.index()),
            Host::Internet(None) => return self.internet,
        };
        list.get(index).copied().unwrap_or(NONE)
    }
}

/// A source or destination without an interface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Host {
    /// A host of a site, at any address.
    Site(Id<Site>),
    /// A host in a VPC: its group steps are skipped.
    Vpc(Id<Vpc>),
    /// A declared host of the internet, or any other.
    Internet(Option<Id<InternetHost>>),
}

/// An address as the fabric has it.
#[must_use]
pub fn bits(ip: Ipv4Addr) -> u32 {
    u32::from(ip)
}
