//! A JSON value that knows where it stands, and getters that report a wrong shape.

use super::LeftOut;
use super::json::Json;
use super::place::Place;
use super::pointer::{Pointer, Step};
use crate::diagnostic::Diagnostic;
use crate::model::Origin;
use indexmap::{Equivalent, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashSet};
use smol_str::SmolStr;
use std::cell::RefCell;
use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;

/// Collects what there is to say while the files are read.
#[derive(Default)]
pub(super) struct Context {
    diagnostics: RefCell<Vec<Diagnostic>>,
    left_out: RefCell<Vec<LeftOut>>,
    /// Long words that many rows repeat.
    words: RefCell<FxHashSet<SmolStr>>,
    /// Tags that many rows repeat.
    tags: RefCell<IndexSet<Tags, FxBuildHasher>>,
}

/// Tags that rows share, found by what a row says.
#[derive(PartialEq, Eq, Hash)]
struct Tags(Arc<[(String, String)]>);

/// What a row says, hashed as the tags that it is compared with.
#[derive(Hash)]
struct Said<'t>(&'t [(&'t str, &'t str)]);

impl Equivalent<Tags> for Said<'_> {
    fn equivalent(&self, Tags(known): &Tags) -> bool {
        let known = known
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        self.0.iter().copied().eq(known)
    }
}

/// A text that is no longer is not shared: it is a part of its word.
const SHORT: usize = 23;

impl Context {
    pub(super) fn say(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// A word, kept once however often it is read.
    pub(super) fn word(&self, text: &str) -> SmolStr {
        if text.len() <= SHORT {
            return SmolStr::new(text);
        }
        let mut words = self.words.borrow_mut();
        match words.get(text) {
            Some(known) => known.clone(),
            None => {
                let word = SmolStr::new(text);
                words.insert(word.clone());
                word
            }
        }
    }

    /// Tags, kept once however often they are read.
    pub(super) fn tags(&self, tags: &[(&str, &str)]) -> Arc<[(String, String)]> {
        let mut known = self.tags.borrow_mut();
        if let Some(Tags(known)) = known.get(&Said(tags)) {
            return Arc::clone(known);
        }
        let own = tags.iter();
        let own = own.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let own: Arc<[(String, String)]> = own.collect();
        known.insert(Tags(Arc::clone(&own)));
        own
    }

    /// Takes over what another has collected.
    pub(super) fn absorb(&self, other: Context) {
        let mut found = other.diagnostics.into_inner();
        self.diagnostics.borrow_mut().append(&mut found);
        for left in other.left_out.into_inner() {
            self.leave(&left.what, &left.why, left.count, left.matters);
        }
    }

    /// Counts `count` things that stay out of the draft.
    pub(super) fn leave(&self, what: &str, why: &str, count: usize, matters: bool) {
        if count == 0 {
            return;
        }
        let mut all = self.left_out.borrow_mut();
        match all.iter_mut().find(|l| l.what == what && l.why == why) {
            Some(known) => {
                known.count += count;
                known.matters |= matters;
            }
            None => all.push(LeftOut {
                what: what.to_owned(),
                why: why.to_owned(),
                count,
                matters,
            }),
        }
    }

    pub(super) fn finish(self) -> (Vec<Diagnostic>, Vec<LeftOut>) {
        // A listing is read by several topics; what is wrong with it is said once.
        let mut seen = HashSet::new();
        let mut diagnostics = self.diagnostics.into_inner();
        diagnostics.retain(|d| {
            let place = match &d.origin {
                Origin::Json { file, pointer } => (*file, pointer.clone()),
                _ => (u32::MAX, SmolStr::default()),
            };
            seen.insert((place, d.message.clone()))
        });
        (diagnostics, self.left_out.into_inner())
    }
}

/// A value, its file and its pointer.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Json<'a>,
    pub(super) place: &'a Place,
    pub(super) context: &'a Context,
    pub(super) pointer: Pointer<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn origin(&self) -> Origin {
        Origin::Json {
            file: self.place.file,
            pointer: self.pointer.text(),
        }
    }

    fn below(&self, step: Step<'a>, value: &'a Json<'a>) -> Node<'a> {
        Node {
            value,
            place: self.place,
            context: self.context,
            pointer: self.pointer.to(step),
        }
    }

    /// Reports what was expected at a key.
    pub(super) fn wrong(&self, key: &str, message: String) {
        let Some(object) = self.value.object() else {
            self.wrong_self(message);
            return;
        };
        let origin = match object.entry(key) {
            Some((key, value)) => self.below(Step::Key(key), value).origin(),
            None => self.origin(),
        };
        self.context
            .say(Diagnostic::error("wrong-shape", "", &origin, message));
    }

    /// Reports what was expected here.
    pub(super) fn wrong_self(&self, message: String) {
        self.context.say(Diagnostic::error(
            "wrong-shape",
            "",
            &self.origin(),
            message,
        ));
    }

    fn entry(&self, key: &str) -> Option<(&'a str, &'a Json<'a>)> {
        let entry = self.value.object()?.entry(key);
        entry.filter(|(_, value)| !value.is_null())
    }

    fn raw(&self, key: &str) -> Option<&'a Json<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The object under a key.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        let node = self.child(key)?;
        if node.value.object().is_none() {
            self.wrong(key, format!("`{key}` should be an object"));
            return None;
        }
        Some(node)
    }

