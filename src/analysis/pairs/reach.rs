//! What one class of interfaces is reached by, at all ports.

use super::{Cell, Pairs, Tally};
use crate::analysis::classes::ClassId;
use crate::engine::Walker;
use crate::fabric::Flow;
use rustc_hash::FxHashMap;

/// At which ports a class reaches another: indices of [`Pairs::ports`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reach {
    /// From all client ports, whatever is chosen.
    pub all: Vec<usize>,
    /// From some, or sometimes.
    pub some: Vec<usize>,
    /// The input does not say.
    pub unknown: Vec<usize>,
}

impl Reach {
    /// Whether it is refused everywhere, for certain.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.all.is_empty() && self.some.is_empty() && self.unknown.is_empty()
    }
}

impl Pairs<'_> {
    /// Every class that reaches another, in order; what rows leave open the walker decides. Counts
    /// pairs of interfaces as it goes.
    pub fn reached(
        &self,
        to: ClassId,
        walker: &mut Walker<Flow>,
        tally: &mut Tally,
    ) -> Vec<(ClassId, Reach)> {
        let mut out: FxHashMap<ClassId, Reach> = FxHashMap::default();
        for (port, row) in self.rows_to(to).iter().enumerate() {
            *tally += row.tally(None);
            for (from, cell) in row.found() {
                let decided = match cell {
                    Cell::Open => self.walk(walker, (from, to), port),
                    cell => cell,
                };
                let reach = match decided {
                    Cell::None | Cell::Open => continue,
                    _ => out.entry(from).or_default(),
                };
                match decided {
                    Cell::All => reach.all.push(port),
                    Cell::Some => reach.some.push(port),
                    _ => reach.unknown.push(port),
                }
            }
        }
        let mut out: Vec<(ClassId, Reach)> = out.into_iter().collect();
        out.sort_unstable_by_key(|(from, _)| *from);
        out
    }
}
