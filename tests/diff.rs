//! The difference of two networks is exactly the flows whose answers differ.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod networks;
mod readings;

#[path = "diff/edits.rs"]
mod edits;

use edits::{around, ask, edited};
use networks::{Flow, Genes, Sender, varied};
use reachability::analysis::diff::{Change, Diff, Goal, Outcome, Version, diff};
use reachability::analysis::senders;
use reachability::analysis::services::{Service, services};
use reachability::answer::{From, Verdict, answer, source};
use reachability::aws::{Compiled, Host, compile};
use reachability::fabric::Address;
use reachability::model::{Draft, Id, Network, build};
use reachability::scenario::load;
use readings::Tally;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Every case of the PrivateLink lab that can be built, by its number.
fn steps() -> Vec<(String, Network)> {
    let file = "scenarios/privatelink-lab.yaml";
    let text = std::fs::read_to_string(file).unwrap();
    let read = load(file, &text, &|_| Err(String::new())).scenario.unwrap();
    let cases = read.cases.into_iter().filter_map(|case| {
        let number = case.name.split('.').next().unwrap().to_owned();
        let number = if case.name.contains("step by step") {
            "0".to_owned()
        } else {
            number
        };
        Some((number, build(case.draft).network?))
    });
    cases.collect()
}

fn compared(before: (&Network, &Compiled), after: (&Network, &Compiled)) -> Diff {
    let version = |(network, compiled)| Version { network, compiled };
    diff(version(before), version(after), |_| true, |_, _| ())
}

/// `a/web, a/job → orders: unreachable → private`.
fn line(change: &Change) -> String {
    let from: Vec<&str> = change.from.iter().map(String::as_str).collect();
    let to = match &change.to {
        Goal::Service(service) => service.title.clone(),
        Goal::Space(space) => {
            let protocols = space.protocols.iter().map(|p| match p {
                Some(6) => "tcp".to_owned(),
                Some(n) => n.to_string(),
                None => "rest".to_owned(),
            });
            let protocols: Vec<String> = protocols.collect();
            let boxes = space.boxes.iter().map(|b| {
                let (lo, hi) = b.addresses;
                let span = if lo == hi {
                    lo.to_string()
                } else {
                    format!("{lo}-{hi}")
                };
                let ports = b.ports.iter().map(|(lo, hi)| match lo == hi {
                    true => format!(":{lo}"),
                    false => format!(":{lo}-{hi}"),
                });
                format!("{span}{}", ports.collect::<String>())
            });
            let boxes: Vec<String> = boxes.collect();
            format!("{} {}", protocols.join("+"), boxes.join(" "))
        }
    };
    let verdict = |o: &Option<Outcome>| o.as_ref().map_or("none", |o| o.verdict.name());
    let turn = (verdict(&change.before), verdict(&change.after));
    format!("{} → {to}: {} → {}", from.join(", "), turn.0, turn.1)
}

#[test]
fn each_step_of_the_lab_changes_the_flow_that_it_is_about() {
    let all = steps();
    let mut found = String::new();
    for pair in all.windows(2) {
        let [(before, one), (after, other)] = pair else {
            unreachable!()
        };
        let diff = compared((one, &compile(one)), (other, &compile(other)));
        assert_eq!(diff.undecided, [""; 0]);
        found.push_str(&format!("{before} to {after}\n"));
        for change in &diff.changes {
            found.push_str(&format!("  {}\n", line(change)));
        }
    }
    assert_eq!(found, LAB);
}

/// What each step is about. A load balancer with targets answers inside its own VPC (2, 11, 12); the
/// endpoint is open to the consumer from the moment that everybody agrees (6) and while its group
/// (7, 8), the targets' group (11, 12) and the provider (20) let it; a stranger is let in by itself
/// (15), and calls the service by a name that only the consumer's endpoint answers once it has one
/// (22). Offers and permissions alone (3, 4, 5, 13, 14, 19), sick targets (9, 10) and a zone without
/// service (17, 18) change no answer.
const LAB: &str = "\
0 to 1
1 to 2
  provider/admin, provider/web-a, provider/web-b → tcp 10.9.1.20:443 10.9.2.20:443: unreachable → private
