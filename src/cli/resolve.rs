//! `resolve`: the DNS half alone.

use super::{Failure, Format, Outcome, open};
use crate::answer::{localhost, look_up, source};
use crate::aws::DnsOutcome;
use crate::report;
use serde_json::json;

/// What to resolve.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// One of the scenario's cases, by name or the beginning of it
    #[arg(long)]
    pub case: Option<String>,
    /// Who asks
    #[arg(long)]
    pub from: String,
    /// The name
    pub name: String,
    /// Sets a switch, e.g. `endpoint-dns-follows-target-health=false`
    #[arg(long, value_parser = super::input::assumption)]
    pub assume: Vec<(String, bool)>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Resolves.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let input = open(&args.input)?;
    let (network, compiled) = &input.case(args.case.as_deref(), &args.assume, &[&args.name])?;
    super::remark(&input);
    let from = source(network, &args.from).map_err(Failure::Input)?;
    let name = name(&args.name)?;
    if let Some(why) = localhost(&name) {
        return Err(Failure::Input(why));
    }
    let found = look_up(network, compiled, from, &name);
    match args.format {
        Format::Text => super::say(&report::resolution_text(&input.files, &found))?,
        Format::Json => super::say_json(&json!({
            "version": 1,
            "from": from.name(network),
            "dns": report::resolution_json(&input.files, &found.resolution, &found.queries),
        }))?,
    }
    Ok(match found.resolution.outcome {
        DnsOutcome::Answered(_) => Outcome::Held,
        DnsOutcome::NxDomain(_)
        | DnsOutcome::NoAddress(..)
        | DnsOutcome::NoAnswer(_)
        | DnsOutcome::Lost(..)
        | DnsOutcome::Refused(_)
        | DnsOutcome::Circle(_) => Outcome::Failed,
        DnsOutcome::Unknown(_) => Outcome::Undecided,
    })
}

/// A domain name as it is compared; a URL is none (RFC 1035, section 2.3).
fn name(text: &str) -> Result<String, Failure> {
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let fits = |label: &str| {
        let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*');
        (1..=63).contains(&label.len()) && label.chars().all(sign)
    };
    if name.len() <= 253 && name.split('.').all(fits) {
        return Ok(name);
    }
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split(['/', ':']).next().unwrap_or_default();
    let help = match bare {
        host if host != text && !host.is_empty() => format!(": ask for `{host}`"),
        _ => ": write e.g. `s3.us-east-1.amazonaws.com`".to_owned(),
    };
    Err(Failure::Input(format!("`{text}` is no name{help}")))
}
