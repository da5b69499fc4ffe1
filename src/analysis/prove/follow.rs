//! The flows of one source to one destination, followed and judged; and which tables they met, so that
//! who keeps the result knows when it is no longer one.

use super::Found;
use super::judge::{Judged, judge};
use super::ways::{Way, asks, ways};
use crate::answer::From;
use crate::aws::Compiled;
use crate::fabric::{Fabric, TableId};
use crate::model::Network;
use crate::property::{Property, To};

/// What following the flows of one source to one destination found.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Followed {
    /// Every way that refutes the property, or that may.
    pub(in crate::analysis) found: Vec<Found>,
    /// How many ways were judged.
    pub(in crate::analysis) ways: usize,
    /// Ways that leave their source.
    pub(in crate::analysis) left: usize,
    /// What was not followed to its end, for people.
    pub(in crate::analysis) says: Vec<String>,
    /// The tables that decided on the way, sorted; none: it may hang on any.
    pub(in crate::analysis) met: Option<Vec<TableId>>,
}

/// Follows them; with `down`, in a network in which that is out of service.
///
/// # Errors
/// A text for people, if the destination means nothing in this network.
pub(in crate::analysis) fn followed(
    network: &Network,
    compiled: &Compiled,
    property: &Property,
    (from, to): (From, &To),
    down: Option<&str>,
) -> Result<Followed, String> {
    let mut out = Followed::default();
    let all = ways(network, compiled, property, from, to, &mut out.says)?;
    out.ways = all.len();
    if !asks(network, property, to) && out.says.is_empty() {
        out.met = Some(met(&compiled.fabric, &all));
    }
    for way in all {
        out.left += usize::from(way.alternative.leaves());
        let refutes = match judge(network, compiled, property, &way) {
            Judged::Fine => continue,
            Judged::Refutes => true,
            Judged::Unclear => false,
        };
        out.found.push(Found {
            from,
            to: to.text(),
            flow: way.alternative.sent,
            sent: way.sent,
            alternative: way.alternative,
            accept: way.accept,
            answer: way.answer,
            refutes,
            down: down.map(str::to_owned),
        });
    }
    Ok(out)
}

/// The tables that the steps of some ways looked at.
fn met(fabric: &Fabric, ways: &[Way]) -> Vec<TableId> {
    let steps = ways.iter().flat_map(|way| &way.alternative.steps);
    let mut all: Vec<TableId> = steps
        .filter_map(|step| fabric.table_id_at(step.at))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}
