//! Egress-only internet gateways: the way out for IPv6, and for nothing to come in
//! (`/vpc/latest/userguide/egress-only-internet-gateway.html`).
//!
//! It translates nothing. What it lets out it asks back from the internet, and what it has not let
//! out it does not know, in either direction.

use super::compile::Compiler;
use super::filter::span;
use crate::code::Code;
use crate::fabric::{Action, Back, Distance, Label, Link, NodeId, Rewrite, RowSpec, Side};
use crate::model::{Ref, Vpc};

/// Entries of the node.
pub(super) const FROM_INSIDE: u8 = 0;
/// Replies that it asked back.
const REPLIES: u8 = 1;
/// What nobody inside asked for.
pub(super) const FROM_OUTSIDE: u8 = 2;

impl Compiler<'_> {
    pub(super) fn egress_only_nodes(&mut self) {
        for (_, gateway) in self.network.egress_only_gateways.iter() {
            let name = self.scoped(&gateway.vpc, &gateway.name);
            let node = self.b.node(self.shapes.egress_only, name);
            self.egress_only.push(node);
            if let Some(vpc) = gateway.vpc.id() {
                self.egress_only_of.entry(vpc).or_insert(node);
            }
        }
    }

    pub(super) fn egress_only_gateways(&mut self) {
        let network = self.network;
        let all = network.egress_only_gateways.iter();
        for ((_, gateway), node) in all.zip(self.egress_only.clone()) {
            self.egress_only(&gateway.vpc, node);
        }
    }

    fn egress_only(&mut self, vpc: &Ref<Vpc>, node: NodeId) {
        let network = self.network;
        let own = vpc.id().map(|v| &network.vpcs[v]);
        let mut sources = Vec::new();
        for block in own.into_iter().flat_map(|v| &v.ipv6) {
            let origin = own.map(|v| &v.origin).unwrap_or(&vpc.origin);
            let text = "an IPv6 address of the VPC";
            sources.push(RowSpec::address(span(block), Action::Next, origin, text));
        }
        if own.is_none() {
            sources.push(self.lack(vpc).maybe());
        }
        let name = "egress-only internet gateway";
        let sources = self.b.table(
            name,
            Side::Src,
            sources,
            Action::Drop(Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS),
            "an egress-only internet gateway lets out IPv6 addresses of its VPC, /vpc/latest/userguide/egress-only-internet-gateway.html",
        );
        let blocked = self.public_access_outward(vpc);
        let same = self.b.rewriting(Rewrite::default());
        let known = self.b.table(name, Side::Dst, Vec::new(), same, "");
        let region = own.map_or(&network.region, |v| &v.region);
        let label = Label {
            exposed: true,
            token: Some("egress-only-internet-gateway"),
            ..Label::default()
        };
        let label = self.b.label(label);
        let to = self.internet_of(region);
        let away = Action::Go(self.b.link(Link {
            to,
            label,
            back: Back::Here(REPLIES),
            asked: Distance::Outer,
            ..Link::default()
        }));
        let away = self.b.table("internet", Side::Dst, Vec::new(), away, "");
        let local = self.local(vpc, 0);
        let unasked = self.b.table(
            name,
            Side::Dst,
            Vec::new(),
            Action::Drop(Code::REPLY_WITHOUT_SESSION),
            "an egress-only internet gateway opens for nobody outside, /vpc/latest/userguide/egress-only-internet-gateway.html",
        );
        for (slot, table) in (0..).zip([sources, blocked, known, away, local, unasked]) {
            self.b.slot(node, slot, table);
        }
    }
}
