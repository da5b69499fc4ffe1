//! Addresses that the scenario leaves to AWS.
//!
//! AWS picks any free address; here it is the lowest, so that two runs agree. Everything that is
//! written is reserved first, so a line further down never collides with a choice further up.

use super::super::tree::Span;
use super::{Inside, Lower};
use crate::diagnostic::Diagnostic;
use crate::model::{Id, Interface};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An interface whose addresses are not settled.
pub(super) struct Pending {
    pub(super) interface: Id<Interface>,
    /// Whether it gets an IPv4 address where none is written, if its subnet has some.
    pub(super) v4: bool,
    /// Whether it gets an IPv6 address where none is written.
    pub(super) v6: WantsV6,
    /// Public address of the primary, once it has one.
    pub(super) public: Option<Ipv4Addr>,
    pub(super) span: Span,
}

/// Whether an interface gets an IPv6 address that is not written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WantsV6 {
    /// It asks for one.
    Yes,
    /// As a node of AWS's own: whether its subnet has any is checked with its owner.
    AsNode,
    /// In an IPv6-only subnet: it has no other.
    IfAlone,
    /// Never.
    No,
}

/// The blocks of a subnet.
type Blocks = (Option<Ipv4Net>, Option<Ipv6Net>);

impl Lower<'_> {
    /// Settles the addresses of a VPC's interfaces, in the order of the file.
    pub(super) fn assign_addresses(&mut self, inside: Inside<'_>, pending: Vec<Pending>) {
        let subnets: HashMap<String, Blocks> = self
            .draft
            .subnets
            .iter()
            .filter(|(_, s)| s.vpc.text == inside.name)
            .flat_map(|(_, s)| {
                std::iter::once(&s.name)
                    .chain(&s.id)
                    .map(|n| (inside.full(n), (s.cidr, s.ipv6)))
            })
            .collect();
        let written = pending.iter();
        let written = written.flat_map(|p| self.draft.interfaces[p.interface].addresses());
        let mut free = Free {
            used: written.collect(),
            next: HashMap::new(),
        };
        for p in pending {
            let interface = &self.draft.interfaces[p.interface];
            let (at, subnet) = (
                inside.full(&interface.name),
                interface.subnet.text.to_owned(),
            );
            let Some((v4, v6)) = subnets.get(subnet.as_str()).copied() else {
                continue;
            };
            let wants_v6 = match p.v6 {
                WantsV6::Yes | WantsV6::AsNode => true,
                WantsV6::IfAlone => v4.is_none(),
                WantsV6::No => false,
            };
            let wanted = [
                v4.map(IpNet::V4)
                    .filter(|_| p.v4 && interface.ips.is_empty()),
                v6.map(IpNet::V6)
                    .filter(|_| wants_v6 && interface.ipv6.is_empty()),
            ];
            let found = |code, message| Diagnostic::error(code, &at, &p.span.origin(), message);
            if p.v6 == WantsV6::Yes && v6.is_none() {
                let text = format!("`{at}` wants an IPv6 address, and `{subnet}` has none");
                let help = "give the subnet an IPv6 block: `ipv6`";
                self.out.push(found("subnet-without-ipv6", text).help(help));
            }
            let mut chosen = Vec::new();
            for net in wanted.into_iter().flatten() {
                match free.lowest(net) {
                    Some(ip) => chosen.push(ip),
                    None => {
                        let text = format!("`{subnet}` has no free address for `{at}`");
                        self.out.push(found("subnet-full", text));
                    }
                }
            }
            let Some(interface) = self.draft.interfaces.get_mut(p.interface) else {
                continue;
            };
            for ip in chosen {
                match ip {
                    IpAddr::V4(ip) => interface.ips.push(ip),
                    IpAddr::V6(ip) => interface.ipv6.push(ip),
                }
            }
            match (interface.ips.first().copied(), p.public) {
                (Some(private), Some(public)) => interface.public.push((private, public)),
                (None, Some(public)) if v4.is_none() => {
                    let text = format!(
                        "`{public}` stands for a private IPv4 address, and `{at}` has none: `{subnet}` is IPv6-only"
                    );
                    self.out.push(found("public-address-without-ipv4", text));
                }
                _ => {}
            }
        }
    }
}

/// What is taken, and where to look on.
struct Free {
    used: HashSet<IpAddr>,
    next: HashMap<IpNet, u128>,
}

impl Free {
    /// The lowest free address of a subnet. The first four and the last are AWS's
    /// (`/vpc/latest/userguide/subnet-sizing.html`).
    fn lowest(&mut self, net: IpNet) -> Option<IpAddr> {
        let (first, last) = (bits(net.network()), bits(net.broadcast()));
        let from = self.next.entry(net).or_insert(first.saturating_add(4));
        let ip = |bits: u128| match net {
            IpNet::V4(_) => u32::try_from(bits).ok().map(|b| Ipv4Addr::from(b).into()),
            IpNet::V6(_) => Some(Ipv6Addr::from(bits).into()),
        };
        while *from < last {
            let found = ip(*from)?;
            *from += 1;
            if self.used.insert(found) {
                return Some(found);
            }
        }
        None
    }
}

fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}
