//! What a way says of a claim: nothing against it, that it does not hold, or that it may not.

use super::ways::Way;
use crate::answer::{Alternative, Verdict, Wording, is_called};
use crate::aws::Compiled;
use crate::engine::{End, Leg};
use crate::model::Network;
use crate::property::{Claim, Property};

/// What a way says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// Nothing against it.
    Fine,
    /// It does not hold.
    Refutes,
    /// It may not hold.
    Unclear,
}

/// Judges a way.
pub(super) fn judge(
    network: &Network,
    compiled: &Compiled,
    property: &Property,
    way: &Way,
) -> Judged {
    let alternative = &way.alternative;
    match &property.claim {
        Claim::NeverInternet => match alternative.leaves_in_public(compiled) {
            Some(step) => certain(alternative, step),
            None => beyond(alternative),
        },
        Claim::NeverReachable | Claim::OnlyPorts(_) | Claim::Isolated(_) => {
            arrives(alternative, property.replies)
        }
        Claim::AlwaysPrivate => match alternative.class {
            Verdict::Private => Judged::Fine,
            other => not(other),
        },
        Claim::AlwaysReachable => match alternative.class {
            Verdict::Private | Verdict::Internet => Judged::Fine,
            other => not(other),
        },
        Claim::OnlyVia(wanted) => match arrives(alternative, property.replies) {
            Judged::Fine => Judged::Fine,
            judged => {
                let via = Wording::new(network, compiled).via(alternative, Leg::Out);
                let mut way = via.iter();
                let all = wanted.iter().all(|w| way.any(|name| is_called(name, w)));
                if all { Judged::Fine } else { judged }
            }
        },
    }
}

fn not(class: Verdict) -> Judged {
    match class {
        Verdict::Unknown => Judged::Unclear,
        _ => Judged::Refutes,
    }
}

/// It arrives; with `answered`, its reply comes home too.
fn arrives(alternative: &Alternative, answered: bool) -> Judged {
    match (alternative.arrives(), answered) {
        (None, _) => beyond(alternative),
        (Some(step), false) => certain(alternative, step),
        (Some(_), true) => match alternative.class {
            Verdict::Unknown => Judged::Unclear,
            Verdict::Unreachable => Judged::Fine,
            _ => Judged::Refutes,
        },
    }
}

fn certain(alternative: &Alternative, step: usize) -> Judged {
    match alternative.certain_before(step) && !alternative.possibility {
        true => Judged::Refutes,
        false => Judged::Unclear,
    }
}

/// What lies beyond its end, if nobody knows.
fn beyond(alternative: &Alternative) -> Judged {
    let unsent = alternative.steps.is_empty() && alternative.class == Verdict::Unknown;
    match alternative.end {
        Some((Leg::Out, End::Opaque(..))) => Judged::Unclear,
        _ if unsent => Judged::Unclear,
        _ => Judged::Fine,
    }
}
