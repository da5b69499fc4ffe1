//! Components by the words for them: `vpc/name`, `site/host`, an AWS id or an internet host.

use super::{
    ClientVpn, Id, Interface, InternetHost, LoadBalancer, Network, Ref, ResolverEndpoint, Site,
    Vpc, VpcEndpoint, World,
};
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use std::hash::Hasher;
use std::net::IpAddr;

/// Something that can be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Component {
    /// An interface, or an instance by its primary one.
    Interface(Id<Interface>),
    /// An endpoint.
    Endpoint(Id<VpcEndpoint>),
    /// The clients of a Client VPN endpoint.
    ClientVpn(Id<ClientVpn>),
    /// A load balancer.
    LoadBalancer(Id<LoadBalancer>),
    /// A Resolver endpoint.
    Resolver(Id<ResolverEndpoint>),
    /// A host of a site.
    SiteHost(Id<Site>, IpAddr),
    /// A host of the internet.
    InternetHost(Id<InternetHost>),
}

/// The component that a text names.
#[must_use]
pub fn component(network: &Network, text: &str) -> Option<Component> {
    let named = in_vpcs(network).find(|(called, _)| called.is(network, text));
    named.map_or_else(|| outside(network, text), |(_, what)| what)
}

/// How a component of a VPC may be called.
struct Called<'n> {
    vpc: Option<Id<Vpc>>,
    name: &'n str,
    id: Option<&'n str>,
}

impl<'n> Called<'n> {
    fn new(vpc: Option<Id<Vpc>>, name: &'n str, id: Option<&'n str>) -> Self {
        Self { vpc, name, id }
    }

    fn is(&self, network: &Network, text: &str) -> bool {
        if self.id == Some(text) {
            return true;
        }
        match text.split_once('/') {
            None => network.world == World::Open && self.name == text,
            Some((scope, name)) => {
                name == self.name
                    && self.vpc.is_some_and(|v| {
                        network.vpcs[v].name == scope
                            || network.vpcs[v].id.as_deref() == Some(scope)
                    })
            }
        }
    }

    /// Every text that [`Called::is`] takes.
    fn words(&self, network: &Network, text: &mut String, mut each: impl FnMut(&str)) {
        if let Some(id) = self.id {
            each(id);
        }
        if network.world == World::Open && !self.name.contains('/') {
            each(self.name);
        }
        let Some(vpc) = self.vpc.map(|v| &network.vpcs[v]) else {
            return;
        };
        for scope in std::iter::once(vpc.name.as_str()).chain(vpc.id.as_deref()) {
            if !scope.contains('/') {
                text.clear();
                text.extend([scope, "/", self.name]);
                each(text);
            }
        }
    }
}

/// A component of a VPC; none: it cannot be asked about.
type Named<'n> = (Called<'n>, Option<Component>);

/// How many there are of a kind, and each by its place.
type Kind = (
    fn(&Network) -> usize,
    for<'n> fn(&'n Network, usize) -> Named<'n>,
);

/// The kinds in the order of precedence.
const KINDS: [Kind; 7] = [
    (|n| n.instances.len(), instance),
    (|n| n.endpoints.len(), endpoint),
    (|n| n.load_balancers.len(), load_balancer),
    (|n| n.resolver_endpoints.len(), resolver),
    (|n| n.client_vpns.len(), client_vpn),
    (|n| n.nat_gateways.len(), nat_gateway),
    (|n| n.interfaces.len(), interface),
];

fn instance(network: &Network, at: usize) -> Named<'_> {
    let i = &network.instances[Id::new(at)];
    let what = i.interfaces.first().and_then(Ref::id);
    let called = Called::new(i.vpc.id(), &i.name, i.id.as_deref());
    (called, what.map(Component::Interface))
}

fn endpoint(network: &Network, at: usize) -> Named<'_> {
    let e = &network.endpoints[Id::new(at)];
    let called = Called::new(e.vpc.id(), &e.name, e.id.as_deref());
    (called, Some(Component::Endpoint(Id::new(at))))
}

