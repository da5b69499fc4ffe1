//! What else a question may mean, where the input leaves something open (semantics S3).

use super::fold::stop;
use super::names::Lookup;
use super::question::{Ask, From};
use super::verdict::{Answer, Obstacle, Part};
use crate::aws::{Compiled, DnsAnswer, DnsOutcome, Resolution};
use crate::code::Code;
use crate::fabric::Address;
use crate::model::{Gap, Network, Os, Role, Unseen, v4};
use ipnet::Ipv4Net;
use std::net::Ipv4Addr;

/// Another reading of a question, and the datum that would rule it out.
pub(super) struct Possible {
    pub(super) found: Option<Lookup>,
    pub(super) client_ports: Option<(u16, u16)>,
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

/// Every other reading: what else the name may come to, at which address of its list, which system
/// the source may run.
pub(super) fn possible(
    network: &Network,
    compiled: &Compiled,
    ask: &Ask,
    found: Option<&Lookup>,
) -> Vec<Possible> {
    let mut out = Vec::new();
    if let Some(found) = found {
        out.extend(listed(network, compiled, found));
        for (outcome, lack) in &found.resolution.otherwise {
            out.push(Possible {
                found: Some(Lookup {
                    resolution: Resolution {
                        outcome: outcome.clone(),
                        missing: Vec::new(),
                        ..found.resolution.clone()
                    },
                    queries: found.queries.clone(),
                }),
                client_ports: None,
                code: Code::UNKNOWN_RESOURCE,
                lack: lack.clone(),
                part: Part::Dns,
            });
        }
    }
    if let (Some(lack), None) = (system_not_said(network, ask), ask.client_ports) {
        out.extend([Os::Linux, Os::Windows].map(|os| Possible {
            found: None,
            client_ports: Some(os.client_ports()),
            code: Code::UNKNOWN_RESOURCE,
            lack: lack.clone(),
            part: Part::Out,
        }));
    }
    out
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
        let rows = compiled.fabric.v4.rows.iter();
        let ends = rows.flat_map(|row| [row.lo, row.hi.saturating_add(1)]);
        parts.extend(ends.filter(|at| lo < *at && *at <= hi));
    }
    parts.sort_unstable();
    parts.dedup();
    let at = |address: u32| Possible {
        found: Some(Lookup {
            resolution: Resolution {
                outcome: moved(&found.resolution.outcome, address.into()),
                ..found.resolution.clone()
            },
            queries: found.queries.clone(),
        }),
        client_ports: None,
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

/// Why it is not known which system an instance runs, which decides its client ports.
fn system_not_said(network: &Network, ask: &Ask) -> Option<String> {
    let (From::Interface(id) | From::Address(id, _)) = ask.from else {
        return None;
    };
    let Role::Instance(instance) = &network.interfaces[id].role else {
        return None;
    };
    let gap = instance.id().map(Gap::Running);
    let unseen = match gap {
        Some(gap) => network.gap(gap),
        None => instance.unseen().map(|u| &network.unseen[u]),
    };
    unseen.map(Unseen::text)
}
