//! Network Load Balancers: listeners, which targets a node may use, and as whom it calls them.
//!
//! `/elasticloadbalancing/latest/network/network-load-balancers.html`,
//! `/elasticloadbalancing/latest/network/edit-target-group-attributes.html`.

use super::bits;
use super::compile::Compiler;
use super::lack::Lack;
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{Action, Alternative, Back, Link, NONE, NodeId, Rewrite, RowSpec, Side, flags};
use crate::model::{
    Fact, Gap, Health, Id, Interface, Listener, ListenerProtocol, LoadBalancer, LoadBalancerKind,
    Network, Ref, RegisteredTarget, TargetGroup, TargetType, TargetWhat,
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
    cross: bool,
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
    let cross = group.cross_zone.unwrap_or(lb.cross_zone);
    candidates(network, lb, group, zone, cross).is_ok_and(|c| c.iter().any(|c| c.healthy))
}

/// Why it is not known who the targets of a group are.
pub(super) fn targets_lack(network: &Network, group: &Ref<TargetGroup>) -> Option<Lack> {
    let unseen = |id| Lack::from(&network.unseen[id]);
    let Some(group) = group.id().map(|g| &network.target_groups[g]) else {
        return group.unseen().map(unseen);
    };
    if let Fact::Unseen(id) = group.health_listed {
        return Some(unseen(id));
    }
    group.targets.iter().find_map(|t| match &t.what {
        TargetWhat::Instance(r) => match r.id() {
            None => r.unseen().map(unseen),
            Some(id) => network.instances[id]
                .interfaces
                .first()
                .and_then(Ref::unseen)
                .map(unseen),
        },
        TargetWhat::LoadBalancer(r) => match r.id() {
            None => r.unseen().map(unseen),
            Some(id) => network.load_balancers[id]
                .nodes
                .first()
                .and_then(Ref::unseen)
                .map(unseen),
        },
        TargetWhat::Ip(_) => None,
    })
}

/// Why it is not known which zones a load balancer has: a node, or its subnet, is missing.
fn zones_lack(network: &Network, lb: &LoadBalancer) -> Option<Lack> {
    let unseen = lb.nodes.iter().find_map(|n| match n.id() {
        Some(id) => network.interfaces[id].subnet.unseen(),
        None => n.unseen(),
    });
    unseen.map(|id| Lack::from(&network.unseen[id]))
}

/// Why it is not known whether a load balancer's zones are well: which targets it may use.
pub(super) fn health_lack(network: &Network, id: Id<LoadBalancer>) -> Option<Lack> {
    let lb = &network.load_balancers[id];
    let gap = |gap| network.gap(gap).map(Lack::from);
    let groups = || lb.listeners.iter().flat_map(|l| &l.forward).map(|(g, _)| g);
    gap(Gap::Listeners(id))
        .or_else(|| zones_lack(network, lb))
        .or_else(|| groups().find_map(|g| targets_lack(network, g)))
        .or_else(|| {
            groups()
                .filter_map(Ref::id)
                .find_map(|g| cross_lack(network, id, g))
        })
}

/// Why it is not known whether a group's targets of other zones are used.
fn cross_lack(network: &Network, lb: Id<LoadBalancer>, group: Id<TargetGroup>) -> Option<Lack> {
    let stated = network.target_groups[group].cross_zone.is_some();
    let own = network.gap(Gap::GroupAttributes(group));
    own.or_else(|| network.gap(Gap::BalancerCrossZone(lb)).filter(|_| !stated))
        .map(Lack::from)
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
                .find(|(id, i)| network.vpc_of(*id) == vpc && i.has(*ip));
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
fn keeps(group: &TargetGroup, at: At<'_>, setting: Setting) -> bool {
    let stated = setting.preserve.or(group.preserve_client_ip);
    !at.by_link
        && match (group.kind, group.protocol) {
            (TargetType::Alb, _) => true,
            (_, ListenerProtocol::Udp | ListenerProtocol::TcpUdp) => true,
            (TargetType::Instance, _) => stated.unwrap_or(true),
            (TargetType::Ip, _) => stated.unwrap_or(false),
        }
}

/// Whether a target's reference to the load balancer's groups takes traffic that came by PrivateLink.
fn recognised(network: &Network, lb: &LoadBalancer) -> bool {
    lb.enforce_on_private_link || network.is_on("nlb-group-reference-without-enforcement")
}

/// One way that a forward may be set up: whether other zones' targets are used, and whether the
/// client's address is kept, where a group does not say.
#[derive(Clone, Copy)]
struct Setting {
    cross: Option<bool>,
    preserve: Option<bool>,
}

const STATED: Setting = Setting {
    cross: None,
    preserve: None,
};

/// A node of a load balancer, and who calls it.
#[derive(Clone, Copy)]
struct At<'n> {
    lb: &'n LoadBalancer,
    interface: Id<Interface>,
    node: NodeId,
    by_link: bool,
}

