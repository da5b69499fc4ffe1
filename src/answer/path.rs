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

/// Most paths have no more steps.
const USUAL: usize = 64;

/// The steps of a path, and the headers of those that keep them, first to last.
pub(super) fn path(walk: &Walk<Flow>, last: u32) -> (Vec<Step>, Vec<Flow>) {
    let mut steps = Vec::with_capacity(walk.steps.len().min(USUAL));
    let mut headers = Vec::with_capacity(walk.headers.len().min(USUAL));
    for (number, &engine::Step { at, leg, why, .. }) in back(walk, last) {
        let step = Step { at, leg, why };
        if step.keeps_header() {
            headers.extend(header_at(walk, number));
        }
        steps.push(step);
    }
    steps.reverse();
    headers.reverse();
    let keep = steps.iter_mut().filter(|s| s.keeps_header());
    for (number, step) in keep.enumerate() {
        if let Why::Crossed(_, header) = &mut step.why {
            *header = number as u32;
        }
    }
    (steps, headers)
}

/// The headers where a link was crossed or the traffic arrived. They are kept in the order of the
/// steps that keep one.
fn header_at(walk: &Walk<Flow>, number: u32) -> Option<Flow> {
    let mut kept = 0;
    for step in walk.steps.get(..=number as usize)?.iter().rev() {
        match step.why {
            Why::Crossed(_, header) => return walk.headers.get(header as usize + kept).copied(),
            Why::Arrived => kept += 1,
            _ => {}
        }
    }
    walk.headers.get(kept.checked_sub(1)?).copied()
}
