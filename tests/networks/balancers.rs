//! Network Load Balancers and what is behind them.

use super::{GROUPS, Maker, named};
use reachability::model::{
    ClientRouting, Fact, Family, Health, HealthCheck, IpType, Listener, ListenerProtocol,
    LoadBalancer, LoadBalancerKind, MinHealthy, Origin, RegisteredTarget, Role, TargetGroup,
    TargetType, TargetWhat, Threshold,
};

impl Maker<'_> {
    /// A load balancer of a VPC: its name and its zones.
    pub(super) fn balancer(&mut self, index: usize) -> (String, Vec<String>) {
        let own = format!("nlb{}", self.draft.load_balancers.len());
        let name = format!("{}/{own}", self.vpcs[index].name);
        let facing = self.vpcs[index].internet && self.genes.chance(35);
        // Without groups from the start it never has any, and filters nothing.
        let has_groups = self.genes.chance(55);
        let group = self.genes.below(GROUPS);
        let groups: &[usize] = if has_groups { &[group] } else { &[] };
        let places = self.zonal(index, None);
        let mut nodes = Vec::new();
        for place in &places {
            let role = Role::LoadBalancer(named(&name));
            let (interface, ip) = self.interface((index, *place), role, groups, facing);
            self.goals.push((5, ip));
            let own = self.public_of(interface);
            self.goals.extend(own.map(|ip| (5, ip)));
            nodes.push(named(self.label(index, interface)));
        }
        let listeners = self.listeners(index);
        self.draft.load_balancers.push(LoadBalancer {
            name: own,
            id: None,
            vpc: named(&self.vpcs[index].name),
            kind: LoadBalancerKind::Network,
            ip_type: IpType::Ipv4,
            internet_facing: facing,
            deny_all_igw_traffic: !facing,
            nodes,
            has_groups,
            enforce_on_private_link: !self.genes.chance(30),
            cross_zone: self.genes.chance(40),
            client_routing: ClientRouting::AnyZone,
            zone_shift: Vec::new(),
            idle_timeout: None,
            dns_name: None,
            listeners,
            origin: Origin::Unknown,
        });
        let zones = places
            .iter()
            .map(|p| self.vpcs[index].subnets[*p].zone.clone());
        (name, zones.collect())
    }

    fn listeners(&mut self, index: usize) -> Vec<Listener> {
        let mut listeners = Vec::new();
        for (protocol, port) in [
            (ListenerProtocol::Tcp, 443),
            (ListenerProtocol::TcpUdp, 53),
            (ListenerProtocol::Tls, 8080),
            (ListenerProtocol::Udp, 443),
        ] {
            if port != 443 && self.genes.chance(60) {
                continue;
            }
            let mut forward = vec![(named(self.target_group(index, protocol)), 1)];
            if self.genes.chance(12) {
                let spare = self.target_group(index, protocol);
                forward.push((named(spare), self.genes.pick(&[0, 3])));
            }
            listeners.push(Listener {
                protocol,
                port,
                forward,
                origin: Origin::Unknown,
            });
        }
        listeners
    }

    fn target_group(&mut self, index: usize, protocol: ListenerProtocol) -> String {
        let kind = self.genes.pick(&[TargetType::Instance, TargetType::Ip]);
        let mut targets: Vec<RegisteredTarget> = Vec::new();
        for _ in 0..1 + self.genes.below(3) {
            let Some(what) = self.target(index, kind) else {
                continue;
            };
            let health = self.genes.weigh(&[
                (45, None),
                (28, Some(Health::Healthy)),
                (23, Some(Health::Unhealthy)),
                (4, Some(Health::Draining)),
            ]);
            let port = self.genes.chance(15).then_some(443);
            if targets.iter().all(|t| t.what != what) {
                targets.push(RegisteredTarget {
                    what,
                    port,
                    zone: None,
                    health,
                    origin: Origin::Unknown,
                });
            }
        }
        let name = format!("tg{}", self.draft.target_groups.len());
        // UDP keeps the client's address whatever is stated.
        let tcp = matches!(protocol, ListenerProtocol::Tcp | ListenerProtocol::Tls);
        let stated = self.genes.pick(&[None, None, Some(true), Some(false)]);
        let port = self.genes.pick(&[443, 8080]);
        let cross_zone = self
            .genes
            .weigh(&[(70, None), (20, Some(true)), (10, Some(false))]);
        let min_healthy = self.thresholds();
        self.draft.target_groups.push(TargetGroup {
            name: name.clone(),
            id: None,
            vpc: named(&self.vpcs[index].name),
            kind,
            family: Family::Ipv4,
            protocol,
            port,
            targets,
            preserve_client_ip: stated.filter(|_| tcp),
            cross_zone,
            proxy_protocol: false,
            min_healthy,
            health_check: HealthCheck::default(),
            health_listed: Fact::Known(()),
            origin: Origin::Unknown,
        });
        format!("{}/{name}", self.vpcs[index].name)
    }

    /// AWS's thresholds, or two counts, or two shares; DNS asks for no less than routing.
    fn thresholds(&mut self) -> MinHealthy {
        let (least, more) = (self.genes.pick(&[1, 2]), self.genes.pick(&[0, 1]));
        let threshold = |count, percent| Threshold { count, percent };
        let count = |n| threshold(Some(n), None);
        let share = |n| threshold(Some(1), Some(n));
        let (dns, routing) = self.genes.weigh(&[
            (60, (count(1), count(1))),
            (15, (count(least + more), count(least))),
            (20, (share(70 + 10 * more as u8), share(34 * least as u8))),
            (5, (threshold(None, None), count(least))),
        ]);
        MinHealthy { dns, routing }
    }

    /// A host of the VPC, or for groups of addresses now and then one of elsewhere.
    fn target(&mut self, index: usize, kind: TargetType) -> Option<TargetWhat> {
        let near = self.genes.pick(&self.vpcs[index].hosts);
        let any = self.genes.below(self.vpcs.len());
        let far = self.genes.pick(&self.vpcs[any].hosts);
        match kind {
            TargetType::Instance => Some(TargetWhat::Instance(named(near.instance?))),
            // Not of another Region: the second reading does not know that a kept client's address
            // does not reach there.
            _ if self.genes.chance(12) && self.vpcs[any].region == self.vpcs[index].region => {
                Some(TargetWhat::Ip(far.ip.into()))
            }
            _ => Some(TargetWhat::Ip(near.ip.into())),
        }
    }
}
