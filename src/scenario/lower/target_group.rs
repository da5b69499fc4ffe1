//! Target groups: what they register, and when they give up on health.

use super::super::tree::Node;
use super::super::values;
use super::balancer::protocol;
use super::{Inside, Lower, id};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Fact, Family, Health, HealthCheck, HealthProtocol, ListenerProtocol, MinHealthy, Ref,
    RegisteredTarget, TargetGroup, TargetType, TargetWhat, Threshold,
};

impl Lower<'_> {
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
            let min_healthy = self.min_healthy(node, &at);
            let health_check = self.health_check(node, &at);
            self.asks_by_http(node, &at);
            self.draft.target_groups.push(TargetGroup {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                kind: match node.text_of("type") {
                    Some("ip") => TargetType::Ip,
                    Some("alb") => TargetType::Alb,
                    _ => TargetType::Instance,
                },
                family: match node.text_of("ip_type") {
                    Some("ipv6") => Family::Ipv6,
                    _ => Family::Ipv4,
                },
                protocol: protocol(node).unwrap_or(ListenerProtocol::Tcp),
                port,
                targets,
                preserve_client_ip: flag("preserve_client_ip"),
                cross_zone: flag("cross_zone"),
                proxy_protocol: node.flag("proxy_protocol", false),
                min_healthy,
                health_check,
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
        // An address outside the VPC is registered for every zone unless it is for one.
        let zone = node.get("zone").filter(|z| z.text() != Some("all"));
        let zone = zone.and_then(|z| self.zone(inside, z, at));
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

    fn min_healthy(&mut self, node: &Node, at: &str) -> MinHealthy {
        let Some(node) = node.get("min_healthy") else {
            return MinHealthy::default();
        };
        MinHealthy {
            dns: self.threshold(node, "dns", at),
            routing: self.threshold(node, "routing", at),
        }
    }

    fn threshold(&mut self, node: &Node, key: &str, at: &str) -> Threshold {
        let mut out = Threshold::default();
        for (text, span) in node.texts_of(key) {
            match least(text, key == "dns") {
                Ok(Least::Count(count)) => out.count = count,
                Ok(Least::Percent(percent)) => out.percent = Some(percent),
                Err(wrong) => {
                    self.take::<()>(Err(wrong), at, span);
                }
            }
        }
        out
    }

    /// An Application Load Balancer is asked for its health by HTTP
    /// (`/elasticloadbalancing/latest/network/application-load-balancer-target.html`).
    fn asks_by_http(&mut self, node: &Node, at: &str) {
        let check = node.get("health_check").and_then(|c| c.get("protocol"));
        let tcp = check.filter(|c| c.text() == Some("tcp"));
        if let (Some("alb"), Some(protocol)) = (node.text_of("type"), tcp) {
            let message =
                "the health of an Application Load Balancer is asked by `http` or `https`";
            let found =
                Diagnostic::error("alb-group-health-check", at, &protocol.origin(), message);
            self.out.push(found);
        }
    }

    fn health_check(&mut self, node: &Node, at: &str) -> HealthCheck {
        let Some(node) = node.get("health_check") else {
            return HealthCheck::default();
        };
        HealthCheck {
            protocol: match node.text_of("protocol") {
                Some("http") => HealthProtocol::Http,
                Some("https") => HealthProtocol::Https,
                Some(_) | None => HealthProtocol::Tcp,
            },
            port: self.one(node, "port", at, values::port),
        }
    }
}

/// One of the two numbers of a threshold.
enum Least {
    Count(Option<u16>),
    Percent(u8),
}

/// A count, a share, or, where AWS has it, `off`.
fn least(text: &str, may_be_off: bool) -> Result<Least, values::Wrong> {
    let count = || text.parse::<u16>().ok().filter(|n| *n > 0);
    let percent = || {
        let number = text.strip_suffix('%')?.parse::<u8>().ok()?;
        (1..=100).contains(&number).then_some(number)
    };
    if text == "off" && may_be_off {
        return Ok(Least::Count(None));
    }
    let found = count().map(|n| Least::Count(Some(n)));
    found
        .or_else(|| percent().map(Least::Percent))
        .ok_or_else(|| {
            (
                "bad-threshold",
                format!(
                    "`{text}` is no threshold: write a count from 1 up, or a share such as `50%`"
                ),
            )
        })
}
