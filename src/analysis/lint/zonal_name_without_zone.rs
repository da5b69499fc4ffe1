//! A zonal name exists for the zones that an endpoint is in, and for no others; across Regions there
//! are none (`/vpc/latest/privatelink/privatelink-access-aws-services.html`,
//! `/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html`).

use super::{Finding, scoped};
use crate::aws::endpoint_name;
use crate::model::{EndpointKind, Id, Network, Record, RecordValue, VpcEndpoint};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let zones = network.zones.iter().map(|(_, z)| (z.name.as_str(), &z.records));
    let public = ("the public DNS", &network.public_records);
    let mut out = Vec::new();
    for (holder, records) in zones.chain([public]) {
        for record in records {
            let (RecordValue::Cname(name) | RecordValue::AliasName(name)) = &record.value else {
                continue;
            };
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let mut all = network.endpoints.iter();
            out.extend(all.find_map(|(id, e)| missing(network, (holder, record), &name, id, e)));
        }
    }
    out
}

/// The name is that of a zone which this endpoint is not in.
fn missing(
    network: &Network,
    (holder, record): (&str, &Record),
    name: &str,
    id: Id<VpcEndpoint>,
    endpoint: &VpcEndpoint,
) -> Option<Finding> {
    let EndpointKind::Interface(interfaces) = &endpoint.kind else {
        return None;
    };
    // What an import does not show of its interfaces may be in any zone.
    let subnets = interfaces.iter().map(|i| network.interfaces[i.id()?].subnet.id());
    let subnets: Option<Vec<_>> = subnets.collect();
    let mut zones: Vec<&str> = subnets?.iter().map(|s| network.subnets[*s].zone.as_str()).collect();
    let across = endpoint.across(network).is_some();
    if across {
        zones.clear();
    }
    let regional = endpoint_name(network, id, None);
    let zone = zone_of(name, &regional)?;
    let given = endpoint.dns_names.iter().map(|n| n.trim_end_matches('.'));
    let made = zones.iter().map(|z| endpoint_name(network, id, Some(z)));
    if given.clone().any(|n| n.eq_ignore_ascii_case(name)) || made.clone().any(|n| n == name) {
        return None;
    }
    let at = scoped(network, endpoint.vpc.id(), &endpoint.name);
    let message = format!("record `{}` of {holder} names zone {zone} of `{at}`", record.name);
    let (why, help) = match across {
        true => (
            "which serves another Region and has no zonal names".to_owned(),
            format!("write its regional name, {regional}"),
        ),
        false => (
            format!("which is in {} only", zones.join(", ")),
            format!("write {regional}, or give the endpoint a subnet there"),
        ),
    };
    Some(Finding {
        message: format!("{message}, {why}"),
        help,
        origin: record.origin.clone(),
        at,
    })
}

/// The zone that a name says, if it is one of the endpoint with this regional name: its first label,
/// and the zone's.
fn zone_of<'n>(name: &'n str, regional: &str) -> Option<&'n str> {
    let (own, rest) = regional.split_once('.')?;
    let (label, domain) = name.split_once('.')?;
    let zone = label.strip_prefix(own)?.strip_prefix('-')?;
    (domain == rest && !zone.is_empty()).then_some(zone)
}
