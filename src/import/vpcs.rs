//! VPCs, their attributes, their subnets.

use super::dump::Dump;
use super::encryption::Controls;
use super::listed::Listed;
use super::node::Node;
use super::place::region_of_zone;
use super::public_access::Access;
use crate::model::{DhcpDns, Draft, Fact, Gap, Id, Listing, Ref, Subnet, Unseen, Vpc};
use ipnet::{Ipv4Net, Ipv6Net};
use smol_str::SmolStr;
use std::collections::{HashMap, HashSet};

/// The listings that say what a VPC has: without one, what it lacks is not known.
const OF_VPCS: [Listing; 7] = [
    Listing::Subnets,
    Listing::NetworkInterfaces,
    Listing::InternetGateways,
    Listing::VpcPeeringConnections,
    Listing::HostedZones,
    Listing::ResolverRules,
    Listing::Profiles,
];

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft, listed: &mut Listed) {
    let subnets = dump.rows("Subnets", "SubnetId");
    let tables = Tables::new(dump);
    let gateways = attached(dump);
    let controls = Controls::read(dump);
    let support = attribute(dump, "EnableDnsSupport");
    let hostnames = attribute(dump, "EnableDnsHostnames");
    let dhcp = dhcp_options(dump);
    let named = with_public_names(dump, listed);
    let mut regions: HashMap<&str, String> = HashMap::new();
    for (_, subnet) in &subnets {
        if let (Some(vpc), Some(region)) = (
            subnet.text("VpcId"),
            subnet.text("AvailabilityZone").and_then(region_of_zone),
        ) {
            regions.insert(vpc, region);
        }
    }
    for (name, row) in dump.rows("Vpcs", "VpcId") {
        let origin = row.origin();
        let mut fact = |known: Option<&bool>, what: &str, listing| match known {
            Some(value) => Fact::Known(*value),
            None if named.contains(name) => Fact::Known(true),
            None => Fact::Unseen(draft.unseen.push(Unseen::new(
                "VPC attribute",
                format!("{what} of {name}"),
                dump.why(listing),
                &origin,
            ))),
        };
        let dns_support = fact(support.get(name), "enableDnsSupport", Listing::DnsSupport);
        let hostnames = hostnames.get(name);
        let dns_hostnames = fact(hostnames, "enableDnsHostnames", Listing::DnsHostnames);
        let region = row
            .place
            .region
            .as_deref()
            .or_else(|| regions.get(name).map(String::as_str));
        let account = row.text("OwnerId").or(row.place.account.as_deref());
        let account = account.unwrap_or_default();
        let region = region.unwrap_or(&draft.region).to_owned();
        let id = Id::new(draft.vpcs.len());
        let dhcp_dns = dhcp_dns(&row, &dhcp);
        let mut open: Vec<Listing> = Vec::from(OF_VPCS);
        open.retain(|listing| !dump.lists_for(*listing, account, &region));
        open.extend(dhcp_dns.is_none().then_some(Listing::DhcpOptions));
        // Interfaces show whether there are endpoints whose names a VPC may see.
        let endpoints = [Listing::VpcEndpoints, Listing::NetworkInterfaces];
        let shown = |l: &Listing| dump.lists_for(*l, account, &region);
        open.extend((!endpoints.iter().any(shown)).then_some(Listing::VpcEndpoints));
        for listing in open {
            let unseen = Unseen::new("VPC", name, dump.why(listing), &origin);
            draft.leave_open(Gap::Listing(id, listing), unseen);
        }
        draft.vpcs.push(Vpc {
            name: name.to_owned(),
            id: None,
            account: account.to_owned(),
            region,
            cidrs: cidrs(&row),
            ipv6: ipv6(&row),
            dns_support,
            dns_hostnames,
            dhcp_dns: dhcp_dns.unwrap_or(DhcpDns::Amazon),
            main_table: Ref::named(tables.main(name), &origin),
            internet_gateway: gateways.get(name).map(|g| Ref::named(*g, &origin)),
            encryption: controls.of(name, &row),
            origin,
        });
    }
    let access = Access::read(dump);
    let acls = acl_of_subnet(dump);
    let zones = zone_ids(dump);
    for (name, row) in subnets {
        let origin = row.origin();
        let Some(vpc) = row.need("VpcId") else {
            continue;
        };
        let cidr = row.parsed::<Ipv4Net>("CidrBlock", "an IPv4 block");
        // A subnet has one (`/vpc/latest/userguide/amazon-vpc-limits.html`).
        let ipv6 = ipv6(&row).first().copied();
        if cidr.is_none() && ipv6.is_none() {
            row.need("CidrBlock");
            continue;
        }
        let zone = zone_id(&row, &zones).unwrap_or_default();
        draft.subnets.push(Subnet {
            name: name.to_owned(),
            id: None,
            vpc: Ref::named(vpc, &origin),
            zone,
            cidr: cidr.map(|cidr| cidr.trunc()),
            ipv6,
            dns64: row.flag("EnableDns64").unwrap_or(false),
            table: Ref::named(tables.of(name, vpc), &origin),
            acl: match acls.get(name) {
                Some(acl) => Ref::named(*acl, &origin),
                None => Ref::named(format!("of {name}"), &origin),
            },
            public_access: access.of(name, vpc, &row),
            origin,
        });
    }
}

