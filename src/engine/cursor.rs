//! Where some traffic is on its way, and what is known of the way so far.

use super::trace::{End, Ending, Leg};
use crate::fabric::{NONE, NodeId, Place};

/// A way being followed.
#[derive(Clone, Debug)]
pub(super) struct Cursor<T> {
    pub(super) node: NodeId,
    /// Stage of the node's shape.
    pub(super) stage: u8,
    pub(super) leg: Leg,
    pub(super) traffic: T,
    /// The last step.
    pub(super) last: u32,
    pub(super) maybe: bool,
    pub(super) forked: bool,
    /// Nodes entered on this leg.
    pub(super) hops: u8,
    pub(super) arrived: NodeId,
    /// Which memory of what it was before its first change, or `NONE`.
    pub(super) sent: u32,
}

impl<T: Clone> Cursor<T> {
    /// The way out of a node.
    pub(super) fn new(node: NodeId, traffic: T) -> Self {
        Self {
            node,
            stage: 0,
            leg: Leg::Out,
            traffic,
            last: NONE,
            maybe: false,
            forked: false,
            hops: 0,
            arrived: NONE,
            sent: NONE,
        }
    }

    /// The same way, for a part of the traffic.
    pub(super) fn with(&self, traffic: T) -> Self {
        let Self {
            node,
            stage,
            leg,
            traffic: _,
            last,
            maybe,
            forked,
            hops,
            arrived,
            sent,
        } = *self;
        Self {
            node,
            stage,
            leg,
            traffic,
            last,
            maybe,
            forked,
            hops,
            arrived,
            sent,
        }
    }

    /// The stage it is at.
    pub(super) fn place(&self) -> Place {
        Place::new(self.node, self.stage as usize)
    }

    /// Goes on to the next stage.
    pub(super) fn next(&mut self) -> bool {
        self.stage += 1;
        true
    }

    /// The way ends here.
    pub(super) fn ending(&self, end: End) -> Ending<T> {
        Ending {
            end,
            leg: self.leg,
            last: self.last,
            maybe: self.maybe,
            forked: self.forked,
            arrived: self.arrived,
            traffic: self.traffic.clone(),
        }
    }
}
