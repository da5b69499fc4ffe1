//! What travels: one packet, a flow with port ranges, or a set of packets.
//!
//! The walker sees traffic only through this trait, so it cannot look at a header: every decision
//! is a row, for all three alike. Laws (`tests/laws.rs`): a wider traffic's walk contains every
//! narrower one's, step for step, with the same ending.

use super::{Rewrite, Row, flags};

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

/// One packet, or many that have travelled alike so far.
pub trait Traffic: Clone {
    /// The part that matches the row, and the parts that do not.
    fn split(self, row: &Row, side: Side, tags: &[u32]) -> (Option<Self>, Vec<Self>);

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
    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Vec<Self>);

    /// Whose it is.
    fn mark(&self) -> u32;
    /// Says whose it is.
    fn set_mark(&mut self, mark: u32);
    /// The newest memory of it.
    fn session(&self) -> u32;
    /// Adds a memory.
    fn set_session(&mut self, session: u32);

    /// Rows in order: each part goes to the first row that takes it. The default splits again and
    /// again; traffic with one value a field scans instead.
    fn apply(self, rows: &[Row], side: Side, tags: &[u32], mut each: impl FnMut(Self, Hit)) {
        let mut rest = vec![self];
        for (number, row) in rows.iter().enumerate() {
            let mut left = Vec::new();
            for part in rest {
                let (hit, misses) = part.split(row, side, tags);
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
