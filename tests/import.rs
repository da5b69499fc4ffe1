//! The importer: a small dump of our own, broken inputs, and other people's dumps where present.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "import/dumps.rs"]
mod dumps;
#[path = "import/everything.rs"]
#[allow(unreachable_pub, reason = "a module of a test")]
mod everything;

use everything::{GROUP, NLB, everything, load_files, network_files};
use reachability::diagnostic::Severity;
use reachability::import::{Imported, Source, import};
use reachability::model::*;
use serde_json::{Value, json};

fn dump(files: &[(&str, Value)]) -> Imported {
    let sources: Vec<Source> = files
        .iter()
        .map(|(path, value)| Source {
            path: (*path).to_owned(),
            text: value.to_string(),
        })
        .collect();
    import(&sources)
}

fn errors(imported: &Imported) -> Vec<String> {
    imported
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| format!("{}: {}", imported.files.locate(&d.origin), d.message))
        .collect()
}

fn find<T>(arena: &Arena<T>, is: impl Fn(&T) -> bool) -> &T {
    arena.iter().map(|(_, v)| v).find(|v| is(v)).unwrap()
}

#[test]
fn networks_come_from_their_listings() {
    let imported = everything();
    assert_eq!(errors(&imported), Vec::<String>::new());
    let draft = &imported.draft;
    assert_eq!(draft.world, World::Open);
    assert_eq!(draft.region, "eu-west-1");
    let missing = [
        Listing::EgressOnlyInternetGateways,
        Listing::VpnConnections,
        Listing::VirtualInterfaces,
        Listing::DirectConnectAssociations,
        Listing::DirectConnectAttachments,
        Listing::ClientVpnEndpoints,
        Listing::ClientVpnNetworks,
        Listing::ClientVpnRoutes,
        Listing::ClientVpnRules,
        Listing::TargetGroupAttributes,
        Listing::TransitGatewayAttachments,
        Listing::TransitGatewayVpcAttachments,
        Listing::TransitGatewayPeeringAttachments,
        Listing::TransitGatewayRouteTables,
        Listing::TransitGatewayRoutes,
    ];
    assert!(
        draft.unlisted.iter().all(|l| missing.contains(l)),
        "{:?}",
        draft.unlisted
    );
    let a = find(&draft.vpcs, |v| v.name == "vpc-a");
    assert_eq!(
        (a.account.as_str(), a.region.as_str()),
        ("111122223333", "eu-west-1")
    );
    assert_eq!(a.cidrs.len(), 2);
    assert_eq!(a.dns_support, Fact::Known(true));
    assert_eq!(a.dns_hostnames, Fact::Known(false));
    assert_eq!(
        a.dhcp_dns,
        DhcpDns::Servers(vec!["10.0.0.9".parse().unwrap()])
    );
    assert_eq!(a.main_table.text, "rtb-main");
    assert_eq!(a.internet_gateway.as_ref().unwrap().text, "igw-1");
    let b = find(&draft.vpcs, |v| v.name == "vpc-b");
    assert!(b.dns_support.known().is_none());
    let one = find(&draft.subnets, |s| s.name == "subnet-1");
    let two = find(&draft.subnets, |s| s.name == "subnet-2");
    assert_eq!(
        (one.table.text.as_str(), two.table.text.as_str()),
        ("rtb-main", "rtb-public")
    );
    assert_eq!(
        (one.zone.as_str(), two.zone.as_str()),
        ("euw1-az2", "euw1-az3")
    );
    assert_eq!(
        (one.acl.text.as_str(), two.acl.text.as_str()),
        ("acl-1", "of subnet-2")
    );
    assert_eq!(draft.internet_gateways.len(), 1);
    assert_eq!(draft.nat_gateways.len(), 1);
    let regional = find(&draft.regional_nats, |_| true);
    assert_eq!(regional.table.text, "rtb-public");
    assert_eq!(regional.zones, Some(vec!["euw1-az2".to_owned()]));
    let address = (Some("euw1-az2".to_owned()), "198.51.100.8".parse().unwrap());
    assert_eq!(regional.addresses, [address]);
    assert!(find(&draft.peerings, |_| true).active);
}

