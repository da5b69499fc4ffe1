//! `obstacles`: everything that stands in the way of a flow.

use super::flow::Flow;
use super::{Failure, Format, Outcome, open};
use crate::answer::{Wording, answer, stops};
use crate::report::{self, Hindered};

/// Whose obstacles.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// Which flow
    #[command(flatten)]
    pub flow: Flow,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Lists them.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let input = open(&args.input)?;
    let flow = &args.flow;
    let (network, compiled) = &input.case(flow.case.as_deref(), &flow.assume, &[&flow.to])?;
    super::remark(&input);
    let answer = answer(network, compiled, &flow.ask(network)?).map_err(Failure::Input)?;
    let told = Hindered {
        files: &input.files,
        wording: Wording::new(network, compiled),
        compiled,
        answer: &answer,
        stops: &stops(network, compiled, &answer),
    };
    match args.format {
        Format::Text => super::say(&report::obstacles_text(&told))?,
        Format::Json => super::say_json(&report::obstacles_json(&told))?,
    }
    Ok(Outcome::of(answer.verdict))
}
