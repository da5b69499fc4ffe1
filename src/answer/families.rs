//! Families of addresses: which answers of a name a source can use (semantics S1).

use super::question::From;
use crate::aws::{DnsAnswer, DnsOutcome, Resolution, embedded, is_somebody};
use crate::model::{Family, Network};

/// Leaves out the answers of families that the source has no address of.
pub(super) fn usable(network: &Network, from: From, resolution: &mut Resolution) {
    let own = from.addresses(network);
    let (v4, v6) = (
        own.iter().any(|a| a.is_ipv4()),
        own.iter().any(|a| a.is_ipv6()),
    );
    let name = &resolution.name;
    let left = |outcome: &mut DnsOutcome| {
        let DnsOutcome::Answered(all) = outcome else {
            return;
        };
        if all.is_empty() {
            return;
        }
        let told = |a: &DnsAnswer| !is_somebody(embedded(a.address).unwrap_or(a.address));
        if !v4 && !all.iter().any(told) {
            let why = format!("whether `{name}` has an IPv6 address: see `public_records`");
            *outcome = DnsOutcome::Unknown(why);
            return;
        }
        all.retain(|a| if a.address.is_v4() { v4 } else { v6 });
        if all.is_empty() {
            let family = if v6 { Family::Ipv6 } else { Family::Ipv4 };
            let why = format!("`{name}` has no {} address", family.name());
            *outcome = DnsOutcome::NoAddress(why, family);
        }
    };
    left(&mut resolution.outcome);
    resolution.choices.iter_mut().for_each(left);
    let others = resolution.otherwise.iter_mut();
    others.for_each(|(outcome, _)| left(outcome));
}
