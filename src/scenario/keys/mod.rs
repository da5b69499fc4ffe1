//! The table of keys: what may stand where, of which type, with which default.
//!
//! One table drives the check of the input, the suggestions, and the JSON Schema, so they cannot
//! disagree. The rows are in `network` (what is inside a VPC), `transit` (transit gateways) and
//! `outside` (everything else).

use std::collections::HashMap;
use std::sync::LazyLock;

mod network;
mod outside;
mod transit;
mod words;

pub use words::{by_others, meant};

/// The shape of a value. Where a list of scalars is expected a single scalar is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A scalar.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Whole,
    /// A list of scalars, or one.
    Texts,
    /// The code of a Region.
    Region,
    /// A list of such codes, or one.
    Regions,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A map with the keys of a section.
    Map(&'static str),
    /// A map from names to maps with the keys of a section.
    Named(&'static str),
    /// The same from other texts (rule numbers, blocks, accounts).
    Keyed(&'static str),
    /// The same, and several of one text as a list.
    KeyedOrList(&'static str),
    /// A map from texts to scalars.
    TextMap,
    /// A map from texts to lists of scalars.
    TextsMap,
    /// A map from texts to such maps.
    TextsMapMap,
    /// A list of maps with the keys of a section.
    List(&'static str),
    /// A scalar, or a map with the keys of a section.
    TextOr(&'static str),
    /// A scalar, or a map from texts to scalars.
    TextOrTextMap,
    /// A map from texts to a scalar or a map with the keys of a section.
    TextMapOr(&'static str),
    /// A scalar, or a list of maps with the keys of a section.
    TextOrList(&'static str),
    /// A name, or a document that is checked where it is used.
    TextOrAny,
    /// A map from names to anything.
    NamedAny,
    /// Anything; checked where it is used.
    Any,
}

impl Type {
    /// Whether it is a map of named things, which is seldom a thing's own name.
    #[must_use]
    pub fn is_collection(self) -> bool {
        matches!(self, Type::Named(_))
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The map it belongs to, e.g. `subnet`.
    pub section: &'static str,
    /// The word itself.
    pub name: &'static str,
    /// What follows it.
    pub kind: Type,
    /// What holds if it is absent; `required` if it may not be.
    pub default: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// How it is written; empty where the sections below say it.
    pub example: &'static str,
}

impl Key {
    /// Whether the map is incomplete without it.
    #[must_use]
    pub fn required(&self) -> bool {
        self.default == "required"
    }
}

/// Rows without a line of struct syntax for each field.
macro_rules! keys {
    ($($section:literal { $($name:ident: $kind:expr, $default:literal, $example:literal, $doc:literal;)* })*) => {
        &[$(
            $($crate::scenario::keys::Key {
                section: $section,
                name: stringify!($name),
                kind: $kind,
                default: $default,
                doc: $doc,
                example: $example,
            },)*
        )*]
    };
}
use keys;

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Key> {
    outside::KEYS
        .iter()
        .chain(transit::KEYS)
        .chain(network::KEYS)
}

/// The rows of one section.
pub fn section(name: &str) -> impl Iterator<Item = &'static Key> {
    static SECTIONS: LazyLock<HashMap<&str, Vec<&Key>>> = LazyLock::new(|| {
        let mut sections: HashMap<&str, Vec<&Key>> = HashMap::new();
        for key in all() {
            sections.entry(key.section).or_default().push(key);
        }
        sections
    });
    let rows = SECTIONS.get(name).map_or(&[][..], Vec::as_slice);
    rows.iter().copied()
}

/// The section of the top level.
pub const TOP: &str = "scenario";

/// Whether a key may stand at the top level of a scenario.
#[must_use]
pub fn is_top_level(name: &str) -> bool {
    section(TOP).any(|k| k.name == name)
}
