//! What to ask of a network.

use super::Maker;
use reachability::model::{ClientVpn, Id, Interface};
use std::net::IpAddr;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// An interface, by its place in the draft, from its primary address.
    Interface(Id<Interface>),
    /// A client of a Client VPN endpoint, by its place in the draft.
    Client(Id<ClientVpn>, IpAddr),
    /// A host of the site.
    Site(IpAddr),
    /// A host of the internet.
    Internet(IpAddr),
}

/// A packet that someone asks about.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Who sends.
    pub sender: Sender,
    /// The same by name: `v0/h3`, `v1/i7`, `site/desk`, `host`.
    pub from: String,
    /// To whom.
    pub to: IpAddr,
    /// IP protocol number.
    pub protocol: u8,
    /// The client's port; zero for protocols without ports.
    pub client_port: u16,
    /// The port asked for; zero for protocols without ports.
    pub port: u16,
}

impl Maker<'_> {
    pub(super) fn flow(&mut self) -> Flow {
        let within: usize = self.senders.iter().map(|(weight, ..)| weight).sum();
        let all = self.senders.iter().map(|(weight, sender, name)| {
            // Hosts outside together are a fifth of all.
            let weight = if *weight == 0 { within / 8 } else { *weight };
            (weight, (*sender, name.clone()))
        });
        let (sender, from) = self.genes.weigh(&all.collect::<Vec<_>>());
        // What makes no sense to ask: private addresses from the internet, the site's own and a
        // host's services from the site.
        let sensible = |ip: &std::net::Ipv4Addr| match sender {
            Sender::Interface(_) | Sender::Client(..) => true,
            Sender::Site(_) => !ip.is_link_local() && !ip.to_string().starts_with("192.168."),
            Sender::Internet(_) => ip.octets()[..3] == [203, 0, 113],
        };
        let goals = self.goals.iter().copied();
        let goals = goals.filter(|(_, ip)| sensible(ip));
        let to = self.genes.weigh(&goals.collect::<Vec<_>>());
        let protocol = self.genes.weigh(&[(86, 6), (10, 17), (3, 1), (1, 47)]);
        let hosted = to.is_link_local() || to.octets()[3] < 9;
        let port = if hosted {
            self.genes.pick(&[80, 53, 53, 123, 443, 1688])
        } else {
            let ports = [(80, 443), (8, 8080), (6, 53), (3, 22), (3, 40_000)];
            self.genes.weigh(&ports)
        };
        let client_port = 1024 + u16::try_from(self.genes.below(64_512)).unwrap();
        let ports = protocol == 6 || protocol == 17;
        Flow {
            sender,
            from,
            to: IpAddr::V4(to),
            protocol,
            client_port: if ports { client_port } else { 0 },
            port: if ports { port } else { 0 },
        }
    }

    /// From the site to the second one, if there is one.
    pub(super) fn to_the_branch(&self) -> Option<Flow> {
        let to = self.branch?;
        let mut sites = self.senders.iter();
        let (_, sender, from) = sites.find(|(_, s, _)| matches!(s, Sender::Site(_)))?;
        Some(Flow {
            sender: *sender,
            from: from.clone(),
            to: IpAddr::V4(to),
            protocol: 6,
            client_port: 40_000,
            port: 443,
        })
    }
}
