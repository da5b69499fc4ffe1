//! Route tables: longest prefix first, then who wrote the route.
//!
//! Order: `/vpc/latest/userguide/route-tables-priority.html`, `/vpn/latest/s2svpn/vpn-route-priority.html`.

use super::compile::Compiler;
use super::filter::span;
use super::public::{Lists, TOKENS, partly_public, token_span};
use super::stages::entry;
use crate::code::Code;
use crate::fabric::{
    Action, Alternative, Back, Label, Link, MarkOp, NONE, NodeId, Rewrite, RowSpec, Side, TableId,
    flags,
};
use crate::model::{Destination, Id, Meaning, Ref, Route, RouteKind, RouteTable, Target};
use ipnet::{IpNet, Ipv4Net};

/// A block a route covers: its length for the order, its span for the row, its rank at equal length.
struct Candidate<'r> {
    length: u8,
    span: (u32, u32),
    rank: u8,
    maybe: bool,
    route: &'r Route,
    text: String,
}

/// Rank of static routes to prefix lists: after static routes to blocks, before propagated ones.
const FROM_LIST: u8 = 1;

impl Candidate<'_> {
    /// Two prefix lists hold the same block: AWS takes one at random, and keeps to it
    /// (`/vpc/latest/userguide/route-tables-priority.html`).
    fn ties(&self, other: &Self) -> bool {
        let from_list = |c: &Self| c.rank == FROM_LIST && !c.maybe;
        from_list(self) && from_list(other) && self.span == other.span
    }

    fn same_way(&self, other: &Self) -> bool {
        let (a, b) = (self.route, other.route);
        a.active == b.active
            && match (&a.target, &b.target) {
                (Target::Internet(a), Target::Internet(b)) => a.to == b.to,
                (Target::Nat(a), Target::Nat(b)) => a.to == b.to,
                (Target::Peering(a), Target::Peering(b)) => a.to == b.to,
                (Target::Vpn(a), Target::Vpn(b)) => a.to == b.to,
                (Target::Endpoint(a), Target::Endpoint(b)) => a.to == b.to,
                (a, b) => a == b,
            }
    }
}

