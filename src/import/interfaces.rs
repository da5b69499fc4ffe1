//! Network interfaces, instances, elastic addresses.

use super::dump::Dump;
use super::gateways::is_regional;
use super::gateways::primary;
use super::listed::{Attached, Listed};
use super::node::{Context, Node};
use super::row::{Object, Row};
use crate::model::{
    Draft, Gap, Instance, Interface, Listing, Origin, Os, Ref, Role, SecurityGroup, Unseen, Why,
};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// `net/<name>/<id>`, the end of a load balancer's ARN and of its interfaces' descriptions.
fn balancer_key(text: &str) -> Option<&str> {
    text.strip_prefix("ELB ")
        .or_else(|| text.split_once(":loadbalancer/").map(|(_, key)| key))
        .filter(|key| key.contains('/'))
}

/// Who an interface may belong to.
pub(super) struct Owners<'a> {
    nat: HashMap<&'a str, &'a str>,
    endpoints: HashMap<&'a str, &'a str>,
    balancers: HashMap<&'a str, Node<'a>>,
    tags: FxHashMap<&'a str, Vec<(String, String)>>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(dump: &Dump<'a>) -> Self {
        let mut nat = HashMap::new();
        let nats = dump.rows("NatGateways", "NatGatewayId");
        for (name, row) in nats.into_iter().filter(|(_, row)| !is_regional(row)) {
            for address in row.items("NatGatewayAddresses") {
                address
                    .text("NetworkInterfaceId")
                    .map(|i| nat.insert(i, name));
            }
        }
        let mut endpoints = HashMap::new();
        for (name, row) in dump.rows("VpcEndpoints", "VpcEndpointId") {
            for interface in row.texts("NetworkInterfaceIds") {
                endpoints.insert(interface, name);
            }
        }
        let mut balancers = HashMap::new();
        for (arn, row) in dump.rows("LoadBalancers", "LoadBalancerArn") {
            balancer_key(arn).map(|key| balancers.insert(key, row));
        }
        let tags = instances(dump)
            .iter()
            .filter_map(|i| Some((i.text("InstanceId")?, i.tags())))
            .collect();
        Owners {
            nat,
            endpoints,
            balancers,
            tags,
        }
    }

    fn role(&self, row: &Row<'_>, instance: Option<&str>, at: &Origin) -> Role {
        let name = row.network_interface_id;
        let about = row.description.unwrap_or_default();
        let kind = row.interface_type.unwrap_or("interface");
        let kind = match kind.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(kind.to_ascii_lowercase()),
            false => Cow::Borrowed(kind),
        };
        match kind.as_ref() {
            "nat_gateway" => {
                let told = about.strip_prefix("Interface for NAT Gateway ");
                if let Some(nat) = self.nat.get(name).copied().or(told) {
                    return Role::Nat(Ref::named(nat, at));
                }
            }
            "vpc_endpoint" | "gateway_load_balancer_endpoint" => {
                let told = about.strip_prefix("VPC Endpoint Interface ");
                if let Some(endpoint) = self.endpoints.get(name).copied().or(told) {
                    return Role::Endpoint(Ref::named(endpoint, at));
                }
            }
            _ => {}
        }
        if let Some(key) = about.strip_prefix("ELB ").and_then(|_| balancer_key(about)) {
            let arn = self
                .balancers
                .get(key)
                .and_then(|b| b.text("LoadBalancerArn"));
            let name = key.split('/').nth(1).unwrap_or(key);
            return Role::LoadBalancer(Ref::named(arn.unwrap_or(name), at));
        }
        // Which endpoint, their associations say.
        if about.starts_with("ClientVPN Endpoint resource") {
            return Role::ClientVpn(Ref::named(format!("of {name}"), at));
        }
        // `Route 53 Resolver: rslvr-in-<id>:rni-<id>`
        if let Some(about) = about.strip_prefix("Route 53 Resolver: ") {
            let endpoint = about.split(':').next().unwrap_or(about);
            return Role::Resolver(Ref::named(endpoint, at));
        }
        if let Some(instance) = instance {
            return Role::Instance(Ref::named(instance, at));
        }
        match kind.as_ref() {
            "interface" | "lambda" | "efa" | "efa-only" | "branch" | "trunk" => Role::Plain,
            _ => Role::Other(kind.into_owned()),
        }
    }

    /// A load balancer's groups, where its node's interface shows none.
    fn groups(&self, row: &Row<'_>, at: &Origin, context: &Context) -> Vec<Ref<SecurityGroup>> {
        let word = |group: &str| Ref::named(context.word(group), at);
        let named = row.groups.iter().map(|Object(group)| group.group_id);
        let named = named.filter(|group| !group.is_empty());
        // Of a million interfaces none has room for more than its own.
        let mut own = Vec::with_capacity(row.groups.len());
        own.extend(named.map(word));
        if own.is_empty()
            && let Some(key) = row.description.and_then(balancer_key)
            && let Some(balancer) = self.balancers.get(key)
        {
            let groups = balancer.texts("SecurityGroups");
            return groups.into_iter().map(word).collect();
        }
        own
    }
}

