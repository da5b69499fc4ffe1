//! The routes of transit gateway route tables: what was searched, propagated, or referred to as a
//! prefix list.

use super::dump::{Dump, Page};
use super::node::Node;
use super::transit::table_id;
use super::transit_peers::Peers;
use crate::model::{
    Destination, Draft, Gap, Id, Listing, Ref, TransitRoute, TransitTable, Unseen, Why,
};
use ipnet::IpNet;

pub(super) const REFERENCES: &str = "TransitGatewayPrefixListReferences";

/// The routes of a table; what is missing of them is a gap.
pub(super) fn read(
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
    let called = |id: &str| {
        let own = peers.iter().find_map(|p| p.called(gateway, id));
        own.unwrap_or_else(|| id.to_owned())
    };
    for page in pages {
        if page.root.flag("AdditionalRoutesAvailable") == Some(true) {
            let cut = "the answer was cut off (AdditionalRoutesAvailable): ask for fewer at a time";
            why = Some(Why::NotModelled(cut.to_owned()));
        }
        for row in page.list.elements() {
            found.extend(route(&row, called).filter(|new| !known(&found, &new.destination)));
        }
    }
    references(dump, &name, called, &mut found);
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
        let mut attachments = draft.attachments.iter();
        let ipv6 = attachments.find(|(_, a)| a.name == attachment);
        let ipv6 = ipv6.and_then(|(_, a)| a.ipv6.known()).copied();
        if ipv6.is_none() && !vpc.ipv6.is_empty() {
            let why = format!("whether {attachment} propagates IPv6 is not in the input");
            return Some(Why::NotModelled(why));
        }
        let carried = |block: &IpNet| ipv6 == Some(true) || block.addr().is_ipv4();
        out.extend(vpc.blocks().filter(carried).map(|block| TransitRoute {
            destination: Destination::Cidr(block),
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

/// What references to prefix lists add, where the routes were asked for without them.
fn references(
    dump: &Dump<'_>,
    table: &str,
    called: impl Fn(&str) -> String,
    out: &mut Vec<TransitRoute>,
) {
    for page in dump.pages(REFERENCES) {
        for row in page.list.elements() {
            let own = row.text("TransitGatewayRouteTableId");
            if own.or_else(|| table_id(page)) != Some(table) || row.is("State", &["deleting"]) {
                continue;
            }
            let Some(list) = row.need("PrefixListId") else {
                continue;
            };
            let origin = row.origin();
            let destination = Destination::List(Ref::named(list, &origin));
            if known(out, &destination) {
                continue;
            }
            let to = row.get("TransitGatewayAttachment");
            let to = to.and_then(|a| a.text("TransitGatewayAttachmentId").map(&called));
            out.push(TransitRoute {
                destination,
                to: to.into_iter().map(|to| Ref::named(to, &origin)).collect(),
                fixed: true,
                active: row.flag("Blackhole") != Some(true),
                origin,
            });
        }
    }
}

/// Whether a route to the same prefix list is there: a row of each of its blocks may be listed.
fn known(found: &[TransitRoute], destination: &Destination) -> bool {
    let Destination::List(list) = destination else {
        return false;
    };
    let mut all = found.iter();
    all.any(|r| matches!(&r.destination, Destination::List(own) if own.text == list.text))
}
