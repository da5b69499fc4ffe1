//! A flow: one value a field, except that a port may be a range. What `trace` and `check` walk.

use super::address::{Address, Bits};
use super::packet::{icmp_reply, is_icmp};
use super::{Interval, NONE, Neighbours, Packet, Parts, Rewrite, Row, Share, Side, Tags, Traffic};
use smallvec::{SmallVec, smallvec};

/// Packets that differ in one port only: the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// Source address.
    pub src: Address,
    /// Destination address.
    pub dst: Address,
    /// Source ports, inclusive.
    pub sport: (u16, u16),
    /// Destination ports, inclusive; for ICMP, type and code.
    pub dport: (u16, u16),
    /// IP protocol.
    pub proto: u8,
    /// Whose it is.
    pub mark: u32,
    /// The newest memory of it.
    pub session: u32,
}

impl Flow {
    /// A flow nobody has seen yet.
    #[must_use]
    pub fn new(
        src: impl Into<Address>,
        dst: impl Into<Address>,
        proto: u8,
        sport: (u16, u16),
        dport: u16,
    ) -> Self {
        Self {
            src: src.into(),
            dst: dst.into(),
            sport,
            dport: (dport, dport),
            proto,
            mark: 0,
            session: NONE,
        }
    }

    /// Whether a packet is one of it.
    #[must_use]
    pub fn contains(&self, packet: &Packet) -> bool {
        self.src == packet.src
            && self.dst == packet.dst
            && self.proto == packet.proto
            && self.mark == packet.mark
            && within(self.sport, packet.sport)
            && within(self.dport, packet.dport)
    }

    /// An answer with the headers that `to` changed put back as `before` had them. A range that was
    /// allocated is restored whole: which port was drawn is not known.
    #[inline(always)]
    fn put_back(&self, before: &Self, to: &Rewrite) -> Self {
        let was = before.reply();
        let port_changed = to.sport.is_some() || (is_icmp(self.proto) && to.dport.is_some());
        Self {
            src: was.src,
            dst: was.dst,
            sport: if to.dport.is_some() {
                was.sport
            } else {
                self.sport
            },
            dport: if port_changed { was.dport } else { self.dport },
            ..*self
        }
    }
}

/// Whether a port is in a range.
#[inline]
pub(super) fn within((lo, hi): (u16, u16), port: u16) -> bool {
    lo <= port && port <= hi
}

/// How much of the first interval the second covers.
#[inline]
pub(super) fn share<N: Ord>(a: Interval<N>, b: Interval<N>) -> Share {
    if a.1 < b.0 || b.1 < a.0 {
        Share::None
    } else if b.0 <= a.0 && a.1 <= b.1 {
        Share::Whole
    } else {
        Share::Part
    }
}

/// The common part of two intervals, and what is left of the first.
pub(super) fn cut<N: Neighbours>(
    a: Interval<N>,
    b: Interval<N>,
) -> (Option<Interval<N>>, SmallVec<[Interval<N>; 2]>) {
    let (lo, hi) = (a.0.max(b.0), a.1.min(b.1));
    if lo > hi {
        return (None, smallvec![a]);
    }
    let mut rest = SmallVec::new();
    if a.0 < lo {
        rest.push((a.0, lo.before()));
    }
    if hi < a.1 {
        rest.push((hi.after(), a.1));
    }
    (Some((lo, hi)), rest)
}

impl Traffic for Flow {
    #[inline(always)]
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
        let address = if side == Side::Src {
            self.src
        } else {
            self.dst
        };
        // Ports first: they tell most rows of a group apart.
        let (lo, hi) = row.ports;
        if self.dport.1 < lo
            || hi < self.dport.0
            || !row.spans(address)
            || !row.takes(self.proto, tags)
        {
            Share::None
        } else if lo <= self.dport.0 && self.dport.1 <= hi {
            Share::Whole
        } else {
            Share::Part
        }
    }

    fn split<A: Bits>(
        self,
        row: &Row<A>,
        side: Side,
        tags: Tags<'_>,
    ) -> (Option<Self>, Parts<Self>) {
        if self.share(row, side, tags) == Share::None {
            return (None, Parts::from([self]));
        }
        let (hit, rest) = cut(self.dport, row.ports);
        (
            hit.map(|dport| Self { dport, ..self }),
            rest.into_iter()
                .map(|dport| Self { dport, ..self })
                .collect(),
        )
    }

    #[inline(always)]
    fn is_v4(&self) -> Option<bool> {
        Some(self.dst.is_v4())
    }

    #[inline]
    fn point(&self, side: Side) -> Option<Address> {
        Some(if side == Side::Src {
            self.src
        } else {
            self.dst
        })
    }

    fn rewrite(mut self, to: &Rewrite, _: u16) -> Self {
        self.src = to.src.unwrap_or(self.src);
        self.dst = to.destination(self.dst);
        self.sport = to.sport.unwrap_or(self.sport);
        self.dport = to.dport.map_or(self.dport, |p| (p, p));
        self
    }

    #[inline(always)]
    fn reply(&self) -> Self {
        let (sport, dport) = if is_icmp(self.proto) {
            let answer = |message| icmp_reply(self.proto, message);
            ((0, 0), (answer(self.dport.0), answer(self.dport.1)))
        } else {
            (self.dport, self.sport)
        };
        Self {
            src: self.dst,
            dst: self.src,
            sport,
            dport,
            mark: 0,
            ..*self
        }
    }

    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Parts<Self>) {
        let want = seen.reply();
        if self.src != want.src || self.dst != want.dst || self.proto != want.proto {
            return (None, Parts::from([self]));
        }
        let (sport, left) = cut(self.sport, want.sport);
        let left = left.into_iter().map(|sport| Self { sport, ..self });
        let mut misses: Parts<Self> = left.collect();
        let Some(sport) = sport else {
            return (None, misses);
        };
        let (dport, rest) = cut(self.dport, want.dport);
        misses.extend(rest.into_iter().map(|dport| Self {
            sport,
            dport,
            ..self
        }));
        let hit = dport.map(|dport| {
            let answer = Self {
                sport,
                dport,
                ..self
            };
            answer.put_back(before, to)
        });
        (hit, misses)
    }

    #[inline(always)]
    fn restored(&self, seen: &Self, before: &Self, to: &Rewrite) -> Option<Self> {
        let want = seen.reply();
        let whole = self.src == want.src
            && self.dst == want.dst
            && self.proto == want.proto
            && share(self.sport, want.sport) == Share::Whole
            && share(self.dport, want.dport) == Share::Whole;
        whole.then(|| self.put_back(before, to))
    }

    #[inline]
    fn mark(&self) -> u32 {
        self.mark
    }
    #[inline]
    fn set_mark(&mut self, mark: u32) {
        self.mark = mark;
    }
    #[inline]
    fn session(&self) -> u32 {
        self.session
    }
    #[inline]
    fn set_session(&mut self, session: u32) {
        self.session = session;
    }

    fn recurs(&self, earlier: &Self) -> bool {
        let inside = |now, earlier| share(now, earlier) == Share::Whole;
        self.src == earlier.src
            && self.dst == earlier.dst
            && self.proto == earlier.proto
            && self.mark == earlier.mark
            && inside(self.sport, earlier.sport)
            && inside(self.dport, earlier.dport)
    }
}
