//! One round: send, or read what was seen; judge; print.

use super::wanted::Wanted;
use super::{Args, Format, outcome, plan, watch};
use crate::aws::Compiled;
use crate::cli::{Failure, Outcome, colour, complain, files, say, say_json};
use crate::model::Network;
use crate::probe::socket::{Event, run as send};
use crate::probe::{Known, Observation, Probed, compare};
use crate::report;
use serde::Deserialize;
use std::path::Path;

/// What makes of observations what is said of them.
pub(super) type Judge<'a> = dyn Fn(&[Observation]) -> Vec<Probed> + 'a;

/// Rounds: one, or one after another.
pub(super) fn run(args: &Args, wanted: &[Wanted], judge: &Judge<'_>) -> Result<Outcome, Failure> {
    if let Some(path) = &args.observed {
        let seen = recorded(path, wanted)?;
        return print(args, &judge(&seen));
    }
    if let Some(pause) = args.watch {
        return watch::run(args, wanted, judge, pause);
    }
    let seen = sent(args, wanted)?;
    print(args, &judge(&seen))
}

/// Sends, and shows how far it is.
pub(super) fn sent(args: &Args, wanted: &[Wanted]) -> Result<Vec<Observation>, Failure> {
    let plan = plan(args, wanted);
    let bar = indicatif::ProgressBar::new(plan.targets.len() as u64);
    let style =
        indicatif::ProgressStyle::with_template("{pos} of {len} targets {wide_bar} {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    let mut on = |event: Event<'_>| match event {
        Event::Done(..) => bar.inc(1),
        Event::Remark(text) => bar.suspend(|| complain(&Failure::Environment(text.to_owned()))),
    };
    let seen = send(&plan, &mut on);
    bar.finish_and_clear();
    seen.map_err(Failure::Environment)
}

/// What is said of each target.
pub(super) fn judged(
    wanted: &[Wanted],
    seen: &[Observation],
    known: &Known,
    scenario: Option<(&Network, &Compiled)>,
) -> Vec<Probed> {
    let pairs = wanted.iter().zip(seen);
    let each = pairs.map(|(Wanted { target, answer }, seen)| {
        let predicted = scenario.zip(answer.as_ref());
        let beside = predicted
            .map(|((network, compiled), a)| compare(network, compiled, a, target, seen, known));
        Probed::new(target, seen.clone(), known, beside)
    });
    each.collect()
}

pub(super) fn print(args: &Args, all: &[Probed]) -> Result<Outcome, Failure> {
    match args.format {
        Format::Text => say(&report::probe_text(all, colour()))?,
        Format::Json => say_json(&report::probe_json(all))?,
        Format::Junit => say(&report::probe_junit(all))?,
    }
    Ok(outcome(all))
}

#[derive(Deserialize)]
#[serde(expecting = "an object with `version` and `probes`")]
struct Recorded {
    version: u32,
    probes: Vec<Recording>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with an `observation`")]
struct Recording {
    observation: Observation,
}

/// What another probe wrote.
pub(super) fn read(path: &Path) -> Result<Vec<Observation>, Failure> {
    let text = files::read(path)?;
    let wrong = |why: &str| {
        Failure::Input(format!(
            "`{}` is not what `probe --format json` writes: {why}",
            path.display()
        ))
    };
    let read: Recorded = serde_json::from_str(&text).map_err(|e| wrong(&e.to_string()))?;
    match (read.version, read.probes.is_empty()) {
        (1, false) => Ok(read.probes.into_iter().map(|p| p.observation).collect()),
        (1, true) => Err(wrong("it holds no recording")),
        (version, _) => Err(wrong(&format!("version {version}"))),
    }
}

/// What another probe wrote, in the order of the targets.
fn recorded(path: &Path, wanted: &[Wanted]) -> Result<Vec<Observation>, Failure> {
    let all = read(path)?;
    let (mut found, mut lacks) = (Vec::new(), Vec::new());
    for words in wanted.iter().map(|w| &w.target.words) {
        match all.iter().find(|o| o.target == *words) {
            Some(one) => found.push(one.clone()),
            None => lacks.push(words.as_str()),
        }
    }
    if lacks.is_empty() {
        Ok(found)
    } else {
        Err(Failure::Input(format!(
            "`{}` has no recording of {}",
            path.display(),
            lacks.join(", ")
        )))
    }
}
