//! What is to be probed, and what is predicted of it.

use super::{Args, unless};
use crate::answer::{self, Answer, Ask, answer, public_name};
use crate::aws::Compiled;
use crate::cli::input::Expectation;
use crate::cli::{Failure, complain};
use crate::model::{Network, catalog};
use crate::probe::{Target, expected as as_target};

/// A target, with a prediction where there is one.
#[derive(Debug)]
pub(super) struct Wanted {
    /// What to probe.
    pub(super) target: Target,
    /// What the scenario says of it.
    pub(super) answer: Option<Answer>,
}

/// The targets of the command line; without any, those of a recording.
pub(super) fn named(args: &Args) -> Result<Vec<Wanted>, Failure> {
    let public = |service: &str, region: &str| {
        catalog::service(service).map(|_| public_name(service, region))
    };
    let read = |words: &String| Target::parse(words, args.region.as_deref(), public);
    let words = match &args.observed {
        Some(path) if args.targets.is_empty() => {
            let seen = super::round::read(path)?.into_iter();
            seen.map(|o| o.target).collect()
        }
        _ => args.targets.clone(),
    };
    let targets = all(words.iter().map(read))?;
    let wanted = targets.into_iter().map(|target| Wanted {
        target,
        answer: None,
    });
    Ok(once(wanted.collect()))
}

/// The targets of the command line beside the scenario's prediction for the host that this machine
/// is; or what the scenario expects of that host.
pub(super) fn expected(
    args: &Args,
    network: &Network,
    compiled: &Compiled,
    expectations: &[Expectation],
) -> Result<Vec<Wanted>, Failure> {
    let Some(host) = &args.host else {
        if args.targets.is_empty() {
            return Err(Failure::Input(
                "say which host of the scenario this machine is: `--as vpc/name`".to_owned(),
            ));
        }
        return named(args);
    };
    let from = answer::source(network, host).map_err(Failure::Input)?;
    let asks: Vec<Ask> = if args.targets.is_empty() {
        let own = expectations.iter().filter(|e| args.all || e.reaches());
        let asks = own.filter_map(|e| e.ask(network).ok());
        asks.filter(|ask| ask.from == from).collect()
    } else {
        let to = |words: &String| words.replacen("tls://", "tcp://", 1);
        args.targets.iter().map(|t| Ask::new(from, to(t))).collect()
    };
    if asks.is_empty() {
        return Err(Failure::Input(format!(
            "the scenario expects nothing of `{host}`: name targets, or write expectations with `from: {host}`"
        )));
    }
    let strict = !args.targets.is_empty();
    let mut out = Vec::new();
    let mut wrong = Vec::new();
    for (number, ask) in asks.into_iter().enumerate() {
        let words = args.targets.get(number).unwrap_or(&ask.to).clone();
        match answer(network, compiled, &ask) {
            Err(e) => wrong.push(e),
            Ok(answer) => {
                for (words, answer) in parts(words, answer) {
                    match as_target(&words, &answer.target) {
                        Ok(target) => out.push(Wanted {
                            target,
                            answer: Some(answer),
                        }),
                        Err(e) if strict => wrong.push(e),
                        Err(e) => complain(&Failure::Input(format!("warning: not probed: {e}\n"))),
                    }
                }
            }
        }
    }
    unless(&wrong).map(|()| once(out))
}

/// A task is probed need by need.
fn parts(words: String, answer: Answer) -> Vec<(String, Answer)> {
    if answer.needs.is_empty() {
        return vec![(words, answer)];
    }
    let needs = answer.needs.into_iter();
    needs.map(|n| (n.answer.ask.to.clone(), n.answer)).collect()
}

/// All of them, or everything that is wrong.
fn all<T>(read: impl Iterator<Item = Result<T, String>>) -> Result<Vec<T>, Failure> {
    let (mut out, mut wrong) = (Vec::new(), Vec::new());
    for one in read {
        match one {
            Ok(one) => out.push(one),
            Err(e) => wrong.push(e),
        }
    }
    unless(&wrong).map(|()| out)
}

/// Each target once.
fn once(all: Vec<Wanted>) -> Vec<Wanted> {
    let mut seen = std::collections::HashSet::new();
    let key = |w: &Wanted| {
        (
            w.target.clone(),
            w.answer.as_ref().map(|a| a.ask.client_ports),
        )
    };
    let fresh = all.into_iter().filter(|w| seen.insert(key(w)));
    fresh.collect()
}
