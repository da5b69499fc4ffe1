//! Paths of a walk: which steps lead to an ending, and the headers there.

use super::verdict::Step;
use crate::engine::{self, Walk, Why};
use crate::fabric::Flow;
use smallvec::SmallVec;

/// The numbers of a path's steps: of two paths that part, the one that was written first has the
/// lower number where they do.
pub(super) fn trail(walk: &Walk<Flow>, last: u32) -> SmallVec<[u32; 64]> {
    let (mut path, mut at) = (SmallVec::new(), last);
    while let Some(step) = walk.steps.get(at as usize) {
        path.push(at);
        at = step.prev;
    }
    path.reverse();
    path
}

/// The steps of a path, and the headers of those that keep them, first to last.
pub(super) fn path(walk: &Walk<Flow>, last: u32) -> (Vec<Step>, Vec<Flow>) {
    let numbers = trail(walk, last);
    let mut steps = Vec::with_capacity(numbers.len());
    let mut headers = Vec::with_capacity(numbers.len().min(walk.headers.len()));
    for number in numbers {
        let Some(&engine::Step { at, leg, why, .. }) = walk.steps.get(number as usize) else {
            break;
        };
        let why = match why {
            Why::Crossed(link, _) => Why::Crossed(link, headers.len() as u32),
            other => other,
        };
        let step = Step { at, leg, why };
        if step.keeps_header() {
            headers.extend(header_at(walk, number));
        }
        steps.push(step);
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
