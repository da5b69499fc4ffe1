//! Interfaces that no row can tell apart (semantics 2.10): what is true of one of a class is true of
//! all of it, whoever asks them and whomever they ask.
//!
//! Two interfaces are of one class if their nodes run the same stages over the same tables, with the
//! same mark, and if every other row of the fabric sees their addresses alike (`sights`). What is
//! named by its own — a route leads to it, a load balancer shares out to it, a name resolves to it —
//! is a class of its own.

mod alike;
mod conditions;
mod looked;
mod named;
mod owned;
mod sights;
mod swap;
mod tables;

pub(in crate::analysis) use self::alike::{Alike, Senders};
pub(in crate::analysis) use self::looked::Looked;
pub(in crate::analysis) use self::owned::Owned;
pub(in crate::analysis) use self::sights::{sights, weight};
pub(in crate::analysis) use self::swap::Swap;
pub(in crate::analysis) use self::tables::Tables;

use crate::answer::From;
use crate::aws::Compiled;
use crate::fabric::TableId;
use crate::model::{Id, Interface, Network, Role, Subnet};
use rustc_hash::FxHashMap;

/// Index of a class.
pub type ClassId = u32;

/// A partition of the interfaces of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    of: Vec<ClassId>,
    /// All interfaces, one class after the other.
    members: Vec<Id<Interface>>,
    /// Where each class begins among them, and where it ends.
    ranges: Vec<(u32, u32)>,
    /// Of each interface, whether it is named by its own.
    named: Vec<bool>,
}

/// What all interfaces of a class have in common.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    shape: u32,
    mark: u32,
    slots: [TableId; 9],
    subnet: Option<Id<Subnet>>,
    /// Client ports.
    ports: (u16, u16),
    /// Whether it is an instance's, or managed by somebody.
    role: u8,
    sight: u32,
    /// Itself, if it is named by its own.
    alone: Option<Id<Interface>>,
}

impl Classes {
    /// The classes of a network.
    #[must_use]
    pub fn new(network: &Network, compiled: &Compiled) -> Self {
        let owned = Owned::new(network, compiled);
        let tables = Tables::new(&compiled.fabric, &owned);
        let sights = sights(&compiled.fabric, &owned, &tables, |_| true);
        let looked = Looked::everywhere();
        Self::refined(network, compiled, &owned, &tables, &sights, &looked)
    }

    /// The same, with what is known already, for whoever looks at no more than this.
    pub(in crate::analysis) fn refined(
        network: &Network,
        compiled: &Compiled,
        owned: &Owned,
        tables: &Tables,
        sights: &[u32],
        looked: &Looked,
    ) -> Self {
        let named = named::named(network, compiled, owned, tables, looked);
        let keys = network
            .interfaces
            .iter()
            .zip(sights)
            .map(|((id, i), sight)| {
                let node = compiled.fabric.nodes.get(compiled.node_of(id) as usize);
                let own = looked.own(i.subnet.id());
                let mut slots = node.map_or([0; 9], |n| n.slots.map(|table| tables.like(table)));
                for (number, slot) in slots.iter_mut().enumerate() {
                    if own.slots & (1 << number) == 0 {
                        *slot = 0;
                    }
                }
                let alone = named.get(id.index()).is_none_or(|named| *named) || !is_host(&i.role);
                Key {
                    shape: node.map_or(0, |n| n.shape),
                    mark: node.filter(|_| own.mark).map_or(0, |n| n.mark),
                    slots,
                    subnet: i.subnet.id(),
                    ports: From::Interface(id).client_ports(network),
                    role: match i.role {
                        Role::Instance(_) => 0,
                        _ => 1,
                    },
                    sight: *sight,
                    alone: alone.then_some(id),
                }
            });
        let classes = Self::by(keys);
        Self { named, ..classes }
    }

