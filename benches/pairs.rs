//! What all pairs of interfaces cost: classes, ways between places, rows of bits.
//!
//! `cargo bench --bench pairs` measures 10,000 interfaces; `REACHABILITY_SIZES=100000,1000000` asks
//! for estates of other sizes, each timed once, friendly and adversarial.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

mod worlds;

use criterion::{Criterion, criterion_group, criterion_main};
use reachability::analysis::classes::Classes;
use reachability::analysis::pairs::{Options, Pairs, Tally};
use reachability::aws::compile;
use std::time::Instant;
use worlds::estate::Estate;
use worlds::network;

const ROWS: Options = Options {
    budget: 1 << 30,
    keep: false,
};

fn bench(c: &mut Criterion) {
    let sizes = std::env::var("REACHABILITY_SIZES").unwrap_or_default();
    for size in sizes.split(',').filter_map(|n| n.parse().ok()) {
        once("friendly", Estate::friendly(size));
        once("adversarial", Estate::adversarial(size));
    }
    let network = network(Estate::friendly(10_000).draft());
    let compiled = compile(&network);
    c.bench_function("classes of 10,000", |b| {
        b.iter(|| Classes::new(&network, &compiled).len());
    });
    c.bench_function("all pairs of 10,000, one port", |b| {
        b.iter(|| {
            let pairs = Pairs::compile(&network, &compiled, ROWS);
            let mut rows = 0;
            pairs.rows(0, |_| rows += 1);
            rows
        });
    });
    c.bench_function("all pairs of 10,000, all ports", |b| {
        b.iter(|| Pairs::compile(&network, &compiled, Options::default()).predicted());
    });
}

fn once(what: &str, estate: Estate) {
    let size = estate.interfaces;
    let network = network(estate.draft());
    let start = Instant::now();
    let compiled = compile(&network);
    println!("{what} {size}: fabric {:?}", start.elapsed());
    let start = Instant::now();
    let classes = Classes::new(&network, &compiled);
    println!("  {} classes {:?}", classes.len(), start.elapsed());
    let start = Instant::now();
    let pairs = Pairs::compile(&network, &compiled, ROWS);
    println!(
        "  {} port classes, ways {:?}, {:?}",
        pairs.ports().len(),
        start.elapsed(),
        pairs.predicted()
    );
    let start = Instant::now();
    let (mut tally, mut last) = (Tally::default(), None);
    pairs.rows(0, |row| {
        last = Some(row.tally(None));
        tally += last.unwrap();
    });
    println!(
        "  rows of one port, and their tally {:?}: {tally:?}",
        start.elapsed()
    );
    drop(pairs);
    let start = Instant::now();
    let pairs = Pairs::compile(&network, &compiled, Options::default());
    println!(
        "  everything {:?}, {:?}",
        start.elapsed(),
        pairs.predicted()
    );
}

criterion_group!(benches, bench);
criterion_main!(benches);
