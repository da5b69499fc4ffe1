//! Replies of an endpoint are routed by the table of its subnet
//! (`/vpc/latest/userguide/subnet-route-tables.html`). A rule of the endpoint's groups that is written
//! for another network shows that requests are to come from there.

use super::{Finding, admitted, listed, scoped};
use crate::model::{
    Destination, EndpointKind, Id, Listing, Network, Peer, Ref, RouteTable, VpcEndpoint,
};
use ipnet::IpNet;

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let Some(vpc) = endpoint.vpc.id() else { continue };
        if !listed(network, vpc, Listing::RouteTables) {
            continue;
        }
        for (rule, _) in admitted(network, endpoint) {
            let Peer::Cidr(block) = &rule.peer else { continue };
            let mut tables = tables(network, endpoint);
            let Some(table) = tables.find(|t| !leads(network, *t, block)) else {
                continue;
            };
            let at = scoped(network, Some(vpc), &endpoint.name);
            let name = scoped(network, Some(vpc), &network.tables[table].name);
            out.push(Finding {
                message: format!(
                    "`{at}` admits `{block}`, and the table `{name}` of its subnet has no route for the replies"
                ),
                help: format!("add a route for {block} to `{name}`"),
                origin: rule.origin.clone(),
                at,
            });
        }
    }
    out
}

/// The tables of the subnets that an endpoint is in.
fn tables<'n>(
    network: &'n Network,
    endpoint: &'n VpcEndpoint,
) -> impl Iterator<Item = Id<RouteTable>> + 'n {
    let interfaces = match &endpoint.kind {
        EndpointKind::Interface(all) => all.as_slice(),
        EndpointKind::Gateway(_) => &[],
    };
    let subnets = interfaces.iter().filter_map(Ref::id);
    let subnets = subnets.filter_map(|i| network.interfaces[i].subnet.id());
    subnets.filter_map(|s| network.subnets[s].table.id())
}

/// Whether some route of a table is for a part of a block.
fn leads(network: &Network, table: Id<RouteTable>, block: &IpNet) -> bool {
    let meets = |net: &IpNet| net.contains(block) || block.contains(net);
    let mut routes = network.tables[table].routes.iter();
    routes.any(|r| match &r.destination {
        Destination::Cidr(net) => meets(net),
        Destination::List(list) => match list.id() {
            Some(list) => network.prefix_lists[list].entries.iter().any(meets),
            None => true,
        },
        Destination::AwsList(..) => false,
    })
}
