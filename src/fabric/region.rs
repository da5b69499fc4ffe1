//! A box in header space: one interval a field.

use super::address::{Address, Bits};
use super::flow::{cut, share};
use super::packet::{echo, icmp_reply};
use super::{Flow, Rewrite, Row, Share, Side, Tags, To, flags};

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
    /// What a row of a table matches of a protocol that it takes.
    pub(super) fn of<A: Bits>(row: &Row<A>, side: Side, proto: u8) -> Self {
        let address = span(row);
        let (src, dst) = if side == Side::Src {
            (address, ALL)
        } else {
            (ALL, address)
        };
        Self {
            src,
            dst,
            sport: (0, u16::MAX),
            dport: row.ports,
            proto,
        }
    }

    /// What it has in common with another.
    #[must_use]
    pub fn common(&self, other: &Region) -> Option<Region> {
        let both = |a: (Address, Address), b: (Address, Address)| (a.0.max(b.0), a.1.min(b.1));
        let ports = |a: (u16, u16), b: (u16, u16)| (a.0.max(b.0), a.1.min(b.1));
        let common = Region {
            src: both(self.src, other.src),
            dst: both(self.dst, other.dst),
            sport: ports(self.sport, other.sport),
            dport: ports(self.dport, other.dport),
            proto: self.proto,
        };
        let filled = common.src.0 <= common.src.1
            && common.dst.0 <= common.dst.1
            && common.sport.0 <= common.sport.1
            && common.dport.0 <= common.dport.1;
        (self.proto == other.proto && filled).then_some(common)
    }

    /// Whether all of it is part of another.
    pub(super) fn inside(&self, other: &Region) -> bool {
        self.common(other) == Some(*self)
    }

    /// What is left of it without another: disjoint boxes.
    #[must_use]
    pub fn without(self, other: &Region) -> Vec<Region> {
        self.cut(other).1
    }

    /// How much of it a row matches.
    pub(super) fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
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
    pub(super) fn cut(self, other: &Region) -> (Option<Region>, Vec<Region>) {
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

    /// Its parts with the replies to each: one box, except that ICMP messages are answered type by
    /// type.
    pub(super) fn replies(&self) -> Vec<(Region, Region)> {
        let turned = Region {
            src: self.dst,
            dst: self.src,
            sport: self.dport,
            dport: self.sport,
            proto: self.proto,
        };
        let Some((echo, reply)) = echo(self.proto) else {
            return vec![(*self, turned)];
        };
        let codes = |kind: u16| (kind << 8, (kind << 8) | 0xff);
        let (replies, others) = cut(self.dport, codes(reply));
        let mut kinds = Vec::from_iter(replies);
        for part in others {
            let (echoes, rest) = cut(part, codes(echo));
            kinds.extend(echoes);
            kinds.extend(rest);
        }
        let answered = |(lo, hi)| {
            let asks = Region {
                dport: (lo, hi),
                ..*self
            };
            let answers = Region {
                sport: (0, 0),
                dport: (icmp_reply(self.proto, lo), icmp_reply(self.proto, hi)),
                ..turned
            };
            (asks, answers)
        };
        kinds.into_iter().map(answered).collect()
    }

    /// Whether a flow is part of it.
    pub(super) fn contains(&self, flow: &Flow) -> bool {
        self.proto == flow.proto
            && self.src.0 <= flow.src
            && flow.src <= self.src.1
            && self.dst.0 <= flow.dst
            && flow.dst <= self.dst.1
            && self.sport.0 <= flow.sport.0
            && flow.sport.1 <= self.sport.1
            && self.dport.0 <= flow.dport.0
            && flow.dport.1 <= self.dport.1
    }

    /// A reply as it was before `to` changed what it answers: fields that `to` left alone keep what
    /// is left of them.
    pub(super) fn restored(self, before: &Region, to: &Rewrite) -> Vec<Region> {
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
        let kinds = before.replies().into_iter();
        kinds
            .map(|(_, k)| Region {
                dport: k.dport,
                ..back
            })
            .collect()
    }
}
