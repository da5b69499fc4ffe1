//! Every obstacle of a path that is blocked, and no more: what stands beyond a gap is met with the
//! headers that the traffic had at the gap, and who asked is not held against a walk that began there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use reachability::answer::{Ask, answer, source};
use reachability::aws::compile;
use reachability::code::Code::{self, *};
use reachability::model::build;
use reachability::scenario::load;

const NETWORK: &str = "
name: gaps, and what stands beyond them
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets:
      app: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: app }
      nat: { zone: use1-az1, cidr: 10.0.2.0/24 }
      empty: { zone: use1-az1, cidr: 10.0.5.0/24 }
    route_tables: { app: { routes: { 10.2.0.0/16: nat } } }
    nat_gateways: { nat: { subnet: nat, type: private, ip: 10.0.2.20 } }
    security_groups: { silent: {} }
    instances: { app: { subnet: app, ip: 10.0.1.10, security_groups: silent } }
  overlaps:
    cidr: 10.0.0.0/16
    subnets: { web: { zone: use1-az1, cidr: 10.0.5.0/24 } }
    security_groups: { web: { ingress: [{ from: 10.9.0.0/16 }] } }
    instances: { web: { subnet: web, ip: 10.0.5.10, security_groups: web } }
  back:
    cidr: 10.1.0.0/16
    subnets: { web: { zone: use1-az1, cidr: 10.1.1.0/24, route_table: web } }
    route_tables: { web: { routes: { 10.0.0.0/16: ab } } }
    security_groups: { web: { ingress: [{ from: 10.0.0.0/16 }] } }
    instances: { web: { subnet: web, ip: 10.1.1.10, security_groups: web } }
  behind:
    cidr: 10.2.0.0/16
    subnets: { web: { zone: use1-az1, cidr: 10.2.1.0/24 } }
    security_groups: { web: { ingress: [{ from: 10.0.1.0/24 }] } }
    instances: { web: { subnet: web, ip: 10.2.1.10, security_groups: web } }
on_premises:
  hq:
    cidrs: 192.168.0.0/16
    hosts: { o: 192.168.5.5 }
    rules: { ingress: { 100: { action: allow, protocol: tcp, port: 22, from: 10.0.0.0/16 } } }
peerings: { ab: { between: [a, back] } }
";

fn obstacles(to: &str) -> Vec<(Code, String, bool)> {
    let loaded = load("test.yaml", NETWORK, &|_| Err(String::new()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let built = build(scenario.cases.into_iter().next().unwrap().draft);
    let network = built
        .network
        .unwrap_or_else(|| panic!("{:?}", built.diagnostics));
    let ask = Ask::new(source(&network, "a/app").unwrap(), to);
    let answer = answer(&network, &compile(&network), &ask).unwrap();
    let all = answer.obstacles.into_iter();
    all.map(|o| (o.code, o.at.to_string(), o.beyond_gap))
        .collect()
}

fn at(code: Code, at: &str, beyond: bool) -> (Code, String, bool) {
    (code, at.to_owned(), beyond)
}

/// The address is one of the VPC's own, where nobody has it: the host that was meant is elsewhere.
#[test]
fn nobody_there_is_a_gap() {
    let all = [
        at(NO_POSSIBLE_DESTINATION, "a/empty", false),
        at(ENI_SG_RULES_MISMATCH, "overlaps/web", true),
        at(NO_POSSIBLE_DESTINATION, "overlaps", true),
    ];
    assert_eq!(obstacles("tcp://overlaps/web:443"), all);
}

/// Only the way there is missing: the way back, and the group of who asked, are as they should be.
#[test]
fn who_asked_knows_its_replies() {
    let all = [at(NO_ROUTE_TO_DESTINATION, "a/app", false)];
    assert_eq!(obstacles("tcp://back/web:443"), all);
}

/// The group would know the host that asks; what comes to it is sent by the NAT gateway.
#[test]
fn beyond_a_gap_headers_are_as_they_were_there() {
    let all = [
        at(NO_ROUTE_TO_DESTINATION, "a/nat", false),
        at(ENI_SG_RULES_MISMATCH, "behind/web", true),
        at(NO_ROUTE_TO_DESTINATION, "behind/web", true),
    ];
    assert_eq!(obstacles("tcp://behind/web:443"), all);
}

/// A host of a site stands behind the site's firewall.
#[test]
fn a_site_is_there_beyond_a_gap() {
    let all = obstacles("tcp://hq/o:443");
    let codes: Vec<Code> = all.iter().map(|(code, ..)| *code).collect();
    assert_eq!(codes[0], NO_ROUTE_TO_DESTINATION);
    assert!(
        all.contains(&at(SITE_FIREWALL_RESTRICTION, "hq", true)),
        "{all:?}"
    );
}
