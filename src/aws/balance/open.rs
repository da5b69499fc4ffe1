//! What an import may leave open about a load balancer.

use crate::aws::lack::Lack;
use crate::model::{
    Fact, Gap, Id, LoadBalancer, Network, Ref, TargetGroup, TargetType, TargetWhat,
};

/// Why it is not known who the targets of a group are.
pub(super) fn targets_lack(network: &Network, group: &Ref<TargetGroup>) -> Option<Lack> {
    let unseen = |id| Lack::from(&network.unseen[id]);
    let Some(group) = group.id().map(|g| &network.target_groups[g]) else {
        return group.unseen().map(unseen);
    };
    if let Fact::Unseen(id) = group.health_listed {
        return Some(unseen(id));
    }
    group.targets.iter().find_map(|t| match &t.what {
        TargetWhat::Instance(r) => match r.id() {
            None => r.unseen().map(unseen),
            Some(id) => network.instances[id]
                .interfaces
                .first()
                .and_then(Ref::unseen)
                .map(unseen),
        },
        TargetWhat::LoadBalancer(r) => match r.id() {
            None => r.unseen().map(unseen),
            Some(id) => network.load_balancers[id]
                .nodes
                .first()
                .and_then(Ref::unseen)
                .map(unseen),
        },
        TargetWhat::Ip(_) => None,
    })
}

/// Why it is not known which zones a load balancer has: a node, or its subnet, is missing.
pub(super) fn zones_lack(network: &Network, lb: &LoadBalancer) -> Option<Lack> {
    let unseen = lb.nodes.iter().find_map(|n| match n.id() {
        Some(id) => network.interfaces[id].subnet.unseen(),
        None => n.unseen(),
    });
    unseen.map(|id| Lack::from(&network.unseen[id]))
}

/// Why it is not known whether a load balancer's zones are well: which targets it may use.
pub(in crate::aws) fn health_lack(network: &Network, id: Id<LoadBalancer>) -> Option<Lack> {
    let lb = &network.load_balancers[id];
    let gap = |gap| network.gap(gap).map(Lack::from);
    let groups = || lb.listeners.iter().flat_map(|l| &l.forward).map(|(g, _)| g);
    gap(Gap::Listeners(id))
        .or_else(|| zones_lack(network, lb))
        .or_else(|| groups().find_map(|g| targets_lack(network, g)))
        .or_else(|| {
            groups()
                .filter_map(Ref::id)
                .find_map(|g| cross_lack(network, id, g))
        })
}

/// Why it is not known whether a group's targets of other zones are used.
pub(super) fn cross_lack(
    network: &Network,
    lb: Id<LoadBalancer>,
    group: Id<TargetGroup>,
) -> Option<Lack> {
    let of = &network.target_groups[group];
    let stated = of.cross_zone.is_some() && of.kind != TargetType::Alb;
    let own = network.gap(Gap::GroupAttributes(group));
    own.or_else(|| network.gap(Gap::BalancerCrossZone(lb)).filter(|_| !stated))
        .map(Lack::from)
}
