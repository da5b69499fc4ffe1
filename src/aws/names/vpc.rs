//! A VPC's resolver.

use super::claims::{Candidate, What, losers};
use super::own::endpoint_answers;
use super::query::{Door, Query};
use super::{DnsOutcome, DnsStep, Sender};
use crate::code::Code;
use crate::model::{
    Fact, Gap, Id, Interface, Listing, Ref, ResolverEndpoint, RuleKind, Vpc, VpcEndpoint, catalog,
};
use smol_str::format_smolstr;
use std::net::IpAddr;

/// What no page says of endpoints that domains are delegated to.
const NOT_DELEGATED: &str = "what an inbound endpoint for delegation answers to names of no private hosted zone, no page says";

/// Without it no private zone is known.
const ZONES: [(Listing, Code); 1] = [(Listing::HostedZones, Code::NO_PRIVATE_ZONE_OVER_AWS_NAMES)];
/// Without them no rule is known.
const RULES: [(Listing, Code); 2] = [
    (
        Listing::ResolverRules,
        Code::NO_RESOLVER_RULE_OVER_AWS_NAMES,
    ),
    (Listing::Profiles, Code::NO_RESOLVER_RULE_OVER_AWS_NAMES),
];

impl<'n> Query<'n> {
    /// Without DNS support the resolver does not answer; without DNS hostnames it knows no private
    /// zone (`/vpc/latest/userguide/AmazonDNS-concepts.html`).
    pub(super) fn in_vpc(&mut self, id: Id<Vpc>, door: Door, name: &str) -> DnsOutcome {
        let vpc = &self.network.vpcs[id];
        match &vpc.dns_support {
            Fact::Known(true) => {}
            Fact::Known(false) => {
                return DnsOutcome::NoAnswer(format!("enableDnsSupport is off in {}", vpc.name));
            }
            Fact::Unseen(unseen) => self.otherwise.push((
                DnsOutcome::NoAnswer(format!("enableDnsSupport may be off in {}", vpc.name)),
                self.network.unseen[*unseen].text(),
            )),
        }
        let all = self.candidates(id, door, name);
        match &vpc.dns_hostnames {
            Fact::Known(true) => self.decide(id, name, &all),
            Fact::Known(false) => {
                let rules: Vec<Candidate<'n>> =
                    all.into_iter().filter(Candidate::is_rule).collect();
                let open = self.left_open(id, name, &RULES);
                open.unwrap_or_else(|| self.decide_among(id, name, &rules))
            }
            Fact::Unseen(unseen) => {
                let lack = self.network.unseen[*unseen].text();
                let rules: Vec<Candidate<'n>> =
                    all.iter().filter(|c| c.is_rule()).cloned().collect();
                if all.first() != rules.first() {
                    let steps = self.steps.len();
                    let outcome = self.decide_among(id, name, &rules);
                    self.steps.truncate(steps);
                    self.otherwise.push((outcome, lack));
                }
                self.decide(id, name, &all)
            }
        }
    }

