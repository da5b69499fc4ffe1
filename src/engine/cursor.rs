//! Where some traffic is on its way, and what is known of the way so far.

use super::trace::{End, Ending, Leg};
use crate::fabric::{NONE, NodeId, Place, Traffic};

/// A way being followed.
#[derive(Clone, Debug)]
pub(super) struct Cursor<T> {
    pub(super) node: NodeId,
    /// Which of all stages.
    pub(super) stage: u32,
    /// The first of the node's.
    pub(super) first: u32,
    pub(super) leg: Leg,
    pub(super) traffic: T,
    /// The last step.
    pub(super) last: u32,
    /// The headers that were kept last, or `NONE` if they have changed since.
    pub(super) header: u32,
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
            first: 0,
            leg: Leg::Out,
            traffic,
            last: NONE,
            header: NONE,
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
            first,
            leg,
            traffic: _,
            last,
            header: _,
            maybe,
            forked,
            hops,
            arrived,
            sent,
        } = *self;
        Self {
            node,
            stage,
            first,
            leg,
            traffic,
            last,
            header: NONE,
            maybe,
            forked,
            hops,
            arrived,
            sent,
        }
    }

    /// The stage it is at, counted from the node's first.
    pub(super) fn list_stage(&self) -> u32 {
        self.stage - self.first
    }

    /// The stage it is at.
    pub(super) fn place(&self) -> Place {
        Place::new(self.node, self.list_stage() as usize)
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

impl<T: Traffic> Cursor<T> {
    /// Says whose the traffic is.
    pub(super) fn marks(&mut self, mark: u32) {
        if self.traffic.mark() != mark {
            self.traffic.set_mark(mark);
            self.header = NONE;
        }
    }
}
