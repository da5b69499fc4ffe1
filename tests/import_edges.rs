//! What an export says about traffic at internet gateways: appliances, the gateways' own route tables,
//! VPC Block Public Access.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "listings/mod.rs"]
mod listings;

use reachability::answer::{Ask, answer, source};
use reachability::import::{Imported, Source, import};
use reachability::model::{DhcpDns, Edge, Excludable, Leaves, Network, build};
use serde_json::{Value, json};

fn imported(parts: &[Value]) -> Imported {
    let source = |(number, value): (usize, &Value)| Source {
        path: format!("{number}.json"),
        text: value.to_string(),
    };
    let sources: Vec<Source> = parts.iter().enumerate().map(source).collect();
    import(&sources)
}

fn network(parts: &[Value]) -> Network {
    build(imported(parts).draft).network.unwrap()
}

/// A web server behind an internet gateway, and a firewall in another subnet.
fn base(check: bool) -> Value {
    let interface = |id: &str, subnet: &str, ip: &str, public: &str, host: &str, check: bool| {
        json!({"NetworkInterfaceId": id, "VpcId": "vpc-1", "SubnetId": subnet, "PrivateIpAddress": ip,
               "PrivateIpAddresses": [{"PrivateIpAddress": ip, "Primary": true, "Association": {"PublicIp": public}}],
               "Groups": [{"GroupId": "sg-1"}], "SourceDestCheck": check, "InterfaceType": "interface",
               "Attachment": {"InstanceId": host, "DeviceIndex": 0}})
    };
    let instance = |id: &str, subnet: &str, ip: &str| json!({"InstanceId": id, "VpcId": "vpc-1", "SubnetId": subnet, "PrivateIpAddress": ip, "State": {"Name": "running"}});
    let entry = |egress| json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"});
    json!({
        "Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [
            {"SubnetId": "subnet-web", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1"},
            {"SubnetId": "subnet-fw", "VpcId": "vpc-1", "CidrBlock": "10.0.9.0/24", "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1"}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "NetworkInterfaces": [
            interface("eni-web", "subnet-web", "10.0.1.10", "203.0.113.10", "i-web", true),
            interface("eni-fw", "subnet-fw", "10.0.9.10", "203.0.113.9", "i-fw", check)],
        "Reservations": [{"Instances": [instance("i-web", "subnet-web", "10.0.1.10"), instance("i-fw", "subnet-fw", "10.0.9.10")]}],
        "SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "open",
            "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Entries": [entry(true), entry(false)],
            "Associations": [{"SubnetId": "subnet-web"}, {"SubnetId": "subnet-fw"}]}],
        "VpcPeeringConnections": [], "NatGateways": [], "VpcEndpoints": [], "Addresses": []
    })
}

