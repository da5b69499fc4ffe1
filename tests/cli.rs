//! What people see: the program run as they run it, its text, its JSON and its exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod conforms;
#[path = "cli/documents.rs"]
mod documents;

use serde_json::Value;
use std::process::Command;

/// Exit code, standard output and standard error of a run.
fn run(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    let data = |arg: &&str| ["json", "csv"].contains(arg);
    for line in out.lines().filter(|_| !args.iter().any(data)) {
        let verbatim = line.contains(" | ") || line.contains("see: ") || line.contains("--> ");
        assert!(
            line.chars().count() <= 80 || verbatim,
            "more than 80 columns: {line}"
        );
    }
    let code = output.status.code().unwrap();
    let err = if err.is_empty() {
        String::new()
    } else {
        format!("--- standard error\n{err}")
    };
    format!("$ reachability {}\nexit {code}\n{out}{err}", args.join(" "))
}

const SHOP: &str = "tests/inputs/cli/shop.yaml";

fn trace(from: &str, to: &str) -> String {
    run(&["trace", SHOP, "--from", from, "--to", to])
}

#[test]
fn a_trace_over_private_link() {
    insta::assert_snapshot!(run(&[
        "trace",
        "scenarios/privatelink-lab.yaml",
        "--case",
        "6",
        "--from",
        "consumer/app",
        "--to",
        "service:orders",
    ]));
}

#[test]
fn a_trace_over_the_internet() {
    insta::assert_snapshot!(trace("shop/web", "https://api.example.com"));
}

#[test]
fn a_trace_through_nat64() {
    let file = "tests/inputs/cli/nat64.yaml";
    insta::assert_snapshot!(run(&["trace", file, "--from", "shop/app", "--to", "s3"]));
}

#[test]
fn a_source_without_an_address_of_the_family() {
    let file = "tests/inputs/cli/nat64.yaml";
    let to = "tcp://198.51.100.7:443";
    insta::assert_snapshot!(run(&["trace", file, "--from", "shop/app", "--to", to]));
}

#[test]
fn a_mixed_trace_lists_every_way() {
    insta::assert_snapshot!(trace("shop/app", "sqs"));
}

#[test]
fn a_trace_that_cannot_be_decided_says_what_is_missing() {
    insta::assert_snapshot!(trace("shop/web", "https://www.example.org"));
}

#[test]
fn an_unreachable_trace_names_every_obstacle() {
    insta::assert_snapshot!(trace("shop/app", "tcp://shop/vault:5432"));
}

#[test]
fn no_route_and_what_stands_behind_the_gap() {
    insta::assert_snapshot!(trace("partner", "tcp://shop/vault:5432"));
}

/// Where nobody stands at the far side of a gap, nothing is said to stand in the way there.
#[test]
fn no_route_to_the_internet() {
    insta::assert_snapshot!(trace("shop/app", "internet"));
}

#[test]
fn a_loop_is_shown_once_around() {
    let file = "scenarios/differential/gateways.yaml";
    let case = ["--case", "a NAT gateway in the client's own subnet"];
    let flow = ["--from", "a/web", "--to", "tcp://x:443"];
    insta::assert_snapshot!(run(&[&["trace", file], &case[..], &flow].concat()));
}

#[test]
fn a_trace_of_a_case() {
    insta::assert_snapshot!(run(&[
        "trace",
        SHOP,
        "--case",
        "the endpoint",
        "--from",
        "shop/app",
        "--to",
        "sqs",
    ]));
}

#[test]
fn names() {
    let resolve = |name: &str| run(&["resolve", SHOP, "--from", "shop/app", name]);
    insta::assert_snapshot!("resolve_private", resolve("sqs.us-east-1.amazonaws.com"));
    insta::assert_snapshot!("resolve_public", resolve("s3.us-east-1.amazonaws.com"));
    insta::assert_snapshot!("resolve_unknown", resolve("www.example.org"));
}

/// Each file of a scenario over an import: where what is wrong was written.
#[test]
fn a_scenario_over_an_import() {
    let file = |name: &str| format!("tests/inputs/over/{name}.yaml");
    for name in ["missing", "scenario", "told-twice", "unreadable"] {
        let shot = format!("over_{}", name.replace('-', "_"));
        insta::assert_snapshot!(shot, run(&["check", &file(name)]));
    }
}

