//! IPv6 beside the IPv4 of a network: blocks, addresses, gateways, rules, and endpoints, load
//! balancers and services of both families.
//!
//! It changes a draft as [`super::generate`] leaves it, before anybody renames what is in it.

use super::{Genes, block, named};
use ipnet::{IpNet, Ipv6Net};
use reachability::model::*;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};

/// A host of the internet.
pub const WORLD6: &str = "2001:db8:ffff::7";

/// The on-premises network.
pub const SITE6: &str = "2001:db8:aaaa::/48";
/// Every VPC.
pub const VPCS6: &str = "2001:db8::/36";

/// Gives much of the network IPv6.
pub fn dualstack(draft: &mut Draft, genes: &mut Genes) {
    blocks(draft, genes);
    alone(draft, genes);
    addresses(draft, genes);
    balancers(draft, genes);
    services(draft, genes);
    endpoints(draft, genes);
    gateways(draft, genes);
    rules(draft, genes);
    outside(draft, genes);
    super::six_routes::alike(draft, genes);
}

fn each<T>(arena: &mut Arena<T>, mut change: impl FnMut(Id<T>, &mut T)) {
    for id in (0..arena.len()).map(Id::new) {
        change(id, arena.get_mut(id).unwrap());
    }
}

/// `2001:db8:<vpc>:<subnet>::/64`, and `/56` of a VPC.
fn net(vpc: usize, subnet: usize, length: u8) -> Ipv6Net {
    let [vpc, subnet] = [vpc, subnet].map(|n| u16::try_from(n).unwrap());
    let ip = Ipv6Addr::new(0x2001, 0xdb8, vpc, subnet, 0, 0, 0, 0);
    Ipv6Net::new(ip, length).unwrap()
}

/// The blocks of VPCs and of their subnets.
fn blocks(draft: &mut Draft, genes: &mut Genes) {
    let mut given: HashMap<String, usize> = HashMap::new();
    each(&mut draft.vpcs, |id, vpc| {
        if genes.chance(80) {
            vpc.ipv6 = vec![net(id.index(), 0, 56)];
            given.insert(vpc.name.clone(), id.index());
        }
    });
    each(&mut draft.subnets, |id, subnet| {
        if let Some(vpc) = given
            .get(subnet.vpc.text.as_str())
            .filter(|_| genes.chance(80))
        {
            subnet.ipv6 = Some(net(*vpc, id.index(), 64));
            subnet.dns64 = genes.chance(30);
        }
    });
}

/// An IPv6-only subnet, and an instance there.
fn alone(draft: &mut Draft, genes: &mut Genes) {
    let vpcs: Vec<Vpc> = draft.vpcs.iter().map(|(_, v)| v.clone()).collect();
    for vpc in vpcs.iter().filter(|v| !v.ipv6.is_empty()) {
        if !genes.chance(60) {
            continue;
        }
        let own = |(_, s): &(_, &Subnet)| s.vpc.text == vpc.name;
        let like = draft.subnets.iter().find(own).unwrap().1.clone();
        let of = vpc.ipv6[0].network().segments()[2];
        draft.subnets.push(Subnet {
            name: "six".into(),
            id: None,
            cidr: None,
            ipv6: Some(net(of.into(), 0xf0, 64)),
            dns64: genes.chance(60),
            ..like
        });
        let own = format!("{}/six", vpc.name);
        draft.interfaces.push(Interface {
            name: format!("six-of-{}", vpc.name),
            id: None,
            subnet: named(&own),
            ips: vec![],
            ipv6: vec![],
            prefixes: vec![],
            groups: vec![named(format!("{}/g1", vpc.name))],
            public: vec![],
            source_dest_check: true,
            deny_all_igw_traffic: None,
            role: Role::Instance(named(&own)),
            tags: [].into(),
            origin: Origin::Unknown,
        });
        draft.instances.push(Instance {
            name: "six".into(),
            id: None,
            vpc: named(&vpc.name),
            interfaces: vec![named(format!("{}/six-of-{}", vpc.name, vpc.name))],
            running: true,
            os: Os::Linux,
            forwards: Some(Forwards::No),
            runs: vec![],
            origin: Origin::Unknown,
        });
    }
}

