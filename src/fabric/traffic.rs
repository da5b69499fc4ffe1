//! What travels: one packet, a flow with port ranges, or a set of packets.
//!
//! The walker sees traffic only through this trait, so it cannot look at a header: every decision
//! is a row, for all three alike. Laws (`tests/laws.rs`): a wider traffic's walk contains every
//! narrower one's, step for step, with the same ending.

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
    /// The row of this number.
    Row(usize),
    /// No row.
    Otherwise,
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

/// The rows of a table as traffic looks at them.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// In order.
    pub rows: &'a [Row],
    /// The side they look at.
    pub side: Side,
    /// The tags of the traffic's mark.
    pub tags: &'a [u32],
    /// Disjoint, sorted, and about addresses alone.
    pub sorted: bool,
}

/// How far from where it is expected a row is looked for first.
const NEAR: usize = 4;

impl Rows<'_> {
    /// The row of an address, where rows are sorted: most likely where it is if all but the first and
    /// the last are spread evenly, as hosts in a subnet are; or near there; else by halving.
    #[must_use]
    #[inline]
    pub fn sought(&self, address: u32) -> Hit {
        match self.rows {
            [first, inner @ .., last] if first.lo <= address && address <= last.hi => {
                let expected = 1 + expected(inner, address);
                match self.rows.get(expected) {
                    Some(row) if row.lo <= address && address <= row.hi => Hit::Row(expected),
                    _ => self.near(expected, address),
                }
            }
            [row] if row.lo <= address && address <= row.hi => Hit::Row(0),
            _ => Hit::Otherwise,
        }
    }

    #[inline(never)]
    fn near(&self, expected: usize, address: u32) -> Hit {
        let start = expected.saturating_sub(NEAR);
        let end = (expected + NEAR).min(self.rows.len());
        match self.rows.get(start..end) {
            Some(near @ [first, .., last]) if first.lo <= address && address <= last.hi => {
                halved(near, start, address)
            }
            _ => halved(self.rows, 0, address),
        }
    }
}

/// The number of the row of an address, if rows are spread evenly.
#[inline]
fn expected(rows: &[Row], address: u32) -> usize {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return 0;
    };
    let before = u64::from(address.saturating_sub(first.lo));
    let all = u64::from(last.hi.saturating_sub(first.lo)) + 1;
    (before * rows.len() as u64 / all) as usize
}

/// The row of an address among sorted rows, of which the first has this number.
#[inline]
fn halved(rows: &[Row], first: usize, address: u32) -> Hit {
    let number = rows.partition_point(|r| r.hi < address);
    match rows.get(number) {
        Some(row) if row.lo <= address => Hit::Row(first + number),
        _ => Hit::Otherwise,
    }
}

/// One packet, or many that have travelled alike so far.
pub trait Traffic: Clone {
    /// How much of it matches a row.
    fn share(&self, row: &Row, side: Side, tags: &[u32]) -> Share;

    /// The part that matches the row, and the parts that do not.
    fn split(self, row: &Row, side: Side, tags: &[u32]) -> (Option<Self>, Parts<Self>);

    /// The address on that side, if there is only one.
    fn point(&self, side: Side) -> Option<u32>;

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
        if let (true, Some(address)) = (rows.sorted, self.point(rows.side)) {
            return Some(rows.sought(address));
        }
        for (number, row) in rows.rows.iter().enumerate() {
            match self.share(row, rows.side, rows.tags) {
                Share::None => {}
                Share::Whole if !row.is(flags::FORK) => return Some(Hit::Row(number)),
                Share::Whole | Share::Part => return None,
            }
        }
        Some(Hit::Otherwise)
    }

    /// Rows in order: each part goes to the first row that takes it.
    fn apply(self, rows: Rows<'_>, mut each: impl FnMut(Self, Hit)) {
        let mut rest = Parts::from([self]);
        for (number, row) in rows.rows.iter().enumerate() {
            let mut left = Parts::new();
            for part in rest {
                let (hit, misses) = part.split(row, rows.side, rows.tags);
                left.extend(misses);
                let Some(hit) = hit else { continue };
                if row.is(flags::FORK) {
                    left.push(hit.clone());
                }
                each(hit, Hit::Row(number));
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
