//! What Route 53 refuses in a hosted zone. An import says what AWS has: it is not asked.

use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{Draft, HostedZone, Record, RecordValue, World};
use std::mem::discriminant;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    if draft.world == World::Open {
        return;
    }
    for (_, zone) in draft.zones.iter() {
        public_of_vpcs(zone, report);
        for (number, record) in zone.records.iter().enumerate() {
            outside(zone, record, report);
            alone(zone, record, report);
            twice(zone, number, record, report);
        }
    }
}

/// A public zone is the world's: only private ones are associated with VPCs
/// (`/Route53/latest/DeveloperGuide/hosted-zones-private.html`).
fn public_of_vpcs(zone: &HostedZone, report: &mut Report) {
    if let (false, Some(vpc)) = (zone.private, zone.vpcs.first()) {
        let message = format!("zone `{}` is public, and not of VPCs", zone.name);
        report.error("public-zone-of-vpcs", &zone.name, &vpc.origin, message);
    }
}

/// A record has the zone's domain, or a name below it
/// (`/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html`).
fn outside(zone: &HostedZone, record: &Record, report: &mut Report) {
    let above = record.name.strip_suffix(zone.domain.as_str());
    if !above.is_some_and(|left| left.is_empty() || left.ends_with('.') || zone.domain.is_empty()) {
        let message = format!("`{}` is not in the domain `{}`", record.name, zone.domain);
        let help = format!(
            "write the whole name: `{0}`, or one that ends in `.{0}`",
            zone.domain
        );
        report.push(
            Diagnostic::error("record-outside-zone", &zone.name, &record.origin, message)
                .help(help),
        );
    }
}

/// A CNAME stands below the zone's own name, and is the only record of its name
/// (`/Route53/latest/DeveloperGuide/ResourceRecordTypes.html`).
fn alone(zone: &HostedZone, record: &Record, report: &mut Report) {
    if !matches!(record.value, RecordValue::Cname(_)) {
        return;
    }
    let others = zone.records.iter().filter(|r| r.name == record.name);
    let fault = if record.name == zone.domain {
        "is the zone's own name: make it an alias"
    } else if others.count() > 1 {
        "has other records"
    } else {
        return;
    };
    let message = format!("`{}` is a CNAME, and {fault}", record.name);
    report.error("cname-not-alone", &zone.name, &record.origin, message);
}

/// A name has one record of a type, with all its values.
fn twice(zone: &HostedZone, number: usize, record: &Record, report: &mut Report) {
    let cname = matches!(record.value, RecordValue::Cname(_));
    let kind = discriminant(&record.value);
    let same = |r: &Record| r.name == record.name && discriminant(&r.value) == kind;
    if !cname && zone.records.iter().take(number).any(same) {
        let message = format!("`{}` has a record of this type already", record.name);
        let found = crate::diagnostic::Diagnostic::error(
            "record-twice",
            &zone.name,
            &record.origin,
            message,
        );
        report.push(found.help("write all values as one list"));
    }
}
