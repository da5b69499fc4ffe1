//! The command line: the only place that reads files and prints.

mod beside;
mod check;
mod diff;
mod explain;
mod files;
mod fix;
mod flow;
mod import;
mod input;
mod lint;
mod long;
mod matrix;
mod meta;
mod obstacles;
mod outcome;
mod pairs;
mod prices;
mod probe;
mod prove;
mod resolve;
mod selector;
mod snapshot;
mod trace;

pub use beside::load;
pub use input::{Expectation, Failure, Input, Scene, open, open_to_edit};
pub use outcome::Outcome;

use crate::import::LeftOut;
use clap::{Parser, Subcommand, ValueEnum};

/// Does traffic reach an AWS service or a partner's service, over which path, privately or over
/// the internet, and if not, why not?
#[derive(Debug, Parser)]
#[command(name = "reachability", version, about, max_term_width = 80)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Follow one flow, hop by hop, out and back, every choice
    Trace(trace::Args),
    /// Run the expectations in the files, as a test
    Check(check::Args),
    /// Show that properties hold of every flow they speak of, or a packet for which they do not
    Prove(prove::Args),
    /// Ask for a name as a source would, and say who answers and why
    Resolve(resolve::Args),
    /// Send from this machine: resolve, connect, trace; and lay a prediction beside what is seen
    Probe(Box<probe::Args>),
    /// List everything that stands in the way of a flow, what nearly let it
    /// through, and what to try
    Obstacles(Box<obstacles::Args>),
    /// Find the smallest edits that make a flow end as wanted, each tried first
    Fix(Box<fix::Args>),
    /// Write a folder of JSON as a scenario, and say what a scenario cannot
    Import(import::Args),
    /// Warn of what is legal, and a mistake waiting
    Lint(lint::Args),
    /// Lay out every source × every service: verdict, mechanism, cost
    Matrix(matrix::Args),
    /// List the flows whose answer an edit changes, and why
    Diff(diff::Args),
    /// Say what a code means
    Explain(explain::Args),
    /// Print the JSON Schema of scenario files, or of the JSON that a command prints
    Schema(meta::Schema),
    /// Print completions for a shell
    Completions(meta::Completions),
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Reads the command line, does it, and says how it went. A wrong command line ends the program
/// with code 2.
#[must_use]
pub fn run() -> Outcome {
    let done = match Cli::parse().command {
        Command::Trace(args) => trace::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Prove(args) => prove::run(&args),
        Command::Resolve(args) => resolve::run(&args),
        Command::Probe(args) => probe::run(&args),
        Command::Obstacles(args) => obstacles::run(&args),
        Command::Fix(args) => fix::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Matrix(args) => matrix::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Schema(args) => meta::schema(&args),
        Command::Completions(args) => meta::completions(&args),
    };
    done.unwrap_or_else(|failure| {
        complain(&failure);
        failure.outcome()
    })
}

/// Prints to standard output; a reader that went away is no error.
fn say(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Environment(format!("cannot write: {e}")))
        }
        _ => Ok(()),
    }
}

/// Prints JSON, indented.
fn say_json(value: &serde_json::Value) -> Result<(), Failure> {
    say(&format!("{value:#}\n"))
}

/// Says on standard error what is wrong with an input that can be used all the same, and what an
/// import left out; of which input it is, for `check` and `diff` read several.
#[expect(clippy::print_stderr, reason = "the command line talks to people")]
fn remark(input: &Input) {
    let warnings = input.scenes.first().map_or(&[][..], |s| &s.diagnostics);
    eprint!("{}", crate::diagnostic::render(warnings, &input.files));
    let (matters, rest): (Vec<_>, Vec<_>) = input.left_out.iter().partition(|e| e.matters);
    for LeftOut {
        what, why, count, ..
    } in matters
    {
        let text = format!("{what} ({count}): {why}");
        let head = format!("left out of {}: ", input.name);
        eprint!("{}", crate::report::wrapped(&head, &text, 2));
    }
    if !rest.is_empty() {
        let names: Vec<&str> = rest.iter().map(|e| e.what.as_str()).collect();
        let head = format!("left out of {}, no verdict hangs on it: ", input.name);
        eprint!("{}", crate::report::wrapped(&head, &names.join(", "), 2));
    }
}

#[expect(clippy::print_stderr, reason = "the command line talks to people")]
fn complain(failure: &Failure) {
    let text = failure.to_string();
    if text.starts_with("error") || text.starts_with("warning") {
        eprint!("{text}");
    } else {
        let mut head = "error: ";
        for line in text.lines() {
            eprint!("{}", crate::report::wrapped(head, line, "error: ".len()));
            head = "";
        }
    }
}

/// Progress on standard error, where somebody watches; nothing elsewhere.
fn progress(length: u64) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(length);
    bar.set_draw_target(indicatif::ProgressDrawTarget::stderr_with_hz(4));
    bar
}

/// Whether standard output wants colour.
fn colour() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdout().is_terminal()
}
