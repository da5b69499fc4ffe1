//! What one whole answer costs: a name resolved, every way walked, the verdict folded; then the
//! same with its text. 40 VPCs with 10,000 interfaces; every consumer reaches the provider's load
//! balancer by an endpoint of its own, whose private DNS answers `orders.example.com`.
//!
//! `cargo bench --bench answer` prints what there is to walk, then the times. `one way` has one zone
//! and one target; `every way` has two zones, and two targets behind each of their addresses.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at a mistake, and talks to whoever runs it"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use reachability::answer::{Answer, Ask, Verdict, answer, source};
use reachability::aws::{Compiled, compile};
use reachability::model::{Files, Network, build};
use reachability::{report, scenario};
use std::fmt::Write;
use std::hint::black_box;

const CONSUMERS: usize = 39;
const INTERFACES: usize = 10_000;

/// What is asked of, and where its text came from.
struct World {
    files: Files,
    network: Network,
    compiled: Compiled,
}

/// A subnet of each zone, and the address there: `{ sa: 10.3.8.200 }`.
fn places(front: &str, first: usize, letters: &[&str]) -> String {
    let numbered = letters.iter().enumerate();
    let each = numbered.map(|(n, l)| format!("s{l}: {front}.{}.200", n + first));
    format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
}

/// The scenario's text; with two zones the load balancer crosses them.
fn text(zones: usize) -> String {
    let mut out = String::from("name: many\nregion: us-east-1\nvpcs:\n");
    let letters = &["a", "b"][..zones];
    // Two targets, the load balancer's interfaces and those of every endpoint are interfaces too.
    let hosts = INTERFACES - zones - zones - CONSUMERS * zones;
    for consumer in 0..CONSUMERS {
        let hosts = hosts / CONSUMERS + usize::from(consumer < hosts % CONSUMERS);
        let mut line = |text: &str| writeln!(out, "{text}").unwrap();
        line(&format!("  c{consumer}:"));
        line("    account: '111111111111'");
        line(&format!("    cidr: 10.{consumer}.0.0/16"));
        line("    dns: { hostnames: true }");
        line("    subnets:");
        for (number, letter) in letters.iter().enumerate() {
            line(&format!(
                "      s{letter}: {{ zone: use1-az{}, cidr: 10.{consumer}.{}.0/24 }}",
                number + 1,
                number + 8
            ));
        }
        line(&format!(
            "      app: {{ zone: use1-az1, cidr: 10.{consumer}.0.0/21 }}"
        ));
        line("    security_groups:");
        line("      app: {}");
        line("      endpoint: { ingress: [{ protocol: tcp, port: 443, from: app }] }");
        let places = places(&format!("10.{consumer}"), 8, letters);
        line(&format!(
            "    endpoints: {{ orders: {{ service: 'service:orders', subnets: {places}, security_groups: endpoint, private_dns: true }} }}"
        ));
        line("    instances:");
        for host in 0..hosts {
            line(&format!(
                "      app{host}: {{ subnet: app, ip: 10.{consumer}.{}.{}, security_groups: app }}",
                host / 250,
                host % 250 + 4
            ));
        }
    }
    out.push_str(
        "  provider:\n    account: '222222222222'\n    cidr: 10.200.0.0/16\n    subnets:\n",
    );
    for (number, letter) in letters.iter().enumerate() {
        let zone = number + 1;
        writeln!(
            out,
            "      s{letter}: {{ zone: use1-az{zone}, cidr: 10.200.{zone}.0/24 }}"
        )
        .unwrap();
    }
    out.push_str("    security_groups:\n      web: { ingress: [{ protocol: tcp, port: 8443, from: 10.200.0.0/16 }] }\n    instances:\n");
    for (number, letter) in letters.iter().enumerate() {
        let zone = number + 1;
        writeln!(
            out,
            "      web{letter}: {{ subnet: s{letter}, ip: 10.200.{zone}.30, security_groups: web }}"
        )
        .unwrap();
    }
    let places = places("10.200", 1, letters);
    let targets: Vec<String> = letters
        .iter()
        .map(|l| format!("{{ instance: web{l}, health: healthy }}"))
        .collect();
    let connections: Vec<String> = (0..CONSUMERS)
        .map(|c| format!("c{c}/orders: accepted"))
        .collect();
    write!(
        out,
        "    load_balancers: {{ nlb: {{ subnets: {places}, cross_zone: {}, listeners: [{{ protocol: tcp, port: 443, forward: web }}] }} }}
    target_groups: {{ web: {{ protocol: tcp, port: 8443, preserve_client_ip: false, targets: [{}] }} }}
endpoint_services:
  orders:
    load_balancers: provider/nlb
    allowed_principals: 'arn:aws:iam::111111111111:root'
    connections: {{ {} }}
    private_dns_name: {{ name: orders.example.com, verified: true }}
",
        zones > 1,
        targets.join(", "),
        connections.join(", ")
    )
    .unwrap();
    out
}

fn world(zones: usize) -> World {
    let loaded = scenario::load("many.yaml", &text(zones), &|_| Err(String::new()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics.first()));
    let case = scenario.cases.into_iter().next().unwrap();
    let built = build(case.draft);
    let network = built
        .network
        .unwrap_or_else(|| panic!("{:#?}", built.diagnostics.first()));
    assert_eq!(network.interfaces.len(), INTERFACES);
    World {
        compiled: compile(&network),
        files: loaded.files,
        network,
    }
}

fn ask(world: &World) -> Ask {
    Ask {
        from: source(&world.network, "c20/app100").unwrap(),
        to: "https://orders.example.com".to_owned(),
        protocol: None,
        port: None,
        client_ports: None,
    }
}

fn answered(world: &World, ask: &Ask) -> Answer {
    answer(&world.network, &world.compiled, ask).unwrap()
}

fn bench(c: &mut Criterion) {
    for (what, zones, ways) in [("one way", 1, 1), ("every way", 2, 4)] {
        let world = world(zones);
        let ask = ask(&world);
        let found = answered(&world, &ask);
        assert_eq!(found.verdict, Verdict::Private, "{what}: {found:#?}");
        assert_eq!(found.alternatives.len(), ways, "{what}");
        let steps: usize = found.alternatives.iter().map(|a| a.steps.len()).sum();
        println!("{what}: {steps} steps in {ways} alternatives, {INTERFACES} interfaces");
        c.bench_function(what, |b| b.iter(|| answered(&world, black_box(&ask))));
        c.bench_function(&format!("{what}, with text"), |b| {
            b.iter(|| {
                let answer = answered(&world, black_box(&ask));
                report::text(&world.files, &answer, None, false)
            });
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