#[test]
fn routes_keep_target_kind_and_state() {
    let imported = everything();
    let draft = &imported.draft;
    let main = find(&draft.tables, |t| t.name == "rtb-main");
    assert_eq!(main.routes.len(), 7);
    let s3 = ("eu-west-1".to_owned(), "s3".to_owned());
    assert!(matches!(main.routes[0].target, Target::Local));
    assert!(matches!(&main.routes[1].target, Target::Nat(n) if n.text == "nat-1"));
    match main.routes[2].target {
        Target::Transit(ref gateway) => assert_eq!(gateway.text, "tgw-1"),
        ref other => panic!("{other:?}"),
    }
    assert_eq!(
        main.routes[3].destination,
        Destination::Cidr("::/0".parse().unwrap())
    );
    assert!(matches!(&main.routes[3].target, Target::EgressOnly(g) if g.text == "eigw-1"));
    assert_eq!(
        main.routes[4].destination,
        Destination::AwsList(s3.0.clone(), s3.1.clone())
    );
    assert!(matches!(&main.routes[4].target, Target::Endpoint(e) if e.text == "vpce-s3"));
    assert!(matches!(&main.routes[5].destination, Destination::List(l) if l.text == "pl-mine"));
    assert_eq!(main.routes[5].kind, RouteKind::VpnBgp);
    assert!(!main.routes[6].active && main.routes[0].active);
    // The route is all that tells of it.
    let gateway = find(&draft.egress_only_gateways, |g| g.name == "eigw-1");
    assert_eq!(gateway.vpc.text, "vpc-a");
    assert_eq!(
        draft.aws_lists,
        [(s3, vec!["198.51.100.0/25".parse().unwrap()])]
    );
    assert_eq!(draft.prefix_lists.len(), 1);
    let mine = find(&draft.prefix_lists, |_| true);
    assert_eq!((mine.entries.len(), mine.max_entries), (1, 5));
    let at = imported.files.locate(&main.routes[1].origin);
    assert_eq!(
        at,
        "111122223333/eu-west-1/rtb.json#/RouteTables/0/Routes/1"
    );
}

#[test]
fn a_list_is_known_by_the_endpoint_that_made_its_route() {
    let imported = dump(&[(
        "all.json",
        json!({"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcId": "vpc-a",
            "VpcEndpointType": "Gateway", "ServiceName": "com.amazonaws.us-east-1.dynamodb"}],
          "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-a", "Routes": [
            {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}]}]}),
    )]);
    let table = find(&imported.draft.tables, |_| true);
    let list = Destination::AwsList("us-east-1".to_owned(), "dynamodb".to_owned());
    assert_eq!(table.routes[0].destination, list);
    assert_eq!(imported.draft.region, "us-east-1");
}

#[test]
fn filters_become_one_rule_per_peer() {
    let imported = everything();
    let group = find(&imported.draft.groups, |_| true);
    assert_eq!(group.ingress.len(), 5);
    assert_eq!(group.ingress[0].service.protocol, Some(6));
    assert_eq!(group.ingress[0].service.ports, (443, 444));
    assert!(matches!(&group.ingress[3].peer, Peer::Group(g) if g.text == "sg-other"));
    assert_eq!(group.ingress[4].service.icmp, (Some(8), None));
    assert_eq!(group.egress[0].service, Service::ANY);
    assert_eq!(
        group.egress[0].peer,
        Peer::AwsList("eu-west-1".to_owned(), "s3".to_owned())
    );
    assert!(matches!(&group.egress[1].peer, Peer::List(l) if l.text == "pl-mine"));
    let acl = find(&imported.draft.acls, |_| true);
    let numbers: Vec<u32> = acl.ingress.iter().map(|r| r.number).collect();
    assert_eq!(numbers, [100, 200]);
    assert_eq!(acl.ingress[1].service.ports, (22, 23));
    assert!(!acl.ingress[1].allow && acl.egress.is_empty());
}

