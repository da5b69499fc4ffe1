//! Network Load Balancers: listeners, and the rows that lead from a node to its targets. Which
//! targets those are: `targets`; when a zone is well: `failover`; as whom they are called: `client`.
//!
//! `/elasticloadbalancing/latest/network/network-load-balancers.html`,
//! `/elasticloadbalancing/latest/network/edit-target-group-attributes.html`.

mod client;
mod failover;
mod health;
mod open;
mod proxy;
mod targets;

pub(super) use failover::zone_is_well;
pub(super) use open::health_lack;

use self::client::{Client, keeps, recognised};
use self::failover::routed;
use self::open::{cross_lack, targets_lack, zones_lack};
use self::targets::{Candidate, Nobody, in_scope};
use super::bits;
use super::compile::Compiler;
use super::lack::Lack;
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{
    Action, Address, Alternative, Back, Distance, Link, NONE, NodeId, Rewrite, RowSpec, Side, Span,
    TableId, To, flags,
};
use crate::model::{
    Family, Gap, Id, Interface, Listener, ListenerProtocol, LoadBalancer, LoadBalancerKind,
    Network, Ref, TargetGroup,
};

pub(super) fn zone_of(network: &Network, interface: Id<Interface>) -> Option<&str> {
    network.interfaces[interface]
        .subnet
        .id()
        .map(|s| network.subnets[s].zone.as_str())
}

/// One way that a forward may be set up, where a group does not say: whether other zones' targets are
/// used, whether too few targets are healthy, and whether the client's address is kept.
#[derive(Clone, Copy)]
struct Setting {
    cross: Option<bool>,
    fails_over: Option<bool>,
    preserve: Option<bool>,
}

const STATED: Setting = Setting {
    cross: None,
    fails_over: None,
    preserve: None,
};

/// A node of a load balancer, and who calls it.
#[derive(Clone, Copy)]
struct At<'n> {
    lb: &'n LoadBalancer,
    interface: Id<Interface>,
    node: NodeId,
    client: Client,
}

impl<'n> Compiler<'n> {
    /// The listeners of every node of every load balancer.
    pub(super) fn balancers(&mut self) {
        let network = self.network;
        for (id, lb) in network.load_balancers.iter() {
            match lb.kind {
                LoadBalancerKind::Network => {
                    for node in lb.nodes.iter().filter_map(Ref::id) {
                        self.listeners(id, lb, node);
                    }
                }
                LoadBalancerKind::Application => self.proxy(id, lb),
                LoadBalancerKind::Gateway => {}
            }
        }
    }

    fn listeners(&mut self, id: Id<LoadBalancer>, lb: &'n LoadBalancer, interface: Id<Interface>) {
        let node = self.out.node_of(interface);
        let name = self.scoped(&lb.vpc, &lb.name);
        let mut rows = Vec::new();
        for listener in &lb.listeners {
            let at = |client| At {
                lb,
                interface,
                node,
                client,
            };
            // PrivateLink's rows first: its traffic is never seen with the client's address.
            let tag = super::PRIVATE_LINK;
            let mut ways = Vec::new();
            for (family, span) in [
                (Family::Ipv4, Span::TagV4(tag)),
                (Family::Ipv6, Span::TagV6(tag)),
            ] {
                ways.push((
                    span,
                    self.forwards(id, listener, at(Client::ByLink(family))),
                ));
            }
            for (family, span) in [(Family::Ipv4, Span::V4), (Family::Ipv6, Span::V6)] {
                if lb.ip_type.has(family) {
                    let direct = self.forwards(id, listener, at(Client::Of(family)));
                    ways.push((span, direct));
                }
            }
            let text = format!("{name} listener {}", listener.port);
            for proto in listener.protocol.carries() {
                for (span, ways) in &ways {
                    for (number, (then, lack)) in ways.iter().enumerate() {
                        let last = number + 1 == ways.len();
                        rows.push(RowSpec {
                            span: *span,
                            ports: (listener.port, listener.port),
                            proto: Some(*proto),
                            flags: if last { 0 } else { flags::MAYBE | flags::FORK },
                            then: *then,
                            origin: listener.origin.clone(),
                            text: match lack {
                                Some(lack) => format!("{text}; {}", lack.text).into(),
                                None => text.as_str().into(),
                            },
                        });
                    }
                }
            }
        }
        rows.extend(self.gap(Gap::Listeners(id)).map(|lack| lack.opaque()));
        let table = self.b.table(&format!("{name} listeners"), Side::Dst, rows, Action::Drop(Code::ELBV2_LISTENERS_MISMATCH), "what no listener takes is dropped, /elasticloadbalancing/latest/network/load-balancer-listeners.html");
        self.b.slot(node, slot::SPECIAL as usize, table);
        if lb.idle_timeout.is_some() {
            self.rests_as_stated(lb, table);
        }
    }

