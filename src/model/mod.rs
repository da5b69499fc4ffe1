//! AWS's nouns, validated: no evaluation, no text, no I/O.
//!
//! Both doors (scenario text, imported JSON) fill a [`Draft`], whose nouns name each other by
//! [`Ref`]. [`build`] looks every name up, checks what AWS would not allow, and is the only way to
//! a [`Network`], kept in a snapshot or not: whoever holds one holds resolved references.

mod balancer;
mod build;
pub mod catalog;
mod client_vpn;
mod component;
mod dns;
mod down;
mod encryption;
mod family;
mod filter;
mod global_name;
mod holders;
mod hops;
mod id;
mod listing;
mod origin;
mod policy;
mod refs;
mod region;
mod route;
mod service;
mod switch;
mod transit;
mod vpc;

pub use balancer::*;
pub(crate) use build::Noun;
pub use build::{Built, build};
pub use client_vpn::ClientVpn;
pub use component::{Component, Components, component};
pub use dns::*;
pub use down::{Down, Part};
pub use encryption::{EncryptionControls, Excludable};
pub use family::*;
pub use filter::*;
pub use id::{Arena, Id};
pub use listing::Listing;
pub use origin::{File, Files, Origin, Stamp};
pub use policy::{
    AccessPoint, Condition, Document, Effect, Operator, Patterns, Policy, Principal, Principals,
    Resource, Shape, Statement, Test, policy_of, read as read_policy,
};
pub use refs::{Fact, Gap, Meaning, Ref, Unseen, Why};
pub use region::{is_region, partition, zone_prefix};
pub use route::*;
pub use service::*;
pub use switch::{About, SWITCHES, Switch, switch};
pub use transit::*;
pub use vpc::*;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

/// Whether what the input does not say does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum World {
    /// A scenario: what it does not say is AWS's default.
    #[default]
    Closed,
    /// An import: what it does not say is not known.
    Open,
}

/// Everything an input says, nouns naming each other by words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(
    missing_docs,
    reason = "each field is the list of the nouns it is named after"
)]
pub struct Draft {
    pub world: World,
    /// Default Region of destinations such as `s3`.
    pub region: String,
    /// Further Regions that questions are about.
    pub regions: Vec<String>,
    pub vpcs: Arena<Vpc>,
    pub subnets: Arena<Subnet>,
    pub tables: Arena<RouteTable>,
    pub groups: Arena<SecurityGroup>,
    pub acls: Arena<NetworkAcl>,
    pub interfaces: Arena<Interface>,
    pub instances: Arena<Instance>,
    pub internet_gateways: Arena<InternetGateway>,
    pub egress_only_gateways: Arena<EgressOnlyGateway>,
    pub nat_gateways: Arena<NatGateway>,
    pub regional_nats: Arena<RegionalNat>,
    pub vpn_gateways: Arena<VpnGateway>,
    pub peerings: Arena<Peering>,
    pub transit_gateways: Arena<TransitGateway>,
    pub transit_tables: Arena<TransitTable>,
    pub attachments: Arena<TransitAttachment>,
    pub sites: Arena<Site>,
    pub connections: Arena<Connection>,
    pub internet_hosts: Arena<InternetHost>,
    pub prefix_lists: Arena<PrefixList>,
    pub endpoints: Arena<VpcEndpoint>,
    pub services: Arena<EndpointService>,
    pub load_balancers: Arena<LoadBalancer>,
    pub target_groups: Arena<TargetGroup>,
    pub zones: Arena<HostedZone>,
    pub client_vpns: Arena<ClientVpn>,
    pub resolver_endpoints: Arena<ResolverEndpoint>,
    pub rules: Arena<ResolverRule>,
    pub profiles: Arena<Profile>,
    pub name_servers: Arena<NameServer>,
    /// Records of the public DNS, outside every zone of the input.
    pub public_records: Vec<Record>,
    /// AWS-managed prefix lists, of one family each: `((region, name), blocks)`.
    pub aws_lists: Vec<((String, String), Vec<IpNet>)>,
    /// Public addresses of AWS's names: `(name, addresses)`.
    pub aws_addresses: Vec<(String, Vec<IpAddr>)>,
    pub buckets: Arena<Resource>,
    pub access_points: Arena<AccessPoint>,
    pub dynamodb_tables: Arena<Resource>,
    pub principals: Arena<Principal>,
    /// Policies by name, and those written where they are attached.
    pub policies: Arena<Policy>,
    /// Organizations of accounts: `(account, organization)`.
    pub organizations: Vec<(String, String)>,
    /// APIs of API Gateway.
    pub apis: Vec<Api>,
    /// Everything named and not contained, and listings that are missing.
    pub unseen: Arena<Unseen>,
    /// What an import leaves open about nouns that it has.
    pub gaps: HashMap<Gap, Id<Unseen>>,
    /// Public addresses of interfaces that the input does not contain.
    pub unseen_public: Vec<(Ipv4Addr, Id<Unseen>)>,
    /// Listings that an import lacks altogether: absence of a row is then no absence of a thing.
    pub unlisted: Vec<Listing>,
    /// Zones that are down, by id.
    pub down_zones: Vec<(String, Origin)>,
    /// Components that are down.
    pub down: Vec<Down>,
    /// Switches set by the input: `(switch, position)`, semantics S9.
    pub assume: Vec<(String, String)>,
}

