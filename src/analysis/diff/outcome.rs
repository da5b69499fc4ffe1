//! What of an answer a person would act on: what differs in nothing of it has not changed.

use crate::answer::{Answer, Verdict};
use crate::fabric::Outside;

/// What came of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Primary mechanisms of what is delivered, joined by `|`.
    pub mechanism: String,
    /// Whether what is delivered leaves AWS's network.
    pub leaves_aws: Outside,
    /// Of a mixed verdict, the client ports of each class.
    pub ways: Vec<(Verdict, Vec<(u16, u16)>)>,
}

impl Outcome {
    /// Of an answer. By which way something is not delivered is no difference.
    #[must_use]
    pub fn of(answer: &Answer) -> Self {
        let delivered = || answer.alternatives.iter().filter(|a| a.delivered());
        let mut mechanisms: Vec<&str> = delivered().filter_map(|a| a.mechanism).collect();
        mechanisms.sort_unstable();
        mechanisms.dedup();
        let mut ways = Vec::new();
        if answer.verdict == Verdict::Mixed {
            let all = answer.alternatives.iter();
            ways.extend(all.map(|a| (a.class, a.ports.clone())));
            ways.sort_unstable();
            ways.dedup();
        }
        Self {
            verdict: answer.verdict,
            mechanism: mechanisms.join("|"),
            leaves_aws: delivered().map(|a| a.outside).max().unwrap_or_default(),
            ways,
        }
    }

    /// Whether data is missing.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.verdict == Verdict::Unknown
    }
}

/// Whether two outcomes differ: what is not there is not reached.
pub(super) fn differ([before, after]: &[Option<Outcome>; 2]) -> bool {
    let nothing = |one: &Outcome| one.verdict == Verdict::Unreachable;
    match (before, after) {
        (Some(before), Some(after)) => before != after,
        (Some(one), None) | (None, Some(one)) => !nothing(one),
        (None, None) => false,
    }
}
