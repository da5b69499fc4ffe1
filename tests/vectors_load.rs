//! Every vector file loads, builds, and is refused exactly where it says so.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use reachability::diagnostic::{Diagnostic, Severity, render};
use reachability::model::{Files, build};
use reachability::scenario::{Case, load};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/vectors")
}

/// What is wrong with a case: findings it does not announce, refusals that do not come.
fn faults(case: &Case, files: &Files) -> Vec<String> {
    let mut found: Vec<Diagnostic> = case.diagnostics.clone();
    if found.iter().all(|d| d.severity != Severity::Error) {
        found.extend(build(case.draft.clone()).diagnostics);
    }
    let mut out = Vec::new();
    if case.refuse.is_empty() {
        if !found.is_empty() {
            out.push(render(&found, files));
        }
        if case.expect.is_empty() && case.properties == 0 && !case.cite.is_empty() {
            out.push("states nothing".to_owned());
        }
        return out;
    }
    found.retain(|d| d.severity == Severity::Error);
    let mut wanted: Vec<_> = case
        .refuse
        .iter()
        .map(|r| (r.code.clone(), r.at.clone()))
        .collect();
    for d in &found {
        let place = wanted
            .iter()
            .position(|(code, at)| code == d.code && at.as_ref().is_none_or(|at| *at == d.at));
        match place {
            Some(place) => drop(wanted.remove(place)),
            None => out.push(format!("refused with {} at `{}`", d.code, d.at)),
        }
    }
    out.extend(wanted.iter().map(|w| format!("not refused with {w:?}")));
    out
}

#[test]
fn every_vector_file_loads_and_builds() {
    let folder = folder();
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n.ends_with(".yaml"))
        .collect();
    names.sort();
    assert!(!names.is_empty());
    let read = |path: &str| fs::read_to_string(folder.join(path)).map_err(|e| e.to_string());
    let mut wrong = Vec::new();
    for name in names {
        let loaded = load(&name, &read(&name).unwrap(), &read);
        if !loaded.diagnostics.is_empty() {
            wrong.push(format!(
                "{name}:\n{}",
                render(&loaded.diagnostics, &loaded.files)
            ));
        }
        let Some(scenario) = loaded.scenario else {
            continue;
        };
        for case in &scenario.cases {
            for fault in faults(case, &scenario.files) {
                wrong.push(format!("{name}: {}: {fault}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
