//! Transit gateways: what is attached, which table it uses, and what the tables hold.

use super::dump::{Dump, Page};
use super::node::Node;
use super::sites::Open;
use super::transit_peers::{self, Peers};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Association, Attached, Destination, Draft, Fact, Gap, Id, Listing, Ref, TransitAttachment,
    TransitGateway, TransitRoute, TransitTable, Unseen, Why,
};
use ipnet::IpNet;
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
        routes(dump, draft, id, gateway, &peers);
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
fn table_id<'a>(page: &Page<'a>) -> Option<&'a str> {
    let stated = page.root.text("TransitGatewayRouteTableId");
    stated.or_else(|| page.root.place.word("tgw-rtb-"))
}

/// The routes of a table; what is missing of them is a gap.
fn routes(
    dump: &Dump<'_>,
    draft: &mut Draft,
    id: Id<TransitTable>,
    gateway: &str,
    peers: &[Peers<'_>],
) {
    let (name, origin) = {
        let table = &draft.transit_tables[id];
        (table.name.clone(), table.origin.clone())
    };
    let own = |p: &&Page<'_>| table_id(p) == Some(name.as_str());
    let mut pages = dump.pages("Routes").iter().filter(own).peekable();
    let mut why = pages
        .peek()
        .is_none()
        .then(|| dump.why(Listing::TransitGatewayRoutes));
    let mut found = Vec::new();
    for page in pages {
        if page.root.flag("AdditionalRoutesAvailable") == Some(true) {
            let cut = "the answer was cut off (AdditionalRoutesAvailable): ask for fewer at a time";
            why = Some(Why::NotModelled(cut.to_owned()));
        }
        let called = |id: &str| {
            let own = peers.iter().find_map(|p| p.called(gateway, id));
            own.unwrap_or_else(|| id.to_owned())
        };
        let rows = page.list.elements();
        found.extend(rows.iter().filter_map(|row| route(row, called)));
    }
    if why.is_none() && found.iter().all(|r: &TransitRoute| r.fixed) {
        why = propagated(dump, draft, &name, &mut found);
    }
    if let Some(why) = why {
        draft.leave_open(
            Gap::TransitRoutes(id),
            Unseen::new("routes of transit gateway route table", name, why, &origin),
        );
    }
    if let Some(table) = draft.transit_tables.get_mut(id) {
        table.routes = found;
    }
}

/// Where only static routes were asked for: the blocks of the VPCs that propagate to the table.
fn propagated(
    dump: &Dump<'_>,
    draft: &Draft,
    table: &str,
    out: &mut Vec<TransitRoute>,
) -> Option<Why> {
    let key = "TransitGatewayRouteTablePropagations";
    let mut pages = dump.pages(key).iter();
    let Some(page) = pages.find(|p| table_id(p) == Some(table)) else {
        let why = "its propagated routes are not in the input: \
                   supply `aws ec2 get-transit-gateway-route-table-propagations`";
        return Some(Why::NotModelled(why.to_owned()));
    };
    for row in page.list.elements() {
        if !row.is("State", &["enabled", "enabling"]) {
            continue;
        }
        let attachment = row.text("TransitGatewayAttachmentId");
        let vpc = row.text("ResourceId");
        let vpc = draft
            .vpcs
            .iter()
            .find(|(_, v)| Some(v.name.as_str()) == vpc);
        let (Some(attachment), Some((_, vpc))) = (attachment, vpc) else {
            let why = format!(
                "what {} propagates to it is not in the input",
                attachment.unwrap_or("an attachment")
            );
            return Some(Why::NotModelled(why));
        };
        out.extend(vpc.cidrs.iter().map(|cidr| TransitRoute {
            destination: Destination::Cidr(IpNet::V4(*cidr)),
            to: vec![Ref::named(attachment, &row.origin())],
            fixed: false,
            active: true,
            origin: row.origin(),
        }));
    }
    None
}

fn route(row: &Node<'_>, called: impl Fn(&str) -> String) -> Option<TransitRoute> {
    let origin = row.origin();
    let destination = match row.text("PrefixListId") {
        Some(list) => Destination::List(Ref::named(list, &origin)),
        None => Destination::Cidr(row.parsed::<IpNet>("DestinationCidrBlock", "a block")?),
    };
    let attachments = row.items("TransitGatewayAttachments");
    let to = attachments
        .iter()
        .filter_map(|a| a.text("TransitGatewayAttachmentId"))
        .map(|id| Ref::named(called(id), &origin));
    Some(TransitRoute {
        destination,
        to: to.collect(),
        fixed: !row.is("Type", &["propagated"]),
        active: !row.is("State", &["blackhole", "deleted", "deleting"]),
        origin,
    })
}

/// Answers about a table that say nowhere which.
pub(super) fn nameless(dump: &Dump<'_>) {
    for key in [
        "Routes",
        "Associations",
        "TransitGatewayRouteTablePropagations",
    ] {
        for page in dump.pages(key) {
            let rows = page.list.elements();
            let own = rows
                .iter()
                .any(|r| r.has("TransitGatewayAttachmentId") || r.has("TransitGatewayAttachments"));
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
