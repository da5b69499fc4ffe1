//! Tables of filters of interfaces' own are written anew: which rows change, and only those are worked
//! out again.

use super::Parts;
use super::gates::is_about;
use super::half::{Ground, Half, RowBits};
use super::places::Places;
use super::ports::PortClass;
use super::shared::{Recipe, Shared};
use crate::analysis::classes::{ClassId, Parted};
use crate::aws::Rewrite;
use crate::fabric::{Address, Fabric, NodeId, Row, TableId, flags};
use rustc_hash::FxHashMap;
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
    pub(in crate::analysis) fn new(all: &[Rewrite], added: bool) -> Self {
        let mut out = Self {
            tables: all.iter().map(|one| one.table).collect(),
            rows: Vec::new(),
            added,
        };
        for Rewrite { before, after, .. } in all {
            let (more, less) = if added {
                (after, before)
            } else {
                (before, after)
            };
            let mut less = less.iter().peekable();
            for row in more {
                let own = (row.v4, row.row);
                if less.next_if_eq(&row).is_none() && !out.rows.contains(&own) {
                    out.rows.push(own);
                }
            }
        }
        out
    }
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
        let written = new.tables.iter().map(|table| self.tables.part(*table));
        let written: Vec<Parted> = written.collect();
        let mut changed = Vec::new();
        let Some(mut kept) = self.kept.take() else {
            return changed;
        };
        let ground = self.ground(fabric);
        let (mut first, mut of) = (0, kept.of.as_mut_slice());
        let halves = self.halves.iter().zip(&self.holders);
        for ((half, holders), shared) in halves.zip(&mut kept.shared) {
            let (rows, rest) = of.split_at_mut(half.ports.classes.len().min(of.len()));
            let ports = met(&new.rows, half);
            let hang = shared.rewrite(half, ground, (&written, holders), &ports);
            let again = again(shared, (half, ground), &hang, rows);
            changed.extend(again.into_iter().map(|(class, port)| (class, first + port)));
            first += rows.len();
            of = rest;
        }
        self.kept = Some(kept);
        changed.sort_by_key(|(_, port)| *port);
        changed
    }
}

/// The classes of ports that some row is about.
fn met(rows: &[(bool, Row<Address>)], half: &Half) -> Vec<usize> {
    let is_met = |class: &PortClass| {
        let mut own = rows.iter().filter(|(v4, _)| *v4 == class.v4);
        own.any(|(_, row)| is_about(row, class))
    };
    let classes = half.ports.classes.iter().enumerate();
    classes.filter(|(_, c)| is_met(c)).map(|(n, _)| n).collect()
}

/// Rows by member and port, of those of each port: which of them are others now.
fn again(
    shared: &mut Shared,
    (half, ground): (&Half, Ground<'_>),
    hang: &[(u32, usize)],
    of: &mut [Vec<Arc<RowBits>>],
) -> Vec<(ClassId, usize)> {
    let mut changed = Vec::new();
    let member = |number: u32| half.places.members.get(number as usize);
    let place = |(number, _): &(u32, usize)| member(*number).map_or(0, |m| m.place);
    for hang in hang.chunk_by(|a, b| place(a) == place(b)) {
        let column = hang.first().map(|first| half.column(ground, place(first)));
        let column = column.unwrap_or_default();
        let mut made: FxHashMap<Recipe, Arc<RowBits>> = FxHashMap::default();
        for (number, port) in hang {
            let row = of.get_mut(*port);
            let row = row.and_then(|rows| rows.get_mut(*number as usize));
            let Some((row, member)) = row.zip(member(*number)) else {
                continue;
            };
            let recipe = shared.recipe(half, ground, (*number, *port), &column);
            let next = made.entry(recipe);
            let next = next.or_insert_with_key(|r| Arc::new(shared.row(half, r, &column)));
            if row != next {
                *row = next.clone();
                changed.push((member.class, *port));
            }
        }
    }
    changed
}

/// Who looks at which table.
#[derive(Clone, Debug, Default)]
pub(super) struct Holders(FxHashMap<TableId, Vec<u32>>);

impl Holders {
    /// Among the members of a family.
    pub(super) fn new(fabric: &Fabric, places: &Places) -> Self {
        let mut all = Self::default();
        for (number, member) in (0u32..).zip(&places.members) {
            all.push(fabric, (number, member.node));
        }
        all
    }

    /// A member is added, the last, with its node.
    pub(super) fn push(&mut self, fabric: &Fabric, (number, node): (u32, NodeId)) {
        let node = fabric.nodes.get(node as usize);
        for table in node.into_iter().flat_map(|n| n.slots) {
            let own = self.0.entry(table).or_default();
            if own.last() != Some(&number) {
                own.push(number);
            }
        }
    }

    /// The members that look at a table, in order.
    pub(super) fn of(&self, table: TableId) -> &[u32] {
        self.0.get(&table).map_or(&[], Vec::as_slice)
    }
}
