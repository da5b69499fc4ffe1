//! Resolver endpoints and rules, Route 53 Profiles.

use super::dump::Dump;
use super::left_out::NOT_YET;
use super::node::Node;
use super::zones::clean;
use crate::model::{
    Draft, Gap, HostedZone, Id, Interface, Listing, Meaning, Origin, Profile, Ref,
    ResolverEndpoint, ResolverRule, Role, RuleKind, SecurityGroup, Unseen, Why, v4_addresses,
    v6_addresses,
};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads them; interfaces and zones, by their AWS ids, are read already.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft, zones: &HashMap<String, Id<HostedZone>>) {
    for (name, row) in dump.rows("ResolverEndpoints", "Id") {
        endpoint(dump, name, &row, draft);
    }
    for (name, row) in dump.rows("ResolverRules", "Id") {
        rule(dump, name, &row, draft);
    }
    profiles(dump, draft, zones);
}

fn endpoint(dump: &Dump<'_>, name: &str, row: &Node<'_>, draft: &mut Draft) {
    let origin = row.origin();
    let Some(vpc) = row.need("HostVPCId") else {
        return;
    };
    let groups = row.texts("SecurityGroupIds");
    let groups: Vec<Ref<SecurityGroup>> = groups.iter().map(|g| Ref::named(*g, &origin)).collect();
    let pages = dump.pages("IpAddresses").iter();
    for page in pages.filter(|p| p.root.place.carries(name)) {
        for address in page.list.elements() {
            let subnet = address.text("SubnetId");
            let v4 = address.parsed::<Ipv4Addr>("Ip", "an IPv4 address");
            let v6 = address.parsed::<Ipv6Addr>("Ipv6", "an IPv6 address");
            let ip = v4.map(IpAddr::V4).or(v6.map(IpAddr::V6));
            if let (Some(subnet), Some(ip)) = (subnet, ip) {
                own(draft, name, subnet, ip, &groups, &address.origin());
            }
        }
    }
    let interfaces = draft.interfaces.iter();
    let is_own = |i: &Interface| matches!(&i.role, Role::Resolver(r) if r.text == name);
    let mut interfaces: Vec<Ref<Interface>> = interfaces
        .filter(|(_, i)| is_own(i))
        .map(|(_, i)| Ref::named(i.name.as_str(), &i.origin))
        .collect();
    if interfaces.is_empty() {
        interfaces.push(Ref::named(format!("interfaces of {name}"), &origin));
    }
    draft.resolver_endpoints.push(ResolverEndpoint {
        name: name.to_owned(),
        vpc: Ref::named(vpc, &origin),
        inbound: row.is("Direction", &["INBOUND", "INBOUND_DELEGATION"]),
        delegation: row.is("Direction", &["INBOUND_DELEGATION"]),
        interfaces,
        origin,
    });
}

/// An address of an endpoint: an interface that is listed, or one of its own.
fn own(
    draft: &mut Draft,
    endpoint: &str,
    subnet: &str,
    ip: IpAddr,
    groups: &[Ref<SecurityGroup>],
    origin: &Origin,
) {
    let role = Role::Resolver(Ref::named(endpoint, origin));
    let is_it = |i: &Interface| i.subnet.text == subnet && i.has(ip);
    let listed = draft.interfaces.iter().find(|(_, i)| is_it(i));
    let listed = listed.map(|(id, _)| id);
    if let Some(interface) = listed.and_then(|id| draft.interfaces.get_mut(id)) {
        interface.role = role;
        return;
    }
    draft.interfaces.push(Interface {
        name: format!("{endpoint}@{ip}"),
        id: None,
        subnet: Ref::named(subnet, origin),
        ips: v4_addresses(&[ip]).collect(),
        ipv6: v6_addresses(&[ip]).collect(),
        prefixes: Vec::new(),
        groups: groups.to_vec(),
        public: Vec::new(),
        source_dest_check: false,
        deny_all_igw_traffic: None,
        role,
        tags: [].into(),
        origin: origin.clone(),
    });
}

