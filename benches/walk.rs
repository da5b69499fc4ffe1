//! What one trace costs: out and back between two of 10,000 interfaces, destination by address,
//! evidence as row ids.
//!
//! `cargo bench --bench walk` prints the number of steps, then the times. The packet and the flow
//! reuse one walker, as a matrix does; `all over` asks between 1,000 pairs in turn, so that little
//! of the fabric is still in the caches; `alone` is a walk that starts with nothing.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

mod worlds;

use criterion::{Criterion, criterion_group, criterion_main};
use reachability::aws::{Compiled, compile};
use reachability::engine::{End, Question, Walker, walk};
use reachability::fabric::{Flow, Packet, Traffic};
use std::hint::black_box;
use worlds::{INTERFACES, network, one_vpc};

fn bench(c: &mut Criterion) {
    let network = network(one_vpc::draft());
    assert_eq!(network.interfaces.len(), INTERFACES);
    let compiled = compile(&network);
    let packet = |src, dst| Packet::new(src, dst, 6, 40_000, 443);
    let flow = |src, dst| Flow::new(src, dst, 6, (32_768, 60_999), 443);
    measure(
        c,
        "packet",
        &compiled,
        &one_vpc::all_over(&compiled, packet),
    );
    measure(c, "flow", &compiled, &one_vpc::all_over(&compiled, flow));
}

fn measure<T: Traffic>(
    c: &mut Criterion,
    what: &str,
    compiled: &Compiled,
    questions: &[Question<'_, T>],
) {
    let fabric = &compiled.fabric;
    let one = &questions[0];
    let mut walker = Walker::default();
    for question in questions {
        let out = walker.walk(fabric, question);
        assert_eq!(out.endings.len(), 1, "{what}");
        assert_eq!(out.endings[0].end, End::Home, "{what}");
    }
    let steps = walker.walk(fabric, one).steps.len();
    println!(
        "{what}: {steps} steps over {} rows in all",
        fabric.v4.rows.len()
    );
    c.bench_function(what, |b| {
        b.iter(|| walker.walk(fabric, black_box(one)).endings.len());
    });
    let mut turn = questions.iter().cycle();
    c.bench_function(&format!("{what} all over"), |b| {
        b.iter(|| {
            let question = turn.next().unwrap_or(one);
            walker.walk(fabric, black_box(question)).endings.len()
        });
    });
    c.bench_function(&format!("{what} alone"), |b| {
        b.iter(|| walk(fabric, black_box(one)));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
