//! Loading: the text of a scenario of 10,000 interfaces to what is walked, with the peak of memory;
//! and a cold `trace` of a bundled scenario, as a process.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

mod worlds;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use reachability::aws::compile;
use reachability::model::build;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};
use worlds::{World, draft, network, world, written};

/// The most memory this process has had, in MB, where the system says.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// Once, before anything else uses memory: what was loaded, and what it took.
fn describe(text: &str) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = peak();
        let start = Instant::now();
        let World {
            network, compiled, ..
        } = world(text);
        let took = start.elapsed();
        println!(
            "{} lines, {:.1} MB of YAML: {} interfaces, {} groups; {} nodes, {} rows; first time {took:.0?}; peak {:.1} MB, {:.1} before",
            text.lines().count(),
            text.len() as f64 / 1e6,
            network.interfaces.len(),
            network.groups.len(),
            compiled.fabric.nodes.len(),
            compiled.fabric.v4.rows.len() + compiled.fabric.v6.rows.len(),
            peak().unwrap_or_default(),
            before.unwrap_or_default(),
        );
    });
}

fn load_and_compile(c: &mut Criterion) {
    let text = written::text(false);
    describe(&text);
    let mut group = c.benchmark_group("10,000 interfaces");
    group.sample_size(20);
    group.bench_function("load and compile", |b| b.iter(|| world(black_box(&text))));
    let draft = || draft(&text).0;
    group.bench_function("of it: parse and lower", |b| b.iter(draft));
    let network = network(draft());
    group.bench_function("of it: build", |b| {
        b.iter_batched(draft, build, BatchSize::PerIteration);
    });
    group.bench_function("of it: compile", |b| {
        b.iter(|| compile(black_box(&network)))
    });
    // A load balancer may hide who sent a packet, so that each rule that names a group also has a
    // row for each address of its members: what is worst for memory.
    let text = written::text(true);
    let World {
        network, compiled, ..
    } = world(&text);
    println!(
        "with load balancers: {} interfaces, {} rows; peak {:.1} MB of the whole process",
        network.interfaces.len(),
        compiled.fabric.v4.rows.len() + compiled.fabric.v6.rows.len(),
        peak().unwrap_or_default(),
    );
    group.bench_function("load and compile, with load balancers", |b| {
        b.iter(|| world(black_box(&text)));
    });
    group.finish();
}

fn cold_trace(c: &mut Criterion) {
    let run = || {
        let status = Command::new(env!("CARGO_BIN_EXE_reachability"))
            .args(["trace", "scenarios/privatelink-cross-account.yaml"])
            .args([
                "--from",
                "bookshop/checkout",
                "--to",
                "https://pay.example.net",
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    };
    c.bench_function("cold trace, as a process", |b| b.iter(run));
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(5));
    targets = load_and_compile, cold_trace
}
criterion_main!(benches);
