//! The tree against the table of keys: unknown keys, wrong shapes.
//!
//! Lowering relies on this pass: a value of the wrong shape has been reported here and is skipped
//! there without a word.

use super::keys::{self, Type};
use super::over;
use super::tree::{Key, Kind, Node};
use crate::diagnostic::{Diagnostic, near};
use crate::model::{Origin, is_region};

/// Everything the table of keys has against the tree.
pub(super) fn check(root: &Node, out: &mut Vec<Diagnostic>) {
    Check { out }.map(root, keys::TOP, "");
    over::check(root, out);
}

/// Everything the keys of a section have against a map that stands by itself.
pub(super) fn section(node: &Node, section: &'static str, out: &mut Vec<Diagnostic>) {
    Check { out }.map(node, section, "");
}

struct Check<'a> {
    out: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    /// A map with the keys of a section.
    fn map(&mut self, node: &Node, section: &'static str, at: &str) {
        let Kind::Map(pairs) = &node.kind else {
            self.shape(at, node, "a map");
            return;
        };
        let mut misspelt = Vec::new();
        for (key, value) in pairs {
            let Some(row) = keys::section(section).find(|k| k.name == key.text) else {
                misspelt.extend(self.unknown(section, at, key, value));
                continue;
            };
            let known = self.out.len();
            self.value(value, row.kind, at, &key.text);
            let found = self.out.get_mut(known);
            if let Some(found) = found.filter(|d| d.origin.is_same(&value.origin())) {
                show(found, row);
            }
        }
        for row in keys::section(section).filter(|k| k.required()) {
            if section == keys::TOP && row.name == "region" && over::is_over(node) {
                continue;
            }
            if node.get(row.name).is_none() && !misspelt.contains(&row.name) {
                let words = section.replace('_', " ");
                self.out.push(
                    Diagnostic::error(
                        "missing-key",
                        at,
                        &head(node),
                        format!("{words} lacks `{}` ({})", row.name, row.doc),
                    )
                    .help(format!("for example `{}: {}`", row.name, row.example)),
                );
            }
        }
    }

    /// Returns the key that was probably meant.
    fn unknown(
        &mut self,
        section: &'static str,
        at: &str,
        key: &Key,
        value: &Node,
    ) -> Option<&'static str> {
        let words = section.replace('_', " ");
        let found = Diagnostic::error(
            "unknown-key",
            at,
            &key.span.origin(),
            format!("unknown key `{}` in {words}", key.text),
        );
        let near = || near(&key.text, keys::section(section).map(|k| k.name));
        let ending = format!("_{}", key.text);
        let ends = || keys::section(section).find(|k| k.name.ends_with(&ending));
        let others = keys::by_others(section, &key.text);
        let own = || near().or_else(|| ends().map(|k| k.name));
        let meant = keys::meant(section, &key.text).or_else(|| match others {
            None => own(),
            Some(_) => None,
        });
        let nested = matches!(value.kind, Kind::Map(_));
        // `{ why: one, two }`: `two` is a key without a value.
        let comma = value.kind == Kind::Null && value.span.start == value.span.end;
        self.out.push(match (meant, elsewhere(&key.text)) {
            (None, _) if let Some(others) = others => found.help(others),
            (Some(name), _) => found.help(format!("did you mean `{name}`?")),
            (None, _) if comma => found.help(
                "it has no value: if it belongs to the text before it, quote the whole text, as \
                 `,` ends a text inside `{…}`",
            ),
            (None, Some(others)) => {
                let indented = if nested {
                    ": check the indentation"
                } else {
                    ""
                };
                found.help(format!("`{}` belongs to {others}{indented}", key.text))
            }
            (None, _) => found.help(format!("{words} knows {}", known(section))),
        });
        meant
    }

    fn value(&mut self, node: &Node, kind: Type, at: &str, key: &str) {
        match kind {
            Type::Any => {}
            Type::Text => self.text(node, at),
            Type::Bool => {
                if !matches!(node.text(), Some("true" | "false")) {
                    self.shape(at, node, "`true` or `false`");
                }
            }
            Type::Whole => {
                if node.text().is_none_or(|t| t.parse::<u32>().is_err()) {
                    self.shape(at, node, "a whole number");
                }
            }
            Type::Texts => self.texts(node, at),
            Type::Region => {
                self.text(node, at);
                self.region(node, at);
            }
            Type::Regions => {
                self.texts(node, at);
                self.region(node, at);
                node.items().iter().for_each(|n| self.region(n, at));
            }
            Type::Choice(words) => self.choice(node, at, key, words),
            Type::Map(section) => self.map(node, section, at),
            Type::TextOrAny => {
                if !matches!(node.kind, Kind::Scalar(_) | Kind::Map(_)) {
                    self.shape(at, node, "a name or a map");
                }
            }
            Type::NamedAny => self.each(node, at, |check, name, _, _| check.name(name, at)),
            Type::Named(section) => self.each(node, at, |check, name, value, inner| {
                if keys::section(section).any(|k| k.name == name.text && k.kind.is_collection()) {
                    check.too_far_left(name, section, at);
                } else {
                    check.name(name, at);
                    check.map(value, section, inner);
                }
            }),
            Type::Keyed(section) => {
                self.each(node, at, |check, _, value, _| check.map(value, section, at));
            }
            Type::KeyedOrList(section) => {
                self.each(node, at, |check, _, value, _| match value.kind {
                    Kind::Seq(_) => check.list(value, section, at),
                    _ => check.map(value, section, at),
                });
            }
            Type::TextMap => self.each(node, at, |check, _, value, _| check.text(value, at)),
            Type::TextsMap => self.each(node, at, |check, _, value, _| check.texts(value, at)),
            Type::TextsMapMap => self.each(node, at, |check, _, value, _| {
                check.each(value, at, |check, _, value, _| check.texts(value, at));
            }),
            Type::List(section) => self.list(node, section, at),
            Type::TextOr(section) => {
                if node.text().is_none() {
                    self.map(node, section, at);
                }
            }
            Type::TextOrTextMap => {
                if node.text().is_none() {
                    self.each(node, at, |check, _, value, _| check.text(value, at));
                }
            }
            Type::TextMapOr(section) => self.each(node, at, |check, _, value, _| {
                if value.text().is_none() {
                    check.map(value, section, at);
                }
            }),
            Type::TextOrList(section) => {
                if node.text().is_none() {
                    self.list(node, section, at);
                }
            }
        }
    }

    /// A key of a section where a name of the section is expected.
    fn too_far_left(&mut self, key: &Key, section: &str, at: &str) {
        let words = section.replace('_', " ");
        let message = format!(
            "`{}` stands where the name of a {words} is expected",
            key.text
        );
        let origin = key.span.origin();
        let help = format!("indent it under the name of the {words} it belongs to");
        self.out
            .push(Diagnostic::error("unknown-key", at, &origin, message).help(help));
    }

    fn name(&mut self, name: &Key, at: &str) {
        if is_name(&name.text) {
            return;
        }
        let text = &name.text;
        let lower: String = text
            .chars()
            .map(|c| {
                if c.is_whitespace() {
                    '-'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        let help = match is_name(&lower) {
            true => format!("write `{lower}`: a name is lower-case, without blanks"),
            false => "a name is a-z, 0-9, `_`, `.`, `-`, up to 64 characters, and begins with a letter or digit".to_owned(),
        };
        let message = format!("`{text}` is not a name");
        let origin = name.span.origin();
        self.out
            .push(Diagnostic::error("bad-name", at, &origin, message).help(help));
    }

    fn text(&mut self, node: &Node, at: &str) {
        if node.text().is_none() {
            self.shape(at, node, "a single value");
        }
    }

    fn texts(&mut self, node: &Node, at: &str) {
        match &node.kind {
            Kind::Scalar(_) => {}
            Kind::Seq(items) => items.iter().for_each(|n| self.text(n, at)),
            Kind::Null | Kind::Map(_) => self.shape(at, node, "a value or a list of values"),
        }
    }

    /// A scalar, if it is one, is the code of a Region.
    fn region(&mut self, node: &Node, at: &str) {
        if let Some(text) = node.text().filter(|t| !is_region(t)) {
            self.out.push(no_region(text, at, &node.origin()));
        }
    }

    fn list(&mut self, node: &Node, section: &'static str, at: &str) {
        let Kind::Seq(items) = &node.kind else {
            self.shape(at, node, "a list");
            return;
        };
        for item in items {
            self.map(item, section, at);
        }
    }

    fn choice(&mut self, node: &Node, at: &str, key: &str, words: &[&str]) {
        let Some(text) = node.text() else {
            self.shape(at, node, &list_of(words));
            return;
        };
        if words.contains(&text) {
            return;
        }
        let mut found = Diagnostic::error(
            "unknown-value",
            at,
            &node.origin(),
            format!("`{text}` is not a value of `{key}`: {}", list_of(words)),
        );
        if let Some(word) = near(text, words.iter().copied()) {
            found = found.help(format!("did you mean `{word}`?"));
        }
        self.out.push(found);
    }

    /// Visits the entries of a map with arbitrary keys; `at` grows by the key.
    fn each(&mut self, node: &Node, at: &str, mut visit: impl FnMut(&mut Self, &Key, &Node, &str)) {
        let Kind::Map(pairs) = &node.kind else {
            self.shape(at, node, "a map");
            return;
        };
        for (key, value) in pairs {
            let inner = if at.is_empty() {
                key.text.clone()
            } else {
                format!("{at}/{}", key.text)
            };
            visit(self, key, value, &inner);
        }
    }

    fn shape(&mut self, at: &str, node: &Node, expected: &str) {
        let message = format!("expected {expected}, found {}", describe(node));
        let mut found = Diagnostic::error("wrong-type", at, &node.origin(), message);
        if node.kind == Kind::Null {
            found = found.help("write `{}` for a map without entries, `[]` for a list without");
        } else if expected == "a map" && matches!(node.kind, Kind::Seq(_)) {
            found = found.help("write `name: …` for each, not `- name: …`");
        } else if expected == "a list" && matches!(node.kind, Kind::Map(_)) {
            found = found.help("begin each entry with `- `, or write `[{ … }]`");
        } else if expected.contains("`true`") {
            found = found.help("only `true` and `false` are yes and no");
        }
        self.out.push(found);
    }
}

/// That a word is no Region's.
pub(super) fn no_region(text: &str, at: &str, origin: &Origin) -> Diagnostic {
    let message = format!("`{text}` is no Region of AWS");
    Diagnostic::error("bad-region", at, origin, message)
        .help("a Region is called by its code, such as `us-east-1`")
}

/// Says how a key is written whose value has another shape.
fn show(found: &mut Diagnostic, row: &keys::Key) {
    if found.code == "wrong-type" && !row.example.is_empty() {
        let example = format!("for example `{}: {}`", row.name, row.example);
        found.help = Some(match found.help.take() {
            Some(help) => format!("{help}; {example}"),
            None => example,
        });
    }
}

/// What a node is, in the reader's words.
fn describe(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "nothing".to_owned(),
        Kind::Scalar(text) => format!("`{text}`"),
        Kind::Seq(_) => "a list".to_owned(),
        Kind::Map(_) => "a map".to_owned(),
    }
}

/// `` `a`, `b` or `c` ``.
fn list_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The first section that has a key of this name.
fn elsewhere(key: &str) -> Option<String> {
    let owners = keys::all().filter(|k| k.name == key);
    let mut owners: Vec<String> = owners.map(|k| k.section.replace('_', " ")).collect();
    owners.dedup();
    let last = owners.pop()?;
    Some(match owners.is_empty() {
        true => last,
        false => format!("{} and {last}", owners.join(", ")),
    })
}

/// The keys of a section, in words.
fn known(section: &str) -> String {
    let names: Vec<String> = keys::section(section)
        .map(|k| format!("`{}`", k.name))
        .collect();
    names.join(", ")
}

/// The first key of a map, or the whole of anything else: enough to find it by.
fn head(node: &Node) -> crate::model::Origin {
    node.pairs()
        .first()
        .map_or_else(|| node.origin(), |(k, _)| k.span.origin())
}

fn is_name(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 64
        && text.chars().next().is_some_and(word)
        && text
            .chars()
            .all(|c| word(c) || matches!(c, '_' | '.' | '-'))
}