/// The IPv6 blocks of subnets, by `vpc/name`.
fn places(draft: &Draft) -> HashMap<String, Ipv6Net> {
    let subnets = draft.subnets.iter();
    let of = |s: &Subnet| Some((format!("{}/{}", s.vpc.text, s.name), s.ipv6?));
    subnets.filter_map(|(_, s)| of(s)).collect()
}

/// The address of an interface in a block: all differ.
fn address(block: Ipv6Net, id: Id<Interface>, which: u128) -> Ipv6Addr {
    let own = u128::try_from(id.index()).unwrap();
    Ipv6Addr::from_bits(block.network().to_bits() + 0x1_0000 * which + own)
}

/// Addresses of instances and plain interfaces.
fn addresses(draft: &mut Draft, genes: &mut Genes) {
    let places = places(draft);
    let only: HashSet<String> = draft
        .subnets
        .iter()
        .filter(|(_, s)| s.cidr.is_none())
        .map(|(_, s)| format!("{}/{}", s.vpc.text, s.name))
        .collect();
    each(&mut draft.interfaces, |id, interface| {
        let Some(block) = places.get(interface.subnet.text.as_str()).copied() else {
            return;
        };
        let users = matches!(interface.role, Role::Instance(_) | Role::Plain);
        let must = only.contains(interface.subnet.text.as_str());
        if users && (must || genes.chance(70)) {
            let count = if genes.chance(20) { 2 } else { 1 };
            interface.ipv6 = (1..=count).map(|n| address(block, id, n)).collect();
            if genes.chance(15) {
                let own = u128::try_from(id.index() + 1).unwrap() << 48;
                let first = Ipv6Addr::from_bits(block.network().to_bits() + own);
                let prefix = Ipv6Net::new(first, 80).unwrap();
                interface.prefixes.push(IpNet::V6(prefix));
            }
        }
    });
}

/// Gives every one of these interfaces an IPv6 address, if every one's subnet has some.
fn widen(draft: &mut Draft, nodes: &[Ref<Interface>]) -> bool {
    let places = places(draft);
    let mut found = Vec::new();
    for node in nodes {
        let (vpc, name) = node.text.split_once('/').unwrap();
        let mut all = draft.interfaces.iter();
        let own = all.find(|(_, i)| i.name == name && i.subnet.text.split('/').next() == Some(vpc));
        let (id, interface) = own.unwrap();
        match places.get(interface.subnet.text.as_str()) {
            Some(block) => found.push((id, address(*block, id, 1))),
            None => return false,
        }
    }
    for (id, ip) in found {
        draft.interfaces.get_mut(id).unwrap().ipv6 = vec![ip];
    }
    true
}

/// Dualstack load balancers, some with targets of IPv6.
fn balancers(draft: &mut Draft, genes: &mut Genes) {
    for id in (0..draft.load_balancers.len()).map(Id::new) {
        let nodes = draft.load_balancers[id].nodes.clone();
        if !genes.chance(70) || !widen(draft, &nodes) {
            continue;
        }
        let vpc = draft.load_balancers[id].vpc.text.clone();
        let balancer = draft.load_balancers.get_mut(id).unwrap();
        balancer.ip_type = IpType::Dualstack;
        let own = |i: &&Interface| i.subnet.text.split('/').next() == Some(vpc.as_str());
        let mut all = draft.interfaces.iter().map(|(_, i)| i).filter(own);
        let Some(target) = all.find_map(|i| i.ipv6.first().copied()) else {
            continue;
        };
        let name = format!("six-{}", balancer.name);
        balancer.listeners.push(Listener {
            protocol: ListenerProtocol::Tcp,
            port: 6443,
            forward: vec![(named(format!("{vpc}/{name}")), 1)],
            origin: Origin::Unknown,
        });
        draft.target_groups.push(TargetGroup {
            name,
            id: None,
            vpc: named(vpc.as_str()),
            kind: TargetType::Ip,
            family: Family::Ipv6,
            protocol: ListenerProtocol::Tcp,
            port: 443,
            targets: vec![RegisteredTarget {
                what: TargetWhat::Ip(IpAddr::V6(target)),
                port: None,
                zone: None,
                health: None,
                origin: Origin::Unknown,
            }],
            preserve_client_ip: None,
            cross_zone: None,
            proxy_protocol: false,
            min_healthy: MinHealthy::default(),
            health_check: HealthCheck::default(),
            health_listed: Fact::Known(()),
            origin: Origin::Unknown,
        });
    }
}

