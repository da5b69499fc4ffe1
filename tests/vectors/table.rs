//! Which vectors run, and which wait for what.

use super::bundle::{File, Page, Vector, files, root};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How the table is brought up to date.
const COMMAND: &str = "UPDATE=1 cargo test --test vectors";

/// The vectors that must run.
const FORWARDING: &str =
    "1 2 4-6 8 10 12 13 21-30 32-35 37-40 42-57 60-69 71-74 76-80 82-97 99-105 108 109 114 117-119";
const ENDPOINTS: &str = "1-6 8-32 34-43 46-88";

/// What the others wait for.
const FORWARDING_WAITS: &[(&str, &str)] = &[];
const ENDPOINTS_WAITS: &[(&str, &str)] = &[];

/// `1 4-6`.
fn numbers(list: &str) -> Vec<u16> {
    let mut out = Vec::new();
    for word in list.split(' ') {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        out.extend(first.parse::<u16>().unwrap()..=last.parse().unwrap());
    }
    out
}

fn all(page: Page, list: &str) -> BTreeSet<Vector> {
    let vector = |number| Vector { page, number };
    numbers(list).into_iter().map(vector).collect()
}

/// Every vector that must run.
fn scope() -> BTreeSet<Vector> {
    let mut out = all(Page::Forwarding, FORWARDING);
    out.extend(all(Page::Endpoints, ENDPOINTS));
    out
}

fn waits_for(vector: Vector) -> Option<&'static str> {
    let list = match vector.page {
        Page::Forwarding => FORWARDING_WAITS,
        Page::Endpoints => ENDPOINTS_WAITS,
    };
    let mut rows = list.iter();
    let row = rows.find(|(list, _)| numbers(list).contains(&vector.number))?;
    Some(row.1)
}

/// Where a vector is stated: links to the files, with the cases.
fn stated(files: &[File], vector: Vector) -> Vec<String> {
    let mut out = Vec::new();
    for file in files {
        let cases: Vec<&str> = file
            .scenes
            .iter()
            .filter(|s| s.cites.contains(&vector))
            .map(|s| match s.after {
                None => "the file itself",
                Some(_) => s.name.as_str(),
            })
            .collect();
        if !cases.is_empty() {
            let path = match file.path.strip_prefix("vectors/") {
                Some(own) => own.to_owned(),
                None => format!("../{}", file.path),
            };
            out.push(format!("[{}]({path}): {}", file.path, cases.join(" · ")));
        }
    }
    out
}

fn table(files: &[File]) -> String {
    let mut rows = String::new();
    let (mut run, mut total) = (0, 0);
    for page in Page::ALL {
        for number in 1..=page.len() {
            let vector = Vector { page, number };
            let stated = stated(files, vector);
            total += 1;
            let state = if stated.is_empty() {
                let what = waits_for(vector);
                let what = what.unwrap_or_else(|| panic!("{vector} neither runs nor waits"));
                format!("waits, not modelled yet: {what}")
            } else {
                run += 1;
                "runs".to_owned()
            };
            let (page, stated) = (page.name(), stated.join("<br>"));
            writeln!(rows, "| {number} | {page} | {stated} | {state} |").unwrap();
        }
    }
    format!(
        "# Test vectors\n\n\
         The specification this program is held to consists of two pages, each with numbered test\n\
         vectors: a small network, a question, and what AWS does. `vpc-forwarding` is about routes,\n\
         filters, gateways, peering and load balancers, `endpoints-and-dns` about endpoints, names and\n\
         endpoint services. A case states the vectors that it `cite`s; each stands beside a twin, one\n\
         edit away, that ends the other way.\n\n\
         {run} of {total} run. This table is written by `{COMMAND}`.\n\n\
         | number | page | file: case | runs or waits |\n| --: | --- | --- | --- |\n{rows}"
    )
}

#[test]
fn every_vector_in_scope_is_a_case_that_runs() {
    let scope = scope();
    assert_eq!(scope.len(), 175);
    let mut cited = BTreeSet::new();
    for file in &files() {
        let tested = file
            .scenes
            .iter()
            .filter(|s| s.refused || !s.asks.is_empty());
        cited.extend(tested.flat_map(|s| s.cites.iter().copied()));
    }
    let missing: Vec<String> = scope.difference(&cited).map(Vector::to_string).collect();
    assert!(missing.is_empty(), "no case states {}", missing.join(", "));
    let stale = cited.into_iter().filter(|v| waits_for(*v).is_some());
    let stale: Vec<String> = stale.map(|v| v.to_string()).collect();
    assert!(stale.is_empty(), "no longer waits: {}", stale.join(", "));
}

#[test]
fn the_table_is_up_to_date() {
    let path = root().join("vectors/README.md");
    let wanted = table(&files());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let have = std::fs::read_to_string(&path).unwrap_or_default();
    let differ = wanted.lines().zip(have.lines()).find(|(a, b)| a != b);
    assert!(
        wanted == have,
        "{} is out of date, at {differ:?}: run `{COMMAND}`",
        path.display()
    );
}
