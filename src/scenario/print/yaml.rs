//! A [`Map`] as YAML: a line for each entry of the maps of names, everything else on one line where
//! it fits.

use super::doc::{Doc, Map, Pair};

/// Longest line that a map or a list is laid on.
pub(super) const WIDTH: usize = 100;

/// Writes a document of lines of this width at most.
pub(super) fn write(root: &Map, width: usize, out: &mut String) {
    pairs(root, (0, width), false, out);
}

/// The entries of a map, a line each; the first may continue a line that has begun.
fn pairs(map: &Map, (indent, width): (usize, usize), mut begun: bool, out: &mut String) {
    for Pair { key, value, .. } in &map.pairs {
        if !std::mem::take(&mut begun) {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        out.push_str(&plain_or_quoted(key));
        out.push(':');
        let key = key.len() + 2;
        match value {
            Doc::Map(map) if !fits(value, indent + key, width) => {
                out.push('\n');
                pairs(map, (indent + 2, width), false, out);
            }
            Doc::List(items) if !fits(value, indent + key, width) => {
                out.push('\n');
                list(items, (indent + 2, width), out);
            }
            _ => {
                out.push(' ');
                flow(value, out);
                out.push('\n');
            }
        }
    }
}

/// The items of a list, a line each or more.
fn list(items: &[Doc], (indent, width): (usize, usize), out: &mut String) {
    for item in items {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str("- ");
        match item {
            Doc::Map(map) if !fits(item, indent + 2, width) => {
                pairs(map, (indent + 2, width), true, out);
            }
            _ => {
                flow(item, out);
                out.push('\n');
            }
        }
    }
}

/// Whether a value stands on one line that has begun.
fn fits(value: &Doc, begun: usize, width: usize) -> bool {
    if opens(value) {
        return false;
    }
    let mut text = String::new();
    flow(value, &mut text);
    begun + text.chars().count() <= width
}

/// Whether a map of names is in it.
fn opens(value: &Doc) -> bool {
    match value {
        Doc::Word(_) | Doc::Text(_) | Doc::Quoted(_) => false,
        Doc::List(items) => items.iter().any(opens),
        Doc::Map(map) => map.open || map.pairs.iter().any(|p| opens(&p.value)),
    }
}

/// A value on one line.
fn flow(value: &Doc, out: &mut String) {
    match value {
        Doc::Word(word) => out.push_str(word),
        Doc::Text(text) => out.push_str(&plain_or_quoted(text)),
        Doc::Quoted(text) => out.push_str(&quoted(text)),
        Doc::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                flow(item, out);
            }
            out.push(']');
        }
        Doc::Map(map) if map.is_empty() => out.push_str("{}"),
        Doc::Map(map) => {
            for (at, Pair { key, value, .. }) in map.pairs.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "{ " });
                out.push_str(&plain_or_quoted(key));
                out.push_str(": ");
                flow(value, out);
            }
            out.push_str(" }");
        }
    }
}

/// What some reader of YAML takes for a truth value or for nothing.
const SPECIAL: &[&str] = &["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

/// A text as it is, where every reader of YAML takes it for itself, wherever it stands.
fn plain_or_quoted(text: &str) -> String {
    let simple = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | ' ');
    let sound = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        && text.chars().all(simple)
        && !text.ends_with(' ')
        && !SPECIAL.contains(&text.to_ascii_lowercase().as_str());
    if sound { text.to_owned() } else { quoted(text) }
}

/// In double quotes. What YAML does not let stand is written by its number.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if c.is_control()
                || matches!(
                    c,
                    '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
                ) =>
            {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::super::super::parse::parse;
    use super::*;

    /// Every text comes back as it was, as a value, as a key, alone and inside a line.
    #[test]
    fn a_text_is_read_as_it_was_written() {
        let long = "x".repeat(200);
        let texts = [
            "",
            " ",
            "~",
            "null",
            "no",
            "true",
            "-",
            "- a",
            "? a",
            "a: b",
            "a:",
            ":a",
            "::/0",
            "a #b",
            "#a",
            "a,b",
            "[a]",
            "{a}",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a`",
            "'a'",
            "\"a\"",
            "a\\b",
            "a\nb",
            "a\r\nb",
            "\ta",
            "a\t",
            "0x1f",
            "0644",
            "1e3",
            "---",
            "...",
            "\u{feff}a",
            "ünï",
            "日本",
            "\u{1f600}",
            "\0",
            "\u{7f}\u{85}\u{9f}",
            "\u{2028}",
            "a b",
            "a  b",
            "2001:db8::1",
            "=",
            "<<",
            &long,
        ];
        let mut inner = Map::free();
        for (at, text) in texts.iter().enumerate() {
            inner.push(&format!("k{at}"), Doc::Text((*text).to_owned()));
        }
        for text in texts {
            inner.push(&format!("{text} as a key"), Doc::Word("1".to_owned()));
        }
        let items = texts.map(|t| Doc::Text(t.to_owned()));
        inner.push("list", Doc::List(items.to_vec()));
        let mut root = Map::free();
        for (at, text) in texts.iter().enumerate() {
            let mut small = Map::free();
            small.push(text, Doc::Text((*text).to_owned()));
            root.push(&format!("small {at}"), Doc::Map(small));
        }
        root.push("block", Doc::Map(inner));
        let mut out = String::new();
        write(&root, WIDTH, &mut out);
        let read = parse(0, &out, &mut Vec::new()).expect(&out);
        let block = read.get("block").expect("a map");
        for (at, text) in texts.iter().enumerate() {
            let plain = block.text_of(&format!("k{at}"));
            assert_eq!(plain, Some(*text), "{out}");
            assert!(
                block.get(&format!("{text} as a key")).is_some(),
                "{text:?}\n{out}"
            );
            let small = read.get(&format!("small {at}"));
            assert_eq!(small.and_then(|s| s.text_of(text)), Some(*text), "{out}");
        }
        let items: Vec<&str> = block.texts_of("list").iter().map(|(t, _)| *t).collect();
        assert_eq!(items, texts);
    }
}
