//! Route tables, and which prefix list an id names.

use super::dump::Dump;
use super::node::Node;
use crate::model::{
    ConnectionKind, Destination, Draft, Edge, Family, IpType, Joined, Origin, Ref, Route,
    RouteKind, RouteTable, Target, Unseen, Why, ipv6_list, list_service,
};
use ipnet::IpNet;
use std::collections::HashMap;

/// `(region, service)` of AWS-managed lists, by id.
pub(super) type AwsLists = HashMap<String, (String, String)>;

/// `com.amazonaws.<region>.<service>` taken apart.
pub(super) fn aws_name(name: &str) -> Option<(String, String)> {
    let rest = name.strip_prefix("cn.").unwrap_or(name);
    let (region, service) = rest.strip_prefix("com.amazonaws.")?.split_once('.')?;
    (region != "vpce").then(|| (region.to_owned(), service.to_owned()))
}

/// By the lists' names, and by the routes that AWS makes for gateway endpoints.
pub(super) fn aws_lists(dump: &Dump<'_>) -> AwsLists {
    let mut out = AwsLists::new();
    let endpoints: HashMap<&str, (IpType, (String, String))> = dump
        .all("VpcEndpoints")
        .iter()
        .filter_map(|e| {
            let service = aws_name(e.text("ServiceName")?)?;
            Some((e.text("VpcEndpointId")?, (ip_type(e), service)))
        })
        .collect();
    let families = families(dump);
    for table in dump.all("RouteTables") {
        for route in table.items("Routes") {
            if let (Some(list), Some(gateway)) = (
                route.text("DestinationPrefixListId"),
                route.text("GatewayId"),
            ) && let Some((families_of, (region, service))) = endpoints.get(gateway)
            {
                let told = match families_of {
                    IpType::Ipv4 => Some(Family::Ipv4),
                    IpType::Ipv6 => Some(Family::Ipv6),
                    IpType::Dualstack => families.get(list).copied(),
                };
                let name = told.map(|family| list_name(service, family));
                out.extend(name.map(|name| (list.to_owned(), (region.clone(), name))));
            }
        }
    }
    for list in dump.all("PrefixLists") {
        if let (Some(id), Some(name)) = (
            list.text("PrefixListId"),
            list.text("PrefixListName").and_then(aws_name),
        ) {
            out.insert(id.to_owned(), of_family(name, families.get(id).copied()));
        }
    }
    out
}

/// The name of a list, where its blocks say that it is of the other family than its name.
pub(super) fn of_family(
    (region, name): (String, String),
    family: Option<Family>,
) -> (String, String) {
    let name = match family {
        Some(family) => list_name(list_service(&name), family),
        None => name,
    };
    (region, name)
}

fn list_name(service: &str, family: Family) -> String {
    match family {
        Family::Ipv4 => service.to_owned(),
        Family::Ipv6 => ipv6_list(service),
    }
}

/// The families of prefix lists whose blocks are exported.
fn families<'a>(dump: &Dump<'a>) -> HashMap<&'a str, Family> {
    let mut out = HashMap::new();
    let mut note = |id: &'a str, block: &str| {
        if let Ok(block) = block.parse::<IpNet>() {
            out.entry(id).or_insert(Family::of_net(block));
        }
    };
    for row in dump.all("PrefixLists") {
        if let Some(id) = row.text("PrefixListId") {
            row.texts("Cidrs").iter().for_each(|c| note(id, c));
        }
    }
    for (id, entry) in entries(dump) {
        if let Some(block) = entry.text("Cidr") {
            note(id, block);
        }
    }
    out
}

/// The entries of prefix lists, and the list each is of, if its page says.
pub(super) fn entries<'a>(dump: &Dump<'a>) -> Vec<(&'a str, Node<'a>)> {
    let mut out = Vec::new();
    for page in dump.pages("Entries") {
        let told = page.root.text("PrefixListId");
        if let Some(id) = told.or_else(|| page.root.place.word("pl-")) {
            out.extend(page.list.elements().into_iter().map(|entry| (id, entry)));
        }
    }
    out
}

/// The families of a load balancer's, a target group's or an endpoint's addresses.
pub(super) fn ip_type(row: &Node<'_>) -> IpType {
    match row
        .text("IpAddressType")
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("ipv6") => IpType::Ipv6,
        Some(word) if word.starts_with("dualstack") => IpType::Dualstack,
        _ => IpType::Ipv4,
    }
}

/// Reads the tables.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    let lists = aws_lists(dump);
    for (name, row) in dump.rows("RouteTables", "RouteTableId") {
        let origin = row.origin();
        let Some(vpc) = row.need("VpcId") else {
            continue;
        };
        let associations = row.items("Associations");
        let pools = associations.iter().filter(|a| a.has("PublicIpv4Pool"));
        let pools = pools.count();
        if pools > 0 {
            let what = "route tables of public IPv4 pools";
            row.context.leave(what, "not modelled yet", pools, true);
        }
        let routes = row
            .items("Routes")
            .iter()
            .filter_map(|r| route(r, &lists, draft))
            .collect();
        draft.tables.push(RouteTable {
            name: name.to_owned(),
            id: None,
            vpc: Ref::named(vpc, &origin),
            routes,
            edge_of: edge(&row),
            origin,
        });
    }
}

