//! Network Load Balancers, alone and behind an endpoint service.

use super::*;

type Nodes = Vec<(Id<LoadBalancer>, Eni)>;
/// Targets, and whether each is healthy.
type Reach = Vec<(bool, (IpAddr, u16))>;

/// Zones that PrivateLink does not serve from Region to Region.
const LEFT_OUT: &str = "use1-az3 usw1-az2 apne1-az3 apne2-az2 apne2-az4";

impl<'a> Walk<'a> {
    /// From an endpoint's interface to the node in its zone of one of the load balancers.
    pub(super) fn private_link(&mut self, id: Id<EndpointService>, at: Eni) -> Hit {
        let nodes = self.nodes_behind(id, at)?;
        self.each(nodes, "", |w, (id, node)| w.balance(id, node, at))
    }

    /// The nodes in an interface's zone of the load balancers of a service; from another Region those
    /// of every zone, of those of a load balancer that are well if there are any.
    pub(super) fn nodes_behind(&self, id: Id<EndpointService>, at: Eni) -> Result<Nodes, Word> {
        let region = |at| &self.net.vpcs[self.net.vpc_of(at).unwrap()].region;
        let zone = |at| &self.subnet_of(at).zone;
        let mut found = Vec::new();
        let all = self.net.services[id].load_balancers.iter();
        for id in all.filter_map(Ref::id) {
            let lb = &self.net.load_balancers[id];
            let mut own = Vec::from_iter(lb.nodes.iter().filter_map(Ref::id));
            if region(own[0]) == region(at) {
                own.retain(|node| zone(*node) == zone(at));
            } else {
                let served = |end: &Eni| !LEFT_OUT.contains(zone(*end));
                let all = served(&at) && own.iter().all(served);
                ensure(all && lb.idle_timeout.is_none(), "UNSUPPORTED_BY_AWS")?;
                let any = own.iter().any(|node| self.is_well(lb, *node));
                own.retain(|node| !any || self.is_well(lb, *node));
            }
            found.extend(own.into_iter().map(|node| (id, node)));
        }
        ensure(!found.is_empty(), "VPCE_SERVICE_NOT_INSTALLED_IN_AZ")?;
        Ok(found)
    }

    /// Whether the zone of a node has, for every group that it forwards to, as many healthy targets as
    /// a load balancer's name asks for
    /// (`/elasticloadbalancing/latest/network/target-group-health.html`).
    fn is_well(&self, lb: &LoadBalancer, node: Eni) -> bool {
        let used = lb.listeners.iter().flat_map(|l| &l.forward);
        let mut used = used.filter(|(_, weight)| *weight > 0);
        !lb.zone_shift.contains(&self.subnet_of(node).zone)
            && used.all(|(group, _)| {
                let group = &self.net.target_groups[group.id().unwrap()];
                let all = self.in_reach(lb, node, group);
                all.is_ok_and(|all| enough(&all, group.min_healthy.dns))
            })
    }

    /// A node picks a target; the answer leaves by the door, itself or an endpoint's interface.
    pub(super) fn balance(&mut self, id: Id<LoadBalancer>, node: Eni, door: Eni) -> Hit {
        let (lb, asked) = (&self.net.load_balancers[id], self.packet);
        // PrivateLink never shows the client, and is filtered only where that is enforced.
        let direct = node == door;
        if !direct && lb.enforce_on_private_link {
            self.groups(node, IN)?;
        }
        let listener = lb
            .listeners
            .iter()
            .find(|l| l.port == asked.dport && l.protocol.carries().contains(&asked.protocol));
        let listener = listener.ok_or("ELBV2_LISTENERS_MISMATCH")?;
        let forward = &listener.forward;
        let forward: Vec<_> = forward.iter().filter(|(_, weight)| *weight > 0).collect();
        self.cross("load-balancer");
        let none = "ELBV2_LISTENER_HAS_NO_TG";
        self.each(forward, none, |w, (group, _)| {
            let group = &w.net.target_groups[group.id().unwrap()];
            let family = |ip: &IpAddr| Family::of(*ip) == group.family;
            let tcp = [ListenerProtocol::Tcp, ListenerProtocol::Tls].contains(&group.protocol);
            let shown = group
                .preserve_client_ip
                .unwrap_or(group.kind != TargetType::Ip);
            // An address of one family cannot be shown to the other.
            let proxied = group.kind == TargetType::Alb;
            let preserved = direct && (shown || !tcp || proxied) && family(&asked.src);
            let (src, draws): (_, &[u16]) = match preserved {
                true => (asked.src, &[asked.sport]),
                false => {
                    let mut own = w.net.interfaces[node].addresses();
                    let own = own.find(family);
                    (own.ok_or("NO_ADDRESS_OF_FAMILY")?, w.draws)
                }
            };
            // What takes UDP from IPv6 clients has targets of IPv6 alone.
            let udp = listener.protocol.carries().contains(&UDP) && asked.src.is_ipv6();
            let mut ways = Vec::new();
            for (dst, dport) in w.candidates(lb, node, group)? {
                ways.extend(draws.iter().map(|d| asked.between(src, dst, *d, dport)));
            }
            ensure(!udp || group.family == Family::Ipv6, "UNSUPPORTED_BY_AWS")?;
            w.each(ways, none, |w, sent| {
                let own = w.net.interfaces[node].has(sent.dst);
                ensure(sent.src != sent.dst && !own, "HAIRPIN")?;
                ensure(
                    !preserved || w.shows(node, sent, proxied),
                    "UNSUPPORTED_BY_AWS",
                )?;
                w.remember((Spot::Eni(node), sent, asked, Some(door), preserved))?;
                w.groups = w.groups_of(node);
                w.groups(node, OUT)?;
                w.leave(node)
            })
        })
    }

