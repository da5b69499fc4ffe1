//! Private DNS of an endpoint answers in the endpoint's own VPC
//! (`/vpc/latest/privatelink/privatelink-access-aws-services.html`). A rule of the endpoint's groups
//! that is written for another VPC shows that somebody there is to use it; without a zone, a Profile
//! or a forwarder its hosts ask the public DNS
//! (`/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html`).

use super::{Finding, admitted, listed, scoped};
use crate::model::{
    DhcpDns, EndpointTarget, HostedZone, Id, Listing, Network, Ref, Vpc, VpcEndpoint,
};

/// What may lead a name to an endpoint of another VPC.
const LEADS: [Listing; 3] = [Listing::HostedZones, Listing::ResolverRules, Listing::VpcEndpoints];

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (id, endpoint) in network.endpoints.iter() {
        let names = endpoint.captures();
        let Some(name) = names.first().filter(|_| endpoint.private_dns && !endpoint.inbound_only)
        else {
            continue;
        };
        for (rule, vpc) in admitted(network, endpoint) {
            let Some(vpc) = vpc.filter(|v| is_public(network, id, *v, name)) else {
                continue;
            };
            let at = scoped(network, endpoint.vpc.id(), &endpoint.name);
            let there = &network.vpcs[vpc].name;
            out.push(Finding {
                message: format!(
                    "`{at}` admits VPC `{there}`, where `{name}` has its public addresses: private DNS answers in the endpoint's own VPC"
                ),
                help: "associate a Profile with the endpoint, or a private hosted zone of the name, with that VPC".to_owned(),
                origin: rule.origin.clone(),
                at,
            });
        }
    }
    out
}

/// Whether a VPC asks the public DNS for an endpoint's name, as far as the input shows.
fn is_public(network: &Network, endpoint: Id<VpcEndpoint>, vpc: Id<Vpc>, name: &str) -> bool {
    let own = &network.endpoints[endpoint];
    let of = |vpcs: &[Ref<Vpc>]| vpcs.iter().any(|v| v.id() == Some(vpc));
    let covers = |domain: &str| below(name, domain);
    let zone = |z: &HostedZone| z.private && covers(&z.domain);
    let mut zones = network.zones.iter();
    let mut rules = network.rules.iter();
    let mut endpoints = network.endpoints.iter();
    let shared = network.profiles.iter().any(|(_, p)| of(&p.vpcs));
    let same = |e: &VpcEndpoint| {
        let service = matches!((&e.target, &own.target), (EndpointTarget::Aws(..), EndpointTarget::Aws(..)) if e.target == own.target);
        service && e.vpc.id() == Some(vpc) && e.private_dns
    };
    network.vpcs[vpc].dhcp_dns == DhcpDns::Amazon
        && LEADS.iter().all(|l| listed(network, vpc, *l))
        && !shared
        && !zones.any(|(_, z)| zone(z) && of(&z.vpcs))
        && !rules.any(|(_, r)| covers(&r.domain) && of(&r.vpcs))
        && !endpoints.any(|(_, e)| same(e))
}

/// Whether a name is a domain, or below it; the empty domain holds every name.
fn below(name: &str, domain: &str) -> bool {
    let above = name.strip_suffix(domain);
    above.is_some_and(|left| left.is_empty() || domain.is_empty() || left.ends_with('.'))
}
