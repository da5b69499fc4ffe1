//! All pairs at one port, both legs: one bit for every two interfaces.

#[path = "../../peers/datalog.rs"]
mod datalog;

use crate::measured::{Measured, time};
use crate::row::{At, Files, Given, How, Peer, Row};
use crate::worlds::network;
use reachability::analysis::pairs::{Cell, Options, Pairs};
use reachability::aws::compile;

const PORT: u16 = 443;

pub const ROW: Row = Row {
    name: "pairs",
    what: "all pairs, one port, as bits",
    at: &[At::friendly(10_000).within(60e-3)],
    files: Files::Facts,
    own,
    peers: &[Peer {
        name: "Ascent 0.8, Datalog",
        least: Some((30.0, 10_000)),
        most: 10_000,
        how: How::Own(|given| datalog::measure(given, PORT)),
    }],
};

fn own(given: Given<'_>) -> Measured {
    let network = network(given.estate.draft());
    let compiled = compile(&network);
    let rows = Options {
        keep: false,
        ..Options::default()
    };
    let (seconds, (bits, classes)) = time(|| {
        let pairs = Pairs::compile(&network, &compiled, rows);
        (
            matrix(&pairs, network.interfaces.len()),
            pairs.classes().len(),
        )
    });
    let ones: u64 = bits.iter().map(|word| u64::from(word.count_ones())).sum();
    Measured::new(seconds, format!("{ones} pairs")).saying(format!(
        "{classes} classes, {:.1} MB of bits",
        bits.len() as f64 * 8.0 / 1e6
    ))
}

/// The whole matrix, a row for every destination.
fn matrix(pairs: &Pairs<'_>, interfaces: usize) -> Vec<u64> {
    let words = interfaces.div_ceil(64);
    let mut all = vec![0; words * interfaces];
    let mut line = vec![0; words];
    let of = pairs.ports().iter();
    let port = of.clone().position(|p| p.v4 && p.proto == 6 && p.has(PORT));
    let classes = pairs.classes();
    pairs.rows(port.unwrap(), |row| {
        line.fill(0);
        for (from, cell) in row.found() {
            assert_ne!(cell, Cell::Open, "rows decide everything");
            if cell == Cell::All {
                for id in classes.members(from) {
                    line[id.index() / 64] |= 1 << (id.index() % 64);
                }
            }
        }
        for id in classes.members(row.to()) {
            let at = id.index() * words;
            all[at..at + words].copy_from_slice(&line);
            // Nobody asks itself.
            all[at + id.index() / 64] &= !(1 << (id.index() % 64));
        }
    });
    all
}
