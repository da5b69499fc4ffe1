//! What joins networks: peerings, and sites with their connections and their own internet.

use super::bits;
use super::compile::Compiler;
use super::filter::span;
use super::gateway::PORTS;
use super::stages::entry;
use crate::code::Code;
use crate::fabric::{Action, Label, Outside, Rewrite, RowSpec, Side};
use crate::model::{Connection, ConnectionKind, Id, Ref};

impl Compiler<'_> {
    /// Peerings: one way in from each side, straight to the other side's router.
    pub(super) fn wires(&mut self) {
        let network = self.network;
        for ((_, peering), node) in network.peerings.iter().zip(self.peerings.clone()) {
            for (slot, far) in peering.between.iter().rev().enumerate() {
                let router = far.id().and_then(|v| self.routers.get(v.index())).copied();
                let to = router.map_or(Action::Opaque(Code::UNKNOWN_RESOURCE), |r| self.b.to(r, 1));
                let table = self.b.table(&peering.name, Side::Dst, Vec::new(), to, "");
                self.b.slot(node, slot, table);
            }
        }
        for ((_, connection), node) in network.connections.iter().zip(self.connections.clone()) {
            let gateway = connection
                .to
                .id()
                .and_then(|g| self.vpn_gateways.get(g.index()))
                .copied();
            let site = connection
                .site
                .id()
                .and_then(|s| self.out.sites.get(s.index()))
                .copied();
            let missing = Action::Opaque(Code::UNKNOWN_RESOURCE);
            let up = connection.up;
            let mut there = |node: Option<u32>, entry: u8| match node {
                _ if !up => Action::Drop(Code::BAD_STATE_VPN),
                Some(node) => self.clearing(node, entry, Label::default()),
                None => missing,
            };
            let (to_gateway, to_site) = (there(gateway, 0), there(site, entry::SITE));
            for (slot, to) in [(0, to_gateway), (1, to_site)] {
                let table = self
                    .b
                    .table(&connection.name, Side::Dst, Vec::new(), to, "");
                self.b.slot(node, slot, table);
            }
        }
        let sites = network.sites.iter().zip(self.out.sites.clone());
        for ((_, site), node) in sites {
            let mut rows = Vec::new();
            for (name, ip) in &site.hosts {
                let own = self
                    .out
                    .site_hosts
                    .iter()
                    .find(|(s, a, _)| *s == node && *a == bits(*ip));
                if let Some((_, _, host)) = own.copied() {
                    let then = self.b.to(host, entry::ARRIVE);
                    rows.push(RowSpec::address(
                        (bits(*ip), bits(*ip)),
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
            let then = self.b.over(node, entry::ARRIVE, label);
            let table = self.b.table(
                &format!("{} hosts", site.name),
                Side::Dst,
                rows,
                then,
                "a host of the site is assumed at this address",
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
                let then = match &route.via {
                    Some(via) => via.id().map_or(missing, |c| self.toward(c)),
                    None if site.public_ip.is_some() => self.b.to(isp, 0),
                    None => Action::Drop(Code::NO_ROUTE_TO_DESTINATION),
                };
                let text = format!("{} {}", site.name, route.destination);
                let row = RowSpec::address(span(&route.destination), then, &route.origin, text);
                rows.push((route.destination.prefix_len(), row));
            }
            for (number, connection) in network
                .connections
                .iter()
                .filter(|(_, c)| c.site.id() == Some(id))
            {
                let Some(gateway) = connection.to.id() else {
                    continue;
                };
                let Some(vpc) = network.vpn_gateways[gateway].vpc.id() else {
                    continue;
                };
                for cidr in &network.vpcs[vpc].cidrs {
                    let then = self.toward(number);
                    rows.push((
                        cidr.prefix_len(),
                        RowSpec::address(
                            span(cidr),
                            then,
                            &connection.origin,
                            connection.name.clone(),
                        ),
                    ));
                }
            }
            for cidr in &site.cidrs {
                let then = self.b.to(host, entry::SITE);
                rows.push((
                    cidr.prefix_len(),
                    RowSpec::address(span(cidr), then, &site.origin, site.name.clone()),
                ));
            }
            rows.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
            let rows = rows.into_iter().map(|(_, r)| r).collect();
            let otherwise = if site.public_ip.is_some() {
                self.b.to(isp, 0)
            } else {
                Action::Drop(Code::NO_ROUTE_TO_DESTINATION)
            };
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
            let nat = self.b.table(
                &format!("{} NAT", site.name),
                Side::Src,
                Vec::new(),
                then,
                "",
            );
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

    /// From a site into one of its connections.
    fn toward(&mut self, id: Id<Connection>) -> Action {
        let connection = &self.network.connections[id];
        match self.connections.get(id.index()).copied() {
            _ if !connection.up => Action::Drop(Code::BAD_STATE_VPN),
            None => Action::Opaque(Code::UNKNOWN_RESOURCE),
            Some(node) => {
                let label = Label {
                    token: Some(token(connection.kind)),
                    ..Label::default()
                };
                self.clearing(node, 0, label)
            }
        }
    }

    /// A virtual private gateway takes sources of its VPC to the prefixes its connections announce
    /// (`/vpn/latest/s2svpn/vpn-route-priority.html`).
    fn vpn_gateway(
        &mut self,
        id: crate::model::Id<crate::model::VpnGateway>,
        vpc: &Ref<crate::model::Vpc>,
        node: u32,
    ) {
        let network = self.network;
        let router = vpc.id().and_then(|v| self.routers.get(v.index())).copied();
        let to = router.map_or(Action::Opaque(Code::UNKNOWN_RESOURCE), |r| self.b.to(r, 2));
        let local = self.b.table("local", Side::Dst, Vec::new(), to, "");
        let sources = vpc.id().map_or(Vec::new(), |v| {
            let v = &network.vpcs[v];
            v.cidrs
                .iter()
                .map(|c| RowSpec::address(span(c), Action::Next, &v.origin, "a source of the VPC"))
                .collect()
        });
        let sources = self.b.table(
            "virtual private gateway",
            Side::Src,
            sources,
            Action::Drop(Code::VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS),
            "only sources of the VPC, /vpc/latest/reachability/explanation-codes.html",
        );
        let mut rows: Vec<(u8, bool, ConnectionKind, RowSpec)> = Vec::new();
        for (number, connection) in network
            .connections
            .iter()
            .filter(|(_, c)| c.to.id() == Some(id))
        {
            let Some(host) = self.connections.get(number.index()).copied() else {
                continue;
            };
            for prefix in &connection.prefixes {
                let label = Label {
                    token: Some(token(connection.kind)),
                    ..Label::default()
                };
                let then = if connection.up {
                    self.clearing(host, 1, label)
                } else {
                    Action::Drop(Code::BAD_STATE_VPN)
                };
                rows.push((
                    prefix.prefix_len(),
                    connection.up,
                    connection.kind,
                    RowSpec::address(
                        span(prefix),
                        then,
                        &connection.origin,
                        connection.name.clone(),
                    ),
                ));
            }
        }
        let rank = |kind: &ConnectionKind| match kind {
            ConnectionKind::DirectConnect => 0,
            ConnectionKind::VpnStatic => 1,
            ConnectionKind::VpnBgp => 2,
        };
        // A connection that is up goes before every attribute of its route.
        rows.sort_by_key(|(length, up, kind, _)| (std::cmp::Reverse(*length), !up, rank(kind)));
        let rows = rows.into_iter().map(|(_, _, _, r)| r).collect();
        let routes = self.b.table(
            "connections",
            Side::Dst,
            rows,
            Action::Drop(Code::NO_ROUTE_TO_DESTINATION),
            "no connection announces this destination",
        );
        for (slot, table) in [(0, local), (1, sources), (2, routes)] {
            self.b.slot(node, slot, table);
        }
    }
}

fn token(kind: ConnectionKind) -> &'static str {
    match kind {
        ConnectionKind::DirectConnect => "direct-connect",
        ConnectionKind::VpnStatic | ConnectionKind::VpnBgp => "vpn",
    }
}
