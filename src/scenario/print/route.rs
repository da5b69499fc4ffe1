//! Route tables: what is written, without the rows that AWS and endpoints add.

use super::Printer;
use super::doc::{Doc, Map};
use crate::model::{
    BgpPath, ConnectionKind, Destination, Edge, EndpointKind, Id, Network, Ref, Route, RouteKind,
    RouteTable, Target, Vpc, VpcEndpoint, VpnGateway, World,
};

impl Printer<'_> {
    pub(super) fn route_tables(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        if let Some(unseen) = network.vpcs[vpc].main_table.unseen() {
            self.lost(network.unseen[unseen].text(), &network.vpcs[vpc].name);
        }
        let own = || {
            network
                .tables
                .iter()
                .filter(|(_, t)| t.vpc.id() == Some(vpc))
        };
        let mut all = Map::free();
        for (at, (id, table)) in own().enumerate() {
            let main = network.vpcs[vpc].main_table.id() == Some(id);
            let mut map = Map::of("route_table");
            map.maybe("id", table.id.as_ref());
            map.word("main", main);
            map.maybe(
                "edge_of",
                match &table.edge_of {
                    Some(Edge::Internet(gateway)) => self.word(gateway, Some(vpc), &table.name),
                    Some(Edge::Vpn(gateway)) => self.word(gateway, Some(vpc), &table.name),
                    None => None,
                },
            );
            self.routes(&mut map, vpc, id);
            let others = || own().skip(1).any(|(_, t)| t.name == "main");
            let implied = if others() { "implied-main" } else { "main" };
            // `main: true` alone is the table that a VPC has anyway.
            if main && at == 0 && map.pairs.len() == 1 && table.name == implied {
                continue;
            }
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    fn routes(&mut self, map: &mut Map, vpc: Id<Vpc>, table: Id<RouteTable>) {
        let network = self.network;
        let all = &network.tables[table].routes;
        let at = self.label(table);
        let implied = |r: &Route| is_local(network, vpc, r) || is_of_endpoint(network, table, r);
        // A local route that stands elsewhere than AWS puts it was written.
        let written_local = network.world == World::Closed && !locals_first(network, vpc, all);
        let mut routes = Map::free();
        let mut propagated: Vec<&Route> = Vec::new();
        for route in all {
            if route.kind != RouteKind::Static {
                propagated.push(route);
            } else if !implied(route) || (written_local && is_local(network, vpc, route)) {
                self.route(&mut routes, vpc, route, &at);
            }
        }
        map.map("routes", routes);
        let gateway = self.propagating(vpc, &mut propagated);
        let mut rest = Map::free();
        for route in propagated {
            self.route(&mut rest, vpc, route, &at);
        }
        map.map("propagated", rest);
        map.maybe("propagate_from", gateway);
    }

    /// The gateway whose connections' prefixes the last rows are, which it takes away.
    fn propagating(&self, vpc: Id<Vpc>, routes: &mut Vec<&Route>) -> Option<String> {
        let network = self.network;
        let (gateway, _) = network
            .vpn_gateways
            .iter()
            .find(|(_, g)| g.vpc.id() == Some(vpc))?;
        let name = self.names.of(gateway)?;
        let told = advertised(network, gateway);
        let rest = routes.len().checked_sub(told.len())?;
        let tail = routes.get(rest..).unwrap_or_default();
        let same = tail.iter().zip(&told).all(|(route, (destination, kind))| {
            let there = matches!(&route.target, Target::Vpn(r) if r.id() == Some(gateway));
            let plain = route.active && route.bgp == BgpPath::default();
            there && plain && route.destination == *destination && route.kind == *kind
        });
        if told.is_empty() || !same {
            return None;
        }
        routes.truncate(rest);
        Some(name.to_owned())
    }

    fn route(&mut self, routes: &mut Map, vpc: Id<Vpc>, route: &Route, at: &str) {
        let region = self.network.vpcs[vpc].region.clone();
        let (Some(destination), Some(via)) = (
            self.destination(&route.destination, &region, at),
            self.target(route, vpc, at),
        ) else {
            return;
        };
        let known = routes.pairs.iter_mut().find(|p| p.key == destination);
        if known.is_some() && route.kind == RouteKind::Static {
            return self.lost(format!("a second route to {destination}"), at);
        }
        let value = match (route.kind, route.active) {
            (RouteKind::Static, true) => Doc::Text(via),
            (RouteKind::Static, false) => {
                let mut map = Map::of("route");
                map.text("via", &via);
                map.word("state", "blackhole");
                Doc::Map(map)
            }
            (_, true) => {
                let mut map = Map::of("propagated_route");
                map.text("via", &via);
                map.word("kind", kind(route.kind));
                map.maybe("as_path", route.bgp.as_path);
                map.maybe("med", route.bgp.med);
                Doc::Map(map)
            }
            (_, false) => {
                let what = format!("that the propagated route to {destination} leads nowhere");
                return self.lost(what, at);
            }
        };
        match known {
            Some(pair) => pair.value.join(value),
            None => routes.push(&destination, value),
        }
    }

    /// What a route is for, as said where bare names of AWS's lists are of that Region.
    pub(super) fn destination(
        &mut self,
        destination: &Destination,
        region: &str,
        at: &str,
    ) -> Option<String> {
        match destination {
            Destination::Cidr(net) => Some(net.to_string()),
            Destination::List(list) => self.word(list, None, at),
            Destination::AwsList(of, service) => self.aws_list(of, service, region, at),
        }
    }

    fn target(&mut self, route: &Route, vpc: Id<Vpc>, at: &str) -> Option<String> {
        let inside = Some(vpc);
        let word = match &route.target {
            Target::Local => return Some("local".to_owned()),
            Target::Internet(r) => self.word(r, inside, at),
            Target::EgressOnly(r) => self.word(r, inside, at),
            Target::Nat(r) => self.word(r, inside, at),
            Target::RegionalNat(r) => self.word(r, inside, at),
            Target::Vpn(r) => self.word(r, inside, at),
            Target::Interface(r) => self.interface_word(r, inside, at),
            Target::Peering(r) => return self.word(r, None, at),
            Target::Transit(r) => return self.word(r, None, at),
            Target::Endpoint(r) if leads_to_appliances(self.network, r) => self.word(r, inside, at),
            Target::Endpoint(r) => {
                self.lost(format!("a route to endpoint {}", r.text), at);
                return None;
            }
            Target::Unseen(unseen) => {
                self.lost(self.network.unseen[*unseen].text(), at);
                return None;
            }
        };
        // Inside its VPC a gateway's name has no slash.
        let word = word?;
        if word.contains('/') {
            self.lost(format!("a route to {word}, in another VPC"), at);
            return None;
        }
        Some(word)
    }

    /// `pl-s3`, or with the Region where it is another's.
    pub(super) fn aws_list(
        &mut self,
        region: &str,
        service: &str,
        here: &str,
        at: &str,
    ) -> Option<String> {
        let network = self.network;
        let mut stated = network.aws_lists.iter();
        let stated = stated.any(|((r, s), _)| r == region && s == service);
        if !stated && !super::super::lower::KNOWN_LISTS.contains(&service) {
            self.lost(format!("the prefix list of {service} in {region}"), at);
            return None;
        }
        let bare = format!("pl-{service}");
        let mut taken = network.prefix_lists.iter();
        let taken = taken.any(|(id, l)| {
            self.names.of(id) == Some(bare.as_str()) || l.id.as_ref() == Some(&bare)
        });
        if region == here && !taken {
            Some(bare)
        } else {
            Some(format!("{region}/{bare}"))
        }
    }
}

fn kind(kind: RouteKind) -> &'static str {
    match kind {
        RouteKind::DxBgp => "dx-bgp",
        RouteKind::VpnStatic => "vpn-static",
        RouteKind::Tgw => "tgw",
        RouteKind::VpnBgp | RouteKind::Static => "vpn-bgp",
    }
}