2 to 3
3 to 4
4 to 5
5 to 6
  consumer/app → orders: unreachable → private
6 to 7
  consumer/app → orders: private → unreachable
7 to 8
  consumer/app → orders: unreachable → private
8 to 9
9 to 10
10 to 11
  consumer/app → orders: private → unreachable
  provider/admin, provider/web-a, provider/web-b → tcp 10.9.1.20:443 10.9.2.20:443: private → unreachable
  provider/web-b → tcp 10.9.1.30:8443: private → unreachable
  provider/admin, provider/web-a → tcp 10.9.2.30:8443: private → unreachable
  provider/admin → tcp 10.9.1.30:8443: private → unreachable
11 to 12
  consumer/app → orders: unreachable → private
  provider/admin, provider/web-a, provider/web-b → tcp 10.9.1.20:443 10.9.2.20:443: unreachable → private
  provider/web-b → tcp 10.9.1.30:8443: unreachable → private
  provider/admin, provider/web-a → tcp 10.9.2.30:8443: unreachable → private
  provider/admin → tcp 10.9.1.30:8443: unreachable → private
12 to 13
13 to 14
14 to 15
  stranger/app → orders: unreachable → private
15 to 17
17 to 18
18 to 19
19 to 20
  consumer/app → orders: private → unreachable
20 to 22
  consumer/app → orders: unreachable → private
  stranger/app → orders: private → unreachable
";

const HOSTS: &str = "name: hosts
region: us-east-1
internet: { hosts: { x: { ip: 198.51.100.7 } } }
vpcs:
  a:
    cidr: 10.0.0.0/16
    internet_gateway: igw
    subnets: { s: { zone: use1-az1, cidr: 10.0.0.0/24, route_table: out }, t: { zone: use1-az2, cidr: 10.0.1.0/24 } }
    route_tables: { out: { routes: { 0.0.0.0/0: igw } } }
    security_groups:
      web: { ingress: [{ protocol: tcp, port: 443, from: 0.0.0.0/0 }] }
      caller: {}
      db: { ingress: [{ protocol: tcp, port: 5432, from: caller }], egress: [] }
    instances:
      web: { subnet: s, ip: 10.0.0.10, public_ip: 203.0.113.10, security_groups: web }
      job: { subnet: t, ip: 10.0.1.10, security_groups: web }
      db: { subnet: t, ip: 10.0.1.20, security_groups: db }
    endpoints: { sqs: { service: sqs, subnets: { t: 10.0.1.50 }, security_groups: db } }
cases:
  - name: a caller more
    edit: { vpcs: { a: { instances: { web: { security_groups: [web, caller] } } } } }
  - name: a public address less
    after: previous
    edit: { vpcs: { a: { instances: { web: { public_ip: null } } } } }
";