impl<'n> Compiler<'n> {
    /// The listeners of every node of every Network Load Balancer.
    pub(super) fn balancers(&mut self) {
        let network = self.network;
        for (id, lb) in network
            .load_balancers
            .iter()
            .filter(|(_, l)| l.kind == LoadBalancerKind::Network)
        {
            for node in lb.nodes.iter().filter_map(Ref::id) {
                self.listeners(id, lb, node);
            }
        }
    }

    fn listeners(&mut self, id: Id<LoadBalancer>, lb: &'n LoadBalancer, interface: Id<Interface>) {
        let node = self.out.node_of(interface);
        let name = self.scoped(&lb.vpc, &lb.name);
        let mut rows = Vec::new();
        for listener in &lb.listeners {
            let at = |by_link| At {
                lb,
                interface,
                node,
                by_link,
            };
            // PrivateLink's rows first: its traffic is never seen with the client's address.
            let by_link = self.forwards(id, listener, at(true));
            let direct = self.forwards(id, listener, at(false));
            let protocols: &[u8] = match listener.protocol {
                ListenerProtocol::Tcp | ListenerProtocol::Tls => &[6],
                ListenerProtocol::Udp => &[17],
                ListenerProtocol::TcpUdp => &[6, 17],
            };
            let text = format!("{name} listener {}", listener.port);
            for proto in protocols {
                let mut add = |span, flags, ways: &[(Action, Option<Lack>)]| {
                    for (number, (then, lack)) in ways.iter().enumerate() {
                        let last = number + 1 == ways.len();
                        rows.push(RowSpec {
                            span,
                            ports: (listener.port, listener.port),
                            proto: Some(*proto),
                            flags: if last {
                                flags
                            } else {
                                flags | flags::MAYBE | flags::FORK
                            },
                            then: *then,
                            origin: listener.origin.clone(),
                            text: match lack {
                                Some(lack) => format!("{text}; {}", lack.text),
                                None => text.clone(),
                            },
                        });
                    }
                };
                let tag = super::PRIVATE_LINK;
                add((tag, tag), flags::BY_MARK, &by_link);
                add((0, u32::MAX), 0, &direct);
            }
        }
        rows.extend(self.gap(Gap::Listeners(id)).map(|lack| lack.opaque()));
        let table = self.b.table(&format!("{name} listeners"), Side::Dst, rows, Action::Drop(Code::ELBV2_LISTENERS_MISMATCH), "what no listener takes is dropped, /elasticloadbalancing/latest/network/load-balancer-listeners.html");
        self.b.slot(node, slot::SPECIAL as usize, table);
    }

    /// What a listener does: one way, or, where the input leaves a setting open, every way it may
    /// be set, each with what would tell.
    fn forwards(
        &mut self,
        id: Id<LoadBalancer>,
        listener: &Listener,
        at: At<'n>,
    ) -> Vec<(Action, Option<Lack>)> {
        let network = self.network;
        let used = || {
            listener
                .forward
                .iter()
                .filter(|(_, weight)| *weight > 0)
                .map(|(group, _)| group)
        };
        let targets = used().find_map(|g| targets_lack(network, g));
        if let Some(lack) = targets.or_else(|| zones_lack(network, at.lb)) {
            return vec![(Action::Opaque(lack.code), Some(lack))];
        }
        let groups: Vec<Id<TargetGroup>> = used().filter_map(Ref::id).collect();
        let cross = groups.iter().find_map(|g| cross_lack(network, id, *g));
        let keep = groups
            .iter()
            .filter(|_| !at.by_link)
            .find_map(|g| self.gap(Gap::GroupAttributes(*g)));
        let Some(lack) = keep.clone().or_else(|| cross.clone()) else {
            return vec![(self.forward(listener, at, STATED), None)];
        };
        // Settings of several groups are independent: too many ways to try.
        if groups.len() > 1 {
            return vec![(Action::Opaque(lack.code), Some(lack))];
        }
        let ways = |open: bool| {
            if open {
                &[Some(true), Some(false)][..]
            } else {
                &[None]
            }
        };
        let mut out: Vec<(Action, Option<Lack>)> = Vec::new();
        let mut known = Vec::new();
        for cross in ways(cross.is_some()) {
            for preserve in ways(keep.is_some()) {
                let setting = Setting {
                    cross: *cross,
                    preserve: *preserve,
                };
                let outcome = self.outcome(listener, at, setting);
                if !known.contains(&outcome) {
                    known.push(outcome);
                    let then = self.forward(listener, at, setting);
                    out.push((then, Some(lack.clone())));
                }
            }
        }
        if let [(_, lack)] = out.as_mut_slice() {
            *lack = None;
        }
        out
    }

