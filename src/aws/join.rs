//! What joins networks: peerings, and sites with their connections and their own internet.

use super::bits;
use super::choice::OneWay;
use super::compile::Compiler;
use super::direct_connect::PUBLIC_INTERFACE;
use super::filter::span;
use super::gateway::PORTS;
use super::lack::Lack;
use super::stages::entry;
use crate::code::Code;
use crate::fabric::{Action, Label, NONE, Outside, Rewrite, RowSpec, Side, Span, TableId};
use crate::model::{
    Connection, ConnectionKind, Family, Gap, Id, Joined, Ref, Site, Vpc, VpnGateway,
};
use indexmap::IndexMap;
use ipnet::IpNet;
use std::cmp::Reverse;

impl Compiler<'_> {
    /// Peerings: one way in from each side, straight to the other side's router.
    pub(super) fn wires(&mut self) {
        let network = self.network;
        for ((_, peering), node) in network.peerings.iter().zip(self.peerings.clone()) {
            for (slot, far) in peering.between.iter().rev().enumerate() {
                let table = self.local(far, 1);
                self.b.slot(node, slot, table);
            }
        }
        for ((_, connection), node) in network.connections.iter().zip(self.connections.clone()) {
            let gateway = match &connection.to {
                Joined::Vpn(g) => g
                    .id()
                    .and_then(|g| self.vpn_gateways.get(g.index()))
                    .copied(),
                Joined::Transit(a) => self.door(a.id()),
                Joined::Public => {
                    self.public_interface(connection, node);
                    continue;
                }
            };
            let site = connection
                .site
                .id()
                .and_then(|s| self.out.sites.get(s.index()))
                .copied();
            // What is down is not led to.
            let mut there = |node: Option<u32>, entry: u8| match node {
                Some(node) => self.clearing(node, entry, Label::default()),
                None => Action::Opaque(Code::UNKNOWN_RESOURCE),
            };
            let (to_gateway, to_site) = (there(gateway, 0), there(site, entry::SITE));
            for (slot, to) in [(0, to_gateway), (1, to_site)] {
                let rows = other_family(connection).into_iter().collect();
                let table = self.b.table(&connection.name, Side::Dst, rows, to, "");
                self.b.slot(node, slot, table);
            }
        }
        let sites = network.sites.iter().zip(self.out.sites.clone());
        for ((id, site), node) in sites {
            let mut rows = Vec::new();
            for (name, ip) in &site.hosts {
                let at = bits(*ip);
                let own = self
                    .out
                    .site_hosts
                    .iter()
                    .find(|(s, a, _)| *s == node && *a == at);
                if let Some((_, _, host)) = own.copied() {
                    let then = self.b.to(host, entry::ARRIVE);
                    rows.push(RowSpec::address(
                        (at, at),
                        then,
                        &site.origin,
                        format!("{}/{name}", site.name),
                    ));
                }
            }
            let label = Label {
                assumes: Some(Code::HOST_ASSUMED.name()),
                ..Label::default()
            };
            let assumed = self.b.over(node, entry::ARRIVE, label);
            let text = "a host of the site is assumed at this address";
            let blocks = site.cidrs.iter();
            rows.extend(blocks.map(|c| RowSpec::address(span(c), assumed, &site.origin, text)));
            rows.extend(self.gap(Gap::Site(id)).map(|lack| lack.opaque()));
            let onward = self.b.to(node, 0);
            let table = self.b.table(
                &format!("{} hosts", site.name),
                Side::Dst,
                rows,
                onward,
                "what is for elsewhere goes the way that the site knows",
            );
            self.b.slot(node, 1, table);
        }
    }

    /// Sites, their connections and their own internet.
    pub(super) fn sites(&mut self) {
        let network = self.network;
        for ((id, site), (host, isp)) in network
            .sites
            .iter()
            .zip(self.out.sites.clone().into_iter().zip(self.isps.clone()))
        {
            let mut rows: Vec<(u8, RowSpec)> = Vec::new();
            let missing = Action::Opaque(Code::UNKNOWN_RESOURCE);
            // At equal length what was written by hand wins over what was advertised.
            for route in &site.routes {
                let block = route.destination;
                let then = match &route.via {
                    Some(via) => via.id().map_or(missing, |c| self.toward(c)),
                    None => self.b.to(isp, 0),
                };
                let text = format!("{} {}", site.name, route.destination);
                let row = RowSpec::address(span(&block), then, &route.origin, text);
                rows.push((block.prefix_len(), row));
            }
            rows.extend(self.advertised(id));
            rows.extend(self.amazon_by_interface(id));
            for cidr in &site.cidrs {
                let then = self.b.to(host, entry::SITE);
                rows.push((
                    cidr.prefix_len(),
                    RowSpec::address(span(cidr), then, &site.origin, site.name.clone()),
                ));
            }
            rows.sort_by_key(|(length, _)| Reverse(*length));
            let mut rows: Vec<RowSpec> = rows.into_iter().map(|(_, r)| r).collect();
            rows.extend(self.gap(Gap::Site(id)).map(|lack| lack.opaque()));
            let otherwise = if site.public_ip.is_some() {
                self.b.to(isp, 0)
            } else {
                Action::Drop(Code::NO_ROUTE_TO_DESTINATION)
            };
            let kept = site.rules.is_some().then(|| rows.clone());
            let table = self.b.table(
                &format!("{} routes", site.name),
                Side::Dst,
                rows,
                otherwise,
                "the rest goes to the site's internet connection, if it has one",
            );
            self.b.slot(host, 0, table);
            let hosts: Vec<u32> = self
                .out
                .site_hosts
                .iter()
                .filter(|(s, _, _)| *s == host)
                .map(|(_, _, h)| *h)
                .collect();
            let behind = kept.and_then(|routes| self.firewall(site, host, &routes));
            let table = behind.unwrap_or(table);
            for own in hosts {
                self.b.slot(own, 0, table);
            }
            let Some(public) = site.public_ip else {
                continue;
            };
            let then = self.b.rewriting(Rewrite {
                src: Some(bits(public)),
                sport: Some(PORTS),
                ..Rewrite::default()
            });
            let own = Lack::not_modelled(
                "IPv6 internet connection of site",
                site.name.clone(),
                "only one of IPv4 is described",
                &site.origin,
            );
            let v6 = RowSpec {
                span: Span::V6,
                ..own.opaque()
            };
            let nat = format!("{} NAT", site.name);
            let nat = self.b.table(&nat, Side::Src, vec![v6], then, "");
            let label = Label {
                exposed: true,
                outside: Outside::Yes,
                token: Some("isp"),
                assumes: None,
            };
            let to = self.b.over(self.internet_router, 0, label);
            let away = self.b.table("internet", Side::Dst, Vec::new(), to, "");
            let to = self.b.to(host, entry::SITE);
            let home = self.b.table(&site.name, Side::Dst, Vec::new(), to, "");
            for (slot, table) in [(0, nat), (1, away), (2, home)] {
                self.b.slot(isp, slot, table);
            }
        }
        for ((id, gateway), node) in network.vpn_gateways.iter().zip(self.vpn_gateways.clone()) {
            self.vpn_gateway(id, &gateway.vpc, node);
        }
    }

    /// What its connections tell a site: the blocks of the VPC behind each, or what is behind the
    /// transit gateway. Of several connections to one block the site takes any that is up.
    fn advertised(&mut self, site: Id<Site>) -> Vec<(u8, RowSpec)> {
        let network = self.network;
        let mut blocks: IndexMap<IpNet, Vec<Id<Connection>>> = IndexMap::new();
        for (id, connection) in network.connections.iter() {
            if connection.site.id() != Some(site) {
                continue;
            }
            let told = match &connection.to {
                Joined::Vpn(gateway) => {
                    let vpc = gateway.id().and_then(|g| network.vpn_gateways[g].vpc.id());
                    let blocks = vpc.into_iter().flat_map(|v| network.vpcs[v].blocks());
                    blocks.chain(self.other_sites(connection)).collect()
                }
                Joined::Transit(_) if connection.kind == ConnectionKind::DirectConnect => {
                    connection.allowed.clone()
                }
                Joined::Transit(attachment) => self.behind(attachment.id(), id),
                Joined::Public => Vec::new(),
            };
            for cidr in told {
                if !connection.carries(Family::of_net(cidr)) {
                    continue;
                }
                blocks.entry(cidr).or_default().push(id);
            }
        }
        // A connection that is up goes before every attribute of a route
        // (`/vpn/latest/s2svpn/vpn-route-priority.html`), the length of its block as well.
        let up = |id: &Id<Connection>| network.connections[*id].up;
        let alive = blocks.iter().filter(|(_, all)| all.iter().any(up));
        let alive: Vec<IpNet> = alive.map(|(block, _)| *block).collect();
        blocks.retain(|block, all| all.iter().any(up) || !alive.iter().any(|a| a.contains(block)));
        let mut rows = Vec::new();
        for (cidr, all) in blocks {
            let row = self.any_of(&all, &cidr, Self::toward);
            rows.extend(row.map(|row| (cidr.prefix_len(), row)));
        }
        rows
    }

    /// What a virtual private gateway tells one site of the others: what it learned from them by BGP
    /// (`/vpn/latest/s2svpn/VPN_CloudHub.html`).
    fn other_sites(&self, connection: &Connection) -> Vec<IpNet> {
        let learns = |c: &Connection| c.kind != ConnectionKind::VpnStatic;
        if !learns(connection) {
            return Vec::new();
        }
        let all = self.network.connections.iter().map(|(_, other)| other);
        let others = all.filter(|other| {
            let same = other.to.vpn().is_some() && other.to.vpn() == connection.to.vpn();
            // A site does not believe what it is told with its own number in the path.
            let believed = connection.asn.is_none() || other.asn != connection.asn;
            let apart = other.site.id() != connection.site.id();
            same && other.up && learns(other) && apart && believed
        });
        others
            .flat_map(|other| other.prefixes.iter().copied())
            .collect()
    }

    /// A row that leads into any connection that is up, or into the first if none is.
    pub(super) fn any_of(
        &mut self,
        all: &[Id<Connection>],
        block: &IpNet,
        mut into: impl FnMut(&mut Self, Id<Connection>) -> Action,
    ) -> Option<RowSpec> {
        let network = self.network;
        let mut taken: Vec<Id<Connection>> = all.to_vec();
        taken.retain(|c| network.connections[*c].up);
        if taken.is_empty() {
            taken.extend(all.first());
        }
        let origin = &network.connections[*taken.first()?].origin;
        let names: Vec<&str> = taken
            .iter()
            .map(|c| network.connections[*c].name.as_str())
            .collect();
        let text = names.join(" or ");
        let ways = taken.iter().map(|c| OneWay {
            text: network.connections[*c].name.clone(),
            origin: network.connections[*c].origin.clone(),
            then: into(self, *c),
            keep: NONE,
            only_kept: false,
        });
        let ways = ways.collect();
        let then = self.either("connections", ways, Code::NO_ROUTE_TO_DESTINATION);
        Some(RowSpec::address(span(block), then, origin, text))
    }

    /// From a site into one of its connections.
    pub(super) fn toward(&mut self, id: Id<Connection>) -> Action {
        self.through(id, 0)
    }

    /// From AWS into one of the site's connections.
    pub(super) fn across(&mut self, id: Id<Connection>) -> Action {
        self.through(id, 1)
    }

    fn through(&mut self, id: Id<Connection>, entry: u8) -> Action {
        let connection = &self.network.connections[id];
        match self.connections.get(id.index()).copied() {
            _ if !connection.up => Action::Drop(Code::BAD_STATE_VPN),
            None => Action::Opaque(Code::UNKNOWN_RESOURCE),
            Some(node) => {
                let label = match connection.to {
                    Joined::Public => PUBLIC_INTERFACE,
                    Joined::Vpn(_) | Joined::Transit(_) => Label {
                        token: Some(token(connection.kind)),
                        ..Label::default()
                    },
                };
                self.clearing(node, entry, label)
            }
        }
    }

    /// From one site to another a virtual private gateway passes traffic on if each has a BGP number
    /// of its own (`/vpn/latest/s2svpn/VPN_CloudHub.html`), and all exchange routes by BGP. Where that
    /// is not so, or not said, no page says what it does.
    fn between_sites(&mut self, id: Id<VpnGateway>, vpc: &Ref<Vpc>) -> TableId {
        let network = self.network;
        let all = network.connections.iter().map(|(_, c)| c);
        let own: Vec<&Connection> = all.filter(|c| c.to.vpn() == Some(id)).collect();
        let apart = |one: &Connection| {
            let bgp = |c: &Connection| c.kind != ConnectionKind::VpnStatic && c.asn.is_some();
            let mut others = own.iter().filter(|c| c.site.id() != one.site.id());
            bgp(one) && others.all(|c| bgp(c) && c.asn != one.asn)
        };
        let sites = |pair: &[&Connection]| matches!(pair, [a, b] if a.site.id() == b.site.id());
        if own.windows(2).all(sites) {
            return NONE;
        }
        let blocks = vpc.id().into_iter().flat_map(|v| network.vpcs[v].blocks());
        let inside =
            blocks.map(|b| RowSpec::address(span(&b), Action::Next, &vpc.origin, "the VPC's own"));
        let mut rows: Vec<RowSpec> = inside.collect();
        let (passed, kept): (Vec<&Connection>, Vec<&Connection>) =
            own.iter().copied().partition(|c| apart(c));
        let mut others = self.announced(id, |c| passed.iter().any(|p| p.name == c.name));
        for connection in kept {
            let lack = Lack::not_modelled(
                "connection of another site",
                connection.name.clone(),
                "passed on to only if each site has a BGP number of its own",
                &connection.origin,
            );
            others.extend(connection.prefixes.iter().map(|prefix| {
                let row = RowSpec {
                    span: span(prefix).into(),
                    ..lack.opaque()
                };
                ((false, Reverse(prefix.prefix_len())), row)
            }));
        }
        others.sort_by_key(|(key, _)| *key);
        rows.extend(others.into_iter().map(|(_, row)| row));
        self.b
            .table("other sites", Side::Dst, rows, Action::Next, "")
    }

    /// What connections of a virtual private gateway announce, with what puts one before another:
    /// whether it is down, and its length.
    fn announced(
        &mut self,
        id: Id<VpnGateway>,
        counts: impl Fn(&Connection) -> bool,
    ) -> Vec<((bool, Reverse<u8>), RowSpec)> {
        let network = self.network;
        let mut blocks: IndexMap<IpNet, Vec<Id<Connection>>> = IndexMap::new();
        for (number, connection) in network.connections.iter() {
            if connection.to.vpn() == Some(id) && counts(connection) {
                for prefix in &connection.prefixes {
                    blocks.entry(*prefix).or_default().push(number);
                }
            }
        }
        let rank = |c: &Id<Connection>| match network.connections[*c].kind {
            ConnectionKind::DirectConnect => 0,
            ConnectionKind::VpnStatic => 1,
            ConnectionKind::VpnBgp => 2,
        };
        // A connection that is up goes before every attribute of its route, its length among them:
        // a longer block that is down leaves its traffic to a shorter one.
        let order = |c: &Id<Connection>| (!network.connections[*c].up, rank(c));
        let mut rows = Vec::new();
        for (prefix, mut all) in blocks {
            let best = all.iter().map(order).min();
            all.retain(|c| Some(order(c)) == best);
            let key = (
                best.is_none_or(|(down, _)| down),
                Reverse(prefix.prefix_len()),
            );
            let row = self.any_of(&all, &prefix, Self::across);
            rows.extend(row.map(|row| (key, row)));
        }
        rows
    }

    /// A virtual private gateway takes sources of its VPC to the prefixes its connections announce
    /// (`/vpn/latest/s2svpn/vpn-route-priority.html`).
    fn vpn_gateway(&mut self, id: Id<VpnGateway>, vpc: &Ref<Vpc>, node: u32) {
        let (arriving, local) = match self.edge_of_vpn(id) {
            Some(table) => (self.arriving(vpc), table),
            None => (NONE, self.local(vpc, 2)),
        };
        let sources = self.sources(vpc.id(), || self.lack(vpc));
        let sources = self.b.table(
            "virtual private gateway",
            Side::Src,
            sources,
            Action::Drop(Code::VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS),
            "only sources of the VPC, /vpc/latest/reachability/explanation-codes.html",
        );
        let mut rows = self.announced(id, |_| true);
        rows.sort_by_key(|(key, _)| *key);
        let gap = self.gap(Gap::VpnGateway(id));
        // Whatever else there is may take what a connection that is down does not.
        rows.retain(|((down, _), _)| !down || gap.is_none());
        let mut rows: Vec<RowSpec> = rows.into_iter().map(|(_, row)| row).collect();
        rows.extend(gap.map(|lack| lack.opaque()));
        let routes = self.b.table(
            "connections",
            Side::Dst,
            rows,
            Action::Drop(Code::NO_ROUTE_TO_DESTINATION),
            "no connection announces this destination",
        );
        let onward = self.between_sites(id, vpc);
        let tables = [local, sources, routes, arriving, onward];
        for (slot, table) in tables.into_iter().enumerate() {
            self.b.slot(node, slot, table);
        }
    }
}

/// What the tunnels of a VPN connection do not carry: they carry one family
/// (`/vpn/latest/s2svpn/ipv4-ipv6.html`).
fn other_family(connection: &Connection) -> Option<RowSpec> {
    let (span, text) = match connection.inside? {
        Family::Ipv4 => (Span::V6, "the tunnels of this VPN connection carry IPv4"),
        Family::Ipv6 => (Span::V4, "the tunnels of this VPN connection carry IPv6"),
    };
    let then = Action::Drop(Code::UNSUPPORTED_BY_AWS);
    Some(RowSpec::address(span, then, &connection.origin, text))
}

fn token(kind: ConnectionKind) -> &'static str {
    match kind {
        ConnectionKind::DirectConnect => "direct-connect",
        ConnectionKind::VpnStatic | ConnectionKind::VpnBgp => "vpn",
    }
}