    /// Whether a key is there and not null.
    pub(super) fn has(&self, key: &str) -> bool {
        self.raw(key).is_some()
    }

    /// Whatever is under a key.
    pub(super) fn child(&self, key: &str) -> Option<Node<'a>> {
        let (key, value) = self.entry(key)?;
        Some(self.below(Step::Key(key), value))
    }

    /// The objects of the list under a key; absent is empty.
    pub(super) fn items(&self, key: &str) -> Vec<Node<'a>> {
        self.child(key).map(|n| n.elements()).unwrap_or_default()
    }

    /// The objects of this list.
    pub(super) fn elements(&self) -> Vec<Node<'a>> {
        let Some(list) = self.value.list() else {
            self.wrong_self("a list is expected here".to_owned());
            return Vec::new();
        };
        let mut out = Vec::with_capacity(list.len());
        for (i, value) in list.iter().enumerate() {
            let place = u32::try_from(i).unwrap_or(u32::MAX);
            let node = self.below(Step::At(place), value);
            if value.object().is_some() {
                out.push(node);
            } else {
                node.wrong_self("an object is expected here".to_owned());
            }
        }
        out
    }

    /// The strings of the list under a key; absent is empty.
    pub(super) fn texts(&self, key: &str) -> Vec<&'a str> {
        let Some(value) = self.raw(key) else {
            return Vec::new();
        };
        let Some(list) = value.list() else {
            self.wrong(key, format!("`{key}` should be a list"));
            return Vec::new();
        };
        let texts: Vec<&str> = list.iter().filter_map(Json::text).collect();
        if texts.len() < list.len() {
            self.wrong(key, format!("`{key}` should be a list of strings"));
        }
        texts
    }

    /// The string under a key; an empty one counts as absent.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let value = self.raw(key)?;
        if value.text().is_none() {
            self.wrong(key, format!("`{key}` should be a string"));
        }
        value.text().filter(|t| !t.is_empty())
    }

    /// The string under a key, which must be there.
    pub(super) fn need(&self, key: &str) -> Option<&'a str> {
        if !self.has(key) {
            self.wrong(key, format!("`{key}` is missing"));
        }
        self.text(key)
    }

    /// The boolean under a key.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.raw(key)? {
            Json::Flag(flag) => Some(*flag),
            Json::Text(text) if text.as_str().eq_ignore_ascii_case("true") => Some(true),
            Json::Text(text) if text.as_str().eq_ignore_ascii_case("false") => Some(false),
            _ => {
                self.wrong(key, format!("`{key}` should be true or false"));
                None
            }
        }
    }

    /// The whole number under a key.
    pub(super) fn int(&self, key: &str) -> Option<i64> {
        let value = self.raw(key)?;
        let number = match value {
            Json::Text(text) => text.as_str().parse().ok(),
            Json::Number(number) => number.as_i64(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(key, format!("`{key}` should be a whole number"));
        }
        number
    }

    /// What is under a key where AWS writes a number or a word.
    pub(super) fn int_or_text(&self, key: &str) -> Option<Result<i64, &'a str>> {
        match self.raw(key)? {
            Json::Text(text) => Some(Err(text.as_str())),
            _ => self.int(key).map(Ok),
        }
    }

    /// The number under a key, within its type's range.
    pub(super) fn number<T: TryFrom<i64>>(&self, key: &str) -> Option<T> {
        let number = self.int(key)?;
        let fit = T::try_from(number).ok();
        if fit.is_none() {
            self.wrong(key, format!("`{key}` is out of range: `{number}`"));
        }
        fit
    }

    /// The string under a key, parsed.
    pub(super) fn parsed<T: FromStr>(&self, key: &str, what: &str) -> Option<T> {
        let text = self.text(key)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.wrong(key, format!("`{text}` is not {what}"));
        }
        value
    }

    /// Whether the string under a key is one of these, in any case.
    pub(super) fn is(&self, key: &str, words: &[&str]) -> bool {
        self.text(key)
            .is_some_and(|t| words.iter().any(|w| t.eq_ignore_ascii_case(w)))
    }

    /// `Tags` or `TagSet`.
    pub(super) fn tags(&self) -> Vec<(String, String)> {
        let mut rows = self.items("Tags");
        rows.extend(self.items("TagSet"));
        rows.iter()
            .filter_map(|t| {
                let value = t.text("Value").unwrap_or_default();
                Some((t.text("Key")?.to_owned(), value.to_owned()))
            })
            .collect()
    }
}
