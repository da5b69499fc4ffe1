//! Public virtual interfaces of Direct Connect: a site reaches AWS's public addresses, and no other
//! (`/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html`,
//! `/directconnect/latest/UserGuide/routing-and-bgp.html`).

use super::bits;
use super::choice::OneWay;
use super::compile::Compiler;
use super::filter::span;
use super::gateway::PORTS;
use super::lack::Lack;
use super::stages::entry;
use crate::code::Code;
use crate::fabric::{Action, Label, NONE, NodeId, Outside, Rewrite, RowSpec, Side, Span};
use crate::model::{Connection, Id, Joined, Site, v4};
use ipnet::IpNet;

/// Entries of a public virtual interface, beside that of the site.
const FROM_AWS: u8 = 1;
const AS_IT_IS: u8 = 2;

/// What crossing a public virtual interface says: public addresses, on AWS's own network.
pub(super) const PUBLIC_INTERFACE: Label = Label {
    exposed: true,
    outside: Outside::No,
    token: Some("direct-connect-public"),
    assumes: None,
};

impl Compiler<'_> {
    /// AWS takes only sources that the site advertises: the site's router translates the others to
    /// the first of those addresses.
    pub(super) fn public_interface(&mut self, connection: &Connection, node: NodeId) {
        let own = connection.prefixes.iter();
        let as_it_is = self.b.to(node, AS_IT_IS);
        let text = "an advertised address";
        let own = own.map(|p| RowSpec::address(span(p), as_it_is, &connection.origin, text));
        let own = own.collect();
        let own = self
            .b
            .table(&connection.name, Side::Src, own, Action::Next, "");
        let first = v4(&connection.prefixes)
            .next()
            .and_then(|p| p.hosts().next());
        let translate = self.b.rewriting(Rewrite {
            src: first.map(bits),
            sport: Some(PORTS),
            ..Rewrite::default()
        });
        let nat = format!("{} NAT", connection.name);
        let other = Lack::not_modelled(
            "IPv6 that is not advertised over",
            connection.name.clone(),
            "nothing says how the site's router translates it",
            &connection.origin,
        );
        let other = RowSpec {
            span: Span::V6,
            ..other.opaque()
        };
        let nat = self.b.table(&nat, Side::Src, vec![other], translate, "");
        let there = self.b.to(self.internet_router, 0);
        let mut rows = self.amazon();
        for row in &mut rows {
            row.then = if connection.up {
                there
            } else {
                Action::Drop(Code::BAD_STATE_VPN)
            };
        }
        let away = self.b.table(
            &connection.name,
            Side::Dst,
            rows,
            Action::Drop(Code::NO_ROUTE_TO_DESTINATION),
            "a public virtual interface reaches public addresses of AWS only, /directconnect/latest/UserGuide/routing-and-bgp.html",
        );
        let site = connection.site.id();
        let site = site.and_then(|s| self.out.sites.get(s.index())).copied();
        let home = match site {
            Some(site) => self.b.to(site, entry::SITE),
            None => Action::Opaque(Code::UNKNOWN_RESOURCE),
        };
        let home = self
            .b
            .table(&connection.name, Side::Dst, Vec::new(), home, "");
        for (slot, table) in [(0, nat), (1, away), (2, home), (3, own)] {
            self.b.slot(node, slot, table);
        }
    }

    /// A site's routes to AWS's public addresses, over its public virtual interfaces that are up.
    pub(super) fn amazon_by_interface(&mut self, site: Id<Site>) -> Vec<(u8, RowSpec)> {
        let network = self.network;
        let all = network.connections.iter();
        let own = all.filter(|(_, c)| c.to == Joined::Public && c.site.id() == Some(site) && c.up);
        let own: Vec<Id<Connection>> = own.map(|(id, _)| id).collect();
        let ways = own.iter().map(|id| OneWay {
            text: network.connections[*id].name.clone(),
            origin: network.connections[*id].origin.clone(),
            then: self.toward(*id),
            keep: NONE,
            only_kept: false,
        });
        let ways: Vec<OneWay> = ways.collect();
        let Some(name) = ways.first().map(|w| w.text.clone()) else {
            return Vec::new();
        };
        let then = self.either("connections", ways, Code::NO_ROUTE_TO_DESTINATION);
        let rows = self.amazon().into_iter().map(|row| {
            let of_v4 = matches!(row.span, Span::Of(first, _) if first.v4().is_some());
            let before = if of_v4 { u128::BITS - u32::BITS } else { 0 };
            let length = (row.span.width().leading_zeros() - before) as u8;
            let text = format!("{name}: {}", row.text).into();
            (length, RowSpec { then, text, ..row })
        });
        rows.collect()
    }

    /// From AWS to what sites advertise over public virtual interfaces: AWS does not pass it on to
    /// others, so only AWS sends there.
    pub(super) fn advertised_publicly(&mut self) -> Vec<RowSpec> {
        let network = self.network;
        let mut rows = Vec::new();
        for ((_, connection), node) in network.connections.iter().zip(self.connections.clone()) {
            if connection.to != Joined::Public || !connection.up {
                continue;
            }
            let then = self.clearing(node, FROM_AWS, PUBLIC_INTERFACE);
            let text = format!("advertised by {}", connection.name);
            let row = |p: &IpNet| RowSpec::address(span(p), then, &connection.origin, text.clone());
            rows.extend(connection.prefixes.iter().map(row));
        }
        rows
    }
}
