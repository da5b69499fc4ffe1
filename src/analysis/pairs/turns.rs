//! What becomes of marks over several links that change them: each turn, and each after another.

use crate::fabric::Fabric;

/// More of them than any way needs.
const MOST: usize = 32;

/// Turns of marks, with all that come of one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    /// What each makes of every mark; those of the fabric first.
    all: Vec<Vec<u32>>,
}

impl Turns {
    pub(super) fn new(fabric: &Fabric) -> Self {
        let marks = 0..fabric.marks.len() as u32;
        let of = |turn| marks.clone().map(|m| fabric.turned(turn, m)).collect();
        let own = fabric.turns.len();
        let mut all: Vec<Vec<u32>> = (0..own as u32).map(of).collect();
        let mut next = 0;
        while let Some(first) = all.get(next).cloned().filter(|_| all.len() < MOST) {
            next += 1;
            for then in 0..own {
                let both = after(&first, all.get(then));
                if all.len() < MOST && !all.contains(&both) {
                    all.push(both);
                }
            }
        }
        Self { all }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u32 {
        self.all.len() as u32
    }

    /// What one makes of a mark.
    pub(super) fn of(&self, turn: u32, mark: u32) -> u32 {
        let all = self.all.get(turn as usize);
        let mark = all.and_then(|all| all.get(mark as usize));
        mark.copied().unwrap_or_default()
    }

    /// The turn that one and then another make.
    pub(super) fn then(&self, first: u32, then: u32) -> Option<u32> {
        let both = after(self.all.get(first as usize)?, self.all.get(then as usize));
        let at = self.all.iter().position(|known| *known == both)?;
        Some(at as u32)
    }
}

fn after(first: &[u32], then: Option<&Vec<u32>>) -> Vec<u32> {
    let then = |mark: &u32| then.and_then(|t| t.get(*mark as usize)).copied();
    first
        .iter()
        .map(|mark| then(mark).unwrap_or_default())
        .collect()
}
