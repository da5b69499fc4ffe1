//! Load balancers and their listeners.

use super::endpoints::{twice, zones};
use super::noun::Noun;
use super::report::Report;
use crate::model::{
    Draft, IpType, Listener, ListenerProtocol, LoadBalancer, LoadBalancerKind, TargetGroup,
    TargetType,
};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, balancer) in draft.load_balancers.iter() {
        one_subnet_a_zone(draft, balancer, report);
        duplicate_listeners(draft, balancer, report);
        zonal_shift(draft, balancer, report);
        quic(draft, balancer, report);
        two_zones(draft, balancer, report);
        gateway(draft, balancer, report);
        for listener in &balancer.listeners {
            forwards(draft, balancer, listener, report);
        }
    }
}

/// Traffic is shifted away from one zone at a time, and from one that the load balancer is in
/// (`/elasticloadbalancing/latest/network/zonal-shift.html`).
fn zonal_shift(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    let mut say = |code, message| {
        report.error(code, balancer.label(draft), &balancer.origin, message);
    };
    if balancer.zone_shift.len() > 1 {
        let message = format!(
            "load balancer `{}` shifts away from several zones: AWS shifts away from one at a time",
            balancer.name
        );
        say("zonal-shift-of-several-zones", message);
        return;
    }
    let own = zones(draft, &balancer.nodes);
    let elsewhere = |z: &&String| own.as_ref().is_some_and(|own| !own.contains(&z.as_str()));
    if let Some(zone) = balancer.zone_shift.iter().find(elsewhere) {
        let message = format!(
            "load balancer `{}` shifts away from zone `{zone}`, in which it has no node",
            balancer.name
        );
        say("zonal-shift-elsewhere", message);
    }
}

/// QUIC needs a load balancer without groups, of IPv4 alone, and no other listener on UDP
/// (`/elasticloadbalancing/latest/network/create-listener.html`,
/// `/elasticloadbalancing/latest/network/load-balancer-ip-address-type.html`).
fn quic(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    let is_quic = |l: &&Listener| {
        matches!(
            l.protocol,
            ListenerProtocol::Quic | ListenerProtocol::TcpQuic
        )
    };
    let Some(listener) = balancer.listeners.iter().find(is_quic) else {
        return;
    };
    let at = balancer.label(draft);
    let word = listener.protocol.name();
    if balancer.has_groups {
        let message = format!(
            "load balancer `{at}` has security groups, and a {word} listener needs one without"
        );
        report.error("quic-listener-with-groups", &at, &listener.origin, message);
    }
    if balancer.ip_type == IpType::Dualstack {
        let message =
            format!("load balancer `{at}` is dualstack, and a {word} listener needs IPv4");
        report.error("quic-listener-dualstack", &at, &listener.origin, message);
    }
    let udp = balancer.listeners.iter();
    if udp.filter(|l| l.protocol.carries().contains(&17)).count() > 1 {
        let message = format!(
            "load balancer `{at}` has a {word} listener and another listener that takes UDP"
        );
        report.error("quic-listener-not-alone", &at, &listener.origin, message);
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

/// A port has one listener: CreateListener answers DuplicateListener
/// (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`).
fn duplicate_listeners(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    for (i, listener) in balancer.listeners.iter().enumerate() {
        let own = listener.protocol.carries();
        let taken = balancer.listeners.iter().take(i).any(|other| {
            let theirs = other.protocol.carries();
            other.port == listener.port && own.iter().any(|p| theirs.contains(p))
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
    if balancer.kind == LoadBalancerKind::Application {
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
        if !fits(draft, listener.protocol, group) {
            let message = format!(
                "a {} listener cannot forward to target group `{}`, which is {}",
                listener.protocol.name(),
                group.name,
                group.protocol.name()
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

fn fits(draft: &Draft, listener: ListenerProtocol, group: &TargetGroup) -> bool {
    use ListenerProtocol::{Geneve, Quic, Tcp, TcpQuic, TcpUdp, Tls, Udp};
    if group.kind == TargetType::Alb {
        return (listener, group.protocol) == (Tcp, Tcp);
    }
    match (listener, group.protocol) {
        (Tcp | Udp | TcpUdp, TcpUdp)
        | (Tcp | Tls, Tcp)
        | (Tls, Tls)
        | (Udp, Udp)
        | (Quic, Quic)
        | (Geneve, Geneve)
        | (TcpQuic, TcpQuic) => true,
        (Quic, TcpQuic) => draft.is_on("quic-listener-takes-tcp-quic-group"),
        _ => false,
    }
}

/// A Gateway Load Balancer has no groups, and no name that clients dial: it is not internet-facing
/// (`/elasticloadbalancing/latest/gateway/gateway-load-balancers.html`).
fn gateway(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    if balancer.kind != LoadBalancerKind::Gateway {
        return;
    }
    let at = balancer.label(draft);
    if balancer.has_groups {
        let message = format!("Gateway Load Balancer `{at}` cannot have security groups");
        report.error("gwlb-with-groups", &at, &balancer.origin, message);
    }
    if balancer.internet_facing {
        let message = format!("Gateway Load Balancer `{at}` cannot be internet-facing");
        report.error("gwlb-internet-facing", &at, &balancer.origin, message);
    }
}

/// An Application Load Balancer is in two zones at least
/// (`/elasticloadbalancing/latest/application/application-load-balancers.html`).
fn two_zones(draft: &Draft, balancer: &LoadBalancer, report: &mut Report) {
    if balancer.kind == LoadBalancerKind::Application && balancer.nodes.len() < 2 {
        let at = balancer.label(draft);
        let message = format!("Application Load Balancer `{at}` needs subnets in two zones");
        report.error("alb-in-one-zone", at, &balancer.origin, message);
    }
}
