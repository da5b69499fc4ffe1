//! Rows of the matrix: those that are kept, each once, and those that are worked out when asked for.

use super::factors::Factors;
use super::half::{Half, RowBits};
use super::making::Making;
use super::shared::{Recipe, Shared};
use super::split::Twin;
use super::{Cell, Pairs};
use crate::analysis::classes::ClassId;
use crate::fabric::NONE;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::sync::Arc;

/// Every row of every port class; those that are alike are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// What the rows of each family share.
    pub(super) shared: Vec<Shared>,
    /// By port class, then by member.
    pub(super) of: Vec<Vec<Arc<RowBits>>>,
}

impl Kept {
    pub(super) fn new(pairs: &Pairs<'_>) -> Self {
        let mut out = Self::default();
        let mut known: FxHashSet<Arc<RowBits>> = FxHashSet::default();
        for half in &pairs.parts.halves {
            let ports = 0..half.ports.classes.len();
            let mut of: Vec<Vec<Arc<RowBits>>> = vec![Vec::new(); ports.len()];
            let mut making = Making::new(pairs.ground(), half, ports.clone());
            for place in 0..half.places.len() as u32 {
                making.go_to(place);
                let mut made: FxHashMap<Recipe, Arc<RowBits>> = FxHashMap::default();
                for member in half.places.range(place) {
                    for (port, of) in ports.clone().zip(&mut of) {
                        let row = made.entry(making.recipe(member, port));
                        let row = row.or_insert_with_key(|r| one_of(&mut known, making.row(r)));
                        of.push(row.clone());
                    }
                }
            }
            out.of.append(&mut of);
            out.shared.push(making.into_shared());
        }
        out
    }

    /// Members of a family are added that are like others, at the classes of ports from one on.
    pub(super) fn alike(&mut self, ports: Range<usize>, twins: &[Twin]) {
        let of = self.of.get_mut(ports).unwrap_or_default();
        // Each row once; then nobody else has it, and it grows where it is.
        let mut known: FxHashMap<*const RowBits, u32> = FxHashMap::default();
        let mut all: Vec<Arc<RowBits>> = Vec::new();
        let numbers = of.iter_mut().map(|rows| {
            let numbers = std::mem::take(rows).into_iter().map(|row| {
                let next = all.len() as u32;
                let number = *known.entry(Arc::as_ptr(&row)).or_insert(next);
                if number == next {
                    all.push(row);
                }
                number
            });
            numbers.collect::<Vec<u32>>()
        });
        let numbers: Vec<Vec<u32>> = numbers.collect();
        for row in &mut all {
            Arc::make_mut(row).alike(twins);
        }
        for (rows, mut numbers) in of.iter_mut().zip(numbers) {
            let likes = twins.iter().filter_map(|t| numbers.get(t.like as usize));
            let likes: Vec<u32> = likes.copied().collect();
            numbers.extend(likes);
            let own = numbers.into_iter();
            *rows = own.filter_map(|n| all.get(n as usize).cloned()).collect();
        }
    }

    fn row(&self, port: usize, member: u32) -> Option<&Arc<RowBits>> {
        self.of.get(port)?.get(member as usize)
    }
}

/// A row, or the one like it that is known.
pub(super) fn one_of(known: &mut FxHashSet<Arc<RowBits>>, row: RowBits) -> Arc<RowBits> {
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
    pub(super) pairs: &'p Pairs<'a>,
    pub(super) half: usize,
    pub(super) to: ClassId,
    pub(super) bits: Option<Arc<RowBits>>,
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
        if self.pairs.asks_itself(from, self.to) {
            return Cell::None;
        }
        self.raw(bits, member)
    }

    /// The same of any two interfaces of the classes, were there two.
    pub(super) fn raw(&self, bits: &RowBits, member: u32) -> Cell {
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
        let heard = |class| self.pairs.senders(class).next().is_some();
        let members = members.filter(move |(_, member)| heard(member.class));
        members.map(|(number, member)| {
            let bits = self.bits.as_ref();
            let cell = bits.map_or(Cell::None, |b| self.at(b, member.class, number));
            (member.class, cell)
        })
    }

    /// Every class of which something arrives, or may.
    pub fn found(&self) -> impl Iterator<Item = (ClassId, Cell)> + '_ {
        let half = self.pairs.parts.halves.get(self.half);
        let both = half.zip(self.bits.as_ref());
        let found = both.into_iter().flat_map(move |(half, bits)| {
            let mut any = bits.all.clone();
            for more in [&bits.some, &bits.open].into_iter().flatten() {
                any.or(more);
            }
            let any: Vec<u32> = any.ones().collect();
            any.into_iter().filter_map(move |number| {
                let class = half.places.members.get(number as usize)?.class;
                Some((class, self.at(bits, class, number)))
            })
        });
        let heard = |class| self.pairs.senders(class).next().is_some();
        found.filter(move |(class, cell)| *cell != Cell::None && heard(*class))
    }
}

