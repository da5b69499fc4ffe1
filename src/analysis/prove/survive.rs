//! Properties that must hold whatever fails: each failure makes a network of its own.
//!
//! Who is out of service sends nothing: of sources that fail themselves nothing is claimed.

use super::{Outcome, Proof, concluded, examined};
use crate::aws::compile;
use crate::model::{self, Down, Draft, Network, Origin};
use crate::property::{Property, Survives};

/// Something that fails.
struct Failure {
    zones: Vec<String>,
    components: Vec<String>,
}

/// Proves a property for each failure.
///
/// # Errors
/// A text for people, if the property or a failure means nothing in this network.
pub(super) fn prove(
    network: &Network,
    property: &Property,
    survives: &Survives,
) -> Result<Proof, String> {
    let mut total: Option<Proof> = None;
    for failure in failures(network, survives) {
        let broken = failure.of(network)?;
        let compiled = compile(&broken);
        let all = examined(&broken, &compiled, property, Some(&failure.name()))?;
        let proof = concluded(&compiled, all);
        total = Some(match total {
            None => proof,
            Some(before) => together(before, proof),
        });
    }
    total.ok_or_else(|| "`survives`: there is nothing here that could fail".to_owned())
}

fn failures(network: &Network, survives: &Survives) -> Vec<Failure> {
    let zone = |zone: &String| Failure {
        zones: vec![zone.clone()],
        components: Vec::new(),
    };
    let component = |name: String| Failure {
        zones: Vec::new(),
        components: vec![name],
    };
    match survives {
        Survives::All { zones, components } => vec![Failure {
            zones: zones.clone(),
            components: components.clone(),
        }],
        Survives::OneZone => {
            let mut zones: Vec<String> = network
                .subnets
                .iter()
                .map(|(_, s)| s.zone.clone())
                .collect();
            zones.sort();
            zones.dedup();
            zones.iter().map(zone).collect()
        }
        Survives::OneComponent => parts(network).into_iter().map(component).collect(),
    }
}

/// What AWS or somebody runs in one place, and may fail alone: NAT gateways, interface endpoints,
/// load balancers, and instances.
fn parts(network: &Network) -> Vec<String> {
    let scoped = |vpc: &model::Ref<model::Vpc>, name: &String| {
        let vpc = vpc.id().map(|v| &network.vpcs[v].name);
        vpc.map(|vpc| format!("{vpc}/{name}"))
    };
    let nats = network.nat_gateways.iter();
    let nats = nats.filter_map(|(_, n)| {
        let interface = &network.interfaces[n.interface.id()?];
        let subnet = &network.subnets[interface.subnet.id()?];
        scoped(&subnet.vpc, &n.name)
    });
    let endpoints = network.endpoints.iter();
    let endpoints = endpoints
        .filter(|(_, e)| matches!(e.kind, model::EndpointKind::Interface(_)))
        .filter_map(|(_, e)| scoped(&e.vpc, &e.name));
    let balancers = network.load_balancers.iter();
    let balancers = balancers.filter_map(|(_, b)| scoped(&b.vpc, &b.name));
    let instances = network.instances.iter();
    let instances = instances.filter_map(|(_, i)| {
        let interface = &network.interfaces[i.interfaces.first()?.id()?];
        let subnet = &network.subnets[interface.subnet.id()?];
        scoped(&subnet.vpc, &i.name)
    });
    nats.chain(endpoints)
        .chain(balancers)
        .chain(instances)
        .collect()
}

impl Failure {
    fn name(&self) -> String {
        let all: Vec<&str> = self
            .zones
            .iter()
            .chain(&self.components)
            .map(String::as_str)
            .collect();
        all.join(", ")
    }

    /// The network in which it has happened.
    fn of(&self, network: &Network) -> Result<Network, String> {
        let mut draft: Draft = (**network).clone();
        let zones = self.zones.iter().cloned();
        draft.down_zones.extend(zones.map(|z| (z, Origin::Unknown)));
        let components = self.components.iter().map(|name| Down {
            name: name.clone(),
            part: None,
            origin: Origin::Unknown,
        });
        draft.down.extend(components);
        let built = model::build(draft);
        built.network.ok_or_else(|| {
            let wrong = built.diagnostics.into_iter().map(|d| d.message);
            let wrong: Vec<String> = wrong.collect();
            format!("`survives`: {}", wrong.join("; "))
        })
    }
}

/// Two failures' proofs: the worse of them, with all that was found.
fn together(mut before: Proof, mut after: Proof) -> Proof {
    let offset = before.found.len();
    let rank = |o: &Outcome| match o {
        Outcome::Vacuous(_) => 0,
        Outcome::Holds => 1,
        Outcome::Limited => 2,
        Outcome::Unknown(_) => 3,
        Outcome::Refuted(..) => 4,
    };
    before.found.append(&mut after.found);
    before.ways += after.ways;
    before.sources = before.sources.max(after.sources);
    before.says.append(&mut after.says);
    before.says.sort();
    before.says.dedup();
    if rank(&after.outcome) > rank(&before.outcome) {
        before.outcome = match after.outcome {
            Outcome::Refuted(at, replay) => Outcome::Refuted(at + offset, replay),
            Outcome::Unknown(at) => Outcome::Unknown(at + offset),
            other => other,
        };
    }
    before
}
