//! Which edits could mend what stops a flow, by the code of what stops it.
//!
//! A proposal is a guess: whoever asked tries it. So a proposer names every edit that a person would
//! consider there, as narrow as it goes, and judges none.

mod balancers;
mod endpoints;
mod filters;
mod names;
mod policies;
mod public_access;
mod routes;
mod transit;

use super::blocked::Blocked;
use super::{Goal, Wanted};
use crate::code::Code;
use crate::edit::Edit;

/// Sets of edits to try, each by itself.
pub(super) fn propose(blocked: &Blocked<'_>, wanted: &Wanted) -> Vec<Vec<Edit>> {
    let mut out = Vec::new();
    if wanted.goal != Goal::Internet {
        out.extend(endpoints::instead(blocked));
    }
    let Some(code) = blocked.code else {
        return out;
    };
    match code {
        Code::ENI_SG_RULES_MISMATCH
        | Code::SG_HAS_NO_RULES
        | Code::SG_REFERENCES_NOT_PRESERVED
        | Code::SG_REFERENCING_SUPPORT => out.extend(filters::group(blocked)),
        Code::SUBNET_ACL_RESTRICTION => out.extend(filters::acl(blocked)),
        Code::NO_ROUTE_TO_DESTINATION | Code::BAD_STATE_ROUTE => {
            out.extend(routes::route(blocked));
        }
        Code::ENDPOINT_PENDING_ACCEPTANCE
        | Code::ENDPOINT_REJECTED
        | Code::ENDPOINT_NOT_PERMITTED
        | Code::ENDPOINT_NOT_AVAILABLE => out.extend(endpoints::admit(blocked)),
        Code::NO_ENDPOINT => out.extend(endpoints::to_service(blocked)),
        Code::DNS_NO_ANSWER | Code::DNS_NO_ADDRESS | Code::DNS_NXDOMAIN => {
            out.extend(names::answered(blocked))
        }
        Code::ELBV2_LISTENERS_MISMATCH => out.extend(balancers::listener(blocked)),
        Code::ELBV2_LISTENER_HAS_NO_TG => out.extend(balancers::target(blocked)),
        Code::ELB_NOT_CROSSZONE => out.extend(balancers::cross_zone(blocked)),
        Code::ZONE_SHIFTED_AWAY => out.extend(balancers::shift(blocked)),
        Code::HAIRPIN => out.extend(balancers::translate(blocked)),
        Code::TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT
        | Code::TGW_RTB_BAD_STATE_ROUTE
        | Code::TGW_BAD_STATE_VPN => out.extend(transit::route(blocked)),
        Code::TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION => {
            out.extend(transit::association(blocked));
        }
        Code::TGW_ROUTE_AZ_RESTRICTION => out.extend(transit::extension(blocked)),
        Code::TGW_ATTACH_WITHOUT_IPV6 => out.extend(transit::ipv6(blocked)),
        Code::CLIENT_VPN_NOT_AUTHORIZED => out.extend(transit::authorization(blocked)),
        Code::ENI_SOURCE_DEST_CHECK_RESTRICTION => out.extend(filters::check(blocked)),
        Code::ENDPOINT_POLICY_LACKS_ALLOW
        | Code::RESOURCE_POLICY_LACKS_ALLOW
        | Code::IDENTITY_POLICY_LACKS_ALLOW => out.extend(policies::statement(blocked)),
        Code::VPC_BLOCK_PUBLIC_ACCESS_ENABLED => out.extend(public_access::exclusion(blocked)),
        Code::BAD_STATE => out.extend(balancers::start(blocked)),
        Code::UNSUPPORTED_BY_AWS => out.extend(balancers::hide_clients(blocked)),
        Code::REPLY_WITHOUT_SESSION => out.extend(routes::removal(blocked)),
        _ => {}
    }
    if leads_elsewhere(code) {
        out.extend(routes::another(blocked));
    }
    out
}

/// Whether it stops because of the way that a route took it.
fn leads_elsewhere(code: Code) -> bool {
    matches!(
        code,
        Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS
            | Code::IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS
            | Code::IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS
            | Code::INGRESS_RTB_TRAFFIC_REDIRECTION
            | Code::NGW_REQUIRES_SOURCE_IN_VPC
            | Code::REGIONAL_NGW_ROUTE_AZ_RESTRICTION
            | Code::PCX_REQUIRES_ADDRESS_IN_VPC_CIDR
            | Code::VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS
            | Code::VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS
            | Code::VPCE_GATEWAY_NOT_TRANSITIVE
            | Code::BAD_STATE
            | Code::BAD_STATE_VPN
            | Code::BAD_STATE_ATTACHMENT
            | Code::TGW_BAD_STATE_VPN
            | Code::TGW_ROUTE_AZ_RESTRICTION
            | Code::FORWARDING_LOOP
            | Code::MISDELIVERED
            | Code::NO_POSSIBLE_DESTINATION
            | Code::PROTOCOL_RESTRICTION
            | Code::UNSUPPORTED_BY_AWS
            | Code::REPLY_WITHOUT_SESSION
    )
}
