//! `import`: foreign text as a scenario, and a report of what a scenario cannot say; or as a snapshot.

use super::{Failure, Outcome, open, open_to_edit, snapshot};
use crate::report::wrapped;
use crate::scenario::print::{Printed, print};
use crate::snapshot::Snapshot;
use std::mem::take;

/// What to write.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder or file of JSON to import, or a scenario
    pub input: String,
    /// One of a scenario's cases, by name or the beginning of it
    #[arg(long)]
    pub case: Option<String>,
    /// What the scenario is called; otherwise as the input
    #[arg(long)]
    pub name: Option<String>,
    /// Write no scenario, but the network as this program has it in memory, to a
    /// file that any command takes for INPUT: a long import is then read once
    #[arg(long, value_name = "FILE", conflicts_with = "name")]
    pub snapshot: Option<String>,
}

/// Writes it: the scenario to standard output, the report to standard error.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    if let Some(to) = &args.snapshot {
        return keep(args, to);
    }
    let input = open(&args.input)?;
    let (network, _) = &input.case(args.case.as_deref(), &[], &[])?;
    super::remark(&input);
    let name = args.name.as_ref().or(args.case.as_ref());
    let printed = print(network, name.unwrap_or(&input.name));
    report(&printed);
    super::say(&printed.text)?;
    Ok(Outcome::Held)
}

/// Writes what was made of the input.
fn keep(args: &Args, to: &str) -> Result<Outcome, Failure> {
    let mut input = open_to_edit(&args.input)?;
    super::remark(&input);
    let scene = input.scene(args.case.as_deref())?;
    let number = input.scenes.iter().position(|s| std::ptr::eq(s, scene));
    let mut scene = input.scenes.swap_remove(number.unwrap_or_default());
    let (mut diagnostics, draft) = (take(&mut scene.diagnostics), scene.draft.take());
    // Whoever reads it is told anew.
    diagnostics.retain(|found| found.code != snapshot::STALE);
    snapshot::note(&mut input.files);
    let nothing = || Failure::Input(format!("`{}` holds no network", args.input));
    let (network, compiled) = scene.made().ok_or_else(nothing)?;
    let kept = Snapshot {
        network,
        compiled,
        diagnostics,
        files: input.files,
        left_out: input.left_out,
        source: args.input.clone(),
    };
    snapshot::write(to, &kept, &draft.unwrap_or_default())?;
    Ok(Outcome::Held)
}

/// Everything that is not in the text, what could change a verdict first.
#[expect(clippy::print_stderr, reason = "the command line talks to people")]
fn report(printed: &Printed) {
    let (matters, rest): (Vec<_>, Vec<_>) = printed.unsaid.iter().partition(|u| u.matters);
    for unsaid in matters {
        eprint!("{}", wrapped("not said: ", &unsaid.to_string(), 2));
    }
    for unsaid in rest {
        let head = "not said, no verdict hangs on it: ";
        eprint!("{}", wrapped(head, &unsaid.to_string(), 2));
    }
}