/// Beside what changes, private DNS is turned, with which everything is walked.
#[test]
fn who_joins_a_group_or_loses_a_public_address_changes_its_own_flows() {
    let read = load("hosts.yaml", HOSTS, &|_| Err(String::new()));
    let cases = read.scenario.unwrap().cases;
    let drafts: Vec<Draft> = cases.into_iter().map(|c| c.draft).collect();
    let found = |turned: bool| {
        let each = drafts.windows(2).map(|pair| {
            let [before, after] = pair else {
                unreachable!()
            };
            let mut after = after.clone();
            if turned {
                after.endpoints.get_mut(Id::new(0)).unwrap().private_dns = false;
            }
            let [one, other] = [before.clone(), after].map(|d| Built::new(d).unwrap());
            let diff = compared(one.both(), other.both());
            assert_eq!(diff.undecided, [""; 0]);
            diff.changes.iter().map(line).collect::<BTreeSet<String>>()
        });
        each.collect::<Vec<_>>()
    };
    let (some, all) = (found(false), found(true));
    let [joins, loses] = some.as_slice() else {
        panic!("two edits")
    };
    let joined = [
        "a/web → tcp 10.0.1.20:5432: unreachable → private",
        "a/web → tcp 10.0.1.50:5432: unreachable → private",
    ];
    assert!(joins.iter().eq(joined));
    let own = |line: &&String| line.starts_with("a/web →") || line.contains("203.0.113.10:443");
    assert_eq!(loses.len(), loses.iter().filter(own).count());
    assert!(loses.contains("x → tcp 203.0.113.10:443: internet → unreachable"));
    for (some, all) in some.iter().zip(&all) {
        assert!(all.difference(some).all(|line| line.contains("sqs")));
        assert!(some.difference(all).all(|line| line.contains("sqs")));
    }
}

/// One network, compiled.
struct Built {
    network: Network,
    compiled: Compiled,
}

impl Built {
    fn new(draft: Draft) -> Option<Self> {
        let network = build(draft).network?;
        let compiled = compile(&network);
        Some(Self { network, compiled })
    }

    fn both(&self) -> (&Network, &Compiled) {
        (&self.network, &self.compiled)
    }

    fn outcome(&self, from: From, flow: &Flow) -> Option<Outcome> {
        let answer = answer(&self.network, &self.compiled, &ask(from, flow)).ok()?;
        Some(Outcome::of(&answer))
    }

    /// Whoever is called so.
    fn source(&self, name: &str) -> Option<From> {
        source(&self.network, name).ok()
    }

    /// Every source that is one host, by its name.
    fn sources(&self) -> BTreeMap<String, From> {
        let mut all = senders::own(&self.network);
        all.extend(senders::on_premises(&self.network));
        let internet = senders::internet(&self.network).into_iter();
        all.extend(internet.filter(|f| matches!(f, From::Host(Host::Internet(Some(_)), _))));
        let named = all.into_iter().map(|from| (from.name(&self.network), from));
        named.collect()
    }

    /// Whether an address is the source's own: what a host sends to itself is no flow of the network.
    fn own(&self, from: From, to: IpAddr) -> bool {
        match from {
            From::Interface(id) => self.network.interfaces[id].has(to),
            _ => from.addresses(&self.network).contains(&to),
        }
    }

    /// Whether a service is told of instead of an address that it dials.
    fn dials(&self, change: &Change, from: From, flow: &Flow) -> bool {
        let Goal::Service(service) = &change.to else {
            return false;
        };
        let asked = answer(&self.network, &self.compiled, &service.ask(from));
        asked.is_ok_and(|answer| {
            let mut all = answer.alternatives.iter().filter_map(|a| a.address);
            (answer.target.proto, answer.target.port) == (flow.protocol, flow.port)
                && all.any(|a| a == Address::from(flow.to))
        })
    }
}

fn holds(change: &Change, name: &str, flow: &Flow) -> bool {
    let Goal::Space(space) = &change.to else {
        return false;
    };
    let to = Address::from(flow.to);
    change.from.contains(name)
        && space.protocols.contains(&Some(flow.protocol))
        && space.boxes.iter().any(|b| {
            let (lo, hi) = b.addresses;
            let ported = flow.protocol == 6 || flow.protocol == 17;
            let mut ports = b.ports.iter();
            let there =
                b.ports.is_empty() || ports.any(|(lo, hi)| (*lo..=*hi).contains(&flow.port));
            lo <= to && to <= hi && (!ported || there)
        })
}

/// What is not there is not reached; a host that is new has its own host's services, as every host.
fn differs(was: Option<&Outcome>, is: Option<&Outcome>) -> bool {
    match (was, is) {
        (Some(was), Some(is)) => was != is,
        (None, Some(one)) | (Some(one), None) => {
            one.verdict != Verdict::Unreachable && one.mechanism != "host-service"
        }
        (None, None) => false,
    }
}

