//! What else a name may come to, where the input leaves something open (semantics S3).

use super::fold::stop;
use super::names::Lookup;
use super::verdict::{Answer, Obstacle, Part};
use crate::aws::{Compiled, DnsAnswer, DnsOutcome, Resolution};
use crate::code::Code;
use crate::fabric::Address;
use crate::model::{Network, v4};
use ipnet::Ipv4Net;
use std::net::Ipv4Addr;

/// Another reading of a name, and the datum that would rule it out.
pub(super) struct Possible {
    pub(super) found: Lookup,
    code: Code,
    lack: String,
    part: Part,
}

impl Possible {
    /// What splits the two readings of a question.
    pub(super) fn splits(&self, one: &Answer, other: &Answer) -> Obstacle {
        let met = [other, one].into_iter().find_map(|a| a.obstacles.first());
        match met.filter(|_| self.code == Code::PUBLIC_ADDRESS_NOT_GIVEN) {
            Some(met) => Obstacle {
                code: self.code,
                ..met.clone()
            },
            None => stop(self.code, &self.lack, self.part),
        }
    }
}

/// Every other reading: what else the name may come to, and at which address of its list.
pub(super) fn possible(network: &Network, compiled: &Compiled, found: &Lookup) -> Vec<Possible> {
    let mut out = listed(network, compiled, found);
    for (outcome, lack) in &found.resolution.otherwise {
        out.push(Possible {
            found: comes_to(found, outcome.clone()),
            code: Code::UNKNOWN_RESOURCE,
            lack: lack.clone(),
            part: Part::Dns,
        });
    }
    out
}

/// The same look-up with another outcome.
fn comes_to(found: &Lookup, outcome: DnsOutcome) -> Lookup {
    Lookup {
        resolution: Resolution {
            outcome,
            ..found.resolution.clone()
        },
        queries: found.queries.clone(),
    }
}

/// The name of a service whose blocks the input lists, and not its address, may come to any address
/// of them: one of each part that some row tells from the rest.
fn listed(network: &Network, compiled: &Compiled, found: &Lookup) -> Vec<Possible> {
    let DnsOutcome::Answered(answers) = &found.resolution.outcome else {
        return Vec::new();
    };
    let Some(one) = answers.iter().find(|a| a.is_one_of_many()) else {
        return Vec::new();
    };
    let has = |n: &Ipv4Net| {
        one.address
            .v4()
            .is_some_and(|a| n.contains(&Ipv4Addr::from(a)))
    };
    let mut lists = network.aws_lists.iter().map(|(_, nets)| nets);
    let list = lists.find(|nets| v4(nets).any(has));
    let mut parts = Vec::new();
    for net in list.into_iter().flat_map(|nets| v4(nets)) {
        let (lo, hi) = (u32::from(net.network()), u32::from(net.broadcast()));
        parts.push(lo);
        let fabric = &compiled.fabric;
        let rows = fabric.tables.iter();
        let rows = rows
            .filter_map(|t| fabric.v4.rows.get(t.v4.range()))
            .flatten();
        let ends = rows.flat_map(|row| [row.lo, row.hi.saturating_add(1)]);
        parts.extend(ends.filter(|at| (lo..=hi).contains(at)));
    }
    parts.sort_unstable();
    parts.dedup();
    let at = |address: u32| Possible {
        found: comes_to(found, moved(&found.resolution.outcome, address.into())),
        code: Code::PUBLIC_ADDRESS_NOT_GIVEN,
        lack: found.resolution.name.clone(),
        part: Part::Out,
    };
    parts.into_iter().map(at).collect()
}

/// The same answers, at another address of the list.
fn moved(outcome: &DnsOutcome, to: Address) -> DnsOutcome {
    let DnsOutcome::Answered(answers) = outcome else {
        return outcome.clone();
    };
    let answers = answers.iter().map(|answer| DnsAnswer {
        address: match answer.is_one_of_many() {
            true => to,
            false => answer.address,
        },
        ..answer.clone()
    });
    DnsOutcome::Answered(answers.collect())
}
