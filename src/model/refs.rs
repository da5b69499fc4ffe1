//! How one noun names another, and what the input does not contain.

use super::id::Id;
use super::origin::Origin;

/// A noun that the input names and does not contain (open world: imports).
#[derive(Clone, Debug, PartialEq)]
pub struct Unseen {
    /// The foreign id or name, e.g. `sg-0abc`.
    pub name: String,
    /// What kind of thing, in AWS's words, e.g. `security group`.
    pub kind: &'static str,
    /// Why it is missing: other account, not exported, not modelled.
    pub why: String,
    /// Where it was named.
    pub origin: Origin,
}

/// What a name turned out to mean.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning<T> {
    /// Not looked up yet; never found in a `Network`.
    Pending,
    /// A noun of the input.
    Known(Id<T>),
    /// Named, but not in the input.
    Unseen(Id<Unseen>),
}

impl<T> Clone for Meaning<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Meaning<T> {}

/// A name as written, and the noun it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Ref<T> {
    /// The user's words: `name`, `vpc/name` or an AWS id.
    pub text: String,
    /// Where they stand.
    pub origin: Origin,
    /// What they mean.
    pub to: Meaning<T>,
}

impl<T> Ref<T> {
    /// A name that has not been looked up.
    pub fn named(text: impl Into<String>, origin: &Origin) -> Self {
        Self {
            text: text.into(),
            origin: origin.clone(),
            to: Meaning::Pending,
        }
    }

    /// The noun, if the input contains it.
    #[must_use]
    pub fn id(&self) -> Option<Id<T>> {
        match self.to {
            Meaning::Known(id) => Some(id),
            Meaning::Pending | Meaning::Unseen(_) => None,
        }
    }
}

/// A fact the input states, or one it should have stated.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<T> {
    /// Stated, or AWS's default in a scenario.
    Known(T),
    /// An import that does not say.
    Unseen(Id<Unseen>),
}

impl<T> Fact<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(value) => Some(value),
            Fact::Unseen(_) => None,
        }
    }
}
