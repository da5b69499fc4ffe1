//! Faults that the law must see. Two kinds: traffic that handles its headers wrongly, and a fabric
//! that one of the two walks reads wrongly, as a broken walker would. The product holds no switch
//! for them: a fault is a wrapper around one of the three traffics, or a change to a copy.

use super::law::{Narrow, Wide};
use reachability::fabric::*;

/// Which of the three walks is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Packet,
    Flow,
    Set,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    LosesAPartOfASplit,
    LosesAllMissesButOne,
    LosesABoxOfTheMisses,
    LosesABoxOfTheHit,
    GivesTheMissesForTheHit,
    LooksAtTheOtherSide,
    IgnoresPortsOfRows,
    IgnoresProtocolsOfRows,
    IgnoresTags,
    TakesTheLastRow,
    TakesTheSameRowTwice,
    TriesAForkOneWay,
    SaysItIsAPoint,
    KeepsTheSourceInARewrite,
    KeepsTheDestinationInARewrite,
    KeepsTheSourcePort,
    KeepsTheDestinationPort,
    DrawsOutsideTheRange,
    AnswersWithMixedPorts,
    AnswersFromTheAsker,
    AnswersWithItsMark,
    AnswersPingWithPing,
    RecallsAnything,
    RecallsNothing,
    RecallsWithoutRestoring,
    RestoresPortsOfNobody,
    LosesTheRestOfARecall,
    ForgetsSessions,
    ReadsAnothersSession,
    LosesTheMark,
    NeverTakesAMark,
    NeverRecurs,
    AlwaysRecurs,
}

/// Every fault of traffic, and whose walk has it.
pub const TRAFFIC: &[(Who, Fault)] = &[
    (Who::Set, Fault::LosesAPartOfASplit),
    (Who::Flow, Fault::LosesAPartOfASplit),
    (Who::Flow, Fault::LosesAllMissesButOne),
    (Who::Set, Fault::LosesABoxOfTheMisses),
    (Who::Set, Fault::LosesABoxOfTheHit),
    (Who::Set, Fault::GivesTheMissesForTheHit),
    (Who::Packet, Fault::LooksAtTheOtherSide),
    (Who::Set, Fault::LooksAtTheOtherSide),
    (Who::Packet, Fault::IgnoresPortsOfRows),
    (Who::Flow, Fault::IgnoresPortsOfRows),
    (Who::Set, Fault::IgnoresPortsOfRows),
    (Who::Set, Fault::IgnoresProtocolsOfRows),
    (Who::Packet, Fault::IgnoresTags),
    (Who::Set, Fault::IgnoresTags),
    (Who::Packet, Fault::TakesTheLastRow),
    (Who::Set, Fault::TakesTheLastRow),
    (Who::Packet, Fault::TakesTheSameRowTwice),
    (Who::Flow, Fault::TriesAForkOneWay),
    (Who::Set, Fault::TriesAForkOneWay),
    (Who::Set, Fault::SaysItIsAPoint),
    (Who::Packet, Fault::KeepsTheSourceInARewrite),
    (Who::Set, Fault::KeepsTheSourceInARewrite),
    (Who::Flow, Fault::KeepsTheDestinationInARewrite),
    (Who::Packet, Fault::KeepsTheSourcePort),
    (Who::Set, Fault::KeepsTheSourcePort),
    (Who::Flow, Fault::KeepsTheDestinationPort),
    (Who::Packet, Fault::DrawsOutsideTheRange),
    (Who::Packet, Fault::AnswersWithMixedPorts),
    (Who::Flow, Fault::AnswersWithMixedPorts),
    (Who::Set, Fault::AnswersWithMixedPorts),
    (Who::Flow, Fault::AnswersFromTheAsker),
    (Who::Packet, Fault::AnswersWithItsMark),
    (Who::Set, Fault::AnswersWithItsMark),
    (Who::Packet, Fault::AnswersPingWithPing),
    (Who::Packet, Fault::RecallsAnything),
    (Who::Set, Fault::RecallsNothing),
    (Who::Flow, Fault::RecallsNothing),
    (Who::Packet, Fault::RecallsWithoutRestoring),
    (Who::Flow, Fault::RecallsWithoutRestoring),
    (Who::Set, Fault::RecallsWithoutRestoring),
    (Who::Packet, Fault::RestoresPortsOfNobody),
    (Who::Set, Fault::LosesTheRestOfARecall),
    (Who::Packet, Fault::ForgetsSessions),
    (Who::Set, Fault::ForgetsSessions),
    (Who::Flow, Fault::ReadsAnothersSession),
    (Who::Packet, Fault::LosesTheMark),
    (Who::Set, Fault::LosesTheMark),
    (Who::Flow, Fault::NeverTakesAMark),
    (Who::Packet, Fault::NeverRecurs),
    (Who::Set, Fault::NeverRecurs),
    (Who::Flow, Fault::AlwaysRecurs),
    (Who::Set, Fault::AlwaysRecurs),
];

