//! What travels: one packet, a flow with port ranges, or a set of packets.
//!
//! The walker sees traffic only through this trait, so it cannot look at a header: every decision
//! is a row, for all three alike. Laws (`tests/laws.rs`): a wider traffic's walk contains every
//! narrower one's, step for step, with the same ending.

use super::address::{Address, Bits};
use super::{Rewrite, Row, flags};
use smallvec::SmallVec;

/// Parts of traffic: hardly ever more than one, which needs no heap.
pub type Parts<T> = SmallVec<[T; 1]>;

/// Which address a table looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The source.
    Src,
    /// The destination.
    Dst,
}

/// What a row took of the traffic, or what no row took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A row.
    Row(Taken),
    /// No row.
    Otherwise,
}

/// The row that took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its number, among the rows of both families.
    pub row: u32,
    /// Its [`flags`].
    pub flags: u8,
    /// Which action of its table.
    pub then: u16,
}

impl Taken {
    /// Whether a flag is set.
    #[must_use]
    #[inline]
    pub fn is(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// How much of some traffic a row matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Nothing.
    None,
    /// All of it.
    Whole,
    /// Perhaps some of it.
    Part,
}

/// The rows of a table as traffic looks at them: at those of its family only.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// For traffic of IPv4.
    pub v4: List<'a, u32>,
    /// For traffic of IPv6.
    pub v6: List<'a, Address>,
    /// The side they look at.
    pub side: Side,
    /// The tags of the traffic's mark.
    pub tags: &'a [u32],
}

/// Rows of one family, in order.
#[derive(Clone, Copy, Debug)]
pub struct List<'a, A> {
    /// The rows.
    pub rows: &'a [Row<A>],
    /// The number of the first.
    pub first: u32,
    /// Disjoint, sorted, and about addresses alone.
    pub sorted: bool,
}

/// How far from where it is expected a row is looked for first.
const NEAR: usize = 4;

impl<A: Bits> List<'_, A> {
    #[inline(always)]
    fn hit(&self, number: usize, row: &Row<A>) -> Hit {
        Hit::Row(Taken {
            row: self.first + number as u32,
            flags: row.flags,
            then: row.then,
        })
    }

    /// The row of an address, where rows are sorted: most likely where it is if all but the first and
    /// the last are spread evenly, as hosts in a subnet are; or near there; else by halving.
    #[must_use]
    #[inline]
    pub fn sought(&self, address: Address) -> Hit {
        let address = A::of(address);
        match self.rows {
            [first, inner @ .., last] if first.lo <= address && address <= last.hi => {
                let expected = 1 + expected(inner, address);
                match self.rows.get(expected) {
                    Some(row) if row.lo <= address && address <= row.hi => self.hit(expected, row),
                    _ => self.near(expected, address),
                }
            }
            [row] if row.lo <= address && address <= row.hi => self.hit(0, row),
            _ => Hit::Otherwise,
        }
    }

    #[inline(never)]
    fn near(&self, expected: usize, address: A) -> Hit {
        let start = expected.saturating_sub(NEAR);
        let end = (expected + NEAR).min(self.rows.len());
        match self.rows.get(start..end) {
            Some(near @ [first, .., last]) if first.lo <= address && address <= last.hi => {
                self.halved(near, start, address)
            }
            _ => self.halved(self.rows, 0, address),
        }
    }

    /// The row of an address among sorted rows, of which the first has this number.
    #[inline]
    fn halved(&self, rows: &[Row<A>], first: usize, address: A) -> Hit {
        let number = rows.partition_point(|r| r.hi < address);
        match rows.get(number) {
            Some(row) if row.lo <= address => self.hit(first + number, row),
            _ => Hit::Otherwise,
        }
    }

    /// What takes all of some traffic of this family, if one row does, or none takes any.
    #[inline(always)]
    fn first_of<T: Traffic>(&self, all: &T, side: Side, tags: &[u32]) -> Option<Hit> {
        if let (true, Some(address)) = (self.sorted, all.point(side)) {
            return Some(self.sought(address));
        }
        for (number, row) in self.rows.iter().enumerate() {
            match all.share(row, side, tags) {
                Share::None => {}
                Share::Whole if !row.is(flags::FORK) => return Some(self.hit(number, row)),
                Share::Whole | Share::Part => return None,
            }
        }
        Some(Hit::Otherwise)
    }

    /// Each part of some traffic of this family goes to the first row that takes it.
    fn apply<T: Traffic>(&self, all: T, side: Side, tags: &[u32], each: &mut impl FnMut(T, Hit)) {
        let mut rest = Parts::from([all]);
        for (number, row) in self.rows.iter().enumerate() {
            let mut left = Parts::new();
            for part in rest {
                let (hit, misses) = part.split(row, side, tags);
                left.extend(misses);
                let Some(hit) = hit else { continue };
                if row.is(flags::FORK) {
                    left.push(hit.clone());
                }
                each(hit, self.hit(number, row));
            }
            rest = left;
            if rest.is_empty() {
                return;
            }
        }
        for part in rest {
            each(part, Hit::Otherwise);
        }
    }
}

