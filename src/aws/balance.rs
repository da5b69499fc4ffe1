//! Network Load Balancers: listeners, which targets a node may use, and as whom it calls them.
//!
//! `/elasticloadbalancing/latest/network/network-load-balancers.html`,
//! `/elasticloadbalancing/latest/network/edit-target-group-attributes.html`.

use super::bits;
use super::compile::Compiler;
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{Action, Alternative, Back, Link, NONE, NodeId, Rewrite, RowSpec, Side, flags};
use crate::model::{
    Health, Id, Interface, Listener, ListenerProtocol, LoadBalancer, LoadBalancerKind, Network,
    Ref, RegisteredTarget, TargetGroup, TargetType, TargetWhat,
};

/// A target a node may use: its address, the interface that has it, its zone, whether it is healthy.
pub(super) struct Candidate<'n> {
    pub(super) address: u32,
    pub(super) interface: Option<Id<Interface>>,
    pub(super) zone: Option<String>,
    pub(super) healthy: bool,
    pub(super) target: &'n RegisteredTarget,
}

/// Why a node has no target.
pub(super) type Nobody = Code;

/// The targets of a group that a node of a zone may use, semantics 2.8: those its cross-zone setting
/// allows; of these the healthy ones, or, if there is none, all (fail-open).
pub(super) fn candidates<'n>(
    network: &'n Network,
    lb: &LoadBalancer,
    group: &'n TargetGroup,
    zone: Option<&str>,
) -> Result<Vec<Candidate<'n>>, Nobody> {
    let zones: Vec<&str> = lb
        .nodes
        .iter()
        .filter_map(Ref::id)
        .filter_map(|n| zone_of(network, n))
        .collect();
    let all: Vec<Candidate<'n>> = group
        .targets
        .iter()
        .filter_map(|t| candidate(network, group, t))
        .collect();
    if all.is_empty() {
        return Err(Code::ELBV2_LISTENER_HAS_NO_TG);
    }
    let enabled: Vec<Candidate<'n>> = all
        .into_iter()
        .filter(|c| c.zone.as_deref().is_none_or(|z| zones.contains(&z)))
        .collect();
    if enabled.is_empty() {
        return Err(Code::ELB_INSTALLED_AZ_RESTRICTION);
    }
    let cross = group.cross_zone.unwrap_or(lb.cross_zone);
    let near: Vec<Candidate<'n>> = enabled
        .into_iter()
        .filter(|c| cross || c.zone.is_none() || zone.is_none() || c.zone.as_deref() == zone)
        .collect();
    if near.is_empty() {
        return Err(Code::ELB_NOT_CROSSZONE);
    }
    if near.iter().any(|c| c.healthy) {
        return Ok(near.into_iter().filter(|c| c.healthy).collect());
    }
    Ok(near)
}

/// Whether a group has a healthy target for a node of a zone.
pub(super) fn healthy(
    network: &Network,
    lb: &LoadBalancer,
    group: &TargetGroup,
    zone: Option<&str>,
) -> bool {
    candidates(network, lb, group, zone).is_ok_and(|c| c.iter().any(|c| c.healthy))
}

pub(super) fn zone_of(network: &Network, interface: Id<Interface>) -> Option<&str> {
    network.interfaces[interface]
        .subnet
        .id()
        .map(|s| network.subnets[s].zone.as_str())
}

