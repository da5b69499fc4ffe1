//! Filters of interfaces of their own as rows of bits: which classes one lets through at a port.

use super::bits::Bits;
use super::legs::Whose;
use super::looks::rows;
use super::places::Places;
use super::ports::PortClass;
use super::turns::Turns;
use crate::fabric::{Action, Fabric, Row, Side, TableId, flags};
use std::collections::HashMap;

/// Whom a filter lets through.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Gate {
    pub(super) pass: Bits,
    /// Those among them of whom that is not certain.
    pub(super) doubt: Option<Bits>,
}

/// Who has which tag, in one family.
#[derive(Clone, Debug, Default)]
pub(super) struct Tagged {
    /// By the mark's own tags, or by those that a turn makes of it.
    all: HashMap<(Option<u32>, u32), Vec<u32>>,
}

impl Tagged {
    pub(super) fn new(fabric: &Fabric, places: &Places, turns: &Turns) -> Self {
        let mut out = Self::default();
        for turn in (0..turns.len()).map(Some).chain([None]) {
            for (number, member) in (0..).zip(&places.members) {
                let node = fabric.nodes.get(member.node as usize);
                let mark = node.map_or(0, |n| n.mark);
                let mark = turn.map_or(mark, |turn| turns.of(turn, mark));
                let tags = fabric.marks.get(mark as usize);
                for tag in tags.into_iter().flatten() {
                    out.all.entry((turn, *tag)).or_default().push(number);
                }
            }
        }
        out
    }

    fn have(&self, turn: Option<u32>, tag: u32) -> &[u32] {
        self.all.get(&(turn, tag)).map_or(&[], Vec::as_slice)
    }
}

/// Who is left to be decided about, and what was decided.
struct Deciding {
    rest: Bits,
    pass: Bits,
    doubt: Option<Bits>,
    all: usize,
}

impl Deciding {
    /// A row takes some: all of the rest that are among them.
    fn take(&mut self, some: &Bits, action: Action, row_flags: u8) {
        let mut hit = some.clone();
        hit.and(&self.rest);
        let (pass, doubt, fork) = effect(action, row_flags);
        if pass {
            self.pass.or(&hit);
        }
        if doubt {
            let all = self.all;
            self.doubt.get_or_insert_with(|| Bits::none(all)).or(&hit);
        }
        if !fork {
            self.rest.without(&hit);
        }
    }

    /// The same of a few.
    fn take_each(&mut self, some: impl Iterator<Item = u32>, action: Action, row_flags: u8) {
        let (pass, doubt, fork) = effect(action, row_flags);
        for one in some {
            if !self.rest.has(one) {
                continue;
            }
            if pass {
                self.pass.set(one);
            }
            if doubt {
                let all = self.all;
                self.doubt.get_or_insert_with(|| Bits::none(all)).set(one);
            }
            if !fork {
                self.rest.clear(one);
            }
        }
    }
}

/// Whether a row lets pass, whether that is in doubt, and whether it leaves them to later rows.
fn effect(action: Action, row_flags: u8) -> (bool, bool, bool) {
    let pass = !matches!(action, Action::Drop(_));
    let fork = row_flags & flags::FORK != 0;
    let maybe = row_flags & flags::MAYBE != 0;
    (pass, fork || (maybe && pass), fork)
}

/// Whether a row is about a port.
pub(super) fn is_about<A: crate::fabric::Bits>(row: &Row<A>, port: &PortClass) -> bool {
    let at = port.port();
    (row.is(flags::ANY_PROTOCOL) || row.proto == port.proto)
        && row.ports.0 <= at
        && at <= row.ports.1
}

/// Whom a filter lets through, of all classes: those that it looks at.
pub(super) fn gate(
    fabric: &Fabric,
    places: &Places,
    tagged: &Tagged,
    (table, whose): (TableId, Whose),
    port: &PortClass,
) -> Gate {
    let len = places.members.len();
    let mut deciding = Deciding {
        rest: Bits::all(len),
        pass: Bits::none(len),
        doubt: None,
        all: len,
    };
    let Some(t) = fabric.tables.get(table as usize) else {
        return Gate {
            pass: Bits::all(len),
            doubt: None,
        };
    };
    for row in rows(fabric, table, places.v4) {
        if !is_about(&row, port) {
            continue;
        }
        let action = fabric.outcome(t, row.then).action;
        if row.is(flags::BY_MARK) {
            let tag = row.tag();
            match whose {
                Whose::Sender => {
                    let have = tagged.have(None, tag).iter().copied();
                    deciding.take_each(have, action, row.flags);
                }
                Whose::Turned(turn) => {
                    let have = tagged.have(Some(turn), tag).iter().copied();
                    deciding.take_each(have, action, row.flags);
                }
                Whose::Is(mark) => {
                    let tags = fabric.marks.get(mark as usize);
                    if tags.is_some_and(|t| t.binary_search(&tag).is_ok()) {
                        deciding.take(&Bits::all(len), action, row.flags);
                    }
                }
            }
            continue;
        }
        let within = places.within(row.lo, row.hi);
        match (within.first(), within.last()) {
            (Some((_, first)), Some((_, last))) if places.in_order && within.len() > 128 => {
                let mut some = Bits::none(len);
                some.fill(*first, *last + 1);
                deciding.take(&some, action, row.flags);
            }
            _ => deciding.take_each(within.iter().map(|(_, n)| *n), action, row.flags),
        }
    }
    let rest = deciding.rest.clone();
    deciding.take(&rest, t.otherwise.action, 0);
    // Who passes by a certain row although another may take him first is in doubt only if the other
    // would stop him: leave that to the walker.
    if let Some(doubt) = &mut deciding.doubt {
        doubt.and(&deciding.pass);
    }
    Gate {
        doubt: deciding.doubt.filter(|d| !d.is_empty()),
        pass: deciding.pass,
    }
}

/// Which address of traffic a filter looks at.
pub(super) fn side(fabric: &Fabric, table: TableId) -> Side {
    let table = fabric.tables.get(table as usize);
    table.map_or(Side::Dst, |t| t.side)
}
