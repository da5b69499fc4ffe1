//! IPv6 as its users write it and AWS exports it: what is read, what is chosen, what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use reachability::diagnostic::Diagnostic;
use reachability::import::{Imported, Source, import};
use reachability::model::*;
use reachability::scenario::{Loaded, load};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv6Addr};

fn read(text: &str) -> Loaded {
    load("t.yaml", text, &|_| Err("no base".into()))
}

/// Code and line of everything that loading and building say.
fn findings(text: &str) -> Vec<(&'static str, usize)> {
    let loaded = read(text);
    let mut all: Vec<Diagnostic> = loaded.diagnostics;
    if let Some(scenario) = loaded.scenario {
        for case in scenario.cases {
            all.extend(case.diagnostics);
            all.extend(build(case.draft).diagnostics);
        }
    }
    let place = |d: &Diagnostic| {
        let text = loaded.files.locate(&d.origin);
        let line = text
            .split(':')
            .nth(1)
            .unwrap_or_else(|| panic!("{d:?} is nowhere"));
        (d.code, line.parse().unwrap())
    };
    all.iter().map(place).collect()
}

/// Loading and building say exactly this.
fn refuses(text: &str, expected: &[(&'static str, usize)]) {
    let mut found = findings(text);
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "{text}");
}

/// The draft of a VPC `a` with these lines, from the fifth on.
fn vpc(lines: &str) -> String {
    format!("name: x\nregion: us-east-1\nvpcs:\n  a:\n{lines}\n")
}

fn draft(text: &str) -> Draft {
    let loaded = read(text);
    assert_eq!(loaded.diagnostics, [], "{text}");
    let case = loaded.scenario.unwrap().cases.into_iter().next().unwrap();
    let built = build(case.draft.clone());
    assert_eq!(built.diagnostics, [], "{text}");
    case.draft
}

fn find<T>(arena: &Arena<T>, is: impl Fn(&T) -> bool) -> &T {
    arena.iter().map(|(_, v)| v).find(|v| is(v)).unwrap()
}

fn six(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

/// A dual-stack VPC with a subnet of each kind.
const BOTH: &str = r#"    cidr: 10.0.0.0/16
    ipv6: "2001:db8::/56"
    internet_gateway: igw
    egress_only_gateway: eigw
    subnets:
      four: { zone: use1-az1, cidr: 10.0.1.0/24 }
      both: { zone: use1-az1, cidr: 10.0.2.0/24, ipv6: "2001:db8:0:2::/64" }
      six: { zone: use1-az2, ipv6: "2001:db8:0:6::/64", dns64: true }"#;

/// What stands below [`BOTH`], from line 13 on, and what must be found: code and line.
const REFUSED: &[(&str, &[(&str, usize)])] = &[
    // Addresses, and the words for them.
    (
        "    instances:\n      a: { subnet: both, ipv6: \"2001:db8:0:2::3\" }\n      b: { subnet: both, ipv6: \"2001:db8:0:2:ffff:ffff:ffff:ffff\" }\n      c: { subnet: both, ipv6: \"2001:db8:0:6::9\" }\n      d: { subnet: four, ipv6: \"2001:db8:0:6::8\" }\n      e: { subnet: six, ip: 10.0.2.9 }\n      f: { subnet: four, ipv6: auto }",
        &[
            ("subnet-without-ipv6", 19),
            ("address-reserved", 14),
            ("address-reserved", 15),
            ("address-outside-subnet", 16),
            ("address-outside-subnet", 17),
            ("address-outside-subnet", 18),
        ],
    ),
    (
        "    instances:\n      a: { subnet: both, ipv6: 10.0.2.7 }\n      b: { subnet: both, ip: \"2001:db8:0:2::7\" }\n      c: { subnet: both, ipv6: \"2001:db8:0:2::g\" }\n      d: { subnet: six, public_ip: 203.0.113.9 }",
        &[
            ("bad-address", 14),
            ("bad-address", 15),
            ("bad-address", 16),
            ("public-address-without-ipv4", 17),
        ],
    ),
    (
        "    instances:\n      a: { subnet: both, ipv6: \"2001:db8:0:2::7\" }\n    interfaces:\n      b: { subnet: both, ipv6: \"2001:db8:0:2::7\", prefixes: \"2001:db8:0:6::/80\" }",
        &[("address-outside-subnet", 16), ("address-taken", 16)],
    ),
    // Routes.
    (
        "    nat_gateways: { nat: { subnet: four, public_ip: 203.0.113.5 } }\n    route_tables:\n      t:\n        routes:\n          0.0.0.0/0: eigw\n          \"::/0\": nat\n          \"64:ff9b::/96\": nat\n          \"2001:db8:0:2::/80\": nat",
        &[
            ("egress-only-route-not-ipv6", 17),
            ("nat-route-not-nat64", 18),
            ("route-not-a-whole-subnet", 20),
            ("nat-route-not-nat64", 20),
        ],
    ),
    (
        "    route_tables:\n      t: { routes: { \"2001:db8:0:2::/64\": igw, \"::/0\": eigx } }",
        &[("route-inside-vpc-target", 14), ("unknown-name", 14)],
    ),
    // What has IPv4 or does not work.
    (
        "    nat_gateways: { nat: { subnet: six, public_ip: 203.0.113.5 } }\n    client_vpns: { people: { clients: 172.20.0.0/22, subnets: six } }",
        &[
            ("public-address-without-ipv4", 13),
            ("ipv6-only-subnet", 13),
            ("ipv6-only-subnet", 14),
        ],
    ),
    // Endpoints.
    (
        "    endpoints:\n      a: { service: ssm, ip_type: dualstack, subnets: { four: auto } }\n      b: { service: ssm, ip_type: ipv6, subnets: { both: auto } }\n      c: { service: ssm, subnets: { six: auto } }\n      d: { service: ssm, ip_type: ipv6, subnets: { six: auto } }\n      e: { service: ssm, ip_type: dualstack, subnets: { both: auto } }",
        &[
            ("endpoint-ip-type-subnet", 14),
            ("endpoint-ip-type-subnet", 15),
            ("endpoint-ip-type-subnet", 16),
        ],
    ),
    (
        "    endpoints:\n      a: { service: ssm, dns_type: ipv6, subnets: { both: auto } }\n      b: { service: ssm, dns_type: service-defined, subnets: { both: auto } }\n      c: { service: ssm, ip_type: dualstack, dns_type: service-defined, subnets: { both: auto } }\n      d: { service: dynamodb, type: gateway, dns_type: ipv4 }\n      e: { service: s3, type: gateway, ip_type: dualstack, dns_type: dualstack }\n      f: { service: ssm, subnets: { both: \"2001:db8:0:2::9\" } }",
        &[
            ("bad-address", 19),
            ("endpoint-dns-type", 14),
            ("endpoint-dns-type", 15),
            ("endpoint-dns-type", 17),
            ("endpoint-dns-needs-dns-attributes", 18),
        ],
    ),
    // Load balancers.
    (
        "    load_balancers:\n      l:\n        ip_type: dualstack\n        subnets: { four: auto, six: auto }\n        listeners: [{ protocol: tcp, port: 443, forward: t }]\n      m: { subnets: { both: auto }, listeners: [{ protocol: tcp, port: 443, forward: t }] }\n    target_groups:\n      t:\n        type: ip\n        ip_type: ipv6\n        port: 443\n        targets:\n          - { ip: 10.0.2.9 }\n          - { ip: \"2001:db8:0:2::9\" }",
        &[
            ("load-balancer-ip-type-subnet", 16),
            ("target-group-ip-type", 18),
            ("target-family", 25),
        ],
    ),
];

#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    for (below, expected) in REFUSED {
        refuses(&vpc(&format!("{BOTH}\n{below}")), expected);
    }
}

