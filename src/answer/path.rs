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

/// The steps of a path first to last, and the headers on it: steps say which of those they met.
pub(super) fn path(walk: &Walk<Flow>, last: u32) -> (Vec<Step>, Vec<Flow>) {
    let numbers = trail(walk, last);
    let mut steps = Vec::with_capacity(numbers.len());
    let (mut headers, mut kept) = (Vec::with_capacity(walk.headers.len()), None);
    for number in numbers {
        let Some(&engine::Step {
            at, leg, mut why, ..
        }) = walk.steps.get(number as usize)
        else {
            break;
        };
        if let Why::Crossed(_, header) | Why::Arrived(header) = &mut why {
            if kept.replace(*header) != Some(*header) {
                headers.extend(walk.headers.get(*header as usize).copied());
            }
            *header = (headers.len() as u32).saturating_sub(1);
        }
        steps.push(Step { at, leg, why });
    }
    (steps, headers)
}
