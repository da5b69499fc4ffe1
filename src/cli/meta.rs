//! `schema` and `completions`: what editors and shells want to know.

use super::{Cli, Failure, Outcome};
use clap::CommandFactory as _;

/// For which shell.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Prints completions.
pub(super) fn completions(args: &Completions) -> Result<Outcome, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "reachability", &mut text);
    super::say(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Held)
}

/// Prints the schema of scenario files.
pub(super) fn schema() -> Result<Outcome, Failure> {
    super::say_json(&crate::scenario::schema())?;
    Ok(Outcome::Held)
}
