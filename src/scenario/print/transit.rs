//! Transit gateways: what they join, and the routes written by hand.

use super::Printer;
use super::doc::{Doc, Map, texts};
use crate::model::{
    Association, Attached, ConnectionKind, Fact, Id, Noun, Part, Ref, TransitAttachment,
    TransitGateway, TransitRoute, TransitTable, World,
};

impl Printer<'_> {
    pub(super) fn transit_gateways(&mut self, account: &str) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, gateway) in network.transit_gateways.iter() {
            let at = &gateway.name;
            let mut map = Map::of("transit_gateway");
            if gateway.account != account {
                map.quoted("account", &gateway.account);
            }
            if gateway.region != network.region {
                map.text("region", &gateway.region);
            }
            let references = self.fact(&gateway.group_references, false, at);
            map.word("security_group_references", references);
            let attachments = self.attachments(id);
            map.map("attachments", attachments);
            let tables = self.transit_tables(id);
            map.map("route_tables", tables);
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    fn attachments(&mut self, gateway: Id<TransitGateway>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, attachment) in network.attachments.iter() {
            let own = attachment.gateway.id() == Some(gateway);
            let Some(name) = self.names.of(id).filter(|_| own) else {
                continue;
            };
            let name = last(name).to_owned();
            let map = self.attachment(id, gateway);
            all.push(&name, Doc::Map(map));
        }
        all
    }

    fn attachment(&mut self, id: Id<TransitAttachment>, gateway: Id<TransitGateway>) -> Map {
        let network = self.network;
        let attachment = &network.attachments[id];
        let at = &attachment.name;
        let mut map = Map::of("transit_attachment");
        match &attachment.to {
            Attached::Vpc(vpc, subnets) => {
                map.maybe("vpc", self.word(vpc, None, at));
                match subnets {
                    Fact::Known(subnets) => {
                        let subnets = self.words(subnets, vpc.id(), at);
                        map.list("subnets", subnets);
                    }
                    Fact::Unseen(unseen) => self.lost(network.unseen[*unseen].text(), at),
                }
            }
            Attached::Connection(connection) => {
                let kind = connection.id().map(|c| network.connections[c].kind);
                let direct = kind == Some(ConnectionKind::DirectConnect);
                let key = if direct { "virtual_interface" } else { "vpn" };
                map.maybe(key, self.word(connection, None, at));
            }
            Attached::ClientVpn(vpn) => map.maybe("client_vpn", self.word(vpn, None, at)),
            Attached::Peer(peer) => map.maybe("peer", self.word(peer, None, at)),
            Attached::Unseen(unseen) => self.lost(network.unseen[*unseen].text(), at),
        }
        match &attachment.table {
            Association::Table(table) => {
                let table = self.inside(table, gateway, at);
                map.maybe("table", table.filter(|t| t != "default"));
            }
            Association::None => map.word("table", "none"),
            Association::Unseen(unseen) => self.lost(network.unseen[*unseen].text(), at),
        }
        let tables: Vec<String> = attachment
            .propagates_to
            .iter()
            .filter_map(|t| self.inside(t, gateway, at))
            .collect();
        let peer = matches!(attachment.to, Attached::Peer(_));
        let usual: &[&str] = if peer { &[] } else { &["default"] };
        if tables != usual {
            map.full_list("propagates_to", texts(tables));
        }
        if matches!(attachment.to, Attached::Vpc(..)) {
            map.word("appliance_mode", attachment.appliance_mode);
            let references = self.fact(&attachment.group_references, true, at);
            map.word("security_group_references", references);
            map.word("ipv6_support", self.fact(&attachment.ipv6, false, at));
        }
        let fails = self.is_down(|part| matches!(part, Part::Attachment(r) if r.id() == Some(id)));
        let state = if attachment.available || fails {
            "available"
        } else {
            "pending"
        };
        map.word("state", state);
        map
    }

    /// The word for a table or an attachment inside its gateway.
    fn inside<T: Noun>(
        &mut self,
        r: &Ref<T>,
        gateway: Id<TransitGateway>,
        at: &str,
    ) -> Option<String> {
        let word = self.word(r, None, at)?;
        let own = format!("{}/", self.names.of(gateway).unwrap_or_default());
        Some(word.strip_prefix(&own).unwrap_or(&word).to_owned())
    }

    fn transit_tables(&mut self, gateway: Id<TransitGateway>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        let own = |t: &TransitTable| t.gateway.id() == Some(gateway);
        let own = network.transit_tables.iter().filter(|(_, t)| own(t));
        for (place, (id, table)) in own.enumerate() {
            let Some(name) = self.names.of(id).map(last).map(str::to_owned) else {
                continue;
            };
            let mut routes = Map::free();
            for route in &table.routes {
                self.transit_route(&mut routes, route, table, gateway);
            }
            // Every gateway has a default table.
            if place == 0 && name == "default" && routes.is_empty() {
                continue;
            }
            let mut map = Map::of("transit_route_table");
            map.map("routes", routes);
            all.push(&name, Doc::Map(map));
        }
        all
    }

    fn transit_route(
        &mut self,
        routes: &mut Map,
        route: &TransitRoute,
        table: &TransitTable,
        gateway: Id<TransitGateway>,
    ) {
        let at = &table.name;
        if !route.fixed {
            // What attachments propagate they propagate again. An import has the rows alone.
            if self.network.world == World::Closed {
                return;
            }
            self.lost("that routes of a transit gateway are propagated", at);
        }
        let region = self.network.region.clone();
        let destination = self.destination(&route.destination, &region, at);
        let to = match route.to.as_slice() {
            _ if !route.active => Some("blackhole".to_owned()),
            [] => Some("blackhole".to_owned()),
            [one] => self.inside(one, gateway, at),
            [..] => {
                self.lost("equal paths of a transit gateway's route", at);
                None
            }
        };
        if let (Some(destination), Some(to)) = (destination, to) {
            if routes.pairs.iter().any(|p| p.key == destination) {
                self.lost(format!("a second route to {destination}"), at);
            } else {
                routes.push(&destination, Doc::Text(to));
            }
        }
    }
}

/// The name within its gateway.
fn last(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, last)| last)
}