#[test]
fn a_check_reads_like_a_test_run() {
    insta::assert_snapshot!("check", run(&["check", SHOP]));
    insta::assert_snapshot!("check_strict", run(&["check", "--strict", SHOP]));
    insta::assert_snapshot!("check_json", run(&["check", "--format", "json", SHOP]));
}

#[test]
fn a_host_that_dials_itself() {
    let own = ["trace", SHOP, "--from", "shop/vault", "--to"];
    let of = |more: &[&str]| run(&[&own[..], more].concat());
    insta::assert_snapshot!(of(&["tcp://shop/vault:8200"]));
    let json = of(&["tcp://shop/vault:8200", "--format", "json"]);
    insta::assert_snapshot!("a_host_that_dials_itself_json", json);
}

#[test]
fn json_of_a_trace() {
    insta::assert_snapshot!(run(&[
        "trace",
        SHOP,
        "--from",
        "shop/web",
        "--to",
        "tcp://shop/vault:443",
        "--format",
        "json",
    ]));
}

#[test]
fn wrong_words_are_explained() {
    insta::assert_snapshot!("wrong_source", trace("app", "sqs"));
    insta::assert_snapshot!("the_internet_as_source", trace("internet", "shop/web"));
    insta::assert_snapshot!("a_carrier_as_source", carriers_as_sources());
    insta::assert_snapshot!("wrong_destination", trace("shop/app", "ftp://x"));
    insta::assert_snapshot!("no_port", trace("shop/app", "shop/vault"));
    insta::assert_snapshot!("no_file", run(&["check", "nowhere.yaml"]));
    insta::assert_snapshot!(
        "no_case",
        run(&[
            "trace", SHOP, "--case", "x", "--from", "shop/app", "--to", "sqs"
        ])
    );
    insta::assert_snapshot!(
        "a_folder_of_scenarios",
        run(&["trace", "tests/inputs/cli", "--from", "a", "--to", "b"])
    );
}

/// What carries others' traffic starts none, whether it is named or its address is; nor is it offered.
fn carriers_as_sources() -> String {
    let sent = |from| {
        let over_nat = "scenarios/tutorial/s3-over-nat.yaml";
        run(&["trace", over_nat, "--from", from, "--to", "internet:443"])
    };
    sent("shop/nat") + &sent("10.0.0.5") + &sent("nobody")
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = || trace("shop/app", "sqs");
    assert_eq!(once(), once());
}

#[test]
fn a_matrix_of_sources_and_services() {
    insta::assert_snapshot!("matrix", run(&["matrix", SHOP]));
    let wide = ["matrix", "scenarios/designs/egress-with-inspection.yaml"];
    insta::assert_snapshot!("matrix_of_many", run(&wide));
    insta::assert_snapshot!("matrix_csv", run(&["matrix", SHOP, "--format", "csv"]));
    let some = ["matrix", SHOP, "--case", "the endpoint", "--from", "shop/*"];
    let some = [&some[..], &["--from", "partner", "--to", "sqs"]].concat();
    insta::assert_snapshot!("matrix_of_some", run(&some));
    let some = [&some[..], &["--format", "json"]].concat();
    insta::assert_snapshot!("matrix_json", run(&some));
}

const LAB: &str = "scenarios/privatelink-lab.yaml";

#[test]
fn a_difference_of_two_cases() {
    let cases = |before: &str, after: &str| {
        let cases = ["--before-case", before, "--after-case", after];
        run(&[&["diff", LAB], &cases[..]].concat())
    };
    insta::assert_snapshot!("diff", cases("10.", "11."));
    insta::assert_snapshot!("diff_of_nothing", cases("8.", "9."));
    insta::assert_snapshot!("diff_of_a_file_with_itself", run(&["diff", LAB]));
    let gone = ["diff", SHOP, "--after-case", "the endpoint"];
    insta::assert_snapshot!("diff_of_a_service_that_goes", run(&gone));
    let of_some = [&gone[..], &["--from", "shop/app", "--format", "json"]].concat();
    insta::assert_snapshot!("diff_json", run(&of_some));
}

