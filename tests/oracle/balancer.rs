//! Network Load Balancers, alone and behind an endpoint service.

use super::rules::ensure;
use super::{Hit, Packet, Passed, Reader, Spot, TCP, UDP};
use reachability::model::{
    EndpointService, Health, Id, Interface, ListenerProtocol, LoadBalancer, Ref, TargetGroup,
    TargetType, TargetWhat,
};
use std::net::Ipv4Addr;

impl Reader<'_> {
    /// From an endpoint's interface to the node in its zone of one of the load balancers.
    pub(super) fn private_link(&mut self, id: Id<EndpointService>, at: Id<Interface>) -> Hit {
        let balancers = self.network.services[id]
            .load_balancers
            .iter()
            .filter_map(Ref::id);
        let nodes = balancers.flat_map(|b| {
            let nodes = self.network.load_balancers[b].nodes.iter();
            nodes.map(move |n| (b, n.id().unwrap()))
        });
        let zone = self.zone_of(at);
        let here: Vec<_> = nodes.filter(|(_, n)| self.zone_of(*n) == zone).collect();
        ensure(!here.is_empty(), "VPCE_SERVICE_NOT_INSTALLED_IN_AZ")?;
        self.each(here, |r, (id, node)| {
            let balancer = &r.network.load_balancers[id];
            if balancer.has_groups && balancer.enforce_on_private_link {
                r.group_in(node)?;
            }
            r.balance(id, node, at, true)
        })
    }

    /// A node picks a target; the answer leaves by the door.
    pub(super) fn balance(
        &mut self,
        id: Id<LoadBalancer>,
        node: Id<Interface>,
        door: Id<Interface>,
        private_link: bool,
    ) -> Hit {
        self.alive(node)?;
        let (balancer, asked) = (&self.network.load_balancers[id], self.trip.packet);
        let listener = balancer.listeners.iter().find(|l| {
            let carries: &[u8] = match l.protocol {
                ListenerProtocol::Tcp | ListenerProtocol::Tls => &[TCP],
                ListenerProtocol::Udp => &[UDP],
                ListenerProtocol::TcpUdp => &[TCP, UDP],
            };
            l.port == asked.dport && carries.contains(&asked.protocol)
        });
        let forward = &listener.ok_or("ELBV2_LISTENERS_MISMATCH")?.forward;
        self.cross("load-balancer");
        self.trip.passed.push(Passed::Balancer(id));
        let groups = forward.iter().filter(|(_, weight)| *weight > 0);
        let groups: Vec<_> = groups.map(|(group, _)| group.id().unwrap()).collect();
        ensure(!groups.is_empty(), "ELBV2_LISTENER_HAS_NO_TG")?;
        self.each(groups, |r, group| {
            let group = &r.network.target_groups[group];
            let preserved = !private_link && preserves(group);
            let own = r.network.interfaces[node].ips[0];
            let src = if preserved { asked.src } else { own };
            let ports = if preserved {
                vec![asked.sport]
            } else {
                r.drawn(asked)
            };
            let targets = r.candidates(balancer, node, group)?;
            let ways = targets
                .iter()
                .flat_map(|t| ports.iter().map(move |sport| (*t, *sport)));
            r.each(ways.collect(), |r, ((dst, dport), sport)| {
                let sent = Packet {
                    src,
                    dst,
                    sport,
                    dport,
                    ..asked
                };
                ensure(src != dst, "HAIRPIN")?;
                r.remember(Spot::Interface(node), Some(door), sent, preserved)?;
                r.trip.known = balancer.has_groups;
                if balancer.has_groups {
                    r.trip.groups = r.groups_of(node);
                    r.group_out(node)?;
                }
                r.leave(node)
            })
        })
    }

    /// The targets a node may send to: address and port.
    fn candidates(
        &self,
        balancer: &LoadBalancer,
        node: Id<Interface>,
        group: &TargetGroup,
    ) -> Result<Vec<(Ipv4Addr, u16)>, &'static str> {
        let nodes = balancer.nodes.iter().filter_map(Ref::id);
        let enabled: Vec<&str> = nodes.map(|n| self.zone_of(n)).collect();
        let crosses = group.cross_zone.unwrap_or(balancer.cross_zone);
        let mut all = Vec::new();
        for target in &group.targets {
            let (ip, zone) = match &target.what {
                TargetWhat::Instance(r) => {
                    let instance = &self.network.instances[r.id().unwrap()];
                    let primary = instance.interfaces[0].id().unwrap();
                    (
                        self.network.interfaces[primary].ips[0],
                        Some(self.zone_of(primary)),
                    )
                }
                TargetWhat::Ip(ip) => {
                    let own = Some(self.vpc_of(node));
                    let mut subnets = self.network.subnets.iter().map(|(_, s)| s);
                    let inside = subnets.find(|s| s.vpc.id() == own && s.cidr.contains(ip));
                    (*ip, inside.map(|s| &*s.zone).or(target.zone.as_deref()))
                }
                TargetWhat::LoadBalancer(_) => continue,
            };
            if matches!(target.health, Some(Health::Draining | Health::Unused)) {
                continue;
            }
            all.push((zone, target.health, (ip, target.port.unwrap_or(group.port))));
        }
        ensure(!all.is_empty(), "ELBV2_LISTENER_HAS_NO_TG")?;
        // Without a zone: an address outside the VPC, for every zone.
        all.retain(|(zone, ..)| zone.is_none_or(|z| enabled.contains(&z)));
        ensure(!all.is_empty(), "ELB_INSTALLED_AZ_RESTRICTION")?;
        all.retain(|(zone, ..)| crosses || zone.is_none_or(|z| z == self.zone_of(node)));
        ensure(!all.is_empty(), "ELB_NOT_CROSSZONE")?;
        let healthy = |health: &Option<Health>| matches!(health, None | Some(Health::Healthy));
        // With no healthy target every one is used.
        let open = !all.iter().any(|(_, health, _)| healthy(health));
        let used = all.iter().filter(|(_, health, _)| open || healthy(health));
        Ok(used.map(|(.., target)| *target).collect())
    }
}

/// Whether targets of the group see the client's address.
fn preserves(group: &TargetGroup) -> bool {
    let tcp = matches!(
        group.protocol,
        ListenerProtocol::Tcp | ListenerProtocol::Tls
    );
    match group.kind {
        TargetType::Ip if tcp => group.preserve_client_ip.unwrap_or(false),
        TargetType::Instance => group.preserve_client_ip.unwrap_or(true),
        TargetType::Ip | TargetType::Alb => true,
    }
}
