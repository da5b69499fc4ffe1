//! The reasons of AWS Reachability Analyzer (`/vpc/latest/reachability/explanation-codes.html`): each
//! is produced here, or says why it cannot arise.

use reachability::code::Code;
use std::collections::BTreeSet;

/// Every explanation code of AWS's page.
const AWS: &str = "
    BAD_STATE BAD_STATE_ATTACHMENT BAD_STATE_ROUTE BAD_STATE_VPN CANNOT_ROUTE ELB_ACL_RESTRICTION
    ELB_INSTALLED_AZ_RESTRICTION ELB_LISTENER_PORT_RESTRICTION ELB_LISTENERS_MISMATCH
    ELB_NOT_CROSSZONE ELBV2_LISTENER_HAS_NO_TG ELBV2_LISTENER_PORT_RESTRICTION
    ELBV2_LISTENER_REQUIRES_TG_ACCEPT ELBV2_LISTENERS_MISMATCH ELBV2_NO_TARGETS_IN_AZ
    ELBV2_SOURCE_ADDRESS_PRESERVATION ENI_ADDRESS_RESTRICTION ENI_SG_RULES_MISMATCH SG_HAS_NO_RULES
    ENI_SOURCE_DEST_CHECK_RESTRICTION FIREWALL_RULES_RESTRICTION GATEWAY_REJECTS_SPOOFED_TRAFFIC
    GWLB_DESTINATION_PORT_RESTRICTION GWLB_PROTOCOL_RESTRICTION HIGHER_PRIORITY_ROUTE
    MORE_SPECIFIC_ROUTE IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS
    IGW_NAT_REFLECTION IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS
    INGRESS_RTB_NO_PUBLIC_IP INGRESS_RTB_TRAFFIC_REDIRECTION NGW_DEST_ADDRESS_PRESERVATION
    NGW_SOURCE_ADDRESS_REASSIGN NGW_REQUIRES_SOURCE_IN_VPC REGIONAL_NGW_ROUTE_AZ_RESTRICTION
    NO_POSSIBLE_DESTINATION NO_ROUTE_TO_DESTINATION PCX_REQUIRES_ADDRESS_IN_VPC_CIDR
    PROTOCOL_RESTRICTION REMAP_EPHEMERAL_PORT SG_REFERENCES_NOT_PRESERVED SG_REFERENCING_SUPPORT
    SUBNET_ACL_RESTRICTION TARGET_ADDRESS_RESTRICTION TARGET_PORT_RESTRICTION
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION TGW_ATTACH_VPC_AZ_RESTRICTION TGW_BAD_STATE_VPN
    TGW_RTB_BAD_STATE_ROUTE TGW_ROUTE_AZ_RESTRICTION TGW_RTB_CANNOT_ROUTE
    TGW_RTB_HIGHER_PRIORITY_ROUTE TGW_RTB_MORE_SPECIFIC_ROUTE TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT
    TGW_RTB_ROUTES_ARE_UNKNOWN UNKNOWN_DESTINATION UNKNOWN_PEERED_SGS UNKNOWN_RESOURCE
    VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS
    VPC_BLOCK_PUBLIC_ACCESS_ENABLED VPC_LOCAL_ROUTE_CIDR_RESTRICTION
    VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION VPCE_GATEWAY_PROTOCOL_RESTRICTION
    VPCE_INTRA_VPC_TRAFFIC VPCE_SERVICE_NOT_INSTALLED_IN_AZ DISCONNECTED_VPCS NO_PATH
    NO_SOURCE_OR_DESTINATION UNASSOCIATED_COMPONENT UNSUPPORTED_COMPONENT
    COMPONENT_FILTER_RESTRICTION COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT
    FILTER_AT_SOURCE_SOURCE_ADDRESS FILTER_AT_SOURCE_SOURCE_PORT_RANGE
    FILTER_AT_SOURCE_DESTINATION_ADDRESS FILTER_AT_SOURCE_DESTINATION_PORT_RANGE
    FILTER_AT_SOURCE_PROTOCOL FILTER_AT_DESTINATION_SOURCE_ADDRESS
    FILTER_AT_DESTINATION_SOURCE_PORT_RANGE FILTER_AT_DESTINATION_DESTINATION_ADDRESS
    FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE FILTER_AT_DESTINATION_PROTOCOL
    IGW_EXPECTS_PUBLIC_ADDRESS";

