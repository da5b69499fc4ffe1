//! Load balancers and target groups.

use super::Printer;
use super::doc::{Doc, Map};
use crate::model::{
    Fact, Health, Id, Listener, ListenerProtocol, LoadBalancer, RegisteredTarget, TargetType,
    TargetWhat, Vpc,
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
            let facing = balancer.internet_facing;
            map.word(
                "scheme",
                if facing {
                    "internet-facing"
                } else {
                    "internal"
                },
            );
            let (subnets, groups) = self.nodes(&balancer.nodes, vpc, &at);
            map.map("subnets", subnets);
            self.node_groups(&mut map, balancer, groups.unwrap_or_default(), &at);
            map.word("enforce_on_private_link", balancer.enforce_on_private_link);
            map.word("cross_zone", balancer.cross_zone);
            map.maybe("idle_timeout", balancer.idle_timeout);
            let listeners = balancer.listeners.iter();
            let listeners = listeners.map(|l| self.listener(l, vpc, &at)).collect();
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

    fn listener(&mut self, listener: &Listener, vpc: Id<Vpc>, at: &str) -> Map {
        let mut map = Map::of("listener");
        map.word("protocol", protocol(listener.protocol));
        map.word("port", listener.port);
        let mut forward = Vec::new();
        for (group, weight) in &listener.forward {
            if let Some(word) = self.word(group, Some(vpc), at) {
                forward.push((word, *weight));
            }
        }
        match forward.as_slice() {
            [(word, 1)] => map.text("forward", word),
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
