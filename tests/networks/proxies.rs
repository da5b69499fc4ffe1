//! Application Load Balancers, alone and as targets, and zones that traffic is shifted away from.

use super::{Flow, Genes, Sender, named};
use reachability::model::*;
use std::net::{IpAddr, Ipv4Addr};

/// Gives VPCs of two zones an Application Load Balancer, registers it with Network Load Balancers,
/// shifts some of these away from a zone, and asks for the nodes of both.
pub fn proxies(draft: &mut Draft, genes: &mut Genes, count: usize) -> Vec<Flow> {
    let vpcs: Vec<String> = draft.vpcs.iter().map(|(_, v)| v.name.clone()).collect();
    let given = |vpc: &&String| proxy(draft, genes, vpc);
    let with: Vec<String> = vpcs.iter().filter(given).cloned().collect();
    let balancers = draft.load_balancers.iter().map(|(_, b)| b.clone());
    let balancers: Vec<LoadBalancer> = balancers.collect();
    let changed = balancers.into_iter().map(|mut balancer| {
        if balancer.kind != LoadBalancerKind::Network {
            return balancer;
        }
        let zones = balancer.nodes.iter().map(|node| zone_of(draft, node));
        let zones: Vec<String> = zones.collect();
        if genes.chance(35) {
            balancer.zone_shift = vec![genes.pick(&zones)];
        }
        for listener in &mut balancer.listeners {
            let takes = listener.protocol == ListenerProtocol::Tcp;
            if takes && with.iter().any(|v| balancer.vpc.text == *v) && genes.chance(60) {
                listener.forward = vec![(named(format!("{}/alb", balancer.vpc.text)), 1)];
            }
        }
        balancer
    });
    let changed: Vec<LoadBalancer> = changed.collect();
    draft.load_balancers = changed.into();
    ask(draft, genes, count)
}

fn zone_of(draft: &Draft, node: &Ref<Interface>) -> String {
    let named = |i: &&Interface| {
        let vpc = i.subnet.text.split('/').next().unwrap();
        format!("{vpc}/{}", i.name) == node.text
    };
    let node = draft.interfaces.iter().map(|(_, i)| i).find(named).unwrap();
    let own = |s: &&Subnet| format!("{}/{}", s.vpc.text, s.name) == node.subnet.text;
    let subnet = draft.subnets.iter().map(|(_, s)| s).find(own);
    subnet.unwrap().zone.clone()
}

/// A load balancer in two zones, if there are two, and a group that registers it.
fn proxy(draft: &mut Draft, genes: &mut Genes, vpc: &str) -> bool {
    let own = draft.subnets.iter().map(|(_, s)| s);
    let own = own.filter(|s| s.vpc.text == vpc && s.cidr.is_some());
    let mut places: Vec<Subnet> = Vec::new();
    for subnet in own {
        if places.iter().all(|p| p.zone != subnet.zone) {
            places.push(subnet.clone());
        }
    }
    if places.len() < 2 {
        return false;
    }
    let group = named(format!("{vpc}/g{}", genes.below(3)));
    let mut nodes = Vec::new();
    for (number, subnet) in places.iter().enumerate() {
        let name = format!("alb{number}");
        nodes.push(named(format!("{vpc}/{name}")));
        let base = subnet.cidr.unwrap().network().to_bits();
        draft.interfaces.push(Interface {
            name,
            id: None,
            subnet: named(format!("{vpc}/{}", subnet.name)),
            ipv6: vec![],
            ips: vec![Ipv4Addr::from_bits(base + 246)],
            prefixes: Vec::new(),
            groups: vec![group.clone()],
            public: Vec::new(),
            source_dest_check: true,
            deny_all_igw_traffic: None,
            role: Role::LoadBalancer(named(format!("{vpc}/proxy"))),
            tags: [].into(),
            origin: Origin::Unknown,
        });
    }
    let listener = |port| Listener {
        protocol: ListenerProtocol::Tcp,
        port,
        forward: Vec::new(),
        origin: Origin::Unknown,
    };
    let ports = genes.pick(&[&[443_u16][..], &[443, 8080]]);
    draft.load_balancers.push(LoadBalancer {
        name: "proxy".into(),
        id: None,
        vpc: named(vpc),
        kind: LoadBalancerKind::Application,
        ip_type: IpType::Ipv4,
        internet_facing: false,
        deny_all_igw_traffic: true,
        nodes,
        has_groups: true,
        enforce_on_private_link: false,
        cross_zone: true,
        client_routing: ClientRouting::AnyZone,
        zone_shift: Vec::new(),
        idle_timeout: None,
        dns_name: None,
        listeners: ports.iter().map(|port| listener(*port)).collect(),
        origin: Origin::Unknown,
    });
    let threshold = Threshold {
        count: Some(1),
        percent: None,
    };
    draft.target_groups.push(TargetGroup {
        name: "alb".into(),
        id: None,
        vpc: named(vpc),
        kind: TargetType::Alb,
        family: Family::Ipv4,
        protocol: ListenerProtocol::Tcp,
        port: genes.weigh(&[(75, 443), (25, 8080)]),
        targets: vec![RegisteredTarget {
            what: TargetWhat::LoadBalancer(named(format!("{vpc}/proxy"))),
            port: None,
            zone: None,
            health: genes.pick(&[None, Some(Health::Healthy), Some(Health::Unhealthy)]),
            origin: Origin::Unknown,
        }],
        preserve_client_ip: genes.pick(&[None, Some(true)]),
        cross_zone: None,
        proxy_protocol: false,
        min_healthy: MinHealthy {
            dns: threshold,
            routing: threshold,
        },
        health_check: HealthCheck::default(),
        health_listed: Fact::Known(()),
        origin: Origin::Unknown,
    });
    true
}

/// From hosts to the nodes of load balancers and to endpoints, by which some are reached.
pub(super) fn ask(draft: &Draft, genes: &mut Genes, count: usize) -> Vec<Flow> {
    let mut goals = Vec::new();
    let mut callers = Vec::new();
    for (id, interface) in draft.interfaces.iter() {
        let vpc = interface.subnet.text.split('/').next().unwrap();
        let Some(own) = interface.ips.first() else {
            continue;
        };
        match interface.role {
            Role::LoadBalancer(_) => goals.push((3, IpAddr::V4(*own))),
            Role::Endpoint(_) => goals.push((1, IpAddr::V4(*own))),
            Role::Plain => {
                callers.push((Sender::Interface(id), format!("{vpc}/{}", interface.name)))
            }
            _ => {}
        }
    }
    if callers.is_empty() || goals.is_empty() {
        return Vec::new();
    }
    let flow = |_| {
        let (sender, from) = genes.pick(&callers);
        Flow {
            sender,
            from,
            to: genes.weigh(&goals),
            protocol: genes.weigh(&[(95, 6), (5, 17)]),
            client_port: 40_000,
            port: genes.weigh(&[(80, 443), (20, 8080)]),
        }
    };
    (0..count).map(flow).collect()
}
