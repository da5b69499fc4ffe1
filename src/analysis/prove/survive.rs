//! Properties that must hold whatever fails: each failure makes a network of its own.
//!
//! Who is out of service sends nothing: of sources that fail themselves nothing is claimed.

use super::{Case, Means, Outcome, Proof, Space, concluded, examined};
use crate::analysis::failures::{Failure, components, zones};
use crate::aws::compile;
use crate::model::{self, Draft, Network};
use crate::property::{Property, Survives};

/// Proves a property for each failure.
///
/// # Errors
/// A text for people, if the property or a failure means nothing in this network.
pub(super) fn prove(
    network: &Network,
    property: &Property,
    survives: &Survives,
    means: Option<Means>,
) -> Result<Proof, String> {
    let mut total: Option<Proof> = None;
    let mut idle = Vec::new();
    for failed in failures(network, survives) {
        let broken = broken(network, &failed)?;
        let compiled = compile(&broken);
        let case = Case {
            network: &broken,
            compiled: &compiled,
            property,
            space: &Space::new(&broken, &compiled),
            down: Some(&names(&failed)),
        };
        let all = examined(case, means)?;
        let proof = concluded(&compiled, all);
        if let Outcome::Vacuous(why) = &proof.outcome {
            idle.push(format!(
                "while {} is down, vacuously: {why}",
                names(&failed)
            ));
        }
        total = Some(match total {
            None => proof,
            Some(before) => together(before, proof),
        });
    }
    let mut total =
        total.ok_or_else(|| "`survives`: there is nothing here that could fail".to_owned())?;
    if !matches!(total.outcome, Outcome::Vacuous(_)) {
        total.idle = idle;
    }
    Ok(total)
}

/// What fails together, each time.
fn failures(network: &Network, survives: &Survives) -> Vec<Vec<Failure>> {
    let alone = |all: Vec<Failure>| all.into_iter().map(|failure| vec![failure]).collect();
    match survives {
        Survives::All { zones, components } => {
            let zones = zones.iter().cloned().map(Failure::Zone);
            let components = components.iter().cloned().map(Failure::Component);
            vec![zones.chain(components).collect()]
        }
        Survives::OneZone => alone(zones(network)),
        Survives::OneComponent => alone(components(network)),
    }
}

/// What is down, in one text.
fn names(failed: &[Failure]) -> String {
    let names = failed.iter().map(Failure::name);
    names.collect::<Vec<_>>().join(", ")
}

/// The network in which all of it has happened.
fn broken(network: &Network, failed: &[Failure]) -> Result<Network, String> {
    let mut draft: Draft = (**network).clone();
    for failure in failed {
        failure.happen(&mut draft);
    }
    let built = model::build(draft);
    built.network.ok_or_else(|| {
        let wrong = built.diagnostics.into_iter().map(|d| d.message);
        let wrong: Vec<String> = wrong.collect();
        format!("`survives`: {}", wrong.join("; "))
    })
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
    before.shut = before.shut.max(after.shut);
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
