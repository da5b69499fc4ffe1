//! What a component dials: its addresses, its one listener, who stands behind it.

use super::dial::{Dial, TCP, UDP};
use super::lookup::{siblings, zone_of};
use super::question::{From, Target};
use crate::aws::{Host, balancer_name, bits, endpoint_name};
use crate::code::Code;
use crate::fabric::NodeId;
use crate::model::{
    Behind, Component, EndpointKind, EndpointService, EndpointTarget, Id, Interface, LoadBalancer,
    Network, Ref, VpcEndpoint,
};

impl Dial<'_> {
    pub(super) fn reach(self, what: Component, zone: Option<&str>) -> Result<Target, String> {
        let (network, compiled) = (self.network, self.compiled);
        match what {
            Component::Interface(id) => {
                let mut nodes: Vec<NodeId> = siblings(network, id)
                    .into_iter()
                    .map(|i| compiled.node_of(i))
                    .collect();
                nodes.sort_unstable();
                let own = From::Interface(id).addresses(network);
                let own = own.into_iter().map(bits).collect();
                self.dialled(None, own, Some(nodes), None)
            }
            Component::SiteHost(site, ip) => {
                let node = compiled.site_host(site, ip);
                self.dialled(None, vec![bits(ip)], Some(vec![node]), None)
            }
            Component::InternetHost(id) => {
                let node = compiled.host(Host::Internet(Some(id)));
                let own = network.internet_hosts[id].addresses().map(bits).collect();
                self.dialled(None, own, Some(vec![node]), None)
            }
            Component::ClientVpn(id) => Err(format!(
                "`{}` starts connections, and takes none",
                network.client_vpns[id].name
            )),
            Component::Endpoint(id) => self.endpoint(id, zone),
            Component::LoadBalancer(id) => self.load_balancer(id, zone),
            Component::Resolver(id) => {
                let own = network.resolver_endpoints[id].interfaces.iter();
                let own: Vec<Id<Interface>> = own.filter_map(Ref::id).collect();
                let addresses = own
                    .iter()
                    .flat_map(|i| From::Interface(*i).addresses(network));
                let addresses = addresses.map(bits).collect();
                let mut nodes: Vec<NodeId> = own.iter().map(|i| compiled.node_of(*i)).collect();
                nodes.sort_unstable();
                self.dialled(None, addresses, Some(nodes), Some((UDP, 53)))
            }
        }
    }

    fn endpoint(self, id: Id<VpcEndpoint>, zone: Option<&str>) -> Result<Target, String> {
        let endpoint = &self.network.endpoints[id];
        let EndpointKind::Interface(interfaces) = &endpoint.kind else {
            return Err(format!(
                "`{}` is a gateway endpoint: it has no address; ask for the service",
                endpoint.name
            ));
        };
        let implied = match &endpoint.target {
            EndpointTarget::Unmodelled(Behind::Resource, _) => None,
            EndpointTarget::Unmodelled(Behind::Appliances, _) => {
                return Err(format!(
                    "`{}` is a Gateway Load Balancer endpoint: routes lead to it, and it has no name",
                    endpoint.name
                ));
            }
            EndpointTarget::Aws(..) => Some((TCP, 443)),
            EndpointTarget::Service(r) => r
                .id()
                .and_then(|s| single_listener_of_service(self.network, s)),
        };
        let accept = Some(self.compiled.arrivals_of_endpoint(self.network, id));
        let here = |i: &Id<Interface>| zone.is_none_or(|z| zone_of(self.network, *i) == Some(z));
        if !interfaces.iter().filter_map(Ref::id).any(|i| here(&i)) {
            return Err(none(&endpoint.name, zone));
        }
        if let Some(zone) = zone.filter(|_| endpoint.across(self.network).is_some()) {
            return Ok(self.no_zonal_name(endpoint, zone));
        }
        let name = endpoint_name(self.network, id, zone);
        self.dialled(Some(name), Vec::new(), accept, implied)
    }

    /// Across Regions AWS's services have no names of zones
    /// (`/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html`); whether a
    /// provider's have is not documented.
    fn no_zonal_name(self, endpoint: &VpcEndpoint, zone: &str) -> Target {
        let code = match &endpoint.target {
            EndpointTarget::Aws(..) => Code::UNSUPPORTED_BY_AWS,
            EndpointTarget::Service(_) | EndpointTarget::Unmodelled(..) => {
                Code::UNSUPPORTED_COMPONENT
            }
        };
        let text = format!(
            "{} has no name in zone {zone} across Regions",
            endpoint.name
        );
        Target {
            nothing: Some((code, text)),
            proto: self.proto.unwrap_or(TCP),
            port: self.port.unwrap_or(0),
            ..Target::default()
        }
    }

    fn load_balancer(self, id: Id<LoadBalancer>, zone: Option<&str>) -> Result<Target, String> {
        let lb = &self.network.load_balancers[id];
        let implied = single_listener(self.network, id);
        let accept = Some(self.compiled.arrivals_of_load_balancer(self.network, id));
        let here = |i: &Id<Interface>| zone.is_none_or(|z| zone_of(self.network, *i) == Some(z));
        if !lb.nodes.iter().filter_map(Ref::id).any(|i| here(&i)) {
            return Err(none(&lb.name, zone));
        }
        let name = balancer_name(self.network, id, zone);
        self.dialled(Some(name), Vec::new(), accept, implied)
    }

    pub(super) fn service(self, id: Id<EndpointService>) -> Result<Target, String> {
        let service = &self.network.services[id];
        let implied = single_listener_of_service(self.network, id);
        if let Some((name, _)) = &service.private_name {
            let accept = Some(self.compiled.behind(id).to_vec());
            let name = name.replacen('*', "any", 1);
            return self.dialled(Some(name), Vec::new(), accept, implied);
        }
        let vpc = self.ask.from.vpc(self.network);
        let endpoint = self.network.endpoints.iter().find(|(_, e)| {
            vpc.is_some()
                && e.vpc.id() == vpc
                && matches!(&e.target, EndpointTarget::Service(r) if r.id() == Some(id))
        });
        match endpoint {
            Some((endpoint, _)) => self.endpoint(endpoint, None),
            None => Ok(Target {
                nothing: Some((Code::NO_ENDPOINT, service.name.clone())),
                proto: self.proto.unwrap_or(TCP),
                port: self.port.unwrap_or(0),
                ..Target::default()
            }),
        }
    }
}

/// A component without an address where one was asked for.
fn none(name: &str, zone: Option<&str>) -> String {
    match zone {
        Some(zone) => format!("`{name}` has no address in zone `{zone}`"),
        None => format!("`{name}` has no address"),
    }
}

fn single_listener(network: &Network, id: Id<LoadBalancer>) -> Option<(u8, u16)> {
    let [listener] = network.load_balancers[id].listeners.as_slice() else {
        return None;
    };
    let proto = listener.protocol.carries().first();
    Some((*proto?, listener.port))
}

fn single_listener_of_service(network: &Network, id: Id<EndpointService>) -> Option<(u8, u16)> {
    let mut all = network.services[id]
        .load_balancers
        .iter()
        .filter_map(Ref::id)
        .map(|lb| single_listener(network, lb));
    let first = all.next().flatten();
    all.all(|other| other == first).then_some(first).flatten()
}
