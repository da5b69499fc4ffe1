//! Transit gateways: a port in each attached subnet, a door for what has no zones, and one node
//! for each route table as it is used from a zone.
//!
//! Order: a port looks at the network ACL of its subnet only on the way in from the VPC and on the
//! way out into it (`/vpc/latest/tgw/tgw-nacls.html`); the table of the attachment decides
//! (`/vpc/latest/tgw/how-transit-gateways-work.html`); into a VPC the table of the port's subnet.

mod appliance_mode;
mod references;
mod table;

pub(super) use references::{carried, doubted, lost};

use super::choice::OneWay;
use super::compile::Compiler;
use super::lack::Lack;
use super::stages::slot;
use crate::code::Code;
use crate::fabric::{Action, Label, Link, NONE, NodeId, Place, RowSpec, Side, Span, TableId};
use crate::model::{
    Association, Attached, Connection, Destination, Fact, Id, Listing, Ref, Subnet,
    TransitAttachment, TransitGateway, TransitTable, Unseen, Vpc,
};
use ipnet::IpNet;
use rustc_hash::FxHashMap;

/// Entries of ports and doors.
const IN: u8 = 0;
const OUT: u8 = 1;

/// No stage has this number: a port remembers there which flows were sent to it.
const KEPT: usize = 60;

/// The nodes of transit gateways.
#[derive(Default)]
pub(super) struct Transit {
    /// By attachment and subnet: where a VPC is joined.
    ports: FxHashMap<(Id<TransitAttachment>, Id<Subnet>), NodeId>,
    /// By attachment: where anything else is joined.
    doors: FxHashMap<Id<TransitAttachment>, NodeId>,
    /// By table, and the zone it is used from.
    lookups: FxHashMap<(Id<TransitTable>, Option<String>), NodeId>,
    /// By the gateway's name: whether hosts of it may be in two zones.
    torn: FxHashMap<String, bool>,
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
                if !attachment.appliance_mode && attachment.subnets().len() > 1 {
                    self.recommend_appliance_mode(routes);
                }
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

