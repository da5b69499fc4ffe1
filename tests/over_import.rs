//! `network:`: what a scenario may say beside an import, and where its paths lead.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::diagnostic::Diagnostic;
use reachability::import::{Source, import_beside};
use reachability::model::{self, Files};
use reachability::scenario::{self, Beside, Import, Loaded, NoImport, keys};
use serde_json::json;
use std::cell::RefCell;

/// VPCs and subnets, each of an account, as an export tells them.
fn export(accounts: &[&str]) -> String {
    let vpcs = accounts.iter().enumerate().map(|(n, account)| {
        json!({"VpcId": format!("vpc-{n}"), "OwnerId": account, "CidrBlock": "10.0.0.0/16"})
    });
    let subnets = accounts.iter().enumerate().map(|(n, account)| {
        json!({"SubnetId": format!("subnet-{n}"), "VpcId": format!("vpc-{n}"), "OwnerId": account,
            "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az2",
            "CidrBlock": "10.0.1.0/24"})
    });
    json!({"Vpcs": vpcs.collect::<Vec<_>>(), "Subnets": subnets.collect::<Vec<_>>()}).to_string()
}

/// Loads a scenario over an export; also the paths that were imported.
fn load(text: &str, base: &str, accounts: &[&str]) -> (Loaded, Vec<String>) {
    let asked = RefCell::new(Vec::new());
    let import = |path: &str, files: &mut Files| {
        asked.borrow_mut().push(path.to_owned());
        if path.ends_with("missing") {
            let why = "there is no such folder or file".to_owned();
            return Err(NoImport { why, help: None });
        }
        let path = format!("{path}/all.json");
        let sources = [Source {
            path,
            text: export(accounts),
        }];
        let read = import_beside(&sources, std::mem::take(files));
        *files = read.files;
        Ok(Import {
            draft: read.draft,
            diagnostics: read.diagnostics,
        })
    };
    let beside = Beside {
        text: &|_| Ok(base.to_owned()),
        import: &import,
    };
    let loaded = scenario::load_beside("top.yaml", text, &beside);
    (loaded, asked.into_inner())
}

fn over(rest: &str) -> Loaded {
    load(
        &format!("name: n\nnetwork: dump\n{rest}"),
        "",
        &["111111111111"],
    )
    .0
}

fn codes(found: &[Diagnostic]) -> Vec<(&str, String)> {
    let said = found.iter().filter(|d| d.origin.is_written());
    said.map(|d| (d.code, d.at.clone())).collect()
}

#[test]
fn a_file_over_an_import_needs_nothing_but_a_name() {
    let loaded = over("");
    assert_eq!(codes(&loaded.diagnostics), []);
    let case = &loaded.scenario.unwrap().cases[0];
    assert_eq!(case.draft.region, "eu-west-1");
    assert_eq!(case.draft.vpcs.len(), 1);
}

#[test]
fn what_the_import_holds_is_found_in_its_own_file() {
    let loaded = over("");
    let case = &loaded.scenario.as_ref().unwrap().cases[0];
    let (_, vpc) = case.draft.vpcs.iter().next().unwrap();
    assert_eq!(loaded.files.locate(&vpc.origin), "dump/all.json#/Vpcs/0");
}

#[test]
fn a_path_is_relative_to_the_file_that_says_it() {
    let text = "name: n\nbase: shared/base.yaml\ncases:\n  - { name: a, edit: { network: b } }\n";
    let base = "name: b\nnetwork: ../dump\n";
    let (loaded, asked) = load(text, base, &["111111111111"]);
    assert_eq!(codes(&loaded.diagnostics), []);
    assert_eq!(asked, ["shared/../dump", "b"]);
    let (_, asked) = load(
        "name: n\nbase: shared/base.yaml\n",
        "network: /dump\n",
        &["1"],
    );
    assert_eq!(asked, ["/dump"]);
}

