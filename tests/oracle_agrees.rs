//! The program against a second reading of the same pages of AWS, on generated networks.
//!
//! Both are asked the same flows, by address. The program follows a flow with every port that the
//! client and every translator on the way may pick; the other reading knows one packet only, so it
//! is given one port of every span that some rule of the network tells apart. Both must find the
//! same ends: class, code and leg, exposure, the source that the destination sees, and of what was
//! answered the mechanism. A disagreement is settled by AWS's page and kept as a case, in
//! `scenarios/differential/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;
mod oracle;
#[path = "oracle_agrees/powers.rs"]
mod powers;
mod readings;

use networks::{
    Flow, Genes, Sender, beyond, block_public_access, dualstack, ease, flows_of_six, generate,
    outskirts, people, proxies, regional_nats,
};
use oracle::{Ending, Packet, Spot, Word, endings};
use powers::{POWER, powers};
use reachability::answer::{Alternative, Answer, Ask, Verdict, Wording, answer, source};
use reachability::aws;
use reachability::engine::Leg;
use reachability::model::{self, Connection, Draft, Network};
use reachability::scenario::print::print;
use readings::{Tally, ask, is_small, show};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

/// Flows asked of each network.
const FLOWS: usize = 50;

/// Flows in all.
const ALL: usize = 65_000;

/// What both must say of it: class; what stopped it and on which leg; of what was answered the most
/// telling mechanism; whether it crossed a public link; the source that the destination saw.
type Said = (Word, Word, Word, Word, bool, Option<IpAddr>);

/// The mechanisms, the telling ones first.
const RANK: [Word; 17] = [
    "gateway-endpoint",
    "interface-endpoint",
    "direct-connect-public",
    "isp",
    "nat-gateway",
    "egress-only-internet-gateway",
    "internet-gateway",
    "client-vpn",
    "transit-gateway",
    "peering",
    "vpn",
    "direct-connect",
    "load-balancer",
    "appliance",
    "local",
    "same-subnet",
    "host-service",
];

#[test]
fn a_second_reading_agrees() {
    let tally = ask(ALL, ask_a_network);
    tally.judge(ALL, POWER);
    // Flows that go in circles at every turn.
    let few = tally.void * 5_000 <= tally.asked;
    assert!(few, "{} flows were given up", tally.void);
    let networks = |what: &str| tally.seen.get(what).copied().unwrap_or_default();
    let (all, void) = (networks("networks"), networks("networks that cannot be"));
    assert!(void * 50 <= all, "{void} of {all} networks cannot be");
}

#[test]
fn each_part_of_the_second_reading_is_small() {
    is_small("oracle", 400, 1_900);
}

