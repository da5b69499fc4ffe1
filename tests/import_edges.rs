//! What an export says about traffic at internet gateways: appliances, the gateways' own route tables,
//! VPC Block Public Access.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use reachability::answer::{Ask, answer, source};
use reachability::import::{Imported, Source, import};
use reachability::model::{Edge, Leaves, Network, build};
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
    Ask {
        from: source(network, "i-web").unwrap(),
        to: String::new(),
        protocol: None,
        port: None,
        client_ports: None,
    }
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
        web.and_then(|(_, s)| s.public_access.as_ref())
            .map(|a| a.leaves)
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
