//! What is asked, and what it dials.

use super::request::Wanted;
use crate::aws::{Compiled, Host, Viewer};
use crate::code::Code;
use crate::fabric::{Address, NodeId};
use crate::model::{Id, Interface, Network, Role, Vpc};
use smallvec::{SmallVec, smallvec};
use std::net::IpAddr;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum From {
    /// An interface of the input, from its primary address of either family.
    Interface(Id<Interface>),
    /// An interface of the input, from another of its addresses.
    Address(Id<Interface>, IpAddr),
    /// A host without an interface, at an address.
    Host(Host, IpAddr),
}

impl From {
    /// Its VPC, if it is in one.
    #[must_use]
    pub fn vpc(&self, network: &Network) -> Option<Id<Vpc>> {
        match *self {
            From::Interface(id) | From::Address(id, _) => network.vpc_of(id),
            From::Host(Host::Vpc(id), _) => Some(id),
            From::Host(Host::Site(_) | Host::ClientVpn(_) | Host::Internet(_), _) => None,
        }
    }

    /// Whose names it sees.
    #[must_use]
    pub fn viewer(&self, network: &Network) -> Viewer {
        match *self {
            From::Host(Host::Site(id), _) => Viewer::Site(id),
            From::Interface(id) | From::Address(id, _) => match self.vpc(network) {
                Some(vpc) => Viewer::Vpc(vpc, network.interfaces[id].subnet.id()),
                None => {
                    let subnet = &network.interfaces[id].subnet;
                    let vpc = subnet.id().and_then(|s| network.subnets[s].vpc.unseen());
                    let unseen = vpc.or_else(|| subnet.unseen());
                    unseen.map_or(Viewer::Internet, Viewer::Unseen)
                }
            },
            From::Host(Host::Vpc(vpc), ip) => Viewer::Vpc(vpc, network.subnet_with(vpc, ip)),
            From::Host(..) => Viewer::Internet,
        }
    }

    /// Whoever has an address of a VPC: the interface that has it, or a host without one.
    #[must_use]
    pub fn in_vpc(network: &Network, vpc: Id<Vpc>, ip: IpAddr) -> Self {
        let own = network.holder_in(Some(vpc), ip);
        own.map_or(From::Host(Host::Vpc(vpc), ip), |id| {
            Self::at(network, id, ip)
        })
    }

    /// An interface, from this address of it.
    #[must_use]
    pub fn at(network: &Network, id: Id<Interface>, ip: IpAddr) -> Self {
        let own = &network.interfaces[id];
        if own.addresses().next() == Some(ip) && (own.ips.is_empty() || own.ipv6.is_empty()) {
            From::Interface(id)
        } else {
            From::Address(id, ip)
        }
    }

    /// Its node.
    #[must_use]
    pub fn node(&self, compiled: &Compiled) -> NodeId {
        match *self {
            From::Interface(id) | From::Address(id, _) => compiled.node_of(id),
            From::Host(Host::Site(site), ip) => compiled.site_host(site, ip),
            From::Host(host, _) => compiled.host(host),
        }
    }

    /// The addresses it sends from, one a family.
    #[must_use]
    pub fn addresses(&self, network: &Network) -> SmallVec<[IpAddr; 2]> {
        match *self {
            From::Interface(id) => {
                let own = &network.interfaces[id];
                let v4 = own.ips.first().copied().map(IpAddr::V4);
                let v6 = own.ipv6.first().copied().map(IpAddr::V6);
                v4.into_iter().chain(v6).collect()
            }
            From::Host(Host::Internet(Some(id)), _) => {
                network.internet_hosts[id].addresses().collect()
            }
            From::Address(_, ip) | From::Host(_, ip) => smallvec![ip],
        }
    }

