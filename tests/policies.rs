//! Laws of policies over generated documents, and the table of what an absent key means.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use proptest::prelude::*;
use reachability::aws::policy::{Caller, Decision, Given, Keys, Path, Policies, Request, judge};
use reachability::model::{
    Document, Effect, Network, Origin, Policy, Shape, World, build, read_policy,
};
use reachability::scenario;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const APP: &str = "arn:aws:iam::111111111111:role/app";

fn document(value: &Value) -> Document {
    let shape = match value {
        Value::Null => Shape::Nothing,
        Value::String(text) => Shape::Text(text.clone()),
        Value::Bool(_) | Value::Number(_) => Shape::Text(value.to_string()),
        Value::Array(items) => Shape::List(items.iter().map(document).collect()),
        Value::Object(map) => {
            let pairs = map.iter();
            Shape::Map(
                pairs
                    .map(|(k, v)| (k.clone(), Origin::Unknown, document(v)))
                    .collect(),
            )
        }
    };
    let origin = Origin::Unknown;
    Document { shape, origin }
}

fn policy(value: &Value) -> Policy {
    let mut wrong = Vec::new();
    let policy = read_policy("p", "p", &document(value), &mut wrong);
    assert!(wrong.is_empty(), "{wrong:?}");
    policy
}

/// Two endpoints of S3, one of them without an id.
static NETWORK: LazyLock<Network> = LazyLock::new(network);

fn network() -> Network {
    let text = "
name: n
region: us-east-1
accounts: { '111111111111': { organization: o-a } }
vpcs:
  a:
    id: vpc-0a
    cidr: 10.0.0.0/16
    subnets: { s: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: t }, u: { zone: use1-az1, cidr: 10.0.2.0/24, route_table: v } }
    route_tables: { t: {}, v: {} }
    endpoints:
      s3: { id: vpce-1, type: gateway, service: s3, route_tables: t }
      nameless: { type: gateway, service: s3, route_tables: v }
";
    let loaded = scenario::load("n.yaml", text, &|_| Err(String::new()));
    let case = loaded.scenario.unwrap().cases.remove(0);
    assert_eq!(case.draft.world, World::Closed);
    build(case.draft).network.unwrap()
}

fn request(action: &str) -> Request {
    Request {
        action: action.to_owned(),
        resource: "arn:aws:s3:::b/k".to_owned(),
        caller: Caller::Principal(APP.to_owned(), Some("111111111111".to_owned())),
    }
}

/// The keys of a request by an endpoint, by its place, or over a public path.
fn keys(network: &Network, request: &Request, endpoint: Option<usize>) -> Keys {
    let path = Path {
        endpoint: endpoint.map(reachability::model::Id::new),
        point: None,
        source: Some([10, 0, 1, 10].into()),
        secure: true,
    };
    Keys::new(
        network,
        request,
        ("us-east-1", "s3"),
        &path,
        Some("111111111111"),
    )
}

fn word(decision: &Decision<'_>) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Denied(_) => "denied",
        Decision::NotAllowed(_) => "not allowed",
        Decision::CannotTell(..) => "cannot tell",
    }
}

/// What a resource policy alone comes to, beside a caller that may do everything.
fn by_resource(
    network: &Network,
    policy: &Policy,
    request: &Request,
    endpoint: Option<usize>,
) -> &'static str {
    let policies = Policies {
        endpoint: Given::Without,
        resource: Given::Policy(policy),
        identity: Given::Without,
        resource_account: Some("111111111111"),
        gateway: false,
    };
    let keys = keys(network, request, endpoint);
    word(&judge(request, &keys, &policies).0)
}

