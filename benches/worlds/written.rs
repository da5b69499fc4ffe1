//! Five VPCs of eight subnets, as a generator of scenarios would write them.

use std::fmt::Write as _;

const VPCS: usize = 5;
const SUBNETS: usize = 8;
const HOSTS: usize = 250;

/// Five VPCs of eight subnets, each with 250 instances that share 20 groups a VPC: written as a
/// person's generator would, names and addresses in full.
pub fn text(balanced: bool) -> String {
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
