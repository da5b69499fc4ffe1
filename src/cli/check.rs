//! `check`: the expectations in the files, as a test run.

use super::files::scenario_files;
use super::input::{Expectation, Scene, flow};
use super::{Failure, Format, Input, Outcome, open};
use crate::analysis::prove::{self, prove};
use crate::answer::{Verdict, Wording, check, decisive, no_such_code, no_such_name};
use crate::diagnostic::{Diagnostic, Severity};
use crate::property::Property;
use crate::report::{proof_why, proof_word, wrapped};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What to check.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scenarios, or folders of scenarios
    #[arg(required = true)]
    pub inputs: Vec<String>,
    /// Fail on warnings, on what cannot be decided, and on an expectation that
    /// states a verdict and no reason
    #[arg(long)]
    pub strict: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// One expectation, judged.
struct Judged {
    what: String,
    place: String,
    outcome: Outcome,
    verdict: String,
    misses: Vec<String>,
    /// A command that shows the path.
    again: Option<String>,
}

/// The network of a file, or one of its cases.
struct Section {
    file: String,
    name: String,
    judged: Vec<Judged>,
}

/// A run over all files.
#[derive(Default)]
struct Run {
    sections: Vec<Section>,
    /// Files that could not be read, with what is wrong.
    wrong: Vec<(String, Failure)>,
    files: usize,
    strict: bool,
}

/// Checks.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let mut all = Run {
        strict: args.strict,
        ..Run::default()
    };
    for path in &args.inputs {
        for file in scenario_files(path)? {
            all.files += 1;
            if let Err(failure) = all.file(&file) {
                all.wrong.push((file, failure));
            }
        }
    }
    match args.format {
        Format::Text => {
            super::say(&all.text())?;
            for (_, failure) in &all.wrong {
                super::complain(failure);
            }
        }
        Format::Json => super::say_json(&all.json())?,
    }
    Ok(all.outcome())
}

impl Run {
    fn file(&mut self, path: &str) -> Result<(), Failure> {
        let input = open(path)?;
        if input
            .scenes
            .first()
            .is_some_and(|own| own.refuse.is_empty())
        {
            input.base()?;
        }
        super::remark(&input);
        for (number, scene) in input.scenes.iter().enumerate() {
            let judged = judge_scene(&input, scene, number > 0, self.strict);
            self.sections.push(Section {
                file: input.name.clone(),
                name: scene.name.clone(),
                judged,
            });
        }
        Ok(())
    }

    fn judged(&self) -> impl Iterator<Item = &Judged> {
        self.sections.iter().flat_map(|s| &s.judged)
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.judged().filter(|j| j.outcome == outcome).count()
    }

    /// Wrong before failed before undecided.
    fn outcome(&self) -> Outcome {
        let environment = |(_, f): &&(String, Failure)| matches!(f, Failure::Environment(_));
        let undecided = self.count(Outcome::Undecided) > 0;
        if self.wrong.iter().any(|w| environment(&w)) {
            Outcome::Environment
        } else if !self.wrong.is_empty() || self.count(Outcome::Wrong) > 0 {
            Outcome::Wrong
        } else if self.count(Outcome::Failed) > 0 || (self.strict && undecided) {
            Outcome::Failed
        } else if undecided {
            Outcome::Undecided
        } else {
            Outcome::Held
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let mut file = "";
        for section in &self.sections {
            if section.judged.is_empty() {
                continue;
            }
            if section.file != file {
                let gap = if out.is_empty() { "" } else { "\n" };
                file = &section.file;
                let _ = writeln!(out, "{gap}{file}");
            }
            let _ = writeln!(out, "  {}", section.name);
            for judged in &section.judged {
                judged.text(&mut out);
            }
        }
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{}", self.summary());
        out
    }

    fn summary(&self) -> String {
        let mut text = format!("{} held", self.count(Outcome::Held));
        for (outcome, word) in [
            (Outcome::Failed, "failed"),
            (Outcome::Wrong, "wrong"),
            (Outcome::Undecided, "undecided"),
        ] {
            if self.count(outcome) > 0 {
                let _ = write!(text, ", {} {word}", self.count(outcome));
            }
        }
        let s = if self.files == 1 { "" } else { "s" };
        let _ = write!(text, ", in {} file{s}", self.files);
        if self.wrong.is_empty() && self.judged().next().is_none() {
            text.push_str(": nothing is expected there");
        }
        if !self.wrong.is_empty() {
            let _ = write!(text, ", of which {} cannot be read", self.wrong.len());
        }
        text
    }

    fn json(&self) -> Value {
        let results: Vec<Value> = self
            .sections
            .iter()
            .flat_map(|section| section.judged.iter().map(move |j| j.json(section)))
            .collect();
        let wrong = self.wrong.iter();
        let wrong: Vec<Value> = wrong
            .map(|(file, failure)| json!({ "file": file, "error": failure.to_string() }))
            .collect();
        json!({
            "version": 1,
            "exit": self.outcome().code(),
            "files": self.files,
            "results": results,
            "errors": wrong,
        })
    }
}

impl Judged {
    fn text(&self, out: &mut String) {
        let head = format!("    {:<10}", word(self.outcome));
        let mut text = wrapped(&head, &self.what, 16);
        text.truncate(text.trim_end().len());
        // The verdict stands at the right, on a line of its own where the last one is too long.
        let verdict = self.verdict.chars().count();
        let used = text.lines().last().map_or(0, |line| line.chars().count());
        let (line, used) = match used + 2 + verdict > 80 {
            true => ("\n", 0),
            false => ("", used),
        };
        let pad = 78_usize.saturating_sub(used + verdict).max(2);
        text = format!("{text}{line}{}{}", " ".repeat(pad), self.verdict);
        let _ = writeln!(out, "{}", text.trim_end());
        for miss in &self.misses {
            out.push_str(&wrapped("              ", miss, 16));
        }
        if self.misses.is_empty() {
            return;
        }
        if !self.place.is_empty() {
            let _ = writeln!(out, "              --> {}", self.place);
        }
        if let Some(again) = &self.again {
            let _ = writeln!(out, "              {again}");
        }
    }

