//! Two routes that BGP taught to the same block: the shorter AS path wins, then the lower MED; what is
//! not said decides nothing.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use reachability::answer::{Ask, answer, source};
use reachability::aws::compile;
use reachability::model::{BgpPath, Draft, Origin, Ref, Route, RouteKind, Target, build};
use reachability::scenario::load;

const NETWORK: &str = "
name: two ways to a host of the internet
region: us-east-1
internet: { hosts: { x: { ip: 198.51.100.7 } } }
vpcs:
  a:
    cidr: 10.0.0.0/16
    internet_gateway: igw
    subnets: { s: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: t } }
    route_tables: { t: { routes: { 198.51.100.7/32: igw } } }
    security_groups: { open: { ingress: [{ from: 0.0.0.0/0 }] } }
    instances: { app: { subnet: s, ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: open } }
transit_gateways: { core: { attachments: { a: { vpc: a, subnets: s } } } }
";

fn draft() -> Draft {
    let loaded = load("test.yaml", NETWORK, &|_| Err(String::new()));
    loaded.scenario.unwrap().cases.remove(0).draft
}

type Path = (Option<u32>, Option<u32>);

/// The verdict where an internet gateway is taught one path, and a transit gateway, which leads
/// nowhere, another.
fn verdict(one: Path, other: Path) -> &'static str {
    let mut draft = draft();
    let (id, _) = draft.tables.iter().find(|(_, t)| t.name == "t").unwrap();
    let routes = &mut draft.tables.get_mut(id).unwrap().routes;
    let written = routes
        .iter()
        .position(|r| matches!(r.target, Target::Internet(_)));
    let written = routes.remove(written.unwrap());
    let core = Target::Transit(Ref::named("core", &Origin::Unknown));
    for ((as_path, med), target) in [(one, written.target.clone()), (other, core)] {
        routes.push(Route {
            kind: RouteKind::VpnBgp,
            bgp: BgpPath { as_path, med },
            target,
            ..written.clone()
        });
    }
    let network = build(draft).network.unwrap();
    let ask = Ask::new(source(&network, "a/app").unwrap(), "tcp://x:443");
    answer(&network, &compile(&network), &ask)
        .unwrap()
        .verdict
        .name()
}

#[test]
fn the_path_decides_and_then_the_med() {
    let path = |path, med| (Some(path), Some(med));
    assert_eq!(verdict(path(1, 9), path(2, 5)), "internet");
    assert_eq!(verdict(path(2, 5), path(1, 9)), "unreachable");
    assert_eq!(verdict(path(1, 5), path(1, 9)), "internet");
    assert_eq!(verdict(path(1, 9), path(1, 5)), "unreachable");
}

#[test]
fn what_is_not_said_decides_nothing() {
    for (one, other) in [
        ((Some(1), Some(5)), (Some(1), Some(5))),
        ((Some(1), Some(5)), (Some(1), None)),
        ((Some(1), None), (None, None)),
        ((None, Some(5)), (None, Some(9))),
        ((None, Some(5)), (Some(1), Some(5))),
    ] {
        assert_eq!(verdict(one, other), "unknown", "{one:?} {other:?}");
    }
}
