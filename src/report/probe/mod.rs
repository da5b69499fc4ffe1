//! What `probe` found: for people, for programs, for test runners.
//!
//! A few targets are shown in full; of many each has a line, and those that are not well are shown.

mod block;
mod hops;
mod json;
mod junit;
mod names;
mod prediction;

pub use json::json as probe_json;
pub use junit::junit as probe_junit;

use super::wrap::Page;
use crate::probe::{Agreement, Comparison, Finding, Health, Probed, Word};

/// More targets than a person reads in full.
const MANY: usize = 20;

/// What was found as text; `colour` asks for ANSI.
#[must_use]
pub fn probe_text(probed: &[Probed], colour: bool) -> String {
    let mut out = String::new();
    let many = probed.len() > MANY;
    if many {
        out.push_str(&table(probed, colour));
    }
    for one in probed.iter().filter(|p| !many || worth_a_block(p)) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&paint(&block::block(one), &words(one), one, colour));
    }
    if probed.len() > 1 {
        out.push('\n');
        out.push_str(&summary(probed));
    }
    if many {
        let text = "what is well has one line above: `--format json` holds everything";
        let mut page = Page::default();
        page.line("", text, 0);
        out.push_str(&page.0);
    }
    out
}

/// The headline's words: how the target is, and whether that is as predicted.
fn words(probed: &Probed) -> String {
    let mut out = probed.judgement.word.words().to_ascii_uppercase();
    if let Some(beside) = &probed.comparison {
        // A prediction speaks of the network, not of who listens or shows a certificate behind it.
        let agreement = match (beside.agreement, probed.health()) {
            (Agreement::AsPredicted, Health::Amiss) => "the network as predicted",
            (agreement, _) => agreement.words(),
        };
        out.push_str(", ");
        out.push_str(&agreement.to_ascii_uppercase());
    }
    out
}

/// Why nobody can say whether it is as predicted.
fn undecided(beside: &Comparison) -> Option<&'static str> {
    let why = match beside.prediction {
        "unknown" => "the prediction is `unknown`: whatever is seen may come of it",
        _ => "no connection was seen that the prediction speaks of",
    };
    (beside.agreement == Agreement::Undecided).then_some(why)
}

/// Among many: what is not well, if anything was done for it.
fn worth_a_block(probed: &Probed) -> bool {
    let seen = &probed.observation;
    let done = !seen.lookups.is_empty() || !seen.attempts.is_empty();
    probed.health() != Health::Well && (done || probed.judgement.word != Word::NotTried)
}

/// One target a line: whether the prediction held, how it is, its words, and what is amiss.
fn table(probed: &[Probed], colour: bool) -> String {
    let width = |all: &dyn Fn(&Probed) -> &'static str| {
        let all = probed.iter().map(|p| all(p).len());
        all.max().unwrap_or(0)
    };
    let words = |p: &Probed| p.judgement.word.words();
    let (first, second) = (width(&held), width(&words));
    let mut out = String::new();
    for one in probed {
        let word = words(one).to_ascii_uppercase();
        let head = match first {
            0 => format!("{word:<second$}"),
            _ => format!("{:<first$}  {word:<second$}", held(one)),
        };
        let amiss = decides(one).filter(|_| one.health() != Health::Well);
        let code = amiss.map_or(String::new(), |f| f.code.to_string());
        let mut page = Page::default();
        let hang = head.len() + 2;
        page.entry(&format!("{head}  "), &one.observation.target, &code, hang);
        out.push_str(&paint(&page.0, &head, one, colour));
    }
    out
}

/// What `check` would say of the prediction.
fn held(probed: &Probed) -> &'static str {
    match (&probed.comparison, probed.health()) {
        (None, _) => "",
        (Some(_), Health::Well) => "held",
        (Some(_), Health::Amiss) => "FAILED",
        (Some(_), Health::NotPermitted | Health::Open) => "undecided",
    }
}

/// The first difference from the prediction, or else the first thing that keeps it from being
/// reached.
fn decides(probed: &Probed) -> Option<&Finding> {
    let difference = probed.comparison.iter().flat_map(|c| &c.difference);
    let stops = probed.judgement.findings.iter().filter(|f| f.stops);
    difference.chain(stops).next()
}

/// `12 reachable, 1 not reachable; 12 as predicted, 1 undecided`.
fn summary(probed: &[Probed]) -> String {
    let tell = |all: Vec<&'static str>| {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for word in all {
            match counts.iter_mut().find(|(w, _)| *w == word) {
                Some((_, n)) => *n += 1,
                None => counts.push((word, 1)),
            }
        }
        counts.sort_by_key(|(word, _)| ORDER.iter().position(|w| w == word));
        let counts = counts.iter().map(|(word, n)| format!("{n} {word}"));
        counts.collect::<Vec<_>>().join(", ")
    };
    let mut text = tell(probed.iter().map(|p| p.judgement.word.words()).collect());
    let beside = probed.iter().filter_map(|p| p.comparison.as_ref());
    let beside = tell(beside.map(|c| c.agreement.words()).collect());
    if !beside.is_empty() {
        text.push_str(&format!("; {beside}"));
    }
    let mut page = Page::default();
    page.line("", &text, 0);
    page.0
}

/// The best first.
const ORDER: [&str; 9] = [
    "reachable",
    "partly reachable",
    "not reachable",
    "not observable",
    "not permitted",
    "not tried",
    "as predicted",
    "not as predicted",
    "undecided",
];

/// The head at the beginning in colour.
fn paint(text: &str, head: &str, probed: &Probed, colour: bool) -> String {
    match text.strip_prefix(head) {
        Some(rest) if colour => {
            let colour = match probed.health() {
                Health::Well => 32,
                Health::Amiss => 31,
                Health::NotPermitted | Health::Open => 33,
            };
            format!("\u{1b}[1;{colour}m{head}\u{1b}[0m{rest}")
        }
        _ => text.to_owned(),
    }
}
