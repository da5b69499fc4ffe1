//! Where traffic may end that was sent to a name: at the targets, for who forwards is on the way only.

use super::Compiled;
use crate::fabric::NodeId;
use crate::model::{
    EndpointKind, EndpointService, EndpointTarget, Id, Interface, LoadBalancer, LoadBalancerKind,
    Network, Ref, Role, TargetWhat, VpcEndpoint,
};
use std::net::IpAddr;

impl Compiled {
    /// Sorted nodes of every target behind a load balancer; an Application Load Balancer's own nodes,
    /// where paths end.
    #[must_use]
    pub fn arrivals_of_load_balancer(
        &self,
        network: &Network,
        lb: Id<LoadBalancer>,
    ) -> Vec<NodeId> {
        self.ends(network, vec![lb])
    }

    /// Sorted nodes at which traffic to an endpoint arrives: its own interfaces for an AWS service, every
    /// target behind the service for a provider's.
    #[must_use]
    pub fn arrivals_of_endpoint(
        &self,
        network: &Network,
        endpoint: Id<VpcEndpoint>,
    ) -> Vec<NodeId> {
        let endpoint = &network.endpoints[endpoint];
        match (&endpoint.target, &endpoint.kind) {
            (EndpointTarget::Service(service), _) => {
                let nodes = service.id().map(|s| self.behind(s).to_vec());
                nodes.unwrap_or_default()
            }
            (EndpointTarget::Unmodelled(..), EndpointKind::Gateway(_)) => Vec::new(),
            (_, EndpointKind::Interface(interfaces)) => {
                let own = interfaces.iter().filter_map(Ref::id);
                sorted(own.map(|i| self.node_of(i)).collect())
            }
            (EndpointTarget::Aws(region, service), EndpointKind::Gateway(_)) => {
                sorted(self.edges_of_service(region, service))
            }
        }
    }

    /// Sorted nodes of every target behind an endpoint service.
    #[must_use]
    pub fn behind(&self, service: Id<EndpointService>) -> &[NodeId] {
        self.behind.get(service.index()).map_or(&[], Vec::as_slice)
    }

    /// The same, worked out.
    pub(crate) fn targets_behind(
        &self,
        network: &Network,
        service: &EndpointService,
    ) -> Vec<NodeId> {
        self.ends(network, balancers_of(service).collect())
    }

    /// Where these load balancers lead in the end: a target may itself be the node of another one, or of
    /// an endpoint that leads to more.
    fn ends(&self, network: &Network, mut open: Vec<Id<LoadBalancer>>) -> Vec<NodeId> {
        let (mut nodes, mut seen) = (Vec::new(), Vec::new());
        while let Some(id) = open.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            let lb = &network.load_balancers[id];
            if lb.kind == LoadBalancerKind::Application {
                let own = lb.nodes.iter().filter_map(Ref::id);
                nodes.extend(own.map(|node| self.node_of(node)));
                continue;
            }
            let groups = lb.listeners.iter().flat_map(|l| &l.forward);
            let groups = groups.filter_map(|(group, _)| group.id());
            let targets = groups.flat_map(|g| &network.target_groups[g].targets);
            for target in targets {
                match &target.what {
                    TargetWhat::Instance(instance) => {
                        let own = instance.id().map(|i| &network.instances[i].interfaces);
                        let own = own.into_iter().flatten().filter_map(Ref::id);
                        nodes.extend(own.map(|i| self.node_of(i)));
                    }
                    // An address may be of the VPC, of a peered one, or of a site
                    // (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
                    TargetWhat::Ip(ip) => {
                        for holder in network.holders(*ip) {
                            match leads_on(network, holder) {
                                Some(further) => open.extend(further),
                                None => nodes.push(self.node_of(holder)),
                            }
                        }
                        nodes.extend(self.sites_with(network, *ip));
                    }
                    TargetWhat::LoadBalancer(other) => open.extend(other.id()),
                }
            }
        }
        sorted(nodes)
    }

    fn sites_with(&self, network: &Network, ip: IpAddr) -> impl Iterator<Item = NodeId> {
        let sites = network.sites.iter();
        let there = sites.filter(move |(_, s)| s.cidrs.iter().any(|c| c.contains(&ip)));
        there.map(move |(site, _)| self.site_host(site, ip))
    }
}

fn balancers_of(service: &EndpointService) -> impl Iterator<Item = Id<LoadBalancer>> {
    service.load_balancers.iter().filter_map(Ref::id)
}

/// The load balancers that an interface hands everything to, if it keeps nothing itself.
fn leads_on(network: &Network, interface: Id<Interface>) -> Option<Vec<Id<LoadBalancer>>> {
    match &network.interfaces[interface].role {
        Role::LoadBalancer(balancer) => Some(balancer.id().into_iter().collect()),
        Role::Endpoint(endpoint) => match &network.endpoints[endpoint.id()?].target {
            EndpointTarget::Service(service) => {
                Some(balancers_of(&network.services[service.id()?]).collect())
            }
            EndpointTarget::Aws(..) | EndpointTarget::Unmodelled(..) => None,
        },
        _ => None,
    }
}

fn sorted(mut nodes: Vec<NodeId>) -> Vec<NodeId> {
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