#[test]
fn groups_are_associated_with_other_vpcs() {
    let group = json!({"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1"}]});
    let rows = json!({"SecurityGroupVpcAssociations": [
        {"GroupId": "sg-1", "VpcId": "vpc-2", "State": "associated"},
        {"GroupId": "sg-1", "VpcId": "vpc-3", "State": "disassociated"},
        {"GroupId": "sg-1", "VpcId": "vpc-1", "State": "associated"}]});
    let imported = dump(&[("groups.json", group), ("associations.json", rows)]);
    let group = find(&imported.draft.groups, |g| g.name == "sg-1");
    let vpcs: Vec<&str> = group.vpcs.iter().map(|v| v.text.as_str()).collect();
    assert_eq!(vpcs, ["vpc-2"]);
    assert!(imported.left_out.is_empty(), "{:?}", imported.left_out);
}

#[test]
fn interfaces_know_their_owners() {
    let imported = everything();
    let draft = &imported.draft;
    let of = |name: &str| find(&draft.interfaces, |i| i.name == name);
    let one = of("eni-1");
    assert_eq!(one.ips[0].to_string(), "10.0.1.4");
    assert_eq!(one.public.len(), 2);
    assert!(!one.source_dest_check);
    assert_eq!(one.tags.len(), 2);
    assert!(matches!(&one.role, Role::Instance(i) if i.text == "i-1"));
    assert!(matches!(&of("eni-2").role, Role::Instance(i) if i.text == "i-1"));
    assert!(matches!(&of("eni-ep").role, Role::Endpoint(e) if e.text == "vpce-0ab"));
    assert!(matches!(&of("eni-lb").role, Role::LoadBalancer(l) if l.text == NLB));
    assert_eq!(of("eni-lb").groups[0].text, "sg-1");
    assert!(matches!(&of("eni-nat").role, Role::Nat(n) if n.text == "nat-1"));
    assert_eq!(draft.instances.len(), 1);
    let instance = find(&draft.instances, |_| true);
    assert!(instance.running && instance.os == Os::Windows);
    let own: Vec<&str> = instance
        .interfaces
        .iter()
        .map(|i| i.text.as_str())
        .collect();
    assert_eq!(own, ["eni-1", "eni-2"]);
}

#[test]
fn endpoints_services_and_balancers() {
    let imported = everything();
    let draft = &imported.draft;
    assert_eq!(draft.endpoints.len(), 3);
    let inspection = find(&draft.endpoints, |e| e.name == "vpce-gw");
    let appliances = EndpointTarget::Unmodelled(Behind::Appliances, "vpce-svc-8".to_owned());
    assert_eq!(inspection.target, appliances);
    let s3 = find(&draft.endpoints, |e| e.name == "vpce-s3");
    assert_eq!(
        s3.target,
        EndpointTarget::Aws("eu-west-1".to_owned(), "s3".to_owned())
    );
    assert_eq!(
        (s3.state, s3.policy.as_ref()),
        (Some(EndpointState::Available), None)
    );
    let own = find(&draft.endpoints, |e| e.name == "vpce-0ab");
    assert!(matches!(&own.target, EndpointTarget::Service(s) if s.text == "vpce-svc-9"));
    assert!(own.private_dns && own.policy.is_some() && own.dns_names.len() == 1);
    assert_eq!(own.state, Some(EndpointState::PendingAcceptance));
    let service = find(&draft.services, |_| true);
    assert_eq!(service.allowed_principals, ["*"]);
    assert_eq!(
        service.connections[0].state,
        EndpointState::PendingAcceptance
    );
    assert_eq!(
        service.private_name,
        Some(("pay.example.com".to_owned(), true))
    );
    assert_eq!(service.load_balancers[0].text, NLB);
    let balancer = find(&draft.load_balancers, |_| true);
    let nodes: Vec<&str> = balancer.nodes.iter().map(|n| n.text.as_str()).collect();
    assert_eq!(nodes, ["eni-lb", "of pay in subnet-2"]);
    assert!(balancer.cross_zone && balancer.has_groups && !balancer.internet_facing);
    assert_eq!(balancer.listeners[0].forward[0].0.text, GROUP);
    let group = find(&draft.target_groups, |_| true);
    assert_eq!(group.health_listed, Fact::Known(()));
    assert_eq!(group.preserve_client_ip, Some(false));
    assert_eq!(group.targets[0].health, Some(Health::Unhealthy));
    assert_eq!(group.targets[0].port, Some(8444));
}

