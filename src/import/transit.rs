//! Transit gateways: what is attached, which table it uses, and what the tables hold.

use super::dump::{Dump, Page};
use super::node::Node;
use super::sites::Open;
use super::transit_peers::{self, Peers};
use super::transit_routes;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Association, Attached, Draft, Fact, Listing, Ref, TransitAttachment, TransitGateway,
    TransitTable, Unseen, Why,
};
use std::collections::HashMap;

/// Reads them.
pub(super) fn read(dump: &Dump<'_>, draft: &mut Draft, open: &Open) {
    for (name, row) in dump.rows("TransitGateways", "TransitGatewayId") {
        let options = row.get("Options");
        let group_references = match switch(options.as_ref(), REFERENCES) {
            Some(on) => Fact::Known(on),
            None => Fact::Unseen(draft.unseen.push(Unseen::new(
                "security group referencing of transit gateway",
                name,
                dump.why(Listing::TransitGateways),
                &row.origin(),
            ))),
        };
        let region = row.place.region.clone();
        let of_arn = row
            .text("TransitGatewayArn")
            .and_then(|a| a.split(':').nth(3))
            .map(str::to_owned);
        draft.transit_gateways.push(TransitGateway {
            name: name.to_owned(),
            account: row.text("OwnerId").unwrap_or_default().to_owned(),
            region: region.or(of_arn).unwrap_or_else(|| draft.region.clone()),
            group_references,
            origin: row.origin(),
        });
    }
    let peers = transit_peers::read(dump, draft);
    attachments(dump, draft, &peers, open);
    for (name, row) in dump.rows("TransitGatewayRouteTables", "TransitGatewayRouteTableId") {
        let Some(gateway) = row.need("TransitGatewayId") else {
            continue;
        };
        let id = draft.transit_tables.push(TransitTable {
            name: name.to_owned(),
            gateway: Ref::named(gateway, &row.origin()),
            routes: Vec::new(),
            overlaps: Vec::new(),
            origin: row.origin(),
        });
        transit_routes::read(dump, draft, id, gateway, &peers);
    }
}

/// Attachments by id: what each listing says of them, put together.
fn attachments(dump: &Dump<'_>, draft: &mut Draft, peers: &[Peers<'_>], open: &Open) {
    let id = "TransitGatewayAttachmentId";
    for peers in peers {
        peered(dump, draft, peers);
    }
    // A peering is listed by both its Regions, each with its own table.
    let of_peers = |id: &str| {
        peers
            .iter()
            .any(|p| p.sides.iter().any(|(_, own)| *own == id))
    };
    let listed = |key| dump.rows_of(key, id, |id| !of_peers(id));
    let general = listed("TransitGatewayAttachments");
    let by_id: HashMap<&str, Node<'_>> = general.iter().cloned().collect();
    let mut rows = listed("TransitGatewayVpcAttachments");
    rows.extend(listed("TransitGatewayPeeringAttachments"));
    let known: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
    let others = general.into_iter();
    rows.extend(others.filter(|(name, _)| !known.contains(name)));
    for (name, row) in rows {
        let gone = ["deleted", "deleting", "failed", "rejected"];
        if row.is("State", &gone) {
            continue;
        }
        attachment(dump, draft, name, &row, by_id.get(name), open);
    }
}

/// The two attachments of a peering.
fn peered(dump: &Dump<'_>, draft: &mut Draft, peers: &Peers<'_>) {
    let origin = peers.row.origin();
    for (side, (gateway, id)) in peers.sides.iter().enumerate() {
        let (Some(name), Some(far)) = (peers.name(side), peers.name(1 - side)) else {
            continue;
        };
        let general = dump.all("TransitGatewayAttachments");
        let general = general.iter().find(|row| {
            row.is("TransitGatewayAttachmentId", &[id]) && row.is("TransitGatewayId", &[gateway])
        });
        let table = match table_of(dump, id, gateway, general) {
            Some(Some(table)) => Association::Table(Ref::named(table, &origin)),
            Some(None) => Association::None,
            None => Association::Unseen(draft.unseen.push(Unseen::new(
                "table of transit gateway attachment",
                name.clone(),
                dump.why(Listing::TransitGatewayAttachments),
                &origin,
            ))),
        };
        draft.attachments.push(TransitAttachment {
            name,
            gateway: Ref::named(*gateway, &origin),
            to: Attached::Peer(Ref::named(far, &origin)),
            table,
            propagates_to: Vec::new(),
            appliance_mode: false,
            group_references: Fact::Known(true),
            ipv6: Fact::Known(false),
            available: !peers.row.has("State")
                || peers.row.is("State", &["available", "modifying"]),
            origin: origin.clone(),
        });
    }
}