    /// Worth telling where a port leads to an appliance: without appliance mode the two directions
    /// of a flow may pass it in different zones
    /// (`/vpc/latest/tgw/transit-gateway-appliance-scenario.html`).
    fn recommend_appliance_mode(&mut self, routes: TableId) {
        let Some(table) = self.b.fabric().tables.get(routes as usize) else {
            return;
        };
        let fabric = self.b.fabric();
        let leads = |action: Action| match action {
            Action::Go(link) => fabric.label(link).token,
            _ => None,
        };
        let found = fabric
            .rows_of(table)
            .filter(|(_, row)| leads(fabric.outcome(table, row.then).action) == Some("appliance"));
        let code = Code::TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED;
        self.out.notes.extend(found.map(|(row, _)| (row, code)));
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
        let found = all.find(|(_, a)| a.gateway.to == gateway.to && a.vpc() == Some(own));
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
        Lack::from(&Unseen::new(
            "transit gateway attachment",
            format!("of {} to {}", vpc.text, gateway.text),
            self.network.why(listing),
            &gateway.origin,
        ))
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
                        let label = self.b.label(label);
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
        let row =
            |span, then| RowSpec::address(span, then, &attachment.origin, attachment.name.clone());
        let mut rows = vec![row(Span::Any, then)];
        match self.ipv6_of(attachment).filter(|_| attachment.available) {
            Some(Ok(stopped)) => rows.insert(0, row(Span::V6, stopped)),
            Some(Err(lack)) => {
                let span = Span::V6;
                rows.insert(
                    0,
                    RowSpec {
                        span,
                        ..lack.opaque()
                    },
                );
            }
            None => {}
        }
        self.b.table(&attachment.name, Side::Dst, rows, then, "")
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
            Attached::ClientVpn(_) => Action::Opaque(clients_behind(attachment).code),
            Attached::Unseen(lack) => Action::Opaque(Lack::from(&network.unseen[*lack]).code),
            Attached::Vpc(..) => Action::Opaque(Code::UNKNOWN_RESOURCE),
        }
    }

    /// Where a connection enters its gateway.
    pub(super) fn door(&self, attachment: Option<Id<TransitAttachment>>) -> Option<NodeId> {
        self.transit.doors.get(&attachment?).copied()
    }

    /// What a gateway tells a site over a VPN: the routes of the table that its attachment uses, but
    /// for those the site taught it (`/vpc/latest/tgw/tgw-vpn-attachments.html`).
    pub(super) fn behind(
        &self,
        attachment: Option<Id<TransitAttachment>>,
        connection: Id<Connection>,
    ) -> Vec<IpNet> {
        let network = self.network;
        let table = match attachment.map(|a| &network.attachments[a].table) {
            Some(Association::Table(table)) => table.id(),
            _ => None,
        };
        let Some(table) = table.map(|t| &network.transit_tables[t]) else {
            return Vec::new();
        };
        let site = network.connections[connection].site.id();
        let own = |to: &Ref<TransitAttachment>| match to.id().map(|a| &network.attachments[a].to) {
            Some(Attached::Connection(c)) => c
                .id()
                .is_some_and(|c| network.connections[c].site.id() == site),
            _ => false,
        };
        let told = table
            .routes
            .iter()
            .filter(|r| r.active && !r.to.iter().any(own));
        let mut blocks: Vec<IpNet> = told
            .flat_map(|r| match &r.destination {
                Destination::Cidr(net) => std::slice::from_ref(net),
                Destination::List(list) => list
                    .id()
                    .map_or(&[][..], |l| network.prefix_lists[l].entries.as_slice()),
                Destination::AwsList(..) => &[],
            })
            .copied()
            .collect();
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }

    /// Into an attachment, for traffic of a zone: a VPC by its port in that zone, if it has one,
    /// else by any.
    pub(in crate::aws) fn ways_to(
        &mut self,
        id: Id<TransitAttachment>,
        zone: Option<&str>,
    ) -> Result<Vec<OneWay>, Lack> {
        let network = self.network;
        let attachment = &network.attachments[id];
        let only = |then: Action| {
            vec![OneWay {
                text: attachment.name.clone(),
                origin: attachment.origin.clone(),
                then,
                keep: NONE,
                only_kept: false,
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
            Attached::ClientVpn(_) => return Err(clients_behind(attachment)),
            Attached::Peer(peer) if peer.id().is_none() => return Err(self.lack(peer)),
            Attached::Peer(_) => return Ok(only(self.out_by_door(id))),
        };
        if let Some(subnet) = subnets.iter().find(|s| s.id().is_none()) {
            return Err(self.lack(subnet));
        }
        let zone = zone.filter(|_| self.keeps_zone(attachment));
        Ok(self.by_ports(id, zone))
    }

    /// By the port in a zone, if there is one, else by any; in appliance mode replies take the same.
    fn by_ports(&mut self, id: Id<TransitAttachment>, zone: Option<&str>) -> Vec<OneWay> {
        let network = self.network;
        let attachment = &network.attachments[id];
        let subnets = attachment.subnets().iter();
        let mut ports: Vec<Id<Subnet>> = subnets.filter_map(Ref::id).collect();
        ports.retain(|s| !network.is_down(&network.subnets[*s].zone));
        let here = |s: &Id<Subnet>| Some(network.subnets[*s].zone.as_str()) == zone;
        let near = ports.iter().any(here);
        // Where the two directions may tell different zones, the first has picked.
        if near && !(attachment.appliance_mode && self.is_torn(&attachment.gateway)) {
            ports.retain(here);
        }
        let mut ways = Vec::new();
        for subnet in ports {
            let Some(to) = self.transit.ports.get(&(id, subnet)).copied() else {
                continue;
            };
            let zone = network.subnets[subnet].zone.as_str();
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
                only_kept: near && !here(&subnet),
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
}

/// What an attachment of Client VPN does with addresses AWS's page does not say
/// (`/vpc/latest/tgw/tgw-client-vpn-attachments.html`).
pub(super) fn clients_behind(attachment: &TransitAttachment) -> Lack {
    Lack::not_modelled(
        "Client VPN attachment",
        attachment.name.clone(),
        "which address its clients have behind it is not described",
        &attachment.origin,
    )
}
