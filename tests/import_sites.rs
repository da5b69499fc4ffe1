//! What an export says of the way to on-premises networks: VPN connections, virtual interfaces, Direct
//! Connect gateways. What lies beyond is in no listing: unknown, and nothing else is.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "listings/mod.rs"]
mod listings;

use listings::{again, asked, endure, network, via};
use reachability::model::Network;
use reachability::scenario::print::print;
use serde_json::{Value, json};

const DX: &str = "5f294f92-bafb-4011-916d-9b0bdc111111";

/// Verdict, and what decides.
fn why(network: &Network, to: &str) -> String {
    listings::why(network, "i-1", to)
}

/// A VPC with an instance whose routes lead to a virtual private gateway and a transit gateway.
fn base() -> Value {
    let route = |cidr: &str, key: &str, id: &str| json!({"DestinationCidrBlock": cidr, key: id, "State": "active"});
    let entry = |egress| json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"});
    json!({
        "Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az1"}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": [
            route("10.0.0.0/16", "GatewayId", "local"), route("172.16.0.0/12", "GatewayId", "vgw-1"),
            route("192.168.0.0/16", "TransitGatewayId", "tgw-1"), route("0.0.0.0/0", "GatewayId", "igw-1")]}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "available", "Type": "ipsec.1", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}],
        "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.1.10",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10", "Primary": true, "Association": {"PublicIp": "203.0.113.10"}}],
            "Groups": [{"GroupId": "sg-1"}], "InterfaceType": "interface", "Attachment": {"InstanceId": "i-1", "DeviceIndex": 0}}],
        "Reservations": [{"Instances": [{"InstanceId": "i-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.1.10", "State": {"Name": "running"}}]}],
        "SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "open", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Entries": [entry(true), entry(false)], "Associations": [{"SubnetId": "subnet-1"}]}],
        "TransitGateways": [{"TransitGatewayId": "tgw-1", "OwnerId": "111111111111", "State": "available", "Options": {}}],
        "TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "State": "available", "Options": {}}],
        "TransitGatewayAttachments": [
            attachment("tgw-attach-1", "vpc", "vpc-1"), attachment("tgw-attach-2", "vpn", "vpn-2"),
            attachment("tgw-attach-3", "direct-connect-gateway", DX)],
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}],
        "VpcPeeringConnections": [], "NatGateways": [], "VpcEndpoints": [], "Addresses": []
    })
}

fn attachment(id: &str, kind: &str, resource: &str) -> Value {
    json!({"TransitGatewayAttachmentId": id, "TransitGatewayId": "tgw-1", "ResourceType": kind, "ResourceId": resource,
           "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}})
}

fn transit_routes() -> Value {
    let route = |cidr: &str, to: &str, kind: &str| json!({"DestinationCidrBlock": cidr, "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": to}], "Type": kind, "State": "active"});
    json!({"Routes": [route("10.0.0.0/16", "tgw-attach-1", "propagated"), route("192.168.2.0/24", "tgw-attach-2", "static"),
                      route("192.168.3.0/24", "tgw-attach-3", "propagated")], "AdditionalRoutesAvailable": false})
}

fn vpn(
    id: &str,
    to: (&str, &str),
    fixed: bool,
    routes: &[&str],
    tunnels: [(&str, u32); 2],
) -> Value {
    let routes = routes.iter();
    let routes: Vec<Value> = routes
        .map(|r| json!({"DestinationCidrBlock": r, "Source": "Static", "State": "available"}))
        .collect();
    let tunnels = tunnels.map(|(status, count)| json!({"AcceptedRouteCount": count, "Status": status, "StatusMessage": "", "OutsideIpAddress": "198.51.100.9"}));
    json!({"VpnConnectionId": id, "CustomerGatewayId": format!("cgw-{id}"), "Category": "VPN", "State": "available", "Type": "ipsec.1", to.0: to.1,
           "Options": {"StaticRoutesOnly": fixed, "TunnelInsideIpVersion": "ipv4"}, "Routes": routes, "VgwTelemetry": tunnels})
}

fn vif(id: &str, kind: &str, at: (&str, &str), state: &str, bgp: &str) -> Value {
    json!({"virtualInterfaceId": id, "virtualInterfaceType": kind, "connectionId": "dxcon-1", "virtualInterfaceState": state, "region": "eu-west-1",
           "virtualGatewayId": "", "directConnectGatewayId": "", at.0: at.1, "routeFilterPrefixes": [],
           "bgpPeers": [{"bgpPeerId": "dxpeer-1", "addressFamily": "ipv4", "bgpPeerState": "available", "bgpStatus": bgp}]})
}

