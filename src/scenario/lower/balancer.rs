//! Load balancers and their listeners.

use super::super::tree::Node;
use super::super::values;
use super::address::Pending;
use super::endpoint::ip_type;
use super::interface::{NodeInterface, groups};
use super::{Inside, Lower, id};
use crate::diagnostic::Diagnostic;
use crate::model::{
    ClientRouting, Listener, ListenerProtocol, LoadBalancer, LoadBalancerKind, Ref, Role,
};

impl Lower<'_> {
    pub(super) fn load_balancers(&mut self, inside: Inside<'_>, pending: &mut Vec<Pending>) {
        for (key, node) in inside.node.under("load_balancers") {
            let at = inside.full(&key.text);
            self.keys_of_network_ones(node, &at);
            let own: Ref<LoadBalancer> = inside.reference(&key.text, key.span);
            let application = node.text_of("type") == Some("application");
            // An Application Load Balancer always has groups.
            let has_groups = application || !node.texts_of("security_groups").is_empty();
            let groups = if has_groups {
                groups(inside, node, key.span)
            } else {
                Vec::new()
            };
            let ip_type = ip_type(node);
            let mut nodes = Vec::new();
            for (subnet, value) in node.under("subnets") {
                let name = format!("{}@{}", key.text, subnet.text);
                nodes.push(inside.reference(&name, subnet.span));
                let public = self.one(value, "public_ip", &at, values::address4);
                let made = NodeInterface {
                    name,
                    subnet: (&subnet.text, subnet.span),
                    place: Some(value),
                    families: Some(ip_type),
                    public,
                    groups: groups.clone(),
                    role: Role::LoadBalancer(own.clone()),
                };
                self.node_interface(inside, made, subnet.span, pending);
            }
            let kind = match node.text_of("type") {
                Some("application") => LoadBalancerKind::Application,
                Some("gateway") => LoadBalancerKind::Gateway,
                _ => LoadBalancerKind::Network,
            };
            let listeners = self.listeners(inside, node, kind, &at);
            let zone_shift = self.shifted(inside, node, &at);
            let idle_timeout = self.idle_timeout(node, &at);
            let facing = node.text_of("scheme") == Some("internet-facing");
            self.draft.load_balancers.push(LoadBalancer {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                kind,
                internet_facing: facing,
                deny_all_igw_traffic: node.flag("deny_all_igw_traffic", !facing),
                ip_type,
                nodes,
                has_groups,
                enforce_on_private_link: node.flag("enforce_on_private_link", true),
                cross_zone: node.flag("cross_zone", application),
                client_routing: match node.text_of("client_routing") {
                    Some("availability_zone_affinity") => ClientRouting::OwnZone,
                    Some("partial_availability_zone_affinity") => ClientRouting::MostlyOwnZone,
                    Some(_) | None => ClientRouting::AnyZone,
                },
                zone_shift,
                idle_timeout,
                dns_name: None,
                listeners,
                origin: key.span.origin(),
            });
        }
    }

    /// What only a Network Load Balancer has
    /// (`/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html`).
    fn keys_of_network_ones(&mut self, node: &Node, at: &str) {
        let Some(kind) = node.text_of("type").filter(|kind| *kind != "network") else {
            return;
        };
        let own = ["idle_timeout", "client_routing", "enforce_on_private_link"];
        for (said, _) in node.pairs() {
            if own.contains(&said.text.as_str()) {
                let message = format!("a load balancer of type {kind} has no `{}`", said.text);
                let (code, origin) = ("load-balancer-key-of-another-type", said.span.origin());
                self.out.push(Diagnostic::error(code, at, &origin, message));
            }
        }
    }

    /// 60 to 6000 seconds, by default 350
    /// (`/elasticloadbalancing/latest/network/network-load-balancers.html`).
    fn idle_timeout(&mut self, node: &Node, at: &str) -> Option<u32> {
        let place = node.get("idle_timeout")?;
        let seconds = place.text()?.parse::<u32>().ok()?;
        let known = (60..=6000).contains(&seconds).then_some(seconds);
        let text = format!("`{seconds}` is no idle timeout: 60 to 6000 seconds");
        let seconds = self.take(known.ok_or(("idle-timeout", text)), at, place.span);
        seconds.filter(|s| *s != 350)
    }

    fn listeners(
        &mut self,
        inside: Inside<'_>,
        node: &Node,
        kind: LoadBalancerKind,
        at: &str,
    ) -> Vec<Listener> {
        let mut out = Vec::new();
        for listener in node.get("listeners").map(Node::items).unwrap_or_default() {
            let port = self.one(listener, "port", at, values::port);
            let protocol = self.spoken(listener, kind, at);
            let (Some(port), Some(protocol)) = (port, protocol) else {
                continue;
            };
            let forward = listener.get("forward");
            let mut groups = Vec::new();
            if let Some((text, span)) = forward.and_then(|f| Some((f.text()?, f.span))) {
                groups.push((inside.reference(text, span), 1));
            }
            for item in forward.map(Node::items).unwrap_or_default() {
                let weight = if item.get("weight").is_some() {
                    self.one(item, "weight", at, weight)
                } else {
                    Some(1)
                };
                let group = item.get("target_group");
                let group = group.and_then(|n| n.text().map(|t| inside.reference(t, n.span)));
                groups.extend(group.zip(weight));
            }
            out.push(Listener {
                protocol,
                port,
                forward: groups,
                origin: listener.origin(),
            });
        }
        out
    }

    /// The protocol of a listener. What an Application Load Balancer does with requests is not
    /// modelled: its listeners say that somebody listens.
    fn spoken(
        &mut self,
        listener: &Node,
        kind: LoadBalancerKind,
        at: &str,
    ) -> Option<ListenerProtocol> {
        let application = kind == LoadBalancerKind::Application;
        let word = listener.text_of("protocol")?;
        let own = match word {
            "http" | "https" => LoadBalancerKind::Application,
            "geneve" => LoadBalancerKind::Gateway,
            _ => LoadBalancerKind::Network,
        };
        if kind != own {
            let (whose, other) = match kind {
                LoadBalancerKind::Application => ("an Application Load Balancer", "http or https"),
                LoadBalancerKind::Gateway => ("a Gateway Load Balancer", "geneve"),
                LoadBalancerKind::Network => (
                    "a Network Load Balancer",
                    "tcp, tls, udp, tcp_udp, quic or tcp_quic",
                ),
            };
            let message = format!("a listener of {whose} speaks {other}, not `{word}`");
            self.out.push(Diagnostic::error(
                "listener-protocol",
                at,
                &listener.origin(),
                message,
            ));
            return None;
        }
        if let Some(forward) = listener.get("forward").filter(|_| application) {
            let message = "where an Application Load Balancer forwards is not modelled yet";
            self.out.push(
                Diagnostic::error("not-modelled-yet", at, &forward.origin(), message)
                    .help("leave `forward` out: paths end at its listeners, and say so"),
            );
        }
        match word {
            "http" => Some(ListenerProtocol::Tcp),
            "https" => Some(ListenerProtocol::Tls),
            _ => protocol(listener),
        }
    }

    fn shifted(&mut self, inside: Inside<'_>, node: &Node, at: &str) -> Vec<String> {
        let Some(zones) = node.get("zone_shift") else {
            return Vec::new();
        };
        let all = match zones.text() {
            Some(_) => std::slice::from_ref(zones),
            None => zones.items(),
        };
        let zones = all.iter().filter_map(|z| self.zone(inside, z, at));
        zones.collect()
    }
}

pub(super) fn protocol(node: &Node) -> Option<ListenerProtocol> {
    match node.text_of("protocol")? {
        "tcp" => Some(ListenerProtocol::Tcp),
        "tls" => Some(ListenerProtocol::Tls),
        "udp" => Some(ListenerProtocol::Udp),
        "tcp_udp" => Some(ListenerProtocol::TcpUdp),
        "quic" => Some(ListenerProtocol::Quic),
        "tcp_quic" => Some(ListenerProtocol::TcpQuic),
        "geneve" => Some(ListenerProtocol::Geneve),
        _ => None,
    }
}

fn weight(text: &str) -> Result<u16, values::Wrong> {
    let weight = text.parse::<u16>().ok().filter(|w| *w <= 999);
    weight.ok_or_else(|| {
        (
            "bad-weight",
            format!("`{text}` is not a weight from 0 to 999"),
        )
    })
}
