//! Scenario files: YAML to [`Draft`].
//!
//! ```text
//! text ─parse─► tree ─merge (base, edits)─► tree ─check (keys)─lower─► Draft + expectations
//! ```
//!
//! Only syntax, keys, values and kinds are judged here; names and what AWS would not allow are
//! [`model::build`](crate::model::build)'s.

mod cases;
mod check;
mod consequences;
pub mod expect;
pub mod keys;
mod lower;
mod merge;
mod over;
mod parse;
pub mod print;
mod schema;
pub mod tree;
mod values;

pub use cases::{load, load_beside, load_property};
pub use lower::selector;
pub use over::{Beside, Import, NoImport};
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_SCALAR};
pub use schema::schema;

use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Files, Origin};
use crate::property::Property;
use expect::Expect;

/// A scenario: networks, each with what must hold of it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub about: Option<String>,
    /// The file itself, then its `cases`.
    pub cases: Vec<Case>,
    /// The texts that origins point into.
    pub files: Files,
}

/// One network and what must hold of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called; the scenario's name for the file itself.
    pub name: String,
    /// What says so.
    pub cite: Vec<String>,
    /// Why it matters.
    pub why: Option<String>,
    /// The case it edits, by number; none for the file itself.
    pub after: Option<usize>,
    /// Whether it is a later state of that one: `after: previous`.
    pub follows: bool,
    /// The network, names not yet looked up.
    pub draft: Draft,
    /// What must hold of flows.
    pub expect: Vec<Expect>,
    /// What must hold of many flows.
    pub properties: Vec<Property>,
    /// The errors that loading must give, exactly.
    pub refuse: Vec<Refuse>,
    /// What `lint` must find, exactly; none: it is not asked.
    pub lints: Option<Vec<Refuse>>,
    /// What loading found, if `refuse` expects something of it.
    pub diagnostics: Vec<Diagnostic>,
    /// Where it was written.
    pub origin: Origin,
}

/// An error that loading must give, or a warning of `lint`.
#[derive(Clone, Debug, PartialEq)]
pub struct Refuse {
    /// Its code.
    pub code: String,
    /// Its component.
    pub at: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// What [`load`] made of a file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The scenario, if nothing is wrong with it.
    pub scenario: Option<Scenario>,
    /// Everything that is wrong, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that were read.
    pub files: Files,
}
