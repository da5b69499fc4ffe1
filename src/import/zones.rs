//! Hosted zones and their records.

use super::dump::{Dump, Page};
use super::left_out;
use super::node::Node;
use super::routes::ip_type;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Draft, Family, Gap, HostedZone, Id, IpType, Listing, Record, RecordValue, Ref, Unseen, Why,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A zone's id, without `/hostedzone/`.
fn short(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// A name as we keep it: lower case, `*` for `\052`, no final dot.
pub(super) fn clean(name: &str) -> String {
    name.trim_end_matches('.')
        .replace("\\052", "*")
        .to_ascii_lowercase()
}

/// What an alias may lead to, and of which families it is.
struct Aliases {
    /// ARNs of load balancers by their names.
    balancers: HashMap<String, String>,
    /// Of load balancers by ARN, of endpoints by id.
    families: HashMap<String, IpType>,
}

impl Aliases {
    /// Whether an alias for one family answers in another as well.
    fn exceeds(&self, value: &RecordValue, kind: &str) -> bool {
        let target = match value {
            RecordValue::AliasEndpoint(r) => &r.text,
            RecordValue::AliasLoadBalancer(r) => &r.text,
            // Other names answer as they are asked; nearly all have an alias for IPv4 alone.
            _ => return kind == "AAAA",
        };
        let other = if kind == "A" {
            Family::Ipv6
        } else {
            Family::Ipv4
        };
        self.families
            .get(target.as_str())
            .is_some_and(|own| own.has(other))
    }
}

/// Reads them; gives each by its AWS id.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) -> HashMap<String, Id<HostedZone>> {
    let mut by_id = HashMap::new();
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
        families: [
            ("LoadBalancers", "LoadBalancerArn"),
            ("VpcEndpoints", "VpcEndpointId"),
        ]
        .iter()
        .flat_map(|(list, id)| dump.rows(list, id))
        .map(|(id, row)| (id.to_owned(), ip_type(&row)))
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
        for vpc in dump.beside(page, "VPCs") {
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
    let mut orphans: Vec<Node<'_>> = Vec::new();
    let mut whole: HashSet<&str> = HashSet::new();
    let mut cut: BTreeMap<&str, &Page<'_>> = BTreeMap::new();
    for page in dump.pages("ResourceRecordSets") {
        let told = page
            .root
            .text("HostedZoneId")
            .or_else(|| page.root.text("Id"));
        let told = told.map(short);
        let id = told.or_else(|| order.iter().copied().find(|id| page.root.place.carries(id)));
        let Some(id) = id.filter(|id| rows.contains_key(id)) else {
            orphans.push(page.list.clone());
            continue;
        };
        let domain = rows.get(id).and_then(|z| z.text("Name")).map(clean);
        let found = all_records(&page.list, &aliases, domain.as_deref(), draft);
        records.entry(id).or_default().extend(found);
        if page.goes_on() {
            cut.entry(id).or_insert(page);
        } else {
            whole.insert(id);
        }
    }
    // A record that is not here may be the one that decides, whatever else is.
    for (id, page) in cut.into_iter().filter(|(id, _)| !whole.contains(id)) {
        left_out::cut_off(page);
        records.remove(id);
    }
    for list in orphans {
        orphan(dump, &list, &aliases, draft);
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
        let records = records.remove(id);
        let open = [
            (private && vpcs.is_empty(), Listing::HostedZoneVpcs),
            (records.is_none(), Listing::RecordSets),
        ];
        for (_, listing) in open.into_iter().filter(|(open, _)| *open) {
            let zone = Id::new(draft.zones.len());
            let gap = match listing {
                Listing::RecordSets => Gap::ZoneRecords(zone),
                _ => Gap::ZoneVpcs(zone),
            };
            draft.leave_open(
                gap,
                Unseen::new("hosted zone", domain.clone(), dump.why(listing), &origin),
            );
        }
        by_id.insert(id.to_owned(), Id::new(draft.zones.len()));
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
    by_id
}

fn all_records(
    list: &Node<'_>,
    aliases: &Aliases,
    domain: Option<&str>,
    draft: &mut Draft,
) -> Vec<Record> {
    let (mut own, mut later) = (Vec::new(), Vec::new());
    let sets = list.elements();
    let alias = |set: &Node<'_>, kind: &str| {
        let name = set.text("Name").filter(|_| set.has("AliasTarget"));
        name.filter(|_| set.is("Type", &[kind])).map(clean)
    };
    let of = |kind| sets.iter().filter_map(move |s| alias(s, kind));
    let (v4, v6): (HashSet<String>, HashSet<String>) = (of("A").collect(), of("AAAA").collect());
    for set in &sets {
        let name = set.text("Name").map(clean).unwrap_or_default();
        let both = v4.contains(&name) && v6.contains(&name);
        for found in record(set, aliases, domain, both, draft) {
            match found.value {
                RecordValue::Unseen(_) => later.push(found),
                _ => own.push(found),
            }
        }
    }
    // What is not modelled counts where nothing else has the name.
    later.retain(|l: &Record| !own.iter().any(|r| r.name == l.name));
    own.extend(later);
    own
}

/// Records whose zone is not in the files: their SOA says which domain it is, nothing says whose.
fn orphan(dump: &Dump<'_>, list: &Node<'_>, aliases: &Aliases, draft: &mut Draft) {
    let sets = list.elements();
    let soa = sets.iter().find(|s| s.is("Type", &["SOA"]));
    let Some(domain) = soa.and_then(|s| s.text("Name")).map(clean) else {
        let message = "records of a hosted zone that is not in the files";
        dump.context.say(
            Diagnostic::warning("nameless-listing", "", &list.origin(), message)
                .help("put the zone's id in the file's name, and list the zone"),
        );
        return;
    };
    let records = all_records(list, aliases, Some(&domain), draft);
    let zone = draft.zones.push(HostedZone {
        name: domain.clone(),
        domain: domain.clone(),
        private: true,
        vpcs: Vec::new(),
        records,
        origin: list.origin(),
    });
    let unseen = draft.unseen.push(Unseen::new(
        "hosted zone",
        domain,
        dump.why(Listing::HostedZones),
        &list.origin(),
    ));
    for gap in [Gap::ZoneKind(zone), Gap::ZoneVpcs(zone)] {
        draft.gaps.insert(gap, unseen);
    }
}

/// What a record set says: nothing, one record, or that it is not modelled.
fn record(
    row: &Node<'_>,
    aliases: &Aliases,
    domain: Option<&str>,
    both: bool,
    draft: &mut Draft,
) -> Vec<Record> {
    let origin = row.origin();
    let (Some(name), Some(kind)) = (row.need("Name").map(clean), row.need("Type")) else {
        return Vec::new();
    };
    let mut unmodelled = |names: Vec<String>, what: &str, why: &str, matters: bool| {
        row.context.leave(what, why, 1, matters);
        let unseen = draft.unseen.push(Unseen::new(
            "record",
            names.first().cloned().unwrap_or_default(),
            Why::NotModelled(why.to_owned()),
            &row.origin(),
        ));
        let record = |name| Record {
            name,
            value: RecordValue::Unseen(unseen),
            origin: row.origin(),
        };
        names.into_iter().map(record).collect()
    };
    if row.has("SetIdentifier") {
        let why = "routing policies (weighted, failover, ...) are not modelled yet";
        return unmodelled(vec![name], "DNS records", why, true);
    }
    let value = match (kind, row.get("AliasTarget").as_ref()) {
        ("NS", None) if Some(name.as_str()) != domain => {
            let values = row.items("ResourceRecords");
            let servers = values.iter().filter_map(|v| v.need("Value").map(clean));
            Some(RecordValue::Ns(servers.collect()))
        }
        // AWS has an alias a family. Here one answers what its target has: the second says no more,
        // and one alone must not say more than it does.
        ("AAAA", Some(_)) if both => None,
        ("A" | "AAAA", Some(alias)) => {
            let value = alias_value(alias, aliases);
            if !both && value.as_ref().is_some_and(|v| aliases.exceeds(v, kind)) {
                let why =
                    "an alias for one family of a target that may have both is not modelled yet";
                return unmodelled(vec![name], "DNS records", why, true);
            }
            value
        }
        (kind, alias) => value(row, kind, alias),
    };
    let record = |value| Record {
        name,
        value,
        origin,
    };
    value.map(record).into_iter().collect()
}

fn value(row: &Node<'_>, kind: &str, alias: Option<&Node<'_>>) -> Option<RecordValue> {
    let values = row.items("ResourceRecords");
    Some(match (kind, alias) {
        ("A", None) => RecordValue::A(
            values
                .iter()
                .filter_map(|v| v.parsed("Value", "an IPv4 address"))
                .collect(),
        ),
        ("AAAA", None) => RecordValue::Aaaa(
            values
                .iter()
                .filter_map(|v| v.parsed("Value", "an IPv6 address"))
                .collect(),
        ),
        ("CNAME", None) => RecordValue::Cname(clean(values.first()?.need("Value")?)),
        ("CNAME", Some(alias)) => RecordValue::AliasName(clean(alias.need("DNSName")?)),
        _ => {
            let what = format!("{kind} records");
            row.context.leave(&what, "they name no address", 1, false);
            return None;
        }
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
