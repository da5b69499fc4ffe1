//! Virtual private gateways, and the Site-to-Site VPN connections that end there or at a transit
//! gateway.
//!
//! A connection says whether its tunnels are up, and its static routes
//! (`/AWSEC2/latest/APIReference/API_VpnConnection.html`). What a site announces by BGP is in no
//! listing, nor is what the site holds.

use super::direct_connect;
use super::dump::Dump;
use super::gateways::attached;
use super::left_out::NOT_YET;
use super::node::Node;
use super::sites::{Open, site};
use crate::model::{
    Connection, ConnectionKind, Draft, Family, Gap, Joined, Listing, Ref, Unseen, VpnGateway, Why,
};
use ipnet::IpNet;

/// Reads them; gives why something about a gateway is not known.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft) -> Open {
    let mut open = Open::default();
    for (name, row) in dump.rows("VpnConnections", "VpnConnectionId") {
        connection(name, &row, dump, draft, &mut open);
    }
    direct_connect::read(dump, draft, &mut open);
    for (name, row) in dump.rows("VpnGateways", "VpnGatewayId") {
        match attached(&row, "VpcAttachments") {
            Some(vpc) => gateway(name, vpc, &row, dump, draft, &open),
            None => {
                let what = "virtual private gateways";
                dump.context.leave(what, "attached to no VPC", 1, false);
            }
        }
    }
    open
}

fn gateway(name: &str, vpc: &str, row: &Node<'_>, dump: &Dump<'_>, draft: &mut Draft, open: &Open) {
    let origin = row.origin();
    let id = draft.vpn_gateways.push(VpnGateway {
        name: name.to_owned(),
        vpc: Ref::named(vpc, &origin),
        origin: origin.clone(),
    });
    let known = draft.vpcs.iter().find(|(_, v)| v.name == vpc);
    let (account, region) = known.map_or(("", ""), |(_, v)| (&*v.account, &*v.region));
    let lists = [Listing::VpnConnections, Listing::VirtualInterfaces];
    let unlisted = lists
        .into_iter()
        .find(|l| !dump.lists_for(*l, account, region));
    let associations = Listing::DirectConnectAssociations;
    let unlisted = unlisted.or_else(|| (!dump.tells(associations, name)).then_some(associations));
    let why = unlisted.map(|listing| dump.why(listing));
    if let Some(why) = why.or_else(|| open.get(name).cloned()) {
        draft.leave_open(
            Gap::VpnGateway(id),
            Unseen::new("connections of virtual private gateway", name, why, &origin),
        );
    }
}

fn connection(name: &str, row: &Node<'_>, dump: &Dump<'_>, draft: &mut Draft, open: &mut Open) {
    if row.is("State", &["deleting", "deleted"]) {
        return;
    }
    let origin = row.origin();
    let to = match (row.text("VpnGatewayId"), row.text("TransitGatewayId")) {
        (Some(gateway), _) => Joined::Vpn(Ref::named(gateway, &origin)),
        (None, Some(gateway)) => {
            let attachment = attachment(dump, "vpn", name, gateway);
            Joined::Transit(Ref::named(attachment, &origin))
        }
        (None, None) => {
            let core = row.has("CoreNetworkArn") || row.has("CoreNetworkAttachmentArn");
            let why = if core {
                NOT_YET
            } else {
                "attached to no gateway"
            };
            let what = match core {
                true => "VPN connections of core networks",
                false => "VPN connections",
            };
            return dump.context.leave(what, why, 1, core);
        }
    };
    let options = row.get("Options");
    // AWS's default is IPv4 (`/AWSEC2/latest/APIReference/API_VpnConnectionOptionsSpecification.html`).
    let inside = match options
        .as_ref()
        .is_some_and(|o| o.is("TunnelInsideIpVersion", &["ipv6"]))
    {
        true => Family::Ipv6,
        false => Family::Ipv4,
    };
    let fixed = options.is_some_and(|o| o.flag("StaticRoutesOnly") == Some(true));
    let routes = row.items("Routes").into_iter();
    let routes = routes.filter(|r| !r.is("State", &["pending", "deleting", "deleted"]));
    let prefixes = routes.filter_map(|r| {
        r.need("DestinationCidrBlock");
        r.parsed::<IpNet>("DestinationCidrBlock", "a block")
    });
    let prefixes = prefixes.collect();
    let tunnels = row.items("VgwTelemetry");
    let alive = tunnels.iter().filter(|t| !t.is("Status", &["DOWN"]));
    let alive: Vec<&Node<'_>> = alive.collect();
    let up = !row.is("State", &["pending"]) && (tunnels.is_empty() || !alive.is_empty());
    let silent =
        !tunnels.is_empty() && alive.iter().all(|t| t.int("AcceptedRouteCount") == Some(0));
    if let (Joined::Vpn(gateway), true) = (&to, up && !fixed && !silent) {
        learned(&gateway.text, name, open);
    }
    let far = row.text("CustomerGatewayId");
    let far = far.map_or_else(|| format!("behind-{name}"), str::to_owned);
    let connection = Connection {
        name: name.to_owned(),
        site: site(&far, &[], &origin, draft),
        to,
        kind: match fixed {
            true => ConnectionKind::VpnStatic,
            false => ConnectionKind::VpnBgp,
        },
        inside: Some(inside),
        prefixes,
        allowed: Vec::new(),
        asn: None,
        up,
        origin,
    };
    draft.connections.push(connection);
}

/// What BGP teaches a virtual private gateway over a connection that is up.
pub(super) fn learned(gateway: &str, connection: &str, open: &mut Open) {
    let why = format!("what {connection} teaches it by BGP is in no listing");
    open.entry(gateway.to_owned()).or_insert(Why::Untold(why));
}

/// The attachment of a connection to a transit gateway: listed, or called by what it joins.
pub(super) fn attachment(dump: &Dump<'_>, kind: &str, resource: &str, gateway: &str) -> String {
    let all = dump.all("TransitGatewayAttachments");
    let own = all.iter().find(|a| {
        a.is("ResourceType", &[kind])
            && a.is("ResourceId", &[resource])
            && a.is("TransitGatewayId", &[gateway])
    });
    let id = own.and_then(|a| a.text("TransitGatewayAttachmentId"));
    id.map_or_else(|| format!("of {resource} to {gateway}"), str::to_owned)
}
