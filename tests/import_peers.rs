//! What an export of two Regions says of the peering of their transit gateways.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "listings/mod.rs"]
mod listings;

use listings::{again, asked, endure, imported, network, why};
use reachability::model::Network;
use reachability::scenario::print::print;
use serde_json::{Value, json};

/// What one Region lists: a VPC, an instance, a transit gateway and its table.
fn region(n: u8, zone: &str) -> Value {
    let entry = |egress| json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"});
    let id = |kind: &str| format!("{kind}-{n}");
    let net = |rest: &str| format!("10.{n}.{rest}");
    let (vpc, subnet) = (id("vpc"), id("subnet"));
    json!({
        "Vpcs": [{"VpcId": vpc, "OwnerId": "111111111111", "CidrBlock": net("0.0/16")}],
        "Subnets": [{"SubnetId": subnet, "VpcId": vpc, "CidrBlock": net("1.0/24"), "AvailabilityZone": zone}],
        "RouteTables": [{"RouteTableId": id("rtb"), "VpcId": vpc, "Associations": [{"Main": true}], "Routes": [
            {"DestinationCidrBlock": net("0.0/16"), "GatewayId": "local", "State": "active"},
            {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": id("tgw"), "State": "active"}]}],
        "NetworkInterfaces": [{"NetworkInterfaceId": id("eni"), "VpcId": vpc, "SubnetId": subnet, "PrivateIpAddress": net("1.10"),
            "PrivateIpAddresses": [{"PrivateIpAddress": net("1.10"), "Primary": true}], "Groups": [{"GroupId": id("sg")}], "InterfaceType": "interface",
            "Attachment": {"InstanceId": id("i"), "DeviceIndex": 0}}],
        "Reservations": [{"Instances": [{"InstanceId": id("i"), "VpcId": vpc, "SubnetId": subnet, "PrivateIpAddress": net("1.10"), "State": {"Name": "running"}}]}],
        "SecurityGroups": [{"GroupId": id("sg"), "VpcId": vpc, "GroupName": "open", "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
        "NetworkAcls": [{"NetworkAclId": id("acl"), "VpcId": vpc, "IsDefault": true, "Entries": [entry(true), entry(false)], "Associations": [{"SubnetId": subnet}]}],
        "InternetGateways": [], "VpcPeeringConnections": [], "NatGateways": [], "VpcEndpoints": [], "Addresses": [],
        "TransitGateways": [{"TransitGatewayId": id("tgw"), "OwnerId": "111111111111", "State": "available", "Options": {}}],
        "TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": id("tgw-attach"), "TransitGatewayId": id("tgw"), "VpcId": vpc, "SubnetIds": [subnet], "State": "available", "Options": {}}],
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": id("tgw-rtb"), "TransitGatewayId": id("tgw"), "State": "available"}]
    })
}

/// Its attachments, of which the peering is known there by an id.
fn attachments(n: u8, peering: &str) -> Value {
    let row = |id: &str, kind: &str, resource: &str| {
        json!({"TransitGatewayAttachmentId": id, "TransitGatewayId": format!("tgw-{n}"), "ResourceType": kind, "ResourceId": resource,
        "State": "available", "Association": {"TransitGatewayRouteTableId": format!("tgw-rtb-{n}"), "State": "associated"}})
    };
    json!({"TransitGatewayAttachments": [row(&format!("tgw-attach-{n}"), "vpc", &format!("vpc-{n}")), row(peering, "peering", &format!("tgw-{}", 3 - n))]})
}

fn routes(n: u8, peering: &str) -> Value {
    let route = |cidr: &str, to: &str, kind: &str| json!({"DestinationCidrBlock": cidr, "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": to}], "Type": kind, "State": "active"});
    json!({"Routes": [route(&format!("10.{n}.0.0/16"), &format!("tgw-attach-{n}"), "propagated"), route(&format!("10.{}.0.0/16", 3 - n), peering, "static")], "AdditionalRoutesAvailable": false})
}

fn peering(requester: &str, accepter: &str, state: &str) -> Value {
    let side = |n: u8, region: &str| json!({"TransitGatewayId": format!("tgw-{n}"), "OwnerId": "111111111111", "Region": region});
    json!({"TransitGatewayPeeringAttachments": [{"TransitGatewayAttachmentId": requester, "AccepterTransitGatewayAttachmentId": accepter,
        "RequesterTgwInfo": side(1, "eu-west-1"), "AccepterTgwInfo": side(2, "us-east-1"), "State": state}]})
}

fn files(ids: [&str; 2], state: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("111111111111/eu-west-1/all.json", region(1, "eu-west-1a")),
        ("111111111111/us-east-1/all.json", region(2, "us-east-1a")),
        (
            "111111111111/eu-west-1/attachments.json",
            attachments(1, ids[0]),
        ),
        (
            "111111111111/us-east-1/attachments.json",
            attachments(2, ids[1]),
        ),
        (
            "111111111111/eu-west-1/routes.tgw-rtb-1.json",
            routes(1, ids[0]),
        ),
        (
            "111111111111/us-east-1/routes.tgw-rtb-2.json",
            routes(2, ids[1]),
        ),
        (
            "111111111111/eu-west-1/peering.json",
            peering(ids[0], ids[1], state),
        ),
        (
            "111111111111/us-east-1/peering.json",
            peering(ids[0], ids[1], state),
        ),
    ]
}

/// One id in both Regions, and an id of its own at each.
const IDS: [[&str; 2]; 2] = [
    ["tgw-attach-p", "tgw-attach-p"],
    ["tgw-attach-p", "tgw-attach-q"],
];

#[test]
fn a_peering_joins_two_regions() {
    for ids in IDS {
        let both = files(ids, "available");
        let said = imported(&both).diagnostics;
        assert!(said.is_empty(), "{said:?}");
        let network = network(&both);
        for (from, to) in [
            ("i-1", "tcp://10.2.1.10:443"),
            ("i-2", "tcp://10.1.1.10:443"),
        ] {
            assert_eq!(why(&network, from, to), "private", "{ids:?}");
        }
        let away = why(&network, "i-1", "tcp://10.3.1.10:443");
        assert!(
            away.starts_with("unreachable TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"),
            "{away}"
        );
    }
}

#[test]
fn a_peering_that_is_not_accepted_carries_nothing() {
    let network = network(&files(IDS[0], "pendingAcceptance"));
    assert!(why(&network, "i-1", "tcp://10.2.1.10:443").starts_with("unreachable"));
}

/// Without the other gateway, what is behind the peering is unknown, and only that.
#[test]
fn one_side_alone_does_not_know_the_other() {
    for gone in [vec![1, 3, 5, 7], vec![6, 7]] {
        let mut less = files(IDS[0], "available");
        gone.iter().rev().for_each(|at| drop(less.remove(*at)));
        let network = network(&less);
        assert!(why(&network, "i-1", "tcp://10.2.1.10:443").starts_with("unknown"));
        assert!(why(&network, "i-1", "tcp://10.3.1.10:443").starts_with("unreachable"));
    }
}

#[test]
fn what_is_imported_is_printed_and_loads_again() {
    for ids in IDS {
        let after = again(&print(&network(&files(ids, "available")), "peers").text);
        assert_eq!(
            asked(&after, "vpc-1/i-1", "tcp://10.2.1.10:443")
                .verdict
                .name(),
            "private"
        );
    }
}

/// Both Regions, with nothing found in the first one's table, and these files beside it.
fn told_otherwise(more: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    let mut files = files(IDS[0], "available");
    files[4].1 = json!({"Routes": [], "AdditionalRoutesAvailable": false});
    files.push((
        "111111111111/eu-west-1/propagations.tgw-rtb-1.json",
        json!({"TransitGatewayRouteTablePropagations": [
            {"TransitGatewayAttachmentId": "tgw-attach-1", "ResourceId": "vpc-1", "ResourceType": "vpc", "State": "enabled"}]}),
    ));
    files.push((
        "111111111111/eu-west-1/lists.json",
        json!({"PrefixLists": [{"PrefixListId": "pl-2", "PrefixListName": "far", "AddressFamily": "IPv4", "MaxEntries": 5}]}),
    ));
    files.push((
        "111111111111/eu-west-1/entries.pl-2.json",
        json!({"Entries": [{"Cidr": "10.2.0.0/16"}, {"Cidr": "10.4.0.0/16"}]}),
    ));
    files.extend(more);
    files
}

/// References to prefix lists are routes, whether a search found them too or not.
#[test]
fn references_to_prefix_lists_are_routes() {
    let reference = |blackhole, state| {
        let row = json!({"TransitGatewayRouteTableId": "tgw-rtb-1", "PrefixListId": "pl-2", "State": state, "Blackhole": blackhole,
            "TransitGatewayAttachment": {"TransitGatewayAttachmentId": "tgw-attach-p"}});
        let file = "111111111111/eu-west-1/references.json";
        (file, json!({"TransitGatewayPrefixListReferences": [row]}))
    };
    let far = |files: &[(&str, Value)]| why(&network(files), "i-1", "tcp://10.2.1.10:443");
    let lost = "unreachable TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT";
    assert!(far(&told_otherwise(vec![])).starts_with(lost));
    let stated = told_otherwise(vec![reference(false, "available")]);
    let left = imported(&stated).left_out;
    assert!(left.iter().all(|l| !l.what.contains("refix")), "{left:?}");
    assert_eq!(far(&stated), "private");
    assert!(far(&told_otherwise(vec![reference(false, "deleting")])).starts_with(lost));
    let black = far(&told_otherwise(vec![reference(true, "available")]));
    assert!(
        black.starts_with("unreachable TGW_RTB_BAD_STATE_ROUTE"),
        "{black}"
    );
    let row = |cidr: &str| {
        json!({"DestinationCidrBlock": cidr, "PrefixListId": "pl-2", "Type": "static", "State": "active",
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-p"}]})
    };
    let mut found = stated.clone();
    found[4].1 = json!({"Routes": [row("10.2.0.0/16"), row("10.4.0.0/16")]});
    assert_eq!(far(&found), "private");
    let once = network(&found);
    let mut tables = once.transit_tables.iter();
    let own = tables.find(|(_, t)| t.name == "tgw-rtb-1").unwrap().1;
    assert_eq!(own.routes.iter().filter(|r| r.fixed).count(), 1);
}

/// An attachment propagates its VPC's IPv6 blocks if it carries IPv6.
#[test]
fn what_is_propagated_is_of_both_families() {
    let own = |options: Value| {
        let mut files = told_otherwise(vec![]);
        files[0].1["TransitGatewayVpcAttachments"][0]["Options"] = options;
        files[0].1["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = json!([{"Ipv6CidrBlock": "2600:1f16:1::/56", "Ipv6CidrBlockState": {"State": "associated"}}]);
        network(&files)
    };
    let blocks = |network: &Network| {
        let mut tables = network.transit_tables.iter();
        tables
            .find(|(_, t)| t.name == "tgw-rtb-1")
            .unwrap()
            .1
            .routes
            .len()
    };
    assert_eq!(blocks(&own(json!({"Ipv6Support": "enable"}))), 2);
    assert_eq!(blocks(&own(json!({"Ipv6Support": "disable"}))), 1);
    let untold = own(json!({}));
    assert!(why(&untold, "i-1", "tcp://10.3.1.10:443").starts_with("unknown"));
}

#[test]
fn no_wrong_shape_is_too_much() {
    endure(&files(IDS[0], "available"), 2);
    endure(&told_otherwise(vec![]), 3);
}
