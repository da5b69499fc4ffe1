//! All pairs at every class of ports, by class, both legs.

use crate::machine::resident;
use crate::measured::{Measured, time};
use crate::questions::{Asked, CLIENT};
use crate::row::{At, Files, Given, How, Peer, Row};
use crate::worlds::estate::Estate;
use crate::worlds::network;
use crate::worlds::one_vpc::question;
use reachability::analysis::pairs::{Cell, Options, Pairs};
use reachability::aws::{bits, compile};
use reachability::engine::{End, Walker};
use reachability::fabric::Packet;
use std::net::Ipv4Addr;

pub const ROW: Row = Row {
    name: "classes",
    what: "all pairs, all ports",
    at: &[
        At::friendly(1_000),
        At::friendly(10_000),
        At::friendly(100_000).within(0.8).in_mib(1024.0),
        At::friendly(1_000_000).within(5.0).in_mib(2048.0),
        At::adversarial(1_000),
        At::adversarial(10_000),
        At::adversarial(100_000).within(5.0).in_mib(3072.0),
        At::adversarial(1_000_000),
    ],
    files: Files::None,
    own,
    peers: &[Peer {
        name: "own walker on a sample, extrapolated",
        least: None,
        most: usize::MAX,
        how: How::Own(walked),
    }],
};

/// How many bytes it may take: the rest of the process has some already.
const BUDGET: u64 = 1 << 30;

fn own(given: Given<'_>) -> Measured {
    let network = network(given.estate.draft());
    let compiled = compile(&network);
    let before = resident();
    let options = Options {
        budget: BUDGET,
        keep: true,
    };
    let (mut seconds, pairs) = time(|| Pairs::compile(&network, &compiled, options));
    let predicted = pairs.predicted();
    let classes = pairs.classes().len();
    let mut says = format!(
        "{classes} classes, {} of ports; predicted {} MiB of ways, {} MiB of rows at most",
        pairs.ports().len(),
        predicted.ways >> 20,
        predicted.rows >> 20,
    );
    if predicted.keeps_rows {
        says += "; kept";
    } else if given.estate.interfaces <= 100_000 || predicted.keeps_ways {
        let mut rows = 0u64;
        let (more, ()) = time(|| {
            rows = 0;
            for port in 0..pairs.ports().len() {
                pairs.rows(port, |_| rows += 1);
            }
        });
        seconds += more;
        says += &format!("; over the budget: {rows} rows worked out, none kept");
    } else {
        let to = pairs.classes().representatives().next().map(|(c, _)| c);
        let (more, _) = time(|| pairs.row(to.unwrap(), 0));
        let one = crate::table::seconds(more);
        says += &format!("; over the budget: rows when asked for, {one} each");
    }
    let mut delivered = 0;
    for (a, b, port) in sample(given.estate) {
        let of = |number| pairs.classes().of(reachability::model::Id::new(number));
        let ports = pairs.ports().iter();
        let at = { ports }.position(|p| p.v4 && p.proto == 6 && p.has(port));
        let cell = pairs.cell(of(a), of(b), at.unwrap());
        delivered += usize::from(cell == Cell::All);
    }
    Measured {
        before,
        ..Measured::new(seconds, answer(delivered)).saying(says)
    }
}

/// Each pair of interfaces and port, one walk each.
fn walked(given: Given<'_>) -> Measured {
    let network = network(given.estate.draft());
    let compiled = compile(&network);
    let ip = |number| {
        let of = crate::worlds::estate::Seat::of(given.estate, number);
        bits(Ipv4Addr::from_bits(of.ip().to_bits()))
    };
    let questions = sample(given.estate).into_iter().map(|(a, b, port)| {
        let packet = Packet::new(ip(a), ip(b), 6, CLIENT, port);
        question(compiled.interfaces[a], packet)
    });
    let questions: Vec<_> = questions.collect();
    let mut walker = Walker::default();
    let (seconds, delivered) = time(|| {
        let home = questions.iter().filter(|question| {
            let walk = walker.walk(&compiled.fabric, question);
            walk.endings.iter().any(|e| e.end == End::Home)
        });
        home.count()
    });
    // Every pair, at a port of each class.
    let none = Options {
        budget: 0,
        keep: false,
    };
    let ports = Pairs::compile(&network, &compiled, none).ports().len();
    let all = (network.interfaces.len() as f64).powi(2) * ports as f64;
    Measured::new(seconds / questions.len() as f64 * all, answer(delivered))
}

fn sample(estate: &Estate) -> Vec<(usize, usize, u16)> {
    let pairs = Asked::ALL.into_iter();
    pairs
        .flat_map(|a| a.pairs(estate).into_iter().take(500))
        .collect()
}

fn answer(delivered: usize) -> String {
    format!("{delivered} of 1000 delivered")
}
