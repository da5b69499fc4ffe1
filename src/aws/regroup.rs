//! The rules of a group change, and nothing else does: its tables are written anew, in their place.
//!
//! Rules decide nothing but the rows of the tables of groups: who is a member, and so which mark
//! traffic has, and which rows name a member's addresses, is the same before and after.

use super::Compiled;
use super::compile::{Compiler, subnets_by_vpc};
use super::filter::{Members, Way, told_apart};
use super::lists::ManagedLists;
use super::stages::Shapes;
use crate::fabric::{FabricBuilder, Table, TableId};
use crate::model::{Id, Network, Ref, SecurityGroup, Subnet, Vpc};
use serde::{Deserialize, Serialize};
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
        }
    }

    /// Writes every table anew that has rules of a group: which they are, and what each was before.
    pub(crate) fn rewrite(
        &mut self,
        network: &Network,
        compiled: &mut Compiled,
        group: Id<SecurityGroup>,
        way: Way,
    ) -> Vec<(TableId, Table)> {
        let sets = self.sets.get(group.index()).map_or(&[][..], Vec::as_slice);
        let builder = FabricBuilder::again(take(&mut compiled.fabric));
        let lists = ManagedLists::with(network, compiled.regions.clone());
        let (members, subnets) = (take(&mut self.members), take(&mut self.subnets));
        let made = (builder, Shapes::default());
        let mut c = Compiler::new(network, made, lists, members, subnets);
        let mut before = Vec::new();
        for set in sets.iter().filter_map(|s| compiled.groups.get(*s as usize)) {
            let table = match way {
                Way::In => set.into,
                Way::Out => set.out,
            };
            let old = c.b.fabric().tables.get(table as usize).cloned();
            let (ids, unseen) = told_apart(&set.groups);
            c.group_table(&ids, &unseen, set.vpc, way);
            c.b.replace(table);
            before.extend(old.map(|old| (table, old)));
        }
        compiled.fabric = c.b.finish_again();
        (self.members, self.subnets) = (c.members, c.subnets);
        // A health check that was stopped may pass now.
        for stopped in &mut compiled.stopped {
            *stopped = OnceLock::new();
        }
        before
    }
}
