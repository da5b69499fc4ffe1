//! `fix`: the smallest edits that make a flow end as wanted.

use super::flow::Flow;
use super::input::flow;
use super::{Failure, Format, Outcome, Scene, open_to_edit};
use crate::analysis::fix::{Bounds, Case, Goal, Mended, Promise, Wanted, fix};
use crate::model::{Network, World};
use crate::report::{self, Shown, Told};
use crate::scenario::print::patch;
use clap::ValueEnum;

/// What to mend.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// Which flow
    #[command(flatten)]
    pub flow: Flow,
    /// How it is to end
    #[arg(long, value_enum, default_value_t)]
    pub want: Want,
    /// What it is to pass on the way out: a component, or a mechanism such as `gateway-endpoint`;
    /// may be given several times
    #[arg(long)]
    pub via: Vec<String>,
    /// The most edits of a fix
    #[arg(long, default_value_t = Bounds::default().edits)]
    pub edits: usize,
    /// The most networks that are tried
    #[arg(long, default_value_t = Bounds::default().runs)]
    pub runs: usize,
    /// What to print each fix as
    #[arg(long = "as", value_enum, default_value_t)]
    pub shown: Shown,
    /// Prices instead of the built-in ones: a JSON file
    #[arg(long, value_name = "FILE")]
    pub prices: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How a flow is to end.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Want {
    /// Delivered, over no public link.
    #[default]
    Private,
    /// Delivered over a public link.
    Internet,
    /// Delivered.
    Reachable,
}

/// Mends.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let prices = super::prices::table(args.prices.as_deref())?;
    let input = open_to_edit(&args.input)?;
    let asked = &args.flow;
    let (network, _) = &input.case(asked.case.as_deref(), &asked.assume, &[&asked.to])?;
    let scene = input.scene(asked.case.as_deref())?;
    super::remark(&input);
    let ask = asked.ask(network)?;
    let wanted = Wanted {
        goal: match args.want {
            Want::Private => Goal::Private,
            Want::Internet => Goal::Internet,
            Want::Reachable => Goal::Reachable,
        },
        via: args.via.clone(),
    };
    let nothing = || Failure::Input(format!("`{}` holds no network", input.name));
    let case = Case {
        draft: scene.draft.as_ref().ok_or_else(nothing)?,
        network,
        ask: &ask,
        wanted: &wanted,
        promises: &promises(scene, network),
        properties: &scene.properties,
        prices: &prices,
    };
    let bounds = Bounds {
        edits: args.edits,
        runs: args.runs,
        ..Bounds::default()
    };
    let mended = fix(case, bounds).map_err(Failure::Input)?;
    let told = Told {
        mended: &mended,
        wanted: &wanted,
        bounds,
        prices: &prices,
        patches: patches(network, &mended),
        case: asked.case.as_deref(),
        shown: args.shown,
    };
    match args.format {
        Format::Text => super::say(&report::fix_text(&told))?,
        Format::Json => super::say_json(&report::fix_json(&told))?,
    }
    Ok(match mended {
        Mended::Already(_) | Mended::Found { .. } => Outcome::Held,
        Mended::None { unsure, .. } if unsure.is_empty() => Outcome::Failed,
        Mended::None { .. } => Outcome::Undecided,
        Mended::Unknown(_) => Outcome::Undecided,
    })
}

/// What is expected in a scene, as what must not break.
fn promises(scene: &Scene, network: &Network) -> Vec<Promise> {
    let all = scene.expect.iter();
    let all = all.filter_map(|expected| {
        Some(Promise {
            name: flow(expected),
            ask: expected.ask(network).ok()?,
            checks: expected.checks.clone(),
        })
    });
    all.collect()
}

/// Each fix as a patch of the scenario; an import is no scenario.
fn patches(network: &Network, mended: &Mended) -> Vec<Option<String>> {
    let Mended::Found { fixes, .. } = mended else {
        return Vec::new();
    };
    let scenario = network.world == World::Closed;
    let patch = |fixed: &Network| scenario.then(|| patch(network, fixed));
    fixes.iter().map(|fix| patch(&fix.network)).collect()
}
