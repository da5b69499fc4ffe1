//! The program against a second reading of the same pages of AWS.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod oracle;

use ipnet::IpNet;
use oracle::Outcome;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use reachability::{aws, engine, fabric, model::*};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// A packet that someone asks about.
#[derive(Clone, Copy, Debug)]
struct Flow {
    from: Id<Interface>,
    dst: Ipv4Addr,
    proto: u8,
    sport: u16,
    dport: u16,
}

/// What the program says.
fn program(network: &Network, compiled: &aws::Compiled, flow: Flow) -> BTreeSet<Outcome> {
    let src = network.interfaces[flow.from].ips[0];
    let question = engine::Question {
        from: compiled.node_of(flow.from),
        entry: aws::FROM_HOST,
        traffic: fabric::Packet::new(
            src.to_bits(),
            flow.dst.to_bits(),
            flow.proto,
            flow.sport,
            flow.dport,
        ),
        accept: None,
        press_on: false,
        draw: oracle::DRAWN - 1024,
    };
    let walk = engine::walk(&compiled.fabric, &question);
    let mut outcomes = BTreeSet::new();
    for ending in &walk.endings {
        outcomes.insert(match ending.end {
            engine::End::Home => {
                let exposed = walk.path(ending.last).iter().any(|step| match step.why {
                    engine::Why::Crossed(link, _) => {
                        compiled.fabric.links[link as usize].label.exposed
                    }
                    _ => false,
                });
                if exposed {
                    Outcome::Internet
                } else {
                    Outcome::Private
                }
            }
            engine::End::Dropped(..) | engine::End::Misdelivered(..) => Outcome::Unreachable,
            other => panic!("{other:?}"),
        });
    }
    outcomes
}

fn show(network: &Network, compiled: &aws::Compiled, flow: Flow) {
    let src = network.interfaces[flow.from].ips[0];
    let question = engine::Question {
        from: compiled.node_of(flow.from),
        entry: aws::FROM_HOST,
        traffic: fabric::Packet::new(
            src.to_bits(),
            flow.dst.to_bits(),
            flow.proto,
            flow.sport,
            flow.dport,
        ),
        accept: None,
        press_on: false,
        draw: oracle::DRAWN - 1024,
    };
    let walk = engine::walk(&compiled.fabric, &question);
    for (_, c) in network.connections.iter() {
        eprintln!("    CONN {:?} up {} {:?}", c.prefixes, c.up, c.kind);
    }
    for (_, l) in network.load_balancers.iter() {
        eprintln!("    LB {:?} ", l.vpc.id());
    }
    for ending in &walk.endings {
        eprintln!("  END {:?}", ending.end);
        eprintln!("   {:?}", walk.headers);
        for step in walk.path(ending.last) {
            eprintln!("     {step:?}");
        }
    }
}

fn reading(network: &Network, flow: Flow) -> BTreeSet<Outcome> {
    oracle::verdict(
        network, flow.from, flow.dst, flow.proto, flow.sport, flow.dport,
    )
}

/// Where random choices come from.
struct Dice(TestRng);

