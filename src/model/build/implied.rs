//! Rows and states that AWS supplies.

use super::noun::Noun as _;
use crate::model::{
    Destination, Draft, EndpointKind, EndpointState, EndpointTarget, Id, Meaning, Origin, Ref,
    Route, RouteKind, Target, VpcEndpoint, World,
};
use ipnet::IpNet;

/// Every table has a local route for every block of its VPC, unless a static route replaces it
/// (`/vpc/latest/userguide/vpc-cidr-blocks.html`, `replace-local-route-target.html`).
pub(super) fn local_routes(draft: &mut Draft) {
    for i in 0..draft.tables.len() {
        let id = Id::new(i);
        let Some(vpc) = draft.tables[id].vpc.id() else {
            continue;
        };
        let missing: Vec<Route> = draft.vpcs[vpc]
            .blocks()
            .map(|block| block.trunc())
            .filter(|cidr| !has_static(&draft.tables[id].routes, cidr))
            .map(|cidr| Route {
                destination: Destination::Cidr(cidr),
                target: Target::Local,
                kind: RouteKind::Static,
bgp: crate::model::BgpPath::default(),
                active: true,
                origin: Origin::Implied(
                    "every route table has a local route for every block of its VPC (/vpc/latest/userguide/vpc-cidr-blocks.html)",
                ),
            })
            .collect();
        if let Some(table) = draft.tables.get_mut(id) {
            table.routes.splice(0..0, missing);
        }
    }
}

fn has_static(routes: &[Route], cidr: &IpNet) -> bool {
    routes.iter().any(|r| {
        r.kind == RouteKind::Static
            && matches!(&r.destination, Destination::Cidr(own) if own.trunc() == *cidr)
    })
}

/// A gateway endpoint writes a route to its service into each of its tables
/// (`/vpc/latest/privatelink/gateway-endpoints.html`). An import lists them itself.
pub(super) fn endpoint_routes(draft: &mut Draft) {
    if draft.world == World::Open {
        return;
    }
    let mut rows = Vec::new();
    for (id, endpoint) in draft.endpoints.iter() {
        let EndpointKind::Gateway(tables) = &endpoint.kind else {
            continue;
        };
        for table in tables.iter().filter_map(Ref::id) {
            let written = draft.tables[table]
                .routes
                .iter()
                .any(|r| matches!(&r.target, Target::Endpoint(e) if e.id() == Some(id)));
            if written {
                continue;
            }
            for (region, list) in endpoint.lists() {
                let target = Ref {
                    text: endpoint.label(draft).into(),
                    origin: endpoint.origin.clone(),
                    to: Meaning::Known(id),
                };
                rows.push((
                    table,
                    Route {
                        destination: Destination::AwsList(region, list),
                        target: Target::Endpoint(target),
                        kind: RouteKind::Static,
                        bgp: crate::model::BgpPath::default(),
                        active: true,
                        origin: endpoint.origin.clone(),
                    },
                ));
            }
        }
    }
    for (table, route) in rows {
        if let Some(table) = draft.tables.get_mut(table) {
            table.routes.push(route);
        }
    }
}

/// States that are not stated: a connection's entry, else what principals and acceptance give
/// (`/vpc/latest/privatelink/configure-endpoint-service.html`).
pub(super) fn endpoint_states(draft: &mut Draft) {
    for i in 0..draft.endpoints.len() {
        let id = Id::new(i);
        if draft.endpoints[id].state.is_none() {
            let state = computed_state(draft, id);
            if let Some(endpoint) = draft.endpoints.get_mut(id) {
                endpoint.state = state;
            }
        }
    }
}

/// The state of an endpoint that states none.
pub(in crate::model) fn computed_state(
    draft: &Draft,
    id: Id<VpcEndpoint>,
) -> Option<EndpointState> {
    let endpoint = &draft.endpoints[id];
    let service = match (&endpoint.kind, &endpoint.target) {
        (EndpointKind::Gateway(_), _)
        | (_, EndpointTarget::Aws(..) | EndpointTarget::Unmodelled(..)) => {
            return Some(EndpointState::Available);
        }
        (EndpointKind::Interface(_), EndpointTarget::Service(service)) => {
            &draft.services[service.id()?]
        }
    };
    if let Some(stated) = service.connection(id) {
        return Some(stated.state);
    }
    let account = &draft.vpcs[endpoint.vpc.id()?].account;
    let permitted = service
        .allowed_principals
        .iter()
        .any(|p| permits(p, account));
    Some(match (permitted, endpoint.existing) {
        // Removing a principal leaves accepted connections alone.
        (false, true) => EndpointState::Available,
        (false, false) => EndpointState::Failed,
        (true, _) if service.acceptance_required => EndpointState::PendingAcceptance,
        (true, _) => EndpointState::Available,
    })
}

/// Whether a principal is everybody or of the account.
fn permits(principal: &str, account: &str) -> bool {
    principal == "*"
        || principal == account
        || (principal.starts_with("arn:") && principal.split(':').nth(4) == Some(account))
}
