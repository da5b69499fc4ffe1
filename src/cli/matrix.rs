//! `matrix`: every source × every service; with `--pairs` see `pairs`.

use super::selector::selector;
use super::{Failure, Input, Outcome, open};
use crate::analysis::matrix::{Matrix, matrix};
use crate::analysis::senders;
use crate::analysis::services::{Service, services};
use crate::answer::From;
use crate::model::Network;
use crate::property::Who;
use crate::report::{MatrixFrame, matrix_csv, matrix_json, matrix_text};
use clap::ValueEnum;
use std::collections::HashSet;

/// What to lay out.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// One of the scenario's cases, by name or the beginning of it
    #[arg(long)]
    pub case: Option<String>,
    /// Sources: a name, `vpc/*`, `any`, `internet`, `on-premises`, `tag:key=value`, `vpc:name`,
    /// `subnet:vpc/name` or `account:id`; may be given several times [default: all but the
    /// internet's]
    #[arg(long, value_name = "SELECTOR", value_parser = selector)]
    pub from: Vec<Who>,
    /// Destinations, as `trace --to` takes them; may be given several times [default: every
    /// service of the input]; with `--pairs` interfaces, as `--from` takes them
    #[arg(long, value_name = "DEST")]
    pub to: Vec<String>,
    /// Prices instead of the built-in ones: a JSON file
    #[arg(long, value_name = "FILE")]
    pub prices: Option<String>,
    /// Every pair of interfaces and every class of ports instead
    #[arg(long, conflicts_with = "prices")]
    pub pairs: bool,
    /// With `--pairs`: each interface by itself, not by class
    #[arg(long, requires = "pairs")]
    pub expand: bool,
    /// With `--pairs`: how many MiB it may take; above that, rows are worked out one at a time
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    pub memory: u64,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For spreadsheets: a line for every source and service.
    Csv,
}

/// Lays out.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.pairs {
        return super::pairs::run(args);
    }
    let prices = super::prices::table(args.prices.as_deref())?;
    let input = open(&args.input)?;
    let about: Vec<&str> = args.to.iter().map(String::as_str).collect();
    let (network, compiled) = &input.case(args.case.as_deref(), &[], &about)?;
    super::remark(&input);
    let sources = sources(network, &args.from)?;
    let columns = match args.to.as_slice() {
        [] => services(network),
        to => to.iter().map(|to| Service::new(to, to)).collect(),
    };
    let bar = super::progress(sources.len() as u64);
    let done = |classes| bar.set_position(classes as u64);
    let matrix = matrix(network, compiled, &prices, &sources, columns, done);
    bar.finish_and_clear();
    means_something(&matrix)?;
    let frame = MatrixFrame {
        network,
        input: &named(&input, args.case.as_deref())?,
        prices: &prices,
    };
    match args.format {
        Format::Text => super::say(&matrix_text(frame, &matrix))?,
        Format::Json => super::say_json(&matrix_json(frame, &matrix))?,
        Format::Csv => super::say(&matrix_csv(frame, &matrix))?,
    }
    Ok(Outcome::Held)
}

/// Whom the selectors mean, each once; without any, everybody but the internet. Says of a selector
/// that fits nobody that it does.
#[expect(clippy::print_stderr, reason = "the command line talks to people")]
pub(super) fn sources(network: &Network, given: &[Who]) -> Result<Vec<From>, Failure> {
    let all = [Who::Any, Who::OnPremises];
    let who = if given.is_empty() { &all[..] } else { given };
    let (mut out, mut known) = (Vec::new(), HashSet::new());
    for who in who {
        let found = senders::select(network, who).map_err(Failure::Input)?;
        if found.is_empty() && !given.is_empty() {
            eprintln!("warning: `{who}` fits nothing in the input");
        }
        out.extend(found.into_iter().filter(|f| known.insert(f.name(network))));
    }
    Ok(out)
}

/// The input, and its case.
pub(super) fn named(input: &Input, case: Option<&str>) -> Result<String, Failure> {
    Ok(match case {
        None => input.name.clone(),
        case => format!("{}, {}", input.name, input.scene(case)?.name),
    })
}

/// A destination that no source can ask for is a slip.
fn means_something(matrix: &Matrix) -> Result<(), Failure> {
    for column in 0..matrix.services.len() {
        let mut cells = matrix.classes.iter().filter_map(|c| c.cells.get(column));
        let Some(Err(why)) = cells.next() else {
            continue;
        };
        if cells.all(Result::is_err) {
            return Err(Failure::Input(why.clone()));
        }
    }
    Ok(())
}
