//! Load balancers: listeners, targets, zones.

use super::super::blocked::Blocked;
use super::routes::known;
use crate::edit::{
    AddListener, Crosses, Edit, EnableCrossZone, EndZonalShift, RegisterTarget, StartInstance,
    TranslateClients,
};
use crate::model::{
    Id, Instance, LoadBalancer, Network, Role, TargetGroup, TargetType, TargetWhat,
};

/// The load balancer at which it stops.
fn balancer(blocked: &Blocked<'_>) -> Option<Id<LoadBalancer>> {
    match &blocked.interface()?.role {
        Role::LoadBalancer(balancer) => balancer.id(),
        _ => None,
    }
}

/// The target groups that a load balancer forwards to, each once.
fn groups(network: &Network, balancer: Id<LoadBalancer>) -> Vec<Id<TargetGroup>> {
    let listeners = network.load_balancers[balancer].listeners.iter();
    let forwards = listeners.flat_map(|l| &l.forward);
    let mut out = Vec::new();
    for group in forwards.filter_map(|(g, _)| g.id()) {
        if !out.contains(&group) {
            out.push(group);
        }
    }
    out
}

/// A listener for the port that is asked for, to a target group of its protocol.
pub(super) fn listener(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let (Some(balancer), Some(met)) = (balancer(blocked), blocked.met) else {
        return Vec::new();
    };
    let network = blocked.network;
    let own = groups(network, balancer);
    let vpc = network.load_balancers[balancer].vpc.id();
    let all = network.target_groups.iter();
    let beside = all.filter(|(id, g)| g.vpc.id() == vpc && !own.contains(id));
    let beside: Vec<_> = beside.map(|(id, _)| id).collect();
    let carries = |g: &Id<TargetGroup>| {
        let protocol = network.target_groups[*g].protocol;
        protocol.carries().contains(&met.proto)
    };
    let fit = own.into_iter().chain(beside).filter(carries);
    fit.map(|group| {
        let edit = AddListener {
            balancer,
            protocol: network.target_groups[group].protocol,
            port: met.dport.0,
            group,
        };
        vec![edit.into()]
    })
    .collect()
}

/// A target for a group that has none: whoever runs in the load balancer's VPC and is a target of
/// another group, else any instance there.
pub(super) fn target(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let Some(balancer) = balancer(blocked) else {
        return Vec::new();
    };
    let network = blocked.network;
    let own = groups(network, balancer).into_iter();
    let empty = own.filter(|g| network.target_groups[*g].targets.is_empty());
    let vpc = network.load_balancers[balancer].vpc.id();
    let mut out = Vec::new();
    for group in empty {
        let instances = network.instances.iter();
        for (id, _) in instances.filter(|(_, i)| i.vpc.id() == vpc && i.running) {
            let what = match network.target_groups[group].kind {
                TargetType::Instance => Some(TargetWhat::Instance(known(network, id))),
                TargetType::Ip => address(network, id),
                TargetType::Alb => None,
            };
            out.extend(what.map(|what| {
                let edit = RegisterTarget {
                    group,
                    what,
                    port: None,
                };
                vec![edit.into()]
            }));
        }
    }
    out
}

fn address(network: &Network, instance: Id<Instance>) -> Option<TargetWhat> {
    let first = network.instances[instance].interfaces.first()?.id()?;
    let ip = network.interfaces[first].addresses().next()?;
    Some(TargetWhat::Ip(ip))
}

/// Zones are crossed, by whoever says that they are not.
pub(super) fn cross_zone(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let Some(balancer) = balancer(blocked) else {
        return Vec::new();
    };
    let network = blocked.network;
    let mut out = Vec::new();
    if !network.load_balancers[balancer].cross_zone {
        out.push(Crosses::Balancer(balancer));
    }
    let own = groups(network, balancer).into_iter();
    let refuse = own.filter(|g| network.target_groups[*g].cross_zone == Some(false));
    out.extend(refuse.map(Crosses::Group));
    out.into_iter()
        .map(|of| vec![EnableCrossZone { of }.into()])
        .collect()
}

/// Traffic comes back to the zones it was shifted away from.
pub(super) fn shift(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let Some(balancer) = balancer(blocked) else {
        return Vec::new();
    };
    let zones = blocked.network.load_balancers[balancer].zone_shift.iter();
    let end = |zone: &String| EndZonalShift {
        balancer,
        zone: zone.clone(),
    };
    zones.map(|zone| vec![end(zone).into()]).collect()
}

/// Targets see the load balancer, so that none sees itself.
pub(super) fn translate(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let all = blocked.network.target_groups.iter();
    let keeping = all.filter(|(_, g)| g.preserve_client_ip != Some(false));
    keeping
        .map(|(group, _)| vec![TranslateClients { group }.into()])
        .collect()
}

/// The instance is started that stands still.
pub(super) fn start(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let stopped = blocked.interface().and_then(|i| match &i.role {
        Role::Instance(instance) => instance.id(),
        _ => None,
    });
    let stopped = stopped.filter(|i| !blocked.network.instances[*i].running);
    let edit = stopped.map(|instance| StartInstance { instance });
    edit.into_iter().map(|e| vec![e.into()]).collect()
}

/// Targets see the load balancer, where it cannot keep the client's address on the way to them.
pub(super) fn hide_clients(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    match balancer(blocked) {
        Some(_) => translate(blocked),
        None => Vec::new(),
    }
}