/// Whole VPCs, from line 5 on.
const BLOCKS: &[(&str, &[(&str, usize)])] = &[
    (
        "    cidr: 10.0.0.0/16\n    ipv6: \"2001:db8::/64\"",
        &[("vpc-block-size", 4)],
    ),
    (
        "    cidr: 10.0.0.0/16\n    ipv6: 10.1.0.0/16",
        &[("bad-cidr", 6)],
    ),
    ("    cidr: \"2001:db8::/56\"", &[("bad-cidr", 5)]),
    (
        "    cidr: 10.0.0.0/16\n    ipv6: [\"2001:db8::/56\", \"2001:db8::/52\"]",
        &[("vpc-cidrs-overlap", 4)],
    ),
    (
        "    cidr: 10.0.0.0/16\n    ipv6: \"2001:db8::/56\"\n    subnets:\n      a: { zone: use1-az1, ipv6: \"2001:db8::/62\" }\n      b: { zone: use1-az1, ipv6: \"2001:db8:0:100::/64\" }\n      c: { zone: use1-az1, ipv6: \"2001:db8:0:1::/64\" }\n      d: { zone: use1-az1 }\n      e: { zone: use1-az1, ipv6: \"2001:db8:0:10::/60\" }\n      f: { zone: use1-az1, ipv6: 10.0.1.0/24 }",
        &[
            ("subnet-size", 8),
            ("subnet-outside-vpc", 9),
            ("subnets-overlap", 10),
            ("missing-key", 11),
            ("bad-cidr", 13),
        ],
    ),
];

