//! Edits that mend a flow: in words, as a patch of the scenario, for the AWS CLI, for Terraform.

use super::wrap::Page;
use crate::analysis::cost::Prices;
use crate::analysis::fix::{Bounds, Fix, Goal, Mended, Wanted};
use crate::answer::Answer;
use crate::edit::Edit;
use crate::model::{Network, Vpc};
use serde_json::{Value, json};

/// What a fix is printed as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Shown {
    /// Everything below.
    #[default]
    All,
    /// A patch of the scenario.
    Patch,
    /// Commands of the AWS CLI.
    Cli,
    /// Terraform.
    Terraform,
}

impl Shown {
    fn has(self, part: Shown) -> bool {
        self == Shown::All || self == part
    }
}

/// What came of a search, and how to tell it.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// What came of it.
    pub mended: &'a Mended,
    /// What was wanted.
    pub wanted: &'a Wanted,
    /// How much was tried at most.
    pub bounds: Bounds,
    /// What things cost.
    pub prices: &'a Prices,
    /// Each fix as a patch of the scenario, if there is one.
    pub patches: Vec<Option<String>>,
    /// The case of the scenario that was asked about.
    pub case: Option<&'a str>,
    /// What to print.
    pub shown: Shown,
}

/// As text.
#[must_use]
pub fn text(told: &Told<'_>) -> String {
    let mut page = Page::default();
    match told.mended {
        Mended::Already(answer) => {
            headline(&mut page, answer);
            page.gap();
            let text = format!("the flow is {} as it is", want(told.wanted));
            page.line("NOTHING TO FIX  ", &text, 16);
        }
        Mended::Unknown(answer) => {
            headline(&mut page, answer);
            page.gap();
            let text = "what cannot be decided cannot be mended: `trace` says what is missing";
            page.line("NO FIX  ", text, 8);
        }
        Mended::Found {
            before,
            fixes,
            kept,
            tried,
        } => {
            headline(&mut page, before);
            for (at, fix) in fixes.iter().enumerate() {
                page.gap();
                let patch = told.patches.get(at).and_then(Option::as_deref);
                one(&mut page, told, at + 1, fix, patch);
            }
            page.gap();
            let networks = plural(*tried, "edited network");
            let kept = match kept {
                0 => "nothing else that is expected could break".to_owned(),
                1 => "the one other thing that is expected holds still".to_owned(),
                n => format!("the {n} other things that are expected hold still"),
            };
            page.line("TRIED ", &format!("{networks}; {kept}"), 6);
            if page.0.contains("<") {
                let text = "`<…>` stands for an id that the input does not have";
                page.line("NOTE  ", text, 6);
            }
        }
        Mended::None {
            before,
            breaking,
            unsure,
            tried,
            cut,
        } => {
            headline(&mut page, before);
            page.gap();
            none(&mut page, told, *tried, *cut);
            for (edits, network, broken) in breaking.iter().take(told.bounds.fixes) {
                let words: Vec<String> = edits.iter().map(|e| e.words(network)).collect();
                page.line("NOT SO  ", &words.join("; "), 8);
                for text in broken {
                    page.line("        breaks ", text, 10);
                }
            }
            for (edits, network, answer) in unsure.iter().take(told.bounds.fixes) {
                let words: Vec<String> = edits.iter().map(|e| e.words(network)).collect();
                page.line("UNSURE  ", &words.join("; "), 8);
                page.line("        then unknown", &hangs_on(answer), 10);
            }
        }
    }
    page.0
}

fn none(page: &mut Page, told: &Told<'_>, tried: usize, cut: bool) {
    let wanted = want(told.wanted);
    let networks = plural(tried, "edited network");
    let text = match (tried, cut) {
        (_, true) => format!(
            "none makes it {wanted} within {} and {}: --edits and --runs widen the search",
            plural(told.bounds.edits, "edit"),
            plural(told.bounds.runs, "edited network")
        ),
        (0, false) => format!("no edit is known that could make it {wanted}"),
        (_, false) => format!("none makes it {wanted}: {networks} tried"),
    };
    page.line("NO FIX  ", &text, 8);
    let before = match told.mended {
        Mended::None { before, .. } => before.obstacles.first(),
        _ => None,
    };
    if let Some(o) = before {
        page.line("MORE    ", &format!("reachability explain {}", o.code), 8);
    }
}

