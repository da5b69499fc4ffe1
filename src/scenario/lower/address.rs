//! Addresses that the scenario leaves to AWS.
//!
//! AWS picks any free address; here it is the lowest, so that two runs agree. Everything that is
//! written is reserved first, so a line further down never collides with a choice further up.

use super::super::tree::Span;
use super::{Inside, Lower};
use crate::diagnostic::Diagnostic;
use crate::model::{Id, Interface};
use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;

/// An interface whose addresses are not settled.
pub(super) struct Pending {
    pub(super) interface: Id<Interface>,
    /// Public address of the primary, once it has one.
    pub(super) public: Option<Ipv4Addr>,
    pub(super) span: Span,
}

impl Lower<'_> {
    /// Settles the addresses of a VPC's interfaces, in the order of the file.
    pub(super) fn assign_addresses(&mut self, inside: Inside<'_>, pending: Vec<Pending>) {
        let subnets: HashMap<String, ipnet::Ipv4Net> = self
            .draft
            .subnets
            .iter()
            .filter(|(_, s)| s.vpc.text == inside.name)
            .flat_map(|(_, s)| {
                std::iter::once(&s.name)
                    .chain(&s.id)
                    .filter_map(|n| Some((inside.full(n), s.cidr?)))
            })
            .collect();
        let mut used: HashSet<u32> = pending
            .iter()
            .flat_map(|p| &self.draft.interfaces[p.interface].ips)
            .map(|ip| u32::from(*ip))
            .collect();
        let mut next: HashMap<String, u32> = HashMap::new();
        for p in pending {
            let interface = &self.draft.interfaces[p.interface];
            let mut chosen = interface.ips.first().copied();
            let mut full = None;
            if let (None, Some(net)) = (chosen, subnets.get(&interface.subnet.text)) {
                // The first four and the last are AWS's: /vpc/latest/userguide/subnet-sizing.html.
                let end = u32::from(net.broadcast());
                let from = next
                    .entry(interface.subnet.text.clone())
                    .or_insert_with(|| u32::from(net.network()).saturating_add(4));
                while *from < end && used.contains(from) {
                    *from += 1;
                }
                if *from < end {
                    used.insert(*from);
                    chosen = Some(Ipv4Addr::from(*from));
                } else {
                    full = Some((inside.full(&interface.name), interface.subnet.text.clone()));
                }
            }
            if let Some((at, subnet)) = full {
                let message = format!("`{subnet}` has no free address for `{at}`");
                self.out.push(Diagnostic::error(
                    "subnet-full",
                    at,
                    &p.span.origin(),
                    message,
                ));
            }
            let Some(interface) = self.draft.interfaces.get_mut(p.interface) else {
                continue;
            };
            if interface.ips.is_empty() {
                interface.ips.extend(chosen);
            }
            if let (Some(private), Some(public)) = (chosen, p.public) {
                interface.public.push((private, public));
            }
        }
    }
}
