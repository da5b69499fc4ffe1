//! A row: a box in header space, one-sided, of one family. Sixteen bytes for IPv4, forty for IPv6.

use super::address::{Address, Bits};
use super::list::Tags;
use crate::fixed::Fixed;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Bits of [`Row::flags`].
#[allow(missing_docs, reason = "each is explained by its comment")]
pub mod flags {
    /// Any protocol.
    pub const ANY_PROTOCOL: u8 = 1;
    /// Looks at the mark, not at an address: `lo` is the tag.
    pub const BY_MARK: u8 = 2;
    /// It is not known whether the row is there or holds.
    pub const MAYBE: u8 = 4;
    /// Such a row is tried both ways (ordered tables); without, it passes with a reservation.
    pub const FORK: u8 = 8;
}

/// A match on one side's address, protocol and destination port. What it does is `then`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row<A> {
    /// Lowest address.
    pub lo: A,
    /// Highest address.
    pub hi: A,
    /// Destination ports; for ICMP, type in the high byte, code in the low.
    pub ports: (u16, u16),
    /// IP protocol.
    pub proto: u8,
    /// See [`flags`].
    pub flags: u8,
    /// Which outcome of its table.
    pub then: u16,
}

impl<A: Bits> Row<A> {
    /// Whether a flag is set.
    #[must_use]
    #[inline]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether it is about this address of its family, or about none.
    #[must_use]
    #[inline(always)]
    pub fn spans(&self, address: Address) -> bool {
        let address = A::of(address);
        self.is(flags::BY_MARK) || (self.lo <= address && address <= self.hi)
    }

    /// Whether everything but ports and address is satisfied.
    #[must_use]
    #[inline]
    pub fn takes(&self, proto: u8, tags: Tags<'_>) -> bool {
        (self.is(flags::ANY_PROTOCOL) | (self.proto == proto))
            && (!self.is(flags::BY_MARK) || tags.have(self.tag()))
    }

    /// The tag, if it looks at the mark.
    #[must_use]
    #[inline(always)]
    pub fn tag(&self) -> u32 {
        self.lo.address().low32()
    }

    /// The same row with the addresses of every family.
    #[must_use]
    pub fn wide(&self) -> Row<Address> {
        Row {
            lo: self.lo.address(),
            hi: self.hi.address(),
            ports: self.ports,
            proto: self.proto,
            flags: self.flags,
            then: self.then,
        }
    }
}

impl Row<()> {
    /// The row about these addresses.
    pub(super) fn about<A>(self, lo: A, hi: A) -> Row<A> {
        Row {
            lo,
            hi,
            ports: self.ports,
            proto: self.proto,
            flags: self.flags,
            then: self.then,
        }
    }
}

/// The rows of one family, of all tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "A: Fixed")]
pub struct Arena<A> {
    /// One table's after the other's.
    #[serde(with = "crate::fixed")]
    pub rows: Vec<Row<A>>,
    /// Parallel to the rows: where each was written, in [`Fabric::written`](super::Fabric::written).
    #[serde(with = "crate::fixed")]
    pub origins: Vec<u32>,
}

impl<A> Default for Arena<A> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            origins: Vec::new(),
        }
    }
}

impl<A: Bits> Arena<A> {
    /// Where the rows of a new table begin.
    pub(super) fn begun(&self) -> u32 {
        self.rows.len() as u32
    }

    pub(super) fn push(&mut self, row: Row<A>, written: u32) {
        self.rows.push(row);
        self.origins.push(written);
    }

    /// Moves the last rows, those of a table, to where there is room for them, if it is enough: where
    /// they were written is so much elsewhere. Else there is room for as many again behind them.
    pub(super) fn settle(&mut self, part: &mut Part, room: &mut Range<u32>, to: Option<Moved>) {
        let (from, len) = (part.first as usize, part.len as usize);
        match to {
            Some(moved) => {
                for origin in self.origins.get_mut(from..).unwrap_or_default() {
                    *origin = moved.of(*origin);
                }
                let at = room.start as usize;
                self.rows.copy_within(from.., at);
                self.origins.copy_within(from.., at);
                self.rows.truncate(from);
                self.origins.truncate(from);
                part.first = room.start;
            }
            None => {
                let end = from + 2 * len;
                if let Some((row, origin)) =
                    self.rows.last().copied().zip(self.origins.last().copied())
                {
                    self.rows.resize(end, row);
                    self.origins.resize(end, origin);
                }
                *room = part.first..self.rows.len() as u32;
            }
        }
    }

    /// The rows of a table that began there.
    pub(super) fn ended(&self, first: u32) -> Part {
        let rows = self.rows.get(first as usize..).unwrap_or(&[]);
        let plain = |r: &Row<A>| r.ports == (0, u16::MAX) && r.flags == flags::ANY_PROTOCOL;
        let runs = rows.chunk_by(|a, b| plain(a) && plain(b) && a.hi < b.lo);
        let (mut next, mut sorted, mut spread) = (0, 0..0, Spread::default());
        for run in runs {
            if run.len() > 8.max(sorted.len()) {
                sorted = next..next + run.len() as u32;
                spread = Spread::of(run);
            }
            next += run.len() as u32;
        }
        Part {
            first,
            len: rows.len() as u32,
            sorted,
            spread,
        }
    }
}

/// Numbers that have moved, from one on to another on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved {
    pub(super) from: u32,
    pub(super) to: u32,
}

impl Moved {
    fn of(self, number: u32) -> u32 {
        number.wrapping_sub(self.from).wrapping_add(self.to)
    }
}

/// A table's rows of one family.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Part {
    /// First row.
    pub first: u32,
    /// Number of rows.
    pub len: u32,
    /// Of them, a long run that is disjoint and sorted by address and looks at nothing else: found by
    /// address.
    pub sorted: Range<u32>,
    /// Where in that run an address is to be expected.
    pub spread: Spread,
}

/// How sorted rows lie if all but the first and the last are spread evenly, as hosts in a subnet are.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Spread {
    /// Where the second of them begins: the last bits of its address.
    low: u32,
    /// Rows an address, in units of 2 to the minus 31.
    rows: u32,
}

impl Spread {
    fn of<A: Bits>(rows: &[Row<A>]) -> Self {
        let [_, inner @ .., _] = rows else {
            return Self::default();
        };
        let (Some(first), Some(last)) = (inner.first(), inner.last()) else {
            return Self::default();
        };
        let (first, last) = (first.lo.address(), last.hi.address());
        let width = (last.bits() - first.bits()).saturating_add(1);
        let rows = ((inner.len() as u128) << 31).div_ceil(width);
        Self {
            low: first.low32(),
            rows: u32::try_from(rows).unwrap_or(u32::MAX),
        }
    }

    /// The number of the row of an address, if it is one of them.
    #[inline(always)]
    pub(super) fn expected(self, address: u32) -> usize {
        let addresses = u64::from(address.saturating_sub(self.low));
        1 + ((addresses * u64::from(self.rows)) >> 31) as usize
    }
}

impl Part {
    /// Where they are in their arena.
    #[must_use]
    #[inline]
    pub fn range(&self) -> Range<usize> {
        self.first as usize..self.first as usize + self.len as usize
    }
}

/// Set in the number of a row of IPv6: both families' rows have numbers of one kind.
pub const V6: u32 = 1 << 31;
