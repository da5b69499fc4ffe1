//! A set of packets: boxes in header space that share a mark and a memory.
//!
//! Each box knows what was sent to make it: a field that nothing has changed is narrowed there too,
//! so that wherever a part of the set ends, the packets that ended there can be named.

use super::address::{Address, Bits};
use super::packet::{echo, icmp_reply};
use super::region::Region;
use super::{Flow, NONE, Parts, Rewrite, Row, Share, Side, Tags, To, Traffic};

/// A set of packets: disjoint pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketSet {
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// Whose they are.
    pub mark: u32,
    /// The newest memory of them.
    pub session: u32,
}

/// A box of a set, and the box that was sent to make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its headers.
    pub now: Region,
    sent: Region,
    /// Which of the fields that were sent its headers still show.
    shown: Shown,
    /// It is a reply: what was sent to an address comes from there.
    turned: bool,
}

/// How each field that was sent still shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    src: As,
    dst: As,
    sport: As,
    dport: As,
}

/// How a field that was sent still shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    /// As it is.
    Itself,
    /// By its last 32 bits.
    Low32,
    /// Not at all.
    Nothing,
}

impl PacketSet {
    /// One box nobody has seen yet.
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self::of([region])
    }

    /// Disjoint boxes nobody has seen yet.
    #[must_use]
    pub fn of(regions: impl IntoIterator<Item = Region>) -> Self {
        Self {
            pieces: regions.into_iter().map(Piece::new).collect(),
            mark: 0,
            session: NONE,
        }
    }

    /// Whether a flow is part of it.
    #[must_use]
    pub fn contains(&self, flow: &Flow) -> bool {
        self.mark == flow.mark && self.pieces.iter().any(|p| p.now.contains(flow))
    }

    /// What was sent that became this. A port that was picked on the way is nobody's: of packets
    /// that differ in it alone, a filter that takes some takes some of each.
    pub fn sent(&self) -> impl Iterator<Item = &Region> {
        self.pieces.iter().map(|p| &p.sent)
    }

    fn with(&self, pieces: Vec<Piece>) -> Option<Self> {
        (!pieces.is_empty()).then_some(Self { pieces, ..*self })
    }
}

impl Piece {
    fn new(region: Region) -> Self {
        Self {
            now: region,
            sent: region,
            shown: Shown {
                src: As::Itself,
                dst: As::Itself,
                sport: As::Itself,
                dport: As::Itself,
            },
            turned: false,
        }
    }

    /// The same with narrower headers: what was sent is as narrow.
    fn narrowed(self, now: Region) -> Self {
        let answered = |message| icmp_reply(now.proto, message);
        let (src, dst, sport, dport) = match (self.turned, echo(now.proto)) {
            (false, _) => (now.src, now.dst, now.sport, now.dport),
            (true, None) => (now.dst, now.src, now.dport, now.sport),
            (true, Some(_)) => {
                let asked = (answered(now.dport.0), answered(now.dport.1));
                (now.dst, now.src, now.sport, asked)
            }
        };
        let (sent, shown) = (self.sent, self.shown);
        let address = |shown, sent: (Address, Address), now: (Address, Address)| match shown {
            As::Itself => now,
            As::Low32 => {
                let whole = |now: Address| sent.0.with_low32(now.low32());
                (whole(now.0), whole(now.1))
            }
            As::Nothing => sent,
        };
        let port = |shown, sent, now| if shown == As::Itself { now } else { sent };
        Self {
            now,
            sent: Region {
                src: address(shown.src, sent.src, src),
                dst: address(shown.dst, sent.dst, dst),
                sport: port(shown.sport, sent.sport, sport),
                dport: port(shown.dport, sent.dport, dport),
                proto: sent.proto,
            },
            ..self
        }
    }

    /// The part inside a box, and the parts outside.
    fn cut(self, other: &Region) -> (Option<Self>, impl Iterator<Item = Self> + use<>) {
        let (hit, rest) = self.now.cut(other);
        let piece = move |now| self.narrowed(now);
        (hit.map(piece), rest.into_iter().map(piece))
    }

