//! Nouns with what a test does not care about filled in.

use reachability::model::*;

pub fn named<T>(text: &str) -> Ref<T> {
    Ref::named(text, &Origin::Unknown)
}

pub fn vpc(name: &str, cidrs: &[&str]) -> Vpc {
    Vpc {
        name: name.into(),
        id: Some(format!("vpc-{name}")),
        account: "111111111111".into(),
        region: "us-east-1".into(),
        ipv6: vec![],
        cidrs: cidrs.iter().map(|c| c.parse().unwrap()).collect(),
        dns_support: Fact::Known(true),
        dns_hostnames: Fact::Known(true),
        dhcp_dns: DhcpDns::Amazon,
        main_table: named("main"),
        internet_gateway: None,
        encryption: None,
        origin: Origin::Unknown,
    }
}

pub fn subnet(vpc: &str, name: &str, zone: &str, cidr: &str) -> Subnet {
    Subnet {
        name: name.into(),
        id: None,
        vpc: named(vpc),
        zone: zone.into(),
        ipv6: None,
        dns64: false,
        cidr: Some(cidr.parse().unwrap()),
        table: named("main"),
        acl: named("default"),
        public_access: None,
        origin: Origin::Unknown,
    }
}

pub fn interface(name: &str, subnet: &str, ip: &str, role: Role) -> Interface {
    Interface {
        name: name.into(),
        id: None,
        subnet: named(subnet),
        ipv6: vec![],
        ips: vec![ip.parse().unwrap()],
        prefixes: vec![],
        groups: vec![named("default")],
        public: vec![],
        source_dest_check: true,
        deny_all_igw_traffic: None,
        role,
        tags: [].into(),
        origin: Origin::Unknown,
    }
}

pub fn table(vpc: &str, name: &str, routes: Vec<Route>) -> RouteTable {
    RouteTable {
        name: name.into(),
        id: None,
        vpc: named(vpc),
        routes,
        edge_of: None,
        origin: Origin::Unknown,
    }
}

pub fn route(cidr: &str, target: Target) -> Route {
    Route {
        destination: Destination::Cidr(cidr.parse().unwrap()),
        target,
        kind: RouteKind::Static,
        bgp: reachability::model::BgpPath::default(),
        active: true,
        origin: Origin::Unknown,
    }
}

pub fn endpoint(vpc: &str, name: &str, target: EndpointTarget, kind: EndpointKind) -> VpcEndpoint {
    VpcEndpoint {
        name: name.into(),
        id: None,
        vpc: named(vpc),
        target,
        ip_type: IpType::Ipv4,
        dns_type: DnsType::Of(IpType::Ipv4),
        kind,
        private_dns: false,
        inbound_only: false,
        state: None,
        dns_names: vec![],
        service_region: None,
        existing: false,
        policy: None,
        origin: Origin::Unknown,
    }
}

pub fn aws(service: &str) -> EndpointTarget {
    EndpointTarget::Aws("us-east-1".into(), service.into())
}

pub fn gateway(tables: &[&str]) -> EndpointKind {
    EndpointKind::Gateway(tables.iter().map(|t| named(t)).collect())
}

/// Adds a VPC with its main table, ACL and group, and two subnets.
pub fn add_vpc(draft: &mut Draft, name: &str, net: &str) {
    draft.vpcs.push(vpc(name, &[&format!("{net}.0.0/16")]));
    draft.tables.push(table(name, "main", vec![]));
    draft.acls.push(NetworkAcl {
        name: "default".into(),
        id: None,
        vpc: named(name),
        ingress: vec![],
        egress: vec![],
        origin: Origin::Unknown,
    });
    draft.groups.push(SecurityGroup {
        name: "default".into(),
        id: None,
        vpc: named(name),
        vpcs: Vec::new(),
        ingress: vec![],
        egress: vec![],
        origin: Origin::Unknown,
    });
    for (subnet_name, zone, third) in [("s1", "use1-az1", 1), ("s2", "use1-az2", 2)] {
        let cidr = format!("{net}.{third}.0/24");
        draft.subnets.push(subnet(name, subnet_name, zone, &cidr));
    }
}

pub fn base() -> Draft {
    let mut draft = Draft::default();
    add_vpc(&mut draft, "a", "10.0");
    draft
}

pub fn codes(draft: Draft) -> Vec<(&'static str, String)> {
    let built = build(draft);
    assert_eq!(built.network.is_none(), !built.diagnostics.is_empty());
    built
        .diagnostics
        .into_iter()
        .map(|d| (d.code, d.at))
        .collect()
}

/// A provider `p` whose service stands in zone 1, and an endpoint of `a` in the subnet.
pub fn provider(subnet: &str) -> Draft {
    let mut draft = base();
    add_vpc(&mut draft, "p", "10.1");
    let node = Role::LoadBalancer(named("p/nlb"));
    draft
        .interfaces
        .push(interface("nlb-s1", "p/s1", "10.1.1.10", node));
    draft.load_balancers.push(LoadBalancer {
        name: "nlb".into(),
        id: None,
        vpc: named("p"),
        kind: LoadBalancerKind::Network,
        ip_type: IpType::Ipv4,
        internet_facing: false,
        deny_all_igw_traffic: true,
        nodes: vec![named("nlb-s1")],
        has_groups: false,
        enforce_on_private_link: true,
        cross_zone: false,
        client_routing: ClientRouting::AnyZone,
        zone_shift: Vec::new(),
        idle_timeout: None,
        dns_name: None,
        listeners: vec![],
        origin: Origin::Unknown,
    });
    draft.services.push(EndpointService {
        name: "svc".into(),
        aliases: vec!["com.amazonaws.vpce.us-east-1.vpce-svc-1".into()],
        load_balancers: vec![named("p/nlb")],
        acceptance_required: true,
        allowed_principals: vec!["arn:aws:iam::111111111111:root".into()],
        ip_types: vec![Family::Ipv4],
        connections: vec![],
        zones: None,
        supported_regions: Vec::new(),
        private_name: None,
        origin: Origin::Unknown,
    });
    let ip = if subnet == "a/s1" {
        "10.0.1.20"
    } else {
        "10.0.2.20"
    };
    draft
        .interfaces
        .push(interface("e-1", subnet, ip, Role::Endpoint(named("a/e"))));
    draft.endpoints.push(endpoint(
        "a",
        "e",
        EndpointTarget::Service(named("com.amazonaws.vpce.us-east-1.vpce-svc-1")),
        EndpointKind::Interface(vec![named("a/e-1")]),
    ));
    draft
}
