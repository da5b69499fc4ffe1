//! Target groups and the health of their targets.

use super::balancers::{Attributes, attributes, protocol, subject, switch};
use super::dump::Dump;
use super::left_out::NOT_YET;
use super::node::Node;
use super::routes::ip_type;
use super::vpcs::{Zones, zone_ids};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Draft, Fact, Family, Gap, Health, HealthCheck, HealthProtocol, Id, IpType, Listing, MinHealthy,
    Ref, RegisteredTarget, TargetGroup, TargetType, TargetWhat, Threshold, Unseen, Why,
};
use std::collections::HashMap;

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    let attributes = attributes(dump);
    let zones = zone_ids(dump);
    let rows = dump.rows("TargetGroups", "TargetGroupArn");
    let arns: Vec<_> = rows
        .iter()
        .map(|(a, r)| (*a, r.text("TargetGroupName")))
        .collect();
    let mut health: HashMap<&str, Vec<Node<'_>>> = HashMap::new();
    for page in dump.pages("TargetHealthDescriptions") {
        match subject(&page.root, "TargetGroupArn", &arns) {
            Some(arn) => health.entry(arn).or_default().extend(page.list.elements()),
            None => {
                let message = "health of a target group that is not named";
                dump.context.say(
                    Diagnostic::warning("nameless-listing", "", &page.list.origin(), message)
                        .help("put its name or the end of its ARN in the file's name"),
                );
            }
        }
    }
    for (arn, row) in rows {
        let origin = row.origin();
        let kind = match row.text("TargetType").unwrap_or("instance") {
            t if t.eq_ignore_ascii_case("instance") => TargetType::Instance,
            t if t.eq_ignore_ascii_case("ip") => TargetType::Ip,
            t if t.eq_ignore_ascii_case("alb") => TargetType::Alb,
            other => {
                let what = format!("target groups of type {other}");
                dump.context.leave(&what, NOT_YET, 1, true);
                draft.unseen.push(Unseen::new(
                    "target group",
                    arn,
                    Why::NotModelled(format!("targets of type {other} are {NOT_YET}")),
                    &origin,
                ));
                continue;
            }
        };
        let Some(protocol) = protocol(&row, "target groups") else {
            draft.unseen.push(Unseen::new(
                "target group",
                arn,
                Why::NotModelled(format!("its protocol is {NOT_YET}")),
                &origin,
            ));
            continue;
        };
        let (Some(name), Some(vpc), Some(port)) = (
            row.need("TargetGroupName"),
            row.need("VpcId"),
            row.number("Port"),
        ) else {
            continue;
        };
        let listed = health.remove(arn);
        let targets: Vec<_> = listed.iter().flatten().collect();
        let health_listed = match &listed {
            Some(_) => Fact::Known(()),
            None => Fact::Unseen(draft.unseen.push(Unseen::new(
                "health of the",
                format!("targets of {name}"),
                dump.why(Listing::TargetHealth),
                &origin,
            ))),
        };
        if !attributes.keys().any(|(owner, _)| *owner == arn) {
            let id = Id::new(draft.target_groups.len());
            draft.leave_open(
                Gap::GroupAttributes(id),
                Unseen::new(
                    "target group",
                    name,
                    dump.why(Listing::TargetGroupAttributes),
                    &origin,
                ),
            );
        }
        draft.target_groups.push(TargetGroup {
            name: name.to_owned(),
            id: Some(arn.to_owned()),
            vpc: Ref::named(vpc, &origin),
            kind,
            family: match ip_type(&row) {
                IpType::Ipv6 => Family::Ipv6,
                IpType::Ipv4 | IpType::Dualstack => Family::Ipv4,
            },
            protocol,
            port,
            targets: targets
                .iter()
                .filter_map(|t| target(t, kind, &zones))
                .collect(),
            preserve_client_ip: switch(&attributes, arn, "preserve_client_ip.enabled"),
            cross_zone: switch(&attributes, arn, "load_balancing.cross_zone.enabled"),
            proxy_protocol: switch(&attributes, arn, "proxy_protocol_v2.enabled") == Some(true),
            min_healthy: MinHealthy {
                dns: threshold(&attributes, arn, "dns_failover"),
                routing: threshold(&attributes, arn, "unhealthy_state_routing"),
            },
            health_check: HealthCheck {
                protocol: match row.text("HealthCheckProtocol") {
                    Some(p) if p.eq_ignore_ascii_case("http") => HealthProtocol::Http,
                    Some(p) if p.eq_ignore_ascii_case("https") => HealthProtocol::Https,
                    Some(_) | None => HealthProtocol::Tcp,
                },
                port: row.text("HealthCheckPort").and_then(|p| p.parse().ok()),
            },
            health_listed,
            origin,
        });
    }
}

/// A threshold: two attributes, each a number or `off`. One that is absent is AWS's default.
fn threshold(attributes: &Attributes<'_>, arn: &str, action: &str) -> Threshold {
    let value = |unit: &str| {
        let key = format!("target_group_health.{action}.minimum_healthy_targets.{unit}");
        attributes.get(&(arn, key.as_str())).copied()
    };
    Threshold {
        count: value("count").map_or(Threshold::default().count, |n| n.parse().ok()),
        percent: value("percentage").and_then(|n| n.parse().ok()),
    }
}

fn target(row: &Node<'_>, kind: TargetType, zones: &Zones<'_>) -> Option<RegisteredTarget> {
    let origin = row.origin();
    let Some(target) = row.get("Target") else {
        row.wrong("Target", "`Target` is missing".to_owned());
        return None;
    };
    let id = target.need("Id")?;
    let what = match kind {
        TargetType::Instance => TargetWhat::Instance(Ref::named(id, &origin)),
        TargetType::Alb => TargetWhat::LoadBalancer(Ref::named(id, &origin)),
        TargetType::Ip => TargetWhat::Ip(target.parsed("Id", "an address")?),
    };
    let state = row.get("TargetHealth");
    let state = state
        .and_then(|h| h.text("State"))
        .map(str::to_ascii_lowercase);
    let health = match state.as_deref() {
        Some("healthy") => Some(Health::Healthy),
        Some("unhealthy") => Some(Health::Unhealthy),
        Some("initial") => Some(Health::Initial),
        Some("draining" | "unhealthy.draining") => Some(Health::Draining),
        Some("unused") => Some(Health::Unused),
        _ => None,
    };
    let zone = target
        .text("AvailabilityZone")
        .filter(|name| *name != "all");
    let zone = zone.map(|name| {
        let account = row.place.account.as_deref();
        zones.get(&(account, name)).map_or(name, |id| id).to_owned()
    });
    Some(RegisteredTarget {
        what,
        port: target.number("Port"),
        zone,
        health,
        origin,
    })
}
