//! Which targets a node of a load balancer may use.

use super::zone_of;
use crate::aws::bits;
use crate::code::Code;
use crate::fabric::Address;
use crate::model::{
    Health, Id, Interface, LoadBalancer, Network, Ref, RegisteredTarget, TargetGroup, TargetWhat,
};

/// A target a node may use: its address, the interface that has it, its zone, whether it is healthy.
pub(super) struct Candidate<'n> {
    pub(super) address: Address,
    pub(super) interface: Option<Id<Interface>>,
    pub(super) zone: Option<String>,
    pub(super) healthy: bool,
    pub(super) target: &'n RegisteredTarget,
}

/// Why a node has no target.
pub(super) type Nobody = Code;

/// The targets of a group that a node of a zone may use, semantics 2.8: those its cross-zone setting
/// allows; of these the healthy ones, or, if there is none, all (fail-open).
pub(super) fn candidates<'n>(
    network: &'n Network,
    lb: &LoadBalancer,
    group: &'n TargetGroup,
    zone: Option<&str>,
    cross: bool,
) -> Result<Vec<Candidate<'n>>, Nobody> {
    let zones: Vec<&str> = lb
        .nodes
        .iter()
        .filter_map(Ref::id)
        .filter_map(|n| zone_of(network, n))
        .collect();
    let all: Vec<Candidate<'n>> = group
        .targets
        .iter()
        .filter_map(|t| candidate(network, group, t))
        .collect();
    if all.is_empty() {
        return Err(Code::ELBV2_LISTENER_HAS_NO_TG);
    }
    let enabled: Vec<Candidate<'n>> = all
        .into_iter()
        .filter(|c| c.zone.as_deref().is_none_or(|z| zones.contains(&z)))
        .collect();
    if enabled.is_empty() {
        return Err(Code::ELB_INSTALLED_AZ_RESTRICTION);
    }
    let near: Vec<Candidate<'n>> = enabled
        .into_iter()
        .filter(|c| cross || c.zone.is_none() || zone.is_none() || c.zone.as_deref() == zone)
        .collect();
    if near.is_empty() {
        return Err(Code::ELB_NOT_CROSSZONE);
    }
    if near.iter().any(|c| c.healthy) {
        return Ok(near.into_iter().filter(|c| c.healthy).collect());
    }
    Ok(near)
}

fn candidate<'n>(
    network: &'n Network,
    group: &TargetGroup,
    target: &'n RegisteredTarget,
) -> Option<Candidate<'n>> {
    if matches!(target.health, Some(Health::Draining | Health::Unused)) {
        return None;
    }
    let healthy = matches!(target.health, None | Some(Health::Healthy));
    let (address, interface) = match &target.what {
        TargetWhat::Instance(r) => {
            let instance = &network.instances[r.id()?];
            // A stopped instance is unused, whatever it was before
            // (`/elasticloadbalancing/latest/APIReference/API_TargetHealth.html`).
            if !instance.running {
                return None;
            }
            let interface = instance.interfaces.first()?.id()?;
            (
                bits(*network.interfaces[interface].ips.first()?),
                Some(interface),
            )
        }
        TargetWhat::Ip(ip) => {
            let vpc = group.vpc.id();
            let found = network
                .interfaces
                .iter()
                .find(|(id, i)| network.vpc_of(*id) == vpc && i.has(*ip));
            (bits(*ip), found.map(|(id, _)| id))
        }
        TargetWhat::LoadBalancer(r) => {
            let node = network.load_balancers[r.id()?].nodes.first()?.id()?;
            (bits(*network.interfaces[node].ips.first()?), Some(node))
        }
    };
    let zone = target.zone.clone().or_else(|| {
        interface
            .and_then(|i| zone_of(network, i))
            .map(str::to_owned)
    });
    // What answers nobody passes no health check.
    let dead = interface.is_some_and(|i| network.out_of_service(i).is_some())
        || zone.as_deref().is_some_and(|z| network.is_down(z));
    let healthy = healthy && !dead;
    Some(Candidate {
        address,
        interface,
        zone,
        healthy,
        target,
    })
}
