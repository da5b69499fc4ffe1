//! VPCs, their subnets, and the hosts in them.

use super::{GROUPS, Host, Made, Maker, Place, Sender, block, named, v4};
use reachability::model::{
    DhcpDns, Fact, Forwards, Id, Instance, Interface, InternetGateway, NetworkAcl, Origin, Os,
    Role, RouteTable, SecurityGroup, Subnet, Vpc,
};
use std::net::Ipv4Addr;

impl Maker<'_> {
    pub(super) fn vpc(&mut self, index: usize) {
        // Two VPCs may have one block: only what joins them by route must not.
        let second = if index > 0 && self.genes.chance(15) {
            0
        } else {
            index
        };
        let abroad = index > 0 && self.genes.chance(18);
        let foreign = index > 0 && self.genes.chance(30);
        let mut blocks = vec![v4(&format!("10.{second}.0.0/16"))];
        if self.genes.chance(12) {
            blocks.push(v4(&format!("100.{}.0.0/16", 64 + index)));
        }
        self.vpcs.push(Made {
            name: format!("v{index}"),
            region: if abroad { "eu-west-1" } else { "us-east-1" },
            account: if foreign {
                "222222222222"
            } else {
                "111111111111"
            },
            blocks,
            subnets: Vec::new(),
            tables: Vec::new(),
            internet: self.genes.chance(80),
            nat: None,
            vpn: None,
            transit: Vec::new(),
            hosts: Vec::new(),
            appliances: Vec::new(),
            steered: 0,
            inspects: 0,
            guarded: false,
        });
        self.nouns(index);
        self.subnets(index);
        for place in 0..self.vpcs[index].subnets.len() {
            for _ in 0..1 + self.genes.below(2) {
                self.host(index, place);
            }
        }
    }

    /// The VPC itself, its gateway, groups, ACLs and main table.
    fn nouns(&mut self, index: usize) {
        let table = self.table(index, "main");
        let made = &self.vpcs[index];
        self.draft.vpcs.push(Vpc {
            name: made.name.clone(),
            id: None,
            account: made.account.into(),
            region: made.region.into(),
            ipv6: vec![],
            cidrs: made.blocks.clone(),
            dns_support: Fact::Known(true),
            dns_hostnames: Fact::Known(true),
            dhcp_dns: DhcpDns::Amazon,
            main_table: named(table),
            internet_gateway: made.internet.then(|| named(format!("{}/igw", made.name))),
            encryption: None,
            origin: Origin::Unknown,
        });
        if made.internet {
            self.draft.internet_gateways.push(InternetGateway {
                name: "igw".into(),
                vpc: named(&made.name),
                origin: Origin::Unknown,
            });
        }
        for i in 0..GROUPS {
            self.draft.groups.push(SecurityGroup {
                name: format!("g{i}"),
                id: None,
                vpc: named(&made.name),
                vpcs: Vec::new(),
                ingress: Vec::new(),
                egress: Vec::new(),
                origin: Origin::Unknown,
            });
        }
        for i in 0..3 {
            self.draft.acls.push(NetworkAcl {
                name: format!("a{i}"),
                id: None,
                vpc: named(&made.name),
                ingress: Vec::new(),
                egress: Vec::new(),
                origin: Origin::Unknown,
            });
        }
    }

    pub(super) fn table(&mut self, index: usize, name: &str) -> String {
        let made = &mut self.vpcs[index];
        made.tables.push(self.draft.tables.push(RouteTable {
            name: name.into(),
            id: None,
            vpc: named(&made.name),
            routes: Vec::new(),
            edge_of: None,
            origin: Origin::Unknown,
        }));
        format!("{}/{name}", made.name)
    }

    fn subnets(&mut self, index: usize) {
        let region = self.vpcs[index].region;
        let prefix = if region == "us-east-1" {
            "use1"
        } else {
            "euw1"
        };
        for i in 0..2 + self.genes.below(3) {
            let table = if i > 0 && self.genes.chance(15) {
                format!("{}/main", self.vpcs[index].name)
            } else {
                self.table(index, &format!("t{i}"))
            };
            let acl = self.genes.weigh(&[(66, "a0"), (17, "a1"), (17, "a2")]);
            let zone = if self.genes.chance(8) { 3 } else { 1 + i % 2 };
            let made = &mut self.vpcs[index];
            // The last subnet of a VPC with two blocks is in the second.
            let wide = made.blocks[usize::from(i == 3 && made.blocks.len() > 1)];
            let [a, b, ..] = wide.network().octets();
            let place = Place {
                id: Id::new(self.draft.subnets.len()),
                name: format!("{}/s{i}", made.name),
                zone: format!("{prefix}-az{zone}"),
                block: v4(&format!("{a}.{b}.{i}.0/24")),
                next: 9,
            };
            self.draft.subnets.push(Subnet {
                name: format!("s{i}"),
                id: None,
                vpc: named(&made.name),
                zone: place.zone.clone(),
                ipv6: None,
                dns64: false,
                cidr: Some(place.block),
                table: named(table),
                acl: named(format!("{}/{acl}", made.name)),
                public_access: None,
                origin: Origin::Unknown,
            });
            made.subnets.push(place);
        }
    }

    /// An interface in a subnet of a VPC, with the next free address, `public` or not.
    pub(super) fn interface(
        &mut self,
        (index, place): (usize, usize),
        role: Role,
        groups: &[usize],
        public: bool,
    ) -> (Id<Interface>, Ipv4Addr) {
        let made = &mut self.vpcs[index];
        let place = &mut made.subnets[place];
        place.next += 1;
        let ip = Ipv4Addr::from_bits(place.block.network().to_bits() + place.next);
        let mut mapped = Vec::new();
        if public {
            self.public += 1;
            mapped.push((ip, Ipv4Addr::from_bits(0xcb00_7100 + self.public)));
        }
        let groups = groups.iter().map(|g| named(format!("{}/g{g}", made.name)));
        let id = self.draft.interfaces.push(Interface {
            name: format!("i{}", self.draft.interfaces.len()),
            id: None,
            subnet: named(&place.name),
            ipv6: vec![],
            ips: vec![ip],
            prefixes: Vec::new(),
            groups: groups.collect(),
            public: mapped,
            source_dest_check: true,
            deny_all_igw_traffic: None,
            role,
            tags: [].into(),
            origin: Origin::Unknown,
        });
        (id, ip)
    }

    /// The public address of an interface.
    pub(super) fn public_of(&self, interface: Id<Interface>) -> Option<Ipv4Addr> {
        let mapped = self.draft.interfaces[interface].public.first();
        mapped.map(|(_, public)| *public)
    }

    /// The name by which an interface is asked.
    pub(super) fn label(&self, index: usize, interface: Id<Interface>) -> String {
        let name = &self.draft.interfaces[interface].name;
        format!("{}/{name}", self.vpcs[index].name)
    }

    fn host(&mut self, index: usize, place: usize) {
        let mut groups = vec![self.genes.below(3)];
        if self.genes.chance(25) {
            groups.push(self.genes.below(GROUPS));
            groups.dedup();
        }
        let share = if place == 0 { 60 } else { 12 };
        let public = self.genes.chance(share) && self.vpcs[index].internet;
        let vpc = self.vpcs[index].name.clone();
        let instance = format!("h{}", self.draft.instances.len());
        let plain = self.genes.chance(30);
        let role = if plain {
            Role::Plain
        } else {
            Role::Instance(named(format!("{vpc}/{instance}")))
        };
        let (interface, ip) = self.interface((index, place), role, &groups, public);
        let own = self.label(index, interface);
        if !plain {
            let running = !self.genes.chance(4);
            let os = self.genes.pick(&[Os::Linux, Os::Windows, Os::Any]);
            self.draft.instances.push(Instance {
                name: instance.clone(),
                id: None,
                vpc: named(&vpc),
                interfaces: vec![named(&own)],
                running,
                os,
                forwards: Some(Forwards::No),
                runs: Vec::new(),
                origin: Origin::Unknown,
            });
        }
        let name = if plain {
            own
        } else {
            format!("{vpc}/{instance}")
        };
        self.senders.push((4, Sender::Interface(interface), name));
        self.goals.push((4, ip));
        let public = self.public_of(interface);
        self.goals.extend(public.map(|ip| (3, ip)));
        if self.genes.chance(8) {
            self.second_address(interface, ip);
        }
        self.vpcs[index].hosts.push(Host {
            interface,
            ip,
            instance: (!plain).then(|| format!("{vpc}/{instance}")),
        });
    }

    /// A secondary address, or a delegated prefix.
    fn second_address(&mut self, interface: Id<Interface>, ip: Ipv4Addr) {
        let other = Ipv4Addr::from_bits(ip.to_bits() + 100);
        let prefix = self.genes.chance(30);
        let made = self.draft.interfaces.get_mut(interface).unwrap();
        if prefix {
            let [a, b, c, _] = ip.octets();
            let wide = v4(&format!(
                "{a}.{b}.{c}.{}/28",
                192 + 16 * (other.octets()[3] % 3)
            ));
            made.prefixes.push(wide.into());
            self.goals
                .push((2, Ipv4Addr::from_bits(wide.network().to_bits() + 5)));
        } else {
            made.ips.push(other);
            self.goals.push((2, other));
        }
    }

    /// Subnets of different zones of a VPC, one or two, by their place.
    pub(super) fn zonal(&mut self, index: usize, allowed: Option<&[String]>) -> Vec<usize> {
        let mut zones = Vec::new();
        let want = 1 + self.genes.below(2);
        let places = &self.vpcs[index].subnets;
        let first = self.genes.below(places.len());
        (0..places.len())
            .map(|i| (first + i) % places.len())
            .filter(|i| allowed.is_none_or(|zones| zones.contains(&places[*i].zone)))
            .filter(|i| {
                let new = !zones.contains(&&places[*i].zone);
                zones.push(&places[*i].zone);
                new
            })
            .take(want)
            .collect()
    }
}

/// Every block a rule may name.
pub(super) fn any_block(maker: &mut Maker<'_>) -> ipnet::IpNet {
    let index = maker.genes.below(maker.vpcs.len());
    let place = maker.genes.below(maker.vpcs[index].subnets.len());
    let subnet = ipnet::IpNet::V4(maker.vpcs[index].subnets[place].block);
    maker.genes.weigh(&[
        (40, block("0.0.0.0/0")),
        (26, block("10.0.0.0/8")),
        (22, subnet),
        (4, block(super::SITE)),
        (4, block(super::WORLD_BLOCK)),
        (4, block(super::S3)),
    ])
}
