//! `matrix --pairs`: every interface × every interface × every class of ports, out and back.

use super::matrix::{Args, Format, named};
use super::selector::selector;
use super::{Failure, Outcome, open};
use crate::analysis::pairs::{Options, Pairs};
use crate::analysis::receivers::receivers;
use crate::analysis::senders;
use crate::answer::From;
use crate::model::{Id, Interface, Network};
use crate::property::Who;
use crate::report::{PairsFrame, pairs_csv, pairs_json, pairs_text};

/// Lays out.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let input = open(&args.input)?;
    let (network, compiled) = &input.case(args.case.as_deref(), &[], &[])?;
    super::remark(&input);
    let some = !args.from.is_empty() || !args.to.is_empty();
    let from = interfaces(network, &args.from, senders)?;
    let to = args.to.iter().map(|to| selector(to));
    let to = to.collect::<Result<Vec<_>, _>>().map_err(Failure::Input)?;
    let to = interfaces(network, &to, receivers)?;
    let options = Options {
        budget: args.memory.saturating_mul(1 << 20),
        keep: !some,
    };
    let mut pairs = Pairs::compile(network, compiled, options);
    if some {
        pairs.among(&from, &to);
    }
    let frame = PairsFrame {
        network,
        input: &named(&input, args.case.as_deref())?,
        expand: args.expand,
        some,
    };
    match args.format {
        Format::Text => super::say(&pairs_text(frame, &pairs))?,
        Format::Json => super::say_json(&pairs_json(frame, &pairs))?,
        Format::Csv => pairs_csv(frame, &pairs, super::say)?,
    }
    Ok(Outcome::Held)
}

/// The interfaces that selectors mean; without any, all. Says of a selector that fits none that it
/// does.
#[expect(clippy::print_stderr, reason = "the command line talks to people")]
fn interfaces(
    network: &Network,
    given: &[Who],
    select: impl Fn(&Network, &Who) -> Result<Vec<Id<Interface>>, String>,
) -> Result<Vec<Id<Interface>>, Failure> {
    if given.is_empty() {
        return Ok(network.interfaces.iter().map(|(id, _)| id).collect());
    }
    let mut out = Vec::new();
    for who in given {
        let found = select(network, who).map_err(Failure::Input)?;
        if found.is_empty() {
            eprintln!("warning: `{who}` fits no interface of the input");
        }
        out.extend(found);
    }
    Ok(out)
}

fn senders(network: &Network, who: &Who) -> Result<Vec<Id<Interface>>, String> {
    let all = senders::select(network, who)?.into_iter();
    let own = all.filter_map(|from| match from {
        From::Interface(id) => Some(id),
        From::Address(..) | From::Host(..) => None,
    });
    Ok(own.collect())
}
