//! Route tables: longest prefix first, then who wrote the route.
//!
//! Where the chosen route leads: `target`. Order: `/vpc/latest/userguide/route-tables-priority.html`, `/vpn/latest/s2svpn/vpn-route-priority.html`.

mod beaten;
mod target;

pub use self::beaten::Beaten;
use self::target::Sender;
use super::compile::Compiler;
use super::filter::span;
use super::lack::Lack;
use super::lists::ManagedList;
use super::public::{doubt, public_spans};
use super::stages::what;
use crate::code::Code;
use crate::fabric::{
    Action, Alternative, NONE, NodeId, Rewrite, RowSpec, Side, Span, Stage, TableId, flags,
};
use crate::model::{
    BgpPath, Destination, Family, Id, Meaning, Ref, Route, RouteKind, RouteTable, Subnet, Target,
    Unseen, Vpc, Why, list_family,
};
use ipnet::IpNet;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

/// A block a route covers: its length for the order, its span for the row, its rank at equal length.
struct Candidate<'r> {
    length: u8,
    span: Span,
    rank: u8,
    /// The block may or may not hold the address: tried both ways.
    maybe: bool,
    /// The blocks are not in the input: it may be longer than any other.
    unlisted: bool,
    route: &'r Route,
    text: String,
}

impl<'r> Candidate<'r> {
    fn unlisted(span: Span, route: &'r Route, lack: &str) -> Self {
        Self {
            length: u8::MAX,
            span,
            rank: FROM_LIST,
            maybe: true,
            unlisted: true,
            route,
            text: lack.to_owned(),
        }
    }
}

/// Rank of static routes to prefix lists: after static routes to blocks, before propagated ones.
const FROM_LIST: u8 = 1;

impl Candidate<'_> {
    /// Two prefix lists hold the same block: AWS takes one at random, and keeps to it
    /// (`/vpc/latest/userguide/route-tables-priority.html`).
    fn ties(&self, other: &Self) -> bool {
        let from_list = |c: &Self| c.rank == FROM_LIST && !c.maybe;
        let same = self.span == other.span;
        same && (from_list(self) && from_list(other) || self.is_no_better(other))
    }

    /// Two propagated routes between which nothing that the input says decides: the shortest AS path
    /// wins, then the lowest MED (`/vpn/latest/s2svpn/vpn-route-priority.html`); where what a transit
    /// gateway propagates stands among the others is not described.
    fn is_no_better(&self, other: &Self) -> bool {
        let kinds = (self.route.kind, other.route.kind);
        // Of two, the written one comes first.
        if kinds.0 == RouteKind::Static || self.maybe {
            return false;
        }
        let (BgpPath { as_path: a, med: x }, BgpPath { as_path: b, med: y }) =
            (self.route.bgp, other.route.bgp);
        let decided = a.zip(b).is_some_and(|(a, b)| a != b)
            || (a.is_some() && a == b && x.zip(y).is_some_and(|(x, y)| x != y));
        match kinds {
            (one, two) if one == two => !decided,
            _ => kinds.0 == RouteKind::Tgw || kinds.1 == RouteKind::Tgw,
        }
    }
}

