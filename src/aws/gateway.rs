//! Internet gateways and NAT gateways.

use super::bits;
use super::compile::Compiler;
use super::filter::span;
use super::lack::Lack;
use super::public::SPECIAL;
use crate::code::Code;
use crate::fabric::{Action, Label, Rewrite, RowSpec, Side, Span, TableId, To};
use crate::model::{Gap, Id, InternetGateway, Origin, Ref, Vpc};

pub(super) const PORTS: (u16, u16) = (1024, 65535);

impl Compiler<'_> {
    /// Internet gateways and NAT gateways.
    pub(super) fn gateways(&mut self) {
        let network = self.network;
        for ((id, igw), node) in network
            .internet_gateways
            .iter()
            .zip(self.internet_gateways.clone())
        {
            self.internet_gateway(id, node, &igw.vpc);
        }
        for (_, nat) in network.nat_gateways.iter() {
            let Some(interface) = nat.interface.id() else {
                continue;
            };
            let node = self.out.node_of(interface);
            let protocols = self.nat_protocols(&nat.name);
            self.b
                .slot(node, super::stages::slot::GROUP_IN as usize, protocols);
            let blocks = self.sources(network.vpc_of(interface), || {
                match nat.subnet.id().map(|s| &network.subnets[s].vpc) {
                    Some(vpc) => self.lack(vpc),
                    None => self.lack(&nat.subnet),
                }
            });
            let sources = self.b.table(
                &nat.name,
                Side::Src,
                blocks,
                Action::Drop(Code::NGW_REQUIRES_SOURCE_IN_VPC),
                "a NAT gateway serves its own VPC, /vpc/latest/userguide/nat-gateway-basics.html",
            );
            self.b
                .slot(node, super::stages::slot::GROUP_OUT as usize, sources);
            let src = network.interfaces[interface]
                .ips
                .first()
                .map(|ip| bits(*ip));
            let then = self.b.rewriting(Rewrite {
                src,
                sport: Some(PORTS),
                ..Rewrite::default()
            });
            let table = self.b.table(&nat.name, Side::Src, Vec::new(), then, "");
            self.b
                .slot(node, super::stages::slot::SPECIAL as usize, table);
        }
    }

    /// TCP, UDP and ICMP.
    pub(super) fn nat_protocols(&mut self, name: &str) -> TableId {
        let rule = Origin::Implied(
            "NAT gateways carry TCP, UDP and ICMP, /vpc/latest/userguide/nat-gateway-basics.html",
        );
        let rows = [1, 6, 17].map(|p| RowSpec {
            proto: Some(p),
            ..RowSpec::address(Span::Any, Action::Next, &rule, "TCP, UDP and ICMP")
        });
        self.b.table(name, Side::Dst, rows.to_vec(), Action::Drop(Code::PROTOCOL_RESTRICTION), "NAT gateways carry TCP, UDP and ICMP only, /vpc/latest/userguide/nat-gateway-basics.html")
    }

    /// The sources of a VPC; of one that the input does not contain, perhaps any.
    pub(super) fn sources(&self, vpc: Option<Id<Vpc>>, lack: impl Fn() -> Lack) -> Vec<RowSpec> {
        let Some(vpc) = vpc.map(|v| &self.network.vpcs[v]) else {
            return vec![lack().maybe()];
        };
        let text = "a source of the VPC";
        let blocks = vpc.cidrs.iter();
        blocks
            .map(|c| RowSpec::address(span(c), Action::Next, &vpc.origin, text))
            .collect()
    }

    /// Into a VPC, at an entry of its router.
    pub(super) fn local(&mut self, vpc: &Ref<Vpc>, entry: u8) -> TableId {
        let router = vpc.id().and_then(|v| self.routers.get(v.index())).copied();
        match router {
            Some(router) => {
                let to = self.b.to(router, entry);
                self.b.table("local", Side::Dst, Vec::new(), to, "")
            }
            None => self.opaque_table("local", &self.lack(vpc)),
        }
    }

    /// One-to-one translation, and what an internet gateway refuses
    /// (`/vpc/latest/userguide/VPC_Internet_Gateway.html`, `/vpc/latest/reachability/explanation-codes.html`).
    fn internet_gateway(&mut self, id: Id<InternetGateway>, node: u32, vpc: &Ref<Vpc>) {
        let network = self.network;
        let rule = Origin::Implied(
            "internet gateways refuse private addresses, /vpc/latest/reachability/explanation-codes.html",
        );
        let refuse = |private: Code, shared: Code| -> Vec<RowSpec> {
            [0, 4, 5, 1]
                .iter()
                .filter_map(|i| SPECIAL.get(*i))
                .map(|span| {
                    let code = if span.0 == 0x6440_0000 {
                        shared
                    } else {
                        private
                    };
                    RowSpec::address(*span, Action::Drop(code), &rule, "private addresses")
                })
                .collect()
        };
        let out = refuse(
            Code::IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,
            Code::IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS,
        );
        let out = self
            .b
            .table("internet gateway", Side::Dst, out, Action::Next, "");
        let back = refuse(
            Code::IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS,
            Code::IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS,
        );
        let back = self
            .b
            .table("internet gateway", Side::Src, back, Action::Next, "");
        let (mut outward, mut inward) = (Vec::new(), Vec::new());
        let mapped = vpc.id().and_then(|v| self.mapped.get(v.index()));
        for id in mapped.cloned().unwrap_or_default() {
            let interface = &network.interfaces[id];
            for (private, public) in &interface.public {
                let (private, public) = (bits(*private), bits(*public));
                let then = self.b.rewriting(Rewrite {
                    src: Some(public),
                    ..Rewrite::default()
                });
                let text = format!("public address of {}", network.interface_name(id));
                outward.push(RowSpec::address(
                    (private, private),
                    then,
                    &interface.origin,
                    text.clone(),
                ));
                let then = self.b.rewriting(Rewrite {
                    dst: Some(To::At(private)),
                    ..Rewrite::default()
                });
                inward.push(RowSpec::address(
                    (public, public),
                    then,
                    &interface.origin,
                    text,
                ));
            }
        }
        let (regional_out, regional_in) = self.regional_rows(vpc);
        outward.extend(regional_out);
        inward.extend(regional_in);
        outward.sort_by_key(|r| r.span);
        inward.sort_by_key(|r| r.span);
        if vpc.id().is_none() {
            outward.push(self.lack(vpc).opaque());
            inward.push(self.lack(vpc).opaque());
        }
        let outward = self.b.table("internet gateway", Side::Src, outward, Action::Drop(Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS), "an internet gateway needs a public address for the source, /vpc/latest/userguide/VPC_Internet_Gateway.html");
        let inward = self.b.table("internet gateway", Side::Dst, inward, Action::Drop(Code::IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS), "an internet gateway delivers only to mapped public addresses, /vpc/latest/userguide/VPC_Internet_Gateway.html");
        let label = Label {
            exposed: true,
            token: Some("internet-gateway"),
            ..Label::default()
        };
        let region = vpc
            .id()
            .map_or(&network.region, |v| &network.vpcs[v].region);
        let router = self.internet_of(region);
        let to = self.b.over(router, 0, label);
        let away = self.b.table("internet", Side::Dst, Vec::new(), to, "");
        let local = match self.gap(Gap::InternetGateway(id)) {
            Some(lack) => self.opaque_table("local", &lack),
            None => match self.edge_of_internet(id) {
                Some(table) => table,
                None => self.local(vpc, 0),
            },
        };
        let (leaving, entering) = self.public_access(vpc);
        let redirected = self.redirected(id).into_iter().map(|subnet| {
            let subnet = &network.subnets[subnet];
            let then = Action::Drop(Code::INGRESS_RTB_TRAFFIC_REDIRECTION);
            let text = format!("arriving traffic of {} goes to an appliance", subnet.name);
            RowSpec::address(span(&subnet.v4()), then, &subnet.origin, text)
        });
        let redirected = redirected.collect();
        let redirected = self
            .b
            .table("internet gateway", Side::Src, redirected, Action::Next, "");
        for (slot, table) in [
            (0, out),
            (1, outward),
            (2, away),
            (3, back),
            (4, inward),
            (5, local),
            (6, redirected),
            (7, leaving),
            (8, entering),
        ] {
            self.b.slot(node, slot, table);
        }
    }
}
