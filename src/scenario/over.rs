//! `network:`: a scenario over an import. What a listing of AWS tells is the import's; the file adds
//! what none tells, what is assumed, and what must hold.

use super::keys;
use super::merge::without;
use super::tree::{Kind, Node};
use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Files, Origin};
use std::collections::HashMap;

/// The key.
const NETWORK: &str = "network";

/// What no listing tells, beside it.
const BESIDE: &[&str] = &[
    "name",
    "about",
    "base",
    NETWORK,
    "region",
    "account",
    "accounts",
    "aws",
    "internet",
    "public_records",
    "access_points",
    "apis",
    "buckets",
    "tables",
    "principals",
    "policies",
    "down",
    "assume",
    "expect",
    "properties",
    "cases",
];

/// What is inside some of those, and told all the same.
const TOLD: &[(&str, &[&str])] = &[
    ("accounts", &["zones", "block_public_access"]),
    ("aws", &["prefix_lists"]),
];

/// An import, as a scenario is laid over it.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its nouns.
    pub draft: Draft,
    /// What is wrong or suspicious.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why there is no import.
#[derive(Clone, Debug)]
pub struct NoImport {
    /// Stands after `cannot import …: `.
    pub why: String,
    /// What to do, if we can tell.
    pub help: Option<String>,
}

/// What lies beside a scenario. Whoever reads it gets paths relative to the scenario's own file.
pub struct Beside<'a> {
    /// The text of a file.
    pub text: &'a dyn Fn(&str) -> Result<String, String>,
    /// The import of a folder or file; its texts join those that origins point into.
    pub import: &'a dyn Fn(&str, &mut Files) -> Result<Import, NoImport>,
}

/// The imports of a file and its cases, each read once.
#[derive(Default)]
pub(super) struct Imports(HashMap<String, Result<Draft, NoImport>>);

impl Imports {
    /// The import that a tree stands over, if it says so and it can be read.
    pub(super) fn under(
        &mut self,
        root: &Node,
        beside: &Beside<'_>,
        files: &mut Files,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Draft> {
        let node = root.get(NETWORK)?;
        let path = relative(node.text()?, &node.origin(), files);
        let import = self.0.entry(path.clone()).or_insert_with(|| {
            let read = (beside.import)(&path, files);
            read.map(|import| {
                out.extend(import.diagnostics);
                import.draft
            })
        });
        match import {
            Ok(draft) => Some(draft.clone()),
            Err(NoImport { why, help }) => {
                let message = format!("cannot import `{path}`: {why}");
                let found = Diagnostic::error("unreadable-network", "", &node.origin(), message);
                let help = help.clone();
                out.push(Diagnostic { help, ..found });
                None
            }
        }
    }
}

/// Whether a tree stands over an import.
pub(super) fn is_over(root: &Node) -> bool {
    root.get(NETWORK).is_some()
}

/// The tree without what is the import's to tell.
pub(super) fn own(root: &Node) -> Option<Node> {
    if !is_over(root) {
        return None;
    }
    let told = root.pairs().iter().map(|(key, _)| key.text.as_str());
    let told: Vec<&str> = told.filter(|key| !BESIDE.contains(key)).collect();
    Some(without(root, &told))
}

/// A path that is relative to the file that says it, as one that is relative to the first file.
fn relative(path: &str, said: &Origin, files: &Files) -> String {
    let folder = match said {
        Origin::Text { file: 0, .. } => None,
        Origin::Text { file, .. } => files.0.get(*file as usize),
        _ => None,
    };
    let folder = folder.and_then(|f| Some(f.name.rsplit_once('/')?.0));
    match folder.filter(|_| !path.starts_with('/')) {
        Some(folder) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}

/// What an import tells is not said a second time.
pub(super) fn check(root: &Node, out: &mut Vec<Diagnostic>) {
    if !is_over(root) {
        return;
    }
    let mut told = |text: &str, origin: &Origin| {
        let message = format!("`{text}` beside `network`: the listings tell that");
        out.push(
            Diagnostic::error("network-is-imported", "", origin, message).help(
                "to change the network itself, write it down with `reachability import`, and edit \
                 that",
            ),
        );
    };
    for (key, value) in root.pairs() {
        let own = BESIDE.contains(&key.text.as_str());
        if !own && keys::is_top_level(&key.text) {
            told(&key.text, &key.span.origin());
            continue;
        }
        let inside = TOLD.iter().find(|(outer, _)| *outer == key.text);
        let maps: Vec<&Node> = match inside {
            None => Vec::new(),
            Some(("accounts", _)) => value.pairs().iter().map(|(_, v)| v).collect(),
            Some(_) => vec![value],
        };
        for (inner, _) in maps.into_iter().flat_map(Node::pairs) {
            if inside.is_some_and(|(_, words)| words.contains(&inner.text.as_str())) {
                told(&inner.text, &inner.span.origin());
            }
        }
    }
}

/// Whose buckets, tables and principals are, where they do not say: the only account there is.
pub(super) fn account(root: &Node, import: &Draft, out: &mut Vec<Diagnostic>) -> Option<String> {
    let mut accounts: Vec<&str> = import.vpcs.iter().map(|(_, v)| &*v.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let sole = match accounts.as_slice() {
        [one] if !one.is_empty() => return Some((*one).to_owned()),
        [] | [_] => "the import names none".to_owned(),
        several => format!("the import has {}", several.join(", ")),
    };
    let of = ["buckets", "tables", "principals"];
    let nouns = of.iter().flat_map(|key| root.under(key));
    for (key, node) in nouns {
        let says = node.get("account").is_some() || node.get("arn").is_some();
        if !says && matches!(node.kind, Kind::Map(_)) {
            let message = format!("`{}` lacks an `account`: {sole}", key.text);
            let origin = key.span.origin();
            let found = Diagnostic::error("missing-key", &key.text, &origin, message);
            out.push(found.help("say it there, or once at the top of the file"));
        }
    }
    None
}
