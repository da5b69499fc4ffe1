//! Paths of a walk: which steps lead to an ending, and the headers there.

use crate::engine::{End, Ending, Leg, Step, Walk, Why};
use crate::fabric::{Flow, Place};

/// A path without the numbers of its headers: two endings with equal keys are one alternative.
pub(super) type Key = (Vec<(Place, Leg, Why)>, End);

/// The numbers of a path's steps: of two paths that part, the one that was written first has the
/// lower number where they do.
pub(super) fn trail(walk: &Walk<Flow>, last: u32) -> Vec<usize> {
    let before = |at: &u32| walk.steps.get(*at as usize).map(|s| s.prev);
    let known = |at: &u32| (*at as usize) < walk.steps.len();
    let back = || std::iter::successors(Some(last), before).take_while(known);
    let mut path = Vec::with_capacity(back().count());
    path.extend(back().map(|at| at as usize));
    path.reverse();
    path
}

/// The steps of a path.
pub(super) fn steps<'w>(walk: &'w Walk<Flow>, path: &'w [usize]) -> impl Iterator<Item = &'w Step> {
    path.iter().filter_map(|at| walk.steps.get(*at))
}

/// What tells a path from others.
pub(super) fn key(walk: &Walk<Flow>, ending: &Ending<Flow>) -> Key {
    let path = trail(walk, ending.last);
    let steps = steps(walk, &path).map(|s| {
        let why = match s.why {
            Why::Crossed(link, _) => Why::Crossed(link, 0),
            Why::Arrived(_) => Why::Arrived(0),
            other => other,
        };
        (s.at, s.leg, why)
    });
    (steps.collect(), ending.end)
}

/// The headers where a link was crossed or the traffic arrived.
pub(super) fn header(walk: &Walk<Flow>, step: &Step) -> Option<Flow> {
    match step.why {
        Why::Crossed(_, header) | Why::Arrived(header) => {
            walk.headers.get(header as usize).copied()
        }
        _ => None,
    }
}