    /// A class for every value, in the order in which they come.
    pub(in crate::analysis) fn by<K: Eq + std::hash::Hash>(keys: impl Iterator<Item = K>) -> Self {
        let mut known: FxHashMap<K, ClassId> = FxHashMap::default();
        let of: Vec<ClassId> = keys
            .map(|key| {
                let next = known.len() as ClassId;
                *known.entry(key).or_insert(next)
            })
            .collect();
        let mut ranges = vec![(0, 0); known.len()];
        for class in &of {
            if let Some((_, many)) = ranges.get_mut(*class as usize) {
                *many += 1;
            }
        }
        let mut sum = 0;
        for (begin, end) in &mut ranges {
            *begin = sum;
            sum += *end;
            *end = sum;
        }
        let mut members: Vec<Id<Interface>> = (0..of.len()).map(Id::new).collect();
        members.sort_by_key(|id| of.get(id.index()));
        Self {
            of,
            members,
            ranges,
            named: Vec::new(),
        }
    }

    /// Tells the interfaces of a class apart, by a key of each: those with the key of the first keep
    /// the class's number, the others are classes of their own from now on, the last.
    pub(in crate::analysis) fn split<K: PartialEq>(
        &mut self,
        class: ClassId,
        keys: &[K],
    ) -> Vec<ClassId> {
        let own = self.members(class).to_vec();
        let Some(range) = self.ranges.get(class as usize).copied() else {
            return Vec::new();
        };
        let mut parts: Vec<(&K, Vec<Id<Interface>>)> = Vec::new();
        for (id, key) in own.iter().zip(keys) {
            match parts.iter_mut().find(|(known, _)| *known == key) {
                Some((_, part)) => part.push(*id),
                None => parts.push((key, vec![*id])),
            }
        }
        let (mut new, mut begin) = (Vec::new(), range.0);
        for (number, (_, part)) in parts.into_iter().enumerate() {
            let end = begin + part.len() as u32;
            let own = match number {
                0 => class,
                _ => self.ranges.len() as ClassId,
            };
            if number > 0 {
                self.ranges.push((begin, end));
                new.push(own);
            }
            if let Some(range) = self.ranges.get_mut(own as usize) {
                *range = (begin, end);
            }
            for id in &part {
                if let Some(of) = self.of.get_mut(id.index()) {
                    *of = own;
                }
            }
            if let Some(place) = self.members.get_mut(begin as usize..end as usize) {
                place.copy_from_slice(&part);
            }
            begin = end;
        }
        new
    }

    /// Whether the network names the interfaces of a class by their own.
    pub(in crate::analysis) fn is_named(&self, class: ClassId) -> bool {
        let first = self.members(class).first();
        first.is_some_and(|id| self.named.get(id.index()).is_some_and(|named| *named))
    }

    /// How many classes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether there is no interface at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// How many interfaces there are.
    #[must_use]
    pub fn interfaces(&self) -> usize {
        self.of.len()
    }

    /// The class of an interface.
    #[must_use]
    pub fn of(&self, interface: Id<Interface>) -> ClassId {
        let class = self.of.get(interface.index());
        class.copied().unwrap_or(ClassId::MAX)
    }

    /// The interfaces of a class, in the order of the input.
    #[must_use]
    pub fn members(&self, class: ClassId) -> &[Id<Interface>] {
        let range = self.ranges.get(class as usize);
        let range = range.map(|(from, to)| *from as usize..*to as usize);
        range.and_then(|r| self.members.get(r)).unwrap_or_default()
    }

    /// Every class, with the first of its interfaces.
    pub fn representatives(&self) -> impl Iterator<Item = (ClassId, Id<Interface>)> + '_ {
        let first = |class| Some((class, *self.members(class).first()?));
        (0..self.len() as ClassId).filter_map(first)
    }
}

/// Whether an interface may be one of many: those of gateways, endpoints and load balancers are what
/// the network names.
pub(in crate::analysis) fn is_host(role: &Role) -> bool {
    match role {
        Role::Instance(_) | Role::Plain | Role::Other(_) => true,
        Role::Nat(_)
        | Role::Endpoint(_)
        | Role::LoadBalancer(_)
        | Role::Resolver(_)
        | Role::ClientVpn(_) => false,
    }
}