/// Services of both families where all their load balancers are.
fn services(draft: &mut Draft, genes: &mut Genes) {
    let balancers: HashMap<String, IpType> = draft
        .load_balancers
        .iter()
        .map(|(_, l)| (format!("{}/{}", l.vpc.text, l.name), l.ip_type))
        .collect();
    each(&mut draft.services, |_, service| {
        let mut own = service.load_balancers.iter();
        if own.all(|l| balancers[l.text.as_str()] == IpType::Dualstack) && genes.chance(80) {
            service.ip_types = vec![Family::Ipv4, Family::Ipv6];
        }
    });
}

fn endpoints(draft: &mut Draft, genes: &mut Genes) {
    let open: HashSet<String> = draft
        .services
        .iter()
        .filter(|(_, s)| s.ip_types.contains(&Family::Ipv6))
        .map(|(_, s)| s.name.clone())
        .collect();
    for id in (0..draft.endpoints.len()).map(Id::new) {
        let endpoint = draft.endpoints[id].clone();
        let (families, records) = match &endpoint.kind {
            EndpointKind::Gateway(_) => (
                genes.pick(&[IpType::Dualstack, IpType::Ipv4, IpType::Ipv6]),
                DnsType::ServiceDefined,
            ),
            EndpointKind::Interface(nodes) => {
                let offered = match &endpoint.target {
                    EndpointTarget::Aws(..) | EndpointTarget::Unmodelled(..) => true,
                    EndpointTarget::Service(r) => open.contains(r.text.as_str()),
                };
                if !offered || !genes.chance(70) || !widen(draft, nodes) {
                    continue;
                }
                let records = genes.pick(&[
                    DnsType::Of(IpType::Dualstack),
                    DnsType::ServiceDefined,
                    DnsType::Of(IpType::Ipv4),
                    DnsType::Of(IpType::Ipv6),
                ]);
                (IpType::Dualstack, records)
            }
        };
        let own = draft.endpoints.get_mut(id).unwrap();
        own.ip_type = families;
        own.dns_type = records;
    }
}

/// Egress-only gateways, and routes to them, to internet gateways and to NAT gateways.
fn gateways(draft: &mut Draft, genes: &mut Genes) {
    let vpcs: Vec<Vpc> = draft.vpcs.iter().map(|(_, v)| v.clone()).collect();
    for vpc in vpcs.iter().filter(|v| !v.ipv6.is_empty()) {
        let egress = genes.chance(70);
        if egress {
            draft.egress_only_gateways.push(EgressOnlyGateway {
                name: "eigw".into(),
                vpc: named(&vpc.name),
                origin: Origin::Unknown,
            });
        }
        let mut nats = draft.nat_gateways.iter();
        let nat = nats.find(|(_, n)| n.subnet.text.split('/').next() == Some(&vpc.name));
        let nat = nat.map(|(_, n)| format!("{}/{}", vpc.name, n.name));
        each(&mut draft.tables, |_, table| {
            if table.vpc.text != vpc.name || table.edge_of.is_some() {
                return;
            }
            let mut ways = Vec::new();
            if egress {
                ways.push(Target::EgressOnly(named(format!("{}/eigw", vpc.name))));
            }
            ways.extend(vpc.internet_gateway.clone().map(Target::Internet));
            if !ways.is_empty() && genes.chance(70) {
                table.routes.push(route("::/0", genes.pick(&ways)));
            }
            if let Some(nat) = nat.as_ref().filter(|_| genes.chance(60)) {
                table
                    .routes
                    .push(route("64:ff9b::/96", Target::Nat(named(nat))));
            }
        });
    }
}

