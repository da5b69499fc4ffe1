//! The internet, internet gateways, NAT gateways, virtual private gateways and sites.

use super::bits;
use super::compile::Compiler;
use super::filter::span;
use super::lack::Lack;
use super::public::{SPECIAL, private, token_span};
use super::stages::entry;
use crate::code::Code;
use crate::fabric::{Action, Label, Outside, Rewrite, RowSpec, Side, TableId};
use crate::model::{Gap, Id, InternetGateway, Listing, Origin, Ref, Subnet, Target, Vpc, catalog};
use std::collections::HashMap;

pub(super) const PORTS: (u16, u16) = (1024, 65535);

impl Compiler<'_> {
    /// The internet: services' public edges, declared hosts, anybody else, and who owns which address.
    ///
    /// Who is on the way decides what "leaves AWS" means: AWS to AWS stays on AWS's network
    /// (`/vpc/latest/userguide/how-it-works.html`).
    pub(super) fn internet(&mut self) {
        let network = self.network;
        let shape = self.ways_in();
        self.internet_router = self.b.node(shape, "internet");
        for (_, host) in network.internet_hosts.iter() {
            let node = self.b.node(self.shapes.host, host.name.clone());
            self.out.internet_hosts.push(node);
        }
        self.out.internet = self.b.node(self.shapes.host, "internet host");
        for region in super::public::regions(network) {
            for service in catalog::SERVICES {
                let node = self
                    .b
                    .node(self.shapes.host, format!("{} in {region}", service.name));
                self.out
                    .edges
                    .push(((region.clone(), service.name.to_owned()), node));
            }
        }
        let nobody = self.b.node(self.shapes.host, "nobody");
        let table = self.b.table(
            "public addresses",
            Side::Dst,
            Vec::new(),
            Action::Drop(Code::NO_POSSIBLE_DESTINATION),
            "nobody in the input has this public address",
        );
        self.b.slot(nobody, 0, table);
        // Four ways in: from AWS, from outside hosts, from anybody, from a service's edge.
        for (slot, outside) in [
            (0, Outside::No),
            (1, Outside::Yes),
            (2, Outside::CannotTell),
            (3, Outside::No),
        ] {
            let mut rows = self.owned(outside);
            let hidden = self.hidden();
            if slot != 0 {
                rows.extend(self.inner(outside));
            }
            let otherwise = if slot == 0 {
                rows.extend(self.outside());
                let label = Label {
                    outside: Outside::CannotTell,
                    assumes: Some(Code::INTERNET_HOST_ANSWERS.name()),
                    ..Label::default()
                };
                let there = self.b.over(self.out.internet, entry::ARRIVE, label);
                rows.extend(hidden.map(|lack| RowSpec {
                    then: there,
                    ..lack.maybe()
                }));
                there
            } else {
                rows.extend(hidden.map(|lack| lack.opaque()));
                let label = Label {
                    assumes: Some(Code::INPUT_IS_ALL_THERE_IS.name()),
                    ..Label::default()
                };
                self.b.over(nobody, 0, label)
            };
            let table = self.b.table(
                "public addresses",
                Side::Dst,
                rows,
                otherwise,
                "nobody in the input has this public address",
            );
            self.b.slot(self.internet_router, slot, table);
        }
        let hosts: Vec<_> = self.out.internet_hosts.iter().map(|n| (*n, 1)).collect();
        let edges: Vec<_> = self.out.edges.iter().map(|(_, n)| (*n, 3)).collect();
        for (node, entry) in hosts
            .into_iter()
            .chain([(self.out.internet, 2)])
            .chain(edges)
        {
            let to = self.b.to(self.internet_router, entry);
            let table = self.b.table("internet", Side::Dst, Vec::new(), to, "");
            self.b.slot(node, 0, table);
        }
    }

    /// One route stage a way in.
    fn ways_in(&mut self) -> u32 {
        let route = |table| crate::fabric::Stage::Route {
            what: "internet",
            table,
        };
        self.b.shape(crate::fabric::Shape {
            stages: vec![route(0), route(1), route(2), route(3)],
            entries: vec![0, 1, 2, 3],
            reply: 0,
        })
    }

    /// Public addresses that the input owns: into their VPC by its internet gateway, or to a site.
    fn owned(&mut self, outside: Outside) -> Vec<RowSpec> {
        let network = self.network;
        let mut rows = Vec::new();
        let label = Label {
            exposed: true,
            outside,
            token: Some("internet-gateway"),
            assumes: None,
        };
        let mut ways: HashMap<Option<Id<Vpc>>, Result<Action, Lack>> = HashMap::new();
        for (id, interface) in network.interfaces.iter() {
            if interface.public.is_empty() {
                continue;
            }
            let vpc = network.vpc_of(id);
            let way = match ways.get(&vpc) {
                Some(way) => way,
                None => {
                    let way = self.way_in(vpc, &interface.subnet, label);
                    ways.entry(vpc).or_insert(way)
                }
            };
            for (_, public) in &interface.public {
                let (at, text) = (
                    bits(*public),
                    format!("{public} is {}", network.interface_name(id)),
                );
                rows.push(match way {
                    Ok(then) => RowSpec::address((at, at), *then, &interface.origin, text),
                    Err(lack) => RowSpec {
                        span: (at, at),
                        text: format!("{text}; {}", lack.text),
                        ..lack.opaque()
                    },
                });
            }
        }
        for (address, unseen) in &network.unseen_public {
            rows.push(RowSpec {
                span: (bits(*address), bits(*address)),
                ..Lack::from(&network.unseen[*unseen]).opaque()
            });
        }
        for ((_, site), isp) in network.sites.iter().zip(self.isps.clone()) {
            if let Some(ip) = site.public_ip {
                let label = Label {
                    exposed: true,
                    outside: Outside::Yes,
                    token: Some("isp"),
                    assumes: None,
                };
                let then = self.clearing(isp, 1, label);
                rows.push(RowSpec::address(
                    (bits(ip), bits(ip)),
                    then,
                    &site.origin,
                    format!("{ip} is {}", site.name),
                ));
            }
        }
        rows
    }

    /// From the internet into a VPC: over its internet gateway, if it has one.
    fn way_in(
        &mut self,
        vpc: Option<Id<Vpc>>,
        subnet: &Ref<Subnet>,
        label: Label,
    ) -> Result<Action, Lack> {
        let network = self.network;
        let Some(vpc) = vpc else {
            return Err(match subnet.id().map(|s| &network.subnets[s].vpc) {
                Some(vpc) => self.lack(vpc),
                None => self.lack(subnet),
            });
        };
        let found = self.gateway_of.get(&vpc).copied();
        if let Some(node) = found {
            return Ok(self.clearing(node, 1, label));
        }
        if let Some(lack) = self.unlisted(Some(vpc), Listing::InternetGateways) {
            return Err(lack);
        }
        let tables = network.tables.iter();
        let mut routes = tables
            .filter(|(_, t)| t.vpc.id() == Some(vpc))
            .flat_map(|(_, t)| &t.routes);
        let unseen = routes.find_map(|r| match &r.target {
            Target::Internet(igw) if igw.id().is_none() => Some(self.lack(igw)),
            _ => None,
        });
        unseen.map_or(Ok(Action::Drop(Code::NO_POSSIBLE_DESTINATION)), Err)
    }

    /// Public addresses that the input may have without showing them.
    fn hidden(&self) -> Option<Lack> {
        let network = self.network;
        let vpcs = network.vpcs.iter();
        let mut unlisted =
            vpcs.filter_map(|(id, _)| self.unlisted(Some(id), Listing::NetworkInterfaces));
        unlisted.next().or_else(|| {
            let balancers = network.load_balancers.iter();
            let mut nodes = balancers
                .filter(|(_, l)| l.internet_facing)
                .flat_map(|(_, l)| &l.nodes);
            nodes.find(|n| n.id().is_none()).map(|n| self.lack(n))
        })
    }

    /// Private addresses behind internet gateways, called from outside: for the gateway to refuse,
    /// which knows public addresses only (`/vpc/latest/reachability/explanation-codes.html`).
    fn inner(&mut self, outside: Outside) -> Vec<RowSpec> {
        let network = self.network;
        let mut rows = Vec::new();
        for ((_, gateway), node) in network
            .internet_gateways
            .iter()
            .zip(self.internet_gateways.clone())
        {
            let Some(vpc) = gateway.vpc.id().map(|v| &network.vpcs[v]) else {
                continue;
            };
            let label = Label {
                exposed: true,
                outside,
                token: Some("internet-gateway"),
                assumes: None,
            };
            let then = self.clearing(node, 1, label);
            let private = vpc.cidrs.iter().filter(|c| private(bits(c.network())));
            rows.extend(private.map(|c| {
                RowSpec::address(
                    span(c),
                    then,
                    &vpc.origin,
                    format!("addresses of {}", vpc.name),
                )
            }));
        }
        rows
    }

    /// Public addresses outside: hosts, services, and what is nobody's.
    fn outside(&mut self) -> Vec<RowSpec> {
        let network = self.network;
        let mut rows = Vec::new();
        let rule = Origin::Implied(
            "the public addresses of its services are published, /vpc/latest/userguide/aws-ip-ranges.html",
        );
        for ((_, host), node) in network
            .internet_hosts
            .iter()
            .zip(self.out.internet_hosts.clone())
        {
            let then = self.b.over(
                node,
                entry::ARRIVE,
                Label {
                    outside: Outside::Yes,
                    ..Label::default()
                },
            );
            rows.push(RowSpec::address(
                (bits(host.ip), bits(host.ip)),
                then,
                &host.origin,
                host.name.clone(),
            ));
        }
        let given: Vec<_> = network
            .aws_addresses
            .iter()
            .filter_map(|(name, addresses)| Some((catalog::owner_of(name)?, addresses)))
            .collect();
        let edges = self.out.edges.clone();
        for ((region, service), node) in edges {
            let foreign = region.starts_with("cn-") || region.starts_with("eusc-");
            let outside = if foreign { Outside::Yes } else { Outside::No };
            let then = self.b.over(
                node,
                entry::ARRIVE,
                Label {
                    outside,
                    ..Label::default()
                },
            );
            let text = format!("{service} in {region}");
            for ((r, s), addresses) in &given {
                if *r == region && s.name == service {
                    rows.extend(addresses.iter().map(|a| {
                        RowSpec::address((bits(*a), bits(*a)), then, &rule, text.clone())
                    }));
                }
            }
            for ((r, s), nets) in &network.aws_lists {
                if *r == region && *s == service {
                    rows.extend(
                        nets.iter()
                            .map(|n| RowSpec::address(span(n), then, &rule, text.clone())),
                    );
                }
            }
            rows.push(RowSpec::address(
                token_span(network, &region, &service),
                then,
                &rule,
                text,
            ));
        }
        // Exact addresses before blocks.
        rows.sort_by_key(|r| r.span.1 - r.span.0);
        let nobody = Action::Drop(Code::NO_POSSIBLE_DESTINATION);
        rows.extend(
            SPECIAL.map(|span| RowSpec::address(span, nobody, &rule, "not a public address")),
        );
        rows
    }

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
            let rule = Origin::Implied(
                "NAT gateways carry TCP, UDP and ICMP, /vpc/latest/userguide/nat-gateway-basics.html",
            );
            let protocols = [1, 6, 17].map(|p| RowSpec {
                proto: Some(p),
                ..RowSpec::address((0, u32::MAX), Action::Next, &rule, "TCP, UDP and ICMP")
            });
            let protocols = self.b.table(&nat.name, Side::Dst, protocols.to_vec(), Action::Drop(Code::PROTOCOL_RESTRICTION), "NAT gateways carry TCP, UDP and ICMP only, /vpc/latest/userguide/nat-gateway-basics.html");
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
                    dst: Some(private),
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
        let to = self.b.over(self.internet_router, 0, label);
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
            RowSpec::address(span(&subnet.cidr), then, &subnet.origin, text)
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
