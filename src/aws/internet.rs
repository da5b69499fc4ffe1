//! The internet: who has which public address, and who is on the way there.
//!
//! Who is on the way decides what "leaves AWS" means: AWS to AWS stays on AWS's network, but for
//! what goes to or from China or the European Sovereign Cloud (`/vpc/latest/userguide/how-it-works.html`).
//! Read together with *another partition is another network*: inside GovCloud traffic stays, between
//! GovCloud and the commercial Regions it does not, and in China it never counts as staying.

use super::bits;
use super::compile::Compiler;
use super::egress_only;
use super::filter::span;
use super::lack::Lack;
use super::lists::ManagedList;
use super::public::{NOWHERE, NOWHERE6, SPECIAL, SPECIAL6, kept6, private};
use super::stages::entry;
use crate::code::Code;
use crate::fabric::{
    Action, Address, Distance, Label, NodeId, Outside, RowSpec, Shape, Side, Span, Stage, TableId,
};
use crate::model::{
    EndpointKind, EndpointTarget, Id, Listing, Origin, Ref, Subnet, Target, Vpc, catalog,
    ipv6_list, list_service, partition,
};
use ipnet::IpNet;
use rustc_hash::FxHashMap;

/// Who sends something to a public address.
#[derive(Clone, Copy)]
enum Sender<'a> {
    /// A resource of AWS in a Region.
    Aws(&'a str),
    /// A host, or a service's edge that answers: whether it is outside AWS.
    Host(Outside),
}

impl Sender<'_> {
    /// Whether what it sends to a resource of AWS in a Region leaves AWS's network.
    fn leaves_for(self, region: &str) -> Outside {
        match self {
            Sender::Host(outside) => outside,
            Sender::Aws(own) if stays(own, region) => Outside::No,
            Sender::Aws(_) => Outside::Yes,
        }
    }
}

fn stays(a: &str, b: &str) -> bool {
    let own = partition(a);
    own == partition(b) && !matches!(own, "aws-cn" | "aws-eusc")
}

