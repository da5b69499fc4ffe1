//! A set of packets: boxes in header space that share a mark and a memory.

use super::address::{Address, Bits};
use super::flow::{cut, share};
use super::packet::{echo, icmp_reply};
use super::{Flow, NONE, Parts, Rewrite, Row, Share, Side, Tags, To, Traffic, flags};

/// A box: one interval a field, its addresses of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Source addresses.
    pub src: (Address, Address),
    /// Destination addresses.
    pub dst: (Address, Address),
    /// Source ports.
    pub sport: (u16, u16),
    /// Destination ports.
    pub dport: (u16, u16),
    /// IP protocol.
    pub proto: u8,
}

/// A set of packets: disjoint boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketSet {
    /// The boxes.
    pub regions: Vec<Region>,
    /// Whose they are.
    pub mark: u32,
    /// The newest memory of them.
    pub session: u32,
}

/// Every address of whatever family.
const ALL: (Address, Address) = (Address::new(0), Address::new(u128::MAX));

/// The addresses a row is about.
fn span<A: Bits>(row: &Row<A>) -> (Address, Address) {
    if row.is(flags::BY_MARK) {
        ALL
    } else {
        (row.lo.address(), row.hi.address())
    }
}

impl Region {
    /// How much of it a row matches.
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
        if !row.takes(self.proto, tags) {
            return Share::None;
        }
        let addresses = if side == Side::Src {
            self.src
        } else {
            self.dst
        };
        match (share(addresses, span(row)), share(self.dport, row.ports)) {
            (Share::None, _) | (_, Share::None) => Share::None,
            (Share::Whole, Share::Whole) => Share::Whole,
            _ => Share::Part,
        }
    }

    /// The part inside `other`, and the parts outside, cut field by field.
    fn cut(self, other: &Region) -> (Option<Region>, Vec<Region>) {
        let mut out = Vec::new();
        if self.proto != other.proto {
            return (None, vec![self]);
        }
        let (src, rest) = cut(self.src, other.src);
        out.extend(rest.into_iter().map(|src| Region { src, ..self }));
        let Some(src) = src else { return (None, out) };
        let (dst, rest) = cut(self.dst, other.dst);
        out.extend(rest.into_iter().map(|dst| Region { src, dst, ..self }));
        let Some(dst) = dst else { return (None, out) };
        let (sport, rest) = cut(self.sport, other.sport);
        out.extend(rest.into_iter().map(|sport| Region {
            src,
            dst,
            sport,
            ..self
        }));
        let Some(sport) = sport else {
            return (None, out);
        };
        let (dport, rest) = cut(self.dport, other.dport);
        out.extend(rest.into_iter().map(|dport| Region {
            src,
            dst,
            sport,
            dport,
            ..self
        }));
        (
            dport.map(|dport| Region {
                src,
                dst,
                sport,
                dport,
                ..self
            }),
            out,
        )
    }

    /// Its replies: one box, except that ICMP messages are answered type by type.
    fn reply(&self) -> Vec<Region> {
        let turned = Region {
            src: self.dst,
            dst: self.src,
            sport: self.dport,
            dport: self.sport,
            proto: self.proto,
        };
        let Some((echo, reply)) = echo(self.proto) else {
            return vec![turned];
        };
        let codes = |kind: u16| (kind << 8, (kind << 8) | 0xff);
        let (replies, others) = cut(self.dport, codes(reply));
        let mut kinds = Vec::from_iter(replies);
        for part in others {
            let (echoes, rest) = cut(part, codes(echo));
            kinds.extend(echoes);
            kinds.extend(rest);
        }
        let answered = |(lo, hi)| Region {
            sport: (0, 0),
            dport: (icmp_reply(self.proto, lo), icmp_reply(self.proto, hi)),
            ..turned
        };
        kinds.into_iter().map(answered).collect()
    }

    /// A reply as it was before `to` changed what it answers: fields that `to` left alone keep what
    /// is left of them.
    fn restored(self, before: &Region, to: &Rewrite) -> Vec<Region> {
        let back = Region {
            src: match to.dst {
                None => self.src,
                Some(To::At(_)) => before.dst,
                // One to one: what answers is where it was asked.
                Some(To::Embedded) => {
                    let outer = |at: Address| before.dst.0.with_low32(at.low32());
                    (outer(self.src.0), outer(self.src.1))
                }
            },
            dst: if to.src.is_some() {
                before.src
            } else {
                self.dst
            },
            ..self
        };
        if echo(self.proto).is_none() {
            let (sport, dport) = (
                to.dport.map_or(self.sport, |_| before.dport),
                to.sport.map_or(self.dport, |_| before.sport),
            );
            return vec![Region {
                sport,
                dport,
                ..back
            }];
        }
        if to.dport.is_none() {
            return vec![back];
        }
        let kinds = before.reply().into_iter();
        kinds
            .map(|k| Region {
                dport: k.dport,
                ..back
            })
            .collect()
    }
}

