//! When a zone is well: what DNS leaves out.

use super::targets::candidates;
use crate::model::{LoadBalancer, Network, TargetGroup};

/// Whether a zone stays in the names: every group that receives anything has a healthy target there
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
pub(in crate::aws) fn zone_is_well(
    network: &Network,
    lb: &LoadBalancer,
    zone: Option<&str>,
) -> bool {
    let mut groups = lb
        .listeners
        .iter()
        .flat_map(|l| &l.forward)
        .filter(|(_, w)| *w > 0)
        .filter_map(|(g, _)| g.id());
    groups.all(|g| healthy(network, lb, &network.target_groups[g], zone))
}

/// Whether a group has a healthy target for a node of a zone.
fn healthy(network: &Network, lb: &LoadBalancer, group: &TargetGroup, zone: Option<&str>) -> bool {
    let cross = group.cross_zone.unwrap_or(lb.cross_zone);
    candidates(network, lb, group, zone, cross).is_ok_and(|c| c.iter().any(|c| c.healthy))
}
