//! How often what matters must occur, for agreement to mean something.

use crate::networks::{Flow, Sender};
use crate::{Ending, Word};
use reachability::answer::Answer;
use reachability::model::Network;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What must occur, and how often at least, for agreement to mean something.
pub(crate) const POWER: &[(&str, usize)] = &[
    ("private gateway-endpoint", 1000),
    ("private interface-endpoint", 1000),
    ("private load-balancer", 300),
    ("private nat-gateway", 50),
    ("internet nat-gateway", 500),
    ("internet internet-gateway", 1000),
    ("private transit-gateway", 500),
    ("private peering", 500),
    ("private vpn", 250),
    ("private direct-connect", 100),
    ("private same-subnet", 500),
    ("private local", 500),
    ("private host-service", 300),
    ("answered: by PrivateLink and a load balancer", 300),
    ("answered: by PrivateLink between overlapping blocks", 30),
    ("answered: by PrivateLink from Region to Region", 25),
    ("answered: from a site", 150),
    ("answered: to a site", 100),
    ("answered: from one site to another", 3),
    ("answered: from the internet", 300),
    ("answered: from a client", 400),
    ("answered: from a client to the internet", 10),
    ("answered: from a client to another VPC", 40),
    ("answered: back into an internet gateway", 10),
    ("answered: NAT gateway into a peering", 10),
    ("answered: NAT gateway into a gateway endpoint", 10),
    ("answered: a target that fails its checks", 50),
    ("answered: across zones", 50),
    ("answered: by a proxy behind a load balancer", 100),
    ("answered: over two transit gateways", 20),
    ("answered: over a transit gateway to a site", 50),
    ("answered: over a transit gateway from a site", 30),
    ("answered: over a transit gateway to an endpoint", 20),
    ("answered: over a transit gateway to a NAT gateway", 5),
    ("answered: by an appliance to a NAT gateway", 10),
    ("answered: by an appliance to a gateway endpoint", 10),
    ("answered: from a site through an appliance", 15),
    ("answered: from the internet through an appliance", 2),
    ("answered: over a transit gateway through an appliance", 6),
    ("answered: through an appliance, both ways", 100),
    ("answered: to the internet through an appliance", 15),
    ("private appliance", 100),
    ("internet egress-only-internet-gateway", 5),
    ("answered: in IPv6", 1500),
    ("answered: in IPv6, from the internet", 90),
    ("answered: in IPv6, by a gateway endpoint", 60),
    ("answered: in IPv6, by a load balancer", 50),
    ("answered: in IPv6, by PrivateLink", 10),
    ("answered: in IPv6, over a peering", 30),
    ("answered: in IPv6, through an appliance", 40),
    ("answered: from IPv6 to IPv4", 200),
    ("answered: by a regional NAT gateway", 50),
    ("internet direct-connect-public", 200),
    ("internet isp", 150),
    ("unreachable SITE_FIREWALL_RESTRICTION", 150),
    ("answered: past Block Public Access", 90),
    ("answered: past Block Public Access, in IPv6", 10),
    ("answered: past Block Public Access, by a NAT gateway", 40),
    ("answered: past Block Public Access, from the internet", 10),
    ("mixed", 200),
    ("unknown UNSUPPORTED_COMPONENT", 20),
    ("unknown UNKNOWN_RESOURCE", 40),
    ("answered: by an endpoint that TLS alone may enter", 80),
    ("unreachable ENI_ADDRESS_RESTRICTION", 50),
    ("unreachable ENI_SOURCE_DEST_CHECK_RESTRICTION", 200),
    ("unreachable IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", 20),
    ("unreachable INGRESS_RTB_NO_PUBLIC_IP", 25),
    ("unreachable INGRESS_RTB_TRAFFIC_REDIRECTION", 100),
    ("unreachable BAD_STATE", 300),
    ("unreachable BAD_STATE_ATTACHMENT", 50),
    ("unreachable BAD_STATE_ROUTE", 300),
    ("unreachable BAD_STATE_VPN", 20),
    ("unreachable CLIENT_VPN_NOT_AUTHORIZED", 200),
    ("unreachable ELBV2_LISTENERS_MISMATCH", 300),
    ("unreachable ELBV2_LISTENER_HAS_NO_TG", 100),
    ("unreachable ELB_INSTALLED_AZ_RESTRICTION", 100),
    ("unreachable ELB_NOT_CROSSZONE", 100),
    ("unreachable ENDPOINT_NOT_AVAILABLE", 20),
    ("unreachable ENDPOINT_NOT_PERMITTED", 10),
    ("unreachable ENDPOINT_PENDING_ACCEPTANCE", 50),
    ("unreachable ENDPOINT_REJECTED", 50),
    ("unreachable ENI_SG_RULES_MISMATCH", 1000),
    ("unreachable FORWARDING_LOOP", 20),
    ("unreachable HAIRPIN", 30),
    (
        "unreachable IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        300,
    ),
    (
        "unreachable IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
        50,
    ),
    ("unreachable IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", 300),
    ("unreachable NGW_REQUIRES_SOURCE_IN_VPC", 5),
    ("unreachable NO_POSSIBLE_DESTINATION", 300),
    ("unreachable NO_ROUTE_TO_DESTINATION", 1000),
    ("unreachable PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", 50),
    ("unreachable PROTOCOL_RESTRICTION", 50),
    ("unreachable REGIONAL_NGW_ROUTE_AZ_RESTRICTION", 20),
    ("unreachable REPLY_WITHOUT_SESSION", 300),
    ("unreachable SG_HAS_NO_RULES", 300),
    ("unreachable SG_REFERENCES_NOT_PRESERVED", 10),
    ("unreachable SUBNET_ACL_RESTRICTION", 1000),
    ("unreachable TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", 100),
    ("unreachable TGW_BAD_STATE_VPN", 30),
    ("unreachable TGW_ROUTE_AZ_RESTRICTION", 300),
    ("unreachable TGW_RTB_BAD_STATE_ROUTE", 100),
    ("unreachable TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", 300),
    ("unreachable UNSUPPORTED_BY_AWS", 10),
    ("unreachable ZONE_SHIFTED_AWAY", 10),
    ("unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED", 500),
    ("unreachable VPCE_GATEWAY_NOT_TRANSITIVE", 3),
    ("unreachable VPCE_GATEWAY_PROTOCOL_RESTRICTION", 50),
    ("unreachable VPCE_SERVICE_NOT_INSTALLED_IN_AZ", 100),
];

