//! One thing taken out of a network, or one setting turned: what a person may do by mistake.

use crate::model::{Draft, EndpointKind, Id, LoadBalancer, Network, NetworkAcl, Noun, RouteTable};
use crate::model::{SecurityGroup, Target, VpcEndpoint};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

/// What is edited, by its place in the draft, and how it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    what: What,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Route(Id<RouteTable>, usize),
    Ingress(Id<SecurityGroup>, usize),
    Egress(Id<SecurityGroup>, usize),
    Entry(Id<NetworkAcl>, bool, usize),
    PrivateDns(Id<VpcEndpoint>),
    CrossZone(Id<LoadBalancer>),
}

/// One edit of a network: a route, a rule of a group or an entry of an ACL is removed; private DNS
/// of an endpoint, or cross-zone load balancing, is turned.
///
/// # Panics
/// When it is asked for one of a network that has none of these.
pub fn edits(network: &Network) -> impl Strategy<Value = Edit> + use<> {
    select(all(network))
}

fn all(network: &Network) -> Vec<Edit> {
    let mut all = Vec::new();
    let mut add = |what, name: String| all.push(Edit { what, name });
    for (id, table) in network.tables.iter() {
        let own = |t: &Target| !matches!(t, Target::Local | Target::Endpoint(_));
        let routes = table.routes.iter().enumerate();
        for (place, _) in routes.filter(|(_, r)| own(&r.target)) {
            let name = table.label(network);
            add(
                What::Route(id, place),
                format!("route {} of {name} is gone", place + 1),
            );
        }
    }
    for (id, group) in network.groups.iter() {
        let name = group.label(network);
        for place in 0..group.ingress.len() {
            let text = format!("{name} ingress {} is gone", place + 1);
            add(What::Ingress(id, place), text);
        }
        for place in 0..group.egress.len() {
            let text = format!("{name} egress {} is gone", place + 1);
            add(What::Egress(id, place), text);
        }
    }
    for (id, acl) in network.acls.iter() {
        for (incoming, rules) in [(true, &acl.ingress), (false, &acl.egress)] {
            for (place, rule) in rules.iter().enumerate() {
                let way = if incoming { "ingress" } else { "egress" };
                let name = acl.label(network);
                let text = format!("{name} {way} {} is gone", rule.number);
                add(What::Entry(id, incoming, place), text);
            }
        }
    }
    for (id, endpoint) in network.endpoints.iter() {
        if let EndpointKind::Interface(_) = endpoint.kind {
            let text = format!("private DNS of {} is turned", endpoint.label(network));
            add(What::PrivateDns(id), text);
        }
    }
    for (id, balancer) in network.load_balancers.iter() {
        let text = format!("cross-zone of {} is turned", balancer.label(network));
        add(What::CrossZone(id), text);
    }
    all
}

impl Edit {
    /// Makes it.
    pub fn apply(&self, draft: &mut Draft) {
        match self.what {
            What::Route(id, place) => {
                remove(draft.tables.get_mut(id).map(|t| &mut t.routes), place)
            }
            What::Ingress(id, place) => {
                remove(draft.groups.get_mut(id).map(|g| &mut g.ingress), place);
            }
            What::Egress(id, place) => {
                remove(draft.groups.get_mut(id).map(|g| &mut g.egress), place);
            }
            What::Entry(id, true, place) => {
                remove(draft.acls.get_mut(id).map(|a| &mut a.ingress), place);
            }
            What::Entry(id, false, place) => {
                remove(draft.acls.get_mut(id).map(|a| &mut a.egress), place);
            }
            What::PrivateDns(id) => {
                if let Some(endpoint) = draft.endpoints.get_mut(id) {
                    endpoint.private_dns = !endpoint.private_dns;
                }
            }
            What::CrossZone(id) => {
                if let Some(balancer) = draft.load_balancers.get_mut(id) {
                    balancer.cross_zone = !balancer.cross_zone;
                }
            }
        }
    }

    /// The network after it.
    ///
    /// # Errors
    /// What AWS would refuse about it: private DNS of a name that another endpoint has.
    pub fn of(&self, network: &Network) -> Result<Network, String> {
        let mut draft: Draft = (**network).clone();
        self.apply(&mut draft);
        super::sound(draft)
    }
}

fn remove<T>(from: Option<&mut Vec<T>>, place: usize) {
    if let Some(list) = from.filter(|list| place < list.len()) {
        list.remove(place);
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