fn association(gateway: &str, kind: &str) -> Value {
    json!({"directConnectGatewayId": DX, "associationState": "associated", "associationId": "a",
           "associatedGateway": {"id": gateway, "type": kind, "ownerAccount": "111111111111", "region": "eu-west-1"}})
}

/// The base, the transit gateway's routes, VPN connections, virtual interfaces, associations.
fn files(
    vpns: &[Value],
    interfaces: &[Value],
    associations: &[Value],
) -> Vec<(&'static str, Value)> {
    vec![
        ("all.json", base()),
        ("routes.tgw-rtb-1.json", transit_routes()),
        ("vpn.json", json!({"VpnConnections": vpns})),
        ("vif.json", json!({"virtualInterfaces": interfaces})),
        (
            "associations.vgw-1.json",
            json!({"directConnectGatewayAssociations": associations}),
        ),
    ]
}

const OUTSIDE: &str = "it lies outside AWS, and no listing says what is there";
const VGW: (&str, &str) = ("VpnGatewayId", "vgw-1");
const TGW: (&str, &str) = ("TransitGatewayId", "tgw-1");
const UP: [(&str, u32); 2] = [("UP", 1), ("DOWN", 0)];
const DOWN: [(&str, u32); 2] = [("DOWN", 0), ("DOWN", 0)];

#[test]
fn a_gateway_without_connections_leads_nowhere() {
    let none = network(&files(&[], &[], &[]));
    assert_eq!(
        why(&none, "https://172.16.0.5"),
        "unreachable NO_ROUTE_TO_DESTINATION connections otherwise"
    );
    assert_eq!(why(&none, "https://203.0.113.77"), "internet");
}

#[test]
fn static_routes_and_the_state_of_tunnels_decide() {
    let of = |tunnels| {
        network(&files(
            &[vpn("vpn-1", VGW, true, &["172.16.0.0/16"], tunnels)],
            &[],
            &[],
        ))
    };
    let up = of(UP);
    assert_eq!(
        why(&up, "https://172.16.0.5"),
        format!("unknown UNKNOWN_RESOURCE on-premises network behind cgw-vpn-1: {OUTSIDE}")
    );
    assert_eq!(
        why(&up, "https://172.17.0.5"),
        "unreachable NO_ROUTE_TO_DESTINATION connections otherwise"
    );
    assert_eq!(why(&up, "https://203.0.113.77"), "internet");
    let down = of(DOWN);
    assert_eq!(
        why(&down, "https://172.16.0.5"),
        "unreachable BAD_STATE_VPN vpn-1"
    );
    assert_eq!(
        why(&down, "https://172.17.0.5"),
        "unreachable NO_ROUTE_TO_DESTINATION connections otherwise"
    );
    // A state that nobody knows is not `down`.
    let other = of([("SIDEWAYS", 1), ("DOWN", 0)]);
    assert_eq!(
        asked(&other, "i-1", "https://172.16.0.5").verdict.name(),
        "unknown"
    );
}

#[test]
fn what_bgp_teaches_is_in_no_listing() {
    let of = |tunnels| network(&files(&[vpn("vpn-1", VGW, false, &[], tunnels)], &[], &[]));
    let learned = "connections of virtual private gateway vgw-1: what vpn-1 teaches it by BGP is in no listing";
    assert_eq!(
        why(&of(UP), "https://172.16.0.5"),
        format!("unknown UNKNOWN_RESOURCE {learned}")
    );
    // Up, and nothing was accepted; or down.
    for tunnels in [[("UP", 0), ("DOWN", 0)], DOWN] {
        assert_eq!(
            why(&of(tunnels), "https://172.16.0.5"),
            "unreachable NO_ROUTE_TO_DESTINATION connections otherwise"
        );
    }
    // A second connection whose routes nobody knows may take what the first does not.
    let two = [
        vpn("vpn-1", VGW, true, &["172.16.0.0/16"], DOWN),
        vpn("vpn-2", VGW, false, &[], UP),
    ];
    let two = network(&files(&two, &[], &[]));
    assert_eq!(
        asked(&two, "i-1", "https://172.16.0.5").verdict.name(),
        "unknown"
    );
}

