//! Transit gateways: what AWS would not attach, and the routes that attachments propagate.

use super::addresses::overlap;
use super::noun::Noun;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Attached, Destination, Draft, Family, Id, Joined, Meaning, Ref, Target, TransitGateway,
    TransitRoute, TransitTable, Vpc, World,
};
use ipnet::IpNet;
use std::collections::{HashMap, HashSet};

pub(super) fn check(draft: &Draft, report: &mut Report) {
    attachments(draft, report);
    connections(draft, report);
    peers(draft, report);
    tables(draft, report);
    if draft.world == World::Closed {
        routes_to_gateways(draft, report);
    }
}

/// A VPC is attached once to a gateway of its Region, by one subnet of a zone
/// (`/vpc/latest/tgw/tgw-vpc-attachments.html`).
fn attachments(draft: &Draft, report: &mut Report) {
    let mut seen: HashSet<(Id<TransitGateway>, Id<Vpc>)> = HashSet::new();
    for (_, attachment) in draft.attachments.iter() {
        let mut fault = |code, message: String| {
            report.error(code, &attachment.name, &attachment.origin, message);
        };
        let (Some(id), Some(vpc)) = (attachment.gateway.id(), attachment.vpc()) else {
            continue;
        };
        let (gateway, name) = (&draft.transit_gateways[id], &draft.vpcs[vpc].name);
        if !seen.insert((id, vpc)) {
            let message = format!("VPC `{name}` is attached to `{}` twice", gateway.name);
            fault("attached-twice", message);
        }
        if gateway.region != draft.vpcs[vpc].region && draft.world == World::Closed {
            let message = format!(
                "VPC `{name}` is in {}, transit gateway `{}` in {}",
                draft.vpcs[vpc].region, gateway.name, gateway.region
            );
            fault("attachment-across-regions", message);
        }
        let mut zones: HashMap<&str, &str> = HashMap::new();
        for subnet in attachment.subnets().iter().filter_map(Ref::id) {
            let subnet = &draft.subnets[subnet];
            if subnet.vpc.id() != Some(vpc) {
                let message = format!("subnet `{}` is not of VPC `{name}`", subnet.label(draft));
                fault("subnet-of-another-vpc", message);
            } else if let Some(first) = zones.insert(&subnet.zone, &subnet.name) {
                let message = format!(
                    "subnets `{first}` and `{}` are both in zone {}",
                    subnet.name, subnet.zone
                );
                fault("two-subnets-one-zone", message);
            }
        }
        if attachment.subnets().is_empty() && draft.world == World::Closed {
            let message = "an attachment of a VPC needs a subnet in each zone it serves";
            fault("attachment-without-subnets", message.to_owned());
        }
    }
}

/// A connection and its attachment name each other.
fn connections(draft: &Draft, report: &mut Report) {
    for (id, connection) in draft.connections.iter() {
        let Joined::Transit(to) = &connection.to else {
            continue;
        };
        let other = to.id().map(|a| &draft.attachments[a].to);
        let mutual = matches!(other, Some(Attached::Connection(r)) if r.id() == Some(id));
        if other.is_some() && !mutual {
            let message = format!(
                "attachment `{}` does not name `{}` as what it attaches",
                to.text, connection.name
            );
            report.error(
                "attachment-of-another",
                &connection.name,
                &to.origin,
                message,
            );
        }
    }
    for (id, attachment) in draft.attachments.iter() {
        let Attached::Connection(of) = &attachment.to else {
            continue;
        };
        let other = of.id().map(|c| &draft.connections[c].to);
        let mutual = matches!(other, Some(Joined::Transit(r)) if r.id() == Some(id));
        if other.is_some() && !mutual {
            let message = format!("`{}` does not lead to `{}`", of.text, attachment.name);
            report.error(
                "attachment-of-another",
                &attachment.name,
                &of.origin,
                message,
            );
        }
    }
}

/// Peering attachments come in pairs and learn nothing: their routes are written by hand
/// (`/vpc/latest/tgw/tgw-peering.html`).
fn peers(draft: &Draft, report: &mut Report) {
    for (id, attachment) in draft.attachments.iter() {
        let Attached::Peer(peer) = &attachment.to else {
            continue;
        };
        if !attachment.propagates_to.is_empty() {
            let message = "a peering attachment propagates no routes: write them in both tables";
            report.error(
                "peering-does-not-propagate",
                &attachment.name,
                &attachment.origin,
                message,
            );
        }
        let Some(other) = peer.id().map(|p| &draft.attachments[p]) else {
            continue;
        };
        let mutual = matches!(&other.to, Attached::Peer(r) if r.id() == Some(id));
        if !mutual || other.gateway.to == attachment.gateway.to {
            let message = format!(
                "`{}` and `{}` are not the two sides of a peering of two gateways",
                attachment.name, other.name
            );
            report.error(
                "attachment-of-another",
                &attachment.name,
                &peer.origin,
                message,
            );
        }
    }
}

