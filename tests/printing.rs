//! *Load, print, load is the identity on networks*, up to where things are written: over every
//! bundled scenario and case, and over generated networks; and an import that is printed answers as
//! it did wherever it knew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

#[path = "printing/adorn.rs"]
mod adorn;
#[path = "printing/adorn_policies.rs"]
mod adorn_policies;
#[path = "printing/census.rs"]
mod census;
#[path = "networks/mod.rs"]
mod networks;
#[path = "printing/normal.rs"]
mod normal;

use census::Census;
use networks::Genes;
use reachability::answer::{Answer, Ask, answer, source};
use reachability::aws::{Compiled, compile};
use reachability::cli::{self, open};
use reachability::model::{Draft, Network, World, build};
use reachability::scenario::print::{Printed, print};
use reachability::scenario::{Case, Scenario, load};
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
    read_folder("scenarios")
}

fn read_folder(folder: &str) -> Vec<(String, Scenario)> {
    let mut files = Vec::new();
    scenarios(Path::new(folder), &mut files);
    files.sort();
    let mut out = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.display().to_string();
        let scenario = cli::load(&name, &text).0.scenario.unwrap();
        out.push((name, scenario));
    }
    out
}

#[test]
fn bundled_scenarios_come_back_as_they_were() {
    let mut census = Census::default();
    for (file, scenario) in bundled() {
        // An import is written down as far as a scenario can say it (`tests/unsaid.rs`).
        // A case that loading must refuse has no network, or one that leaves out what was refused.
        let told = |case: &Case| case.draft.world == World::Closed && case.refuse.is_empty();
        for case in scenario.cases.into_iter().filter(told) {
            let what = format!("{file}: {}", case.name);
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
    // What the generator leaves out, written by hand.
    for (file, scenario) in read_folder("tests/inputs/printing") {
        let network = network(scenario.cases.into_iter().next().unwrap().draft).unwrap();
        let printed = holds(&network, &file);
        census.count(&network, &printed.text);
    }
    for seed in 0..120 {
        let mut genes = Genes::seeded(seed);
        let mut draft = networks::generate(&mut genes, 0).draft;
        if seed % 3 > 0 {
            networks::dualstack(&mut draft, &mut Genes::seeded(seed + 10_000));
        }
        adorn::adorn(&mut draft, &mut genes);
        if let Some(network) = network(normal::form(draft)) {
            let printed = holds(&network, &format!("seed {seed}"));
            census.count(&network, &printed.text);
        }
    }
    println!("{census}");
    assert!(census.networks > 100, "{census}");
    census.has(&[]);
    census.has_keys();
}

/// What a person gets who turns a dump into a scenario, and what it does not say.
#[test]
fn an_import_becomes_a_scenario_that_says_what_it_cannot() {
    let input = open("tests/dumps/complete").unwrap();
    let (network, _) = input.base().unwrap();
    let printed = print(network, "complete");
    for unsaid in printed.unsaid.iter().filter(|u| u.matters) {
        assert!(printed.text.contains(&unsaid.to_string()), "{unsaid}");
    }
    let after = read(&printed);
    let mut again = print(&after, "complete");
    assert_eq!(again.unsaid, []);
    let head = printed.text.find("name:").unwrap();
    again.text.insert_str(0, printed.text.get(..head).unwrap());
    assert_eq!(again.text, printed.text);
    insta::assert_snapshot!(printed.text);
}

/// A flow between instances of a dump, asked of the import or of what was printed of it.
fn asked((network, compiled): (&Network, &Compiled), from: &str, to: &str) -> Answer {
    let ask = Ask {
        from: source(network, from).unwrap(),
        to: to.to_owned(),
        protocol: Some(6),
        port: Some(443),
        client_ports: None,
    };
    answer(network, compiled, &ask).unwrap()
}

/// Where the import knows the answer, the scenario gives the same: verdict, obstacle, mechanism.
#[test]
fn a_printed_import_answers_as_it_did() {
    let input = open("tests/dumps/complete").unwrap();
    let (before, compiled) = input.base().unwrap();
    let printed = read(&print(before, "complete"));
    let (was, is) = ((before, compiled), (&printed, &compile(&printed)));
    let names: Vec<String> = before
        .instances
        .iter()
        .map(|(_, i)| format!("{}/{}", i.vpc.text, i.name))
        .collect();
    let (mut same, mut unknown) = (0, 0);
    for from in &names {
        let elsewhere = ["s3", "dynamodb", "internet", "198.51.100.10", "10.0.3.20"];
        let services = elsewhere.map(str::to_owned).into_iter();
        for to in names.iter().cloned().chain(services) {
            let (was, is) = (asked(was, from, &to), asked(is, from, &to));
            if was.verdict.name() == "unknown" {
                unknown += 1;
                continue;
            }
            same += 1;
            let said = |a: &Answer| {
                let codes: Vec<_> = a.obstacles.iter().map(|o| (o.code, o.leg)).collect();
                (a.verdict, codes)
            };
            assert_eq!(said(&was), said(&is), "{from} to {to}");
        }
    }
    println!("{same} flows answered the same; the import does not know {unknown}");
    assert!(same > 100 && unknown < same, "{same} {unknown}");
}
