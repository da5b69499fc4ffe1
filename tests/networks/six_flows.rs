//! What to ask of a network of both families, in IPv6.

use super::dualstack::WORLD6;
use super::{Flow, Genes, S3, Sender, WORLD};
use reachability::model::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Flows between addresses of IPv6, for a draft that [`super::dualstack`] has changed.
pub fn flows_of_six(draft: &Draft, genes: &mut Genes, count: usize) -> Vec<Flow> {
    let senders = senders(draft);
    let goals = goals(draft);
    let mut flows = Vec::new();
    if senders.is_empty() {
        return flows;
    }
    for _ in 0..count {
        let (sender, from) = genes.weigh(&senders);
        let sensible = |(_, ip): &(usize, Ipv6Addr)| match sender {
            Sender::Interface(_) | Sender::Client(..) => true,
            Sender::Site(_) => ip.segments()[..3] != [0x2001, 0xdb8, 0xaaaa] && !hosted(*ip),
            Sender::Internet(_) => {
                let [a, b, c, ..] = ip.segments();
                [a, b] == [0x2001, 0xdb8] && c < 8
            }
        };
        let all: Vec<_> = goals.iter().copied().filter(sensible).collect();
        if all.is_empty() {
            continue;
        }
        let to = genes.weigh(&all);
        let protocol = genes.weigh(&[(86, 6), (10, 17), (3, 58), (1, 47)]);
        // How a ping is translated between the families is not modelled.
        let protocol = if protocol == 58 && translated(to) {
            6
        } else {
            protocol
        };
        let ports = [
            (70, 443),
            (8, 8080),
            (10, 6443),
            (6, 53),
            (3, 22),
            (3, 40_000),
        ];
        let (port, client) = (genes.weigh(&ports), genes.below(64_512));
        let ported = protocol == 6 || protocol == 17;
        let client_port = 1024 + u16::try_from(client).unwrap();
        flows.push(Flow {
            sender,
            from,
            to: IpAddr::V6(to),
            protocol,
            client_port: if ported { client_port } else { 0 },
            port: if ported { port } else { 0 },
        });
    }
    flows
}

/// Whether a NAT gateway is asked to translate.
fn translated(ip: Ipv6Addr) -> bool {
    ip.segments()[..2] == [0x64, 0xff9b]
}

fn hosted(ip: Ipv6Addr) -> bool {
    ip.segments()[0] == 0xfd00
}

fn senders(draft: &Draft) -> Vec<(usize, (Sender, String))> {
    let mut all = Vec::new();
    for (id, interface) in draft.interfaces.iter() {
        let vpc = interface.subnet.text.split('/').next().unwrap();
        let name = match &interface.role {
            Role::Instance(r) => r.text.to_string(),
            Role::Plain => format!("{vpc}/{}", interface.name),
            _ => continue,
        };
        if !interface.ipv6.is_empty() {
            all.push((4, (Sender::Interface(id), name)));
        }
    }
    let inside = 4 * all.len().max(1);
    let world: Ipv6Addr = WORLD6.parse().unwrap();
    all.push((inside / 8, (Sender::Internet(world.into()), "host".into())));
    for (_, site) in draft.sites.iter() {
        let six = site.hosts.iter().find(|(_, ip)| ip.is_ipv6());
        if let Some((name, ip)) = six {
            let name = format!("{}/{name}", site.name);
            all.push((inside / 8, (Sender::Site(*ip), name)));
        }
    }
    all.retain(|(weight, _)| *weight > 0);
    all
}

fn goals(draft: &Draft) -> Vec<(usize, Ipv6Addr)> {
    let mut all = Vec::new();
    for (_, interface) in draft.interfaces.iter() {
        let weight = match &interface.role {
            Role::LoadBalancer(_) | Role::Endpoint(_) => 6,
            _ => 4,
        };
        all.extend(interface.ipv6.iter().map(|ip| (weight, *ip)));
        let prefixes = v6(&interface.prefixes);
        all.extend(prefixes.map(|p| (2, Ipv6Addr::from_bits(p.network().to_bits() + 5))));
        // Behind a NAT gateway, or beside it.
        all.extend(interface.ips.iter().take(1).map(|ip| (1, embedded(*ip))));
        let public = interface.public.iter();
        all.extend(public.map(|(_, ip)| (1, embedded(*ip))));
    }
    for (_, subnet) in draft.subnets.iter().take(2) {
        let first = subnet.ipv6.map(|net| net.network().to_bits());
        all.extend(first.map(|first| (1, Ipv6Addr::from_bits(first + 0xdead))));
    }
    let outside = [
        (14, WORLD6),
        (8, "2001:db8:5300::1"),
        (2, "2001:db8:7777::1"),
        (4, "2001:db8:aaaa::5"),
        (1, "fd00:ec2::253"),
        (1, "fe80::1"),
    ];
    all.extend(outside.map(|(weight, ip)| (weight, ip.parse().unwrap())));
    let s3 = super::v4(S3).network();
    all.push((10, embedded(WORLD.parse().unwrap())));
    all.push((6, embedded(s3)));
    all
}

/// What stands for an IPv4 address.
fn embedded(ip: Ipv4Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits((0x64_ff9b << 96) | u128::from(ip.to_bits()))
}
