//! Rows of bits.

/// A set of small numbers, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bits(Vec<u64>);

/// A word and a bit of it.
fn split(number: u32) -> (usize, u64) {
    (number as usize / 64, 1 << (number % 64))
}

impl Bits {
    /// None of so many.
    #[must_use]
    pub fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    /// All of so many.
    #[must_use]
    pub fn all(len: usize) -> Self {
        let mut out = Self::none(len);
        out.fill(0, len as u32);
        out
    }

    /// Adds one.
    pub fn set(&mut self, number: u32) {
        let (word, bit) = split(number);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Takes one out.
    pub fn clear(&mut self, number: u32) {
        let (word, bit) = split(number);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether one is among them.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        let (word, bit) = split(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Adds those from one up to, but without, another.
    pub fn fill(&mut self, from: u32, to: u32) {
        if from >= to {
            return;
        }
        let (first, last) = (from as usize / 64, (to - 1) as usize / 64);
        let low = u64::MAX << (from % 64);
        let high = u64::MAX >> (63 - (to - 1) % 64);
        for (number, word) in (first..=last).zip(self.0.iter_mut().skip(first)) {
            let mut mask = u64::MAX;
            if number == first {
                mask &= low;
            }
            if number == last {
                mask &= high;
            }
            *word |= mask;
        }
    }

    /// Adds the others.
    pub fn or(&mut self, others: &Self) {
        for (a, b) in self.0.iter_mut().zip(&others.0) {
            *a |= b;
        }
    }

    /// Keeps those that are among the others as well.
    pub fn and(&mut self, others: &Self) {
        for (a, b) in self.0.iter_mut().zip(&others.0) {
            *a &= b;
        }
    }

    /// Keeps those that are not among the others.
    pub fn without(&mut self, others: &Self) {
        for (a, b) in self.0.iter_mut().zip(&others.0) {
            *a &= !b;
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|w| u64::from(w.count_ones())).sum()
    }

    /// Each of them, the lowest first.
    pub fn ones(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().zip(0u32..).flat_map(|(word, at)| {
            let next = |rest: &u64| Some(rest & rest.wrapping_sub(1)).filter(|r| *r != 0);
            let first = Some(*word).filter(|w| *w != 0);
            std::iter::successors(first, next).map(move |rest| at * 64 + rest.trailing_zeros())
        })
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn bytes(len: usize) -> u64 {
        len.div_ceil(64) as u64 * 8
    }
}