fn cidrs(row: &Node<'_>) -> Vec<Ipv4Net> {
    let mut out: Vec<Ipv4Net> = row
        .parsed("CidrBlock", "an IPv4 block")
        .into_iter()
        .collect();
    for block in row.items("CidrBlockAssociationSet") {
        let state = block.get("CidrBlockState");
        if state.is_some_and(|s| s.has("State") && !s.is("State", &["associated"])) {
            continue;
        }
        if let Some(cidr) = block.parsed::<Ipv4Net>("CidrBlock", "an IPv4 block")
            && !out.contains(&cidr)
        {
            out.push(cidr);
        }
    }
    out
}

/// The IPv6 blocks that a VPC or a subnet has.
fn ipv6(row: &Node<'_>) -> Vec<Ipv6Net> {
    let blocks = row.items("Ipv6CidrBlockAssociationSet");
    let associated = blocks.iter().filter(|block| {
        let state = block.get("Ipv6CidrBlockState");
        state.is_none_or(|s| !s.has("State") || s.is("State", &["associated"]))
    });
    let blocks = associated.filter_map(|b| b.parsed::<Ipv6Net>("Ipv6CidrBlock", "an IPv6 block"));
    blocks.map(|block| block.trunc()).collect()
}

/// VPC id to attached internet gateway.
fn attached<'a>(dump: &Dump<'a>) -> HashMap<&'a str, &'a str> {
    let mut out = HashMap::new();
    for (name, row) in dump.rows("InternetGateways", "InternetGatewayId") {
        for attachment in row.items("Attachments") {
            if let Some(vpc) = attachment.text("VpcId")
                && super::gateways::holds(&attachment)
            {
                out.insert(vpc, name);
            }
        }
    }
    out
}

/// VPC id to the value of one of its attributes.
fn attribute<'a>(dump: &Dump<'a>, key: &str) -> HashMap<&'a str, bool> {
    let mut out = HashMap::new();
    for page in dump.pages(key) {
        let vpc = page
            .root
            .text("VpcId")
            .or_else(|| page.root.place.word("vpc-"));
        let Some(vpc) = vpc else {
            page.root.wrong("VpcId", "`VpcId` is missing".to_owned());
            continue;
        };
        let value = if page.list.value.object().is_some() {
            page.list.flag("Value")
        } else {
            page.root.flag(key)
        };
        if let Some(value) = value {
            out.insert(vpc, value);
        }
    }
    out
}

/// DHCP option set to its name servers.
fn dhcp_options<'a>(dump: &Dump<'a>) -> HashMap<&'a str, DhcpDns> {
    let mut out = HashMap::new();
    for (name, row) in dump.rows("DhcpOptions", "DhcpOptionsId") {
        let mut dns = DhcpDns::None;
        for entry in row.items("DhcpConfigurations") {
            if !entry.is("Key", &["domain-name-servers"]) {
                continue;
            }
            let values = entry.items("Values");
            let words: Vec<&str> = values.iter().filter_map(|v| v.text("Value")).collect();
            dns = if words
                .iter()
                .any(|w| w.eq_ignore_ascii_case("AmazonProvidedDNS"))
            {
                DhcpDns::Amazon
            } else {
                DhcpDns::Servers(words.iter().filter_map(|w| w.parse().ok()).collect())
            };
        }
        out.insert(name, dns);
    }
    out
}

/// Who answers a VPC's names, if the files say.
fn dhcp_dns(row: &Node<'_>, known: &HashMap<&str, DhcpDns>) -> Option<DhcpDns> {
    match row.text("DhcpOptionsId")? {
        // Without an option set instances built on Nitro ask AWS's resolver, those on Xen nobody
        // (`/vpc/latest/userguide/DHCPOptionSetConcepts.html`).
        "default" => {
            let why = "their instances are taken for Nitro instances, which ask AWS's resolver";
            let what = "VPCs without a DHCP option set";
            row.context.leave(what, why, 1, false);
            Some(DhcpDns::Amazon)
        }
        id => known.get(id).cloned(),
    }
}

