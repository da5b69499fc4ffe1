//! The rules of a group change, and nothing else does: its tables are written anew, in their place.
//!
//! Rules decide nothing but the rows of the tables of groups: who is a member, and so which mark
//! traffic has, and which rows name a member's addresses, is the same before and after.

use super::Compiled;
use super::compile::{Compiler, subnets_by_vpc};
use super::filter::{Members, Way, told_apart};
use super::lists::ManagedLists;
use super::stages::Shapes;
use crate::fabric::{Action, Address, Fabric, FabricBuilder, Room, Row, TableId, V6};
use crate::model::{Id, Network, Ref, SecurityGroup, Subnet, Vpc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::mem::take;
use std::sync::OnceLock;

/// The tables of a set of groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GroupTables {
    /// The groups, as an interface names them.
    pub(super) groups: Vec<Ref<SecurityGroup>>,
    /// The VPC of those interfaces.
    pub(super) vpc: Option<Id<Vpc>>,
    pub(super) into: TableId,
    pub(super) out: TableId,
}

/// What the rules of groups are compiled with, beside the network.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    members: Members,
    subnets: Vec<Vec<Id<Subnet>>>,
    /// Of each group, the sets that it is of.
    sets: Vec<Vec<u32>>,
    /// Where tables that were written anew have room.
    rooms: HashMap<TableId, Room>,
}

/// A table that was written anew.
#[derive(Clone, Debug)]
pub(crate) struct Rewrite {
    pub(crate) table: TableId,
    pub(crate) before: Vec<Plain>,
    pub(crate) after: Vec<Plain>,
}

/// A row with what it does, wherever that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    pub(crate) v4: bool,
    pub(crate) row: Row<Address>,
    action: Action,
}

/// The rows of a table.
fn plain(fabric: &Fabric, table: TableId) -> Vec<Plain> {
    let Some(table) = fabric.tables.get(table as usize) else {
        return Vec::new();
    };
    let rows = fabric.rows_of(table).map(|(number, row)| Plain {
        v4: number & V6 == 0,
        row: Row { then: 0, ..row },
        action: fabric.outcome(table, row.then).action,
    });
    rows.collect()
}

impl Rules {
    pub(crate) fn new(network: &Network, compiled: &Compiled) -> Self {
        let mut sets = vec![Vec::new(); network.groups.len()];
        for (number, set) in (0..).zip(&compiled.groups) {
            for group in set.groups.iter().filter_map(Ref::id) {
                if let Some(of) = sets.get_mut(group.index()) {
                    of.push(number);
                }
            }
        }
        for of in &mut sets {
            of.dedup();
        }
        Self {
            members: Members::new(network),
            subnets: subnets_by_vpc(network),
            sets,
            rooms: HashMap::new(),
        }
    }

    /// Writes every table anew that has rules of a group.
    pub(crate) fn rewrite(
        &mut self,
        network: &Network,
        compiled: &mut Compiled,
        group: Id<SecurityGroup>,
        way: Way,
    ) -> Vec<Rewrite> {
        let sets = self.sets.get(group.index()).map_or(&[][..], Vec::as_slice);
        let builder = FabricBuilder::again(take(&mut compiled.fabric));
        let lists = ManagedLists::with(network, compiled.regions.clone());
        let (members, subnets) = (take(&mut self.members), take(&mut self.subnets));
        let made = (builder, Shapes::default());
        let mut c = Compiler::new(network, made, lists, members, subnets);
        let mut all = Vec::new();
        for set in sets.iter().filter_map(|s| compiled.groups.get(*s as usize)) {
            let table = match way {
                Way::In => set.into,
                Way::Out => set.out,
            };
            let (ids, unseen) = told_apart(&set.groups);
            let new = c.group_table(&ids, &unseen, set.vpc, way);
            // Where those of before are, the new ones may come to be.
            all.push(Rewrite {
                table,
                before: plain(c.b.fabric(), table),
                after: plain(c.b.fabric(), new),
            });
            c.b.replace(table, self.rooms.entry(table).or_default());
        }
        compiled.fabric = c.b.finish_again();
        (self.members, self.subnets) = (c.members, c.subnets);
        // A health check that was stopped may pass now.
        for stopped in &mut compiled.stopped {
            *stopped = OnceLock::new();
        }
        all
    }
}
