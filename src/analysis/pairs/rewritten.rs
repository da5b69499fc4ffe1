//! Tables of filters of interfaces' own are written anew: which rows change, and only those are worked
//! out again.

use super::gates::is_about;
use super::half::RowBits;
use super::ports::PortClass;
use super::rows::{Kept, shared};
use super::{Ground, Parts};
use crate::analysis::classes::ClassId;
use crate::fabric::{Action, Address, Fabric, Row, Table, TableId, V6, flags};
use std::collections::HashSet;
use std::sync::Arc;

/// ICMP, of both families: a message and what answers it are one class of ports.
const ICMP: [u8; 2] = [1, 58];

/// Tables that have been written anew.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Rewritten {
    pub(in crate::analysis) tables: Vec<TableId>,
    /// The rows that are new, or gone; whether of IPv4.
    pub(in crate::analysis) rows: Vec<(bool, Row<Address>)>,
    /// They are new.
    pub(in crate::analysis) added: bool,
}

impl Rewritten {
    /// What differs in some tables from what they were before: rows are new, or rows are gone.
    pub(in crate::analysis) fn new(
        fabric: &Fabric,
        before: &[(TableId, Table)],
        added: bool,
    ) -> Self {
        let mut out = Self {
            added,
            ..Self::default()
        };
        for (id, old) in before {
            out.tables.push(*id);
            let Some(new) = fabric.tables.get(*id as usize) else {
                continue;
            };
            let (more, less) = if added { (new, old) } else { (old, new) };
            let mut less = plain(fabric, less).peekable();
            for row in plain(fabric, more) {
                if less.next_if_eq(&row).is_some() {
                    continue;
                }
                let (v4, row, _) = row;
                let same = |(family, known): &(bool, Row<Address>)| {
                    *family == v4 && Row { then: 0, ..*known } == Row { then: 0, ..row }
                };
                if !out.rows.iter().any(same) {
                    out.rows.push((v4, row));
                }
            }
        }
        out
    }
}

/// The rows of a table with what they do, wherever that is kept.
fn plain<'f>(
    fabric: &'f Fabric,
    table: &'f Table,
) -> impl Iterator<Item = (bool, Row<Address>, Action)> + 'f {
    fabric.rows_of(table).map(|(number, row)| {
        let action = fabric.outcome(table, row.then).action;
        (number & V6 == 0, Row { then: 0, ..row }, action)
    })
}

impl Parts {
    /// Whether the ways between places, or places themselves, hang on a table.
    pub(in crate::analysis) fn leads_by(&self, table: TableId) -> bool {
        let way = self.on_the_way.get(table as usize);
        let like = self.tables.like(table);
        way.is_none_or(|way| *way) || self.halves.iter().any(|h| h.looked.contains(&like))
    }

    /// Whether new rows tell ports apart that were one class.
    pub(in crate::analysis) fn splits_ports(&self, new: &Rewritten) -> bool {
        let rows = new.rows.iter().filter(|_| new.added);
        rows.into_iter().any(|(v4, row)| {
            let any = row.is(flags::ANY_PROTOCOL);
            let whole = row.ports == (0, u16::MAX);
            if any && whole {
                return false;
            }
            let half = self.halves.iter().filter(|h| h.places.v4 == *v4);
            let classes = half.flat_map(|h| &h.ports.classes);
            let own: Vec<&PortClass> = classes.filter(|c| any || c.proto == row.proto).collect();
            let cuts = |class: &&PortClass| {
                let met = class.spans.iter().map(|(lo, hi)| {
                    (
                        row.ports.0 <= *lo && *hi <= row.ports.1,
                        row.ports.0 <= *hi && *lo <= row.ports.1,
                    )
                });
                let (all, some) = met.fold((true, false), |(all, some), (is_in, meets)| {
                    (all && is_in, some || meets)
                });
                some && (!all || (ICMP.contains(&class.proto) && !whole))
            };
            (own.is_empty() && self.halves.iter().any(|h| h.places.v4 == *v4))
                || own.iter().any(cuts)
        })
    }

    /// Works out the rows again that hang on tables written anew: which of them changed, by the class
    /// that is reached and the class of ports.
    pub(in crate::analysis) fn rewrite(
        &mut self,
        fabric: &Fabric,
        new: &Rewritten,
    ) -> Vec<(ClassId, usize)> {
        for table in &new.tables {
            self.tables.part(*table);
        }
        let mut changed = Vec::new();
        let Some(mut kept) = self.kept.take() else {
            return changed;
        };
        let ground = self.ground(fabric);
        let mut first = 0;
        for half in &self.halves {
            for (own, class) in half.ports.classes.iter().enumerate() {
                let port = first + own;
                let rows = new.rows.iter().filter(|(v4, _)| *v4 == class.v4);
                if rows.into_iter().any(|(_, row)| is_about(row, class)) {
                    self.again(ground, (&mut kept, port), new, &mut changed);
                }
            }
            first += half.ports.classes.len();
        }
        self.kept = Some(kept);
        changed
    }

    /// The rows of one class of ports.
    fn again(
        &self,
        ground: Ground<'_>,
        (kept, port): (&mut Kept, usize),
        new: &Rewritten,
        changed: &mut Vec<(ClassId, usize)>,
    ) {
        let half = self
            .halves
            .iter()
            .find(|h| h.ports.classes.first().map(|c| c.v4) == self.ports.get(port).map(|c| c.v4));
        let (Some(half), Some(at), Some(of)) = (half, kept.at.get_mut(port), kept.of.get_mut(port))
        else {
            return;
        };
        at.forget(&new.tables);
        let mut known: HashSet<Arc<RowBits>> = HashSet::new();
        for ((member, row), number) in half.places.members.iter().zip(of).zip(0..) {
            let column = half.column(ground, member.place);
            let next = half.row(ground, number, &column, at);
            if **row != next {
                *row = shared(&mut known, next);
                changed.push((member.class, port));
            }
        }
    }
}
