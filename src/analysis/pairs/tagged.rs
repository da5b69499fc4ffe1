//! Who has which tag, as rows about marks ask.

use super::legs::Whose;
use super::places::Places;
use super::split::Twin;
use super::turns::Turns;
use crate::fabric::Fabric;
use rustc_hash::FxHashMap;

/// The members of one family by their tags.
#[derive(Clone, Debug, Default)]
pub(super) struct Tagged {
    /// Runs of the members with each mark that somebody has.
    runs: Vec<Vec<(u32, u32)>>,
    /// By turn, the first being none: numbers of marks by what the turn makes of their tags.
    by_tag: Vec<FxHashMap<u32, Vec<u32>>>,
}

impl Tagged {
    pub(super) fn new(fabric: &Fabric, places: &Places, turns: &Turns) -> Self {
        let mut known: FxHashMap<u32, u32> = FxHashMap::default();
        let mut marks: Vec<u32> = Vec::new();
        let mut out = Self::default();
        for (number, member) in (0..).zip(&places.members) {
            let node = fabric.nodes.get(member.node as usize);
            let mark = node.map_or(0, |n| n.mark);
            let at = *known.entry(mark).or_insert_with(|| {
                marks.push(mark);
                out.runs.push(Vec::new());
                marks.len() as u32 - 1
            });
            if let Some(runs) = out.runs.get_mut(at as usize) {
                longer(runs, (number, number + 1));
            }
        }
        for turn in std::iter::once(None).chain((0..turns.len()).map(Some)) {
            let mut by_tag: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
            for (at, mark) in (0..).zip(&marks) {
                let mark = turn.map_or(*mark, |turn| turns.of(turn, *mark));
                let tags = fabric.marks.get(mark as usize);
                for tag in tags.into_iter().flatten() {
                    by_tag.entry(*tag).or_default().push(at);
                }
            }
            out.by_tag.push(by_tag);
        }
        out
    }

    /// A member is added, the last, that is like another.
    pub(super) fn alike(&mut self, Twin { number, like }: Twin) {
        let has =
            |runs: &&mut Vec<(u32, u32)>| runs.iter().any(|(lo, hi)| *lo <= like && like < *hi);
        if let Some(runs) = self.runs.iter_mut().find(has) {
            longer(runs, (number, number + 1));
        }
    }

    /// Runs of those who have a tag when they arrive.
    pub(super) fn have(
        &self,
        fabric: &Fabric,
        whose: Whose,
        tag: u32,
        len: usize,
        out: &mut Vec<(u32, u32)>,
    ) {
        let turn = match whose {
            Whose::Sender => 0,
            Whose::Turned(turn) => turn as usize + 1,
            Whose::Is(mark) => {
                let tags = fabric.marks.get(mark as usize);
                if tags.is_some_and(|t| t.binary_search(&tag).is_ok()) {
                    out.push((0, len as u32));
                }
                return;
            }
        };
        let marks = self.by_tag.get(turn).and_then(|t| t.get(&tag));
        for mark in marks.into_iter().flatten() {
            out.extend(self.runs.get(*mark as usize).into_iter().flatten());
        }
    }
}

/// Adds a run to others that come before it.
pub(super) fn longer(runs: &mut Vec<(u32, u32)>, (from, to): (u32, u32)) {
    match runs.last_mut() {
        Some((_, end)) if *end == from => *end = to,
        _ => runs.push((from, to)),
    }
}