    /// What a setting comes to: who is called, and as whom.
    fn outcome(
        &self,
        listener: &Listener,
        at: At<'n>,
        setting: Setting,
    ) -> Vec<Result<(u32, u16, bool), Code>> {
        let mut out = Vec::new();
        for group in listener.forward.iter().filter_map(|(g, _)| g.id()) {
            let group = &self.network.target_groups[group];
            match self.choice(group, at, setting) {
                Ok(found) => out.extend(found.iter().map(|c| {
                    let port = c.target.port.unwrap_or(group.port);
                    Ok((c.address, port, keeps(group, at, setting)))
                })),
                Err(code) => out.push(Err(code)),
            }
        }
        out
    }

    fn choice(
        &self,
        group: &'n TargetGroup,
        at: At<'n>,
        setting: Setting,
    ) -> Result<Vec<Candidate<'n>>, Nobody> {
        let zone = zone_of(self.network, at.interface);
        let stated = || group.cross_zone.unwrap_or(at.lb.cross_zone);
        let cross = setting.cross.unwrap_or_else(stated);
        candidates(self.network, at.lb, group, zone, cross)
    }

    /// The choice of targets behind a listener.
    fn forward(&mut self, listener: &Listener, at: At<'n>, setting: Setting) -> Action {
        let network = self.network;
        let own = network.interfaces[at.interface]
            .ips
            .first()
            .map(|ip| bits(*ip));
        let (mut alternatives, mut failing) = (Vec::new(), Vec::new());
        let mut nobody = Code::ELBV2_LISTENER_HAS_NO_TG;
        for (reference, weight) in &listener.forward {
            let Some(group) = reference.id().map(|g| &network.target_groups[g]) else {
                continue;
            };
            if *weight == 0 {
                continue;
            }
            let found = match self.choice(group, at, setting) {
                Ok(found) => found,
                Err(code) => {
                    nobody = code;
                    failing.push(self.without_targets(group, listener, code));
                    continue;
                }
            };
            for candidate in found {
                let preserve = keeps(group, at, setting);
                let port = candidate.target.port.unwrap_or(group.port);
                let rewrite = Rewrite {
                    src: if preserve { None } else { own },
                    dst: Some(candidate.address),
                    sport: (!preserve).then_some((1024, 65535)),
                    dport: Some(port),
                };
                alternatives.push(self.alternative(
                    &candidate,
                    group,
                    rewrite,
                    preserve,
                    at.interface,
                    at.node,
                ));
                if let (true, Some(last)) = (at.by_link, alternatives.last_mut()) {
                    last.mark = recognised(network, at.lb);
                }
            }
        }
        // Weights share connections out whatever the groups hold: the share of one that has nobody
        // fails, each for a reason of its own, while the others' get through
        // (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`).
        if alternatives.len() + failing.len() > 1 {
            alternatives.append(&mut failing);
        }
        self.b.choosing(alternatives, nobody)
    }

    /// The share of a target group that has no target for the node.
    fn without_targets(
        &mut self,
        group: &TargetGroup,
        listener: &Listener,
        code: Code,
    ) -> Alternative {
        let row = self.b.0.rows.len() as u32;
        let text = format!("target group {}: no target", group.name);
        let spec = RowSpec::address((0, u32::MAX), Action::Drop(code), &listener.origin, text);
        self.b
            .table(&group.name, Side::Dst, vec![spec], Action::Next, "");
        Alternative {
            unless: NONE,
            rewrite: Rewrite::default(),
            pull: NONE,
            mark: false,
            keep: NONE,
            then: Action::Drop(code),
            row,
        }
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
                keep: NONE,
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
            keep: NONE,
            then: Action::Next,
            row,
        }
    }
}