/// Operator, key and value; then what they come to by an endpoint, by one whose id the input does not
/// say, and over a public path.
#[test]
fn an_absent_key_fails_what_is_positive_and_passes_what_is_negated() {
    let yes = "allowed";
    let no = "not allowed";
    let maybe = "cannot tell";
    let vpce = "aws:SourceVpce";
    #[rustfmt::skip]
    let table = [
        ("StringEquals", vpce, "vpce-1", yes, maybe, no),
        ("StringNotEquals", vpce, "vpce-1", no, maybe, yes),
        ("StringEqualsIfExists", vpce, "vpce-1", yes, maybe, yes),
        ("StringNotEqualsIfExists", vpce, "vpce-1", no, maybe, yes),
        ("StringLike", vpce, "vpce-*", yes, yes, no),
        ("StringNotLike", vpce, "vpce-*", no, no, yes),
        ("StringEquals", vpce, "a/nameless", no, yes, no),
        ("Null", vpce, "true", no, no, yes),
        ("Null", vpce, "false", yes, yes, no),
        ("ForAnyValue:StringEquals", vpce, "vpce-1", yes, maybe, no),
        ("ForAnyValue:StringNotEquals", vpce, "vpce-2", yes, maybe, no),
        ("ForAllValues:StringEquals", vpce, "vpce-1", yes, maybe, yes),
        ("StringEquals", "aws:SourceVpc", "vpc-0a", yes, yes, no),
        ("StringNotEquals", "AWS:SOURCEVPC", "vpc-0b", yes, yes, yes),
        ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16", yes, yes, no),
        ("NotIpAddress", "aws:VpcSourceIp", "10.0.0.0/16", no, no, yes),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/16", no, no, yes),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/16", yes, yes, no),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", no, no, no),
        ("Bool", "aws:ViaAWSService", "true", no, no, no),
        ("Bool", "aws:SecureTransport", "true", yes, yes, yes),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", yes, yes, yes),
        ("ArnNotEquals", "aws:PrincipalArn", APP, no, no, no),
        ("StringEquals", "aws:PrincipalOrgID", "o-a", yes, yes, yes),
        ("StringEquals", "aws:ResourceAccount", "222222222222", no, no, no),
        ("StringEqualsIgnoreCase", "aws:PrincipalOrgID", "O-A", yes, yes, yes),
        ("StringEquals", "aws:PrincipalOrgID", "O-A", no, no, no),
        ("StringEquals", "aws:PrincipalTag/team", "x", maybe, maybe, maybe),
        ("NumericLessThan", "aws:SourceVpce", "5", maybe, maybe, no),
        ("DateGreaterThan", "aws:CurrentTime", "2020", maybe, maybe, maybe),
        ("StringEquals", vpce, "${aws:PrincipalArn}", maybe, maybe, no),
    ];
    let asked = request("s3:GetObject");
    for (operator, key, value, first, second, public) in table {
        let p = policy(&json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {operator: {key: value}}}}));
        for (path, expected) in [(Some(0), first), (Some(1), second), (None, public)] {
            let found = by_resource(&NETWORK, &p, &asked, path);
            assert_eq!(found, expected, "{operator} {key} {value} {path:?}");
        }
    }
}

/// Within one account a resource's policy that names the caller is enough, across accounts it is not:
/// where the caller's account is not known, neither is the answer.
#[test]
fn of_which_account_the_caller_is_may_decide() {
    let names = |who: Value| {
        policy(
            &json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "s3:*", "Resource": "*"}}),
        )
    };
    let (caller, account) = (names(json!(APP)), names(json!("111111111111")));
    let decided = |resource, known: Option<&str>| {
        let known = known.map(str::to_owned);
        let asked = Request {
            caller: Caller::Principal(APP.to_owned(), known),
            ..request("s3:GetObject")
        };
        let policies = Policies {
            endpoint: Given::Without,
            resource: Given::Policy(resource),
            identity: Given::Without,
            resource_account: Some("111111111111"),
            gateway: false,
        };
        word(&judge(&asked, &keys(&NETWORK, &asked, None), &policies).0)
    };
    assert_eq!(decided(&caller, Some("111111111111")), "allowed");
    assert_eq!(decided(&caller, Some("222222222222")), "not allowed");
    assert_eq!(decided(&caller, None), "cannot tell");
    assert_eq!(decided(&account, Some("111111111111")), "not allowed");
}

/// A statement of few words, so that statements meet.
fn statement() -> impl Strategy<Value = Value> {
    let conditions = prop_oneof![
        3 => Just(json!({})),
        1 => Just(json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}})),
        1 => Just(json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})),
        1 => Just(json!({"StringEquals": {"aws:PrincipalTag/team": "x"}})),
        1 => Just(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
    ];
    let principals = prop_oneof![
        3 => Just(json!("*")),
        1 => Just(json!({"AWS": APP})),
        1 => Just(json!({"AWS": "111111111111"})),
        1 => Just(json!({"AWS": "222222222222"})),
    ];
    let words = (
        prop_oneof![2 => Just("Allow"), 1 => Just("Deny")],
        prop_oneof![Just("Action"), Just("Action"), Just("NotAction")],
        prop_oneof![Just("*"), Just("s3:Get*"), Just("s3:PutObject")],
        prop_oneof![Just("Resource"), Just("Resource"), Just("NotResource")],
        prop_oneof![
            Just("*"),
            Just("arn:aws:s3:::b/*"),
            Just("arn:aws:s3:::c/*")
        ],
    );
    (words, principals, conditions).prop_map(
        |((effect, action, actions, resource, resources), principal, condition)| {
            json!({"Effect": effect, action: actions, resource: resources,
                   "Principal": principal, "Condition": condition})
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(), 0..5)
}

