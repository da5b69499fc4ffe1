//! `prove`: properties, over every flow they speak of.

use super::{Failure, Format, Outcome, open};
use crate::analysis::prove::{self, prove};
use crate::property::Property;
use crate::report::{proof_json, proof_text};
use crate::scenario::load_property;
use serde_json::json;

/// What to prove.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// A property as a scenario writes it, e.g.
    /// `{ never: internet, from: "app/*", to: s3 }`; otherwise those of the file
    pub property: Option<String>,
    /// One of the scenario's cases, by name or the beginning of it
    #[arg(long)]
    pub case: Option<String>,
    /// Sets a switch, e.g. `nat-uses-gateway-endpoint=false`; may be given several times
    #[arg(long, value_parser = super::input::assumption)]
    pub assume: Vec<(String, bool)>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Proves.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let input = open(&args.input)?;
    let given = args.property.as_deref().map(load_property).transpose();
    let given: Option<Property> = given.map_err(Failure::Input)?;
    let scene = input.scene(args.case.as_deref())?;
    let all = given
        .as_ref()
        .map_or(scene.properties.as_slice(), std::slice::from_ref);
    let words = all.iter().flat_map(Property::words);
    let words: Vec<&str> = words.collect();
    let (network, compiled) = &input.case(args.case.as_deref(), &args.assume, &words)?;
    super::remark(&input);
    if all.is_empty() {
        return Err(Failure::Input(format!(
            "`{}` states no property: write one under `properties`, or behind the file's name",
            args.input
        )));
    }
    let mut outcome = Outcome::Held;
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    let proofs = all
        .iter()
        .map(|property| prove(network, compiled, property));
    let proofs: Vec<_> = proofs.collect();
    let wrong = all.iter().zip(&proofs).filter_map(|(property, proof)| {
        let why = proof.as_ref().err()?;
        Some(format!("`{}`: {why}", property.text()))
    });
    let wrong: Vec<String> = wrong.collect();
    if !wrong.is_empty() {
        return Err(Failure::Input(wrong.join("\n")));
    }
    for (property, proof) in all.iter().zip(proofs.into_iter().flatten()) {
        outcome = worse(outcome, of(&proof.outcome));
        match args.format {
            Format::Text => texts.push(proof_text(&input.files, network, property, &proof)),
            Format::Json => values.push(proof_json(&input.files, network, property, &proof)),
        }
    }
    match args.format {
        Format::Text => super::say(&texts.join("\n"))?,
        Format::Json => super::say_json(&json!({
            "version": 1,
            "exit": outcome.code(),
            "properties": values,
        }))?,
    }
    Ok(outcome)
}

/// What a proof comes to.
pub(super) fn of(outcome: &prove::Outcome) -> Outcome {
    match outcome {
        prove::Outcome::Holds | prove::Outcome::Vacuous(_) => Outcome::Held,
        prove::Outcome::Refuted(..) => Outcome::Failed,
        prove::Outcome::Unknown(_) | prove::Outcome::Limited => Outcome::Undecided,
    }
}

/// Refuted before unknown before held.
fn worse(a: Outcome, b: Outcome) -> Outcome {
    match (a, b) {
        (Outcome::Failed, _) | (_, Outcome::Failed) => Outcome::Failed,
        (Outcome::Undecided, _) | (_, Outcome::Undecided) => Outcome::Undecided,
        _ => Outcome::Held,
    }
}