/// Traffic with a fault.
#[derive(Clone, Debug)]
pub struct Faulty<T> {
    pub inner: T,
    pub fault: Fault,
}

/// What a fault needs to spoil headers.
pub trait Spoil: Traffic {
    /// Source and destination ports exchanged.
    fn mixed(self) -> Self;
    /// Ports that nobody has.
    fn stray(self) -> Self;
    /// Of ICMP, the messages that were sent.
    fn unanswered(self, sent: &Self) -> Self;
    /// Without its last box.
    fn fewer(self) -> Self;
    /// Addresses exchanged.
    fn turned(self) -> Self;
    /// Some address of it.
    fn some(&self, side: Side) -> Address;
}

macro_rules! spoil {
    ($what:ty, $stray:expr) => {
        impl Spoil for $what {
            fn mixed(mut self) -> Self {
                (self.sport, self.dport) = (self.dport, self.sport);
                self
            }
            fn stray(mut self) -> Self {
                self.dport = $stray;
                self
            }
            fn unanswered(mut self, sent: &Self) -> Self {
                if matches!(self.proto, 1 | 58) {
                    self.dport = sent.dport;
                }
                self
            }
            fn fewer(self) -> Self {
                self
            }
            fn turned(mut self) -> Self {
                (self.src, self.dst) = (self.dst, self.src);
                self
            }
            fn some(&self, side: Side) -> Address {
                if side == Side::Src {
                    self.src
                } else {
                    self.dst
                }
            }
        }
    };
}
spoil!(Packet, 7);
spoil!(Flow, (7, 7));

impl Spoil for PacketSet {
    fn mixed(mut self) -> Self {
        for Piece { now: r, .. } in &mut self.pieces {
            (r.sport, r.dport) = (r.dport, r.sport);
        }
        self
    }
    fn stray(mut self) -> Self {
        for Piece { now: r, .. } in &mut self.pieces {
            r.dport = (7, 7);
        }
        self
    }
    fn unanswered(mut self, sent: &Self) -> Self {
        for (Piece { now: r, .. }, s) in self.pieces.iter_mut().zip(&sent.pieces) {
            if matches!(r.proto, 1 | 58) {
                r.dport = s.now.dport;
            }
        }
        self
    }
    fn fewer(mut self) -> Self {
        if self.pieces.len() > 1 {
            self.pieces.pop();
        }
        self
    }
    fn turned(mut self) -> Self {
        for Piece { now: r, .. } in &mut self.pieces {
            (r.src, r.dst) = (r.dst, r.src);
        }
        self
    }
    fn some(&self, side: Side) -> Address {
        let r = &self.pieces[0].now;
        if side == Side::Src { r.src.0 } else { r.dst.0 }
    }
}

impl<T> Faulty<T> {
    fn same(&self, inner: T) -> Self {
        let fault = self.fault;
        Self { inner, fault }
    }
}

/// A row as this fault reads it.
fn misread<A: Bits>(row: &Row<A>, side: Side, fault: Fault) -> (Row<A>, Side) {
    let (mut row, mut side) = (*row, side);
    match fault {
        Fault::LooksAtTheOtherSide if side == Side::Src => side = Side::Dst,
        Fault::LooksAtTheOtherSide => side = Side::Src,
        Fault::IgnoresPortsOfRows => row.ports = (0, u16::MAX),
        Fault::IgnoresProtocolsOfRows => row.flags |= flags::ANY_PROTOCOL,
        Fault::TriesAForkOneWay => row.flags &= !flags::FORK,
        Fault::IgnoresTags if row.is(flags::BY_MARK) => {
            row.flags &= !flags::BY_MARK;
            (row.lo, row.hi) = (A::of(Address::new(0)), A::of(Address::new(u128::MAX)));
        }
        _ => {}
    }
    (row, side)
}

impl<T: Spoil> Traffic for Faulty<T> {
    fn share<A: Bits>(&self, row: &Row<A>, side: Side, tags: Tags<'_>) -> Share {
        let (row, side) = misread(row, side, self.fault);
        self.inner.share(&row, side, tags)
    }

    fn is_v4(&self) -> Option<bool> {
        self.inner.is_v4()
    }

    fn families(self) -> Parts<Self> {
        let fault = self.fault;
        let parts = self.inner.families().into_iter();
        parts.map(|inner| Self { inner, fault }).collect()
    }

