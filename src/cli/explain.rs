//! `explain`: the manual page of a code, or the list of all codes.

use super::{Failure, Format, Outcome};
use crate::code::Code;
use serde_json::{Value, json};

/// What to explain.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The code, e.g. `NO_ROUTE_TO_DESTINATION`, in any case; none: list them all
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
            let code = parse(word)?;
            if json {
                super::say_json(&as_json(code))?;
            } else {
                super::say(&text(code))?;
            }
        }
    }
    Ok(Outcome::Held)
}

/// The code a person means.
fn parse(word: &str) -> Result<Code, Failure> {
    let name = word.trim().to_ascii_uppercase().replace(['-', ' '], "_");
    Code::parse(&name).ok_or_else(|| {
        let names = || Code::ALL.iter().map(|c| c.name());
        let part = names().find(|n| !name.is_empty() && n.contains(&name));
        let near = part.or_else(|| crate::diagnostic::near(&name, names()));
        let hint = near.map_or_else(
            || "`reachability explain` lists them all".to_owned(),
            |n| format!("did you mean `{n}`?"),
        );
        Failure::Input(format!("no code is called `{word}`: {hint}"))
    })
}

/// The page, or what there is to say of a code that waits.
fn text(code: Code) -> String {
    match code.page() {
        Some(page) => page.to_owned(),
        None => format!("# {code}\n\n{}\n", waiting(code)),
    }
}

fn waiting(code: Code) -> String {
    let why = code.reserved().unwrap_or_default();
    let meaning = code.meaning();
    format!("{meaning}\n\nNo answer has this code yet: the name is kept for {why}.")
}

/// Every code with its meaning, under headings; what nothing produces yet stands at the end.
fn all() -> String {
    let line = |c: &Code| format!("  {c}\n      {}\n", c.meaning());
    let mut out = String::new();
    for (heading, codes) in Code::GROUPS {
        out.push_str(&format!("{heading}\n"));
        let produced = codes.iter().filter(|c| c.reserved().is_none());
        out.extend(produced.map(line));
        out.push('\n');
    }
    out.push_str("Names kept for what is not modelled yet\n");
    let waiting = Code::ALL.iter().filter(|c| c.reserved().is_some());
    out.extend(waiting.map(line));
    out.push_str("\n`reachability explain CODE` prints the page of a code.\n");
    out
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

fn all_as_json() -> Value {
    let codes = Code::ALL.iter().map(|c| {
        json!({ "code": c.name(), "kind": c.kind().name(), "meaning": c.meaning(), "produced": c.reserved().is_none() })
    });
    json!({ "version": 1, "codes": codes.collect::<Vec<_>>() })
}
