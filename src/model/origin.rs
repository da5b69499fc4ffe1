//! Where a row was written: the line of a scenario, the pointer of an import, or the AWS rule that implies it.

use crate::word::Word;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The text a noun or a row came from.
///
/// Two origins always compare equal: nouns are the same whatever line wrote them, and the
/// round trip *load, print, load* is judged with `==`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub enum Origin {
    /// A span of bytes of a file of the scenario.
    Text {
        /// Index in [`Files`].
        file: u32,
        /// First byte.
        start: u32,
        /// One past the last byte.
        end: u32,
    },
    /// A JSON pointer into a file of an import.
    Json {
        /// Index in [`Files`].
        file: u32,
        /// RFC 6901 pointer, shared by all that a row names.
        pointer: SmolStr,
    },
    /// AWS supplies it: a short sentence and the page that says so.
    Implied(#[serde(with = "crate::word")] Word),
    /// Made by a program (generators, tests).
    #[default]
    Unknown,
}

impl Origin {
    /// Whether somebody wrote it for this program: what an import records is a state that exists,
    /// whatever is wrong with it.
    #[must_use]
    pub fn is_written(&self) -> bool {
        matches!(self, Origin::Text { .. })
    }

    /// Whether it is the very same place, which `==` does not ask.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Origin::Text { file, start, end },
                Origin::Text {
                    file: f,
                    start: s,
                    end: e,
                },
            ) => (file, start, end) == (f, s, e),
            (
                Origin::Json { file, pointer },
                Origin::Json {
                    file: f,
                    pointer: p,
                },
            ) => file == f && pointer == p,
            (Origin::Implied(rule), Origin::Implied(r)) => rule == r,
            (Origin::Unknown, Origin::Unknown) => true,
            _ => false,
        }
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Origin {}

/// A text that was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Plain", into = "Plain")]
pub struct File {
    /// Its path as the user wrote it.
    pub name: String,
    /// Its whole text; empty for a large import.
    pub text: String,
    /// What it was when it was read, where a snapshot is to know it.
    pub stamp: Option<Stamp>,
    /// Where its lines begin.
    lines: Vec<usize>,
}

/// What tells a file from what is written there later: its length, and when it was last written, in
/// nanoseconds since 1970.
pub type Stamp = (u64, u64);

/// Name, text and stamp.
type Plain = (String, String, Option<Stamp>);

impl From<Plain> for File {
    fn from((name, text, stamp): Plain) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Self {
            name,
            lines: std::iter::once(0).chain(ends).collect(),
            text,
            stamp,
        }
    }
}

impl From<File> for Plain {
    fn from(file: File) -> Self {
        (file.name, file.text, file.stamp)
    }
}

impl File {
    /// Line and column of a byte, from 1.
    fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|l| self.lines.get(l));
        let before = start.and_then(|start| self.text.get(*start..byte));
        (line, before.unwrap_or_default().chars().count() + 1)
    }
}

/// The texts that origins point into.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Files(pub Vec<File>);

impl Files {
    /// Keeps a text and gives its index.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> u32 {
        self.0.push((name.into(), text.into(), None).into());
        u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX)
    }

    /// `file:line:column`, the JSON pointer, or the rule, for printing beside a decision.
    #[must_use]
    pub fn locate(&self, origin: &Origin) -> String {
        match origin {
            Origin::Text { file, start, .. } => {
                let Some(file) = self.0.get(*file as usize) else {
                    return String::new();
                };
                let (line, column) = file.position(*start as usize);
                format!("{}:{line}:{column}", file.name)
            }
            Origin::Json { file, pointer } => {
                let name = self.0.get(*file as usize).map_or("", |f| f.name.as_str());
                format!("{name}#{pointer}")
            }
            Origin::Implied(rule) => format!("AWS: {rule}"),
            Origin::Unknown => String::new(),
        }
    }

    /// The line of text that holds the origin, trimmed, if it is text.
    #[must_use]
    pub fn line(&self, origin: &Origin) -> Option<&str> {
        let Origin::Text { file, start, .. } = origin else {
            return None;
        };
        let text = &self.0.get(*file as usize)?.text;
        let start = *start as usize;
        let from = text.get(..start)?.rfind('\n').map_or(0, |n| n + 1);
        let to = text
            .get(start..)?
            .find('\n')
            .map_or(text.len(), |n| n + start);
        text.get(from..to).map(str::trim)
    }
}
