//! Why a public answer is public although an endpoint exists.

use super::DnsOutcome;
use super::own::scoped;
use crate::model::{EndpointKind, EndpointTarget, Id, Network, Vpc};

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
    let Some((region, service)) = network.owner_of(name) else {
        return Vec::new();
    };
    // A name without a Region is answered in the service's home Region
    // (`/general/latest/gr/rande.html`, "Global endpoints"); an endpoint takes its own Region's names.
    let regional = service.public_names.first();
    let regional = regional.filter(|n| n.contains("{r}") && !name.contains(region.as_str()));
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let EndpointTarget::Aws(its_region, its_service) = &endpoint.target else {
            continue;
        };
        let serves = *its_region == region || regional.is_some();
        if !serves
            || its_service != service.name
            || !matches!(endpoint.kind, EndpointKind::Interface(_))
        {
            continue;
        }
        let who = scoped(network, &endpoint.vpc, &endpoint.name);
        let why = if !endpoint.vpc.id().is_some_and(|vpc| asked.contains(&vpc)) {
            "is in a VPC whose resolver was not asked".to_owned()
        } else if !endpoint.private_dns {
            "has private DNS off".to_owned()
        } else if endpoint.inbound_only {
            "has private DNS for inbound Resolver endpoints only".to_owned()
        } else if let Some(usual) = regional {
            let usual = usual.replace("{r}", its_region);
            format!("takes names of its Region, such as {usual}; this one is without a Region")
        } else {
            "does not capture this name".to_owned()
        };
        out.push(format!(
            "the answer is public although interface endpoint {who} exists: it {why}"
        ));
    }
    out
}
