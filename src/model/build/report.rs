//! Findings collected while a draft is built.

use crate::diagnostic::{Diagnostic, Severity, in_order};
use crate::model::{Origin, World};

/// Collects findings; what is an error in a scenario is a warning in an import, because an import
/// records a state that exists. What a scenario adds to an import is an error there too.
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
        if self.world == World::Open && !diagnostic.origin.is_written() {
            diagnostic.severity = Severity::Warning;
        }
        self.list.push(diagnostic);
    }

    /// An error, or of an import a warning, without help.
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
        in_order(&mut self.list);
        // One name in the text may stand behind several references.
        self.list.dedup_by(|a, b| {
            let same = (a.code, &a.origin, &a.message) == (b.code, &b.origin, &b.message);
            same && a.code == "unknown-name"
        });
        self.list
    }
}
