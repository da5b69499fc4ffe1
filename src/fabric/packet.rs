//! One packet: every field one value. It exists for the laws, for replay, and for speed.

use super::address::{Address, Bits};
use super::{NONE, Parts, Rewrite, Row, Share, Side, Tags, Traffic};

/// One packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Source address.
    pub src: Address,
    /// Destination address.
    pub dst: Address,
    /// Source port.
    pub sport: u16,
    /// Destination port; for ICMP, type and code.
    pub dport: u16,
    /// IP protocol.
    pub proto: u8,
    /// Whose it is.
    pub mark: u32,
    /// The newest memory of it.
    pub session: u32,
}

impl Packet {
    /// A packet nobody has seen yet.
    #[must_use]
    pub fn new(
        src: impl Into<Address>,
        dst: impl Into<Address>,
        proto: u8,
        sport: u16,
        dport: u16,
    ) -> Self {
        Self {
            src: src.into(),
            dst: dst.into(),
            sport,
            dport,
            proto,
            mark: 0,
            session: NONE,
        }
    }

    #[inline(always)]
    fn matches<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> bool {
        let address = if side == Side::Src {
            self.src
        } else {
            self.dst
        };
        // Ports first: they tell most rows of a group apart.
        row.ports.0 <= self.dport
            && self.dport <= row.ports.1
            && row.spans(address)
            && row.takes(self.proto, tags)
    }
}

/// Whether a protocol is ICMP, of either family.
pub(super) fn is_icmp(proto: u8) -> bool {
    echo(proto).is_some()
}

/// Echo and echo reply, for the protocols that have them.
pub(super) fn echo(proto: u8) -> Option<(u16, u16)> {
    match proto {
        1 => Some((8, 0)),
        58 => Some((128, 129)),
        _ => None,
    }
}

/// The ICMP message that answers one: echo and echo reply change places.
pub(super) fn icmp_reply(proto: u8, message: u16) -> u16 {
    let (kind, code) = (message >> 8, message & 0xff);
    match echo(proto) {
        Some((echo, reply)) if kind == echo => (reply << 8) | code,
        Some((echo, reply)) if kind == reply => (echo << 8) | code,
        _ => message,
    }
}

impl Traffic for Packet {
    #[inline(always)]
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
        if self.matches(row, side, tags) {
            Share::Whole
        } else {
            Share::None
        }
    }

    fn split<A: Bits>(
        self,
        row: &Row<A>,
        side: Side,
        tags: Tags<'_>,
    ) -> (Option<Self>, Parts<Self>) {
        if self.matches(row, side, tags) {
            (Some(self), Parts::new())
        } else {
            (None, Parts::from([self]))
        }
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

    fn rewrite(mut self, to: &Rewrite, draw: u16) -> Self {
        self.src = to.src.unwrap_or(self.src);
        self.dst = to.destination(self.dst);
        self.dport = to.dport.unwrap_or(self.dport);
        if let Some((lo, hi)) = to.sport {
            let number = u32::from(hi.saturating_sub(lo)) + 1;
            self.sport = lo + (u32::from(draw) % number) as u16;
        }
        self
    }

    #[inline]
    fn reply(&self) -> Self {
        let (sport, dport) = if is_icmp(self.proto) {
            (0, icmp_reply(self.proto, self.dport))
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
        match self.restored(seen, before, to) {
            Some(restored) => (Some(restored), Parts::new()),
            None => (None, Parts::from([self])),
        }
    }

    #[inline]
    fn restored(&self, seen: &Self, before: &Self, _: &Rewrite) -> Option<Self> {
        let want = seen.reply();
        let answers = self.src == want.src
            && self.dst == want.dst
            && self.sport == want.sport
            && self.dport == want.dport
            && self.proto == want.proto;
        answers.then(|| Self {
            mark: self.mark,
            session: self.session,
            ..before.reply()
        })
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
        let session = self.session;
        *self
            == Self {
                session,
                ..*earlier
            }
    }
}
