//! Every scenario that the repository ships loads, and builds what it says it builds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use reachability::diagnostic::{Diagnostic, Severity};
use reachability::model::build;
use reachability::scenario::{Case, load};
use std::fs;
use std::path::{Path, PathBuf};

/// Every `.yaml` under a folder, in the order of their names.
fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<(String, String)> {
    diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| (d.code.to_string(), d.at.clone()))
        .collect()
}

/// What is wrong with a case: errors nobody expects, or expected errors that do not come.
fn faults(case: &Case) -> Vec<String> {
    let mut found = errors(&case.diagnostics);
    found.extend(errors(&build(case.draft.clone()).diagnostics));
    let mut out = Vec::new();
    for refusal in &case.refuse {
        let at = |at: &String| refusal.at.as_ref().is_none_or(|wanted| wanted == at);
        match found.iter().position(|(c, a)| *c == refusal.code && at(a)) {
            Some(place) => drop(found.remove(place)),
            None => out.push(format!(
                "`{}` at {:?} is not refused",
                refusal.code, refusal.at
            )),
        }
    }
    out.extend(found.iter().map(|(c, a)| format!("unexpected `{c}` at `{a}`")));
    out
}

#[test]
fn every_scenario_loads_and_refuses_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    assert!(!paths.is_empty(), "no scenario found");
    let mut out = Vec::new();
    for path in paths {
        let folder = path.parent().unwrap().to_owned();
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        let read = |p: &str| fs::read_to_string(folder.join(p)).map_err(|e| e.to_string());
        let file = path.file_name().unwrap().to_str().unwrap();
        let loaded = load(file, &fs::read_to_string(&path).unwrap(), &read);
        let Some(scenario) = loaded.scenario else {
            for d in loaded.diagnostics {
                out.push(format!("{name}: {} at `{}`: {} ({:?})", d.code, d.at, d.message, d.origin));
            }
            continue;
        };
        for case in &scenario.cases {
            for fault in faults(case) {
                out.push(format!("{name}: {}: {fault}", case.name));
            }
        }
    }
    assert!(out.is_empty(), "{}", out.join("\n"));
}
