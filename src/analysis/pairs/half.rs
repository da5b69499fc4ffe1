//! The pairs of one family: places and the ways between them, and rows of bits made of them.

use super::bits::Bits;
use super::legs::{DEAD, Door, LegId, Legs};
use super::looks::Looks;
use super::places::{Member, Places};
use super::planes::{NOTHING, Plane, PlaneId, Planes};
use super::ports::Ports;
use super::split::Twin;
use super::tagged::Tagged;
use super::tally::Weights;
use super::turns::Turns;
use crate::analysis::classes::{ClassId, Owned, Tables};
use crate::fabric::{Fabric, NONE, TableId};
use rustc_hash::FxHashSet;
use std::ops::Range;

/// The senders of each way to a place.
pub(in crate::analysis) type Column = Vec<(Plane, Bits)>;

/// What a row of bits is made of.
#[derive(Clone, Copy)]
pub(in crate::analysis) struct Ground<'a> {
    pub(super) fabric: &'a Fabric,
    pub(super) owned: &'a Owned,
    pub(super) tables: &'a Tables,
}

/// The pairs of one family.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Half {
    pub(super) places: Places,
    pub(super) ports: Ports,
    pub(super) tagged: Tagged,
    /// How many interfaces members stand for.
    pub(super) weights: Weights,
    turns: Turns,
    /// Of each place, if they are kept.
    columns: Vec<Column>,
    /// The filters that those look at.
    pub(super) looked: FxHashSet<TableId>,
}

/// Who reaches a class of destinations at a class of ports: bits of members.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::analysis) struct RowBits {
    pub(super) all: Bits,
    /// With those that reach it from some of their ports only; none: the same.
    pub(super) some: Option<Bits>,
    /// Rows do not decide; none: there is nobody.
    pub(super) open: Option<Bits>,
}

/// The senders of each way to a place, while they are gathered.
#[derive(Default)]
struct Ways {
    all: Vec<(PlaneId, Bits)>,
    /// The way of those from one on.
    plane: PlaneId,
    since: u32,
}

impl Ways {
    /// From a member on it is another way.
    fn turn(&mut self, plane: PlaneId, at: u32, len: usize) {
        if self.plane != NOTHING {
            match self.all.iter_mut().find(|(known, _)| *known == self.plane) {
                Some((_, bits)) => bits.fill(self.since, at),
                None => {
                    let mut bits = Bits::none(len);
                    bits.fill(self.since, at);
                    self.all.push((self.plane, bits));
                }
            }
        }
        (self.plane, self.since) = (plane, at);
    }
}

impl Half {
    pub(super) fn new(ground: Ground<'_>, places: Places, ports: Ports, weights: Weights) -> Self {
        let turns = Turns::new(ground.fabric);
        Self {
            tagged: Tagged::new(ground.fabric, &places, &turns),
            turns,
            weights,
            places,
            ports,
            columns: Vec::new(),
            looked: FxHashSet::default(),
        }
    }

    /// How many bytes it takes to keep every column.
    pub(super) fn columns_take(&self) -> u64 {
        self.columns_with(0)
    }

    /// How many bytes every row would take.
    pub(super) fn rows_take(&self) -> u64 {
        self.rows_with(0)
    }

    /// How many both would take, if there were more members.
    pub(super) fn takes_with(&self, more: usize) -> u64 {
        self.columns_with(more) + self.rows_with(more)
    }

    fn columns_with(&self, more: usize) -> u64 {
        let places = self.places.len() as u64;
        let bits = Bits::bytes(self.places.members.len() + more);
        // Legs of every two places for a while; then some four ways to each.
        places * places * 4 + places * 4 * bits
    }

    fn rows_with(&self, more: usize) -> u64 {
        let members = self.places.members.len() + more;
        self.ports.classes.len() as u64 * members as u64 * Bits::bytes(members)
    }

    pub(super) fn keep_columns(&mut self, ground: Ground<'_>) {
        (self.columns, self.looked) = self.looking(ground, 0..self.places.len() as u32);
    }

    /// Members are added that are like others, with what each of all stands for.
    pub(super) fn alike(&mut self, twins: &[(Twin, Member)], count: impl Fn(ClassId) -> usize) {
        for (twin, member) in twins {
            self.places.push(*member);
            self.tagged.alike(*twin);
        }
        for (_, bits) in self.columns.iter_mut().flatten() {
            twins.iter().for_each(|(twin, _)| bits.alike(*twin));
        }
        self.weights = Weights::new(&self.places, count);
    }

