//! `Network` to [`Fabric`]: every AWS behaviour, each with its source.

mod across_regions;
mod appliance;
mod arrivals;
mod balance;
mod bundles;
mod choice;
mod client_vpn;
mod compile;
mod compiler;
mod direct_connect;
mod egress_only;
mod endpoint;
mod filter;
mod firewall;
mod gateway;
mod internet;
mod join;
mod lack;
mod limits;
mod lists;
mod names;
mod owners;
pub mod policy;
mod public;
mod public_access;
mod regional_nat;
mod regroup;
mod resolver;
mod route;
mod stages;
mod stranger;
mod transit;

pub use bundles::{BUNDLES, Bundle, Member};
pub use limits::limits;
pub use lists::list_blocks;
pub use names::{
    Carried, Carrier, Claim, DnsAnswer, DnsOutcome, DnsStep, Resolution, Sender, Viewer,
    balancer_name, endpoint_name, resolvers,
};
pub use public::{
    address_in_words, embedded, is_somebody, is_token, nameable, nat64, public_space,
};
pub use route::Beaten;
pub(crate) use stages::LISTENER;

pub(crate) use filter::Way;
pub(crate) use public_access::FOR as BLOCKED_FOR;
pub(crate) use regroup::{GroupTables, Rewrite, Rules};

use crate::code::Code;
use crate::fabric::{Address, Fabric, NONE, NodeId};
use crate::kept::Kept;
use crate::model::{
    ClientVpn, Components, Id, Interface, InternetHost, Network, Site, TargetGroup, Vpc,
    VpcEndpoint,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::OnceLock;

/// A network compiled: the fabric, who is where in it, and its names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Compiled {
    /// What traffic meets.
    pub fabric: Fabric,
    /// Node of each interface, by index.
    #[serde(with = "crate::fixed")]
    pub interfaces: Vec<NodeId>,
    /// Whose each node is, by node.
    pub(crate) owners: Kept<owners::Owner>,
    /// Components by their words.
    pub components: Components,
    /// Endpoints and load balancers by their own names.
    #[serde(skip)]
    pub(crate) own_names: names::OwnNames,
    /// The Regions that the input and the questions about it speak of, sorted.
    pub(crate) regions: Vec<String>,
    /// Node of each declared internet host, by index.
    pub internet_hosts: Vec<NodeId>,
    /// Node of any other internet host.
    pub internet: NodeId,
    /// Node of each site's hosts, by index of the site.
    pub sites: Vec<NodeId>,
    /// Declared hosts of sites: node of the site, address, node of the host.
    pub site_hosts: Vec<(NodeId, Address, NodeId)>,
    /// Node of each Client VPN endpoint's clients, by index.
    pub client_vpns: Vec<NodeId>,
    /// Node of each VPC's hosts without an interface, by index of the VPC.
    pub strangers: Vec<NodeId>,
    /// Nodes that stand for an AWS service: `((region, service), node)`: public edges, gateway endpoints.
    pub edges: Vec<((String, String), NodeId)>,
    /// Gateway endpoints by their nodes.
    pub gateways: Vec<(NodeId, Id<VpcEndpoint>)>,
    /// Of each endpoint service, by index: sorted nodes of every target behind it.
    pub(crate) behind: Vec<Vec<NodeId>>,
    /// What a row that was taken is worth telling, by row: targets that are sick, or in another zone.
    pub notes: Vec<(u32, Code)>,
    /// The tables of every set of groups that an interface has.
    pub(crate) groups: Vec<GroupTables>,
    /// Health checks of targets that are said or taken to be healthy, by the row that offers the target.
    pub checks: Vec<(u32, HealthCheck)>,
    /// Of each of them, whether it is stopped on its way: worked out when it is first asked.
    #[serde(skip)]
    pub(crate) stopped: Vec<OnceLock<bool>>,
}

/// A health check: a TCP connection from a node of a load balancer to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HealthCheck {
    /// The node's interface.
    pub from: Id<Interface>,
    /// The target group.
    pub group: Id<TargetGroup>,
    /// The node's address.
    pub src: Address,
    /// The target's address.
    pub dst: Address,
    /// The port that is checked.
    pub port: u16,
}

/// Where a load balancer's health checks start.
pub const HEALTH_CHECK: u8 = stages::entry::CHECK;
/// Where a source's traffic starts: every host node starts at this entry.
pub const FROM_HOST: u8 = 0;
/// Where traffic from outside a node's subnet enters it: ACL, then group.
pub const FROM_OUTSIDE: u8 = 2;
/// Where traffic arrives at a host of a site.
pub const AT_SITE: u8 = stages::entry::ARRIVE;

/// The tag of traffic that comes by PrivateLink: no group has it.
pub(crate) const PRIVATE_LINK: u32 = u32::MAX;

