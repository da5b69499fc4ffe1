//! What a case is made of: a list of numbers, read from the front. Zero is always the plainest
//! choice, so that a failing case shrinks by zeroing.

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{TestRng, TestRunner};

/// How many numbers a case has; a reader that wants more reads zeros.
const LENGTH: usize = 1024;

/// Reads genes.
pub struct Genes<'a> {
    rest: std::slice::Iter<'a, u16>,
}

impl<'a> Genes<'a> {
    pub fn new(genes: &'a [u16]) -> Self {
        Self { rest: genes.iter() }
    }

    fn next(&mut self) -> u32 {
        self.rest.next().copied().map_or(0, u32::from)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u32) -> u32 {
        self.next() % n
    }

    /// True in so many percent of cases, and never for zero.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.next() % 100 >= 100 - percent
    }

    /// One of a list.
    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }

    /// A number of a range.
    pub fn within(&mut self, (lo, hi): (u32, u32)) -> u32 {
        lo + self.next() % (hi - lo + 1)
    }

    /// Any number.
    pub fn any(&mut self) -> u16 {
        self.next() as u16
    }
}

/// Random genes.
pub fn any(rng: &mut TestRng) -> Vec<u16> {
    let mut bytes = [0; LENGTH * 2];
    rng.fill_bytes(&mut bytes);
    let two = bytes.chunks(2);
    two.map(|b| u16::from_le_bytes([b[0], b[1]])).collect()
}

/// Lists of genes.
#[derive(Clone, Copy, Debug)]
pub struct AnyGenes;

/// Shrinks by zeroing blocks, large ones first.
pub struct Shrinking {
    genes: Vec<u16>,
    block: usize,
    at: usize,
    before: Option<(usize, Vec<u16>)>,
}

impl Strategy for AnyGenes {
    type Tree = Shrinking;
    type Value = Vec<u16>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Shrinking {
            genes: any(runner.rng()),
            block: LENGTH / 2,
            at: 0,
            before: None,
        })
    }
}

impl ValueTree for Shrinking {
    type Value = Vec<u16>;

    fn current(&self) -> Vec<u16> {
        self.genes.clone()
    }

    fn simplify(&mut self) -> bool {
        while self.block > 0 {
            let (from, to) = (self.at, (self.at + self.block).min(self.genes.len()));
            if from >= to {
                (self.block, self.at) = (self.block / 2, 0);
                continue;
            }
            self.at = to;
            let part = &mut self.genes[from..to];
            if part.iter().any(|g| *g != 0) {
                self.before = Some((from, part.to_vec()));
                part.fill(0);
                return true;
            }
        }
        false
    }

    fn complicate(&mut self) -> bool {
        let Some((from, part)) = self.before.take() else {
            return false;
        };
        self.genes[from..from + part.len()].copy_from_slice(&part);
        true
    }
}
