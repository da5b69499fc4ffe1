//! `matrix --pairs`: every interface × every interface × every class of ports, out and back.

use super::matrix::{Args, Format, named};
use super::{Failure, Outcome, open};
use crate::analysis::pairs::{Options, Pairs};
use crate::report::{PairsFrame, pairs_csv, pairs_json, pairs_text};

/// Lays out.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let input = open(&args.input)?;
    let (network, compiled) = &input.case(args.case.as_deref(), &[], &[])?;
    super::remark(&input);
    let options = Options {
        budget: args.memory.saturating_mul(1 << 20),
        keep: true,
    };
    let pairs = Pairs::compile(network, compiled, options);
    let frame = PairsFrame {
        network,
        input: &named(&input, args.case.as_deref())?,
        expand: args.expand,
    };
    match args.format {
        Format::Text => super::say(&pairs_text(frame, &pairs))?,
        Format::Json => super::say_json(&pairs_json(frame, &pairs))?,
        Format::Csv => pairs_csv(frame, &pairs, super::say)?,
    }
    Ok(Outcome::Held)
}
