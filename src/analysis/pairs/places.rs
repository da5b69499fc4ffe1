//! Where interfaces stand, whoever they are: classes that the tables on the way between interfaces
//! cannot tell apart, groups left aside.

use super::split::address;
use super::walked::accepted;
use crate::analysis::classes::{ClassId, Classes, Owned, Tables, is_host, sights};
use crate::answer::From;
use crate::aws::Compiled;
use crate::fabric::{Address, Fabric, NONE, NodeId, Stage, TableId};
use crate::model::{Id, Interface, Network, Role};
use rustc_hash::FxHashMap;

/// Interfaces that stand alike, in one family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The address of the interface that stands for all.
    pub(super) address: Address,
    /// Its node.
    pub(super) node: NodeId,
    /// Whether it sends by itself.
    pub(super) sends: bool,
    /// Whether the client ports are those of this range, of all ranges.
    pub(super) range: usize,
    /// Whether what is sent to it is expected at its own node.
    pub(super) expected: bool,
    /// Whether it is expected nowhere else.
    pub(super) alone: bool,
}

/// A class in one family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) class: ClassId,
    pub(super) interface: Id<Interface>,
    pub(super) node: NodeId,
    pub(super) address: Address,
    pub(super) place: u32,
}

/// The places of a family, sorted by address; and its classes, those of a place side by side.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) v4: bool,
    pub(super) all: Vec<Place>,
    pub(super) members: Vec<Member>,
    /// Where the members of each place begin, and the end.
    pub(super) begins: Vec<u32>,
    /// Numbers of members, sorted by address.
    pub(super) by_address: Vec<(Address, u32)>,
    /// Whether members come in the order of their addresses.
    pub(super) in_order: bool,
    /// The member of each class, or `NONE`.
    pub(super) of: Vec<u32>,
}

/// A partition that places are read from.
pub(super) struct Standing {
    keys: Vec<u32>,
    /// Of each table, whether places are told apart by it.
    pub(super) on_the_way: Vec<bool>,
}

/// What all interfaces of a place have in common.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    shape: u32,
    /// Tables on the way; of filters of its own whether they are there.
    slots: [TableId; 9],
    ports: (u16, u16),
    sends: bool,
    sight: u32,
    alone: Option<Id<Interface>>,
}

impl Standing {
    /// Places of both families at a time.
    pub(super) fn new(
        network: &Network,
        compiled: &Compiled,
        owned: &Owned,
        tables: &Tables,
        classes: &Classes,
    ) -> Self {
        let fabric = &compiled.fabric;
        let own = own_slots(fabric);
        let on_the_way = on_the_way(fabric, owned, &own);
        let looked = |t: TableId| on_the_way.get(t as usize).is_some_and(|w| *w);
        let sights = sights(fabric, owned, tables, looked);
        let mut known: FxHashMap<Key, u32> = FxHashMap::default();
        let keys = classes.representatives().map(|(class, id)| {
            let interface = &network.interfaces[id];
            let node = fabric.nodes.get(compiled.node_of(id) as usize);
            let shape = node.map_or(0, |n| n.shape);
            let mut slots = node.map_or([NONE; 9], |n| n.slots);
            let own = own.get(shape as usize).copied().unwrap_or_default();
            for (number, slot) in slots.iter_mut().enumerate() {
                *slot = match *slot {
                    NONE => NONE,
                    _ if own & (1 << number) != 0 => 0,
                    table => tables.like(table),
                };
            }
            let several = classes.members(class).len() > 1;
            let alone = !several && (!is_host(&interface.role) || classes.is_named(class));
            let next = known.len() as u32;
            let key = Key {
                shape,
                slots,
                ports: From::Interface(id).client_ports(network),
                sends: sends(&interface.role),
                sight: sights.get(id.index()).copied().unwrap_or_default(),
                alone: alone.then_some(id),
            };
            *known.entry(key).or_insert(next)
        });
        Self {
            keys: keys.collect(),
            on_the_way,
        }
    }

