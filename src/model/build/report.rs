//! Findings collected while a draft is built.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Origin, World};

/// Collects findings; what is an error in a scenario is a warning in an import, because an import
/// records a state that exists.
pub(super) struct Report {
    world: World,
    list: Vec<Diagnostic>,
}

impl Report {
    pub(super) fn new(world: World) -> Self {
        Self {
            world,
            list: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, mut diagnostic: Diagnostic) {
        if self.world == World::Open {
            diagnostic.severity = Severity::Warning;
        }
        self.list.push(diagnostic);
    }

    /// An error, or in an open world a warning, without help.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        at: impl Into<String>,
        origin: &Origin,
        message: impl Into<String>,
    ) {
        self.push(Diagnostic::error(code, at, origin, message));
    }

    /// The findings in the order of the input.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_cached_key(|d| place(&d.origin));
        self.list
    }
}

/// A key that sorts origins as their texts run; numbers in pointers count as numbers.
fn place(origin: &Origin) -> (u8, u32, u32, Vec<(u64, String)>) {
    match origin {
        Origin::Text { file, start, .. } => (0, *file, *start, Vec::new()),
        Origin::Json { file, pointer } => {
            let steps = pointer
                .split('/')
                .map(|s| match s.parse() {
                    Ok(number) => (number, String::new()),
                    Err(_) => (0, s.to_owned()),
                })
                .collect();
            (1, *file, 0, steps)
        }
        Origin::Implied(_) => (2, 0, 0, Vec::new()),
        Origin::Unknown => (3, 0, 0, Vec::new()),
    }
}
