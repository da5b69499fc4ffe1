//! `lint`: what is legal, and a mistake waiting.

use super::{Failure, Format, Input, Outcome, Scene, open};
use crate::analysis::lint::{Lint, lint};
use crate::diagnostic::{Diagnostic, render};
use serde_json::{Value, json};

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// One of the scenario's cases, by name or the beginning of it
    #[arg(long)]
    pub case: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Lints.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let input = open(&args.input)?;
    let scene = input.scene(args.case.as_deref())?;
    let found = findings(scene);
    match args.format {
        Format::Text => super::say(&text(&input, &found))?,
        Format::Json => super::say_json(&as_json(&input, &found))?,
    }
    Ok(outcome(&found))
}

fn outcome(found: &[Diagnostic]) -> Outcome {
    if found.is_empty() {
        Outcome::Held
    } else {
        Outcome::Failed
    }
}

/// What loading warned of, then what the rules find.
pub(super) fn findings(scene: &Scene) -> Vec<Diagnostic> {
    let mut all = scene.diagnostics.clone();
    if let Some(network) = &scene.network {
        all.extend(lint(network));
    }
    all
}

fn text(input: &Input, found: &[Diagnostic]) -> String {
    let mut out = render(found, &input.files);
    let first = found.iter().find(|d| Lint::named(d.code).is_some());
    out.push_str(&match found.len() {
        0 => format!("nothing to warn of in {}\n", input.name),
        1 => format!("1 warning in {}\n", input.name),
        n => format!("{n} warnings in {}\n", input.name),
    });
    if let Some(first) = first {
        out.push_str(&format!("more: reachability explain {}\n", first.code));
    }
    out
}

fn as_json(input: &Input, found: &[Diagnostic]) -> Value {
    let one = |d: &Diagnostic| {
        json!({
            "code": d.code,
            "at": d.at,
            "message": d.message,
            "help": d.help,
            "where": input.files.locate(&d.origin),
        })
    };
    json!({
        "version": 1,
        "exit": outcome(found).code(),
        "warnings": found.iter().map(one).collect::<Vec<_>>(),
    })
}
