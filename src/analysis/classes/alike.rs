//! Senders that nothing tells apart: of one class, and nobody else has an address of theirs.

use super::{ClassId, Classes};
use crate::answer::From;
use crate::aws::Compiled;
use crate::model::{Id, Interface, Network};
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// Which senders cannot differ.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Alike {
    classes: Classes,
    /// Of each interface, whether it is one of many all the same.
    alone: Vec<bool>,
}

impl Alike {
    pub(in crate::analysis) fn new(network: &Network, compiled: &Compiled) -> Self {
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
            classes: Classes::new(network, compiled),
            alone: network.interfaces.iter().map(|(_, i)| shared(i)).collect(),
        }
    }

    /// The class of a sender; none: it is like nobody else.
    pub(in crate::analysis) fn of(&self, from: &From) -> Option<ClassId> {
        match *from {
            From::Interface(id) => {
                let alone = self.alone.get(id.index()).is_none_or(|alone| *alone);
                (!alone).then(|| self.classes.of(id))
            }
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
