//! Resolver rules, Profiles and private zones: what AWS refuses to associate.

use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{Draft, EndpointKind, Id, Profile, Ref, ResolverRule, RuleKind, Vpc};
use std::collections::HashMap;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, rule) in draft.rules.iter() {
        through(draft, rule, report);
    }
    one_rule_a_domain(draft, report);
    one_zone_a_domain(draft, report);
    for (_, profile) in draft.profiles.iter() {
        shared_endpoints(draft, profile, report);
    }
    one_profile(draft, report);
}

/// Queries leave by an outbound endpoint of the Region of the VPCs that the rule serves
/// (`/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network.html`).
fn through(draft: &Draft, rule: &ResolverRule, report: &mut Report) {
    let Some(through) = rule.kind.through() else {
        return;
    };
    let Some(endpoint) = through.id().map(|e| &draft.resolver_endpoints[e]) else {
        return;
    };
    if endpoint.inbound {
        let message = format!(
            "`{}` is an inbound endpoint: queries leave by an outbound one",
            through.text
        );
        let code = "rule-not-through-outbound-endpoint";
        report.error(code, &rule.name, &through.origin, message);
    }
    let region = |vpc: &Ref<Vpc>| vpc.id().map(|v| draft.vpcs[v].region.as_str());
    let Some(own) = region(&endpoint.vpc) else {
        return;
    };
    for vpc in &rule.vpcs {
        if region(vpc).is_some_and(|r| r != own) {
            let message = format!(
                "a rule of `{own}` cannot serve VPC `{}` of another Region",
                vpc.text
            );
            report.error("resolver-rule-region", &rule.name, &vpc.origin, message);
        }
    }
}

/// One rule of a domain in a VPC
/// (`/Route53/latest/APIReference/API_route53resolver_AssociateResolverRule.html`).
fn one_rule_a_domain(draft: &Draft, report: &mut Report) {
    let mut held: HashMap<(Id<Vpc>, &str), &str> = HashMap::new();
    // A rule that delegates is about name servers, not about the names that are asked.
    let claims = |r: &ResolverRule| !matches!(r.kind, RuleKind::Delegate { .. });
    for (_, rule) in draft.rules.iter().filter(|(_, r)| claims(r)) {
        for vpc in &rule.vpcs {
            let Some(id) = vpc.id() else { continue };
            let first = *held.entry((id, &rule.domain)).or_insert(&rule.name);
            if first != rule.name {
                let domain = if rule.domain.is_empty() {
                    "."
                } else {
                    &rule.domain
                };
                let message = format!(
                    "rule `{first}` has the domain `{domain}` in VPC `{}`",
                    vpc.text
                );
                report.error("resolver-rule-conflict", &rule.name, &vpc.origin, message);
            }
        }
    }
}

/// One private zone of a domain in a VPC: ConflictingDomainExists
/// (`/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html`).
fn one_zone_a_domain(draft: &Draft, report: &mut Report) {
    let mut held: HashMap<(Id<Vpc>, &str), usize> = HashMap::new();
    for (number, (_, zone)) in draft.zones.iter().enumerate() {
        for vpc in zone.vpcs.iter().filter(|_| zone.private) {
            let Some(id) = vpc.id() else { continue };
            if *held.entry((id, &zone.domain)).or_insert(number) != number {
                let message = format!(
                    "VPC `{}` has a private zone `{}` already",
                    vpc.text, zone.domain
                );
                report.error("private-zone-conflict", &zone.name, &vpc.origin, message);
            }
        }
    }
}

/// Profiles take interface endpoints
/// (`/Route53/latest/DeveloperGuide/profile-associate-vpc-endpoints.html`).
fn shared_endpoints(draft: &Draft, profile: &Profile, report: &mut Report) {
    for endpoint in &profile.endpoints {
        let known = endpoint.id().map(|e| &draft.endpoints[e].kind);
        if matches!(known, Some(EndpointKind::Gateway(_))) {
            let message = format!(
                "`{}` is a gateway endpoint, which has no names to share",
                endpoint.text
            );
            report.error(
                "profile-endpoint-kind",
                &profile.name,
                &endpoint.origin,
                message,
            );
        }
    }
}

/// One Profile a VPC (`/Route53/latest/DeveloperGuide/profiles.html`).
fn one_profile(draft: &Draft, report: &mut Report) {
    let mut held: HashMap<Id<Vpc>, &str> = HashMap::new();
    for (_, profile) in draft.profiles.iter() {
        for vpc in &profile.vpcs {
            let Some(id) = vpc.id() else { continue };
            let first = *held.entry(id).or_insert(&profile.name);
            if first != profile.name {
                let message = format!("VPC `{}` has Profile `{first}` already", vpc.text);
                let found =
                    Diagnostic::error("vpc-has-two-profiles", &profile.name, &vpc.origin, message);
                report.push(found.help("put the settings of both into one Profile"));
            }
        }
    }
}
