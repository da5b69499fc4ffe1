//! VPC endpoints and endpoint services.

use super::dump::Dump;
use super::left_out::NOT_YET;
use super::node::Node;
use super::place::region_in_name;
use super::routes::{aws_name, ip_type};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Behind, DnsType, Draft, EndpointKind, EndpointService, EndpointState, EndpointTarget, Family,
    Gap, HostedZone, IpType, Origin, Record, RecordValue, Ref, ServiceConnection, Unseen,
    VpcEndpoint, Why, is_region,
};
use std::collections::HashMap;

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    for (name, row) in dump.rows("VpcEndpoints", "VpcEndpointId") {
        endpoint(name, &row, dump, draft);
    }
    services(dump, draft);
}

fn endpoint(name: &str, row: &Node<'_>, dump: &Dump<'_>, draft: &mut Draft) {
    let origin = row.origin();
    let Some(vpc) = row.need("VpcId") else { return };
    let tables = row.texts("RouteTableIds");
    let kind = match row.text("VpcEndpointType") {
        Some(kind) => kind.to_ascii_lowercase(),
        None if tables.is_empty() => "interface".to_owned(),
        None => "gateway".to_owned(),
    };
    let own = || {
        let interfaces = row.texts("NetworkInterfaceIds");
        EndpointKind::Interface(interfaces.iter().map(|i| Ref::named(*i, &origin)).collect())
    };
    let (kind, target) = match kind.as_str() {
        "gateway" | "interface" => {
            let Some(service) = row.need("ServiceName") else {
                return;
            };
            let tables = tables.iter().map(|t| Ref::named(*t, &origin));
            let kind = match kind.as_str() {
                "gateway" => EndpointKind::Gateway(tables.collect()),
                _ => own(),
            };
            (kind, target(service, row, &draft.region))
        }
        "gatewayloadbalancer" | "resource" => match unmodelled(&kind, row) {
            Some(target) => (own(), target),
            None => return,
        },
        other => return unknown_kind(name, other, vpc, row, draft),
    };
    let entries = row.items("DnsEntries");
    // The provider's file has the private name of his service; without it the endpoint's own
    // entries say what it answers for.
    let untold = match &target {
        EndpointTarget::Service(service) => !dump.has_service(&service.text),
        EndpointTarget::Unmodelled(..) => true,
        EndpointTarget::Aws(..) => false,
    };
    if untold && row.flag("PrivateDnsEnabled") == Some(true) {
        for private in private_names(row, name) {
            let record = Record {
                name: private.clone(),
                value: RecordValue::AliasEndpoint(Ref::named(name, &origin)),
                origin: origin.clone(),
            };
            let zone = hidden_zone(&private, vpc, &origin, vec![record]);
            draft.zones.push(zone);
        }
    }
    let dns_type = dns_type(row, matches!(kind, EndpointKind::Gateway(_)));
    let policy = super::policy::attach(row, "PolicyDocument", name, draft);
    draft.endpoints.push(VpcEndpoint {
        name: name.to_owned(),
        id: None,
        vpc: Ref::named(vpc, &origin),
        target,
        kind,
        ip_type: ip_type(row),
        dns_type,
        private_dns: row.flag("PrivateDnsEnabled").unwrap_or(false),
        inbound_only: row
            .get("DnsOptions")
            .and_then(|o| o.flag("PrivateDnsOnlyForInboundResolverEndpoint"))
            .unwrap_or(false),
        state: row.text("State").map(state),
        dns_names: entries
            .iter()
            .filter_map(|e| e.text("DnsName"))
            .filter(|n| n.contains(name))
            .map(|n| n.trim_end_matches('.').to_ascii_lowercase())
            .collect(),
        service_region: row.text("ServiceRegion").map(str::to_owned),
        existing: true,
        policy,
        origin,
    });
}

