//! What an export says of Client VPN endpoints: where clients may go, and by which interfaces.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "listings/mod.rs"]
mod listings;

use listings::{again, asked, endure, network, via, why};
use reachability::scenario::print::print;
use serde_json::{Value, json};

const VPN: &str = "cvpn-endpoint-0a1";

/// A VPC with a web server, and with an endpoint in another subnet.
fn base() -> Value {
    let entry = |egress| json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"});
    let interface = |id: &str, subnet: &str, ip: &str, group: &str| {
        json!({"NetworkInterfaceId": id, "VpcId": "vpc-1", "SubnetId": subnet, "PrivateIpAddress": ip,
        "PrivateIpAddresses": [{"PrivateIpAddress": ip, "Primary": true}], "Groups": [{"GroupId": group}], "InterfaceType": "interface"})
    };
    let mut web = interface("eni-web", "subnet-1", "10.0.1.10", "sg-web");
    web["Attachment"] = json!({"InstanceId": "i-web", "DeviceIndex": 0});
    let mut own = interface("eni-vpn", "subnet-2", "10.0.2.20", "sg-vpn");
    own["Description"] = json!("ClientVPN Endpoint resource");
    own["RequesterManaged"] = json!(true);
    let group = |id: &str, rules: Value| {
        json!({"GroupId": id, "VpcId": "vpc-1", "GroupName": id, "IpPermissions": rules,
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]})
    };
    json!({
        "Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [
            {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az1"},
            {"SubnetId": "subnet-2", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az1"}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": [
            {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
            {"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1", "State": "blackhole"}]}],
        "NetworkInterfaces": [web, own],
        "Reservations": [{"Instances": [{"InstanceId": "i-web", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.1.10", "State": {"Name": "running"}}]}],
        "SecurityGroups": [
            group("sg-web", json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": "sg-vpn"}]}])),
            group("sg-vpn", json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]))],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Entries": [entry(true), entry(false)],
            "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]}],
        "InternetGateways": [], "VpcPeeringConnections": [], "NatGateways": [], "VpcEndpoints": [], "Addresses": []
    })
}

fn endpoints() -> Value {
    json!({
        "ClientVpnEndpoints": [{"ClientVpnEndpointId": VPN, "Status": {"Code": "available"}, "ClientCidrBlock": "172.20.0.0/22", "SplitTunnel": false,
            "VpcId": "vpc-1", "SecurityGroupIds": ["sg-vpn"], "TransportProtocol": "udp", "VpnPort": 443, "AssociatedTargetNetworks": []}]
    })
}

fn networks() -> Value {
    json!({"ClientVpnTargetNetworks": [{"AssociationId": "cvpn-assoc-1", "VpcId": "vpc-1", "TargetNetworkId": "subnet-2", "ClientVpnEndpointId": VPN,
        "Status": {"Code": "associated"}, "SecurityGroups": ["sg-vpn"]}]})
}

fn routes() -> Value {
    let route = |cidr: &str, origin: &str| json!({"ClientVpnEndpointId": VPN, "DestinationCidr": cidr, "TargetSubnet": "subnet-2", "Type": "Nat", "Origin": origin, "Status": {"Code": "active"}});
    json!({"Routes": [route("10.0.0.0/16", "associate"), route("10.9.0.0/16", "add-route")]})
}

/// Rules: block, and the group it is for.
fn rules(all: &[(&str, Option<&str>)]) -> Value {
    let rule = |(block, group): &(&str, Option<&str>)| {
        json!({"ClientVpnEndpointId": VPN, "DestinationCidr": block, "AccessAll": group.is_none(),
        "GroupId": group.unwrap_or_default(), "Status": {"Code": "active"}})
    };
    json!({"AuthorizationRules": all.iter().map(rule).collect::<Vec<_>>()})
}

fn files(of: &[(&str, Option<&str>)]) -> Vec<(&'static str, Value)> {
    vec![
        ("all.json", base()),
        ("networks.json", networks()),
        ("client-vpn-routes.json", routes()),
        ("rules.json", rules(of)),
        ("endpoints.json", endpoints()),
    ]
}

const WEB: &str = "https://10.0.1.10";

#[test]
fn clients_go_where_rules_and_routes_let_them() {
    let open = network(&files(&[("10.0.0.0/16", None)]));
    let answer = asked(&open, VPN, WEB);
    assert_eq!(answer.verdict.name(), "private");
    let via = via(&open, &answer);
    assert!(via.iter().any(|v| v.ends_with("eni-vpn")), "{via:?}");
    assert!(why(&open, VPN, "https://10.9.0.1").contains("CLIENT_VPN_NOT_AUTHORIZED"));
    let wide = network(&files(&[("0.0.0.0/0", None)]));
    assert!(
        why(&wide, VPN, "https://10.9.0.1").contains("BAD_STATE_ROUTE"),
        "{}",
        why(&wide, VPN, "https://10.9.0.1")
    );
    assert!(why(&wide, VPN, "https://10.10.0.1").contains("NO_ROUTE_TO_DESTINATION"));
    let shut = network(&files(&[]));
    // An answer without rows, whose file does not say which endpoint it is about.
    assert!(why(&shut, VPN, WEB).contains("describe-client-vpn-authorization-rules"));
}

#[test]
fn a_rule_for_a_group_may_hold() {
    let groups = network(&files(&[("10.0.0.0/16", Some("S-1-5-21"))]));
    let text = why(&groups, VPN, WEB);
    assert!(
        text.starts_with("unknown") && text.contains("whether a client is in group S-1-5-21"),
        "{text}"
    );
    assert!(why(&groups, VPN, "https://10.9.0.1").contains("CLIENT_VPN_NOT_AUTHORIZED"));
    // The longer block decides, for everybody.
    let longer = network(&files(&[
        ("0.0.0.0/0", None),
        ("10.0.1.0/24", Some("S-1-5-21")),
    ]));
    assert!(why(&longer, VPN, WEB).starts_with("unknown"));
    let all = network(&files(&[
        ("0.0.0.0/0", Some("S-1-5-21")),
        ("10.0.1.0/24", None),
    ]));
    assert_eq!(asked(&all, VPN, WEB).verdict.name(), "private");
}

#[test]
fn each_listing_leaves_open_what_clients_send() {
    for (at, command, beyond) in [
        (1, "aws ec2 describe-client-vpn-target-networks", true),
        (2, "aws ec2 describe-client-vpn-routes", false),
        (3, "aws ec2 describe-client-vpn-authorization-rules", true),
    ] {
        let mut less = files(&[("0.0.0.0/0", None)]);
        less.remove(at);
        let network = network(&less);
        assert_eq!(
            why(&network, VPN, WEB).starts_with("unknown"),
            beyond,
            "{command}"
        );
        let text = why(&network, VPN, "https://10.10.0.1");
        if at < 3 {
            assert!(
                text.starts_with("unknown") && text.contains(command),
                "{text}"
            );
        }
        let nobody = why(&network, "i-web", "tcp://10.0.2.99:22");
        assert!(nobody.contains("NO_POSSIBLE_DESTINATION"), "{nobody}");
    }
    // Its interface says what it is, and takes nothing.
    let mut less = files(&[("0.0.0.0/0", None)]);
    less.pop();
    let text = why(&network(&less), "i-web", "tcp://10.0.2.20:443");
    assert!(text.starts_with("unreachable"), "{text}");
}

#[test]
fn a_route_by_a_subnet_that_is_not_there_leaves_open_its_block_alone() {
    let mut files = files(&[("0.0.0.0/0", None)]);
    let mut by_another = files[2].1["Routes"][1].clone();
    by_another["DestinationCidr"] = json!("10.8.0.0/16");
    by_another["TargetSubnet"] = json!("subnet-9");
    files[2].1["Routes"]
        .as_array_mut()
        .unwrap()
        .push(by_another);
    let network = network(&files);
    let text = why(&network, VPN, "https://10.8.0.1");
    assert!(
        text.starts_with("unknown") && text.contains("subnet-9"),
        "{text}"
    );
    assert_eq!(asked(&network, VPN, WEB).verdict.name(), "private");
    assert!(why(&network, VPN, "https://10.10.0.1").contains("NO_ROUTE_TO_DESTINATION"));
}

/// Two endpoints in one subnet are told apart by their groups.
#[test]
fn interfaces_belong_to_the_endpoint_with_their_groups() {
    let mut all = files(&[("10.0.0.0/16", None)]);
    let other = json!({"AssociationId": "cvpn-assoc-2", "VpcId": "vpc-1", "TargetNetworkId": "subnet-2", "ClientVpnEndpointId": "cvpn-endpoint-0a2",
        "Status": {"Code": "associated"}, "SecurityGroups": ["sg-web"]});
    all[1].1["ClientVpnTargetNetworks"]
        .as_array_mut()
        .unwrap()
        .push(other);
    assert_eq!(asked(&network(&all), VPN, WEB).verdict.name(), "private");
    all[1].1["ClientVpnTargetNetworks"][0]["SecurityGroups"] = json!(["sg-web"]);
    assert_eq!(asked(&network(&all), VPN, WEB).verdict.name(), "unknown");
}

#[test]
fn what_is_imported_is_printed_and_loads_again() {
    let before = network(&files(&[
        ("10.0.0.0/16", None),
        ("10.9.0.0/16", Some("S-1-5-21")),
    ]));
    let printed = print(&before, "clients");
    let after = again(&printed.text);
    let (_, vpn) = after.client_vpns.iter().next().unwrap();
    assert_eq!(
        (vpn.authorize.len(), vpn.routes.len(), vpn.interfaces.len()),
        (1, 1, 1)
    );
    assert_eq!(
        asked(&after, &format!("vpc-1/{VPN}"), WEB).verdict.name(),
        "private"
    );
    assert!(
        printed
            .unsaid
            .iter()
            .any(|u| u.to_string().contains("group S-1-5-21")),
        "{:?}",
        printed.unsaid
    );
}

#[test]
fn no_wrong_shape_is_too_much() {
    endure(
        &files(&[("10.0.0.0/16", None), ("10.9.0.0/16", Some("S-1-5-21"))]),
        1,
    );
}
