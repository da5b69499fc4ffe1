//! VPCs, subnets, ACLs, and which interface is where.

use super::ids::{Kind, id};
use super::{ACCOUNT, Estate, Groups, REGION, friendly, named, pods};
use ipnet::Ipv4Net;
use reachability::model::*;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// Subnets a VPC: four zones of each of four kinds.
pub const SUBNETS: usize = 16;
pub const ZONES: usize = 4;
/// What a subnet is for, by its number divided by [`ZONES`]: it has a route table of its own.
pub const KINDS: [&str; 4] = ["public", "app", "data", "closed"];

/// Addresses of a /20 that AWS leaves to its users: all but five
/// (`/vpc/latest/userguide/subnet-sizing.html`). It is a prime, so that every stride meets each once.
const HOSTS: usize = 4091;

pub fn vpc_block(vpc: usize) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(10, vpc as u8, 0, 0), 16)
}

pub fn subnet_block(vpc: usize, subnet: usize) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(10, vpc as u8, (subnet as u8) << 4, 0), 20)
}

/// The zone of a subnet of a VPC.
pub fn zone(subnet: usize) -> usize {
    subnet % ZONES
}

/// Where an interface is.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    pub vpc: usize,
    /// Of its VPC.
    pub subnet: usize,
    /// Of its subnet.
    pub member: usize,
}

impl Seat {
    pub fn of(estate: &Estate, number: usize) -> Self {
        let each = estate.interfaces.div_ceil(estate.vpcs);
        let within = number % each;
        Seat {
            vpc: number / each,
            subnet: within % SUBNETS,
            member: within / SUBNETS,
        }
    }

    pub fn ip(self) -> Ipv4Addr {
        let subnet = self.vpc * SUBNETS + self.subnet;
        let host = 4 + (self.member * (37 + subnet % 1000) + subnet) % HOSTS;
        let first = u32::from(subnet_block(self.vpc, self.subnet).network());
        Ipv4Addr::from(first + host as u32)
    }

    /// The public address of one in sixteen of public subnets.
    pub fn public(self, number: usize) -> Option<Ipv4Addr> {
        let has = self.subnet / ZONES == 0 && self.member.is_multiple_of(16);
        has.then(|| Ipv4Addr::from(u32::from(Ipv4Addr::new(52, 0, 0, 0)) + number as u32))
    }
}

/// VPCs with their subnets and ACLs.
pub fn add(estate: &Estate, draft: &mut Draft) {
    for vpc in 0..estate.vpcs {
        draft.vpcs.push(Vpc {
            name: id(Kind::Vpc, vpc),
            id: None,
            account: ACCOUNT.into(),
            region: REGION.into(),
            cidrs: vec![vpc_block(vpc)],
            ipv6: vec![],
            dns_support: Fact::Known(true),
            dns_hostnames: Fact::Known(true),
            dhcp_dns: DhcpDns::Amazon,
            main_table: named(Kind::Table, vpc * KINDS.len() + 3),
            internet_gateway: Some(named(Kind::InternetGateway, vpc)),
            encryption: None,
            origin: Origin::Unknown,
        });
        for subnet in 0..SUBNETS {
            let kind = subnet / ZONES;
            draft.subnets.push(Subnet {
                name: id(Kind::Subnet, vpc * SUBNETS + subnet),
                id: None,
                vpc: named(Kind::Vpc, vpc),
                zone: format!("use1-az{}", zone(subnet) + 1),
                cidr: Some(subnet_block(vpc, subnet)),
                ipv6: None,
                dns64: false,
                table: named(Kind::Table, vpc * KINDS.len() + kind),
                acl: named(Kind::Acl, vpc * 2 + usize::from(kind == 2)),
                public_access: None,
                origin: Origin::Unknown,
            });
        }
        acls(vpc, draft);
    }
}

fn acls(vpc: usize, draft: &mut Draft) {
    let rule = |number, allow, service, peer: &str| AclRule {
        number,
        allow,
        service,
        peer: peer.parse().unwrap(),
        origin: Origin::Unknown,
    };
    let own = vpc_block(vpc).to_string();
    let open = vec![
        rule(10, false, tcp(23, 23), "0.0.0.0/0"),
        rule(100, true, Service::ANY, "0.0.0.0/0"),
    ];
    // What data subnets let in and out: their VPC, databases for all VPCs, replies.
    let data = vec![
        rule(10, false, tcp(22, 22), "10.0.0.0/8"),
        rule(100, true, Service::ANY, &own),
        rule(110, true, tcp(5432, 5432), "10.0.0.0/8"),
        rule(120, true, tcp(443, 443), "10.0.0.0/8"),
        rule(130, true, tcp(1024, 65535), "10.0.0.0/8"),
    ];
    for (number, rules) in [open, data].into_iter().enumerate() {
        draft.acls.push(NetworkAcl {
            name: id(Kind::Acl, vpc * 2 + number),
            id: None,
            vpc: named(Kind::Vpc, vpc),
            ingress: rules.clone(),
            egress: rules,
            origin: Origin::Unknown,
        });
    }
}

pub fn tcp(from: u16, to: u16) -> Service {
    Service {
        protocol: Some(6),
        ports: (from, to),
        icmp: (None, None),
    }
}

/// What a service's tasks are tagged with.
fn tags(seat: Seat, number: usize) -> Arc<[(String, String)]> {
    let kind = KINDS[seat.subnet / ZONES];
    let service = format!("{kind}-service-{:02}", number / 7 % 40);
    let team = ("team".into(), format!("team-{:02}", seat.vpc % 24));
    [("aws:ecs:serviceName".into(), service), team].into()
}

/// One interface, as of a task: nobody's in particular.
pub fn interface(estate: &Estate, number: usize) -> Interface {
    let seat = Seat::of(estate, number);
    let groups = match estate.groups_of {
        Groups::Tiers => friendly::of(seat, number),
        Groups::Pods => pods::of(estate, seat, number),
    };
    let ip = seat.ip();
    Interface {
        name: id(Kind::Interface, number),
        id: None,
        subnet: named(Kind::Subnet, seat.vpc * SUBNETS + seat.subnet),
        ips: vec![ip],
        ipv6: vec![],
        prefixes: vec![],
        groups: groups.into_iter().map(|g| named(Kind::Group, g)).collect(),
        public: seat.public(number).map(|p| (ip, p)).into_iter().collect(),
        source_dest_check: true,
        deny_all_igw_traffic: None,
        role: Role::Plain,
        tags: tags(seat, number),
        origin: Origin::Unknown,
    }
}