    /// What an import leaves open comes first: a zone or rule that it does not list may own the name.
    fn decide(&mut self, id: Id<Vpc>, name: &str, all: &[Candidate<'_>]) -> DnsOutcome {
        let winner = all.first();
        if !matches!(winner.map(|w| w.what), Some(What::Hidden(_))) {
            let unlisted = self.lack(Gap::Listing(id, Listing::VpcEndpoints));
            let open = unlisted.map(DnsOutcome::Unknown);
            if let Some(open) = open.or_else(|| self.left_open(id, name, &ZONES)) {
                return open;
            }
        }
        if let Some(open) = self.left_open(id, name, &RULES) {
            return open;
        }
        let length = winner.map_or(0, |w| w.domain.len());
        for (candidate, lack) in self.perhaps(id, name) {
            if candidate.domain.len() >= length {
                let outcome = self.act(id, name, &candidate, &[]);
                self.otherwise.push((outcome, lack));
            }
        }
        self.decide_among(id, name, all)
    }

    /// Listings that an import lacks: any name may be theirs but AWS's own, which are taken to be
    /// left alone, as they are by default.
    fn left_open(
        &mut self,
        id: Id<Vpc>,
        name: &str,
        listings: &[(Listing, Code)],
    ) -> Option<DnsOutcome> {
        let profiles = self.network.profiles.iter();
        let own = profiles.filter(|(_, p)| p.vpcs.iter().any(|v| v.id() == Some(id)));
        let gaps: Vec<Gap> = own.map(|(p, _)| Gap::ProfileResources(p)).collect();
        if let Some(lack) = gaps.into_iter().find_map(|gap| self.lack(gap)) {
            return Some(DnsOutcome::Unknown(lack));
        }
        for (listing, code) in listings {
            if let Some(lack) = self.lack(Gap::Listing(id, *listing)) {
                if !catalog::is_aws(name) {
                    return Some(DnsOutcome::Unknown(lack));
                }
                self.assume(*code);
            }
        }
        None
    }

    fn decide_among(&mut self, id: Id<Vpc>, name: &str, all: &[Candidate<'_>]) -> DnsOutcome {
        let Some(winner) = all.first() else {
            if self.by_delegation() {
                return DnsOutcome::Unknown(NOT_DELEGATED.to_owned());
            }
            return self.public(name);
        };
        if let Some(rival) = all.get(1).filter(|c| c.rivals(winner)) {
            let (one, other) = (&winner.claim.text, &rival.claim.text);
            let why =
                format!("{one} and {other} come with one Profile: no page says which answers");
            return DnsOutcome::Unknown(why);
        }
        self.decides(id, winner, all);
        self.act(id, name, winner, all)
    }

    fn decides(&mut self, id: Id<Vpc>, winner: &Candidate<'_>, all: &[Candidate<'_>]) {
        self.steps.push(DnsStep::Decides {
            who: format_smolstr!("VPC {}", self.network.vpcs[id].name),
            by: winner.claim.clone(),
            over: losers(winner, all.iter()),
        });
    }

    /// What the winner does with the name.
    fn act(
        &mut self,
        id: Id<Vpc>,
        name: &str,
        by: &Candidate<'_>,
        all: &[Candidate<'_>],
    ) -> DnsOutcome {
        match by.what {
            What::Hosted(zone) => self.hosted(zone, name, "private"),
            _ if self.by_delegation() => DnsOutcome::Unknown(NOT_DELEGATED.to_owned()),
            What::Hidden(endpoint) => self.hidden_answer(endpoint, name, by),
            What::Instances => self.instance(Some(id), name),
            What::Rule(rule) => match &self.network.rules[rule].kind {
                RuleKind::Forward { to, through } => self.out_by(through, to, name),
                RuleKind::Delegate { through } => self.unseen(through),
                RuleKind::System => {
                    let zones: Vec<Candidate<'_>> =
                        all.iter().filter(|c| !c.is_rule()).cloned().collect();
                    self.decide_among(id, name, &zones)
                }
                RuleKind::Unseen(unseen) => {
                    DnsOutcome::Unknown(self.network.unseen[*unseen].text())
                }
            },
        }
    }

    /// Queries leave by the interfaces of an outbound endpoint that work.
    pub(super) fn out_by(
        &mut self,
        through: &Ref<ResolverEndpoint>,
        to: &[IpAddr],
        name: &str,
    ) -> DnsOutcome {
        let Some(endpoint) = through.id() else {
            return self.unseen(through);
        };
        let endpoint = &self.network.resolver_endpoints[endpoint];
        if let Some(missing) = endpoint.interfaces.iter().find(|i| i.id().is_none()) {
            return self.unseen(missing);
        }
        let senders = endpoint.interfaces.iter().filter_map(Ref::id);
        let mut senders: Vec<Id<Interface>> = senders.collect();
        let up = |i: &Id<Interface>| self.network.lost(*i).is_none();
        if senders.iter().any(up) {
            senders.retain(up);
        }
        let senders: Vec<Sender> = senders.into_iter().map(Sender::Interface).collect();
        self.any(&senders, to, name)
    }

    /// The hidden zone is a private zone: what it does not list, it denies. It lists the private
    /// names of the service, some with everything below them.
    fn hidden_answer(&mut self, id: Id<VpcEndpoint>, name: &str, by: &Candidate<'_>) -> DnsOutcome {
        let network = self.network;
        let endpoint = &network.endpoints[id];
        let (who, domain) = (&by.claim.key, &by.domain);
        let private = self.compiled.own_names.private(id);
        let mut names = private.iter().flat_map(|p| &p.names);
        let listed = names.any(|pattern| match pattern.strip_prefix("*.") {
            Some(parent) => parent == *domain && name != *domain,
            None => pattern == name,
        });
        if !listed {
            return if network.is_on("endpoint-zone-denies-names-below") {
                DnsOutcome::NxDomain(who.to_string())
            } else {
                self.public(name)
            };
        }
        let found = endpoint_answers(network, endpoint, None, name, &by.claim.text, who);
        self.answered(found)
    }
}
