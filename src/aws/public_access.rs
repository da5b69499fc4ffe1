//! VPC Block Public Access: a switch of an account and Region in front of internet gateways, with
//! exclusions (`/vpc/latest/userguide/security-vpc-bpa-basics.html`).
//!
//! It is judged where traffic meets the gateway, by the subnet of the interface that has the address
//! there. What is let through in one direction brings its replies.

use super::bits;
use super::compile::Compiler;
use super::filter::span;
use crate::code::Code;
use crate::fabric::{Action, NONE, RowSpec, Side, TableId};
use crate::model::{Leaves, Ref, Role, Vpc};

impl Compiler<'_> {
    /// What may leave by the internet gateway of a VPC, and what may enter.
    pub(super) fn public_access(&mut self, vpc: &Ref<Vpc>) -> (TableId, TableId) {
        let network = self.network;
        let (mut out, mut into) = (Vec::new(), Vec::new());
        let subnets = vpc.id().map_or_else(Vec::new, |v| self.subnets_of(v));
        for (id, subnet) in subnets {
            let Some(access) = &subnet.public_access else {
                continue;
            };
            let text = format!("VPC Block Public Access for {}", subnet.name);
            let row = |span, then| RowSpec::address(span, then, &access.origin, text.clone());
            let stop = Action::Drop(Code::VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
            into.extend(subnet.blocks().map(|b| row(span(&b), stop)));
            if access.leaves == Leaves::Outbound {
                continue;
            }
            if access.leaves == Leaves::NatGateways {
                let all = network.interfaces.iter().map(|(_, i)| i);
                let own = all.filter(|i| i.subnet.id() == Some(id));
                let nats = own.filter(|i| matches!(i.role, Role::Nat(_)));
                let addresses = nats.flat_map(|i| &i.ips).map(|ip| bits(*ip));
                out.extend(addresses.map(|at| row((at, at), Action::Next)));
            }
            out.extend(subnet.blocks().map(|b| row(span(&b), stop)));
        }
        out.extend(self.regional_public_access(vpc));
        if into.is_empty() {
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
        for (_, subnet) in vpc.id().map_or_else(Vec::new, |v| self.subnets_of(v)) {
            let access = subnet.public_access.as_ref();
            let Some(access) = access.filter(|a| a.leaves == Leaves::Nothing) else {
                continue;
            };
            let text = format!("VPC Block Public Access for {}", subnet.name);
            let stop = Action::Drop(Code::VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
            let row = |b| RowSpec::address(span(&b), stop, &access.origin, text.clone());
            rows.extend(subnet.blocks().map(row));
        }
        let name = "block public access";
        self.b.table(name, Side::Src, rows, Action::Next, "")
    }
}
