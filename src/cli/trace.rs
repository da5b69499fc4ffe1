//! `trace`: one flow.

use super::flow::Flow;
use super::{Failure, Format, Outcome, open};
use crate::analysis::cost::cost;
use crate::answer::{Wording, answer, decisive};
use crate::report::{self, Bill};

/// What to trace.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// Which flow
    #[command(flatten)]
    pub flow: Flow,
    /// Prices instead of the built-in ones: a JSON file
    #[arg(long, value_name = "FILE")]
    pub prices: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Traces.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let prices = super::prices::table(args.prices.as_deref())?;
    let input = open(&args.input)?;
    let flow = &args.flow;
    let (network, compiled) = &input.case(flow.case.as_deref(), &flow.assume, &[&flow.to])?;
    super::remark(&input);
    let ask = flow.ask(network)?;
    let mut answer = answer(network, compiled, &ask).map_err(Failure::Input)?;
    answer.switches = decisive(network, compiled, &ask, &answer);
    let ways = answer.alternatives.iter();
    let bill = Bill {
        ways: ways
            .map(|way| cost(network, compiled, &prices, way))
            .collect(),
        prices,
    };
    let bill = Some(&bill);
    let (files, words) = (&input.files, Wording::new(network, compiled));
    match args.format {
        Format::Text => super::say(&report::text(files, words, &answer, bill, super::colour()))?,
        Format::Json => super::say_json(&report::json(files, words, &answer, bill))?,
    }
    Ok(Outcome::of(answer.verdict))
}
