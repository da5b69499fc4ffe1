//! The destinations of a network that people ask about: AWS's services, providers' services, sites,
//! the internet.

use super::senders::first_host;
use crate::answer::{Ask, From};
use crate::model::{
    Behind, EndpointKind, EndpointTarget, Id, LoadBalancer, Network, Ref, VpcEndpoint,
};
use std::collections::BTreeSet;

/// A destination, in words that `answer` understands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// Short, for the head of a column.
    pub title: String,
    /// Its words.
    pub to: String,
    /// IP protocol, where the words do not say.
    pub protocol: Option<u8>,
    /// Destination port, where the words do not say.
    pub port: Option<u16>,
}

impl Service {
    /// A destination whose words say everything.
    #[must_use]
    pub fn new(title: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            to: to.into(),
            protocol: None,
            port: None,
        }
    }

    fn at(self, (protocol, port): (u8, u16)) -> Self {
        Self {
            protocol: Some(protocol),
            port: Some(port),
            ..self
        }
    }

    /// The question of a source about it.
    #[must_use]
    pub fn ask(&self, from: From) -> Ask {
        Ask {
            protocol: self.protocol,
            port: self.port,
            ..Ask::new(from, self.to.clone())
        }
    }
}

/// HTTPS, where nothing says which port a destination is used at.
const HTTPS: (u8, u16) = (6, 443);

/// Every destination: S3 and DynamoDB, each AWS service that has an endpoint, each provider's
/// service, each site, the internet.
#[must_use]
pub fn services(network: &Network) -> Vec<Service> {
    let mut all = of_aws(network);
    all.extend(of_providers(network));
    all.extend(network.sites.iter().filter_map(|(_, site)| {
        let to = match site.hosts.first() {
            Some((host, _)) => format!("{}/{host}", site.name),
            None => first_host(site.cidrs.first()?).to_string(),
        };
        Some(Service::new(&site.name, to).at(HTTPS))
    }));
    all.push(Service::new("internet", "internet"));
    distinct(&mut all);
    all
}

/// AWS's services: what a source calls in its own Region, and what endpoints lead to in others.
fn of_aws(network: &Network) -> Vec<Service> {
    let regions: BTreeSet<&str> = network
        .vpcs
        .iter()
        .map(|(_, v)| v.region.as_str())
        .collect();
    let mut named = BTreeSet::from([("", "dynamodb"), ("", "s3")]);
    for (_, endpoint) in network.endpoints.iter() {
        if let EndpointTarget::Aws(region, service) = &endpoint.target {
            let there = if regions.contains(region.as_str()) {
                ""
            } else {
                region
            };
            named.insert((there, service));
        }
    }
    let one = |(region, service): (&str, &str)| match region {
        "" => Service::new(service, format!("aws:{service}")),
        region => {
            let name = crate::answer::public_name(service, region);
            Service::new(format!("{service} {region}"), format!("https://{name}"))
        }
    };
    // S3 first: it is asked about most.
    let mut all: Vec<(&str, &str)> = named.into_iter().collect();
    all.sort_by_key(|(region, service)| (*region, *service != "s3"));
    all.into_iter().map(one).collect()
}

/// Providers' services, at each port that they listen on; of one that the input does not contain,
/// each endpoint that leads to it.
fn of_providers(network: &Network) -> Vec<Service> {
    let mut all = Vec::new();
    for (_, service) in network.services.iter() {
        let balancers = service.load_balancers.iter().filter_map(Ref::id);
        let ports: BTreeSet<(u8, u16)> = balancers.flat_map(|lb| ports(network, lb)).collect();
        let one = Service::new(&service.name, format!("service:{}", service.name));
        match ports.len() {
            0 => all.push(one.at(HTTPS)),
            1 => all.extend(ports.into_iter().map(|port| one.clone().at(port))),
            _ => all.extend(ports.into_iter().map(|(protocol, port)| {
                let title = format!("{} {port}", service.name);
                Service {
                    title,
                    ..one.clone()
                }
                .at((protocol, port))
            })),
        }
    }
    let endpoints = network.endpoints.iter();
    all.extend(endpoints.filter(|(_, e)| unseen(e)).map(|(_, endpoint)| {
        let vpc = endpoint.vpc.id();
        let vpc = vpc.map_or(endpoint.vpc.text.as_str(), |v| {
            network.vpcs[v].name.as_str()
        });
        let name = format!("{vpc}/{}", endpoint.name);
        Service::new(&endpoint.name, format!("endpoint://{name}")).at(HTTPS)
    }));
    all
}

/// Whether an endpoint has a name to dial, and leads to what the input does not contain.
fn unseen(endpoint: &VpcEndpoint) -> bool {
    let addressed = matches!(&endpoint.kind, EndpointKind::Interface(all) if !all.is_empty());
    let hidden = match &endpoint.target {
        EndpointTarget::Service(service) => service.id().is_none(),
        EndpointTarget::Unmodelled(what, _) => *what == Behind::Resource,
        EndpointTarget::Aws(..) => false,
    };
    addressed && hidden
}

fn ports(network: &Network, lb: Id<LoadBalancer>) -> impl Iterator<Item = (u8, u16)> + '_ {
    let listeners = network.load_balancers[lb].listeners.iter();
    listeners.flat_map(|l| l.protocol.carries().iter().map(|p| (*p, l.port)))
}

/// Two that would have one title are called by their words.
fn distinct(all: &mut [Service]) {
    let titles: Vec<String> = all.iter().map(|s| s.title.clone()).collect();
    for service in all {
        if titles.iter().filter(|t| **t == service.title).count() > 1 {
            service.title.clone_from(&service.to);
        }
    }
}
