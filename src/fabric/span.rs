//! Intervals of what has neighbours: ports, addresses.

use super::Address;

/// From the first to the last.
pub type Interval<N> = (N, N);

/// Values that have neighbours.
pub trait Neighbours: Copy + Ord {
    /// The one before it; the first is before itself.
    #[must_use]
    fn before(self) -> Self;
    /// The one after it; the last is after itself.
    #[must_use]
    fn after(self) -> Self;
    /// Whether an interval that begins with `next` goes on where this one ends.
    fn goes_on(self, next: Self) -> bool {
        next <= self.after()
    }
}

impl Neighbours for u16 {
    fn before(self) -> Self {
        self.saturating_sub(1)
    }
    fn after(self) -> Self {
        self.saturating_add(1)
    }
}

impl Neighbours for Address {
    fn before(self) -> Self {
        Address::before(self)
    }
    fn after(self) -> Self {
        Address::after(self)
    }
    // Families do not touch, as near as they are written.
    fn goes_on(self, next: Self) -> bool {
        next <= Address::after(self) && next.is_v4() == self.is_v4()
    }
}

/// Intervals sorted, those that touch joined.
#[must_use]
pub fn joined<N: Neighbours>(mut all: Vec<Interval<N>>) -> Vec<Interval<N>> {
    all.sort_unstable();
    let mut out: Vec<Interval<N>> = Vec::with_capacity(all.len());
    for (lo, hi) in all {
        match out.last_mut() {
            Some(last) if last.1.goes_on(lo) => last.1 = last.1.max(hi),
            _ => out.push((lo, hi)),
        }
    }
    out
}
