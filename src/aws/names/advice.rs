//! Why a public answer is public although an endpoint exists.

use super::own::scoped;
use super::{DnsOutcome, Viewer};
use crate::model::{EndpointKind, EndpointTarget, Network, catalog};

/// An endpoint exists for the service of this name, and the answer does not lead to it.
pub(super) fn advice(
    network: &Network,
    viewer: Viewer,
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
        let here = matches!(viewer, Viewer::Vpc(vpc, _) if endpoint.vpc.id() == Some(vpc));
        let why = if !here {
            "is in another VPC, whose private DNS is not seen from here"
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