/// Flows asked of both sides, in all.
const ALL: usize = 6_000;
/// Flows asked of each network that have nothing to do with its edit, and that have.
const FLOWS: (usize, usize) = (12, 36);

/// How often an answer that was asked for must have changed, in all and by each kind of edit.
const POWER: &[(&str, usize)] = &[
    ("differs", 250),
    ("differs by name", 20),
    ("corners", 3_000),
    ("a rule goes", 10),
    ("a rule is for half of its block", 5),
    ("a rule is for half of its ports", 5),
    ("an entry of an ACL goes", 10),
    ("an entry of an ACL turns", 10),
    ("an entry is for half of its block", 5),
    ("a route goes", 10),
    ("a route leads elsewhere", 5),
    ("a route is a blackhole", 5),
    ("a public address goes", 1),
    ("an interface has another address", 2),
];

#[test]
fn a_flow_is_in_the_difference_if_its_answers_differ_and_only_then() {
    let tally = readings::ask(ALL, compare);
    tally.judge(ALL, POWER);
}

fn compare(seed: u64, tally: &mut Tally) {
    let genes = &mut Genes::seeded(seed);
    let case = varied(seed, genes, FLOWS.0, FLOWS.0);
    let Some((draft, kind, meant)) = edited(&case.draft, &case.flows, genes) else {
        return;
    };
    let (Some(before), Some(after)) = (Built::new(case.draft), Built::new(draft)) else {
        return;
    };
    let both = match genes.chance(50) {
        true => [before, after],
        false => [after, before],
    };
    let [before, after] = &both;
    let diff = compared(before.both(), after.both());
    if !diff.undecided.is_empty() {
        tally.void += 1;
        return;
    }
    let near = around(&meant, &case.flows, genes, FLOWS.1);
    for flow in case.flows.iter().chain(&near) {
        let ported = flow.protocol == 6 || flow.protocol == 17;
        let sides = both.each_ref().map(|b| (b, b.source(&flow.from)));
        let own = |(b, from): &(&Built, Option<From>)| from.is_some_and(|f| b.own(f, flow.to));
        if !ported && !matches!(flow.protocol, 1 | 58) || sides.iter().any(own) {
            continue;
        }
        let sent = sides
            .iter()
            .find_map(|(b, from)| Some(from.as_ref()?.name(&b.network)));
        let Some(name) = sent else { continue };
        let outcomes = sides.map(|(b, from)| b.outcome(from?, flow));
        let [was, is] = outcomes.each_ref().map(Option::as_ref);
        tally.asked += 1;
        let dialled = |c: &Change| {
            let told = (c.before.as_ref(), c.after.as_ref()) == (was, is);
            let mut sides = sides.iter();
            c.from.contains(&name)
                && told
                && sides.any(|(b, from)| from.is_some_and(|from| b.dials(c, from, flow)))
        };
        let told: Vec<&Change> = diff
            .changes
            .iter()
            .filter(|c| holds(c, &name, flow))
            .collect();
        let differ = differs(was, is);
        let what = || format!("seed {seed}, {kind}: {flow:?}\n{was:?}\n{is:?}");
        match (differ, told.as_slice()) {
            (false, []) => {}
            (false, _) => tally.differs("told, and does not differ".to_owned(), what),
            (true, []) if diff.changes.iter().any(dialled) => {}
            (true, []) => tally.differs("differs, and is not told".to_owned(), what),
            (true, [one]) if (one.before.as_ref(), one.after.as_ref()) == (was, is) => {}
            (true, [_]) => tally.differs("differs otherwise than is told".to_owned(), what),
            (true, _) => tally.differs("told twice".to_owned(), what),
        }
        if differ {
            tally.saw("differs");
            tally.saw(kind);
        }
    }
    by_name(&diff, &both, kind, tally, seed);
    corners(&diff, before, after, seed, tally);
}