pub(super) fn headline(page: &mut Page, answer: &Answer) {
    let word = answer.verdict.name().to_ascii_uppercase();
    let mut text = format!("{} → {}", answer.from, answer.ask.to);
    match answer.obstacles.first() {
        Some(o) => text.push_str(&format!("   {} ({})", o.code, o.leg.name())),
        None if !answer.mechanism.is_empty() => {
            text.push_str(&format!("   by {}", answer.mechanism));
        }
        None => {}
    }
    page.line(&format!("{word}  "), &text, word.len() + 2);
}

/// What an unknown answer hangs on.
fn hangs_on(answer: &Answer) -> String {
    let Some(o) = answer.obstacles.first() else {
        return String::new();
    };
    let by = match o.by.is_empty() {
        true => String::new(),
        false => format!(", {}", o.by),
    };
    format!(": {} ({}) at {}{by}", o.code, o.leg.name(), o.at)
}

fn one(page: &mut Page, told: &Told<'_>, number: usize, fix: &Fix, patch: Option<&str>) {
    let head = format!("FIX {number} ");
    for (at, edit) in fix.edits.iter().enumerate() {
        let head = if at == 0 { head.as_str() } else { "      " };
        page.line(head, &edit.words(&fix.network), 8);
    }
    let opens = match fix.rank.opens {
        0 => "opens nothing by itself".to_owned(),
        n => format!(
            "opens {}",
            amount(n, "address and port", "pairs of address and port")
        ),
    };
    let monthly = match (fix.rank.unpriced, fix.rank.monthly) {
        (0, 0.0) => String::new(),
        (0, n) => format!("; {n:.2} {} a month", told.prices.currency),
        _ => "; price not known".to_owned(),
    };
    let after = &fix.answer;
    let text = format!(
        "then {} by {}; {opens}{monthly}",
        after.verdict.name(),
        after.mechanism
    );
    page.line("      ", &text, 8);
    if let Some(patch) = patch.filter(|_| told.shown.has(Shown::Patch)) {
        let into = match told.case {
            Some(case) => format!("  scenario, into `edit:` of case \"{case}\""),
            None => "  scenario, over the file or as `edit:` of a case".to_owned(),
        };
        page.gap();
        page.line("", &into, 4);
        block(page, patch);
    }
    if told.shown.has(Shown::Cli) {
        page.gap();
        page.line("", "  AWS CLI", 4);
        let mut last = None;
        for edit in &fix.edits {
            let place = place(edit, &fix.network);
            if place != last {
                page.verbatim(&format!("    # {}", place.clone().unwrap_or_default()));
                last = place;
            }
            for command in edit.cli(&fix.network) {
                page.verbatim(&folded(&command));
            }
        }
    }
    if told.shown.has(Shown::Terraform) {
        page.gap();
        page.line("", "  Terraform", 4);
        for (at, edit) in fix.edits.iter().enumerate() {
            if at > 0 {
                page.gap();
            }
            block(page, &edit.terraform(&fix.network));
        }
    }
}

/// Lines as they are, indented.
fn block(page: &mut Page, text: &str) {
    for line in text.lines() {
        match line.is_empty() {
            true => page.gap(),
            false => page.verbatim(&format!("    {line}")),
        }
    }
}

/// A command on as many lines as it needs, as a shell reads it.
fn folded(command: &str) -> String {
    let mut out = "    ".to_owned();
    let mut width = 4;
    let mut within = false;
    for (at, part) in command.split(" --").enumerate() {
        let part = if at == 0 {
            part.to_owned()
        } else {
            format!("--{part}")
        };
        let more = part.chars().count();
        if at > 0 && !within && width + 1 + more > 76 {
            out.push_str(" \\\n      ");
            width = 6;
        } else if at > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(&part);
        width += more;
        within ^= part.matches('\'').count() % 2 == 1;
    }
    out
}

