//! A target is said to be healthy, and the network stops the checks that would say so: the load
//! balancer's own outbound rules, an ACL or a route between node and target, the target's group
//! (`/elasticloadbalancing/latest/network/load-balancer-security-groups.html`).

use super::{Finding, scoped};
use crate::answer::check_blocked;
use crate::aws::{HealthCheck, compile};
use crate::model::{Network, Origin};
use std::collections::BTreeSet;

pub(super) fn find(network: &Network) -> Vec<Finding> {
    if network.target_groups.is_empty() {
        return Vec::new();
    }
    let compiled = compile(network);
    let checks: BTreeSet<HealthCheck> = compiled.checks.iter().map(|(_, c)| *c).collect();
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for check in checks {
        // One finding a target, whichever of its nodes cannot check it.
        let Some(stop) = check_blocked(network, &compiled, &check) else {
            continue;
        };
        if !seen.insert((check.group, check.dst)) {
            continue;
        }
        let group = &network.target_groups[check.group];
        let at = scoped(network, group.vpc.id(), &group.name);
        let node = network.interface_name(check.from);
        let stopped = match stop.origin {
            Origin::Unknown => String::new(),
            _ => format!(" ({})", stop.by),
        };
        out.push(Finding {
            message: format!(
                "`{node}` cannot check {} of `{at}` on port {}: {} at {}{stopped}",
                check.dst,
                check.port,
                stop.code.name(),
                stop.component
            ),
            help: format!(
                "let TCP {} from {} to {} pass, and its replies; health checks always come from the node's own address",
                check.port, check.src, check.dst
            ),
            origin: group.origin.clone(),
            at,
        });
    }
    out
}
