//! From YAML text to the spanned tree, within limits.
//!
//! The tree is built from parser events with an explicit stack, so hostile nesting cannot exhaust
//! the call stack, and aliases are paid for before they are copied.

use super::tree::{Key, Kind, Node, Span};
use crate::diagnostic::Diagnostic;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle};
use std::collections::{HashMap, HashSet};

/// Longest text that is read.
pub const MAX_BYTES: usize = 64 << 20;
/// Longest scalar.
pub const MAX_SCALAR: usize = 1 << 20;
/// Most nodes, aliases expanded.
pub const MAX_NODES: usize = 2_000_000;
/// Deepest nesting.
pub const MAX_DEPTH: usize = 64;

/// A collection whose end has not been read.
struct Open {
    span: Span,
    anchor: usize,
    height: usize,
    nodes: usize,
    bytes: usize,
    kind: OpenKind,
}

enum OpenKind {
    Seq(Vec<Node>),
    Map {
        pairs: Vec<(Key, Node)>,
        seen: HashSet<String>,
        key: Option<Key>,
    },
}

/// A node that an alias may repeat, and what each repetition costs.
struct Anchored {
    node: Node,
    height: usize,
    nodes: usize,
    bytes: usize,
}

struct Builder<'a> {
    file: u32,
    text: &'a str,
    stack: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    bytes: usize,
    root: Option<Node>,
    diagnostics: Vec<Diagnostic>,
}

/// Reads one document, if its syntax can be followed to the end; what is wrong with it goes to `out`.
pub(super) fn parse(file: u32, text: &str, out: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut builder = Builder {
        file,
        text,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        bytes: 0,
        root: None,
        diagnostics: Vec::new(),
    };
    let start = Span {
        file,
        start: 0,
        end: 0,
    };
    if text.len() > MAX_BYTES {
        let long = format!("the file is longer than {} MiB", MAX_BYTES >> 20);
        out.push(refusal(start, long).help(INSTEAD));
        return None;
    }
    let end = builder.run();
    out.append(&mut builder.diagnostics);
    if let Err(fatal) = end {
        out.push(*fatal);
        return None;
    }
    if builder.root.is_none() {
        let empty = "the file is empty";
        out.push(Diagnostic::error("yaml-syntax", "", &start.origin(), empty));
    }
    builder.root
}

fn refusal(span: Span, message: String) -> Diagnostic {
    Diagnostic::error("too-large", "", &span.origin(), message)
}

/// Where to go with a network that outgrows text for people.
const INSTEAD: &str = "import JSON instead: a folder of `aws … describe-*` has no such limit";

/// Whether a map lacks a key. Small maps are looked through; the keys of large ones are remembered.
fn is_new(key: &str, pairs: &[(Key, Node)], seen: &mut HashSet<String>) -> bool {
    const SMALL: usize = 16;
    if pairs.len() < SMALL {
        return pairs.iter().all(|(k, _)| k.text != key);
    }
    if seen.is_empty() {
        seen.extend(pairs.iter().map(|(k, _)| k.text.clone()));
    }
    seen.insert(key.to_owned())
}

/// The end of reading.
type Fatal = Box<Diagnostic>;

