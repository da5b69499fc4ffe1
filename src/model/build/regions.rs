//! Endpoints to services of another Region.
//!
//! A provider says from which Regions he may be reached
//! (`/vpc/latest/privatelink/privatelink-share-your-services.html`), and AWS offers some of its own
//! services (`/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html`). Both are
//! asked when an endpoint is made, not later.

use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Destination, Draft, EndpointKind, EndpointService, EndpointTarget, Peer, PrefixList, Ref,
    VpcEndpoint, World, catalog, partition,
};
use std::collections::BTreeSet;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, endpoint) in draft.endpoints.iter() {
        if matches!(endpoint.kind, EndpointKind::Interface(_)) && !endpoint.existing {
            stated(draft, endpoint, report);
            offered(draft, endpoint, report);
        }
    }
    lists(draft, report);
    if draft.world == World::Closed {
        for (_, service) in draft.services.iter() {
            several_zones(draft, service, report);
        }
    }
}

/// A prefix list is named in its own Region (`/vpc/latest/userguide/managed-prefix-lists.html`).
fn lists(draft: &Draft, report: &mut Report) {
    let mut named = |r: &Ref<PrefixList>, here: &str, at: String| {
        let Some(list) = r.id().map(|l| &draft.prefix_lists[l]) else {
            return;
        };
        if list.region != here {
            let (name, there) = (&list.name, &list.region);
            let message = format!("prefix list `{name}` is of `{there}`, and this is in `{here}`");
            let found = Diagnostic::error("prefix-list-of-another-region", at, &r.origin, message);
            report.push(found.help(format!("make one with the same entries in `{here}`")));
        }
    };
    for (_, table) in draft.tables.iter() {
        let Some(vpc) = table.vpc.id() else { continue };
        for route in &table.routes {
            if let Destination::List(r) = &route.destination {
                named(r, &draft.vpcs[vpc].region, table.label(draft));
            }
        }
    }
    for (_, table) in draft.transit_tables.iter() {
        let Some(gateway) = table.gateway.id() else {
            continue;
        };
        for route in &table.routes {
            if let Destination::List(r) = &route.destination {
                named(
                    r,
                    &draft.transit_gateways[gateway].region,
                    table.name.clone(),
                );
            }
        }
    }
    for (_, group) in draft.groups.iter() {
        let Some(vpc) = group.vpc.id() else { continue };
        for rule in group.ingress.iter().chain(&group.egress) {
            if let Peer::List(r) = &rule.peer {
                named(r, &draft.vpcs[vpc].region, group.label(draft));
            }
        }
    }
}

/// The service's Region is part of the request, and without it a service of the endpoint's own
/// Region is meant.
fn stated(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let EndpointTarget::Service(service) = &endpoint.target else {
        return;
    };
    let (Some(service), Some(vpc)) = (service.id(), endpoint.vpc.id()) else {
        return;
    };
    let Some(real) = draft.services[service].region(draft) else {
        return;
    };
    let said = endpoint.service_region.as_deref();
    if said.unwrap_or(&draft.vpcs[vpc].region) != real {
        let name = &draft.services[service].name;
        let message = format!("service `{name}` is in `{real}`, and the endpoint asks elsewhere");
        report.push(
            Diagnostic::error(
                "endpoint-service-region",
                endpoint.label(draft),
                &endpoint.origin,
                message,
            )
            .help(format!("write `service_region: {real}`")),
        );
    }
}

fn offered(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let (Some(there), Some(vpc)) = (endpoint.across(draft), endpoint.vpc.id()) else {
        return;
    };
    let here = &draft.vpcs[vpc].region;
    let (code, message) = match &endpoint.target {
        _ if partition(here) != partition(there) => (
            "endpoint-across-partitions",
            format!("`{here}` and `{there}` are of different partitions of AWS"),
        ),
        EndpointTarget::Aws(_, service) if !catalog::offered_across_regions(service) => (
            "service-not-across-regions",
            format!("`{service}` is not among the services that AWS offers to other Regions"),
        ),
        EndpointTarget::Service(service) => {
            let Some(service) = service.id().map(|s| &draft.services[s]) else {
                return;
            };
            if service.supported_regions.contains(here) {
                return;
            }
            let name = &service.name;
            (
                "endpoint-region-not-supported",
                format!("service `{name}` does not support endpoints in `{here}`"),
            )
        }
        EndpointTarget::Aws(..) | EndpointTarget::Unmodelled(..) => return,
    };
    report.error(code, endpoint.label(draft), &endpoint.origin, message);
}

/// A service for other Regions has load balancers in two zones at least.
fn several_zones(draft: &Draft, service: &EndpointService, report: &mut Report) {
    let own = service.region(draft);
    let abroad = service.supported_regions.iter();
    if abroad.map(String::as_str).all(|r| Some(r) == own) {
        return;
    }
    let balancers = service.load_balancers.iter().filter_map(Ref::id);
    let nodes: Vec<_> = balancers
        .flat_map(|b| &draft.load_balancers[b].nodes)
        .cloned()
        .collect();
    let Some(zones) = super::endpoints::zones(draft, &nodes) else {
        return;
    };
    let zones: BTreeSet<&str> = zones.into_iter().collect();
    if zones.len() < 2 {
        let message = format!(
            "service `{}` supports other Regions, which takes load balancers in two zones at least",
            service.name
        );
        report.error(
            "service-across-regions-in-one-zone",
            &service.name,
            &service.origin,
            message,
        );
    }
}
