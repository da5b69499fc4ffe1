//! 40 VPCs; every consumer reaches the provider's load balancer by an endpoint of its own, whose
//! private DNS answers `orders.example.com`.

use super::INTERFACES;
use std::fmt::Write;

const CONSUMERS: usize = 39;

/// A subnet of each zone, and the address there: `{ sa: 10.3.8.200 }`.
fn places(front: &str, first: usize, letters: &[&str]) -> String {
    let numbered = letters.iter().enumerate();
    let each = numbered.map(|(n, l)| format!("s{l}: {front}.{}.200", n + first));
    format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
}

/// The scenario's text; with two zones the load balancer crosses them.
pub fn text(zones: usize) -> String {
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
