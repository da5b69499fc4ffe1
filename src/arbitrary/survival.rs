//! Whether something still holds when one thing fails.

use crate::analysis::failures::{Failure, failures};
use crate::answer::{Ask, From, Verdict, answer};
use crate::aws::compile;
use crate::model::Network;
use proptest::prelude::*;
use proptest::sample::select;

/// Any single failure of a network: of a zone, a component, a target or an endpoint.
///
/// # Panics
/// When it is asked for one of a network that is empty.
pub fn single_failures(network: &Network) -> impl Strategy<Value = Failure> + use<> {
    select(failures(network))
}

/// Whether the verdict of a flow is as wanted after each of the failures, one at a time. Of a source
/// that fails itself nothing is claimed: it sends nothing.
///
/// # Errors
/// The first failure after which it is not, with the verdict and its reason; or why nothing can be
/// asked.
pub fn survives(
    network: &Network,
    failures: &[Failure],
    ask: &Ask,
    wanted: impl Fn(Verdict) -> bool,
) -> Result<(), String> {
    for failure in failures {
        let broken = failure.of(network).network;
        let broken = broken.ok_or_else(|| format!("{failure}: this cannot happen"))?;
        let fails = match ask.from {
            From::Interface(id) | From::Address(id, _) => broken.out_of_service(id).is_some(),
            From::Host(..) => false,
        };
        if fails {
            continue;
        }
        let answer = answer(&broken, &compile(&broken), ask)?;
        if !wanted(answer.verdict) {
            let why = answer
                .obstacles
                .first()
                .map_or(String::new(), |o| format!(", {} at {}", o.code, o.at));
            return Err(format!(
                "{failure}: {} → {} is {}{why}",
                answer.from,
                ask.to,
                answer.verdict.name()
            ));
        }
    }
    Ok(())
}