fn attachment(
    dump: &Dump<'_>,
    draft: &mut Draft,
    name: &str,
    row: &Node<'_>,
    general: Option<&Node<'_>>,
    open: &Open,
) {
    let origin = row.origin();
    let peers = ["RequesterTgwInfo", "AccepterTgwInfo"].map(|k| row.get(k));
    let gateway = row.text("TransitGatewayId").or_else(|| {
        let of = general.and_then(|g| g.text("TransitGatewayId"));
        of.or_else(|| {
            peers
                .iter()
                .flatten()
                .find_map(|p| p.text("TransitGatewayId"))
        })
    });
    let Some(gateway) = gateway else {
        row.need("TransitGatewayId");
        return;
    };
    let mut unseen = |kind, why| draft.unseen.push(Unseen::new(kind, name, why, &origin));
    let kind = general.or(Some(row)).and_then(|g| g.text("ResourceType"));
    let resource = general.or(Some(row)).and_then(|g| g.text("ResourceId"));
    let to = match (row.text("VpcId"), kind, resource) {
        (Some(vpc), _, _) => {
            let subnets = row.texts("SubnetIds");
            let subnets = subnets.iter().map(|s| Ref::named(*s, &origin)).collect();
            Attached::Vpc(Ref::named(vpc, &origin), Fact::Known(subnets))
        }
        (None, Some("vpc"), Some(vpc)) => {
            let why = dump.why(Listing::TransitGatewayVpcAttachments);
            let subnets = unseen("subnets of transit gateway attachment", why);
            Attached::Vpc(Ref::named(vpc, &origin), Fact::Unseen(subnets))
        }
        (None, Some("vpn"), Some(id)) => Attached::Connection(Ref::named(id, &origin)),
        (None, Some("direct-connect-gateway"), Some(id)) => {
            let connection = format!("{id}@{gateway}");
            if draft.connections.iter().any(|(_, c)| c.name == connection) {
                Attached::Connection(Ref::named(connection, &origin))
            } else {
                let why = open.get(&connection).cloned();
                let why = why.unwrap_or_else(|| dump.why(Listing::DirectConnectAssociations));
                Attached::Unseen(unseen("what is behind transit gateway attachment", why))
            }
        }
        (None, kind, _) => {
            let kind = kind.unwrap_or("peering");
            let why = format!("what is behind a {kind} attachment is not in an export");
            row.context.leave(
                &format!("{kind} attachments"),
                "what is behind them is not in an export",
                1,
                true,
            );
            Attached::Unseen(unseen("transit gateway attachment", Why::NotModelled(why)))
        }
    };
    let options = row.get("Options");
    let switch = |key| switch(options.as_ref(), key);
    let table = match table_of(dump, name, gateway, general) {
        Some(Some(table)) => Association::Table(Ref::named(table, &origin)),
        Some(None) => Association::None,
        None => {
            let why = dump.why(Listing::TransitGatewayAttachments);
            Association::Unseen(unseen("table of transit gateway attachment", why))
        }
    };
    let is_vpcs = matches!(to, Attached::Vpc(..));
    let mut fact = |key, default, kind| match switch(key) {
        None if is_vpcs => {
            let why = dump.why(Listing::TransitGatewayVpcAttachments);
            Fact::Unseen(unseen(kind, why))
        }
        on => Fact::Known(on.unwrap_or(default)),
    };
    let kind = "IPv6 support of transit gateway attachment";
    let ipv6 = fact("Ipv6Support", false, kind);
    let kind = "security group referencing of transit gateway attachment";
    let group_references = fact(REFERENCES, true, kind);
    draft.attachments.push(TransitAttachment {
        name: name.to_owned(),
        gateway: Ref::named(gateway, &origin),
        to,
        table,
        propagates_to: Vec::new(),
        appliance_mode: switch("ApplianceModeSupport") == Some(true),
        group_references,
        ipv6,
        available: !row.has("State") || row.is("State", &["available", "modifying"]),
        origin,
    });
}

const REFERENCES: &str = "SecurityGroupReferencingSupport";

/// Whether an option is on, if the row says.
fn switch(options: Option<&Node<'_>>, key: &str) -> Option<bool> {
    let options = options?;
    match (options.is(key, &["enable"]), options.is(key, &["disable"])) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// The table an attachment is associated with, if any; nothing if no listing says.
fn table_of<'a>(
    dump: &Dump<'a>,
    attachment: &str,
    gateway: &str,
    general: Option<&Node<'a>>,
) -> Option<Option<&'a str>> {
    let tables = dump.all("TransitGatewayRouteTables");
    let is_of = |table: &&str| {
        let mut own = tables.iter();
        let own = own.find(|t| t.is("TransitGatewayRouteTableId", &[table]));
        own.is_none_or(|t| t.is("TransitGatewayId", &[gateway]))
    };
    for page in dump.pages("Associations") {
        let rows = page.list.elements();
        let own = rows
            .iter()
            .find(|r| r.is("TransitGatewayAttachmentId", &[attachment]));
        if let Some(table) = own.and_then(|_| table_id(page)).filter(is_of) {
            return Some(Some(table));
        }
    }
    let association = general?.get("Association");
    let holds = association.filter(|a| a.is("State", &["associated", "associating"]));
    Some(holds.and_then(|a| a.text("TransitGatewayRouteTableId")))
}

/// The table that an answer is about: it says so, or its file's name does.
pub(super) fn table_id<'a>(page: &Page<'a>) -> Option<&'a str> {
    let stated = page.root.text("TransitGatewayRouteTableId");
    stated.or_else(|| page.root.place.word("tgw-rtb-"))
}

/// Whether the row is about attachments.
fn attached(row: &Node<'_>) -> bool {
    let keys = [
        "TransitGatewayAttachmentId",
        "TransitGatewayAttachments",
        "TransitGatewayAttachment",
    ];
    keys.iter().any(|key| row.has(key))
}

/// Answers about a table that say nowhere which.
pub(super) fn nameless(dump: &Dump<'_>) {
    for key in [
        "Routes",
        "Associations",
        "TransitGatewayRouteTablePropagations",
        transit_routes::REFERENCES,
    ] {
        for page in dump.pages(key) {
            let rows = page.list.elements();
            let own = rows
                .iter()
                .any(|r| !r.has("TransitGatewayRouteTableId") && attached(r));
            if own && table_id(page).is_none() {
                let message = format!("`{key}` of a transit gateway route table that is not named");
                dump.context.say(
                    Diagnostic::warning("nameless-listing", "", &page.list.origin(), message)
                        .help("put the table's id `tgw-rtb-…` in the file's name"),
                );
            }
        }
    }
}
