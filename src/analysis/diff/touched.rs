//! Whose flows an edit can touch, where it changes nothing but rules of groups, rules of ACLs, routes
//! and which of them a subnet has: those of the interfaces that the edit is about, as long as these are
//! plain hosts. Everybody else's flows meet what they met before, out and back.

use crate::aws::nat64;
use crate::fabric::{Address, Region};
use crate::model::{
    Attached, Draft, Fact, Id, Interface, Network, Ref, Role, Route, RouteTable, Subnet, Target,
    TargetWhat,
};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Whose flows may have another answer.
pub(super) enum Touched {
    /// Anybody's.
    All,
    /// Those from some interfaces, and those to some addresses.
    Some(BTreeSet<Id<Interface>>, Vec<(Address, Address)>),
}

impl Touched {
    /// Of two networks.
    pub(super) fn new(before: &Network, after: &Network) -> Self {
        edited(before, after)
            .and_then(|edited| edited.touched(before, after))
            .unwrap_or(Self::All)
    }

    /// Those of what an interface sends, or somebody else.
    pub(super) fn of(&self, from: Option<Id<Interface>>, sent: Vec<Region>) -> Vec<Region> {
        let Self::Some(interfaces, to) = self else {
            return sent;
        };
        if from.is_some_and(|from| interfaces.contains(&from)) {
            return sent;
        }
        let among = |region: Region| {
            to.iter().filter_map(move |(lo, hi)| {
                let dst = (region.dst.0.max(*lo), region.dst.1.min(*hi));
                (dst.0 <= dst.1).then_some(Region { dst, ..region })
            })
        };
        sent.into_iter().flat_map(among).collect()
    }
}

/// What an edit is about.
#[derive(Default)]
struct Edited {
    interfaces: BTreeSet<Id<Interface>>,
    subnets: BTreeSet<Id<Subnet>>,
}

/// What differs between two networks, if they are the same but for filters and routes.
fn edited(before: &Network, after: &Network) -> Option<Edited> {
    let mut same: Draft = Draft::clone(after);
    let mut out = Edited::default();
    let (mut groups, mut tables, mut acls) =
        <(FxHashSet<_>, FxHashSet<_>, FxHashSet<_>)>::default();
    for (id, was) in before.groups.iter() {
        let is = same.groups.get_mut(id)?;
        if (&is.ingress, &is.egress) != (&was.ingress, &was.egress) {
            groups.insert(id);
            (is.ingress, is.egress) = (was.ingress.clone(), was.egress.clone());
        }
    }
    for (id, was) in before.acls.iter() {
        let is = same.acls.get_mut(id)?;
        if (&is.ingress, &is.egress) != (&was.ingress, &was.egress) {
            acls.insert(id);
            (is.ingress, is.egress) = (was.ingress.clone(), was.egress.clone());
        }
    }
    for (id, was) in before.tables.iter() {
        let is = same.tables.get_mut(id)?;
        if is.routes != was.routes {
            if is.routes.iter().chain(&was.routes).any(leads_aside) {
                return None;
            }
            tables.insert(id);
            is.routes.clone_from(&was.routes);
        }
    }
    for (id, was) in before.subnets.iter() {
        let is = same.subnets.get_mut(id)?;
        let of_edited = was.table.id().is_some_and(|t| tables.contains(&t))
            || was.acl.id().is_some_and(|a| acls.contains(&a));
        if of_edited || (&is.table, &is.acl) != (&was.table, &was.acl) {
            out.subnets.insert(id);
            (is.table, is.acl) = (was.table.clone(), was.acl.clone());
        }
    }
    if same != **before {
        return None;
    }
    for (id, interface) in before.interfaces.iter() {
        let of_edited = |g: &Ref<_>| g.id().is_some_and(|g| groups.contains(&g));
        let there = interface.subnet.id();
        if interface.groups.iter().any(of_edited) || there.is_some_and(|s| out.subnets.contains(&s))
        {
            out.interfaces.insert(id);
        }
    }
    let elsewhere = tables.iter().any(|table| is_no_subnets(before, *table));
    (!elsewhere).then_some(out)
}

/// Whether traffic comes out of there again, as who knows whose: then no group is sure of its members.
fn leads_aside(route: &Route) -> bool {
    matches!(route.target, Target::Interface(_) | Target::Unseen(_))
}

