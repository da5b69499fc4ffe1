//! A file that cannot be used is looked at to the end all the same: what AWS would not allow is said
//! in the run that says what is misspelt.

use super::cases::fresh;
use super::keys::all;
use super::over;
use super::tree::{Kind, Node};
use super::{Case, Scenario};
use crate::diagnostic::Diagnostic;
use crate::model;
use std::collections::HashSet;

/// Adds what [`model::build`] has against the networks of a file that is already known to be broken.
pub(super) fn add(root: &Node, scenario: &Scenario, out: &mut Vec<Diagnostic>) {
    let mut declared = HashSet::new();
    keys(root, "", &mut declared);
    let known: HashSet<_> = out.iter().map(place).collect();
    // What a component that is not modelled may be, nothing here can judge.
    let later = out.iter().filter(|d| d.code == "not-modelled-yet");
    let later: HashSet<_> = later.map(|d| d.at.clone()).collect();
    let mut seen = HashSet::new();
    for Case { draft, refuse, .. } in &scenario.cases {
        if !refuse.is_empty() {
            continue;
        }
        let mut found = model::build(draft.clone()).diagnostics;
        found.retain(|d| {
            // What is odd in an import is no fault of this file's.
            let own = !over::is_over(root) || d.origin.is_written();
            let judged = own && !known.contains(&place(d)) && !later.contains(&d.at);
            judged && !follows(d, &declared)
        });
        fresh(found, &mut seen, out);
    }
}

/// Every key of the file, with the key it stands under: what it declares, wherever it ended up.
fn keys<'a>(node: &'a Node, under: &'a str, out: &mut HashSet<(&'a str, &'a str)>) {
    match &node.kind {
        Kind::Map(pairs) => {
            for (key, value) in pairs {
                out.insert((under, &key.text));
                keys(value, &key.text, out);
            }
        }
        Kind::Seq(items) => items.iter().for_each(|item| keys(item, under, out)),
        Kind::Null | Kind::Scalar(_) => {}
    }
}

/// One fault at a place is enough to send somebody there.
fn place(d: &Diagnostic) -> String {
    format!("{:?}", d.origin)
}

/// A name is missing because what the file says of it could not be read: the file has it under a
/// key of its kind, or under a key that nothing is called.
fn follows(d: &Diagnostic, declared: &HashSet<(&str, &str)>) -> bool {
    let mut words = d.message.split('`');
    let kind = words.next().and_then(|w| w.trim().strip_prefix("no "));
    let kind = kind.and_then(|w| w.strip_suffix(" named"));
    let (Some(kind), Some(name)) = (kind, words.next()) else {
        return false;
    };
    let kind = format!("{}s", kind.to_lowercase().replace(' ', "_"));
    let own = name.rsplit('/').next().unwrap_or_default();
    let reads = |key: &str| key == kind || !all().any(|k| k.name == key);
    let derived = kind == "network_interfaces" || own == "main";
    d.code == "unknown-name" && (derived || declared.iter().any(|(key, n)| *n == own && reads(key)))
}
