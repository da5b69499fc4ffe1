//! A selector on the command line: `any`, `app/*`, `tag:tier=web`, `vpc:app`.

use crate::property::Who;

/// Reads a selector as a scenario writes it: braces and blanks may be there.
pub(super) fn selector(text: &str) -> Result<Who, String> {
    let bare = text.trim();
    let inner = bare.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    crate::scenario::selector(inner.unwrap_or(bare).trim())
}
