//! Hosted zones and their records.

use super::dump::Dump;
use super::node::Node;
use crate::diagnostic::Diagnostic;
use crate::model::{Draft, HostedZone, Record, RecordValue, Ref};
use std::collections::HashMap;

/// A zone's id, without `/hostedzone/`.
fn short(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// A name as we keep it: lower case, `*` for `\052`, no final dot.
fn clean(name: &str) -> String {
    name.trim_end_matches('.')
        .replace("\\052", "*")
        .to_ascii_lowercase()
}

/// What an alias may lead to.
struct Aliases {
    balancers: HashMap<String, String>,
}

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    let aliases = Aliases {
        balancers: dump
            .all("LoadBalancers")
            .iter()
            .filter_map(|b| {
                Some((
                    clean(b.text("DNSName")?),
                    b.text("LoadBalancerArn")?.to_owned(),
                ))
            })
            .collect(),
    };
    let mut order: Vec<&str> = Vec::new();
    let mut rows: HashMap<&str, Node<'_>> = HashMap::new();
    let mut vpcs: HashMap<&str, Vec<(&str, Node<'_>)>> = HashMap::new();
    let mut listed = dump.all("HostedZones");
    for page in dump.pages("HostedZone") {
        let Some(id) = page.list.need("Id") else {
            continue;
        };
        for vpc in page.root.items("VPCs") {
            let Some(name) = vpc.need("VPCId") else {
                continue;
            };
            vpcs.entry(short(id)).or_default().push((name, vpc));
        }
        listed.push(page.list.clone());
    }
    for row in listed {
        let Some(id) = row.need("Id").map(short) else {
            continue;
        };
        if rows.insert(id, row).is_none() {
            order.push(id);
        }
    }
    let mut records: HashMap<&str, Vec<Record>> = HashMap::new();
    for page in dump.pages("ResourceRecordSets") {
        let told = page
            .root
            .text("HostedZoneId")
            .or_else(|| page.root.text("Id"));
        let told = told.map(short);
        let id = told.or_else(|| order.iter().copied().find(|id| page.root.place.carries(id)));
        let Some(id) = id.filter(|id| rows.contains_key(id)) else {
            let message = "records of a hosted zone that is not in the files";
            dump.context.say(
                Diagnostic::warning("nameless-listing", "", &page.list.origin(), message)
                    .help("put the zone's id in the file's name, and list the zone"),
            );
            continue;
        };
        let sets = page.list.elements();
        let found = sets.iter().filter_map(|s| record(s, &aliases));
        records.entry(id).or_default().extend(found);
    }
    for id in order {
        let Some(row) = rows.get(id) else { continue };
        let origin = row.origin();
        let Some(domain) = row.need("Name").map(clean) else {
            continue;
        };
        let config = row.get("Config");
        let private = config.is_some_and(|c| c.flag("PrivateZone") == Some(true));
        let vpcs = vpcs.remove(id).unwrap_or_default();
        if private && vpcs.is_empty() {
            let why = "no `get-hosted-zone` answer says which";
            dump.context
                .leave("VPCs of private hosted zones", why, 1, true);
        }
        let records = records.remove(id);
        if records.is_none() {
            let why = "not exported";
            dump.context.leave("records of hosted zones", why, 1, true);
        }
        draft.zones.push(HostedZone {
            name: domain.clone(),
            domain,
            private,
            vpcs: vpcs
                .iter()
                .map(|(v, n)| Ref::named(*v, &n.origin()))
                .collect(),
            records: records.unwrap_or_default(),
            origin,
        });
    }
}

fn record(row: &Node<'_>, aliases: &Aliases) -> Option<Record> {
    let origin = row.origin();
    let name = clean(row.need("Name")?);
    let kind = row.need("Type")?;
    if row.has("SetIdentifier") {
        let why = "routing policies (weighted, failover, ...) are not modelled yet";
        row.context.leave("DNS records", why, 1, true);
        return None;
    }
    let alias = row.get("AliasTarget");
    let values = row.items("ResourceRecords");
    let value = match (kind, alias) {
        ("A", Some(alias)) => alias_value(&alias, aliases)?,
        ("A", None) => RecordValue::A(
            values
                .iter()
                .filter_map(|v| v.parsed("Value", "an IPv4 address"))
                .collect(),
        ),
        ("CNAME", None) => RecordValue::Cname(clean(values.first()?.need("Value")?)),
        ("CNAME", Some(alias)) => RecordValue::AliasName(clean(alias.need("DNSName")?)),
        ("AAAA", _) => {
            row.context
                .leave("AAAA records", "only IPv4 is modelled", 1, false);
            return None;
        }
        _ => {
            let what = format!("{kind} records");
            row.context
                .leave(&what, "they name no address", 1, kind == "NS");
            return None;
        }
    };
    Some(Record {
        name,
        value,
        origin,
    })
}

fn alias_value(alias: &Node<'_>, aliases: &Aliases) -> Option<RecordValue> {
    let name = clean(alias.need("DNSName")?);
    let plain = name.strip_prefix("dualstack.").unwrap_or(&name);
    if let Some(arn) = aliases.balancers.get(plain) {
        let balancer = Ref::named(arn.as_str(), &alias.origin());
        return Some(RecordValue::AliasLoadBalancer(balancer));
    }
    // `vpce-<id>-<random>.<service>...` is regional, one more word makes it zonal.
    let label = name.split('.').next().unwrap_or_default();
    let words: Vec<&str> = label.split('-').collect();
    if let (["vpce", id, _], true) = (words.as_slice(), name.contains(".vpce.")) {
        let endpoint = Ref::named(format!("vpce-{id}"), &alias.origin());
        return Some(RecordValue::AliasEndpoint(endpoint));
    }
    Some(RecordValue::AliasName(name))
}
