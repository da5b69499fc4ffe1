//! Rows of bits.

use super::split::Twin;

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
        self.masked(from, to, |word, mask| *word |= mask);
    }

    /// Each word with some of those from one up to, but without, another, and which of its bits they
    /// are.
    fn masked(&mut self, from: u32, to: u32, mut each: impl FnMut(&mut u64, u64)) {
        if from >= to {
            return;
        }
        let (first, last) = (from as usize / 64, (to - 1) as usize / 64);
        let low = u64::MAX << (from % 64);
        let high = u64::MAX >> (63 - (to - 1) % 64);
        let words = self.0.get_mut(first..).unwrap_or_default();
        match words.get_mut(..last - first + 1) {
            Some([one]) => each(one, low & high),
            Some([begin, middle @ .., end]) => {
                each(begin, low);
                middle.iter_mut().for_each(|word| each(word, u64::MAX));
                each(end, high);
            }
            _ => {}
        }
    }

    /// Moves those from one up to, but without, another, that are among these to two others, or to
    /// one; or leaves them where they are as well.
    pub(super) fn pass<'b>(
        &mut self,
        (from, to): (u32, u32),
        (pass, doubt): (Option<&'b mut Self>, Option<&'b mut Self>),
        stay: bool,
    ) {
        let first = from as usize / 64;
        let tail = |bits: Option<&'b mut Self>| bits.map(|b| b.0.iter_mut().skip(first));
        let (mut pass, mut doubt) = (tail(pass), tail(doubt));
        self.masked(from, to, |word, mask| {
            let hit = *word & mask;
            for out in [pass.as_mut(), doubt.as_mut()].into_iter().flatten() {
                if let Some(out) = out.next() {
                    *out |= hit;
                }
            }
            if !stay {
                *word &= !hit;
            }
        });
    }

    /// Adds the others.
    pub fn or(&mut self, others: &Self) {
        for (a, b) in self.0.iter_mut().zip(&others.0) {
            *a |= b;
        }
    }

    /// Adds those that are among both others.
    pub(super) fn or_both(&mut self, some: &Self, others: &Self) {
        for ((a, b), c) in self.0.iter_mut().zip(&some.0).zip(&others.0) {
            *a |= b & c;
        }
    }

    /// Adds those that are among all three others.
    pub(super) fn or_all(&mut self, some: &Self, others: &Self, more: &Self) {
        let others = others.0.iter().zip(&more.0);
        for ((a, b), (c, d)) in self.0.iter_mut().zip(&some.0).zip(others) {
            *a |= b & c & d;
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

    /// Says of one that may be new what is said of another.
    pub(super) fn alike(&mut self, Twin { number, like }: Twin) {
        let words = number as usize / 64 + 1;
        if self.0.len() < words {
            // Of many that grow at once, none takes more than it needs.
            self.0.reserve_exact(words - self.0.len());
            self.0.resize(words, 0);
        }
        if self.has(like) {
            self.set(number);
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

    /// The runs of those that are there: from one up to, but without, another.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let len = self.0.len() as u32 * 64;
        let mut at = 0;
        std::iter::from_fn(move || {
            let from = self.next(at, len, 0)?;
            at = self.next(from, len, u64::MAX).unwrap_or(len);
            Some((from, at))
        })
    }

    /// The first from one on that is there, or, if all bits are to be turned, that is not.
    fn next(&self, from: u32, len: u32, turn: u64) -> Option<u32> {
        let mut at = from;
        while at < len {
            let word = (self.0.get(at as usize / 64)? ^ turn) >> (at % 64);
            if word != 0 {
                return Some(at + word.trailing_zeros());
            }
            at = (at / 64 + 1) * 64;
        }
        None
    }

    /// The words, 64 to each.
    pub(super) fn words(&self) -> &[u64] {
        &self.0
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn bytes(len: usize) -> u64 {
        len.div_ceil(64) as u64 * 8
    }
}
