//! How the conditions of policies see each interface's addresses: no row of the fabric says that
//! (`/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip`).

use super::owned::Owned;
use crate::fabric::Address;
use crate::model::{Condition, Network};
use ipnet::IpNet;
use rustc_hash::FxHashMap;
use std::net::IpAddr;

/// A number for each interface: equal for those whose addresses every condition sees alike.
pub(super) fn conditions(network: &Network, owned: &Owned) -> Vec<u32> {
    let statements = network.policies.iter().flat_map(|(_, p)| &p.statements);
    let all = statements.flat_map(|s| &s.conditions);
    let values = all.filter(|c| is_about_sources(c)).flat_map(|c| &c.values);
    let mut blocks = Vec::new();
    for (value, _) in values {
        match block(value) {
            Some(block) => blocks.push(block),
            // A pattern, a variable: anything may depend on it.
            None => return (0..owned.interfaces()).collect(),
        }
    }
    let mut known: FxHashMap<Vec<bool>, u32> = FxHashMap::default();
    let number = |who| {
        let spans = owned.spans(who).iter();
        let within = |(lo, hi): &(Address, Address)| -> Vec<bool> {
            let cover = |(from, to): &(Address, Address)| from <= lo && hi <= to;
            blocks.iter().map(cover).collect()
        };
        let next = known.len() as u32;
        *known
            .entry(spans.flat_map(within).collect())
            .or_insert(next)
    };
    (0..owned.interfaces()).map(number).collect()
}

/// `aws:SourceIp` and `aws:VpcSourceIp`, in any case.
fn is_about_sources(condition: &Condition) -> bool {
    condition.key.to_ascii_lowercase().contains("sourceip")
}

fn block(value: &str) -> Option<(Address, Address)> {
    let net: IpNet = match value.parse() {
        Ok(net) => net,
        Err(_) => value.parse::<IpAddr>().ok()?.into(),
    };
    Some((net.network().into(), net.broadcast().into()))
}
