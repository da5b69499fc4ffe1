//! What is known of addresses: whose they are, as far as a host can be told.

use super::ranges::Ranges;
use super::special::special;
use crate::model::{Id, Network, Role, Vpc};
use ipnet::IpNet;
use std::net::IpAddr;

/// Whose an address is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// An interface of this endpoint of the scenario.
    Endpoint(String),
    /// Another interface of the scenario.
    Interface(String),
    /// In a block of these VPCs of the scenario, and of no interface that it gives.
    Vpc(String),
    /// In a block of this on-premises network of the scenario.
    Site(String),
    /// A public address that the scenario gives to this.
    Given(String),
    /// Private, and of nothing that is known.
    Private(&'static str),
    /// In a range that AWS publishes: of these services, in this Region.
    Published {
        /// e.g. `S3`; `AMAZON`: of no service by name.
        services: String,
        /// e.g. `us-east-1`.
        region: String,
    },
    /// Of special purpose, neither private nor public: which.
    Special(&'static str),
    /// Any other public address.
    Public,
}

/// What is known of addresses.
#[derive(Clone, Debug, Default)]
pub struct Known {
    ranges: Ranges,
    hosts: Vec<(IpAddr, Option<Id<Vpc>>, Class)>,
    blocks: Vec<(IpNet, Option<Id<Vpc>>, Class)>,
    home: Option<Id<Vpc>>,
}

impl Class {
    /// Whether traffic to it stays in private address space: what a private answer is.
    #[must_use]
    pub fn is_private(&self) -> bool {
        match self {
            Class::Endpoint(_) | Class::Interface(_) | Class::Vpc(_) => true,
            Class::Site(_) | Class::Private(_) => true,
            Class::Given(_) | Class::Published { .. } | Class::Special(_) | Class::Public => false,
        }
    }

    /// Whether it is public.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !self.is_private() && !matches!(self, Class::Special(_))
    }

    /// The stable word of its kind.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Class::Endpoint(_) => "endpoint",
            Class::Interface(_) => "interface",
            Class::Vpc(_) => "vpc",
            Class::Site(_) => "site",
            Class::Given(_) => "given",
            Class::Private(_) => "private",
            Class::Published { .. } => "published",
            Class::Special(_) => "special",
            Class::Public => "public",
        }
    }

    /// In words: `endpoint consumer/orders`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Class::Endpoint(name) => format!("endpoint {name}"),
            Class::Interface(name) => format!("interface {name}"),
            Class::Vpc(name) => format!("in VPC {name}"),
            Class::Site(name) => format!("in on-premises network {name}"),
            Class::Given(name) => format!("public, of {name}"),
            Class::Private(what) | Class::Special(what) => (*what).to_owned(),
            Class::Published { services, region } if services == "AMAZON" => {
                format!("public, AWS {region}")
            }
            Class::Published { services, region } => format!("public, AWS {services} {region}"),
            Class::Public => "public".to_owned(),
        }
    }
}

impl Known {
    /// What AWS publishes, and nothing else.
    #[must_use]
    pub fn new(ranges: Ranges) -> Self {
        Self {
            ranges,
            ..Self::default()
        }
    }