    fn json(&self, section: &Section) -> Value {
        json!({
            "file": section.file,
            "scene": section.name,
            "what": self.what,
            "where": self.place,
            "outcome": word(self.outcome).to_lowercase(),
            "verdict": self.verdict,
            "misses": self.misses,
        })
    }
}

fn judge_scene(input: &Input, scene: &Scene, is_case: bool, strict: bool) -> Vec<Judged> {
    let mut all = Vec::new();
    let wrong = |d: &&Diagnostic| d.severity == Severity::Error || strict;
    if !scene.refuse.is_empty() {
        all.push(whole("is refused", refusals(scene)));
    } else if scene.network.is_none() || scene.diagnostics.iter().any(|d| wrong(&d)) {
        let found = scene.diagnostics.iter().filter(wrong);
        let misses = found.map(|d| {
            let place = input.files.locate(&d.origin);
            format!("{} at {}: {} ({place})", d.code, d.at, d.message)
        });
        let mut built = whole("can be built", misses.collect());
        if scene.network.is_none() {
            built.outcome = Outcome::Wrong;
        }
        all.push(built);
    }
    let Some((network, compiled)) = scene.compiled() else {
        return all;
    };
    if let Some(wanted) = &scene.lints {
        let found = super::lint::findings(scene);
        all.push(whole("lint warns", exactly(wanted, &found, "warning")));
    }
    for expected in &scene.expect {
        // A case may expect what only the file's other cases have not to be on the way.
        let scenes = std::iter::once(scene).chain(&input.scenes);
        let fabrics = scenes.filter_map(|s| Some(s.compiled()?.1));
        let slip =
            no_such_code(&expected.checks).or_else(|| no_such_name(&expected.checks, fabrics));
        let answered = slip.map_or(Ok(()), Err);
        let answered = answered.and_then(|()| {
            let mut answer = input.answer(scene, expected)?;
            if expected.checks.assumes.iter().any(|a| a.contains('=')) {
                answer.switches = decisive(network, compiled, &answer.ask, &answer);
            }
            Ok(answer)
        });
        let (outcome, verdict, misses) = match answered {
            Ok(answer) => {
                let mut misses = check(Wording::new(network, compiled), &answer, &expected.checks);
                let undecided = answer.verdict == Verdict::Unknown && !misses.is_empty();
                if strict && expected.checks.is_bare() {
                    misses.push(
                        "strict: add a reason beside the verdict: `code` and `leg`, `via`, \
                         `answers` or `notes`"
                            .to_owned(),
                    );
                }
                let outcome = match misses.is_empty() {
                    true => Outcome::Held,
                    false if undecided => Outcome::Undecided,
                    false => Outcome::Failed,
                };
                (outcome, answer.verdict.name().to_owned(), misses)
            }
            Err(text) => (Outcome::Wrong, String::new(), vec![text]),
        };
        all.push(Judged {
            what: flow(expected),
            place: input.files.locate(&expected.origin),
            outcome,
            verdict,
            again: (outcome != Outcome::Wrong).then(|| again(input, scene, is_case, expected)),
            misses,
        });
    }
    let properties = scene.properties.iter();
    all.extend(properties.map(|p| proven(input, scene, is_case, p, strict)));
    all
}

/// A property, proven; in strict runs one that nothing speaks of does not hold.
fn proven(
    input: &Input,
    scene: &Scene,
    is_case: bool,
    property: &Property,
    strict: bool,
) -> Judged {
    let proof = match scene.compiled() {
        Some((network, compiled)) => prove(network, compiled, property),
        None => Err("there is no network".to_owned()),
    };
    let (outcome, verdict, misses) = match &proof {
        Err(text) => (Outcome::Wrong, String::new(), vec![text.clone()]),
        Ok(proof) => {
            let misses = match (&proof.outcome, scene.compiled()) {
                (prove::Outcome::Holds, _) | (_, None) => Vec::new(),
                (prove::Outcome::Vacuous(why), _) if strict => {
                    vec![format!("strict: it holds vacuously: {why}")]
                }
                (prove::Outcome::Vacuous(_), _) => Vec::new(),
                (_, Some((network, _))) => vec![proof_why(network, proof)],
            };
            let outcome = match &proof.outcome {
                prove::Outcome::Vacuous(_) if strict => Outcome::Failed,
                other => super::prove::of(other),
            };
            let vacuous = matches!(proof.outcome, prove::Outcome::Vacuous(_));
            let word = if vacuous {
                "vacuous"
            } else {
                proof_word(&proof.outcome)
            };
            (outcome, word.to_owned(), misses)
        }
    };
    let case = match is_case {
        true => format!(" --case {}", quoted(&scene.name)),
        false => String::new(),
    };
    Judged {
        what: property.text(),
        place: input.files.locate(&property.origin),
        outcome,
        verdict,
        misses,
        again: (outcome != Outcome::Wrong)
            .then(|| format!("see: reachability prove {}{case}", quoted(&input.name))),
    }
}

/// A judgement about a network as a whole.
fn whole(what: &str, misses: Vec<String>) -> Judged {
    Judged {
        what: what.to_owned(),
        place: String::new(),
        outcome: if misses.is_empty() {
            Outcome::Held
        } else {
            Outcome::Failed
        },
        verdict: String::new(),
        misses,
        again: None,
    }
}

/// The command that shows the path of an expectation.
fn again(input: &Input, scene: &Scene, is_case: bool, expected: &Expectation) -> String {
    let case = if is_case {
        format!(" --case {}", quoted(&scene.name))
    } else {
        String::new()
    };
    let from = super::input::who(&expected.from);
    let mut text = format!(
        "see: reachability trace {}{case} --from {} --to {}",
        quoted(&input.name),
        quoted(&from),
        quoted(&expected.to)
    );
    if let Some(protocol) = expected.protocol {
        let _ = write!(text, " --protocol {protocol}");
    }
    if let Some(port) = expected.port {
        let _ = write!(text, " --port {port}");
    }
    if let Some((lo, hi)) = expected.client_ports {
        let _ = write!(text, " --client-ports {lo}-{hi}");
    }
    text
}

/// A word as a shell reads it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._:@-+%,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The errors a scene must be refused with, exactly.
fn refusals(scene: &Scene) -> Vec<String> {
    let errors = scene.diagnostics.iter();
    let errors = errors.filter(|d| d.severity == Severity::Error);
    let errors: Vec<Diagnostic> = errors.cloned().collect();
    exactly(&scene.refuse, &errors, "error")
}

/// Where what was found and what was to be found differ.
fn exactly(wanted: &[(String, Option<String>)], found: &[Diagnostic], kind: &str) -> Vec<String> {
    let fits = |d: &Diagnostic, (code, at): &(String, Option<String>)| {
        d.code == code && at.as_ref().is_none_or(|at| *at == d.at)
    };
    let missing = wanted
        .iter()
        .filter(|w| !found.iter().any(|d| fits(d, w)))
        .map(|(code, at)| {
            let at = at.as_ref().map_or(String::new(), |at| format!(" at {at}"));
            format!("expected the {kind} `{code}`{at}, which was not given")
        });
    let surplus = found
        .iter()
        .filter(|d| !wanted.iter().any(|w| fits(d, w)))
        .map(|d| format!("unexpected {kind} `{}` at {}: {}", d.code, d.at, d.message));
    missing.chain(surplus).collect()
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Held => "held",
        Outcome::Failed => "FAILED",
        Outcome::Wrong => "WRONG",
        Outcome::Undecided | Outcome::Environment => "undecided",
    }
}
