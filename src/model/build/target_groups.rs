//! Target groups.

use super::noun::Noun;
use super::report::Report;
use crate::model::{
    Draft, ListenerProtocol, LoadBalancerKind, RegisteredTarget, TargetGroup, TargetType,
    TargetWhat,
};
use std::net::IpAddr;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, group) in draft.target_groups.iter() {
        instances(draft, group, report);
        thresholds(draft, group, report);
        types(draft, group, report);
        private_addresses(draft, group, report);
        application(draft, group, report);
        client_kept(draft, group, report);
        inherited(draft, group, report);
        for target in &group.targets {
            zone_of_its_own(draft, group, target, report);
        }
    }
}

/// A group of an Application Load Balancer does as its Network Load Balancer does
/// (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).
fn inherited(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    if group.kind == TargetType::Alb && group.cross_zone.is_some() {
        let at = group.label(draft);
        let message = format!(
            "target group `{at}` registers an Application Load Balancer, and inherits cross-zone load balancing"
        );
        report.error("cross-zone-inherited", &at, &group.origin, message);
    }
}

/// What is in the VPC is in the zone of its subnet: a zone is registered for addresses outside alone
/// (`/elasticloadbalancing/latest/APIReference/API_TargetDescription.html`).
fn zone_of_its_own(
    draft: &Draft,
    group: &TargetGroup,
    target: &RegisteredTarget,
    report: &mut Report,
) {
    let Some(said) = &target.zone else { return };
    let subnet = match &target.what {
        TargetWhat::Instance(r) => r
            .id()
            .and_then(|i| draft.instances[i].interfaces.first()?.id())
            .and_then(|i| draft.interfaces[i].subnet.id()),
        TargetWhat::Ip(ip) => {
            let own = draft
                .subnets
                .iter()
                .filter(|(_, s)| s.vpc.id() == group.vpc.id());
            let mut own = own.filter(|(_, s)| s.vpc.id().is_some());
            own.find(|(_, s)| s.blocks().any(|b| b.contains(ip)))
                .map(|(id, _)| id)
        }
        TargetWhat::LoadBalancer(_) => None,
    };
    let Some(subnet) = subnet.map(|s| &draft.subnets[s]) else {
        return;
    };
    if subnet.zone != *said {
        let message = format!(
            "the target is in zone {} with its subnet `{}`, and not in {said}",
            subnet.zone, subnet.name
        );
        let at = group.label(draft);
        report.error("target-zone-elsewhere", at, &target.origin, message);
    }
}

/// For UDP, for QUIC and before an Application Load Balancer the client's address is kept, and nobody
/// can turn that off
/// (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).
fn client_kept(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    let tcp = matches!(
        group.protocol,
        ListenerProtocol::Tcp | ListenerProtocol::Tls
    );
    if (group.kind == TargetType::Alb || !tcp) && group.preserve_client_ip == Some(false) {
        let at = group.label(draft);
        let message = format!(
            "target group `{}` keeps the client's address: of TCP and TLS alone can that be off",
            group.name
        );
        report.error("client-address-always-kept", at, &group.origin, message);
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

/// A zone leaves DNS no later than its node gives up on health
/// (`/elasticloadbalancing/latest/network/target-group-health.html`).
fn thresholds(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    let (dns, routing) = (group.min_healthy.dns, group.min_healthy.routing);
    let counts = dns.count.zip(routing.count);
    let shares = dns.percent.zip(routing.percent);
    if counts.is_some_and(|(d, r)| d < r) || shares.is_some_and(|(d, r)| d < r) {
        let message = format!(
            "target group `{}` asks for fewer healthy targets for DNS than for routing",
            group.name
        );
        let at = group.label(draft);
        report.error("threshold-of-dns-below-routing", at, &group.origin, message);
    }
}

/// A group registers what its type says
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
fn types(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    for target in &group.targets {
        let (own, word) = match &target.what {
            TargetWhat::Instance(_) => (TargetType::Instance, "an instance"),
            TargetWhat::Ip(_) => (TargetType::Ip, "an address"),
            TargetWhat::LoadBalancer(_) => (TargetType::Alb, "a load balancer"),
        };
        let registers = match group.kind {
            TargetType::Instance => "instances",
            TargetType::Ip => "addresses",
            TargetType::Alb => "an Application Load Balancer",
        };
        if own != group.kind {
            let at = group.label(draft);
            let message = format!(
                "target group `{}` registers {registers}, and this is {word}",
                group.name
            );
            report.error("target-of-another-type", at, &target.origin, message);
        }
    }
}

/// Addresses are of the VPC, or of the ranges that AWS calls private
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
fn private_addresses(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    let vpc = group.vpc.id().map(|v| &draft.vpcs[v]);
    for target in &group.targets {
        let TargetWhat::Ip(IpAddr::V4(ip)) = &target.what else {
            continue;
        };
        let own = vpc.is_none_or(|v| v.cidrs.iter().any(|c| c.contains(ip)));
        let shared = matches!(ip.octets(), [100, 64..=127, ..]);
        if !own && !ip.is_private() && !shared {
            let message = format!(
                "target {ip} of group `{}` is not private: targets are addresses of the VPC, of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
                group.name
            );
            let at = group.label(draft);
            report.error("target-address-not-private", at, &target.origin, message);
        }
    }
}

/// A group of this type registers one Application Load Balancer, of the same VPC
/// (`/elasticloadbalancing/latest/network/application-load-balancer-target.html`).
fn application(draft: &Draft, group: &TargetGroup, report: &mut Report) {
    if group.kind != TargetType::Alb {
        return;
    }
    let at = group.label(draft);
    let mut say = |code, origin, message| report.error(code, &at, origin, message);
    if let [_, second, ..] = group.targets.as_slice() {
        let message = format!("target group `{at}` registers one Application Load Balancer only");
        say("alb-group-with-several-targets", &second.origin, message);
    }
    for target in &group.targets {
        let TargetWhat::LoadBalancer(r) = &target.what else {
            continue;
        };
        let Some(balancer) = r.id().map(|l| &draft.load_balancers[l]) else {
            continue;
        };
        let far = balancer.vpc.id().zip(group.vpc.id());
        if balancer.kind != LoadBalancerKind::Application {
            let message = format!("`{}` is no Application Load Balancer", r.text);
            say("alb-target-of-another-kind", &target.origin, message);
        } else if far.is_some_and(|(own, of)| own != of) {
            let message = format!("`{}` is not in the VPC of target group `{at}`", r.text);
            say("alb-target-in-other-vpc", &target.origin, message);
        }
    }
}
