//! Loading: the text of a scenario of 10,000 interfaces to what is walked, with the peak of memory;
//! and a cold `trace` of a bundled scenario, as a process.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark may fail loudly, and prints"
)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use reachability::aws::{Compiled, compile};
use reachability::model::{Network, build};
use reachability::scenario::load;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

const VPCS: usize = 5;
const SUBNETS: usize = 8;
const HOSTS: usize = 250;

/// Five VPCs of eight subnets, each with 250 instances that share 20 groups a VPC: written as a
/// person's generator would, names and addresses in full.
fn text(balanced: bool) -> String {
    let mut out = "name: Ten thousand interfaces\nregion: us-east-1\nvpcs:\n".to_owned();
    for vpc in 0..VPCS {
        let _ = writeln!(
            out,
            "  v{vpc}:\n    cidr: 10.{vpc}.0.0/16\n    internet_gateway: igw\n    subnets:"
        );
        for subnet in 0..SUBNETS {
            let zone = 1 + subnet % 3;
            let _ = writeln!(
                out,
                "      s{subnet}: {{ zone: use1-az{zone}, cidr: 10.{vpc}.{subnet}.0/24, route_table: t, network_acl: n }}"
            );
        }
        out.push_str("    route_tables:\n      t: { routes: { 0.0.0.0/0: igw } }\n    network_acls:\n      n:\n");
        for (side, peer) in [("ingress", "from"), ("egress", "to")] {
            let _ = writeln!(out, "        {side}:");
            for number in 1..10 {
                let _ = writeln!(
                    out,
                    "          {number}: {{ action: deny, protocol: tcp, port: {number}, {peer}: 192.0.2.0/24 }}"
                );
            }
            let _ = writeln!(out, "          100: {{ action: allow, {peer}: 0.0.0.0/0 }}");
        }
        out.push_str("    security_groups:\n");
        for group in 0..20 {
            let _ = writeln!(out, "      g{group}:\n        ingress:");
            for rule in 0..5 {
                let port = 8000 + rule;
                let _ = writeln!(
                    out,
                    "          - {{ protocol: tcp, port: {port}, from: [10.{vpc}.{rule}.0/24, g{rule}] }}"
                );
            }
        }
        if balanced {
            out.push_str("    load_balancers:\n      lb: { subnets: { s0: 10.0.0.254 }, listeners: [{ protocol: tcp, port: 443, forward: web }] }\n".replace("10.0.", &format!("10.{vpc}.")).as_str());
            out.push_str(
                "    target_groups:\n      web: { port: 443, targets: [{ instance: h0-0 }] }\n",
            );
        }
        out.push_str("    instances:\n");
        for subnet in 0..SUBNETS {
            for host in 0..HOSTS {
                let (a, b) = (host % 20, (host + subnet + 1) % 20);
                let last = host + 4;
                let _ = writeln!(
                    out,
                    "      h{subnet}-{host}: {{ subnet: s{subnet}, ip: 10.{vpc}.{subnet}.{last}, security_groups: [g{a}, g{b}], tags: {{ tier: app }} }}"
                );
            }
        }
    }
    out
}

fn loaded(text: &str) -> (Network, Compiled) {
    let loaded = load("it.yaml", text, &|_| Err("no base".into()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics.first()));
    let draft = scenario.cases.into_iter().next().unwrap().draft;
    let network = build(draft).network.unwrap();
    let compiled = compile(&network);
    (network, compiled)
}

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
        let (network, compiled) = loaded(text);
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
    let text = self::text(false);
    describe(&text);
    let mut group = c.benchmark_group("10,000 interfaces");
    group.sample_size(20);
    group.bench_function("load and compile", |b| b.iter(|| loaded(black_box(&text))));
    let draft = || {
        let loaded = load("it.yaml", &text, &|_| Err(String::new()));
        loaded.scenario.unwrap().cases.remove(0).draft
    };
    group.bench_function("of it: parse and lower", |b| b.iter(draft));
    let network = build(draft()).network.unwrap();
    group.bench_function("of it: build", |b| {
        b.iter_batched(draft, build, BatchSize::PerIteration);
    });
    group.bench_function("of it: compile", |b| {
        b.iter(|| compile(black_box(&network)))
    });
    // A load balancer may hide who sent a packet, so that each rule that names a group also has a
    // row for each address of its members: what is worst for memory.
    let text = self::text(true);
    let (network, compiled) = loaded(&text);
    println!(
        "with load balancers: {} interfaces, {} rows; peak {:.1} MB of the whole process",
        network.interfaces.len(),
        compiled.fabric.v4.rows.len() + compiled.fabric.v6.rows.len(),
        peak().unwrap_or_default(),
    );
    group.bench_function("load and compile, with load balancers", |b| {
        b.iter(|| loaded(black_box(&text)));
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
