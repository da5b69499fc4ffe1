//! Load balancers and target groups.

use super::endpoints::{twice, zones};
use super::noun::Noun;
use super::report::Report;
use crate::model::{
    Draft, Listener, ListenerProtocol, LoadBalancer, LoadBalancerKind, TargetGroup, TargetType,
    TargetWhat,
};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, balancer) in draft.load_balancers.iter() {
        one_subnet_a_zone(draft, balancer, report);
        duplicate_listeners(draft, balancer, report);
        for listener in &balancer.listeners {
            forwards(draft, balancer, listener, report);
        }
    }
    for (_, group) in draft.target_groups.iter() {
        instances(draft, group, report);
    }
}

/// A load balancer has one subnet a zone
/// (`/elasticloadbalancing/latest/network/availability-zones.html`).
fn one_subnet_a_zone(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    if let Some(zone) = zones(draft, &balancer.nodes).and_then(|z| twice(&z)) {
        let message = format!(
            "load balancer `{}` has two subnets in zone `{zone}`",
            balancer.name
        );
        let at = balancer.label(draft);
        report.error(
            "load-balancer-two-subnets-one-zone",
            at,
            &balancer.origin,
            message,
        );
    }
}

/// Whether a protocol uses TCP, and whether it uses UDP.
fn transports(protocol: ListenerProtocol) -> (bool, bool) {
    match protocol {
        ListenerProtocol::Tcp | ListenerProtocol::Tls => (true, false),
        ListenerProtocol::Udp => (false, true),
        ListenerProtocol::TcpUdp => (true, true),
    }
}

/// A port has one listener: CreateListener answers DuplicateListener
/// (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`).
fn duplicate_listeners(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    for (i, listener) in balancer.listeners.iter().enumerate() {
        let (tcp, udp) = transports(listener.protocol);
        let taken = balancer.listeners.iter().take(i).any(|other| {
            let (also_tcp, also_udp) = transports(other.protocol);
            other.port == listener.port && (tcp && also_tcp || udp && also_udp)
        });
        if taken {
            let at = balancer.label(draft);
            let message = format!(
                "load balancer `{at}` has two listeners on port {}",
                listener.port
            );
            report.error("duplicate-listener", at, &listener.origin, message);
        }
    }
}

/// A listener forwards to a group whose protocol goes with its own
/// (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`,
/// `application-load-balancer-target.html`).
fn forwards(draft: &Draft, balancer: &LoadBalancer, listener: &Listener, report: &mut Report) {
    if balancer.kind != LoadBalancerKind::Network {
        return;
    }
    if listener.forward.is_empty() {
        let message = format!(
            "the listener on port {} forwards to no target group",
            listener.port
        );
        let at = balancer.label(draft);
        report.error(
            "listener-without-target-group",
            at,
            &listener.origin,
            message,
        );
    }
    for group in listener.forward.iter().filter_map(|(r, _)| r.id()) {
        let group = &draft.target_groups[group];
        if !fits(listener.protocol, group) {
            let message = format!(
                "a {} listener cannot forward to target group `{}`, which is {}",
                word(listener.protocol),
                group.name,
                word(group.protocol)
            );
            let at = balancer.label(draft);
            report.error(
                "listener-target-group-protocol",
                at,
                &listener.origin,
                message,
            );
        }
    }
}

fn fits(listener: ListenerProtocol, group: &TargetGroup) -> bool {
    use ListenerProtocol::{Tcp, TcpUdp, Tls, Udp};
    if group.kind == TargetType::Alb {
        return (listener, group.protocol) == (Tcp, Tcp);
    }
    matches!(
        (listener, group.protocol),
        (Tcp | Udp | TcpUdp, TcpUdp) | (Tcp | Tls, Tcp) | (Tls, Tls) | (Udp, Udp)
    )
}

fn word(protocol: ListenerProtocol) -> &'static str {
    match protocol {
        ListenerProtocol::Tcp => "TCP",
        ListenerProtocol::Tls => "TLS",
        ListenerProtocol::Udp => "UDP",
        ListenerProtocol::TcpUdp => "TCP_UDP",
    }
}

/// Instances are registered in groups of their own VPC
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
fn instances(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    let Some(vpc) = group.vpc.id() else { return };
    for target in &group.targets {
        let TargetWhat::Instance(r) = &target.what else {
            continue;
        };
        let of = r.id().and_then(|i| draft.instances[i].vpc.id());
        if of.is_some_and(|other| other != vpc) {
            let message = format!(
                "instance `{}` is not in the VPC of target group `{}`",
                r.text, group.name
            );
            let at = group.label(draft);
            report.error("instance-target-in-other-vpc", at, &target.origin, message);
        }
    }
}
