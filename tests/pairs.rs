//! Rows of pairs against the walker: every cell that rows decide is what a walk between any two
//! interfaces of its classes comes to, at any port of its class; what they leave open is as well.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on fails"
)]

mod networks;
#[path = "../benches/worlds/mod.rs"]
mod worlds;

use networks::{Genes, alike};
use reachability::analysis::pairs::{Cell, Options, Pairs, PortClass, Tally};
use reachability::answer::{From, Verdict, fold};
use reachability::aws::{self, Compiled};
use reachability::engine::{End, Question, Walker};
use reachability::fabric::{Address, Flow, NodeId};
use reachability::model::{
    self, Draft, GroupRule, Id, Interface, Meaning, Network, Origin, Peer, Ref, Role, Unseen, Why,
    World,
};

const NETWORKS: u64 = 80;

fn networks() -> u64 {
    let set = std::env::var("REACHABILITY_CASES").ok();
    set.and_then(|n| n.parse().ok()).unwrap_or(NETWORKS)
}

fn case(seed: u64) -> Option<(Network, Compiled)> {
    let mut draft = alike(seed).draft;
    if seed.is_multiple_of(3) {
        hide(&mut draft);
    }
    let network = model::build(draft).network?;
    let compiled = aws::compile(&network);
    Some((network, compiled))
}

/// Groups let in a group that nobody shows.
fn hide(draft: &mut Draft) {
    draft.world = World::Open;
    let unseen = draft.unseen.push(Unseen {
        name: "sg-0gone".to_owned(),
        kind: "group",
        why: Why::NotSaid,
        origin: Origin::Unknown,
    });
    let all: Vec<_> = draft.groups.iter().map(|(id, _)| id).collect();
    for id in all.into_iter().step_by(2) {
        let group = draft.groups.get_mut(id).unwrap();
        let rules = group.ingress.first().cloned();
        group.ingress.extend(rules.map(|rule| GroupRule {
            peer: Peer::Group(Ref {
                to: Meaning::Unseen(unseen),
                ..Ref::named("sg-0gone", &Origin::Unknown)
            }),
            ..rule
        }));
    }
}

/// Every row worked out at once, rows by themselves, and nothing kept at all.
fn options(seed: u64) -> Options {
    let (budget, keep) = match seed % 4 {
        0 | 1 => (1 << 30, true),
        2 => (1 << 30, false),
        _ => (0, true),
    };
    Options { budget, keep }
}

fn accept(network: &Network, compiled: &Compiled, to: Id<Interface>) -> Vec<NodeId> {
    match &network.interfaces[to].role {
        Role::Endpoint(r) => compiled.arrivals_of_endpoint(network, r.id().unwrap()),
        Role::LoadBalancer(r) => compiled.arrivals_of_load_balancer(network, r.id().unwrap()),
        _ => vec![compiled.node_of(to)],
    }
}

/// What a walk comes to, by the rules of answers.
fn walked(
    (network, compiled): (&Network, &Compiled),
    walker: &mut Walker<Flow>,
    (from, to): (Id<Interface>, Id<Interface>),
    class: &PortClass,
    port: u16,
) -> Option<Cell> {
    let of = |id: Id<Interface>| {
        let mut own = network.interfaces[id].addresses();
        own.find(|ip| ip.is_ipv4() == class.v4).map(Address::from)
    };
    let (Some(src), Some(dst)) = (of(from), of(to)) else {
        return Some(Cell::None);
    };
    let client = match class.proto {
        6 | 17 => From::Interface(from).client_ports(network),
        _ => (0, 0),
    };
    let accept = accept(network, compiled, to);
    let walk = walker.walk(
        &compiled.fabric,
        &Question {
            from: compiled.node_of(from),
            entry: aws::FROM_HOST,
            traffic: Flow::new(src, dst, class.proto, client, port),
            accept: Some(&accept),
            press_on: false,
            draw: 0,
        },
    );
    if walk.cut || walk.endings.is_empty() {
        return None;
    }
    let mut classes: Vec<Verdict> = Vec::new();
    for ending in &walk.endings {
        classes.push(match ending.end {
            End::Home if !ending.maybe => Verdict::Private,
            End::Home | End::Opaque(..) => Verdict::Unknown,
            End::Dropped(..) | End::Misdelivered(_) => Verdict::Unreachable,
        });
    }
    let forked = walk.endings.iter().any(|e| e.forked);
    if forked && classes.iter().any(|c| *c != classes[0]) {
        return Some(Cell::Unknown);
    }
    Some(match fold(&classes) {
        Verdict::Private => Cell::All,
        Verdict::Mixed => Cell::Some,
        Verdict::Unknown => Cell::Unknown,
        _ => Cell::None,
    })
}

fn sends(network: &Network, id: Id<Interface>) -> bool {
    let role = &network.interfaces[id].role;
    matches!(role, Role::Instance(_) | Role::Plain)
}

