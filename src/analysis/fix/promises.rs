//! What must not break: expectations that hold before an edit hold after it.

use crate::answer::{Answer, Ask, Asker, Checks, Wording, check, target};
use crate::aws::{Compiled, compile};
use crate::model::Network;

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

/// The promises that hold in a network, but for those about the question itself: what is expected
/// of that is what somebody wants changed.
pub(super) fn kept<'a>(network: &Network, ask: &Ask, promises: &'a [Promise]) -> Vec<&'a Promise> {
    let compiled = compile(network);
    let about = |p: &&Promise| !same(network, &compiled, ask, &p.ask);
    let mut asker = Asker::new(network, &compiled);
    let held = |p: &&Promise| misses(&mut asker, network, &compiled, p).is_empty();
    promises.iter().filter(about).filter(held).collect()
}

/// What does not hold any more, in words.
pub(super) fn broken(network: &Network, compiled: &Compiled, promises: &[&Promise]) -> Vec<String> {
    let mut asker = Asker::new(network, compiled);
    let mut out = Vec::new();
    for promise in promises {
        let misses = misses(&mut asker, network, compiled, promise);
        if let Some(first) = misses.first() {
            out.push(format!("{}: {first}", promise.name));
        }
    }
    out
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