/// Every instance of every page.
pub(super) fn instances<'a>(dump: &Dump<'a>) -> Vec<Node<'a>> {
    let mut out = dump.all("Instances");
    for reservation in dump.all("Reservations") {
        out.extend(reservation.items("Instances"));
    }
    out
}

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft, listed: Listed) {
    let owners = Owners::new(dump);
    let elastic = addresses(dump);
    let _ = dump.pages(super::bulk::KEY);
    dump.context.absorb(listed.of_interfaces);
    let mut of_instance = listed.of_instance;
    draft.interfaces = listed.interfaces.into();
    let instances = instances(dump);
    let mut seen = told(dump, &instances, draft);
    let mut known: FxHashSet<SmolStr> = FxHashSet::default();
    for row in instances {
        let Some(name) = row.need("InstanceId") else {
            continue;
        };
        if !known.insert(name.into()) {
            continue;
        }
        let state = row.get("State");
        let gone = state
            .as_ref()
            .is_some_and(|s| s.is("Name", &["terminated"]));
        let Some(vpc) = row.text("VpcId").filter(|_| !gone) else {
            dump.context
                .leave("instances", "terminated, or in no VPC", 1, false);
            continue;
        };
        let origin = row.origin();
        let mut own = of_instance.remove(name).unwrap_or_default();
        for node in row.items("NetworkInterfaces") {
            let Some(id) = node.need("NetworkInterfaceId") else {
                continue;
            };
            let place = node.get("Attachment").and_then(|a| a.int("DeviceIndex"));
            if !own.iter().any(|(_, known)| *known == id) {
                own.push((place.unwrap_or(0), id.into()));
            }
            if seen.insert(id) {
                let (row, at) = (Row::told(id, &node), node.origin());
                let at = (&at, node.context);
                let interface = interface(&row, Some(name), at, &owners, &elastic);
                interface.map(|interface| draft.interfaces.push(interface));
            }
        }
        own.sort_by_key(|(place, _)| *place);
        let windows = row.is("Platform", &["windows"])
            || row
                .text("PlatformDetails")
                .is_some_and(|p| p.starts_with("Windows"));
        draft.instances.push(Instance {
            name: name.to_owned(),
            id: None,
            vpc: Ref::named(vpc, &origin),
            interfaces: own
                .iter()
                .map(|(_, i)| Ref::named(i.clone(), &origin))
                .collect(),
            running: state.is_none_or(|s| s.is("Name", &["running"])),
            os: if windows { Os::Windows } else { Os::Linux },
            forwards: None,
            runs: Vec::new(),
            origin,
        });
    }
    for attached in listed.attached {
        if known.insert(attached.instance.clone()) {
            let own = of_instance.remove(&attached.instance);
            let why = dump.why(Listing::Instances);
            unlisted_instance(attached, own.unwrap_or_default(), why, draft);
        }
    }
    let nats = dump.rows("NatGateways", "NatGatewayId");
    for (name, row) in nats.into_iter().filter(|(_, row)| !is_regional(row)) {
        nat_interface(name, &row, &seen, draft);
    }
}

/// The interfaces that the listing of them has, of those that instances and NAT gateways name.
fn told<'a>(dump: &Dump<'a>, instances: &[Node<'a>], draft: &Draft) -> FxHashSet<&'a str> {
    let of = |row: &Node<'a>, list| {
        let own = row.items(list).into_iter();
        own.filter_map(|own| own.text("NetworkInterfaceId"))
    };
    let nats = dump.all("NatGateways");
    let nats = nats.iter().flat_map(|row| of(row, "NatGatewayAddresses"));
    let all = instances
        .iter()
        .flat_map(|row| of(row, "NetworkInterfaces"));
    let named: FxHashSet<&str> = all.chain(nats).collect();
    let listed = draft.interfaces.iter();
    let listed = listed.filter_map(|(_, i)| named.get(i.name.as_str()).copied());
    listed.collect()
}

/// An instance that only its interfaces tell of: whether it runs, and which system, they do not.
fn unlisted_instance(
    attached: Attached,
    mut interfaces: Vec<(i64, SmolStr)>,
    why: Why,
    draft: &mut Draft,
) {
    let Attached {
        instance: name,
        vpc: Some(vpc),
        origin,
    } = attached
    else {
        return;
    };
    interfaces.sort_by_key(|(place, _)| *place);
    let interfaces = interfaces.iter();
    let id = draft.instances.push(Instance {
        name: name.to_string(),
        id: None,
        vpc: Ref::named(vpc, &origin),
        interfaces: interfaces
            .map(|(_, i)| Ref::named(i.clone(), &origin))
            .collect(),
        running: true,
        os: Os::Any,
        forwards: None,
        runs: Vec::new(),
        origin: origin.clone(),
    });
    draft.leave_open(
        Gap::Running(id),
        Unseen::new("state of instance", name.to_string(), why, &origin),
    );
}

/// Interface to its elastic addresses: (private, public).
pub(super) type Elastic<'a> = HashMap<&'a str, Vec<(Option<Ipv4Addr>, Ipv4Addr)>>;