/// What cannot arise, and why. AWS searches for any path and explains each that it gave up; here one
/// flow is followed, which knows its addresses and ports from the first packet on.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "CANNOT_ROUTE TGW_RTB_CANNOT_ROUTE",
        "a route that does not match is no obstacle",
    ),
    (
        "TGW_RTB_MORE_SPECIFIC_ROUTE",
        "a route that lost to a longer one is not listed",
    ),
    (
        "ELB_ACL_RESTRICTION ELB_LISTENER_PORT_RESTRICTION ELB_LISTENERS_MISMATCH",
        "Classic Load Balancers are not modelled",
    ),
    (
        "ELBV2_LISTENER_PORT_RESTRICTION",
        "the port is given: ELBV2_LISTENERS_MISMATCH",
    ),
    (
        "ELBV2_LISTENER_REQUIRES_TG_ACCEPT",
        "a target group takes what its listener forwards",
    ),
    (
        "ELBV2_SOURCE_ADDRESS_PRESERVATION",
        "the source is followed, never assumed",
    ),
    (
        "FIREWALL_RULES_RESTRICTION",
        "Network Firewall is not modelled",
    ),
    (
        "GWLB_DESTINATION_PORT_RESTRICTION GWLB_PROTOCOL_RESTRICTION",
        "what is behind a Gateway Load Balancer is not modelled: UNSUPPORTED_COMPONENT",
    ),
    (
        "GATEWAY_REJECTS_SPOOFED_TRAFFIC",
        "a source has its own addresses: ENI_SOURCE_DEST_CHECK_RESTRICTION, IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    ),
    (
        "IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS",
        "what an internet gateway translates is an interface's: IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
    ),
    (
        "IGW_NAT_REFLECTION",
        "a path that leaves by an internet gateway and comes back is followed",
    ),
    (
        "NGW_DEST_ADDRESS_PRESERVATION NGW_SOURCE_ADDRESS_REASSIGN REMAP_EPHEMERAL_PORT",
        "translations are carried out, not guessed backwards",
    ),
    (
        "TARGET_ADDRESS_RESTRICTION TARGET_PORT_RESTRICTION",
        "a load balancer's choice is followed to its targets",
    ),
    (
        "UNKNOWN_DESTINATION",
        "a destination that means nothing is an error of the question",
    ),
    (
        "UNKNOWN_PEERED_SGS",
        "groups of the far VPC that are not in the input: UNKNOWN_RESOURCE",
    ),
    (
        "VPC_LOCAL_ROUTE_CIDR_RESTRICTION",
        "a local route that does not match is no obstacle",
    ),
    (
        "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION",
        "replies come from the address that was asked",
    ),
    (
        "NO_PATH NO_SOURCE_OR_DESTINATION UNASSOCIATED_COMPONENT",
        "every answer names the row that decided, and an incomplete question is an error",
    ),
    (
        "COMPONENT_FILTER_RESTRICTION COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT FILTER_AT_SOURCE_SOURCE_ADDRESS FILTER_AT_SOURCE_SOURCE_PORT_RANGE FILTER_AT_SOURCE_DESTINATION_ADDRESS FILTER_AT_SOURCE_DESTINATION_PORT_RANGE FILTER_AT_SOURCE_PROTOCOL FILTER_AT_DESTINATION_SOURCE_ADDRESS FILTER_AT_DESTINATION_SOURCE_PORT_RANGE FILTER_AT_DESTINATION_DESTINATION_ADDRESS FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE FILTER_AT_DESTINATION_PROTOCOL",
        "a question has no filters for paths",
    ),
    (
        "IGW_EXPECTS_PUBLIC_ADDRESS",
        "a source on the internet is any address: IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
    ),
];

/// Names of codes in a text.
fn codes_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|w| w.contains('_') && w.chars().all(|c| !c.is_ascii_lowercase()))
}

#[test]
fn every_code_of_aws_arises_or_says_why_it_cannot() {
    let all: BTreeSet<&str> = AWS.split_whitespace().collect();
    assert_eq!(all.len(), 89);
    let mut left = BTreeSet::new();
    for (names, why) in ELSEWHERE {
        assert!(!why.is_empty());
        for name in names.split(' ') {
            assert!(all.contains(name), "{name} is no code of AWS");
            assert!(left.insert(name), "{name} is listed twice");
            assert_eq!(Code::parse(name), None, "{name} exists here");
        }
        for other in codes_in(why) {
            let code = Code::parse(other).unwrap_or_else(|| panic!("{other} does not exist"));
            assert!(code.page().is_some(), "{other} is produced by nothing");
        }
    }
    for name in all.difference(&left) {
        let code =
            Code::parse(name).unwrap_or_else(|| panic!("{name} neither arises nor says why"));
        // Produced by the example of its page, or reserved for something that is named.
        assert_ne!(code.page().is_some(), code.reserved().is_some(), "{name}");
    }
}
