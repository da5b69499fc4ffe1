//! Regional NAT gateways: of a VPC rather than of a subnet, so no network ACL is in front of them, and
//! their own route table decides (`/vpc/latest/userguide/nat-gateways-regional.html`).
//!
//! They have no interface: a source becomes a public address here, which the internet gateway passes
//! on as it is, and brings back as it is. Each zone has addresses of its own.

use super::bits;
use super::choice::OneWay;
use super::compile::Compiler;
use super::filter::span;
use super::gateway::{PORTS, translated_pings};
use super::lack::Lack;
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{
    Action, Address, Alternative, Label, Link, MarkOp, NONE, Rewrite, RowSpec, Side, Span, TableId,
    To, flags,
};
use crate::model::{Family, Id, Leaves, Ref, RegionalNat, Route, Subnet, TransitGateway, Vpc};
use ipnet::IpNet;
use std::net::Ipv4Addr;

/// What is sent from IPv6 goes to the IPv4 address that its destination has embedded.
fn embedded(source: IpNet) -> Option<To> {
    (Family::of_net(source) == Family::Ipv6).then_some(To::Embedded)
}

impl Compiler<'_> {
    pub(super) fn regional_nat_nodes(&mut self) {
        for (_, nat) in self.network.regional_nats.iter() {
            let name = self.scoped(&nat.vpc, &nat.name);
            let node = self.b.node(self.shapes.regional_nat, name);
            self.regional_nats.push(node);
        }
    }

    pub(super) fn regional_nats(&mut self) {
        let network = self.network;
        let all = network.regional_nats.iter().zip(self.regional_nats.clone());
        for ((_, nat), node) in all {
            let vpc = nat.vpc.id();
            let sources = self.sources(vpc, || self.lack(&nat.vpc));
            let sources = self.served(&nat.name, sources);
            let protocols = self.nat_protocols(&nat.name);
            let translate = self.translations(nat);
            let (away, home) = match nat.table.id() {
                Some(table) => (
                    self.regional_routes(table, false),
                    self.regional_routes(table, true),
                ),
                None => {
                    let lack = self.lack(&nat.table);
                    let table = self.opaque_table(&nat.name, &lack);
                    (table, table)
                }
            };
            for (slot, table) in [
                (slot::GROUP_OUT, sources),
                (slot::GROUP_IN, protocols),
                (slot::SPECIAL, translate),
                (slot::ROUTES, away),
                (slot::TRACK, home),
            ] {
                self.b.slot(node, slot as usize, table);
            }
        }
    }

    /// A source of a zone becomes an address of that zone; of several, any. Which zone takes what an
    /// appliance or a transit gateway passes on, the source's or the one it is passed on in, is not
    /// described.
    fn translations(&mut self, nat: &RegionalNat) -> TableId {
        let network = self.network;
        let vpc = nat.vpc.id();
        let any = self.one_address(nat, None, |_| true);
        let embedded_any = self.one_address(nat, Some(To::Embedded), |_| true);
        let text = format!("{} for any zone", nat.name);
        let row = |span, then| RowSpec::address(span, then, &nat.origin, text.clone());
        let mut rows = vec![translated_pings(&nat.name, &nat.origin)];
        // What an appliance sends itself is as marked as what it passes on.
        for (id, appliance) in network.interfaces.iter() {
            if appliance.may_pass_on()
                && let Some(subnet) = appliance.subnet.id()
                && vpc.is_some()
                && network.vpc_of(id) == vpc
            {
                let own = appliance.addresses().map(IpNet::from);
                rows.extend(own.map(|own| self.of_zone(nat, subnet, own)));
            }
        }
        rows.push(row(Span::TagV4(super::BROUGHT), any));
        rows.push(row(Span::TagV6(super::BROUGHT), embedded_any));
        for (id, subnet) in vpc.map_or_else(Vec::new, |v| self.subnets_of(v)) {
            rows.extend(subnet.blocks().map(|block| self.of_zone(nat, id, block)));
        }
        rows.push(row(Span::V6, embedded_any));
        self.b.table(&nat.name, Side::Src, rows, any, "")
    }

    /// Sources in a subnet become an address of its zone.
    fn of_zone(&mut self, nat: &RegionalNat, subnet: Id<Subnet>, sources: IpNet) -> RowSpec {
        let zone = &self.network.subnets[subnet].zone;
        let own = |of: Option<&String>| of.is_none_or(|of| of == zone);
        let then = self.one_address(nat, embedded(sources), own);
        let text = format!("{} for {zone}", nat.name);
        RowSpec::address(span(&sources), then, &nat.origin, text)
    }

    /// One of the addresses that are for a zone, nobody knows which.
    fn one_address(
        &mut self,
        nat: &RegionalNat,
        dst: Option<To>,
        mut of: impl FnMut(Option<&String>) -> bool,
    ) -> Action {
        let own = nat.addresses.iter().filter(|(z, _)| of(z.as_ref()));
        let own: Vec<Ipv4Addr> = own.map(|(_, ip)| *ip).collect();
        let to = |ip: &Ipv4Addr| Rewrite {
            src: Some(bits(*ip)),
            dst,
            sport: Some(PORTS),
            ..Rewrite::default()
        };
        match own.as_slice() {
            [] => Action::Opaque(Code::UNKNOWN_RESOURCE),
            [one] => self.b.rewriting(to(one)),
            several => {
                let alternatives = several.iter().map(|ip| {
                    let spec =
                        RowSpec::address(Span::Any, Action::Next, &nat.origin, ip.to_string());
                    let row = self.b.cited(&nat.name, spec);
                    Alternative {
                        unless: NONE,
                        rewrite: to(ip),
                        pull: NONE,
                        mark: false,
                        keep: NONE,
                        only_kept: false,
                        then: Action::Next,
                        row,
                    }
                });
                let alternatives = alternatives.collect();
                self.b.choosing(alternatives, Code::UNKNOWN_RESOURCE)
            }
        }
    }

    /// The zones that it serves: those it was given, else every zone in time, by itself.
    pub(super) fn toward_regional_nat(
        &mut self,
        nat: &Ref<RegionalNat>,
        from: Option<Id<Subnet>>,
        mark: MarkOp,
    ) -> Result<Action, Lack> {
        let network = self.network;
        let Some((id, node)) = nat.id().and_then(|n| {
            let node = self.regional_nats.get(n.index()).copied();
            Some((n, node?))
        }) else {
            return Err(self.lack(nat));
        };
        let nat = &network.regional_nats[id];
        if !nat.available {
            return Ok(Action::Drop(Code::BAD_STATE_ROUTE));
        }
        let zone = from.map(|s| &network.subnets[s].zone);
        if let (Some(zones), Some(zone)) = (&nat.zones, zone)
            && !zones.contains(zone)
        {
            return Ok(Action::Drop(Code::REGIONAL_NGW_ROUTE_AZ_RESTRICTION));
        }
        let label = Label {
            token: Some("nat-gateway"),
            ..Label::default()
        };
        let label = self.b.label(label);
        Ok(Action::Go(self.b.link(Link {
            to: node,
            label,
            mark,
            ..Link::default()
        })))
    }

    /// What the gateway's own table does with what was translated: to the internet. Which address it
    /// has elsewhere is not described.
    pub(super) fn beyond_regional_nat(&self, route: &Route) -> Lack {
        Lack::not_modelled(
            "route of a regional NAT gateway",
            "to another place than the internet",
            "which address its packets have there is not described",
            &route.origin,
        )
    }

    /// Replies into a transit gateway, by a port of whichever zone.
    pub(super) fn regional_into_transit(
        &mut self,
        gateway: &Ref<TransitGateway>,
        vpc: &Ref<Vpc>,
    ) -> Result<Action, Lack> {
        let network = self.network;
        let own = vpc.id();
        let attachments = network.attachments.iter().map(|(_, a)| a);
        let of = attachments.filter(|a| a.gateway.id() == gateway.id() && a.vpc() == own);
        let ports: Vec<Id<Subnet>> = of.flat_map(|a| a.subnets()).filter_map(Ref::id).collect();
        let mut ways = Vec::new();
        for port in ports {
            ways.push(OneWay {
                text: network.subnets[port].name.clone(),
                origin: network.subnets[port].origin.clone(),
                then: self.toward_transit(gateway, vpc, port)?,
                keep: NONE,
                only_kept: false,
            });
        }
        if ways.is_empty() {
            return Err(self.lack(gateway));
        }
        Ok(self.either("transit gateway", ways, Code::TGW_ROUTE_AZ_RESTRICTION))
    }

    /// The public addresses of a VPC's regional NAT gateways, with the node of each.
    pub(super) fn regional_addresses(
        &self,
        vpc: Option<Id<Vpc>>,
    ) -> Vec<(Address, Id<RegionalNat>)> {
        let all = self.network.regional_nats.iter();
        let own = all.filter(|(_, n)| vpc.is_some() && n.vpc.id() == vpc);
        own.flat_map(|(id, n)| n.addresses.iter().map(move |(_, ip)| (bits(*ip), id)))
            .collect()
    }

    /// Rows of an internet gateway for them: they leave as they are, and come back here.
    pub(super) fn regional_rows(&mut self, vpc: &Ref<Vpc>) -> (Vec<RowSpec>, Vec<RowSpec>) {
        let network = self.network;
        let (mut out, mut into) = (Vec::new(), Vec::new());
        for (at, id) in self.regional_addresses(vpc.id()) {
            let Some(node) = self.regional_nats.get(id.index()).copied() else {
                continue;
            };
            let nat = &network.regional_nats[id];
            let text = format!("public address of {}", self.scoped(&nat.vpc, &nat.name));
            let home = self.b.to(node, entry::FAR);
            let row = |then| RowSpec::address((at, at), then, &nat.origin, text.clone());
            out.push(row(Action::Next));
            into.push(row(home));
        }
        (out, into)
    }

    /// What VPC Block Public Access leaves to them. It is judged by subnets, of which they have none:
    /// what it does where it shuts some subnets of the VPC and not others is not described.
    pub(super) fn regional_public_access(&self, vpc: &Ref<Vpc>) -> Vec<RowSpec> {
        let subnets = vpc.id().map_or_else(Vec::new, |v| self.subnets_of(v));
        let shut = |s: &&Subnet| s.leaves() == Some(Leaves::Nothing);
        let Some(first) = subnets.iter().map(|(_, s)| *s).find(shut) else {
            return Vec::new();
        };
        let (then, flags) = match subnets.iter().all(|(_, s)| shut(s)) {
            true => (Action::Drop(Code::VPC_BLOCK_PUBLIC_ACCESS_ENABLED), 0),
            false => (Action::Next, flags::MAYBE),
        };
        let access = first.public_access.as_ref();
        let origin = access.map_or(&vpc.origin, |a| &a.origin);
        let row = |(at, _)| {
            let text = "VPC Block Public Access for a regional NAT gateway";
            RowSpec {
                flags,
                ..RowSpec::address((at, at), then, origin, text)
            }
        };
        let addresses = self.regional_addresses(vpc.id());
        addresses.into_iter().map(row).collect()
    }
}
