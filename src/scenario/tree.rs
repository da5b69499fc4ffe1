//! The spanned tree that a scenario's YAML is read into.
//!
//! A tree keeps two things a typed deserializer loses: the text of every scalar exactly as written
//! (`0644` stays `0644`), and where it stands, so that every message can underline its cause.

use crate::model::Origin;

/// Bytes of a file of the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Index in [`Files`](crate::model::Files).
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The same place, as nouns and diagnostics keep it.
    #[must_use]
    pub fn origin(self) -> Origin {
        Origin::Text {
            file: self.file,
            start: self.start,
            end: self.end,
        }
    }
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Nothing, `~` or `null`: deletes in an edit.
    Null,
    /// The text as written, without quotes.
    Scalar(String),
    /// A list.
    Seq(Vec<Node>),
    /// A map in the order of the file, its keys distinct.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub kind: Kind,
    /// Where.
    pub span: Span,
}

impl Node {
    /// The value under `key`, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pairs()
            .iter()
            .find(|(k, _)| k.text == key)
            .map(|(_, v)| v)
    }

    /// The value under a path of keys.
    #[must_use]
    pub fn path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The pairs of a map; none for anything else.
    #[must_use]
    pub fn pairs(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Map(pairs) => pairs,
            Kind::Null | Kind::Scalar(_) | Kind::Seq(_) => &[],
        }
    }

    /// The pairs of the map under `key`.
    #[must_use]
    pub fn under(&self, key: &str) -> &[(Key, Node)] {
        self.get(key).map_or(&[], Node::pairs)
    }

    /// The elements of a list; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Seq(items) => items,
            Kind::Null | Kind::Scalar(_) | Kind::Map(_) => &[],
        }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => None,
        }
    }

    /// A scalar, or the scalars of a list: where a list is expected, one is enough.
    #[must_use]
    pub fn texts(&self) -> Vec<(&str, Span)> {
        match &self.kind {
            Kind::Scalar(text) => vec![(text, self.span)],
            Kind::Seq(items) => items
                .iter()
                .filter_map(|n| n.text().map(|t| (t, n.span)))
                .collect(),
            Kind::Null | Kind::Map(_) => Vec::new(),
        }
    }

    /// The text of the scalar under `key`.
    #[must_use]
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    /// The texts under `key`, none if it is absent.
    #[must_use]
    pub fn texts_of(&self, key: &str) -> Vec<(&str, Span)> {
        self.get(key).map(Node::texts).unwrap_or_default()
    }

    /// The boolean under `key`; the default if it is absent or malformed (reported elsewhere).
    #[must_use]
    pub fn flag(&self, key: &str, default: bool) -> bool {
        match self.text_of(key) {
            Some("true") => true,
            Some("false") => false,
            Some(_) | None => default,
        }
    }

    /// Where it was written.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.span.origin()
    }

    /// How many nodes it consists of.
    #[must_use]
    pub fn size(&self) -> usize {
        1 + match &self.kind {
            Kind::Null | Kind::Scalar(_) => 0,
            Kind::Seq(items) => items.iter().map(Node::size).sum(),
            Kind::Map(pairs) => pairs.iter().map(|(_, v)| v.size()).sum(),
        }
    }
}
