//! How a prediction shows at the host: what a connection may do if it holds.

use crate::answer::{Alternative, Part, Verdict};
use crate::code::Code;
use crate::probe::observation::Connect;

/// What a connection did, as far as it tells alternatives apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// It was made, or an answer came.
    Open,
    /// Somebody refused.
    Refused,
    /// Nothing came back.
    Silent,
    /// Somebody said that there is no way.
    Unreachable,
    /// There is no address to send from.
    NoFamily,
}

/// What stops traffic without a word: filters of VPCs and on the host's own hypervisor
/// (`/vpc/latest/userguide/vpc-security-groups.html`: what no rule allows is dropped,
/// `/vpc/latest/userguide/nacl-rules.html`).
const DROPS: &[Code] = &[
    Code::ENI_SG_RULES_MISMATCH,
    Code::SG_HAS_NO_RULES,
    Code::SG_REFERENCES_NOT_PRESERVED,
    Code::SG_REFERENCING_SUPPORT,
    Code::SUBNET_ACL_RESTRICTION,
    Code::ENI_SOURCE_DEST_CHECK_RESTRICTION,
    Code::VPC_BLOCK_PUBLIC_ACCESS_ENABLED,
];

/// What was seen of a connection; none if nothing was tried.
pub(super) fn sight(connect: &Connect) -> Option<Sight> {
    Some(match connect {
        Connect::Open => Sight::Open,
        Connect::Refused => Sight::Refused,
        Connect::TimedOut | Connect::NoAnswer => Sight::Silent,
        Connect::Unreachable(_) => Sight::Unreachable,
        Connect::NoFamily => Sight::NoFamily,
        Connect::NotPermitted(_) | Connect::Failed(_) | Connect::NotTried => return None,
    })
}

/// Whether a connection may do this if the alternative holds. Where no page of AWS says how a
/// failure shows, every failure may be it.
pub(super) fn possible(way: &Alternative, sight: Sight, answers_for_certain: bool) -> bool {
    if way.class == Verdict::Unknown {
        return true;
    }
    match &way.obstacle {
        // Whoever is there may not listen, or not answer what is sent.
        None => match sight {
            Sight::Open | Sight::Refused => true,
            Sight::Silent => !answers_for_certain,
            Sight::Unreachable | Sight::NoFamily => false,
        },
        // The connection is made; the request is refused.
        Some(o) if o.leg == Part::Gate => matches!(sight, Sight::Open),
        Some(o) if o.code == Code::MISDELIVERED => sight != Sight::NoFamily,
        Some(o) if o.code == Code::NO_ADDRESS_OF_FAMILY => {
            matches!(sight, Sight::NoFamily | Sight::Unreachable)
        }
        Some(o) if DROPS.contains(&o.code) => sight == Sight::Silent,
        Some(_) => matches!(sight, Sight::Silent | Sight::Refused | Sight::Unreachable),
    }
}
