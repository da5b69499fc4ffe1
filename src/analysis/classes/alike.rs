//! Senders that nothing tells apart: of one class, nobody else has an address of theirs, and policies
//! see their addresses alike.

use super::conditions::conditions;
use super::looked::Looked;
use super::owned::Owned;
use super::sights::sights;
use super::tables::Tables;
use super::{ClassId, Classes};
use crate::answer::{Footprint, From};
use crate::aws::Compiled;
use crate::model::{Id, Interface, Network};
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// Which senders cannot differ.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Alike {
    /// Of each interface its class, if it is one of many all the same.
    of: Vec<Option<ClassId>>,
}

impl Alike {
    pub(in crate::analysis) fn new(network: &Network, compiled: &Compiled) -> Self {
        Senders::new(network, compiled).alike(&Looked::everywhere())
    }

    /// The class of a sender; none: it is like nobody else.
    pub(in crate::analysis) fn of(&self, from: &From) -> Option<ClassId> {
        match *from {
            From::Interface(id) => self.of.get(id.index()).copied().flatten(),
            From::Address(..) | From::Host(..) => None,
        }
    }

    /// Senders that cannot differ, together, in the order of the first; `key` parts them further.
    pub(in crate::analysis) fn together<K: Eq + Hash>(
        &self,
        all: &[From],
        key: impl Fn(Id<Interface>) -> K,
    ) -> Vec<Vec<From>> {
        let mut out: Vec<Vec<From>> = Vec::new();
        let mut known: FxHashMap<(ClassId, K), usize> = FxHashMap::default();
        for from in all {
            let at = match (*from, self.of(from)) {
                (From::Interface(id), Some(class)) => {
                    *known.entry((class, key(id))).or_insert(out.len())
                }
                _ => out.len(),
            };
            match out.get_mut(at) {
                Some(members) => members.push(*from),
                None => out.push(vec![*from]),
            }
        }
        out
    }
}

/// What is known of senders before it is known what tells them apart.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Senders<'a> {
    network: &'a Network,
    compiled: &'a Compiled,
    owned: Owned,
    tables: Tables,
    /// Of each interface, whether somebody else may have an address of its own.
    shared: Vec<bool>,
    /// Of each interface, how policies see its addresses.
    conditions: Vec<u32>,
}

impl<'a> Senders<'a> {
    pub(in crate::analysis) fn new(network: &'a Network, compiled: &'a Compiled) -> Self {
        let owned = Owned::new(network, compiled);
        let mut holders: FxHashMap<IpAddr, u32> = FxHashMap::default();
        for ip in network.interfaces.iter().flat_map(|(_, i)| i.addresses()) {
            *holders.entry(ip).or_default() += 1;
        }
        // A reply that goes astray may come to somebody in another VPC who has the same address; of a
        // delegated block nobody says which addresses are in use.
        let shared = |i: &Interface| {
            let mut own = i.addresses();
            !i.prefixes.is_empty() || own.any(|ip| holders.get(&ip).is_some_and(|n| *n > 1))
        };
        Self {
            network,
            compiled,
            tables: Tables::new(&compiled.fabric, &owned),
            conditions: conditions(network, &owned),
            shared: network.interfaces.iter().map(|(_, i)| shared(i)).collect(),
            owned,
        }
    }

    /// Those that cannot differ, for whoever looks at this and no more.
    pub(in crate::analysis) fn alike(&self, looked: &Looked) -> Alike {
        let (owned, tables) = (&self.owned, &self.tables);
        let fabric = &self.compiled.fabric;
        let sights = sights(fabric, owned, tables, |table| looked.table(table));
        let (network, compiled) = (self.network, self.compiled);
        let classes = Classes::refined(network, compiled, owned, tables, &sights, looked);
        let mut known: FxHashMap<(ClassId, u32), ClassId> = FxHashMap::default();
        let all = network.interfaces.iter().zip(&self.shared);
        let of = all.zip(&self.conditions).map(|(((id, _), shared), seen)| {
            let next = known.len() as ClassId;
            let class = known.entry((classes.of(id), *seen)).or_insert(next);
            (!shared).then_some(*class)
        });
        Alike { of: of.collect() }
    }

    /// What the answers of a sender looked at is looked at: whether that is more than before.
    pub(in crate::analysis) fn look(
        &self,
        looked: &mut Looked,
        from: From,
        at: &Footprint,
    ) -> bool {
        let subnet = match from {
            From::Interface(id) => self.network.interfaces[id].subnet.id(),
            From::Address(..) | From::Host(..) => return false,
        };
        looked.add(subnet, at, &self.tables)
    }
}
