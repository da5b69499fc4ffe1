//! `fix` over every bundled expectation that does not end as its twin does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

use reachability::analysis::cost::Prices;
use reachability::analysis::fix::{Bounds, Case, Goal, Mended, Promise, Wanted, fix};
use reachability::cli::{Scene, open_to_edit};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every scenario that comes with the program.
fn files() -> Vec<PathBuf> {
    fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, out);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    collect(Path::new("scenarios"), &mut out);
    out.sort();
    out
}

fn promises(scene: &Scene) -> Vec<Promise> {
    let network = scene.network.as_ref().unwrap();
    let all = scene.expect.iter();
    all.filter_map(|e| {
        Some(Promise {
            name: e.to.clone(),
            ask: e.ask(network).ok()?,
            checks: e.checks.clone(),
        })
    })
    .collect()
}

#[test]
fn census() {
    let prices = Prices::default();
    let mut counts: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let verbose = std::env::var("FIXES").unwrap_or_default();
    for file in files() {
        let Ok(input) = open_to_edit(file.to_str().unwrap()) else {
            continue;
        };
        for scene in &input.scenes {
            let (Some(network), Some(draft)) = (&scene.network, &scene.draft) else {
                continue;
            };
            let promises = promises(scene);
            for expected in &scene.expect {
                let verdict = expected.checks.verdict.as_deref().unwrap_or("");
                if !["unreachable", "denied", "mixed"].contains(&verdict) {
                    continue;
                }
                let ask = expected.ask(network).unwrap();
                let code = expected
                    .checks
                    .code
                    .clone()
                    .unwrap_or_else(|| verdict.to_owned());
                let mut best = 3;
                let mut told = String::new();
                for goal in [Goal::Private, Goal::Internet] {
                    let wanted = Wanted {
                        goal,
                        via: Vec::new(),
                    };
                    let case = Case {
                        draft,
                        network,
                        ask: &ask,
                        wanted: &wanted,
                        promises: &promises,
                        prices: &prices,
                    };
                    match fix(case, Bounds::default()).unwrap() {
                        Mended::Found { fixes, tried, .. } => {
                            let f = &fixes[0];
                            let words: Vec<String> =
                                f.edits.iter().map(|e| e.words(&f.network)).collect();
                            told = format!("{goal:?} in {tried}: {}", words.join("; "));
                            best = 0;
                            break;
                        }
                        Mended::None {
                            breaking, tried, ..
                        } if !breaking.is_empty() => {
                            best = best.min(1);
                            told = format!("{goal:?} in {tried} breaks {:?}", breaking[0].2);
                        }
                        Mended::None { tried, .. } if told.is_empty() => {
                            told = format!("none in {tried}")
                        }
                        Mended::None { .. } => {}
                        Mended::Unknown(_) => best = best.min(2),
                        Mended::Already(_) => {}
                    }
                }
                counts.entry(code.clone()).or_default()[best] += 1;
                if verbose == "all" || verbose == code || (verbose == "none" && best == 3) {
                    eprintln!(
                        "{code} {} [{}] {:?} → {}\n      {told}",
                        file.display(),
                        scene.name,
                        expected.from,
                        expected.to
                    );
                }
            }
        }
    }
    let mut total = [0; 4];
    for (code, n) in &counts {
        eprintln!("{code:55} {n:?}");
        for i in 0..4 {
            total[i] += n[i];
        }
    }
    eprintln!("total fixed, breaks, unknown, none: {total:?}");
    assert!(total[0] >= 335, "{total:?}");
}
