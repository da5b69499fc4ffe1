//! Every code has a manual page, every page's example produces its code, and `explain` prints it.
//!
//! The example of an observation is what `probe --format json` writes, with two recordings of the same
//! target: the first has the code, the second, one fact different, does not, and nothing is amiss. A
//! page that compares has the scenario and the command too.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

#[path = "codes/aws.rs"]
mod aws;

use reachability::answer::{Answer, Wording, remedy};
use reachability::cli::{Input, Scene, open};
use reachability::code::{Code, Kind};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> impl Iterator<Item = (Code, &'static str)> {
    Code::ALL.iter().map(|c| (*c, c.page()))
}

/// The text between the fence of a language and the next fence.
fn block(page: &'static str, language: &str) -> Option<&'static str> {
    let (_, rest) = page.split_once(&format!("\n```{language}\n"))?;
    rest.split_once("\n```").map(|(text, _)| text)
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A fresh folder for the examples of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Every Rust source of the product but the list of codes, the advice about them, and unit tests.
fn sources(folder: &Path, out: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            sources(&path, out);
        } else if !["code.rs", "remedy.rs", "tests.rs"].contains(&name) {
            out.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_code_is_produced() {
    let mut source = String::new();
    sources(&root().join("src"), &mut source);
    let named: BTreeSet<&str> = source
        .split("Code::")
        .skip(1)
        .filter_map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
        })
        .collect();
    for code in Code::ALL {
        assert!(named.contains(code.name()), "{code}: nothing constructs it");
    }
}

#[test]
fn pages_and_codes_are_the_same_set() {
    let files: BTreeSet<String> = std::fs::read_dir(root().join("scenarios/codes"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    let codes: BTreeSet<String> = pages().map(|(c, _)| format!("{c}.md")).collect();
    assert_eq!(files, codes);
}

#[test]
fn pages_have_the_same_parts() {
    for (code, page) in pages() {
        let mut at = 0;
        for part in [
            format!("# {code}\n\n"),
            "\n**What AWS does.**".to_owned(),
            "\n**Find it.**".to_owned(),
            "\n**Fix it.**".to_owned(),
            "\n```".to_owned(),
        ] {
            let found = page[at..].find(&part);
            at += found.unwrap_or_else(|| panic!("{code}: no {part:?}, or not in this place"));
        }
        assert!(page.starts_with('#') && page.ends_with("```\n"), "{code}");
        let fact = page.split("**What AWS does.**").nth(1).unwrap();
        let fact = fact.split("**Find it.**").next().unwrap();
        assert!(fact.contains("`/"), "{code} cites no page of AWS");
        assert!(page.lines().count() <= 65, "{code}: one page, one idea");
    }
}

/// Whether an answer has the code where its kind stands.
fn has(answer: &Answer, code: Code) -> bool {
    let name = code.name();
    match code.kind() {
        Kind::Obstacle | Kind::Unknown => answer.obstacles.first().is_some_and(|o| o.code == code),
        Kind::Note => answer.notes.contains(&name),
        Kind::Assumption => answer.assumptions.contains(&name),
        Kind::Observation => false,
    }
}

fn answers(input: &Input, scene: &Scene) -> Vec<Answer> {
    let ask = |e| input.answer(scene, e).unwrap();
    scene.expect.iter().map(ask).collect()
}

fn delivers(answer: &Answer) -> bool {
    ["private", "internet"].contains(&answer.verdict.name())
}

/// The first scene produces the code and says where; the second, one edit away, does not, and delivers.
fn produces(code: Code, input: &Input) {
    let (base, edited) = match input.scenes.as_slice() {
        // What a change does is said of the later state, not of the network itself.
        [_, change, later] if code == Code::CONNECTIONS_RESET_BY_CHANGE => (change, later),
        [base, edited] => (base, edited),
        _ => panic!("{code}: one network, one edit"),
    };
    let found = answers(input, base);
    let at = found.iter().position(|a| has(a, code));
    let at = at.unwrap_or_else(|| panic!("{code} is not produced"));
    let (checks, name) = (&base.expect[at].checks, code.name());
    assert!(checks.verdict.is_some(), "{code}: states no verdict");
    match code.kind() {
        Kind::Obstacle | Kind::Unknown => {
            assert_eq!(checks.code.as_deref(), Some(name));
            assert!(checks.leg.is_some(), "{code}: states no leg");
            let dns = checks.leg.as_deref() == Some("dns");
            assert!(checks.at.is_some() || dns, "{code}: states no place");
        }
        Kind::Note => assert!(checks.notes.iter().any(|n| n == name), "{code}"),
        Kind::Assumption => assert!(checks.assumes.iter().any(|n| n == name), "{code}"),
        Kind::Observation => panic!("{code} is of what was seen"),
    }
    let fixed = answers(input, edited);
    assert!(!fixed.iter().any(|a| has(a, code)), "{code} after the edit");
    let stops = matches!(code.kind(), Kind::Obstacle | Kind::Unknown);
    assert!(!stops || fixed.iter().any(delivers), "{code}: no fix");
}

/// The first command about a dump produces the code; the second does not, and delivers.
fn produces_by_import(code: Code, page: &'static str, folder: &Path) {
    std::fs::write(folder.join("dump.json"), block(page, "json").unwrap()).unwrap();
    let lines: Vec<&str> = block(page, "sh").unwrap().lines().collect();
    let traced = |line: &str| {
        let command = line.split('#').next().unwrap();
        let mut words: Vec<&str> = command.split_whitespace().skip(1).collect();
        words.extend(["--format", "json"]);
        run(folder, &words)
    };
    let [with, without] = lines.as_slice() else {
        panic!("{code}: two commands");
    };
    let named = format!("\"{code}\"");
    let (with, without) = (traced(with), traced(without));
    assert!(text(&with).contains(&named), "{code} is not produced");
    assert!(!text(&without).contains(&named), "{code} without its cause");
    assert_eq!(without.status.code(), Some(0), "{code}: no delivery");
}

/// The first recording has the code; the second does not, and is as it should be.
fn produces_by_recording(code: Code, page: &'static str, folder: &Path) {
    let example: serde_json::Value = serde_json::from_str(block(page, "json").unwrap()).unwrap();
    let both = example["probes"].as_array().unwrap();
    let [with, without] = both.as_slice() else {
        panic!("{code}: two recordings");
    };
    let target = &with["observation"]["target"];
    assert_eq!(target, &without["observation"]["target"], "{code}");
    let command = match block(page, "sh") {
        Some(line) => line.to_owned(),
        None => format!(
            "reachability probe {} --observed {code}.json",
            target.as_str().unwrap()
        ),
    };
    let judged = |recording: &serde_json::Value| {
        let one = serde_json::json!({ "version": 1, "probes": [recording] });
        std::fs::write(folder.join(format!("{code}.json")), one.to_string()).unwrap();
        let mut words: Vec<&str> = command.split_whitespace().skip(1).collect();
        words.extend(["--format", "json"]);
        run(folder, &words)
    };
    let named = format!("\"code\": \"{code}\"");
    let (with, without) = (judged(with), judged(without));
    assert!(text(&with).contains(&named), "{code}: {with:?}");
    assert!(!text(&without).contains(&named), "{code} without its cause");
    assert_eq!(without.status.code(), Some(0), "{code}: {without:?}");
}

#[test]
fn every_example_produces_its_code() {
    let folder = folder("codes");
    let mut files = Vec::new();
    for (code, page) in pages() {
        let seen = code.kind() == Kind::Observation;
        if let Some(example) = block(page, "yaml") {
            let file = folder.join(format!("{code}.yaml"));
            std::fs::write(&file, example).unwrap();
            let file = file.to_str().unwrap().to_owned();
            if !seen {
                produces(code, &open(&file).unwrap());
            }
            files.push(file);
        } else if !seen {
            produces_by_import(code, page, &folder);
        }
        if seen {
            produces_by_recording(code, page, &folder);
        }
    }
    let mut arguments = vec!["check", "--strict"];
    arguments.extend(files.iter().map(String::as_str));
    let output = run(&folder, &arguments);
    let said = text(&output);
    let problems: Vec<&str> = said.lines().filter(|l| !l.starts_with("  held")).collect();
    assert!(output.status.success(), "{}", problems.join("\n"));
}

fn advised(said: &mut String, example: &str, words: Wording<'_>, answer: &Answer) {
    let Some(first) = answer.obstacles.first() else {
        return;
    };
    let mut ways = answer.alternatives.iter();
    let stopped = ways.find(|a| a.obstacle.as_ref() == Some(first));
    let last = stopped.and_then(|a| words.facts(a).pop());
    let rule = last.map_or(String::new(), |s| format!(": {}", s.rule));
    let met = stopped.and_then(|a| a.last.as_ref());
    let advice = remedy(first, met).unwrap_or_else(|| "nothing".to_owned());
    let (from, to, by) = (&answer.from, &answer.ask.to, &first.by);
    let _ = writeln!(said, "{example}: {from} → {to}");
    let _ = writeln!(
        said,
        "  {} by {by}{}",
        first.code,
        rule.trim_end_matches(": ")
    );
    let _ = writeln!(said, "  {advice}");
}

/// What people read where an example stops: the row that decides, what it says, and what to try.
#[test]
fn every_example_says_what_stops_it_and_what_to_try() {
    let folder = folder("advice");
    let mut said = String::new();
    for (code, page) in pages() {
        let Some(example) = block(page, "yaml") else {
            continue;
        };
        let file = folder.join(format!("{code}.yaml"));
        std::fs::write(&file, example).unwrap();
        let input = open(file.to_str().unwrap()).unwrap();
        for (number, scene) in input.scenes.iter().enumerate() {
            for answer in answers(&input, scene) {
                let (network, compiled) = scene.compiled().unwrap();
                let words = Wording::new(network, compiled);
                advised(&mut said, &format!("{code}, {number}"), words, &answer);
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn explain_prints_the_page_in_any_case() {
    let page = Code::NO_ROUTE_TO_DESTINATION.page();
    for word in ["NO_ROUTE_TO_DESTINATION", "no-route-to-destination"] {
        let output = run(root(), &["explain", word]);
        assert_eq!(
            (text(&output).as_str(), output.status.code()),
            (page, Some(0))
        );
    }
}

#[test]
fn explain_lists_every_code_with_its_meaning() {
    let said = text(&run(root(), &["explain"]));
    for code in Code::ALL {
        assert!(said.contains(&format!("  {code}\n      {}\n", code.meaning())));
    }
    for (heading, _) in Code::GROUPS {
        assert!(said.contains(heading));
    }
}

#[test]
fn explain_in_json() {
    let one = text(&run(
        root(),
        &["explain", "host_assumed", "--format", "json"],
    ));
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    let expected = serde_json::json!({
        "version": 1,
        "code": "HOST_ASSUMED",
        "kind": "assumption",
        "meaning": Code::HOST_ASSUMED.meaning(),
        "page": Code::HOST_ASSUMED.page(),
    });
    assert_eq!(one, expected);
    let all = text(&run(root(), &["explain", "--format", "json"]));
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["codes"].as_array().unwrap().len(), Code::ALL.len());
}

#[test]
fn explain_suggests_the_nearest_code() {
    for (word, near) in [
        ("no_route_to_destinatoin", "NO_ROUTE_TO_DESTINATION"),
        ("subnet-acl-restrictoin", "SUBNET_ACL_RESTRICTION"),
        ("misdeliverd", "MISDELIVERED"),
        ("ecr", "ecr-pull"),
        (
            "no_route",
            "NO_ROUTE_TO_DESTINATION` or `TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
        ),
    ] {
        let output = run(root(), &["explain", word]);
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> = said.split_whitespace().collect();
        let said = said.join(" ");
        assert!(said.contains(&format!("did you mean `{near}`?")), "{said}");
        assert_eq!(output.status.code(), Some(2));
    }
    let said = run(root(), &["explain", "zzz"]).stderr;
    assert!(String::from_utf8_lossy(&said).contains("lists them all"));
    let said = run(root(), &["explain", "endpoint"]).stderr;
    assert!(!String::from_utf8_lossy(&said).contains("did you mean"));
}

#[test]
fn a_code_of_aws_that_cannot_arise_says_why() {
    for (names, why) in reachability::code::ELSEWHERE {
        for name in names.split(' ') {
            let said = text(&run(root(), &["explain", name]));
            let words = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words(&said).contains(&words(why)), "{said}");
        }
    }
}
