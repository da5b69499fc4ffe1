//! A gateway endpoint that the traffic passes by.

use super::evidence::{Reader, add};
use super::question::From;
use super::verdict::Alternative;
use crate::code::Code;
use crate::model::{
    EndpointKind, EndpointTarget, Family, Id, Interface, Ref, VpcEndpoint, catalog,
};

/// What stops a packet to a service's public address that has no gateway endpoint's route.
const NO_WAY: [Code; 3] = [
    Code::NO_ROUTE_TO_DESTINATION,
    Code::BAD_STATE_ROUTE,
    Code::IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
];

impl Reader<'_> {
    /// The traffic goes out publicly, or nowhere, although the source's VPC has a gateway endpoint
    /// for the service: only subnets use it whose table is associated with it
    /// (`/vpc/latest/privatelink/gateway-endpoints.html`).
    pub(super) fn pass_by(&self, out: &mut Alternative, from: From) {
        let (From::Interface(id) | From::Address(id, _)) = from else {
            return;
        };
        let stopped = out.obstacle.as_ref();
        let nowhere = stopped.is_some_and(|o| NO_WAY.contains(&o.code));
        if (out.exposed || nowhere) && self.passed_by(out, id) {
            add(&mut out.notes, Code::GATEWAY_ENDPOINT_NOT_ON_TABLE.name());
        }
    }

    fn passed_by(&self, out: &Alternative, source: Id<Interface>) -> bool {
        let network = self.network;
        let Some(subnet) = network.interfaces[source].subnet.id() else {
            return false;
        };
        let subnet = &network.subnets[subnet];
        let (Some(table), Some(vpc)) = (subnet.table.id(), subnet.vpc.id()) else {
            return false;
        };
        let serves = |e: &VpcEndpoint| match &e.kind {
            EndpointKind::Gateway(tables) => {
                e.vpc.id() == Some(vpc)
                    && out
                        .sent
                        .is_some_and(|sent| e.ip_type.has(Family::of(sent.dst.ip())))
                    && tables.iter().filter_map(Ref::id).all(|t| t != table)
                    && self.is_asked(out, &e.target)
            }
            EndpointKind::Interface(_) => false,
        };
        network.endpoints.iter().any(|(_, e)| serves(e))
    }

    /// Whether that is the service whose name was dialled, or whose edge the traffic came to.
    fn is_asked(&self, out: &Alternative, target: &EndpointTarget) -> bool {
        let EndpointTarget::Aws(region, service) = target else {
            return false;
        };
        let named = self.name.and_then(catalog::owner_of);
        let edge = out.receiver().and_then(|node| self.compiled.edge_of(node));
        named.is_some_and(|(r, s)| r == *region && s.name == service)
            || edge.is_some_and(|(r, s)| r == region && s == service)
    }
}
