//! Which edits could mend what stops a flow, by the code of what stops it.
//!
//! A proposal is a guess: whoever asked tries it. So a proposer names every edit that a person would
//! consider there, as narrow as it goes, and judges none.

mod balancers;
mod endpoints;
mod filters;
mod names;
mod routes;

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
        Code::DNS_NO_ANSWER | Code::DNS_NXDOMAIN => out.extend(names::answered(blocked)),
        Code::ELBV2_LISTENERS_MISMATCH => out.extend(balancers::listener(blocked)),
        Code::ELBV2_LISTENER_HAS_NO_TG => out.extend(balancers::target(blocked)),
        Code::ELB_NOT_CROSSZONE => out.extend(balancers::cross_zone(blocked)),
        _ => {}
    }
    out
}