fn route(destination: &str, target: Target) -> Route {
    Route {
        destination: Destination::Cidr(block(destination)),
        target,
        kind: RouteKind::Static,
        bgp: reachability::model::BgpPath::default(),
        active: true,
        origin: Origin::Unknown,
    }
}

/// Rules for everything, for the network's own blocks, and for one port.
fn rules(draft: &mut Draft, genes: &mut Genes) {
    const PEERS: [&str; 4] = ["::/0", "2001:db8::/32", "2001:db8:0:1::/64", "64:ff9b::/96"];
    let service = |genes: &mut Genes| match genes.chance(50) {
        true => Service::ANY,
        false => Service {
            protocol: Some(genes.pick(&[6, 17, 58])),
            ..Service::ANY
        },
    };
    each(&mut draft.groups, |_, group| {
        for rules in [&mut group.ingress, &mut group.egress] {
            if genes.chance(60) {
                rules.push(GroupRule {
                    service: service(genes),
                    peer: Peer::Cidr(block(genes.pick(&PEERS))),
                    origin: Origin::Unknown,
                });
            }
        }
    });
    each(&mut draft.acls, |_, acl| {
        for rules in [&mut acl.ingress, &mut acl.egress] {
            for number in 0..genes.below(3) {
                rules.push(AclRule {
                    number: 20_000 + u32::try_from(number).unwrap(),
                    allow: genes.chance(80),
                    service: service(genes),
                    peer: block(genes.pick(&PEERS)),
                    origin: Origin::Unknown,
                });
            }
        }
    });
}

/// Hosts of the internet and of sites, lists, records.
fn outside(draft: &mut Draft, genes: &mut Genes) {
    let world: Ipv6Addr = WORLD6.parse().unwrap();
    each(&mut draft.internet_hosts, |_, host| host.ipv6 = Some(world));
    draft.internet_hosts.push(InternetHost {
        name: "host6".into(),
        ip: None,
        ipv6: Some("2001:db8:ffff::8".parse().unwrap()),
        records: vec!["host6.example.com".into()],
        os: Os::Any,
        origin: Origin::Unknown,
    });
    draft.public_records.push(Record {
        name: "six.example.com".into(),
        value: RecordValue::Aaaa(vec![world]),
        origin: Origin::Unknown,
    });
    let own = SITE6;
    each(&mut draft.sites, |_, site| {
        if site.name == "site" && genes.chance(50) {
            site.cidrs.push(block(own));
            let host = "2001:db8:aaaa::5".parse().unwrap();
            site.hosts.push(("six".into(), host));
        }
    });
    each(&mut draft.connections, |_, connection| {
        if connection.kind == ConnectionKind::DirectConnect && genes.chance(50) {
            connection.prefixes.push(block(own));
        }
        // The second connection of a transit gateway, if it is a VPN.
        if connection.name == "t1" && connection.inside.is_some() {
            connection.inside = Some(Family::Ipv6);
            connection.prefixes = vec![block(own)];
        }
    });
    draft.prefix_lists.push(PrefixList {
        name: "pl6".into(),
        id: None,
        entries: vec![block("2001:db8:ffff::/48"), block(own)],
        max_entries: 4,
        region: "us-east-1".into(),
        account: "111111111111".into(),
        origin: Origin::Unknown,
    });
    let list = ("us-east-1".to_owned(), ipv6_list("s3"));
    draft
        .aws_lists
        .push((list, vec![block("2001:db8:5300::/40")]));
}
