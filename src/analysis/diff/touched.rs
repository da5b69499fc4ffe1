//! Whose flows an edit can touch, where it changes nothing but rules of groups and who is in them, rules
//! of ACLs, routes and which of them a subnet has, and public addresses: those of the interfaces that
//! the edit is about, as long as these are plain hosts. Everybody else's flows meet what they met
//! before, out and back.

use crate::aws::nat64;
use crate::fabric::{Address, Region};
use crate::model::{
    Arena, Draft, Id, Interface, Network, Ref, Role, Route, RouteTable, Subnet, Target, TargetWhat,
};
use ipnet::IpNet;
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

/// What differs between two networks, if they are the same but for filters, routes, who is in which
/// group and who has which public address.
fn edited(before: &Network, after: &Network) -> Option<Edited> {
    let mut same: Draft = Draft::clone(after);
    let groups = differing(&mut same.groups, &before.groups, |is, was| {
        settle(&mut is.ingress, &was.ingress) | settle(&mut is.egress, &was.egress)
    })?;
    let acls = differing(&mut same.acls, &before.acls, |is, was| {
        settle(&mut is.ingress, &was.ingress) | settle(&mut is.egress, &was.egress)
    })?;
    let tables = differing(&mut same.tables, &before.tables, |is, was| {
        settle(&mut is.routes, &was.routes)
    })?;
    let subnets = differing(&mut same.subnets, &before.subnets, |is, was| {
        settle(&mut is.table, &was.table) | settle(&mut is.acl, &was.acl)
    })?;
    let members = differing(&mut same.interfaces, &before.interfaces, |is, was| {
        settle(&mut is.groups, &was.groups)
    })?;
    let public = differing(&mut same.interfaces, &before.interfaces, |is, was| {
        settle(&mut is.public, &was.public)
    })?;
    let aside = |table: &Id<RouteTable>| {
        let mut sides = [before, after].into_iter();
        sides.any(|n| n.tables[*table].routes.iter().any(leads_aside))
            || is_no_subnets(before, *table)
    };
    if same != **before
        || tables.iter().any(aside)
        || members.iter().any(|id| is_elsewhere(before, *id))
    {
        return None;
    }
    let mut out = Edited::default();
    out.subnets.extend(&subnets);
    for (id, subnet) in before.subnets.iter() {
        if subnet.table.id().is_some_and(|t| tables.contains(&t))
            || subnet.acl.id().is_some_and(|a| acls.contains(&a))
        {
            out.subnets.insert(id);
        }
    }
    out.interfaces.extend(&members);
    out.interfaces.extend(&public);
    for (id, interface) in before.interfaces.iter() {
        let of_edited = |g: &Ref<_>| g.id().is_some_and(|g| groups.contains(&g));
        let there = interface.subnet.id();
        if interface.groups.iter().any(of_edited) || there.is_some_and(|s| out.subnets.contains(&s))
        {
            out.interfaces.insert(id);
        }
    }
    Some(out)
}

/// Those that differ in what `settled` makes the same; none if there are fewer than there were.
fn differing<T>(
    same: &mut Arena<T>,
    before: &Arena<T>,
    mut settled: impl FnMut(&mut T, &T) -> bool,
) -> Option<BTreeSet<Id<T>>> {
    let mut out = BTreeSet::new();
    for (id, was) in before.iter() {
        if settled(same.get_mut(id)?, was) {
            out.insert(id);
        }
    }
    Some(out)
}

/// Makes it what it was, and says whether it was not.
fn settle<F: Clone + PartialEq>(is: &mut F, was: &F) -> bool {
    let differs = is != was;
    if differs {
        is.clone_from(was);
    }
    differs
}

/// Whether a member of groups is not alone with its addresses: rules that mean it by them may be met
/// by others.
fn is_elsewhere(network: &Network, id: Id<Interface>) -> bool {
    let own = network.vpc_of(id);
    network.interfaces[id].spans().any(|(lo, hi)| {
        let meets = |block: IpNet| {
            let (first, last) = (block.network(), block.broadcast());
            first.is_ipv4() == lo.is_ipv4() && first <= hi && lo <= last
        };
        let mut vpcs = network.vpcs.iter().filter(|(v, _)| Some(*v) != own);
        let mut sites = network.sites.iter().flat_map(|(_, s)| &s.cidrs);
        let mut clients = network.client_vpns.iter().map(|(_, v)| v.clients);
        vpcs.any(|(_, v)| v.blocks().any(meets))
            || sites.any(|block| meets(*block))
            || clients.any(|block| meets(block.into()))
    })
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
        let passed: FxHashSet<IpAddr> = passed(before).into_iter().chain(passed(after)).collect();
        let mut to = Vec::new();
        for id in &self.interfaces {
            let interface = &before.interfaces[*id];
            let host = matches!(interface.role, Role::Instance(_) | Role::Plain);
            let of_others = interface.addresses().any(|ip| passed.contains(&ip));
            if !host || interface.may_pass_on() || of_others {
                return None;
            }
            to.extend(interface.spans().map(|(lo, hi)| (lo.into(), hi.into())));
            let public = [interface, &after.interfaces[*id]].map(|i| &i.public);
            let public = public
                .into_iter()
                .flatten()
                .map(|(_, ip)| IpAddr::V4(*ip).into());
            to.extend(public.map(|ip: Address| (ip, ip)));
        }
        let hops = before.hops();
        if !before.has_all_hops() || self.subnets.iter().any(|s| hops.contains(s)) {
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
/// load balancers.
fn passed(network: &Network) -> Vec<IpAddr> {
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
    out
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
