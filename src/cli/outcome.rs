//! Exit codes (semantics S7).

use crate::answer::Verdict;
use std::process::{ExitCode, Termination};

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0: delivered; all held; answered.
    Held,
    /// 1: not.
    Failed,
    /// 2: the input or the command line is wrong.
    Wrong,
    /// 3: cannot decide.
    Undecided,
    /// 4: the environment failed.
    Environment,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Outcome::Held => 0,
            Outcome::Failed => 1,
            Outcome::Wrong => 2,
            Outcome::Undecided => 3,
            Outcome::Environment => 4,
        }
    }

    /// The outcome of `trace`.
    #[must_use]
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Private | Verdict::Internet => Outcome::Held,
            Verdict::Mixed | Verdict::Denied | Verdict::Unreachable => Outcome::Failed,
            Verdict::Unknown => Outcome::Undecided,
        }
    }
}

impl Termination for Outcome {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}