    fn split<A: Bits>(
        self,
        row: &Row<A>,
        side: Side,
        tags: Tags<'_>,
    ) -> (Option<Self>, Parts<Self>) {
        let (row, side) = misread(row, side, self.fault);
        let (mut hit, mut misses) = self.inner.clone().split(&row, side, tags);
        match self.fault {
            Fault::LosesAPartOfASplit => {
                misses.pop();
            }
            Fault::LosesAllMissesButOne => misses.truncate(1),
            Fault::LosesABoxOfTheMisses => {
                misses = misses.into_iter().map(Spoil::fewer).collect();
            }
            Fault::LosesABoxOfTheHit => hit = hit.map(Spoil::fewer),
            Fault::GivesTheMissesForTheHit if hit.is_some() && !misses.is_empty() => {
                let part = misses.remove(0);
                misses.extend(hit.replace(part));
            }
            _ => {}
        }
        let all = misses.into_iter().map(|m| self.same(m)).collect();
        (hit.map(|h| self.same(h)), all)
    }

    fn point(&self, side: Side) -> Option<Address> {
        match self.fault {
            Fault::SaysItIsAPoint => Some(self.inner.some(side)),
            Fault::LooksAtTheOtherSide if side == Side::Src => self.inner.point(Side::Dst),
            Fault::LooksAtTheOtherSide => self.inner.point(Side::Src),
            _ => self.inner.point(side),
        }
    }

    fn rewrite(self, to: &Rewrite, draw: u16) -> Self {
        let mut to = *to;
        match self.fault {
            Fault::KeepsTheSourceInARewrite => to.src = None,
            Fault::KeepsTheDestinationInARewrite => to.dst = None,
            Fault::KeepsTheSourcePort => to.sport = None,
            Fault::KeepsTheDestinationPort => to.dport = None,
            Fault::DrawsOutsideTheRange => {
                to.sport = to.sport.map(|_| (draw, draw));
            }
            _ => {}
        }
        let inner = self.inner.clone().rewrite(&to, draw);
        self.same(inner)
    }

    fn reply(&self) -> Self {
        let reply = self.inner.reply();
        let mut reply = match self.fault {
            Fault::AnswersWithMixedPorts => reply.mixed(),
            Fault::AnswersFromTheAsker => reply.turned(),
            Fault::AnswersPingWithPing => reply.unanswered(&self.inner),
            _ => reply,
        };
        if self.fault == Fault::AnswersWithItsMark {
            reply.set_mark(self.inner.mark());
        }
        self.same(reply)
    }

    fn recall(self, seen: &Self, before: &Self, to: &Rewrite) -> (Option<Self>, Parts<Self>) {
        let inner = self.inner.clone();
        let (mut hit, mut misses) = match self.fault {
            Fault::RecallsNothing => (None, Parts::from([inner])),
            Fault::RecallsAnything => {
                let mut was = before.inner.reply();
                was.set_mark(inner.mark());
                was.set_session(inner.session());
                (Some(was), Parts::new())
            }
            Fault::RecallsWithoutRestoring => {
                inner.recall(&seen.inner, &seen.inner, &Rewrite::default())
            }
            _ => inner.recall(&seen.inner, &before.inner, to),
        };
        match self.fault {
            Fault::RestoresPortsOfNobody => hit = hit.map(Spoil::stray),
            Fault::LosesTheRestOfARecall => misses.clear(),
            _ => {}
        }
        let all = misses.into_iter().map(|m| self.same(m)).collect();
        (hit.map(|h| self.same(h)), all)
    }

    fn mark(&self) -> u32 {
        if self.fault == Fault::LosesTheMark {
            0
        } else {
            self.inner.mark()
        }
    }
    fn set_mark(&mut self, mark: u32) {
        if self.fault != Fault::NeverTakesAMark {
            self.inner.set_mark(mark);
        }
    }
    fn session(&self) -> u32 {
        let own = self.inner.session();
        if self.fault == Fault::ReadsAnothersSession && own != NONE {
            return own.checked_sub(1).unwrap_or(NONE);
        }
        own
    }
    fn set_session(&mut self, session: u32) {
        if self.fault != Fault::ForgetsSessions {
            self.inner.set_session(session);
        }
    }

    fn recurs(&self, earlier: &Self) -> bool {
        match self.fault {
            Fault::NeverRecurs => false,
            Fault::AlwaysRecurs => true,
            _ => self.inner.recurs(&earlier.inner),
        }
    }

    /// Sorted rows are searched with this traffic's own address; everything else is asked of `apply`.
    fn first(&self, rows: Rows<'_>) -> Option<Hit> {
        rows.by_address(self.point(rows.table.side)?)
    }