#[test]
fn a_matrix_of_all_pairs() {
    let pairs = |more: &[&str]| {
        let mut args = vec!["matrix", SHOP, "--pairs"];
        args.extend(more);
        run(&args)
    };
    insta::assert_snapshot!("pairs", pairs(&[]));
    insta::assert_snapshot!("pairs_one_by_one", pairs(&["--expand"]));
    insta::assert_snapshot!("pairs_csv", pairs(&["--format", "csv"]));
    insta::assert_snapshot!("pairs_json", pairs(&["--format", "json"]));
    // Whatever is kept, the answers are the same.
    let frugal = pairs(&["--format", "csv", "--memory", "0"]);
    let (_, frugal) = frugal.split_once('\n').unwrap();
    let all = pairs(&["--format", "csv"]);
    assert_eq!(frugal, all.split_once('\n').unwrap().1);
    // Of some: exactly their lines.
    let some = ["--from", "shop/web", "--to", "shop/sqs@app-a"];
    let csv = |more: &[&str]| pairs(&[&["--expand", "--format", "csv"], more].concat());
    let (every, own) = (csv(&[]), csv(&some));
    let is_own = |line: &&str| line.starts_with("shop/web,1,shop/sqs@app-a,");
    let own: Vec<&str> = own.lines().filter(|l| l.contains("ipv")).collect();
    assert!(!own.is_empty());
    assert_eq!(own, every.lines().filter(is_own).collect::<Vec<_>>());
    let both = csv(&["--to", "shop/sqs"]);
    assert!(
        both.contains("sqs@app-a") && both.contains("sqs@app-b"),
        "{both}"
    );
    insta::assert_snapshot!("pairs_of_some", pairs(&some));
    insta::assert_snapshot!("pairs_too_many", pairs(&["--memory", "0"]));
}

#[test]
fn a_matrix_of_what_is_not_there() {
    let from = |who: &str| run(&["matrix", SHOP, "--from", who]);
    insta::assert_snapshot!(
        from("shop/ap")
            + &from("shops/*")
            + &from("tag:tier")
            + &from("tag:tier=none")
            + &run(&["matrix", SHOP, "--to", "ftp://x"])
    );
}

const RULES: &str = "scenarios/properties/one-vpc.yaml";

#[test]
fn properties_that_hold_and_that_do_not() {
    let of = |property: &str| run(&["prove", RULES, property]);
    insta::assert_snapshot!("proofs", run(&["prove", RULES]));
    let refuted = [
        "{ never: internet, from: { tag: tier=app }, why: it should ask for what it needs }",
        "{ never: reachable, from: internet }",
        "{ only_ports: 443, from: shop/app-a, to: shop/db }",
        "{ isolated: [{ tag: tier=web }, { tag: tier=data }] }",
        "{ always: private, survives: one_component, from: shop/app-a, to: sqs }",
        "{ always: reachable, from: shop/web, to: shop/app-a, ports: 8080-8081 }",
        "{ only_via: shop/nat, from: shop/app-a, to: s3 }",
        "{ never: internet, from: { tag: tier=none } }",
    ];
    insta::assert_snapshot!("refuted", refuted.map(of).join("\n"));
    let unknown = "{ never: reachable, from: { tag: tier=app }, to: list:s3 }";
    insta::assert_snapshot!(
        "proof_json",
        run(&["prove", RULES, unknown, "--format", "json"])
    );
}

#[test]
fn properties_that_mean_nothing() {
    let of = |property: &str| run(&["prove", RULES, property]);
    let wrong = [
        "{ nevver: internet }",
        "{ never: intenet, from: { tags: tier=app } }",
        "{ never: internet, always: private }",
        "{ never: internet, from: { tag: tier } }",
        "{ never: internet, from: shop/appp }",
        "{ never: internet, from: { subnet: shop/app } }",
        "{ never: internet, to: list:s4 }",
        "{ always: reachable, to: { tag: tier=data } }",
        "{ always: reachable, from: shop/web, to: shop/db, ports: 1-65535 }",
        "{ survives: one_zon, to: s3 }",
        "{ survives: { zones: [euw9-az1] }, to: s3 }",
        "{ survives: { components: [shop/natt] }, to: s3 }",
        "{ isolated: true, from: shop/web, to: s3 }",
        "{ isolated: [any] }",
        "{ never: internet",
    ];
    let none = run(&["prove", SHOP]);
    insta::assert_snapshot!(wrong.map(of).join("\n") + &none);
}

