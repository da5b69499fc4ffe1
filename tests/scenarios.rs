//! Every bundled scenario holds, judged by the `check` that users run.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Answer, answer, decisive};
use reachability::aws::compile;
use reachability::cli::open;
use reachability::model::SWITCHES;
use std::path::{Path, PathBuf};
use std::process::Command;

fn scenarios(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            scenarios(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

#[test]
fn every_bundled_scenario_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    scenarios(&root.join("scenarios"), &mut files);
    assert!(!files.is_empty(), "no scenarios are bundled");
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(root)
        .args(["check", "--strict"])
        .args(&files)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let problems: Vec<&str> = text.lines().filter(|l| !l.starts_with("  held")).collect();
    assert!(
        output.status.success(),
        "{}\n{}",
        problems.join("\n"),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A person would act on another verdict, another way, another cause.
fn differ(a: &Answer, b: &Answer) -> bool {
    let cause = |x: &Answer| x.obstacles.first().map(|o| (o.code, o.leg));
    a.verdict != b.verdict || a.mechanism != b.mechanism || cause(a) != cause(b)
}

/// Which switches decide is found without compiling for each: it must be what trying all finds.
#[test]
fn switches_that_are_not_tried_decide_nothing() {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    scenarios(&root.join("scenarios"), &mut files);
    let (mut asked, mut decided) = (0, 0);
    for file in files {
        let input = open(file.to_str().unwrap()).unwrap();
        // One edit of a network is much like the next.
        for scene in input.scenes.iter().step_by(4) {
            let Some((network, compiled)) = scene.compiled() else {
                continue;
            };
            let others: Vec<_> = SWITCHES
                .iter()
                .map(|switch| {
                    let on = network.is_on(switch.name);
                    let other = network.assuming(switch.name, !on);
                    let compiled = compile(&other);
                    (format!("{}={on}", switch.name), other, compiled)
                })
                .collect();
            for expected in &scene.expect {
                let Ok(ask) = expected.ask(network) else {
                    continue;
                };
                let Ok(given) = answer(network, compiled, &ask) else {
                    continue;
                };
                let all: Vec<String> = others
                    .iter()
                    .filter(|(_, n, c)| answer(n, c, &ask).is_ok_and(|a| differ(&a, &given)))
                    .map(|(text, ..)| text.clone())
                    .collect();
                let found = decisive(network, compiled, &ask, &given);
                assert_eq!(found, all, "{}: {}", file.display(), expected.to);
                asked += 1;
                decided += all.len();
            }
        }
    }
    assert!(
        asked > 200 && decided > 10,
        "{asked} asked, {decided} decided"
    );
}
