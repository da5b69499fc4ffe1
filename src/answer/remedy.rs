//! What would have to change: one sentence for the deciding obstacle.

use super::verdict::Obstacle;
use crate::code::Code;
use crate::fabric::{Address, Flow};

/// The smallest change we know of; none where there is nothing to say beyond the code's page.
/// `met` is the traffic as the obstacle saw it.
#[must_use]
pub fn remedy(obstacle: &Obstacle, met: Option<&Flow>) -> Option<String> {
    let by = &obstacle.by;
    let table = by.strip_suffix(" otherwise").unwrap_or(by);
    let traffic = met.map_or("this traffic".to_owned(), |f| traffic(f, table));
    Some(match obstacle.code {
        Code::ENI_SG_RULES_MISMATCH | Code::SG_HAS_NO_RULES => {
            format!("allow {traffic} in the rules of {table}")
        }
        Code::SG_REFERENCES_NOT_PRESERVED => {
            format!("allow {traffic} by address: on this path {table} cannot recognise the group")
        }
        Code::SUBNET_ACL_RESTRICTION | Code::SITE_FIREWALL_RESTRICTION if table == by => {
            format!("allow {traffic} with a lower rule number than {by}, or change that rule")
        }
        Code::SUBNET_ACL_RESTRICTION | Code::SITE_FIREWALL_RESTRICTION => {
            format!("allow {traffic} in {table}")
        }
        Code::NO_ROUTE_TO_DESTINATION => {
            let to = met.map_or("the destination".to_owned(), |f| host(f.dst));
            format!("give {table} a route that covers {to}")
        }
        Code::DNS_NXDOMAIN => format!(
            "add a record of that name to `{}`, or ask for a name it has",
            obstacle.at
        ),
        Code::DNS_NO_ADDRESS => {
            "give the name an address of the source's family, or the source one of the name's; from IPv6 alone, DNS64 and NAT64 lead to IPv4".to_owned()
        }
        Code::DNS_NO_ANSWER => {
            "turn on the VPC's DNS support and let it use AWS's resolver, or dial an address".to_owned()
        }
        Code::BAD_STATE_ROUTE => format!("point {by} at a target that exists"),
        Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS if met.is_some_and(|f| !f.src.is_v4()) => {
            "lead IPv6 out by a gateway of the sender's own VPC: nothing translates it on the way"
                .to_owned()
        }
        Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS => {
            let who = met.map_or("the source".to_owned(), |f| host(f.src));
            format!("give {who} a public address, or route its subnet through a NAT gateway")
        }
        Code::IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS => {
            let to = met.map_or("the destination".to_owned(), |f| host(f.dst));
            format!("dial the public address of {to}, or give it one")
        }
        Code::IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS => {
            let to = met.map_or("that address".to_owned(), |f| host(f.dst));
            format!("give the route table that led here a closer route to {to}, over what leads there")
        }
        Code::REPLY_WITHOUT_SESSION if table != by => {
            let to = met.map_or("the sender".to_owned(), |f| host(f.dst));
            format!(
                "route {to} back the way the request came: {} has not seen the request",
                obstacle.at
            )
        }
        Code::ELBV2_LISTENERS_MISMATCH => match met {
            Some(f) => format!(
                "add a listener for {}, or dial a port that has one",
                port(f)
            ),
            None => return None,
        },
        Code::ELB_NOT_CROSSZONE => {
            "switch cross-zone load balancing on, or register a target in this zone".to_owned()
        }
        Code::ZONE_SHIFTED_AWAY => {
            "end the zonal shift, or register a target in another zone".to_owned()
        }
        Code::ELBV2_LISTENER_HAS_NO_TG => {
            "register a target in the target group".to_owned()
        }
        Code::ENDPOINT_PENDING_ACCEPTANCE => {
            "the provider accepts the endpoint connection".to_owned()
        }
        Code::ENDPOINT_REJECTED => {
            "the provider accepts the connection after all, or the endpoint is made anew".to_owned()
        }
        Code::ENDPOINT_NOT_PERMITTED => {
            "the provider adds this account to the service's allowed principals".to_owned()
        }
        Code::NO_ENDPOINT => "create an endpoint to the service in the source's VPC".to_owned(),
        Code::VPCE_GATEWAY_NOT_TRANSITIVE => {
            "use an interface endpoint: a gateway endpoint serves its own VPC only".to_owned()
        }
        Code::TGW_ROUTE_AZ_RESTRICTION => {
            "add a subnet of the sender's zone to the transit gateway attachment".to_owned()
        }
        Code::TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION => {
            format!(
                "associate {} with a route table of the gateway",
                obstacle.component
            )
        }
        Code::TGW_ATTACH_WITHOUT_IPV6 => {
            "switch IPv6 support on at the transit gateway attachment".to_owned()
        }
        Code::TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT => {
            let to = met.map_or("the destination".to_owned(), |f| host(f.dst));
            format!("give {table} a route that covers {to}, written or propagated")
        }
        Code::TGW_RTB_BAD_STATE_ROUTE => format!("point {by} at an attachment that is available"),
        Code::SG_REFERENCING_SUPPORT => {
            "switch group references on at the transit gateway and both attachments, or allow the \
             sender's block"
                .to_owned()
        }
        Code::ACCESS_POINT_OF_ANOTHER_VPC => {
            "send the request by an endpoint for S3 in the access point's own VPC".to_owned()
        }
        Code::ENDPOINT_POLICY_DENIES
        | Code::RESOURCE_POLICY_DENIES
        | Code::IDENTITY_POLICY_DENIES => {
            format!("change {by}, or meet its exception: no allow outweighs a deny")
        }
        Code::ENDPOINT_POLICY_LACKS_ALLOW
        | Code::RESOURCE_POLICY_LACKS_ALLOW
        | Code::IDENTITY_POLICY_LACKS_ALLOW => {
            format!("add a statement that allows the request to {table}")
        }
        Code::POLICY_KEY_NOT_KNOWN => {
            "name what decides: `?action=…&principal=…&resource=…` in the destination, `principals`, \
             `buckets`, `tables` and ids of endpoints in the input"
                .to_owned()
        }
        Code::HAIRPIN => "switch client IP preservation off in the target group".to_owned(),
        Code::PUBLIC_ADDRESS_NOT_GIVEN => {
            "give the address of this name: `aws.addresses` for a name of AWS, `internet.hosts` or \
             `public_records` for another"
                .to_owned()
        }
        _ => return None,
    })
}

/// The traffic as a rule would name it, seen from the table's direction.
fn traffic(flow: &Flow, table: &str) -> String {
    let (word, peer) = if table.ends_with("egress") || table.contains(" egress ") {
        ("to", flow.dst)
    } else {
        ("from", flow.src)
    };
    format!("{} {word} {}", port(flow), host(peer))
}

fn port(flow: &Flow) -> String {
    let (lo, hi) = flow.dport;
    let ports = if lo == hi {
        lo.to_string()
    } else {
        format!("{lo}-{hi}")
    };
    match flow.proto {
        6 => format!("tcp {ports}"),
        17 => format!("udp {ports}"),
        1 => "icmp".to_owned(),
        58 => "icmpv6".to_owned(),
        other => format!("protocol {other}"),
    }
}

fn host(address: Address) -> String {
    if crate::aws::is_token(address) {
        return "the service's public addresses".to_owned();
    }
    address.to_string()
}
