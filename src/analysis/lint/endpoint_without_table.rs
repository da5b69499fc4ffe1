//! A gateway endpoint works by routes: without a table that a subnet uses it does nothing
//! (`/vpc/latest/privatelink/gateway-endpoints.html`).

use super::{Finding, listed, scoped};
use crate::model::{EndpointKind, Id, Listing, Network, Ref, RouteTable};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let (EndpointKind::Gateway(tables), Some(vpc)) = (&endpoint.kind, endpoint.vpc.id()) else {
            continue;
        };
        let at = scoped(network, Some(vpc), &endpoint.name);
        if tables.is_empty() {
            out.push(Finding {
                message: format!("no route table leads to the gateway endpoint `{at}`"),
                help: "associate the tables of the subnets that should use it".to_owned(),
                origin: endpoint.origin.clone(),
                at,
            });
            continue;
        }
        if !listed(network, vpc, Listing::Subnets) {
            continue;
        }
        for table in tables {
            let Some(id) = table.id().filter(|id| !used(network, *id)) else {
                continue;
            };
            let name = &network.tables[id].name;
            out.push(Finding {
                at: at.clone(),
                origin: table.origin.clone(),
                message: format!("`{at}` is on the route table `{name}`, which no subnet uses"),
                help: "associate the table that the subnet of the client uses".to_owned(),
            });
        }
    }
    out
}

fn used(network: &Network, table: Id<RouteTable>) -> bool {
    let mut subnets = network.subnets.iter();
    subnets.any(|(_, s)| Ref::id(&s.table) == Some(table))
}