fn ask_a_network(seed: u64, tally: &mut Tally) {
    let mut case = generate(&mut Genes::seeded(seed), FLOWS);
    let six = seed % 5 == 2;
    if six {
        let genes = &mut Genes::seeded(seed + 1_000_000);
        dualstack(&mut case.draft, genes);
        let more = flows_of_six(&case.draft, genes, FLOWS);
        case.flows.extend(more);
    }
    if seed % 4 > 1 || six && seed % 4 == 1 {
        ease(&mut case.draft);
    }
    if seed.is_multiple_of(3) {
        number_sites(&mut case.draft, &mut Genes::seeded(seed + 2_000_000));
    }
    if seed % 7 == 1 && !six {
        let genes = &mut Genes::seeded(seed + 5_000_000);
        case.flows
            .extend(outskirts(&mut case.draft, genes, FLOWS / 3));
    }
    if seed % 7 == 5 {
        let genes = &mut Genes::seeded(seed + 4_000_000);
        case.flows.extend(regional_nats(&mut case.draft, genes));
    }
    if seed % 7 == 3 || seed % 35 == 5 {
        block_public_access(&mut case.draft, &mut Genes::seeded(seed + 3_000_000));
    }
    if seed % 7 == 6 {
        let genes = &mut Genes::seeded(seed + 6_000_000);
        case.flows.extend(people(&mut case.draft, genes, FLOWS / 2));
    }
    if seed % 7 == 4 {
        let genes = &mut Genes::seeded(seed + 7_000_000);
        case.flows
            .extend(proxies(&mut case.draft, genes, FLOWS / 2));
    }
    if seed % 7 == 2 {
        let genes = &mut Genes::seeded(seed + 8_000_000);
        case.flows.extend(beyond(&mut case.draft, genes, FLOWS / 3));
    }
    tally.saw("networks");
    let Some(network) = model::build(case.draft).network else {
        tally.saw("networks that cannot be");
        return;
    };
    show(seed, || print(&network, "reading").text);
    let compiled = aws::compile(&network);
    let cuts = cuts(&network);
    for (number, flow) in case.flows.iter().enumerate() {
        let ported = flow.port != 0;
        // Every other flow leaves the client's port to its system.
        let pinned = (flow.client_port, flow.client_port);
        let ask = Ask {
            from: source(&network, &flow.from).unwrap(),
            to: flow.to.to_string(),
            protocol: Some(flow.protocol),
            port: ported.then_some(flow.port),
            client_ports: (ported && number % 2 == 0).then_some(pinned),
        };
        let system = ask.from.client_ports(&network);
        let ports = if ported {
            ask.client_ports.unwrap_or(system)
        } else {
            (0, 0)
        };
        let got = answer(&network, &compiled, &ask).unwrap();
        let lost = |a: &Alternative| {
            a.obstacle
                .as_ref()
                .is_some_and(|o| o.code.name() == ENDLESS)
        };
        if got.alternatives.iter().any(lost) {
            tally.void += 1;
            continue;
        }
        let endings = second_reading(&network, flow, &cuts, ports);
        let spoken = Wording::new(&network, &compiled);
        let ours: BTreeSet<Said> = got.alternatives.iter().map(said_of).collect();
        let theirs: BTreeSet<Said> = endings.iter().map(said).collect();
        tally.asked += 1;
        let ends = theirs.iter().map(|e| format!("{} {}{}", e.0, e.1, e.3));
        let mixed = got.verdict == Verdict::Mixed;
        let mixed = mixed.then(|| "mixed".to_owned());
        let ends = ends.chain(mixed);
        for what in ends.chain(powers(&network, flow, &got, &endings)) {
            tally.saw(what);
        }
        if ours != theirs {
            let how = format!(
                "the program alone: {}; the second reading alone: {}",
                words(&(&ours - &theirs)),
                words(&(&theirs - &ours))
            );
            let example = || format!("seed {seed}: {flow:?} {ports:?} {:?}", ways(spoken, &got));
            tally.differs(how, example);
        }
    }
}

/// Gives sites BGP numbers, of which a few may be the same.
fn number_sites(draft: &mut Draft, genes: &mut Genes) {
    let all: Vec<Connection> = draft.connections.iter().map(|(_, c)| c.clone()).collect();
    let numbered = all.into_iter().map(|connection| Connection {
        asn: genes.pick(&[Some(65_001), Some(65_002), Some(65_003), Some(65_004), None]),
        ..connection
    });
    draft.connections = numbered.collect::<Vec<_>>().into();
}

/// Every end of a flow, by a packet for every span of client ports.
fn second_reading(
    network: &Network,
    flow: &Flow,
    cuts: &BTreeSet<u16>,
    client_ports: (u16, u16),
) -> BTreeSet<Ending> {
    let (from, src) = match flow.sender {
        Sender::Interface(id) => {
            let mut own = network.interfaces[id].addresses();
            let own = own.find(|ip| ip.is_ipv4() == flow.to.is_ipv4());
            (Spot::Eni(id), own.unwrap())
        }
        Sender::Client(id, ip) => (Spot::Client(id), ip),
        Sender::Site(ip) => (Spot::Site(network.sites.iter().next().unwrap().0), ip),
        Sender::Internet(ip) => (Spot::World, ip),
    };
    let drawn = if flow.port == 0 {
        (0, 0)
    } else {
        (1024, u16::MAX)
    };
    let draws = each_span(cuts, drawn);
    let packets = each_span(cuts, client_ports)
        .into_iter()
        .map(|sport| Packet {
            src,
            dst: flow.to,
            protocol: flow.protocol,
            sport: if flow.protocol == 58 { 129 } else { sport },
            dport: match flow.protocol {
                1 => 8,
                58 => 128,
                _ => flow.port,
            },
        });
    let ends = packets.flat_map(|packet| endings(network, from, packet, &draws));
    ends.collect()
}

