//! The source: whom the far side sees, and whether this machine is the host it is taken for.

use super::Pair;
use super::names::ends_at_name;
use crate::aws::{address_in_words, is_token};
use crate::code::Code;
use crate::fabric::Address;
use crate::probe::judge::{Finding, place};
use crate::probe::observation::Seen;
use std::net::IpAddr;

/// The far side sees a source that no alternative has.
pub(super) fn part(pair: &Pair<'_>) -> Option<Finding> {
    let mut asked = pair.seen.attempts.iter();
    asked.find_map(|attempt| {
        let Some(Seen::Answered { source, .. }) = &attempt.seen else {
            return None;
        };
        let ways = pair.ways_to(attempt.address).into_iter();
        let ways = ways.filter_map(|n| pair.answer.alternatives.get(n));
        let ways = ways.filter(|w| w.delivered());
        let mut predicted: Vec<Address> = ways.filter_map(|w| w.sees_source).collect();
        predicted.dedup();
        let fits = |a: &Address| is_token(*a) || *a == source.ip().into();
        if predicted.is_empty() || predicted.iter().any(fits) {
            return None;
        }
        let words: Vec<String> = predicted.iter().map(|a| address_in_words(*a)).collect();
        let at = place(attempt.address, attempt.port);
        Some(Finding {
            code: Code::SEEN_OTHERWISE,
            about: at.clone(),
            says: format!(
                "the prediction says that {at} sees {} as the source; it saw {}",
                words.join(" or "),
                source.ip()
            ),
            advice: vec![
                "something on the way translates the source, or keeps it, otherwise: a NAT gateway, a load balancer's client IP preservation, a proxy".to_owned(),
                "or this machine is not the host of the scenario".to_owned(),
            ],
            stops: true,
        })
    })
}

/// This machine sends from an address that the host of the scenario does not have. Told beside
/// everything else, as it explains most of it.
pub(super) fn remark(pair: &Pair<'_>) -> Option<Finding> {
    if ends_at_name(pair) {
        return None;
    }
    let own = pair.answer.ask.from.addresses(pair.network);
    let same = |local: &IpAddr| own.contains(local);
    let known = |local: &IpAddr| own.iter().any(|a| a.is_ipv4() == local.is_ipv4());
    let mut locals = pair.seen.attempts.iter().filter_map(|a| a.local);
    let strange = locals.find(|l| known(l) && !same(l))?;
    let words: Vec<String> = own.iter().map(IpAddr::to_string).collect();
    Some(Finding {
        code: Code::ANOTHER_HOST,
        about: strange.to_string(),
        says: format!(
            "this machine sends from {strange}, and the scenario gives {} the address {}",
            pair.answer.from,
            words.join(", ")
        ),
        advice: vec![
            "run the probe on that host, or say which host this is with `--as`".to_owned(),
        ],
        stops: false,
    })
}