/// VPCs with an instance that has a public name: only with both DNS attributes on is there one
/// (`/vpc/latest/userguide/vpc-dns.html`).
fn with_public_names(dump: &Dump<'_>, listed: &mut Listed) -> HashSet<SmolStr> {
    let mut out = std::mem::take(&mut listed.with_public_names);
    for row in super::interfaces::instances(dump) {
        if let (Some(vpc), Some(_)) = (row.text("VpcId"), row.text("PublicDnsName")) {
            out.insert(vpc.into());
        }
    }
    dump.context.absorb(std::mem::take(&mut listed.of_names));
    out
}

/// Zone name, per account, to zone id.
pub(super) type Zones<'a> = HashMap<(Option<&'a str>, &'a str), &'a str>;

pub(super) fn zone_ids<'a>(dump: &Dump<'a>) -> Zones<'a> {
    let mut out = HashMap::new();
    for row in dump.all("AvailabilityZones") {
        if let (Some(name), Some(id)) = (row.text("ZoneName"), row.text("ZoneId")) {
            out.insert((row.place.account.as_deref(), name), id);
        }
    }
    // A subnet has both words for its zone.
    for row in dump.all("Subnets") {
        let words = (row.text("AvailabilityZone"), row.text("AvailabilityZoneId"));
        if let (Some(name), Some(id)) = words {
            out.entry((row.place.account.as_deref(), name))
                .or_insert(id);
        }
    }
    out
}

/// The zone id of a row, else its zone's name.
pub(super) fn zone_id(row: &Node<'_>, zones: &Zones<'_>) -> Option<String> {
    if let Some(id) = row.text("AvailabilityZoneId") {
        return Some(id.to_owned());
    }
    let name = row.text("AvailabilityZone")?;
    let account = row.place.account.as_deref();
    let id = zones.get(&(account, name));
    if id.is_none() {
        let why = "zone names are used: the ids are not exported, and names differ by account";
        row.context.leave("zone ids", why, 1, false);
    }
    Some(id.map_or(name, |id| id).to_owned())
}

fn acl_of_subnet<'a>(dump: &Dump<'a>) -> HashMap<&'a str, &'a str> {
    let mut out = HashMap::new();
    for (name, row) in dump.rows("NetworkAcls", "NetworkAclId") {
        for association in row.items("Associations") {
            if let Some(subnet) = association.text("SubnetId") {
                out.insert(subnet, name);
            }
        }
    }
    out
}

/// Which table a subnet uses.
struct Tables<'a> {
    /// VPCs with a table that only an endpoint tells of: any subnet may be its.
    hidden: HashSet<&'a str>,
    main: HashMap<&'a str, &'a str>,
    explicit: HashMap<&'a str, &'a str>,
}

impl<'a> Tables<'a> {
    fn new(dump: &Dump<'a>) -> Self {
        let mut tables = Tables {
            hidden: HashSet::new(),
            main: HashMap::new(),
            explicit: HashMap::new(),
        };
        let mut known: HashSet<&str> = HashSet::new();
        for (name, row) in dump.rows("RouteTables", "RouteTableId") {
            for association in row.items("Associations") {
                let state = association.get("AssociationState");
                if state.is_some_and(|s| {
                    s.has("State") && !s.is("State", &["associated", "associating"])
                }) {
                    continue;
                }
                if let Some(subnet) = association.text("SubnetId") {
                    tables.explicit.insert(subnet, name);
                } else if !association.has("GatewayId")
                    && association.flag("Main") == Some(true)
                    && let Some(vpc) = row.text("VpcId")
                {
                    tables.main.insert(vpc, name);
                }
            }
            known.insert(name);
        }
        for row in dump.all("VpcEndpoints") {
            let hidden = row.texts("RouteTableIds");
            if let (Some(vpc), true) = (
                row.text("VpcId"),
                hidden.iter().any(|t| !known.contains(*t)),
            ) {
                tables.hidden.insert(vpc);
            }
        }
        tables
    }

    fn main(&self, vpc: &str) -> String {
        match self.main.get(vpc) {
            Some(table) => (*table).to_owned(),
            None => format!("main of {vpc}"),
        }
    }

    fn of(&self, subnet: &str, vpc: &str) -> String {
        match self.explicit.get(subnet) {
            Some(table) => (*table).to_owned(),
            None if self.hidden.contains(vpc) => format!("of {subnet}"),
            None => self.main(vpc),
        }
    }
}
