//! Load balancers and target groups.

use super::Printer;
use super::doc::{Doc, Map, texts};
use crate::model::{
    ClientRouting, Fact, Family, Health, HealthProtocol, Id, Listener, ListenerProtocol,
    LoadBalancer, LoadBalancerKind, RegisteredTarget, TargetType, TargetWhat, Threshold, Vpc,
};

impl Printer<'_> {
    pub(super) fn load_balancers(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, balancer) in network.load_balancers.iter() {
            let (Some(name), true) = (
                self.names.of(id).map(str::to_owned),
                balancer.vpc.id() == Some(vpc),
            ) else {
                continue;
            };
            let at = self.label(id);
            let mut map = Map::of("load_balancer");
            map.maybe("id", balancer.id.as_ref());
            let application = balancer.kind == LoadBalancerKind::Application;
            if balancer.kind == LoadBalancerKind::Gateway {
                map.word("type", "gateway");
            }
            if application {
                map.word("type", "application");
            }
            let facing = balancer.internet_facing;
            map.word(
                "scheme",
                if facing {
                    "internet-facing"
                } else {
                    "internal"
                },
            );
            if balancer.deny_all_igw_traffic == facing {
                map.word("deny_all_igw_traffic", balancer.deny_all_igw_traffic);
            }
            map.word("ip_type", balancer.ip_type.name());
            let (subnets, groups) = self.nodes(&balancer.nodes, vpc, &at);
            map.map("subnets", subnets);
            self.node_groups(&mut map, balancer, groups.unwrap_or_default(), &at);
            map.word("enforce_on_private_link", balancer.enforce_on_private_link);
            if balancer.cross_zone != application {
                map.word("cross_zone", balancer.cross_zone);
            }
            map.word("client_routing", routing(balancer.client_routing));
            map.list("zone_shift", texts(&balancer.zone_shift));
            map.maybe("idle_timeout", balancer.idle_timeout);
            let listeners = balancer.listeners.iter();
            let listeners = listeners
                .map(|l| self.listener(l, application, vpc, &at))
                .collect();
            map.maps("listeners", listeners);
            all.push(&name, Doc::Map(map));
        }
        all
    }

    fn node_groups(&mut self, map: &mut Map, balancer: &LoadBalancer, groups: Vec<Doc>, at: &str) {
        if balancer.has_groups && groups.is_empty() {
            self.lost("the security groups of a load balancer", at);
        } else if balancer.has_groups {
            map.list("security_groups", groups);
        }
    }

    fn listener(&mut self, listener: &Listener, application: bool, vpc: Id<Vpc>, at: &str) -> Map {
        let mut map = Map::of("listener");
        let word = match (application, listener.protocol) {
            (true, ListenerProtocol::Tls) => "https",
            (true, _) => "http",
            (false, other) => protocol(other),
        };
        map.word("protocol", word);
        map.word("port", listener.port);
        let mut forward = Vec::new();
        for (group, weight) in &listener.forward {
            if let Some(word) = self.word(group, Some(vpc), at) {
                forward.push((word, *weight));
            }
        }
        match forward.as_slice() {
            [(word, 1)] => map.text("forward", word),
            [] if application => {}
            several => {
                let groups = several.iter().map(|(word, weight)| {
                    let mut group = Map::of("forward");
                    group.text("target_group", word);
                    group.word("weight", weight);
                    Doc::Map(group)
                });
                map.put("forward", Doc::List(groups.collect()));
            }
        }
        map
    }

    pub(super) fn target_groups(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, group) in network.target_groups.iter() {
            let (Some(name), true) = (
                self.names.of(id).map(str::to_owned),
                group.vpc.id() == Some(vpc),
            ) else {
                continue;
            };
            let at = self.label(id);
            let mut map = Map::of("target_group");
            map.maybe("id", group.id.as_ref());
            let kind = match group.kind {
                TargetType::Instance => "instance",
                TargetType::Ip => "ip",
                TargetType::Alb => "alb",
            };
            map.word("type", kind);
            map.word("protocol", protocol(group.protocol));
            let family = match group.family {
                Family::Ipv4 => "ipv4",
                Family::Ipv6 => "ipv6",
            };
            map.word("ip_type", family);
            map.word("port", group.port);
            let mut targets = Vec::new();
            for target in &group.targets {
                targets.extend(self.registered(target, vpc, &at));
            }
            map.maps("targets", targets);
            if let Some(keeps) = group.preserve_client_ip {
                map.word("preserve_client_ip", keeps);
            }
            if let Some(crosses) = group.cross_zone {
                map.word("cross_zone", crosses);
            }
            map.word("proxy_protocol", group.proxy_protocol);
            let least = &group.min_healthy;
            let mut thresholds = Map::of("min_healthy");
            thresholds.list("dns", threshold(least.dns));
            thresholds.list("routing", threshold(least.routing));
            map.map("min_healthy", thresholds);
            let mut check = Map::of("health_check");
            check.word("protocol", health_protocol(group.health_check.protocol));
            check.maybe("port", group.health_check.port);
            map.map("health_check", check);
            if let Fact::Unseen(unseen) = &group.health_listed {
                self.lost(network.unseen[*unseen].text(), &at);
            }
            all.push(&name, Doc::Map(map));
        }
        all
    }

    fn registered(&mut self, target: &RegisteredTarget, vpc: Id<Vpc>, at: &str) -> Option<Map> {
        let mut map = Map::of("target");
        match &target.what {
            TargetWhat::Instance(r) => map.text("instance", &self.word(r, Some(vpc), at)?),
            TargetWhat::Ip(ip) => map.text("ip", &ip.to_string()),
            TargetWhat::LoadBalancer(r) => {
                map.text("load_balancer", &self.word(r, Some(vpc), at)?);
            }
        }
        map.maybe("port", target.port);
        map.maybe("zone", target.zone.as_ref());
        map.maybe("health", target.health.map(health));
        Some(map)
    }
}

fn protocol(protocol: ListenerProtocol) -> &'static str {
    match protocol {
        ListenerProtocol::Tcp => "tcp",
        ListenerProtocol::Tls => "tls",
        ListenerProtocol::Udp => "udp",
        ListenerProtocol::TcpUdp => "tcp_udp",
        ListenerProtocol::Quic => "quic",
        ListenerProtocol::TcpQuic => "tcp_quic",
        ListenerProtocol::Geneve => "geneve",
    }
}

fn routing(policy: ClientRouting) -> &'static str {
    match policy {
        ClientRouting::AnyZone => "any_availability_zone",
        ClientRouting::MostlyOwnZone => "partial_availability_zone_affinity",
        ClientRouting::OwnZone => "availability_zone_affinity",
    }
}

/// The numbers of a threshold; a count of one beside a share says nothing.
fn threshold(threshold: Threshold) -> Vec<Doc> {
    let count = match (threshold.count, threshold.percent) {
        (None, _) => Some("off".to_owned()),
        (Some(1), Some(_)) => None,
        (Some(count), _) => Some(count.to_string()),
    };
    let percent = threshold.percent.map(|p| format!("{p}%"));
    count.into_iter().chain(percent).map(Doc::Word).collect()
}

fn health_protocol(protocol: HealthProtocol) -> &'static str {
    match protocol {
        HealthProtocol::Tcp => "tcp",
        HealthProtocol::Http => "http",
        HealthProtocol::Https => "https",
    }
}

fn health(health: Health) -> &'static str {
    match health {
        Health::Healthy => "healthy",
        Health::Unhealthy => "unhealthy",
        Health::Initial => "initial",
        Health::Draining => "draining",
        Health::Unused => "unused",
    }
}
