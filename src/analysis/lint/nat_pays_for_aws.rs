//! A gateway endpoint for S3 or DynamoDB is free; a NAT gateway charges every gigabyte
//! (`/vpc/latest/privatelink/gateway-endpoints.html`).

use super::{Finding, listed, scoped};
use crate::analysis::cost::{Charge, Prices};
use crate::model::{
    Destination, EndpointKind, EndpointTarget, Id, Listing, Network, Ref, RouteTable, Target,
};

/// Services that gateway endpoints serve and that most networks use.
const FREE: [&str; 2] = ["s3", "dynamodb"];

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (id, table) in network.tables.iter() {
        let Some(vpc) = table.vpc.id() else { continue };
        let default = |d: &Destination| matches!(d, Destination::Cidr(c) if c.prefix_len() == 0);
        let nat = |t: &Target| match t {
            Target::Nat(nat) => nat.id().is_some_and(|n| network.nat_gateways[n].public),
            Target::RegionalNat(nat) => nat.id().is_some(),
            _ => false,
        };
        let route = table
            .routes
            .iter()
            .find(|r| r.active && default(&r.destination) && nat(&r.target));
        let known = listed(network, vpc, Listing::VpcEndpoints);
        let used = network.subnets.iter().any(|(_, s)| s.table.id() == Some(id));
        let Some(route) = route.filter(|_| known && used) else {
            continue;
        };
        let region = &network.vpcs[vpc].region;
        let missing = FREE.iter().filter(|s| !served(network, id, region, s));
        let missing: Vec<&str> = missing.copied().collect();
        if missing.is_empty() {
            continue;
        }
        let at = scoped(network, Some(vpc), &table.name);
        let services = missing.join(" and ");
        let price = Prices::default().of(region, Charge::NatGatewayGb);
        let costs = price.map_or("is charged".to_owned(), |p| format!("costs {p} USD"));
        out.push(Finding {
            message: format!("by `{at}` traffic to {services} goes through a NAT gateway"),
            help: format!(
                "associate a gateway endpoint for {services}: it is free, and each GB through the NAT gateway {costs}"
            ),
            origin: route.origin.clone(),
            at,
        });
    }
    out
}

/// Whether a gateway endpoint, or private DNS of an interface endpoint, takes the service's traffic.
fn served(network: &Network, table: Id<RouteTable>, region: &str, service: &str) -> bool {
    let vpc = network.tables[table].vpc.id();
    let mut endpoints = network.endpoints.iter();
    endpoints.any(|(_, e)| {
        let target = matches!(&e.target, EndpointTarget::Aws(r, s) if r == region && s == service);
        target
            && match &e.kind {
                EndpointKind::Gateway(tables) => {
                    tables.iter().any(|t| Ref::id(t) == Some(table))
                }
                EndpointKind::Interface(_) => {
                    e.private_dns && !e.inbound_only && e.vpc.id() == vpc
                }
            }
    })
}
