//! Internet gateways and NAT gateways.

use super::bits;
use super::compile::Compiler;
use super::filter::span;
use super::lack::Lack;
use super::public::{LOCAL6, NAT64, SPECIAL, private};
use super::public_access::unsure;
use crate::code::Code;
use crate::fabric::{Action, Label, Rewrite, RowSpec, Side, Span, TableId, To};
use crate::model::{Gap, Id, Interface, InternetGateway, Origin, Ref, Vpc};
use std::net::Ipv6Addr;

const NAT64_PAGE: &str = "a NAT gateway translates 64:ff9b::/96 to IPv4, /vpc/latest/userguide/nat-gateway-nat64-dns64.html";

pub(super) const PORTS: (u16, u16) = (1024, 65535);

/// Pings change their protocol from IPv6 to IPv4, which is not modelled.
pub(super) fn translated_pings(name: &str, origin: &Origin) -> RowSpec {
    let lack = Lack::not_modelled(
        "translation of pings by NAT gateway",
        name,
        "ICMP of IPv6 to that of IPv4",
        origin,
    );
    RowSpec {
        proto: Some(58),
        span: Span::V6,
        ..lack.opaque()
    }
}

impl Compiler<'_> {
    /// Internet gateways and NAT gateways.
    pub(super) fn gateways(&mut self) {
        let network = self.network;
        let closed = self.closed();
        for ((id, igw), node) in network
            .internet_gateways
            .iter()
            .zip(self.internet_gateways.clone())
        {
            self.internet_gateway(id, node, &igw.vpc, &closed);
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
            let sources = self.served(&nat.name, blocks);
            self.b
                .slot(node, super::stages::slot::GROUP_OUT as usize, sources);
            let src = network.interfaces[interface]
                .ips
                .first()
                .map(|ip| bits(*ip));
            let rewrite = Rewrite {
                src,
                sport: Some(PORTS),
                ..Rewrite::default()
            };
            let then = self.b.rewriting(rewrite);
            // To IPv4: to the address that the one of IPv6 has embedded.
            let embedded = self.b.rewriting(Rewrite {
                dst: Some(To::Embedded),
                ..rewrite
            });
            let rule = Origin::Implied(NAT64_PAGE);
            let own = Origin::Implied(
                "a NAT gateway sends from its own address, /vpc/latest/userguide/nat-gateway-basics.html",
            );
            let rows = vec![
                RowSpec::address(Span::V4, then, &own, "its own address"),
                translated_pings(&nat.name, &nat.origin),
                RowSpec::address(Span::V6, embedded, &rule, "NAT64"),
            ];
            let table = self.b.table(&nat.name, Side::Src, rows, then, "");
            self.b
                .slot(node, super::stages::slot::SPECIAL as usize, table);
        }
    }

    /// What a NAT gateway translates from IPv6 to IPv4: what is sent to the block for that. Pings would
    /// change their protocol, which is not modelled.
    fn translated(&self) -> Vec<RowSpec> {
        let rule = Origin::Implied(NAT64_PAGE);
        let row = |proto: Option<u8>, span: Span, then, text: &str| RowSpec {
            proto,
            ..RowSpec::address(span, then, &rule, text)
        };
        let nat64 = Span::from(NAT64);
        vec![
            row(Some(6), nat64, Action::Next, "NAT64, TCP"),
            row(Some(17), nat64, Action::Next, "NAT64, UDP"),
            row(Some(58), nat64, Action::Next, "NAT64, ICMP"),
            row(
                None,
                Span::V6,
                Action::Drop(Code::UNSUPPORTED_BY_AWS),
                "a NAT gateway takes IPv6 for 64:ff9b::/96 only",
            ),
        ]
    }

    /// TCP, UDP and ICMP.
    pub(super) fn nat_protocols(&mut self, name: &str) -> TableId {
        let rule = Origin::Implied(
            "NAT gateways carry TCP, UDP and ICMP, /vpc/latest/userguide/nat-gateway-basics.html",
        );
        let rows = [1, 6, 17].map(|p| RowSpec {
            proto: Some(p),
            ..RowSpec::address(Span::V4, Action::Next, &rule, "TCP, UDP and ICMP")
        });
        let mut rows = rows.to_vec();
        rows.extend(self.translated());
        self.b.table(name, Side::Dst, rows, Action::Drop(Code::PROTOCOL_RESTRICTION), "NAT gateways carry TCP, UDP and ICMP only, /vpc/latest/userguide/nat-gateway-basics.html")
    }

    /// Whom a NAT gateway serves: the interfaces of its VPC, whatever sources they pass on, where
    /// they are made to: those of transit gateways and of appliances
    /// (`/vpc/latest/userguide/nat-gateway-basics.html`,
    /// `/vpc/latest/reachability/explanation-codes.html`).
    pub(super) fn served(&mut self, name: &str, own: Vec<RowSpec>) -> TableId {
        let rule = Origin::Implied(
            "an interface of the VPC may pass on others' packets, /vpc/latest/userguide/nat-gateway-basics.html",
        );
        let brought = Span::Tag(super::BROUGHT);
        let text = "passed on by an interface of the VPC";
        let mut rows = vec![RowSpec::address(brought, Action::Next, &rule, text)];
        rows.extend(own);
        self.b.table(
            name,
            Side::Src,
            rows,
            Action::Drop(Code::NGW_REQUIRES_SOURCE_IN_VPC),
            "a NAT gateway serves its own VPC, /vpc/latest/userguide/nat-gateway-basics.html",
        )
    }

    /// The sources of a VPC; of one that the input does not contain, perhaps any.
    pub(super) fn sources(&self, vpc: Option<Id<Vpc>>, lack: impl Fn() -> Lack) -> Vec<RowSpec> {
        let Some(vpc) = vpc.map(|v| &self.network.vpcs[v]) else {
            return vec![lack().maybe()];
        };
        let text = "a source of the VPC";
        vpc.blocks()
            .map(|c| RowSpec::address(span(&c), Action::Next, &vpc.origin, text))
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

    /// The interfaces whose IPv6 addresses internet gateways refuse.
    fn closed(&self) -> Vec<Id<Interface>> {
        let network = self.network;
        let by_role = |i: &Interface| network.denies_igw(&i.role);
        let refused = |i: &Interface| i.deny_all_igw_traffic.unwrap_or_else(|| by_role(i));
        let all = network.interfaces.iter();
        let closed = all.filter(|(_, i)| !i.ipv6.is_empty() && refused(i));
        closed.map(|(id, _)| id).collect()
    }

    /// IPv6 addresses are public as they are, but those of endpoints, of internal load balancers and
    /// of whatever else has `DenyAllIgwTraffic`, which internet gateways refuse
    /// (`/vpc/latest/privatelink/privatelink-access-aws-services.html`,
    /// `/elasticloadbalancing/latest/network/network-load-balancers.html`,
    /// `/AWSEC2/latest/APIReference/API_NetworkInterface.html`). What is unsure of the others comes
    /// before what is certain of all.
    fn ipv6(
        &self,
        vpc: &Ref<Vpc>,
        closed: &[Id<Interface>],
        refused: Code,
        unsure: Vec<RowSpec>,
    ) -> Vec<RowSpec> {
        let network = self.network;
        let Some(id) = vpc.id() else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for member in closed.iter().copied() {
            if network.vpc_of(member) == Some(id) {
                let interface = &network.interfaces[member];
                let text = format!("{} is closed to it", network.interface_name(member));
                let stop = Action::Drop(refused);
                let row = |ip: &Ipv6Addr| {
                    RowSpec::address(bits(*ip), stop, &interface.origin, text.clone())
                };
                rows.extend(interface.ipv6.iter().map(row));
            }
        }
        rows.extend(unsure);
        let vpc = &network.vpcs[id];
        let blocks = vpc.ipv6.iter().map(span);
        let public = blocks.filter(|(first, _)| !private(*first));
        let text = "an IPv6 address of the VPC";
        rows.extend(public.map(|b| RowSpec::address(b, Action::Next, &vpc.origin, text)));
        rows
    }

    /// What interfaces of Client VPN endpoints send: no page says which public addresses they have.
    fn client_rows(&self, vpc: Id<Vpc>) -> Vec<RowSpec> {
        let own = self.network.client_vpns.iter().map(|(_, vpn)| vpn);
        let own = own.filter(|vpn| vpn.vpc.id() == Some(vpc));
        let nodes = own.flat_map(|vpn| vpn.interfaces.iter().filter_map(Ref::id));
        let addresses = nodes.flat_map(|node| {
            let ips = self.network.interfaces[node].ips.iter();
            ips.map(move |ip| (node, bits(*ip)))
        });
        let row = |(node, ip)| {
            let lack = Lack::not_modelled(
                "interface",
                self.network.interface_name(node),
                "which public address a Client VPN interface has is not described",
                &self.network.interfaces[node].origin,
            );
            RowSpec {
                span: (ip, ip).into(),
                ..lack.opaque()
            }
        };
        addresses.map(row).collect()
    }

    /// One-to-one translation, and what an internet gateway refuses
    /// (`/vpc/latest/userguide/VPC_Internet_Gateway.html`, `/vpc/latest/reachability/explanation-codes.html`).
    fn internet_gateway(
        &mut self,
        gateway: Id<InternetGateway>,
        node: u32,
        vpc: &Ref<Vpc>,
        closed: &[Id<Interface>],
    ) {
        let network = self.network;
        let rule = Origin::Implied(
            "internet gateways refuse private addresses, /vpc/latest/reachability/explanation-codes.html",
        );
        let refuse = |private: Code, shared: Code| -> Vec<RowSpec> {
            let v4 = [0, 4, 5, 1].iter().filter_map(|i| SPECIAL.get(*i));
            let v4 = v4.map(|span| match span.0 == 0x6440_0000 {
                true => (Span::from(*span), shared),
                false => (Span::from(*span), private),
            });
            let v6 = LOCAL6.iter().map(|span| (Span::from(*span), private));
            let row = |(span, code)| {
                RowSpec::address(span, Action::Drop(code), &rule, "private addresses")
            };
            v4.chain(v6).map(row).collect()
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
        for member in mapped.cloned().unwrap_or_default() {
            let interface = &network.interfaces[member];
            for (own, public) in &interface.public {
                let (private, public) = (bits(*own), bits(*public));
                let then = self.b.rewriting(Rewrite {
                    src: Some(public),
                    ..Rewrite::default()
                });
                let text = format!("public address of {}", network.interface_name(member));
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
                let row = RowSpec::address((public, public), then, &interface.origin, text);
                inward.push(match self.enters_unsurely(gateway, member, (*own).into()) {
                    Some(access) => unsure(row, access),
                    None => row,
                });
            }
        }
        let (regional_out, regional_in) = self.regional_rows(vpc);
        outward.extend(regional_out);
        inward.extend(regional_in);
        outward.sort_by_key(|r| r.span);
        inward.sort_by_key(|r| r.span);
        outward.extend(vpc.id().map_or_else(Vec::new, |v| self.client_rows(v)));
        outward.extend(self.ipv6(
            vpc,
            closed,
            Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
            Vec::new(),
        ));
        let unsure = self.ipv6_unsure(gateway, vpc);
        inward.extend(self.ipv6(
            vpc,
            closed,
            Code::IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            unsure,
        ));
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
        let replies = self.leaves_unsurely(vpc, to);
        let otherwise = if replies.is_empty() {
            ""
        } else {
            "what else leaves"
        };
        let away = self.b.table("internet", Side::Src, replies, to, otherwise);
        let local = match self.gap(Gap::InternetGateway(gateway)) {
            Some(lack) => self.opaque_table("local", &lack),
            None => match self.edge_of_internet(gateway) {
                Some(table) => table,
                None => self.local(vpc, 0),
            },
        };
        let (leaving, entering) = self.public_access(gateway, vpc);
        let redirected = self
            .redirected(gateway)
            .into_iter()
            .map(|(subnet, block, origin)| {
                let subnet = &network.subnets[subnet];
                let then = Action::Drop(Code::INGRESS_RTB_TRAFFIC_REDIRECTION);
                let text = format!("arriving traffic of {} goes to an appliance", subnet.name);
                RowSpec::address(span(&block), then, origin, text)
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
