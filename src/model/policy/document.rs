//! A JSON tree that knows where it stands: what both doors make of their policies.

use crate::model::Origin;
use serde::{Deserialize, Serialize};

/// A value of a policy document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// What it is.
    pub shape: Shape,
    /// Where it was written.
    pub origin: Origin,
}

/// What a value is. Numbers and booleans are texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// `null`.
    Nothing,
    /// A scalar.
    Text(String),
    /// A list.
    List(Vec<Document>),
    /// A map: key, where it stands, value.
    Map(Vec<(String, Origin, Document)>),
}

impl Document {
    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Document> {
        let mut pairs = self.pairs().iter();
        pairs.find(|(k, ..)| k == key).map(|(_, _, v)| v)
    }

    /// The pairs of a map; none for anything else.
    #[must_use]
    pub fn pairs(&self) -> &[(String, Origin, Document)] {
        match &self.shape {
            Shape::Map(pairs) => pairs,
            Shape::Nothing | Shape::Text(_) | Shape::List(_) => &[],
        }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            Shape::Nothing | Shape::List(_) | Shape::Map(_) => None,
        }
    }

    /// The elements of a list, or the value itself: IAM takes one where it takes a list.
    #[must_use]
    pub fn each(&self) -> Vec<&Document> {
        match &self.shape {
            Shape::List(items) => items.iter().collect(),
            Shape::Nothing | Shape::Text(_) | Shape::Map(_) => vec![self],
        }
    }
}
