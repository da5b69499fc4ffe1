//! What is printed, before it is text: maps whose keys, order and defaults are the table's.

use super::super::keys::{self, Type};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Doc {
    /// A word of the grammar or a number.
    Word(String),
    /// A text of the user's, quoted where YAML would read it otherwise.
    Text(String),
    /// A text that other readers of YAML would take for a number.
    Quoted(String),
    /// A list.
    List(Vec<Doc>),
    /// A map.
    Map(Map),
}

impl Doc {
    /// Makes of one value, or of a list, a list with one more.
    pub(super) fn join(&mut self, other: Doc) {
        match self {
            Doc::List(values) => values.push(other),
            one => *one = Doc::List(vec![std::mem::replace(one, Doc::List(Vec::new())), other]),
        }
    }

    /// A list, or the one value that it has.
    pub(super) fn one_or_list(mut values: Vec<Doc>) -> Self {
        match values.pop() {
            Some(one) if values.is_empty() => one,
            last => {
                values.extend(last);
                Doc::List(values)
            }
        }
    }
}

/// A map with the keys of a section, or with any keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Map {
    section: &'static str,
    pub(super) pairs: Vec<Pair>,
    /// Has a line for each entry, however short.
    pub(super) open: bool,
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) value: Doc,
    /// Its place in the table of keys.
    rank: usize,
}

impl Map {
    /// A map with the keys of a section of the table.
    pub(super) fn of(section: &'static str) -> Self {
        Self {
            section,
            pairs: Vec::new(),
            open: false,
        }
    }

    /// A map with any keys.
    pub(super) fn free() -> Self {
        Self::of("")
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Adds an entry of a map with any keys.
    pub(super) fn push(&mut self, key: &str, value: Doc) {
        let key = key.to_owned();
        let rank = self.pairs.len();
        self.pairs.push(Pair { key, value, rank });
    }

    /// Adds what is under a key of the section, in the order of the table, unless it is what holds
    /// anyway.
    pub(super) fn put(&mut self, key: &str, mut value: Doc) {
        let mut rows = keys::section(self.section).enumerate();
        let Some((rank, row)) = rows.find(|(_, k)| k.name == key) else {
            return self.push(key, value);
        };
        match &mut value {
            Doc::Word(word) if row.default == word => return,
            Doc::Map(map) => map.open = matches!(row.kind, Type::Named(_)),
            _ => {}
        }
        let place = self.pairs.partition_point(|p| p.rank < rank);
        let key = key.to_owned();
        self.pairs.insert(place, Pair { key, value, rank });
    }

    /// A word of the grammar or a number; left out where it is the default.
    pub(super) fn word(&mut self, key: &str, word: impl ToString) {
        self.put(key, Doc::Word(word.to_string()));
    }

    /// A text of the user's.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.put(key, Doc::Text(text.to_owned()));
    }

    pub(super) fn quoted(&mut self, key: &str, text: &str) {
        self.put(key, Doc::Quoted(text.to_owned()));
    }

    /// A text, if there is one.
    pub(super) fn maybe(&mut self, key: &str, text: Option<impl ToString>) {
        if let Some(text) = text {
            self.text(key, &text.to_string());
        }
    }

    /// A list of values: none is not said, and one stands alone.
    pub(super) fn list(&mut self, key: &str, values: Vec<Doc>) {
        if !values.is_empty() {
            self.full_list(key, values);
        }
    }

    /// A list that is said even if it is empty.
    pub(super) fn full_list(&mut self, key: &str, values: Vec<Doc>) {
        self.put(key, Doc::one_or_list(values));
    }

    /// A map, empty or not.
    pub(super) fn full_map(&mut self, key: &str, map: Map) {
        self.put(key, Doc::Map(map));
    }

    /// A map; an empty one is not said.
    pub(super) fn map(&mut self, key: &str, map: Map) {
        if !map.is_empty() {
            self.put(key, Doc::Map(map));
        }
    }

    /// A list of maps; an empty one is not said.
    pub(super) fn maps(&mut self, key: &str, maps: Vec<Map>) {
        if !maps.is_empty() {
            self.put(key, Doc::List(maps.into_iter().map(Doc::Map).collect()));
        }
    }
}

/// Texts of a list.
pub(super) fn texts(values: impl IntoIterator<Item = impl ToString>) -> Vec<Doc> {
    let texts = values.into_iter().map(|v| v.to_string());
    texts.map(Doc::Text).collect()
}
