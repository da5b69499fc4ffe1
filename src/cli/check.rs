//! `check`: the expectations in the files, as a test run.

use super::input::{Expectation, Scene};
use super::{Failure, Format, Input, Outcome, open};
use crate::answer::{answer, check};
use crate::diagnostic::Severity;
use crate::model::Files;
use serde_json::{Value, json};

/// What to check.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scenarios
    #[arg(required = true)]
    pub inputs: Vec<String>,
    /// Warnings and undecided expectations fail too
    #[arg(long)]
    pub strict: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// One expectation, judged.
struct Judged {
    scene: String,
    what: String,
    place: String,
    outcome: Outcome,
    verdict: String,
    misses: Vec<String>,
}

/// Checks.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let mut all = Vec::new();
    for path in &args.inputs {
        let input = open(path)?;
        if let Some(scene) = input.scenes.first()
            && scene.refuse.is_empty()
        {
            input.base()?;
        }
        for scene in &input.scenes {
            judge_scene(&input, scene, args.strict, &mut all);
        }
    }
    let outcome = total(&all, args.strict);
    match args.format {
        Format::Text => super::say(&text(&all))?,
        Format::Json => super::say_json(&as_json(&all, outcome))?,
    }
    Ok(outcome)
}

fn judge_scene(input: &Input, scene: &Scene, strict: bool, all: &mut Vec<Judged>) {
    let mut push = |what: String, place: String, verdict: String, misses: Vec<String>, outcome| {
        all.push(Judged {
            scene: format!("{}: {}", input.name, scene.name),
            what,
            place,
            outcome,
            verdict,
            misses,
        });
    };
    let wrong = |d: &&crate::diagnostic::Diagnostic| d.severity == Severity::Error || strict;
    if !scene.refuse.is_empty() {
        let misses = refusals(scene);
        let outcome = held(misses.is_empty());
        push(
            "is refused".to_owned(),
            String::new(),
            String::new(),
            misses,
            outcome,
        );
    } else if scene.network.is_none() || scene.diagnostics.iter().any(|d| wrong(&d)) {
        let found = scene.diagnostics.iter().filter(wrong);
        let misses = found.map(|d| format!("{} at {}: {}", d.code, d.at, d.message));
        let what = "can be built".to_owned();
        push(
            what,
            String::new(),
            String::new(),
            misses.collect(),
            Outcome::Failed,
        );
    }
    let Some((network, compiled)) = &scene.network else {
        return;
    };
    for expected in &scene.expect {
        let answered = expected
            .ask(network)
            .and_then(|ask| answer(network, compiled, &ask));
        let (outcome, verdict, misses) = match answered {
            Ok(answer) => {
                let misses = check(&answer, &expected.checks);
                let verdict = answer.verdict;
                let undecided = verdict == crate::answer::Verdict::Unknown;
                let outcome = match misses.is_empty() {
                    true => Outcome::Held,
                    false if undecided => Outcome::Undecided,
                    false => Outcome::Failed,
                };
                (outcome, verdict.name().to_owned(), misses)
            }
            Err(text) => (Outcome::Wrong, String::new(), vec![text]),
        };
        push(
            flow(expected),
            place(&input.files, expected),
            verdict,
            misses,
            outcome,
        );
    }
}

fn held(yes: bool) -> Outcome {
    if yes { Outcome::Held } else { Outcome::Failed }
}

fn flow(expected: &Expectation) -> String {
    format!("{} → {}", super::input::who(&expected.from), expected.to)
}

fn place(files: &Files, expected: &Expectation) -> String {
    files.locate(&expected.origin)
}

/// The errors a scene must be refused with, exactly.
fn refusals(scene: &Scene) -> Vec<String> {
    let errors = || {
        let all = scene.diagnostics.iter();
        all.filter(|d| d.severity == Severity::Error)
    };
    let fits = |d: &crate::diagnostic::Diagnostic, (code, at): &(String, Option<String>)| {
        d.code == code && at.as_ref().is_none_or(|at| *at == d.at)
    };
    let missing = scene
        .refuse
        .iter()
        .filter(|r| !errors().any(|d| fits(d, r)))
        .map(|(code, _)| format!("expected the error `{code}`, which was not given"));
    let surplus = errors()
        .filter(|d| !scene.refuse.iter().any(|r| fits(d, r)))
        .map(|d| format!("unexpected error `{}` at {}: {}", d.code, d.at, d.message));
    missing.chain(surplus).collect()
}

/// Wrong before failed before undecided.
fn total(all: &[Judged], strict: bool) -> Outcome {
    let any = |outcome| all.iter().any(|j| j.outcome == outcome);
    if any(Outcome::Wrong) {
        Outcome::Wrong
    } else if any(Outcome::Failed) || (strict && any(Outcome::Undecided)) {
        Outcome::Failed
    } else if any(Outcome::Undecided) {
        Outcome::Undecided
    } else {
        Outcome::Held
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Held => "held",
        Outcome::Failed => "FAILED",
        Outcome::Wrong => "WRONG",
        Outcome::Undecided | Outcome::Environment => "undecided",
    }
}

fn text(all: &[Judged]) -> String {
    let mut out = String::new();
    let mut scene = "";
    for judged in all {
        if judged.scene != scene {
            scene = &judged.scene;
            out.push_str(&format!("{scene}\n"));
        }
        let (verdict, what) = (&judged.verdict, &judged.what);
        out.push_str(&format!(
            "  {:<9} {what}   {verdict}\n",
            word(judged.outcome)
        ));
        for miss in &judged.misses {
            out.push_str(&format!("            {miss}\n"));
        }
        if !judged.misses.is_empty() && !judged.place.is_empty() {
            out.push_str(&format!("            --> {}\n", judged.place));
        }
    }
    let count = all.iter().filter(|j| j.outcome == Outcome::Held).count();
    out.push_str(&format!("{count} of {} held\n", all.len()));
    out
}

fn as_json(all: &[Judged], outcome: Outcome) -> Value {
    let results: Vec<Value> = all
        .iter()
        .map(|j| {
            json!({
                "scene": j.scene,
                "what": j.what,
                "where": j.place,
                "outcome": word(j.outcome).to_lowercase(),
                "verdict": j.verdict,
                "misses": j.misses,
            })
        })
        .collect();
    json!({ "version": 1, "exit": outcome.code(), "results": results })
}