/// Whether a table routes what does not come out of a subnet.
fn is_no_subnets(network: &Network, table: Id<RouteTable>) -> bool {
    let of_gateway = network.tables[table].edge_of.is_some();
    let mut regional = network.regional_nats.iter();
    of_gateway || regional.any(|(_, nat)| nat.table.id() == Some(table))
}

impl Edited {
    /// The flows of those; none if others' flows pass there.
    fn touched(self, before: &Network, after: &Network) -> Option<Touched> {
        let passed = passed(before)?.into_iter().chain(passed(after)?);
        let passed: FxHashSet<IpAddr> = passed.collect();
        let mut to = Vec::new();
        for id in &self.interfaces {
            let interface = &before.interfaces[*id];
            let host = matches!(interface.role, Role::Instance(_) | Role::Plain);
            let of_others = interface.addresses().any(|ip| passed.contains(&ip));
            if !host || interface.may_pass_on() || of_others {
                return None;
            }
            to.extend(interface.spans().map(|(lo, hi)| (lo.into(), hi.into())));
            let public = interface
                .public
                .iter()
                .map(|(_, ip)| IpAddr::V4(*ip).into());
            to.extend(public.map(|ip: Address| (ip, ip)));
        }
        if self.subnets.iter().any(|s| is_passed(before, *s)) {
            return None;
        }
        let blocks = self
            .subnets
            .iter()
            .flat_map(|s| before.subnets[*s].blocks());
        to.extend(blocks.map(|b| (b.network().into(), b.broadcast().into())));
        // What a NAT gateway translates to them.
        let four: Vec<_> = to.iter().filter(|(lo, _)| lo.is_v4()).copied().collect();
        to.extend(four.into_iter().map(|(lo, hi)| (nat64(lo), nat64(hi))));
        Some(Touched::Some(self.interfaces, merged(to)))
    }
}

/// The addresses of hosts that flows to other addresses pass: what routes lead to, and the targets of
/// load balancers. None if not all of them are known.
fn passed(network: &Network) -> Option<Vec<IpAddr>> {
    let mut out = Vec::new();
    let of = |id: Id<Interface>| network.interfaces[id].addresses();
    for (_, table) in network.tables.iter() {
        for route in &table.routes {
            if let Target::Interface(r) = &route.target
                && let Some(id) = r.id()
            {
                out.extend(of(id));
            }
        }
    }
    for (_, group) in network.target_groups.iter() {
        for target in &group.targets {
            match &target.what {
                TargetWhat::Ip(ip) => out.push(*ip),
                TargetWhat::Instance(r) => {
                    let own = r.id().map(|i| &network.instances[i].interfaces);
                    let own = own.into_iter().flatten().filter_map(Ref::id);
                    out.extend(own.flat_map(of));
                }
                TargetWhat::LoadBalancer(_) => {}
            }
        }
    }
    // Whose zones an attachment has, and so where its traffic comes in.
    let known = network.attachments.iter().all(|(_, attachment)| {
        !matches!(
            attachment.to,
            Attached::Vpc(_, Fact::Unseen(_)) | Attached::Unseen(_)
        )
    });
    known.then_some(out)
}

/// Whether others' traffic comes in by a subnet, and so is routed by its table: a transit gateway's,
/// Client VPN's, a NAT gateway's, whether or not their interfaces are listed.
fn is_passed(network: &Network, subnet: Id<Subnet>) -> bool {
    let is = |r: &Ref<Subnet>| r.id() == Some(subnet);
    let attached = |to: &Attached| match to {
        Attached::Vpc(_, Fact::Known(subnets)) => subnets.iter().any(is),
        _ => false,
    };
    let mut vpns = network.client_vpns.iter().flat_map(|(_, v)| &v.routes);
    network.attachments.iter().any(|(_, a)| attached(&a.to))
        || network.nat_gateways.iter().any(|(_, n)| is(&n.subnet))
        || vpns.any(|(_, r)| is(r))
}

/// Spans in order, those that meet as one.
fn merged(mut spans: Vec<(Address, Address)>) -> Vec<(Address, Address)> {
    spans.sort_unstable();
    let mut out: Vec<(Address, Address)> = Vec::new();
    for (lo, hi) in spans {
        match out.last_mut() {
            Some((_, end)) if lo <= *end || *end < Address::new(u128::MAX) && lo == end.after() => {
                *end = hi.max(*end);
            }
            _ => out.push((lo, hi)),
        }
    }
    out
}