/// What an endpoint leads to that is known by name only
/// (`/AWSEC2/latest/APIReference/API_VpcEndpoint.html`).
fn unmodelled(kind: &str, row: &Node<'_>) -> Option<EndpointTarget> {
    let (behind, name, what, why) = if kind == "resource" {
        let arn = row.need("ResourceConfigurationArn")?;
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let why = "what a resource gateway reaches is not modelled";
        (Behind::Resource, name, "resource endpoints", why)
    } else {
        let name = row.need("ServiceName")?;
        let name = service_id(name).unwrap_or(name);
        let why = "what the appliances let through is not modelled";
        (
            Behind::Appliances,
            name,
            "Gateway Load Balancer endpoints",
            why,
        )
    };
    row.context.leave(what, why, 1, true);
    Some(EndpointTarget::Unmodelled(behind, name.to_owned()))
}

/// An endpoint of another kind: what it is for, and what its private names lead to, is not modelled.
fn unknown_kind(name: &str, kind: &str, vpc: &str, row: &Node<'_>, draft: &mut Draft) {
    let what = match kind {
        "servicenetwork" => "service network endpoints".to_owned(),
        other => format!("endpoints of type {other}"),
    };
    row.context.leave(&what, NOT_YET, 1, true);
    let network = row.text("ServiceNetworkArn");
    let of = network.map_or(String::new(), |arn| format!(" (to {arn})"));
    let unseen = draft.unseen.push(Unseen::new(
        "VPC endpoint",
        name,
        Why::NotModelled(format!("{what}{of} are {NOT_YET}")),
        &row.origin(),
    ));
    for private in private_names(row, name) {
        let zone = hidden_zone(&private, vpc, &row.origin(), Vec::new());
        let id = draft.zones.push(zone);
        draft.gaps.insert(Gap::ZoneRecords(id), unseen);
    }
}

/// The families of an endpoint's records; where the files do not say, AWS's default.
fn dns_type(row: &Node<'_>, gateway: bool) -> DnsType {
    let options = row.get("DnsOptions");
    let word = options.as_ref().and_then(|o| o.text("DnsRecordIpType"));
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("ipv4") => DnsType::Of(IpType::Ipv4),
        Some("ipv6") => DnsType::Of(IpType::Ipv6),
        Some("dualstack") => DnsType::Of(IpType::Dualstack),
        Some("service-defined") => DnsType::ServiceDefined,
        _ if gateway => DnsType::ServiceDefined,
        _ => DnsType::Of(ip_type(row)),
    }
}

/// The entries that are no names of the endpoint itself.
fn private_names(row: &Node<'_>, endpoint: &str) -> Vec<String> {
    let entries = row.items("DnsEntries");
    entries
        .iter()
        .filter_map(|e| e.text("DnsName"))
        .filter(|n| !n.contains(endpoint))
        .map(|n| n.trim_end_matches('.').to_ascii_lowercase())
        .collect()
}

/// The zone that private DNS of an endpoint hides in its VPC.
fn hidden_zone(name: &str, vpc: &str, origin: &Origin, records: Vec<Record>) -> HostedZone {
    let domain = name.trim_start_matches("*.").to_owned();
    HostedZone {
        name: domain.clone(),
        domain,
        private: true,
        vpcs: vec![Ref::named(vpc, origin)],
        records,
        origin: origin.clone(),
    }
}

/// `vpce-svc-…` in a name.
fn service_id(name: &str) -> Option<&str> {
    name.split('.').find(|part| part.starts_with("vpce-svc-"))
}

fn target(name: &str, row: &Node<'_>, region: &str) -> EndpointTarget {
    if let Some(id) = service_id(name) {
        return EndpointTarget::Service(Ref::named(id, &row.origin()));
    }
    if let Some((region, service)) = aws_name(name)
        && is_region(&region)
    {
        return EndpointTarget::Aws(region, service);
    }
    // `aws.sagemaker.us-east-1.notebook`, `com.amazonaws.s3-global.accesspoint`
    let short: Vec<&str> = name
        .trim_start_matches("com.amazonaws.")
        .trim_start_matches("aws.")
        .split('.')
        .filter(|part| !is_region(part))
        .collect();
    let region = row
        .text("ServiceRegion")
        .map(str::to_owned)
        .or_else(|| region_in_name(name))
        .unwrap_or_else(|| region.to_owned());
    EndpointTarget::Aws(region, short.join("."))
}