impl Compiler<'_> {
    /// The table of a subnet.
    pub(super) fn routes(&mut self, subnet: Id<Subnet>) -> TableId {
        let network = self.network;
        let table = &network.subnets[subnet].table;
        let Some(id) = table.id() else {
            return self.opaque_table(&table.text, &self.lack(table));
        };
        // Whether a transit gateway or a regional NAT gateway serves them depends on the zone; a NAT
        // gateway or an appliance of the subnet itself is beside them; an internet gateway asks where it
        // sends what arrives for the subnet; and Block Public Access judges by subnet.
        let mut routes = network.tables[id].routes.iter();
        let own = network.subnets[subnet].vpc.id();
        let subnets = own.map_or_else(Vec::new, |v| self.subnets_of(v));
        let judged = subnets.iter().any(|(_, s)| s.leaves().is_some());
        let apart = routes.any(|r| match &r.target {
            Target::Transit(_) | Target::RegionalNat(_) => true,
            Target::Nat(nat) => self.is_beside(nat, Some(subnet)),
            Target::Interface(to) => self.is_near(to, Some(subnet)),
            Target::Internet(r) => judged || r.id().is_some_and(|i| self.table_of(i).is_some()),
            Target::EgressOnly(_) => judged,
            _ => false,
        });
        let key = (id, apart.then_some(subnet));
        if let Some(table) = self.route_tables.get(&key) {
            return *table;
        }
        let made = self.route_table(id, Sender::Subnet(subnet));
        self.route_tables.insert(key, made);
        made
    }

    /// The table of a NAT gateway's subnet, as the NAT gateway uses it. Whether its own packets take the
    /// subnet's gateway-endpoint route is not documented: switch `nat-uses-gateway-endpoint`, default on.
    pub(super) fn nat_routes(&mut self, nat: NodeId, subnet: Id<Subnet>) -> TableId {
        self.routes_for(subnet, Sender::Nat(nat, subnet))
    }

    /// The table of a subnet, for what a transit gateway brought there.
    pub(super) fn routes_from_transit(&mut self, subnet: Id<Subnet>) -> TableId {
        self.routes_for(subnet, Sender::Transit(subnet))
    }

    /// The table of a subnet, as an interface there uses it that passes on what is not its own.
    pub(super) fn routes_of_appliance(&mut self, subnet: Id<Subnet>) -> TableId {
        self.routes_for(subnet, Sender::Appliance(subnet))
    }

    fn routes_for(&mut self, subnet: Id<Subnet>, sender: Sender) -> TableId {
        match self.network.subnets[subnet].table.id() {
            Some(id) => self.route_table(id, sender),
            None => self.routes(subnet),
        }
    }

    fn route_table(&mut self, id: Id<RouteTable>, sender: Sender) -> TableId {
        let endpoints = match sender {
            Sender::Subnet(_)
            | Sender::Appliance(_)
            | Sender::Regional { .. }
            | Sender::Edge { .. } => true,
            Sender::Nat(..) => self.network.is_on("nat-uses-gateway-endpoint"),
            Sender::Transit(_) => self.network.is_on("gateway-endpoint-route-drops-transit"),
        };
        let network = self.network;
        let table = &network.tables[id];
        let name = self.scoped(&table.vpc, &table.name);
        let own: Vec<IpNet> = table
            .vpc
            .id()
            .map(|v| network.vpcs[v].blocks().collect())
            .unwrap_or_default();
        let mut candidates = Vec::new();
        let usable = |r: &&Route| endpoints || !network.is_gateway_endpoint(&r.target);
        for route in table.routes.iter().filter(usable) {
            self.candidates(route, &own, &mut candidates);
        }
        // What lies within the VPC's own blocks is not decided by a list, whatever it holds.
        let inside = |c: &Candidate<'_>| own.iter().any(|own| c.span.within(span(own)));
        candidates.sort_by_key(|c| {
            let group = if inside(c) {
                0
            } else {
                1 + u8::from(!c.unlisted)
            };
            let BgpPath { as_path, med } = c.route.bgp;
            // What decides nothing comes first, beside all that it does not decide between.
            let path = [as_path, med].map(|n| n.unwrap_or(0));
            let kind = (c.route.kind != RouteKind::Tgw, c.rank);
            let written = c.rank.min(FROM_LIST + 1);
            (group, Reverse(c.length), written, c.span, kind, path)
        });
        let mut rows = Vec::new();
        for tied in candidates.chunk_by(|a, b| a.ties(b)) {
            let Some(c) = tied.first() else { continue };
            let texts: Vec<&str> = tied.iter().map(|c| c.text.as_str()).collect();
            let mut text = format!("{name} {}", texts.join(" or "));
            let then = match self.one_of(id, tied, &table.vpc, sender) {
                Ok(then) => then,
                Err(lack) => {
                    text = format!("{text}; {}", lack.text);
                    Action::Opaque(lack.code)
                }
            };
            let mut row = RowSpec::address(c.span, then, &c.route.origin, text);
            if c.maybe {
                row.flags = flags::MAYBE | flags::FORK;
            }
            rows.push(row);
        }
        self.b.table(
            &name,
            Side::Dst,
            rows,
            Action::Drop(Code::NO_ROUTE_TO_DESTINATION),
            "what no route covers is dropped, /vpc/latest/userguide/VPC_Route_Tables.html",
        )
    }

    fn candidates<'r>(&self, route: &'r Route, own: &[IpNet], out: &mut Vec<Candidate<'r>>) {
        let mut add = |net: &IpNet, list: bool, text: String| {
            // The local route beats even a more specific propagated route.
            if route.kind != RouteKind::Static && own.iter().any(|c| c.contains(net)) {
                return;
            }
            let rank = match (route.kind, list) {
                (RouteKind::Static, false) => 0,
                (RouteKind::Static, true) => FROM_LIST,
                (kind, _) => 2 + kind as u8,
            };
            let length = net.prefix_len();
            if let Some(span) = doubt(self.network, net) {
                out.push(Candidate {
                    length,
                    span,
                    rank,
                    maybe: true,
                    unlisted: false,
                    route,
                    text: text.clone(),
                });
            }
            out.push(Candidate {
                length,
                span: span(net).into(),
                rank,
                maybe: false,
                unlisted: false,
                route,
                text,
            });
        };
        match &route.destination {
            Destination::Cidr(net) => add(net, false, net.to_string()),
            Destination::List(list) => match list.to {
                Meaning::Known(id) => {
                    let list = &self.network.prefix_lists[id];
                    for entry in &list.entries {
                        add(entry, true, format!("{} ({entry})", list.name));
                    }
                }
                _ => out.push(Candidate::unlisted(Span::Any, route, &self.lack(list).text)),
            },
            Destination::AwsList(region, service) => {
                let name = if *region == self.network.region {
                    format!("pl-{service}")
                } else {
                    format!("{region}/pl-{service}")
                };
                // Blocks that are not given: longer than every route a person would write over them.
                let listed = |span, maybe| Candidate {
                    length: match list_family(service) {
                        Family::Ipv4 => 15,
                        Family::Ipv6 => 40,
                    },
                    span,
                    rank: FROM_LIST,
                    maybe,
                    unlisted: false,
                    route,
                    text: name.clone(),
                };
                let perhaps = self.lists.perhaps(region, service).into_iter();
                out.extend(perhaps.map(|span| listed(span, true)));
                match self.lists.get(region, service) {
                    ManagedList::Given(nets) => {
                        for net in nets {
                            // The address of such a list is the service's own: never a reservation.
                            out.push(Candidate {
                                length: net.prefix_len(),
                                span: span(net).into(),
                                rank: FROM_LIST,
                                maybe: false,
                                unlisted: false,
                                route,
                                text: format!("{name} ({net})"),
                            });
                        }
                    }
                    ManagedList::Symbolic(meant) => {
                        out.extend(meant.into_iter().map(|span| listed(span, false)));
                        if let Some(lack) = self.list_lack(region, service) {
                            let spans = public_spans(list_family(service)).into_iter();
                            out.extend(
                                spans.map(|span| Candidate::unlisted(span, route, &lack.text)),
                            );
                        }
                    }
                }
            }
        }
    }

    /// Where routes of equal rank to the same block lead: every way is followed.
    fn one_of(
        &mut self,
        table: Id<RouteTable>,
        tied: &[Candidate<'_>],
        own: &Ref<Vpc>,
        sender: Sender,
    ) -> Result<Action, Lack> {
        let name = self.network.tables[table].name.as_str();
        let name = &self.scoped(own, name);
        let mut ways: Vec<(&Candidate<'_>, Action)> = Vec::new();
        for c in tied {
            let then = self.target(c.route, own, sender)?;
            if !ways
                .iter()
                .any(|(_, known)| self.b.fabric().same(*known, then))
            {
                ways.push((c, then));
            }
        }
        if let [(_, only)] = ways.as_slice() {
            return Ok(*only);
        }
        if let Some((c, _)) = ways.iter().find(|(c, _)| c.rank > FROM_LIST) {
            return Err(Lack::from(&Unseen::new(
                "propagated routes to",
                c.text.clone(),
                Why::Untold("which of them wins is not said: give `as_path` and `med`".into()),
                &c.route.origin,
            )));
        }
        let mut alternatives = Vec::new();
        for (c, then) in ways {
            let text = format!("{name} {}", c.text);
            let spec = RowSpec::address(c.span, then, &c.route.origin, text);
            let row = self.b.cited(name, spec);
            self.out.notes.push((row, Code::AMBIGUOUS_PREFIX_LISTS));
            alternatives.push(Alternative {
                unless: NONE,
                rewrite: Rewrite::default(),
                pull: NONE,
                mark: false,
                keep: NONE,
                only_kept: false,
                then,
                row,
            });
        }
        Ok(self.b.choosing(alternatives, Code::NO_ROUTE_TO_DESTINATION))
    }

    /// Notes the rows of route tables that win over another for exactly the same block.
    pub(super) fn winners(&mut self) {
        let fabric = self.b.fabric();
        let mut tables = BTreeSet::new();
        for node in &fabric.nodes {
            for stage in fabric.stages_of(node) {
                let (slot, code) = match *stage {
                    Stage::Route {
                        what: what::ROUTES,
                        table,
                    } => (table, Code::HIGHER_PRIORITY_ROUTE),
                    Stage::Route {
                        what: what::TRANSIT_ROUTES,
                        table,
                    } => (table, Code::TGW_RTB_HIGHER_PRIORITY_ROUTE),
                    _ => continue,
                };
                tables.extend(node.slots.get(slot as usize).map(|table| (*table, code)));
            }
        }
        for (table, code) in tables {
            let rows = fabric.tables.get(table as usize).map(|t| fabric.rows_of(t));
            let mut rows: Vec<_> = rows.into_iter().flatten().collect();
            rows.reverse();
            let mut later = HashSet::new();
            for (number, row) in rows {
                if !later.insert((row.lo, row.hi)) {
                    self.out.notes.push((number, code));
                }
            }
        }
    }

    /// The table of a gateway, for what arrives there
    /// (`/vpc/latest/userguide/gateway-route-tables.html`).
    pub(super) fn edge_table(&mut self, id: Id<RouteTable>, internet: bool) -> TableId {
        self.route_table(id, Sender::Edge { internet })
    }

    /// The table of a regional NAT gateway, for what it has translated or for replies.
    pub(super) fn regional_routes(&mut self, id: Id<RouteTable>, replies: bool) -> TableId {
        self.route_table(id, Sender::Regional { replies })
    }
}