    fn apply(self, rows: Rows<'_>, mut each: impl FnMut(Self, Hit)) {
        let fault = self.fault;
        let (mut fabric, table) = as_read(rows, fault);
        // Whose it is, it says itself.
        if let Some(tags) = fabric.marks.get_mut(self.inner.mark() as usize) {
            *tags = rows.tags(&self).all().to_vec();
        }
        let read = Rows {
            fabric: &fabric,
            table: &table,
        };
        let me = |inner| Self { inner, fault };
        match fault {
            Fault::LosesAPartOfASplit
            | Fault::LosesAllMissesButOne
            | Fault::LosesABoxOfTheMisses
            | Fault::LosesABoxOfTheHit
            | Fault::GivesTheMissesForTheHit => {
                for part in self.families() {
                    match part.is_v4() {
                        Some(true) => {
                            let own = &rows.fabric.v4.rows[rows.table.v4.range()];
                            by_splitting(part, own, rows.table.v4.first, rows, &mut each);
                        }
                        _ => {
                            let own = &rows.fabric.v6.rows[rows.table.v6.range()];
                            by_splitting(part, own, rows.table.v6.first | V6, rows, &mut each);
                        }
                    }
                }
            }
            Fault::TakesTheLastRow => {
                let mut turned = fabric.clone();
                turned.v4.rows[table.v4.range()].reverse();
                turned.v6.rows[table.v6.range()].reverse();
                let turned = Rows {
                    fabric: &turned,
                    table: &table,
                };
                self.inner.apply(turned, |t, hit| match hit {
                    Hit::Row(taken) => {
                        let (first, len) = match t.is_v4() {
                            Some(true) => (table.v4.first, table.v4.len),
                            _ => (table.v6.first | V6, table.v6.len),
                        };
                        let row = first + (len - 1 - (taken.row - first));
                        each(me(t), Hit::Row(Taken { row, ..taken }));
                    }
                    Hit::Otherwise => each(me(t), hit),
                });
            }
            Fault::TakesTheSameRowTwice => self.inner.apply(read, |t, hit| {
                each(me(t.clone()), hit);
                each(me(t.stray()), hit);
            }),
            _ => walked(self.inner, read, |t, hit| each(me(t), hit)),
        }
    }
}

/// The rows of a table as this fault reads them, and the side it looks at.
fn as_read(rows: Rows<'_>, fault: Fault) -> (Fabric, Table) {
    let (own, mut table) = (rows.fabric, rows.table.clone());
    let mut fabric = Fabric {
        v4: own.v4.clone(),
        v6: own.v6.clone(),
        marks: own.marks.clone(),
        ..Fabric::default()
    };
    let v4 = misread_all(&mut fabric.v4.rows[table.v4.range()], table.side, fault);
    let v6 = misread_all(&mut fabric.v6.rows[table.v6.range()], table.side, fault);
    table.side = v4.or(v6).unwrap_or(table.side);
    (fabric, table)
}

/// Misreads rows of one family, and gives the side that the first looks at.
fn misread_all<A: Bits>(rows: &mut [Row<A>], side: Side, fault: Fault) -> Option<Side> {
    let looks = rows.first().map(|r| misread(r, side, fault).1);
    for row in rows {
        *row = misread(row, side, fault).0;
    }
    looks
}

/// What the walker does: it splits only what no one row takes whole.
fn walked<T: Traffic>(all: T, rows: Rows<'_>, mut each: impl FnMut(T, Hit)) {
    match all.first(rows) {
        Some(hit) => each(all, hit),
        None => all.apply(rows, each),
    }
}

/// What `apply` does, with this traffic's own way to split.
fn by_splitting<T: Traffic, A: Bits>(
    all: T,
    own: &[Row<A>],
    first: u32,
    rows: Rows<'_>,
    each: &mut impl FnMut(T, Hit),
) {
    let (side, tags) = (rows.table.side, rows.tags(&all));
    let mut rest = vec![all];
    for (row, number) in own.iter().zip(first..) {
        let mut left = Vec::new();
        for part in rest {
            let (hit, misses) = part.split(row, side, tags);
            left.extend(misses);
            if let Some(hit) = hit {
                if row.is(flags::FORK) {
                    left.push(hit.clone());
                }
                let taken = Taken {
                    row: number,
                    then: row.then,
                    flags: row.flags,
                };
                each(hit, Hit::Row(taken));
            }
        }
        rest = left;
    }
    for part in rest {
        each(part, Hit::Otherwise);
    }
}

impl<T: Narrow + Spoil> Narrow for Faulty<T> {
    fn flow(&self) -> Flow {
        self.inner.flow()
    }
}
impl<T: Wide + Spoil> Wide for Faulty<T> {
    fn set(&self) -> PacketSet {
        self.inner.set()
    }
}