pub(super) fn addresses<'a>(dump: &Dump<'a>) -> Elastic<'a> {
    let mut out = Elastic::new();
    for row in dump.all("Addresses") {
        let Some(interface) = row.text("NetworkInterfaceId") else {
            let bound = row.has("InstanceId");
            let why = "they are associated with nothing in a VPC";
            dump.context.leave("elastic addresses", why, 1, bound);
            continue;
        };
        row.need("PublicIp");
        if let Some(public) = row.parsed("PublicIp", "an IPv4 address") {
            let private = row.parsed("PrivateIpAddress", "an IPv4 address");
            out.entry(interface).or_default().push((private, public));
        }
    }
    out
}

/// The interface of a row.
pub(super) fn interface(
    row: &Row<'_>,
    instance: Option<&str>,
    (origin, context): (&Origin, &Context),
    owners: &Owners<'_>,
    elastic: &Elastic<'_>,
) -> Option<Interface> {
    let (name, subnet) = (row.network_interface_id, row.subnet_id);
    if subnet.is_empty() {
        return None;
    }
    let mut ips: Vec<Ipv4Addr> = Vec::new();
    let mut public: Vec<(Ipv4Addr, Ipv4Addr)> = Vec::new();
    for Object(address) in &row.private_ip_addresses {
        let Some(ip) = address.private_ip_address else {
            continue;
        };
        if address.primary == Some(true) {
            ips.insert(0, ip);
        } else {
            ips.push(ip);
        }
        let association = address.association.as_ref();
        if let Some(outer) = association.and_then(|Object(a)| a.public_ip) {
            public.push((ip, outer));
        }
    }
    if let Some(ip) = row.private_ip_address
        && !ips.contains(&ip)
    {
        ips.insert(0, ip);
    }
    let ipv6 = ipv6(row);
    let main = ips.first().copied();
    if main.is_none() && ipv6.is_empty() {
        let why = "they have no address";
        context.leave("network interfaces", why, 1, true);
        return None;
    }
    let outer = row.association.as_ref().and_then(|Object(a)| a.public_ip);
    let outer = outer.map(|outer| (None, outer));
    let elastic = elastic.get(name).into_iter().flatten().copied();
    for (inner, outer) in outer.into_iter().chain(elastic) {
        if let Some(inner) = inner.or(main)
            && !public.iter().any(|(known, _)| *known == inner)
        {
            public.push((inner, outer));
        }
    }
    let mut tags: Vec<(&str, &str)> = row.tags().collect();
    let of_instance = instance.and_then(|i| owners.tags.get(i));
    for (key, value) in of_instance.into_iter().flatten() {
        if !tags.iter().any(|(known, _)| known == key) {
            tags.push((key, value));
        }
    }
    let four = row.ipv4_prefixes.iter().map(|Object(p)| p.ipv4_prefix);
    let six = row.ipv6_prefixes.iter().map(|Object(p)| p.ipv6_prefix);
    Some(Interface {
        name: name.to_owned(),
        id: None,
        subnet: Ref::named(context.word(subnet), origin),
        ips,
        ipv6,
        prefixes: four.chain(six).flatten().collect(),
        groups: owners.groups(row, origin, context),
        public,
        source_dest_check: row.source_dest_check.unwrap_or(true),
        deny_all_igw_traffic: row.deny_all_igw_traffic,
        role: owners.role(row, instance, origin),
        tags: context.tags(&tags),
        origin: origin.clone(),
    })
}

/// IPv6 addresses, the primary first.
fn ipv6(row: &Row<'_>) -> Vec<Ipv6Addr> {
    let mut out = Vec::new();
    for Object(address) in &row.ipv6_addresses {
        let Some(ip) = address.ipv6_address else {
            continue;
        };
        if address.is_primary_ipv6 == Some(true) {
            out.insert(0, ip);
        } else {
            out.push(ip);
        }
    }
    out
}

/// The interface of a NAT gateway that the interfaces' listing lacks.
fn nat_interface(name: &str, row: &Node<'_>, seen: &FxHashSet<&str>, draft: &mut Draft) {
    let (Some(subnet), Some(address)) = (row.text("SubnetId"), primary(row)) else {
        return;
    };
    let available = !row.has("State") || row.is("State", &["available"]);
    let Some(id) = address.text("NetworkInterfaceId") else {
        return;
    };
    if seen.contains(id) || !available {
        return;
    }
    let Some(ip) = address.parsed("PrivateIp", "an IPv4 address") else {
        return;
    };
    let outer = address.parsed("PublicIp", "an IPv4 address");
    let origin = address.origin();
    draft.interfaces.push(Interface {
        name: id.to_owned(),
        id: None,
        subnet: Ref::named(subnet, &origin),
        ips: vec![ip],
        ipv6: Vec::new(),
        prefixes: Vec::new(),
        groups: Vec::new(),
        public: outer.map(|o| (ip, o)).into_iter().collect(),
        source_dest_check: false,
        deny_all_igw_traffic: None,
        role: Role::Nat(Ref::named(name, &origin)),
        tags: [].into(),
        origin,
    });
}
