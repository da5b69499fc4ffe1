//! The flows of one source to one destination, or to several at once, followed and judged; and which
//! tables they met, so that who keeps the result knows when it is no longer one.

use super::Found;
use super::judge::{Judged, judge};
use super::sent::Space;
use super::ways::{Aside, Toward, Way, asks, ways};
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
    /// Ways that leave their source; of those that were not told, whether one does.
    pub(in crate::analysis) left: usize,
    /// What was not followed to its end, for people.
    pub(in crate::analysis) says: Vec<String>,
    /// The tables that decided on the way, sorted; none: it may hang on any.
    pub(in crate::analysis) met: Option<Vec<TableId>>,
}

/// What is proved, and in what.
#[derive(Clone, Copy)]
pub(in crate::analysis) struct Case<'a> {
    pub(in crate::analysis) network: &'a Network,
    pub(in crate::analysis) compiled: &'a Compiled,
    pub(in crate::analysis) property: &'a Property,
    pub(in crate::analysis) space: &'a Space,
    /// What is out of service.
    pub(in crate::analysis) down: Option<&'a str>,
}

/// Follows them, and notes which tables they met.
///
/// # Errors
/// A text for people, if the destination means nothing in this network.
pub(in crate::analysis) fn followed(
    case: Case<'_>,
    (from, to): (From, &To),
) -> Result<Followed, String> {
    let (all, mut out) = every(case, (from, Toward::To(to)))?;
    if !asks(case.network, case.property, to) && out.says.is_empty() {
        out.met = Some(met(&case.compiled.fabric, &all));
    }
    judged(case, (from, all), |_| to.text(), &mut out);
    Ok(out)
}

/// Follows them to wherever it may be; `name` says of a way where to that was.
///
/// # Errors
/// The same.
pub(super) fn followed_to(
    case: Case<'_>,
    (from, to): (From, Toward<'_>),
    name: impl Fn(&Way) -> String,
) -> Result<Followed, String> {
    let (all, mut out) = every(case, (from, to))?;
    judged(case, (from, all), name, &mut out);
    Ok(out)
}

fn every(case: Case<'_>, flows: (From, Toward<'_>)) -> Result<(Vec<Way>, Followed), String> {
    let mut aside = Aside::default();
    let about = (case.property, case.space);
    let all = ways(case.network, case.compiled, about, flows, &mut aside)?;
    let out = Followed {
        ways: all.len() + aside.passed_over,
        left: usize::from(aside.left),
        says: aside.says,
        ..Followed::default()
    };
    Ok((all, out))
}

fn judged(
    case: Case<'_>,
    (from, all): (From, Vec<Way>),
    name: impl Fn(&Way) -> String,
    out: &mut Followed,
) {
    for way in all {
        out.left += usize::from(way.alternative.leaves());
        let refutes = match judge(case.network, case.compiled, case.property, &way) {
            Judged::Fine => continue,
            Judged::Refutes => true,
            Judged::Unclear => false,
        };
        out.found.push(Found {
            from,
            like: Vec::new(),
            to: name(&way),
            flow: way.alternative.sent,
            sent: way.sent,
            alternative: way.alternative,
            accept: way.accept,
            answer: way.answer,
            refutes,
            other: case.space.other,
            down: case.down.map(str::to_owned),
        });
    }
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
