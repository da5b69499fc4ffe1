//! What may fail in a network, one thing at a time, and the network in which it has failed.

use crate::edit::{DeleteEndpoint, Edit};
use crate::model::{
    self, Built, ClientVpn, Connection, Down, Draft, EndpointKind, Health, Id, Instance,
    LoadBalancer, NatGateway, Network, Noun, Origin, RegionalNat, ResolverEndpoint, TargetGroup,
    TransitAttachment, VpcEndpoint,
};
use std::fmt;

/// One thing that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A zone, with all that is in it.
    Zone(String),
    /// A component, by the name that `down: { components: … }` takes.
    Component(String),
    /// A target fails its health checks, and answers all the same: its group and its place there.
    Sick(Id<TargetGroup>, usize, String),
    /// An endpoint is deleted, with its routes and its names.
    Deleted(Id<VpcEndpoint>, String),
}

/// Every single failure: zones, components, targets, endpoints, each in the order of the input.
#[must_use]
pub fn failures(network: &Network) -> Vec<Failure> {
    let mut all = zones(network);
    all.extend(components(network));
    all.extend(sick(network));
    all.extend(deleted(network));
    all
}

/// Each zone that has a subnet.
#[must_use]
pub fn zones(network: &Network) -> Vec<Failure> {
    let subnets = network.subnets.iter();
    let mut all: Vec<&str> = subnets.map(|(_, s)| s.zone.as_str()).collect();
    all.sort_unstable();
    all.dedup();
    let zone = |z: &str| Failure::Zone(z.to_owned());
    all.into_iter().map(zone).collect()
}

/// What AWS or somebody runs in one place, and the lines that join networks. What AWS runs in every
/// zone, such as an internet gateway, is no single thing that fails.
#[must_use]
pub fn components(network: &Network) -> Vec<Failure> {
    let endpoints = network.endpoints.iter();
    let endpoints = endpoints.filter(|(_, e)| matches!(e.kind, EndpointKind::Interface(_)));
    let endpoints = endpoints.map(|(_, e)| e.label(network));
    let mut all: Vec<String> = labels::<Instance>(network)
        .chain(labels::<NatGateway>(network))
        .chain(labels::<RegionalNat>(network))
        .chain(endpoints)
        .chain(labels::<LoadBalancer>(network))
        .chain(labels::<ResolverEndpoint>(network))
        .chain(labels::<ClientVpn>(network))
        .chain(labels::<Connection>(network))
        .chain(labels::<TransitAttachment>(network))
        .collect();
    all.dedup();
    all.into_iter().map(Failure::Component).collect()
}

fn labels<T: Noun>(network: &Network) -> impl Iterator<Item = String> {
    T::arena(network).iter().map(|(_, n)| n.label(network))
}

/// Each target that is not taken to be sick already.
#[must_use]
pub fn sick(network: &Network) -> Vec<Failure> {
    let groups = network.target_groups.iter();
    let targets = groups.flat_map(|(id, group)| {
        let targets = group.targets.iter().enumerate();
        let well = targets.filter(|(_, t)| t.health.is_none_or(|h| h == Health::Healthy));
        well.map(move |(place, _)| {
            let name = format!("target {} of {}", place + 1, group.label(network));
            Failure::Sick(id, place, name)
        })
    });
    targets.collect()
}

/// Each endpoint, of any kind.
#[must_use]
pub fn deleted(network: &Network) -> Vec<Failure> {
    let endpoints = network.endpoints.iter();
    let deleted = |(id, e): (_, &VpcEndpoint)| Failure::Deleted(id, e.label(network));
    endpoints.map(deleted).collect()
}

impl Failure {
    /// What fails.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Zone(name)
            | Self::Component(name)
            | Self::Sick(_, _, name)
            | Self::Deleted(_, name) => name,
        }
    }

    /// Lets it happen.
    pub fn happen(&self, draft: &mut Draft) {
        match self {
            Self::Zone(zone) => draft.down_zones.push((zone.clone(), Origin::Unknown)),
            Self::Component(name) => draft.down.push(down(name)),
            Self::Sick(group, place, _) => {
                let group = draft.target_groups.get_mut(*group);
                if let Some(target) = group.and_then(|g| g.targets.get_mut(*place)) {
                    target.health = Some(Health::Unhealthy);
                }
            }
            Self::Deleted(endpoint, _) => {
                let endpoint = *endpoint;
                Edit::from(DeleteEndpoint { endpoint }).apply(&draft.clone(), draft);
            }
        }
    }

    /// The network in which it has happened.
    #[must_use]
    pub fn of(&self, network: &Network) -> Built {
        let mut draft: Draft = (**network).clone();
        self.happen(&mut draft);
        model::build(draft)
    }
}

fn down(name: &str) -> Down {
    Down {
        name: name.to_owned(),
        part: None,
        origin: Origin::Unknown,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zone(zone) => write!(f, "zone {zone} is down"),
            Self::Component(name) => write!(f, "{name} is down"),
            Self::Sick(_, _, name) => write!(f, "{name} is sick"),
            Self::Deleted(_, name) => write!(f, "{name} is deleted"),
        }
    }
}
