//! What rows of bits are put together from: whom each receiver's own filter lets in, whom senders' own
//! let out. Each part is made of one table, once; rows of one place that are made of the same parts are
//! the same.

use super::bits::Bits;
use super::gates::{EVERYBODY, GateId, Gates, NOBODY, gates, side};
use super::half::{Column, Ground, Half, RowBits};
use super::legs::{Door, Whose};
use super::outgoing::Outgoing;
use super::outs::{Outs, Senders};
use super::planes::Part;
use super::split::Twin;
use crate::fabric::{Side, TableId};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;
use std::ops::Range;

/// Everything that rows of some classes of ports share.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Shared {
    ports: Range<usize>,
    pub(super) gates: Gates,
    /// By filter.
    pub(super) into: FxHashMap<TableId, Incoming>,
    pub(super) outs: IndexMap<Door, Leaving, FxBuildHasher>,
}

/// Whom a filter lets in: by whose the traffic is, a gate for each port.
pub(super) type Incoming = SmallVec<[(Whose, Vec<GateId>); 1]>;

/// Senders at a door.
#[derive(Clone, Debug)]
pub(super) struct Leaving {
    pub(super) outgoing: Outgoing,
    senders: Vec<Senders>,
    /// By port: whom they let out to each destination.
    outs: Vec<Outs>,
}

/// The planes that a row is made of, and for each the gates it is seen through.
pub(in crate::analysis) type Recipe = SmallVec<[Use; 4]>;

/// A plane of a column, through two gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::analysis) struct Use {
    plane: u32,
    into: GateId,
    out: GateId,
    part: Part,
}

impl Shared {
    /// For some classes of ports of a family.
    pub(in crate::analysis) fn new(half: &Half, ports: Range<usize>) -> Self {
        Self {
            ports,
            gates: Gates::new(half.places.members.len()),
            into: FxHashMap::default(),
            outs: IndexMap::default(),
        }
    }

    /// How many bytes they take, about.
    pub(super) fn bytes(&self) -> u64 {
        self.gates.bytes()
    }

    /// Whom a filter lets in, by port.
    pub(in crate::analysis) fn entering(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (table, whose): (TableId, Whose),
    ) -> &[GateId] {
        let known = self.into.entry(table).or_default();
        let at = match known.iter().position(|(own, _)| *own == whose) {
            Some(at) => at,
            None => {
                let ports = half.ports.classes.get(self.ports.clone());
                let places = (&half.places, &half.tagged);
                let ports = ports.unwrap_or_default().iter();
                let all = gates(ground, places, (table, whose), ports, &mut self.gates);
                known.push((whose, all));
                known.len() - 1
            }
        };
        known.get(at).map_or(&[], |(_, all)| all)
    }

    /// Whom senders' own filters let out to a member.
    fn out(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (door, to): (Door, u32),
        at: usize,
    ) -> GateId {
        let len = half.places.members.len();
        let (leaving, gates) = self.leaving(half, ground, door);
        match leaving.outs.get_mut(at) {
            Some(outs) => outs.gate(to, &leaving.senders, gates, len),
            None => NOBODY,
        }
    }

    /// Senders by their own filters at a door.
    pub(super) fn leaving(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        door: Door,
    ) -> (&mut Leaving, &mut Gates) {
        let (range, gates) = (self.ports.clone(), &mut self.gates);
        let leaving = self.outs.entry(door).or_insert_with(|| {
            let ports = half.ports.classes.get(range).unwrap_or_default();
            let (outgoing, senders) = Outgoing::new(half, ground, door, ports, gates);
            Leaving {
                outs: outgoing.outs(&senders, gates),
                outgoing,
                senders,
            }
        });
        (leaving, gates)
    }

    /// What the row of a member as a destination is made of.
    pub(in crate::analysis) fn recipe(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (to, port): (u32, usize),
        column: &Column,
    ) -> Recipe {
        let at = port.wrapping_sub(self.ports.start);
        let mut recipe = Recipe::new();
        for (number, (plane, _)) in (0u32..).zip(column) {
            let Some(part) = plane.part(port) else {
                continue;
            };
            let mut into = EVERYBODY;
            if let Some(table) = plane.into.and_then(|door| half.table(ground, to, door)) {
                let all = self.entering(half, ground, (table, plane.whose));
                into = all.get(at).copied().unwrap_or(NOBODY);
                if into > NOBODY && side(ground.fabric, table) == Side::Dst {
                    into = self.gates.for_all(into, to);
                }
            }
            if into == NOBODY {
                continue;
            }
            let out = match plane.out {
                Some(door) => self.out(half, ground, (door, to), at),
                None => EVERYBODY,
            };
            if out != NOBODY {
                recipe.push(Use {
                    plane: number,
                    into,
                    out,
                    part,
                });
            }
        }
        recipe
    }

    /// A row as its recipe says.
    pub(in crate::analysis) fn row(
        &self,
        half: &Half,
        recipe: &Recipe,
        column: &Column,
    ) -> RowBits {
        let len = half.places.members.len();
        let mut out = RowBits::none(len);
        for way in recipe {
            let (Some((_, senders)), Some(into), Some(door)) = (
                column.get(way.plane as usize),
                self.gates.get(way.into),
                self.gates.get(way.out),
            ) else {
                continue;
            };
            let doubt = [&into.doubt, &door.doubt];
            if doubt.iter().any(|d| d.is_some()) && way.part != Part::Open {
                let mut pass = senders.clone();
                pass.and(&into.pass);
                pass.and(&door.pass);
                let mut doubtful = Bits::none(len);
                for more in doubt.into_iter().flatten() {
                    doubtful.or(more);
                }
                let mut open = pass.clone();
                open.and(&doubtful);
                out.open.get_or_insert_with(|| Bits::none(len)).or(&open);
                pass.without(&doubtful);
                out.part(way.part, len).or(&pass);
                continue;
            }
            let part = out.part(way.part, len);
            match (way.into, way.out) {
                (EVERYBODY, EVERYBODY) => part.or(senders),
                (EVERYBODY, _) => part.or_both(senders, &door.pass),
                (_, EVERYBODY) => part.or_both(senders, &into.pass),
                _ => part.or_all(senders, &into.pass, &door.pass),
            }
        }
        out.done()
    }
}

impl RowBits {
    /// Nobody, of so many.
    pub(super) fn none(len: usize) -> Self {
        Self {
            all: Bits::none(len),
            some: None,
            open: None,
        }
    }

    /// It says of new members what it says of others.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        let all = [Some(&mut self.all), self.some.as_mut(), self.open.as_mut()];
        for bits in all.into_iter().flatten() {
            twins.iter().for_each(|twin| bits.alike(*twin));
        }
    }

    /// With what is empty, or said already, left out.
    pub(super) fn done(mut self) -> Self {
        if let Some(some) = &mut self.some {
            some.or(&self.all);
        }
        self.open = self.open.filter(|o| !o.is_empty());
        self.some = self.some.filter(|s| *s != self.all);
        self
    }

    pub(super) fn part(&mut self, part: Part, len: usize) -> &mut Bits {
        match part {
            Part::All => &mut self.all,
            Part::Some => self.some.get_or_insert_with(|| Bits::none(len)),
            Part::Open => self.open.get_or_insert_with(|| Bits::none(len)),
        }
    }
}