/// A validated network: every name is resolved, every subnet has one table and one ACL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    draft: Draft,
    holders: holders::Holders,
    /// Interfaces that are down by name, and the place of what says so in [`Draft::down`].
    lost: HashMap<Id<Interface>, usize>,
}

impl Draft {
    /// Leaves something open about a noun: what is missing, and why. What is said first stands.
    pub fn leave_open(&mut self, gap: Gap, unseen: Unseen) {
        let unseen = self.unseen.push(unseen);
        self.gaps.entry(gap).or_insert(unseen);
    }

    /// Why a listing does not have what is looked for.
    #[must_use]
    pub fn why(&self, listing: Listing) -> Why {
        match self.unlisted.contains(&listing) {
            true => Why::NotListed(listing),
            false => Why::NotAmong(listing),
        }
    }
}

impl std::ops::Deref for Network {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.draft
    }
}

impl Network {
    /// A draft in which everything has been looked up and checked.
    fn new(draft: Draft) -> Self {
        let holders = holders::Holders::new(&draft);
        let down = draft.down.iter().enumerate().rev();
        let lost = down.flat_map(|(at, down)| {
            let all = down.interfaces(&draft).into_iter();
            all.map(move |interface| (interface, at))
        });
        Self {
            holders,
            lost: lost.collect(),
            draft,
        }
    }

    /// The network, for rules of its groups to be changed and nothing else: what else is known of it
    /// does not hang on them. They name what is in it, and in the right Region.
    pub(crate) fn rules_alone(&mut self) -> &mut Draft {
        &mut self.draft
    }

    /// The same network, for questions about a Region that it may not have anything in.
    #[must_use]
    pub fn speaking_of(mut self, region: &str) -> Self {
        self.draft.regions.push(region.to_owned());
        self
    }

    /// What is left open about a noun.
    #[must_use]
    pub fn gap(&self, gap: Gap) -> Option<&Unseen> {
        self.gaps.get(&gap).map(|id| &self.unseen[*id])
    }

    /// `vpc/name` of an interface's owner, or the interface's own name.
    #[must_use]
    pub fn interface_name(&self, id: Id<Interface>) -> String {
        let interface = &self.interfaces[id];
        let vpc = self.vpc_of(id);
        let own = match &interface.role {
            Role::Instance(r) => match r.id() {
                Some(i) if self.instances[i].interfaces.first().and_then(Ref::id) == Some(id) => {
                    &self.instances[i].name
                }
                _ => &interface.name,
            },
            Role::Nat(_)
            | Role::Endpoint(_)
            | Role::LoadBalancer(_)
            | Role::Resolver(_)
            | Role::ClientVpn(_)
            | Role::Plain
            | Role::Other(_) => &interface.name,
        };
        vpc.map_or_else(|| own.clone(), |v| [&self.vpcs[v].name, "/", own].concat())
    }

