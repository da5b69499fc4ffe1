//! `diff`: the flows that an edit changes.

use super::matrix::named;
use super::selector::selector;
use super::{Failure, Format, Outcome, open};
use crate::analysis::diff::{Diff, Version, diff};
use crate::analysis::senders;
use crate::model::Network;
use crate::property::Who;
use crate::report::{DiffSide, diff_json, diff_text};
use std::collections::{BTreeSet, HashSet};

/// What to compare.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub before: String,
    /// Another; without it, the same file: then say which cases
    pub after: Option<String>,
    /// One of the cases of BEFORE, by name or the beginning of it
    #[arg(long, value_name = "CASE")]
    pub before_case: Option<String>,
    /// One of the cases of AFTER
    #[arg(long, value_name = "CASE")]
    pub after_case: Option<String>,
    /// Sources of interest, as `matrix --from` takes them; may be given several times
    /// [default: all]
    #[arg(long, value_name = "SELECTOR", value_parser = selector)]
    pub from: Vec<Who>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Compares.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.after.is_none() && args.before_case == args.after_case {
        let text = "one file is the same as itself: give a second one, or `--before-case` and `--after-case`";
        return Err(Failure::Input(text.to_owned()));
    }
    let before = open(&args.before)?;
    let second = args.after.as_deref().filter(|after| *after != args.before);
    let second = second.map(open).transpose()?;
    let after = second.as_ref().unwrap_or(&before);
    let (was, now) = (args.before_case.as_deref(), args.after_case.as_deref());
    let (one, other) = (&before.case(was, &[], &[])?, &after.case(now, &[], &[])?);
    super::remark(&before);
    if let Some(second) = &second {
        super::remark(second);
    }
    let wanted = wanted([&one.0, &other.0], &args.from)?;
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|all| all.contains(name));
    let bar = super::progress(0);
    let versions = [one, other].map(|(network, compiled)| Version { network, compiled });
    let [from, to] = versions;
    let found = diff(from, to, is_wanted, |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let (was, now) = (named(&before, was)?, named(after, now)?);
    let side = |input, files, version| DiffSide {
        input,
        files,
        version,
    };
    let sides = [
        side(&was, &before.files, from),
        side(&now, &after.files, to),
    ];
    let outcome = outcome(&found);
    match args.format {
        Format::Text => {
            let names: BTreeSet<String> = versions.iter().flat_map(|v| names(v.network)).collect();
            super::say(&diff_text(sides, &names, &found))?;
        }
        Format::Json => super::say_json(&diff_json(sides, &found, outcome.code()))?,
    }
    Ok(outcome)
}

fn outcome(diff: &Diff) -> Outcome {
    if diff.is_empty() {
        Outcome::Held
    } else if diff.hangs() {
        Outcome::Undecided
    } else {
        Outcome::Failed
    }
}

/// The sources that are asked for, by name; none if all are.
fn wanted(networks: [&Network; 2], who: &[Who]) -> Result<Option<HashSet<String>>, Failure> {
    if who.is_empty() {
        return Ok(None);
    }
    let mut all = HashSet::new();
    for who in who {
        // What one of the two does not know may be of the other.
        let mut found = networks.map(|n| (n, senders::select(n, who)));
        if let [(_, Err(why)), (_, Err(_))] = &found {
            return Err(Failure::Input(why.clone()));
        }
        for (network, found) in &mut found {
            let found = found.iter().flatten();
            all.extend(found.map(|from| from.name(network)));
        }
        if matches!(who, Who::Internet) {
            all.insert("internet".to_owned());
        }
    }
    Ok(Some(all))
}

/// Every source by name.
fn names(network: &Network) -> Vec<String> {
    let mut all = senders::own(network);
    all.extend(senders::on_premises(network));
    all.iter().map(|from| from.name(network)).collect()
}
