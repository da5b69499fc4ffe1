//! Senders by the filters of their own at a door, and whom those let out to each destination.

use super::bits::Bits;
use super::gates::{GateId, Gates, NOBODY, gates, side};
use super::half::{Ground, Half};
use super::legs::{Door, Whose};
use super::looks::rows;
use super::outs::{Outs, Senders, Turned};
use super::ports::PortClass;
use super::split::Twin;
use crate::fabric::{NONE, Side, TableId, flags};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Everything about senders' own filters at a door.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    senders: Vec<Senders>,
    /// Of each member, which of them it is of, or `NONE`.
    set_of: Vec<u32>,
    /// By port.
    at: Vec<Outs>,
}

impl Outgoing {
    pub(super) fn new(
        half: &Half,
        ground: Ground<'_>,
        door: Door,
        ports: &[PortClass],
        gates: &mut Gates,
    ) -> Self {
        let (senders, set_of) = half.senders(ground, door);
        let gate_of = senders.iter();
        let gate_of: Vec<Vec<GateId>> = gate_of
            .map(|own| own.gates(half, ground, ports.iter(), gates))
            .collect();
        let outs = (0..ports.len()).map(|at| {
            let own = gate_of.iter().filter_map(|all| all.get(at)).copied();
            Outs::new(&senders, own.collect(), gates, set_of.len())
        });
        Self {
            at: outs.collect(),
            senders,
            set_of,
        }
    }

    /// Whom they let out to a member.
    pub(super) fn gate(&mut self, to: u32, at: usize, gates: &mut Gates) -> GateId {
        match self.at.get_mut(at) {
            Some(outs) => outs.gate(to, &self.senders, gates, self.set_of.len()),
            None => NOBODY,
        }
    }

    /// What it is about at each port.
    pub(super) fn outs(&mut self) -> &mut [Outs] {
        &mut self.at
    }

    /// How much destinations have in common, or had.
    pub(super) fn len(&self) -> usize {
        self.at.iter().map(Outs::len).sum()
    }

    /// Members are added that are like others, and senders as they are.
    pub(super) fn alike(&mut self, twins: &[Twin], gates: &Gates) {
        let set_of = |twin: &Twin| self.set_of.get(twin.like as usize).copied();
        let with = twins.iter().map(|t| (*t, set_of(t).unwrap_or(NONE)));
        let with: Vec<(Twin, u32)> = with.collect();
        for outs in &mut self.at {
            outs.alike(&with, gates);
        }
        for (twin, set) in with {
            self.set_of.push(set);
            if let Some(senders) = self.senders.get_mut(set as usize) {
                senders.push(twin.number);
            }
        }
    }

    /// The table of some members has been written anew, which matters at some ports: what has turned
    /// at each of them.
    pub(super) fn rewrite(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (table, members): (TableId, &[u32]),
        (ports, turned): (&[usize], &mut [Vec<Turned>]),
        gates: &mut Gates,
    ) {
        if members.is_empty() {
            return;
        }
        let asks = Asks::of(half, ground, table);
        let mut sets: IndexMap<(u32, (u32, u32)), Vec<u32>, FxBuildHasher> = IndexMap::default();
        for member in members {
            let was = self.set_of.get(*member as usize).copied().unwrap_or(NONE);
            let key = (was, asks.key(half, ground, *member));
            sets.entry(key).or_default().push(*member);
        }
        for ((was, (mark, _)), own) in sets {
            let mut senders = Senders::new(table, mark, asks.looks_at_them);
            own.iter().for_each(|member| senders.push(*member));
            let classes = ports.iter().filter_map(|p| half.ports.classes.get(*p));
            let next = senders.gates(half, ground, classes, gates);
            let Some(set) = self.put(was, senders) else {
                continue;
            };
            for ((port, after), turned) in ports.iter().zip(next).zip(&mut *turned) {
                let outs = self.at.get(*port);
                let before = outs.map_or(after, |outs| outs.gate_of(set));
                if before != after {
                    turned.push(Turned { set, before, after });
                }
            }
        }
    }