/// Files as newcomers write them: everything that is wrong is said in one run.
fn broken(name: &str) -> String {
    run(&["check", &format!("tests/inputs/broken/{name}.yaml")])
}

#[test]
fn slips() {
    insta::assert_snapshot!(broken("slips"));
}

/// Once, not once for the file and once for its network.
#[test]
fn a_network_that_cannot_be_built() {
    insta::assert_snapshot!(broken("impossible"));
}

#[test]
fn copied_words() {
    insta::assert_snapshot!(broken("copied-words"));
}

#[test]
fn families_mixed_up() {
    insta::assert_snapshot!(broken("families"));
}

#[test]
fn what_is_not_modelled_yet() {
    insta::assert_snapshot!(broken("later"));
}

#[test]
fn policies_with_slips() {
    insta::assert_snapshot!(broken("policies"));
}

#[test]
fn a_request_that_is_refused() {
    let file = "scenarios/endpoints/policies.yaml";
    let guard = "an endpoint that keeps data inside the company";
    let layers = "s3://prod-us-east-1-starport-layer-bucket/sha256";
    let asked = [
        "trace", file, "--case", guard, "--from", "a/i1", "--to", layers,
    ];
    let named = [
        &asked[..],
        &["--principal", "app", "--action", "s3:GetObject"],
    ]
    .concat();
    insta::assert_snapshot!(run(&named));
}

#[test]
fn a_task_that_lacks_one_of_its_needs() {
    let file = "scenarios/endpoints/needs.yaml";
    let pull = ["trace", file, "--from", "a/i1", "--to", "needs://ecr-pull"];
    let wrong = ["trace", file, "--from", "a/i1", "--to", "needs://ecr-push"];
    insta::assert_snapshot!(run(&pull) + &run(&wrong) + &run(&["explain", "needs://ecr-pull"]));
}

