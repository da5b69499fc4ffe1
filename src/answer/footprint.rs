//! What the walks of an answer looked at: with it, that another sender would be answered alike can be
//! known without asking.

use crate::engine::{Walk, Why};
use crate::fabric::{Fabric, Flow, NodeId, Stage, TableId};
use rustc_hash::FxHashSet;

/// The tables that decided something, and where.
#[derive(Clone, Debug, Default)]
pub struct Footprint {
    /// Tables, whoever's they are.
    pub tables: FxHashSet<TableId>,
    /// Of the asking node, the slots of those that it looked at itself: a bit each.
    pub own: u16,
    /// Alternatives were chosen from, which have tables of their own.
    pub chose: bool,
    /// More was asked than these walks: whatever there is may have been looked at.
    pub open: bool,
}

impl Footprint {
    /// Every step that a table decided notes the place, and the place says which table.
    pub(super) fn add(&mut self, fabric: &Fabric, from: NodeId, walked: &Walk<Flow>) {
        for step in &walked.steps {
            let slot = match step.why {
                Why::Rule(_) | Why::Otherwise | Why::Maybe(_) => match fabric.stage(step.at) {
                    Some(
                        Stage::Filter { table, .. }
                        | Stage::Route { table, .. }
                        | Stage::Translate { table, .. },
                    ) => table,
                    _ => continue,
                },
                Why::Chosen(_) => {
                    self.chose = true;
                    continue;
                }
                Why::Established | Why::Crossed(..) | Why::Passed(..) | Why::Arrived(_) => continue,
            };
            let node = step.at.node();
            if node == from {
                self.own |= 1 << slot;
            }
            let node = fabric.nodes.get(node as usize);
            let table = node.and_then(|n| n.slots.get(slot as usize));
            self.tables.extend(table.copied());
        }
        self.open |= walked.cut;
    }
}
