//! What PrivateLink carries from Region to Region: to the load balancers of every zone of the
//! service, as zones of two Regions have nothing to match, and not everything that it carries within
//! one (`/vpc/latest/privatelink/privatelink-share-your-services.html`).

use super::balance::{health_lack, zone_is_well, zone_of};
use super::compile::Compiler;
use crate::model::{
    EndpointService, EndpointTarget, Id, Interface, LoadBalancer, Ref, VpcEndpoint,
};
use std::collections::BTreeSet;

/// Zones that it does not serve, on either side.
const NOT_SERVED: [&str; 5] = [
    "use1-az3",
    "usw1-az2",
    "apne1-az3",
    "apne2-az2",
    "apne2-az4",
];

/// A load balancer and one of its nodes.
pub(super) type Node = (Id<LoadBalancer>, Id<Interface>);

impl Compiler<'_> {
    /// Why AWS would not carry what an endpoint's interface takes to another Region. What an import
    /// shows as available is carried, whatever the pages say.
    pub(super) fn not_carried(
        &self,
        endpoint: &VpcEndpoint,
        interface: Id<Interface>,
    ) -> Option<String> {
        let network = self.network;
        endpoint.across(network).filter(|_| !self.open())?;
        let here = zone_of(network, interface).filter(|z| NOT_SERVED.contains(z));
        if let Some(zone) = here {
            return Some(format!("zone {zone} is not served across Regions"));
        }
        let EndpointTarget::Service(service) = &endpoint.target else {
            return None;
        };
        let service = &network.services[service.id()?];
        for (balancer, node) in self.nodes_of(service) {
            let name = &network.load_balancers[balancer].name;
            if let Some(seconds) = network.load_balancers[balancer].idle_timeout {
                return Some(format!(
                    "{name} has an idle timeout of its own, {seconds} seconds"
                ));
            }
            if let Some(zone) = zone_of(network, node).filter(|z| NOT_SERVED.contains(z)) {
                return Some(format!(
                    "{name} is in zone {zone}, which is not served across Regions"
                ));
            }
        }
        None
    }

    /// Every node of every load balancer of a service.
    pub(super) fn nodes_of(&self, service: &EndpointService) -> Vec<Node> {
        let balancers = service.load_balancers.iter().filter_map(Ref::id);
        let nodes = |b: Id<LoadBalancer>| {
            let nodes = &self.network.load_balancers[b].nodes;
            nodes.iter().filter_map(Ref::id).map(move |n| (b, n))
        };
        let offered = |node: &Node| {
            let zone = zone_of(self.network, node.1);
            let zones = service.zones.as_ref();
            zones.is_none_or(|all| all.iter().any(|z| Some(z.as_str()) == zone))
        };
        balancers.flat_map(nodes).filter(offered).collect()
    }

    /// Every node that an endpoint of another Region may be led to: PrivateLink leaves a load
    /// balancer's zones that fail, as long as another of them works. No page says that it leaves the
    /// load balancer that it has chosen
    /// (`/vpc/latest/privatelink/create-endpoint-service.html`).
    pub(super) fn nodes_across(&self, service: &EndpointService) -> Vec<Node> {
        let network = self.network;
        let well = |(balancer, node): &Node| {
            let zone = zone_of(network, *node);
            let lb = &network.load_balancers[*balancer];
            network.out_of_service(*node).is_none()
                && (health_lack(network, *balancer).is_some() || zone_is_well(network, lb, zone))
        };
        let mut nodes = self.nodes_of(service);
        let working: BTreeSet<Node> = nodes.iter().filter(|n| well(n)).copied().collect();
        let works: BTreeSet<Id<LoadBalancer>> = working.iter().map(|n| n.0).collect();
        nodes.retain(|node| working.contains(node) || !works.contains(&node.0));
        nodes
    }
}
