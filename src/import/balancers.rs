//! Load balancers, their listeners and attributes.

use super::dump::Dump;
use super::left_out::NOT_YET;
use super::node::Node;
use super::routes::ip_type;
use crate::diagnostic::Diagnostic;
use crate::model::{
    ClientRouting, Draft, Gap, Id, Interface, Listener, ListenerProtocol, Listing, LoadBalancer,
    LoadBalancerKind, Ref, Role, Unseen, Why,
};
use std::collections::HashMap;

/// Attributes by ARN and key.
pub(super) type Attributes<'a> = HashMap<(&'a str, &'a str), &'a str>;

/// The ARN a page is about: stated beside the list, or told by the file's name.
pub(super) fn subject<'a>(
    root: &Node<'a>,
    key: &str,
    arns: &[(&'a str, Option<&'a str>)],
) -> Option<&'a str> {
    if let Some(arn) = root.text(key) {
        return Some(arn);
    }
    let place = root.place;
    let tail = |arn: &'a str| arn.rsplit('/').next().unwrap_or(arn);
    let by_id = arns.iter().find(|(arn, _)| place.carries(tail(arn)));
    let by_name = || {
        arns.iter()
            .filter(|(_, name)| name.is_some_and(|n| place.carries(n)))
            .max_by_key(|(_, name)| name.map_or(0, str::len))
    };
    by_id.or_else(by_name).map(|(arn, _)| *arn)
}

/// Attributes of load balancers, their listeners, and target groups.
pub(super) fn attributes<'a>(dump: &Dump<'a>) -> Attributes<'a> {
    let names = |key, id, name| -> Vec<(&'a str, Option<&'a str>)> {
        let rows = dump.rows(key, id);
        rows.iter()
            .map(|(arn, row)| (*arn, row.text(name)))
            .collect()
    };
    let balancers = names("LoadBalancers", "LoadBalancerArn", "LoadBalancerName");
    let groups = names("TargetGroups", "TargetGroupArn", "TargetGroupName");
    let listeners = dump.all("Listeners");
    let listeners = listeners.iter().filter_map(|l| l.text("ListenerArn"));
    let listeners: Vec<(&'a str, Option<&'a str>)> = listeners.map(|arn| (arn, None)).collect();
    let mut out = HashMap::new();
    for page in dump.pages("Attributes") {
        let rows = page.list.elements();
        let says = |word: &str| {
            rows.iter()
                .any(|r| r.text("Key").is_some_and(|k| k.starts_with(word)))
        };
        let arn = if page.root.has("ListenerArn") || says("tcp.") || says("routing.http.re") {
            subject(&page.root, "ListenerArn", &listeners)
        } else if says("deregistration_delay.") || page.root.has("TargetGroupArn") {
            subject(&page.root, "TargetGroupArn", &groups)
        } else if says("deletion_protection.") || page.root.has("LoadBalancerArn") {
            subject(&page.root, "LoadBalancerArn", &balancers)
        } else {
            continue;
        };
        let Some(arn) = arn else {
            let message =
                "attributes of a load balancer, listener or target group that is not named";
            dump.context.say(
                Diagnostic::warning("nameless-listing", "", &page.list.origin(), message)
                    .help("put its name or the end of its ARN in the file's name"),
            );
            continue;
        };
        for row in &rows {
            if let (Some(key), Some(value)) = (row.text("Key"), row.text("Value")) {
                out.insert((arn, key), value);
            }
        }
    }
    out
}

/// The idle timeout of a load balancer's TCP listeners, where it is not the default
/// (`/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html`).
fn idle_timeout(
    balancer: &str,
    listeners: &[(&str, &str)],
    attributes: &Attributes<'_>,
    dump: &Dump<'_>,
) -> Option<u32> {
    let own = listeners.iter().filter(|(owner, _)| *owner == balancer);
    let values = own.filter_map(|(_, l)| attributes.get(&(*l, "tcp.idle_timeout.seconds")));
    let mut seconds: Vec<u32> = values.filter_map(|v| v.parse().ok()).collect();
    seconds.sort_unstable();
    seconds.dedup();
    if seconds.len() > 1 {
        let what = "idle timeouts that differ between the listeners of a load balancer";
        let why = "the shortest is taken for all";
        dump.context.leave(what, why, 1, false);
    }
    seconds.first().copied().filter(|s| *s != 350)
}

