//! Load balancers and target groups.

use super::super::tree::Node;
use super::super::values;
use super::address::Pending;
use super::interface::{NodeInterface, groups};
use super::{Inside, Lower, id};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Fact, Family, Health, IpType, Listener, ListenerProtocol, LoadBalancer, LoadBalancerKind, Ref,
    RegisteredTarget, Role, TargetGroup, TargetType, TargetWhat,
};

impl Lower<'_> {
    pub(super) fn load_balancers(&mut self, inside: Inside<'_>, pending: &mut Vec<Pending>) {
        for (key, node) in inside.node.under("load_balancers") {
            let at = inside.full(&key.text);
            let own: Ref<LoadBalancer> = inside.reference(&key.text, key.span);
            let has_groups = !node.texts_of("security_groups").is_empty();
            let groups = if has_groups {
                groups(inside, node, key.span)
            } else {
                Vec::new()
            };
            let mut nodes = Vec::new();
            for (subnet, value) in node.under("subnets") {
                let name = format!("{}@{}", key.text, subnet.text);
                nodes.push(inside.reference(&name, subnet.span));
                let ip = if value.text().is_some() {
                    Some(value)
                } else {
                    value.get("ip")
                };
                let public = self.one(value, "public_ip", &at, values::address4);
                let made = NodeInterface {
                    name,
                    subnet: (&subnet.text, subnet.span),
                    ip: ip.and_then(|n| n.text().map(|t| (t, n.span))),
                    public,
                    groups: groups.clone(),
                    role: Role::LoadBalancer(own.clone()),
                };
                self.node_interface(inside, made, subnet.span, pending);
            }
            let listeners = self.listeners(inside, node, &at);
            let idle_timeout = self.idle_timeout(node, &at);
            self.draft.load_balancers.push(LoadBalancer {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                kind: LoadBalancerKind::Network,
                internet_facing: node.text_of("scheme") == Some("internet-facing"),
                ip_type: IpType::Ipv4,
                nodes,
                has_groups,
                enforce_on_private_link: node.flag("enforce_on_private_link", true),
                cross_zone: node.flag("cross_zone", false),
                idle_timeout,
                dns_name: None,
                listeners,
                origin: key.span.origin(),
            });
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

    fn listeners(&mut self, inside: Inside<'_>, node: &Node, at: &str) -> Vec<Listener> {
        let mut out = Vec::new();
        for listener in node.get("listeners").map(Node::items).unwrap_or_default() {
            let port = self.one(listener, "port", at, values::port);
            let (Some(port), Some(protocol), Some(forward)) =
                (port, protocol(listener), listener.get("forward"))
            else {
                continue;
            };
            let mut groups = Vec::new();
            if let Some(text) = forward.text() {
                groups.push((inside.reference(text, forward.span), 1));
            }
            for item in forward.items() {
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

    pub(super) fn target_groups(&mut self, inside: Inside<'_>) {
        for (key, node) in inside.node.under("target_groups") {
            let at = inside.full(&key.text);
            let Some(port) = self.one(node, "port", &at, values::port) else {
                continue;
            };
            let mut targets = Vec::new();
            for target in node.get("targets").map(Node::items).unwrap_or_default() {
                targets.extend(self.registered(inside, target, &at));
            }
            let flag = |key: &str| match node.text_of(key) {
                Some("true") => Some(true),
                Some("false") => Some(false),
                Some(_) | None => None,
            };
            self.draft.target_groups.push(TargetGroup {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                kind: match node.text_of("type") {
                    Some("ip") => TargetType::Ip,
                    Some("alb") => TargetType::Alb,
                    _ => TargetType::Instance,
                },
                family: Family::Ipv4,
                protocol: protocol(node).unwrap_or(ListenerProtocol::Tcp),
                port,
                targets,
                preserve_client_ip: flag("preserve_client_ip"),
                cross_zone: flag("cross_zone"),
                proxy_protocol: node.flag("proxy_protocol", false),
                health_listed: Fact::Known(()),
                origin: key.span.origin(),
            });
        }
    }

    fn registered(
        &mut self,
        inside: Inside<'_>,
        node: &Node,
        at: &str,
    ) -> Option<RegisteredTarget> {
        let given = ["instance", "ip", "load_balancer"]
            .into_iter()
            .filter_map(|key| node.get(key).map(|n| (key, n)))
            .collect::<Vec<_>>();
        let [(key, value)] = given.as_slice() else {
            self.out.push(Diagnostic::error(
                "wrong-type",
                at,
                &node.origin(),
                "a target is one `instance`, `ip` or `load_balancer`",
            ));
            return None;
        };
        let text = value.text()?;
        let what = match *key {
            "instance" => TargetWhat::Instance(inside.reference(text, value.span)),
            "ip" => TargetWhat::Ip(self.take(values::address(text), at, value.span)?),
            _ => TargetWhat::LoadBalancer(inside.reference(text, value.span)),
        };
        let zone = node.get("zone").and_then(|z| self.zone(inside, z, at));
        Some(RegisteredTarget {
            what,
            port: self.one(node, "port", at, values::port),
            zone,
            health: match node.text_of("health") {
                Some("healthy") => Some(Health::Healthy),
                Some("unhealthy") => Some(Health::Unhealthy),
                Some("initial") => Some(Health::Initial),
                Some("draining") => Some(Health::Draining),
                Some("unused") => Some(Health::Unused),
                Some(_) | None => None,
            },
            origin: node.origin(),
        })
    }
}

fn protocol(node: &Node) -> Option<ListenerProtocol> {
    match node.text_of("protocol")? {
        "tcp" => Some(ListenerProtocol::Tcp),
        "tls" => Some(ListenerProtocol::Tls),
        "udp" => Some(ListenerProtocol::Udp),
        "tcp_udp" => Some(ListenerProtocol::TcpUdp),
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
