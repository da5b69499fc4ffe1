//! A gateway endpoint of type IPv4 takes IPv4 alone: the same service's IPv6 addresses follow the
//! table's own IPv6 routes (`/vpc/latest/privatelink/gateway-endpoints.html`).

use super::{Finding, scoped};
use crate::model::{
    Destination, EndpointKind, EndpointTarget, Family, Network, Ref, Route, RouteTable,
};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let (EndpointKind::Gateway(tables), EndpointTarget::Aws(_, service)) =
            (&endpoint.kind, &endpoint.target)
        else {
            continue;
        };
        if endpoint.ip_type.has(Family::Ipv6) {
            continue;
        }
        for table in tables {
            let Some(id) = table.id() else { continue };
            let used = network
                .subnets
                .iter()
                .any(|(_, s)| Ref::id(&s.table) == Some(id) && s.ipv6.is_some());
            let Some(route) = elsewhere(&network.tables[id]).filter(|_| used) else {
                continue;
            };
            let at = scoped(network, endpoint.vpc.id(), &endpoint.name);
            out.push(Finding {
                message: format!(
                    "`{at}` takes IPv4 alone, and by `{}` the IPv6 addresses of {service} are reached past it",
                    network.tables[id].name
                ),
                help: "make the endpoint `dualstack`, if every subnet of its tables has both families"
                    .to_owned(),
                origin: route.origin.clone(),
                at,
            });
        }
    }
    out
}

/// The route of everything of IPv6.
fn elsewhere(table: &RouteTable) -> Option<&Route> {
    let default = |d: &Destination| matches!(d, Destination::Cidr(c) if c.prefix_len() == 0 && Family::of_net(*c) == Family::Ipv6);
    table
        .routes
        .iter()
        .find(|r| r.active && default(&r.destination))
}