/// The value of a switch.
pub(super) fn switch(attributes: &Attributes<'_>, arn: &str, key: &str) -> Option<bool> {
    match attributes.get(&(arn, key))?.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// A protocol; HTTP is TCP, HTTPS is TLS.
pub(super) fn protocol(row: &Node<'_>, what: &str) -> Option<ListenerProtocol> {
    let word = row.text("Protocol")?.to_ascii_uppercase();
    match word.as_str() {
        "TCP" | "HTTP" => Some(ListenerProtocol::Tcp),
        "TLS" | "HTTPS" => Some(ListenerProtocol::Tls),
        "UDP" => Some(ListenerProtocol::Udp),
        "TCP_UDP" => Some(ListenerProtocol::TcpUdp),
        "QUIC" => Some(ListenerProtocol::Quic),
        "TCP_QUIC" => Some(ListenerProtocol::TcpQuic),
        "GENEVE" => Some(ListenerProtocol::Geneve),
        _ => {
            let what = format!("{what} of protocol {word}");
            row.context.leave(&what, "not modelled yet", 1, true);
            None
        }
    }
}

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    let attributes = attributes(dump);
    let rows = dump.rows("LoadBalancers", "LoadBalancerArn");
    let names: Vec<(&str, Option<&str>)> = rows
        .iter()
        .map(|(arn, row)| (*arn, row.text("LoadBalancerName")))
        .collect();
    let mut nodes: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for (_, interface) in draft.interfaces.iter() {
        if let Role::LoadBalancer(balancer) = &interface.role {
            let node = (interface.subnet.text.to_string(), interface.name.clone());
            nodes
                .entry(balancer.text.to_string())
                .or_default()
                .push(node);
        }
    }
    let mut listeners: HashMap<&str, Vec<Listener>> = HashMap::new();
    for page in dump.pages("Listeners") {
        if let Some(arn) = subject(&page.root, "LoadBalancerArn", &names) {
            listeners.entry(arn).or_default();
        }
    }
    let mut listened: Vec<(&str, &str)> = Vec::new();
    for (own, row) in dump.rows("Listeners", "ListenerArn") {
        let Some(arn) = row.need("LoadBalancerArn") else {
            continue;
        };
        listened.push((arn, own));
        let own = listeners.entry(arn).or_default();
        own.extend(listener(&row, draft));
    }
    for (arn, row) in rows {
        let origin = row.origin();
        let (Some(vpc), Some(name)) = (row.need("VpcId"), row.need("LoadBalancerName")) else {
            continue;
        };
        let kind = match row.text("Type").unwrap_or("network") {
            t if t.eq_ignore_ascii_case("application") => LoadBalancerKind::Application,
            t if t.eq_ignore_ascii_case("gateway") => LoadBalancerKind::Gateway,
            _ => LoadBalancerKind::Network,
        };
        let own: &[(String, String)] = nodes.get(arn).map_or(&[], Vec::as_slice);
        let mut all: Vec<Ref<Interface>> = own
            .iter()
            .map(|(_, id)| Ref::named(id.as_str(), &origin))
            .collect();
        for zone in row.items("AvailabilityZones") {
            let Some(subnet) = zone.text("SubnetId") else {
                continue;
            };
            if !own.iter().any(|(known, _)| known == subnet) {
                let node = format!("of {name} in {subnet}");
                all.push(Ref::named(node, &zone.origin()));
            }
        }
        let groups = row.texts("SecurityGroups");
        if kind == LoadBalancerKind::Network && row.has("SecurityGroups") && groups.is_empty() {
            // One made with groups keeps at least one; one made without has no such key.
            let message =
                format!("`{name}` lists security groups and has none: nothing is filtered");
            dump.context.say(
                Diagnostic::warning("load-balancer-lost-its-groups", name, &origin, message)
                    .help("was this export edited, or made with too few rights?"),
            );
        }
        let cross_zone = switch(&attributes, arn, "load_balancing.cross_zone.enabled");
        let facing = row.is("Scheme", &["internet-facing"]);
        // The switch that AWS sets for internal ones (`.../network/edit-load-balancer-attributes.html`).
        let closed = switch(&attributes, arn, "ipv6.deny_all_igw_traffic");
        let id = Id::new(draft.load_balancers.len());
        let own_listeners = listeners.remove(arn);
        let open = [
            (
                cross_zone.is_none() && kind == LoadBalancerKind::Network,
                Gap::BalancerCrossZone(id),
                Listing::LoadBalancerAttributes,
            ),
            (
                own_listeners.is_none(),
                Gap::Listeners(id),
                Listing::Listeners,
            ),
        ];
        for (_, gap, listing) in open.into_iter().filter(|(open, ..)| *open) {
            draft.leave_open(
                gap,
                Unseen::new("load balancer", name, dump.why(listing), &origin),
            );
        }
        let prefixes = row.is("EnablePrefixForIpv6SourceNat", &["on"]);
        let why = "no target sees an address of theirs that this program would name";
        dump.context.leave(
            "prefixes for IPv6 source NAT",
            why,
            usize::from(prefixes),
            false,
        );
        let key = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
        draft.load_balancers.push(LoadBalancer {
            name: name.to_owned(),
            id: Some(arn.to_owned()),
            vpc: Ref::named(vpc, &origin),
            kind,
            internet_facing: facing,
            deny_all_igw_traffic: closed.unwrap_or(!facing),
            ip_type: ip_type(&row),
            nodes: all,
            has_groups: !groups.is_empty(),
            enforce_on_private_link: !row.is(key, &["off"]),
            cross_zone: cross_zone.unwrap_or(kind == LoadBalancerKind::Application),
            client_routing: match attributes.get(&(arn, "dns_record.client_routing_policy")) {
                Some(&"availability_zone_affinity") => ClientRouting::OwnZone,
                Some(&"partial_availability_zone_affinity") => ClientRouting::MostlyOwnZone,
                Some(_) | None => ClientRouting::AnyZone,
            },
            zone_shift: Vec::new(),
            idle_timeout: idle_timeout(arn, &listened, &attributes, dump),
            dns_name: row.text("DNSName").map(str::to_ascii_lowercase),
            listeners: own_listeners.unwrap_or_default(),
            origin,
        });
    }
}

