//! Components by the words for them: `vpc/name`, `site/host`, an AWS id or an internet host.

use super::{
    Id, Interface, InternetHost, LoadBalancer, Network, ResolverEndpoint, Site, Vpc, VpcEndpoint,
    World,
};
use std::collections::HashMap;
use std::net::Ipv4Addr;

/// Something that can be asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Component {
    /// An interface, or an instance by its primary one.
    Interface(Id<Interface>),
    /// An endpoint.
    Endpoint(Id<VpcEndpoint>),
    /// A load balancer.
    LoadBalancer(Id<LoadBalancer>),
    /// A Resolver endpoint.
    Resolver(Id<ResolverEndpoint>),
    /// A host of a site.
    SiteHost(Id<Site>, Ipv4Addr),
    /// A host of the internet.
    InternetHost(Id<InternetHost>),
}

/// The component that a text names.
#[must_use]
pub fn component(network: &Network, text: &str) -> Option<Component> {
    let mut found = None;
    in_vpcs(network, |called, what| {
        let is = called.is(network, text);
        if is {
            found = Some(what);
        }
        is
    });
    found.unwrap_or_else(|| outside(network, text))
}

/// How a component of a VPC may be called.
struct Called<'n> {
    vpc: Option<Id<Vpc>>,
    name: &'n str,
    id: Option<&'n str>,
}

impl Called<'_> {
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

/// Every component of a VPC in the order of precedence, until `stop`.
fn in_vpcs<'n>(network: &'n Network, mut stop: impl FnMut(Called<'n>, Option<Component>) -> bool) {
    let mut meet =
        |vpc, name: &'n str, id: Option<&'n str>, what| stop(Called { vpc, name, id }, what);
    for (_, i) in network.instances.iter() {
        let what = i.interfaces.first().and_then(|r| r.id());
        if meet(
            i.vpc.id(),
            &i.name,
            i.id.as_deref(),
            what.map(Component::Interface),
        ) {
            return;
        }
    }
    for (id, e) in network.endpoints.iter() {
        if meet(
            e.vpc.id(),
            &e.name,
            e.id.as_deref(),
            Some(Component::Endpoint(id)),
        ) {
            return;
        }
    }
    for (id, l) in network.load_balancers.iter() {
        if meet(
            l.vpc.id(),
            &l.name,
            l.id.as_deref(),
            Some(Component::LoadBalancer(id)),
        ) {
            return;
        }
    }
    for (id, r) in network.resolver_endpoints.iter() {
        if meet(r.vpc.id(), &r.name, None, Some(Component::Resolver(id))) {
            return;
        }
    }
    for (_, n) in network.nat_gateways.iter() {
        let vpc = n.subnet.id().and_then(|s| network.subnets[s].vpc.id());
        if meet(
            vpc,
            &n.name,
            None,
            n.interface.id().map(Component::Interface),
        ) {
            return;
        }
    }
    for (id, i) in network.interfaces.iter() {
        if meet(
            network.vpc_of(id),
            &i.name,
            i.id.as_deref(),
            Some(Component::Interface(id)),
        ) {
            return;
        }
    }
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
#[derive(Clone, Debug, Default)]
pub struct Components(HashMap<Box<str>, Option<Component>>);

impl Components {
    /// The words of a network.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let mut all = HashMap::with_capacity(network.instances.len() + network.interfaces.len());
        in_vpcs(network, |called, what| {
            called.words(network, |words| {
                // Of two that are called the same, the first is meant.
                all.entry(words.into()).or_insert(what);
            });
            false
        });
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
