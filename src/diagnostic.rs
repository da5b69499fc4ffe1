//! One shape for what loaders, importers and lints have to say.

use crate::model::{Files, Origin};
use crate::word::Word;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Whether the input can be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// A finding about the input: where, what, the likely intention, what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable kebab-case name, e.g. `unknown-name`.
    #[serde(with = "crate::word")]
    pub code: Word,
    /// Error or warning.
    pub severity: Severity,
    /// Stands alone: lower case, no full stop, the user's words in back-ticks.
    pub message: String,
    /// The component concerned, as `vpc/name`, for `refuse: [{code, at}]`.
    pub at: String,
    /// The text to underline.
    pub origin: Origin,
    /// What to do, if we can tell.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(
        code: &'static str,
        at: impl Into<String>,
        origin: &Origin,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            at: at.into(),
            origin: origin.clone(),
            help: None,
        }
    }

    /// A warning.
    pub fn warning(
        code: &'static str,
        at: impl Into<String>,
        origin: &Origin,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, at, origin, message)
        }
    }

    /// With a line of help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// Sorts findings as their texts run.
pub fn in_order(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_cached_key(|d| place(&d.origin));
}

/// A key that sorts origins as their texts run; numbers in pointers count as numbers.
fn place(origin: &Origin) -> (u8, u32, u32, Vec<(u64, String)>) {
    match origin {
        Origin::Text { file, start, .. } => (0, *file, *start, Vec::new()),
        Origin::Json { file, pointer } => {
            let steps = pointer
                .split('/')
                .map(|s| match s.parse() {
                    Ok(number) => (number, String::new()),
                    Err(_) => (0, s.to_owned()),
                })
                .collect();
            (1, *file, 0, steps)
        }
        Origin::Implied(_) => (2, 0, 0, Vec::new()),
        Origin::Unknown => (3, 0, 0, Vec::new()),
    }
}

/// The findings as text: headline, place, the line with the words underlined, help.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], files: &Files) -> String {
    let mut out = String::new();
    for d in diagnostics.iter().take(SHOWN) {
        let word = if d.severity == Severity::Error {
            "error"
        } else {
            "warning"
        };
        let _ = writeln!(out, "{word}[{}]: {}", d.code, clipped(&d.message));
        let place = files.locate(&d.origin);
        if !place.is_empty() {
            let _ = writeln!(out, "  --> {place}");
        }
        underline(&mut out, files, &d.origin);
        if let Some(help) = &d.help {
            let _ = writeln!(out, "  help: {help}");
        }
        out.push('\n');
    }
    if let Some(more @ 1..) = diagnostics.len().checked_sub(SHOWN) {
        let _ = writeln!(out, "and {more} more like these\n");
    }
    out
}

/// Most findings that are printed: nobody reads on.
const SHOWN: usize = 200;
/// Longest line of the input, and longest message, that is printed whole, in characters.
const LINE: usize = 400;
/// What is printed of a longer line before the words concerned.
const BEFORE: usize = 60;

/// A message, without most of a text that nobody wrote by hand.
fn clipped(message: &str) -> String {
    match message.char_indices().nth(LINE) {
        Some((at, _)) => format!("{}…", message.get(..at).unwrap_or_default()),
        None => message.to_owned(),
    }
}

/// The line that holds the origin, with carets under it.
fn underline(out: &mut String, files: &Files, origin: &Origin) {
    let Origin::Text { file, start, end } = origin else {
        return;
    };
    let Some(text) = files.0.get(*file as usize).map(|f| f.text.as_str()) else {
        return;
    };
    let (start, end) = (*start as usize, *end as usize);
    let Some(before) = text.get(..start) else {
        return;
    };
    let from = before.rfind('\n').map_or(0, |n| n + 1);
    let to = text
        .get(start..)
        .and_then(|t| t.find('\n'))
        .map_or(text.len(), |n| n + start);
    let line = text.get(from..to).unwrap_or_default();
    let number = (before.matches('\n').count() + 1).to_string();
    let mut pad = text.get(from..start).map_or(0, |t| t.chars().count());
    let mut width = text
        .get(start..end.min(to))
        .map_or(1, |t| t.trim_end().chars().count())
        .max(1);
    let mut line = line.to_owned();
    if line.chars().count() > LINE {
        // Of a line that nobody wrote by hand, what stands around the words.
        let skip = pad.saturating_sub(BEFORE);
        let mut rest = line.chars().skip(skip);
        let part: String = rest.by_ref().take(LINE).collect();
        let open = if skip > 0 { "…" } else { "" };
        let close = if rest.next().is_some() { "…" } else { "" };
        line = format!("{open}{part}{close}");
        pad = pad - skip + open.chars().count();
        width = width.min(LINE);
    }
    let gutter = " ".repeat(number.len());
    let _ = writeln!(out, " {number} | {line}");
    let _ = writeln!(out, " {gutter} | {}{}", " ".repeat(pad), "^".repeat(width));
}

/// The candidate nearest to `word`, if it is near enough to be a slip.
pub fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let far = match word.chars().count() {
        0..=3 => 1,
        4..=8 => 2,
        long => long / 3,
    };
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&word, &c.to_lowercase()), c))
        .filter(|(d, c)| *d <= far && *d < c.len())
        .min_by_key(|(d, _)| *d)
        .map(|(_, c)| c)
}