/// A world: three documents, a request, a path.
#[derive(Clone, Debug)]
struct Case {
    documents: [Option<Vec<Value>>; 3],
    action: &'static str,
    endpoint: Option<usize>,
    account: Option<&'static str>,
}

fn case() -> impl Strategy<Value = Case> {
    let maybe = || prop::option::weighted(0.7, statements());
    let action = prop_oneof![Just("s3:GetObject"), Just("s3:PutObject"), Just("s3:\u{0}")];
    let account = prop_oneof![
        Just(Some("111111111111")),
        Just(Some("222222222222")),
        Just(None)
    ];
    let endpoint = prop_oneof![Just(Some(0)), Just(Some(1)), Just(None)];
    (maybe(), maybe(), maybe(), action, endpoint, account).prop_map(
        |(a, b, c, action, endpoint, account)| Case {
            documents: [a, b, c],
            action,
            endpoint,
            account,
        },
    )
}

fn decide(network: &Network, case: &Case) -> &'static str {
    let read: Vec<Option<Policy>> = case
        .documents
        .iter()
        .map(|d| d.as_ref().map(|s| policy(&json!({ "Statement": s }))))
        .collect();
    let given = |at: usize| read[at].as_ref().map_or(Given::Without, Given::Policy);
    let policies = Policies {
        endpoint: given(0),
        resource: given(1),
        identity: given(2),
        resource_account: case.account,
        gateway: false,
    };
    let request = request(case.action);
    let path = Path {
        endpoint: case.endpoint.map(reachability::model::Id::new),
        point: None,
        source: Some([10, 0, 1, 10].into()),
        secure: true,
    };
    let keys = Keys::new(network, &request, ("us-east-1", "s3"), &path, case.account);
    word(&judge(&request, &keys, &policies).0)
}

/// How much a decision grants; what cannot be told is between.
fn grants(word: &str) -> u8 {
    match word {
        "allowed" => 2,
        "cannot tell" => 1,
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_deny_more_never_grants_more(case in case(), at in 0usize..3, more in statement()) {
        let mut denied = case.clone();
        let Some(list) = denied.documents[at].as_mut() else { return Ok(()) };
        let mut more = more;
        more["Effect"] = json!("Deny");
        list.push(more);
        let (before, after) = (decide(&NETWORK, &case), decide(&NETWORK, &denied));
        prop_assert!(grants(after) <= grants(before), "{before} → {after}");
    }

    #[test]
    fn an_allow_more_never_grants_less(case in case(), at in 0usize..3, more in statement()) {
        let mut allowed = case.clone();
        let Some(list) = allowed.documents[at].as_mut() else { return Ok(()) };
        let mut more = more;
        more["Effect"] = json!("Allow");
        list.push(more);
        let (before, after) = (decide(&NETWORK, &case), decide(&NETWORK, &allowed));
        prop_assert!(grants(after) >= grants(before), "{before} → {after}");
    }

    #[test]
    fn the_order_of_statements_is_nothing(case in case()) {
        let mut turned = case.clone();
        for list in turned.documents.iter_mut().flatten() {
            list.reverse();
        }
        prop_assert_eq!(decide(&NETWORK, &case), decide(&NETWORK, &turned));
    }

    /// What is decided without the action is decided so for every action.
    #[test]
    fn a_decision_without_the_action_holds_for_each(case in case()) {
        let of = |action| decide(&NETWORK, &Case { action, ..case.clone() });
        let open = of("s3:\u{0}");
        for action in ["s3:GetObject", "s3:PutObject", "s3:ListBucket"] {
            let one = of(action);
            prop_assert!(open == "cannot tell" || grants(one) == grants(open) || one == "cannot tell", "{open} but {action} is {one}");
        }
    }
}

/// The generator reaches every decision.
#[test]
fn the_generator_reaches_every_decision() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut denies = 0;
    for _ in 0..1_000 {
        let case = case().new_tree(&mut runner).unwrap().current();
        let texts = case.documents.iter().flatten().flatten();
        denies += u32::from(texts.into_iter().any(|s| s["Effect"] == json!("Deny")));
        *counts.entry(decide(&NETWORK, &case)).or_default() += 1;
    }
    for word in ["allowed", "denied", "not allowed", "cannot tell"] {
        let count = counts.get(word).copied().unwrap_or_default();
        assert!(count >= 20, "{word}: {counts:?}");
    }
    assert!(denies >= 300, "{denies}");
}

#[test]
fn full_access_is_what_aws_writes_where_none_is_given() {
    let full = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    assert!(policy(&full).is_full_access());
    let mut less = full.clone();
    less["Statement"][0]["Action"] = json!("s3:*");
    assert!(!policy(&less).is_full_access());
    assert!(!policy(&json!({"Statement": []})).is_full_access());
    assert_eq!(policy(&full).statements[0].effect, Effect::Allow);
}