/// Every service, asked for by name by some sources.
fn by_name(diff: &Diff, both: &[Built; 2], kind: &'static str, tally: &mut Tally, seed: u64) {
    let mut columns: Vec<Service> = both.iter().flat_map(|b| services(&b.network)).collect();
    columns.sort_unstable();
    columns.dedup();
    let sources = both.each_ref().map(Built::sources);
    let names: BTreeSet<&String> = sources.iter().flat_map(BTreeMap::keys).collect();
    for (number, name) in names.into_iter().enumerate() {
        // A third of them.
        if !(number as u64 + seed).is_multiple_of(3) {
            continue;
        }
        for service in &columns {
            let mut outcomes = [None, None];
            for ((built, all), outcome) in both.iter().zip(&sources).zip(&mut outcomes) {
                let asked = all.get(name).map(|from| service.ask(*from));
                let answered = asked.and_then(|a| answer(&built.network, &built.compiled, &a).ok());
                *outcome = answered.as_ref().map(Outcome::of);
            }
            let [was, is] = outcomes.each_ref().map(Option::as_ref);
            let about =
                |c: &&Change| c.to == Goal::Service(service.clone()) && c.from.contains(name);
            let told: Vec<&Change> = diff.changes.iter().filter(about).collect();
            let differ = match (was, is) {
                (Some(was), Some(is)) => was != is,
                (None, Some(one)) | (Some(one), None) => one.verdict != Verdict::Unreachable,
                (None, None) => false,
            };
            let right = match told.as_slice() {
                [] => !differ,
                [one] => differ && (one.before.as_ref(), one.after.as_ref()) == (was, is),
                _ => false,
            };
            if differ {
                tally.saw("differs by name");
                tally.saw(kind);
            }
            if !right {
                tally.differs("a service is told otherwise".to_owned(), || {
                    format!(
                        "seed {seed}, {kind}: {name} → {}: {was:?} {is:?}",
                        service.to
                    )
                });
            }
        }
    }
}

/// What is told of changes at every corner of every box, for every source.
fn corners(diff: &Diff, before: &Built, after: &Built, seed: u64, tally: &mut Tally) {
    let sides = [(before, before.sources()), (after, after.sources())];
    for change in &diff.changes {
        let Goal::Space(space) = &change.to else {
            continue;
        };
        for (name, protocol, b) in change.from.iter().flat_map(|name| {
            let protocols = space.protocols.iter().flatten();
            protocols.flat_map(move |p| space.boxes.iter().map(move |b| (name, *p, b)))
        }) {
            let sent = sides
                .each_ref()
                .map(|(b, all)| (*b, all.get(name).copied()));
            // Hosts that no name tells apart, and further addresses.
            if sent.iter().all(|(_, from)| from.is_none()) {
                continue;
            }
            let whole = [(0, u16::MAX)];
            let ports = if b.ports.is_empty() {
                &whole[..]
            } else {
                &b.ports
            };
            for port in ports.iter().flat_map(|(lo, hi)| [*lo, *hi]) {
                for to in [b.addresses.0.ip(), b.addresses.1.ip()] {
                    let flow = Flow {
                        sender: Sender::Internet(to),
                        from: name.clone(),
                        to,
                        protocol,
                        client_port: 0,
                        port,
                    };
                    let own =
                        |(b, from): &(&Built, Option<From>)| from.is_some_and(|f| b.own(f, to));
                    if sent.iter().any(own) {
                        continue;
                    }
                    let outcomes = sent.map(|(b, from)| b.outcome(from?, &flow));
                    tally.saw("corners");
                    if outcomes != [change.before.clone(), change.after.clone()] {
                        tally.differs("a corner is told otherwise".to_owned(), || {
                            format!("seed {seed}: {name} → {to} {protocol} {port}: {outcomes:?}")
                        });
                    }
                }
            }
        }
    }
}
