//! VPC Block Public Access: a switch of an account and Region in front of internet gateways, with
//! exclusions (`/vpc/latest/userguide/security-vpc-bpa-basics.html`).
//!
//! It is judged where traffic meets the gateway: outward by the subnet of the interface that hands it
//! over, inward by that of the interface that takes it, which is an appliance's where one stands
//! between. What is let through in one direction brings its replies; whether also by a subnet that lets
//! nothing through itself, as where an appliance passes on what others send, no page says.

use super::compile::Compiler;
use super::filter::span;
use crate::code::Code;
use crate::fabric::{Action, MarkOp, NONE, RowSpec, Side, Span, TableId, flags};
use crate::model::{Id, Interface, InternetGateway, Leaves, PublicAccess, Ref, Role, Subnet, Vpc};
use ipnet::IpNet;
use std::net::IpAddr;

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
                let (taker, _) = self.taker(gateway, id, &block);
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

    /// Replies of what another subnet let in, as they leave by subnets that let nothing out.
    pub(super) fn leaves_unsurely(&self, vpc: &Ref<Vpc>, then: Action) -> Vec<RowSpec> {
        let mut rows = Vec::new();
        for (id, subnet) in vpc.id().map_or_else(Vec::new, |v| self.subnets_of(v)) {
            let Some(access) = shut(subnet) else { continue };
            let text = format!("a reply by {}", subnet.name);
            let replies = stopped(id, subnet, |_| true)
                .into_iter()
                .map(|row| RowSpec {
                    then,
                    text: text.as_str().into(),
                    ..row
                });
            rows.extend(replies.map(|row| unsure(row, access)));
        }
        rows
    }

    /// What stops an interface's subnet, where only replies of what another subnet let out can come
    /// for an address.
    pub(super) fn enters_unsurely(
        &self,
        gateway: Id<InternetGateway>,
        interface: Id<Interface>,
        address: IpAddr,
    ) -> Option<&PublicAccess> {
        let interface = &self.network.interfaces[interface];
        let subnet = interface.subnet.id()?;
        let (taker, before) = self.taker(gateway, subnet, &address.into());
        let access = shut(taker)?;
        let asked = matches!(interface.role, Role::Nat(_))
            && access.leaves() == Some(Leaves::NatGateways)
            && !before;
        (!asked).then_some(access)
    }

    /// The same of IPv6, which no NAT gateway has.
    pub(super) fn ipv6_unsure(&self, gateway: Id<InternetGateway>, vpc: &Ref<Vpc>) -> Vec<RowSpec> {
        let subnets = vpc.id().map_or_else(Vec::new, |v| self.subnets_of(v));
        let blocks = subnets.into_iter().flat_map(|(id, subnet)| {
            let six = subnet
                .blocks()
                .filter(|block| matches!(block, IpNet::V6(_)));
            six.map(move |block| (id, block))
        });
        let row = |(id, block): (Id<Subnet>, IpNet)| {
            let (taker, _) = self.taker(gateway, id, &block);
            let access = shut(taker)?;
            let text = format!("an IPv6 address of {}", self.network.subnets[id].name);
            let row = RowSpec::address(span(&block), Action::Next, &access.origin, text);
            Some(unsure(row, access))
        };
        blocks.filter_map(row).collect()
    }

    /// The subnet of whoever takes what arrives for a block: its own, or that of an appliance before it.
    fn taker(
        &self,
        gateway: Id<InternetGateway>,
        subnet: Id<Subnet>,
        block: &IpNet,
    ) -> (&Subnet, bool) {
        let before = self.appliance_before(gateway, subnet, block);
        let taker = &self.network.subnets[before.unwrap_or(subnet)];
        (taker, before.is_some())
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

/// What stops a subnet's own traffic in both directions.
fn shut(subnet: &Subnet) -> Option<&PublicAccess> {
    let access = subnet.public_access.as_ref()?;
    access
        .leaves()
        .is_some_and(|leaves| leaves != Leaves::Outbound)
        .then_some(access)
}

/// Passes only perhaps: no page says whether replies pass by a subnet that is stopped itself.
pub(super) fn unsure(row: RowSpec, access: &PublicAccess) -> RowSpec {
    let text = format!(
        "{}, if VPC Block Public Access lets its replies by",
        row.text
    );
    RowSpec {
        flags: row.flags | flags::MAYBE,
        origin: access.origin.clone(),
        text: text.into(),
        ..row
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
