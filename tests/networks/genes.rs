//! What a case is made of: numbers, read from the front. Zero is always the plainest choice, so
//! that a case shrinks by zeroing.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// How many numbers a case has; who wants more reads zeros.
const LENGTH: usize = 4096;

/// Numbers that decide everything random about a case.
#[derive(Clone, Debug)]
pub struct Genes {
    numbers: Vec<u16>,
    next: usize,
}

impl Genes {
    /// The genes of a seed: the same on every machine.
    pub fn seeded(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let numbers = (0..LENGTH / 4).flat_map(|_| {
            let wide = rng.next_u64();
            (0..4).map(move |i| (wide >> (16 * i)) as u16)
        });
        Self::of(numbers.collect())
    }

    /// These very numbers.
    pub fn of(numbers: Vec<u16>) -> Self {
        Self { numbers, next: 0 }
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let number = self.numbers.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        usize::from(number) % n
    }

    /// True in so many percent of cases, and never for zero.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of a list, the first for zero.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// One of a list by weight, the first for zero.
    pub fn weigh<T: Clone>(&mut self, of: &[(usize, T)]) -> T {
        let mut left = self.below(of.iter().map(|(weight, _)| weight).sum());
        for (weight, what) in of {
            if left < *weight {
                return what.clone();
            }
            left -= weight;
        }
        of[0].1.clone()
    }
}
