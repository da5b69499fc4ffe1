//! What must not break: expectations and properties that hold before an edit hold after it.

use super::Case;
use crate::analysis::prove::{Outcome, prove};
use crate::answer::{Answer, Ask, Asker, Checks, Wording, check, target};
use crate::aws::{Compiled, compile};
use crate::model::Network;
use crate::property::Property;

/// Something that is expected of a flow. Its sender means the same in every edited network.
#[derive(Clone, Debug)]
pub struct Promise {
    /// What it is called.
    pub name: String,
    /// The question.
    pub ask: Ask,
    /// What must hold of the answer.
    pub checks: Checks,
}

/// What holds before any edit.
#[derive(Debug)]
pub(super) struct Kept<'a> {
    promises: Vec<&'a Promise>,
    properties: Vec<&'a Property>,
}

impl<'a> Kept<'a> {
    /// What holds in a network, but for what is expected of the question itself: somebody wants that
    /// changed.
    pub(super) fn of(case: Case<'a>) -> Self {
        let network = case.network;
        let compiled = compile(network);
        let about = |p: &&Promise| !same(network, &compiled, case.ask, &p.ask);
        let mut asker = Asker::new(network, &compiled);
        let held = |p: &&Promise| misses(&mut asker, network, &compiled, p).is_empty();
        let properties = case.properties.iter();
        Self {
            promises: case.promises.iter().filter(about).filter(held).collect(),
            properties: properties
                .filter(|p| holds(network, &compiled, p))
                .collect(),
        }
    }

    /// How much that is.
    pub(super) fn len(&self) -> usize {
        self.promises.len() + self.properties.len()
    }

    /// What does not hold any more, in words.
    pub(super) fn broken(&self, network: &Network, compiled: &Compiled) -> Vec<String> {
        let mut asker = Asker::new(network, compiled);
        let mut out = Vec::new();
        for promise in &self.promises {
            let misses = misses(&mut asker, network, compiled, promise);
            if let Some(first) = misses.first() {
                out.push(format!("{}: {first}", promise.name));
            }
        }
        let lost = self.properties.iter();
        let lost = lost.filter(|p| !holds(network, compiled, p));
        out.extend(lost.map(|p| format!("property {}", p.text())));
        out
    }
}

/// Whether a property holds; what cannot be told does not.
fn holds(network: &Network, compiled: &Compiled, property: &Property) -> bool {
    let proof = prove(network, compiled, property);
    proof.is_ok_and(|p| matches!(p.outcome, Outcome::Holds | Outcome::Vacuous(_)))
}

fn misses(
    asker: &mut Asker<'_>,
    network: &Network,
    compiled: &Compiled,
    promise: &Promise,
) -> Vec<String> {
    let judge = |answer: &Answer| {
        let mut answer = answer.clone();
        if promise.checks.assumes.iter().any(|a| a.contains('=')) {
            answer.switches = crate::answer::decisive(network, compiled, &answer.ask, &answer);
        }
        check(Wording::new(network, compiled), &answer, &promise.checks)
    };
    match asker.answer(&promise.ask) {
        Ok(answer) => judge(&answer),
        Err(text) => vec![text],
    }
}

/// Whether two questions are about one flow.
fn same(network: &Network, compiled: &Compiled, one: &Ask, other: &Ask) -> bool {
    if one.from != other.from {
        return false;
    }
    let dials = |ask: &Ask| {
        let target = target(network, compiled, ask).ok()?;
        Some((target.name, target.addresses, target.port, target.proto))
    };
    one.to == other.to || dials(one).is_some_and(|d| dials(other) == Some(d))
}
