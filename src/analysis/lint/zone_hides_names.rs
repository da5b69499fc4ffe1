//! A private hosted zone is asked first and last: a name it lacks is unknown, whatever the public
//! DNS says (`/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html`).

use super::Finding;
use crate::model::{HostedZone, Network, Record, RecordValue, catalog};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, zone) in network.zones.iter().filter(|(_, z)| z.private && !z.vpcs.is_empty()) {
        let hidden: Vec<&str> = public(network).filter(|name| hides(zone, name)).collect();
        let domain = &zone.domain;
        let message = if let Some(name) = hidden.first() {
            let more = match hidden.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            format!("`{name}`{more} is public, and the private zone `{domain}` has no such record")
        } else if above_aws(domain) {
            format!("the private zone `{domain}` makes every AWS name below it unknown")
        } else {
            continue;
        };
        out.push(Finding {
            at: zone.name.clone(),
            origin: zone.origin.clone(),
            message,
            help: "add the missing records, or make the zone's domain narrower".to_owned(),
        });
    }
    out
}

/// Names that the public DNS of the input has.
fn public(network: &Network) -> impl Iterator<Item = &str> {
    let zones = network.zones.iter().filter(|(_, z)| !z.private);
    let records = zones.flat_map(|(_, z)| &z.records);
    let hosts = network.internet_hosts.iter().flat_map(|(_, h)| &h.records);
    let written = records.chain(&network.public_records).map(|r| r.name.as_str());
    written.chain(hosts.map(String::as_str))
}

fn hides(zone: &HostedZone, name: &str) -> bool {
    let below = name == zone.domain || name.ends_with(&format!(".{}", zone.domain));
    let has = |record: &str| match record.strip_prefix("*.") {
        Some(rest) => name.ends_with(&format!(".{rest}")),
        None => record == name,
    };
    // What a zone leaves to others it does not deny.
    let leaves = |r: &Record| {
        let inside = name == r.name || name.ends_with(&format!(".{}", r.name));
        inside && r.name != zone.domain && matches!(r.value, RecordValue::Ns(_))
    };
    below && !zone.records.iter().any(|r| has(&r.name) || leaves(r))
}

/// Whether every service of a Region, or of AWS, lies below the domain.
fn above_aws(domain: &str) -> bool {
    let regional = || {
        let owned = |name: &str| catalog::owner_of(name).is_some();
        domain.ends_with(".amazonaws.com") && owned(&format!("ec2.{domain}")) && !owned(domain)
    };
    domain == "com" || domain == "amazonaws.com" || regional()
}
