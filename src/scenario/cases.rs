//! Loading: the file, its base, its cases.

use super::lower::{expectations, lower, properties, property};
use super::merge::{merge, without};
use super::over::{Beside, Imports, NoImport};
use super::tree::{Kind, Node};
use super::{Case, Loaded, Refuse, Scenario, check, consequences, parse};
use crate::diagnostic::{Diagnostic, Severity, in_order};
use crate::model::{Draft, Files, Origin};
use crate::property::Property;
use std::collections::HashSet;

/// Longest chain of bases.
const MAX_BASES: usize = 8;
/// Most nodes over all cases: each case is a whole network.
const MAX_CASE_NODES: usize = 20_000_000;
/// So many mistakes of form that no more are looked for: this is no scenario.
const ENOUGH: usize = 10_000;
/// What a file says about itself rather than about the network; a base does not pass it on.
const OWN: &[&str] = &["name", "about", "base", "expect", "properties", "cases"];

/// Loads a scenario that stands over no import. `read` gives the text of a base by its path,
/// relative to the first file.
pub fn load(path: &str, text: &str, read: &dyn Fn(&str) -> Result<String, String>) -> Loaded {
    let import = &|_: &str, _: &mut Files| {
        Err(NoImport {
            why: "nothing is imported here".to_owned(),
            help: None,
        })
    };
    load_beside(path, text, &Beside { text: read, import })
}

/// Loads a scenario.
///
/// Nothing is read but by `beside`, and nothing is printed: the caller owns files and terminal.
pub fn load_beside(path: &str, text: &str, beside: &Beside<'_>) -> Loaded {
    let mut files = Files::default();
    let mut found = Vec::new();
    let root = tree(path, text, beside.text, &mut files, &mut found);
    let scenario = root
        .as_ref()
        .and_then(|root| scenario(root, beside, &mut files, &mut found));
    let broken = found.iter().any(|d| d.severity == Severity::Error);
    if let (true, Some(root), Some(scenario)) = (broken, &root, &scenario) {
        consequences::add(root, scenario, &mut found);
    }
    in_order(&mut found);
    Loaded {
        scenario: scenario.filter(|_| !broken),
        diagnostics: found,
        files,
    }
}

/// A property that stands by itself, as an item of `properties`.
///
/// # Errors
/// Everything that is wrong with it, for people.
pub fn load_property(text: &str) -> Result<Property, String> {
    let (mut files, mut found) = (Files::default(), Vec::new());
    let file = files.add("the property", text);
    let node = parse::parse(file, text, &mut found);
    let read = node.and_then(|node| {
        check::section(&node, "property", &mut found);
        property(&node, &mut found)
    });
    in_order(&mut found);
    // It stands in no file.
    let read = read.map(|property| Property {
        origin: Origin::Unknown,
        ..property
    });
    read.filter(|_| found.is_empty())
        .ok_or_else(|| crate::diagnostic::render(&found, &files))
}

/// The file merged over its bases.
fn tree(
    path: &str,
    text: &str,
    read: &dyn Fn(&str) -> Result<String, String>,
    files: &mut Files,
    out: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let mut parsed = |name: &str, text: &str, out: &mut Vec<Diagnostic>| {
        let file = files.add(name, text);
        parse::parse(file, text, out)
    };
    let mut layers = vec![parsed(path, text, out)?];
    let mut folder = String::new();
    loop {
        let top = layers.last()?;
        let Some(base) = top.get("base") else { break };
        let Some(name) = base.text() else {
            break;
        };
        if layers.len() > MAX_BASES {
            out.push(Diagnostic::error(
                "base-too-deep",
                "",
                &base.origin(),
                format!("more than {MAX_BASES} bases: does `{name}` lead back to itself?"),
            ));
            return None;
        }
        let full = format!("{folder}{name}");
        folder = full
            .rfind('/')
            .and_then(|at| full.get(..=at))
            .unwrap_or_default()
            .to_owned();
        match read(&full) {
            Ok(text) => {
                let layer = parsed(&full, &text, out)?;
                layers.push(layer);
            }
            Err(why) => {
                out.push(Diagnostic::error(
                    "unreadable-base",
                    "",
                    &base.origin(),
                    format!("cannot read the base `{full}`: {why}"),
                ));
                return None;
            }
        }
    }
    let mut root = layers.pop()?;
    if layers.is_empty() {
        return Some(root);
    }
    while let Some(layer) = layers.pop() {
        root = merge(&without(&root, OWN), &layer);
    }
    Some(root)
}

