//! Ways that are as good as each other: somebody picks one, nobody knows which, so each is walked.

use super::compile::Compiler;
use crate::code::Code;
use crate::fabric::{Action, Alternative, NONE, Rewrite, RowSpec, Span};
use crate::model::Origin;

/// One of several ways.
pub(super) struct OneWay {
    /// Its name, for people.
    pub(super) text: String,
    /// Where it was written.
    pub(super) origin: Origin,
    /// Where it leads.
    pub(super) then: Action,
    /// Where it is remembered that it was taken, or `NONE`.
    pub(super) keep: u32,
    /// For replies that took it, and for nobody else.
    pub(super) only_kept: bool,
}

impl Compiler<'_> {
    /// Every one of these ways; `otherwise` if there is none.
    pub(super) fn either(&mut self, table: &str, ways: Vec<OneWay>, otherwise: Code) -> Action {
        if let [only] = ways.as_slice() {
            return only.then;
        }
        let mut alternatives = Vec::with_capacity(ways.len());
        for way in ways {
            let OneWay {
                text,
                origin,
                then,
                keep,
                only_kept,
            } = way;
            let spec = RowSpec::address(Span::Any, then, &origin, text);
            let row = self.b.cited(table, spec);
            alternatives.push(Alternative {
                unless: NONE,
                rewrite: Rewrite::default(),
                pull: NONE,
                mark: false,
                keep,
                only_kept,
                then,
                row,
            });
        }
        self.b.choosing(alternatives, otherwise)
    }
}