#[test]
fn blocks_have_their_sizes_and_places() {
    for (lines, expected) in BLOCKS {
        refuses(&vpc(lines), expected);
    }
}

/// Whole files.
const FILES: &[(&str, &[(&str, usize)])] = &[
    (
        "name: x\nregion: us-east-1\ninternet: { hosts: { h: {} } }",
        &[("missing-key", 3)],
    ),
    (
        "name: x\nregion: us-east-1\nprefix_lists:\n  l: { entries: [10.0.0.0/8, \"2001:db8::/32\"] }",
        &[("prefix-list-families", 4)],
    ),
    (
        "name: x\nregion: us-east-1\naws: { prefix_lists: { ipv6.s3: 52.216.0.0/15 } }",
        &[("bad-cidr", 3)],
    ),
    (
        "name: x\nregion: us-east-1\npublic_records:\n  a.example.com: { aaaa: 198.51.100.7 }\n  b.example.com: { a: \"2001:db8::1\", aaaaa: x }",
        &[("bad-address", 4), ("bad-address", 5), ("unknown-value", 5)],
    ),
    (
        "name: x\nregion: us-east-1\nvpcs:\n  a: { cidr: 10.0.0.0/16, vpn_gateway: vgw }\non_premises: { hq: { cidrs: [192.168.0.0/16, \"2001:db8:aaaa::/48\"] } }\nvpn_connections:\n  v: { site: hq, to: a/vgw, prefixes: \"2001:db8:aaaa::/48\" }\n  w: { site: hq, to: a/vgw }",
        &[("vpn-is-ipv4-only", 7)],
    ),
    (
        "name: x\nregion: us-east-1\nvpcs:\n  a: { cidr: 10.0.0.0/16, ipv6: \"2001:db8::/56\" }\n  b: { cidr: 10.1.0.0/16, ipv6: \"2001:db8::/56\" }\npeerings: { p: { between: [a, b] } }",
        &[("peering-overlap", 6)],
    ),
];

#[test]
fn what_cannot_be_outside_a_vpc_is_refused() {
    for (text, expected) in FILES {
        refuses(text, expected);
    }
}

