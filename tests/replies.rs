//! Both legs are always walked: for each stateless filter and each route table that a reply meets,
//! a scenario in which only the reply fails, and fails there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

#[path = "replies/kinds.rs"]
mod kinds;

use reachability::answer::{Alternative, Answer, Fact, Part, Wording, answer};
use reachability::cli::{Expectation, Scene, open};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const COMMAND: &str = "UPDATE=1 cargo test --test replies";

/// Stages that know nothing of the request: ACLs, and the tables that route.
const STATELESS: &[&str] = &[
    "acl",
    "routes",
    "attachment",
    "transit gateway routes",
    "connections",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/replies")
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut all: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    all.sort();
    assert!(all.len() > 10, "{all:?}");
    all
}

fn answered<'a>(scene: &'a Scene, expected: &Expectation) -> (Wording<'a>, Answer) {
    let (network, compiled) = scene.compiled().unwrap();
    let answer = answer(network, compiled, &expected.ask(network).unwrap());
    (Wording::new(network, compiled), answer.unwrap())
}

/// Where the reply was decided about without memory: by which row, and where to.
fn decisions(
    words: Wording<'_>,
    way: &Alternative,
) -> BTreeMap<(String, &'static str, usize), (String, String)> {
    let facts = words.facts(way);
    let next = facts.iter().skip(1).map(|s| s.node.to_string());
    let next = next.chain([String::new()]);
    let back = facts.iter().zip(next).filter(|(s, _)| s.part == Part::Back);
    // Somebody's host on the internet has one way, which the input does not give.
    let outside = |s: &Fact| s.what == "routes" && !s.node.contains('/');
    let asked = back.filter(|(s, _)| STATELESS.contains(&s.what) && !s.quiet && !outside(s));
    asked
        .map(|(s, next)| {
            let place = (s.node.to_string(), s.what, s.place.stage());
            (place, (s.by.to_string(), next))
        })
        .collect()
}

#[test]
fn each_filter_and_each_table_fails_alone() {
    let (mut total, mut missing) = (0, Vec::new());
    for file in files() {
        let input = open(file.to_str().unwrap()).unwrap();
        let (base, cases) = input.scenes.split_first().unwrap();
        for flow in &base.expect {
            let same =
                |e: &&Expectation| (&e.from, &e.to, e.port) == (&flow.from, &flow.to, flow.port);
            let (words, given) = answered(base, flow);
            let [way] = given.alternatives.as_slice() else {
                panic!("{}: {} has several ways", file.display(), flow.to);
            };
            assert!(way.delivered(), "{}: {}", file.display(), flow.to);
            let usual = decisions(words, way);
            let mut failing = BTreeSet::new();
            for case in cases {
                for expected in case.expect.iter().filter(same) {
                    let (words, given) = answered(case, expected);
                    let back = given.obstacles.first().is_some_and(|o| o.leg == Part::Back);
                    let Some(way) = given.alternatives.first().filter(|_| back) else {
                        continue;
                    };
                    let other = decisions(words, way).into_iter();
                    let other = other.filter(|(at, by)| usual.get(at).is_some_and(|u| u != by));
                    failing.extend(other.map(|(at, _)| at));
                }
            }
            let never = usual.keys().filter(|at| !failing.contains(*at));
            let place = format!("{}: {}", file.display(), flow.to);
            missing.extend(never.map(|at| format!("{place} never fails at {at:?}")));
            total += usual.len();
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(total > 60, "{total} decisions");
}

/// What the table says of a case: where its reply fails, and why.
fn row(scene: &Scene, expected: &Expectation) -> Option<String> {
    let checks = &expected.checks;
    if checks.leg.as_deref() != Some("back") {
        return None;
    }
    let (at, code) = (checks.at.as_deref()?, checks.code.as_deref()?);
    let by = checks
        .by
        .as_ref()
        .map_or(String::new(), |by| format!(", `{by}`"));
    Some(format!("| {} | `{at}`{by} | `{code}` |", scene.name))
}

fn table() -> String {
    let mut out = String::from(
        "# Only the reply fails\n\n\
         A connection works if the request gets there and the reply comes back. Groups remember the\n\
         request; ACLs and route tables do not, and each of them can stop the reply alone. Here is each\n\
         kind of path, with every ACL and every table that its reply meets, in a network where the\n\
         request gets through.\n\n",
    );
    for file in files() {
        let input = open(file.to_str().unwrap()).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let title = &input.scenes.first().unwrap().name;
        writeln!(out, "## {title}\n\n[{name}]({name})\n").unwrap();
        out.push_str("| case | stopped at, by | code |\n| --- | --- | --- |\n");
        for scene in &input.scenes {
            for row in scene.expect.iter().filter_map(|e| row(scene, e)) {
                writeln!(out, "{row}").unwrap();
            }
        }
        out.push('\n');
    }
    writeln!(out, "This page is written by `{COMMAND}`.").unwrap();
    out
}

#[test]
fn the_table_is_up_to_date() {
    let path = folder().join("README.md");
    let wanted = table();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let have = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        wanted == have,
        "{} is out of date: run `{COMMAND}`",
        path.display()
    );
}