/// The gateway that a table is of.
fn edge(table: &Node<'_>) -> Option<Edge> {
    let all = table.items("Associations");
    let gateway = |a: &Node<'_>| Some((a.text("GatewayId")?.to_owned(), a.origin()));
    let (id, origin) = all.iter().find_map(gateway)?;
    Some(if id.starts_with("vgw-") {
        Edge::Vpn(Ref::named(id, &origin))
    } else {
        Edge::Internet(Ref::named(id, &origin))
    })
}

fn route(row: &Node<'_>, lists: &AwsLists, draft: &mut Draft) -> Option<Route> {
    let origin = row.origin();
    let destination = if let Some(list) = row.text("DestinationPrefixListId") {
        match lists.get(list) {
            Some((region, service)) => Destination::AwsList(region.clone(), service.clone()),
            None => Destination::List(Ref::named(list, &origin)),
        }
    } else {
        let key = match row.has("DestinationIpv6CidrBlock") {
            true => "DestinationIpv6CidrBlock",
            false => "DestinationCidrBlock",
        };
        row.need(key)?;
        Destination::Cidr(row.parsed::<IpNet>(key, "a block")?)
    };
    let propagated = row.is("Origin", &["EnableVgwRoutePropagation"]);
    let kind = match propagated {
        true => propagated_by(row, draft),
        false => RouteKind::Static,
    };
    Some(Route {
        destination,
        target: target(row, &origin, draft),
        kind,
        bgp: crate::model::BgpPath::default(),
        active: !row.is("State", &["blackhole", "filtered"]),
        origin,
    })
}

/// How a route was propagated: as the connections of its gateway say, where they are of one kind.
fn propagated_by(row: &Node<'_>, draft: &Draft) -> RouteKind {
    let gateway = row.text("GatewayId").unwrap_or_default();
    let own = draft.connections.iter().map(|(_, c)| c);
    let own = own.filter(|c| matches!(&c.to, Joined::Vpn(g) if g.text == gateway));
    let mut kinds: Vec<ConnectionKind> = own.map(|c| c.kind).collect();
    kinds.dedup();
    match kinds.as_slice() {
        [ConnectionKind::DirectConnect] => RouteKind::DxBgp,
        [ConnectionKind::VpnStatic] => RouteKind::VpnStatic,
        [ConnectionKind::VpnBgp] => RouteKind::VpnBgp,
        _ => {
            let why = "an export does not say how a route was propagated: BGP over VPN is assumed";
            row.context
                .leave("kinds of propagated routes", why, 1, false);
            RouteKind::VpnBgp
        }
    }
}

/// Targets that are named and not followed: key and kind.
const OTHERS: [(&str, &str); 6] = [
    ("InstanceId", "instance"),
    ("CarrierGatewayId", "carrier gateway"),
    ("LocalGatewayId", "local gateway"),
    ("CoreNetworkArn", "core network"),
    ("OdbNetworkArn", "ODB network"),
    ("VpcEndpointId", "vpc endpoint"),
];

fn target(row: &Node<'_>, origin: &Origin, draft: &mut Draft) -> Target {
    if let Some(nat) = row.text("NatGatewayId") {
        let mut regional = draft.regional_nats.iter();
        if regional.any(|(_, n)| n.name == nat) {
            return Target::RegionalNat(Ref::named(nat, origin));
        }
        return Target::Nat(Ref::named(nat, origin));
    }
    if let Some(peering) = row.text("VpcPeeringConnectionId") {
        return Target::Peering(Ref::named(peering, origin));
    }
    if let Some(transit) = row.text("TransitGatewayId") {
        return Target::Transit(Ref::named(transit, origin));
    }
    if let Some(gateway) = row.text("EgressOnlyInternetGatewayId") {
        return Target::EgressOnly(Ref::named(gateway, origin));
    }
    if let Some(interface) = row.text("NetworkInterfaceId") {
        return Target::Interface(Ref::named(interface, origin));
    }
    let gateway = row.text("GatewayId").or_else(|| row.text("VpcEndpointId"));
    let mut unseen = |name: &str, kind, why: &str| {
        Target::Unseen(draft.unseen.push(Unseen::new(
            kind,
            name,
            Why::NotModelled(why.to_owned()),
            origin,
        )))
    };
    match gateway {
        Some("local") => return Target::Local,
        Some(id) if id.starts_with("igw-") => return Target::Internet(Ref::named(id, origin)),
        Some(id) if id.starts_with("vgw-") => return Target::Vpn(Ref::named(id, origin)),
        Some(id) if id.starts_with("vpce-") => return Target::Endpoint(Ref::named(id, origin)),
        Some(id) => return unseen(id, "gateway", "not modelled yet"),
        None => {}
    }
    for (key, kind) in OTHERS {
        if let Some(id) = row.text(key) {
            row.context
                .leave(&format!("routes to a {kind}"), "not modelled yet", 1, true);
            return unseen(id, kind, "not modelled yet");
        }
    }
    unseen("no target", "route target", "the route names none")
}