/// The lowest free address of a family is taken where none is written, past what is.
#[test]
fn addresses_that_are_not_written_are_chosen() {
    let draft = draft(&vpc(&format!(
        "{BOTH}\n    instances:\n      plain: {{ subnet: both }}\n      asks: {{ subnet: both, ipv6: auto }}\n      alone: {{ subnet: six }}\n      told: {{ subnet: both, ipv6: [\"2001:db8:0:2::4\", \"2001:db8:0:2::99\"] }}\n    endpoints:\n      e: {{ service: ssm, ip_type: dualstack, subnets: {{ both: {{ ip: 10.0.2.50 }} }} }}\n    resolver_endpoints:\n      r: {{ direction: inbound, subnets: {{ both: {{ ipv6: auto }}, six: auto }} }}"
    )));
    let of = |name: &str| {
        let own = find(&draft.interfaces, |i| i.name == name);
        own.addresses().collect::<Vec<_>>()
    };
    let ips = |texts: &[&str]| {
        texts
            .iter()
            .map(|t| t.parse().unwrap())
            .collect::<Vec<IpAddr>>()
    };
    assert_eq!(of("plain"), ips(&["10.0.2.4"]));
    assert_eq!(of("asks"), ips(&["10.0.2.5", "2001:db8:0:2::5"]));
    assert_eq!(of("alone"), ips(&["2001:db8:0:6::4"]));
    assert_eq!(
        of("told"),
        ips(&["10.0.2.6", "2001:db8:0:2::4", "2001:db8:0:2::99"])
    );
    assert_eq!(of("e@both"), ips(&["10.0.2.50", "2001:db8:0:2::6"]));
    assert_eq!(of("r@both"), ips(&["2001:db8:0:2::7"]));
    assert_eq!(of("r@six"), ips(&["2001:db8:0:6::5"]));
}

/// Both families' blocks may stand under the service's name; a dualstack endpoint has both routes.
#[test]
fn aws_has_a_list_for_each_family() {
    let text = "name: x\nregion: us-east-1\naws: { prefix_lists: { s3: [52.216.0.0/15, \"2001:db8:53::/48\"] } }\nvpcs:\n  a:\n    cidr: 10.0.0.0/16\n    dns: { hostnames: true }\n    route_tables: { t: {} }\n    endpoints: { e: { type: gateway, service: s3, ip_type: dualstack, route_tables: t } }\n    security_groups: { g: { egress: [{ to: [pl-s3, pl-ipv6.s3] }] } }\n";
    let draft = draft(text);
    let lists: Vec<&str> = draft
        .aws_lists
        .iter()
        .map(|((_, s), _)| s.as_str())
        .collect();
    assert_eq!(lists, ["s3", "ipv6.s3"]);
    assert!(draft.aws_lists.iter().all(|(_, blocks)| blocks.len() == 1));
    let table = find(&draft.tables, |t| t.name == "t");
    let routes: Vec<&Destination> = table.routes.iter().map(|r| &r.destination).collect();
    let list = |s: &str| Destination::AwsList("us-east-1".into(), s.into());
    assert_eq!(routes[1..], [&list("s3"), &list("ipv6.s3")]);
    let rules: Vec<&Peer> = find(&draft.groups, |g| g.name == "g")
        .egress
        .iter()
        .map(|r| &r.peer)
        .collect();
    let list = |s: &str| Peer::AwsList("us-east-1".into(), s.into());
    assert_eq!(rules, [&list("s3"), &list("ipv6.s3")]);
}

fn export(value: &Value) -> Imported {
    import(&[Source {
        path: "all.json".into(),
        text: value.to_string(),
    }])
}

