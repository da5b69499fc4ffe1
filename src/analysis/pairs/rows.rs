//! Rows of the matrix: those that are kept, each once, and those that are worked out when asked for.

use super::half::{AtPort, RowBits};
use super::{Cell, Pairs};
use crate::analysis::classes::ClassId;
use crate::engine::Walker;
use crate::fabric::{Flow, NONE};
use std::collections::HashSet;
use std::sync::Arc;

/// Every row of every port class; those that are alike are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// By port class: what its rows share.
    pub(super) at: Vec<AtPort>,
    /// By port class, then by member.
    pub(super) of: Vec<Vec<Arc<RowBits>>>,
}

impl Kept {
    pub(super) fn new(pairs: &Pairs<'_>) -> Self {
        let mut out = Self::default();
        let mut known: HashSet<Arc<RowBits>> = HashSet::new();
        for port in 0..pairs.ports().len() {
            let Some((half, own)) = pairs.half(port) else {
                continue;
            };
            let Some(half) = pairs.parts.halves.get(half) else {
                continue;
            };
            let (mut at, mut of) = (half.at_port(own), Vec::new());
            pairs.each_row(port, &mut at, |row| of.push(shared(&mut known, row)));
            out.at.push(at);
            out.of.push(of);
        }
        out
    }

    fn row(&self, port: usize, member: u32) -> Option<&Arc<RowBits>> {
        self.of.get(port)?.get(member as usize)
    }
}

/// A row, or the one like it that is known.
pub(super) fn shared(known: &mut HashSet<Arc<RowBits>>, row: RowBits) -> Arc<RowBits> {
    if let Some(known) = known.get(&row) {
        return known.clone();
    }
    let row = Arc::new(row);
    known.insert(row.clone());
    row
}

/// Who reaches one class of interfaces at one port class.
#[derive(Clone, Debug)]
pub struct Row<'p, 'a> {
    pairs: &'p Pairs<'a>,
    half: usize,
    to: ClassId,
    bits: Option<Arc<RowBits>>,
}

impl Row<'_, '_> {
    /// The class that is reached.
    #[must_use]
    pub fn to(&self) -> ClassId {
        self.to
    }

    /// What becomes of what a class sends.
    #[must_use]
    pub fn cell(&self, from: ClassId) -> Cell {
        let half = self.pairs.parts.halves.get(self.half);
        let member = half.and_then(|h| h.places.of.get(from as usize));
        match (&self.bits, member) {
            (Some(bits), Some(member)) if *member != NONE => self.at(bits, from, *member),
            _ => Cell::None,
        }
    }

    fn at(&self, bits: &RowBits, from: ClassId, member: u32) -> Cell {
        // Nobody else is of its class: it would have to ask itself.
        if from == self.to && self.pairs.parts.classes.members(from).len() < 2 {
            return Cell::None;
        }
        if bits.open.as_ref().is_some_and(|open| open.has(member)) {
            Cell::Open
        } else if bits.all.has(member) {
            Cell::All
        } else if bits.some.as_ref().is_some_and(|some| some.has(member)) {
            Cell::Some
        } else {
            Cell::None
        }
    }

    /// Every class that sends, and what becomes of it.
    pub fn cells(&self) -> impl Iterator<Item = (ClassId, Cell)> + '_ {
        let half = self.pairs.parts.halves.get(self.half);
        let members = half.into_iter().flat_map(|h| {
            let members = (0u32..).zip(&h.places.members);
            members.filter(|(_, m)| h.places.all.get(m.place as usize).is_some_and(|p| p.sends))
        });
        members.map(|(number, member)| {
            let bits = self.bits.as_ref();
            let cell = bits.map_or(Cell::None, |b| self.at(b, member.class, number));
            (member.class, cell)
        })
    }

    /// How many pairs of interfaces there are of each kind of cell. What is open the walker decides,
    /// at the port class it is asked about, if there is one.
    pub fn tally(&self, mut walker: Option<(&mut Walker<Flow>, usize)>) -> Tally {
        let mut out = Tally::default();
        let classes = &self.pairs.parts.classes;
        let to = classes.members(self.to).len() as u64;
        for (from, cell) in self.cells() {
            let own = classes.members(from).len() as u64;
            let pairs = own * if from == self.to { own - 1 } else { to };
            if pairs == 0 {
                continue;
            }
            let decided = match (cell, &mut walker) {
                (Cell::Open, Some((walker, port))) => {
                    self.pairs.walk(walker, (from, self.to), *port)
                }
                (cell, _) => cell,
            };
            out.open += if cell == Cell::Open { pairs } else { 0 };
            out.pairs += pairs;
            match decided {
                Cell::All => out.all += pairs,
                Cell::Some => out.some += pairs,
                Cell::None => out.none += pairs,
                Cell::Unknown => out.unknown += pairs,
                Cell::Open => {}
            }
        }
        out
    }
}

