//! Who claims a name in a VPC, and whose claim counts.
//!
//! The longest domain wins. At the same domain a rule of the user's goes before a zone, and what is
//! the VPC's own before what a Profile brings
//! (`/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-domain-name-matches.html`,
//! `/Route53/latest/DeveloperGuide/profiles.html`).

use super::Claim;
use super::hosts::{autodefined, reverse};
use super::owns;
use super::query::{Door, Query};
use crate::model::{Gap, HostedZone, Id, Origin, Ref, ResolverRule, RuleKind, Vpc, VpcEndpoint};
use smol_str::{SmolStr, format_smolstr};
use std::borrow::Cow;
use std::cmp::Reverse;

/// What claims a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    Rule(Id<ResolverRule>),
    Hosted(Id<HostedZone>),
    /// The hidden zone of an endpoint's private DNS.
    Hidden(Id<VpcEndpoint>),
    /// The names AWS gives to instances.
    Instances,
}

/// A claim that fits the name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate<'n> {
    pub(super) what: What,
    pub(super) domain: Cow<'n, str>,
    /// A Profile brings it.
    profile: bool,
    pub(super) claim: Claim,
}

impl Candidate<'_> {
    pub(super) fn is_rule(&self) -> bool {
        matches!(self.what, What::Rule(_))
    }

    /// Whether a Profile brings both for the same domain, so that nothing puts one before the other.
    pub(super) fn rivals(&self, other: &Self) -> bool {
        let both = self.profile && other.profile;
        both && self.domain == other.domain && self.is_rule() == other.is_rule()
    }
}