#[test]
fn a_transit_gateway_knows_the_state_of_its_vpn() {
    let of = |tunnels| {
        network(&files(
            &[vpn("vpn-2", TGW, false, &[], tunnels)],
            &[],
            &[association("tgw-1", "transitGateway")],
        ))
    };
    assert_eq!(
        why(&of(UP), "https://192.168.2.5"),
        format!("unknown UNKNOWN_RESOURCE on-premises network behind cgw-vpn-2: {OUTSIDE}")
    );
    assert_eq!(
        why(&of(DOWN), "https://192.168.2.5"),
        "unreachable TGW_BAD_STATE_VPN tgw-rtb-1 192.168.2.0/24"
    );
    let mut without = files(&[], &[], &[]);
    without.remove(2);
    let text = why(&network(&without), "https://192.168.2.5");
    assert!(
        text.starts_with("unknown") && text.contains("aws ec2 describe-vpn-connections"),
        "{text}"
    );
}

#[test]
fn virtual_interfaces_of_a_virtual_private_gateway() {
    let of = |state, bgp| {
        network(&files(
            &[],
            &[vif(
                "dxvif-1",
                "private",
                ("virtualGatewayId", "vgw-1"),
                state,
                bgp,
            )],
            &[],
        ))
    };
    let learned = "connections of virtual private gateway vgw-1: what dxvif-1 teaches it by BGP is in no listing";
    assert_eq!(
        why(&of("available", "up"), "https://172.16.0.5"),
        format!("unknown UNKNOWN_RESOURCE {learned}")
    );
    for (state, bgp) in [("down", "up"), ("available", "down"), ("deleted", "up")] {
        assert_eq!(
            why(&of(state, bgp), "https://172.16.0.5"),
            "unreachable NO_ROUTE_TO_DESTINATION connections otherwise"
        );
    }
}

#[test]
fn a_direct_connect_gateway_is_up_while_one_of_its_interfaces_is() {
    let attached = |ids: &[&str]| {
        let rows = ids.iter().map(|id| json!({"directConnectGatewayId": DX, "virtualInterfaceId": id, "attachmentState": "attached"}));
        let rows: Vec<Value> = rows.collect();
        json!({"directConnectGatewayId": DX, "directConnectGatewayAttachments": rows})
    };
    let one = |bgp| {
        vif(
            "dxvif-1",
            "transit",
            ("directConnectGatewayId", DX),
            "available",
            bgp,
        )
    };
    let of = |bgp, attachments: Option<Value>| {
        let mut files = files(&[], &[one(bgp)], &[association("tgw-1", "transitGateway")]);
        files.extend(attachments.map(|a| ("attachments.json", a)));
        why(&network(&files), "https://192.168.3.5")
    };
    assert_eq!(
        of("up", None),
        format!("unknown UNKNOWN_RESOURCE on-premises network behind {DX}: {OUTSIDE}")
    );
    assert_eq!(
        of("down", Some(attached(&["dxvif-1"]))),
        "unreachable TGW_BAD_STATE_VPN tgw-rtb-1 192.168.3.0/24"
    );
    assert_eq!(
        of("down", Some(attached(&[]))),
        "unreachable TGW_BAD_STATE_VPN tgw-rtb-1 192.168.3.0/24"
    );
    let other = of("down", Some(attached(&["dxvif-1", "dxvif-9"])));
    assert!(
        other.starts_with("unknown") && other.contains("describe-virtual-interfaces"),
        "{other}"
    );
    let unlisted = of("down", None);
    assert!(
        unlisted.contains("describe-direct-connect-gateway-attachments"),
        "{unlisted}"
    );
}

/// A public virtual interface attracts what AWS sends to the blocks it advertises.
#[test]
fn a_public_interface_takes_what_it_advertises() {
    let mut public = vif(
        "dxvif-1",
        "public",
        ("virtualGatewayId", ""),
        "available",
        "up",
    );
    public["routeFilterPrefixes"] = json!([{"cidr": "198.51.100.0/24"}]);
    let network = network(&files(&[], &[public], &[]));
    let answer = asked(&network, "i-1", "https://198.51.100.7");
    assert_eq!(answer.verdict.name(), "internet");
    let via = via(&network, &answer);
    assert!(via.iter().any(|v| v == "dxvif-1"), "{via:?}");
}