#[test]
fn a_task_as_json() {
    let file = "scenarios/endpoints/needs.yaml";
    let to = "needs://ecr-pull";
    let text = run(&[
        "trace", file, "--from", "a/i1", "--to", to, "--format", "json",
    ]);
    let json: Value = serde_json::from_str(
        text.split_once("\n{")
            .map(|(_, t)| format!("{{{t}"))
            .unwrap()
            .as_str(),
    )
    .unwrap();
    let needs = json["needs"].as_array().unwrap();
    let verdicts: Vec<&str> = needs
        .iter()
        .map(|n| n["answer"]["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["private", "private", "unreachable"]);
    assert_eq!(
        (&json["verdict"], &json["decided"]),
        (&"unreachable".into(), &"s3".into())
    );
    assert_eq!(needs[2]["name"], "s3");
}

#[test]
fn indentation() {
    insta::assert_snapshot!(broken("tab") + &broken("too-far-left"));
}

/// Destinations that mean nothing, or two things: said, never guessed.
#[test]
fn destinations_that_mean_nothing() {
    let mut all = String::new();
    for to in [
        "cloudwatch",
        "dynamdb",
        "webb",
        "2600::1",
        "tcp://[2600::1]:443",
        "needs://receipts",
        "tcp://shop/web",
        "ftp://shop/web",
        "needs://ecr-pull?action=ecr:GetAuthorizationToken",
        "needs://ecr-pull?resource=any",
        "tcp://shop/web:443?action=s3:GetObject",
        "s3://receipts?colour=red",
        "s3://receipts?principal=12345",
        "s3://receipts?principal=somebody-new",
        "s3://receipts?action=",
        "s3://receipts?action=s3:GetObject&action=s3:PutObject",
        "s3://",
        "dynamodb:///key",
        "s3://receipts:443",
        "S3://receipts",
        "SQS",
        "needs:ssm",
        "arn:aws:s3:::receipts/a",
        "s3://arn:aws:s3:us-east-1:111111111111:accesspoint/inner/a",
        "arn:aws:s3:us-east-1:111111111111:accesspoint:inner",
        "arn:aws:dynamodb:us-east-1:111111111111:table/orders",
        "arn:aws:sqs:us-east-1:111111111111:orders",
        "com.amazonaws.us-east-1.ecr.api",
        "vault",
        "10.0.0.0/16",
        "icmp://shop/web:8",
        "tcp://shop/web:0",
        "udp://fd00:ec2::253:53",
        "",
    ] {
        all += &trace("shop/app", to);
    }
    let twice = ["trace", SHOP, "--from", "shop/app", "--to"];
    for more in [
        ["icmp://shop/web", "--port", "4"],
        ["tcp://shop/web:443", "--port", "4"],
        ["tcp://shop/web:443", "--protocol", "udp"],
        ["needs://ecr-pull", "--port", "443"],
        ["needs://ecr-pull", "--protocol", "tcp"],
    ] {
        all += &run(&[&twice[..], &more[..]].concat());
    }
    insta::assert_snapshot!(all);
}

/// What an import picks, lacks or does not know is said wherever the dump is used.
#[test]
fn an_import_says_what_it_picked_and_left_out() {
    let dump = "tests/inputs/dump";
    let asked = ["trace", dump, "--from", "i-app", "--to", "ssm"];
    insta::assert_snapshot!(run(&asked) + &run(&["check", dump]));
}

/// What a file cannot mean is wrong, not failed: exit code 2.
/// What `check` must not let pass: above all what holds of one leg, or of one alternative, alone.
#[test]
fn expectations_that_do_not_hold() {
    insta::assert_snapshot!(broken("false"));
}

#[test]
fn expectations_that_cannot_hold() {
    insta::assert_snapshot!(broken("meant-otherwise"));
}

#[test]
fn what_is_no_name_is_not_resolved() {
    let ask = |name| run(&["resolve", SHOP, "--from", "shop/app", name]);
    insta::assert_snapshot!(
        ask("https://sqs.us-east-1.amazonaws.com:443/") + &ask("") + &ask("a b")
    );
}

/// Of ways like those that were told, the first are named and the others counted.
#[test]
fn more_ways_than_anybody_reads_are_counted() {
    let path = "tests/inputs/many-targets.yaml";
    let (from, to) = ("shop/app", "tcp://shop/orders:443");
    let told = run(&["trace", path, "--from", from, "--to", to]);
    assert_eq!(told.matches("\nWAY   ").count(), 25, "{told}");
    let more = "\nWAYS  5 more like these: 5 private (--format json has them all)\n";
    assert!(told.contains(more), "{told}");
}

#[test]
fn no_cases_at_all() {
    let base = "scenarios/tutorial/base.yaml";
    let ask = ["--case", "x", "--from", "shop/app", "--to", "s3"];
    insta::assert_snapshot!(run(&[&["trace", base], &ask[..]].concat()));
}

/// A folder that a collector filled badly: each fault is said, with what to do.
#[test]
fn files_that_are_packed_or_empty_are_refused() {
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("refused");
    let refused = |name: &str, files: &[(&str, &[u8])]| {
        let folder = root.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (file, bytes) in files {
            std::fs::write(folder.join(file), bytes).unwrap();
        }
        let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
            .args(["import", name])
            .current_dir(&root)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}");
        String::from_utf8(output.stderr).unwrap()
    };
    let vpcs = b"{\"Vpcs\": []}".as_slice();
    let packed = refused(
        "packed",
        &[("vpcs.json", vpcs), ("more.json.gz", b"\x1f\x8b")],
    );
    let said = "error: `packed/more.json.gz`: packed files are not read, unpack them first\n";
    assert_eq!(packed, said);
    let empty = refused("empty", &[("vpcs.json", vpcs), ("subnets.json", b"")]);
    assert!(empty.contains("`empty/subnets.json` is empty"), "{empty}");
    let message = refused(
        "message",
        &[("vpcs.json", b"An error occurred (UnauthorizedOperation)")],
    );
    assert!(message.contains("--output json"), "{message}");
}
