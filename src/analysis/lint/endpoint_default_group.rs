//! An endpoint that is given no group gets the VPC's default group, and that admits only its own
//! members (`/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html`,
//! `/vpc/latest/userguide/default-security-group.html`): clients in other groups are refused.

use super::{Finding, scoped};
use crate::model::{EndpointKind, Id, Network, Peer, Ref, SecurityGroup};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    let with_groups = network.endpoints.iter().filter(|(_, e)| !e.leads_to_appliances());
    for (_, endpoint) in with_groups {
        let EndpointKind::Interface(interfaces) = &endpoint.kind else {
            continue;
        };
        let Some(first) = interfaces.iter().filter_map(Ref::id).next() else {
            continue;
        };
        let groups: Vec<Option<Id<SecurityGroup>>> =
            network.interfaces[first].groups.iter().map(Ref::id).collect();
        let [Some(only)] = groups.as_slice() else {
            continue;
        };
        let group = &network.groups[*only];
        let itself = |peer: &Peer| matches!(peer, Peer::Group(g) if g.id() == Some(*only));
        let closed = group.ingress.iter().all(|r| itself(&r.peer));
        if group.name != "default" || !closed || has_clients(network, *only) {
            continue;
        }
        let at = scoped(network, endpoint.vpc.id(), &endpoint.name);
        out.push(Finding {
            message: format!(
                "`{at}` has the default group, which admits only its own members, and no instance is one"
            ),
            help: "give the endpoint a group that allows tcp 443 from its clients".to_owned(),
            origin: endpoint.origin.clone(),
            at,
        });
    }
    out
}

/// Whether anything that can be a client is in the group.
fn has_clients(network: &Network, group: Id<SecurityGroup>) -> bool {
    use crate::model::Role::{Instance, Plain};
    let mut all = network.interfaces.iter();
    all.any(|(_, i)| {
        matches!(i.role, Instance(_) | Plain) && i.groups.iter().any(|g| g.id() == Some(group))
    })
}
