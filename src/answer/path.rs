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

/// The steps of a path, each with its number, which orders headers.
pub(super) fn steps<'w>(
    walk: &'w Walk<Flow>,
    path: &'w [usize],
) -> impl Iterator<Item = (usize, &'w Step)> {
    let step = |at: &usize| Some((*at, walk.steps.get(*at)?));
    path.iter().filter_map(step)
}

/// What tells a path from others.
pub(super) fn key(walk: &Walk<Flow>, ending: &Ending<Flow>) -> Key {
    let path = trail(walk, ending.last);
    let steps = steps(walk, &path).map(|(_, s)| {
        let why = match s.why {
            Why::Crossed(link, _) => Why::Crossed(link, 0),
            other => other,
        };
        (s.at, s.leg, why)
    });
    (steps.collect(), ending.end)
}

/// The headers where a link was crossed or the traffic arrived. They are kept in the order of the
/// steps that keep one.
pub(super) fn header_at(walk: &Walk<Flow>, number: usize) -> Option<Flow> {
    let mut kept = 0;
    for step in walk.steps.get(..=number)?.iter().rev() {
        match step.why {
            Why::Crossed(_, header) => return walk.headers.get(header as usize + kept).copied(),
            Why::Arrived => kept += 1,
            _ => {}
        }
    }
    walk.headers.get(kept.checked_sub(1)?).copied()
}
