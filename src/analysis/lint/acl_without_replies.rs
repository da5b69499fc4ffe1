//! Network ACLs are stateless: what goes one way needs rules for its replies, which go to the
//! client's port (`/vpc/latest/userguide/vpc-network-acls.html`).

use super::{Finding, scoped};
use crate::model::{AclRule, Network, Os};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, acl) in network.acls.iter() {
        for (asks, answers, way) in [
            (&acl.ingress, &acl.egress, "egress"),
            (&acl.egress, &acl.ingress, "ingress"),
        ] {
            let Some(rule) = asks.iter().find(|r| request(r)) else {
                continue;
            };
            let (lo, hi) = Os::Linux.client_ports();
            let Some((from, to)) = uncovered(answers, lo, hi) else {
                continue;
            };
            let at = scoped(network, acl.vpc.id(), &acl.name);
            let (first, last) = rule.service.ports;
            let port = if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            };
            out.push(Finding {
                message: format!(
                    "`{at}` lets tcp {port} through, and no {way} rule lets the replies to client ports {from}-{to} back"
                ),
                help: format!("allow tcp 1024-65535 in {way}: it covers every kind of client"),
                origin: rule.origin.clone(),
                at,
            });
        }
    }
    out
}

/// Whether a rule admits requests: TCP to ports that are not the replies' own.
fn request(rule: &AclRule) -> bool {
    let service = &rule.service;
    rule.allow && matches!(service.protocol, None | Some(6)) && service.ports.0 < 1024
}

/// The first client ports that no rule lets back, whoever the client is.
fn uncovered(rules: &[AclRule], lo: u16, hi: u16) -> Option<(u16, u16)> {
    let allows = rules.iter().filter(|r| r.allow);
    let tcp = allows.filter(|r| matches!(r.service.protocol, None | Some(6)));
    let mut spans: Vec<(u16, u16)> = tcp.map(|r| r.service.ports).collect();
    spans.sort_unstable();
    let mut next = lo;
    for (first, last) in spans {
        if first > next {
            return Some((next, hi.min(first - 1)));
        }
        if last >= hi {
            return None;
        }
        next = next.max(last.saturating_add(1));
    }
    Some((next, hi))
}
