//! What documents say of the program: the schema of its JSON, and the transcripts of the README.

use super::conforms::conforms;
use super::{RULES, SHOP, run};
use serde_json::Value;
use std::process::Command;

/// Every key that is printed is documented, with its type, and every documented key is printed.
#[test]
fn json_is_what_its_schema_says() {
    let json = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(args)
            .output()
            .unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let trace = |to: &str| {
        json(&[
            "trace", SHOP, "--from", "shop/app", "--to", to, "--format", "json",
        ])
    };
    let resolve = json(&[
        "resolve", SHOP, "--from", "shop/app", "sqs", "--format", "json",
    ]);
    for (command, values) in [
        ("trace", vec![trace("sqs"), trace("tcp://shop/vault:5432")]),
        ("resolve", vec![resolve]),
        (
            "check",
            vec![json(&["check", SHOP, "nowhere.yaml", "--format", "json"])],
        ),
        ("lint", vec![json(&["lint", SHOP, "--format", "json"])]),
        ("matrix", vec![json(&["matrix", SHOP, "--format", "json"])]),
        (
            "pairs",
            vec![
                json(&["matrix", SHOP, "--pairs", "--format", "json"]),
                json(&["matrix", SHOP, "--pairs", "--expand", "--format", "json"]),
            ],
        ),
        (
            "diff",
            vec![json(&[
                "diff",
                SHOP,
                "--after-case",
                "the endpoint",
                "--format",
                "json",
            ])],
        ),
        ("prove", {
            let of = |property| json(&["prove", RULES, property, "--format", "json"]);
            vec![
                json(&["prove", RULES, "--format", "json"]),
                of("{ never: internet, from: { tag: tier=app } }"),
                of("{ never: internet, from: { tag: tier=none } }"),
                of("{ always: private, survives: one_component, from: shop/app-a, to: sqs }"),
            ]
        }),
    ] {
        let schema = json(&["schema", command]);
        let defs = &schema["$defs"];
        for value in &values {
            conforms(defs, &defs[command], value, command);
        }
    }
}

/// The README's transcripts are what their commands print.
#[test]
fn the_readme_tells_the_truth() {
    let readme = include_str!("../../README.md");
    let mut checked = 0;
    for block in readme.split("```sh\n").skip(1) {
        let (command, after) = block.split_once("```").unwrap();
        let Some((_, transcript)) = after.split_once("```text\n") else {
            continue;
        };
        let transcript = transcript.split_once("```").unwrap().0;
        let command = command.strip_prefix("cargo run --release -- ").unwrap();
        let args: Vec<&str> = command.split_whitespace().collect();
        let printed = run(&args);
        let printed = printed.split_once("\nexit ").unwrap().1;
        assert_eq!(printed.split_once('\n').unwrap().1, transcript);
        checked += 1;
    }
    assert!(checked >= 2, "{checked} transcripts");
}
