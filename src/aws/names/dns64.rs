//! DNS64: what a resolver makes of names that have no IPv6 address, for queries from subnets that
//! say so (`/vpc/latest/userguide/nat-gateway-nat64-dns64.html`).

use super::query::{Door, Query, View};
use super::{DnsAnswer, DnsOutcome, Sender, Viewer};
use crate::aws::public::{address_in_words, nat64};
use crate::model::{Id, Subnet, Vpc};
use smol_str::format_smolstr;

impl Query<'_> {
    /// Asks the resolver of the sender's own VPC, which sees the subnet that the query is from.
    pub(super) fn ask_own(&mut self, vpc: Id<Vpc>, from: Sender, name: &str) -> DnsOutcome {
        let (choices, otherwise) = (self.choices.len(), self.otherwise.len());
        let mut outcome = self.ask(View::Vpc(vpc, Door::Inside), name);
        let subnet = self.subnet_of(from).map(|s| &self.network.subnets[s]);
        if subnet.is_some_and(|s| s.dns64) {
            synthesize(&mut outcome);
            self.choices.iter_mut().skip(choices).for_each(synthesize);
            let others = self.otherwise.iter_mut().skip(otherwise);
            others.for_each(|(outcome, _)| synthesize(outcome));
        }
        outcome
    }

    fn subnet_of(&self, from: Sender) -> Option<Id<Subnet>> {
        match (from, self.viewer) {
            (Sender::Asker, Viewer::Vpc(_, subnet)) => subnet,
            (Sender::Interface(id), _) => self.network.interfaces[id].subnet.id(),
            (Sender::Asker | Sender::Site(..), _) => None,
        }
    }
}

/// Adds an address of IPv6 for each of IPv4, if there is none.
fn synthesize(outcome: &mut DnsOutcome) {
    let DnsOutcome::Answered(all) = outcome else {
        return;
    };
    if all.iter().all(|a| a.address.is_v4()) {
        let made: Vec<DnsAnswer> = all.iter().map(synthesized).collect();
        all.extend(made);
    }
}

fn synthesized(answer: &DnsAnswer) -> DnsAnswer {
    let of = address_in_words(answer.address);
    DnsAnswer {
        address: nat64(answer.address),
        by: format_smolstr!("DNS64 of {of}, {}", answer.by),
        ..answer.clone()
    }
}