    /// Whether a target may see a client's address: a host of the VPC or of one peered with it in its
    /// Region, reached directly: by the VPC itself or the peering.
    fn shows(&self, node: Eni, sent: Packet, proxied: bool) -> bool {
        let (target, subnet) = (sent.dst, self.subnet_of(node));
        let mut there = self.clone();
        there.packet = sent;
        let enters = |g: &Ref<TransitGateway>| self.port(g.id().unwrap(), subnet).is_ok();
        let own = self.net.vpc_of(node).unwrap();
        let region = |vpc: Id<Vpc>| &self.net.vpcs[vpc].region;
        let detour = |r: &&Route| {
            r.active
                && match &r.target {
                    Target::Local => false,
                    Target::Peering(p) => {
                        let ends = &self.net.peerings[p.id().unwrap()].between;
                        let mut ends = ends.iter().map(|end| region(end.id().unwrap()));
                        ends.any(|far| far != region(own))
                    }
                    Target::Transit(g) => enters(g),
                    // What leads nowhere fails for that.
                    Target::Interface(i) => self.passes_on(i.id().unwrap()),
                    // A NAT gateway hides the client itself.
                    Target::Nat(_) | Target::RegionalNat(_) => false,
                    _ => true,
                }
        };
        if !holds(subnet, target) && there.routes(subnet).iter().any(detour) {
            return false;
        }
        let mut peered = self
            .net
            .peerings
            .iter()
            .map(|(_, p)| p)
            .filter(|p| p.active);
        let near = peered.any(|p| {
            let ends = p.between.each_ref().map(|end| end.id().unwrap());
            let far = ends.iter().find(|end| **end != own);
            ends.contains(&own)
                && far.is_some_and(|far| self.inside(*far, target) && region(*far) == region(own))
        });
        let owner = self
            .owner(own, target)
            .map(|i| &self.net.interfaces[i].role);
        let managed = matches!(owner, Some(Role::Endpoint(_) | Role::LoadBalancer(_)));
        (self.inside(own, target) || near) && (proxied || !managed)
    }

    fn candidates(&self, lb: &LoadBalancer, node: Eni, of: &TargetGroup) -> Result<Targets, Word> {
        // The healthy ones; where there are too few, all.
        let mut all = self.in_reach(lb, node, of)?;
        let enough = enough(&all, of.min_healthy.routing);
        all.retain(|(well, ..)| *well || !enough);
        Ok(all.into_iter().map(|(_, target)| target).collect())
    }

    /// The targets that a node may use, and whether each is healthy.
    fn in_reach(&self, lb: &LoadBalancer, node: Eni, of: &TargetGroup) -> Result<Reach, Word> {
        let mut all = Vec::new();
        let addresses = of.targets.iter().flat_map(|target| {
            let found = self.addresses_of(target, of.family);
            found.into_iter().map(move |ip| (target, ip))
        });
        for (target, ip) in addresses {
            let (own, mut subnets) = (self.net.vpc_of(node), self.net.subnets.iter());
            let inside = subnets.find(|(_, s)| s.vpc.id() == own && holds(s, ip));
            let zone = inside.map_or(target.zone.as_deref(), |(_, s)| Some(&s.zone));
            let well = match target.health {
                Some(Health::Draining | Health::Unused) => continue,
                health => health.is_none_or(|h| h == Health::Healthy),
            };
            all.push((well, zone, (ip, target.port.unwrap_or(of.port))));
        }
        ensure(!all.is_empty(), "ELBV2_LISTENER_HAS_NO_TG")?;
        // Without a zone: an address outside the VPC, for every zone.
        let nodes = lb.nodes.iter().filter_map(Ref::id);
        let enabled: Vec<&str> = nodes.map(|n| self.subnet_of(n).zone.as_str()).collect();
        all.retain(|(_, zone, _)| zone.is_none_or(|z| enabled.contains(&z)));
        ensure(!all.is_empty(), "ELB_INSTALLED_AZ_RESTRICTION")?;
        let crosses = of.cross_zone.unwrap_or(lb.cross_zone);
        all.retain(|(_, zone, _)| crosses || zone.is_none_or(|z| z == self.subnet_of(node).zone));
        ensure(!all.is_empty(), "ELB_NOT_CROSSZONE")?;
        let shifted = |zone: &Option<&str>| lb.zone_shift.iter().any(|z| Some(z.as_str()) == *zone);
        all.retain(|(_, zone, _)| !crosses || !shifted(zone));
        ensure(!all.is_empty(), "ZONE_SHIFTED_AWAY")?;
        Ok(all.into_iter().map(|(well, _, to)| (well, to)).collect())
    }

    /// What is registered: one address, or those of all nodes of a load balancer.
    fn addresses_of(&self, target: &RegisteredTarget, family: Family) -> Vec<IpAddr> {
        let interfaces = match &target.what {
            TargetWhat::Ip(ip) => return vec![*ip],
            TargetWhat::Instance(r) => &self.net.instances[r.id().unwrap()].interfaces[..1],
            TargetWhat::LoadBalancer(r) => &self.net.load_balancers[r.id().unwrap()].nodes,
        };
        let interfaces = interfaces.iter().filter_map(Ref::id);
        let own = |i: Id<Interface>| {
            let mut all = self.net.interfaces[i].addresses();
            all.find(|ip| Family::of(*ip) == family)
        };
        interfaces.filter_map(own).collect()
    }
}

/// Whether as many targets are healthy as a threshold asks for.
fn enough(all: &[(bool, (IpAddr, u16))], least: Threshold) -> bool {
    let well = all.iter().filter(|(well, _)| *well).count();
    let share = least.percent.map_or(0, |p| usize::from(p) * all.len());
    well >= least.count.map_or(1, usize::from) && well * 100 >= share
}
