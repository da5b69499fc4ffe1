//! Private DNS names of endpoints.

use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Behind, DnsType, Draft, EndpointKind, EndpointTarget, Fact, HostedZone, Id, Ref, Vpc,
    VpcEndpoint, catalog,
};
use std::collections::HashMap;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    let mut held: HashMap<(Id<Vpc>, String), String> = HashMap::new();
    for (_, endpoint) in draft.endpoints.iter().filter(|(_, e)| e.private_dns) {
        attributes(draft, endpoint, report);
        inbound_only(draft, endpoint, report);
        if has_names(draft, endpoint, report) {
            one_endpoint_a_name(draft, endpoint, &mut held, report);
        }
    }
    for (_, zone) in draft.zones.iter().filter(|(_, z)| z.private) {
        own_zone(zone, &held, report);
    }
}

/// Private names need both DNS attributes of the VPC
/// (`/vpc/latest/privatelink/create-interface-endpoint.html`); the attributes can be cleared later.
fn attributes(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    let Some(vpc) = endpoint.vpc.id().map(|v| &draft.vpcs[v]) else {
        return;
    };
    let off = |fact: &Fact<bool>| fact.known() == Some(&false);
    if !endpoint.existing && (off(&vpc.dns_support) || off(&vpc.dns_hostnames)) {
        let message = format!(
            "private DNS needs DNS support and DNS hostnames in VPC `{}`",
            vpc.name
        );
        let at = endpoint.label(draft);
        report.error(
            "private-dns-needs-dns-attributes",
            at,
            &endpoint.origin,
            message,
        );
    }
}

/// Private DNS for inbound Resolver endpoints only is S3's, and the VPC's own clients then need a
/// gateway endpoint, which cannot be removed as long as the option is on
/// (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).
fn inbound_only(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) {
    if !endpoint.inbound_only {
        return;
    }
    let s3 = matches!(&endpoint.target, EndpointTarget::Aws(_, service) if service == "s3");
    let gateway = |e: &VpcEndpoint| {
        matches!(e.kind, EndpointKind::Gateway(_))
            && (&e.target, e.vpc.id()) == (&endpoint.target, endpoint.vpc.id())
    };
    let alike =
        |e: &VpcEndpoint| [DnsType::ServiceDefined, endpoint.dns_type].contains(&e.dns_type);
    let (code, message) = if !s3 {
        let text = "only S3 offers private DNS for inbound Resolver endpoints alone";
        ("inbound-only-dns-not-offered", text)
    } else if !draft.endpoints.iter().any(|(_, e)| gateway(e)) {
        let text = "private DNS for inbound Resolver endpoints alone needs a gateway endpoint for S3 in the VPC";
        ("inbound-only-dns-needs-gateway-endpoint", text)
    } else if !draft.endpoints.iter().any(|(_, e)| gateway(e) && alike(e)) {
        let text = "its DNS records are of another type than those of the gateway endpoint, which are not service-defined";
        ("inbound-only-dns-of-another-type", text)
    } else {
        return;
    };
    let mut found = Diagnostic::error(code, endpoint.label(draft), &endpoint.origin, message);
    if s3 {
        found = found.help("add the gateway endpoint, or write `private_dns_for: all`");
    }
    report.push(found);
}

/// The service must have a private name (`/vpc/latest/privatelink/interface-endpoints.html`), and
/// a provider must have proved his (`/vpc/latest/privatelink/manage-dns-names.html`), which can be
/// lost later.
fn has_names(draft: &Draft, endpoint: &VpcEndpoint, report: &mut Report) -> bool {
    let gateway = matches!(endpoint.kind, EndpointKind::Gateway(_));
    let fault = match &endpoint.target {
        EndpointTarget::Aws(_, name) => {
            // A service that is not in the table is another finding.
            let none = catalog::service(name).is_some_and(|s| s.private_names.is_empty());
            (none || gateway).then(|| {
                let kind = if gateway { " of type gateway" } else { "" };
                let message = format!("endpoints{kind} for `{name}` have no private DNS names");
                ("service-has-no-private-dns", message)
            })
        }
        EndpointTarget::Unmodelled(Behind::Resource, _) => None,
        EndpointTarget::Unmodelled(Behind::Appliances, _) => Some((
            "service-has-no-private-dns",
            "Gateway Load Balancer endpoints have no private DNS names".to_owned(),
        )),
        EndpointTarget::Service(r) => match r.id().map(|s| &draft.services[s]) {
            None => None,
            Some(service) => {
                let verified = matches!(service.private_name, Some((_, true)));
                (!verified && !endpoint.existing).then(|| {
                    let message =
                        format!("service `{}` has no verified private name", service.name);
                    ("private-name-not-verified", message)
                })
            }
        },
    };
    if let Some((code, message)) = fault {
        report.error(code, endpoint.label(draft), &endpoint.origin, message);
        return false;
    }
    true
}

/// The domains of the hidden zones of an endpoint.
fn domains(draft: &Draft, endpoint: &VpcEndpoint) -> Vec<String> {
    let mut names: Vec<String> = match &endpoint.target {
        EndpointTarget::Aws(..) => endpoint.captures(),
        EndpointTarget::Unmodelled(..) => Vec::new(),
        EndpointTarget::Service(r) => r
            .id()
            .and_then(|s| draft.services[s].private_name.as_ref())
            .map(|(name, _)| name.to_ascii_lowercase())
            .into_iter()
            .collect(),
    };
    for name in &mut names {
        if let Some(domain) = name.strip_prefix("*.") {
            *name = domain.to_owned();
        }
    }
    names.sort();
    names.dedup();
    names
}

/// One endpoint of a VPC holds a private name; a second request is answered *there is already a
/// conflicting DNS domain* (`/vpc/latest/privatelink/privatelink-access-aws-services.html`).
fn one_endpoint_a_name(
    draft: &Draft,
    endpoint: &VpcEndpoint,
    held: &mut HashMap<(Id<Vpc>, String), String>,
    report: &mut Report,
) {
    let Some(vpc) = endpoint.vpc.id() else { return };
    let mut conflict = None;
    for domain in domains(draft, endpoint) {
        if let Some(first) = held.get(&(vpc, domain.clone())) {
            conflict.get_or_insert((first.clone(), domain));
        } else {
            held.insert((vpc, domain), endpoint.name.clone());
        }
    }
    if let Some((first, domain)) = conflict {
        let message = format!("endpoint `{first}` holds the private name `{domain}`");
        report.error(
            "private-dns-conflict",
            endpoint.label(draft),
            &endpoint.origin,
            message,
        );
    }
}

/// A zone of the user's and an endpoint's hidden zone of the same domain cannot both belong to a
/// VPC: Route 53 answers ConflictingDomainExists
/// (`/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html`).
fn own_zone(zone: &HostedZone, held: &HashMap<(Id<Vpc>, String), String>, report: &mut Report) {
    let owner = zone
        .vpcs
        .iter()
        .filter_map(Ref::id)
        .find_map(|vpc| held.get(&(vpc, zone.domain.clone())));
    if let Some(owner) = owner {
        let message = format!(
            "endpoint `{owner}` holds the private name `{}`",
            zone.domain
        );
        report.error("private-dns-conflict", &zone.name, &zone.origin, message);
    }
}
