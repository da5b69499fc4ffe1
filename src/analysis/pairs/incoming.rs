//! Receivers by the filters of their own at a door, and whom those let in.

use super::gates::{GateId, Gates, NOBODY, gates, side};
use super::half::{Ground, Half};
use super::legs::{Door, Whose};
use super::outgoing::Turned;
use super::sets::Sets;
use super::shared::Shared;
use super::split::Twin;
use crate::fabric::{NONE, Side, TableId};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Everything about receivers' own filters at a door, for one kind of traffic.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    /// Members by their filters, those in none whom nobody can ask.
    sets: Sets,
    filters: Vec<Filter>,
    /// Some filter looks at who receives.
    pub(super) looks_at_receivers: bool,
    /// Of tables as they were before any edit.
    known: FxHashMap<TableId, u32>,
}

/// Whom a filter lets in.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// It looks at who receives, not at who sends.
    pub(super) looks_at_receiver: bool,
    /// By port.
    gates: Vec<GateId>,
}

impl Filter {
    /// Whom it lets in at a port.
    pub(super) fn gate(&self, port: usize) -> GateId {
        self.gates.get(port).copied().unwrap_or(NOBODY)
    }
}

impl Incoming {
    /// For so many members.
    pub(super) fn new(members: usize) -> Self {
        Self {
            sets: Sets::new(members),
            filters: Vec::new(),
            looks_at_receivers: false,
            known: FxHashMap::default(),
        }
    }

    /// Learns about the members of a place.
    pub(super) fn know(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        ((door, whose), place): ((Door, Whose), u32),
        shared: &mut Shared,
    ) {
        for member in half.places.range(place) {
            let table = half.table(ground, member, door);
            let Some(table) = table.filter(|_| self.sets.of(member) == NONE) else {
                continue;
            };
            let next = self.filters.len() as u32;
            let number = *self.known.entry(table).or_insert(next);
            if number == next {
                let looks_at_receiver = side(ground.fabric, table) == Side::Dst;
                self.looks_at_receivers |= looks_at_receiver;
                self.filters.push(Filter {
                    looks_at_receiver,
                    gates: shared.entering(half, ground, (table, whose)).to_vec(),
                });
            }
            self.sets.put(member, number);
        }
    }

    /// The filter of a member.
    pub(super) fn filter(&self, member: u32) -> Option<&Filter> {
        self.filters.get(self.number(member) as usize)
    }

    /// The number of its filter: unless filters look at receivers, members with one number let in the
    /// same senders.
    pub(super) fn number(&self, member: u32) -> u32 {
        self.sets.of(member)
    }

    /// How many filters there are.
    pub(super) fn len(&self) -> usize {
        self.filters.len()
    }

    /// The gates of all filters.
    pub(super) fn gates(&mut self) -> impl Iterator<Item = &mut GateId> {
        self.filters.iter_mut().flat_map(|filter| &mut filter.gates)
    }

    /// Members are added that are like others.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        self.sets.alike(twins);
    }

    /// The table of some members has been written anew, which matters at some ports: those of them whose
    /// gates have turned, and how.
    pub(super) fn rewrite(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (table, whose, members): (TableId, Whose, &[u32]),
        ports: &[usize],
        known: &mut Gates,
    ) -> Vec<(Vec<u32>, Vec<Turned>)> {
        let mut sets: IndexMap<u32, Vec<u32>, FxBuildHasher> = IndexMap::default();
        for member in members {
            sets.entry(self.number(*member)).or_default().push(*member);
        }
        let mut out = Vec::new();
        for (was, own) in sets {
            let Some(filter) = self.part(was, &own) else {
                continue;
            };
            let classes = ports.iter().filter_map(|p| half.ports.classes.get(*p));
            let places = (&half.places, &half.tagged);
            let next = gates(ground, places, (table, whose), classes, known);
            let turned = ports.iter().zip(next).filter_map(|(port, after)| {
                Turned::new(*port, filter.gates.get_mut(*port)?, after)
            });
            let turned = turned.collect();
            out.push((own, turned));
        }
        out
    }

    /// Some members with a filter, or all, have one of their own.
    fn part(&mut self, was: u32, members: &[u32]) -> Option<&mut Filter> {
        let number = self.sets.part(was, members)? as usize;
        if number == self.filters.len() {
            let own = self.filters.get(was as usize)?.clone();
            self.filters.push(own);
        }
        self.filters.get_mut(number)
    }
}
