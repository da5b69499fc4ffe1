//! Who asks, by the words for it, and the words of a request that mean nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Ask, From, answer, siblings, source};
use reachability::aws::{Viewer, compile};
use reachability::model::{Network, build};
use reachability::scenario::load;

const WORLD: &str = "
name: who asks
region: us-east-1
internet: { hosts: { x: { ip: 198.51.100.7 } } }
vpcs:
  a:
    cidr: 10.0.0.0/16
    ipv6: '2001:db8:a::/56'
    internet_gateway: igw
    subnets:
      one: { id: subnet-01, zone: use1-az1, cidr: 10.0.1.0/24, route_table: t }
      two: { zone: use1-az1, cidr: 10.0.2.0/24, ipv6: '2001:db8:a:2::/64', route_table: t }
    route_tables: { t: { routes: { 0.0.0.0/0: igw } } }
    interfaces: { second: { subnet: two, ip: 10.0.2.11, attached_to: app } }
    instances:
      app: { subnet: one, ip: 10.0.1.10 }
      six: { subnet: two, ip: 10.0.2.10, ipv6: '2001:db8:a:2::10' }
  b:
    cidr: 10.0.0.0/16
    subnets: { three: { zone: use1-az1, cidr: 10.0.1.0/24 } }
buckets: { b: {} }
principals: { app: {} }
";

fn world() -> Network {
    let loaded = load("test.yaml", WORLD, &|_| Err(String::new()));
    let case = loaded.scenario.unwrap().cases.remove(0);
    build(case.draft).network.unwrap()
}

#[test]
fn senders_are_called_by_name_and_address() {
    let network = world();
    let name = |text: &str| source(&network, text).map(|f| f.name(&network));
    for (text, expected) in [
        ("a/app", "a/app"),
        ("one/10.0.1.10", "a/app"),
        ("subnet-01/10.0.1.10", "a/app"),
        ("a/10.0.1.77", "a 10.0.1.77"),
        ("10.0.2.10", "a/six 10.0.2.10"),
        ("a/10.0.1.10", "a/app"),
        ("198.51.100.7", "x"),
        ("198.51.100.8", "internet 198.51.100.8"),
    ] {
        assert_eq!(name(text).as_deref(), Ok(expected), "{text}");
    }
    // Each VPC has an interface or a subnet there, and a subnet is asked for by its own name.
    assert!(name("four/10.0.1.10").is_err());
}

/// A host without an interface sees what its subnet sees.
#[test]
fn a_host_is_in_a_subnet() {
    let network = world();
    let of = |text: &str| source(&network, text).unwrap().viewer(&network);
    let subnet = |name: &str| {
        network
            .subnets
            .iter()
            .find(|(_, s)| s.name == name)
            .unwrap()
            .0
    };
    let vpc = |name: &str| network.vpcs.iter().find(|(_, v)| v.name == name).unwrap().0;
    let (a, b) = (vpc("a"), vpc("b"));
    assert_eq!(of("a/10.0.2.77"), Viewer::Vpc(a, Some(subnet("two"))));
    assert_eq!(of("b/10.0.1.77"), Viewer::Vpc(b, Some(subnet("three"))));
    assert_eq!(of("b/10.0.9.77"), Viewer::Vpc(b, None));
}

#[test]
fn an_instance_is_all_of_its_interfaces() {
    let network = world();
    let Ok(From::Interface(first)) = source(&network, "a/app") else {
        unreachable!("an instance")
    };
    assert_eq!(siblings(&network, first).len(), 2);
}

/// Destinations that say too much of a request, or too little; and those that do not.
#[test]
fn requests_that_mean_nothing_are_refused() {
    let network = world();
    let compiled = compile(&network);
    let from = source(&network, "a/app").unwrap();
    for (to, port, protocol, means) in [
        ("needs://ecr-pull", None, None, true),
        ("needs://ecr-pull", Some(443), None, false),
        ("needs://ecr-pull", None, Some(6), false),
        (
            "needs://ecr-pull?action=ecr:GetAuthorizationToken",
            None,
            None,
            false,
        ),
        (
            "needs://ecr-pull?resource=arn:aws:s3:::b",
            None,
            None,
            false,
        ),
        ("needs://ecr-pull?principal=app", None, None, true),
        ("https://www.example.com/search?q=vpc", None, None, true),
        // A connection is no request: any of its words is one too many.
        ("tcp://x:443", None, None, true),
        ("tcp://x:443?action=s3:GetObject", None, None, false),
        ("tcp://x:443?principal=app", None, None, false),
        ("tcp://x:443?resource=arn:aws:s3:::b", None, None, false),
        ("s3://b/key?q=vpc", None, None, false),
        ("s3://b/key?principal=222222222222", None, None, true),
        ("s3://b/key?principal=twelveletter", None, None, false),
        ("s3://b/key?principal=2222", None, None, false),
    ] {
        let ask = Ask {
            port,
            protocol,
            ..Ask::new(from, to)
        };
        assert_eq!(
            answer(&network, &compiled, &ask).is_ok(),
            means,
            "{to} {port:?}"
        );
    }
}
