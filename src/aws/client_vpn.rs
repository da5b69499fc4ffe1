//! Client VPN: clients send by the endpoint's rules and routes, and leave by one of its interfaces,
//! with that interface's address (`/vpn/latest/clientvpn-admin/client-authorization.html`,
//! `/vpn/latest/clientvpn-admin/cvpn-working-routes.html`).

use super::bits;
use super::choice::OneWay;
use super::compile::Compiler;
use super::filter::span;
use super::gateway::PORTS;
use super::lack::Lack;
use super::stages::{entry, slot};
use super::transit::clients_behind;
use crate::code::Code;
use crate::fabric::{Action, Label, NONE, NodeId, Rewrite, RowSpec, Side, TableId};
use crate::model::{Attached, ClientVpn, Gap, Id, Interface, Origin, Ref, Subnet, Unseen, Vpc};
use ipnet::Ipv4Net;
use std::cmp::Reverse;

/// The endpoint's own entry, where clients' traffic comes out of the tunnel.
const TUNNEL: u8 = 2;

/// What a client's own system keeps out of the tunnel.
const ELSEWHERE: Origin = Origin::Implied(
    "with a split tunnel the rest leaves by the client's own connection, /vpn/latest/clientvpn-admin/split-tunnel-vpn.html",
);

impl Compiler<'_> {
    pub(super) fn client_vpn_nodes(&mut self) {
        for (_, vpn) in self.network.client_vpns.iter() {
            let name = self.scoped(&vpn.vpc, &vpn.name);
            let node = self.b.node(self.shapes.client_vpn, name);
            self.out.client_vpns.push(node);
        }
    }

    pub(super) fn client_vpns(&mut self) {
        let network = self.network;
        for ((id, vpn), node) in network.client_vpns.iter().zip(self.out.client_vpns.clone()) {
            let routes = self.client_routes(id, vpn);
            let tunnel = self.b.over(
                node,
                TUNNEL,
                Label {
                    token: Some("client-vpn"),
                    ..Label::default()
                },
            );
            let name = self.scoped(&vpn.vpc, &vpn.name);
            let own = routes.iter().map(|row| RowSpec {
                then: tunnel,
                ..row.clone()
            });
            let (own, rest) = if vpn.split_tunnel {
                let elsewhere = Lack::not_modelled(
                    "connection of the clients of",
                    name.clone(),
                    "what leaves outside the tunnel is not described",
                    &ELSEWHERE,
                );
                let own: Vec<RowSpec> = own.chain([elsewhere.opaque()]).collect();
                (own, Action::Opaque(Code::UNSUPPORTED_COMPONENT))
            } else {
                (Vec::new(), tunnel)
            };
            let own = self
                .b
                .table(&format!("{name} client"), Side::Dst, own, rest, "");
            let text = format!("{name} authorization");
            let allowed = self.authorized(id, vpn, &text);
            let allowed = self.b.table(
                &text,
                Side::Dst,
                allowed,
                Action::Drop(Code::CLIENT_VPN_NOT_AUTHORIZED),
                "what no authorization rule allows is refused, /vpn/latest/clientvpn-admin/client-authorization.html",
            );
            let routes = self.b.table(
                &format!("{name} routes"),
                Side::Dst,
                routes,
                Action::Drop(Code::NO_ROUTE_TO_DESTINATION),
                "what no route of the endpoint covers is dropped, /vpn/latest/clientvpn-admin/cvpn-working-routes.html",
            );
            for (slot, table) in [(0, own), (1, allowed), (2, routes)] {
                self.b.slot(node, slot, table);
            }
            for interface in vpn.interfaces.iter().filter_map(Ref::id) {
                self.client_interface(interface, node);
            }
        }
    }

    /// The longest block decides; one for everybody goes before one for a group
    /// (`/vpn/latest/clientvpn-admin/cvpn-working-rules.html`). Whether a client is in a group an
    /// import does not say.
    fn authorized(&self, id: Id<ClientVpn>, vpn: &ClientVpn, name: &str) -> Vec<RowSpec> {
        let mut rules: Vec<(Ipv4Net, Option<Id<Unseen>>)> = Vec::new();
        rules.extend(vpn.authorize.iter().map(|net| (*net, None)));
        rules.extend(vpn.of_groups.iter().map(|(net, who)| (*net, Some(*who))));
        rules.sort_by_key(|(net, who)| (Reverse(net.prefix_len()), who.is_some()));
        let rows = rules.into_iter().map(|(net, who)| {
            let lack = who.map(|who| Lack::from(&self.network.unseen[who]));
            match lack {
                None => {
                    let text = format!("{name} {net}");
                    RowSpec::address(span(&net), Action::Next, &vpn.origin, text)
                }
                Some(lack) => RowSpec {
                    span: span(&net).into(),
                    ..lack.maybe()
                },
            }
        });
        let open = self.gap(Gap::ClientVpnRules(id));
        rows.chain(open.map(|lack| lack.maybe())).collect()
    }

    /// The VPC's blocks by any associated subnet, further blocks by those that a route names. A client is
    /// connected to one of them, nobody knows which, and has its routes alone
    /// (`/vpn/latest/clientvpn-admin/intermittent-access.html`).
    fn client_routes(&mut self, id: Id<ClientVpn>, vpn: &ClientVpn) -> Vec<RowSpec> {
        let network = self.network;
        if let Some(lack) = self.gap(Gap::ClientVpnNetworks(id)) {
            return vec![lack.opaque()];
        }
        let lost = vpn.interfaces.iter().find_map(|own| match own.id() {
            None => Some(self.lack(own)),
            Some(id) => {
                let subnet = &network.interfaces[id].subnet;
                subnet.id().is_none().then(|| self.lack(subnet))
            }
        });
        if let Some(lack) = lost {
            return vec![lack.opaque()];
        }
        let mut attachments = network.attachments.iter().map(|(_, a)| a);
        let attached = attachments
            .find(|a| matches!(&a.to, Attached::ClientVpn(r) if r.id() == Some(id)))
            .map(|a| clients_behind(a).opaque());
        if let (Some(row), true) = (&attached, vpn.interfaces.is_empty()) {
            return vec![row.clone()];
        }
        let own: Vec<(Id<Subnet>, Id<Interface>)> = vpn
            .interfaces
            .iter()
            .filter_map(Ref::id)
            .filter_map(|i| Some((network.interfaces[i].subnet.id()?, i)))
            .collect();
        let local = vpn.vpc.id().map_or(&[][..], |v| &network.vpcs[v].cidrs);
        let inside = |net: &Ipv4Net| local.iter().any(|block| block.contains(net));
        let mut blocks = local.to_vec();
        blocks.extend(vpn.routes.iter().map(|(net, _)| *net));
        // Outside its VPC the transit gateway may know a longer block.
        blocks.retain(|net| attached.is_none() || inside(net));
        blocks.sort_by_key(|net| (Reverse(net.prefix_len()), *net));
        blocks.dedup();
        let name = self.scoped(&vpn.vpc, &vpn.name);
        let mut rows = Vec::new();
        for net in blocks {
            let told = || vpn.routes.iter().filter(|(wide, _)| wide.contains(&net));
            if let Some((_, subnet)) = told().find(|(_, subnet)| subnet.id().is_none()) {
                rows.push(RowSpec {
                    span: span(&net).into(),
                    ..self.lack(subnet).opaque()
                });
                continue;
            }
            let mut ways = Vec::new();
            for &(landed, interface) in &own {
                if network.out_of_service(interface).is_some() {
                    continue;
                }
                let led = inside(&net) || told().any(|(_, subnet)| subnet.id() == Some(landed));
                let node = self.out.node_of(interface);
                ways.push(OneWay {
                    text: network.interface_name(interface),
                    origin: vpn.origin.clone(),
                    then: match led {
                        true => self.b.to(node, entry::SERVE),
                        false => Action::Drop(Code::NO_ROUTE_TO_DESTINATION),
                    },
                    keep: NONE,
                    only_kept: false,
                });
            }
            let then = self.either(&name, ways, Code::BAD_STATE);
            rows.push(RowSpec::address(
                span(&net),
                then,
                &vpn.origin,
                format!("{name} {net}"),
            ));
        }
        rows.extend(self.gap(Gap::ClientVpnRoutes(id)).map(|lack| lack.opaque()));
        rows.extend(attached);
        rows
    }

    /// An interface of the endpoint: what it sends has its address, and its replies go home.
    fn client_interface(&mut self, id: Id<Interface>, clients: NodeId) {
        let node = self.out.node_of(id);
        let interface = &self.network.interfaces[id];
        let then = self.b.rewriting(Rewrite {
            src: interface.ips.first().map(|ip| bits(*ip)),
            sport: Some(PORTS),
            ..Rewrite::default()
        });
        let nat = self
            .b
            .table(&interface.name, Side::Src, Vec::new(), then, "");
        let home = self.b.to(clients, entry::ARRIVE);
        let home = self
            .b
            .table(&interface.name, Side::Dst, Vec::new(), home, "");
        self.b.slot(node, slot::SPECIAL as usize, nat);
        self.b.slot(node, slot::SERVICE as usize, home);
        if let Some(subnet) = interface.subnet.id() {
            let routes = self.routes(subnet);
            self.b.slot(node, slot::ROUTES as usize, routes);
        }
        let vpc = self.network.vpc_of(id);
        if let Some(table) = vpc.map(|v| self.resolver_of_clients(v)) {
            self.b.slot(node, slot::TRACK as usize, table);
        }
    }

    /// As one of the VPC's hosts, an interface asks the VPC's resolver, unfiltered
    /// (`https://repost.aws/knowledge-center/client-vpn-how-dns-works-with-endpoint`).
    fn resolver_of_clients(&mut self, vpc: Id<Vpc>) -> TableId {
        let v = &self.network.vpcs[vpc];
        let then = match v.dns_support.known() {
            Some(false) => Action::Drop(Code::DNS_NO_ANSWER),
            _ => self.asking_the_host(v, entry::ANSWERED),
        };
        let own = v.cidrs.first().map(|c| bits(u32::from(c.network()) + 2));
        let rows = own.map(|at| RowSpec::address((at, at), then, &v.origin, "the VPC's resolver"));
        let rows = rows.into_iter().collect();
        self.b
            .table("host services", Side::Dst, rows, Action::Next, "")
    }
}