#[test]
fn zones_and_records() {
    let imported = everything();
    let zone = find(&imported.draft.zones, |_| true);
    assert_eq!((zone.domain.as_str(), zone.private), ("example.com", true));
    assert_eq!(zone.vpcs[0].text, "vpc-a");
    assert_eq!(zone.records.len(), 5, "of both families");
    assert_eq!(zone.records[0].name, "*.example.com");
    let values: Vec<&RecordValue> = zone.records.iter().map(|r| &r.value).collect();
    assert!(matches!(values[0], RecordValue::AliasEndpoint(e) if e.text == "vpce-0ab"));
    assert!(matches!(values[1], RecordValue::AliasLoadBalancer(l) if l.text == NLB));
    assert!(matches!(values[2], RecordValue::Cname(n) if n == "lb.example.com"));
    assert!(matches!(values[3], RecordValue::A(ips) if ips.len() == 2));
}

#[test]
fn what_is_left_out_is_said() {
    let imported = everything();
    let said = |what: &str| imported.left_out.iter().find(|l| l.what == what);
    assert!(said("NAT gateways").is_none());
    assert!(said("Gateway Load Balancer endpoints").unwrap().matters);
    assert!(said("IPv6 routes").is_none());
    assert_eq!(said("prefix lists").unwrap().count, 1);
}

#[test]
fn resolvers_rules_and_profiles() {
    let imported = everything();
    let draft = &imported.draft;
    let inbound = find(&draft.resolver_endpoints, |e| e.name == "rslvr-in-1");
    assert!(inbound.inbound);
    assert_eq!(inbound.interfaces[0].text, "rslvr-in-1@10.0.1.53");
    let own = find(&draft.interfaces, |i| i.name == "rslvr-in-1@10.0.1.53");
    assert_eq!(own.subnet.text, "subnet-1");
    assert_eq!(own.groups[0].text, "sg-1");
    assert!(matches!(&own.role, Role::Resolver(r) if r.text == "rslvr-in-1"));
    assert!(!find(&draft.resolver_endpoints, |e| e.name == "rslvr-out-1").inbound);
    let rules: Vec<(&str, &str)> = draft
        .rules
        .iter()
        .map(|(_, r)| (r.name.as_str(), r.domain.as_str()))
        .collect();
    assert_eq!(
        rules,
        [
            ("rslvr-rr-1", "corp.example"),
            ("rslvr-rr-2", "aws.corp.example"),
            ("rslvr-rr-3", "ns.example"),
        ]
    );
    let forward = find(&draft.rules, |r| r.name == "rslvr-rr-1");
    assert_eq!(forward.vpcs[0].text, "vpc-a");
    let RuleKind::Forward { to, through } = &forward.kind else {
        panic!("{forward:?}");
    };
    assert_eq!(to, &["192.168.0.53".parse::<std::net::Ipv4Addr>().unwrap()]);
    assert_eq!(through.text, "rslvr-out-1");
    let kinds: Vec<&RuleKind> = draft.rules.iter().map(|(_, r)| &r.kind).collect();
    assert!(matches!(kinds[1], RuleKind::System));
    assert!(matches!(kinds[2], RuleKind::Delegate { through } if through.text == "rslvr-out-1"));
    let profile = find(&draft.profiles, |p| p.name == "rp-1");
    assert_eq!(profile.vpcs[0].text, "vpc-b");
    assert_eq!(profile.rules[0].text, "rslvr-rr-1");
    let network = build(draft.clone()).network.unwrap();
    let profile = find(&network.profiles, |p| p.name == "rp-1");
    let zone = profile.zones[0].id().unwrap();
    assert_eq!(network.zones[zone].domain, "example.com");
    let endpoint = find(&network.resolver_endpoints, |e| e.name == "rslvr-in-1");
    assert!(endpoint.interfaces[0].id().is_some());
}

