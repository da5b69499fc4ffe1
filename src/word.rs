//! Words that this program says itself, such as the kinds of things: `&'static str` in memory, text in
//! a snapshot.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::{Mutex, PoisonError};

/// One of them.
pub type Word = &'static str;

/// As text.
///
/// # Errors
/// Those of what it is written to.
pub fn serialize<S: Serializer>(word: &Word, to: S) -> Result<S::Ok, S::Error> {
    word.serialize(to)
}

/// From text.
///
/// # Errors
/// Those of what it is read from.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    <&str>::deserialize(from).map(kept)
}

/// The same text, kept for as long as the program runs. There are few such words, and each is kept
/// once.
fn kept(text: &str) -> Word {
    static KEPT: Mutex<Option<FxHashSet<Word>>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    match kept.get(text) {
        Some(word) => word,
        None => {
            let word: Word = Box::leak(text.into());
            kept.insert(word);
            word
        }
    }
}

/// Words that need not be there.
pub mod optional {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Word, kept};

    /// As text, if there is one.
    ///
    /// # Errors
    /// Those of what it is written to.
    pub fn serialize<S: Serializer>(word: &Option<Word>, to: S) -> Result<S::Ok, S::Error> {
        word.serialize(to)
    }

    /// From text, if there is one.
    ///
    /// # Errors
    /// Those of what it is read from.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Word>, D::Error> {
        <Option<&str>>::deserialize(from).map(|text| text.map(kept))
    }
}
