//! Components by the words for them: `vpc/name`, `site/host`, an AWS id or an internet host.

use super::{
    ClientVpn, Id, Interface, InternetHost, LoadBalancer, Network, ResolverEndpoint, Site, Vpc,
    VpcEndpoint, World,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
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
    fn words(&self, network: &Network, mut each: impl FnMut(&str)) {
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
                each(&format!("{scope}/{}", self.name));
            }
        }
    }
}

/// Every component of a VPC in the order of precedence.
fn in_vpcs(network: &Network) -> impl Iterator<Item = (Called<'_>, Option<Component>)> {
    let instances = network.instances.iter().map(|(_, i)| {
        let first = i.interfaces.first().and_then(|r| r.id());
        let what = first.map(Component::Interface);
        (Called::new(i.vpc.id(), &i.name, i.id.as_deref()), what)
    });
    let endpoints = network.endpoints.iter().map(|(id, e)| {
        let what = Some(Component::Endpoint(id));
        (Called::new(e.vpc.id(), &e.name, e.id.as_deref()), what)
    });
    let load_balancers = network.load_balancers.iter().map(|(id, l)| {
        let what = Some(Component::LoadBalancer(id));
        (Called::new(l.vpc.id(), &l.name, l.id.as_deref()), what)
    });
    let resolvers = network.resolver_endpoints.iter().map(|(id, r)| {
        let what = Some(Component::Resolver(id));
        (Called::new(r.vpc.id(), &r.name, None), what)
    });
    let client_vpns = network.client_vpns.iter().map(|(id, c)| {
        let what = Some(Component::ClientVpn(id));
        (Called::new(c.vpc.id(), &c.name, None), what)
    });
    let nat_gateways = network.nat_gateways.iter().map(|(_, n)| {
        let vpc = n.subnet.id().and_then(|s| network.subnets[s].vpc.id());
        let what = n.interface.id().map(Component::Interface);
        (Called::new(vpc, &n.name, None), what)
    });
    let interfaces = network.interfaces.iter().map(|(id, i)| {
        let what = Some(Component::Interface(id));
        (
            Called::new(network.vpc_of(id), &i.name, i.id.as_deref()),
            what,
        )
    });
    instances
        .chain(endpoints)
        .chain(load_balancers)
        .chain(resolvers)
        .chain(client_vpns)
        .chain(nat_gateways)
        .chain(interfaces)
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

/// Every component of VPCs by its words, so that asking for one of many thousands looks at one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Components(HashMap<Box<str>, Option<Component>>);

impl Components {
    /// The words of a network.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let mut all = HashMap::with_capacity(network.instances.len() + network.interfaces.len());
        for (called, what) in in_vpcs(network) {
            called.words(network, |words| {
                // Of two that are called the same, the first is meant.
                all.entry(words.into()).or_insert(what);
            });
        }
        Self(all)
    }

    /// The same as [`component`].
    #[must_use]
    pub fn find(&self, network: &Network, text: &str) -> Option<Component> {
        match self.0.get(text) {
            Some(what) => *what,
            None => outside(network, text),
        }
    }
}