fn scenario(
    root: &Node,
    beside: &Beside<'_>,
    files: &mut Files,
    out: &mut Vec<Diagnostic>,
) -> Option<Scenario> {
    let mut imports = Imports::default();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    check::check(root, &mut found);
    if !matches!(root.kind, Kind::Map(_)) || found.len() > ENOUGH {
        out.append(&mut found);
        return None;
    }
    let name = root.text_of("name").unwrap_or_default();
    let import = imports.under(root, beside, files, &mut found);
    let mut cases = vec![Case {
        name: name.to_owned(),
        cite: Vec::new(),
        why: None,
        after: None,
        follows: false,
        draft: lower(root, import, &mut found),
        expect: expectations(root, &mut found),
        properties: properties(root, &mut found),
        refuse: Vec::new(),
        lints: None,
        diagnostics: Vec::new(),
        origin: root.origin(),
    }];
    fresh(found, &mut seen, out);
    if root.get("cases").is_some() {
        let network = without(root, &["expect", "properties", "cases"]);
        let mut lowered = |root: &Node, out: &mut Vec<Diagnostic>| {
            let draft = imports.under(root, beside, files, out);
            lower(root, draft, out)
        };
        further_cases(root, &network, &mut lowered, &mut cases, &mut seen, out);
    }
    Some(Scenario {
        name: name.to_owned(),
        about: root.text_of("about").map(str::to_owned),
        cases,
        files: files.clone(),
    })
}

/// The entries of `cases`, each a network of its own.
fn further_cases(
    root: &Node,
    network: &Node,
    lower: &mut dyn FnMut(&Node, &mut Vec<Diagnostic>) -> Draft,
    cases: &mut Vec<Case>,
    seen: &mut HashSet<String>,
    out: &mut Vec<Diagnostic>,
) {
    let mut previous = network.clone();
    let mut budget = MAX_CASE_NODES;
    for node in root.get("cases").map(Node::items).unwrap_or_default() {
        let mut found = Vec::new();
        let (base, after) = if node.text_of("after") == Some("previous") {
            (&previous, cases.len() - 1)
        } else {
            (network, 0)
        };
        let edited = match node.get("edit") {
            Some(edit) => {
                edit_is_of_the_network(edit, &mut found);
                merge(base, &without(edit, OWN))
            }
            None => base.clone(),
        };
        let size = edited.size();
        if size > budget {
            out.push(Diagnostic::error(
                "too-large",
                "",
                &node.origin(),
                "the cases together are too large",
            ));
            return;
        }
        budget -= size;
        check::check(&edited, &mut found);
        let draft = lower(&edited, &mut found);
        let refuse = findings(node, "refuse").unwrap_or_default();
        let mut diagnostics = Vec::new();
        if refuse.is_empty() {
            fresh(found, seen, out);
        } else {
            diagnostics = found;
        }
        let mut wrong = Vec::new();
        let expect = expectations(node, &mut wrong);
        let properties = properties(node, &mut wrong);
        fresh(wrong, seen, out);
        cases.push(Case {
            name: node.text_of("name").unwrap_or_default().to_owned(),
            cite: node
                .texts_of("cite")
                .into_iter()
                .map(|(t, _)| t.to_owned())
                .collect(),
            why: node.text_of("why").map(str::to_owned),
            after: Some(after),
            follows: node.text_of("after") == Some("previous"),
            draft,
            expect,
            properties,
            refuse,
            lints: findings(node, "lints"),
            diagnostics,
            origin: node.origin(),
        });
        previous = edited;
    }
}

fn edit_is_of_the_network(edit: &Node, out: &mut Vec<Diagnostic>) {
    if !matches!(edit.kind, Kind::Map(_)) {
        out.push(Diagnostic::error(
            "wrong-type",
            "",
            &edit.origin(),
            "an `edit` is a map that is laid over the network",
        ));
    }
    for (key, _) in edit.pairs() {
        if OWN.contains(&key.text.as_str()) {
            out.push(Diagnostic::error(
                "edit-not-of-the-network",
                "",
                &key.span.origin(),
                format!(
                    "`{}` is not part of the network that `edit` changes",
                    key.text
                ),
            ));
        }
    }
}

/// Errors or warnings that a case expects, if it says so at all.
fn findings(case: &Node, key: &str) -> Option<Vec<Refuse>> {
    let items = case.get(key)?.items();
    let read = |n: &Node| {
        Some(Refuse {
            code: n.text_of("code")?.to_owned(),
            at: n.text_of("at").map(str::to_owned),
            origin: n.origin(),
        })
    };
    Some(items.iter().filter_map(read).collect())
}

/// Keeps what has not been said: every case repeats the faults of the network it edits.
pub(super) fn fresh(found: Vec<Diagnostic>, seen: &mut HashSet<String>, out: &mut Vec<Diagnostic>) {
    for d in found {
        if seen.insert(format!("{} {:?} {} {}", d.code, d.origin, d.at, d.message)) {
            out.push(d);
        }
    }
}
