//! Policies where they are attached: what each kind of attachment asks of its statements.

use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Draft, EndpointKind, EndpointTarget, Origin, Policy, Ref, Test, VpcEndpoint, catalog,
};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, endpoint) in draft.endpoints.iter() {
        let Some((policy, at)) = attached(draft, endpoint.policy.as_ref()) else {
            continue;
        };
        let label = endpoint.label(draft);
        takes_one(endpoint, &label, at, report);
        names_principals(policy, &label, report);
        wildcards(policy, &label, report);
        if let (EndpointKind::Gateway(_), false) = (&endpoint.kind, endpoint.existing) {
            everybody_only(policy, &label, report);
        }
    }
    for (_, resource) in draft.buckets.iter().chain(draft.dynamodb_tables.iter()) {
        if let Some((policy, _)) = attached(draft, resource.policy.as_ref()) {
            names_principals(policy, &resource.name, report);
        }
    }
    for (_, point) in draft.access_points.iter() {
        if let Some((policy, _)) = attached(draft, point.policy.as_ref()) {
            names_principals(policy, &point.name, report);
        }
        if !draft.buckets.iter().any(|(_, b)| b.name == point.bucket) {
            let message = format!("no bucket named `{}`", point.bucket);
            report.error("unknown-name", &point.name, &point.origin, message);
        }
    }
    for (_, principal) in draft.principals.iter() {
        if let Some((policy, _)) = attached(draft, principal.policy.as_ref()) {
            names_nobody(policy, &principal.name, report);
        }
    }
}

fn attached<'a>(
    draft: &'a Draft,
    policy: Option<&'a Ref<Policy>>,
) -> Option<(&'a Policy, &'a Origin)> {
    let policy = policy?;
    Some((&draft.policies[policy.id()?], &policy.origin))
}

/// Endpoints of some AWS services, and of every provider's service, take no policy
/// (`/vpc/latest/privatelink/vpc-endpoints-access.html`).
fn takes_one(endpoint: &VpcEndpoint, label: &str, at: &Origin, report: &mut Report) {
    let service = match &endpoint.target {
        EndpointTarget::Aws(_, name) if catalog::takes_policy(name) => return,
        EndpointTarget::Aws(_, name) => name.as_str(),
        EndpointTarget::Service(service) => service.text.as_str(),
        EndpointTarget::Unmodelled(_, name) => name,
    };
    let message =
        format!("endpoints of `{service}` take no policy: they let every request through");
    report.error("no-endpoint-policy-for-service", label, at, message);
}

/// A policy of a resource says whom it is about
/// (`/IAM/latest/UserGuide/reference_policies_elements_principal.html`).
fn names_principals(policy: &Policy, label: &str, report: &mut Report) {
    for statement in policy.statements.iter().filter(|s| s.principal.is_none()) {
        let message = "a statement of an endpoint's or a resource's policy names a `Principal`";
        let found = Diagnostic::error(
            "policy-principal-missing",
            label,
            &statement.origin,
            message,
        );
        report.push(found.help("write `Principal: \"*\"` for everybody"));
    }
}

/// An identity policy is about whom it is attached to (same page).
fn names_nobody(policy: &Policy, label: &str, report: &mut Report) {
    let all = policy.statements.iter();
    for principal in all.filter_map(|s| s.principal.as_ref()) {
        let message = "a principal's own policy names no `Principal`";
        report.error(
            "policy-principal-not-allowed",
            label,
            &principal.origin,
            message,
        );
    }
}

/// Policies of gateway endpoints are about everybody; conditions narrow them. One that names an
/// account is of no use, for it means the root user, and may be there all the same
/// (`/vpc/latest/privatelink/vpc-endpoints-access.html`).
fn everybody_only(policy: &Policy, label: &str, report: &mut Report) {
    let all = policy.statements.iter();
    for principal in all.filter_map(|s| s.principal.as_ref()) {
        let plain = principal.everybody
            && !principal.not
            && principal.aws.is_empty()
            && principal.others.is_empty();
        if plain {
            continue;
        }
        let message = "the policy of a gateway endpoint has `Principal: \"*\"` and no other";
        let found = Diagnostic::error(
            "gateway-policy-principal",
            label,
            &principal.origin,
            message,
        );
        report.push(found.help("name principals in a condition on `aws:PrincipalArn`"));
    }
}

/// Keys whose values AWS makes: policies of endpoints take no wildcards in them.
const MADE_BY_AWS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:resourceaccount",
    "aws:sourceaccount",
    "aws:sourcevpc",
    "aws:sourcevpce",
];

/// What endpoint policies ask of wildcards (`/vpc/latest/privatelink/vpc-endpoints-access.html`).
fn wildcards(policy: &Policy, label: &str, report: &mut Report) {
    for statement in &policy.statements {
        for (arn, origin) in &statement.resource.all {
            account_part(arn, origin, label, report);
        }
        for condition in &statement.conditions {
            let key = condition.key.to_ascii_lowercase();
            for (value, origin) in &condition.values {
                let wild = value.contains(['*', '?']);
                match condition.operator.test {
                    Test::Arn => account_part(value, origin, label, report),
                    Test::Like if wild && MADE_BY_AWS.contains(&key.as_str()) => {
                        let key = &condition.key;
                        let message =
                            format!("an endpoint's policy takes no wildcard in a value of `{key}`");
                        report.error("policy-wildcard-in-id", label, origin, message);
                    }
                    Test::Like if wild && !six_beside(value) => {
                        let message = format!(
                            "`{value}`: in an endpoint's policy six letters stand beside a wildcard"
                        );
                        report.error("policy-wildcard-too-wide", label, origin, message);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The account of an ARN is digits or a wildcard, not a mix.
fn account_part(arn: &str, origin: &Origin, label: &str, report: &mut Report) {
    let Some(account) = arn.strip_prefix("arn:").and_then(|a| a.split(':').nth(3)) else {
        return;
    };
    let mixed = account.contains(['*', '?']) && account.bytes().any(|b| b.is_ascii_digit());
    if mixed {
        let message = format!("`{arn}`: the account of an ARN is an id or a wildcard, not a mix");
        report.error("policy-wildcard-in-account", label, origin, message);
    }
}

/// Whether every wildcard has six letters before or after it; alone it stands for anything.
fn six_beside(value: &str) -> bool {
    let runs: Vec<usize> = value
        .split(['*', '?'])
        .map(|run| run.chars().count())
        .collect();
    value == "*" || runs.windows(2).all(|pair| pair.iter().any(|n| *n >= 6))
}
