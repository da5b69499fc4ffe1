//! Client VPN endpoints: the subnets they are associated with, their routes, and who may go where
//! (`/AWSEC2/latest/APIReference/API_DescribeClientVpnTargetNetworks.html`,
//! `API_DescribeClientVpnRoutes.html`, `API_DescribeClientVpnAuthorizationRules.html`).
//!
//! A rule for a group of a directory holds for its members: whether a client is one is in no
//! listing.

use super::dump::Dump;
use super::left_out::NOT_YET;
use super::node::Node;
use crate::model::{ClientVpn, Draft, Gap, Id, Interface, Listing, Ref, Role, Subnet, Unseen, Why};
use ipnet::Ipv4Net;

const KIND: &str = "Client VPN endpoint";

/// Reads them; interfaces are read already.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) {
    for (name, row) in dump.rows("ClientVpnEndpoints", "ClientVpnEndpointId") {
        let status = row.get("Status");
        if !status.is_some_and(|s| s.is("Code", &["deleting", "deleted"])) {
            endpoint(name, &row, dump, draft);
        }
    }
}

/// What another listing says of an endpoint, where its state is one that holds.
fn own<'a>(dump: &Dump<'a>, key: &str, endpoint: &str, state: &str) -> Vec<Node<'a>> {
    let holds = |row: &Node<'_>| {
        let status = row.get("Status");
        status.is_none_or(|s| !s.has("Code") || s.is("Code", &[state]))
    };
    let mut rows = dump.all(key);
    rows.retain(|row| row.is("ClientVpnEndpointId", &[endpoint]) && holds(row));
    rows
}

fn endpoint(name: &str, row: &Node<'_>, dump: &Dump<'_>, draft: &mut Draft) {
    let origin = row.origin();
    let networks = own(dump, "ClientVpnTargetNetworks", name, "associated");
    let vpc = row.text("VpcId");
    let vpc = vpc.or_else(|| networks.iter().find_map(|n| n.text("VpcId")));
    let leave = |what: &str, why: &str, matters| dump.context.leave(what, why, 1, matters);
    if row.has("TransitGatewayConfiguration") {
        return leave("Client VPN endpoints of transit gateways", NOT_YET, true);
    }
    let Some(vpc) = vpc else {
        return leave("Client VPN endpoints", "associated with no VPC", false);
    };
    if row.is("TrafficIpAddressType", &["ipv6", "dual-stack"]) {
        leave("IPv6 of Client VPN endpoints", NOT_YET, true);
    }
    let clients = row.parsed::<Ipv4Net>("ClientCidrBlock", "an IPv4 block");
    let Some(clients) = clients else {
        if !row.is("TrafficIpAddressType", &["ipv6"]) {
            row.need("ClientCidrBlock");
        }
        return;
    };
    let id = Id::new(draft.client_vpns.len());
    let unseen = |kind, why| Unseen::new(kind, name, why, &origin);
    for (gap, listing) in [
        (Gap::ClientVpnNetworks(id), Listing::ClientVpnNetworks),
        (Gap::ClientVpnRoutes(id), Listing::ClientVpnRoutes),
        (Gap::ClientVpnRules(id), Listing::ClientVpnRules),
    ] {
        if !dump.tells(listing, name) {
            draft.leave_open(gap, unseen(KIND, dump.why(listing)));
        }
    }
    let (mut authorize, mut of_groups) = (Vec::new(), Vec::new());
    for rule in own(dump, "AuthorizationRules", name, "active") {
        let Some(block) = block(&rule) else { continue };
        match rule.text("GroupId") {
            Some(group) if rule.flag("AccessAll") != Some(true) => {
                let why = format!("whether a client is in group {group} is in no listing");
                let unseen = unseen("clients of", Why::Untold(why));
                of_groups.push((block, draft.unseen.push(unseen)));
            }
            _ => authorize.push(block),
        }
    }
    let mut interfaces = Vec::new();
    for network in &networks {
        let found = interfaces_of(name, row, network, dump, draft);
        if found.is_empty() {
            let kind = "network interface of Client VPN endpoint";
            let why = dump.why(Listing::NetworkInterfaces);
            let unseen = Unseen::new(kind, name, why, &network.origin());
            draft.leave_open(Gap::ClientVpnNetworks(id), unseen);
        }
        interfaces.extend(found);
    }
    draft.client_vpns.push(ClientVpn {
        name: name.to_owned(),
        vpc: Ref::named(vpc, &origin),
        clients: clients.trunc(),
        interfaces,
        authorize,
        of_groups,
        routes: routes(name, vpc, dump, draft),
        split_tunnel: row.flag("SplitTunnel").unwrap_or(false),
        origin,
    });
}

