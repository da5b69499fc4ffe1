//! `import`: foreign text as a scenario, and a report of what a scenario cannot say.

use super::{Failure, Outcome, open};
use crate::report::wrapped;
use crate::scenario::print::{Printed, print};

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
}

/// Writes it: the scenario to standard output, the report to standard error.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let input = open(&args.input)?;
    let (network, _) = &input.case(args.case.as_deref(), &[], &[])?;
    super::remark(&input);
    let name = args.name.as_ref().or(args.case.as_ref());
    let printed = print(network, name.unwrap_or(&input.name));
    report(&printed);
    super::say(&printed.text)?;
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
