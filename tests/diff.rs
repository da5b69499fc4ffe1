//! The difference of two networks is exactly the flows whose answers differ.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod networks;

use networks::{Genes, dualstack, ease, flows_of_six, generate};
use reachability::analysis::diff::{Change, Diff, Goal, Outcome, Version, diff};
use reachability::analysis::senders;
use reachability::answer::{Ask, From, Verdict, answer, source};
use reachability::aws::{Compiled, Host, compile};
use reachability::fabric::Address;
use reachability::model::{Draft, Id, Network, build};
use reachability::scenario::load;
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

/// A network, and the same after an edit that somebody might make.
fn edited(draft: &Draft, genes: &mut Genes) -> Option<(Draft, &'static str)> {
    let mut out = draft.clone();
    let pick = |genes: &mut Genes, n: usize| (n > 0).then(|| genes.below(n));
    let kind = match genes.below(8) {
        0 => {
            let id = Id::new(pick(genes, out.groups.len())?);
            let rules = &mut out.groups.get_mut(id)?.ingress;
            rules.remove(pick(genes, rules.len())?);
            "an ingress rule goes"
        }
        1 => {
            let id = Id::new(pick(genes, out.groups.len())?);
            let rules = &mut out.groups.get_mut(id)?.egress;
            rules.remove(pick(genes, rules.len())?);
            "an egress rule goes"
        }
        2 => {
            let id = Id::new(pick(genes, out.acls.len())?);
            let rules = &mut out.acls.get_mut(id)?.ingress;
            let rule = pick(genes, rules.len())?;
            rules[rule].allow = !rules[rule].allow;
            "an ACL rule turns"
        }
        3 => {
            let id = Id::new(pick(genes, out.acls.len())?);
            let rules = &mut out.acls.get_mut(id)?.egress;
            let rule = pick(genes, rules.len())?;
            rules[rule].allow = !rules[rule].allow;
            "an ACL rule turns"
        }
        4 => {
            let id = Id::new(pick(genes, out.tables.len())?);
            let routes = &mut out.tables.get_mut(id)?.routes;
            routes.remove(pick(genes, routes.len())?);
            "a route goes"
        }
        5 => {
            let id = Id::new(pick(genes, out.tables.len())?);
            let routes = &mut out.tables.get_mut(id)?.routes;
            let route = pick(genes, routes.len())?;
            routes[route].active = !routes[route].active;
            "a route is a blackhole"
        }
        6 => {
            let id = Id::new(pick(genes, out.interfaces.len())?);
            let interface = out.interfaces.get_mut(id)?;
            let group = pick(genes, interface.groups.len())?;
            interface.groups.remove(group);
            (!interface.groups.is_empty()).then_some("an interface leaves a group")?
        }
        _ => {
            let id = Id::new(pick(genes, out.interfaces.len())?);
            let interface = out.interfaces.get_mut(id)?;
            interface.source_dest_check = !interface.source_dest_check;
            "the source check is turned"
        }
    };
    Some((out, kind))
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

    fn outcome(&self, from: From, to: IpAddr, proto: u8, port: u16) -> Option<Outcome> {
        let ported = proto == 6 || proto == 17;
        let ask = Ask {
            protocol: Some(proto),
            port: ported.then_some(port),
            ..Ask::new(from, to.to_string())
        };
        let answer = answer(&self.network, &self.compiled, &ask).ok()?;
        Some(Outcome::of(&answer))
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

    /// Whether a service is told of instead of an address that it dials.
    fn dials(&self, change: &Change, from: From, to: IpAddr, proto: u8, port: u16) -> bool {
        let Goal::Service(service) = &change.to else {
            return false;
        };
        let asked = answer(&self.network, &self.compiled, &service.ask(from));
        asked.is_ok_and(|answer| {
            let mut all = answer.alternatives.iter().filter_map(|a| a.address);
            (answer.target.proto, answer.target.port) == (proto, port)
                && all.any(|a| a == Address::from(to))
        })
    }
}

fn holds(change: &Change, name: &str, to: Address, proto: u8, port: u16) -> bool {
    let Goal::Space(space) = &change.to else {
        return false;
    };
    change.from.contains(name)
        && space.protocols.contains(&Some(proto))
        && space.boxes.iter().any(|b| {
            let (lo, hi) = b.addresses;
            let ported = proto == 6 || proto == 17;
            let there =
                b.ports.is_empty() || b.ports.iter().any(|(lo, hi)| (*lo..=*hi).contains(&port));
            lo <= to && to <= hi && (!ported || there)
        })
}

/// Networks, each compared with itself after an edit.
const NETWORKS: u64 = 24;
/// Flows asked of each.
const FLOWS: usize = 60;

#[test]
fn a_flow_is_in_the_difference_if_its_answers_differ_and_only_then() {
    let (mut asked, mut differed, mut told, mut kinds) = (0, 0, 0, BTreeSet::new());
    let mut turns: BTreeSet<(Verdict, Verdict)> = BTreeSet::new();
    for seed in 0..NETWORKS {
        let genes = &mut Genes::seeded(seed);
        let mut case = generate(genes, FLOWS);
        if seed % 3 == 1 {
            dualstack(&mut case.draft, genes);
            case.flows.extend(flows_of_six(&case.draft, genes, FLOWS));
        }
        if seed % 4 > 1 {
            ease(&mut case.draft);
        }
        let Some((draft, kind)) = edited(&case.draft, genes) else {
            continue;
        };
        let (Some(before), Some(after)) = (Built::new(case.draft), Built::new(draft)) else {
            continue;
        };
        let diff = compared(before.both(), after.both());
        if !diff.undecided.is_empty() {
            continue;
        }
        kinds.insert(kind);
        for flow in &case.flows {
            let ported = flow.protocol == 6 || flow.protocol == 17;
            if !ported && flow.protocol != 1 {
                continue;
            }
            let Ok(from) = source(&before.network, &flow.from) else {
                continue;
            };
            let name = from.name(&before.network);
            let outcome = |b: &Built| b.outcome(from, flow.to, flow.protocol, flow.port);
            let (Some(was), Some(is)) = (outcome(&before), outcome(&after)) else {
                continue;
            };
            // What a host sends to itself is no flow of the network.
            let own = match from {
                From::Interface(id) => before.network.interfaces[id].has(flow.to),
                _ => false,
            };
            if own {
                continue;
            }
            asked += 1;
            let of = |c: &&Change| {
                holds(c, &name, flow.to.into(), flow.protocol, flow.port)
                    || (c.from.contains(&name)
                        && (c.before.as_ref(), c.after.as_ref()) == (Some(&was), Some(&is))
                        && [&before, &after]
                            .iter()
                            .any(|b| b.dials(c, from, flow.to, flow.protocol, flow.port)))
            };
            let change = diff.changes.iter().find(of);
            let what = || format!("seed {seed}, {kind}: {flow:?}\n{was:?}\n{is:?}");
            match change {
                None => assert_eq!(was, is, "not told: {}", what()),
                Some(change) => {
                    assert_ne!(was, is, "told: {}", what());
                    let told = (change.before.as_ref(), change.after.as_ref());
                    assert_eq!(told, (Some(&was), Some(&is)), "{}", what());
                    turns.insert((was.verdict, is.verdict));
                    differed += 1;
                }
            }
        }
        told += corners(&diff, &before, &after, seed);
    }
    eprintln!("{asked} asked, {differed} differ, {told} corners; {kinds:?}; {turns:?}");
    assert!(
        asked > 1_000 && differed > 6 && told > 400,
        "{asked} {differed} {told}"
    );
    assert!(kinds.len() >= 4 && turns.len() >= 2, "{kinds:?} {turns:?}");
}

/// What is told of changes at every corner of every box, for every source.
fn corners(diff: &Diff, before: &Built, after: &Built, seed: u64) -> usize {
    let (was, now) = (before.sources(), after.sources());
    let mut told = 0;
    for change in &diff.changes {
        let Goal::Space(space) = &change.to else {
            continue;
        };
        for (name, protocol, b) in change.from.iter().flat_map(|name| {
            let protocols = space.protocols.iter().flatten();
            protocols.flat_map(move |p| space.boxes.iter().map(move |b| (name, *p, b)))
        }) {
            let (Some(one), Some(other)) = (was.get(name), now.get(name)) else {
                continue;
            };
            let (lo, hi) = b.addresses;
            let whole = [(0, u16::MAX)];
            let ports = if b.ports.is_empty() {
                &whole[..]
            } else {
                &b.ports
            };
            for port in ports.iter().flat_map(|(lo, hi)| [*lo, *hi]) {
                for ip in [lo.ip(), hi.ip()] {
                    let outcomes = (
                        before.outcome(*one, ip, protocol, port),
                        after.outcome(*other, ip, protocol, port),
                    );
                    let said = (change.before.clone(), change.after.clone());
                    assert_eq!(
                        outcomes, said,
                        "seed {seed}: {name} → {ip} {protocol} {port}"
                    );
                    told += 1;
                }
            }
        }
    }
    told
}
