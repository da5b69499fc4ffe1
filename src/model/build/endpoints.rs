//! Endpoints, their services and zones.

use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::{Diagnostic, near};
use crate::model::{
    Draft, EndpointKind, EndpointService, EndpointTarget, Id, Interface, LoadBalancer,
    LoadBalancerKind, Ref, VpcEndpoint, catalog,
};
use std::collections::{BTreeSet, HashMap};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, endpoint) in draft.endpoints.iter() {
        service_type(draft, endpoint, report);
        gateway_region(draft, endpoint, report);
        one_subnet_a_zone(draft, endpoint, report);
        zone_offered(draft, endpoint, report);
        in_one_subnet(draft, endpoint, report);
    }
    for (_, service) in draft.services.iter() {
        has_load_balancer(service, report);
        kinds(draft, service, report);
        bound(service, report);
    }
    one_service_a_balancer(draft, report);
}

/// A load balancer is behind one service (`/vpc/latest/privatelink/create-endpoint-service.html`).
fn one_service_a_balancer(draft: &Draft, report: &mut Report) {
    let mut held: HashMap<Id<LoadBalancer>, &str> = HashMap::new();
    for (_, service) in draft.services.iter() {
        for r in &service.load_balancers {
            let Some(id) = r.id() else { continue };
            let first = *held.entry(id).or_insert(&service.name);
            if first != service.name {
                let message = format!("`{}` is behind service `{first}` already", r.text);
                report.error(
                    "load-balancer-in-two-services",
                    &service.name,
                    &r.origin,
                    message,
                );
            }
        }
    }
}

/// An endpoint is bound to load balancers of the service
/// (`/vpc/latest/privatelink/create-endpoint-service.html`).
fn bound(service: &EndpointService, report: &mut Report) {
    for connection in &service.connections {
        let own = |b: &&Ref<LoadBalancer>| {
            b.id().is_some() && !service.load_balancers.iter().any(|l| l.to == b.to)
        };
        if let Some(other) = connection.load_balancers.iter().find(own) {
            let message = format!("`{}` is not behind service `{}`", other.text, service.name);
            report.error(
                "connection-to-another-load-balancer",
                &service.name,
                &other.origin,
                message,
            );
        }
    }
}

/// The zone ids of interfaces; `None` where one is not known.
pub(super) fn zones<'a>(draft: &'a Draft, interfaces: &[Ref<Interface>]) -> Option<Vec<&'a str>> {
    interfaces
        .iter()
        .map(|r| {
            let subnet = draft.interfaces[r.id()?].subnet.id()?;
            Some(draft.subnets[subnet].zone.as_str())
        })
        .collect()
}

/// The first zone that stands twice in a list.
pub(super) fn twice<'a>(zones: &[&'a str]) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    zones.iter().find(|z| !seen.insert(**z)).copied()
}

/// Gateway endpoints lead to S3, S3 Express and DynamoDB only
/// (`/vpc/latest/privatelink/gateway-endpoints.html`); the other services are in
/// `/vpc/latest/privatelink/aws-services-privatelink-support.html`.
fn service_type(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let at = endpoint.label(draft);
    let gateway = matches!(endpoint.kind, EndpointKind::Gateway(_));
    let (name, offered) = match &endpoint.target {
        EndpointTarget::Service(r) => (r.text.as_str(), !gateway),
        EndpointTarget::Unmodelled(..) => return,
        EndpointTarget::Aws(_, name) => match catalog::service(name) {
            Some(s) => (name.as_str(), if gateway { s.gateway } else { s.interface }),
            None => {
                let message = format!("no AWS service named `{name}`");
                let mut diagnostic =
                    Diagnostic::error("unknown-service", at, &endpoint.origin, message);
                if let Some(word) = near(name, catalog::SERVICES.iter().map(|s| s.name)) {
                    diagnostic = diagnostic.help(format!("did you mean `{word}`?"));
                }
                return report.push(diagnostic);
            }
        },
    };
    if !offered {
        let (code, kind) = if gateway {
            ("no-gateway-endpoint-for-service", "gateway")
        } else {
            ("no-interface-endpoint-for-service", "interface")
        };
        let message = format!("`{name}` has no {kind} endpoints");
        report.error(code, at, &endpoint.origin, message);
    }
}

