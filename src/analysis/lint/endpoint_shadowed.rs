//! The most specific zone answers, and it alone
//! (`/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html`): a private hosted zone
//! below or, with private DNS off, at an endpoint's name takes those names from the endpoint.

use super::{Finding, scoped};
use crate::model::{
    EndpointKind, HostedZone, Id, Network, RecordValue, Ref, VpcEndpoint,
};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (id, endpoint) in network.endpoints.iter() {
        let names = endpoint.captures();
        let interface = matches!(endpoint.kind, EndpointKind::Interface(_));
        for (_, zone) in network.zones.iter().filter(|_| interface) {
            let seen = zone.vpcs.iter().any(|v| Ref::id(v) == endpoint.vpc.id());
            let mut bases = names.iter();
            let taken = bases.find(|base| within(&zone.domain, base));
            let (Some(taken), true) = (taken, zone.private && seen && !leads(zone, id)) else {
                continue;
            };
            let at = scoped(network, endpoint.vpc.id(), &endpoint.name);
            out.push(Finding {
                message: format!(
                    "the private zone `{}` answers for names of `{taken}`: they do not lead to `{at}`",
                    zone.domain
                ),
                help: "take the zone from the VPC, or lead its records to the endpoint".to_owned(),
                origin: zone.origin.clone(),
                at,
            });
        }
    }
    out
}

/// Whether a domain is a name, or below it.
fn within(domain: &str, name: &str) -> bool {
    let name = name.trim_start_matches("*.");
    domain == name || domain.ends_with(&format!(".{name}"))
}

/// Whether a zone leads to the endpoint.
fn leads(zone: &HostedZone, endpoint: Id<VpcEndpoint>) -> bool {
    let mut records = zone.records.iter();
    records.any(|r| matches!(&r.value, RecordValue::AliasEndpoint(e) if e.id() == Some(endpoint)))
}