    /// The places of a family.
    pub(super) fn of_family(
        &self,
        network: &Network,
        compiled: &Compiled,
        classes: &Classes,
        ranges: &[(u16, u16)],
        v4: bool,
    ) -> Places {
        let mut all: Vec<(u32, Member)> = Vec::new();
        for ((class, interface), key) in classes.representatives().zip(&self.keys) {
            let own = &network.interfaces[interface];
            let Some(address) = address(own, v4) else {
                continue;
            };
            let member = Member {
                class,
                interface,
                node: compiled.node_of(interface),
                address,
                place: 0,
            };
            all.push((*key, member));
        }
        // Each place by the lowest of its addresses.
        let mut lowest: FxHashMap<u32, Address> = FxHashMap::default();
        for (key, member) in &all {
            let at = lowest.entry(*key).or_insert(member.address);
            *at = member.address.min(*at);
        }
        let order =
            |(key, member): &(u32, Member)| (lowest.get(key).copied(), *key, member.address);
        all.sort_by_key(order);
        let mut out = Places {
            v4,
            of: vec![NONE; classes.len()],
            ..Places::default()
        };
        for place in all.chunk_by(|a, b| a.0 == b.0) {
            let number = out.all.len() as u32;
            out.begins.push(out.members.len() as u32);
            let Some((_, first)) = place.first() else {
                continue;
            };
            let role = &network.interfaces[first.interface].role;
            let accepted = accepted(network, compiled, first.interface);
            let ports = From::Interface(first.interface).client_ports(network);
            out.all.push(Place {
                address: first.address,
                node: first.node,
                sends: sends(role),
                range: ranges.iter().position(|r| *r == ports).unwrap_or_default(),
                expected: accepted.contains(&first.node),
                alone: accepted == [first.node],
            });
            for (_, member) in place {
                if let Some(of) = out.of.get_mut(member.class as usize) {
                    *of = out.members.len() as u32;
                }
                out.members.push(Member {
                    place: number,
                    ..*member
                });
            }
        }
        out.begins.push(out.members.len() as u32);
        let addresses = out.members.iter().zip(0..).map(|(m, n)| (m.address, n));
        out.by_address = addresses.collect();
        out.in_order = out.by_address.is_sorted();
        out.by_address.sort_unstable();
        out
    }
}

impl Places {
    /// How many places there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The members of a place.
    pub(super) fn range(&self, place: u32) -> std::ops::Range<u32> {
        let at = |n: u32| self.begins.get(n as usize).copied().unwrap_or_default();
        at(place)..at(place + 1)
    }

    /// Adds a member of a class that is new, after all others: not beside those of its place.
    pub(super) fn push(&mut self, member: Member) {
        let (number, class) = (self.members.len() as u32, member.class as usize);
        if self.of.len() <= class {
            self.of.resize(class + 1, NONE);
        }
        if let Some(of) = self.of.get_mut(class) {
            *of = number;
        }
        let at = (member.address, number);
        let before = self.by_address.partition_point(|known| *known < at);
        self.in_order &= before == self.by_address.len();
        self.by_address.insert(before, at);
        self.members.push(member);
    }

    /// Adds the runs of members with addresses of a span.
    pub(super) fn runs(&self, lo: Address, hi: Address, out: &mut Vec<(u32, u32)>) {
        let from = self.by_address.partition_point(|(at, _)| *at < lo);
        let all = self.by_address.get(from..).unwrap_or_default();
        let to = all.partition_point(|(at, _)| *at <= hi);
        let within = all.get(..to).unwrap_or_default();
        match (within.first(), within.last()) {
            _ if within.len() == self.members.len() => out.push((0, within.len() as u32)),
            (Some((_, first)), Some((_, last))) if self.in_order => out.push((*first, last + 1)),
            _ => {
                let first = out.len();
                for (_, number) in within {
                    match out.get_mut(first..).and_then(<[_]>::last_mut) {
                        Some((_, end)) if *end == *number => *end += 1,
                        _ => out.push((*number, number + 1)),
                    }
                }
            }
        }
    }
}

/// Whether an interface starts connections by itself (semantics S8).
pub(super) fn sends(role: &Role) -> bool {
    matches!(role, Role::Instance(_) | Role::Plain)
}

/// Of each shape, the slots that only its stateful filters look at.
fn own_slots(fabric: &Fabric) -> Vec<u16> {
    let of = |stages: &[Stage]| {
        let (mut own, mut others) = (0u16, 0u16);
        for stage in stages {
            match stage {
                Stage::Filter {
                    table,
                    state: Some(_),
                    ..
                } => own |= 1 << table,
                Stage::Filter { table, .. }
                | Stage::Route { table, .. }
                | Stage::Translate { table, .. } => others |= 1 << table,
                Stage::Recall { .. }
                | Stage::Return { .. }
                | Stage::Mark
                | Stage::Opaque { .. }
                | Stage::Arrive => {}
            }
        }
        own & !others
    };
    let shapes = fabric.shapes.iter().map(|lists| {
        let range = lists.first as usize..(lists.first + lists.number) as usize;
        of(fabric.stages.get(range).unwrap_or_default())
    });
    shapes.collect()
}

/// Of each table, whether it is on the way between interfaces: not only a filter of their own.
fn on_the_way(fabric: &Fabric, owned: &Owned, own: &[u16]) -> Vec<bool> {
    let mut out = vec![false; fabric.tables.len()];
    for (node, id) in fabric.nodes.iter().zip(0..) {
        let mut own = own.get(node.shape as usize).copied().unwrap_or_default();
        if owned.at(id).is_none() {
            own = 0;
        }
        for (number, table) in node.slots.iter().enumerate() {
            if own & (1 << number) == 0
                && let Some(way) = out.get_mut(*table as usize)
            {
                *way = true;
            }
        }
    }
    for alternative in &fabric.alternatives {
        if let Some(way) = out.get_mut(alternative.unless as usize) {
            *way = true;
        }
    }
    out
}