    /// What a network knows beside it, as seen from a VPC: where blocks overlap, its own come first.
    #[must_use]
    pub fn with(mut self, network: &Network, home: Option<Id<Vpc>>) -> Self {
        self.home = home;
        for (id, own) in network.interfaces.iter() {
            let name = network.interface_name(id);
            let class = match &own.role {
                Role::Endpoint(endpoint) => match endpoint.id().map(|e| &network.endpoints[e]) {
                    Some(e) => {
                        let vpc = e.vpc.id().map_or("", |v| network.vpcs[v].name.as_str());
                        Class::Endpoint(format!("{vpc}/{}", e.name))
                    }
                    None => Class::Endpoint(name),
                },
                _ => Class::Interface(name),
            };
            let vpc = network.vpc_of(id);
            let public = own.public.iter().map(|(_, ip)| {
                let class = Class::Given(network.interface_name(id));
                (IpAddr::V4(*ip), None, class)
            });
            self.hosts.extend(public);
            let own = own.addresses().map(|ip| (ip, vpc, class.clone()));
            self.hosts.extend(own);
        }
        for (id, vpc) in network.vpcs.iter() {
            let blocks = vpc.cidrs.iter().copied().map(IpNet::V4);
            let blocks = blocks.chain(vpc.ipv6.iter().copied().map(IpNet::V6));
            let class = Class::Vpc(vpc.name.clone());
            let blocks = blocks.map(|b| (b, Some(id), class.clone()));
            self.blocks.extend(blocks);
        }
        for (_, site) in network.sites.iter() {
            for (name, ip) in &site.hosts {
                let class = Class::Interface(format!("{}/{name}", site.name));
                self.hosts.push((*ip, None, class));
            }
            let class = Class::Site(site.name.clone());
            let blocks = site.cidrs.iter().map(|b| (*b, None, class.clone()));
            self.blocks.extend(blocks);
        }
        let hosts = network.internet_hosts.iter();
        let hosts = hosts.flat_map(|(_, h)| h.addresses().map(|ip| (ip, h.name.clone())));
        let aws = network.aws_addresses.iter();
        let aws = aws.flat_map(|(name, all)| all.iter().map(|ip| (*ip, name.clone())));
        let given = hosts.chain(aws);
        let given = given.map(|(ip, name)| (ip, None, Class::Given(name)));
        self.hosts.extend(given);
        self
    }

    /// Whose an address is.
    #[must_use]
    pub fn class(&self, address: IpAddr) -> Class {
        let host = nearest(self.home, &self.hosts, |own| *own == address);
        let block = || nearest(self.home, &self.blocks, |b| b.contains(&address));
        host.or_else(block)
            .unwrap_or_else(|| self.elsewhere(address))
    }

    /// Whose an address is that the scenario does not name.
    fn elsewhere(&self, address: IpAddr) -> Class {
        match (special(address), self.ranges.of(address)) {
            (Some((what, true)), _) => Class::Private(what),
            (Some((what, false)), _) => Class::Special(what),
            (None, Some((services, region))) => Class::Published {
                services: services.join(" "),
                region: region.to_owned(),
            },
            (None, None) => Class::Public,
        }
    }

    /// Whether it is known which host of a scenario this machine is.
    pub(super) fn has_home(&self) -> bool {
        self.home.is_some()
    }

    /// Whether there are published ranges to tell services by.
    #[must_use]
    pub fn has_ranges(&self) -> bool {
        !self.ranges.is_empty()
    }
}

/// Of those that an address may be of, the home VPC's; several others of VPCs together, as nobody
/// can say which.
fn nearest<T>(
    home: Option<Id<Vpc>>,
    all: &[(T, Option<Id<Vpc>>, Class)],
    is: impl Fn(&T) -> bool,
) -> Option<Class> {
    let found: Vec<_> = all.iter().filter(|(own, ..)| is(own)).collect();
    let own = found
        .iter()
        .find(|(_, vpc, _)| vpc.is_some() && *vpc == home);
    if let Some((_, _, class)) = own {
        return Some(class.clone());
    }
    let (_, _, first) = found.first()?;
    let mut names: Vec<String> = Vec::new();
    for (_, _, class) in &found {
        let (Class::Endpoint(name) | Class::Interface(name) | Class::Vpc(name) | Class::Site(name)) =
            class
        else {
            return Some(class.clone());
        };
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let names = names.join(" or ");
    Some(match first {
        Class::Endpoint(_) => Class::Endpoint(names),
        Class::Interface(_) => Class::Interface(names),
        Class::Vpc(_) => Class::Vpc(names),
        _ => Class::Site(names),
    })
}
