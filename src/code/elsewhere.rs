//! Codes of AWS Reachability Analyzer that no answer has here
//! (`/vpc/latest/reachability/explanation-codes.html`).

/// Codes of AWS that cannot arise, and why, several to a reason. AWS searches for any path and explains each that it gave up; here one
/// flow is followed, which knows its addresses and ports from the first packet on.
pub const ELSEWHERE: &[(&str, &str)] = &[
    (
        "MORE_SPECIFIC_ROUTE",
        "it stops nothing, as every default route loses to longer ones: each step of a route lists in its JSON what it beat, and HIGHER_PRIORITY_ROUTE says so of equal length",
    ),
    (
        "DISCONNECTED_VPCS",
        "one flow is followed, and its first table says what it lacks: NO_ROUTE_TO_DESTINATION",
    ),
    (
        "ELBV2_NO_TARGETS_IN_AZ",
        "no question names zones of targets: ELB_NOT_CROSSZONE says that a node's own zone has none",
    ),
    (
        "TGW_ATTACH_VPC_AZ_RESTRICTION",
        "the zone of an attachment is chosen, and each is followed: TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED",
    ),
    (
        "VPCE_INTRA_VPC_TRAFFIC",
        "an endpoint is no source: it starts no connection, and a question that begins at one is an error",
    ),
    (
        "CANNOT_ROUTE TGW_RTB_CANNOT_ROUTE",
        "a route that does not match is no obstacle",
    ),
    (
        "TGW_RTB_MORE_SPECIFIC_ROUTE",
        "it stops nothing: each step of a route lists in its JSON what it beat",
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

/// Why no answer has a code of AWS.
#[must_use]
pub fn elsewhere(name: &str) -> Option<&'static str> {
    let (_, why) = ELSEWHERE
        .iter()
        .find(|(names, _)| names.split(' ').any(|n| n == name))?;
    Some(why)
}