#[test]
fn an_import_is_read_once_whatever_the_cases() {
    let cases = "cases:\n  - name: a\n  - { name: b, edit: { assume: { } } }\n";
    let (loaded, asked) = load(&format!("name: n\nnetwork: dump\n{cases}"), "", &["1"]);
    assert_eq!(loaded.scenario.unwrap().cases.len(), 3);
    assert_eq!(asked, ["dump"]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "name: n\nnetwork: missing\nbukets: {}\ncases:\n  - { name: a, edit: { network: missing } }\n";
    let (loaded, _) = load(text, "", &[]);
    assert!(loaded.scenario.is_none());
    let found: Vec<&str> = loaded.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(
        found,
        ["unreadable-network", "unknown-key", "unreadable-network"]
    );
}

/// Each key of the top level is either the scenario's own or refused, by its name.
#[test]
fn what_a_listing_tells_is_refused_by_name() {
    let (mut own, mut told) = (Vec::new(), Vec::new());
    for key in keys::section(keys::TOP).filter(|k| !["name", "network", "base"].contains(&k.name)) {
        let value = match key.kind {
            keys::Type::Text | keys::Type::Region => "us-east-1",
            keys::Type::List(_) => "[]",
            _ => "{}",
        };
        let found = over(&format!("{}: {value}\n", key.name)).diagnostics;
        match codes(&found).as_slice() {
            [] => own.push(key.name),
            [("network-is-imported", _)] => told.push(key.name),
            other => panic!("{}: {other:?}", key.name),
        }
    }
    let expected = [
        "prefix_lists",
        "vpcs",
        "peerings",
        "transit_gateways",
        "on_premises",
        "vpn_connections",
        "virtual_interfaces",
        "hosted_zones",
        "resolver_rules",
        "profiles",
        "endpoint_services",
    ];
    assert_eq!(told, expected);
    assert!(own.contains(&"buckets") && own.contains(&"down") && own.contains(&"internet"));
    for inner in [
        "accounts: { \"111111111111\": { zones: { us-east-1a: use1-az1 } } }",
        "aws: { prefix_lists: { s3: 52.216.0.0/15 } }",
    ] {
        let found = over(&format!("{inner}\n")).diagnostics;
        assert_eq!(
            codes(&found),
            [("network-is-imported", String::new())],
            "{inner}"
        );
    }
    assert_eq!(
        codes(
            &over("aws: { addresses: { s3.eu-west-1.amazonaws.com: 52.218.0.9 } }\n").diagnostics
        ),
        []
    );
}

#[test]
fn whose_a_bucket_is_is_not_guessed() {
    let text = "name: n\nnetwork: dump\nbuckets: { receipts: {}, other: { account: \"3\" } }\n";
    let one = load(text, "", &["222222222222"]).0;
    let (_, bucket) = one.scenario.as_ref().unwrap().cases[0]
        .draft
        .buckets
        .iter()
        .next()
        .unwrap();
    assert_eq!(bucket.account, "222222222222");
    let two = load(text, "", &["1", "2"]).0;
    assert_eq!(
        codes(&two.diagnostics),
        [("missing-key", "receipts".to_owned())]
    );
    let said = load(&format!("{text}account: \"2\"\n"), "", &["1", "2"]).0;
    assert_eq!(codes(&said.diagnostics), []);
}

/// A listing may lack what it names; what is written for this program may not.
#[test]
fn what_is_written_over_an_import_is_judged_as_in_a_scenario() {
    let built = |rest: &str| {
        let scenario = over(rest).scenario.unwrap();
        let built = model::build(scenario.cases[0].draft.clone());
        let found = codes(&built.diagnostics).into_iter().map(|(code, _)| code);
        (built.network.is_some(), found.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(built("down: { zones: euw1-az2 }\n"), (true, String::new()));
    let unknown = (false, "unknown-name".to_owned());
    assert_eq!(built("down: { zones: euw1-az3 }\n"), unknown);
    assert_eq!(
        built("buckets: { receipts: { policy: closed } }\n"),
        unknown
    );
    let name = over("down: { zones: eu-west-1a }\n").diagnostics;
    assert_eq!(codes(&name), [("bad-zone", "down".to_owned())]);
}
