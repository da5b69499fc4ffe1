//! Numbers of pairs of interfaces, counted by whole rows.

use super::Cell;
use super::bits::Bits;
use super::places::Places;
use super::rows::Row;
use crate::analysis::classes::ClassId;
use crate::engine::Walker;
use crate::fabric::{Flow, NONE};

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

impl Tally {
    fn of(&mut self, cell: Cell) -> Option<&mut u64> {
        match cell {
            Cell::All => Some(&mut self.all),
            Cell::Some => Some(&mut self.some),
            Cell::None => Some(&mut self.none),
            Cell::Unknown => Some(&mut self.unknown),
            Cell::Open => None,
        }
    }
}

/// How many interfaces that send each member stands for, summed up.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    /// Of all members before each, and of all.
    before: Vec<u64>,
}

impl Weights {
    pub(super) fn new(places: &Places, count: impl Fn(ClassId) -> usize) -> Self {
        let mut sum = 0;
        let mut before = vec![0];
        for member in &places.members {
            let place = places.all.get(member.place as usize);
            if place.is_some_and(|p| p.sends) {
                sum += count(member.class) as u64;
            }
            before.push(sum);
        }
        Self { before }
    }

    fn all(&self) -> u64 {
        self.before.last().copied().unwrap_or_default()
    }

    fn one(&self, member: u32) -> u64 {
        self.span(member as usize, member as usize + 1)
    }

    fn span(&self, from: usize, to: usize) -> u64 {
        let at = |n: usize| self.before.get(n).copied().unwrap_or_else(|| self.all());
        at(to) - at(from)
    }

    /// Of 64 members, those with a bit.
    fn word(&self, number: usize, word: u64) -> u64 {
        if word == 0 {
            return 0;
        }
        let from = number * 64;
        let all = self.span(from, from + 64);
        if word == u64::MAX || all == 0 {
            return all;
        }
        // Each is one: a class of its own.
        if all == 64 && (0..64).all(|n| self.one((from + n) as u32) == 1) {
            return u64::from(word.count_ones());
        }
        let next = |rest: &u64| Some(rest & rest.wrapping_sub(1)).filter(|r| *r != 0);
        let rests = std::iter::successors(Some(word), next);
        rests
            .map(|rest| self.one(from as u32 + rest.trailing_zeros()))
            .sum()
    }
}

impl Row<'_, '_> {
    /// How many pairs of interfaces there are of each kind of cell. What is open the walker decides,
    /// at the port class it is asked about, if there is one.
    pub fn tally(&self, mut walker: Option<(&mut Walker<Flow>, usize)>) -> Tally {
        let mut out = Tally::default();
        let Some(half) = self.pairs.parts.halves.get(self.half) else {
            return out;
        };
        let to = self.pairs.receivers(self.to).count() as u64;
        let Some(bits) = &self.bits else { return out };
        let weights = &half.weights;
        out.pairs = weights.all();
        let word = |bits: &Option<Bits>, number: usize| {
            let word = bits.as_ref().and_then(|b| b.words().get(number));
            word.copied().unwrap_or_default()
        };
        for (number, all) in bits.all.words().iter().enumerate() {
            let (some, open) = (word(&bits.some, number), word(&bits.open, number));
            out.open += weights.word(number, open);
            out.all += weights.word(number, all & !open);
            out.some += weights.word(number, some & !all & !open);
        }
        out.none = out.pairs - out.all - out.some - out.open;
        for count in [
            &mut out.pairs,
            &mut out.all,
            &mut out.some,
            &mut out.none,
            &mut out.open,
        ] {
            *count *= to;
        }
        self.not_itself(&mut out);
        if let (Some(open), Some((walker, port))) = (&bits.open, &mut walker) {
            for member in open.ones() {
                let Some(from) = half.places.members.get(member as usize).map(|m| m.class) else {
                    continue;
                };
                let pairs = self.pairs.count(from, self.to);
                if pairs == 0 {
                    continue;
                }
                let decided = self.pairs.walk(walker, (from, self.to), *port);
                if let Some(count) = out.of(decided) {
                    *count += pairs;
                }
            }
        }
        out
    }

    /// Nobody is asked about himself.
    fn not_itself(&self, out: &mut Tally) {
        let half = self.pairs.parts.halves.get(self.half);
        let member = half
            .and_then(|h| h.places.of.get(self.to as usize))
            .copied();
        let (Some(half), Some(member), Some(bits)) = (half, member, &self.bits) else {
            return;
        };
        if member == NONE {
            return;
        }
        if half.weights.one(member) == 0 {
            return;
        }
        let own = self.pairs.itself(self.to);
        out.pairs -= own;
        match self.raw(bits, member) {
            Cell::Open => out.open -= own,
            cell => {
                if let Some(count) = out.of(cell) {
                    *count -= own;
                }
            }
        }
    }
}
