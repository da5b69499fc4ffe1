//! What is out of service by name.

use super::{
    ClientVpn, Connection, Draft, EndpointKind, Id, Instance, Interface, LoadBalancer, NatGateway,
    Origin, Ref, RegionalNat, ResolverEndpoint, TransitAttachment, VpcEndpoint,
};
use serde::{Deserialize, Serialize};

/// A component that is out of service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Down {
    /// As written.
    pub name: String,
    /// What it is; the builder says.
    pub part: Option<Part>,
    /// Where it was written.
    pub origin: Origin,
}

/// What can be out of service: what AWS runs in one place, and what joins networks over a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// An instance: all of its interfaces.
    Instance(Ref<Instance>),
    /// An interface: of an instance, or one that AWS manages.
    Interface(Ref<Interface>),
    /// A zonal NAT gateway.
    Nat(Ref<NatGateway>),
    /// A regional NAT gateway.
    RegionalNat(Ref<RegionalNat>),
    /// An interface endpoint: all of its interfaces.
    Endpoint(Ref<VpcEndpoint>),
    /// A load balancer: all of its nodes.
    LoadBalancer(Ref<LoadBalancer>),
    /// A Resolver endpoint: all of its interfaces.
    Resolver(Ref<ResolverEndpoint>),
    /// A Client VPN endpoint.
    ClientVpn(Ref<ClientVpn>),
    /// A VPN connection or virtual interface.
    Connection(Ref<Connection>),
    /// An attachment of a transit gateway.
    Attachment(Ref<TransitAttachment>),
}

impl Down {
    /// The interfaces that neither send nor receive because of it.
    #[must_use]
    pub fn interfaces(&self, draft: &Draft) -> Vec<Id<Interface>> {
        let all = match &self.part {
            Some(Part::Instance(r)) => r.id().map(|i| &*draft.instances[i].interfaces),
            Some(Part::Interface(r)) => Some(std::slice::from_ref(r)),
            Some(Part::Nat(r)) => r
                .id()
                .map(|n| std::slice::from_ref(&draft.nat_gateways[n].interface)),
            Some(Part::Endpoint(r)) => r.id().and_then(|e| match &draft.endpoints[e].kind {
                EndpointKind::Interface(all) => Some(&**all),
                EndpointKind::Gateway(_) => None,
            }),
            Some(Part::LoadBalancer(r)) => r.id().map(|l| &*draft.load_balancers[l].nodes),
            Some(Part::Resolver(r)) => r.id().map(|e| &*draft.resolver_endpoints[e].interfaces),
            Some(Part::ClientVpn(r)) => r.id().map(|c| &*draft.client_vpns[c].interfaces),
            Some(Part::RegionalNat(_) | Part::Connection(_) | Part::Attachment(_)) | None => None,
        };
        all.into_iter().flatten().filter_map(Ref::id).collect()
    }
}
