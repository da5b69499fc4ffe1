//! An endpoint in one zone serves the others across zones, for a fee, until its zone fails
//! (`/vpc/latest/privatelink/privatelink-access-aws-services.html`).

use super::{Finding, scoped};
use crate::model::{EndpointKind, Id, Interface, Network, Ref, Role, Vpc};
use std::collections::BTreeSet;

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    // One that leads to appliances has one subnet, whatever is wanted.
    let of_zones = network.endpoints.iter().filter(|(_, e)| !e.leads_to_appliances());
    for (_, endpoint) in of_zones {
        let (EndpointKind::Interface(interfaces), Some(vpc)) = (&endpoint.kind, endpoint.vpc.id())
        else {
            continue;
        };
        let own = zones(network, interfaces.iter().filter_map(Ref::id));
        let clients = zones(network, clients(network, vpc));
        let others: Vec<&str> = clients.difference(&own).copied().collect();
        let Some(zone) = own.first().filter(|_| own.len() == 1 && !others.is_empty()) else {
            continue;
        };
        let at = scoped(network, Some(vpc), &endpoint.name);
        let others = others.join(", ");
        out.push(Finding {
            message: format!("`{at}` is in zone {zone} only, and its VPC has clients in {others}"),
            help: format!("add a subnet in {others}: no charge between zones, and no one zone to lose"),
            origin: endpoint.origin.clone(),
            at,
        });
    }
    out
}

fn clients(
    network: &Network,
    vpc: Id<Vpc>,
) -> impl Iterator<Item = Id<Interface>> {
    let all = network.interfaces.iter();
    let own = all.filter(|(_, i)| matches!(i.role, Role::Instance(_) | Role::Plain));
    own.map(|(id, _)| id).filter(move |id| network.vpc_of(*id) == Some(vpc))
}

fn zones(
    network: &Network,
    interfaces: impl Iterator<Item = Id<Interface>>,
) -> BTreeSet<&str> {
    let subnets = interfaces.filter_map(|i| network.interfaces[i].subnet.id());
    subnets.map(|s| network.subnets[s].zone.as_str()).collect()
}
