//! A prediction beside what was seen: recordings of a host in each case of `scenarios/probe.yaml`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use reachability::answer::{Ask, answer, source};
use reachability::cli::open;
use reachability::probe::{Agreement, Comparison, Known, Observation, Ranges, compare, expected};

const S3: &str = "https://s3.us-east-1.amazonaws.com";
const SECRETS: &str = "https://secretsmanager.us-east-1.amazonaws.com";
const ORDERS: &str = "https://orders.example.com";
const ENDPOINT: &str = "endpoint://consumer/orders:443";

const PRIVATE_DNS_OFF: &str = "the endpoint's private DNS is off";
const PENDING: &str = "the provider has not accepted yet";
const NO_443: &str = "the endpoint's group admits nobody at 443";

/// The VPC's resolver, as the host is told to ask it.
const VPC: &str = "10.0.0.2:53";

/// What a host saw: the name server asked, its answer, and how the connection to it went.
fn saw(to: &str, server: &str, answer: &str, connect: &str) -> Observation {
    let answered = answer.parse::<std::net::IpAddr>().is_ok();
    let outcome = if answered { "answered" } else { answer };
    let records = if answered {
        format!(r#"[{{"address":"{answer}","ttl":60}}]"#)
    } else {
        "[]".to_owned()
    };
    let attempts = if answered {
        format!(
            r#"[{{"address":"{answer}","port":443,"local":"10.0.1.10","connect":"{connect}","tries":1,"took":900}}]"#
        )
    } else {
        "[]".to_owned()
    };
    let text = format!(
        r#"{{"target":"{to}","lookups":[{{"asked":{{"system":"{server}"}},"name":"x","kind":"A",
            "outcome":"{outcome}","records":{records},"over":"udp","took":400}}],"attempts":{attempts}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// What a host saw at an address.
fn tried(to: &str, address: &str, connect: &str) -> Observation {
    Observation {
        lookups: Vec::new(),
        ..saw(to, VPC, address, connect)
    }
}

fn beside(case: Option<&str>, to: &str, seen: &Observation) -> Comparison {
    let input = open("scenarios/probe.yaml").unwrap();
    let (network, compiled) = input.case(case, &[], &[to]).unwrap();
    let from = source(&network, "consumer/app").unwrap();
    let answer = answer(&network, &compiled, &Ask::new(from, to)).unwrap();
    let target = expected(to, &answer.target).unwrap();
    let known = Known::new(Ranges::default()).with(&network, from.vpc(&network));
    compare(&network, &compiled, &answer, &target, seen, &known)
}

#[track_caller]
fn agrees(case: Option<&str>, to: &str, seen: &Observation) {
    let found = beside(case, to, seen);
    assert_eq!(found.agreement, Agreement::AsPredicted, "{found:#?}");
    assert_eq!(found.difference, None);
}

/// Where the two part, and what would explain it.
#[track_caller]
fn parts(case: Option<&str>, to: &str, seen: &Observation, code: &str, says: &str, advice: &str) {
    let found = beside(case, to, seen);
    assert_eq!(found.agreement, Agreement::NotAsPredicted, "{found:#?}");
    let first = found.difference.unwrap();
    assert_eq!(first.code.name(), code, "{first:#?}");
    assert!(first.says.contains(says), "{first:#?}");
    let all = first.advice.join("\n");
    assert!(all.contains(advice), "{all}");
}

#[test]
fn s3_over_a_gateway_endpoint() {
    agrees(None, S3, &saw(S3, VPC, "52.216.1.1", "open"));
    // Another of S3's many addresses.
    agrees(None, S3, &saw(S3, VPC, "52.217.80.4", "open"));
    let silent = saw(S3, VPC, "52.216.1.1", "timed-out");
    let rows = "routes consumer/app pl-s3";
    parts(
        None,
        S3,
        &silent,
        "CONNECTED_OTHERWISE",
        "private to 52.216.1.1 by gateway-endpoint; no answer comes",
        rows,
    );
    // Somebody gave the VPC an interface endpoint with private DNS.
    let inside = saw(S3, VPC, "10.0.1.77", "open");
    parts(
        None,
        S3,
        &inside,
        "RESOLVED_OTHERWISE",
        "answered 10.0.1.77 (in VPC consumer)",
        "something closer than",
    );
}