/// Numbers of pairs of interfaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub pairs: u64,
    /// Of which everything arrives.
    pub all: u64,
    /// Of which some.
    pub some: u64,
    /// Of which nothing.
    pub none: u64,
    /// Of which that is not known.
    pub unknown: u64,
    /// Those that rows left open, whatever the walker said.
    pub open: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.all += other.all;
        self.some += other.some;
        self.none += other.none;
        self.unknown += other.unknown;
        self.open += other.open;
    }
}

impl<'a> Pairs<'a> {
    /// Who reaches a class at a port class.
    #[must_use]
    pub fn row(&self, to: ClassId, port: usize) -> Row<'_, 'a> {
        let (number, own) = self.half(port).unwrap_or((usize::MAX, 0));
        let half = self.parts.halves.get(number);
        let member = half.and_then(|h| h.places.of.get(to as usize)).copied();
        let member = member.filter(|m| *m != NONE);
        let kept = self.parts.kept.as_ref().zip(member);
        let bits = match (kept, half, member) {
            (Some((kept, member)), ..) => kept.row(port, member).cloned(),
            (None, Some(half), Some(member)) => {
                let place = half.places.members.get(member as usize);
                let place = place.map_or(0, |m| m.place);
                let column = half.column(self.ground(), place);
                let mut at = half.at_port(own);
                let row = half.row(self.ground(), member, &column, &mut at);
                Some(Arc::new(row))
            }
            _ => None,
        };
        Row {
            pairs: self,
            half: number,
            to,
            bits,
        }
    }

    /// Every row of a port class, one after the other, without keeping any.
    pub fn rows(&self, port: usize, mut each: impl FnMut(&Row<'_, 'a>)) {
        let Some((number, own)) = self.half(port) else {
            return;
        };
        let Some(half) = self.parts.halves.get(number) else {
            return;
        };
        let mut members = half.places.members.iter();
        let mut give = |bits: Arc<RowBits>| {
            if let Some(member) = members.next() {
                each(&Row {
                    pairs: self,
                    half: number,
                    to: member.class,
                    bits: Some(bits),
                });
            }
        };
        match &self.parts.kept {
            Some(kept) => {
                let all = 0..half.places.members.len() as u32;
                let rows = all.filter_map(|member| kept.row(port, member));
                rows.for_each(|row| give(row.clone()));
            }
            None => self.each_row(port, &mut half.at_port(own), |row| give(Arc::new(row))),
        }
    }

    /// The same as bits, in the order of members.
    fn each_row(&self, port: usize, at: &mut AtPort, mut each: impl FnMut(RowBits)) {
        let Some((half, _)) = self.half(port) else {
            return;
        };
        let Some(half) = self.parts.halves.get(half) else {
            return;
        };
        let ground = self.ground();
        let places = half.places.len() as u32;
        // Where ways are not kept, those of some places at a time.
        let block = match self.parts.predicted.keeps_ways {
            true => places.max(1),
            false => BLOCK,
        };
        for first in (0..places).step_by(block as usize) {
            let range = first..(first + block).min(places);
            let made = match self.parts.predicted.keeps_ways {
                true => Vec::new(),
                false => half.columns(ground, range.clone()),
            };
            let mut made = made.iter();
            for place in range {
                let kept;
                let column = match made.next() {
                    Some(column) => column,
                    None => {
                        kept = half.column(ground, place);
                        &kept
                    }
                };
                for member in half.places.range(place) {
                    each(half.row(ground, member, column, at));
                }
            }
        }
    }
}

/// Places whose ways are worked out together, where they are not kept.
const BLOCK: u32 = 64;