impl<'a> Pairs<'a> {
    /// Who reaches a class at a port class.
    #[must_use]
    pub fn row(&self, to: ClassId, port: usize) -> Row<'_, 'a> {
        let (number, own) = self.half(port).unwrap_or((usize::MAX, 0));
        let rows = match (&self.parts.kept, self.parts.halves.get(number)) {
            (Some(kept), Some(half)) => {
                let member = half.member(to);
                vec![member.and_then(|member| self.known(kept, (number, own), port, member))]
            }
            (None, Some(half)) => self.made(half, to, own..own + 1),
            (_, None) => Vec::new(),
        };
        Row {
            pairs: self,
            half: number,
            to,
            bits: rows.into_iter().flatten().next(),
        }
    }

    /// Who reaches a class at each port class.
    #[must_use]
    pub fn rows_to(&self, to: ClassId) -> Vec<Row<'_, 'a>> {
        let ports = 0..self.parts.ports.len();
        if self.parts.kept.is_some() {
            return ports.map(|port| self.row(to, port)).collect();
        }
        let rows = self
            .parts
            .halves
            .iter()
            .enumerate()
            .flat_map(|(number, half)| {
                let rows = self.made(half, to, 0..half.ports.classes.len());
                let row = move |bits| Row {
                    pairs: self,
                    half: number,
                    to,
                    bits,
                };
                rows.into_iter().map(row)
            });
        rows.collect()
    }

    /// A row as it is kept, or if an edit has made it another, as it is now.
    fn known(
        &self,
        kept: &Kept,
        (half, own): (usize, usize),
        port: usize,
        member: u32,
    ) -> Option<Arc<RowBits>> {
        match self.stale((half, own), member) {
            None => kept.row(port, member).cloned(),
            Some((half, factors)) => {
                let row = factors.row(half, self.ground(), (member, own));
                Some(Arc::new(row))
            }
        }
    }

    /// What a row is made of that an edit has made another.
    fn stale(&self, (half, own): (usize, usize), member: u32) -> Option<(&Half, &Factors)> {
        let factors = self.parts.factors.get(half)?;
        let stale = factors.stale.get(own)?.has(member);
        self.parts.halves.get(half).zip(stale.then_some(factors))
    }

    /// What rows say of a pair of classes at a port class.
    pub(super) fn raw(&self, from: ClassId, to: ClassId, port: usize) -> Cell {
        let half = self.half(port);
        let members = half.and_then(|(number, own)| {
            let half = self.parts.halves.get(number)?;
            Some((number, own, half.member(from)?, half.member(to)?))
        });
        let stale = members.and_then(|(number, own, from, to)| {
            let (half, factors) = self.stale((number, own), to)?;
            Some(factors.cell(half, (from, to), own))
        });
        match stale {
            None => self.row(to, port).cell(from),
            Some(_) if self.asks_itself(from, to) => Cell::None,
            Some(cell) => cell,
        }
    }

    /// Whether nobody else is of a class: it would have to ask itself.
    fn asks_itself(&self, from: ClassId, to: ClassId) -> bool {
        from == to && self.parts.classes.members(from).len() < 2
    }

    fn made(&self, half: &Half, to: ClassId, ports: Range<usize>) -> Vec<Option<Arc<RowBits>>> {
        let Some(member) = half.member(to) else {
            return vec![None; ports.len()];
        };
        let place = half.places.members.get(member as usize);
        let mut making = Making::new(self.ground(), half, ports.clone());
        making.go_to(place.map_or(0, |m| m.place));
        let rows = ports.map(|port| {
            let recipe = making.recipe(member, port);
            Some(Arc::new(making.row(&recipe)))
        });
        rows.collect()
    }

    /// Every row of a port class, one after the other, without keeping any.
    pub fn rows(&self, port: usize, mut each: impl FnMut(&Row<'_, 'a>)) {
        let Some((number, own)) = self.half(port) else {
            return;
        };
        let Some(half) = self.parts.halves.get(number) else {
            return;
        };
        let class = |member: u32| half.places.members.get(member as usize).map(|m| m.class);
        let heard = |member| class(member).is_some_and(|c| self.receivers(c).next().is_some());
        let mut give = |member: u32, bits: Arc<RowBits>| {
            if let Some(to) = class(member) {
                each(&Row {
                    pairs: self,
                    half: number,
                    to,
                    bits: Some(bits),
                });
            }
        };
        match &self.parts.kept {
            Some(kept) => {
                let all = 0..half.places.members.len() as u32;
                for member in all.filter(|member| heard(*member)) {
                    if let Some(row) = self.known(kept, (number, own), port, member) {
                        give(member, row);
                    }
                }
            }
            None => Making::new(self.ground(), half, own..own + 1).each(own, heard, give),
        }
    }
}
