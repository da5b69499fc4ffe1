//! Network Load Balancers, alone and behind an endpoint service.

use super::*;

/// Addresses and ports.
type Targets = Vec<(Ipv4Addr, u16)>;

impl<'a> Walk<'a> {
    /// From an endpoint's interface to the node in its zone of one of the load balancers.
    pub(super) fn private_link(&mut self, id: Id<EndpointService>, at: Eni) -> Hit {
        let mut nodes = Vec::new();
        for id in &self.net.services[id].load_balancers {
            let balancer = &self.net.load_balancers[id.id().unwrap()];
            let own = balancer.nodes.iter().filter_map(Ref::id);
            nodes.extend(own.map(|node| (balancer, node)));
        }
        nodes.retain(|(_, node)| self.zone_of(*node) == self.zone_of(at));
        ensure(!nodes.is_empty(), "VPCE_SERVICE_NOT_INSTALLED_IN_AZ")?;
        self.each(nodes, |w, (balancer, node)| w.balance(balancer, node, at))
    }

    /// A node picks a target; the answer leaves by the door, itself or an endpoint's interface.
    pub(super) fn balance(&mut self, lb: &'a LoadBalancer, node: Eni, door: Eni) -> Hit {
        // PrivateLink never shows the client, and is filtered only where that is enforced.
        let direct = node == door;
        if lb.has_groups && (direct || lb.enforce_on_private_link) {
            self.groups(node, true)?;
        }
        let asked = self.packet;
        let listener = lb.listeners.iter().find(|l| {
            let carries: &[u8] = match l.protocol {
                ListenerProtocol::Tcp | ListenerProtocol::Tls => &[TCP],
                ListenerProtocol::Udp => &[UDP],
                ListenerProtocol::TcpUdp => &[TCP, UDP],
            };
            l.port == asked.dport && carries.contains(&asked.protocol)
        });
        let forward = &listener.ok_or("ELBV2_LISTENERS_MISMATCH")?.forward;
        let forward: Vec<_> = forward.iter().filter(|(_, weight)| *weight > 0).collect();
        ensure(!forward.is_empty(), "ELBV2_LISTENER_HAS_NO_TG")?;
        self.cross("load-balancer");
        self.each(forward, |w, (group, _)| {
            let group = &w.net.target_groups[group.id().unwrap()];
            let preserved = direct && preserves(group);
            let own = w.net.interfaces[node].ips[0];
            let src = if preserved { asked.src } else { own };
            let mut ways = Vec::new();
            for (dst, dport) in w.candidates(lb, node, group)? {
                let draws = if preserved {
                    vec![asked.sport]
                } else {
                    w.draws.to_vec()
                };
                let sent = |sport| Packet {
                    src,
                    dst,
                    sport,
                    dport,
                    ..asked
                };
                ways.extend(draws.into_iter().map(sent));
            }
            w.each(ways, |w, sent| {
                ensure(sent.src != sent.dst, "HAIRPIN")?;
                w.remember((Spot::Eni(node), sent, asked, Some(door), preserved))?;
                if lb.has_groups {
                    w.groups = w.groups_of(node);
                    w.groups(node, false)?;
                }
                w.leave(node)
            })
        })
    }

    /// The targets a node may send to.
    fn candidates(&self, lb: &LoadBalancer, node: Eni, of: &TargetGroup) -> Result<Targets, Word> {
        let mut all = Vec::new();
        for target in &of.targets {
            let ip = match &target.what {
                TargetWhat::Instance(r) => {
                    let own = &self.net.instances[r.id().unwrap()].interfaces;
                    self.net.interfaces[own[0].id().unwrap()].ips[0]
                }
                TargetWhat::Ip(ip) => *ip,
                TargetWhat::LoadBalancer(_) => continue,
            };
            let (own, mut subnets) = (Some(self.vpc_of(node)), self.net.subnets.iter());
            let inside = subnets.find(|(_, s)| s.vpc.id() == own && s.cidr.contains(&ip));
            let zone = inside.map(|(_, s)| s.zone.as_str());
            let zone = zone.or(target.zone.as_deref());
            let well = match target.health {
                Some(Health::Draining | Health::Unused) => continue,
                health => health.is_none_or(|h| h == Health::Healthy),
            };
            all.push((well, zone, (ip, target.port.unwrap_or(of.port))));
        }
        ensure(!all.is_empty(), "ELBV2_LISTENER_HAS_NO_TG")?;
        // Without a zone: an address outside the VPC, for every zone.
        let nodes = lb.nodes.iter().filter_map(Ref::id);
        let enabled: Vec<&str> = nodes.map(|n| self.zone_of(n)).collect();
        all.retain(|(_, zone, _)| zone.is_none_or(|z| enabled.contains(&z)));
        ensure(!all.is_empty(), "ELB_INSTALLED_AZ_RESTRICTION")?;
        let crosses = of.cross_zone.unwrap_or(lb.cross_zone);
        all.retain(|(_, zone, _)| crosses || zone.is_none_or(|z| z == self.zone_of(node)));
        ensure(!all.is_empty(), "ELB_NOT_CROSSZONE")?;
        // The healthy ones; where there are none, all.
        let healthy = all.iter().any(|(well, ..)| *well);
        all.retain(|(well, ..)| *well == healthy);
        Ok(all.into_iter().map(|(.., target)| target).collect())
    }
}

/// Whether targets of the group see the client's address.
fn preserves(group: &TargetGroup) -> bool {
    let tcp = [ListenerProtocol::Tcp, ListenerProtocol::Tls].contains(&group.protocol);
    match group.kind {
        TargetType::Ip if tcp => group.preserve_client_ip.unwrap_or(false),
        TargetType::Instance if tcp => group.preserve_client_ip.unwrap_or(true),
        _ => true,
    }
}
