//! Tables of filters of interfaces' own are written anew: which rows change, and only those are worked
//! out again.

use super::Parts;
use super::gates::is_about;
use super::half::{Half, RowBits};
use super::making::Making;
use super::ports::PortClass;
use super::rows::one_of;
use super::shared::Recipe;
use crate::analysis::classes::ClassId;
use crate::fabric::{Action, Address, Fabric, Row, Table, TableId, V6, flags};
use rustc_hash::{FxHashMap, FxHashSet};
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
        let mut shared = std::mem::take(&mut kept.shared).into_iter();
        for half in &self.halves {
            let Some(mut own) = shared.next() else { break };
            let all = own.forget(&new.tables);
            let hangs = |member: u32| all || half.has_one_of(ground, member, &new.tables);
            let mut making = Making::again(ground, half, own);
            let classes = half.ports.classes.iter().enumerate();
            let met = classes.filter(|(_, class)| {
                let mut rows = new.rows.iter().filter(|(v4, _)| *v4 == class.v4);
                rows.any(|(_, row)| is_about(row, class))
            });
            let ports: Vec<usize> = met.map(|(port, _)| port).collect();
            again(
                &mut making,
                (half, hangs),
                (&ports, first),
                &mut kept.of,
                &mut changed,
            );
            kept.shared.push(making.into_shared());
            first += half.ports.classes.len();
        }
        self.kept = Some(kept);
        changed.sort_by_key(|(_, port)| *port);
        changed
    }
}

/// The rows of some classes of ports.
fn again(
    making: &mut Making<'_>,
    (half, hangs): (&Half, impl Fn(u32) -> bool),
    (ports, first): (&[usize], usize),
    of: &mut [Vec<Arc<RowBits>>],
    changed: &mut Vec<(ClassId, usize)>,
) {
    let mut known: FxHashSet<Arc<RowBits>> = FxHashSet::default();
    for place in (0..half.places.len() as u32).filter(|_| !ports.is_empty()) {
        making.go_to(place);
        let mut made: FxHashMap<Recipe, Arc<RowBits>> = FxHashMap::default();
        for member in half.places.range(place).filter(|member| hangs(*member)) {
            let class = half.places.members.get(member as usize).map(|m| m.class);
            for port in ports {
                let row = of.get_mut(first + port);
                let row = row.and_then(|rows| rows.get_mut(member as usize));
                let Some((row, class)) = row.zip(class) else {
                    continue;
                };
                let next = made.entry(making.recipe(member, *port));
                let next = next.or_insert_with_key(|r| one_of(&mut known, making.row(r)));
                if row != next {
                    *row = next.clone();
                    changed.push((class, first + port));
                }
            }
        }
    }
}