/// A table has one static route to a destination, and serves attachments of its own gateway.
fn tables(draft: &Draft, report: &mut Report) {
    for (_, table) in draft.transit_tables.iter() {
        let mut seen: HashSet<IpNet> = HashSet::new();
        for route in table.routes.iter().filter(|r| r.fixed) {
            if let Destination::Cidr(net) = &route.destination
                && !seen.insert(net.trunc())
            {
                let message = format!("`{}` has two static routes to `{net}`", table.name);
                report.error("duplicate-route", &table.name, &route.origin, message);
            }
            for to in route.to.iter().filter_map(Ref::id) {
                let to = &draft.attachments[to];
                if to.gateway.to != table.gateway.to {
                    let message = format!("`{}` is attached to another gateway", to.name);
                    report.error("attachment-of-another", &table.name, &route.origin, message);
                }
            }
        }
    }
}

/// A route to a gateway that the VPC is not attached to cannot be written, and if the attachment
/// is deleted later the route is a blackhole (`/vpc/latest/tgw/working-with-transit-gateways.html`).
fn routes_to_gateways(draft: &Draft, report: &mut Report) {
    for (_, table) in draft.tables.iter() {
        for route in table.routes.iter().filter(|r| r.active) {
            let (Target::Transit(gateway), Some(vpc)) = (&route.target, table.vpc.id()) else {
                continue;
            };
            let mut all = draft.attachments.iter();
            let own = all.any(|(_, a)| a.gateway.id() == gateway.id() && a.vpc() == Some(vpc));
            if !own {
                let at = table.label(draft);
                let message = format!(
                    "VPC `{}` is not attached to transit gateway `{}`",
                    draft.vpcs[vpc].name, gateway.text
                );
                let found =
                    Diagnostic::error("route-to-unattached-gateway", at, &route.origin, message);
                report.push(
                    found.help("attach the VPC, or write `state: blackhole` if it was attached"),
                );
            }
        }
    }
}

/// Attachments write their blocks into the tables they propagate to. A VPC whose block overlaps
/// that of a VPC attached before it is not propagated (`/vpc/latest/tgw/tgw-vpc-attachments.html`);
/// what BGP taught is withdrawn with the session. An import lists the routes themselves. What a network
/// propagated before an edit is propagated anew.
pub(super) fn propagate(draft: &mut Draft) {
    if draft.world == World::Open {
        return;
    }
    for index in 0..draft.transit_tables.len() {
        if let Some(table) = draft.transit_tables.get_mut(Id::new(index)) {
            table.routes.retain(|r| r.fixed);
            table.overlaps.clear();
        }
    }
    let mut rows: Vec<(Id<TransitTable>, TransitRoute)> = Vec::new();
    let mut overlaps: Vec<(Id<TransitTable>, IpNet)> = Vec::new();
    let mut known: HashMap<Id<TransitTable>, Vec<IpNet>> = HashMap::new();
    for (id, attachment) in draft.attachments.iter().filter(|(_, a)| a.available) {
        let blocks: Vec<IpNet> = match &attachment.to {
            Attached::Vpc(vpc, _) => {
                let ipv6 = attachment.ipv6.known() == Some(&true);
                let carried = |b: &IpNet| ipv6 || Family::of_net(*b) == Family::Ipv4;
                let blocks = vpc.id().map(|v| draft.vpcs[v].blocks().filter(carried));
                blocks.map_or(vec![], Iterator::collect)
            }
            Attached::Connection(c) => {
                let c = c.id().map(|c| draft.connections[c].propagates());
                c.map_or(vec![], <[IpNet]>::to_vec)
            }
            Attached::ClientVpn(vpn) => {
                let clients = vpn.id().map(|c| draft.client_vpns[c].clients.into());
                clients.into_iter().collect()
            }
            Attached::Peer(_) | Attached::Unseen(_) => vec![],
        };
        for table in attachment.propagates_to.iter().filter_map(Ref::id) {
            let own = known.entry(table).or_default();
            for block in &blocks {
                let clash = own.iter().any(|b| overlap(b, block));
                if clash && attachment.vpc().is_some() {
                    overlaps.push((table, *block));
                    continue;
                }
                rows.push((
                    table,
                    TransitRoute {
                        destination: Destination::Cidr(*block),
                        to: vec![Ref {
                            to: Meaning::Known(id),
                            ..Ref::named(&attachment.name, &attachment.origin)
                        }],
                        fixed: false,
                        active: true,
                        origin: attachment.origin.clone(),
                    },
                ));
            }
            if attachment.vpc().is_some() {
                own.extend(&blocks);
            }
        }
    }
    for (table, route) in rows {
        if let Some(table) = draft.transit_tables.get_mut(table) {
            table.routes.push(route);
        }
    }
    for (table, block) in overlaps {
        if let Some(table) = draft.transit_tables.get_mut(table) {
            table.overlaps.push(block);
        }
    }
}
