//! Interfaces by their addresses, so that asking who has one of many thousands looks at few.

use super::{Draft, Id, Interface, Network, Vpc};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Who has which address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Holders {
    /// Sorted.
    #[serde(with = "crate::fixed")]
    alone: Vec<(IpAddr, Id<Interface>)>,
    /// Those that have blocks too.
    #[serde(with = "crate::fixed")]
    with_blocks: Vec<Id<Interface>>,
}

impl Holders {
    pub(super) fn new(draft: &Draft) -> Self {
        let all = || draft.interfaces.iter();
        let addresses = all().flat_map(|(id, i)| i.addresses().map(move |ip| (ip, id)));
        let mut alone: Vec<_> = addresses.collect();
        alone.sort_unstable();
        let with_blocks = all().filter(|(_, i)| !i.prefixes.is_empty());
        Self {
            alone,
            with_blocks: with_blocks.map(|(id, _)| id).collect(),
        }
    }
}

impl Network {
    /// The interfaces that have an address, of themselves or in a block, in the order of the input.
    #[must_use]
    pub fn holders(&self, ip: IpAddr) -> Vec<Id<Interface>> {
        let Holders { alone, with_blocks } = &self.holders;
        let first = alone.partition_point(|(own, _)| *own < ip);
        let alone = alone.iter().skip(first).take_while(|(own, _)| *own == ip);
        let mut all: Vec<Id<Interface>> = alone.map(|(_, id)| *id).collect();
        let with_blocks = with_blocks.iter().copied();
        all.extend(with_blocks.filter(|id| self.interfaces[*id].has(ip)));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The first interface of a VPC that has an address.
    #[must_use]
    pub fn holder_in(&self, vpc: Option<Id<Vpc>>, ip: IpAddr) -> Option<Id<Interface>> {
        let mut all = self.holders(ip).into_iter();
        all.find(|id| self.vpc_of(*id) == vpc)
    }
}