#[test]
fn nothing_is_an_empty_open_world() {
    let imported = import(&[]);
    assert_eq!(imported.draft.world, World::Open);
    assert_eq!(imported.draft.unlisted, Listing::ALL);
    assert!(imported.diagnostics.is_empty() && imported.left_out.is_empty());
}

#[test]
fn broken_input_is_reported_with_its_place() {
    let broken = |text: &str| {
        import(&[Source {
            path: "x.json".to_owned(),
            text: text.to_owned(),
        }])
    };
    for (text, place) in [
        ("", "x.json:1:1"),
        ("{\"Vpcs\": [}", "x.json:1:11"),
        ("{\n\"Vpcs\": é}", "x.json:2:9"),
        ("7", "x.json#"),
        ("[7]", "x.json#/0"),
        (r#"{"Vpcs": {"a": 1}}"#, "x.json#/Vpcs"),
        (r#"{"Reservations": "none"}"#, "x.json#/Reservations"),
        (r#"{"Vpcs": ["vpc-a"]}"#, "x.json#/Vpcs/0"),
        (
            r#"{"Vpcs": [{"CidrBlock": "10.0.0.0/16"}]}"#,
            "x.json#/Vpcs/0",
        ),
        (
            r#"{"Vpcs": [{"VpcId": "v", "CidrBlock": "10"}]}"#,
            "x.json#/Vpcs/0/CidrBlock",
        ),
        (r#"{"Vpcs": [{"VpcId": 7}]}"#, "x.json#/Vpcs/0/VpcId"),
        (
            r#"{"NetworkAcls": [{"NetworkAclId": "a", "VpcId": "v", "Entries": [{"RuleNumber": -1}]}]}"#,
            "x.json#/NetworkAcls/0/Entries/0/RuleNumber",
        ),
        (
            r#"{"SecurityGroups": [{"GroupId": "g", "VpcId": "v", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 70000}]}]}"#,
            "x.json#/SecurityGroups/0/IpPermissions/0/FromPort",
        ),
    ] {
        let imported = broken(text);
        let all = errors(&imported);
        assert!(
            all.first()
                .is_some_and(|e| e.starts_with(&format!("{place}: "))),
            "{text}: {all:?}"
        );
        assert_eq!(all.len(), 1, "{text}: {all:?}");
    }
    let imported = broken(r#"{"Entries": [{"Cidr": "10.0.0.0/8"}], "Attributes": [], "Other": 1}"#);
    assert_eq!(imported.diagnostics.len(), 1);
    assert_eq!(imported.diagnostics[0].severity, Severity::Warning);
}

#[test]
fn pages_are_merged_and_repeated_rows_are_one() {
    let first = |cidr| json!({"Vpcs": [{"VpcId": "vpc-a", "CidrBlock": cidr}], "NextToken": "x"});
    let last = |cidr| json!({"Vpcs": [{"VpcId": "vpc-a", "CidrBlock": cidr}]});
    let same = dump(&[
        ("1.json", first("10.0.0.0/16")),
        ("2.json", last("10.0.0.0/16")),
    ]);
    assert_eq!((same.draft.vpcs.len(), same.diagnostics.len()), (1, 0));
    let other = dump(&[("1.json", json!([first("10.0.0.0/16"), last("10.1.0.0/16")]))]);
    assert_eq!((other.draft.vpcs.len(), other.diagnostics.len()), (1, 1));
}

/// Of a listing that goes on elsewhere nothing is known to be absent; each account's own counts.
#[test]
fn a_listing_without_its_last_page_is_not_a_whole_listing() {
    let page = |more: bool| match more {
        true => json!({"VpcPeeringConnections": [], "NextToken": "x"}),
        false => json!({"VpcPeeringConnections": []}),
    };
    let cut = |files: &[(&str, bool)]| {
        let files: Vec<_> = files
            .iter()
            .map(|(path, more)| (*path, page(*more)))
            .collect();
        let read = dump(&files);
        let open = read
            .draft
            .unlisted
            .contains(&Listing::VpcPeeringConnections);
        let said = read
            .diagnostics
            .iter()
            .filter(|d| d.code == "listing-cut-off");
        (open, said.count())
    };
    assert_eq!(cut(&[("a.json", false)]), (false, 0));
    assert_eq!(cut(&[("a.json", true)]), (true, 1));
    assert_eq!(cut(&[("a.json", true), ("b.json", false)]), (false, 0));
    let two = [
        ("111111111111/eu-west-1/a.json", true),
        ("222222222222/eu-west-1/a.json", false),
    ];
    assert_eq!(cut(&two), (true, 1));
    // Direct Connect spells it otherwise.
    let read = dump(&[(
        "vif.json",
        json!({"virtualInterfaces": [], "nextToken": "x"}),
    )]);
    assert!(read.draft.unlisted.contains(&Listing::VirtualInterfaces));
}

/// Of a zone whose records go on elsewhere no record is taken: the one that decides may be missing.
#[test]
fn records_without_their_last_page_are_not_a_zone() {
    let set = |name: &str, ip: &str| json!({"Name": name, "Type": "A", "ResourceRecords": [{"Value": ip}]});
    let zones = json!({"HostedZones": [
        {"Id": "/hostedzone/ZA", "Name": "a.example.", "Config": {"PrivateZone": true}},
        {"Id": "/hostedzone/ZB", "Name": "b.example.", "Config": {"PrivateZone": true}}], "IsTruncated": false});
    let a = |more: bool| json!({"ResourceRecordSets": [set("*.a.example.", "10.0.0.1")], "IsTruncated": more});
    let b = json!({"ResourceRecordSets": [set("x.b.example.", "10.0.0.2")], "IsTruncated": false});
    let read = |files: &[(&str, Value)]| {
        let read = dump(files);
        let zones = read.draft.zones.iter();
        let records: Vec<usize> = zones.map(|(_, z)| z.records.len()).collect();
        let gaps = read.draft.gaps.keys();
        let open = gaps.filter(|g| matches!(g, Gap::ZoneRecords(_))).count();
        let said = read.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>();
        (records, open, said)
    };
    let all = ("zones.json", zones);
    let (zone_a, zone_b) = (("ZA.1.json", a(true)), ("ZB.json", b));
    let cut = read(&[all.clone(), zone_a.clone(), zone_b.clone()]);
    assert_eq!(cut, (vec![0, 1], 1, vec!["listing-cut-off"]));
    let both = read(&[all, zone_a, ("ZA.2.json", a(false)), zone_b]);
    assert_eq!(both, (vec![2, 1], 0, vec![]));
}

#[test]
fn a_listing_that_nobody_knows_is_reported() {
    let read = dump(&[(
        "x.json",
        json!({"WishLists": [{"WishListId": "w"}], "Vpcs": []}),
    )]);
    let left: Vec<_> = read
        .left_out
        .iter()
        .map(|l| (l.what.as_str(), l.count))
        .collect();
    assert_eq!(left, [("`WishLists`", 1)]);
}

fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(list) => {
            for (i, v) in list.iter().enumerate() {
                pointers(v, &format!("{at}/{i}"), out);
            }
        }
        Value::Object(map) => {
            for (key, v) in map {
                pointers(v, &format!("{at}/{key}"), out);
            }
        }
        _ => {}
    }
}

#[test]
fn no_wrong_shape_is_too_much() {
    let mut files = network_files();
    files.extend(load_files());
    for at in 0..files.len() {
        let mut places = Vec::new();
        pointers(&files[at].1, "", &mut places);
        for place in places {
            for wrong in [
                json!(-7),
                json!("\u{e9}"),
                json!([1]),
                json!({"State": 1}),
                json!(null),
            ] {
                let value = files[at].1.pointer_mut(&place).unwrap();
                let kept = std::mem::replace(value, wrong);
                let _ = dump(&files[at..=at]);
                *files[at].1.pointer_mut(&place).unwrap() = kept;
            }
        }
    }
}