/// A dual-stack VPC as AWS's commands show it.
fn dual() -> Value {
    json!({
        "Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16",
            "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": "2001:db8::/56", "Ipv6CidrBlockState": {"State": "associated"}},
                {"Ipv6CidrBlock": "2001:db8:9::/56", "Ipv6CidrBlockState": {"State": "disassociated"}}]}],
        "Subnets": [
            {"SubnetId": "subnet-both", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24",
             "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1",
             "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": "2001:db8:0:1::/64", "Ipv6CidrBlockState": {"State": "associated"}}]},
            {"SubnetId": "subnet-six", "VpcId": "vpc-1", "Ipv6Native": true, "EnableDns64": true,
             "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1",
             "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": "2001:db8:0:6::/64", "Ipv6CidrBlockState": {"State": "associated"}}]}],
        "NetworkInterfaces": [
            {"NetworkInterfaceId": "eni-both", "VpcId": "vpc-1", "SubnetId": "subnet-both", "PrivateIpAddress": "10.0.1.10",
             "Ipv6Addresses": [{"Ipv6Address": "2001:db8:0:1::a"}, {"Ipv6Address": "2001:db8:0:1::b", "IsPrimaryIpv6": true}],
             "Ipv6Prefixes": [{"Ipv6Prefix": "2001:db8:0:1:5::/80"}], "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.16/28"}]},
            {"NetworkInterfaceId": "eni-six", "VpcId": "vpc-1", "SubnetId": "subnet-six",
             "Ipv6Addresses": [{"Ipv6Address": "2001:db8:0:6::a"}]},
            {"NetworkInterfaceId": "eni-none", "VpcId": "vpc-1", "SubnetId": "subnet-six"}],
        "EgressOnlyInternetGateways": [
            {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"State": "attached", "VpcId": "vpc-1"}]}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}],
            "Routes": [
                {"DestinationIpv6CidrBlock": "2001:db8::/56", "GatewayId": "local", "State": "active"},
                {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"},
                {"DestinationIpv6CidrBlock": "64:ff9b::/96", "NatGatewayId": "nat-1", "State": "active"},
                {"DestinationPrefixListId": "pl-4", "GatewayId": "vpce-s3"},
                {"DestinationPrefixListId": "pl-6", "GatewayId": "vpce-s3"}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Associations": [],
            "Entries": [{"RuleNumber": 101, "Egress": false, "Protocol": "-1", "RuleAction": "allow", "Ipv6CidrBlock": "::/0"}]}],
        "PrefixLists": [
            {"PrefixListId": "pl-4", "Cidrs": ["52.216.0.0/15"], "PrefixListName": "com.amazonaws.us-east-1.s3"},
            {"PrefixListId": "pl-6", "Cidrs": ["2001:db8:53::/48"], "PrefixListName": "com.amazonaws.us-east-1.ipv6.s3"}],
        "VpcEndpoints": [
            {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "State": "available",
             "ServiceName": "com.amazonaws.us-east-1.s3", "RouteTableIds": ["rtb-1"],
             "IpAddressType": "dualstack", "DnsOptions": {"DnsRecordIpType": "service-defined"}},
            {"VpcEndpointId": "vpce-ssm", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "State": "available",
             "ServiceName": "com.amazonaws.us-east-1.ssm", "NetworkInterfaceIds": [], "IpAddressType": "ipv6"}],
        "ServiceConfigurations": [{"ServiceId": "vpce-svc-1", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
            "NetworkLoadBalancerArns": [], "SupportedIpAddressTypes": ["ipv4", "ipv6"]}],
        "LoadBalancers": [{"LoadBalancerArn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/n/1",
            "LoadBalancerName": "n", "VpcId": "vpc-1", "Type": "network", "Scheme": "internal", "IpAddressType": "dualstack",
            "AvailabilityZones": []}],
        "TargetGroups": [{"TargetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/t/2",
            "TargetGroupName": "t", "VpcId": "vpc-1", "TargetType": "ip", "Protocol": "TCP", "Port": 443, "IpAddressType": "ipv6"}],
        "TargetHealthDescriptions": [{"Target": {"Id": "2001:db8:0:1::a", "Port": 443}, "TargetHealth": {"State": "healthy"}}],
        "TargetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/t/2"
    })
}