/// The number of the row of an address, if rows are spread evenly.
#[inline]
fn expected<A: Bits>(rows: &[Row<A>], address: A) -> usize {
    match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => address.steps(first.lo, last.hi, rows.len()),
        _ => 0,
    }
}

/// One packet, or many that have travelled alike so far.
pub trait Traffic: Clone {
    /// How much of it matches a row of its family.
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: &[u32]) -> Share;

    /// The part that matches a row of its family, and the parts that do not.
    fn split<A: Bits>(self, row: &Row<A>, side: Side, tags: &[u32]) -> (Option<Self>, Parts<Self>);

    /// Whether it is of IPv4 or of IPv6, if it is of one family.
    fn is_v4(&self) -> Option<bool>;

    /// Its parts, each of one family.
    fn families(self) -> Parts<Self> {
        Parts::from([self])
    }

    /// The address on that side, if there is only one.
    fn point(&self, side: Side) -> Option<Address>;

    /// Changes headers; `draw` picks from an allocated range where one value is needed.
    #[must_use]
    fn rewrite(self, to: &Rewrite, draw: u16) -> Self;

    /// The reply: addresses and ports exchanged.
    #[must_use]
    fn reply(&self) -> Self;

    /// Of this reply, the part that answers `seen`, with the headers that `to` changed put back as
    /// `before` had them; and the parts that do not answer.
    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Parts<Self>);

    /// All of this reply as [`Traffic::recall`] restores it, if all of it answers `seen` and that is
    /// easily told.
    fn restored(&self, _seen: &Self, _before: &Self, _to: &Rewrite) -> Option<Self> {
        None
    }

    /// Whose it is.
    fn mark(&self) -> u32;
    /// Says whose it is.
    fn set_mark(&mut self, mark: u32);
    /// The newest memory of it.
    fn session(&self) -> u32;
    /// Adds a memory.
    fn set_session(&mut self, session: u32);

    /// What takes all of it, if one row does, or none takes any; so nothing is split or copied.
    #[inline(always)]
    fn first(&self, rows: Rows<'_>) -> Option<Hit> {
        if self.is_v4()? {
            rows.v4.first_of(self, rows.side, rows.tags)
        } else {
            rows.v6.first_of(self, rows.side, rows.tags)
        }
    }

    /// Rows in order: each part goes to the first row that takes it.
    fn apply(self, rows: Rows<'_>, mut each: impl FnMut(Self, Hit)) {
        for part in self.families() {
            match part.is_v4() {
                Some(true) => rows.v4.apply(part, rows.side, rows.tags, &mut each),
                _ => rows.v6.apply(part, rows.side, rows.tags, &mut each),
            }
        }
    }
}
