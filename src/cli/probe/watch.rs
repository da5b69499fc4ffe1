//! `--watch`: the first round whole, then what changes.

use super::round::{Judge, print, sent};
use super::wanted::Wanted;
use super::{Args, outcome};
use crate::cli::{Failure, Outcome, say};
use crate::probe::socket::pause as pause_for;
use crate::probe::{Probed, changes};
use crate::report::plain;
use chrono::{DateTime, SecondsFormat, Utc};
use std::time::{Duration, Instant, SystemTime};

/// Rounds until somebody stops them; the outcome is the last one's.
pub(super) fn run(
    args: &Args,
    wanted: &[Wanted],
    judge: &Judge<'_>,
    pause: Duration,
) -> Result<Outcome, Failure> {
    let mut before: Option<Vec<Probed>> = None;
    loop {
        let began = Instant::now();
        let seen = sent(args, wanted)?;
        if seen.iter().any(|o| o.interrupted) {
            break;
        }
        let now = judge(&seen);
        match &before {
            None => drop(print(args, &now)?),
            Some(before) => log(before, &now)?,
        }
        before = Some(now);
        if !pause_for(pause.saturating_sub(began.elapsed())) {
            break;
        }
    }
    Ok(before.as_deref().map_or(Outcome::Undecided, outcome))
}

/// One line a change.
fn log(before: &[Probed], now: &[Probed]) -> Result<(), Failure> {
    let time = DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true);
    for (before, now) in before.iter().zip(now) {
        for change in changes(before, now) {
            let text = format!("{time} {}: {change}", now.observation.target);
            say(&format!("{}\n", plain(&text)))?;
        }
    }
    Ok(())
}
