//! Whose node it is: the component with its name, the interface, the endpoint, the public edge.

use super::Compiled;
use crate::fabric::NodeId;
use crate::kept::Kept;
use crate::model::{Id, Interface, Network, Role, VpcEndpoint};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

/// Who a node belongs to, worked out once for every node.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Owner {
    name: SmolStr,
    interface: Option<Id<Interface>>,
    endpoint: Option<Id<VpcEndpoint>>,
    /// Index in [`Compiled::edges`].
    edge: Option<usize>,
}

/// The owner of every node.
pub(super) fn owners(network: &Network, compiled: &Compiled) -> Kept<Owner> {
    let nodes = 0..compiled.fabric.nodes.len() as NodeId;
    let mut all: Vec<Owner> = nodes
        .map(|node| Owner {
            name: bare(compiled.fabric.node_name(node)),
            ..Owner::default()
        })
        .collect();
    let interfaces = network.interfaces.iter().zip(&compiled.interfaces);
    for ((id, interface), node) in interfaces {
        let Some(owner) = all.get_mut(*node as usize) else {
            continue;
        };
        owner.interface = Some(id);
        if let Role::Endpoint(endpoint) = &interface.role {
            owner.endpoint = endpoint.id();
        }
        if let (Some(name), Some(vpc)) = (component(network, &interface.role), network.vpc_of(id)) {
            owner.name = format_smolstr!("{}/{name}", network.vpcs[vpc].name);
        }
    }
    for (node, id) in &compiled.gateways {
        if let Some(owner) = all.get_mut(*node as usize) {
            owner.endpoint = Some(*id);
        }
    }
    for (edge, (_, node)) in compiled.edges.iter().enumerate() {
        if let Some(owner) = all.get_mut(*node as usize) {
            owner.edge.get_or_insert(edge);
        }
    }
    all.into()
}

/// The name of the component that an interface is a part of.
fn component<'n>(network: &'n Network, role: &Role) -> Option<&'n String> {
    match role {
        Role::Instance(r) => r.id().map(|i| &network.instances[i].name),
        Role::Nat(r) => r.id().map(|i| &network.nat_gateways[i].name),
        Role::Endpoint(r) => r.id().map(|i| &network.endpoints[i].name),
        Role::LoadBalancer(r) => r.id().map(|i| &network.load_balancers[i].name),
        Role::ClientVpn(r) => r.id().map(|i| &network.client_vpns[i].name),
        Role::Resolver(r) => r.id().map(|i| &network.resolver_endpoints[i].name),
        Role::Plain | Role::Other(_) => None,
    }
}

/// What a component has in several places is called `component@place`.
fn bare(name: &SmolStr) -> SmolStr {
    name.split_once('@')
        .map_or_else(|| name.clone(), |(component, _)| component.into())
}

impl Compiled {
    fn owner(&self, node: NodeId) -> Option<&Owner> {
        self.owners.get(node as usize)
    }

    /// The component a node belongs to, as `vpc/name`, or the node's own name.
    #[must_use]
    pub fn owner_name(&self, node: NodeId) -> &SmolStr {
        let own = || self.fabric.node_name(node);
        self.owner(node).map_or_else(own, |o| &o.name)
    }

    /// The interface of a node.
    #[must_use]
    pub fn interface_of(&self, node: NodeId) -> Option<Id<Interface>> {
        self.owner(node)?.interface
    }

    /// The endpoint that a node belongs to: a gateway endpoint, or an interface of an endpoint.
    #[must_use]
    pub fn endpoint_of(&self, node: NodeId) -> Option<Id<VpcEndpoint>> {
        self.owner(node)?.endpoint
    }

    /// Region and short name of the AWS service whose public edge, or gateway endpoint, a node is.
    #[must_use]
    pub fn edge_of(&self, node: NodeId) -> Option<(&str, &str)> {
        let ((region, service), _) = self.edges.get(self.owner(node)?.edge?)?;
        Some((region, service))
    }
}
