//! What a path costs: which components are charged, how often, at which price, and what is not known.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn trace<'a>(path: &'a str, from: &'a str, to: &'a str) -> [&'a str; 6] {
    ["trace", path, "--from", from, "--to", to]
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reachability"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The charges of the first way, as `key at × times = price`.
fn charges(file: &str, from: &str, to: &str, more: &[&str]) -> Vec<String> {
    let mut arguments = vec![
        "trace", file, "--from", from, "--to", to, "--format", "json",
    ];
    arguments.extend(more);
    let value: Value = serde_json::from_slice(&run(&arguments).stdout).unwrap();
    let lines = value["alternatives"][0]["cost"]["lines"]
        .as_array()
        .unwrap();
    let text = |l: &Value| {
        let (charge, at) = (l["charge"].as_str().unwrap(), l["at"].as_str().unwrap());
        format!("{charge} {at} × {} = {}", l["times"], l["price"])
    };
    lines.iter().map(text).collect()
}

/// A file with a price table, or with something else.
fn file(name: &str, text: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_nat_gateway_is_charged_by_the_hour_and_by_what_passes() {
    assert_eq!(
        charges("scenarios/tutorial/s3-over-nat.yaml", "shop/app", "s3", &[]),
        [
            "nat-gateway-hour shop/nat × 1 = 0.045",
            "nat-gateway-gb shop/nat × 1 = 0.045",
            "public-ipv4-hour shop/nat × 1 = 0.005",
        ]
    );
}

#[test]
fn a_gateway_endpoint_is_free_in_every_region() {
    let path = "scenarios/tutorial/s3-over-gateway-endpoint.yaml";
    let free = ["gateway-endpoint shop/s3 × 1 = 0.0"];
    assert_eq!(charges(path, "shop/app", "s3", &[]), free);
    let other = file(
        "prices-of-another-region.json",
        r#"{ "date": "2026-11-23", "region": "eu-west-1", "currency": "USD", "prices": {} }"#,
    );
    assert_eq!(charges(path, "shop/app", "s3", &["--prices", &other]), free);
}

#[test]
fn an_interface_endpoint_is_charged_in_each_of_its_zones() {
    let path = "scenarios/tutorial/office-to-interface-endpoint.yaml";
    assert_eq!(
        charges(path, "office/desk", "endpoint://shop/s3:443", &[]),
        [
            "vpn-connection-hour vpn × 1 = 0.05",
            "interface-endpoint-hour shop/s3 × 2 = 0.01",
            "interface-endpoint-gb shop/s3 × 1 = 0.01",
        ]
    );
}

#[test]
fn what_leaves_for_the_internet_is_charged_and_zones_are_both_ways() {
    let scenario = file(
        "cost.yaml",
        r#"
name: Two zones and the internet
region: us-east-1
vpcs:
  shop:
    cidr: 10.0.0.0/16
    internet_gateway: igw
    subnets:
      a: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: pub }
      b: { zone: use1-az2, cidr: 10.0.2.0/24, route_table: pub }
    route_tables: { pub: { routes: { 0.0.0.0/0: igw } } }
    security_groups: { open: { ingress: [{ from: 10.0.0.0/16 }] } }
    instances:
      a: { subnet: a, ip: 10.0.1.10, public_ip: 203.0.113.10 }
      near: { subnet: a, ip: 10.0.1.20, security_groups: open }
      far: { subnet: b, ip: 10.0.2.20, security_groups: open }
internet: { hosts: { x: { ip: 198.51.100.7 } } }
"#,
    );
    let ask = |to: &str| charges(&scenario, "shop/a", to, &[]);
    assert_eq!(ask("tcp://shop/near:80"), [""; 0]);
    assert_eq!(
        ask("tcp://shop/far:80"),
        ["cross-zone-gb shop/far × 2 = 0.01"]
    );
    assert_eq!(
        ask("tcp://x:443"),
        [
            "public-ipv4-hour shop/a × 1 = 0.005",
            "internet-out-gb internet × 1 = 0.09"
        ]
    );
}

#[test]
fn what_the_table_does_not_know_is_said() {
    let path = "scenarios/privatelink-cross-account.yaml";
    let all = charges(path, "bookshop/checkout", "https://pay.example.net", &[]);
    assert_eq!(
        all,
        [
            "interface-endpoint-hour bookshop/pay × 1 = null",
            "interface-endpoint-gb bookshop/pay × 1 = null",
            "load-balancer-hour provider/pay-nlb × 1 = null",
            "load-balancer-capacity provider/pay-nlb × 1 = null",
        ]
    );
    let table = file(
        "prices-of-frankfurt.json",
        r#"{ "date": "2026-11-23", "region": "eu-central-1", "currency": "EUR",
             "prices": { "interface-endpoint-hour": 0.012 } }"#,
    );
    let arguments = [
        "trace",
        path,
        "--from",
        "bookshop/checkout",
        "--to",
        "https://pay.example.net",
        "--prices",
        &table,
    ];
    let text = String::from_utf8(run(&arguments).stdout).unwrap();
    for part in [
        "0.012 EUR/h, price not known",
        "prices of 2026-11-23, eu-central-1",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
}

#[test]
fn a_way_that_does_not_deliver_costs_nothing() {
    let path = "scenarios/tutorial/office-to-gateway-endpoint.yaml";
    let flow = trace(path, "office/desk", "tcp://52.216.8.10:443");
    let value = run(&[&flow[..], &["--format", "json"]].concat());
    let value: Value = serde_json::from_slice(&value.stdout).unwrap();
    let ways = value["alternatives"].as_array().unwrap();
    for way in ways.iter().filter(|w| w["class"] == "unreachable") {
        assert_eq!(way["cost"]["lines"].as_array().unwrap().len(), 0);
    }
}

