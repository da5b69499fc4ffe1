//! What one whole answer costs: a name resolved, every way walked, the verdict folded; then the
//! same with its text. 40 VPCs with 10,000 interfaces; every consumer reaches the provider's load
//! balancer by an endpoint of its own, whose private DNS answers `orders.example.com`.
//!
//! `cargo bench --bench answer` prints what there is to walk, then the times. `one way` has one zone
//! and one target; `every way` has two zones, and two targets behind each of their addresses.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

mod worlds;

use criterion::{Criterion, criterion_group, criterion_main};
use reachability::answer::{Answer, Ask, Asker, Verdict, Wording, source};
use reachability::report;
use std::hint::black_box;
use worlds::{INTERFACES, World, private_link, world};

fn ask(world: &World) -> Ask {
    Ask::new(
        source(&world.network, "c20/app100").unwrap(),
        "https://orders.example.com",
    )
}

fn answered(asker: &mut Asker<'_>, ask: &Ask) -> Answer {
    asker.answer(ask).unwrap()
}

fn bench(c: &mut Criterion) {
    for (what, zones, ways) in [("one way", 1, 1), ("every way", 2, 4)] {
        let world = world(&private_link::text(zones));
        assert_eq!(world.network.interfaces.len(), INTERFACES);
        let ask = ask(&world);
        let mut asker = Asker::new(&world.network, &world.compiled);
        let found = answered(&mut asker, &ask);
        assert_eq!(found.verdict, Verdict::Private, "{what}: {found:#?}");
        assert_eq!(found.alternatives.len(), ways, "{what}");
        let steps: usize = found.alternatives.iter().map(|a| a.steps.len()).sum();
        println!("{what}: {steps} steps in {ways} alternatives, {INTERFACES} interfaces");
        c.bench_function(what, |b| b.iter(|| answered(&mut asker, black_box(&ask))));
        c.bench_function(&format!("{what}, with text"), |b| {
            b.iter(|| {
                let answer = answered(&mut asker, black_box(&ask));
                let words = Wording::new(&world.network, &world.compiled);
                report::text(&world.files, words, &answer, None, false)
            });
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
