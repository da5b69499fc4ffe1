//! Tables of filters of interfaces' own are written anew: which rows change.

use super::Parts;
use super::gates::is_about;
use super::half::Half;
use super::places::Places;
use super::ports::PortClass;
use crate::analysis::classes::ClassId;
use crate::aws::Rewrite;
use crate::fabric::{Address, Fabric, NodeId, Row, TableId, flags};
use rustc_hash::{FxHashMap, FxHashSet};

/// ICMP, of both families: a message and what answers it are one class of ports.
const ICMP: [u8; 2] = [1, 58];

/// Tables that have been written anew.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Rewritten {
    pub(in crate::analysis) tables: Vec<TableId>,
    /// The rows that are new, or gone; whether of IPv4.
    pub(in crate::analysis) rows: Vec<(bool, Row<Address>)>,
    /// One of those that are alike but for their addresses.
    kinds: Vec<(bool, Row<Address>)>,
    /// They are new.
    pub(in crate::analysis) added: bool,
}

impl Rewritten {
    /// What differs in some tables from what they were before: rows are new, or rows are gone.
    pub(in crate::analysis) fn new(all: &[Rewrite], added: bool) -> Self {
        let mut out = Self {
            tables: all.iter().map(|one| one.table).collect(),
            rows: Vec::new(),
            kinds: Vec::new(),
            added,
        };
        let mut known: FxHashSet<(bool, Row<Address>)> = FxHashSet::default();
        for Rewrite { before, after, .. } in all {
            let (more, less) = if added {
                (after, before)
            } else {
                (before, after)
            };
            let mut less = less.iter().peekable();
            for row in more {
                let own = (row.v4, row.row);
                if less.next_if_eq(&row).is_none() && known.insert(own) {
                    out.rows.push(own);
                }
            }
        }
        for (v4, row) in &out.rows {
            let kind = |row: &Row<Address>| (row.proto, row.ports, row.flags);
            let same = |(known_v4, known): &(bool, Row<Address>)| {
                known_v4 == v4 && kind(known) == kind(row)
            };
            if !out.kinds.iter().any(same) {
                out.kinds.push((*v4, *row));
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
        let rows = new.kinds.iter().filter(|_| new.added);
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

    /// Tables have been written anew: the rows that are others by that, by the class that is reached
    /// and the class of ports.
    pub(in crate::analysis) fn rewrite(
        &mut self,
        fabric: &Fabric,
        new: &Rewritten,
    ) -> Vec<(ClassId, usize)> {
        for table in &new.tables {
            self.tables.part(*table);
        }
        let mut all = std::mem::take(&mut self.factors);
        let ground = self.ground(fabric);
        let (mut first, mut changed) = (0, Vec::new());
        for (half, factors) in self.halves.iter().zip(&mut all) {
            let rows = factors.rewrite(half, ground, &new.tables, &met(&new.kinds, half));
            for (port, rows) in rows {
                let members = rows.ones();
                let members = members.filter_map(|to| half.places.members.get(to as usize));
                changed.extend(members.map(|member| (member.class, first + port)));
            }
            first += half.ports.classes.len();
        }
        self.factors = all;
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