/// What a flow shows beside its ends.
pub(crate) fn powers(
    network: &Network,
    flow: &Flow,
    got: &Answer,
    endings: &BTreeSet<Ending>,
) -> Vec<String> {
    let answered = |e: &&Ending| e.0.is_empty();
    let over = |all: &[Word]| {
        let crossed = |e: &Ending| all.iter().all(|m| e.2.contains(&("out", *m)));
        endings.iter().filter(answered).any(crossed)
    };
    let gateways = |which: Word| {
        let twice = |e: &Ending| e.2.iter().filter(|m| **m == ("out", which)).count() > 1;
        endings.iter().filter(answered).any(twice)
    };
    let transit = over(&["transit-gateway"]);
    let brought = endings.iter().filter(answered).any(|e| {
        let place = |which: Word| e.2.iter().position(|m| *m == ("out", which));
        let (gateway, nat) = (place("transit-gateway"), place("nat-gateway"));
        gateway.is_some_and(|g| nat.is_some_and(|n| g < n))
    });
    let noted = |note: &str| got.notes.contains(&note);
    let some = endings.iter().any(|e| e.0.is_empty());
    let link = over(&["interface-endpoint", "load-balancer"]);
    let mut blocks: Vec<_> = network.vpcs.iter().map(|(_, v)| v.cidrs[0]).collect();
    blocks.sort_unstable();
    let overlap = blocks.windows(2).any(|pair| pair[0] == pair[1]);
    let appliance = over(&["appliance"]);
    let both = |which: Word| {
        let way = |e: &Ending| {
            ["out", "back"]
                .iter()
                .all(|leg| e.2.contains(&(leg, which)))
        };
        endings.iter().filter(answered).any(way)
    };
    let inspected = gateways("transit-gateway") && appliance;
    let from_world = matches!(flow.sender, Sender::Internet(_));
    let from_site = matches!(flow.sender, Sender::Site(_));
    let client = matches!(flow.sender, Sender::Client(..));
    let site = over(&["vpn"]) || over(&["direct-connect"]);
    let sites = |e: &Ending| {
        let connections = [("out", "vpn"), ("out", "direct-connect")];
        e.2.iter().filter(|m| connections.contains(m)).count() > 1
    };
    let sites = from_site && !transit && endings.iter().filter(answered).any(sites);
    let six = flow.to.is_ipv6();
    let mut subnets = network.subnets.iter();
    let shut = subnets.any(|(_, s)| s.leaves().is_some());
    let gateway = over(&["internet-gateway"]) || over(&["egress-only-internet-gateway"]);
    let past = shut && gateway;
    let mut nats = network.regional_nats.iter();
    let mut vpcs = network
        .vpcs
        .iter()
        .filter_map(|(_, v)| v.encryption.as_ref());
    let only_tls = vpcs.any(|controls| controls.enforced);
    let regional = nats.any(|(_, nat)| {
        let mut own = nat.addresses.iter().map(|(_, ip)| IpAddr::V4(*ip));
        let seen = |ip| endings.iter().filter(answered).any(|e| e.3 == Some(ip));
        own.any(seen)
    });
    let translated = |e: &Ending| e.3.is_some_and(|ip| ip.is_ipv4());
    let translated = six && endings.iter().filter(answered).any(translated);
    [
        ("in IPv6", six && some),
        ("in IPv6, from the internet", six && from_world && some),
        (
            "in IPv6, by a gateway endpoint",
            six && over(&["gateway-endpoint"]),
        ),
        (
            "in IPv6, by a load balancer",
            six && over(&["load-balancer"]),
        ),
        ("in IPv6, by PrivateLink", six && link),
        ("in IPv6, over a peering", six && over(&["peering"])),
        ("in IPv6, through an appliance", six && appliance),
        ("from IPv6 to IPv4", translated),
        ("by a regional NAT gateway", regional),
        ("past Block Public Access", past),
        ("past Block Public Access, in IPv6", past && six),
        (
            "past Block Public Access, by a NAT gateway",
            past && over(&["nat-gateway"]),
        ),
        (
            "past Block Public Access, from the internet",
            past && from_world,
        ),
        ("by PrivateLink and a load balancer", link),
        ("by PrivateLink between overlapping blocks", link && overlap),
        (
            "by PrivateLink from Region to Region",
            link && noted("REGION_CROSSED"),
        ),
        ("over two transit gateways", gateways("transit-gateway")),
        (
            "over a transit gateway to a site",
            transit && site && !from_site,
        ),
        ("over a transit gateway from a site", transit && from_site),
        (
            "over a transit gateway to an endpoint",
            over(&["transit-gateway", "interface-endpoint"]),
        ),
        ("over a transit gateway to a NAT gateway", brought),
        ("from a site", from_site && some),
        ("to a site", site && !from_site),
        ("from one site to another", sites),
        ("from the internet", from_world && some),
        ("from a client", client && some),
        ("from a client to the internet", client && gateway),
        (
            "from a client to another VPC",
            client && (transit || over(&["peering"])),
        ),
        (
            "back into an internet gateway",
            gateways("internet-gateway"),
        ),
        (
            "NAT gateway into a peering",
            over(&["nat-gateway", "peering"]),
        ),
        (
            "NAT gateway into a gateway endpoint",
            over(&["nat-gateway", "gateway-endpoint"]),
        ),
        (
            "a target that fails its checks",
            some && noted("TARGETS_UNHEALTHY"),
        ),
        (
            "by a proxy behind a load balancer",
            over(&["load-balancer"]) && noted("ENDS_AT_PROXY"),
        ),
        (
            "by an endpoint that TLS alone may enter",
            only_tls && over(&["interface-endpoint"]),
        ),
        ("across zones", some && noted("AVAILABILITY_ZONE_CROSSED")),
        ("through an appliance, both ways", both("appliance")),
        (
            "from the internet through an appliance",
            from_world && appliance,
        ),
        (
            "to the internet through an appliance",
            appliance && over(&["internet-gateway"]),
        ),
        ("from a site through an appliance", from_site && appliance),
        ("over a transit gateway through an appliance", inspected),
        (
            "by an appliance to a NAT gateway",
            over(&["appliance", "nat-gateway"]),
        ),
        (
            "by an appliance to a gateway endpoint",
            over(&["appliance", "gateway-endpoint"]),
        ),
    ]
    .into_iter()
    .filter(|(_, so)| *so)
    .map(|(what, _)| format!("answered: {what}"))
    .collect()
}