impl Compiler<'_> {
    /// Services' public edges, declared hosts, anybody else, and a router between them and AWS.
    pub(super) fn internet(&mut self) {
        let network = self.network;
        let shape = self.ways_in();
        self.internet_router = self.b.node(shape, "internet");
        for (_, host) in network.internet_hosts.iter() {
            let node = self.b.node(self.shapes.host, host.name.clone());
            self.out.internet_hosts.push(node);
        }
        self.out.internet = self.b.node(self.shapes.host, "internet host");
        for region in self.lists.regions().to_vec() {
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
        let table = self.seen_from_aws(&network.region);
        self.b.slot(self.internet_router, 0, table);
        let senders = [Outside::Yes, Outside::CannotTell, Outside::No];
        for (slot, outside) in (1..).zip(senders) {
            let table = self.seen_from_host(outside, nobody);
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
        let route = |table| Stage::Route {
            what: "internet",
            table,
        };
        // Replies go where they were asked back to, whoever has the address they are sent to.
        let asked = Stage::Return {
            asked: Distance::Outer,
            through: None,
        };
        self.b.shape(Shape {
            stages: (0..4).flat_map(|n| [asked, route(n)]).collect(),
            entries: vec![0, 2, 4, 6],
            reply: 0,
        })
    }

    /// The router for what a Region sends: each partition has its own, as each is a network.
    pub(super) fn internet_of(&mut self, region: &str) -> NodeId {
        if partition(region) == partition(&self.network.region) {
            return self.internet_router;
        }
        let key = partition(region).to_owned();
        if let Some(node) = self.foreign_routers.get(&key) {
            return *node;
        }
        let shape = self.ways_in();
        let node = self.b.node(shape, "internet");
        let table = self.seen_from_aws(region);
        self.b.slot(node, 0, table);
        self.foreign_routers.insert(key, node);
        node
    }

    /// Where a public address is, seen from AWS in a Region.
    fn seen_from_aws(&mut self, region: &str) -> TableId {
        let sender = Sender::Aws(region);
        let mut rows = self.owned(sender);
        rows.extend(self.advertised_publicly());
        rows.extend(self.outside(sender));
        rows.extend(reserved());
        let label = Label {
            outside: Outside::CannotTell,
            assumes: Some(Code::INTERNET_HOST_ANSWERS.name()),
            ..Label::default()
        };
        let there = self.b.over(self.out.internet, entry::ARRIVE, label);
        rows.extend(self.hidden().map(|lack| RowSpec {
            then: there,
            ..lack.maybe()
        }));
        self.public_addresses(rows, there)
    }

    /// Where a public address is, seen from a host: what the input does not have is nowhere. A service's
    /// edge only answers: whoever asked it is somewhere.
    fn seen_from_host(&mut self, outside: Outside, nobody: NodeId) -> TableId {
        let sender = Sender::Host(outside);
        let mut rows = self.owned(sender);
        if outside == Outside::No {
            rows.extend(self.advertised_publicly());
        }
        rows.extend(self.inner(outside));
        rows.extend(self.outside(sender));
        let lack = self.hidden().or_else(|| self.unknown_services());
        rows.extend(lack.map(|lack| lack.opaque()));
        let otherwise = match outside {
            Outside::No => {
                rows.extend(reserved());
                let label = Label {
                    outside: Outside::CannotTell,
                    ..Label::default()
                };
                self.b.over(self.out.internet, entry::ARRIVE, label)
            }
            Outside::Yes | Outside::CannotTell => {
                let label = Label {
                    assumes: Some(Code::INPUT_IS_ALL_THERE_IS.name()),
                    ..Label::default()
                };
                self.b.over(nobody, 0, label)
            }
        };
        self.public_addresses(rows, otherwise)
    }

    /// AWS's public addresses: its services', and those of interfaces behind internet gateways.
    pub(super) fn amazon(&mut self) -> Vec<RowSpec> {
        let sender = Sender::Aws(&self.network.region);
        let mut rows = self.owned(sender);
        rows.extend(self.outside(sender));
        let fabric = self.b.fabric();
        rows.retain(|row| match row.then {
            Action::Go(link) => fabric.label(link).outside == Outside::No,
            Action::Opaque(_) => true,
            _ => false,
        });
        rows
    }

    fn public_addresses(&mut self, rows: Vec<RowSpec>, otherwise: Action) -> TableId {
        let text = "nobody in the input has this public address";
        self.b
            .table("public addresses", Side::Dst, rows, otherwise, text)
    }

    /// Public addresses that the input owns: into their VPC by its internet gateway, or to a site.
    fn owned(&mut self, sender: Sender<'_>) -> Vec<RowSpec> {
        let network = self.network;
        let mut rows = Vec::new();
        let mut ways: FxHashMap<Option<Id<Vpc>>, Result<Action, Lack>> = FxHashMap::default();
        for (id, interface) in network.interfaces.iter() {
            if interface.public.is_empty() {
                continue;
            }
            let vpc = network.vpc_of(id);
            let way = match ways.get(&vpc) {
                Some(way) => way,
                None => {
                    let region = vpc.map_or(&network.region, |v| &network.vpcs[v].region);
                    let label = Label {
                        exposed: true,
                        outside: sender.leaves_for(region),
                        token: Some("internet-gateway"),
                        assumes: None,
                    };
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
                        span: at.into(),
                        text: format!("{text}; {}", lack.text).into(),
                        ..lack.opaque()
                    },
                });
            }
        }
        for (id, vpc) in network.vpcs.iter() {
            rows.extend(self.blocks_owned(id, vpc, sender));
        }
        rows.extend(self.owned_by_regional_nats(|region| Label {
            exposed: true,
            outside: sender.leaves_for(region),
            token: Some("internet-gateway"),
            assumes: None,
        }));
        for (address, unseen) in &network.unseen_public {
            rows.push(RowSpec {
                span: bits(*address).into(),
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

    /// A VPC's IPv6 blocks are public: the internet sends there what it has for them, and the VPC's
    /// gateway decides (`/vpc/latest/userguide/VPC_Internet_Gateway.html`).
    fn blocks_owned(&mut self, id: Id<Vpc>, vpc: &Vpc, sender: Sender<'_>) -> Vec<RowSpec> {
        let mut blocks: Vec<(Address, Address)> = vpc.ipv6.iter().map(span).collect();
        blocks.retain(|(first, _)| !private(*first));
        if blocks.is_empty() {
            return Vec::new();
        }
        let label = Label {
            exposed: true,
            outside: sender.leaves_for(&vpc.region),
            token: Some("internet-gateway"),
            assumes: None,
        };
        let inward = self.gateway_of.get(&id).copied();
        let outward = self.egress_only_of.get(&id).copied();
        let way = match (inward, outward) {
            (None, Some(gateway)) => {
                let token = Some("egress-only-internet-gateway");
                let label = Label { token, ..label };
                Ok(self.clearing(gateway, egress_only::FROM_OUTSIDE, label))
            }
            _ => self.way_into(id, label),
        };
        let text = format!("IPv6 addresses of {}", vpc.name);
        let row = |block| match &way {
            Ok(then) => RowSpec::address(block, *then, &vpc.origin, text.clone()),
            Err(lack) => RowSpec {
                span: Span::from(block),
                text: format!("{text}; {}", lack.text).into(),
                ..lack.opaque()
            },
        };
        blocks.into_iter().map(row).collect()
    }

    fn owned_by_regional_nats(&mut self, label: impl Fn(&str) -> Label) -> Vec<RowSpec> {
        let network = self.network;
        let mut rows = Vec::new();
        for (_, nat) in network.regional_nats.iter() {
            let way = match nat.vpc.id() {
                Some(vpc) => self.way_into(vpc, label(&network.vpcs[vpc].region)),
                None => Err(self.lack(&nat.vpc)),
            };
            for (_, public) in &nat.addresses {
                let span = Span::from((bits(*public), bits(*public)));
                let text = format!("{public} is {}", nat.name);
                rows.push(match &way {
                    Ok(then) => RowSpec::address(span, *then, &nat.origin, text),
                    Err(lack) => RowSpec {
                        span,
                        ..lack.opaque()
                    },
                });
            }
        }
        rows
    }

    /// From the internet to an interface: into its VPC.
    fn way_in(
        &mut self,
        vpc: Option<Id<Vpc>>,
        subnet: &Ref<Subnet>,
        label: Label,
    ) -> Result<Action, Lack> {
        match (vpc, subnet.id()) {
            (Some(vpc), _) => self.way_into(vpc, label),
            (None, Some(subnet)) => Err(self.lack(&self.network.subnets[subnet].vpc)),
            (None, None) => Err(self.lack(subnet)),
        }
    }

    /// From the internet into a VPC: over its internet gateway, if it has one.
    fn way_into(&mut self, vpc: Id<Vpc>, label: Label) -> Result<Action, Lack> {
        let network = self.network;
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
        // A blackhole says that the gateway it names is none of the VPC's.
        let unseen = routes.find_map(|r| match &r.target {
            Target::Internet(igw) if r.active && igw.id().is_none() => Some(self.lack(igw)),
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

    /// Services of which the input should give the addresses, and does not.
    fn unknown_services(&self) -> Option<Lack> {
        let endpoints = self.network.endpoints.iter();
        let mut missing = endpoints.filter_map(|(_, e)| match (&e.kind, &e.target) {
            (EndpointKind::Gateway(_), EndpointTarget::Aws(region, service)) => {
                match self.lists.get(region, service) {
                    ManagedList::Given(_) => None,
                    ManagedList::Symbolic(_) => self.list_lack(region, service),
                }
            }
            _ => None,
        });
        missing.next()
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
    fn outside(&mut self, sender: Sender<'_>) -> Vec<RowSpec> {
        let network = self.network;
        let mut rows = Vec::new();
        let rule = Origin::Implied(
            "the public addresses of its services are published, /vpc/latest/userguide/aws-ip-ranges.html",
        );
        let label = |outside| Label {
            exposed: true,
            outside,
            ..Label::default()
        };
        for ((_, host), node) in network
            .internet_hosts
            .iter()
            .zip(self.out.internet_hosts.clone())
        {
            let then = self.b.over(node, entry::ARRIVE, label(Outside::Yes));
            for at in host.addresses() {
                let name = host.name.clone();
                rows.push(RowSpec::address(bits(at), then, &host.origin, name));
            }
        }
        let edges = self.out.edges.clone();
        for ((region, service), node) in edges {
            let outside = sender.leaves_for(&region);
            let then = self.b.over(node, entry::ARRIVE, label(outside));
            let text = format!("{service} in {region}");
            let given = self.lists.addresses(&region, &service);
            rows.extend(given.map(|a| RowSpec::address(bits(a), then, &rule, text.clone())));
            for ((r, s), nets) in &network.aws_lists {
                if *r == region && list_service(s) == service {
                    let row = |n: &IpNet| RowSpec::address(span(n), then, &rule, text.clone());
                    rows.extend(nets.iter().map(row));
                }
            }
            for list in [service.clone(), ipv6_list(&service)] {
                let tokens = self.lists.tokens(&region, &list);
                rows.push(RowSpec::address(tokens, then, &rule, text.clone()));
            }
        }
        // Exact addresses before blocks.
        rows.sort_by_key(|r| r.span.width());
        let nobody = Action::Drop(Code::NO_POSSIBLE_DESTINATION);
        let nowhere = NOWHERE.map(Span::from).into_iter();
        let nowhere = nowhere.chain(NOWHERE6.map(Span::from));
        rows.extend(nowhere.map(|s| RowSpec::address(s, nobody, &RESERVED, "nobody's address")));
        rows
    }
}

const RESERVED: Origin = Origin::Implied(
    "addresses for special purposes are not public, https://www.iana.org/assignments/iana-ipv4-special-registry",
);

/// Addresses that nobody has in public.
fn reserved() -> impl Iterator<Item = RowSpec> {
    let nobody = Action::Drop(Code::NO_POSSIBLE_DESTINATION);
    let all = SPECIAL.map(Span::from).into_iter();
    let all = all.chain(SPECIAL6.map(Span::from)).chain(kept6());
    all.map(move |s| RowSpec::address(s, nobody, &RESERVED, "not a public address"))
}
