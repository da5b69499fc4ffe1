//! Transit gateways: a port in each attached subnet, a door for what has no zones, and one node
//! for each route table as it is used from a zone.
//!
//! Order: a port looks at the network ACL of its subnet only on the way in from the VPC and on the
//! way out into it (`/vpc/latest/tgw/tgw-nacls.html`); the table of the attachment decides
//! (`/vpc/latest/tgw/how-transit-gateways-work.html`); into a VPC the table of the port's subnet.

use super::choice::OneWay;
use super::compile::Compiler;
use super::filter::span;
use super::lack::Lack;
use super::public::{Lists, TOKENS, partly_public, token_span};
use super::stages::slot;
use crate::code::Code;
use crate::fabric::{
    Action, Label, Link, MarkOp, NONE, NodeId, Place, RowSpec, Side, TableId, flags,
};
use crate::model::{
    Association, Attached, ConnectionKind, Destination, Fact, Gap, Id, Listing, Meaning, Ref,
    Subnet, TransitAttachment, TransitGateway, TransitRoute, TransitTable, Unseen, Vpc, Why,
};
use ipnet::{IpNet, Ipv4Net};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Entries of ports and doors.
const IN: u8 = 0;
const OUT: u8 = 1;

/// No stage has this number: a port remembers there which flows were sent to it.
const KEPT: usize = 60;

/// Group references do not work here (`/vpc/latest/tgw/tgw-vpc-attachments.html`).
const WITHOUT_REFERENCES: &str = "use1-az3";

/// The nodes of transit gateways.
#[derive(Default)]
pub(super) struct Transit {
    /// By attachment and subnet: where a VPC is joined.
    ports: HashMap<(Id<TransitAttachment>, Id<Subnet>), NodeId>,
    /// By attachment: where anything else is joined.
    doors: HashMap<Id<TransitAttachment>, NodeId>,
    /// By table, and the zone it is used from.
    lookups: HashMap<(Id<TransitTable>, Option<String>), NodeId>,
}

/// A block of a gateway's table, before the order is known.
struct Candidate<'n> {
    length: u8,
    rank: u8,
    span: (u32, u32),
    /// The block may or may not hold the address: tried both ways.
    maybe: bool,
    route: &'n TransitRoute,
    text: String,
}

/// Whether rules of one VPC may name groups of another over a transit gateway.
pub(super) enum References {
    /// They may, or no gateway joins the two.
    On,
    /// The gateway, an attachment or the zone does not let them through.
    Off,
    /// The input does not say.
    Unknown(Lack),
}

