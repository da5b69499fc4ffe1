//! A transit gateway's route table, as it is used from a zone: longest prefix, then who taught it.
//!
//! Order: `/vpc/latest/tgw/how-transit-gateways-work.html`.

use super::super::compile::Compiler;
use super::super::filter::span;
use super::super::lack::Lack;
use super::super::lists::ManagedList;
use super::super::public::doubt;
use crate::code::Code;
use crate::fabric::{Action, NodeId, RowSpec, Side, Span, TableId, flags};
use crate::model::{
    Attached, ConnectionKind, Destination, Fact, Gap, Id, Meaning, Ref, TransitAttachment,
    TransitRoute, TransitTable,
};
use ipnet::IpNet;
use std::cmp::Reverse;

/// A block of a gateway's table, before the order is known.
pub(super) struct Candidate<'n> {
    length: u8,
    rank: u8,
    pub(super) span: Span,
    /// The block may or may not hold the address: tried both ways.
    pub(super) maybe: bool,
    pub(super) route: &'n TransitRoute,
    pub(super) text: String,
}

impl Compiler<'_> {
    /// A table, as it is used from a zone.
    pub(super) fn lookup(&mut self, id: Id<TransitTable>, zone: Option<&str>) -> NodeId {
        let key = (id, zone.map(str::to_owned));
        if let Some(node) = self.transit.lookups.get(&key) {
            return *node;
        }
        let name = self.network.transit_tables[id].gateway.text.clone();
        let node = self.b.node(self.shapes.transit_gateway, name);
        self.transit.lookups.insert(key, node);
        let table = self.transit_table(id, zone);
        self.b.slot(node, 0, table);
        node
    }

    fn transit_table(&mut self, id: Id<TransitTable>, zone: Option<&str>) -> TableId {
        let table = &self.network.transit_tables[id];
        if let Some(lack) = self.gap(Gap::TransitRoutes(id)) {
            let lack = Lack {
                code: Code::TGW_RTB_ROUTES_ARE_UNKNOWN,
                ..lack
            };
            return self.opaque_table(&table.name, &lack);
        }
        let mut candidates = Vec::new();
        for route in &table.routes {
            self.transit_candidates(route, &mut candidates);
        }
        candidates.sort_by_key(|c| (Reverse(c.length), c.rank, c.span));
        let mut rows = Vec::new();
        let equal = |a: &Candidate<'_>, b: &Candidate<'_>| (a.rank, a.span) == (b.rank, b.span);
        for tied in candidates.chunk_by(equal) {
            let Some(first) = tied.first() else { continue };
            let stopped = self.without_ipv6(tied);
            if stopped.is_none() {
                rows.extend(self.in_appliance_mode(&table.name, first, zone));
            }
            let text = format!("{} {}", table.name, first.text);
            let then = stopped.unwrap_or_else(|| self.one_of_transit(&table.name, tied, zone));
            let (then, lack) = match then {
                Ok(then) => (then, String::new()),
                Err(lack) => (Action::Opaque(lack.code), format!("; {}", lack.text)),
            };
            let text = format!("{text}{lack}");
            let mut row = RowSpec::address(first.span, then, &first.route.origin, text);
            if first.maybe {
                row.flags = flags::MAYBE | flags::FORK;
            }
            rows.push(row);
        }
        let made = self.b.table(
            &table.name,
            Side::Dst,
            rows,
            Action::Drop(Code::TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT),
            "what no route of the gateway covers is dropped, /vpc/latest/tgw/how-transit-gateways-work.html",
        );
        let fabric = self.b.fabric();
        let rows = fabric.tables.get(made as usize).map(|t| fabric.rows_of(t));
        for (number, row) in rows.into_iter().flatten() {
            let block = |block| Span::from((row.lo, row.hi)).meets(span(block));
            if table.overlaps.iter().any(block) {
                self.out.notes.push((number, Code::OVERLAP_NOT_PROPAGATED));
            }
        }
        made
    }

    fn transit_candidates<'r>(&self, route: &'r TransitRoute, out: &mut Vec<Candidate<'r>>) {
        let own = route.to.first().and_then(Ref::id);
        let own = own.map(|a| &self.network.attachments[a].to);
        let rank = match (&route.destination, route.fixed) {
            (Destination::Cidr(_), true) => 0,
            (_, true) => 1,
            (_, false) => self.rank(own),
        };
        let mut add = |length: u8, span: Span, maybe, text: String| {
            out.push(Candidate {
                length,
                rank,
                span,
                maybe,
                route,
                text,
            });
        };
        let mut block = |net: &IpNet, text: String| {
            if let Some(tokens) = doubt(self.network, net) {
                add(net.prefix_len(), tokens, true, text.clone());
            }
            add(net.prefix_len(), span(net).into(), false, text);
        };
        match &route.destination {
            Destination::Cidr(net) => block(net, net.to_string()),
            Destination::List(list) => match list.to {
                Meaning::Known(id) => {
                    let list = &self.network.prefix_lists[id];
                    for entry in &list.entries {
                        block(entry, format!("{} ({entry})", list.name));
                    }
                }
                _ => add(u8::MAX, Span::Any, true, self.lack(list).text),
            },
            Destination::AwsList(region, service) => {
                match self.lists.get(region, service) {
                    ManagedList::Given(nets) => {
                        // The address of such a list is the service's own: never a reservation.
                        for net in nets {
                            let text = format!("pl-{service} ({net})");
                            add(net.prefix_len(), span(net).into(), false, text);
                        }
                    }
                    ManagedList::Symbolic(meant) => {
                        for span in meant {
                            add(15, span, false, format!("pl-{service}"));
                        }
                    }
                }
                for span in self.lists.perhaps(region, service) {
                    add(15, span, true, format!("pl-{service}"));
                }
            }
        }
    }

    /// At equal length: what was written, then by the kind of what propagates it.
    fn rank(&self, own: Option<&Attached>) -> u8 {
        match own {
            Some(Attached::Vpc(..)) => 2,
            Some(Attached::Connection(c)) => match c.id().map(|c| self.network.connections[c].kind)
            {
                Some(ConnectionKind::DirectConnect) => 3,
                Some(ConnectionKind::VpnStatic | ConnectionKind::VpnBgp) | None => 5,
            },
            Some(Attached::Unseen(_)) | None => 6,
            Some(Attached::ClientVpn(_)) => 7,
            Some(Attached::Peer(_)) => 8,
        }
    }

    /// What becomes of IPv6 that no attachment of these routes is known to carry.
    fn without_ipv6(&self, tied: &[Candidate<'_>]) -> Option<Result<Action, Lack>> {
        let six = |c: &Candidate<'_>| matches!(c.span, Span::Of(lo, _) if !lo.is_v4());
        let to = tied
            .iter()
            .filter(|c| c.route.active && six(c))
            .flat_map(|c| &c.route.to);
        let mut attachments = to.filter_map(Ref::id).map(|a| &self.network.attachments[a]);
        attachments.find_map(|a| self.ipv6_of(a))
    }

    /// Where nobody says so the attachment of a VPC does not carry IPv6; that of a connection carries
    /// what the connection does, and that of another gateway both families
    /// (`/vpc/latest/tgw/tgw-peering.html`). Nothing: it does.
    pub(super) fn ipv6_of(&self, attachment: &TransitAttachment) -> Option<Result<Action, Lack>> {
        let lack = match (&attachment.to, &attachment.ipv6) {
            (Attached::Vpc(..), Fact::Known(true)) => return None,
            (Attached::Peer(_), _) => return None,
            (Attached::Connection(c), _) if c.id().is_some() => return None,
            (Attached::Vpc(..), Fact::Known(false)) => {
                return Some(Ok(Action::Drop(Code::TGW_ATTACH_WITHOUT_IPV6)));
            }
            (Attached::Vpc(..), Fact::Unseen(unseen)) => Lack::from(&self.network.unseen[*unseen]),
            (Attached::Connection(_) | Attached::ClientVpn(_) | Attached::Unseen(_), _) => {
                Lack::not_modelled(
                    "IPv6 over transit gateway attachment",
                    attachment.name.clone(),
                    "not modelled",
                    &attachment.origin,
                )
            }
        };
        Some(Err(lack))
    }

    /// Where routes of equal rank to the same block lead: every way is followed.
    fn one_of_transit(
        &mut self,
        name: &str,
        tied: &[Candidate<'_>],
        zone: Option<&str>,
    ) -> Result<Action, Lack> {
        let network = self.network;
        if tied
            .iter()
            .any(|c| !c.route.active || c.route.to.is_empty())
        {
            return Ok(Action::Drop(Code::TGW_RTB_BAD_STATE_ROUTE));
        }
        let mut all: Vec<&Ref<TransitAttachment>> = Vec::new();
        for to in tied.iter().flat_map(|c| &c.route.to) {
            if !all.iter().any(|a| a.to == to.to) {
                all.push(to);
            }
        }
        let works = |r: &&Ref<TransitAttachment>| {
            r.id().is_none_or(|a| match &network.attachments[a].to {
                Attached::Connection(c) => c.id().is_none_or(|c| network.connections[c].up),
                Attached::Vpc(..)
                | Attached::ClientVpn(_)
                | Attached::Peer(_)
                | Attached::Unseen(_) => true,
            })
        };
        if all.iter().any(works) {
            all.retain(works);
        }
        let mut ways = Vec::new();
        for to in all {
            match to.id() {
                Some(id) => ways.extend(self.ways_to(id, zone)?),
                None => return Err(self.lack(to)),
            }
        }
        Ok(self.either(name, ways, Code::BAD_STATE))
    }
}
