//! AWS's pages do not agree whether a virtual private gateway's table may lead to a Gateway Load
//! Balancer endpoint: one lists it, older ones say that what it sends there is dropped
//! (`/vpc/latest/userguide/gateway-route-tables.html`).

use super::{Finding, scoped};
use crate::model::{Edge, Network, Target};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    let tables = network.tables.iter().map(|(_, t)| t);
    for table in tables.filter(|t| matches!(t.edge_of, Some(Edge::Vpn(_)))) {
        for route in &table.routes {
            let Target::Endpoint(endpoint) = &route.target else {
                continue;
            };
            let at = scoped(network, table.vpc.id(), &table.name);
            out.push(Finding {
                message: format!(
                    "`{at}` takes what comes from a virtual private gateway to the endpoint `{}`, and AWS's pages do not agree that it gets there",
                    endpoint.text
                ),
                help: "try it before you rely on it, or lead the sites in over a transit gateway".to_owned(),
                origin: route.origin.clone(),
                at,
            });
        }
    }
    out
}
