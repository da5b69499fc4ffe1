//! A gateway endpoint changes routes and no names: its service keeps its public addresses, which the
//! client's group must let out to (`/vpc/latest/privatelink/gateway-endpoints.html`).

use super::{Finding, listed, scoped};
use crate::model::{
    EndpointKind, EndpointTarget, Family, GroupRule, Id, Interface, Listing, Network, Peer, Ref,
    Role, RouteTable,
};
use ipnet::IpNet;

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, endpoint) in network.endpoints.iter() {
        let (EndpointKind::Gateway(tables), EndpointTarget::Aws(region, service)) =
            (&endpoint.kind, &endpoint.target)
        else {
            continue;
        };
        let Some(vpc) = endpoint.vpc.id() else {
            continue;
        };
        if !listed(network, vpc, Listing::Subnets) {
            continue;
        }
        let tables: Vec<Id<RouteTable>> = tables.iter().filter_map(Ref::id).collect();
        for (_, interface) in network.interfaces.iter() {
            let table = interface
                .subnet
                .id()
                .and_then(|s| network.subnets[s].table.id());
            let own = matches!(interface.role, Role::Instance(_) | Role::Plain);
            if !own || !table.is_some_and(|t| tables.contains(&t)) {
                continue;
            }
            let Some(rules) = rules(network, interface) else {
                continue;
            };
            // Somebody who lets out nothing on that port does not want the service.
            let https: Vec<&GroupRule> = rules.into_iter().filter(|r| carries_https(r)).collect();
            let Some(first) = https.first() else { continue };
            if https.iter().any(|r| leads(network, r, region, service)) {
                continue;
            }
            let at = scoped(network, Some(vpc), &interface.name);
            out.push(Finding {
                message: format!(
                    "the groups of `{at}` let 443 out to private addresses alone, and `{}` leads to the public ones of {service}",
                    endpoint.name
                ),
                help: format!("let tcp 443 out to the prefix list of {service} as well"),
                origin: first.origin.clone(),
                at,
            });
        }
    }
    out
}

/// What an interface's groups let out; none where they are not all in the input.
fn rules<'n>(network: &'n Network, interface: &Interface) -> Option<Vec<&'n GroupRule>> {
    let mut out = Vec::new();
    for group in &interface.groups {
        out.extend(&network.groups[group.id()?].egress);
    }
    Some(out)
}

fn carries_https(rule: &GroupRule) -> bool {
    let service = &rule.service;
    let tcp = service.protocol.is_none_or(|p| p == 6);
    tcp && service.ports.0 <= 443 && 443 <= service.ports.1
}

/// Whether a rule may let out to the service.
fn leads(network: &Network, rule: &GroupRule, region: &str, service: &str) -> bool {
    let public = |net: &IpNet| match net {
        IpNet::V4(net) => !net.network().is_private(),
        IpNet::V6(_) => true,
    };
    match &rule.peer {
        Peer::Cidr(net) => Family::of_net(*net) == Family::Ipv6 || public(net),
        Peer::Group(_) => false,
        Peer::List(list) => list
            .id()
            .is_none_or(|id| network.prefix_lists[id].entries.iter().any(public)),
        Peer::AwsList(r, name) => r == region && name.trim_start_matches("ipv6.") == service,
    }
}
