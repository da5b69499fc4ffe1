//! From a [`Draft`] to a [`Network`]: names looked up, AWS's rules checked.

mod lookup;
mod noun;
mod report;
mod resolve;
mod uniqueness;

use super::{Draft, Network};
use crate::diagnostic::{Diagnostic, Severity};
use report::Report;

/// What [`build`] made of a draft.
#[derive(Clone, Debug)]
pub struct Built {
    /// The network, if nothing is wrong with it.
    pub network: Option<Network>,
    /// Everything that is wrong or suspicious, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Looks up every name and checks what AWS would not allow.
#[must_use]
pub fn build(mut draft: Draft) -> Built {
    let mut report = Report::new(draft.world);
    resolve::resolve(&mut draft, &mut report);
    uniqueness::check(&draft, &mut report);
    let diagnostics = report.finish();
    let sound = diagnostics.iter().all(|d| d.severity != Severity::Error);
    Built {
        network: sound.then_some(Network(draft)),
        diagnostics,
    }
}