impl Dice {
    fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    fn below(&mut self, n: usize) -> usize {
        (self.0.next_u64() % n as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// One of several by weight.
    fn weigh<T: Clone>(&mut self, of: &[(usize, T)]) -> T {
        let mut left = self.below(of.iter().map(|(w, _)| w).sum());
        for (weight, what) in of {
            if left < *weight {
                return what.clone();
            }
            left -= weight;
        }
        of[0].1.clone()
    }
}

fn to<T>(id: Id<T>) -> Ref<T> {
    Ref {
        text: String::new(),
        origin: Origin::Unknown,
        to: Meaning::Known(id),
    }
}

fn net(text: &str) -> IpNet {
    text.parse().unwrap()
}

fn service(protocol: u8, low: u16, high: u16) -> Service {
    Service {
        protocol: Some(protocol),
        ports: (low, high),
        icmp: (None, None),
    }
}

const S3: &str = "52.216.0.0/15";
const SITE: &str = "192.168.0.0/16";
const WORLD: &str = "198.51.100.7";

/// A draft in the making.
struct Maker {
    dice: Dice,
    draft: Draft,
    /// Addresses given so far, by subnet.
    given: BTreeMap<usize, u32>,
    public: u32,
    hosts: Vec<Id<Interface>>,
    /// Addresses worth asking for, and how much.
    goals: Vec<(usize, Ipv4Addr)>,
}

impl Maker {
    fn subnets(&self, vpc: Id<Vpc>) -> Vec<Id<Subnet>> {
        let all = self.draft.subnets.iter();
        all.filter(|(_, s)| s.vpc.id() == Some(vpc))
            .map(|(id, _)| id)
            .collect()
    }

    fn groups(&self, vpc: Id<Vpc>) -> Vec<Id<SecurityGroup>> {
        let all = self.draft.groups.iter();
        all.filter(|(_, g)| g.vpc.id() == Some(vpc))
            .map(|(id, _)| id)
            .collect()
    }

    fn hosts_of(&self, vpc: Id<Vpc>) -> Vec<Id<Interface>> {
        let hosts = self.hosts.iter().copied();
        hosts
            .filter(|h| {
                let subnet = self.draft.interfaces[*h].subnet.id().unwrap();
                self.draft.subnets[subnet].vpc.id() == Some(vpc)
            })
            .collect()
    }

    /// Subnets of different zones, one or two.
    fn zonal(&mut self, vpc: Id<Vpc>) -> Vec<Id<Subnet>> {
        let mut zones = BTreeSet::new();
        let want = 1 + self.dice.below(2);
        let mut all = self.subnets(vpc);
        let by = self.dice.below(all.len());
        all.rotate_left(by);
        all.retain(|s| zones.insert(self.draft.subnets[*s].zone.clone()));
        all.truncate(want);
        all
    }

    fn table(&mut self, vpc: Id<Vpc>) -> Id<RouteTable> {
        let name = format!("t{}", self.draft.tables.len());
        self.draft.tables.push(RouteTable {
            name,
            id: None,
            vpc: to(vpc),
            routes: Vec::new(),
            origin: Origin::Unknown,
        })
    }

    fn interface(
        &mut self,
        subnet: Id<Subnet>,
        role: Role,
        groups: &[Id<SecurityGroup>],
        public: bool,
    ) -> Id<Interface> {
        let next = self.given.entry(subnet.index()).or_insert(9);
        *next += 1;
        let network = self.draft.subnets[subnet].cidr.network().to_bits();
        let ip = Ipv4Addr::from_bits(network + *next);
        let mut interface = Interface {
            name: format!("i{}", self.draft.interfaces.len()),
            id: None,
            subnet: to(subnet),
            ips: vec![ip],
            prefixes: Vec::new(),
            groups: groups.iter().map(|g| to(*g)).collect(),
            public: Vec::new(),
            source_dest_check: true,
            role,
            tags: Vec::new(),
            origin: Origin::Unknown,
        };
        if public {
            self.public += 1;
            let own = Ipv4Addr::from_bits(0xcb00_7100 + self.public);
            interface.public.push((ip, own));
        }
        self.draft.interfaces.push(interface)
    }

    fn vpc(&mut self, index: usize) {
        let vpc = Id::new(index);
        let second = if index > 0 && self.dice.chance(15) {
            0
        } else {
            index
        };
        let abroad = index > 0 && self.dice.chance(12);
        let (region, zone) = if abroad {
            ("eu-west-1", "euw1")
        } else {
            ("us-east-1", "use1")
        };
        let mut cidrs = vec![format!("10.{second}.0.0/16")];
        if self.dice.chance(10) {
            cidrs.push(format!("100.{}.0.0/16", 64 + index));
        }
        let main_table = self.table(vpc);
        let internet = self.dice.chance(80).then(|| {
            self.draft.internet_gateways.push(InternetGateway {
                name: "igw".into(),
                vpc: to(vpc),
                origin: Origin::Unknown,
            })
        });
        self.draft.vpcs.push(Vpc {
            name: format!("v{index}"),
            id: None,
            account: "111111111111".into(),
            region: region.into(),
            cidrs: cidrs.iter().map(|c| c.parse().unwrap()).collect(),
            dns_support: Fact::Known(true),
            dns_hostnames: Fact::Known(true),
            dhcp_dns: DhcpDns::Amazon,
            main_table: to(main_table),
            internet_gateway: internet.map(to),
            origin: Origin::Unknown,
        });
        let acls: Vec<_> = (0..3)
            .map(|i| {
                self.draft.acls.push(NetworkAcl {
                    name: format!("a{i}"),
                    id: None,
                    vpc: to(vpc),
                    ingress: Vec::new(),
                    egress: Vec::new(),
                    origin: Origin::Unknown,
                })
            })
            .collect();
        for i in 0..4 {
            self.draft.groups.push(SecurityGroup {
                name: format!("g{i}"),
                id: None,
                vpc: to(vpc),
                ingress: Vec::new(),
                egress: Vec::new(),
                origin: Origin::Unknown,
            });
        }
        for i in 0..2 + self.dice.below(3) {
            let table = if self.dice.chance(15) {
                main_table
            } else {
                self.table(vpc)
            };
            let cidr = if i == 3 && cidrs.len() > 1 {
                format!("100.{}.3.0/24", 64 + index)
            } else {
                format!("10.{second}.{i}.0/24")
            };
            let acl = self
                .dice
                .weigh(&[(66, acls[0]), (17, acls[1]), (17, acls[2])]);
            self.draft.subnets.push(Subnet {
                name: format!("s{i}"),
                id: None,
                vpc: to(vpc),
                zone: format!("{zone}-az{}", 1 + i % 2),
                cidr: cidr.parse().unwrap(),
                table: to(table),
                acl: to(acl),
                origin: Origin::Unknown,
            });
        }
        for (i, subnet) in self.subnets(vpc).into_iter().enumerate() {
            for _ in 0..1 + self.dice.below(2) {
                let share = if i == 0 { 60 } else { 12 };
                let public = internet.is_some() && self.dice.chance(share);
                self.host(vpc, subnet, public);
            }
        }
    }

    fn host(&mut self, vpc: Id<Vpc>, subnet: Id<Subnet>, public: bool) {
        let all = self.groups(vpc);
        let mut groups = vec![self.dice.pick(&all[..3])];
        if self.dice.chance(25) {
            groups.push(self.dice.pick(&all));
            groups.dedup();
        }
        let instance = Id::new(self.draft.instances.len());
        let role = if self.dice.chance(70) {
            Role::Instance(to(instance))
        } else {
            Role::Plain
        };
        let id = self.interface(subnet, role.clone(), &groups, public);
        if role != Role::Plain {
            let running = self.dice.chance(96);
            self.draft.instances.push(Instance {
                name: format!("h{}", instance.index()),
                id: None,
                vpc: to(vpc),
                interfaces: vec![to(id)],
                running,
                os: Os::Linux,
                runs: Vec::new(),
                origin: Origin::Unknown,
            });
        }
        self.hosts.push(id);
        let (ip, own) = {
            let made = &self.draft.interfaces[id];
            (made.ips[0], made.public.first().map(|p| p.1))
        };
        self.goals.push((4, ip));
        self.goals.extend(own.map(|p| (3, p)));
    }

    fn nat(&mut self, vpc: Id<Vpc>) {
        let subnet = self.subnets(vpc)[0];
        let public = self.draft.vpcs[vpc].internet_gateway.is_some() && self.dice.chance(92);
        let nat = Id::new(self.draft.nat_gateways.len());
        let interface = self.interface(subnet, Role::Nat(to(nat)), &[], public);
        let available = self.dice.chance(94);
        self.draft.nat_gateways.push(NatGateway {
            name: format!("nat{}", nat.index()),
            subnet: to(subnet),
            interface: to(interface),
            public,
            available,
            origin: Origin::Unknown,
        });
        let made = &self.draft.interfaces[interface];
        self.goals.push((1, made.ips[0]));
    }

    /// A site behind the first VPC.
    fn site(&mut self) {
        let gateway = self.draft.vpn_gateways.push(VpnGateway {
            name: "vgw".into(),
            vpc: to(Id::new(0)),
            origin: Origin::Unknown,
        });
        let site = self.draft.sites.push(Site {
            name: "site".into(),
            cidrs: vec![SITE.parse().unwrap()],
            hosts: vec![("desk".into(), "192.168.5.5".parse().unwrap())],
            public_ip: None,
            resolver: SiteResolver::None,
            origin: Origin::Unknown,
        });
        let kinds = [
            ConnectionKind::VpnStatic,
            ConnectionKind::VpnBgp,
            ConnectionKind::DirectConnect,
        ];
        for i in 0..1 + self.dice.below(2) {
            let wide = self.dice.chance(75);
            let prefix = if wide { SITE } else { "192.168.4.0/22" };
            let kind = self.dice.pick(&kinds);
            let up = self.dice.chance(90);
            self.draft.connections.push(Connection {
                name: format!("c{i}"),
                site: to(site),
                to: to(gateway),
                kind,
                prefixes: vec![prefix.parse().unwrap()],
                up,
                origin: Origin::Unknown,
            });
        }
        self.goals.push((6, "192.168.5.5".parse().unwrap()));
        self.goals.push((2, "192.168.9.9".parse().unwrap()));
    }

    fn endpoint(&mut self, vpc: Id<Vpc>, target: EndpointTarget, kind: EndpointKind) {
        let name = format!("e{}", self.draft.endpoints.len());
        let fallen = self.dice.chance(4) && matches!(kind, EndpointKind::Interface(_));
        self.draft.endpoints.push(VpcEndpoint {
            name,
            id: None,
            vpc: to(vpc),
            target,
            kind,
            private_dns: false,
            state: fallen.then_some(EndpointState::Rejected),
            dns_names: Vec::new(),
            existing: true,
            policy: None,
            origin: Origin::Unknown,
        });
    }

    fn interface_endpoint(&mut self, vpc: Id<Vpc>, target: EndpointTarget, subnets: &[Id<Subnet>]) {
        let id = Id::new(self.draft.endpoints.len());
        let groups = self.groups(vpc);
        let group = self.dice.pick(&groups);
        let interfaces: Vec<_> = subnets
            .iter()
            .map(|s| self.interface(*s, Role::Endpoint(to(id)), &[group], false))
            .collect();
        let weight = if matches!(target, EndpointTarget::Aws(..)) {
            5
        } else {
            12
        };
        for i in &interfaces {
            self.goals.push((weight, self.draft.interfaces[*i].ips[0]));
        }
        let kind = EndpointKind::Interface(interfaces.into_iter().map(to).collect());
        self.endpoint(vpc, target, kind);
    }

    fn gateway_endpoint(&mut self, vpc: Id<Vpc>) {
        let all: Vec<_> = self.draft.tables.iter().map(|(id, _)| id).collect();
        let tables = all
            .into_iter()
            .filter(|t| self.draft.tables[*t].vpc.id() == Some(vpc) && self.dice.chance(65))
            .map(to)
            .collect();
        let region = self.draft.vpcs[vpc].region.clone();
        let target = EndpointTarget::Aws(region, "s3".into());
        self.endpoint(vpc, target, EndpointKind::Gateway(tables));
    }

    fn target_group(&mut self, vpc: Id<Vpc>, protocol: ListenerProtocol) -> Id<TargetGroup> {
        let kind = self.dice.pick(&[TargetType::Instance, TargetType::Ip]);
        let tcp = matches!(protocol, ListenerProtocol::Tcp | ListenerProtocol::Tls);
        let mut targets = Vec::new();
        let hosts = self.hosts_of(vpc);
        for _ in 0..1 + self.dice.below(3) {
            let interface = &self.draft.interfaces[self.dice.pick(&hosts)];
            let far = self.dice.chance(12);
            let what = match (kind, &interface.role) {
                (TargetType::Instance, Role::Instance(r)) => TargetWhat::Instance(r.clone()),
                (TargetType::Instance, _) => continue,
                _ if far => {
                    let other = self.dice.pick(&self.hosts);
                    TargetWhat::Ip(self.draft.interfaces[other].ips[0])
                }
                _ => TargetWhat::Ip(interface.ips[0]),
            };
            let health = self.dice.weigh(&[
                (45, None),
                (30, Some(Health::Healthy)),
                (25, Some(Health::Unhealthy)),
            ]);
            if targets.iter().all(|t: &RegisteredTarget| t.what != what) {
                targets.push(RegisteredTarget {
                    what,
                    port: self.dice.chance(15).then_some(443),
                    zone: None,
                    health,
                    origin: Origin::Unknown,
                });
            }
        }
        let stated = self.dice.pick(&[None, None, Some(true), Some(false)]);
        let name = format!("tg{}", self.draft.target_groups.len());
        let port = self.dice.pick(&[443, 8080]);
        let cross_zone = self
            .dice
            .weigh(&[(70, None), (20, Some(true)), (10, Some(false))]);
        self.draft.target_groups.push(TargetGroup {
            name,
            id: None,
            vpc: to(vpc),
            kind,
            protocol,
            port,
            targets,
            preserve_client_ip: stated.filter(|_| tcp),
            cross_zone,
            health_listed: Fact::Known(()),
            origin: Origin::Unknown,
        })
    }

    fn balancer(&mut self, vpc: Id<Vpc>) -> Id<LoadBalancer> {
        let id = Id::new(self.draft.load_balancers.len());
        let group = self.dice.pick(&self.groups(vpc));
        let facing = self.draft.vpcs[vpc].internet_gateway.is_some() && self.dice.chance(35);
        let nodes: Vec<_> = self
            .zonal(vpc)
            .into_iter()
            .map(|s| self.interface(s, Role::LoadBalancer(to(id)), &[group], facing))
            .collect();
        for node in &nodes {
            let made = &self.draft.interfaces[*node];
            self.goals.push((4, made.ips[0]));
            self.goals.extend(made.public.first().map(|p| (5, p.1)));
        }
        let mut listeners = Vec::new();
        for (protocol, port) in [
            (ListenerProtocol::Tcp, 443),
            (ListenerProtocol::TcpUdp, 53),
            (ListenerProtocol::Tls, 8080),
            (ListenerProtocol::Udp, 443),
        ] {
            if port == 443 || self.dice.chance(40) {
                let group = self.target_group(vpc, protocol);
                let mut forward = vec![(to(group), 1)];
                if self.dice.chance(12) {
                    let spare = self.target_group(vpc, protocol);
                    forward.push((to(spare), self.dice.pick(&[0, 3])));
                }
                listeners.push(Listener {
                    protocol,
                    port,
                    forward,
                    origin: Origin::Unknown,
                });
            }
        }
        let balancer = LoadBalancer {
            name: format!("nlb{}", id.index()),
            id: None,
            vpc: to(vpc),
            kind: LoadBalancerKind::Network,
            internet_facing: facing,
            nodes: nodes.into_iter().map(to).collect(),
            has_groups: self.dice.chance(55),
            enforce_on_private_link: self.dice.chance(70),
            cross_zone: self.dice.chance(40),
            dns_name: None,
            listeners,
            origin: Origin::Unknown,
        };
        self.draft.load_balancers.push(balancer)
    }

    /// A provider's service, and endpoints that lead to it.
    fn provider(&mut self, vpc: Id<Vpc>) {
        let balancer = self.balancer(vpc);
        let region = self.draft.vpcs[vpc].region.clone();
        let service = self.draft.services.push(EndpointService {
            name: format!("svc{}", balancer.index()),
            aliases: Vec::new(),
            load_balancers: vec![to(balancer)],
            acceptance_required: self.dice.chance(5),
            allowed_principals: vec!["*".into()],
            connections: Vec::new(),
            private_name: None,
            origin: Origin::Unknown,
        });
        for consumer in (0..self.draft.vpcs.len()).map(Id::new) {
            if self.draft.vpcs[consumer].region == region && self.dice.chance(75) {
                let subnets = self.zonal(consumer);
                self.interface_endpoint(consumer, EndpointTarget::Service(to(service)), &subnets);
            }
        }
    }

    fn any_service(&mut self) -> Service {
        self.dice.weigh(&[
            (50, Service::ANY),
            (18, service(6, 443, 443)),
            (10, service(6, 0, 65535)),
            (8, service(6, 443, 8443)),
            (6, service(17, 0, 65535)),
            (4, service(17, 53, 53)),
            (2, service(1, 0, 65535)),
            (2, service(47, 0, 65535)),
        ])
    }

    fn block(&mut self) -> IpNet {
        let subnets: Vec<_> = self.draft.subnets.iter().map(|(_, s)| s.cidr).collect();
        let subnet = IpNet::V4(self.dice.pick(&subnets));
        self.dice.weigh(&[
            (40, net("0.0.0.0/0")),
            (26, net("10.0.0.0/8")),
            (22, subnet),
            (4, net("192.168.0.0/16")),
            (4, net("198.51.100.0/24")),
            (4, net(S3)),
        ])
    }

    fn group_rules(&mut self, group: Id<SecurityGroup>, out: bool) -> Vec<GroupRule> {
        let every = |peer| GroupRule {
            service: Service::ANY,
            peer,
            origin: Origin::Unknown,
        };
        let share = if out { 68 } else { 35 };
        if self.dice.chance(share) {
            return vec![every(Peer::Cidr(net("0.0.0.0/0")))];
        }
        let vpc = self.draft.groups[group].vpc.id().unwrap();
        let (own, all) = (self.groups(vpc), self.draft.groups.len());
        (0..self.dice.below(4))
            .map(|_| {
                let block = self.block();
                let near = self.dice.pick(&own);
                let far = Id::new(self.dice.below(all));
                let list = Id::new(self.dice.below(2));
                let peer = self.dice.weigh(&[
                    (50, Peer::Cidr(block)),
                    (22, Peer::Group(to(near))),
                    (12, Peer::Group(to(far))),
                    (10, Peer::List(to(list))),
                    (6, Peer::AwsList("us-east-1".into(), "s3".into())),
                ]);
                GroupRule {
                    service: self.any_service(),
                    ..every(peer)
                }
            })
            .collect()
    }

    fn acl_rules(&mut self, open: bool) -> Vec<AclRule> {
        let rule = |number, allow, service, peer| AclRule {
            number,
            allow,
            service,
            peer,
            origin: Origin::Unknown,
        };
        let last = rule(32_000, true, Service::ANY, net("0.0.0.0/0"));
        if open {
            return vec![last];
        }
        let mut rules = BTreeMap::new();
        for _ in 0..2 + self.dice.below(4) {
            let what = self.any_service();
            let what = self.dice.weigh(&[
                (40, what),
                (25, service(6, 1024, 65535)),
                (12, service(6, 32768, 60999)),
                (8, service(6, 1024, 32767)),
                (15, service(17, 1024, 65535)),
            ]);
            let number = 1 + u32::try_from(self.dice.below(900)).unwrap();
            let (allow, peer) = (self.dice.chance(72), self.block());
            // By the number's last digit, so that rules do not stand in their order.
            rules.insert((number % 10, number), rule(number, allow, what, peer));
        }
        let mut rules: Vec<_> = rules.into_values().collect();
        if self.dice.chance(65) {
            rules.insert(0, last);
        }
        rules
    }

    fn routes(&mut self, id: Id<RouteTable>) -> Vec<Route> {
        let vpc = self.draft.tables[id].vpc.id().unwrap();
        let subnets = self.subnets(vpc);
        let first = self.draft.subnets[subnets[0]].table.id() == Some(id);
        let igw = self.draft.vpcs[vpc].internet_gateway.clone();
        let igw = igw.map(Target::Internet);
        let nats = self.draft.nat_gateways.iter();
        let nat = nats
            .filter(|(_, n)| subnets.contains(&n.subnet.id().unwrap()))
            .map(|(n, _)| Target::Nat(to(n)))
            .next();
        let vgws = self.draft.vpn_gateways.iter();
        let vgw = vgws
            .filter(|(_, g)| g.vpc.id() == Some(vpc))
            .map(|(g, _)| Target::Vpn(to(g)))
            .next();
        let mut found: Vec<(Destination, RouteKind, bool, Target)> = Vec::new();
        let cidr = |text: &str| Destination::Cidr(net(text));
        let outward = if first { igw.clone() } else { nat.clone() };
        let outward = if self.dice.chance(15) {
            igw.clone()
        } else {
            outward
        };
        let up = |dice: &mut Dice| dice.chance(95);
        if let Some(target) = outward.clone().filter(|_| self.dice.chance(90)) {
            found.push((
                cidr("0.0.0.0/0"),
                RouteKind::Static,
                up(&mut self.dice),
                target,
            ));
        }
        let exact = [
            (S3, 6),
            ("198.51.100.0/24", 8),
            ("52.216.0.0/16", 4),
            ("192.168.5.0/24", 3),
        ];
        for (text, share) in exact {
            let target = self.dice.pick(&[&igw, &nat, &vgw]).clone();
            if let Some(target) = target.filter(|_| self.dice.chance(share)) {
                let active = self.dice.chance(60);
                found.push((cidr(text), RouteKind::Static, active, target));
            }
        }
        for list in 0..2 {
            let target = self.dice.pick(&[&igw, &nat, &vgw]).clone();
            if let Some(target) = target.filter(|_| self.dice.chance(7)) {
                let list = Destination::List(to(Id::new(list)));
                found.push((list, RouteKind::Static, up(&mut self.dice), target));
            }
        }
        if let Some(vgw) = &vgw {
            let kinds = [
                RouteKind::Static,
                RouteKind::DxBgp,
                RouteKind::VpnStatic,
                RouteKind::VpnBgp,
            ];
            for text in [SITE, "192.168.4.0/22", "10.0.1.0/25", "198.51.100.0/24", S3] {
                let share = if text == SITE { 85 } else { 8 };
                let kind = self.dice.pick(&kinds);
                let steers = kind == RouteKind::Static && text != SITE;
                if !steers && self.dice.chance(share) {
                    found.push((cidr(text), kind, up(&mut self.dice), vgw.clone()));
                }
            }
        }
        // More specific than local.
        if let Some(nat) = nat.filter(|_| self.dice.chance(6)) {
            let subnet = self.dice.pick(&subnets);
            let to = Destination::Cidr(IpNet::V4(self.draft.subnets[subnet].cidr));
            found.push((to, RouteKind::Static, true, nat));
        }
        for (p, peering) in self.draft.peerings.iter() {
            let ends = peering.between.each_ref().map(|v| v.id().unwrap());
            let far = match ends {
                [a, b] if a == vpc => b,
                [a, b] if b == vpc => a,
                _ => continue,
            };
            let pcx = Target::Peering(to(p));
            for block in self.draft.vpcs[far].cidrs.clone() {
                if self.dice.chance(82) {
                    let part = self.dice.pick(&["", "", "", "", "24"]);
                    let block = if part.is_empty() {
                        block
                    } else {
                        ipnet::Ipv4Net::new(block.network(), 24).unwrap()
                    };
                    let to = Destination::Cidr(IpNet::V4(block));
                    let kind = RouteKind::Static;
                    found.push((to, kind, up(&mut self.dice), pcx.clone()));
                }
            }
            // Further than a peering leads.
            for text in [S3, WORLD, SITE] {
                if self.dice.chance(3) {
                    let text = if text == WORLD {
                        "198.51.100.0/24"
                    } else {
                        text
                    };
                    found.push((cidr(text), RouteKind::Static, true, pcx.clone()));
                }
            }
        }
        let mut seen = BTreeSet::new();
        found.retain(|(d, k, ..)| *k != RouteKind::Static || seen.insert(format!("{d:?}")));
        found
            .into_iter()
            .map(|(destination, kind, active, target)| Route {
                destination,
                target,
                kind,
                active,
                origin: Origin::Unknown,
            })
            .collect()
    }

    fn all(mut self) -> Self {
        self.draft.region = "us-east-1".into();
        let us = ("us-east-1".to_owned(), "s3".to_owned());
        let eu = ("eu-west-1".to_owned(), "s3".to_owned());
        self.draft.aws_lists = vec![
            (us, vec![S3.parse().unwrap()]),
            (eu, vec!["52.218.0.0/17".parse().unwrap()]),
        ];
        for entries in [
            ["10.1.0.0/16", "198.51.100.0/24"],
            ["192.168.0.0/16", "198.51.100.0/24"],
        ] {
            let name = format!("pl{}", self.draft.prefix_lists.len());
            self.draft.prefix_lists.push(PrefixList {
                name,
                id: None,
                entries: entries.iter().map(|e| net(e)).collect(),
                max_entries: 5,
                origin: Origin::Unknown,
            });
        }
        self.draft.internet_hosts.push(InternetHost {
            name: "host".into(),
            ip: WORLD.parse().unwrap(),
            records: Vec::new(),
            os: Os::Any,
            origin: Origin::Unknown,
        });
        let count = 1 + self.dice.below(3);
        let vpcs: Vec<Id<Vpc>> = (0..count).map(Id::new).collect();
        for vpc in &vpcs {
            self.vpc(vpc.index());
        }
        for vpc in &vpcs {
            if self.dice.chance(65) {
                self.nat(*vpc);
            }
            if self.dice.chance(60) {
                self.gateway_endpoint(*vpc);
            }
            if self.dice.chance(40) {
                let subnets = self.zonal(*vpc);
                let region = self.draft.vpcs[*vpc].region.clone();
                let target = EndpointTarget::Aws(region, "sqs".into());
                self.interface_endpoint(*vpc, target, &subnets);
            }
            for far in vpcs.iter().filter(|far| far.index() > vpc.index()) {
                let distinct = self.draft.vpcs[*vpc].cidrs[0] != self.draft.vpcs[*far].cidrs[0];
                if distinct && self.dice.chance(75) {
                    self.draft.peerings.push(Peering {
                        name: format!("p{}{}", vpc.index(), far.index()),
                        between: [to(*vpc), to(*far)],
                        active: self.dice.chance(94),
                        origin: Origin::Unknown,
                    });
                }
            }
        }
        if self.dice.chance(40) {
            self.site();
        }
        if self.dice.chance(75) {
            let vpc = self.dice.pick(&vpcs);
            self.provider(vpc);
        }
        for id in (0..self.draft.groups.len()).map(Id::new) {
            let (ingress, egress) = (self.group_rules(id, false), self.group_rules(id, true));
            let group = self.draft.groups.get_mut(id).unwrap();
            (group.ingress, group.egress) = (ingress, egress);
        }
        for id in (0..self.draft.acls.len()).map(Id::new) {
            let open = self.draft.acls[id].name == "a0";
            let (ingress, egress) = (self.acl_rules(open), self.acl_rules(open));
            let acl = self.draft.acls.get_mut(id).unwrap();
            (acl.ingress, acl.egress) = (ingress, egress);
        }
        for id in (0..self.draft.tables.len()).map(Id::new) {
            let routes = self.routes(id);
            self.draft.tables.get_mut(id).unwrap().routes = routes;
        }
        for (weight, text) in [
            (14, WORLD),
            (14, "52.216.1.1"),
            (3, "52.217.9.9"),
            (1, "52.218.1.1"),
            (2, "203.0.113.250"),
            (1, "169.254.169.254"),
            (1, "169.254.169.253"),
            (1, "10.0.0.2"),
            (1, "10.1.0.200"),
            (1, "10.9.9.9"),
            (1, "100.127.1.1"),
        ] {
            self.goals.push((weight, text.parse().unwrap()));
        }
        self
    }

    fn flow(&mut self) -> Flow {
        let from = self.dice.pick(&self.hosts);
        let dst = self.dice.weigh(&self.goals);
        let proto = self.dice.weigh(&[(86, 6), (10, 17), (2, 1), (2, 47)]);
        let link_local = dst.is_link_local() || dst.octets()[3] < 9;
        let ports = proto == 6 || proto == 17;
        let dport = self
            .dice
            .weigh(&[(80, 443), (8, 8080), (6, 53), (3, 22), (3, 40_000)]);
        let dport = if link_local {
            self.dice.pick(&[80, 53, 53, 123, 443, 1688])
        } else {
            dport
        };
        let sport = 1024 + u16::try_from(self.dice.below(64_512)).unwrap();
        Flow {
            from,
            dst,
            proto,
            sport: if ports { sport } else { 0 },
            dport: if ports { dport } else { 0 },
        }
    }
}

fn maker(seed: u64) -> Maker {
    Maker {
        dice: Dice::new(seed),
        draft: Draft::default(),
        given: BTreeMap::new(),
        public: 0,
        hosts: Vec::new(),
        goals: Vec::new(),
    }
    .all()
}

/// How many flows of each network.
const FLOWS: usize = 50;

fn cases() -> usize {
    let stated = std::env::var("REACHABILITY_CASES").ok();
    stated.and_then(|n| n.parse().ok()).unwrap_or(5_000)
}

#[derive(Default)]
struct Count {
    flows: usize,
    drafts: usize,
    discarded: usize,
    differ: usize,
    outcomes: BTreeMap<BTreeSet<Outcome>, usize>,
    ways: BTreeMap<&'static str, usize>,
    whys: BTreeMap<&'static str, usize>,
}

#[test]
fn the_program_agrees_with_the_second_reading() {
    let mut count = Count::default();
    let mut refusals = BTreeSet::new();
    let mut seed = 0;
    while count.flows < cases() {
        seed += 1;
        count.drafts += 1;
        let mut made = maker(seed);
        let built = build(made.draft.clone());
        let Some(network) = built.network else {
            count.discarded += 1;
            refusals.extend(built.diagnostics.iter().map(|d| d.code));
            continue;
        };
        let compiled = aws::compile(&network);
        for _ in 0..FLOWS {
            let flow = made.flow();
            let mine = reading(&network, flow);
            let theirs = program(&network, &compiled, flow);
            count.flows += 1;
            let readings = oracle::readings(
                &network, flow.from, flow.dst, flow.proto, flow.sport, flow.dport,
            );
            for r in &readings {
                *count.whys.entry(r.why).or_default() += 1;
                if r.outcome != Outcome::Unreachable {
                    for way in &r.via {
                        *count.ways.entry(way).or_default() += 1;
                    }
                }
            }
            if mine != theirs {
                count.differ += 1;
                if count.differ <= 200 {
                    eprintln!(
                        "seed {seed} {flow:?} from {}: second reading {mine:?}, program {theirs:?}",
                        network.interfaces[flow.from].ips[0]
                    );
                    if std::env::var("SHOW").is_ok() {
                        show(&network, &compiled, flow);
                    }
                    for r in readings {
                        eprintln!("    {r:?}");
                    }
                }
            }
            *count.outcomes.entry(mine).or_default() += 1;
        }
    }
    eprintln!(
        "{} flows, {} differ; {} drafts, {} discarded {refusals:?}",
        count.flows, count.differ, count.drafts, count.discarded
    );
    eprintln!("{:?}\n{:?}\n{:#?}", count.outcomes, count.ways, count.whys);
    assert_eq!(count.differ, 0);
}
