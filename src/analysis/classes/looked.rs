//! What of a fabric somebody looks at: the rest cannot tell interfaces apart.

use super::tables::Tables;
use crate::answer::Footprint;
use crate::fabric::{Fabric, TableId, flags};
use crate::model::{Id, Subnet};
use rustc_hash::{FxHashMap, FxHashSet};

/// Tables, and what of the interfaces' own nodes.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Looked {
    /// By table; none: all.
    tables: Option<Vec<bool>>,
    /// By subnet.
    own: FxHashMap<Option<Id<Subnet>>, Own>,
    /// Tables that say whose traffic they let through.
    by_mark: FxHashSet<TableId>,
    /// Tables of alternatives.
    alternatives: Vec<TableId>,
}

/// What is looked at of an interface's own node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Own {
    /// Slots, a bit each.
    pub(super) slots: u16,
    /// Who it says it is.
    pub(super) mark: bool,
}

const ALL: Own = Own {
    slots: u16::MAX,
    mark: true,
};

impl Looked {
    /// At everything.
    pub(in crate::analysis) fn everywhere() -> Self {
        Self {
            tables: None,
            own: FxHashMap::default(),
            by_mark: FxHashSet::default(),
            alternatives: Vec::new(),
        }
    }

    /// At nothing so far.
    pub(in crate::analysis) fn nowhere(fabric: &Fabric) -> Self {
        let all = fabric.tables.iter().zip(0..);
        let by_mark = all.filter(|(t, _)| fabric.rows_of(t).any(|(_, row)| row.is(flags::BY_MARK)));
        Self {
            tables: Some(vec![false; fabric.tables.len()]),
            own: FxHashMap::default(),
            by_mark: by_mark.map(|(_, id)| id).collect(),
            alternatives: fabric.alternatives.iter().map(|a| a.unless).collect(),
        }
    }

    /// Also at what the answers of somebody in a subnet looked at: whether that is more than before.
    pub(in crate::analysis) fn add(
        &mut self,
        subnet: Option<Id<Subnet>>,
        footprint: &Footprint,
        tables: &Tables,
    ) -> bool {
        if footprint.open && self.tables.is_some() {
            *self = Self::everywhere();
            return true;
        }
        let Some(looked) = &mut self.tables else {
            return false;
        };
        let chosen = self.alternatives.iter().filter(|_| footprint.chose);
        let own = self.own.entry(subnet).or_default();
        let before = *own;
        own.slots |= footprint.own;
        let mut more = false;
        for table in footprint.tables.iter().chain(chosen) {
            own.mark |= self.by_mark.contains(table);
            // The first of those alike stands for all.
            for table in [*table, tables.like(*table)] {
                if let Some(looked) = looked.get_mut(table as usize) {
                    more |= !*looked;
                    *looked = true;
                }
            }
        }
        more | (before != *own)
    }

    pub(super) fn table(&self, table: TableId) -> bool {
        let Some(tables) = &self.tables else {
            return true;
        };
        tables.get(table as usize).is_some_and(|looked| *looked)
    }

    pub(super) fn own(&self, subnet: Option<Id<Subnet>>) -> Own {
        match self.tables {
            Some(_) => self.own.get(&subnet).copied().unwrap_or_default(),
            None => ALL,
        }
    }
}
