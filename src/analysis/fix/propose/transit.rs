//! Transit gateways: routes, associations, what an attachment lacks.

use super::super::blocked::{Blocked, block};
use crate::edit::{
    AddTransitRoute, AssociateAttachment, AuthorizeClients, Edit, ExtendAttachment, Extension,
};
use crate::model::{Association, Attached, Destination, Fact, Id, Network, Ref, TransitAttachment};
use ipnet::IpNet;
use std::net::IpAddr;

/// A route for the destination in the table that has none, or leads nowhere.
pub(super) fn route(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let named = |name: &str| {
        let mut all = network.transit_tables.iter();
        all.find(|(_, t)| t.name == name).map(|(id, _)| id)
    };
    let (Some(table), Some(met)) = (blocked.table_name().and_then(named), blocked.met) else {
        return Vec::new();
    };
    let Some(host) = block(met.dst) else {
        return Vec::new();
    };
    let own = &network.transit_tables[table];
    let written = own.routes.iter().filter(|r| r.fixed).find_map(|r| {
        let net = match &r.destination {
            Destination::Cidr(net) => *net,
            Destination::List(_) | Destination::AwsList(..) => return None,
        };
        (blocked.row_name() == Some(net.to_string().as_str())).then_some(net)
    });
    let destination = written.unwrap_or_else(|| within(network, met.dst.ip(), host));
    let gateway = own.gateway.id();
    let attachments = network.attachments.iter();
    let attachments: Vec<_> = attachments
        .filter(|(_, a)| a.gateway.id() == gateway)
        .collect();
    let leads = |a: &TransitAttachment| reaches(network, a, met.dst.ip());
    let there: Vec<Id<_>> = {
        let there = attachments.iter().filter(|(_, a)| leads(a));
        there.map(|(id, _)| *id).collect()
    };
    let any = || attachments.iter().map(|(id, _)| *id).collect();
    let to: Vec<Id<TransitAttachment>> = if there.is_empty() { any() } else { there };
    to.into_iter()
        .map(|attachment| {
            let route = AddTransitRoute {
                table,
                destination,
                attachment,
                replaces: written.is_some(),
            };
            vec![route.into()]
        })
        .collect()
}

/// The block of a VPC or a site that an address is of.
fn within(network: &Network, ip: IpAddr, host: IpNet) -> IpNet {
    let vpcs = network.vpcs.iter().flat_map(|(_, v)| v.blocks());
    let sites = network
        .sites
        .iter()
        .flat_map(|(_, s)| s.cidrs.iter().copied());
    let mut all = vpcs.chain(sites);
    all.find(|b| b.contains(&ip)).map_or(host, |b| b.trunc())
}

/// Whether what is behind an attachment has an address.
fn reaches(network: &Network, attachment: &TransitAttachment, ip: IpAddr) -> bool {
    match &attachment.to {
        Attached::Vpc(vpc, _) => vpc
            .id()
            .is_some_and(|v| network.vpcs[v].blocks().any(|b| b.contains(&ip))),
        Attached::Connection(connection) => connection.id().is_some_and(|c| {
            let site = network.connections[c].site.id();
            site.is_some_and(|s| network.sites[s].cidrs.iter().any(|b| b.contains(&ip)))
        }),
        Attached::ClientVpn(vpn) => vpn
            .id()
            .is_some_and(|v| IpNet::from(network.client_vpns[v].clients).contains(&ip)),
        Attached::Peer(_) => true,
        Attached::Unseen(_) => false,
    }
}

/// A table for an attachment that has none.
pub(super) fn association(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let without = network.attachments.iter();
    let without = without.filter(|(_, a)| a.table == Association::None);
    let mut out = Vec::new();
    for (attachment, own) in without {
        let tables = network.transit_tables.iter();
        let tables = tables.filter(|(_, t)| t.gateway.id() == own.gateway.id());
        for (table, _) in tables {
            out.push(vec![AssociateAttachment { attachment, table }.into()]);
        }
    }
    out
}

/// A subnet of the sender's zone for an attachment, and IPv6.
pub(super) fn extension(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let mut out = Vec::new();
    for (attachment, own) in network.attachments.iter() {
        let Some(vpc) = own.vpc() else { continue };
        let zones: Vec<&str> = {
            let subnets = own.subnets().iter().filter_map(Ref::id);
            subnets.map(|s| &*network.subnets[s].zone).collect()
        };
        let further = network.subnets.iter();
        let further =
            further.filter(|(_, s)| s.vpc.id() == Some(vpc) && !zones.contains(&s.zone.as_str()));
        let mut met: Vec<&str> = Vec::new();
        for (subnet, s) in further {
            if !met.contains(&s.zone.as_str()) {
                met.push(&s.zone);
                let by = Extension::Subnet(subnet);
                out.push(vec![ExtendAttachment { attachment, by }.into()]);
            }
        }
    }
    out
}

/// IPv6 for the attachments that are without.
pub(super) fn ipv6(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let attachments = blocked.network.attachments.iter();
    let without = attachments.filter(|(_, a)| a.ipv6 == Fact::Known(false) && a.vpc().is_some());
    let by = Extension::Ipv6;
    without
        .map(|(attachment, _)| vec![ExtendAttachment { attachment, by }.into()])
        .collect()
}

/// What clients of a Client VPN endpoint may reach: the one address.
pub(super) fn authorization(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let Some(IpNet::V4(to)) = blocked.met.and_then(|m| block(m.dst)) else {
        return Vec::new();
    };
    let all = blocked.network.client_vpns.iter();
    all.map(|(vpn, _)| vec![AuthorizeClients { vpn, to }.into()])
        .collect()
}
