//! `explain`: what a code means.

use super::{Failure, Outcome};
use crate::code::Code;

/// What to explain.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The code, e.g. `NO_ROUTE_TO_DESTINATION`; none: list them all
    pub code: Option<String>,
}

/// Explains.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let Some(word) = &args.code else {
        let lines = Code::ALL
            .iter()
            .map(|c| format!("{c}\n    {}\n", c.meaning()));
        super::say(&lines.collect::<String>())?;
        return Ok(Outcome::Held);
    };
    let name = word.to_ascii_uppercase().replace('-', "_");
    match Code::parse(&name) {
        Some(code) => {
            super::say(&format!("{code}\n    {}\n", code.meaning()))?;
            Ok(Outcome::Held)
        }
        None => {
            let near = crate::diagnostic::near(&name, Code::ALL.iter().map(|c| c.name()));
            let hint = near.map_or(String::new(), |n| format!(": did you mean `{n}`?"));
            Err(Failure::Input(format!("no code is called `{word}`{hint}")))
        }
    }
}