fn listener(row: &Node<'_>, draft: &mut Draft) -> Option<Listener> {
    let origin = row.origin();
    let port = row.number("Port")?;
    let mut forward = Vec::new();
    let mut unmodelled = |what: &str, forward: &mut Vec<_>| {
        let name = row.text("ListenerArn").unwrap_or("a listener");
        let name = format!("of {name}");
        draft.unseen.push(Unseen::new(
            "target group",
            name.clone(),
            Why::NotModelled(format!("{what} are {NOT_YET}")),
            &row.origin(),
        ));
        forward.push((Ref::named(name, &row.origin()), 1));
    };
    let known = protocol(row, "listeners");
    if known.is_none() {
        unmodelled("listeners of its protocol", &mut forward);
    }
    for action in row.items("DefaultActions") {
        if !action.is("Type", &["forward"]) {
            let what = "listener actions that forward nothing";
            row.context.leave(what, NOT_YET, 1, true);
            unmodelled(what, &mut forward);
            continue;
        }
        let several = action.get("ForwardConfig");
        let several = several.map(|f| f.items("TargetGroups")).unwrap_or_default();
        for group in &several {
            if let Some(arn) = group.need("TargetGroupArn") {
                let weight = group.number("Weight").unwrap_or(1);
                forward.push((Ref::named(arn, &group.origin()), weight));
            }
        }
        if several.is_empty()
            && let Some(arn) = action.need("TargetGroupArn")
        {
            forward.push((Ref::named(arn, &action.origin()), 1));
        }
    }
    Some(Listener {
        protocol: known.unwrap_or(ListenerProtocol::TcpUdp),
        port,
        forward,
        origin,
    })
}