    /// The addresses that it has itself: what it sends there never leaves its host.
    #[must_use]
    pub fn own(&self, network: &Network) -> SmallVec<[Address; 4]> {
        match *self {
            From::Interface(id) | From::Address(id, _) => {
                let own = network.interfaces[id].addresses();
                own.map(Address::from).collect()
            }
            From::Host(..) => self
                .addresses(network)
                .into_iter()
                .map(Address::from)
                .collect(),
        }
    }

    /// Whether what it sends to an address never leaves its host. One that does not run sends nothing
    /// at all.
    #[must_use]
    pub fn keeps(&self, network: &Network, to: Address) -> bool {
        let runs = || match *self {
            From::Interface(id) | From::Address(id, _) => network.out_of_service(id).is_none(),
            From::Host(..) => true,
        };
        self.own(network).contains(&to) && runs()
    }

    /// The address it sends to this one from: one of the same family.
    #[must_use]
    pub fn toward(&self, network: &Network, to: Address) -> Option<Address> {
        let mut own = self.addresses(network).into_iter().map(Address::from);
        own.find(|a| a.is_v4() == to.is_v4())
    }

    /// Its client ports where nobody pins them (semantics 2.2).
    #[must_use]
    pub fn client_ports(&self, network: &Network) -> (u16, u16) {
        let os = match *self {
            From::Interface(id) | From::Address(id, _) => match &network.interfaces[id].role {
                Role::Instance(r) => r.id().map(|i| network.instances[i].os),
                _ => None,
            },
            From::Host(Host::Internet(Some(id)), _) => Some(network.internet_hosts[id].os),
            From::Host(..) => None,
        };
        os.unwrap_or(crate::model::Os::Any).client_ports()
    }

    /// Its name, for people.
    #[must_use]
    pub fn name(&self, network: &Network) -> String {
        match *self {
            From::Interface(id) => network.interface_name(id),
            From::Address(id, ip) => format!("{} {ip}", network.interface_name(id)),
            From::Host(Host::Internet(Some(id)), _) => network.internet_hosts[id].name.clone(),
            From::Host(Host::Internet(None), ip) => format!("internet {ip}"),
            From::Host(Host::ClientVpn(id), ip) => {
                let vpn = &network.client_vpns[id];
                let vpc = vpn.vpc.id().map_or("", |v| network.vpcs[v].name.as_str());
                format!("{vpc}/{} {ip}", vpn.name)
            }
            From::Host(Host::Vpc(id), ip) => format!("{} {ip}", network.vpcs[id].name),
            From::Host(Host::Site(id), ip) => {
                let site = &network.sites[id];
                let host = site.hosts.iter().find(|(_, a)| *a == ip);
                match host {
                    Some((name, _)) => format!("{}/{name}", site.name),
                    None => format!("{} {ip}", site.name),
                }
            }
        }
    }
}

/// A question as it is put.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Who sends.
    pub from: From,
    /// The destination's words, e.g. `https://orders.example.com`.
    pub to: String,
    /// IP protocol, where the words do not say.
    pub protocol: Option<u8>,
    /// Destination port, where the words do not say.
    pub port: Option<u16>,
    /// Client ports, where they are pinned.
    pub client_ports: Option<(u16, u16)>,
}

impl Ask {
    /// A question whose destination says the rest.
    #[must_use]
    pub fn new(from: From, to: impl Into<String>) -> Self {
        Self {
            from,
            to: to.into(),
            protocol: None,
            port: None,
            client_ports: None,
        }
    }
}

/// What a destination dials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Target {
    /// The name to resolve, if it is a name.
    pub name: Option<String>,
    /// Addresses, if it is none.
    pub addresses: Vec<Address>,
    /// Destination port; for ICMP, type and code.
    pub port: u16,
    /// IP protocol.
    pub proto: u8,
    /// Sorted nodes that stand for the destination; `None`: wherever routing takes it.
    pub accept: Option<Vec<NodeId>>,
    /// Nothing to dial: why.
    pub nothing: Option<(Code, String)>,
    /// What it takes for granted.
    pub assumes: Vec<Code>,
    /// What is asked of an AWS service there.
    pub request: Option<Wanted>,
}
