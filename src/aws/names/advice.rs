//! Why a public answer is public although an endpoint exists.

use super::DnsOutcome;
use super::own::scoped;
use crate::model::{EndpointKind, EndpointTarget, Id, Network, Vpc, catalog};

/// An endpoint exists for the service of this name, and the answer does not lead to it; `asked`
/// are the VPCs whose resolvers were asked on the way.
pub(super) fn advice(
    network: &Network,
    asked: &[Id<Vpc>],
    name: &str,
    outcome: &DnsOutcome,
) -> Vec<String> {
    let DnsOutcome::Answered(found) = outcome else {
        return Vec::new();
    };
    if found.iter().any(|a| a.key != "public") {
        return Vec::new();
    }
    let Some((region, service)) = catalog::owner_of(name) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let serves = matches!(&endpoint.target, EndpointTarget::Aws(r, s) if *r == region && s == service.name);
        if !serves || !matches!(endpoint.kind, EndpointKind::Interface(_)) {
            continue;
        }
        let who = scoped(network, &endpoint.vpc, &endpoint.name);
        let why = if !endpoint.vpc.id().is_some_and(|vpc| asked.contains(&vpc)) {
            "is in a VPC whose resolver was not asked"
        } else if !endpoint.private_dns {
            "has private DNS off"
        } else if endpoint.inbound_only {
            "has private DNS for inbound Resolver endpoints only"
        } else {
            "does not capture this name"
        };
        out.push(format!(
            "the answer is public although interface endpoint {who} exists: it {why}"
        ));
    }
    out
}
