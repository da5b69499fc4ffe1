//! Members of a family in sets of those who have something in common; edits part them.

use super::split::Twin;
use crate::fabric::NONE;

/// Which set each member is of.
#[derive(Clone, Debug)]
pub(super) struct Sets {
    /// Or `NONE`.
    of: Vec<u32>,
    /// How many each set has.
    sizes: Vec<usize>,
}

impl Sets {
    /// Of so many members, none in a set.
    pub(super) fn new(members: usize) -> Self {
        Self {
            of: vec![NONE; members],
            sizes: Vec::new(),
        }
    }

    /// How many members there are.
    pub(super) fn members(&self) -> usize {
        self.of.len()
    }

    /// The set of a member, or `NONE`.
    pub(super) fn of(&self, member: u32) -> u32 {
        self.of.get(member as usize).copied().unwrap_or(NONE)
    }

    /// Puts a member that is in none into a set: one that there is, or the next.
    pub(super) fn put(&mut self, member: u32, set: u32) {
        if let Some(of) = self.of.get_mut(member as usize) {
            *of = set;
        }
        match self.sizes.get_mut(set as usize) {
            Some(size) => *size += 1,
            None => self.sizes.push(1),
        }
    }

    /// Members are added that are like others.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        for twin in twins {
            let set = self.of(twin.like);
            self.of.push(set);
            if let Some(size) = self.sizes.get_mut(set as usize) {
                *size += 1;
            }
        }
    }

    /// Some members of a set, or all, are one of their own: its number, which is the next if others
    /// stay.
    pub(super) fn part(&mut self, was: u32, members: &[u32]) -> Option<u32> {
        let next = self.sizes.len() as u32;
        let size = self.sizes.get_mut(was as usize)?;
        if *size == members.len() {
            return Some(was);
        }
        *size = size.saturating_sub(members.len());
        self.sizes.push(members.len());
        for member in members {
            if let Some(of) = self.of.get_mut(*member as usize) {
                *of = next;
            }
        }
        Some(next)
    }
}