/// A gateway endpoint serves the Region of its VPC
/// (`/vpc/latest/privatelink/gateway-endpoints.html`).
fn gateway_region(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let (EndpointKind::Gateway(_), EndpointTarget::Aws(region, _), Some(vpc)) =
        (&endpoint.kind, &endpoint.target, endpoint.vpc.id())
    else {
        return;
    };
    let own = &draft.vpcs[vpc].region;
    if own != region {
        let message = format!("a gateway endpoint of a VPC in `{own}` cannot lead to `{region}`");
        report.error(
            "gateway-endpoint-region",
            endpoint.label(draft),
            &endpoint.origin,
            message,
        );
    }
}

/// An interface endpoint has one subnet a zone
/// (`/vpc/latest/privatelink/create-interface-endpoint.html`).
fn one_subnet_a_zone(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let EndpointKind::Interface(interfaces) = &endpoint.kind else {
        return;
    };
    if let Some(zone) = zones(draft, interfaces).and_then(|z| twice(&z)) {
        let message = format!(
            "endpoint `{}` has two subnets in zone `{zone}`",
            endpoint.name
        );
        let at = endpoint.label(draft);
        report.error(
            "endpoint-two-subnets-one-zone",
            at,
            &endpoint.origin,
            message,
        );
    }
}

/// A Gateway Load Balancer endpoint has one subnet
/// (`/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html`).
fn in_one_subnet(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    if endpoint.leads_to_appliances()
        && let EndpointKind::Interface(interfaces) = &endpoint.kind
        && interfaces.len() != 1
    {
        let message = format!("`{}` has one subnet, and no more", endpoint.name);
        let at = endpoint.label(draft);
        report.error("gwlb-endpoint-one-subnet", at, &endpoint.origin, message);
    }
}

/// A service is offered in the zones of its load balancers, compared by zone id
/// (`/vpc/latest/privatelink/create-endpoint-service.html`); across Regions the zones need not
/// match (`privatelink-share-your-services.html`).
fn zone_offered(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let (EndpointKind::Interface(interfaces), EndpointTarget::Service(service), Some(vpc)) =
        (&endpoint.kind, &endpoint.target, endpoint.vpc.id())
    else {
        return;
    };
    let Some(service) = service.id().map(|s| &draft.services[s]) else {
        return;
    };
    let mut offered: BTreeSet<&str> = BTreeSet::new();
    for balancer in &service.load_balancers {
        let Some(balancer) = balancer.id().map(|b| &draft.load_balancers[b]) else {
            return;
        };
        let region = balancer.vpc.id().map(|v| &draft.vpcs[v].region);
        if region != Some(&draft.vpcs[vpc].region) {
            return;
        }
        let Some(zones) = zones(draft, &balancer.nodes) else {
            return;
        };
        offered.extend(zones);
    }
    if let Some(own) = &service.zones {
        offered.retain(|z| own.iter().any(|o| o == z));
    }
    if endpoint.existing || offered.is_empty() {
        return;
    }
    let wanted = zones(draft, interfaces).unwrap_or_default();
    if let Some(zone) = wanted.iter().find(|z| !offered.contains(**z)) {
        let list: Vec<&str> = offered.iter().copied().collect();
        report.push(
            Diagnostic::error(
                "endpoint-zone-not-offered",
                endpoint.label(draft),
                &endpoint.origin,
                format!("service `{}` is not offered in zone `{zone}`", service.name),
            )
            .help(format!("it is offered in {}", list.join(", "))),
        );
    }
}

/// No service is made of Application Load Balancers; one may stand behind a Network Load Balancer
/// (`/vpc/latest/privatelink/create-endpoint-service.html`).
fn kinds(draft: &Draft, service: &EndpointService, report: &mut Report) {
    for r in &service.load_balancers {
        let kind = r.id().map(|l| draft.load_balancers[l].kind);
        if kind == Some(LoadBalancerKind::Application) {
            let message = format!(
                "`{}` is an Application Load Balancer: put a Network Load Balancer before it",
                r.text
            );
            report.error(
                "service-of-application-load-balancer",
                &service.name,
                &r.origin,
                message,
            );
        }
    }
}

/// A service is made of load balancers
/// (`/vpc/latest/privatelink/create-endpoint-service.html`).
fn has_load_balancer(service: &EndpointService, report: &mut Report) {
    if service.load_balancers.is_empty() {
        let message = format!("endpoint service `{}` has no load balancer", service.name);
        report.error(
            "service-without-load-balancer",
            &service.name,
            &service.origin,
            message,
        );
    }
}
