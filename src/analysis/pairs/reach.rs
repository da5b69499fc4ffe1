//! What one class of interfaces is reached by, at all ports.

use super::{Cell, Pairs, Tally};
use crate::analysis::classes::ClassId;
use crate::engine::Walker;
use crate::fabric::Flow;

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
        let mut out: Vec<(ClassId, Reach)> = Vec::new();
        for port in 0..self.ports().len() {
            let row = self.row(to, port);
            *tally += row.tally(None);
            for (from, cell) in row.cells() {
                let decided = match cell {
                    Cell::Open => self.walk(walker, (from, to), port),
                    cell => cell,
                };
                if decided == Cell::None {
                    continue;
                }
                let at = match out.binary_search_by_key(&from, |(from, _)| *from) {
                    Ok(at) => at,
                    Err(at) => {
                        out.insert(at, (from, Reach::default()));
                        at
                    }
                };
                let Some((_, reach)) = out.get_mut(at) else {
                    continue;
                };
                match decided {
                    Cell::All => reach.all.push(port),
                    Cell::Some => reach.some.push(port),
                    Cell::Unknown => reach.unknown.push(port),
                    Cell::None | Cell::Open => {}
                }
            }
        }
        out
    }
}
