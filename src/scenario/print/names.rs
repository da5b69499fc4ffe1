//! What each noun is called in the text: its name, made fit for the grammar where it is not.

use super::policy::is_in_place;
use crate::model::{
    Attached, ClientVpn, Connection, EgressOnlyGateway, EndpointKind, EndpointService,
    EndpointTarget, HostedZone, Id, Instance, Interface, InternetGateway, InternetHost, Joined,
    LoadBalancer, LoadBalancerKind, NatGateway, Network, NetworkAcl, Noun, Peering, Policy,
    PrefixList, Principal, Profile, Ref, RegionalNat, ResolverEndpoint, ResolverRule, Role,
    RouteTable, RuleKind, SecurityGroup, Site, Subnet, TargetGroup, TransitAttachment,
    TransitGateway, TransitTable, Vpc, VpcEndpoint, VpnGateway, World,
};
use std::collections::{HashMap, HashSet};

/// The names of what the text has; what it cannot say has none.
#[derive(Default)]
pub(super) struct Names(HashMap<(&'static str, usize), String>);

impl Names {
    pub(super) fn new(network: &Network) -> Self {
        let mut names = Self::default();
        names.alone::<Vpc>(network, |_, _| true);
        names.alone::<Subnet>(network, |_, _| true);
        names.alone::<RouteTable>(network, |_, _| true);
        names.alone::<SecurityGroup>(network, |_, _| true);
        names.alone::<NetworkAcl>(network, |_, _| true);
        names.alone::<TargetGroup>(network, |_, _| true);
        names.alone::<Peering>(network, |_, p| p.between.iter().all(|v| v.id().is_some()));
        names.alone::<Site>(network, |_, _| true);
        names.alone::<InternetHost>(network, |_, _| true);
        names.alone::<PrefixList>(network, |_, _| true);
        names.alone::<EndpointService>(network, |_, _| true);
        names.alone::<HostedZone>(network, |_, _| true);
        names.alone::<Policy>(network, |_, p| !is_in_place(p));
        names.alone::<Principal>(network, |_, _| true);
        names.alone::<ResolverRule>(network, |_, r| !matches!(r.kind, RuleKind::Unseen(_)));
        names.alone::<Profile>(network, |_, _| true);
        names.alone::<TransitGateway>(network, |_, _| true);
        let leads_here = |c: Id<Connection>, id| matches!(&network.connections[c].to, Joined::Transit(a) if a.id() == Some(id));
        names.of_gateways(network, |id, a: &TransitAttachment| match &a.to {
            Attached::Vpc(vpc, _) => vpc.id().and(a.gateway.id()),
            Attached::Connection(c) if c.id().is_some_and(|c| leads_here(c, id)) => a.gateway.id(),
            Attached::Connection(_) => None,
            Attached::ClientVpn(vpn) => vpn.id().and(a.gateway.id()),
            Attached::Peer(peer) => peer.id().and(a.gateway.id()),
            Attached::Unseen(_) => None,
        });
        names.of_gateways(network, |_, t: &TransitTable| t.gateway.id());
        names.components(network);
        let ends_at = |c: &Connection| match &c.to {
            Joined::Vpn(gateway) => gateway.id().is_some_and(|g| names.of(g).is_some()),
            Joined::Transit(attachment) => attachment.id().is_some_and(|a| names.of(a).is_some()),
            Joined::Public => true,
        };
        let connections = network.connections.iter();
        let said: HashSet<Id<Connection>> = connections
            .filter(|(_, c)| ends_at(c))
            .map(|(id, _)| id)
            .collect();
        names.alone::<Connection>(network, |id, _| said.contains(&id));
        names
    }

    /// The name of a noun, if the text has it.
    pub(super) fn of<T: Noun>(&self, id: Id<T>) -> Option<&str> {
        self.0.get(&(T::KIND, id.index())).map(String::as_str)
    }

    /// A name space of one kind.
    fn alone<T: Noun>(&mut self, network: &Network, sayable: impl Fn(Id<T>, &T) -> bool) {
        self.add(network, &mut HashSet::new(), sayable);
    }

    /// `gateway/name`, for what a transit gateway has.
    fn of_gateways<T: Noun>(
        &mut self,
        network: &Network,
        gateway: impl Fn(Id<T>, &T) -> Option<Id<TransitGateway>>,
    ) {
        for (id, noun) in T::arena(network).iter() {
            let gateway = gateway(id, noun).and_then(|g| self.of(g));
            if let Some(gateway) = gateway {
                let own = format!("{gateway}/");
                let name = noun.name().strip_prefix(&own).unwrap_or(noun.name());
                let name = format!("{own}{}", fit(name));
                self.0.insert((T::KIND, id.index()), name);
            }
        }
    }

    /// The components of a VPC share one name space.
    fn components(&mut self, network: &Network) {
        let space = &mut HashSet::new();
        self.add::<Instance>(network, space, |_, i| {
            settled(network, i.interfaces.first().and_then(Ref::id))
        });
        self.add::<NatGateway>(network, space, |_, n| settled(network, n.interface.id()));
        self.add::<RegionalNat>(network, space, |_, _| true);
        self.add::<VpcEndpoint>(network, space, |_, e| match &e.target {
            EndpointTarget::Aws(..) | EndpointTarget::Unmodelled(..) => true,
            EndpointTarget::Service(service) => {
                service.id().is_some() && matches!(e.kind, EndpointKind::Interface(_))
            }
        });
        self.add::<LoadBalancer>(network, space, |_, l| match l.kind {
            LoadBalancerKind::Network => true,
            LoadBalancerKind::Application => l.listeners.iter().all(|l| l.forward.is_empty()),
            LoadBalancerKind::Gateway => network.world == World::Closed,
        });
        self.add::<ResolverEndpoint>(network, space, |_, _| true);
        self.add::<ClientVpn>(network, space, |_, _| true);
        // A VPC has one gateway of a kind.
        self.add::<InternetGateway>(network, space, |id, g| {
            let attached = g
                .vpc
                .id()
                .and_then(|v| network.vpcs[v].internet_gateway.as_ref());
            attached.and_then(Ref::id) == Some(id)
        });
        self.first_of_each_vpc::<EgressOnlyGateway>(network, space);
        self.first_of_each_vpc::<VpnGateway>(network, space);
        self.add::<Interface>(network, space, |id, i| {
            let own = match &i.role {
                Role::Plain => true,
                Role::Instance(owner) => !owner.id().is_some_and(|o| {
                    let first = network.instances[o].interfaces.first();
                    first.and_then(Ref::id) == Some(id)
                }),
                Role::Nat(_)
                | Role::Endpoint(_)
                | Role::LoadBalancer(_)
                | Role::Resolver(_)
                | Role::ClientVpn(_)
                | Role::Other(_) => false,
            };
            own && settled(network, Some(id))
        });
    }

    /// The first of a kind in each VPC.
    fn first_of_each_vpc<T: Noun>(
        &mut self,
        network: &Network,
        space: &mut HashSet<(Option<Id<Vpc>>, String)>,
    ) {
        let mut seen = HashSet::new();
        let all = T::arena(network).iter();
        let first: HashSet<Id<T>> = all
            .filter(|(_, g)| seen.insert(g.vpc(network)))
            .map(|(id, _)| id)
            .collect();
        self.add::<T>(network, space, |id, _| first.contains(&id));
    }

    fn add<T: Noun>(
        &mut self,
        network: &Network,
        space: &mut HashSet<(Option<Id<Vpc>>, String)>,
        sayable: impl Fn(Id<T>, &T) -> bool,
    ) {
        for (id, noun) in T::arena(network).iter() {
            let vpc = noun.vpc(network);
            if (T::SCOPED && vpc.is_none()) || !sayable(id, noun) {
                continue;
            }
            let wanted = fit(noun.name());
            let mut name = wanted.clone();
            let mut next = 2;
            while !space.insert((vpc, name.clone())) {
                let stem: String = wanted.chars().take(58).collect();
                name = format!("{stem}-{next}");
                next += 1;
            }
            self.0.insert((T::KIND, id.index()), name);
        }
    }
}

/// Whether an interface has what a scenario says of one: a subnet of the input, and an address.
fn settled(network: &Network, id: Option<Id<Interface>>) -> bool {
    id.is_some_and(|i| {
        network.vpc_of(i).is_some() && network.interfaces[i].addresses().next().is_some()
    })
}

/// A name of the grammar: `[a-z0-9][a-z0-9_.-]{0,63}`.
fn fit(name: &str) -> String {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fit = |c: char| {
        if word(c) || matches!(c, '_' | '.' | '-') {
            c
        } else {
            '-'
        }
    };
    let name: String = name.to_ascii_lowercase().chars().map(fit).collect();
    let name = name.trim_start_matches(|c| !word(c));
    if name.is_empty() {
        return "unnamed".to_owned();
    }
    name.chars().take(64).collect()
}
