//! Without private DNS the service's public name keeps its public addresses, and clients pass the
//! endpoint by (`/vpc/latest/privatelink/privatelink-access-aws-services.html`). A private hosted
//! zone that leads the name to the endpoint does the same work: the pattern of a hub
//! (`/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html`).

use super::{Finding, scoped};
use crate::model::{
    EndpointKind, EndpointTarget, Id, Network, RecordValue, Ref, VpcEndpoint, catalog,
};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (id, endpoint) in network.endpoints.iter() {
        let interface = matches!(endpoint.kind, EndpointKind::Interface(_));
        if endpoint.private_dns || !interface || led_to(network, id) || held_twice(network, id) {
            continue;
        }
        let Some(name) = private_name(network, &endpoint.target) else {
            continue;
        };
        let at = scoped(network, endpoint.vpc.id(), &endpoint.name);
        out.push(Finding {
            message: format!("`{name}` does not lead to the endpoint `{at}`: private DNS is off"),
            help: "enable private DNS, or call the endpoint by its own name".to_owned(),
            origin: endpoint.origin.clone(),
            at,
        });
    }
    out
}

/// The name that private DNS would capture.
fn private_name(network: &Network, target: &EndpointTarget) -> Option<String> {
    match target {
        EndpointTarget::Unmodelled(..) => None,
        EndpointTarget::Aws(region, service) => {
            let names = catalog::service(service)?.private_names;
            Some(catalog::expand(names.first()?, region))
        }
        EndpointTarget::Service(service) => {
            let (name, verified) = network.services[service.id()?].private_name.as_ref()?;
            verified.then(|| name.clone())
        }
    }
}

/// Whether a record of a private zone leads to the endpoint.
fn led_to(network: &Network, endpoint: Id<VpcEndpoint>) -> bool {
    let own = &network.endpoints[endpoint].dns_names;
    let mut records = network.zones.iter().flat_map(|(_, z)| &z.records);
    records.any(|r| match &r.value {
        RecordValue::AliasEndpoint(e) => e.id() == Some(endpoint),
        RecordValue::AliasName(name) | RecordValue::Cname(name) => own.contains(name),
        RecordValue::A(_)
        | RecordValue::Aaaa(_)
        | RecordValue::Ns(_)
        | RecordValue::AliasLoadBalancer(_) | RecordValue::Unseen(_) => false,
    })
}

/// Whether another endpoint of the VPC already has the name: only one may.
fn held_twice(network: &Network, endpoint: Id<VpcEndpoint>) -> bool {
    let own = &network.endpoints[endpoint];
    let mut others = network.endpoints.iter();
    others.any(|(id, other)| {
        id != endpoint
            && other.private_dns
            && Ref::id(&other.vpc) == own.vpc.id()
            && other.target == own.target
    })
}
