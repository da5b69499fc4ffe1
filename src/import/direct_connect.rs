//! Direct Connect: virtual interfaces, and what Direct Connect gateways join.
//!
//! A private virtual interface ends at a virtual private gateway or, as a transit one does, at a
//! Direct Connect gateway, which is associated with gateways of any Region
//! (`/directconnect/latest/APIReference/API_VirtualInterface.html`,
//! `/directconnect/latest/UserGuide/direct-connect-gateways-intro.html`). Several interfaces of one
//! such gateway are one connection to each of its gateways: up while one of them is.

use super::dump::Dump;
use super::left_out::NOT_YET;
use super::node::Node;
use super::sites::{Open, site};
use super::vpn::{attachment, learned};
use crate::model::{Connection, ConnectionKind, Draft, Joined, Listing, Ref, Why};
use ipnet::IpNet;

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft, open: &mut Open) {
    let interfaces = dump.rows("virtualInterfaces", "virtualInterfaceId");
    for (name, row) in &interfaces {
        interface(name, row, draft, open);
    }
    for row in dump.all("directConnectGatewayAssociations") {
        association(&row, &interfaces, dump, draft, open);
    }
}

/// Virtual interfaces by their ids.
type Interfaces<'a> = [(&'a str, Node<'a>)];

/// Whether a virtual interface, or one of its BGP sessions, is not down.
fn is_up(row: &Node<'_>) -> bool {
    let states = [
        "confirming",
        "verifying",
        "pending",
        "down",
        "deleting",
        "deleted",
        "rejected",
    ];
    let peers = row.items("bgpPeers");
    let alive = |peer: &Node<'_>| {
        !peer.is("bgpStatus", &["down"])
            && !peer.is(
                "bgpPeerState",
                &["verifying", "pending", "deleting", "deleted"],
            )
    };
    !row.is("virtualInterfaceState", &states) && (peers.is_empty() || peers.iter().any(alive))
}

/// One that ends at a virtual private gateway, or at the public addresses of AWS.
fn interface(name: &str, row: &Node<'_>, draft: &mut Draft, open: &mut Open) {
    if row.is(
        "virtualInterfaceState",
        &["deleting", "deleted", "rejected"],
    ) {
        return;
    }
    let origin = row.origin();
    let up = is_up(row);
    let public = row.is("virtualInterfaceType", &["public"]);
    let (far, to, prefixes) = match row.text("virtualGatewayId") {
        _ if public => (name, Joined::Public, blocks(row, "routeFilterPrefixes")),
        Some(gateway) => {
            if up {
                learned(gateway, name, open);
            }
            let far = row.text("connectionId").unwrap_or(name);
            (far, Joined::Vpn(Ref::named(gateway, &origin)), Vec::new())
        }
        // Of a Direct Connect gateway.
        None if row.has("directConnectGatewayId") => return,
        None => {
            let what = "virtual interfaces";
            return row.context.leave(what, "attached to no gateway", 1, false);
        }
    };
    let connection = Connection {
        name: name.to_owned(),
        site: site(far, &prefixes, &origin, draft),
        to,
        kind: ConnectionKind::DirectConnect,
        inside: None,
        prefixes,
        allowed: Vec::new(),
        asn: None,
        up,
        origin,
    };
    draft.connections.push(connection);
}

/// What a Direct Connect gateway is associated with.
fn association(
    row: &Node<'_>,
    interfaces: &Interfaces<'_>,
    dump: &Dump<'_>,
    draft: &mut Draft,
    open: &mut Open,
) {
    let gone = row.is("associationState", &["disassociated"]);
    let Some(own) = row.need("directConnectGatewayId").filter(|_| !gone) else {
        return;
    };
    let other = row.get("associatedGateway");
    let id = other.as_ref().and_then(|g| g.text("id"));
    let Some(gateway) = id.or_else(|| row.text("virtualGatewayId")) else {
        let what = "associations of Direct Connect gateways with core networks";
        return dump.context.leave(what, NOT_YET, 1, true);
    };
    let name = format!("{own}@{gateway}");
    if draft.connections.iter().any(|(_, c)| c.name == name) {
        return;
    }
    let transit =
        other.is_some_and(|g| g.is("type", &["transitGateway"])) || gateway.starts_with("tgw-");
    let up = !row.is("associationState", &["associating"])
        && match carries(own, interfaces, dump) {
            Ok(up) => up,
            Err(why) => {
                let at = if transit { &name } else { gateway };
                open.entry(at.to_owned()).or_insert(why);
                if transit {
                    return;
                }
                true
            }
        };
    let origin = row.origin();
    let to = match transit {
        true => {
            let attachment = attachment(dump, "direct-connect-gateway", own, gateway);
            Joined::Transit(Ref::named(attachment, &origin))
        }
        false => Joined::Vpn(Ref::named(gateway, &origin)),
    };
    if up && !transit {
        learned(gateway, own, open);
    }
    let allowed = blocks(row, "allowedPrefixesToDirectConnectGateway");
    let connection = Connection {
        name,
        site: site(own, &[], &origin, draft),
        to,
        kind: ConnectionKind::DirectConnect,
        inside: None,
        prefixes: Vec::new(),
        allowed: if transit { allowed } else { Vec::new() },
        asn: None,
        up,
        origin,
    };
    draft.connections.push(connection);
}

/// Whether some virtual interface of a Direct Connect gateway is up: those of other accounts are in
/// the gateway's attachments alone.
fn carries(gateway: &str, interfaces: &Interfaces<'_>, dump: &Dump<'_>) -> Result<bool, Why> {
    let own = |row: &Node<'_>| row.is("directConnectGatewayId", &[gateway]);
    if interfaces.iter().any(|(_, row)| own(row) && is_up(row)) {
        return Ok(true);
    }
    let listing = Listing::DirectConnectAttachments;
    if !dump.tells(listing, gateway) {
        return Err(dump.why(listing));
    }
    let all = dump.all("directConnectGatewayAttachments");
    let attached = all
        .iter()
        .filter(|a| own(a) && !a.is("attachmentState", &["detached"]));
    let mut ids = attached.filter_map(|a| a.text("virtualInterfaceId"));
    match ids.any(|id| !interfaces.iter().any(|(name, _)| *name == id)) {
        true => Err(dump.why(Listing::VirtualInterfaces)),
        false => Ok(false),
    }
}

fn blocks(row: &Node<'_>, key: &str) -> Vec<IpNet> {
    let all = row.items(key).into_iter();
    all.filter_map(|b| b.parsed::<IpNet>("cidr", "a block"))
        .collect()
}