fn candidate<'n>(
    network: &'n Network,
    group: &TargetGroup,
    target: &'n RegisteredTarget,
) -> Option<Candidate<'n>> {
    if matches!(target.health, Some(Health::Draining | Health::Unused)) {
        return None;
    }
    let healthy = matches!(target.health, None | Some(Health::Healthy));
    let (address, interface) = match &target.what {
        TargetWhat::Instance(r) => {
            let interface = network.instances[r.id()?].interfaces.first()?.id()?;
            (
                bits(*network.interfaces[interface].ips.first()?),
                Some(interface),
            )
        }
        TargetWhat::Ip(ip) => {
            let vpc = group.vpc.id();
            let found = network
                .interfaces
                .iter()
                .find(|(id, i)| network.vpc_of(*id) == vpc && i.ips.contains(ip));
            (bits(*ip), found.map(|(id, _)| id))
        }
        TargetWhat::LoadBalancer(r) => {
            let node = network.load_balancers[r.id()?].nodes.first()?.id()?;
            (bits(*network.interfaces[node].ips.first()?), Some(node))
        }
    };
    let zone = target.zone.clone().or_else(|| {
        interface
            .and_then(|i| zone_of(network, i))
            .map(str::to_owned)
    });
    let healthy = healthy && !zone.as_deref().is_some_and(|z| network.is_down(z));
    Some(Candidate {
        address,
        interface,
        zone,
        healthy,
        target,
    })
}

/// Client IP preservation, for clients that do not come by PrivateLink.
fn preserves(group: &TargetGroup) -> bool {
    match (group.kind, group.protocol) {
        (TargetType::Alb, _) => true,
        (_, ListenerProtocol::Udp | ListenerProtocol::TcpUdp) => true,
        (TargetType::Instance, _) => group.preserve_client_ip.unwrap_or(true),
        (TargetType::Ip, _) => group.preserve_client_ip.unwrap_or(false),
    }
}

/// Whether a target's reference to the load balancer's groups takes traffic that came by PrivateLink.
fn recognised(network: &Network, lb: &LoadBalancer) -> bool {
    lb.enforce_on_private_link || network.is_on("nlb-group-reference-without-enforcement")
}