/// Whose account an edit is made in, and where.
fn place(edit: &Edit, network: &Network) -> Option<String> {
    let Vpc {
        account, region, ..
    } = &network.vpcs[edit.place(network)?];
    Some(match account.is_empty() {
        true => region.clone(),
        false => format!("account {account}, {region}"),
    })
}

fn want(wanted: &Wanted) -> String {
    let word = goal(wanted);
    match wanted.via.is_empty() {
        true => word.to_owned(),
        false => format!("{word} by {}", wanted.via.join(", ")),
    }
}

fn goal(wanted: &Wanted) -> &'static str {
    match wanted.goal {
        Goal::Private => "private",
        Goal::Internet => "internet",
        Goal::Reachable => "reachable",
    }
}

fn plural(n: usize, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {what}{s}")
}

fn amount(n: u128, one: &str, many: &str) -> String {
    match n {
        1 => format!("one {one}"),
        n => format!("{n} {many}"),
    }
}

/// As JSON.
#[must_use]
pub fn json(told: &Told<'_>) -> Value {
    let (before, exit, tried, cut) = match told.mended {
        Mended::Already(answer) => (answer, 0, 0, false),
        Mended::Unknown(answer) => (answer, 3, 0, false),
        Mended::Found { before, tried, .. } => (before, 0, *tried, false),
        Mended::None {
            before,
            tried,
            cut,
            unsure,
            ..
        } => (before, if unsure.is_empty() { 1 } else { 3 }, *tried, *cut),
    };
    let fixes = match told.mended {
        Mended::Found { fixes, .. } => fixes.as_slice(),
        _ => &[],
    };
    let (breaking, unsure) = match told.mended {
        Mended::None {
            breaking, unsure, ..
        } => (breaking.as_slice(), unsure.as_slice()),
        _ => (&[][..], &[][..]),
    };
    let words = |edits: &[Edit], network: &Network| -> Vec<String> {
        edits.iter().map(|e| e.words(network)).collect()
    };
    json!({
        "version": 1,
        "exit": exit,
        "from": before.from,
        "to": before.ask.to,
        "verdict": before.verdict.name(),
        "code": before.obstacles.first().map(|o| o.code.name()),
        "wanted": goal(told.wanted),
        "via": told.wanted.via,
        "fixes": fixes.iter().enumerate().map(|(at, fix)| {
            fix_json(told, fix, told.patches.get(at).and_then(Option::as_deref))
        }).collect::<Vec<_>>(),
        "breaking": breaking.iter().map(|(edits, network, broken)| json!({
            "edits": words(edits, network),
            "breaks": broken,
        })).collect::<Vec<_>>(),
        "unsure": unsure.iter().map(|(edits, network, answer)| json!({
            "edits": words(edits, network),
            "code": answer.obstacles.first().map(|o| o.code.name()),
            "at": answer.obstacles.first().map(|o| &o.at),
        })).collect::<Vec<_>>(),
        "kept": match told.mended { Mended::Found { kept, .. } => *kept, _ => 0 },
        "tried": tried,
        "cut": cut,
    })
}

fn fix_json(told: &Told<'_>, fix: &Fix, patch: Option<&str>) -> Value {
    let edit = |e: &Edit| {
        let place = e.place(&fix.network).map(|v| &fix.network.vpcs[v]);
        json!({
            "kind": e.kind(),
            "text": e.words(&fix.network),
            "account": place.map(|v| &v.account),
            "region": place.map(|v| &v.region),
            "cli": e.cli(&fix.network),
            "terraform": e.terraform(&fix.network),
        })
    };
    json!({
        "edits": fix.edits.iter().map(edit).collect::<Vec<_>>(),
        "opens": fix.rank.opens.to_string(),
        "monthly": (fix.rank.unpriced == 0).then_some(fix.rank.monthly),
        "currency": told.prices.currency,
        "verdict": fix.answer.verdict.name(),
        "mechanism": fix.answer.mechanism,
        "notes": fix.answer.notes,
        "assumptions": fix.answer.assumptions,
        "patch": patch,
    })
}
