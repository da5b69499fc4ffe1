//! Every lint has a manual page whose example it finds, and one edit makes it silent.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use reachability::analysis::lint::{LINTS, lint};
use reachability::cli::open;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(root())
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn example(page: &str) -> &str {
    let (_, rest) = page.split_once("\n```yaml\n").unwrap();
    rest.split_once("\n```").unwrap().0
}

/// The examples of all pages, as files.
fn examples(name: &str) -> Vec<(&'static str, PathBuf)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let written = LINTS.iter().map(|l| {
        let file = folder.join(format!("{}.yaml", l.name));
        std::fs::write(&file, example(l.page)).unwrap();
        (l.name, file)
    });
    written.collect()
}

#[test]
fn pages_and_lints_are_the_same_set() {
    let files: BTreeSet<String> = std::fs::read_dir(root().join("scenarios/lints"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    let lints: BTreeSet<String> = LINTS.iter().map(|l| format!("{}.md", l.name)).collect();
    assert_eq!(files, lints);
}

#[test]
fn pages_have_the_same_parts() {
    for rule in LINTS {
        let mut at = 0;
        for part in [
            format!("# {}\n\n", rule.name),
            "\n**What AWS does.**".to_owned(),
            "\n**Find it.**".to_owned(),
            "\n**Fix it.**".to_owned(),
            "\n```yaml\n".to_owned(),
        ] {
            let found = rule.page[at..].find(&part);
            at += found.unwrap_or_else(|| panic!("{}: no {part:?}, or not here", rule.name));
        }
        assert!(rule.page.contains("`/"), "{} cites no page", rule.name);
        assert!(rule.page.lines().count() <= 80, "{}: one page", rule.name);
    }
}

/// The first case finds it, the last does not, and what both say holds.
#[test]
fn every_example_is_found_until_it_is_mended() {
    let mut arguments = vec!["check".to_owned(), "--strict".to_owned()];
    for (name, file) in examples("lints") {
        let path = file.to_str().unwrap().to_owned();
        let scenes = open(&path).unwrap().scenes;
        let finds = |at: usize| {
            let network = scenes[at].network.as_ref().unwrap();
            lint(network).iter().any(|d| d.code == name)
        };
        assert!(scenes.len() > 2 && finds(1), "{name} is not found");
        assert!(!finds(scenes.len() - 1), "{name} after the edit");
        let stated = |at: usize| scenes[at].lints.as_ref().map(Vec::len);
        assert_eq!(stated(scenes.len() - 1), Some(0), "{name}: other warnings");
        assert!(stated(1) > Some(0), "{name}: the example states nothing");
        arguments.push(path);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&arguments);
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn a_case_states_warnings_exactly() {
    let (_, file) = examples("lints-stated").remove(0);
    let written = std::fs::read_to_string(&file).unwrap();
    for (from, to, said) in [
        (
            "lints: []",
            "lints: [{ code: quota-exceeded }]",
            "expected the warning",
        ),
        (
            "lints: [{ code: endpoint-without-table, at: shop/s3 }]",
            "lints: []",
            "unexpected warning",
        ),
    ] {
        std::fs::write(&file, written.replace(from, to)).unwrap();
        let output = run(&["check", file.to_str().unwrap()]);
        let text = text(&output);
        assert!(text.contains(said), "{text}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn the_command_prints_what_to_do() {
    let (_, file) = examples("lints-printed").remove(0);
    let file = file.to_str().unwrap();
    let found = run(&["lint", file]);
    let said = text(&found);
    for part in [
        "warning[endpoint-without-table]",
        "^",
        "help: ",
        "1 warning in ",
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    assert_eq!(found.status.code(), Some(1));
    let mended = run(&["lint", file, "--case", "on the client"]);
    assert!(text(&mended).starts_with("nothing to warn of"));
    assert_eq!(mended.status.code(), Some(0));
}

#[test]
fn explain_knows_lints() {
    for rule in LINTS {
        assert_eq!(text(&run(&["explain", rule.name])), rule.page);
    }
    let all = text(&run(&["explain"]));
    for rule in LINTS {
        assert!(all.contains(&format!("  {}\n      {}\n", rule.name, rule.meaning)));
    }
    let wrong = run(&["explain", "endpoint-without-tables"]);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("did you mean `endpoint-without-table`?"),
        "{said}"
    );
}

/// What an example cannot show without being long: an endpoint's policy of many statements.
#[test]
fn a_policy_has_a_largest_length() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("long-policy.yaml");
    let of = |statements: usize| {
        let one = r#"{ Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::a-bucket-of-the-shop/*" }"#;
        let all = vec![one; statements].join(", ");
        let text = format!(
            r"
name: A policy of many statements
region: us-east-1
vpcs:
  shop:
    cidr: 10.0.0.0/16
    subnets: {{ app: {{ zone: use1-az1, cidr: 10.0.1.0/24, route_table: app }} }}
    route_tables: {{ app: {{}} }}
    endpoints: {{ s3: {{ type: gateway, service: s3, route_tables: app, policy: {{ Statement: [{all}] }} }} }}
"
        );
        std::fs::write(&file, text).unwrap();
        let scenes = open(file.to_str().unwrap()).unwrap().scenes;
        let found = lint(scenes[0].network.as_ref().unwrap());
        found
            .iter()
            .any(|d| d.code == "quota-exceeded" && d.at == "shop/s3")
    };
    assert!(of(400));
    assert!(!of(20));
}

/// What an example cannot show without being long: at the quota nothing is said, and one more is told.
#[test]
fn large_quotas_are_counted_to_the_last() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large-quotas.yaml");
    let of = |inside: &str, beside: &str| {
        let text = format!(
            "name: Many\nregion: us-east-1\nvpcs:\n  shop:\n    cidr: 10.0.0.0/16\n    vpn_gateway: vgw\n    \
             subnets: {{ app: {{ zone: use1-az1, cidr: 10.0.0.0/20 }}, b: {{ zone: use1-az2, cidr: 10.0.16.0/20 }} }}\n{inside}\n\
             on_premises: {{ hq: {{ cidrs: 192.168.0.0/16 }} }}\n{beside}\n"
        );
        std::fs::write(&file, text).unwrap();
        let scenes = open(file.to_str().unwrap()).unwrap().scenes;
        let found = lint(scenes[0].network.as_ref().unwrap());
        let quotas = found.into_iter().filter(|d| d.code == "quota-exceeded");
        quotas.map(|d| d.message.to_string()).collect::<Vec<_>>()
    };
    let join = |all: Vec<String>| all.join(", ");
    let targets = |number: usize, cross: bool| {
        let target = |i: usize| {
            format!(
                "{{ ip: 10.0.{}.{}, health: healthy }}",
                1 + i / 200,
                10 + i % 200
            )
        };
        let all = join((0..number).map(target).collect());
        let inside = format!(
            "    load_balancers: {{ nlb: {{ cross_zone: {cross}, subnets: {{ app: 10.0.0.20 }}, listeners: [{{ protocol: tcp, port: 443, forward: web }}] }} }}\n    \
             target_groups: {{ web: {{ type: ip, protocol: tcp, port: 443, targets: [{all}] }} }}"
        );
        of(&inside, "")
    };
    assert_eq!(targets(500, false), [""; 0]);
    assert_eq!(
        targets(501, false),
        ["`shop/nlb` has 501 targets in use1-az1, and AWS's default quota is 500"]
    );
    assert_eq!(targets(501, true).len(), 2);
    let prefixes = |number: usize, routing: &str| {
        let all = join((0..number).map(|i| format!("192.168.{i}.0/24")).collect());
        let vpn = format!(
            "vpn_connections: {{ vpn: {{ site: hq, to: shop/vgw, routing: {routing}, prefixes: [{all}] }} }}"
        );
        of("", &vpn).len()
    };
    let counts = [
        prefixes(100, "bgp"),
        prefixes(101, "bgp"),
        prefixes(101, "static"),
    ];
    assert_eq!(counts, [0, 1, 0]);
    let lists = |number: usize| {
        let all = join(
            (0..number)
                .map(|i| format!("l{i}: {{ entries: 10.9.0.0/16 }}"))
                .collect(),
        );
        of("", &format!("prefix_lists: {{ {all} }}")).len()
    };
    assert_eq!([lists(100), lists(101)], [0, 1]);
}