impl Compiler<'_> {
    /// The table of a subnet.
    pub(super) fn routes(&mut self, table: &Ref<RouteTable>) -> TableId {
        let Some(id) = table.id() else {
            let name = format!("{} (not in the input)", table.text);
            return self.b.table(
                &name,
                Side::Dst,
                Vec::new(),
                Action::Opaque(Code::UNKNOWN_RESOURCE),
                "",
            );
        };
        if let Some(table) = self.route_tables.get(&id) {
            return *table;
        }
        let made = self.route_table(id, None);
        self.route_tables.insert(id, made);
        made
    }

    /// The table of a NAT gateway's subnet, as the NAT gateway uses it. Whether its own packets take the
    /// subnet's gateway-endpoint route is not documented: switch `nat-uses-gateway-endpoint`, default on.
    pub(super) fn nat_routes(&mut self, nat: NodeId, table: &Ref<RouteTable>) -> TableId {
        match table.id() {
            Some(id) => self.route_table(id, Some(nat)),
            None => self.routes(table),
        }
    }

    fn route_table(&mut self, id: Id<RouteTable>, nat: Option<NodeId>) -> TableId {
        let endpoints = nat.is_none() || self.network.is_on("nat-uses-gateway-endpoint");
        let network = self.network;
        let table = &network.tables[id];
        let name = self.scoped(&table.vpc, &table.name);
        let own: Vec<Ipv4Net> = table
            .vpc
            .id()
            .map(|v| network.vpcs[v].cidrs.clone())
            .unwrap_or_default();
        let mut candidates = Vec::new();
        let usable = |r: &&Route| endpoints || !matches!(r.target, Target::Endpoint(_));
        for route in table.routes.iter().filter(usable) {
            self.candidates(route, &own, &mut candidates);
        }
        candidates.sort_by_key(|c| (std::cmp::Reverse(c.length), c.rank, c.span));
        let mut rows = Vec::new();
        for tied in candidates.chunk_by(|a, b| a.ties(b)) {
            let Some(c) = tied.first() else { continue };
            let texts: Vec<&str> = tied.iter().map(|c| c.text.as_str()).collect();
            let then = self.one_of(&name, tied, table.vpc.id(), nat);
            let text = format!("{name} {}", texts.join(" or "));
            let mut row = RowSpec::address(c.span, then, &c.route.origin, text);
            if c.maybe {
                row.span = TOKENS;
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

    fn candidates<'r>(&self, route: &'r Route, own: &[Ipv4Net], out: &mut Vec<Candidate<'r>>) {
        let mut add = |net: &Ipv4Net, list: bool, text: String| {
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
            if partly_public(net) {
                out.push(Candidate {
                    length,
                    span: TOKENS,
                    rank,
                    maybe: true,
                    route,
                    text: text.clone(),
                });
            }
            out.push(Candidate {
                length,
                span: span(net),
                rank,
                maybe: false,
                route,
                text,
            });
        };
        match &route.destination {
            Destination::Cidr(IpNet::V4(net)) => add(net, false, net.to_string()),
            Destination::Cidr(IpNet::V6(_)) => {}
            Destination::List(list) => {
                if let Meaning::Known(id) = list.to {
                    let list = &self.network.prefix_lists[id];
                    for entry in &list.entries {
                        if let IpNet::V4(net) = entry {
                            add(net, true, format!("{} ({net})", list.name));
                        }
                    }
                }
            }
            Destination::AwsList(region, service) => {
                let name = if *region == self.network.region {
                    format!("pl-{service}")
                } else {
                    format!("{region}/pl-{service}")
                };
                match self.lists.get(region, service) {
                    Lists::Given(nets) => {
                        for net in nets {
                            // The address of such a list is the service's own: never a reservation.
                            out.push(Candidate {
                                length: net.prefix_len(),
                                span: span(net),
                                rank: FROM_LIST,
                                maybe: false,
                                route,
                                text: format!("{name} ({net})"),
                            });
                        }
                    }
                    // Its blocks are not given: longer than every route a person would write over it.
                    Lists::Symbolic => {
                        let span = token_span(self.network, region, service);
                        out.push(Candidate {
                            length: 15,
                            span,
                            rank: FROM_LIST,
                            maybe: false,
                            route,
                            text: name,
                        });
                    }
                }
            }
        }
    }

    /// Where routes of equal rank to the same block lead: every way is followed.
    fn one_of(
        &mut self,
        name: &str,
        tied: &[Candidate<'_>],
        vpc: Option<Id<crate::model::Vpc>>,
        nat: Option<NodeId>,
    ) -> Action {
        let mut ways: Vec<&Candidate<'_>> = Vec::new();
        for c in tied {
            if !ways.iter().any(|w| w.same_way(c)) {
                ways.push(c);
            }
        }
        if let [only] = ways.as_slice() {
            return self.target(only.route, vpc, nat);
        }
        let mut alternatives = Vec::new();
        for c in ways {
            let then = self.target(c.route, vpc, nat);
            let row = self.b.0.rows.len() as u32;
            let text = format!("{name} {}", c.text);
            let spec = RowSpec::address(c.span, then, &c.route.origin, text);
            self.b.table(name, Side::Dst, vec![spec], Action::Next, "");
            self.out.notes.push((row, Code::AMBIGUOUS_PREFIX_LISTS));
            alternatives.push(Alternative {
                unless: NONE,
                rewrite: Rewrite::default(),
                pull: NONE,
                mark: false,
                then,
                row,
            });
        }
        self.b.choosing(alternatives, Code::NO_ROUTE_TO_DESTINATION)
    }

    /// Where a route leads. A blackhole wins and drops: no fall-through to a shorter prefix.
    fn target(
        &mut self,
        route: &Route,
        vpc: Option<Id<crate::model::Vpc>>,
        nat: Option<NodeId>,
    ) -> Action {
        if !route.active {
            return Action::Drop(Code::BAD_STATE_ROUTE);
        }
        let missing = Action::Opaque(Code::UNKNOWN_RESOURCE);
        let network = self.network;
        match &route.target {
            Target::Local => {
                let Some(router) = vpc.and_then(|v| self.routers.get(v.index())).copied() else {
                    return missing;
                };
                self.b.over(
                    router,
                    0,
                    Label {
                        token: Some("local"),
                        ..Label::default()
                    },
                )
            }
            Target::Internet(igw) => {
                let Some(node) = igw
                    .id()
                    .and_then(|i| self.internet_gateways.get(i.index()))
                    .copied()
                else {
                    return missing;
                };
                self.clearing(node, 0, Label::default())
            }
            Target::Nat(nat) => {
                let Some(id) = nat.id() else { return missing };
                let nat = &network.nat_gateways[id];
                if !nat.available {
                    return Action::Drop(Code::BAD_STATE_ROUTE);
                }
                let Some(interface) = nat.interface.id() else {
                    return missing;
                };
                if network.out_of_service(interface).is_some() {
                    return Action::Drop(Code::BAD_STATE);
                }
                let node = self.out.node_of(interface);
                self.clearing(
                    node,
                    entry::SERVE,
                    Label {
                        token: Some("nat-gateway"),
                        ..Label::default()
                    },
                )
            }
            Target::Peering(peering) => {
                let Some(id) = peering.id() else {
                    return missing;
                };
                let peering = &network.peerings[id];
                if !peering.active {
                    return Action::Drop(Code::BAD_STATE_ROUTE);
                }
                let ends: Vec<Option<Id<crate::model::Vpc>>> =
                    peering.between.iter().map(Ref::id).collect();
                let far = ends.iter().copied().find(|e| *e != vpc).flatten();
                let first = ends.first().copied().flatten() == vpc;
                let Some(node) = self.peerings.get(id.index()).copied() else {
                    return missing;
                };
                // A group's identity crosses an active peering of one Region only.
                let mark = if self.same_region(vpc, far) {
                    MarkOp::Keep
                } else {
                    MarkOp::Clear
                };
                let label = Label {
                    token: Some("peering"),
                    ..Label::default()
                };
                // Replies find a NAT gateway over the peering, whatever routes the far side has
                // (`/vpc/latest/userguide/nat-gateway-basics.html`).
                let back = nat.map_or(Back::None, |nat| Back::To(nat, entry::FAR));
                Action::Go(self.b.link(Link {
                    to: node,
                    entry: u8::from(!first),
                    label,
                    mark,
                    back,
                    ..Link::default()
                }))
            }
            Target::Vpn(vgw) => {
                let Some(node) = vgw
                    .id()
                    .and_then(|i| self.vpn_gateways.get(i.index()))
                    .copied()
                else {
                    return missing;
                };
                self.clearing(node, 1, Label::default())
            }
            Target::Endpoint(endpoint) => {
                let Some(node) = endpoint
                    .id()
                    .and_then(|i| self.gateway_endpoints.get(i.index()))
                    .copied()
                else {
                    return missing;
                };
                self.clearing(
                    node,
                    0,
                    Label {
                        token: Some("gateway-endpoint"),
                        ..Label::default()
                    },
                )
            }
            Target::Unseen(_) => Action::Opaque(Code::UNSUPPORTED_COMPONENT),
        }
    }
}
