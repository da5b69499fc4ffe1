//! A rule may refer to groups of its own VPC, of VPCs with an active peering in the same Region, and
//! of VPCs behind the same transit gateway (`/vpc/latest/tgw/tgw-vpc-attachments.html`); a reference that outlives the peering is *stale* and matches nobody
//! (`/vpc/latest/peering/vpc-peering-security-groups.html`).

use super::{Finding, scoped};
use crate::model::{Id, Network, Peer, Ref, SecurityGroup, Vpc};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, group) in network.groups.iter() {
        let Some(own) = group.vpc.id() else { continue };
        for rule in group.ingress.iter().chain(&group.egress) {
            let Peer::Group(other) = &rule.peer else {
                continue;
            };
            let Some(why) = other.id().and_then(|g| gone(network, &places(group), g)) else {
                continue;
            };
            let at = scoped(network, Some(own), &group.name);
            out.push(Finding {
                message: format!("`{at}` refers to the group `{}`, {why}", other.text),
                help: "write the members' addresses as a CIDR, or remove the rule".to_owned(),
                origin: rule.origin.clone(),
                at,
            });
        }
    }
    out
}

/// The VPCs that a group is used in.
fn places(group: &SecurityGroup) -> Vec<Id<Vpc>> {
    let own = std::iter::once(&group.vpc).chain(&group.vpcs);
    own.filter_map(Ref::id).collect()
}

/// Why members of a group are recognised nowhere.
fn gone(network: &Network, here: &[Id<Vpc>], group: Id<SecurityGroup>) -> Option<&'static str> {
    let there = places(&network.groups[group]);
    let mut why = None;
    for (here, there) in here.iter().flat_map(|h| there.iter().map(move |t| (*h, *t))) {
        let lost = lost(network, here, there)?;
        why.get_or_insert(lost);
    }
    why
}

/// Why members of a group there are not recognised here.
fn lost(network: &Network, here: Id<Vpc>, there: Id<Vpc>) -> Option<&'static str> {
    if here == there {
        return None;
    }
    if network.vpcs[here].region != network.vpcs[there].region {
        return Some("which is in another Region");
    }
    let joins = |between: &[Ref<Vpc>; 2]| {
        let ends: Vec<Option<Id<Vpc>>> = between.iter().map(Ref::id).collect();
        ends.contains(&Some(here)) && ends.contains(&Some(there))
    };
    let mut peerings = network.peerings.iter().filter(|(_, p)| joins(&p.between));
    match peerings.next() {
        None if attached(network, here, there) => None,
        None => Some("and neither a peering nor a transit gateway joins the VPCs"),
        Some(_) if peerings.any(|(_, p)| p.active) => None,
        Some((_, first)) if first.active => None,
        Some(_) => Some("and the peering is not active"),
    }
}

/// Whether one transit gateway joins two VPCs: what it does with references, a trace says.
fn attached(network: &Network, one: Id<Vpc>, other: Id<Vpc>) -> bool {
    let of = |vpc: Id<Vpc>| network.attachments.iter().filter(move |(_, a)| a.vpc() == Some(vpc));
    of(one).any(|(_, a)| of(other).any(|(_, b)| a.gateway.to == b.gateway.to))
}
