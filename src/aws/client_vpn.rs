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
use crate::fabric::{Action, Label, NONE, NodeId, Rewrite, RowSpec, Side};
use crate::model::{Attached, ClientVpn, Gap, Id, Interface, Origin, Ref, Subnet, Unseen};
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

    /// The VPC's blocks by any associated subnet, since a client may be connected to each; further
    /// blocks by the subnet that the route names.
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
        let mut routes: Vec<(Ipv4Net, Vec<Id<Interface>>)> = Vec::new();
        if let Some(vpc) = vpn.vpc.id() {
            let all: Vec<Id<Interface>> = own.iter().map(|(_, i)| *i).collect();
            let blocks = network.vpcs[vpc].cidrs.iter();
            routes.extend(blocks.map(|c| (*c, all.clone())));
        }
        for (net, subnet) in &vpn.routes {
            let through = own.iter().filter(|(s, _)| subnet.id() == Some(*s));
            let through = through.map(|(_, i)| *i);
            match routes.iter_mut().find(|(known, _)| known == net) {
                // By the subnet that a client is connected to.
                Some((_, all)) => all.extend(through),
                None => routes.push((*net, through.collect())),
            }
        }
        if attached.is_some() {
            // Outside its VPC the transit gateway may know a longer block.
            let blocks = vpn.vpc.id().map(|v| &network.vpcs[v].cidrs);
            let own = |net: &Ipv4Net| blocks.into_iter().flatten().any(|b| b.contains(net));
            routes.retain(|(net, _)| own(net));
        }
        routes.sort_by_key(|(net, _)| Reverse(net.prefix_len()));
        let name = self.scoped(&vpn.vpc, &vpn.name);
        let mut rows = Vec::new();
        for (net, through) in routes {
            let mut own = vpn.routes.iter().filter(|(block, _)| *block == net);
            if let Some((_, subnet)) = own.find(|(_, subnet)| subnet.id().is_none()) {
                rows.push(RowSpec {
                    span: span(&net).into(),
                    ..self.lack(subnet).opaque()
                });
                continue;
            }
            let mut ways = Vec::new();
            for interface in through {
                if network.out_of_service(interface).is_some() {
                    continue;
                }
                let node = self.out.node_of(interface);
                ways.push(OneWay {
                    text: network.interface_name(interface),
                    origin: vpn.origin.clone(),
                    then: self.b.to(node, entry::SERVE),
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
            let routes = self.routes_of_clients(subnet);
            self.b.slot(node, slot::ROUTES as usize, routes);
        }
    }
}
