//! Who may send, whom a selector means, and where a network's traffic may want to go.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use reachability::analysis::senders::{internet, on_premises, own, select};
use reachability::analysis::services::services;
use reachability::answer::{From, answer};
use reachability::aws::compile;
use reachability::model::{Network, build};
use reachability::property::Who;
use reachability::scenario::load;

const NETWORK: &str = "
name: every kind of sender
region: us-east-1
internet: { hosts: { partner: { ip: 198.51.100.1 } } }
vpcs:
  app:
    cidr: 10.0.0.0/16
    internet_gateway: igw
    subnets:
      web: { zone: use1-az1, cidr: 10.0.1.0/24 }
      job: { zone: use1-az2, cidr: 10.0.2.0/24 }
    instances:
      web-a: { subnet: web, ip: 10.0.1.10, tags: { tier: web } }
      web-b: { subnet: web, ip: 10.0.1.11, tags: { tier: web } }
      job: { subnet: job, ip: 10.0.2.10 }
    interfaces:
      second: { subnet: job, ip: 10.0.2.11, attached_to: job }
      lambda: { subnet: job, ip: 10.0.2.12 }
    nat_gateways: { nat: { subnet: web, ip: 10.0.1.20, type: private } }
    endpoints:
      ssm: { service: ssm, subnets: { web: 10.0.1.50 } }
      orders: { service: \"service:orders\", subnets: { web: 10.0.1.51 } }
      far: { service: kms, service_region: eu-west-1, subnets: { web: 10.0.1.52 } }
    client_vpns: { staff: { clients: 172.16.0.0/22, subnets: web, authorize: 10.0.0.0/16 } }
  offer:
    account: \"222222222222\"
    cidr: 10.1.0.0/16
    subnets: { web: { zone: use1-az1, cidr: 10.1.1.0/24 } }
    instances: { shop: { subnet: web, ip: 10.1.1.10 } }
    load_balancers:
      nlb:
        subnets: { web: 10.1.1.20 }
        listeners:
          - { protocol: tcp, port: 443, forward: shop }
          - { protocol: tcp, port: 9443, forward: shop }
    target_groups: { shop: { protocol: tcp, port: 8443, targets: [{ instance: shop, health: healthy }] } }
endpoint_services:
  orders: { load_balancers: offer/nlb, allowed_principals: \"*\" }
on_premises:
  hq: { cidrs: 192.168.0.0/16, hosts: { desk: 192.168.5.5 } }
  depot: { cidrs: [192.169.0.0/24, 192.169.8.0/24] }
";

fn network() -> Network {
    let loaded = load("test.yaml", NETWORK, &|_| Err(String::new()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let built = build(scenario.cases.into_iter().next().unwrap().draft);
    let found = built.diagnostics;
    built.network.unwrap_or_else(|| panic!("{found:?}"))
}

fn names(network: &Network, all: &[From]) -> Vec<String> {
    all.iter().map(|from| from.name(network)).collect()
}

fn selected(who: Who) -> Vec<String> {
    let network = network();
    names(&network, &select(&network, &who).unwrap())
}

fn named(name: &str) -> Vec<String> {
    selected(Who::Name(name.to_owned()))
}

fn refused(who: Who) -> String {
    select(&network(), &who).unwrap_err()
}

#[test]
fn what_aws_manages_for_a_requester_sends_nothing() {
    let network = network();
    assert_eq!(
        names(&network, &own(&network)),
        [
            "app/web-a",
            "app/web-b",
            "app/job",
            "app/second",
            "app/lambda",
            "offer/shop",
            "app/staff 172.16.0.1"
        ]
    );
    assert_eq!(
        names(&network, &on_premises(&network)),
        ["hq/desk", "depot 192.169.0.1", "depot 192.169.8.1"]
    );
    assert_eq!(
        names(&network, &internet(&network)),
        ["partner", "internet 198.51.100.2"]
    );
}

#[test]
fn a_selector_means_those_it_fits() {
    assert_eq!(named("app/web-a"), ["app/web-a"]);
    assert_eq!(named("app/job"), ["app/job", "app/second"]);
    assert_eq!(named("app/second"), ["app/second"]);
    assert_eq!(named("app/web-*"), ["app/web-a", "app/web-b"]);
    assert_eq!(
        named("*b*"),
        [
            "app/web-a",
            "app/web-b",
            "app/job",
            "app/second",
            "app/lambda"
        ]
    );
    assert_eq!(named("*/shop"), ["offer/shop"]);
    assert_eq!(named("hq"), ["hq/desk"]);
    assert_eq!(named("hq/*"), ["hq/desk"]);
    assert_eq!(named("partner"), ["partner"]);
    assert_eq!(named("app/staff"), ["app/staff 172.16.0.1"]);
    assert_eq!(named("10.0.2.12"), ["app/lambda"]);
    let tag = |key: &str, value: &str| Who::Tag {
        key: key.to_owned(),
        value: value.to_owned(),
    };
    assert_eq!(selected(tag("tier", "web")), ["app/web-a", "app/web-b"]);
    assert_eq!(
        selected(Who::Subnet("app/web".into())),
        ["app/web-a", "app/web-b"]
    );
    assert_eq!(selected(Who::Vpc("offer".into())), ["offer/shop"]);
    assert_eq!(
        selected(Who::Account("222222222222".into())),
        ["offer/shop"]
    );
}

#[test]
fn what_fits_nobody_is_empty_and_what_means_nothing_is_an_error() {
    let tag = Who::Tag {
        key: "tier".into(),
        value: "none".into(),
    };
    assert_eq!(selected(tag), [""; 0]);
    assert_eq!(selected(Who::Account("333333333333".into())), [""; 0]);
    assert_eq!(named("app/none-*"), [""; 0]);
    let texts = [
        (Who::Name("app/web-c".into()), "did you mean `app/web-a`?"),
        (
            Who::Name("apps/*".into()),
            "no VPC or site is called `apps`: did you mean `app`?",
        ),
        (
            Who::Name("app/nat".into()),
            "`app/nat` starts no connection",
        ),
        (
            Who::Name("app/ssm".into()),
            "`app/ssm` starts no connection",
        ),
        (
            Who::Vpc("aap".into()),
            "no VPC is called `aap`: did you mean `app`?",
        ),
        (
            Who::Subnet("app/wed".into()),
            "no subnet is called `app/wed`: did you mean `app/web`?",
        ),
        (
            Who::Subnet("web".into()),
            "several subnets are called `web`: `app/web`, `offer/web`",
        ),
        (
            Who::Name("anything".into()),
            "every source of the input is `any`",
        ),
    ];
    for (who, text) in texts {
        let said = refused(who);
        assert!(said.contains(text), "{said}");
    }
}

#[test]
fn every_service_is_a_question_that_has_an_answer() {
    let network = network();
    let compiled = compile(&network);
    let all = services(&network);
    let titles: Vec<&str> = all.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "s3",
            "dynamodb",
            "ssm",
            "kms eu-west-1",
            "orders 443",
            "orders 9443",
            "hq",
            "depot",
            "internet"
        ]
    );
    for service in &all {
        for from in own(&network) {
            let answered = answer(&network, &compiled, &service.ask(from));
            assert!(answered.is_ok(), "{}: {answered:?}", service.title);
        }
    }
}
