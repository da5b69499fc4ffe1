//! Rules that name groups of VPCs behind a transit gateway: where the sender's identity passes.
//!
//! A gateway that does not carry it leaves a trace of it on the packet, so that a rule that would have
//! known the sender says why it does not: by the way that the packet took, whatever else joins the
//! two VPCs.

use super::super::compile::Compiler;
use super::super::lack::Lack;
use crate::fabric::MarkOp;
use crate::model::{Fact, Id, TransitAttachment, Vpc};

/// Group references do not work here (`/vpc/latest/tgw/tgw-vpc-attachments.html`).
const WITHOUT_REFERENCES: &str = "use1-az3";

/// On the tag of a group: a transit gateway did not carry it.
const LOST: u32 = 1 << 30;
/// On the tag of a group: the input does not say whether a transit gateway carries it.
const DOUBTED: u32 = 1 << 29;

/// The turns of marks, as [`Compiler::turns`] makes them.
const LOSES: u32 = 0;
const DOUBTS: u32 = 1;

/// The tag of a group that a transit gateway did not carry.
pub(in crate::aws) fn lost(tag: u32) -> u32 {
    tag | LOST
}

/// The tag of a group that a transit gateway may not have carried.
pub(in crate::aws) fn doubted(tag: u32) -> u32 {
    tag | DOUBTED
}

/// The group's own tag, if a tag is of one.
pub(in crate::aws) fn carried(tag: u32) -> u32 {
    tag & !(LOST | DOUBTED)
}

impl Compiler<'_> {
    /// What becomes of the senders' identities, once all are known.
    pub(in crate::aws) fn turns(&mut self) {
        if self.network.attachments.is_empty() {
            return;
        }
        let kept = |tag: u32| tag == super::super::PRIVATE_LINK || tag & LOST != 0;
        let loses = |tag: u32| if kept(tag) { tag } else { lost(carried(tag)) };
        let doubts = |tag: u32| if kept(tag) { tag } else { doubted(tag) };
        self.b.turns(&[&loses, &doubts]);
    }

    /// Group references pass where gateway and attachment let them (off and on where nobody says).
    pub(super) fn mark_through(
        &self,
        attachment: &TransitAttachment,
        zone: Option<&str>,
    ) -> MarkOp {
        let facts = self.gateway_and(attachment);
        let off = |f: &Option<&Fact<bool>>| f.and_then(Fact::known) == Some(&false);
        let on = |f: &Option<&Fact<bool>>| f.and_then(Fact::known) == Some(&true);
        if facts.iter().any(off) || zone.is_none_or(|z| z == WITHOUT_REFERENCES) {
            MarkOp::Turn(LOSES)
        } else if facts.iter().all(on) {
            MarkOp::Keep
        } else {
            MarkOp::Turn(DOUBTS)
        }
    }

    fn gateway_and<'a>(&'a self, attachment: &'a TransitAttachment) -> [Option<&'a Fact<bool>>; 2] {
        let gateway = attachment.gateway.id();
        let gateway = gateway.map(|g| &self.network.transit_gateways[g].group_references);
        [gateway, Some(&attachment.group_references)]
    }

    /// What would tell whether the transit gateways of a VPC carry the identity of senders, where
    /// the input does not.
    pub(in crate::aws) fn doubtful_references(&self, vpc: Option<Id<Vpc>>) -> Option<Lack> {
        let network = self.network;
        let all = || network.attachments.iter().map(|(_, a)| a);
        let doubt = |a: &TransitAttachment| match self.gateway_and(a) {
            [None, _] => Some(self.lack(&a.gateway)),
            facts => facts.into_iter().find_map(|f| match f {
                Some(Fact::Unseen(lack)) => Some(Lack::from(&network.unseen[*lack])),
                _ => None,
            }),
        };
        let own = all().filter(|a| vpc.is_some() && a.vpc() == vpc);
        own.chain(all()).find_map(doubt)
    }
}
