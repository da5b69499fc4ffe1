//! Every obstacle of a path that is blocked, and no more: what stands beyond a gap is met with the
//! headers that the traffic had at the gap, and who asked is not held against a walk that began there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use reachability::answer::{Ask, Stop, answer, source, stops};
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

/// The obstacles on the way from a host of a network.
fn stopped(network: &str, from: &str, to: &str) -> Vec<Stop> {
    let loaded = load("test.yaml", network, &|_| Err(String::new()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let built = build(scenario.cases.into_iter().next().unwrap().draft);
    let network = built
        .network
        .unwrap_or_else(|| panic!("{:?}", built.diagnostics));
    let ask = Ask::new(source(&network, from).unwrap(), to);
    let compiled = compile(&network);
    let answer = answer(&network, &compiled, &ask).unwrap();
    let all = stops(&network, &compiled, &answer);
    let told: Vec<_> = all.iter().map(|stop| &stop.obstacle).collect();
    if answer.needs.is_empty() {
        assert_eq!(told, answer.obstacles.iter().collect::<Vec<_>>());
    }
    all
}

fn obstacles(to: &str) -> Vec<(Code, String, bool)> {
    told(NETWORK, to)
}

/// The same of a network, from the host that all of them have.
fn told(network: &str, to: &str) -> Vec<(Code, String, bool)> {
    let all = stopped(network, "a/app", to).into_iter();
    all.map(|s| {
        (
            s.obstacle.code,
            s.obstacle.at.to_string(),
            s.obstacle.beyond_gap,
        )
    })
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

const BEHIND_OTHERS: &str = "
name: a peering without routes, and a load balancer whose target is in another zone
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    subnets: { app: { zone: use1-az1, cidr: 10.0.1.0/24 } }
    security_groups: { app: {}, ep: { ingress: [{ protocol: tcp, port: 443, from: app }] } }
    instances: { app: { subnet: app, ip: 10.0.1.10, security_groups: app } }
    endpoints: { orders: { service: service:orders, subnets: { app: 10.0.1.50 }, security_groups: ep } }
  b:
    cidr: 10.1.0.0/16
    subnets: { db: { zone: use1-az1, cidr: 10.1.1.0/24 } }
    security_groups:
      db: { ingress: [{ protocol: tcp, port: 5432, from: a/app }] }
      shut: { ingress: [{ protocol: tcp, port: 443, from: 10.9.0.0/16 }] }
    instances: { db: { subnet: db, ip: 10.1.1.10, security_groups: db } }
    endpoints: { kms: { service: kms, subnets: { db: 10.1.1.50 }, security_groups: shut } }
  p:
    cidr: 10.0.0.0/16
    subnets: { a: { zone: use1-az1, cidr: 10.0.1.0/24 }, b: { zone: use1-az2, cidr: 10.0.2.0/24 } }
    security_groups: { web: { ingress: [{ protocol: tcp, port: 8443, from: 10.0.0.0/16 }] } }
    instances: { web: { subnet: b, ip: 10.0.2.30, security_groups: web } }
    load_balancers: { nlb: { subnets: { a: 10.0.1.20, b: 10.0.2.20 }, listeners: [{ protocol: tcp, port: 443, forward: web }] } }
    target_groups: { web: { port: 8443, targets: [{ instance: web, health: healthy }] } }
endpoint_services: { orders: { load_balancers: p/nlb, acceptance_required: false, allowed_principals: any } }
peerings: { ab: { between: [a, b] } }
";

fn met(to: &str) -> Vec<(Code, String, bool)> {
    told(BEHIND_OTHERS, to)
}

/// Only routes are missing: over the peering the group of who asks is known.
#[test]
fn beyond_a_gap_the_sender_is_who_it_was_there() {
    let all = [
        at(NO_ROUTE_TO_DESTINATION, "a/app", false),
        at(NO_ROUTE_TO_DESTINATION, "b/db", true),
    ];
    assert_eq!(met("tcp://b/db:5432"), all);
}

/// The target takes what the load balancer sends it; who dialled the endpoint never meets it.
#[test]
fn nobody_behind_a_load_balancer_meets_what_was_sent_to_it() {
    let all = [at(ELB_NOT_CROSSZONE, "p/nlb@a", false)];
    assert_eq!(met("endpoint://a/orders:443"), all);
}

/// The endpoint itself is met as it was dialled.
#[test]
fn an_endpoint_is_there_beyond_a_gap() {
    let all = [
        at(NO_ROUTE_TO_DESTINATION, "a/app", false),
        at(ENI_SG_RULES_MISMATCH, "b/kms@db", true),
        at(NO_ROUTE_TO_DESTINATION, "b/kms@db", true),
    ];
    assert_eq!(met("endpoint://b/kms:443"), all);
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

/// Every filter on the way through a NAT gateway and back is closed.
const CLOSED: &str = "
name: whom each filter sees
region: us-east-1
vpcs:
  a:
    cidr: 10.0.0.0/16
    dns: { hostnames: true }
    subnets:
      app: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: app, network_acl: closed }
      nat: { zone: use1-az1, cidr: 10.0.2.0/24, route_table: nat, network_acl: closed }
      tasks: { zone: use1-az1, cidr: 10.0.3.0/24 }
    route_tables: { app: { routes: { 10.2.0.0/16: nat } }, nat: { routes: { 10.2.0.0/16: ab } } }
    network_acls: { closed: {} }
    nat_gateways: { nat: { subnet: nat, type: private, ip: 10.0.2.20 } }
    security_groups: { silent: { egress: [] }, all: { ingress: [{ from: 10.0.0.0/16 }] } }
    instances:
      app: { subnet: app, ip: 10.0.1.10, security_groups: silent }
      task: { subnet: tasks, ip: 10.0.3.10, security_groups: all }
    endpoints:
      ecr-api: { service: ecr.api, subnets: { tasks: 10.0.3.50 }, security_groups: all, private_dns: true }
      ecr-dkr: { service: ecr.dkr, subnets: { tasks: 10.0.3.51 }, security_groups: all, private_dns: true }
  b:
    cidr: 10.2.0.0/16
    subnets: { web: { zone: use1-az1, cidr: 10.2.1.0/24, route_table: web, network_acl: closed } }
    route_tables: { web: { routes: { 10.0.0.0/16: ab } } }
    network_acls: { closed: {} }
    security_groups: { web: {} }
    instances: { web: { subnet: web, ip: 10.2.1.10, security_groups: web } }
peerings: { ab: { between: [a, b] } }
";

/// Each filter is told with the addresses that it sees: a NAT gateway's subnet those of the client on
/// one side of the translation, and of the gateway on the other.
#[test]
fn each_filter_is_told_with_what_it_sees() {
    let all = stopped(CLOSED, "a/app", "tcp://b/web:443").into_iter();
    let seen: Vec<String> = all
        .map(|stop| {
            let (o, met) = (&stop.obstacle, stop.met.unwrap());
            format!("{} {}: {} to {}", o.at, o.by, met.src, met.dst)
        })
        .collect();
    let told = [
        "a/app a/silent egress otherwise: 10.0.1.10 to 10.2.1.10",
        "a/app a/closed egress otherwise: 10.0.1.10 to 10.2.1.10",
        "a/nat a/closed ingress otherwise: 10.0.1.10 to 10.2.1.10",
        "a/nat a/closed egress otherwise: 10.0.2.20 to 10.2.1.10",
        "b/web b/closed ingress otherwise: 10.0.2.20 to 10.2.1.10",
        "b/web b/web ingress otherwise: 10.0.2.20 to 10.2.1.10",
        "b/web b/closed egress otherwise: 10.2.1.10 to 10.0.2.20",
        "a/nat a/closed ingress otherwise: 10.2.1.10 to 10.0.2.20",
        "a/nat a/closed egress otherwise: 10.2.1.10 to 10.0.1.10",
        "a/app a/closed ingress otherwise: 10.2.1.10 to 10.0.1.10",
    ];
    assert_eq!(seen, told);
}

/// Of several needs those of the one that decides.
#[test]
fn the_need_that_decides_is_told() {
    let all = stopped(CLOSED, "a/task", "needs://ecr-pull");
    let [stop] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(stop.obstacle.code, NO_ROUTE_TO_DESTINATION);
    assert_eq!(stop.met.unwrap().src.to_string(), "10.0.3.10");
}
