//! The group of an interface endpoint decides who may connect: services of AWS are called on
//! TCP 443 (`/vpc/latest/privatelink/create-interface-endpoint.html`), a provider's service on its
//! load balancers' ports.

use super::{Finding, scoped};
use crate::model::{
    EndpointKind, EndpointTarget, GroupRule, Id, ListenerProtocol, Network, Ref, VpcEndpoint,
};

/// Services that are called on ports of their own.
const OTHER_PORTS: &[&str] = &["email-smtp", "transfer.server"];

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let ports = ports(network, endpoint);
        let (Some(rules), Some(first)) = (rules(network, endpoint), ports.first()) else {
            continue;
        };
        let open = |(proto, port): &(u8, u16)| rules.iter().any(|r| admits(r, *proto, *port));
        if ports.iter().any(open) {
            continue;
        }
        let at = scoped(network, endpoint.vpc.id(), &endpoint.name);
        let (name, port) = (if first.0 == 17 { "udp" } else { "tcp" }, first.1);
        out.push(Finding {
            message: format!("no rule of the groups of `{at}` admits anybody on {name} {port}"),
            help: format!("allow {name} {port} from the clients in one of its groups"),
            origin: endpoint.origin.clone(),
            at,
        });
    }
    out
}

/// The rules for traffic to the endpoint; none where its groups are not all in the input.
fn rules<'n>(network: &'n Network, endpoint: &VpcEndpoint) -> Option<Vec<&'n GroupRule>> {
    let EndpointKind::Interface(interfaces) = &endpoint.kind else {
        return None;
    };
    let mut out = Vec::new();
    let first: Id<_> = interfaces.iter().filter_map(Ref::id).next()?;
    for group in &network.interfaces[first].groups {
        out.extend(&network.groups[group.id()?].ingress);
    }
    Some(out)
}

/// What clients call it on.
fn ports(network: &Network, endpoint: &VpcEndpoint) -> Vec<(u8, u16)> {
    match &endpoint.target {
        EndpointTarget::Aws(_, name) if OTHER_PORTS.contains(&name.as_str()) => Vec::new(),
        EndpointTarget::Unmodelled(..) => Vec::new(),
        EndpointTarget::Aws(..) => vec![(6, 443)],
        EndpointTarget::Service(service) => {
            let Some(service) = service.id() else {
                return Vec::new();
            };
            let balancers = network.services[service].load_balancers.iter();
            let balancers = balancers.filter_map(Ref::id);
            let listeners = balancers.flat_map(|b| &network.load_balancers[b].listeners);
            let port = |protocol| if protocol == ListenerProtocol::Udp { 17 } else { 6 };
            listeners.map(|l| (port(l.protocol), l.port)).collect()
        }
    }
}

fn admits(rule: &GroupRule, proto: u8, port: u16) -> bool {
    let service = &rule.service;
    match service.protocol {
        None => true,
        Some(own) => own == proto && service.ports.0 <= port && port <= service.ports.1,
    }
}
