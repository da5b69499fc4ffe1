//! `schema` and `completions`: what editors and shells want to know.

use super::{Cli, Failure, Outcome};
use crate::{report, scenario};
use clap::{CommandFactory as _, ValueEnum};

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

/// Of what.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Of {
    /// Scenario files, for editors.
    #[default]
    Scenario,
    /// `trace --format json`.
    Trace,
    /// `check --format json`.
    Check,
    /// `resolve --format json`.
    Resolve,
    /// `obstacles --format json`.
    Obstacles,
    /// `fix --format json`.
    Fix,
    /// `lint --format json`.
    Lint,
    /// `probe --format json`.
    Probe,
    /// `matrix --format json`.
    Matrix,
    /// `matrix --pairs --format json`.
    Pairs,
    /// `diff --format json`.
    Diff,
    /// What `prove` prints.
    Prove,
}

/// Which schema.
#[derive(Debug, clap::Args)]
pub struct Schema {
    /// Scenario files, or the JSON that a command prints
    #[arg(value_enum, default_value_t)]
    pub of: Of,
}

/// Prints a JSON Schema.
pub(super) fn schema(args: &Schema) -> Result<Outcome, Failure> {
    let command = match args.of {
        Of::Scenario => "",
        Of::Trace => "trace",
        Of::Check => "check",
        Of::Resolve => "resolve",
        Of::Obstacles => "obstacles",
        Of::Fix => "fix",
        Of::Lint => "lint",
        Of::Probe => "probe",
        Of::Matrix => "matrix",
        Of::Pairs => "pairs",
        Of::Diff => "diff",
        Of::Prove => "prove",
    };
    super::say_json(&report::schema(command).unwrap_or_else(scenario::schema))?;
    Ok(Outcome::Held)
}