impl PacketSet {
    /// One box nobody has seen yet.
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self {
            regions: vec![region],
            mark: 0,
            session: NONE,
        }
    }

    /// Whether a flow is part of it.
    #[must_use]
    pub fn contains(&self, flow: &Flow) -> bool {
        self.mark == flow.mark
            && self.regions.iter().any(|r| {
                r.proto == flow.proto
                    && r.src.0 <= flow.src
                    && flow.src <= r.src.1
                    && r.dst.0 <= flow.dst
                    && flow.dst <= r.dst.1
                    && r.sport.0 <= flow.sport.0
                    && flow.sport.1 <= r.sport.1
                    && r.dport.0 <= flow.dport.0
                    && flow.dport.1 <= r.dport.1
            })
    }

    fn with(&self, regions: Vec<Region>) -> Option<Self> {
        (!regions.is_empty()).then_some(Self { regions, ..*self })
    }
}

impl Traffic for PacketSet {
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
        let mut shares = self.regions.iter().map(|r| r.share(row, side, tags));
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
        for region in &self.regions {
            if !row.takes(region.proto, tags) {
                misses.push(*region);
                continue;
            }
            let address = span(row);
            let (src, dst) = if side == Side::Src {
                (address, ALL)
            } else {
                (ALL, address)
            };
            let when = Region {
                src,
                dst,
                sport: (0, u16::MAX),
                dport: row.ports,
                proto: region.proto,
            };
            let (hit, rest) = region.cut(&when);
            hits.extend(hit);
            misses.extend(rest);
        }
        (self.with(hits), self.with(misses).into_iter().collect())
    }

    fn is_v4(&self) -> Option<bool> {
        let mut all = self.regions.iter().map(|r| r.dst.0.is_v4());
        let first = all.next()?;
        all.all(|v4| v4 == first).then_some(first)
    }

    fn families(self) -> Parts<Self> {
        let regions = self.regions.iter().copied();
        let (v4, v6) = regions.partition(|r| r.dst.0.is_v4());
        let parts = [v4, v6].into_iter();
        parts.filter_map(|part| self.with(part)).collect()
    }

    fn point(&self, side: Side) -> Option<Address> {
        let [region] = self.regions.as_slice() else {
            return None;
        };
        let (lo, hi) = if side == Side::Src {
            region.src
        } else {
            region.dst
        };
        (lo == hi).then_some(lo)
    }

    fn rewrite(mut self, to: &Rewrite, _: u16) -> Self {
        for region in &mut self.regions {
            region.src = to.src.map_or(region.src, |a| (a, a));
            region.dst = (to.destination(region.dst.0), to.destination(region.dst.1));
            region.sport = to.sport.unwrap_or(region.sport);
            region.dport = to.dport.map_or(region.dport, |p| (p, p));
        }
        self
    }

    fn reply(&self) -> Self {
        Self {
            regions: self.regions.iter().flat_map(Region::reply).collect(),
            mark: 0,
            session: self.session,
        }
    }

    /// Boxes that were told apart before may look alike after: a reply may answer several, and is
    /// then restored to each.
    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Parts<Self>) {
        let (mut hits, mut rest) = (Vec::new(), self.regions.clone());
        for (seen, before) in seen.regions.iter().zip(&before.regions) {
            for want in seen.reply() {
                for region in &self.regions {
                    let (hit, _) = region.cut(&want);
                    for restored in hit.into_iter().flat_map(|h| h.restored(before, to)) {
                        if !hits.contains(&restored) {
                            hits.push(restored);
                        }
                    }
                }
                rest = rest.into_iter().flat_map(|r| r.cut(&want).1).collect();
            }
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
}