impl<'n> Query<'n> {
    /// Every claim on the name that counts in this VPC, the best first.
    pub(super) fn candidates(&self, vpc: Id<Vpc>, door: Door, name: &str) -> Vec<Candidate<'n>> {
        let network = self.network;
        let mut all = Vec::new();
        let here = |refs: &[Ref<Vpc>]| refs.iter().any(|v| v.id() == Some(vpc));
        for (id, rule) in network.rules.iter() {
            if here(&rule.vpcs) {
                all.extend(self.rule(id, name, false));
            }
        }
        for (id, zone) in network.zones.iter() {
            if zone.private && here(&zone.vpcs) {
                all.extend(self.zone(id, name, false));
            }
        }
        for id in self.compiled.own_names.private_in(vpc) {
            all.extend(self.hidden(*id, door, name, false));
        }
        for (_, profile) in network.profiles.iter().filter(|(_, p)| here(&p.vpcs)) {
            let zones = profile.zones.iter().filter_map(Ref::id);
            all.extend(zones.filter_map(|z| self.zone(z, name, true)));
            let rules = profile.rules.iter().filter_map(Ref::id);
            all.extend(rules.filter_map(|r| self.rule(r, name, true)));
            let endpoints = profile.endpoints.iter().filter_map(Ref::id);
            all.extend(endpoints.filter_map(|e| self.hidden(e, door, name, true)));
        }
        let region = &network.vpcs[vpc].region;
        for domain in autodefined(region).into_iter().chain(reverse(name)) {
            if owns(&domain, name) {
                let text = format_smolstr!("autodefined zone {domain}");
                let origin = Origin::Implied(
                    "the resolver knows the names of instances, /Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html",
                );
                all.push(candidate(
                    What::Instances,
                    domain,
                    false,
                    SmolStr::new_static("aws"),
                    text,
                    &origin,
                ));
            }
        }
        let profiles_go_first = network.is_on("profile-rule-beats-local-zone");
        all.sort_by_key(|c| {
            let kind = match (c.is_rule(), c.profile) {
                (true, false) => 0,
                (true, true) if profiles_go_first => 1,
                (false, false) => 2 + u8::from(c.what == What::Instances),
                (true, true) => 4,
                (false, true) => 5,
            };
            (Reverse(c.domain.len()), kind)
        });
        all.dedup_by(|b, a| a.what == b.what);
        all
    }

    /// Zones and rules that may count here.
    pub(super) fn perhaps(&self, vpc: Id<Vpc>, name: &str) -> Vec<(Candidate<'n>, String)> {
        let network = self.network;
        let elsewhere = |refs: &[Ref<Vpc>]| refs.iter().all(|v| v.id() != Some(vpc));
        let zones = network.zones.iter();
        let zones = zones.filter(|(_, z)| elsewhere(&z.vpcs));
        let zones = zones.filter_map(|(id, _)| {
            Some((self.zone(id, name, false)?, self.lack(Gap::ZoneVpcs(id))?))
        });
        let rules = network.rules.iter().filter(|(_, r)| elsewhere(&r.vpcs));
        let rules = rules.filter_map(|(id, _)| {
            Some((self.rule(id, name, false)?, self.lack(Gap::RuleVpcs(id))?))
        });
        zones.chain(rules).collect()
    }

    fn rule(&self, id: Id<ResolverRule>, name: &str, profile: bool) -> Option<Candidate<'n>> {
        let rule = &self.network.rules[id];
        let delegates = matches!(rule.kind, RuleKind::Delegate { .. });
        if delegates || !owns(&rule.domain, name) {
            return None;
        }
        let kind = match rule.kind {
            RuleKind::Forward { .. } => "forward",
            RuleKind::System => "system",
            RuleKind::Delegate { .. } | RuleKind::Unseen(_) => "other",
        };
        let domain = if rule.domain.is_empty() {
            "."
        } else {
            &rule.domain
        };
        let text = format_smolstr!("{kind} rule {} ({domain})", rule.name);
        let key = SmolStr::new(&rule.name);
        Some(candidate(
            What::Rule(id),
            rule.domain.as_str().into(),
            profile,
            key,
            text,
            &rule.origin,
        ))
    }

    fn zone(&self, id: Id<HostedZone>, name: &str, profile: bool) -> Option<Candidate<'n>> {
        let zone = &self.network.zones[id];
        if !owns(&zone.domain, name) {
            return None;
        }
        let text = if zone.name == zone.domain {
            format_smolstr!("private hosted zone {}", zone.domain)
        } else {
            format_smolstr!("private hosted zone {} ({})", zone.name, zone.domain)
        };
        let key = SmolStr::new(&zone.name);
        Some(candidate(
            What::Hosted(id),
            zone.domain.as_str().into(),
            profile,
            key,
            text,
            &zone.origin,
        ))
    }

    /// The hidden zone of an endpoint, where its private names cover the name. Private DNS for
    /// inbound Resolver endpoints only answers nobody else
    /// (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).
    fn hidden(
        &self,
        id: Id<VpcEndpoint>,
        door: Door,
        name: &str,
        profile: bool,
    ) -> Option<Candidate<'n>> {
        let endpoint = &self.network.endpoints[id];
        let private = self.compiled.own_names.private(id)?;
        if endpoint.inbound_only && door != Door::Inbound {
            return None;
        }
        let domains = private.names.iter();
        let domains = domains.map(|n| n.strip_prefix("*.").unwrap_or(n));
        let domain = domains.filter(|d| owns(d, name)).max_by_key(|d| d.len())?;
        Some(candidate(
            What::Hidden(id),
            domain.into(),
            profile,
            private.key.clone(),
            private.text.clone(),
            &endpoint.origin,
        ))
    }
}

fn candidate<'n>(
    what: What,
    domain: Cow<'n, str>,
    profile: bool,
    key: SmolStr,
    text: SmolStr,
    origin: &Origin,
) -> Candidate<'n> {
    let claim = Claim {
        key,
        text,
        origin: origin.clone(),
        lost: "",
    };
    Candidate {
        what,
        domain,
        profile,
        claim,
    }
}

/// The losers with their reasons.
pub(super) fn losers<'c>(
    winner: &Candidate<'_>,
    all: impl Iterator<Item = &'c Candidate<'c>>,
) -> Vec<Claim> {
    let lost = |c: &Candidate<'_>| {
        if c.domain.len() < winner.domain.len() {
            "its domain is wider"
        } else if winner.profile != c.profile {
            "the VPC's own goes before a Profile's"
        } else if winner.is_rule() && !c.is_rule() {
            "a rule goes before a zone of the same domain"
        } else {
            "the other was there first"
        }
    };
    all.filter(|c| c.what != winner.what)
        .map(|c| Claim {
            lost: lost(c),
            ..c.claim.clone()
        })
        .collect()
}