#[test]
fn an_export_is_read_in_both_families() {
    let imported = export(&dual());
    assert_eq!(imported.diagnostics, []);
    let draft = imported.draft;
    let vpc = find(&draft.vpcs, |_| true);
    assert_eq!(vpc.ipv6, ["2001:db8::/56".parse().unwrap()]);
    let both = find(&draft.subnets, |s| s.name == "subnet-both");
    assert_eq!((both.cidr.is_some(), both.dns64), (true, false));
    assert_eq!(both.ipv6, Some("2001:db8:0:1::/64".parse().unwrap()));
    let only = find(&draft.subnets, |s| s.name == "subnet-six");
    assert_eq!((only.cidr, only.dns64), (None, true));
    let first = find(&draft.interfaces, |i| i.name == "eni-both");
    assert_eq!(first.ipv6, [six("2001:db8:0:1::b"), six("2001:db8:0:1::a")]);
    assert_eq!(first.prefixes.len(), 2);
    let alone = find(&draft.interfaces, |i| i.name == "eni-six");
    assert_eq!((alone.ips.len(), alone.ipv6.len()), (0, 1));
    let table = find(&draft.tables, |_| true);
    assert!(matches!(&table.routes[1].target, Target::EgressOnly(g) if g.text == "eigw-1"));
    assert!(matches!(&table.routes[2].target, Target::Nat(_)));
    let list = |s: &str| Destination::AwsList("us-east-1".into(), s.into());
    assert_eq!(table.routes[3].destination, list("s3"));
    assert_eq!(table.routes[4].destination, list("ipv6.s3"));
    let rule = &find(&draft.acls, |_| true).ingress[0];
    assert_eq!(rule.peer, "::/0".parse().unwrap());
    let gateway = find(&draft.endpoints, |e| e.name == "vpce-s3");
    assert_eq!(
        (gateway.ip_type, gateway.dns_type),
        (IpType::Dualstack, DnsType::ServiceDefined)
    );
    let ssm = find(&draft.endpoints, |e| e.name == "vpce-ssm");
    assert_eq!(
        (ssm.ip_type, ssm.dns_type),
        (IpType::Ipv6, DnsType::Of(IpType::Ipv6))
    );
    let service = find(&draft.services, |_| true);
    assert_eq!(service.ip_types, [Family::Ipv4, Family::Ipv6]);
    assert_eq!(
        find(&draft.load_balancers, |_| true).ip_type,
        IpType::Dualstack
    );
    let group = find(&draft.target_groups, |_| true);
    assert_eq!(group.family, Family::Ipv6);
    assert!(matches!(
        group.targets[0].what,
        TargetWhat::Ip(IpAddr::V6(_))
    ));
    // Of IPv6 nothing is left out any more; an interface without any address is.
    let left: Vec<&str> = imported.left_out.iter().map(|l| l.what.as_str()).collect();
    assert_eq!(
        left.iter().filter(|w| w.contains("IPv6")).count(),
        0,
        "{left:?}"
    );
    assert!(left.contains(&"network interfaces"), "{left:?}");
}

/// A list's blocks say its family where its name does not; without either it is nobody's.
#[test]
fn lists_of_an_endpoint_are_told_apart() {
    let with = |name: Option<&str>, cidrs: Option<&str>| {
        let mut value = dual();
        let mut list = json!({"PrefixListId": "pl-6"});
        if let Some(name) = name {
            list["PrefixListName"] = json!(name);
        }
        if let Some(cidrs) = cidrs {
            list["Cidrs"] = json!([cidrs]);
        }
        value["PrefixLists"][1] = list;
        let draft = export(&value).draft;
        let table = find(&draft.tables, |_| true);
        table.routes[4].destination.clone()
    };
    let list = |s: &str| Destination::AwsList("us-east-1".into(), s.into());
    let blocks = Some("2001:db8:53::/48");
    assert_eq!(with(None, blocks), list("ipv6.s3"));
    assert_eq!(
        with(Some("com.amazonaws.us-east-1.s3"), blocks),
        list("ipv6.s3")
    );
    assert!(matches!(with(None, None), Destination::List(l) if l.text == "pl-6"));
}