#[test]
fn an_interface_endpoint_with_private_dns() {
    agrees(None, SECRETS, &saw(SECRETS, VPC, "10.0.1.50", "open"));
    let elsewhere = saw(SECRETS, "8.8.8.8:53", "52.94.1.1", "open");
    parts(
        None,
        SECRETS,
        &elsewhere,
        "RESOLVED_OTHERWISE",
        "needs private DNS of endpoint consumer/secrets to answer 10.0.1.50; name server 8.8.8.8 answered 52.94.1.1",
        "8.8.8.8 is not the VPC's resolver (10.0.0.2, 169.254.169.253",
    );
    let own = saw(SECRETS, VPC, "52.94.1.1", "open");
    parts(
        None,
        SECRETS,
        &own,
        "RESOLVED_OTHERWISE",
        "answered 52.94.1.1",
        "private DNS off",
    );
    let lost = saw(SECRETS, VPC, "nx-domain", "");
    parts(
        None,
        SECRETS,
        &lost,
        "RESOLVED_OTHERWISE",
        "does not exist",
        "resolve INPUT",
    );
    let silent = saw(SECRETS, VPC, "10.0.1.50", "timed-out");
    parts(
        None,
        SECRETS,
        &silent,
        "CONNECTED_OTHERWISE",
        "no answer comes from 10.0.1.50:443",
        "sg consumer/endpoint ingress 1",
    );
}

#[test]
fn an_interface_endpoint_without_private_dns() {
    let case = Some(PRIVATE_DNS_OFF);
    agrees(case, SECRETS, &saw(SECRETS, VPC, "52.94.1.1", "open"));
    let inside = saw(SECRETS, VPC, "10.0.1.50", "open");
    parts(
        case,
        SECRETS,
        &inside,
        "RESOLVED_OTHERWISE",
        "answered 10.0.1.50 (endpoint consumer/secrets)",
        "something closer",
    );
    let silent = saw(SECRETS, VPC, "52.94.1.1", "timed-out");
    parts(
        case,
        SECRETS,
        &silent,
        "CONNECTED_OTHERWISE",
        "internet to 52.94.1.1 by nat-gateway",
        "routes consumer/app 0.0.0.0/0",
    );
}

#[test]
fn a_partners_endpoint_that_waits() {
    agrees(None, ORDERS, &saw(ORDERS, VPC, "10.0.1.60", "open"));
    let case = Some(PENDING);
    agrees(case, ENDPOINT, &tried(ENDPOINT, "10.0.1.60", "timed-out"));
    let open = tried(ENDPOINT, "10.0.1.60", "open");
    parts(
        case,
        ENDPOINT,
        &open,
        "CONNECTED_OTHERWISE",
        "ENDPOINT_PENDING_ACCEPTANCE",
        "state of the endpoint",
    );
}

#[test]
fn an_endpoint_group_without_443() {
    let case = Some(NO_443);
    agrees(case, SECRETS, &saw(SECRETS, VPC, "10.0.1.50", "timed-out"));
    let open = saw(SECRETS, VPC, "10.0.1.50", "open");
    parts(
        case,
        SECRETS,
        &open,
        "CONNECTED_OTHERWISE",
        "ENI_SG_RULES_MISMATCH",
        "endpoint ingress otherwise",
    );
    // A group drops; a refusal is somebody else's.
    let refused = saw(SECRETS, VPC, "10.0.1.50", "refused");
    parts(
        case,
        SECRETS,
        &refused,
        "CONNECTED_OTHERWISE",
        "refuses",
        "drops without a word",
    );
}

#[test]
fn what_was_not_tried_decides_nothing() {
    let seen = Observation {
        interrupted: true,
        ..Observation::default()
    };
    let found = beside(None, SECRETS, &seen);
    assert_eq!(found.agreement, Agreement::Undecided);
    let seen = saw(SECRETS, VPC, "10.0.1.50", "not-tried");
    assert_eq!(beside(None, SECRETS, &seen).agreement, Agreement::Undecided);
}

#[test]
fn another_host_is_told_from_the_scenarios() {
    let mut seen = saw(SECRETS, VPC, "10.0.1.50", "open");
    seen.attempts[0].local = Some("10.0.7.7".parse().unwrap());
    let found = beside(None, SECRETS, &seen);
    assert_eq!(found.agreement, Agreement::AsPredicted);
    assert_eq!(found.remarks[0].code.name(), "ANOTHER_HOST", "{found:#?}");
}

#[test]
fn the_far_side_saw_another_source() {
    use reachability::probe::Seen;
    let mut seen = saw(ORDERS, VPC, "10.0.1.60", "open");
    let mut from = |source: &str| {
        seen.attempts[0].seen = Some(Seen::Answered {
            source: source.parse().unwrap(),
            at: "10.0.2.30:8443".parse().unwrap(),
            proxy: None,
        });
        seen.clone()
    };
    // A target behind PrivateLink sees the load balancer's node.
    agrees(None, ORDERS, &from("10.0.2.20:40000"));
    let seen = from("10.0.1.10:40000");
    parts(
        None,
        ORDERS,
        &seen,
        "SEEN_OTHERWISE",
        "it saw 10.0.1.10",
        "client IP preservation",
    );
}