/// Each listing that is left out makes unknown what hangs on it, with the command that gives it.
#[test]
fn each_listing_leaves_open_its_own_flows() {
    let whole = files(
        &[vpn("vpn-1", VGW, true, &["172.16.0.0/16"], DOWN)],
        &[],
        &[],
    );
    for (at, command) in [
        (2, "aws ec2 describe-vpn-connections"),
        (3, "aws directconnect describe-virtual-interfaces"),
        (
            4,
            "aws directconnect describe-direct-connect-gateway-associations",
        ),
    ] {
        let mut less = whole.clone();
        less.remove(at);
        let network = network(&less);
        for to in ["https://172.16.0.5", "https://172.17.0.5"] {
            let text = why(&network, to);
            assert!(
                text.starts_with("unknown") && text.contains(command),
                "{command}: {text}"
            );
        }
        assert_eq!(why(&network, "https://203.0.113.77"), "internet");
    }
    // An answer about another gateway says nothing of this one.
    let mut other = whole;
    other[4] = (
        "associations.vgw-2.json",
        json!({"directConnectGatewayAssociations": []}),
    );
    let text = why(&network(&other), "https://172.16.0.5");
    assert!(
        text.contains("describe-direct-connect-gateway-associations"),
        "{text}"
    );
}

/// What comes from a site meets the VPC's own filters; whether replies arrive nobody can tell.
#[test]
fn a_site_may_ask() {
    let network = network(&files(
        &[vpn("vpn-1", VGW, true, &["172.16.0.0/16"], UP)],
        &[],
        &[],
    ));
    let shut = asked(&network, "cgw-vpn-1/172.16.0.5", "tcp://10.0.1.10:22");
    assert_eq!(shut.verdict.name(), "unreachable");
    let open = asked(&network, "cgw-vpn-1/172.16.0.5", "tcp://10.0.1.10:443");
    assert_eq!(open.verdict.name(), "unknown");
    assert_eq!(
        asked(&network, "cgw-vpn-1/172.16.0.5", "https://www.example.com")
            .verdict
            .name(),
        "unknown"
    );
}

/// Connections of every kind, on both gateways.
fn of_every_kind() -> Vec<(&'static str, Value)> {
    let vpns = [
        vpn("vpn-1", VGW, true, &["172.16.0.0/16"], UP),
        vpn("vpn-2", TGW, false, &[], DOWN),
    ];
    let interfaces = [
        vif(
            "dxvif-1",
            "private",
            ("virtualGatewayId", "vgw-1"),
            "available",
            "up",
        ),
        vif(
            "dxvif-2",
            "transit",
            ("directConnectGatewayId", DX),
            "available",
            "up",
        ),
    ];
    files(
        &vpns,
        &interfaces,
        &[
            association("tgw-1", "transitGateway"),
            association("vgw-1", "virtualPrivateGateway"),
        ],
    )
}

/// The text of what was imported loads, has the connections, and names what it cannot say.
#[test]
fn what_is_imported_is_printed_and_loads_again() {
    let all = of_every_kind();
    let before = network(&all);
    let printed = print(&before, "sites");
    let after = again(&printed.text);
    let connections = |n: &Network| -> Vec<_> {
        let all = n.connections.iter();
        all.map(|(_, c)| (c.kind, c.up, c.prefixes.clone(), c.allowed.clone()))
            .collect()
    };
    let mut both = [connections(&before), connections(&after)];
    assert_eq!(both[0].len(), 5);
    both.iter_mut()
        .for_each(|b| b.sort_by_key(|c| format!("{c:?}")));
    assert_eq!(both[0], both[1], "{}", printed.text);
    assert_eq!(before.sites.len(), after.sites.len());
    assert_eq!(
        print(&after, "sites").text,
        print(&again(&print(&after, "sites").text), "sites").text
    );
    let unsaid: Vec<String> = printed.unsaid.iter().map(ToString::to_string).collect();
    assert!(
        unsaid
            .iter()
            .any(|u| u.contains("on-premises network behind cgw-vpn-1")),
        "{unsaid:#?}"
    );
}

/// No shape is too wrong to be read, built, compiled and printed.
#[test]
fn no_wrong_shape_is_too_much() {
    endure(&of_every_kind(), 2);
}

/// AWS lists the family of a connection's tunnels; where it does not, they carry IPv4.
#[test]
fn the_family_of_tunnels_is_read() {
    use reachability::model::Family;
    let inside = |version: Option<&str>| {
        let mut connection = vpn("vpn-2", TGW, true, &[], UP);
        let options = connection["Options"].as_object_mut().unwrap();
        options.remove("TunnelInsideIpVersion");
        options.extend(version.map(|v| ("TunnelInsideIpVersion".to_owned(), json!(v))));
        let network = network(&files(&[connection], &[], &[]));
        let (_, found) = network.connections.iter().next().unwrap();
        found.inside
    };
    assert_eq!(inside(None), Some(Family::Ipv4));
    assert_eq!(inside(Some("ipv4")), Some(Family::Ipv4));
    assert_eq!(inside(Some("ipv6")), Some(Family::Ipv6));
}