impl Compiler<'_> {
    /// The listeners of every node of every Network Load Balancer.
    pub(super) fn balancers(&mut self) {
        let network = self.network;
        for (_, lb) in network
            .load_balancers
            .iter()
            .filter(|(_, l)| l.kind == LoadBalancerKind::Network)
        {
            for node in lb.nodes.iter().filter_map(Ref::id) {
                self.listeners(lb, node);
            }
        }
    }

    fn listeners(&mut self, lb: &LoadBalancer, interface: Id<Interface>) {
        let node = self.out.node_of(interface);
        let name = self.scoped(&lb.vpc, &lb.name);
        let mut rows = Vec::new();
        for listener in &lb.listeners {
            // PrivateLink's rows first: its traffic is never seen with the client's address.
            let by_link = self.forward(lb, listener, interface, node, true);
            let direct = self.forward(lb, listener, interface, node, false);
            let protocols: &[u8] = match listener.protocol {
                ListenerProtocol::Tcp | ListenerProtocol::Tls => &[6],
                ListenerProtocol::Udp => &[17],
                ListenerProtocol::TcpUdp => &[6, 17],
            };
            let text = format!("{name} listener {}", listener.port);
            for proto in protocols {
                let row = |span, flags, then| RowSpec {
                    span,
                    ports: (listener.port, listener.port),
                    proto: Some(*proto),
                    flags,
                    then,
                    origin: listener.origin.clone(),
                    text: text.clone(),
                };
                let tag = super::PRIVATE_LINK;
                rows.push(row((tag, tag), flags::BY_MARK, by_link));
                rows.push(row((0, u32::MAX), 0, direct));
            }
        }
        let table = self.b.table(&format!("{name} listeners"), Side::Dst, rows, Action::Drop(Code::ELBV2_LISTENERS_MISMATCH), "what no listener takes is dropped, /elasticloadbalancing/latest/network/load-balancer-listeners.html");
        self.b.slot(node, slot::SPECIAL as usize, table);
    }

    /// The choice of targets behind a listener.
    fn forward(
        &mut self,
        lb: &LoadBalancer,
        listener: &Listener,
        interface: Id<Interface>,
        node: NodeId,
        by_link: bool,
    ) -> Action {
        let network = self.network;
        let own = network.interfaces[interface]
            .ips
            .first()
            .map(|ip| bits(*ip));
        let zone = zone_of(network, interface);
        let (mut alternatives, mut nobody) = (Vec::new(), Code::ELBV2_LISTENER_HAS_NO_TG);
        for (reference, weight) in &listener.forward {
            let Some(group) = reference.id().map(|g| &network.target_groups[g]) else {
                return Action::Opaque(Code::UNKNOWN_RESOURCE);
            };
            if *weight == 0 {
                continue;
            }
            // Without the listing of its targets nobody knows whether it has any.
            if group.health_listed.known().is_none() {
                return Action::Opaque(Code::UNKNOWN_RESOURCE);
            }
            let found = match candidates(network, lb, group, zone) {
                Ok(found) => found,
                Err(code) => {
                    nobody = code;
                    continue;
                }
            };
            for candidate in found {
                let preserve = !by_link && preserves(group);
                let port = candidate.target.port.unwrap_or(group.port);
                let rewrite = Rewrite {
                    src: if preserve { None } else { own },
                    dst: Some(candidate.address),
                    sport: (!preserve).then_some((1024, 65535)),
                    dport: Some(port),
                };
                alternatives
                    .push(self.alternative(&candidate, group, rewrite, preserve, interface, node));
                if let (true, Some(last)) = (by_link, alternatives.last_mut()) {
                    last.mark = recognised(network, lb);
                }
            }
        }
        self.b.choosing(alternatives, nobody)
    }

    fn alternative(
        &mut self,
        c: &Candidate<'_>,
        group: &TargetGroup,
        rewrite: Rewrite,
        preserve: bool,
        from: Id<Interface>,
        node: NodeId,
    ) -> Alternative {
        let network = self.network;
        let who = c.interface.map_or_else(
            || std::net::Ipv4Addr::from(c.address).to_string(),
            |i| network.interface_name(i),
        );
        let sick = if c.healthy {
            ""
        } else {
            ", unhealthy: no target is healthy, so all are used"
        };
        let text = format!("target group {}: {who}{sick}", group.name);
        let row = self.b.0.rows.len() as u32;
        let spec = RowSpec::address((c.address, c.address), Action::Next, &c.target.origin, text);
        self.b
            .table(&group.name, Side::Dst, vec![spec], Action::Next, "");
        if !c.healthy {
            self.out.notes.push((row, Code::TARGETS_UNHEALTHY));
        }
        if c.target.health.is_none() {
            self.out.notes.push((row, Code::TARGET_HEALTH_NOT_GIVEN));
        }
        if group.proxy_protocol {
            self.out.notes.push((row, Code::PROXY_PROTOCOL_V2));
        }
        if c.zone.is_some() && c.zone.as_deref() != zone_of(network, from) {
            self.out.notes.push((row, Code::AVAILABILITY_ZONE_CROSSED));
        }
        if !preserve {
            return Alternative {
                unless: NONE,
                rewrite,
                pull: NONE,
                mark: true,
                then: Action::Next,
                row,
            };
        }
        // A target that is its own client would see its own address as the source
        // (`/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html`).
        let own = RowSpec::address(
            (c.address, c.address),
            Action::Drop(Code::HAIRPIN),
            &c.target.origin,
            format!("{who} is its own target"),
        );
        let unless = self
            .b
            .table("hairpin", Side::Src, vec![own], Action::Next, "");
        let near = c
            .interface
            .is_some_and(|i| network.interfaces[i].subnet == network.interfaces[from].subnet);
        let back = Back::To(node, if near { entry::NEAR } else { entry::FAR });
        let pull = self.b.link(Link {
            to: node,
            back,
            near,
            ..Link::default()
        });
        Alternative {
            unless,
            rewrite,
            pull,
            mark: true,
            then: Action::Next,
            row,
        }
    }
}
