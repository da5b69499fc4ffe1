//! A gateway endpoint serves its own VPC only: nobody reaches it over a peering connection
//! (`/vpc/latest/privatelink/vpc-endpoints-s3.html`, `/vpc/latest/peering/vpc-peering-basics.html`).
//! A route that takes the service's prefix list there shows that somebody believes it.

use super::{Finding, scoped};
use crate::model::{Destination, Network, Target};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, table) in network.tables.iter() {
        for route in &table.routes {
            let (Destination::AwsList(_, service), Target::Peering(peering)) =
                (&route.destination, &route.target)
            else {
                continue;
            };
            let at = scoped(network, table.vpc.id(), &table.name);
            out.push(Finding {
                message: format!(
                    "`{at}` sends {service} over the peering `{}`: no gateway endpoint behind it serves this VPC",
                    peering.text
                ),
                help: format!("make a gateway endpoint for {service} in this VPC: it is free"),
                origin: route.origin.clone(),
                at,
            });
        }
    }
    out
}
