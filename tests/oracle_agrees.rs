//! The program against a second reading of the same pages of AWS, on generated networks.
//!
//! Both are asked the same flows. The program follows a flow with every port that the client and
//! every translator on the way may pick; the other reading knows one packet only, so it is given
//! one port of every span that some rule of the network tells apart. Both must find the same
//! endings: class, code and leg, exposure, the source that the destination sees, and of what was
//! answered the mechanism.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;
mod oracle;

use networks::{Flow, Genes, Sender, generate};
use oracle::endings;
use reachability::answer::{Alternative, Answer, Ask, answer, source};
use reachability::aws;
use reachability::model::{self, Id, Interface, Network, Site};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// Flows asked of each network.
const FLOWS: usize = 50;

/// Flows in all; each half of the networks on a thread of its own.
const ALL: usize = 50_000;

/// Whoever sends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spot {
    Eni(Id<Interface>),
    Site(Id<Site>),
    World,
}

/// What is sent. Protocols without ports have zeros; of ICMP an echo has its type as destination
/// port, so that its mirror is the echo's reply.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Packet {
    src: Ipv4Addr,
    dst: Ipv4Addr,
    protocol: u8,
    sport: u16,
    dport: u16,
}

impl Packet {
    fn between(mut self, src: Ipv4Addr, dst: Ipv4Addr, sport: u16, dport: u16) -> Self {
        (self.src, self.dst, self.sport, self.dport) = (src, dst, sport, dport);
        self
    }

    fn mirror(self) -> Self {
        self.between(self.dst, self.src, self.dport, self.sport)
    }
}

/// What became of it: what stopped it, and on which leg; the mechanisms it crossed, each with its
/// leg; the source that the destination saw.
type Ending = (Word, Word, Vec<(Word, Word)>, Option<Ipv4Addr>);
/// What both must say of it: class; what stopped it and on which leg; of what was answered the most
/// telling mechanism; whether it crossed a public link; the source that the destination saw.
type Said = (Word, Word, Word, Word, bool, Option<Ipv4Addr>);
type Word = &'static str;

/// The mechanisms, the telling ones first.
const RANK: [Word; 11] = [
    "gateway-endpoint",
    "interface-endpoint",
    "nat-gateway",
    "internet-gateway",
    "peering",
    "vpn",
    "direct-connect",
    "load-balancer",
    "local",
    "same-subnet",
    "host-service",
];

/// What one network's flows came to.
#[derive(Default)]
struct Tally {
    asked: usize,
    /// How often each class, code and mechanism occurred.
    seen: BTreeMap<(String, String), usize>,
    /// Disagreements, and the first example of each.
    differ: BTreeMap<String, (usize, String)>,
}

#[test]
fn a_second_reading_agrees() {
    let from = |name, or| std::env::var(name).map_or(or, |n| n.parse().unwrap());
    let (first, all) = (from("ORACLE_FIRST_SEED", 0), from("ORACLE_FLOWS", ALL));
    let mut tally = Tally::default();
    for seed in first.. {
        if tally.asked >= all {
            break;
        }
        ask_a_network(seed as u64, &mut tally);
    }
    report(&tally);
    assert!(tally.differ.is_empty());
    assert!(tally.asked >= all);
}

fn ask_a_network(seed: u64, tally: &mut Tally) {
    let case = generate(&mut Genes::seeded(seed), FLOWS);
    let Some(network) = model::build(case.draft).network else {
        return;
    };
    let compiled = aws::compile(&network);
    let cuts = cuts(&network);
    for flow in case.flows {
        // Every other flow leaves the client's port to its system.
        let pinned = tally
            .asked
            .is_multiple_of(2)
            .then_some((flow.client_port, flow.client_port));
        let ported = flow.port != 0;
        let ask = Ask {
            from: source(&network, &flow.from).unwrap(),
            to: flow.to.to_string(),
            protocol: Some(flow.protocol),
            port: ported.then_some(flow.port),
            client_ports: pinned.filter(|_| ported),
        };
        let ports = ask
            .client_ports
            .unwrap_or_else(|| ask.from.client_ports(&network));
        let ports = if ported { ports } else { (0, 0) };
        let got = answer(&network, &compiled, &ask).unwrap();
        let ours: BTreeSet<Said> = got.alternatives.iter().map(said_of).collect();
        let theirs = second_reading(&network, &flow, &cuts, ports);
        tally.asked += 1;
        for e in &theirs {
            *tally
                .seen
                .entry((format!("{} {}", e.0, e.1), e.3.to_owned()))
                .or_default() += 1;
        }
        if ours != theirs {
            let words = |set: &BTreeSet<Said>| {
                let all = set
                    .iter()
                    .map(|e| format!("{} {} {} {}", e.0, e.1, e.2, e.3));
                all.collect::<Vec<_>>().join(" + ")
            };
            let key = format!(
                "the program alone: {:?}; the second reading alone: {:?}",
                words(&(&ours - &theirs)),
                words(&(&theirs - &ours))
            );
            let example = || {
                (
                    0,
                    format!("seed {seed}: {flow:?} {ports:?} {:?}", ways(&got)),
                )
            };
            tally.differ.entry(key).or_insert_with(example).0 += 1;
        }
    }
}