/// AWS has an alias a family; one of them alone says less than one alias here would.
#[test]
fn aliases_for_one_family_are_not_read_as_for_both() {
    let read = |kinds: &[&str], families: &str| {
        let mut value = dual();
        value["VpcEndpoints"][1]["IpAddressType"] = json!(families);
        value["VpcEndpoints"][1]["VpcEndpointId"] = json!("vpce-0ab");
        value["HostedZones"] = json!([{"Id": "/hostedzone/Z1", "Name": "corp.example.", "Config": {"PrivateZone": true}}]);
        let target = json!({"DNSName": "vpce-0ab-x.ssm.us-east-1.vpce.amazonaws.com."});
        let set =
            |kind: &&str| json!({"Name": "ssm.corp.example.", "Type": kind, "AliasTarget": target});
        value["ResourceRecordSets"] = kinds.iter().map(set).collect();
        value["HostedZoneId"] = json!("Z1");
        let draft = export(&value).draft;
        let records = find(&draft.zones, |_| true).records.iter();
        let words = records.map(|r| match r.value {
            RecordValue::AliasEndpoint(_) => "alias",
            RecordValue::Unseen(_) => "unseen",
            _ => "other",
        });
        words.collect::<Vec<_>>()
    };
    assert_eq!(read(&["A", "AAAA"], "dualstack"), ["alias"]);
    assert_eq!(read(&["A"], "dualstack"), ["unseen"]);
    assert_eq!(read(&["AAAA"], "dualstack"), ["unseen"]);
    assert_eq!(read(&["A"], "ipv4"), ["alias"]);
    assert_eq!(read(&["AAAA"], "ipv6"), ["alias"]);
    assert_eq!(read(&["AAAA"], "ipv4"), ["unseen"]);
}

/// What is broken is said, at its place, and the rest is read.
#[test]
fn a_broken_export_is_read_as_far_as_it_goes() {
    let broken: [(&str, Value, &str); 9] = [
        (
            "/Vpcs/0/Ipv6CidrBlockAssociationSet",
            json!("2001:db8::/56"),
            "list",
        ),
        (
            "/Vpcs/0/Ipv6CidrBlockAssociationSet/0/Ipv6CidrBlock",
            json!("10.0.0.0/16"),
            "IPv6 block",
        ),
        (
            "/Vpcs/0/Ipv6CidrBlockAssociationSet/0/Ipv6CidrBlockState",
            json!(7),
            "object",
        ),
        ("/Subnets/1/EnableDns64", json!("maybe"), "true or false"),
        (
            "/NetworkInterfaces/0/Ipv6Addresses/0/Ipv6Address",
            json!("fe80::%eth0"),
            "IPv6 address",
        ),
        (
            "/NetworkInterfaces/0/Ipv6Prefixes/0/Ipv6Prefix",
            json!("2001:db8::/200"),
            "block",
        ),
        (
            "/RouteTables/0/Routes/1/DestinationIpv6CidrBlock",
            json!("::/129"),
            "block",
        ),
        (
            "/ServiceConfigurations/0/SupportedIpAddressTypes/0",
            json!("ipv5"),
            "family",
        ),
        (
            "/TargetHealthDescriptions/0/Target/Id",
            json!("2001:db8:::1"),
            "address",
        ),
    ];
    for (pointer, value, words) in broken {
        let mut all = dual();
        *all.pointer_mut(pointer).unwrap() = value;
        let imported = export(&all);
        let said = |d: &Diagnostic| {
            let place = imported.files.locate(&d.origin);
            d.message.contains(words) && place.contains(pointer.rsplit_once('/').unwrap().0)
        };
        assert!(
            imported.diagnostics.iter().any(said),
            "{pointer}: {:?}",
            imported.diagnostics
        );
        assert_eq!(imported.draft.vpcs.len(), 1);
        let built = build(imported.draft);
        assert!(built.network.is_some(), "{pointer}");
    }
}