/// What the connections of a gateway advertise, as `propagate_from` reads it.
fn advertised(network: &Network, gateway: Id<VpnGateway>) -> Vec<(Destination, RouteKind)> {
    let mut out = Vec::new();
    for (_, connection) in network.connections.iter() {
        let kind = match connection.kind {
            ConnectionKind::DirectConnect => RouteKind::DxBgp,
            ConnectionKind::VpnStatic => RouteKind::VpnStatic,
            ConnectionKind::VpnBgp => RouteKind::VpnBgp,
        };
        if connection.to.vpn() == Some(gateway) {
            let nets = connection.propagates().iter();
            out.extend(nets.map(|n| (Destination::Cidr(*n), kind)));
        }
    }
    out
}

/// A local route of a block of the VPC: every table has it.
fn is_local(network: &Network, vpc: Id<Vpc>, route: &Route) -> bool {
    let mut cidrs = network.vpcs[vpc].blocks();
    route.target == Target::Local
        && route.active
        && route.kind == RouteKind::Static
        && cidrs.any(|c| route.destination == Destination::Cidr(c))
}

/// Whether the local routes stand where AWS puts them: first, in the order of the VPC's blocks.
fn locals_first(network: &Network, vpc: Id<Vpc>, routes: &[Route]) -> bool {
    let local = |r: &&Route| is_local(network, vpc, r);
    let place = |r: &Route| {
        let mut blocks = network.vpcs[vpc].blocks();
        blocks.position(|c| r.destination == Destination::Cidr(c))
    };
    let first: Vec<_> = routes.iter().take_while(local).map(place).collect();
    first.is_sorted() && first.len() == routes.iter().filter(local).count()
}

/// The row that a gateway endpoint writes into each of its tables.
fn is_of_endpoint(network: &Network, table: Id<RouteTable>, route: &Route) -> bool {
    let Target::Endpoint(endpoint) = &route.target else {
        return false;
    };
    endpoint.id().is_some_and(|id| {
        let endpoint = &network.endpoints[id];
        let EndpointKind::Gateway(tables) = &endpoint.kind else {
            return false;
        };
        let mut lists = endpoint.lists().into_iter();
        lists.any(|(region, list)| route.destination == Destination::AwsList(region, list))
            && tables.iter().any(|t| t.id() == Some(table))
    })
}

/// Whether it is a Gateway Load Balancer endpoint: the one kind that routes name.
fn leads_to_appliances(network: &Network, endpoint: &Ref<VpcEndpoint>) -> bool {
    let id = endpoint.id();
    id.is_some_and(|e| network.endpoints[e].leads_to_appliances())
}