    /// The state that an endpoint would have if none were stated.
    #[must_use]
    pub fn computed_state(&self, id: Id<VpcEndpoint>) -> Option<EndpointState> {
        build::computed_state(&self.draft, id)
    }

    /// The organization of an account, if the input says.
    #[must_use]
    pub fn organization(&self, account: &str) -> Option<&str> {
        let mut all = self.organizations.iter();
        all.find(|(a, _)| a == account).map(|(_, o)| o.as_str())
    }

    /// Whether an address is one of private networks: of a range set aside for them, of a VPC, or of
    /// a site. An internet-facing load balancer's is not, whatever VPC it is of.
    #[must_use]
    pub fn is_private(&self, ip: IpAddr) -> bool {
        let set_aside = match ip {
            IpAddr::V4(ip) => ip.is_private() || matches!(ip.octets(), [100, 64..=127, ..]),
            IpAddr::V6(ip) => ip.is_unique_local(),
        };
        let vpcs = || self.vpcs.iter().flat_map(|(_, v)| v.blocks());
        let sites = || self.sites.iter().flat_map(|(_, s)| s.cidrs.iter().copied());
        let facing = || {
            let all = self
                .load_balancers
                .iter()
                .filter(|(_, l)| l.internet_facing);
            let mut nodes = all.flat_map(|(_, l)| l.nodes.iter().filter_map(Ref::id));
            ip.is_ipv6() && nodes.any(|node| self.interfaces[node].has(ip))
        };
        set_aside || ((vpcs().chain(sites())).any(|block| block.contains(&ip)) && !facing())
    }

    /// Whether a zone is down.
    #[must_use]
    pub fn is_down(&self, zone: &str) -> bool {
        self.down_zones.iter().any(|(down, _)| down == zone)
    }

    /// Why an interface neither sends nor receives, and what says so: it is down, its zone is, or
    /// its instance does not run.
    #[must_use]
    pub fn out_of_service(&self, id: Id<Interface>) -> Option<(String, &Origin)> {
        let interface = &self.interfaces[id];
        self.lost(id).or_else(|| match &interface.role {
            Role::Instance(r) if r.id().is_some_and(|i| !self.instances[i].running) => {
                let why = format!("{} is not running", interface.name);
                Some((why, &interface.origin))
            }
            _ => None,
        })
    }

    /// The same, of what the scenario takes away: it is down, or its zone is.
    #[must_use]
    pub fn lost(&self, id: Id<Interface>) -> Option<(String, &Origin)> {
        if let Some(down) = self.lost.get(&id).and_then(|at| self.down.get(*at)) {
            return Some((format!("{} is down", down.name), &down.origin));
        }
        let subnet = self.interfaces[id].subnet.id()?;
        let zone = &self.subnets[subnet].zone;
        let mut down = self.down_zones.iter();
        let (_, origin) = down.find(|(down, _)| down == zone)?;
        Some((format!("zone {zone} is down"), origin))
    }

    /// Whether internet gateways refuse the IPv6 addresses of what belongs to this, where its
    /// interface does not say (`/vpc/latest/privatelink/privatelink-access-aws-services.html`).
    #[must_use]
    pub fn denies_igw(&self, role: &Role) -> bool {
        match role {
            Role::Endpoint(_) => true,
            Role::LoadBalancer(r) => {
                let balancer = r.id().map(|l| &self.load_balancers[l]);
                balancer.is_some_and(|l| l.deny_all_igw_traffic)
            }
            _ => false,
        }
    }

    /// The subnet of a VPC that has an address.
    #[must_use]
    pub fn subnet_with(&self, vpc: Id<Vpc>, ip: IpAddr) -> Option<Id<Subnet>> {
        let mut all = self.subnets.iter();
        let own = |s: &Subnet| s.vpc.id() == Some(vpc) && s.blocks().any(|b| b.contains(&ip));
        all.find_map(|(id, s)| own(s).then_some(id))
    }

    /// The VPC of an interface.
    #[must_use]
    pub fn vpc_of(&self, id: Id<Interface>) -> Option<Id<Vpc>> {
        self.subnets[self.interfaces[id].subnet.id()?].vpc.id()
    }
}
