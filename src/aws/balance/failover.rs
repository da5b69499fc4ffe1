//! What a load balancer does where too few targets are healthy: a zone leaves DNS, and a node sends
//! to unhealthy targets too (`/elasticloadbalancing/latest/network/target-group-health.html`). Both
//! count in one scope: the zone, or with cross-zone load balancing all zones.

use super::targets::{Candidate, in_scope};
use super::zone_of;
use crate::model::{LoadBalancer, Network, Ref, TargetGroup, Threshold};

fn met(threshold: Threshold, targets: &[Candidate<'_>]) -> bool {
    let healthy = targets.iter().filter(|c| c.healthy).count();
    threshold.met(healthy, targets.len())
}

/// The targets of a node: the healthy ones, or all where fewer are than routing asks for.
pub(super) fn routed<'n>(
    group: &TargetGroup,
    mut targets: Vec<Candidate<'n>>,
    fails_over: Option<bool>,
) -> Vec<Candidate<'n>> {
    let fails_over = fails_over.unwrap_or_else(|| !met(group.min_healthy.routing, &targets));
    if !fails_over && targets.iter().any(|c| c.healthy) {
        targets.retain(|c| c.healthy);
    }
    targets
}

/// Whether a zone stays in a load balancer's name: it has a node there, traffic is not shifted away,
/// and no target group has fewer healthy targets than DNS asks for. A group without any target there
/// is never well.
pub(in crate::aws) fn zone_is_well(
    network: &Network,
    lb: &LoadBalancer,
    zone: Option<&str>,
) -> bool {
    let shifted = zone.is_some_and(|z| lb.zone_shift.iter().any(|s| s == z));
    let nodes = lb.nodes.iter().filter_map(Ref::id);
    let mut nodes = nodes.filter(|n| network.lost(*n).is_none());
    if shifted || !nodes.any(|n| zone_of(network, n) == zone) {
        return false;
    }
    let used = lb.listeners.iter().flat_map(|l| &l.forward);
    let used = used.filter(|(_, weight)| *weight > 0);
    let mut groups = used.filter_map(|(g, _)| g.id());
    groups.all(|g| {
        let group = &network.target_groups[g];
        let cross = group.crosses(lb);
        let there = in_scope(network, lb, group, zone, cross);
        there.is_ok_and(|t| met(group.min_healthy.dns, &t))
    })
}