/// The tag of what an interface of a VPC passes on to a NAT gateway for others: no group has it.
pub(crate) const BROUGHT: u32 = u32::MAX - 1;
const _: () = assert!(BROUGHT != PRIVATE_LINK, "no tag stands for two");

/// The security group that a tag stands for, in words.
#[must_use]
pub fn tag_name(network: &Network, tag: u32) -> String {
    if let Some((_, subnet)) =
        public_access::tagged(tag).and_then(|n| network.subnets.iter().nth(n))
    {
        return format!("subnet {}", subnet.name);
    }
    let carried = |tag| transit::carried(tag) as usize;
    let tag = carried(tag);
    let seen = network.groups.iter().nth(tag).map(|(_, g)| &g.name);
    let unseen = || network.unseen.iter().nth(tag - network.groups.len());
    match seen.or_else(|| unseen().map(|(_, u)| &u.name)) {
        Some(name) => format!("group {name}"),
        None if tag == carried(BROUGHT) => "what others send".to_owned(),
        None => "PrivateLink".to_owned(),
    }
}

/// Compiles. Cannot fail: what is unseen becomes a reservation or an opaque node.
#[must_use]
pub fn compile(network: &Network) -> Compiled {
    compile::compile(network)
}

impl Compiled {
    /// With what a snapshot leaves out, because it is soon worked out again.
    #[must_use]
    pub(crate) fn completed(mut self, network: &Network) -> Self {
        self.own_names = names::OwnNames::new(network);
        self.stopped = vec![OnceLock::new(); self.checks.len()];
        self
    }

    /// Whether services of a Region have their public edges in it.
    #[must_use]
    pub fn has_region(&self, region: &str) -> bool {
        self.regions.iter().any(|r| r == region)
    }

    /// The node of an interface.
    #[must_use]
    pub fn node_of(&self, interface: Id<Interface>) -> NodeId {
        self.interfaces
            .get(interface.index())
            .copied()
            .unwrap_or(NONE)
    }

    /// What taking a row is worth telling.
    pub fn notes_of(&self, row: u32) -> impl Iterator<Item = Code> {
        let first = self.notes.partition_point(|(r, _)| *r < row);
        let notes = self.notes.iter().skip(first);
        notes.take_while(move |(r, _)| *r == row).map(|(_, c)| *c)
    }

    /// Whether the health check of the target that a row offers is stopped on its way, which hangs
    /// on the network alone: `walk` is asked once.
    pub(crate) fn check_stopped(&self, row: u32, walk: impl Fn(&HealthCheck) -> bool) -> bool {
        let at = self.checks.binary_search_by_key(&row, |(r, _)| *r).ok();
        let found = at.and_then(|at| self.checks.get(at).zip(self.stopped.get(at)));
        found.is_some_and(|((_, check), stopped)| *stopped.get_or_init(|| walk(check)))
    }

    /// The nodes that stand for an AWS service: its public edge in that Region, and every gateway
    /// endpoint of that service and Region.
    #[must_use]
    pub fn edges_of_service(&self, region: &str, service: &str) -> Vec<NodeId> {
        let own = self.edges.iter();
        let own = own.filter(|((r, s), _)| r == region && s == service);
        own.map(|(_, n)| *n).collect()
    }

    /// The node of a host of a site by its address: its own if it is declared, else the site's.
    #[must_use]
    pub fn site_host(&self, site: Id<Site>, ip: IpAddr) -> NodeId {
        let node = self.host(Host::Site(site));
        let own = self
            .site_hosts
            .iter()
            .find(|(s, a, _)| *s == node && *a == bits(ip));
        own.map_or(node, |(_, _, host)| *host)
    }

    /// The node of a host of a site, of the internet, or of a VPC without an interface.
    #[must_use]
    pub fn host(&self, host: Host) -> NodeId {
        let (list, index) = match host {
            Host::Site(id) => (&self.sites, id.index()),
            Host::Vpc(id) => (&self.strangers, id.index()),
            Host::ClientVpn(id) => (&self.client_vpns, id.index()),
            Host::Internet(Some(id)) => (&self.internet_hosts, id.index()),
            Host::Internet(None) => return self.internet,
        };
        list.get(index).copied().unwrap_or(NONE)
    }
}

/// A source or destination without an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A host of a site, at any address.
    Site(Id<Site>),
    /// A client of a Client VPN endpoint.
    ClientVpn(Id<ClientVpn>),
    /// A host in a VPC: its group steps are skipped.
    Vpc(Id<Vpc>),
    /// A declared host of the internet, or any other.
    Internet(Option<Id<InternetHost>>),
}

/// An address as the fabric has it.
#[must_use]
pub fn bits(ip: impl Into<Address>) -> Address {
    ip.into()
}
