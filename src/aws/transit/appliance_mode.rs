//! Appliance mode: a VPC is entered in one zone for both directions of a flow, which a hash of the
//! flow picks (`/vpc/latest/tgw/transit-gateway-appliance-scenario.html`).
//!
//! The hash knows no direction, so what it keeps can only be said of the two ends together: the zone
//! that they have in common, or the zone of the one that has a zone at all, where the other is
//! behind a connection, a peered gateway or the internet. That it keeps this zone is not on the
//! page: switch `appliance-mode-keeps-zone`, default on.

use super::super::compile::Compiler;
use super::super::filter::span;
use super::table::Candidate;
use crate::code::Code;
use crate::fabric::{Address, RowSpec, Span, flags};
use crate::model::{Attached, Fact, Id, Listing, Ref, TransitAttachment, TransitGateway, Vpc};

/// Hosts of an attached VPC, and their zone; none where the input does not tell it.
type Hosts<'n> = ((Address, Address), Option<&'n str>);

impl<'n> Compiler<'n> {
    /// Whether what goes to no host of a known zone keeps the zone it came from.
    pub(super) fn keeps_zone(&self, attachment: &TransitAttachment) -> bool {
        !attachment.appliance_mode
            || (self.network.is_on("appliance-mode-keeps-zone")
                && self.sees_every_vpc(&attachment.gateway))
    }

    /// Rows in front of a route into an attachment in appliance mode: one for each block of hosts
    /// whose zone counts.
    pub(super) fn in_appliance_mode(
        &mut self,
        table: &str,
        candidate: &Candidate<'_>,
        zone: Option<&str>,
    ) -> Vec<RowSpec> {
        let network = self.network;
        let [to] = candidate.route.to.as_slice() else {
            return Vec::new();
        };
        let Some(id) = to.id().filter(|_| candidate.route.active) else {
            return Vec::new();
        };
        let attachment = &network.attachments[id];
        let whole = matches!(attachment.to, Attached::Vpc(_, Fact::Known(_)));
        let seen = attachment.subnets().iter().all(|s| s.id().is_some());
        if !attachment.appliance_mode
            || !attachment.available
            || !whole
            || !seen
            || !network.is_on("appliance-mode-keeps-zone")
        {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for (hosts, theirs) in self.hosts(&attachment.gateway) {
            let Some(block) = within(candidate.span, hosts) else {
                continue;
            };
            let shared = theirs.filter(|theirs| zone.is_none_or(|own| own == *theirs));
            let ways = self.by_ports(id, shared);
            let then = self.either(table, ways, Code::BAD_STATE);
            let route = format!("{table} {}", candidate.text);
            let text = match (theirs, zone) {
                (Some(theirs), Some(own)) if own == theirs => format!("{route} within zone {own}"),
                (Some(theirs), Some(own)) => format!("{route} from zone {own} to zone {theirs}"),
                (Some(theirs), None) => format!("{route} to zone {theirs}"),
                (None, _) => format!("{route} to a zone that the input does not tell"),
            };
            let mut row = RowSpec::address(block, then, &candidate.route.origin, text);
            if candidate.maybe {
                row.flags = flags::MAYBE | flags::FORK;
            }
            rows.push(row);
        }
        rows
    }

    /// Hosts of every attached VPC. Blocks that two of them have are in no zone for certain.
    fn hosts(&self, gateway: &Ref<TransitGateway>) -> Vec<Hosts<'n>> {
        let attached = self.attached_vpcs(gateway);
        let of = |vpc: Id<Vpc>| {
            let subnets = self.subnets_of(vpc).into_iter();
            subnets.flat_map(|(_, s)| s.blocks().map(|b| (span(&b), s.zone.as_str())))
        };
        let all: Vec<_> = attached
            .iter()
            .flat_map(|v| of(*v).map(|(hosts, zone)| (*v, hosts, zone)))
            .collect();
        let mut out = Vec::new();
        for (vpc, hosts, zone) in &all {
            let other = |(v, h, z): &(Id<Vpc>, (Address, Address), &str)| {
                v != vpc && z != zone && h.0 <= hosts.1 && hosts.0 <= h.1
            };
            out.push((*hosts, (!all.iter().any(other)).then_some(*zone)));
        }
        for vpc in attached {
            if self.unlisted(Some(vpc), Listing::Subnets).is_some() {
                let blocks = self.network.vpcs[vpc].blocks();
                out.extend(blocks.map(|b| (span(&b), None)));
            }
        }
        out
    }

    /// Whether the two directions of a flow may tell different zones: hosts behind a gateway may be in
    /// one of two, or in one that the input does not have, or may come back from where no zone is told.
    pub(super) fn is_torn(&mut self, gateway: &Ref<TransitGateway>) -> bool {
        if let Some(torn) = self.transit.torn.get(gateway.text.as_str()) {
            return *torn;
        }
        let torn = !self.sees_every_vpc(gateway)
            || self.comes_back_from_beyond(gateway)
            || self.hosts(gateway).iter().any(|(_, zone)| zone.is_none());
        self.transit.torn.insert(gateway.text.to_string(), torn);
        torn
    }

    /// Whether a VPC has a way out beside a gateway, of which replies may come back by a peered gateway
    /// or a connection.
    fn comes_back_from_beyond(&self, gateway: &Ref<TransitGateway>) -> bool {
        let network = self.network;
        let is_own = |a: &TransitAttachment| a.gateway.to == gateway.to;
        let is_beyond = |a: &TransitAttachment| is_own(a) && a.vpc().is_none();
        let leaves = |vpc: Id<Vpc>| {
            let other = |a: &TransitAttachment| !is_own(a) && a.vpc() == Some(vpc);
            network.attachments.iter().any(|(_, a)| other(a))
                || (network.vpn_gateways.iter()).any(|(_, g)| g.vpc.id() == Some(vpc))
        };
        network.attachments.iter().any(|(_, a)| is_beyond(a))
            && self.attached_vpcs(gateway).into_iter().any(leaves)
    }

    fn attached_vpcs(&self, gateway: &Ref<TransitGateway>) -> Vec<Id<Vpc>> {
        let all = self.network.attachments.iter().map(|(_, a)| a);
        let own = all.filter(|a| a.gateway.to == gateway.to);
        let mut vpcs: Vec<Id<Vpc>> = own.filter_map(TransitAttachment::vpc).collect();
        vpcs.sort_unstable();
        vpcs.dedup();
        vpcs
    }

    /// Whether the input has every VPC that is attached.
    fn sees_every_vpc(&self, gateway: &Ref<TransitGateway>) -> bool {
        let network = self.network;
        let all = network.attachments.iter().map(|(_, a)| a);
        let mut own = all.filter(|a| a.gateway.to == gateway.to);
        let listing = Listing::TransitGatewayVpcAttachments;
        !network.unlisted.contains(&listing)
            && own.all(|a| match &a.to {
                Attached::Vpc(vpc, _) => vpc.id().is_some(),
                Attached::Unseen(_) | Attached::ClientVpn(_) => false,
                Attached::Connection(_) | Attached::Peer(_) => true,
            })
    }
}

/// What a route and a block have in common.
fn within(route: Span, hosts: (Address, Address)) -> Option<(Address, Address)> {
    let (lo, hi) = match route {
        Span::Of(lo, hi) if lo.is_v4() == hosts.0.is_v4() => (lo.max(hosts.0), hi.min(hosts.1)),
        Span::Any => hosts,
        Span::Of(..) | Span::Tag(_) | Span::TagV4(_) | Span::TagV6(_) => return None,
    };
    (lo <= hi).then_some((lo, hi))
}
