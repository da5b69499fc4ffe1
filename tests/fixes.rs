//! `fix` over every bundled expectation that does not end as its twin does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::analysis::cost::Prices;
use reachability::analysis::fix::{Bounds, Case, Goal, Mended, Promise, Wanted, fix};
use reachability::answer::target;
use reachability::cli::{Expectation, Scene, open_to_edit};
use reachability::model::catalog;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

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

/// What came of trying to mend an expectation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Fixed,
    /// A fix is there, and would break what the case expects besides.
    Breaks,
    None,
}

/// Mends what one expectation is about: to private, or else to internet.
fn mend(scene: &Scene, expected: &Expectation, goals: &[Goal]) -> (Came, String) {
    let (network, draft) = (
        scene.network.as_ref().unwrap(),
        scene.draft.as_ref().unwrap(),
    );
    let (ask, promises, prices) = (
        expected.ask(network).unwrap(),
        promises(scene),
        Prices::default(),
    );
    let bounds = Bounds {
        edits: 4,
        runs: 150,
        fixes: 1,
    };
    let mut came = (Came::None, String::new());
    for goal in goals {
        let wanted = Wanted {
            goal: *goal,
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
        match fix(case, bounds).unwrap() {
            Mended::Found { fixes, tried, .. } => {
                let f = &fixes[0];
                let words: Vec<String> = f.edits.iter().map(|e| e.words(&f.network)).collect();
                return (
                    Came::Fixed,
                    format!("{goal:?} in {tried}: {}", words.join("; ")),
                );
            }
            Mended::None {
                breaking, tried, ..
            } if !breaking.is_empty() => {
                came = (
                    Came::Breaks,
                    format!("{goal:?} in {tried} breaks {:?}", breaking[0].2),
                );
            }
            Mended::None { tried, .. } => came.1.push_str(&format!("{goal:?}: none in {tried}; ")),
            Mended::Unknown(_) | Mended::Already(_) => {}
        }
    }
    came
}

/// By code of what is expected to stop it, or `internet`: how many are fixed, would break something,
/// and are not mended.
fn census() -> BTreeMap<String, [usize; 3]> {
    let verbose = std::env::var("FIXES").unwrap_or_default();
    let files = Mutex::new(files());
    let counts = Mutex::new(BTreeMap::<String, [usize; 3]>::new());
    let work = || {
        while let Some(file) = { files.lock().unwrap().pop() } {
            let Ok(input) = open_to_edit(file.to_str().unwrap()) else {
                continue;
            };
            for scene in input.scenes.iter().filter(|s| s.network.is_some()) {
                for expected in &scene.expect {
                    let checks = &expected.checks;
                    let (name, goals) = match checks.verdict.as_deref() {
                        Some("unreachable" | "denied" | "mixed") => {
                            let code = checks.code.as_deref().or(checks.verdict.as_deref());
                            (code.unwrap(), &[Goal::Private, Goal::Internet][..])
                        }
                        Some("internet") if served(scene, expected) => {
                            ("internet", &[Goal::Private][..])
                        }
                        _ => continue,
                    };
                    let (came, told) = mend(scene, expected, goals);
                    counts.lock().unwrap().entry(name.to_owned()).or_default()[came as usize] += 1;
                    let none = verbose == "none" && came != Came::Fixed;
                    if verbose == "all" || verbose == name || none {
                        eprintln!(
                            "{name} {} [{}] {:?} → {}\n      {told}",
                            file.display(),
                            scene.name,
                            expected.from,
                            expected.to
                        );
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.map(|t| t.join().unwrap());
    });
    counts.into_inner().unwrap()
}

/// Whether the sender is in a VPC and what it calls has endpoints there.
fn served(scene: &Scene, expected: &Expectation) -> bool {
    let (network, compiled) = scene.compiled().unwrap();
    let ask = expected.ask(network).unwrap();
    let target = target(network, compiled, &ask).unwrap_or_default();
    let owner = target.name.as_deref().and_then(catalog::owner_of);
    let (Some((region, service)), Some(vpc)) = (owner, ask.from.vpc(network)) else {
        return false;
    };
    let named = !service.private_names.is_empty() && service.interface;
    network.vpcs[vpc].region == region && (service.gateway || named)
}

#[test]
fn bundled_scenarios_are_repaired() {
    let counts = census();
    let mut total = [0; 3];
    for (code, n) in &counts {
        eprintln!("{code:55} {n:?}");
        for (sum, n) in total.iter_mut().zip(n) {
            *sum += n;
        }
    }
    eprintln!("total fixed, breaks, none: {total:?}");
}
