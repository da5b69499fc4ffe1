//! One VPC with everything that a route can lead to, and one interface that asks.

use super::named;
use reachability::model::*;

const ALL: &str = "0.0.0.0/0";

fn vpc(draft: &mut Draft, name: &str, blocks: &[&str]) {
    let main_table = named(&format!("{name}/main"));
    draft.vpcs.push(Vpc {
        name: name.into(),
        id: None,
        account: "111111111111".into(),
        region: "us-east-1".into(),
        ipv6: vec![],
        cidrs: blocks.iter().map(|b| b.parse().unwrap()).collect(),
        dns_support: Fact::Known(true),
        dns_hostnames: Fact::Known(true),
        dhcp_dns: DhcpDns::Amazon,
        main_table,
        internet_gateway: None,
        encryption: None,
        origin: Origin::Unknown,
    });
    table(draft, name, "main");
}

fn table(draft: &mut Draft, vpc: &str, name: &str) -> Id<RouteTable> {
    draft.tables.push(RouteTable {
        name: name.into(),
        id: None,
        vpc: named(vpc),
        routes: Vec::new(),
        edge_of: None,
        origin: Origin::Unknown,
    })
}

fn interface(draft: &mut Draft, name: &str, subnet: &str, ip: &str, role: Role) -> Id<Interface> {
    let public = matches!(role, Role::Nat(_));
    let public = public.then(|| (ip.parse().unwrap(), "203.0.113.9".parse().unwrap()));
    draft.interfaces.push(Interface {
        name: name.into(),
        id: None,
        subnet: named(subnet),
        ipv6: vec![],
        ips: vec![ip.parse().unwrap()],
        prefixes: Vec::new(),
        groups: if public.is_some() {
            Vec::new()
        } else {
            vec![named("v0/open")]
        },
        public: Vec::from_iter(public),
        source_dest_check: true,
        deny_all_igw_traffic: None,
        role,
        tags: [].into(),
        origin: Origin::Unknown,
    })
}

/// The interface that asks, and the table its subnet is routed by.
pub(super) struct World {
    pub(super) draft: Draft,
    pub(super) from: Id<Interface>,
    pub(super) table: Id<RouteTable>,
    pub(super) acl: Id<NetworkAcl>,
}

/// `v0/asks` in `v0/s0`, routed by `v0/t`; a NAT gateway, an internet gateway, a VPN gateway, two
/// peerings, of which one is down, and a gateway endpoint to S3.
pub(super) fn world(blocks: &[&str]) -> World {
    let mut draft = Draft {
        region: "us-east-1".into(),
        ..Draft::default()
    };
    vpc(&mut draft, "v0", blocks);
    vpc(&mut draft, "v1", &["10.1.0.0/16"]);
    vpc(&mut draft, "v2", &["172.16.0.0/16"]);
    let table = table(&mut draft, "v0", "t");
    let every = |peer| GroupRule {
        service: Service::ANY,
        peer,
        origin: Origin::Unknown,
    };
    let every = vec![every(Peer::Cidr(ALL.parse().unwrap()))];
    draft.groups.push(SecurityGroup {
        name: "open".into(),
        id: None,
        vpc: named("v0"),
        vpcs: Vec::new(),
        ingress: every.clone(),
        egress: every,
        origin: Origin::Unknown,
    });
    let rule = AclRule {
        number: 100,
        allow: true,
        service: Service::ANY,
        peer: ALL.parse().unwrap(),
        origin: Origin::Unknown,
    };
    let acl = draft.acls.push(NetworkAcl {
        name: "acl".into(),
        id: None,
        vpc: named("v0"),
        ingress: vec![rule.clone()],
        egress: vec![rule],
        origin: Origin::Unknown,
    });
    for (name, cidr, table) in [
        ("s0", "10.0.0.0/24", "v0/t"),
        ("s1", "10.0.1.0/24", "v0/main"),
    ] {
        draft.subnets.push(Subnet {
            name: name.into(),
            id: None,
            vpc: named("v0"),
            zone: "use1-az1".into(),
            ipv6: None,
            dns64: false,
            cidr: Some(cidr.parse().unwrap()),
            table: named(table),
            acl: named("v0/acl"),
            public_access: None,
            origin: Origin::Unknown,
        });
    }
    let from = interface(&mut draft, "asks", "v0/s0", "10.0.0.10", Role::Plain);
    joined(&mut draft);
    World {
        draft,
        from,
        table,
        acl,
    }
}

fn joined(draft: &mut Draft) {
    draft.internet_gateways.push(InternetGateway {
        name: "igw".into(),
        vpc: named("v0"),
        origin: Origin::Unknown,
    });
    interface(
        draft,
        "nat-eni",
        "v0/s1",
        "10.0.1.10",
        Role::Nat(named("v0/nat")),
    );
    draft.nat_gateways.push(NatGateway {
        name: "nat".into(),
        id: None,
        subnet: named("v0/s1"),
        interface: named("v0/nat-eni"),
        public: true,
        available: true,
        origin: Origin::Unknown,
    });
    draft.vpn_gateways.push(VpnGateway {
        name: "vgw".into(),
        vpc: named("v0"),
        origin: Origin::Unknown,
    });
    for (name, far, active) in [("p1", "v1", true), ("p2", "v2", false)] {
        draft.peerings.push(Peering {
            name: name.into(),
            id: None,
            between: [named("v0"), named(far)],
            remote_dns: [false; 2],
            active,
            origin: Origin::Unknown,
        });
    }
    draft.endpoints.push(VpcEndpoint {
        name: "s3".into(),
        id: None,
        vpc: named("v0"),
        target: EndpointTarget::Aws("us-east-1".into(), "s3".into()),
        ip_type: IpType::Ipv4,
        dns_type: DnsType::Of(IpType::Ipv4),
        kind: EndpointKind::Gateway(vec![named("v0/t")]),
        private_dns: false,
        inbound_only: false,
        state: None,
        dns_names: Vec::new(),
        service_region: None,
        existing: true,
        policy: None,
        origin: Origin::Unknown,
    });
}
