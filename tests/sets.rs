//! A set walk contains every packet walk, over networks of AWS: whatever is compiled into tables,
//! a set of packets that is followed through them meets what each packet of it meets, step for step.
//!
//! The laws over bare fabrics (`tests/laws.rs`) meet what the engine can do; here it is what AWS does:
//! PrivateLink, gateway endpoints, NAT64, transit gateways, appliances, load balancers.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says what it did"
)]

mod networks;
mod readings;

#[path = "laws/law.rs"]
#[allow(
    dead_code,
    missing_docs,
    reason = "another test's, which uses all of it"
)]
mod law;

use law::{Asked, Met, Metered, nested, retraced, three};
use networks::{Flow as Wanted, Genes, varied};
use reachability::answer::source;
use reachability::aws::{self, Compiled};
use reachability::engine::{End, Walk, Why};
use reachability::fabric::{Address, Flow, Packet, PacketSet, Region};
use reachability::model::{self, Network};
use readings::{Tally, ask};

/// Questions asked of each network.
const QUESTIONS: usize = 40;

/// Questions in all.
const ALL: usize = 100_000;

/// How often the packet must have come home, been translated, answered another way, parted; and over
/// what its set must have gone.
const POWER: &[(&str, usize)] = &[
    ("home", 20_000),
    ("home, translated", 5_000),
    ("home another way", 1_000),
    ("several alternatives", 1_000),
    ("home, of IPv6", 3_000),
    ("from one family to the other", 100),
    ("the set parts", 20_000),
    ("some of the set comes home, some does not", 5_000),
    ("by appliance", 500),
    ("by egress-only-internet-gateway", 100),
    ("by gateway-endpoint", 500),
    ("by interface-endpoint", 500),
    ("by internet-gateway", 1_000),
    ("by nat-gateway", 1_000),
    ("by peering", 500),
    ("by transit-gateway", 500),
    ("by vpn", 100),
];

#[test]
fn a_set_walk_contains_every_packet_walk() {
    let tally = ask(ALL, ask_a_network);
    tally.judge(ALL, POWER);
    let few = tally.void * 20 <= tally.asked;
    assert!(few, "{} questions were too large", tally.void);
}

fn ask_a_network(seed: u64, tally: &mut Tally) {
    let genes = &mut Genes::seeded(seed);
    let case = varied(seed, genes, QUESTIONS / 2, QUESTIONS);
    let Some(network) = model::build(case.draft).network else {
        return;
    };
    let compiled = aws::compile(&network);
    for wanted in &case.flows {
        let Some(asked) = question(&network, &compiled, wanted, genes) else {
            continue;
        };
        tally.asked += 1;
        let Some(walks) = three(&compiled.fabric, &asked) else {
            tally.void += 1;
            continue;
        };
        met(&compiled, &walks.0, &walks.2, tally);
        let named = match tally.asked % 32 {
            0 => retraced(&compiled.fabric, &asked, &walks.0),
            _ => Ok(()),
        };
        if let Err(how) = nested(&walks).and(named) {
            let kind = how.split(['{', '(', '[']).next().unwrap_or(&how).to_owned();
            tally.differs(kind, || format!("seed {seed}: {asked:#?}\n{how}"));
        }
    }
}

/// The packet that somebody wants to send; a flow around it, and a set around that.
fn question(
    network: &Network,
    compiled: &Compiled,
    wanted: &Wanted,
    genes: &mut Genes,
) -> Option<Asked> {
    let from = source(network, &wanted.from).ok()?;
    let to: Address = wanted.to.into();
    let own = from.toward(network, to)?;
    let ported = wanted.port != 0;
    let system = from.client_ports(network);
    let sport = if ported { system } else { (0, 0) };
    let client = if (sport.0..=sport.1).contains(&wanted.client_port) {
        wanted.client_port
    } else {
        sport.0
    };
    let icmp = wanted.protocol == 1 || wanted.protocol == 58;
    let port = match (icmp, to.is_v4()) {
        (false, _) => wanted.port,
        (true, true) => 0x0800,
        (true, false) => 0x8000,
    };
    let dport = match (icmp, ported, genes.below(4)) {
        (true, _, 0) => (0, u16::MAX),
        (true, ..) | (_, false, _) => (port, port),
        (_, _, 0) => (0, u16::MAX),
        (_, _, 1) => (port.saturating_sub(100), port.saturating_add(100)),
        _ => (port, port),
    };
    let region = Region {
        src: (own, own),
        dst: around(to, genes),
        sport: if ported && genes.below(2) == 0 {
            (1024, u16::MAX)
        } else {
            sport
        },
        dport,
        proto: wanted.protocol,
    };
    let packet = Packet::new(own, to, wanted.protocol, client, port);
    Some(Asked {
        from: from.node(compiled),
        set: PacketSet::of([region]),
        flow: Flow::new(own, to, wanted.protocol, sport, port),
        packet,
        accept: None,
        // Only flows are pressed on past what stops them, to find what else would.
        press_on: false,
        draw: 30_000,
    })
}

/// Addresses around one: itself, a block, or all of its family that are global unicast. A block of
/// `::/3` must not be so wide as to hold what IPv6 embeds of IPv4.
fn around(to: Address, genes: &mut Genes) -> (Address, Address) {
    let lengths: &[u8] = match to {
        to if to.is_v4() => &[32, 32, 28, 24, 16, 8, 0],
        to if to.bits() >> 125 == 0 => &[128, 128, 120, 64, 48, 32, 16],
        _ => &[128, 128, 120, 64, 48, 32, 3],
    };
    let length = lengths[genes.below(lengths.len())];
    let bits = if to.is_v4() { 32 } else { 128 };
    let host = match u32::from(bits - length) {
        0 => 0,
        128 => u128::MAX,
        n => (1_u128 << n) - 1,
    };
    (
        Address::new(to.bits() & !host),
        Address::new(to.bits() | host),
    )
}

/// What the walks met.
fn met(
    compiled: &Compiled,
    set: &Walk<Metered<PacketSet>>,
    packet: &Walk<Metered<Packet>>,
    tally: &mut Tally,
) {
    let home = |end: &End| *end == End::Home;
    let (some, others) = (
        set.endings.iter().any(|e| home(&e.end)),
        set.endings.iter().any(|e| !home(&e.end)),
    );
    let mut saw = |is: bool, what: &str| {
        if is {
            tally.saw(what);
        }
    };
    saw(set.endings.len() > 1, "the set parts");
    saw(some && others, "some of the set comes home, some does not");
    let Met {
        home: arrived,
        translated,
        another_way,
        between_families,
        several,
        v6,
        ..
    } = law::met(&compiled.fabric, packet);
    saw(several, "several alternatives");
    saw(v6, "home, of IPv6");
    saw(arrived, "home");
    saw(translated, "home, translated");
    saw(another_way, "home another way");
    saw(between_families, "from one family to the other");
    let Some(ending) = packet.endings.iter().find(|e| home(&e.end)) else {
        return;
    };
    let (fabric, steps) = (&compiled.fabric, packet.path(ending.last));
    let crossed = steps.iter().filter_map(|s| match s.why {
        Why::Crossed(link, _) => fabric.label(link).token,
        _ => None,
    });
    let mut tokens: Vec<&str> = crossed.collect();
    tokens.sort_unstable();
    tokens.dedup();
    for token in tokens {
        tally.saw(format!("by {token}"));
    }
}
