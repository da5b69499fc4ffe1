//! One VPC, and questions between its interfaces.

use reachability::aws::{Compiled, FROM_HOST, bits};
use reachability::engine::Question;
use reachability::fabric::{Address, NodeId};
use reachability::model::*;
use std::net::Ipv4Addr;

const SUBNETS: u8 = 40;
const MEMBERS: u8 = 250;
const GROUPS: usize = 20;
const RULES: u16 = 20;

fn named<T>(text: &str) -> Ref<T> {
    Ref::named(text, &Origin::Unknown)
}

fn tcp(from: u16, to: u16) -> Service {
    Service {
        protocol: Some(6),
        ports: (from, to),
        icmp: (None, None),
    }
}

/// One VPC: 40 subnets of 250 interfaces, each in two of 20 groups of 20 rules, and an ACL of five
/// rules a direction.
pub fn draft() -> Draft {
    let mut draft = Draft {
        region: "us-east-1".into(),
        ..Draft::default()
    };
    draft.vpcs.push(Vpc {
        name: "v".into(),
        id: None,
        account: "111111111111".into(),
        region: "us-east-1".into(),
        cidrs: vec!["10.0.0.0/16".parse().unwrap()],
        ipv6: vec![],
        dns_support: Fact::Known(true),
        dns_hostnames: Fact::Known(true),
        dhcp_dns: DhcpDns::Amazon,
        main_table: named("main"),
        internet_gateway: None,
        encryption: None,
        origin: Origin::Unknown,
    });
    draft.tables.push(RouteTable {
        name: "main".into(),
        id: None,
        vpc: named("v"),
        routes: vec![],
        edge_of: None,
        origin: Origin::Unknown,
    });
    let acl = || -> Vec<AclRule> {
        let rule = |number, allow, service, peer: &str| AclRule {
            number,
            allow,
            service,
            peer: peer.parse().unwrap(),
            origin: Origin::Unknown,
        };
        vec![
            rule(10, false, Service::ANY, "192.0.2.0/24"),
            rule(20, false, tcp(23, 23), "0.0.0.0/0"),
            rule(30, true, tcp(22, 22), "10.0.0.0/24"),
            rule(40, true, tcp(443, 443), "10.0.0.0/16"),
            rule(50, true, tcp(1024, 65535), "0.0.0.0/0"),
        ]
    };
    draft.acls.push(NetworkAcl {
        name: "acl".into(),
        id: None,
        vpc: named("v"),
        ingress: acl(),
        egress: acl(),
        origin: Origin::Unknown,
    });
    for group in 0..GROUPS {
        let rule = |service, peer: String| GroupRule {
            service,
            peer: Peer::Cidr(peer.parse().unwrap()),
            origin: Origin::Unknown,
        };
        let mut ingress: Vec<GroupRule> = (1..RULES)
            .map(|n| rule(tcp(8000 + n, 8000 + n), format!("10.0.{n}.0/24")))
            .collect();
        ingress.push(rule(tcp(443, 443), "10.0.0.0/16".into()));
        draft.groups.push(SecurityGroup {
            name: format!("g{group}"),
            id: None,
            vpc: named("v"),
            vpcs: Vec::new(),
            ingress,
            egress: vec![rule(Service::ANY, "0.0.0.0/0".into())],
            origin: Origin::Unknown,
        });
    }
    for subnet in 0..SUBNETS {
        draft.subnets.push(Subnet {
            name: format!("s{subnet}"),
            id: None,
            vpc: named("v"),
            zone: "use1-az1".into(),
            cidr: Some(format!("10.0.{subnet}.0/24").parse().unwrap()),
            ipv6: None,
            dns64: false,
            table: named("main"),
            acl: named("acl"),
            public_access: None,
            origin: Origin::Unknown,
        });
        for member in 0..MEMBERS {
            let (a, b) = (
                member as usize % GROUPS,
                (member as usize + subnet as usize + 1) % GROUPS,
            );
            draft.interfaces.push(Interface {
                name: format!("i{subnet}-{member}"),
                id: None,
                subnet: named(&format!("s{subnet}")),
                ips: vec![Ipv4Addr::new(10, 0, subnet, member + 4)],
                ipv6: vec![],
                prefixes: vec![],
                groups: vec![named(&format!("g{a}")), named(&format!("g{b}"))],
                public: vec![],
                source_dest_check: true,
                deny_all_igw_traffic: None,
                role: Role::Plain,
                tags: [].into(),
                origin: Origin::Unknown,
            });
        }
    }
    draft
}

pub fn question<T>(from: NodeId, traffic: T) -> Question<'static, T> {
    Question {
        from,
        entry: FROM_HOST,
        traffic,
        accept: None,
        press_on: false,
        draw: 0,
    }
}

/// Questions between 1,000 pairs, no two of them from or to the same interface.
pub fn all_over<T>(
    compiled: &Compiled,
    traffic: impl Fn(Address, Address) -> T,
) -> Vec<Question<'static, T>> {
    let at = |n: usize| {
        let (subnet, member) = (n / MEMBERS as usize, n % MEMBERS as usize);
        let ip = Ipv4Addr::new(10, 0, subnet as u8, member as u8 + 4);
        (compiled.interfaces[n], bits(ip))
    };
    // Steps without a common divisor with 10,000 meet every interface once.
    let pair = |n: usize| (at(n * 7_919 % 10_000), at((n * 7_919 + 4_999) % 10_000));
    let pairs = (0..1_000).map(pair);
    pairs
        .map(|((from, src), (_, dst))| question(from, traffic(src, dst)))
        .collect()
}
