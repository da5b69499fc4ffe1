//! `fix` and `obstacles` as people run them: what they print, what their JSON says, and that a patch is
//! one.

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
    command("fix", args)
}

fn command(name: &str, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg(name)
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
    // Behind it stands what an import remarks.
    let end = text.rfind("\n}\n").map_or(text.len(), |at| at + 2);
    serde_json::from_str(&text[..end]).unwrap_or_else(|e| panic!("{e}: {text}"))
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

/// One subnet, for what it starts: not the switch, nor the way in.
#[test]
fn block_public_access() {
    let args = ["scenarios/designs/cluster-without-internet.yaml", "--case"];
    let asks = [
        "somebody adds an internet gateway",
        "--from",
        "cluster/node-a",
        "--to",
        "https://www.example.com",
        "--want",
        "internet",
    ];
    insta::assert_snapshot!(run(&[&args[..], &asks].concat()));
}

/// A subnet without IPv4 reads names of IPv4 by DNS64, and reaches them by NAT64.
#[test]
fn names_of_ipv4_from_a_subnet_without() {
    let args = ["scenarios/vectors/ipv6.yaml", "--case", "DNS64 is off"];
    let asks = ["--from", "a/six", "--to", "https://v4only.example.com"];
    let want = ["--want", "internet"];
    insta::assert_snapshot!(run(&[&args[..], &asks, &want].concat()));
}

/// AWS chooses the address of the new endpoint, so a rule that lets the client out names its group.
#[test]
fn a_new_endpoint_whose_client_may_send_nowhere() {
    let args = ["tests/dumps/complete", "--from", "i-0bat", "--to", "kms"];
    insta::assert_snapshot!(run(&args));
}

/// What a new endpoint costs is told where the prices know its Region, and nowhere else.
#[test]
fn a_price_is_told_of_its_own_region_alone() {
    let file = "scenarios/vectors/base-a.yaml";
    let here = run(&[file, "--from", "a/app", "--to", "kms", "--want", "private"]);
    assert!(here.contains("7.30 USD a"), "{here}");
    let there = run(&["tests/dumps/complete", "--from", "i-0bat", "--to", "kms"]);
    assert!(
        there.contains("price not known") && !there.contains("USD"),
        "{there}"
    );
}

const UNSURE: &[&str] = &[
    "tests/dumps/complete",
    "--from",
    "i-0app",
    "--to",
    "dynamodb",
];

/// A policy of the endpoint asks what no question says: no fix, and no word that there is none.
#[test]
fn an_endpoint_with_which_the_answer_is_unknown() {
    insta::assert_snapshot!(run(UNSURE));
    let value = json(UNSURE);
    assert_eq!(value["exit"], 3);
    assert_eq!(value["unsure"][0]["code"], "POLICY_KEY_NOT_KNOWN");
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

/// Text of at most 80 columns.
fn obstacles(args: &[&str]) -> String {
    let (code, text) = command("obstacles", args);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    format!(
        "$ reachability obstacles {}\nexit {code}\n{text}",
        args.join(" ")
    )
}

const CLOSED: &[&str] = &[
    GATEWAY,
    "--case",
    "the application's group allows private",
    "--from",
    "shop/app",
    "--to",
    "s3://receipts",
];

#[test]
fn a_rule_that_misses_the_destination() {
    insta::assert_snapshot!(obstacles(CLOSED));
}

#[test]
fn an_entry_that_comes_too_late() {
    let case = "an ACL that denies two runs of ports";
    let flow = [
        "--case",
        case,
        "--from",
        "x",
        "--to",
        "tcp://203.0.113.10:443",
    ];
    insta::assert_snapshot!(obstacles(
        &[&["scenarios/vectors/filters.yaml"][..], &flow].concat()
    ));
}

#[test]
fn nothing_in_the_way() {
    let flow = ["--from", "shop/app", "--to", "s3://receipts"];
    insta::assert_snapshot!(obstacles(&[&[GATEWAY][..], &flow].concat()));
}

#[test]
fn the_json_of_obstacles_is_what_its_schema_says() {
    let (_, schema) = command("schema", &["obstacles"]);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let (_, text) = command("obstacles", &[CLOSED, &["--format", "json"]].concat());
    let value = serde_json::from_str(&text).unwrap();
    let defs = &schema["$defs"];
    conforms(defs, &defs["obstacles"], &value, "obstacles");
}

#[test]
fn json_is_what_its_schema_says() {
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .args(["schema", "fix"])
        .output()
        .unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let none = [ELSEWHERE, &["--edits", "0"]].concat();
    for value in [json(ELSEWHERE), json(&none), json(UNSURE)] {
        conforms(&schema["$defs"], &schema["$defs"]["fix"], &value, "fix");
    }
}

/// What reaches the wanted end and breaks a property is not shown as a fix.
#[test]
fn a_fix_that_would_break_a_property() {
    let text = "
name: two tiers that must not meet
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets: { one: { zone: use1-az1, cidr: 10.0.1.0/24 } }
    security_groups: { closed: {} }
    instances:
      app: { subnet: one, ip: 10.0.1.10 }
      db: { subnet: one, ip: 10.0.1.20, security_groups: closed }
properties:
  - { never: reachable, from: a/app, to: a/db }
";
    let path = std::env::temp_dir().join(format!("fix-{}.yaml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    let flow = ["--from", "a/app", "--to", "tcp://a/db:443"];
    let (code, told) = output(&[&[file][..], &flow].concat());
    let unguarded = text.split_once("properties:").unwrap().0;
    std::fs::write(&path, unguarded).unwrap();
    let (open, _) = output(&[&[file][..], &flow].concat());
    std::fs::remove_file(&path).unwrap();
    assert_eq!((code, open), (1, 0), "{told}");
    assert!(told.contains("breaks property never reachable"), "{told}");
}

/// A rule of a group is every member's: of two groups the one that fewer have is better.
#[test]
fn a_group_that_few_have_is_opened_first() {
    let text = "
name: a group for everybody, and one for the database
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets: { one: { zone: use1-az1, cidr: 10.0.1.0/24 } }
    security_groups: { all: {}, db: {} }
    instances:
      app: { subnet: one, ip: 10.0.1.10, security_groups: all }
      db: { subnet: one, ip: 10.0.1.20, security_groups: [all, db] }
";
    let path = std::env::temp_dir().join(format!("fix-few-{}.yaml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    let told = run(&[file, "--from", "a/app", "--to", "tcp://a/db:443"]);
    std::fs::remove_file(&path).unwrap();
    let (first, second) = told.split_once("FIX 2").unwrap();
    assert!(
        first.contains("rules of a/db") && first.contains("opens one address"),
        "{told}"
    );
    assert!(
        second.contains("rules of a/all") && second.contains("opens 2 pairs"),
        "{told}"
    );
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