    /// The field that its source shows, and so on: a reply's are exchanged.
    fn shows(&mut self) -> (&mut As, &mut As, &mut As, &mut As) {
        let Shown {
            src,
            dst,
            sport,
            dport,
        } = &mut self.shown;
        match self.turned {
            false => (src, dst, sport, dport),
            true => (dst, src, dport, sport),
        }
    }

    fn rewrite(mut self, to: &Rewrite) -> Self {
        let now = &mut self.now;
        now.src = to.src.map_or(now.src, |a| (a, a));
        now.dst = (to.destination(now.dst.0), to.destination(now.dst.1));
        now.sport = to.sport.unwrap_or(now.sport);
        now.dport = to.dport.map_or(now.dport, |p| (p, p));
        let (src, dst, sport, dport) = self.shows();
        let gone = |field: &mut As, changed: bool| {
            if changed {
                *field = As::Nothing;
            }
        };
        gone(src, to.src.is_some());
        gone(sport, to.sport.is_some());
        gone(dport, to.dport.is_some());
        match (to.dst, *dst) {
            (None, _) => {}
            (Some(To::Embedded), As::Itself) => *dst = As::Low32,
            (Some(_), _) => *dst = As::Nothing,
        }
        self
    }

    /// Its replies; of ICMP one a kind of message.
    fn reply(&self) -> impl Iterator<Item = Self> {
        let parts = self.now.replies().into_iter();
        parts.map(move |(asks, answers)| Self {
            now: answers,
            turned: !self.turned,
            ..self.narrowed(asks)
        })
    }

    /// A reply to `seen` as it was before `to` changed that: the fields that were changed show
    /// again what they showed `before`.
    fn restored(self, before: &Self, to: &Rewrite) -> impl Iterator<Item = Self> {
        let icmp = echo(self.now.proto).is_some();
        let mut whole = self;
        let (was, own) = (before.shown, &mut whole.shown);
        let back = |own: &mut As, was: As, changed: bool| {
            if changed {
                *own = was;
            }
        };
        back(&mut own.src, was.src, to.src.is_some());
        back(&mut own.dst, was.dst, to.dst.is_some());
        back(&mut own.sport, was.sport, to.sport.is_some() && !icmp);
        back(&mut own.dport, was.dport, to.dport.is_some() && !icmp);
        let restored = self.now.restored(&before.now, to).into_iter();
        restored.map(move |now| whole.narrowed(now))
    }

    /// Whether all of it was part of that piece, and shows what was sent as that did.
    fn recurs(&self, earlier: &Self) -> bool {
        self.shown == earlier.shown
            && self.turned == earlier.turned
            && self.now.inside(&earlier.now)
            && self.sent.inside(&earlier.sent)
    }

    /// The parts of a reply that answer `seen`, and the parts that do not: they answer it if they
    /// come of the same packet.
    fn answers(self, seen: &Self) -> (Vec<Self>, Vec<Self>) {
        let (mut hits, mut rest) = (Vec::new(), vec![self]);
        let Some(asked) = seen.asked_by(&self.sent) else {
            return (hits, rest);
        };
        for (_, want) in asked.replies() {
            let mut left = Vec::new();
            for piece in rest {
                let (hit, others) = piece.cut(&want);
                left.extend(others);
                if let Some(hit) = hit {
                    let (hit, others) = hit.shown_by(seen);
                    hits.extend(hit);
                    left.extend(others);
                }
            }
            rest = left;
        }
        (hits, rest)
    }

    /// The headers of those of its packets that were sent so.
    fn asked_by(&self, sent: &Region) -> Option<Region> {
        let shown = self.shown;
        let narrow = |shown, of: (Address, Address), sent| match shown {
            As::Itself => sent,
            As::Low32 | As::Nothing => of,
        };
        let port = |shown, of: (u16, u16), sent| if shown == As::Itself { sent } else { of };
        self.sent.common(sent)?;
        self.now.common(&Region {
            src: narrow(shown.src, self.now.src, sent.src),
            dst: narrow(shown.dst, self.now.dst, sent.dst),
            sport: port(shown.sport, self.now.sport, sent.sport),
            dport: port(shown.dport, self.now.dport, sent.dport),
            proto: self.now.proto,
        })
    }

