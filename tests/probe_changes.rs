//! What `--watch` tells: changes, and nothing that only looks like one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod probed;

use probed::{beside, judged};
use reachability::cli::open;
use reachability::probe::{Observation, Probed, changes};
use serde_json::{Value, json};

/// A name with these addresses, each of which did this.
fn seen(addresses: &[(&str, Value)]) -> Value {
    let records = addresses
        .iter()
        .map(|(a, _)| json!({ "address": a, "ttl": 60 }));
    let attempts = addresses.iter().map(|(address, how)| {
        let mut attempt = json!({
            "address": address, "port": 443, "local": "10.0.1.10", "tries": 1, "took": 900,
            "connect": "open",
        });
        match how {
            Value::Object(more) if more.contains_key("tls") || more.contains_key("seen") => {
                attempt.as_object_mut().unwrap().extend(more.clone());
            }
            connect => attempt["connect"] = connect.clone(),
        }
        attempt
    });
    json!({
        "target": "https://orders.example.com",
        "lookups": [{
            "asked": { "system": "10.0.0.2:53" }, "name": "orders.example.com", "kind": "A",
            "outcome": if addresses.is_empty() { "nx-domain" } else { "answered" },
            "records": records.collect::<Vec<_>>(), "over": "udp", "took": 1200,
        }],
        "attempts": attempts.collect::<Vec<_>>(),
    })
}

fn read(seen: Value) -> Observation {
    serde_json::from_value(seen).unwrap()
}

fn told(before: Value, after: Value) -> Vec<String> {
    changes(&judged(read(before)), &judged(read(after)))
}

fn open_at(addresses: &[&str]) -> Value {
    let all: Vec<_> = addresses.iter().map(|a| (*a, json!("open"))).collect();
    seen(&all)
}

fn certificate(names: &[&str], until: &str, faults: &[&str]) -> Value {
    json!({ "tls": {
        "name": "orders.example.com", "handshake": "done", "names": names,
        "issuer": "Example CA", "until": until, "faults": faults, "took": 4000,
    } })
}

#[test]
fn the_same_again_is_no_change() {
    let before = open_at(&["10.0.1.50", "52.216.1.1"]);
    let mut after = before.clone();
    assert!(told(before.clone(), after.clone()).is_empty());
    after["lookups"][0]["took"] = json!(99_000);
    after["lookups"][0]["records"][0]["ttl"] = json!(3);
    after["attempts"][0]["took"] = json!(77_000);
    after["attempts"][0]["tries"] = json!(2);
    assert!(told(before, after).is_empty());
}

#[test]
fn an_order_or_a_rotation_of_public_addresses_is_no_change() {
    let before = open_at(&["52.216.1.1", "52.217.2.2"]);
    assert!(told(before.clone(), open_at(&["52.217.2.2", "52.216.1.1"])).is_empty());
    assert!(told(before.clone(), open_at(&["52.216.9.9"])).is_empty());
    // Another owner, or another outcome, is none.
    assert_eq!(
        told(before.clone(), open_at(&["203.0.114.7"])),
        [
            "203.0.114.7 (public) appears in the answer: answers",
            "52.216.1.1 (public, AWS S3 us-east-1), with 1 like it, disappears from the answer",
        ]
    );
    let silent = seen(&[
        ("52.216.1.1", json!("open")),
        ("52.217.3.3", json!("timed-out")),
    ]);
    assert_eq!(
        told(before, silent),
        [
            "partly reachable, was reachable",
            "52.217.3.3 (public, AWS S3 us-east-1) appears in the answer: does not answer",
        ]
    );
}

#[test]
fn a_private_address_that_goes_is_a_change() {
    let both = open_at(&["10.0.1.50", "10.0.2.50"]);
    let one = open_at(&["10.0.1.50"]);
    let goes = "10.0.2.50 (private (RFC 1918)) disappears from the answer";
    assert_eq!(told(both.clone(), one.clone()), [goes]);
    let comes = "10.0.2.50 (private (RFC 1918)) appears in the answer: answers";
    assert_eq!(told(one, both), [comes]);
}

#[test]
fn an_address_that_opens_or_closes_is_a_change() {
    let how = |how: Value| seen(&[("10.0.1.50", how)]);
    assert_eq!(
        told(how(json!("timed-out")), how(json!("open"))),
        [
            "reachable, was not reachable",
            "10.0.1.50:443 answers; before, it does not answer",
        ]
    );
    assert_eq!(
        told(how(json!("timed-out")), how(json!("refused"))),
        ["10.0.1.50:443 refuses; before, it does not answer"]
    );
}

#[test]
fn a_name_that_goes_is_a_change() {
    let said = told(open_at(&["10.0.1.50"]), seen(&[]));
    assert_eq!(
        said,
        [
            "not reachable, was reachable",
            "name server 10.0.0.2 says that there is no such name (A orders.example.com)",
        ]
    );
}

#[test]
fn another_certificate_is_a_change() {
    let with = |c: Value| seen(&[("10.0.1.50", c)]);
    let old = certificate(&["orders.example.com"], "2027-01-01T00:00:00Z", &[]);
    let new = certificate(&["orders.example.com"], "2028-01-01T00:00:00Z", &[]);
    assert_eq!(
        told(with(old.clone()), with(new)),
        [
            "10.0.1.50:443 has another certificate: of orders.example.com, issued by Example CA, until 2028-01-01T00:00:00Z"
        ]
    );
    let late = certificate(
        &["orders.example.com"],
        "2027-01-01T00:00:00Z",
        &["expired"],
    );
    assert_eq!(
        told(with(old), with(late)),
        [
            "not reachable, was reachable",
            "the certificate of 10.0.1.50:443 is expired",
        ]
    );
}

#[test]
fn another_source_is_a_change_and_another_port_is_none() {
    let saw = |source: &str| {
        let seen_by = json!({ "answered": { "source": source, "at": "10.0.1.50:443" } });
        seen(&[("10.0.1.50", json!({ "seen": seen_by }))])
    };
    assert!(told(saw("10.0.1.10:4001"), saw("10.0.1.10:4002")).is_empty());
    assert_eq!(
        told(saw("10.0.1.10:4001"), saw("10.0.9.5:4001")),
        ["10.0.1.50:443 sees 10.0.9.5 as the source, was 10.0.1.10"]
    );
}

#[test]
fn agreement_that_ends_names_the_difference() {
    let input = open("tests/recordings/shop.yaml").unwrap();
    let scene = input.scene(None).unwrap();
    let to = "https://ssm.us-east-1.amazonaws.com";
    let of = |address: &str| -> Probed {
        let mut seen = seen(&[(address, json!("open"))]);
        seen["target"] = json!(to);
        seen["lookups"][0]["name"] = json!("ssm.us-east-1.amazonaws.com");
        beside(read(seen), scene, "shop/app", to)
    };
    let said = changes(&of("10.0.1.50"), &of("52.119.200.20"));
    assert_eq!(
        said[0],
        "not as predicted, was as predicted: the prediction needs private DNS of endpoint shop/ssm to answer 10.0.1.50; name server 10.0.0.2 answered 52.119.200.20 (public, of ssm.us-east-1.amazonaws.com)"
    );
    let said = changes(&of("52.119.200.20"), &of("10.0.1.50"));
    assert_eq!(said[0], "as predicted, was not as predicted");
}

#[test]
fn a_stopped_round_says_nothing() {
    let mut after = open_at(&[]);
    after["interrupted"] = json!(true);
    assert!(told(open_at(&["10.0.1.50"]), after).is_empty());
}
