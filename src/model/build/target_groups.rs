//! Target groups.

use super::noun::Noun;
use super::report::Report;
use crate::model::{Draft, TargetGroup, TargetWhat};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, group) in draft.target_groups.iter() {
        instances(draft, group, report);
        thresholds(draft, group, report);
    }
}

/// Instances are registered in groups of their own VPC
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
fn instances(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    let Some(vpc) = group.vpc.id() else { return };
    for target in &group.targets {
        let TargetWhat::Instance(r) = &target.what else {
            continue;
        };
        let of = r.id().and_then(|i| draft.instances[i].vpc.id());
        if of.is_some_and(|other| other != vpc) {
            let message = format!(
                "instance `{}` is not in the VPC of target group `{}`",
                r.text, group.name
            );
            let at = group.label(draft);
            report.error("instance-target-in-other-vpc", at, &target.origin, message);
        }
    }
}

/// A zone leaves DNS no later than its node gives up on health
/// (`/elasticloadbalancing/latest/network/target-group-health.html`).
fn thresholds(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    let (dns, routing) = (group.min_healthy.dns, group.min_healthy.routing);
    let counts = dns.count.zip(routing.count);
    let shares = dns.percent.zip(routing.percent);
    if counts.is_some_and(|(d, r)| d < r) || shares.is_some_and(|(d, r)| d < r) {
        let message = format!(
            "target group `{}` asks for fewer healthy targets for DNS than for routing",
            group.name
        );
        let at = group.label(draft);
        report.error("threshold-of-dns-below-routing", at, &group.origin, message);
    }
}