impl Compiler<'_> {
    pub(super) fn transit_nodes(&mut self) {
        let network = self.network;
        for (id, attachment) in network.attachments.iter() {
            for subnet in attachment.subnets().iter().filter_map(Ref::id) {
                let name = format!("{}@{}", attachment.name, network.subnets[subnet].name);
                let node = self.b.node(self.shapes.transit_port, name);
                self.transit.ports.insert((id, subnet), node);
            }
            if !matches!(attachment.to, Attached::Vpc(..)) {
                let node = self.b.node(self.shapes.wire, attachment.name.clone());
                self.transit.doors.insert(id, node);
            }
        }
    }

    /// The tables of ports and doors.
    pub(super) fn transit(&mut self) {
        let network = self.network;
        for (id, attachment) in network.attachments.iter() {
            for subnet in attachment.subnets().iter().filter_map(Ref::id) {
                let Some(node) = self.transit.ports.get(&(id, subnet)).copied() else {
                    continue;
                };
                self.in_subnet(node, subnet);
                let routes = self.routes_from_transit(subnet);
                self.b.slot(node, slot::ROUTES as usize, routes);
                let zone = network.subnets[subnet].zone.as_str();
                let table = self.associated(attachment, Some(zone));
                self.b.slot(node, slot::SPECIAL as usize, table);
            }
            let Some(door) = self.transit.doors.get(&id).copied() else {
                continue;
            };
            let inward = self.associated(attachment, None);
            let outward = self.beyond(attachment);
            let outward = self
                .b
                .table(&attachment.name, Side::Dst, Vec::new(), outward, "");
            self.b.slot(door, IN as usize, inward);
            self.b.slot(door, OUT as usize, outward);
        }
    }

    /// From a subnet into a gateway: by the port of its zone, else not at all. One page says that
    /// only the port's own subnet is served: switch `tgw-serves-whole-zone`, default on.
    pub(super) fn toward_transit(
        &mut self,
        gateway: &Ref<TransitGateway>,
        vpc: &Ref<Vpc>,
        sender: Id<Subnet>,
    ) -> Result<Action, Lack> {
        let network = self.network;
        let Some(own) = vpc.id() else {
            return Err(self.lack(vpc));
        };
        let mut all = network.attachments.iter();
        let found = all.find(|(_, a)| same(&a.gateway, gateway) && a.vpc() == Some(own));
        let Some((id, attachment)) = found else {
            return Err(self.unattached(gateway, vpc));
        };
        if let Attached::Vpc(_, Fact::Unseen(lack)) = &attachment.to {
            return Err(Lack::from(&network.unseen[*lack]));
        }
        if let Some(subnet) = attachment.subnets().iter().find(|s| s.id().is_none()) {
            return Err(self.lack(subnet));
        }
        let whole = network.is_on("tgw-serves-whole-zone");
        let zone = &network.subnets[sender].zone;
        let serves = |s: &Id<Subnet>| *s == sender || (whole && network.subnets[*s].zone == *zone);
        let port = attachment.subnets().iter().filter_map(Ref::id).find(serves);
        let port = port.and_then(|s| self.transit.ports.get(&(id, s)).copied());
        Ok(match port {
            Some(port) => self.b.to(port, IN),
            None => Action::Drop(Code::TGW_ROUTE_AZ_RESTRICTION),
        })
    }

    fn unattached(&self, gateway: &Ref<TransitGateway>, vpc: &Ref<Vpc>) -> Lack {
        let listing = Listing::TransitGatewayVpcAttachments;
        let unlisted = self.network.unlisted.contains(&listing);
        Lack::from(&Unseen {
            name: format!("of {} to {}", vpc.text, gateway.text),
            kind: "transit gateway attachment",
            why: if unlisted {
                Why::NotListed(listing)
            } else {
                Why::NotAmong(listing)
            },
            origin: gateway.origin.clone(),
        })
    }

    /// From an attachment to its table: the one row that decides.
    fn associated(&mut self, attachment: &TransitAttachment, zone: Option<&str>) -> TableId {
        let network = self.network;
        let then = if attachment.available {
            match &attachment.table {
                Association::None => Action::Drop(Code::TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION),
                Association::Unseen(lack) => {
                    return self
                        .opaque_table(&attachment.name, &Lack::from(&network.unseen[*lack]));
                }
                Association::Table(table) => match table.id() {
                    None => return self.opaque_table(&attachment.name, &self.lack(table)),
                    Some(table) => {
                        let to = self.lookup(table, zone);
                        let label = Label {
                            token: Some("transit-gateway"),
                            ..Label::default()
                        };
                        Action::Go(self.b.link(Link {
                            to,
                            label,
                            mark: self.mark_through(attachment, zone),
                            ..Link::default()
                        }))
                    }
                },
            }
        } else {
            Action::Drop(Code::BAD_STATE_ATTACHMENT)
        };
        let all = (0, u32::MAX);
        let row = RowSpec::address(all, then, &attachment.origin, attachment.name.clone());
        self.b
            .table(&attachment.name, Side::Dst, vec![row], then, "")
    }

    /// What lies behind a door.
    fn beyond(&mut self, attachment: &TransitAttachment) -> Action {
        let network = self.network;
        match &attachment.to {
            Attached::Connection(connection) => match connection.id() {
                Some(id) => self.across(id),
                None => Action::Opaque(self.lack(connection).code),
            },
            Attached::Peer(peer) => match peer.id() {
                Some(id) if !network.attachments[id].available => {
                    Action::Drop(Code::BAD_STATE_ATTACHMENT)
                }
                Some(id) => match self.transit.doors.get(&id).copied() {
                    Some(door) => self.clearing(door, IN, Label::default()),
                    None => Action::Opaque(Code::UNKNOWN_RESOURCE),
                },
                None => Action::Opaque(self.lack(peer).code),
            },
            Attached::Unseen(lack) => Action::Opaque(Lack::from(&network.unseen[*lack]).code),
            Attached::Vpc(..) => Action::Opaque(Code::UNKNOWN_RESOURCE),
        }
    }

    /// Where a connection enters its gateway.
    pub(super) fn door(&self, attachment: Option<Id<TransitAttachment>>) -> Option<NodeId> {
        self.transit.doors.get(&attachment?).copied()
    }

    /// A table, as it is used from a zone.
    fn lookup(&mut self, id: Id<TransitTable>, zone: Option<&str>) -> NodeId {
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
        candidates.sort_by_key(|c| (Reverse(c.length), c.rank, c.span, !c.maybe));
        let mut rows = Vec::new();
        let equal = |a: &Candidate<'_>, b: &Candidate<'_>| (a.rank, a.span) == (b.rank, b.span);
        for tied in candidates.chunk_by(equal) {
            let Some(first) = tied.first() else { continue };
            rows.extend(self.kept_in_zone(&table.gateway, first, zone));
            let text = format!("{} {}", table.name, first.text);
            let (then, lack) = match self.one_of_transit(&table.name, tied, zone) {
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
        let first = self.b.0.rows.len() as u32;
        for block in &table.overlaps {
            let (lo, hi) = span(block);
            let hit = |row: &RowSpec| row.span.0 <= hi && lo <= row.span.1;
            let hits = (first..).zip(&rows).filter(|(_, row)| hit(row));
            let notes = hits.map(|(row, _)| (row, Code::OVERLAP_NOT_PROPAGATED));
            self.out.notes.extend(notes);
        }
        self.out.notes.sort_unstable();
        self.b.table(
            &table.name,
            Side::Dst,
            rows,
            Action::Drop(Code::TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT),
            "what no route of the gateway covers is dropped, /vpc/latest/tgw/how-transit-gateways-work.html",
        )
    }

    fn transit_candidates<'r>(&self, route: &'r TransitRoute, out: &mut Vec<Candidate<'r>>) {
        let own = route.to.first().and_then(Ref::id);
        let own = own.map(|a| &self.network.attachments[a].to);
        let rank = match (&route.destination, route.fixed) {
            (Destination::Cidr(_), true) => 0,
            (_, true) => 1,
            (_, false) => self.rank(own),
        };
        let mut add = |length: u8, span, maybe, text: String| {
            out.push(Candidate {
                length,
                rank,
                span,
                maybe,
                route,
                text,
            });
        };
        let mut block = |net: &Ipv4Net, text: String| {
            if partly_public(net) {
                add(net.prefix_len(), TOKENS, true, text.clone());
            }
            add(net.prefix_len(), span(net), false, text);
        };
        match &route.destination {
            Destination::Cidr(IpNet::V4(net)) => block(net, net.to_string()),
            Destination::Cidr(IpNet::V6(_)) => {}
            Destination::List(list) => match list.to {
                Meaning::Known(id) => {
                    let list = &self.network.prefix_lists[id];
                    for entry in &list.entries {
                        if let IpNet::V4(net) = entry {
                            block(net, format!("{} ({net})", list.name));
                        }
                    }
                }
                _ => add(32, (0, u32::MAX), true, self.lack(list).text),
            },
            Destination::AwsList(region, service) => match self.lists.get(region, service) {
                Lists::Given(nets) => {
                    for net in nets {
                        block(net, format!("pl-{service} ({net})"));
                    }
                }
                Lists::Symbolic => {
                    let span = token_span(self.network, region, service);
                    add(15, span, false, format!("pl-{service}"));
                }
            },
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
            Some(Attached::Peer(_)) => 8,
        }
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
                Attached::Vpc(..) | Attached::Peer(_) | Attached::Unseen(_) => true,
            })
        };
        if all.iter().any(works) {
            all.retain(works);
        }
        let mut ways = Vec::new();
        for to in all {
            match to.id() {
                Some(id) => ways.extend(self.into(id, zone)?),
                None => return Err(self.lack(to)),
            }
        }
        Ok(self.either(name, ways, Code::BAD_STATE))
    }

    /// Into an attachment, for traffic of a zone: a VPC by its port in that zone, if it has one,
    /// else by any. In appliance mode by any, and back by the same.
    fn into(&mut self, id: Id<TransitAttachment>, zone: Option<&str>) -> Result<Vec<OneWay>, Lack> {
        let network = self.network;
        let attachment = &network.attachments[id];
        let only = |then: Action| {
            vec![OneWay {
                text: attachment.name.clone(),
                origin: attachment.origin.clone(),
                then,
                keep: NONE,
            }]
        };
        if !attachment.available {
            return Ok(only(Action::Drop(Code::TGW_RTB_BAD_STATE_ROUTE)));
        }
        let subnets = match &attachment.to {
            Attached::Vpc(_, Fact::Known(subnets)) => subnets,
            Attached::Vpc(_, Fact::Unseen(lack)) | Attached::Unseen(lack) => {
                return Err(Lack::from(&network.unseen[*lack]));
            }
            Attached::Connection(c) => {
                let Some(c) = c.id() else {
                    return Err(self.lack(c));
                };
                return Ok(only(if network.connections[c].up {
                    self.out_by_door(id)
                } else {
                    Action::Drop(Code::TGW_BAD_STATE_VPN)
                }));
            }
            Attached::Peer(peer) if peer.id().is_none() => return Err(self.lack(peer)),
            Attached::Peer(_) => return Ok(only(self.out_by_door(id))),
        };
        if let Some(subnet) = subnets.iter().find(|s| s.id().is_none()) {
            return Err(self.lack(subnet));
        }
        let mut ports: Vec<Id<Subnet>> = subnets.iter().filter_map(Ref::id).collect();
        ports.retain(|s| !network.is_down(&network.subnets[*s].zone));
        let here = |s: &Id<Subnet>| Some(network.subnets[*s].zone.as_str()) == zone;
        if !attachment.appliance_mode && ports.iter().any(here) {
            ports.retain(here);
        }
        Ok(self.by_ports(id, &ports))
    }

    fn by_ports(&mut self, id: Id<TransitAttachment>, ports: &[Id<Subnet>]) -> Vec<OneWay> {
        let network = self.network;
        let attachment = &network.attachments[id];
        let mut ways = Vec::new();
        for subnet in ports {
            let Some(to) = self.transit.ports.get(&(id, *subnet)).copied() else {
                continue;
            };
            let zone = network.subnets[*subnet].zone.as_str();
            let then = Action::Go(self.b.link(Link {
                to,
                entry: OUT,
                mark: self.mark_through(attachment, Some(zone)),
                ..Link::default()
            }));
            let keep = Place::new(to, KEPT).0;
            ways.push(OneWay {
                text: format!("{} in zone {zone}", attachment.name),
                origin: attachment.origin.clone(),
                then,
                keep: if attachment.appliance_mode {
                    keep
                } else {
                    NONE
                },
            });
        }
        ways
    }

    fn out_by_door(&mut self, id: Id<TransitAttachment>) -> Action {
        match self.transit.doors.get(&id).copied() {
            Some(door) => self.clearing(door, OUT, Label::default()),
            None => Action::Opaque(Code::UNKNOWN_RESOURCE),
        }
    }

    /// In appliance mode, traffic between hosts of one zone stays in it, both ways.
    fn kept_in_zone(
        &mut self,
        gateway: &Ref<TransitGateway>,
        candidate: &Candidate<'_>,
        zone: Option<&str>,
    ) -> Vec<RowSpec> {
        let network = self.network;
        let ([to], Some(zone), true) = (
            candidate.route.to.as_slice(),
            zone,
            candidate.route.active && !candidate.maybe,
        ) else {
            return Vec::new();
        };
        let own = to.id().map(|a| (a, &network.attachments[a]));
        let Some((id, _)) = own.filter(|(_, a)| a.appliance_mode && a.available) else {
            return Vec::new();
        };
        let mut ports = network.attachments[id].subnets().iter().filter_map(Ref::id);
        let Some(port) = ports.find(|s| network.subnets[*s].zone == zone) else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for (other, attached) in network.attachments.iter() {
            let Some(vpc) = attached.vpc().filter(|_| other != id) else {
                continue;
            };
            if !same(&attached.gateway, gateway) {
                continue;
            }
            let (lo, hi) = candidate.span;
            for (_, subnet) in self.subnets_of(vpc) {
                let (first, last) = span(&subnet.cidr);
                if subnet.zone == zone && lo <= first && last <= hi {
                    let only = self.by_ports(id, &[port]);
                    let only = self.either(&candidate.text, only, Code::BAD_STATE);
                    let text = format!("{} within zone {zone}", candidate.text);
                    rows.push(RowSpec::address(
                        (first, last),
                        only,
                        &candidate.route.origin,
                        text,
                    ));
                }
            }
        }
        rows
    }

    /// Group references pass where gateway and attachment let them (off and on where nobody says).
    fn mark_through(&self, attachment: &TransitAttachment, zone: Option<&str>) -> MarkOp {
        let gateway = attachment
            .gateway
            .id()
            .map(|g| &self.network.transit_gateways[g]);
        let on = |fact: &Fact<bool>| fact.known().copied().unwrap_or(false);
        let passes = gateway.is_some_and(|g| on(&g.group_references))
            && on(&attachment.group_references)
            && zone.is_some_and(|z| z != WITHOUT_REFERENCES);
        if passes { MarkOp::Keep } else { MarkOp::Clear }
    }

    /// Whether rules of one VPC may name the groups of another.
    pub(super) fn references(&self, a: Option<Id<Vpc>>, b: Option<Id<Vpc>>) -> References {
        let network = self.network;
        let mut found = References::On;
        if a.is_none() || a == b {
            return found;
        }
        for (_, one) in network.attachments.iter().filter(|(_, x)| x.vpc() == a) {
            let mut others = network.attachments.iter();
            let other = others.find(|(_, x)| x.vpc() == b && same(&x.gateway, &one.gateway));
            let Some((_, other)) = other.filter(|_| b.is_some()) else {
                continue;
            };
            let gateway = one.gateway.id().map(|g| &network.transit_gateways[g]);
            let Some(gateway) = gateway else {
                return References::Unknown(self.lack(&one.gateway));
            };
            let facts = [
                &gateway.group_references,
                &one.group_references,
                &other.group_references,
            ];
            if facts.iter().any(|f| f.known() == Some(&false)) {
                found = References::Off;
                continue;
            }
            if let Some(Fact::Unseen(lack)) = facts.iter().find(|f| f.known().is_none()) {
                return References::Unknown(Lack::from(&network.unseen[*lack]));
            }
            let apart = [one, other].into_iter().any(|x| {
                let mut subnets = x.subnets().iter().filter_map(Ref::id);
                subnets.any(|s| network.subnets[s].zone == WITHOUT_REFERENCES)
            });
            if apart {
                found = References::Off;
            }
        }
        found
    }
}

/// Whether two references mean one gateway, in the input or not.
fn same(a: &Ref<TransitGateway>, b: &Ref<TransitGateway>) -> bool {
    !matches!(a.to, Meaning::Pending) && a.to == b.to
}
