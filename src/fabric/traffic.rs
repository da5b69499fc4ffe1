//! What travels: one packet, a flow with port ranges, or a set of packets.
//!
//! The walker sees traffic only through this trait, so it cannot look at a header: every decision
//! is a row, for all three alike. Laws (`tests/laws.rs`): a wider traffic's walk contains every
//! narrower one's, step for step, with the same ending.

use super::address::{Address, Bits};
use super::list::{self, Rows, Tags};
use super::{Rewrite, Row, flags};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// Parts of traffic: hardly ever more than one, which needs no heap.
pub type Parts<T> = SmallVec<[T; 1]>;

/// Which address a table looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Which outcome of its table.
    pub then: u16,
    /// Its [`flags`].
    pub flags: u8,
}

impl Taken {
    /// Whether it is not known if the row is there or holds.
    #[must_use]
    #[inline]
    pub fn maybe(self) -> bool {
        self.flags & flags::MAYBE != 0
    }

    /// Whether it is tried both ways.
    #[must_use]
    #[inline]
    pub fn fork(self) -> bool {
        self.flags & flags::FORK != 0
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

/// One packet, or many that have travelled alike so far.
pub trait Traffic: Clone {
    /// How much of it matches a row of its family.
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share;

    /// The part that matches a row of its family, and the parts that do not.
    fn split<A: Bits>(
        self,
        row: &Row<A>,
        side: Side,
        tags: Tags<'_>,
    ) -> (Option<Self>, Parts<Self>);

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

    /// Whether all of it was part of that traffic and has the same headers again, whatever is
    /// remembered of it since.
    fn recurs(&self, earlier: &Self) -> bool;

    /// What takes all of it, if one row does, or none takes any; so nothing is split or copied.
    #[inline(always)]
    fn first(&self, rows: Rows<'_>) -> Option<Hit> {
        if self.is_v4()? {
            list::first::<u32, _>(rows, self)
        } else {
            list::first::<Address, _>(rows, self)
        }
    }

    /// Rows in order: each part goes to the first row that takes it.
    fn apply(self, rows: Rows<'_>, mut each: impl FnMut(Self, Hit)) {
        for part in self.families() {
            match part.is_v4() {
                Some(true) => list::apply::<u32, _>(rows, part, &mut each),
                _ => list::apply::<Address, _>(rows, part, &mut each),
            }
        }
    }
}