fn rule(dump: &Dump<'_>, name: &str, row: &Node<'_>, draft: &mut Draft) {
    // The resolver's own rule for everything else.
    if row.is("RuleType", &["RECURSIVE"]) {
        return;
    }
    // A rule that delegates has the domain of name servers instead
    // (`/Route53/latest/APIReference/API_route53resolver_ResolverRule.html`).
    let delegates = row.is("RuleType", &["DELEGATE"]);
    let domain = match row.text("DelegationRecord") {
        Some(domain) if delegates => Some(domain),
        _ => row.need("DomainName"),
    };
    let Some(domain) = domain.map(clean) else {
        return;
    };
    let origin = row.origin();
    let targets = row.items("TargetIps");
    let to: Vec<IpAddr> = targets
        .iter()
        .filter_map(|t| t.text("Ip").or_else(|| t.text("Ipv6"))?.parse().ok())
        .collect();
    let mut unseen = |why| {
        RuleKind::Unseen(
            draft
                .unseen
                .push(Unseen::new("Resolver rule", name, why, &origin)),
        )
    };
    let kind = match (row.text("ResolverEndpointId"), row.text("RuleType")) {
        (_, Some("SYSTEM")) => RuleKind::System,
        (Some(endpoint), Some("FORWARD")) if !to.is_empty() => RuleKind::Forward {
            to,
            through: Ref::named(endpoint, &origin),
        },
        (Some(endpoint), _) if delegates && row.has("DelegationRecord") => RuleKind::Delegate {
            through: Ref::named(endpoint, &origin),
        },
        (_, Some("FORWARD" | "DELEGATE")) => unseen(Why::NotSaid),
        _ => unseen(Why::NotModelled(NOT_YET.to_owned())),
    };
    let associations = dump.all("ResolverRuleAssociations");
    let own = associations.iter();
    let own = own.filter(|a| a.is("ResolverRuleId", &[name]));
    let vpcs = own.filter_map(|a| Some(Ref::named(a.text("VPCId")?, &a.origin())));
    let vpcs = vpcs.collect();
    let id = draft.rules.push(ResolverRule {
        name: name.to_owned(),
        domain,
        kind,
        vpcs,
        origin: origin.clone(),
    });
    if !dump.has("ResolverRuleAssociations") {
        draft.leave_open(
            Gap::RuleVpcs(id),
            Unseen::new(
                "Resolver rule",
                name,
                dump.why(Listing::ResolverRuleAssociations),
                &origin,
            ),
        );
    }
}

/// Profiles that VPCs are associated with, and what they bring.
fn profiles(dump: &Dump<'_>, draft: &mut Draft, zones: &HashMap<String, Id<HostedZone>>) {
    let mut known: Vec<Profile> = Vec::new();
    for row in dump.all("ProfileAssociations") {
        let (Some(profile), Some(vpc)) = (row.need("ProfileId"), row.need("ResourceId")) else {
            continue;
        };
        let vpc = Ref::named(vpc, &row.origin());
        match known.iter_mut().find(|p| p.name == profile) {
            Some(known) => known.vpcs.push(vpc),
            None => known.push(Profile {
                name: profile.to_owned(),
                vpcs: vec![vpc],
                zones: Vec::new(),
                rules: Vec::new(),
                endpoints: Vec::new(),
                origin: row.origin(),
            }),
        }
    }
    let mut told: Vec<&str> = Vec::new();
    for row in dump.all("ProfileResourceAssociations") {
        let (Some(owner), Some(arn)) = (row.need("ProfileId"), row.need("ResourceArn")) else {
            continue;
        };
        told.push(owner);
        let Some(profile) = known.iter_mut().find(|p| p.name == owner) else {
            continue;
        };
        let id = arn.rsplit('/').next().unwrap_or(arn);
        let origin = row.origin();
        if arn.contains(":hostedzone/") {
            let mut zone = Ref::named(id, &origin);
            if let Some(known) = zones.get(id) {
                zone.to = Meaning::Known(*known);
            }
            profile.zones.push(zone);
        } else if arn.contains(":resolver-rule/") {
            profile.rules.push(Ref::named(id, &origin));
        } else if arn.contains(":vpc-endpoint/") {
            profile.endpoints.push(Ref::named(id, &origin));
        } else {
            row.context
                .leave("other resources of Profiles", NOT_YET, 1, true);
        }
    }
    for profile in known {
        let origin = profile.origin.clone();
        let silent = !told.contains(&profile.name.as_str());
        let name = profile.name.clone();
        let id = draft.profiles.push(profile);
        if silent {
            draft.leave_open(
                Gap::ProfileResources(id),
                Unseen::new(
                    "Route 53 Profile",
                    name,
                    dump.why(Listing::ProfileResources),
                    &origin,
                ),
            );
        }
    }
}