fn tables(web: &Value, edge: bool) -> Value {
    let local =
        json!({"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"});
    let mut all = vec![
        json!({"RouteTableId": "rtb-web", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-web"}], "Routes": [local, web]}),
        json!({"RouteTableId": "rtb-fw", "VpcId": "vpc-1", "Associations": [{"Main": true}],
               "Routes": [local, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}),
    ];
    if edge {
        all.push(json!({"RouteTableId": "rtb-edge", "VpcId": "vpc-1", "Associations": [{"GatewayId": "igw-1"}],
            "Routes": [local, {"DestinationCidrBlock": "10.0.1.0/24", "NetworkInterfaceId": "eni-fw", "State": "active"}]}));
    }
    json!({ "RouteTables": all })
}

/// Verdict and code of a request from the internet to the web server.
fn asked(network: &Network) -> (String, String) {
    let compiled = reachability::aws::compile(network);
    let ask = Ask {
        from: source(network, "8.8.8.8").unwrap(),
        to: "tcp://203.0.113.10:443".to_owned(),
        ..ask(network)
    };
    let answer = answer(network, &compiled, &ask).unwrap();
    let code = answer.obstacles.first().map_or("", |o| o.code.name());
    (answer.verdict.name().to_owned(), code.to_owned())
}

fn ask(network: &Network) -> Ask {
    Ask::new(source(network, "i-web").unwrap(), String::new())
}

fn to_gateway() -> Value {
    json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"})
}

fn to_firewall() -> Value {
    json!({"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-fw", "InstanceId": "i-fw", "State": "active"})
}

#[test]
fn a_table_of_a_gateway_is_read_and_followed() {
    let network = network(&[base(true), tables(&to_firewall(), true)]);
    let edges = network
        .tables
        .iter()
        .filter(|(_, t)| matches!(&t.edge_of, Some(Edge::Internet(g)) if g.id().is_some()));
    assert_eq!(edges.count(), 1);
    let (verdict, code) = asked(&network);
    assert_eq!(
        (verdict.as_str(), code.as_str()),
        ("unreachable", "ENI_SOURCE_DEST_CHECK_RESTRICTION")
    );
}

/// An export shows the check, and not what the instance's system does with foreign packets.
#[test]
fn whether_an_instance_forwards_is_not_known() {
    let through = network(&[base(false), tables(&to_firewall(), true)]);
    let (verdict, code) = asked(&through);
    assert_eq!(
        (verdict.as_str(), code.as_str()),
        ("unknown", "UNKNOWN_RESOURCE")
    );
    let past = network(&[base(false), tables(&to_gateway(), false)]);
    assert_eq!(asked(&past).0, "internet");
}

#[test]
fn what_answers_past_the_appliance_is_stopped() {
    let network = network(&[base(true), tables(&to_gateway(), true)]);
    // The request is stopped before, by the check; the reply would be, too.
    assert_eq!(asked(&network).0, "unreachable");
}

#[test]
fn block_public_access_holds_where_the_subnet_or_the_account_says_so() {
    let files = |more: Value| [base(true), tables(&to_gateway(), false), more];
    let left = |network: &Network| {
        let web = network.subnets.iter().find(|(_, s)| s.name == "subnet-web");
        web.and_then(|(_, s)| s.leaves())
    };
    let options = |mode: &str, region: &str| json!({"VpcBlockPublicAccessOptions": {"AwsAccountId": "111111111111", "AwsRegion": region, "InternetGatewayBlockMode": mode}});
    let on = network(&files(options("block-bidirectional", "us-east-1")));
    assert_eq!(left(&on), Some(Leaves::Nothing));
    assert_eq!(asked(&on).1, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED");
    let ingress = network(&files(options("block-ingress", "us-east-1")));
    assert_eq!(left(&ingress), Some(Leaves::NatGateways));
    for other in [
        options("off", "us-east-1"),
        options("block-bidirectional", "eu-west-1"),
    ] {
        let off = network(&files(other));
        assert_eq!(left(&off), None);
        assert_eq!(asked(&off).0, "internet");
    }
    let mut excluded = options("block-bidirectional", "us-east-1");
    excluded["VpcBlockPublicAccessExclusions"] = json!([{"ExclusionId": "vpcbpa-exclude-1", "State": "create-complete",
        "ResourceArn": "arn:aws:ec2:us-east-1:111111111111:vpc/vpc-1", "InternetGatewayExclusionMode": "allow-egress"}]);
    assert_eq!(
        left(&network(&files(excluded.clone()))),
        Some(Leaves::Outbound)
    );
    excluded["VpcBlockPublicAccessExclusions"][0]["State"] = json!("delete-complete");
    assert_eq!(left(&network(&files(excluded))), Some(Leaves::Nothing));
    let mut own = base(true);
    own["Subnets"][0]["BlockPublicAccessStates"] =
        json!({"InternetGatewayBlockMode": "block-ingress"});
    let stated = network(&[own, tables(&to_gateway(), false)]);
    assert_eq!(left(&stated), Some(Leaves::NatGateways));
}

/// Encryption controls are in a listing of their own, or in that of the VPCs; what is being deleted or
/// made is none yet, and an exclusion counts while it is enabled.
#[test]
fn encryption_controls_are_read_wherever_they_are_told() {
    let files = |more: Value| [base(true), tables(&to_gateway(), false), more];
    let controls = |network: &Network| network.vpcs.iter().next().unwrap().1.encryption.clone();
    assert_eq!(controls(&network(&files(json!({})))), None);
    let told = json!({"VpcId": "vpc-1", "VpcEncryptionControlId": "vpcec-1", "Mode": "enforce", "State": "available",
        "ResourceExclusions": {"InternetGateway": {"State": "enabled"}, "NatGateway": {"State": "disabled"}, "VpcPeering": {"State": "disabling"}}});
    let listed = json!({"VpcEncryptionControls": [told.clone()]});
    let both = [Excludable::InternetGateway, Excludable::VpcPeering];
    let found = controls(&network(&files(listed.clone()))).unwrap();
    assert!(found.enforced);
    assert_eq!(found.excluded, both);
    let mut own = base(true);
    own["Vpcs"][0]["EncryptionControl"] = told;
    let found = controls(&network(&[own, tables(&to_gateway(), false)])).unwrap();
    assert_eq!((found.enforced, found.excluded), (true, both.to_vec()));
    for state in ["deleted", "creating"] {
        let mut gone = listed.clone();
        gone["VpcEncryptionControls"][0]["State"] = json!(state);
        assert_eq!(controls(&network(&files(gone))), None);
    }
    let mut monitor = listed;
    monitor["VpcEncryptionControls"][0]["Mode"] = json!("monitor");
    assert!(!controls(&network(&files(monitor))).unwrap().enforced);
}

/// A table of a pool of public addresses routes what arrives for them, and is not modelled.
#[test]
fn a_table_of_a_public_pool_is_left_out() {
    let mut own = tables(&to_gateway(), false);
    let row = json!({"RouteTableAssociationId": "rtbassoc-9", "PublicIpv4Pool": "ipv4pool-ec2-1"});
    own["RouteTables"][0]["Associations"]
        .as_array_mut()
        .unwrap()
        .push(row);
    let read = imported(&[base(true), own]);
    let mut out = read.left_out.iter();
    assert!(out.any(|l| l.what == "route tables of public IPv4 pools" && l.matters));
}

/// Verdict of the web server's request, and what decides.
fn verdict(network: &Network, to: &str) -> String {
    listings::why(network, "i-web", to)
}

/// An endpoint of the kinds that are known by name only, and what a route leads to it.
fn endpoint(kind: &str, more: &Value) -> Value {
    let mut row = json!({"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "VpcEndpointType": kind, "State": "available", "SubnetIds": ["subnet-fw"],
        "NetworkInterfaceIds": ["eni-end"], "PrivateDnsEnabled": false, "DnsEntries": []});
    row.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    json!({"VpcEndpoints": [row]})
}

/// The base with an interface of an endpoint.
fn with_interface(kind: &str) -> Value {
    let mut base = base(true);
    let own = json!({"NetworkInterfaceId": "eni-end", "VpcId": "vpc-1", "SubnetId": "subnet-fw", "PrivateIpAddress": "10.0.9.50",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.9.50", "Primary": true}], "Groups": [{"GroupId": "sg-1"}], "InterfaceType": kind});
    base["NetworkInterfaces"].as_array_mut().unwrap().push(own);
    base.as_object_mut().unwrap().remove("VpcEndpoints");
    base
}

#[test]
fn a_route_to_appliances_of_a_gateway_load_balancer_is_unknown_by_name() {
    let service = json!({"ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0f1"});
    let parts = |to: &Value| {
        let route =
            json!({"DestinationCidrBlock": "0.0.0.0/0", "State": "active", "GatewayId": to});
        [
            with_interface("gateway_load_balancer_endpoint"),
            tables(&route, false),
            endpoint("GatewayLoadBalancer", &service),
        ]
    };
    let inspected = network(&parts(&json!("vpce-1")));
    let text = "Gateway Load Balancer service vpce-svc-0f1: what its appliances let through is not modelled";
    let said = verdict(&inspected, "https://198.51.100.1");
    let unknown = said.starts_with("unknown UNSUPPORTED_COMPONENT ");
    assert!(unknown && said.ends_with(text), "{said}");
    assert_eq!(
        verdict(&network(&parts(&json!("igw-1"))), "https://198.51.100.1"),
        "internet"
    );
    let left = imported(&parts(&json!("vpce-1"))).left_out;
    assert!(
        left.iter()
            .any(|l| l.what == "Gateway Load Balancer endpoints" && l.matters),
        "{left:?}"
    );
}

#[test]
fn a_resource_endpoint_is_unknown_by_name_and_its_group_is_not() {
    let arn = "arn:aws:vpc-lattice:us-east-1:222222222222:resourceconfiguration/rcfg-0db";
    let more = json!({"ResourceConfigurationArn": arn, "PrivateDnsEnabled": true, "DnsEntries": [{"DnsName": "db.example.com", "HostedZoneId": "Z1"}]});
    let route =
        json!({"DestinationCidrBlock": "0.0.0.0/0", "State": "active", "GatewayId": "igw-1"});
    let mut parts = [
        with_interface("vpc_endpoint"),
        tables(&route, false),
        endpoint("Resource", &more),
    ];
    let text = "unknown UNSUPPORTED_COMPONENT resource configuration rcfg-0db: what its resource gateway reaches is not modelled";
    assert_eq!(verdict(&network(&parts), "tcp://10.0.9.50:5432"), text);
    assert!(
        verdict(&network(&parts), "udp://10.0.9.50:5432")
            .starts_with("unreachable UNSUPPORTED_BY_AWS")
    );
    assert_eq!(
        verdict(&network(&parts), "https://198.51.100.1"),
        "internet"
    );
    // A service network's endpoint is one that nothing more is known of.
    parts[2] = endpoint(
        "ServiceNetwork",
        &json!({"ServiceNetworkArn": "arn:aws:vpc-lattice:us-east-1:222222222222:servicenetwork/sn-0a1"}),
    );
    let text = verdict(&network(&parts), "tcp://10.0.9.50:5432");
    assert!(
        text.starts_with("unknown") && text.contains("servicenetwork/sn-0a1"),
        "{text}"
    );
    assert_eq!(
        verdict(&network(&parts), "https://198.51.100.1"),
        "internet"
    );
}

/// `describe-listener-attributes` names its listener in the file's name alone.
#[test]
fn listeners_say_when_they_forget_a_connection() {
    let arn =
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/l/0a1b2c3d4e5f6071";
    let listener = |id: &str, port: u16| {
        let own = format!(
            "arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/net/l/0a1b2c3d4e5f6071/{id}"
        );
        json!({"ListenerArn": own, "LoadBalancerArn": arn, "Port": port, "Protocol": "TCP", "DefaultActions": []})
    };
    let all = json!({"LoadBalancers": [{"LoadBalancerArn": arn, "LoadBalancerName": "l", "VpcId": "vpc-1", "Type": "network", "Scheme": "internal", "AvailabilityZones": []}],
        "Listeners": [listener("1111111111111111", 443), listener("2222222222222222", 80)]});
    let attributes = |seconds: &str| json!({"Attributes": [{"Key": "tcp.idle_timeout.seconds", "Value": seconds}]});
    let read = |files: &[(&str, Value)]| {
        let sources = files.iter().map(|(path, value)| Source {
            path: (*path).to_owned(),
            text: value.to_string(),
        });
        let imported = import(&sources.collect::<Vec<_>>());
        let (_, balancer) = imported.draft.load_balancers.iter().next().unwrap();
        let said = imported
            .diagnostics
            .iter()
            .map(|d| d.code)
            .collect::<Vec<_>>();
        (balancer.idle_timeout, said, imported.left_out.len())
    };
    let (one, two) = (
        "attributes.1111111111111111.json",
        "attributes.2222222222222222.json",
    );
    let before = read(&[("all.json", all.clone())]);
    assert_eq!(before.0, None);
    assert_eq!(
        read(&[("all.json", all.clone()), (one, attributes("900"))]).0,
        Some(900)
    );
    assert_eq!(
        read(&[("all.json", all.clone()), (one, attributes("350"))]).0,
        None
    );
    let differing = read(&[
        ("all.json", all.clone()),
        (one, attributes("900")),
        (two, attributes("120")),
    ]);
    assert_eq!((differing.0, differing.2), (Some(120), before.2 + 1));
    assert!(
        read(&[("all.json", all), ("attributes.json", attributes("900"))])
            .1
            .contains(&"nameless-listing")
    );
}

/// Without an option set instances ask AWS's resolver, as those built on Nitro do.
#[test]
fn a_vpc_without_a_dhcp_option_set_asks_its_resolver() {
    let servers = |set: &str| {
        let mut all = base(true);
        all["Vpcs"][0]["DhcpOptionsId"] = json!(set);
        let options =
            json!({"DhcpOptions": [{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": []}]});
        let network = network(&[all, options]);
        network.vpcs.iter().next().unwrap().1.dhcp_dns.clone()
    };
    assert_eq!(servers("default"), DhcpDns::Amazon);
    assert_eq!(servers("dopt-1"), DhcpDns::None);
}