/// What follows the first tier is told beside it, in words and as data, and so is what is not known.
#[test]
fn tiers_beyond_the_first_are_told() {
    let path = "scenarios/tutorial/office-to-interface-endpoint.yaml";
    let flow = trace(path, "office/desk", "endpoint://shop/s3:443");
    let text = String::from_utf8(run(&flow).stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let told = "0.01 USD/GB (above 1 PB a month 0.006, above 5 PB a month 0.004)";
    assert!(words.join(" ").contains(told), "{text}");
    let value = run(&[&flow[..], &["--format", "json"]].concat());
    let value: Value = serde_json::from_slice(&value.stdout).unwrap();
    let lines = value["alternatives"][0]["cost"]["lines"]
        .as_array()
        .unwrap();
    let tiers: Vec<usize> = lines
        .iter()
        .map(|l| l["tiers"].as_array().unwrap().len())
        .collect();
    assert_eq!(tiers, [0, 0, 2]);
    let table = file(
        "prices-with-tiers.json",
        r#"{ "date": "2026-11-23", "region": "us-east-1", "currency": "USD", "prices": { "interface-endpoint-gb": 0.02 },
             "tiers": { "interface-endpoint-gb": { "2 TB": null } } }"#,
    );
    let text = String::from_utf8(run(&[&flow[..], &["--prices", &table]].concat()).stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let told = "0.02 USD/GB (above 2 TB a month not known)";
    assert!(words.join(" ").contains(told), "{text}");
}

/// The hour of a load balancer has a price; its capacity units and a regional NAT gateway have none.
#[test]
fn capacity_units_and_regional_nat_gateways_have_no_price() {
    let path = "scenarios/vectors/nlb.yaml";
    let all = charges(path, "x", "tcp://a/nlb:443", &[]);
    for line in [
        "load-balancer-hour a/nlb × 1 = 0.0225",
        "load-balancer-capacity a/nlb × 1 = null",
    ] {
        assert!(all.contains(&line.to_owned()), "{all:?}");
    }
    let path = "scenarios/vectors/regional-nat.yaml";
    let flow = trace(path, "a/app", "tcp://x:443");
    let text = String::from_utf8(run(&flow).stdout).unwrap();
    assert!(
        text.contains("regional NAT gateway a/nat   price not known"),
        "{text}"
    );
}

#[test]
fn a_wrong_table_is_refused_with_all_that_is_wrong() {
    let wrong = file(
        "prices-wrong.json",
        r#"{ "date": 1, "region": "us-esat-1", "currency": " ", "prices": { "nat-gateway-hours": 2, "vpn-connection-hour": -1 }, "tiers": { "internet-out-gb": { "10 TB": "cheap" } } }"#,
    );
    let path = "scenarios/tutorial/s3-over-nat.yaml";
    let output = run(&[
        "trace", path, "--from", "shop/app", "--to", "s3", "--prices", &wrong,
    ]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in [
        "`date` is missing, or no text",
        "`currency` is missing, or no text",
        "there is no Region `us-esat-1`",
        "nothing is charged as `nat-gateway-hours`: did you mean `nat-gateway-hour`?",
        "the price `vpn-connection-hour` is no number from 0 on",
        "the tiers of `internet-out-gb` are no map of volumes to prices",
        "it looks like",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_price_of_another_region_is_no_price_wherever_the_path_begins() {
    let scenario = "scenarios/designs/hub-of-endpoints.yaml";
    let charges = charges(scenario, "centre/desk", "ssm", &[]);
    assert!(!charges.is_empty());
    for charge in charges {
        assert!(charge.ends_with("= null"), "{charge}");
    }
}

/// Zones are free where a transit gateway carries; an address is charged to whoever has it.
#[test]
fn what_a_transit_gateway_carries_crosses_zones_for_nothing() {
    let scenario = file(
        "cost-transit.yaml",
        r#"
name: Two VPCs, two zones, and a door to the internet
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets: { p: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: t } }
    route_tables: { t: { routes: { 10.1.0.0/16: tg } } }
    instances: { i: { subnet: p, ip: 10.0.1.10 } }
  b:
    cidr: 10.1.0.0/16
    internet_gateway: igw
    subnets:
      p: { zone: use1-az1, cidr: 10.1.1.0/24, route_table: t }
      q: { zone: use1-az2, cidr: 10.1.2.0/24, route_table: t }
    route_tables: { t: { routes: { 10.0.0.0/16: tg, 0.0.0.0/0: igw } } }
    security_groups: { open: { ingress: [{ from: 0.0.0.0/0 }] } }
    instances: { w: { subnet: q, ip: 10.1.2.10, public_ip: 203.0.113.10, security_groups: open } }
transit_gateways: { tg: { attachments: { a: { vpc: a, subnets: p }, b: { vpc: b, subnets: [p, q] } } } }
internet: { hosts: { x: { ip: 198.51.100.7 } } }
"#,
    );
    let carried = [
        "transit-gateway-attachment-hour tg × 2 = 0.05",
        "transit-gateway-gb tg × 1 = 0.02",
    ];
    assert_eq!(charges(&scenario, "a/i", "tcp://b/w:443", &[]), carried);
    let came_in = charges(&scenario, "x", "tcp://203.0.113.10:443", &[]);
    assert_eq!(came_in[0], "public-ipv4-hour b/w × 1 = 0.005");
    let path = "scenarios/vectors/regional-nat.yaml";
    let all = charges(path, "a/app", "tcp://x:443", &[]);
    assert!(
        all.contains(&"public-ipv4-hour a/nat × 1 = 0.005".to_owned()),
        "{all:?}"
    );
}