    /// Some senders of a set, or all, are one of their own: its number.
    fn put(&mut self, was: u32, senders: Senders) -> Option<u32> {
        let next = self.senders.len() as u32;
        let before = self.senders.get_mut(was as usize)?;
        if before.members.len() == senders.members.len() {
            *before = senders;
            return Some(was);
        }
        for member in &senders.members {
            if let Some(set) = self.set_of.get_mut(*member as usize) {
                *set = next;
            }
        }
        let stays = |member: &u32| self.set_of.get(*member as usize) == Some(&was);
        before.keep(stays);
        self.senders.push(senders);
        for outs in &mut self.at {
            outs.part(was);
        }
        Some(next)
    }

    /// The senders of sets that have turned.
    pub(super) fn members<'t>(&self, turned: impl Iterator<Item = &'t Turned>) -> Vec<u32> {
        let mut sets: Vec<u32> = turned.map(|turned| turned.set).collect();
        sets.sort_unstable();
        sets.dedup();
        let sets = sets
            .iter()
            .filter_map(|set| self.senders.get(*set as usize));
        sets.flat_map(|set| &set.members).copied().collect()
    }

    /// Sets have turned at a port: to whom others are let out than before.
    pub(super) fn turn(
        &mut self,
        port: usize,
        turned: &[Turned],
        gates: &mut Gates,
    ) -> Option<Bits> {
        let outs = self.at.get_mut(port).filter(|_| !turned.is_empty())?;
        Some(outs.turn(turned, &self.senders, gates, self.set_of.len()))
    }
}

impl Senders {
    /// Whom their filter lets out, by port.
    fn gates<'p>(
        &self,
        half: &Half,
        ground: Ground<'_>,
        ports: impl Iterator<Item = &'p PortClass> + Clone,
        known: &mut Gates,
    ) -> Vec<GateId> {
        let places = (&half.places, &half.tagged);
        let table = (self.table, Whose::Is(self.mark));
        let mut all = gates(ground, places, table, ports, known);
        if let Some(member) = self.members.first().filter(|_| self.looks_at_them) {
            for gate in &mut all {
                *gate = known.for_all(*gate, *member);
            }
        }
        all
    }
}

/// What senders with one filter are told apart by.
#[derive(Clone, Copy)]
struct Asks {
    by_mark: bool,
    looks_at_them: bool,
}

impl Asks {
    fn of(half: &Half, ground: Ground<'_>, table: TableId) -> Self {
        let mut rows = rows(ground.fabric, table, half.places.v4);
        Self {
            by_mark: rows.any(|r| r.is(flags::BY_MARK)),
            looks_at_them: side(ground.fabric, table) == Side::Src,
        }
    }

    /// Its mark, and itself.
    fn key(self, half: &Half, ground: Ground<'_>, member: u32) -> (u32, u32) {
        let own = half.places.members.get(member as usize);
        let node = own.and_then(|m| ground.fabric.nodes.get(m.node as usize));
        let mark = node.filter(|_| self.by_mark).map_or(0, |n| n.mark);
        (mark, if self.looks_at_them { member } else { 0 })
    }
}

impl Half {
    /// Senders by the filters of their own at a door, and of each member of which it is.
    fn senders(&self, ground: Ground<'_>, door: Door) -> (Vec<Senders>, Vec<u32>) {
        let mut out: Vec<Senders> = Vec::new();
        let mut known: FxHashMap<(TableId, (u32, u32)), u32> = FxHashMap::default();
        let mut asked: FxHashMap<TableId, Asks> = FxHashMap::default();
        let set_of = (0..self.places.members.len() as u32).map(|number| {
            let Some(table) = self.table(ground, number, door) else {
                return NONE;
            };
            let asks = asked.entry(table);
            let asks = *asks.or_insert_with(|| Asks::of(self, ground, table));
            let key = asks.key(self, ground, number);
            let next = out.len() as u32;
            let at = *known.entry((table, key)).or_insert(next);
            if at == next {
                out.push(Senders::new(table, key.0, asks.looks_at_them));
            }
            if let Some(own) = out.get_mut(at as usize) {
                own.push(number);
            }
            at
        });
        let set_of = set_of.collect();
        (out, set_of)
    }
}
