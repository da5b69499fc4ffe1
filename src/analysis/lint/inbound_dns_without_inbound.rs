//! Private DNS of S3 that answers inbound Resolver endpoints only, in a VPC without one: nobody ever
//! gets these answers (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).

use super::{Finding, listed, scoped};
use crate::model::{Listing, Network, Ref};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    let wanted = network.endpoints.iter().map(|(_, e)| e);
    for endpoint in wanted.filter(|e| e.private_dns && e.inbound_only) {
        let Some(vpc) = endpoint.vpc.id() else {
            continue;
        };
        let mut resolvers = network.resolver_endpoints.iter();
        let own = resolvers.any(|(_, r)| r.inbound && Ref::id(&r.vpc) == Some(vpc));
        if own || !listed(network, vpc, Listing::ResolverEndpoints) {
            continue;
        }
        let at = scoped(network, Some(vpc), &endpoint.name);
        out.push(Finding {
            message: format!(
                "private DNS of `{at}` answers inbound Resolver endpoints only, and the VPC has none"
            ),
            help: "make an inbound Resolver endpoint, or let private DNS answer the VPC too".to_owned(),
            origin: endpoint.origin.clone(),
            at,
        });
    }
    out
}
