//! What rows of bits are put together from: whom each receiver's own filter lets in, whom senders' own
//! let out. Each part is made of one table, once, and again when its table changes; rows of one place
//! that are made of the same parts are the same.

use super::bits::Bits;
use super::gates::{EVERYBODY, GateId, Gates, NOBODY, gates, side};
use super::half::{Column, Ground, Half, RowBits};
use super::legs::{Door, Whose};
use super::looks::rows;
use super::outs::{Outs, Senders};
use super::planes::Plane;
use crate::fabric::{Side, TableId, flags};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::ops::Range;

/// Everything that rows of some classes of ports share.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Shared {
    ports: Range<usize>,
    pub(super) gates: Gates,
    /// Of each filter, a gate for each port.
    into: FxHashMap<(TableId, Whose), Vec<GateId>>,
    outs: FxHashMap<Door, Outgoing>,
}

/// Everything about senders' own filters at a door.
#[derive(Clone, Debug)]
struct Outgoing {
    senders: Vec<Senders>,
    /// The tables of all of them, of those that are alike each.
    tables: FxHashSet<TableId>,
    /// By port.
    at: Vec<Outs>,
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

/// What a plane adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    All,
    Some,
    Open,
}

impl Shared {
    /// For some classes of ports of a family.
    pub(in crate::analysis) fn new(half: &Half, ports: Range<usize>) -> Self {
        Self {
            ports,
            gates: Gates::new(half.places.members.len()),
            into: FxHashMap::default(),
            outs: FxHashMap::default(),
        }
    }

    /// Forgets what tables said that have been written anew; whether senders' own are among them.
    pub(super) fn forget(&mut self, tables: &[TableId]) -> bool {
        self.into.retain(|(table, _), _| !tables.contains(table));
        let before = self.outs.len();
        self.outs
            .retain(|_, door| !tables.iter().any(|table| door.tables.contains(table)));
        self.outs.len() < before
    }

    /// How many bytes they take, about.
    pub(super) fn bytes(&self) -> u64 {
        self.gates.bytes()
    }

    /// Whom a filter lets in, by port.
    pub(in crate::analysis) fn into(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        key: (TableId, Whose),
    ) -> &[GateId] {
        let (range, known) = (self.ports.clone(), &mut self.gates);
        self.into.entry(key).or_insert_with(|| {
            let ports = half.ports.classes.get(range).unwrap_or_default();
            gates(ground, (&half.places, &half.tagged), key, ports, known)
        })
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
        let (range, known) = (self.ports.clone(), &mut self.gates);
        let Outgoing {
            senders, at: outs, ..
        } = self.outs.entry(door).or_insert_with(|| {
            let ports = half.ports.classes.get(range).unwrap_or_default();
            let senders = half.senders(ground, door);
            let gate_of = senders.iter().map(|own| {
                let key = (own.table, Whose::Is(own.mark));
                let places = (&half.places, &half.tagged);
                let mut all = gates(ground, places, key, ports, known);
                if let Some(member) = own.members.first().filter(|_| own.looks_at_them) {
                    for gate in &mut all {
                        *gate = known.for_all(*gate, *member);
                    }
                }
                all
            });
            let gate_of: Vec<Vec<GateId>> = gate_of.collect();
            let outs = (0..ports.len()).map(|at| {
                let own = gate_of.iter().filter_map(|all| all.get(at)).copied();
                let own: Vec<GateId> = own.collect();
                Outs::new(&senders, &own, known, len)
            });
            let at = outs.collect();
            Outgoing {
                senders,
                tables: half.tables_at(ground, door),
                at,
            }
        });
        match outs.get_mut(at) {
            Some(outs) => outs.gate(to, senders, known, len),
            None => NOBODY,
        }
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
            let part = if Plane::has(&plane.open, port) {
                Part::Open
            } else if !Plane::has(&plane.some, port) {
                continue;
            } else if Plane::has(&plane.all, port) {
                Part::All
            } else {
                Part::Some
            };
            let mut into = EVERYBODY;
            if let Some(table) = plane.into.and_then(|door| half.table(ground, to, door)) {
                let all = self.into(half, ground, (table, plane.whose));
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
        let mut out = RowBits {
            all: Bits::none(len),
            some: None,
            open: None,
        };
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
        if let Some(some) = &mut out.some {
            some.or(&out.all);
        }
        out.open = out.open.filter(|o| !o.is_empty());
        out.some = out.some.filter(|s| *s != out.all);
        out
    }
}

impl RowBits {
    fn part(&mut self, part: Part, len: usize) -> &mut Bits {
        match part {
            Part::All => &mut self.all,
            Part::Some => self.some.get_or_insert_with(|| Bits::none(len)),
            Part::Open => self.open.get_or_insert_with(|| Bits::none(len)),
        }
    }
}

impl Half {
    /// The tables at a door.
    fn tables_at(&self, ground: Ground<'_>, door: Door) -> FxHashSet<TableId> {
        let nodes = self.places.members.iter().map(|m| m.node);
        let nodes = nodes.filter_map(|n| ground.fabric.nodes.get(n as usize));
        let slots = nodes.filter_map(|n| n.slots.get(door.slot as usize));
        slots.copied().collect()
    }

    /// Senders by the filters of their own at a door.
    fn senders(&self, ground: Ground<'_>, door: Door) -> Vec<Senders> {
        let fabric = ground.fabric;
        let mut out: Vec<Senders> = Vec::new();
        let mut known: FxHashMap<(TableId, u32, u32), u32> = FxHashMap::default();
        let mut by_mark: FxHashMap<TableId, bool> = FxHashMap::default();
        for (number, member) in (0u32..).zip(&self.places.members) {
            let Some(table) = self.table(ground, number, door) else {
                continue;
            };
            let asks = *by_mark.entry(table).or_insert_with(|| {
                let mut rows = rows(fabric, table, self.places.v4);
                rows.any(|r| r.is(flags::BY_MARK))
            });
            let node = fabric.nodes.get(member.node as usize);
            let mark = if asks { node.map_or(0, |n| n.mark) } else { 0 };
            let looks_at_them = side(fabric, table) == Side::Src;
            let alone = if looks_at_them { number } else { 0 };
            let next = out.len() as u32;
            let at = *known.entry((table, mark, alone)).or_insert(next);
            if at == next {
                out.push(Senders {
                    table,
                    mark,
                    looks_at_them,
                    members: Vec::new(),
                });
            }
            if let Some(own) = out.get_mut(at as usize) {
                own.members.push(number);
            }
        }
        out
    }
}
