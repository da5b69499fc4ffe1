//! *Load, print, load is the identity on networks*, up to where things are written: over every
//! bundled scenario and case, and over generated networks; and an import that is printed answers as
//! it did wherever it knew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "printing/census.rs"]
mod census;
#[path = "networks/mod.rs"]
mod networks;
#[path = "printing/normal.rs"]
mod normal;

use census::Census;
use reachability::model::{Draft, Network, build};
use reachability::scenario::print::{Printed, print};
use reachability::scenario::{Scenario, load};
use std::path::{Path, PathBuf};

/// The network that a printed text says.
fn read(printed: &Printed) -> Network {
    let loaded = load("printed.yaml", &printed.text, &|_| Err("no base".into()));
    assert_eq!(loaded.diagnostics, [], "{}", printed.text);
    let scenario = loaded.scenario.unwrap();
    let draft = scenario.cases.into_iter().next().unwrap().draft;
    network(draft).unwrap_or_else(|| panic!("not sound: {}", printed.text))
}

fn network(draft: Draft) -> Option<Network> {
    build(draft).network
}

/// Prints, reads again, and holds the two against one another.
fn holds(before: &Network, what: &str) -> Printed {
    let printed = print(before, what);
    assert_eq!(printed.unsaid, [], "{what}");
    let after = read(&printed);
    if *before != after {
        let (before, after) = (facts(before), facts(&after));
        let mut pairs = before.iter().zip(&after).enumerate();
        let (at, (was, is)) = pairs.find(|(_, (a, b))| a != b).unwrap();
        let around = before.get(at.saturating_sub(12)..at).unwrap();
        panic!(
            "{what}: {was} became {is}, after {around:#?}\n{}",
            printed.text
        );
    }
    printed
}

/// What a network says, a line each, without where it was written.
fn facts(network: &Network) -> Vec<String> {
    let text = format!("{network:#?}");
    let lines = text.lines().map(str::trim);
    let of_origins = ["origin:", "file:", "start:", "end:", "\"", "}", ")"];
    let said = lines.filter(|line| !of_origins.iter().any(|o| line.starts_with(o)));
    said.map(str::to_owned).collect()
}

fn scenarios(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scenarios(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

fn bundled() -> Vec<(String, Scenario)> {
    let mut files = Vec::new();
    scenarios(Path::new("scenarios"), &mut files);
    files.sort();
    let mut out = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let beside = |name: &str| {
            std::fs::read_to_string(path.with_file_name(name)).map_err(|e| e.to_string())
        };
        let name = path.display().to_string();
        let scenario = load(&name, &text, &beside).scenario.unwrap();
        out.push((name, scenario));
    }
    out
}

#[test]
fn bundled_scenarios_come_back_as_they_were() {
    let mut census = Census::default();
    for (file, scenario) in bundled() {
        for case in scenario.cases {
            let what = format!("{file}: {}", case.name);
            // A case that loading must refuse has no network.
            if let Some(network) = network(case.draft) {
                let printed = holds(&network, &what);
                census.count(&network, &printed.text);
            }
        }
    }
    println!("{census}");
    census.has(&[]);
}

#[test]
fn generated_networks_come_back_as_they_were() {
    let mut census = Census::default();
    for seed in 0..2_000 {
        let case = networks::generate(&mut networks::Genes::seeded(seed), 0);
        if let Some(network) = network(normal::form(case.draft)) {
            let printed = holds(&network, &format!("seed {seed}"));
            census.count(&network, &printed.text);
        }
    }
    println!("{census}");
    assert!(census.networks > 1_000, "{census}");
    census.has(&[]);
}