    /// Its listeners for TCP forget connections after what it says; others keep AWS's figure
    /// (`/elasticloadbalancing/latest/network/update-idle-timeout.html`).
    fn rests_as_stated(&mut self, lb: &LoadBalancer, table: TableId) {
        let fabric = self.b.fabric();
        let Some(table) = fabric.tables.get(table as usize) else {
            return;
        };
        for (number, row) in fabric.rows_of(table) {
            let takes = |l: &&Listener| l.port == row.ports.0 && l.protocol.carries().contains(&6);
            let listener = lb.listeners.iter().find(takes);
            if row.proto == 6 && listener.is_some_and(|l| l.protocol != ListenerProtocol::Tls) {
                self.out.notes.push((number, Code::IDLE_TIMEOUT_STATED));
            }
        }
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
        let attributes = groups
            .iter()
            .find_map(|g| self.gap(Gap::GroupAttributes(*g)));
        let Some(lack) = attributes.clone().or_else(|| cross.clone()) else {
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
        let open = attributes.is_some();
        for cross in ways(cross.is_some()) {
            for fails_over in ways(open) {
                for preserve in ways(open && !at.client.is_by_link()) {
                    let setting = Setting {
                        cross: *cross,
                        fails_over: *fails_over,
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
    ) -> Vec<Result<(Address, u16, bool), Code>> {
        let mut out = Vec::new();
        for group in listener.forward.iter().filter_map(|(g, _)| g.id()) {
            let group = &self.network.target_groups[group];
            match self.choice(group, at, setting) {
                Ok(found) => out.extend(found.iter().map(|c| {
                    let port = c.target.port.unwrap_or(group.port);
                    Ok((c.address, port, keeps(group, at.client, setting.preserve)))
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
        let cross = setting.cross.unwrap_or_else(|| group.crosses(at.lb));
        let targets = in_scope(self.network, at.lb, group, zone, cross)?;
        Ok(routed(group, targets, setting.fails_over))
    }

    /// The choice of targets behind a listener.
    fn forward(&mut self, listener: &Listener, at: At<'n>, setting: Setting) -> Action {
        let network = self.network;
        let own = |family| {
            let mut all = network.interfaces[at.interface].addresses();
            all.find(|ip| Family::of(*ip) == family).map(bits)
        };
        let (mut alternatives, mut failing) = (Vec::new(), Vec::new());
        let mut nobody = Code::ELBV2_LISTENER_HAS_NO_TG;
        for (reference, weight) in &listener.forward {
            let Some(id) = reference.id() else { continue };
            let group = &network.target_groups[id];
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
            if at.client.cannot_reach(group, listener.protocol) {
                let code = Code::UNSUPPORTED_BY_AWS;
                nobody = code;
                failing.push(self.without_targets(group, listener, code));
                continue;
            }
            for candidate in found {
                let preserve = keeps(group, at.client, setting.preserve);
                let port = candidate.target.port.unwrap_or(group.port);
                let rewrite = Rewrite {
                    src: if preserve { None } else { own(group.family) },
                    dst: Some(To::At(candidate.address)),
                    sport: (!preserve).then_some((1024, 65535)),
                    dport: Some(port),
                };
                alternatives.push(self.alternative(&candidate, id, rewrite, preserve, at));
                if let (true, Some(last)) = (at.client.is_by_link(), alternatives.last_mut()) {
                    last.mark = recognised(network, at.lb);
                }
            }
        }
        // Weights share connections out whatever the groups hold: the share of one that has nobody
        // fails, each for a reason of its own, while the others' get through
        // (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`).
        alternatives.append(&mut failing);
        self.b.choosing(alternatives, nobody)
    }

    /// The share of a target group that has no target for the node.
    fn without_targets(
        &mut self,
        group: &TargetGroup,
        listener: &Listener,
        code: Code,
    ) -> Alternative {
        let text = format!("target group {}: no target", group.name);
        let spec = RowSpec::address(Span::Any, Action::Drop(code), &listener.origin, text);
        let row = self.b.cited(&group.name, spec);
        Alternative {
            unless: NONE,
            rewrite: Rewrite::default(),
            pull: NONE,
            mark: false,
            keep: NONE,
            only_kept: false,
            then: Action::Drop(code),
            row,
        }
    }

    /// A registered target as a way to go on.
    fn alternative(
        &mut self,
        c: &Candidate<'_>,
        id: Id<TargetGroup>,
        rewrite: Rewrite,
        preserve: bool,
        at: At<'_>,
    ) -> Alternative {
        let network = self.network;
        let group = &network.target_groups[id];
        let who = c
            .interface
            .map_or_else(|| c.address.to_string(), |i| network.interface_name(i));
        let mut text = format!("target group {}: {who}", group.name);
        if !c.healthy {
            text.push_str(", unhealthy: too few are healthy, so all are used");
        }
        let refused = self.refused(c, preserve, at);
        if let Some((_, why)) = refused {
            text.push_str(why);
        }
        let then = refused.map_or(Action::Next, |(then, _)| then);
        let spec = RowSpec::address(c.address, then, &c.target.origin, text);
        let row = self.b.cited(&group.name, spec);
        if c.healthy {
            self.checked(row, c, id, at);
        } else {
            self.out.notes.push((row, Code::TARGETS_UNHEALTHY));
        }
        if c.target.health.is_none() {
            self.out.notes.push((row, Code::TARGET_HEALTH_NOT_GIVEN));
        }
        if group.proxy_protocol {
            self.out.notes.push((row, Code::PROXY_PROTOCOL_V2));
        }
        let plain = Alternative {
            unless: NONE,
            rewrite,
            pull: NONE,
            mark: true,
            keep: NONE,
            only_kept: false,
            then,
            row,
        };
        if !preserve {
            return plain;
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
        let near = c.interface.is_some_and(|i| {
            network.interfaces[i].subnet == network.interfaces[at.interface].subnet
        });
        let back = Back::To(at.node, if near { entry::NEAR } else { entry::FAR });
        let pull = self.b.link(Link {
            back,
            asked: if near { Distance::Near } else { Distance::Far },
            ..Link::default()
        });
        Alternative {
            unless,
            pull,
            ..plain
        }
    }
}
