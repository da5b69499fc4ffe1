//! Domains that a zone leaves to other name servers, by NS records.
//!
//! From a private hosted zone a VPC's resolver asks them by an outbound endpoint, if a rule of type
//! DELEGATE is about the domain of their names
//! (`/Route53/latest/DeveloperGuide/outbound-delegation-tutorial.html`,
//! `/Route53/latest/APIReference/API_route53resolver_ResolverRule.html`).

use super::query::{Door, Query, View};
use super::{Claim, DnsOutcome, DnsStep, Sender, owns};
use crate::model::{HostedZone, Id, Record, RecordValue, Ref, ResolverRule, RuleKind, Vpc};
use smol_str::{SmolStr, format_smolstr};
use std::cmp::Reverse;
use std::net::IpAddr;

/// The NS record that leaves a name to others: what is below it in its zone is only glue.
pub(super) fn delegated<'r>(
    records: impl IntoIterator<Item = &'r Record>,
    name: &str,
) -> Option<&'r Record> {
    let cuts = records.into_iter();
    let cuts = cuts.filter(|r| matches!(r.value, RecordValue::Ns(_)) && owns(&r.name, name));
    cuts.min_by_key(|r| r.name.len())
}

/// The name servers of a record.
fn servers(cut: &Record) -> &[String] {
    match &cut.value {
        RecordValue::Ns(names) => names,
        _ => &[],
    }
}

impl Query<'_> {
    /// What a hosted zone leaves to others.
    pub(super) fn delegate_of_zone(
        &mut self,
        zone: &HostedZone,
        cut: &Record,
        name: &str,
    ) -> DnsOutcome {
        let names = servers(cut);
        let vpc = match self.view() {
            View::Vpc(_, Door::Delegation) => {
                return DnsOutcome::Unknown(format!(
                    "{} is delegated to {}: whether an inbound endpoint for delegation asks them or refers to them, no page says",
                    cut.name,
                    names.join(", ")
                ));
            }
            View::Vpc(vpc, _) if zone.private => vpc,
            // Rules serve what a private zone leaves to others; of a public zone no page says so.
            View::Vpc(..) | View::Public | View::Server(..) => {
                return DnsOutcome::Unknown(format!(
                    "{} is delegated to {}: what they answer is not in the input",
                    cut.name,
                    names.join(", ")
                ));
            }
        };
        let rules: Option<Vec<Id<ResolverRule>>> =
            names.iter().map(|n| self.delegation_rule(vpc, n)).collect();
        let first = rules.as_ref().and_then(|all| all.first().copied());
        let (Some(all), Some(rule)) = (rules, first) else {
            return DnsOutcome::Unknown(format!(
                "{} is delegated to {}: what the resolver does where no rule of type DELEGATE is about each of them, no page says",
                cut.name,
                names.join(", ")
            ));
        };
        if all.iter().any(|r| *r != rule) {
            return DnsOutcome::Unknown(format!(
                "several rules are about the name servers of {}: no page says which of them is used",
                cut.name
            ));
        }
        let rule = &self.network.rules[rule];
        let RuleKind::Delegate { through } = &rule.kind else {
            return DnsOutcome::NxDomain(zone.name.clone());
        };
        self.steps.push(DnsStep::Decides {
            who: format_smolstr!("VPC {}", self.network.vpcs[vpc].name),
            by: Claim {
                key: SmolStr::new(&rule.name),
                text: format_smolstr!("delegate rule {} ({})", rule.name, rule.domain),
                origin: rule.origin.clone(),
                lost: "",
            },
            over: Vec::new(),
        });
        match self.addresses_of(names, &zone.records) {
            Ok(to) => self.out_by(through, &to, name),
            Err(outcome) => outcome,
        }
    }

    /// What a name server of the user's own leaves to others: it asks them itself.
    pub(super) fn delegate_of_server(
        &mut self,
        sender: Sender,
        cut: &Record,
        records: &[Record],
        name: &str,
        who: &SmolStr,
    ) -> DnsOutcome {
        let names = servers(cut);
        self.steps.push(DnsStep::Decides {
            who: format_smolstr!("name server {who}"),
            by: Claim {
                key: who.clone(),
                text: format_smolstr!("{} is delegated to {}", cut.name, names.join(", ")),
                origin: cut.origin.clone(),
                lost: "",
            },
            over: Vec::new(),
        });
        match self.addresses_of(names, records) {
            Ok(to) => self.any(&[sender], &to, name),
            Err(outcome) => outcome,
        }
    }

    /// The rule about the domain of a name server: the longest, and the VPC's own before a Profile's.
    fn delegation_rule(&self, vpc: Id<Vpc>, server: &str) -> Option<Id<ResolverRule>> {
        let network = self.network;
        let here = |refs: &[Ref<Vpc>]| refs.iter().any(|v| v.id() == Some(vpc));
        let profiles = network.profiles.iter().filter(|(_, p)| here(&p.vpcs));
        let brought: Vec<_> = profiles
            .flat_map(|(_, p)| p.rules.iter().filter_map(Ref::id))
            .collect();
        let own = network.rules.iter().filter(|(id, rule)| {
            matches!(rule.kind, RuleKind::Delegate { .. })
                && owns(&rule.domain, server)
                && (here(&rule.vpcs) || brought.contains(id))
        });
        own.min_by_key(|(_, r)| (Reverse(r.domain.len()), !here(&r.vpcs)))
            .map(|(id, _)| id)
    }

    /// The addresses of name servers: glue beside the record, else what whoever asks them is told.
    /// One that has none leaves the question to the others (RFC 1034, section 5.3.3).
    fn addresses_of(
        &mut self,
        names: &[String],
        glue: &[Record],
    ) -> Result<Vec<IpAddr>, DnsOutcome> {
        let (mut all, mut failed) = (Vec::new(), None);
        for name in names {
            let own = glue.iter().filter(|r| r.name == *name);
            let before = all.len();
            all.extend(own.flat_map(|r| r.value.addresses()));
            if all.len() > before {
                continue;
            }
            for outcome in self.said_of_server(name) {
                let lacks = match outcome {
                    DnsOutcome::Answered(found) => {
                        if found.iter().any(|a| crate::aws::is_token(a.address)) {
                            let why =
                                format!("the address of name server {name} is not in the input");
                            return Err(DnsOutcome::Unknown(why));
                        }
                        all.extend(found.iter().map(|a| a.address.ip()));
                        continue;
                    }
                    DnsOutcome::NxDomain(who) => {
                        DnsOutcome::NoAnswer(format!("name server {name} has no address in {who}"))
                    }
                    DnsOutcome::Unknown(why) => return Err(DnsOutcome::Unknown(why)),
                    other => other,
                };
                failed.get_or_insert(lacks);
            }
        }
        match failed {
            Some(lacks) if all.is_empty() => Err(lacks),
            _ => Ok(all),
        }
    }

    /// All that may be said of a server's address, none of which is said of the name it is asked for.
    fn said_of_server(&mut self, name: &str) -> Vec<DnsOutcome> {
        let choices = std::mem::take(&mut self.choices);
        let otherwise = self.otherwise.len();
        let view = self.view();
        let mut said = vec![self.ask(view, name)];
        said.append(&mut self.choices);
        self.choices = choices;
        for (outcome, lack) in self.otherwise.iter_mut().skip(otherwise) {
            *outcome = DnsOutcome::Unknown(lack.clone());
        }
        said
    }
}