#[test]
fn every_cell_is_what_a_walk_comes_to() {
    let mut met = Tally::default();
    let (mut rows_some, mut six, mut pings) = (0, 0, 0);
    for seed in 0..networks() {
        let Some((network, compiled)) = case(seed) else {
            continue;
        };
        let pairs = Pairs::compile(&network, &compiled, options(seed));
        let mut walker = Walker::default();
        let mut genes = Genes::seeded(seed + 9_000_000);
        for (number, class) in pairs.ports().iter().enumerate() {
            for to in 0..pairs.classes().len() as u32 {
                let row = pairs.row(to, number);
                for from in 0..pairs.classes().len() as u32 {
                    let one = genes.pick(pairs.classes().members(from));
                    let two = genes.pick(pairs.classes().members(to));
                    if one == two || !sends(&network, one) {
                        continue;
                    }
                    let (lo, hi) = genes.pick(&class.spans);
                    let middle = lo + ((u32::from(hi) - u32::from(lo)) / 2) as u16;
                    let port = genes.pick(&[lo, hi, middle]);
                    let both = (&network, &compiled);
                    let Some(walk) = walked(both, &mut walker, (one, two), class, port) else {
                        continue;
                    };
                    let cell = row.cell(from);
                    met.pairs += 1;
                    met.open += u64::from(cell == Cell::Open);
                    let cell = match cell {
                        Cell::Open => pairs.walk(&mut walker, (from, to), number),
                        cell => {
                            rows_some += u64::from(cell == Cell::Some);
                            cell
                        }
                    };
                    match walk {
                        Cell::All => met.all += 1,
                        Cell::Some => met.some += 1,
                        Cell::None => met.none += 1,
                        _ => met.unknown += 1,
                    }
                    six += u64::from(!class.v4 && walk == Cell::All);
                    pings += u64::from(matches!(class.proto, 1 | 58) && walk == Cell::All);
                    if cell != walk {
                        let name = |id| network.interface_name(id);
                        panic!(
                            "seed {seed}: {} to {} {class:?} port {port}: rows say {cell:?} ({:?}), a walk {walk:?}",
                            name(one),
                            name(two),
                            row.cell(from),
                        );
                    }
                }
            }
        }
    }
    println!("{met:?}, {rows_some} of some by rows, {six} of IPv6, {pings} pings");
    assert!(met.pairs > 100_000);
    assert!(met.all * 8 > met.pairs, "too little arrives");
    assert!(met.none * 10 > met.pairs, "too little is refused");
    assert!(met.open * 5 < met.pairs, "rows leave too much open");
    assert!(rows_some > 50, "{rows_some}");
    assert!(met.unknown > 20 && six > 500 && pings > 500);
}

#[test]
fn whatever_is_kept_rows_are_the_same() {
    for seed in 0..networks() / 4 {
        let Some((network, compiled)) = case(seed) else {
            continue;
        };
        let [kept, by_row, frugal] = [(1 << 30, true), (1 << 30, false), (0, true)]
            .map(|(budget, keep)| Pairs::compile(&network, &compiled, Options { budget, keep }));
        assert!(kept.predicted().keeps_rows && !by_row.predicted().keeps_rows);
        assert!(!frugal.predicted().keeps_ways);
        for port in 0..kept.ports().len() {
            let mut all = [const { Vec::new() }; 3];
            for (pairs, all) in [&kept, &by_row, &frugal].into_iter().zip(&mut all) {
                pairs.rows(port, |row| all.push(row.cells().collect::<Vec<_>>()));
            }
            assert_eq!(all[0], all[1], "seed {seed}");
            assert_eq!(all[0], all[2], "seed {seed}");
        }
    }
}

/// What many companies have: VPCs, a transit gateway between them, groups by tier.
#[test]
fn rows_decide_an_estate_by_themselves() {
    let network = worlds::network(worlds::estate::Estate::friendly(1_000).draft());
    let compiled = aws::compile(&network);
    let pairs = Pairs::compile(&network, &compiled, Options::default());
    let (mut tally, mut walker) = (Tally::default(), Walker::default());
    let mut genes = Genes::seeded(1);
    for (number, class) in pairs.ports().iter().enumerate() {
        let mut rows = Vec::new();
        pairs.rows(number, |row| {
            tally += row.tally(None);
            rows.push((row.to(), row.cells().collect::<Vec<_>>()));
        });
        for (to, cells) in rows {
            let (from, cell) = genes.pick(&cells);
            let one = genes.pick(pairs.classes().members(from));
            let two = genes.pick(pairs.classes().members(to));
            if one != two {
                let both = (&network, &compiled);
                let walk = walked(both, &mut walker, (one, two), class, class.port());
                assert_eq!(walk, Some(cell), "{one:?} to {two:?}, {class:?}");
            }
        }
    }
    println!("{tally:?}");
    assert_eq!(tally.open, 0);
    assert!(tally.all * 100 > tally.pairs);
}