fn block(row: &Node<'_>) -> Option<Ipv4Net> {
    let text = row.need("DestinationCidr")?;
    if text.contains(':') {
        let what = "IPv6 of Client VPN endpoints";
        row.context.leave(what, NOT_YET, 1, true);
        return None;
    }
    row.parsed("DestinationCidr", "a block")
}

/// Routes beside those to the VPC's own blocks, which are made with an association.
fn routes(name: &str, vpc: &str, dump: &Dump<'_>, draft: &Draft) -> Vec<(Ipv4Net, Ref<Subnet>)> {
    let vpc = draft.vpcs.iter().find(|(_, v)| v.name == vpc);
    let blocks = vpc.map_or(&[][..], |(_, v)| v.cidrs.as_slice());
    let mut out = Vec::new();
    let mut covered: Vec<Ipv4Net> = Vec::new();
    for route in own(dump, "ClientVpnRoutes", name, "active") {
        let Some(block) = block(&route) else { continue };
        covered.push(block);
        if blocks.contains(&block) {
            continue;
        }
        match route.need("TargetSubnet") {
            // Back into the tunnel, to another client (`/vpn/latest/clientvpn-admin/scenario-client-to-client.html`).
            Some("local") => {
                let what = "routes between clients of a Client VPN endpoint";
                dump.context.leave(what, NOT_YET, 1, true);
            }
            Some(subnet) => out.push((block, Ref::named(subnet, &route.origin()))),
            None => {}
        }
    }
    let lost = blocks
        .iter()
        .filter(|b| !covered.iter().any(|c| c.contains(*b)));
    if !covered.is_empty() {
        let what = "blocks of a VPC to which its Client VPN endpoint has no route";
        let why = "a route to each is assumed";
        dump.context.leave(what, why, lost.count(), true);
    }
    out
}

/// The interfaces of an endpoint in a subnet: several endpoints there are told apart by their
/// groups.
fn interfaces_of(
    name: &str,
    row: &Node<'_>,
    network: &Node<'_>,
    dump: &Dump<'_>,
    draft: &mut Draft,
) -> Vec<Ref<Interface>> {
    let Some(subnet) = network.need("TargetNetworkId") else {
        return Vec::new();
    };
    let mut groups = network.texts("SecurityGroups");
    if groups.is_empty() {
        groups = row.texts("SecurityGroupIds");
    }
    groups.sort_unstable();
    let all = dump.all("ClientVpnTargetNetworks");
    let shared = all
        .iter()
        .any(|n| n.is("TargetNetworkId", &[subnet]) && !n.is("ClientVpnEndpointId", &[name]));
    let is_own = |i: &Interface| {
        let mut own: Vec<&str> = i.groups.iter().map(|g| g.text.as_str()).collect();
        own.sort_unstable();
        let free = matches!(&i.role, Role::ClientVpn(of) if !of.text.starts_with("cvpn-") || of.text == name);
        i.subnet.text == subnet && free && (!shared || own == groups)
    };
    let found = draft.interfaces.iter().filter(|(_, i)| is_own(i));
    let found: Vec<Id<Interface>> = found.map(|(id, _)| id).collect();
    let mut out = Vec::new();
    for id in found {
        if let Some(interface) = draft.interfaces.get_mut(id) {
            interface.role = Role::ClientVpn(Ref::named(name, &interface.origin));
            out.push(Ref::named(interface.name.as_str(), &interface.origin));
        }
    }
    out
}
