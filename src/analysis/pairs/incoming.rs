//! Receivers by the filters of their own at a door, and whom those let in.

use super::gates::{GateId, Gates, NOBODY, gates, side};
use super::half::{Ground, Half};
use super::legs::{Door, Whose};
use super::outgoing::Turned;
use super::shared::Shared;
use super::split::Twin;
use crate::fabric::{NONE, Side, TableId};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Everything about receivers' own filters at a door, for one kind of traffic.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    /// Of each member, which of the filters, or `NONE` if nobody can ask.
    of: Vec<u32>,
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
    /// How many members have it.
    members: usize,
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
            of: vec![NONE; members],
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
            let of = self.of.get_mut(member as usize);
            let Some((of, table)) = of.filter(|of| **of == NONE).zip(table) else {
                continue;
            };
            let next = self.filters.len() as u32;
            *of = *self.known.entry(table).or_insert(next);
            if *of == next {
                let looks_at_receiver = side(ground.fabric, table) == Side::Dst;
                self.looks_at_receivers |= looks_at_receiver;
                self.filters.push(Filter {
                    looks_at_receiver,
                    members: 0,
                    gates: shared.entering(half, ground, (table, whose)).to_vec(),
                });
            }
            if let Some(filter) = self.filters.get_mut(*of as usize) {
                filter.members += 1;
            }
        }
    }

    /// The filter of a member.
    pub(super) fn filter(&self, member: u32) -> Option<&Filter> {
        self.filters.get(self.number(member) as usize)
    }

    /// The number of its filter: unless filters look at receivers, members with one number let in the
    /// same senders.
    pub(super) fn number(&self, member: u32) -> u32 {
        self.of.get(member as usize).copied().unwrap_or(NONE)
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
        for twin in twins {
            let number = self.number(twin.like);
            self.of.push(number);
            if let Some(filter) = self.filters.get_mut(number as usize) {
                filter.members += 1;
            }
        }
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
            let Some(number) = self.put(was, &own) else {
                continue;
            };
            let Some(filter) = self.filters.get_mut(number as usize) else {
                continue;
            };
            let classes = ports.iter().filter_map(|p| half.ports.classes.get(*p));
            let places = (&half.places, &half.tagged);
            let next = gates(ground, places, (table, whose), classes, known);
            let mut turned = Vec::new();
            for (port, after) in ports.iter().zip(next) {
                let gate = filter.gates.get_mut(*port).filter(|gate| **gate != after);
                if let Some(gate) = gate {
                    turned.push(Turned {
                        port: *port,
                        before: std::mem::replace(gate, after),
                        after,
                    });
                }
            }
            out.push((own, turned));
        }
        out
    }

    /// Some members with a filter, or all, have one of their own: its number.
    fn put(&mut self, was: u32, members: &[u32]) -> Option<u32> {
        let next = self.filters.len() as u32;
        let filter = self.filters.get_mut(was as usize)?;
        if filter.members == members.len() {
            return Some(was);
        }
        filter.members = filter.members.saturating_sub(members.len());
        let own = Filter {
            members: members.len(),
            ..filter.clone()
        };
        self.filters.push(own);
        for member in members {
            if let Some(of) = self.of.get_mut(*member as usize) {
                *of = next;
            }
        }
        Some(next)
    }
}