impl Builder<'_> {
    fn run(&mut self) -> Result<(), Fatal> {
        let options = granit_parser::options! {
            flow_nesting_limit: MAX_DEPTH + 1,
            block_nesting_limit: MAX_DEPTH + 1,
            emit_comments: false,
        };
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(self.text, options) {
            let (event, span) = event.map_err(|e| Box::new(self.syntax(&e)))?;
            let range = span.byte_range().unwrap_or_default();
            let span = self.span(range.start, range.end);
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(Box::new(Diagnostic::error(
                            "yaml-syntax",
                            "",
                            &span.origin(),
                            "a scenario is one document, and this begins another",
                        )));
                    }
                }
                Event::Scalar(text, style, anchor, tag) => {
                    self.untagged(span, tag.is_some());
                    if text.len() > MAX_SCALAR {
                        return Err(Box::new(refusal(
                            span,
                            format!("a scalar is longer than {} KiB", MAX_SCALAR >> 10),
                        )));
                    }
                    let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                    let bytes = text.len();
                    let kind = if null && !self.key_expected() {
                        Kind::Null
                    } else {
                        Kind::Scalar(text.into_owned())
                    };
                    self.close(Node { kind, span }, anchor, 1, 1, bytes)?;
                }
                Event::SequenceStart(_, anchor, tag) => {
                    self.untagged(span, tag.is_some());
                    self.open(span, anchor, OpenKind::Seq(Vec::new()))?;
                }
                Event::MappingStart(_, anchor, tag) => {
                    self.untagged(span, tag.is_some());
                    let kind = OpenKind::Map {
                        pairs: Vec::new(),
                        seen: HashSet::new(),
                        key: None,
                    };
                    self.open(span, anchor, kind)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
                Event::Alias(id) => self.alias(id, span)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            file: self.file,
            start: clip(start),
            end: clip(end),
        }
    }

    /// Tags would be a second way to say what a key already says.
    fn untagged(&mut self, span: Span, tagged: bool) {
        if tagged {
            self.diagnostics.push(
                Diagnostic::error("yaml-tag", "", &span.origin(), "tags are not used here")
                    .help("quote a text that begins with `!`"),
            );
        }
    }

    fn key_expected(&self) -> bool {
        self.stack
            .last()
            .is_some_and(|o| matches!(&o.kind, OpenKind::Map { key: None, .. }))
    }

    fn open(&mut self, span: Span, anchor: usize, kind: OpenKind) -> Result<(), Fatal> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(Box::new(too_deep(span)));
        }
        self.stack.push(Open {
            span,
            anchor,
            height: 0,
            nodes: 0,
            bytes: 0,
            kind,
        });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), Fatal> {
        let Some(open) = self.stack.pop() else {
            return Ok(());
        };
        let kind = match open.kind {
            OpenKind::Seq(items) => Kind::Seq(items),
            OpenKind::Map { pairs, .. } => Kind::Map(pairs),
        };
        let span = Span {
            end: end.end.max(open.span.end),
            ..open.span
        };
        self.close(
            Node { kind, span },
            open.anchor,
            open.height + 1,
            open.nodes + 1,
            open.bytes,
        )
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Fatal> {
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(Box::new(Diagnostic::error(
                "yaml-syntax",
                "",
                &span.origin(),
                "an alias cannot stand inside what it names",
            )));
        };
        let (height, nodes, bytes) = (anchored.height, anchored.nodes, anchored.bytes);
        self.pay(nodes - 1, bytes, span)?;
        if self.stack.len() + height > MAX_DEPTH + 1 {
            return Err(Box::new(too_deep(span)));
        }
        let node = self.anchors.get(&id).map(|a| a.node.clone());
        node.map_or(Ok(()), |n| self.close(n, 0, height, nodes, bytes))
    }

    /// Counts copies against the budget before they are made.
    fn pay(&mut self, nodes: usize, bytes: usize, span: Span) -> Result<(), Fatal> {
        self.nodes = self.nodes.saturating_add(nodes);
        self.bytes = self.bytes.saturating_add(bytes);
        if self.nodes > MAX_NODES || self.bytes > MAX_BYTES {
            let many = format!("the file says more than {MAX_NODES} things, aliases expanded");
            return Err(Box::new(refusal(span, many).help(INSTEAD)));
        }
        Ok(())
    }

    /// Hands a finished node to the collection around it.
    fn close(
        &mut self,
        node: Node,
        anchor: usize,
        height: usize,
        nodes: usize,
        bytes: usize,
    ) -> Result<(), Fatal> {
        self.pay(1, 0, node.span)?;
        if anchor != 0 {
            self.pay(nodes, bytes, node.span)?;
            let copy = Anchored {
                node: node.clone(),
                height,
                nodes,
                bytes,
            };
            self.anchors.insert(anchor, copy);
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.height = open.height.max(height);
        open.nodes += nodes;
        open.bytes += bytes;
        match &mut open.kind {
            OpenKind::Seq(items) => items.push(node),
            OpenKind::Map { pairs, seen, key } => match key.take() {
                Some(key) => {
                    if is_new(&key.text, pairs, seen) {
                        pairs.push((key, node));
                    } else {
                        self.diagnostics.push(Diagnostic::error(
                            "duplicate-key",
                            "",
                            &key.span.origin(),
                            format!("`{}` is given twice", key.text),
                        ));
                    }
                }
                None => match node.kind {
                    Kind::Scalar(text) => {
                        *key = Some(Key {
                            text,
                            span: node.span,
                        });
                    }
                    Kind::Null | Kind::Seq(_) | Kind::Map(_) => {
                        return Err(Box::new(
                            Diagnostic::error(
                                "yaml-syntax",
                                "",
                                &node.span.origin(),
                                "a key is a plain word, not a list or a map",
                            )
                            .help("quote a text that contains `[`, `]`, `{` or `}`"),
                        ));
                    }
                },
            },
        }
        Ok(())
    }

    /// A syntax error, with what to quote where that is the likely cause.
    fn syntax(&self, error: &granit_parser::ScanError) -> Diagnostic {
        let offset = error.marker().byte_offset().unwrap_or(self.text.len());
        let span = self.span(offset, offset + 1);
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            return too_deep(span);
        }
        let found = Diagnostic::error(
            "yaml-syntax",
            "",
            &span.origin(),
            format!("this is not YAML: {}", error.info()),
        );
        match self.likely(offset, &error.info()) {
            Some(help) => found.help(help),
            None => found,
        }
    }

    /// What a person probably meant who wrote what stands before and after `offset`.
    fn likely(&self, offset: usize, info: &str) -> Option<String> {
        let (before, rest) = self.text.split_at_checked(offset)?;
        if before.ends_with('\t') || rest.starts_with('\t') {
            return Some("indent with spaces, not tabs".to_owned());
        }
        let text = match rest.chars().next()? {
            '*' => "quote what begins with `*`; everything is called `any`".to_owned(),
            c @ ('&' | '!' | '@' | '%' | '`') => format!("quote what begins with `{c}`"),
            ':' => "quote a text that contains `: `, begins with `:` or ends in `:`".to_owned(),
            '[' | ']' | '{' | '}' | ',' => {
                "inside `{…}` quote what contains `,`, `[`, `]`, `{` or `}`".to_owned()
            }
            _ if info.contains("expected key") || info.contains("indent") => {
                "indent it exactly as the lines it belongs with".to_owned()
            }
            _ => return None,
        };
        Some(text)
    }
}

fn too_deep(span: Span) -> Diagnostic {
    refusal(span, format!("nested deeper than {MAX_DEPTH} levels"))
}
