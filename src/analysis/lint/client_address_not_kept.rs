//! Through PrivateLink targets always see the load balancer's address: client IP preservation has
//! no effect there, and proxy protocol is the only way to learn who the client is
//! (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).

use super::{Finding, scoped};
use crate::model::{Id, Network, Ref, TargetGroup};
use std::collections::BTreeSet;

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut seen: BTreeSet<Id<TargetGroup>> = BTreeSet::new();
    let mut out = Vec::new();
    for (_, service) in network.services.iter() {
        let balancers = service.load_balancers.iter().filter_map(Ref::id);
        let listeners = balancers.flat_map(|b| &network.load_balancers[b].listeners);
        let groups = listeners.flat_map(|l| &l.forward);
        for id in groups.filter_map(|(g, _)| g.id()) {
            let group = &network.target_groups[id];
            let asked = group.preserve_client_ip == Some(true) && !group.proxy_protocol;
            if !asked || !seen.insert(id) {
                continue;
            }
            let at = scoped(network, group.vpc.id(), &group.name);
            out.push(Finding {
                message: format!(
                    "`{at}` asks to keep the client's address, and the service `{}` does not: its targets see the load balancer",
                    service.name
                ),
                help: "allow the load balancer in the targets' groups; proxy protocol says who the client is".to_owned(),
                origin: group.origin.clone(),
                at,
            });
        }
    }
    out
}