fn load_balancer(network: &Network, at: usize) -> Named<'_> {
    let l = &network.load_balancers[Id::new(at)];
    let called = Called::new(l.vpc.id(), &l.name, l.id.as_deref());
    (called, Some(Component::LoadBalancer(Id::new(at))))
}

fn resolver(network: &Network, at: usize) -> Named<'_> {
    let r = &network.resolver_endpoints[Id::new(at)];
    let called = Called::new(r.vpc.id(), &r.name, None);
    (called, Some(Component::Resolver(Id::new(at))))
}

fn client_vpn(network: &Network, at: usize) -> Named<'_> {
    let c = &network.client_vpns[Id::new(at)];
    let called = Called::new(c.vpc.id(), &c.name, None);
    (called, Some(Component::ClientVpn(Id::new(at))))
}

fn nat_gateway(network: &Network, at: usize) -> Named<'_> {
    let n = &network.nat_gateways[Id::new(at)];
    let vpc = n.subnet.id().and_then(|s| network.subnets[s].vpc.id());
    let called = Called::new(vpc, &n.name, None);
    (called, n.interface.id().map(Component::Interface))
}

fn interface(network: &Network, at: usize) -> Named<'_> {
    let (id, i) = (Id::new(at), &network.interfaces[Id::new(at)]);
    let called = Called::new(network.vpc_of(id), &i.name, i.id.as_deref());
    (called, Some(Component::Interface(id)))
}

/// Every component of a VPC in the order of precedence.
fn in_vpcs(network: &Network) -> impl Iterator<Item = Named<'_>> {
    let kinds = KINDS.iter();
    kinds.flat_map(|(number, named)| (0..number(network)).map(|at| named(network, at)))
}

/// The one at a place in that order.
fn nth(network: &Network, mut place: usize) -> Option<Named<'_>> {
    for (number, named) in &KINDS {
        match place.checked_sub(number(network)) {
            Some(beyond) => place = beyond,
            None => return Some(named(network, place)),
        }
    }
    None
}

/// A declared host of a site or of the internet.
fn outside(network: &Network, text: &str) -> Option<Component> {
    if let Some((scope, name)) = text.split_once('/') {
        let (id, site) = network.sites.iter().find(|(_, s)| s.name == scope)?;
        let host = site.hosts.iter().find(|(n, _)| n == name);
        return host.map(|(_, ip)| Component::SiteHost(id, *ip));
    }
    let mut hosts = network.internet_hosts.iter();
    hosts
        .find(|(_, h)| h.name == text)
        .map(|(id, _)| Component::InternetHost(id))
}

/// Every component of VPCs by its words, so that asking for one of many thousands looks at few. Of a
/// word there is its hash: what it names is asked whether that is its word.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Components {
    /// Sorted, with the place in the order of precedence.
    #[serde(with = "crate::fixed")]
    words: Vec<(u32, u32)>,
}

impl Components {
    /// The words of a network.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let (mut words, mut text) = (Vec::new(), String::new());
        for (place, (called, _)) in (0..).zip(in_vpcs(network)) {
            called.words(network, &mut text, |word| words.push((hash(word), place)));
        }
        words.sort_unstable();
        words.dedup();
        words.shrink_to_fit();
        Self { words }
    }

    /// The same as [`component`].
    #[must_use]
    pub fn find(&self, network: &Network, text: &str) -> Option<Component> {
        let hash = hash(text);
        let first = self.words.partition_point(|(own, _)| *own < hash);
        let alike = self.words.iter().skip(first);
        let alike = alike.take_while(|(own, _)| *own == hash);
        // Of two that are called the same, the first is meant.
        let mut named = alike.filter_map(|(_, place)| nth(network, *place as usize));
        let named = named.find(|(called, _)| called.is(network, text));
        named.map_or_else(|| outside(network, text), |(_, what)| what)
    }
}

fn hash(word: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    (hasher.finish() >> 32) as u32
}