    /// Of what answers `seen` by its headers, the part that was sent to the very address that
    /// answers, and from the one that is answered, where only `seen` still shows them.
    fn shown_by(self, seen: &Self) -> (Option<Self>, Vec<Self>) {
        let now = self.now;
        let one = |own, seen, answer: (Address, Address), sent| {
            let sole = own == As::Nothing && seen == As::Itself && answer.0 == answer.1;
            if sole { answer } else { sent }
        };
        let (own, seen) = (self.shown, seen.shown);
        let same = Region {
            src: one(own.src, seen.src, now.dst, self.sent.src),
            dst: one(own.dst, seen.dst, now.src, self.sent.dst),
            ..self.sent
        };
        let (hit, others) = self.sent.cut(&same);
        let piece = |sent| Self { sent, ..self };
        (hit.map(piece), others.into_iter().map(piece).collect())
    }
}

impl Traffic for PacketSet {
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
        let mut shares = self.pieces.iter().map(|p| p.now.share(row, side, tags));
        let first = shares.next().unwrap_or(Share::None);
        if shares.all(|s| s == first) {
            first
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
        let (mut hits, mut misses) = (Vec::new(), Vec::new());
        for piece in &self.pieces {
            if !row.takes(piece.now.proto, tags) {
                misses.push(*piece);
                continue;
            }
            let (hit, rest) = piece.cut(&Region::of(row, side, piece.now.proto));
            hits.extend(hit);
            misses.extend(rest);
        }
        (self.with(hits), self.with(misses).into_iter().collect())
    }

    fn is_v4(&self) -> Option<bool> {
        let mut all = self.pieces.iter().map(|p| p.now.dst.0.is_v4());
        let first = all.next()?;
        all.all(|v4| v4 == first).then_some(first)
    }

    fn families(self) -> Parts<Self> {
        let pieces = self.pieces.iter().copied();
        let (v4, v6) = pieces.partition(|p| p.now.dst.0.is_v4());
        let parts = [v4, v6].into_iter();
        parts.filter_map(|part| self.with(part)).collect()
    }

    fn point(&self, side: Side) -> Option<Address> {
        let [piece] = self.pieces.as_slice() else {
            return None;
        };
        let (lo, hi) = if side == Side::Src {
            piece.now.src
        } else {
            piece.now.dst
        };
        (lo == hi).then_some(lo)
    }

    fn rewrite(mut self, to: &Rewrite, _: u16) -> Self {
        for piece in &mut self.pieces {
            *piece = piece.rewrite(to);
        }
        self
    }

    fn reply(&self) -> Self {
        Self {
            pieces: self.pieces.iter().flat_map(Piece::reply).collect(),
            mark: 0,
            session: self.session,
        }
    }

    /// Boxes that were told apart before may look alike after: a reply answers those that come of
    /// what it comes of.
    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Parts<Self>) {
        let (mut hits, mut rest) = (Vec::new(), self.pieces.clone());
        for (seen, before) in seen.pieces.iter().zip(&before.pieces) {
            for piece in &self.pieces {
                let (answers, _) = piece.answers(seen);
                for restored in answers.iter().flat_map(|a| a.restored(before, to)) {
                    if !hits.contains(&restored) {
                        hits.push(restored);
                    }
                }
            }
            rest = rest.into_iter().flat_map(|p| p.answers(seen).1).collect();
        }
        (self.with(hits), self.with(rest).into_iter().collect())
    }

    fn mark(&self) -> u32 {
        self.mark
    }
    fn set_mark(&mut self, mark: u32) {
        self.mark = mark;
    }
    fn session(&self) -> u32 {
        self.session
    }
    fn set_session(&mut self, session: u32) {
        self.session = session;
    }

    fn recurs(&self, earlier: &Self) -> bool {
        let earlier_piece = |p: &Piece| earlier.pieces.iter().any(|e| p.recurs(e));
        self.mark == earlier.mark && self.pieces.iter().all(earlier_piece)
    }
}