fn second_reading(
    network: &Network,
    flow: &Flow,
    cuts: &BTreeSet<u16>,
    client_ports: (u16, u16),
) -> BTreeSet<Said> {
    let (from, src) = match flow.sender {
        Sender::Interface(id) => (Spot::Eni(id), network.interfaces[id].ips[0]),
        Sender::Site(ip) => (Spot::Site(network.sites.iter().next().unwrap().0), ip),
        Sender::Internet(ip) => (Spot::World, ip),
    };
    let drawn = if flow.port == 0 {
        (0, 0)
    } else {
        (1024, u16::MAX)
    };
    let draws = each_span(cuts, drawn);
    let ports = each_span(cuts, client_ports);
    let packets = ports.into_iter().map(|sport| Packet {
        src,
        dst: flow.to,
        protocol: flow.protocol,
        sport,
        dport: if flow.protocol == 1 { 8 } else { flow.port },
    });
    packets
        .flat_map(|packet| endings(network, from, packet, &draws))
        .map(said)
        .collect()
}

fn said((code, leg, crossed, sees): Ending) -> Said {
    let public = crossed.iter().any(|(_, m)| *m == "internet-gateway");
    let class = match (code, public) {
        ("", true) => "internet",
        ("", false) => "private",
        _ => "unreachable",
    };
    let primary = RANK.iter().find(|m| crossed.contains(&("out", **m)));
    match code {
        "" => (
            class,
            "",
            "",
            primary.copied().unwrap_or_default(),
            public,
            sees,
        ),
        _ => (class, code, leg, "", public, sees),
    }
}

/// Ports at which some rule begins, or that follow its end.
fn cuts(network: &Network) -> BTreeSet<u16> {
    let acls = network
        .acls
        .iter()
        .flat_map(|(_, a)| a.ingress.iter().chain(&a.egress));
    let groups = network
        .groups
        .iter()
        .flat_map(|(_, g)| g.ingress.iter().chain(&g.egress));
    let services = acls.map(|r| r.service).chain(groups.map(|r| r.service));
    services
        .flat_map(|s| [s.ports.0, s.ports.1.saturating_add(1)])
        .collect()
}

/// A port of every span that some rule tells apart.
fn each_span(cuts: &BTreeSet<u16>, (low, high): (u16, u16)) -> Vec<u16> {
    let mut ports = vec![low];
    ports.extend(cuts.iter().filter(|c| low < **c && **c <= high));
    ports
}

fn said_of(a: &Alternative) -> Said {
    let stop = a.obstacle.as_ref();
    let (code, leg) = stop.map_or(("", ""), |o| (o.code.name(), o.leg.name()));
    let mechanism = a.mechanism.filter(|_| code.is_empty()).unwrap_or_default();
    let sees = a.sees_source.map(Ipv4Addr::from_bits);
    (a.class.name(), code, leg, mechanism, a.exposed, sees)
}

/// The ways of an answer, to look at a disagreement.
fn ways(answer: &Answer) -> Vec<(String, Option<String>)> {
    let ways = answer.alternatives.iter();
    let way = |a: &Alternative| {
        let stop = a
            .obstacle
            .as_ref()
            .map(|o| format!("{} {} {}", o.code, o.component, o.by));
        (
            format!("{} | {}", a.via.join(" "), a.via_back.join(" ")),
            stop,
        )
    };
    ways.map(way).collect()
}

fn report(tally: &Tally) {
    eprintln!("{} flows", tally.asked);
    for ((ending, mechanism), n) in &tally.seen {
        eprintln!("{n:7} {ending} {mechanism}");
    }
    let mut differ: Vec<_> = tally.differ.iter().collect();
    differ.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    for (key, (n, example)) in differ {
        eprintln!("{n} × {key}\n    {example}");
    }
}
