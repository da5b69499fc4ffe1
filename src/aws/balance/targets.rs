//! Which targets a node of a load balancer may use.

use super::zone_of;
use crate::aws::bits;
use crate::code::Code;
use crate::fabric::Address;
use crate::model::{
    Family, Health, Id, Interface, LoadBalancer, Network, Ref, RegisteredTarget, TargetGroup,
    TargetWhat,
};
use std::net::IpAddr;

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

/// The targets of a group that a node of a zone may use (semantics 2.8): those its cross-zone setting
/// allows, healthy or not.
pub(super) fn in_scope<'n>(
    network: &'n Network,
    lb: &LoadBalancer,
    group: &'n TargetGroup,
    zone: Option<&str>,
    cross: bool,
) -> Result<Vec<Candidate<'n>>, Nobody> {
    let nodes = lb.nodes.iter().filter_map(Ref::id);
    let zones: Vec<&str> = nodes.filter_map(|n| zone_of(network, n)).collect();
    let targets = group.targets.iter();
    let mut all: Vec<Candidate<'n>> = targets
        .flat_map(|t| registered(network, group, t))
        .collect();
    let mut keep = |code, kept: &dyn Fn(Option<&str>) -> bool| {
        // An address outside the VPC may be registered for every zone.
        all.retain(|c| c.zone.as_deref().is_none_or(|z| kept(Some(z))));
        if all.is_empty() { Err(code) } else { Ok(()) }
    };
    keep(Code::ELBV2_LISTENER_HAS_NO_TG, &|_| true)?;
    keep(Code::ELB_INSTALLED_AZ_RESTRICTION, &|z| {
        z.is_some_and(|z| zones.contains(&z))
    })?;
    keep(Code::ELB_NOT_CROSSZONE, &|z| {
        cross || zone.is_none() || z == zone
    })?;
    // With cross-zone load balancing a zonal shift takes the zone's targets too; without, all that
    // AWS's page says it does is in DNS (`/elasticloadbalancing/latest/network/zonal-shift.html`).
    if cross || !network.is_on("zonal-shift-without-cross-zone-is-dns-only") {
        let shifted = |z: Option<&str>| lb.zone_shift.iter().any(|s| Some(s.as_str()) == z);
        keep(Code::ZONE_SHIFTED_AWAY, &|z| !shifted(z))?;
    }
    Ok(all)
}

/// What a registration leads to: one address, or those of every node of a load balancer. Targets
/// that leave or are not in use receive nothing.
fn registered<'n>(
    network: &'n Network,
    group: &TargetGroup,
    target: &'n RegisteredTarget,
) -> Vec<Candidate<'n>> {
    if matches!(target.health, Some(Health::Draining | Health::Unused)) {
        return Vec::new();
    }
    let of = |id: Id<Interface>| {
        let mut own = network.interfaces[id].addresses();
        let own = own.find(|ip| Family::of(*ip) == group.family)?;
        Some((bits(own), Some(id)))
    };
    let found: Vec<(Address, Option<Id<Interface>>)> = match &target.what {
        TargetWhat::Instance(r) => {
            let own = r.id().and_then(|i| network.instances[i].interfaces.first());
            own.and_then(Ref::id).and_then(of).into_iter().collect()
        }
        TargetWhat::Ip(ip) => {
            vec![(bits(*ip), network.holder_in(group.vpc.id(), *ip))]
        }
        TargetWhat::LoadBalancer(r) => {
            let nodes = r.id().map(|l| network.load_balancers[l].nodes.iter());
            let nodes = nodes.into_iter().flatten().filter_map(Ref::id);
            nodes.filter_map(of).collect()
        }
    };
    let passes = matches!(target.health, None | Some(Health::Healthy));
    let candidate = |(address, interface): (Address, Option<Id<Interface>>)| {
        let own = || match (interface, &target.what) {
            (Some(interface), _) => zone_of(network, interface),
            (None, TargetWhat::Ip(ip)) => zone_around(network, group, *ip),
            (None, _) => None,
        };
        let zone = target.zone.as_deref().or_else(own).map(str::to_owned);
        let lost = interface.is_some_and(|i| network.lost(i).is_some());
        let up = !lost && !zone.as_deref().is_some_and(|z| network.is_down(z));
        Candidate {
            address,
            interface,
            zone,
            healthy: passes && up,
            target,
        }
    };
    found.into_iter().map(candidate).collect()
}

/// The zone of an address that nobody has, by the subnet that it lies in
/// (`/elasticloadbalancing/latest/APIReference/API_TargetDescription.html`).
fn zone_around<'n>(network: &'n Network, group: &TargetGroup, ip: IpAddr) -> Option<&'n str> {
    let subnet = network.subnet_with(group.vpc.id()?, ip)?;
    Some(&network.subnets[subnet].zone)
}