fn state(word: &str) -> EndpointState {
    match word.to_ascii_lowercase().as_str() {
        "available" => EndpointState::Available,
        "pendingacceptance" => EndpointState::PendingAcceptance,
        "rejected" => EndpointState::Rejected,
        "failed" => EndpointState::Failed,
        "partial" => EndpointState::Partial,
        _ => EndpointState::Other,
    }
}

/// The families that a service supports.
fn families(row: &Node<'_>) -> Vec<Family> {
    let words = row.texts("SupportedIpAddressTypes");
    let families = words.iter().filter_map(|word| {
        let is = |w: &str| word.eq_ignore_ascii_case(w);
        match (is("ipv4"), is("ipv6")) {
            (true, _) => Some(Family::Ipv4),
            (_, true) => Some(Family::Ipv6),
            _ => {
                let message = format!("`{word}` is not a family of addresses");
                row.wrong("SupportedIpAddressTypes", message);
                None
            }
        }
    });
    match words.is_empty() {
        true => vec![Family::Ipv4],
        false => families.collect(),
    }
}

fn services(dump: &Dump<'_>, draft: &mut Draft) {
    let mut principals: HashMap<&str, Vec<String>> = HashMap::new();
    for page in dump.pages("AllowedPrincipals") {
        for row in page.list.elements() {
            let service = row
                .text("ServiceId")
                .or_else(|| page.root.text("ServiceId"))
                .or_else(|| row.place.word("vpce-svc-"));
            let Some(service) = service else {
                let message = "a principal of an endpoint service that is not named";
                dump.context.say(
                    Diagnostic::warning("nameless-listing", "", &row.origin(), message)
                        .help("put the service's id `vpce-svc-…` in the file's name"),
                );
                continue;
            };
            let known = principals.entry(service).or_default();
            known.extend(row.need("Principal").map(str::to_owned));
        }
    }
    let connections = dump.all("VpcEndpointConnections");
    for (name, row) in dump.rows("ServiceConfigurations", "ServiceId") {
        let origin = row.origin();
        let own = connections
            .iter()
            .filter(|c| c.is("ServiceId", &[name]))
            .filter_map(|c| {
                let origin = c.origin();
                let bound = c.texts("NetworkLoadBalancerArns").into_iter();
                Some(ServiceConnection {
                    endpoint: Ref::named(c.need("VpcEndpointId")?, &origin),
                    state: state(c.need("VpcEndpointState")?),
                    load_balancers: bound.map(|b| Ref::named(b, &origin)).collect(),
                })
            });
        let mut balancers = row.texts("NetworkLoadBalancerArns");
        balancers.extend(row.texts("GatewayLoadBalancerArns"));
        let proof = row.get("PrivateDnsNameConfiguration");
        let private = row.text("PrivateDnsName").map(|n| {
            let proved = proof.is_none_or(|p| p.is("State", &["verified"]));
            (n.trim_end_matches('.').to_ascii_lowercase(), proved)
        });
        if !dump.has("AllowedPrincipals") {
            let why = "not exported: nobody new may connect";
            dump.context
                .leave("principals of endpoint services", why, 1, false);
        }
        draft.services.push(EndpointService {
            name: name.to_owned(),
            aliases: row
                .text("ServiceName")
                .map(str::to_owned)
                .into_iter()
                .collect(),
            load_balancers: balancers.iter().map(|b| Ref::named(*b, &origin)).collect(),
            acceptance_required: row.flag("AcceptanceRequired").unwrap_or(true),
            allowed_principals: principals.remove(name).unwrap_or_default(),
            connections: own.collect(),
            zones: None,
            supported_regions: row
                .items("SupportedRegions")
                .iter()
                .filter_map(|r| r.text("Region").map(str::to_owned))
                .collect(),
            ip_types: families(&row),
            private_name: private,
            origin,
        });
    }
}