    /// Whether columns are kept.
    pub(super) fn keeps_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// The columns of some places: every leg to them, and every leg back.
    pub(super) fn columns(&self, ground: Ground<'_>, block: Range<u32>) -> Vec<Column> {
        self.looking(ground, block).0
    }

    /// The same, with the filters that were looked at.
    fn looking(&self, ground: Ground<'_>, block: Range<u32>) -> (Vec<Column>, FxHashSet<TableId>) {
        let n = self.places.len();
        let looks = Looks::new(ground, &self.places, &self.ports);
        let mut legs = Legs::new(looks, &self.turns);
        let whole = block.len() == n;
        // From each place to the block, and unless that is everything from the block to each place.
        let mut there: Vec<LegId> = vec![DEAD; n * n.min(if whole { n } else { block.len() })];
        let width = if whole { n } else { block.len() };
        let mut line = vec![DEAD; n];
        for (place, out) in (0..).zip(there.chunks_mut(width.max(1))) {
            line.fill(DEAD);
            legs.from(place, block.clone(), &mut line);
            let range = block.start as usize..block.end as usize;
            out.copy_from_slice(line.get(range).unwrap_or_default());
        }
        let mut back: Vec<LegId> = Vec::new();
        if !whole {
            for place in block.clone() {
                line.fill(DEAD);
                legs.from(place, 0..n as u32, &mut line);
                back.extend_from_slice(&line);
            }
        }
        let mut planes = Planes::sized(&self.ports, legs.all.len(), self.ports.ranges);
        let leg = |from: &[LegId], at: usize| from.get(at).copied().unwrap_or(DEAD);
        let mut all: Vec<Vec<(PlaneId, Bits)>> = Vec::with_capacity(block.len());
        let tos: Vec<u32> = block.clone().collect();
        // Some columns at a time, which lie beside each other in memory.
        for tos in tos.chunks(16) {
            let mut made: Vec<Ways> = tos.iter().map(|_| Ways::default()).collect();
            for (from, place) in (0u32..).zip(&self.places.all) {
                let at = self.places.range(from).start;
                for (to, ways) in tos.iter().zip(&mut made) {
                    let column = (to - block.start) as usize;
                    let plane = if place.sends {
                        let out = leg(&there, from as usize * width + column);
                        let answer = match whole {
                            true => leg(&there, *to as usize * n + from as usize),
                            false => leg(&back, column * n + from as usize),
                        };
                        let pair = (out, answer, place.range);
                        planes.of(pair, &legs.all, &self.ports, &legs.looks.profiles)
                    } else {
                        NOTHING
                    };
                    if plane != ways.plane {
                        ways.turn(plane, at, self.places.members.len());
                    }
                }
            }
            let len = self.places.members.len();
            all.extend(made.into_iter().map(|mut ways| {
                ways.turn(NOTHING, len as u32, len);
                ways.all
            }));
        }
        let plane = |id: PlaneId| planes.all.get(id as usize).cloned();
        let columns = all.into_iter().map(|ways| {
            let ways = ways.into_iter();
            ways.filter_map(|(id, bits)| Some((plane(id)?, bits)))
                .collect()
        });
        (columns.collect(), legs.looks.looked)
    }

    /// The column of a place.
    pub(super) fn column(&self, ground: Ground<'_>, place: u32) -> std::borrow::Cow<'_, Column> {
        match self.columns.get(place as usize) {
            Some(known) => std::borrow::Cow::Borrowed(known),
            None => {
                let one = self.columns(ground, place..place + 1).pop();
                std::borrow::Cow::Owned(one.unwrap_or_default())
            }
        }
    }

    /// The member that a class is, if it has an address of the family.
    pub(super) fn member(&self, class: ClassId) -> Option<u32> {
        let member = self.places.of.get(class as usize).copied();
        member.filter(|member| *member != NONE)
    }

    /// The place of a member.
    pub(super) fn place(&self, member: u32) -> u32 {
        let member = self.places.members.get(member as usize);
        member.map_or(0, |member| member.place)
    }

    /// The table of a member's own filter, or the first like it.
    pub(super) fn table(&self, ground: Ground<'_>, member: u32, door: Door) -> Option<TableId> {
        let table = self.slot(ground, member, door)?;
        Some(ground.tables.like(table))
    }

    /// The very table.
    pub(super) fn slot(&self, ground: Ground<'_>, member: u32, door: Door) -> Option<TableId> {
        let member = self.places.members.get(member as usize)?;
        let node = ground.fabric.nodes.get(member.node as usize)?;
        node.slots.get(door.slot as usize).copied()
    }
}
