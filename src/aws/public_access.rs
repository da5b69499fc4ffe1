//! VPC Block Public Access: a switch of an account and Region in front of internet gateways, with
//! exclusions (`/vpc/latest/userguide/security-vpc-bpa-basics.html`).
//!
//! It is judged where traffic meets the gateway: outward by the subnet of the interface that hands it
//! over, inward by that of the interface that takes it, which is an appliance's where one stands
//! between. What is let through in one direction brings its replies.

use super::compile::Compiler;
use super::filter::span;
use crate::code::Code;
use crate::fabric::{Action, MarkOp, NONE, RowSpec, Side, Span, TableId};
use crate::model::{Id, InternetGateway, Leaves, PublicAccess, Ref, Subnet, Vpc};

/// On the tag of a subnet: one of its interfaces hands a packet to an internet gateway.
const HANDED: u32 = 0b110 << 29;
/// On the tag of a subnet: its NAT gateway does.
const TRANSLATED: u32 = 0b111 << 29;

/// What a row says before the name of the subnet that it stops.
pub(crate) const FOR: &str = "VPC Block Public Access for ";

/// The subnet that a tag stands for, by number.
pub(super) fn tagged(tag: u32) -> Option<usize> {
    let special = tag == super::PRIVATE_LINK || tag == super::BROUGHT;
    (!special && tag & HANDED == HANDED).then_some((tag & !TRANSLATED) as usize)
}

impl Compiler<'_> {
    /// The mark of what a subnet hands to an internet gateway, where it matters.
    pub(super) fn handed(&mut self, vpc: Option<Id<Vpc>>, from: Id<Subnet>, nat: bool) -> MarkOp {
        let subnets = vpc.map_or_else(Vec::new, |v| self.subnets_of(v));
        if subnets.iter().all(|(_, s)| s.leaves().is_none()) {
            return MarkOp::Clear;
        }
        let kind = if nat { TRANSLATED } else { HANDED };
        MarkOp::Set(self.b.mark(vec![kind | from.index() as u32]))
    }

    /// What may leave by the internet gateway of a VPC, and what may enter.
    pub(super) fn public_access(
        &mut self,
        gateway: Id<InternetGateway>,
        vpc: &Ref<Vpc>,
    ) -> (TableId, TableId) {
        let (mut out, mut into) = (Vec::new(), Vec::new());
        let subnets = vpc.id().map_or_else(Vec::new, |v| self.subnets_of(v));
        for (id, subnet) in subnets {
            out.extend(stopped(id, subnet, |leaves| leaves != Leaves::Outbound));
            for block in subnet.blocks() {
                let before = self.appliance_before(gateway, id, &block);
                let taker = &self.network.subnets[before.unwrap_or(id)];
                let access = taker.public_access.as_ref();
                let stops = access.filter(|a| a.leaves().is_some());
                into.extend(stops.map(|a| stop(span(&block), taker, a)));
            }
        }
        out.extend(self.regional_public_access(vpc));
        if into.is_empty() && out.is_empty() {
            return (NONE, NONE);
        }
        // Both have a table: each remembers for the other what it lets through.
        let name = "block public access";
        let out = self.b.table(name, Side::Src, out, Action::Next, "");
        let into = self.b.table(name, Side::Dst, into, Action::Next, "");
        (out, into)
    }

    /// What may leave by the egress-only internet gateway of a VPC: what is started inside, unless
    /// that is blocked too.
    pub(super) fn public_access_outward(&mut self, vpc: &Ref<Vpc>) -> TableId {
        let mut rows = Vec::new();
        for (id, subnet) in vpc.id().map_or_else(Vec::new, |v| self.subnets_of(v)) {
            rows.extend(stopped(id, subnet, |leaves| leaves == Leaves::Nothing));
        }
        let name = "block public access";
        self.b.table(name, Side::Src, rows, Action::Next, "")
    }
}

/// The rows that stop what a subnet hands over; its NAT gateway's only where nothing may leave.
fn stopped(id: Id<Subnet>, subnet: &Subnet, stops: impl Fn(Leaves) -> bool) -> Vec<RowSpec> {
    let access = subnet.public_access.as_ref();
    let left = access.and_then(|access| Some((access, access.leaves()?)));
    let Some((access, leaves)) = left.filter(|(_, leaves)| stops(*leaves)) else {
        return Vec::new();
    };
    let kinds: &[u32] = match leaves {
        Leaves::NatGateways => &[HANDED],
        Leaves::Nothing | Leaves::Outbound => &[HANDED, TRANSLATED],
    };
    let tags = kinds.iter().map(|kind| Span::Tag(kind | id.index() as u32));
    tags.map(|tag| stop(tag, subnet, access)).collect()
}

fn stop(what: impl Into<Span>, subnet: &Subnet, access: &PublicAccess) -> RowSpec {
    let stop = Action::Drop(Code::VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
    let text = format!("{FOR}{}", subnet.name);
    RowSpec::address(what, stop, &access.origin, text)
}
