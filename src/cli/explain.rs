//! `explain`: the manual page of a code or a lint, or the list of them all.

use super::{Failure, Format, Outcome};
use crate::analysis::lint::{LINTS, Lint};
use crate::aws::{BUNDLES, Bundle, Member};
use crate::code::{Code, ELSEWHERE, elsewhere};
use crate::report::wrapped;
use serde_json::{Value, json};

/// What to explain.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A code such as `NO_ROUTE_TO_DESTINATION`, in any case, a lint, or a bundle of needs; none: list them all
    pub code: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Explains.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let json = args.format == Format::Json;
    match &args.code {
        None if json => super::say_json(&all_as_json())?,
        None => super::say(&all())?,
        Some(word) => {
            let (page, value) = match parse(word)? {
                Word::Code(code) => (code.page().to_owned(), as_json(code)),
                Word::Elsewhere(name, why) => {
                    (elsewhere_text(&name, why), elsewhere_as_json(&name, why))
                }
                Word::Lint(lint) => (lint.page.to_owned(), lint_as_json(lint)),
                Word::Bundle(bundle) => (bundle_text(bundle), bundle_as_json(bundle)),
            };
            if json {
                super::say_json(&value)?;
            } else {
                super::say(&page)?;
            }
        }
    }
    Ok(Outcome::Held)
}

/// Of how many names that have a word in them all are named.
const MOST_PARTS: usize = 6;

/// What has a page.
enum Word {
    Code(Code),
    Elsewhere(String, &'static str),
    Lint(&'static Lint),
    Bundle(&'static Bundle),
}

/// The code or the lint a person means.
fn parse(word: &str) -> Result<Word, Failure> {
    let name = word.trim().to_ascii_uppercase().replace(['-', ' '], "_");
    if let Some(code) = Code::parse(&name) {
        return Ok(Word::Code(code));
    }
    if let Some(why) = elsewhere(&name) {
        return Ok(Word::Elsewhere(name, why));
    }
    let kebab = name.to_ascii_lowercase().replace('_', "-");
    if let Some(lint) = Lint::named(&kebab) {
        return Ok(Word::Lint(lint));
    }
    let bare = kebab.trim_start_matches("needs://");
    if let Some(bundle) = BUNDLES.iter().find(|b| b.name == bare) {
        return Ok(Word::Bundle(bundle));
    }
    Err(Failure::Input(format!(
        "no code, lint or bundle of needs is called `{word}`: {}",
        hint(&name, &kebab)
    )))
}

/// What was perhaps meant by a word in capitals, or by the same word in small letters.
fn hint(name: &str, kebab: &str) -> String {
    let codes = || Code::ALL.iter().map(|c| c.name());
    let small = || {
        let lints = LINTS.iter().map(|l| l.name);
        lints.chain(BUNDLES.iter().map(|b| b.name))
    };
    let mut parts: Vec<&str> = codes().filter(|n| n.contains(name)).collect();
    parts.extend(small().filter(|n| n.contains(kebab)));
    if name.is_empty() || parts.len() > MOST_PARTS {
        return "`reachability explain` lists them all".to_owned();
    }
    if let [first, others @ ..] = parts.as_slice() {
        let others: String = others.iter().map(|n| format!(" or `{n}`")).collect();
        return format!("did you mean `{first}`{others}?");
    }
    let near = crate::diagnostic::near(name, codes());
    match near.or_else(|| crate::diagnostic::near(kebab, small())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`reachability explain` lists them all; why an input is refused, the message says \
                 beside it"
            .to_owned(),
    }
}

/// A code of AWS that no answer has.
fn elsewhere_text(name: &str, why: &str) -> String {
    let said = format!("No answer has this code of AWS's Reachability Analyzer: {why}.");
    format!("# {name}\n\n{}", wrapped("", &said, 0))
}

fn elsewhere_as_json(name: &str, why: &str) -> Value {
    json!({ "version": 1, "code": name, "kind": "elsewhere", "meaning": why })
}

/// Every code with its meaning, under headings; what AWS alone has stands at the end.
fn all() -> String {
    let line = |c: &Code| format!("  {c}\n      {}\n", c.meaning());
    let mut out = String::new();
    for (heading, codes) in Code::GROUPS {
        out.push_str(&format!("{heading}\n"));
        out.extend(codes.iter().map(line));
        out.push('\n');
    }
    out.push_str("What `lint` warns of\n");
    out.extend(
        LINTS
            .iter()
            .map(|l| format!("  {}\n      {}\n", l.name, l.meaning)),
    );
    out.push('\n');
    out.push_str("What `needs://` asks for\n");
    let bundles = BUNDLES.iter();
    out.extend(bundles.map(|b| format!("  {}\n      {}\n", b.name, b.about)));
    out.push('\n');
    out.push_str("Codes of AWS's Reachability Analyzer that no answer has\n");
    for (names, why) in ELSEWHERE {
        out.extend(names.split(' ').map(|name| format!("  {name}\n")));
        out.push_str(&format!("      {why}\n"));
    }
    out.push_str("\n`reachability explain CODE` prints the page of a code, a lint or a bundle.\n");
    out
}

/// A bundle as a page.
fn bundle_text(bundle: &Bundle) -> String {
    let head = format!("To {}, one needs all of", bundle.about);
    let mut out = format!("# needs://{}\n\n{}\n", bundle.name, wrapped("", &head, 0));
    for Member { name, what, to, .. } in bundle.members {
        out.push_str(&format!("- {name}: {what}\n  `{to}`\n"));
    }
    out.push_str("\n`{r}` is the source's Region, `{a}` its account. The worst of them decides.\n");
    out.push_str(&format!("\n**What AWS says.** `{}`\n", bundle.source));
    out
}

fn bundle_as_json(bundle: &Bundle) -> Value {
    let members = bundle.members.iter();
    let members =
        members.map(|m| json!({ "name": m.name, "what": m.what, "to": m.to, "action": m.action }));
    json!({
        "version": 1,
        "code": bundle.name,
        "kind": "bundle",
        "meaning": bundle.about,
        "members": members.collect::<Vec<_>>(),
        "source": bundle.source,
    })
}

fn as_json(code: Code) -> Value {
    json!({
        "version": 1,
        "code": code.name(),
        "kind": code.kind().name(),
        "meaning": code.meaning(),
        "page": code.page(),
    })
}

fn lint_as_json(lint: &Lint) -> Value {
    json!({
        "version": 1,
        "code": lint.name,
        "kind": "lint",
        "meaning": lint.meaning,
        "page": lint.page,
    })
}

fn all_as_json() -> Value {
    let codes = Code::ALL
        .iter()
        .map(|c| json!({ "code": c.name(), "kind": c.kind().name(), "meaning": c.meaning() }));
    let lints = LINTS
        .iter()
        .map(|l| json!({ "code": l.name, "kind": "lint", "meaning": l.meaning }));
    let bundles = BUNDLES.iter();
    let bundles = bundles.map(|b| json!({ "code": b.name, "kind": "bundle", "meaning": b.about }));
    json!({
        "version": 1,
        "codes": codes.collect::<Vec<_>>(),
        "lints": lints.collect::<Vec<_>>(),
        "bundles": bundles.collect::<Vec<_>>(),
    })
}