/// Ports at which some rule begins, or that follow its end.
fn cuts(network: &Network) -> BTreeSet<u16> {
    let mut cuts = BTreeSet::new();
    let mut cut = |ports: (u16, u16)| cuts.extend([ports.0, ports.1.saturating_add(1)]);
    for (_, acl) in network.acls.iter() {
        let rules = acl.ingress.iter().chain(&acl.egress);
        rules.for_each(|rule| cut(rule.service.ports));
    }
    for rules in network.sites.iter().filter_map(|(_, s)| s.rules.as_ref()) {
        let rules = rules.ingress.iter().chain(&rules.egress);
        rules.for_each(|rule| cut(rule.service.ports));
    }
    for (_, group) in network.groups.iter() {
        let rules = group.ingress.iter().chain(&group.egress);
        rules.for_each(|rule| cut(rule.service.ports));
    }
    cuts
}

/// A port of every span that some rule tells apart.
fn each_span(cuts: &BTreeSet<u16>, (low, high): (u16, u16)) -> Vec<u16> {
    let mut ports = vec![low];
    ports.extend(cuts.iter().filter(|cut| low < **cut && **cut <= high));
    ports
}

const CIRCLE: Word = "FORWARDING_LOOP";

/// More ways than the program follows: no answer, and none that could be wrong.
const ENDLESS: Word = "TOO_MANY_WAYS";

/// Groups that a transit gateway forgot and those that something else forgot: the program tells them
/// apart by the VPCs that a gateway joins, not by the way that the packet came.
const UNCARRIED: Word = "SG_REFERENCING_SUPPORT";
const FORGOTTEN: Word = "SG_REFERENCES_NOT_PRESERVED";

/// Where on its rounds it is noticed that a flow goes in circles says nothing of it.
fn circle(class: Word) -> Said {
    (class, CIRCLE, "", "", false, None)
}

fn said((code, leg, crossed, sees): &Ending) -> Said {
    let gateways = [
        "internet-gateway",
        "egress-only-internet-gateway",
        "direct-connect-public",
        "isp",
    ];
    let public = crossed.iter().any(|(_, m)| gateways.contains(m));
    let primary = RANK.iter().find(|m| crossed.contains(&("out", **m)));
    let primary = primary.copied().unwrap_or_default();
    match *code {
        CIRCLE => circle("unreachable"),
        UNCARRIED => ("unreachable", FORGOTTEN, leg, "", public, *sees),
        "" if public => ("internet", "", "", primary, public, *sees),
        "" => ("private", "", "", primary, public, *sees),
        code @ ("UNSUPPORTED_COMPONENT" | "UNKNOWN_RESOURCE") => {
            ("unknown", code, leg, "", public, *sees)
        }
        code => ("unreachable", code, leg, "", public, *sees),
    }
}

fn said_of(a: &Alternative) -> Said {
    let stop = a.obstacle.as_ref();
    let (code, leg) = stop.map_or(("", ""), |o| (o.code.name(), o.leg.name()));
    let mechanism = a.mechanism.filter(|_| code.is_empty()).unwrap_or_default();
    let sees = a
        .sees_source
        .map(|s| Ipv6Addr::from_bits(s.bits()).to_canonical());
    let code = if code == UNCARRIED { FORGOTTEN } else { code };
    if code == CIRCLE {
        return circle(a.class.name());
    }
    (a.class.name(), code, leg, mechanism, a.exposed, sees)
}

fn words(all: &BTreeSet<Said>) -> String {
    let all = all.iter().map(|e| {
        let public = ["", "public"][usize::from(e.4)];
        let sees = e.5.map(|ip| ip.to_string()).unwrap_or_default();
        [e.0, e.1, e.2, e.3, public, &sees].join(" ")
    });
    format!("{:?}", all.collect::<Vec<_>>())
}

/// The ways of an answer, to look at a disagreement.
fn ways(words: Wording<'_>, answer: &Answer) -> Vec<(String, Option<String>)> {
    let way = |a: &Alternative| {
        let stop = a.obstacle.as_ref();
        let stop = stop.map(|o| format!("{} {} {}", o.code, o.component, o.by));
        let via = |leg| words.via(a, leg).join(" ");
        (format!("{} | {}", via(Leg::Out), via(Leg::Back)), stop)
    };
    answer.alternatives.iter().map(way).collect()
}
