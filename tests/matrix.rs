//! What a matrix says of a class is what every member of it is answered.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod networks;

use networks::{Genes, ease, generate, twins};
use reachability::analysis::cost::Prices;
use reachability::analysis::matrix::{Class, matrix};
use reachability::analysis::senders::own;
use reachability::analysis::services::{Service, services};
use reachability::answer::Verdict;
use reachability::aws::compile;
use reachability::model::build;
use reachability::scenario;
use std::collections::BTreeSet;

const NETWORKS: u64 = 25;

/// Two hosts that no row tells apart, and a policy that does.
const BY_SOURCE: &str = r#"
name: A policy by source
region: us-east-1
vpcs:
  shop:
    cidr: 10.0.0.0/16
    subnets: { app: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: app } }
    route_tables: { app: {} }
    instances:
      one: { subnet: app, ip: 10.0.1.11 }
      two: { subnet: app, ip: 10.0.1.12 }
      three: { subnet: app, ip: 10.0.1.13 }
    endpoints: { s3: { type: gateway, service: s3, route_tables: app, policy: one } }
policies:
  one:
    Statement: [{ Effect: Allow, Principal: "*", Action: "*", Resource: "*", Condition: { IpAddress: { aws:VpcSourceIp: 10.0.1.11 } } }]
"#;

#[test]
fn a_policy_about_addresses_parts_those_whom_no_row_does() {
    let loaded = scenario::load("by-source.yaml", BY_SOURCE, &|_| Err(String::new()));
    let case = loaded.scenario.expect("it is whole").cases.remove(0);
    let network = build(case.draft).network.unwrap();
    let (compiled, prices) = (compile(&network), Prices::default());
    let sources = own(&network);
    let found = matrix(
        &network,
        &compiled,
        &prices,
        &sources,
        services(&network),
        |_| (),
    );
    let s3 = |class: &Class| class.cells.first().unwrap().as_ref().unwrap().verdict;
    let all: Vec<_> = found
        .classes
        .iter()
        .map(|c| (c.members.len(), s3(c)))
        .collect();
    assert_eq!(all, [(1, Verdict::Private), (2, Verdict::Denied)]);
}

/// Two hosts that only the filter of their name server tells apart, and a name.
const BY_QUERY: &str = r#"
name: A server for one of two
region: us-east-1
vpcs:
  shop:
    cidr: 10.0.0.0/16
    dhcp_dns: 10.0.1.53
    subnets: { app: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: app } }
    route_tables: { app: {} }
    security_groups: { dns: { ingress: [{ protocol: udp, port: 53, from: 10.0.1.11/32 }] } }
    instances:
      one: { subnet: app, ip: 10.0.1.11 }
      two: { subnet: app, ip: 10.0.1.12 }
      server: { subnet: app, ip: 10.0.1.53, security_groups: dns, name_server: { forward: { ".": 10.0.0.2 } } }
    endpoints: { s3: { type: gateway, service: s3, route_tables: app } }
"#;

#[test]
fn a_query_parts_those_whom_a_servers_filter_does() {
    for (known, other) in [("one", "two"), ("two", "one")] {
        let text = match known {
            "one" => BY_QUERY.to_owned(),
            _ => BY_QUERY.replace("10.0.1.11/32", "10.0.1.12/32"),
        };
        let loaded = scenario::load("by-query.yaml", &text, &|_| Err(String::new()));
        let case = loaded.scenario.expect("it is whole").cases.remove(0);
        let network = build(case.draft).network.unwrap();
        let (compiled, prices) = (compile(&network), Prices::default());
        let column = vec![Service::new("s3", "s3")];
        let found = matrix(&network, &compiled, &prices, &own(&network), column, |_| ());
        let of = |name: &str| {
            let own = format!("shop/{name}");
            let is = |class: &&Class| class.members.iter().any(|m| m.name(&network) == own);
            let class = found.classes.iter().find(is).unwrap();
            class.cells[0].as_ref().unwrap().verdict
        };
        assert_eq!(of(known), Verdict::Private, "{known}");
        assert_eq!(of(other), Verdict::Unreachable, "{other}");
    }
}

#[test]
fn a_destination_is_a_class_of_its_own() {
    let text = BY_SOURCE.replace(
        "instances:",
        "security_groups: { shut: {} }\n    instances:",
    );
    let text = text.replace("ip: ", "security_groups: shut, ip: ");
    let loaded = scenario::load("by-source.yaml", &text, &|_| Err(String::new()));
    let case = loaded.scenario.expect("it is whole").cases.remove(0);
    let network = build(case.draft).network.unwrap();
    let (compiled, prices) = (compile(&network), Prices::default());
    let column = vec![Service::new("one", "tcp://shop/one:22")];
    let found = matrix(&network, &compiled, &prices, &own(&network), column, |_| ());
    let at = |class: &Class| class.cells[0].as_ref().unwrap().stop.as_ref()?.at.clone();
    let all: Vec<_> = found
        .classes
        .iter()
        .map(|c| (c.members.len(), at(c)))
        .collect();
    assert_eq!(all, [(1, None), (2, Some("shop/one".to_owned()))]);
}

#[test]
fn every_member_of_a_class_is_answered_alike() {
    let (mut members, mut classes, mut words) = (0, 0, BTreeSet::new());
    for seed in 0..NETWORKS {
        let genes = &mut Genes::seeded(seed);
        let mut case = generate(genes, 0);
        if seed % 2 == 1 {
            ease(&mut case.draft);
        }
        twins(&mut case.draft, genes);
        let Some(network) = build(case.draft).network else {
            continue;
        };
        let (compiled, prices) = (compile(&network), Prices::default());
        let ask = |sources: &[_]| {
            let columns = services(&network);
            matrix(&network, &compiled, &prices, sources, columns, |_| ())
        };
        let whole = ask(&own(&network));
        for class in whole.classes.iter().filter(|c| c.members.len() > 1) {
            classes += 1;
            for member in &class.members {
                let alone = ask(&[*member]);
                let cells = &alone.classes.first().unwrap().cells;
                assert_eq!(
                    cells,
                    &class.cells,
                    "seed {seed}: {}",
                    member.name(&network)
                );
                members += 1;
                let verdicts = cells.iter().flatten().map(|c| c.verdict);
                words.extend(verdicts.map(|v| v.name()));
            }
        }
    }
    assert!(
        classes > 20 && members > 2 * classes,
        "{members} in {classes}"
    );
    assert!(words.len() >= 3, "{words:?}");
}
