//! An input that names what it does not contain: what hangs on it is unknown, and nothing else is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::answer::{Answer, Ask, answer, source};
use reachability::aws::compile;
use reachability::model::{
    Arena, Destination, Id, Network, Origin, Peer, Ref, Target, World, build,
};
use reachability::scenario::load;
use std::net::Ipv4Addr;

const WORLD: &str = "
name: an account that is half shown
region: us-east-1
internet: { hosts: { x: { ip: 198.51.100.7 } } }
vpcs:
  a:
    cidr: [10.0.0.0/16, 10.2.0.0/16]
    subnets:
      app: { zone: use1-az1, cidr: 10.0.1.0/24, route_table: app }
      db: { zone: use1-az1, cidr: 10.2.1.0/24, route_table: app }
      pub: { zone: use1-az1, cidr: 10.0.0.0/24, route_table: pub }
    route_tables:
      app: { routes: { 10.9.0.0/16: pcx, 10.1.0.0/16: pcx, 172.16.0.0/12: pcx, 10.3.0.0/16: pcx } }
      pub: { routes: { 0.0.0.0/0: pcx } }
    security_groups:
      asks: { egress: [{ protocol: tcp, port: 443, to: 10.99.0.0/16 }] }
      open: { ingress: [{ from: 10.0.0.0/8 }] }
    instances:
      app: { subnet: app, ip: 10.0.1.10, security_groups: asks }
      free: { subnet: app, ip: 10.0.1.11 }
      db: { subnet: db, ip: 10.2.1.10, security_groups: open }
      web: { subnet: pub, ip: 10.0.0.10, public_ip: 203.0.113.10, security_groups: open }
      stray: { subnet: app, ip: 10.0.1.77, public_ip: 203.0.113.77, security_groups: open }
  b: { cidr: 10.9.0.0/16 }
peerings: { pcx: { between: [a, b] } }
";

fn each<T>(all: &mut Arena<T>, mut change: impl FnMut(&mut T)) {
    let ids: Vec<Id<T>> = all.iter().map(|(id, _)| id).collect();
    for id in ids {
        change(all.get_mut(id).unwrap());
    }
}

/// What the input names and does not contain, put in the place of something that it does.
fn world() -> Network {
    let loaded = load("test.yaml", WORLD, &|_| Err(String::new()));
    let mut draft = loaded.scenario.unwrap().cases.remove(0).draft;
    draft.world = World::Open;
    let nowhere = Origin::Unknown;
    each(&mut draft.groups, |group| {
        if group.name == "asks" {
            group.egress[0].peer = Peer::Group(Ref::named("sg-0123456789abcdef0", &nowhere));
        }
    });
    each(&mut draft.tables, |table| {
        for route in &mut table.routes {
            let Destination::Cidr(net) = &route.destination else {
                continue;
            };
            match net.to_string().as_str() {
                "10.3.0.0/16" => {
                    route.target = Target::Interface(Ref::named("eni-0123456789abcdef0", &nowhere));
                }
                "0.0.0.0/0" => {
                    route.target = Target::Internet(Ref::named("igw-0123456789abcdef0", &nowhere));
                }
                _ => {}
            }
        }
    });
    each(&mut draft.interfaces, |interface| {
        if interface.has("10.0.1.77".parse::<Ipv4Addr>().unwrap()) {
            interface.subnet = Ref::named("subnet-0123456789abcdef0", &nowhere);
            interface.ips = vec![Ipv4Addr::new(10, 0, 7, 7)];
            interface.public[0].0 = Ipv4Addr::new(10, 0, 7, 7);
        }
    });
    each(&mut draft.peerings, |peering| {
        peering.between[1] = Ref::named("vpc-0123456789abcdef0", &nowhere);
    });
    // What a scenario's own text names must be there, in an open world too.
    each(&mut draft.instances, |instance| {
        instance
            .interfaces
            .iter_mut()
            .for_each(|r| r.origin = Origin::Unknown);
    });
    build(draft).network.unwrap()
}

fn asked(network: &Network, from: &str, to: &str) -> Answer {
    let ask = Ask::new(source(network, from).unwrap(), to);
    answer(network, &compile(network), &ask).unwrap()
}

#[rustfmt::skip]
const QUESTIONS: &[(&str, &str, &str, &str, &str)] = &[
    // A group of a peered VPC that is not shown: its members are nobody of this VPC, and may be anybody elsewhere.
    ("a/app", "tcp://a/db:443", "unreachable", "ENI_SG_RULES_MISMATCH", ""),
    ("a/app", "tcp://10.0.1.11:443", "unreachable", "ENI_SG_RULES_MISMATCH", ""),
    ("a/app", "tcp://10.1.0.5:443", "unknown", "UNKNOWN_RESOURCE", "sg-0123456789abcdef0"),
    ("a/app", "tcp://10.9.0.5:443", "unknown", "UNKNOWN_RESOURCE", "sg-0123456789abcdef0"),
    ("a/app", "tcp://10.9.0.5:80", "unreachable", "ENI_SG_RULES_MISMATCH", ""),
    ("a/free", "tcp://a/db:443", "private", "", ""),
    ("a/free", "tcp://10.9.0.5:443", "unknown", "UNKNOWN_RESOURCE", "vpc-0123456789abcdef0"),
    // An interface that a route leads to.
    ("a/free", "tcp://10.3.0.5:443", "unknown", "UNKNOWN_RESOURCE", "eni-0123456789abcdef0"),
    // A gateway that a route names: whether it lets the internet in is not shown either.
    ("a/web", "tcp://x:443", "unknown", "UNKNOWN_RESOURCE", "igw-0123456789abcdef0"),
    ("x", "tcp://203.0.113.10:443", "unknown", "UNKNOWN_RESOURCE", "igw-0123456789abcdef0"),
    // A subnet that an interface is in: where it is, is not shown.
    ("x", "tcp://203.0.113.77:443", "unknown", "UNKNOWN_RESOURCE", "subnet-0123456789abcdef0"),
    ("a/free", "tcp://10.0.7.7:443", "unknown", "UNKNOWN_RESOURCE", "subnet-0123456789abcdef0"),
    ("a/free", "tcp://10.0.7.8:443", "unreachable", "NO_POSSIBLE_DESTINATION", ""),
];

#[test]
fn what_hangs_on_the_unseen_is_unknown_and_names_it() {
    let network = world();
    let mut wrong = Vec::new();
    for (from, to, verdict, code, names) in QUESTIONS {
        let answer = asked(&network, from, to);
        let first = answer.obstacles.first();
        let got = first.map_or("", |o| o.code.name());
        let by = first.map_or("", |o| o.by.as_str());
        if answer.verdict.name() != *verdict || got != *code || !by.contains(names) {
            wrong.push(format!(
                "{from} → {to}: {} {got} by `{by}`",
                answer.verdict.name()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
