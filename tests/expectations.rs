//! An expectation fails where it does not hold: each key with a value that is so, and one that is not.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use reachability::answer::{Wording, check};
use reachability::cli::open;
use std::path::Path;

const WORLD: &str = "
name: what is expected
region: us-east-1
public_records: { www.example.com: { a: 198.51.100.7 } }
internet: { hosts: { x: { ip: 198.51.100.7 } } }
vpcs:
  a:
    cidr: 10.0.0.0/16
    dns: { hostnames: true }
    internet_gateway: igw
    subnets: { s: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: t } }
    route_tables: { t: { routes: { 0.0.0.0/0: igw } } }
    security_groups: { ep: { ingress: [{ protocol: tcp, port: 443-444, from: 10.0.0.0/16 }] } }
    instances: { app: { subnet: s, ip: 10.0.1.10 }, shut: { subnet: s, ip: 10.0.1.11, security_groups: ep } }
    endpoints:
      ssm: { service: ssm, subnets: { s: 10.0.1.50 }, security_groups: ep, private_dns: true }
      pay: { service: 'service:pay', subnets: { s: 10.0.1.60 }, security_groups: ep }
  p:
    account: '222222222222'
    cidr: 10.1.0.0/16
    subnets: { s: { zone: use1-az1, cidr: 10.1.1.0/24 } }
    security_groups: { web: { ingress: [{ from: 10.1.0.0/16 }] } }
    instances: { web: { subnet: s, ip: 10.1.1.30, security_groups: web } }
    load_balancers: { front: { subnets: { s: 10.1.1.20 }, listeners: [{ protocol: tcp, port: 443, forward: web }, { protocol: tcp, port: 444, forward: told }] } }
    target_groups:
      web: { port: 8443, targets: [{ instance: web, health: healthy }] }
      told: { port: 8444, proxy_protocol: true, targets: [{ instance: web, health: healthy }] }
endpoint_services: { pay: { load_balancers: p/front, acceptance_required: false, allowed_principals: any } }
expect:
";

/// Question, what is so, what is not.
#[rustfmt::skip]
const KEYS: &[(&str, &str, &str)] = &[
    ("to: ssm", "verdict: private", "verdict: internet"),
    ("to: ssm", "via: [a/ssm]", "via: [a/igw]"),
    ("to: ssm", "not_via: [a/igw]", "not_via: [a/ssm]"),
    ("to: ssm", "mechanism: interface-endpoint", "mechanism: nat-gateway"),
    ("to: ssm", "leaves_aws: 'no'", "leaves_aws: 'yes'"),
    ("to: ssm", "answers: 10.0.1.50", "answers: 10.0.1.51"),
    ("to: ssm", "dns: private", "dns: public"),
    ("to: ssm", "answered_by: a/ssm", "answered_by: public"),
    ("to: 'tcp://10.0.1.50:443'", "via: [a/ssm]", "dns: private"),
    ("to: 'tcp://10.0.1.50:443'", "via: [a/ssm]", "answers: 10.0.1.50"),
    ("to: 'tcp://10.0.1.50:443'", "via: [a/ssm]", "answered_by: a/ssm"),
    ("to: ssm", "sees: { source: 10.0.1.10 }", "sees: { source: 10.0.1.11 }"),
    ("to: ssm", "sees: { vpce: a/ssm }", "sees: { vpce: a/igw }"),
    ("to: 'tcp://a/shut:443'", "via: [a/shut]", "sees: { vpce: a/ssm }"),
    ("to: 'tcp://10.0.1.60:443'", "via: [a/pay, p/front, p/web]", "sees: { vpce: a/pay }"),
    ("to: 'tcp://10.0.1.60:444'", "sees: { vpce: a/pay }", "sees: { vpce: a/ssm }"),
    ("to: ssm", "notes: IDLE_TIMEOUT_350", "notes: MISDELIVERED"),
    ("to: ssm", "not_notes: [MISDELIVERED]", "not_notes: [MISDELIVERED, IDLE_TIMEOUT_350]"),
    ("to: ssm", "some: [{ not_notes: MISDELIVERED }]", "some: [{ not_notes: IDLE_TIMEOUT_350 }]"),
    ("to: 'tcp://a/shut:80'", "code: ENI_SG_RULES_MISMATCH", "code: SG_HAS_NO_RULES"),
    ("to: 'tcp://a/shut:80'", "leg: out", "leg: back"),
    ("to: 'tcp://a/shut:80'", "at: a/shut", "at: a/app"),
    ("to: 'tcp://a/shut:80'", "by: a/ep ingress otherwise", "by: a/ep ingress 1"),
    ("to: 'tcp://a/shut:80'", "by: otherwise", "by: a/ep egress otherwise"),
    ("to: 'tcp://a/shut:80'", "verdict: unreachable", "also: SG_HAS_NO_RULES"),
    ("to: ssm", "some: [{ verdict: private }]", "some: [{ verdict: private }, { verdict: internet }]"),
    ("to: ssm", "all_listed: true, some: [{ verdict: private }]", "all_listed: true, some: [{ verdict: denied }]"),
];

#[test]
fn an_expectation_fails_where_it_does_not_hold() {
    let mut text = WORLD.to_owned();
    for (question, right, wrong) in KEYS {
        for words in [right, wrong] {
            text.push_str(&format!("  - {{ from: a/app, {question}, {words} }}\n"));
        }
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expectations.yaml");
    std::fs::write(&file, text).unwrap();
    let input = open(file.to_str().unwrap()).unwrap();
    let scene = input.scene(None).unwrap();
    let (network, compiled) = scene.compiled().unwrap();
    let wording = Wording::new(network, compiled);
    let words = KEYS
        .iter()
        .flat_map(|(_, right, wrong)| [(right, true), (wrong, false)]);
    assert_eq!(scene.expect.len(), KEYS.len() * 2);
    for (expected, (words, holds)) in scene.expect.iter().zip(words) {
        let answer = input.answer(scene, expected).unwrap();
        let misses = check(wording, &answer, &expected.checks);
        assert_eq!(misses.is_empty(), holds, "{words}: {misses:?}");
    }
}
