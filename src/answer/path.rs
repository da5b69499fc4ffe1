//! Paths of a walk: which steps lead to an ending, and the headers there.

use super::verdict::Step;
use crate::engine::{self, Walk, Why};
use crate::fabric::Flow;

/// The steps of a path with their numbers, last to first.
fn back(walk: &Walk<Flow>, last: u32) -> impl Iterator<Item = (u32, &engine::Step)> {
    let step = |at: u32| Some((at, walk.steps.get(at as usize)?));
    std::iter::successors(step(last), move |(_, s)| step(s.prev))
}

/// The numbers of a path's steps: of two paths that part, the one that was written first has the
/// lower number where they do.
pub(super) fn trail(walk: &Walk<Flow>, last: u32) -> Vec<u32> {
    let mut path: Vec<u32> = back(walk, last).map(|(number, _)| number).collect();
    path.reverse();
    path
}

/// The steps of a path first to last, and the headers on it: steps say which of those they met.
pub(super) fn path(walk: &Walk<Flow>, last: u32) -> (Vec<Step>, Vec<Flow>) {
    let mut steps = Vec::with_capacity(back(walk, last).count());
    steps.extend(
        back(walk, last).map(|(_, &engine::Step { at, leg, why, .. })| Step { at, leg, why }),
    );
    steps.reverse();
    let (mut headers, mut kept) = (Vec::with_capacity(walk.headers.len()), None);
    for step in &mut steps {
        if let Why::Crossed(_, header) | Why::Arrived(header) = &mut step.why {
            if kept.replace(*header) != Some(*header) {
                headers.extend(walk.headers.get(*header as usize).copied());
            }
            *header = (headers.len() as u32).saturating_sub(1);
        }
    }
    (steps, headers)
}
