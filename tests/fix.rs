//! `fix` as people run it: what it prints, what its JSON says, and that its patch is one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod conforms;

use conforms::conforms;
use serde_json::Value;
use std::process::Command;

const GATEWAY: &str = "scenarios/tutorial/s3-over-gateway-endpoint.yaml";
const NAT: &str = "scenarios/tutorial/s3-over-nat.yaml";
const PARTNER: &str = "scenarios/privatelink-cross-account.yaml";

fn output(args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("fix")
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text + &err)
}

/// Exit code and text, at most 80 columns but for what is to be copied.
fn run(args: &[&str]) -> String {
    let (code, text) = output(args);
    for line in text.lines() {
        let copied = line.starts_with("    ");
        assert!(copied || line.chars().count() <= 80, "{line}");
    }
    format!("$ reachability fix {}\nexit {code}\n{text}", args.join(" "))
}

fn json(args: &[&str]) -> Value {
    let (_, text) = output(&[args, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

const ELSEWHERE: &[&str] = &[
    GATEWAY,
    "--case",
    "the endpoint is on another table",
    "--from",
    "shop/app",
    "--to",
    "s3://receipts",
];

#[test]
fn a_gateway_endpoint_on_another_table() {
    insta::assert_snapshot!(run(ELSEWHERE));
}

#[test]
fn over_a_nat_gateway_to_private() {
    let args = [NAT, "--from", "shop/app", "--to", "s3://receipts"];
    let by = ["--via", "gateway-endpoint", "--as", "patch"];
    insta::assert_snapshot!(run(&[&args[..], &by].concat()));
}

#[test]
fn a_provider_that_has_not_accepted() {
    let case = "the provider has not accepted yet";
    let args = [PARTNER, "--case", case, "--from", "bookshop/checkout"];
    insta::assert_snapshot!(run(
        &[&args[..], &["--to", "https://pay.example.net"]].concat()
    ));
}

#[test]
fn nothing_to_fix() {
    let to = ["--from", "shop/app", "--to", "s3://receipts"];
    insta::assert_snapshot!(run(&[&[GATEWAY][..], &to].concat()));
}

#[test]
fn none_within_the_bounds() {
    let to = ["--want", "internet", "--edits", "0"];
    insta::assert_snapshot!(run(&[ELSEWHERE, &to].concat()));
}

#[test]
fn json_is_what_its_schema_says() {
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .args(["schema", "fix"])
        .output()
        .unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let none = [ELSEWHERE, &["--edits", "0"]].concat();
    for value in [json(ELSEWHERE), json(&none)] {
        conforms(&schema["$defs"], &schema["$defs"]["fix"], &value, "fix");
    }
}

/// Laid over the case, it gives what it promises.
#[test]
fn the_patch_is_one() {
    let fixes = json(ELSEWHERE);
    let patch = fixes["fixes"][0]["patch"].as_str().unwrap();
    let indented: String = patch.lines().map(|l| format!("      {l}\n")).collect();
    let mut text = std::fs::read_to_string(GATEWAY).unwrap();
    text.push_str("  - name: fixed\n    after: previous\n    edit:\n");
    text.push_str(&indented);
    text.push_str("    expect: [{ from: shop/app, to: \"s3://receipts\", verdict: private }]\n");
    // After the case that is mended, not after the last.
    let (head, tail) = text
        .split_once("  - name: the application's group")
        .unwrap();
    let fixed = tail.split_once("  - name: fixed").unwrap().1;
    let text = format!("{head}  - name: fixed{fixed}");
    let folder = std::path::Path::new("scenarios/tutorial");
    let loaded = reachability::scenario::load("test.yaml", &text, &|base| {
        std::fs::read_to_string(folder.join(base)).map_err(|e| e.to_string())
    });
    let last = loaded.scenario.unwrap().cases.pop().unwrap();
    let network = reachability::model::build(last.draft).network.unwrap();
    let compiled = reachability::aws::compile(&network);
    let from = reachability::answer::source(&network, "shop/app").unwrap();
    let ask = reachability::answer::Ask::new(from, "s3://receipts");
    let answer = reachability::answer::answer(&network, &compiled, &ask).unwrap();
    assert_eq!(answer.verdict.name(), "private");
}

/// The README's example is what its command prints.
#[test]
fn the_readme_tells_the_truth() {
    let readme = include_str!("../README.md");
    let command = "cargo run --release -- fix ";
    let (_, rest) = readme.split_once(command).unwrap();
    let (args, rest) = rest.split_once('\n').unwrap();
    let transcript = rest.split_once("```text\n").unwrap().1;
    let transcript = transcript.split_once("```").unwrap().0;
    assert_eq!(output(&args.split(' ').collect::<Vec<_>>()).1, transcript);
}
