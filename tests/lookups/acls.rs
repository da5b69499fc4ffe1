//! The lowest number that matches decides; what no rule matches is denied
//! (`/vpc/latest/userguide/nacl-rules.html`).

use super::genes::Genes;
use super::world::world;
use super::{number, row};
use ipnet::{IpNet, Ipv4Net};
use reachability::aws::{FROM_HOST, compile};
use reachability::engine::{Question, Why, walk};
use reachability::fabric::{Packet, Stage};
use reachability::model::*;
use std::net::Ipv4Addr;

const ACLS: u64 = 300;
const LOOKUPS: usize = 40;
const ADDRESSES: [[u8; 4]; 5] = [
    [10, 0, 1, 40],
    [10, 0, 1, 41],
    [10, 1, 2, 3],
    [198, 51, 100, 7],
    [198, 51, 100, 8],
];
const PORTS: [u16; 8] = [0, 22, 443, 444, 1023, 1024, 8080, 65535];

fn rules(g: &mut Genes) -> Vec<AclRule> {
    let mut rules: Vec<AclRule> = Vec::new();
    for _ in 0..g.below(12) {
        let protocol = g.pick(&[None, Some(6), Some(6), Some(6), Some(17), Some(1), Some(47)]);
        let (a, b) = (g.pick(&PORTS), g.pick(&PORTS));
        let icmp = match protocol {
            Some(1) => g.pick(&[
                (None, None),
                (Some(8), None),
                (Some(8), Some(0)),
                (Some(3), Some(4)),
            ]),
            _ => (None, None),
        };
        let ports = match protocol {
            Some(6 | 17) => (a.min(b), a.max(b)),
            _ => (0, u16::MAX),
        };
        let length = g.pick(&[0, 8, 16, 24, 31, 32]);
        let number = 1 + u32::try_from(g.below(60)).unwrap();
        if rules.iter().all(|r| r.number != number) {
            rules.push(AclRule {
                number,
                allow: g.chance(60),
                service: Service {
                    protocol,
                    ports,
                    icmp,
                },
                peer: IpNet::V4(
                    Ipv4Net::new(g.pick(&ADDRESSES).into(), length)
                        .unwrap()
                        .trunc(),
                ),
                origin: row(number as usize),
            });
        }
    }
    rules
}

/// The second reading: the rule that decides.
fn scan(rules: &[AclRule], to: Ipv4Addr, proto: u8, port: u16) -> Option<&AclRule> {
    let matches = |r: &&AclRule| {
        let kind = (port >> 8, port & 0xff);
        let is = |want: Option<u8>, have: u16| want.is_none_or(|w| u16::from(w) == have);
        let ports = match (r.service.protocol, proto) {
            (None, _) | (_, 47) => true,
            (_, 1) => is(r.service.icmp.0, kind.0) && is(r.service.icmp.1, kind.1),
            _ => r.service.ports.0 <= port && port <= r.service.ports.1,
        };
        r.service.protocol.is_none_or(|p| p == proto)
            && ports
            && r.peer.contains(&std::net::IpAddr::V4(to))
    };
    rules.iter().filter(matches).min_by_key(|r| r.number)
}

#[test]
fn the_lowest_number_that_matches_decides() {
    let (mut allowed, mut denied, mut implied, mut shadowed) = (0, 0, 0, 0);
    for seed in 0..ACLS {
        let g = &mut Genes::seeded(seed);
        let mut world = world(&["10.0.0.0/16"]);
        let rules = rules(g);
        world.draft.acls.get_mut(world.acl).unwrap().egress = rules.clone();
        let network = build(world.draft).network.unwrap();
        let compiled = compile(&network);
        for _ in 0..LOOKUPS {
            let to = Ipv4Addr::from(g.pick(&ADDRESSES));
            let proto = g.pick(&[6, 6, 6, 17, 1, 47]);
            let port = match proto {
                1 => g.pick(&[0x0800, 0x0801, 0x0304, 0x0000]),
                47 => 0,
                _ => g.pick(&PORTS).wrapping_add(g.pick(&[0, 1, u16::MAX])),
            };
            let question = Question {
                from: compiled.node_of(world.from),
                entry: FROM_HOST,
                traffic: Packet::new(0x0a00_000a, to, proto, 40_000, port),
                accept: None,
                press_on: false,
                draw: 0,
            };
            let out = walk(&compiled.fabric, &question);
            let ending = &out.endings[0];
            let path = out.path(ending.last);
            let filter = |stage| matches!(stage, Some(Stage::Filter { what: "acl", .. }));
            let at = path
                .iter()
                .position(|s| filter(compiled.fabric.stage(s.at)));
            let at = at.unwrap_or_else(|| panic!("seed {seed}: no ACL met"));
            let cited = match path[at].why {
                Why::Rule(row) => number(compiled.fabric.origin(row).unwrap().0),
                Why::Otherwise => None,
                other => panic!("seed {seed}: {other:?}"),
            };
            let passed = path.len() > at + 1;
            let want = scan(&rules, to, proto, port);
            assert_eq!(
                (cited, passed),
                (
                    want.map(|r| r.number as usize),
                    want.is_some_and(|r| r.allow)
                ),
                "seed {seed}: {to} protocol {proto} port {port} by {rules:#?}"
            );
            match want {
                None => implied += 1,
                Some(r) if r.allow => allowed += 1,
                Some(_) => denied += 1,
            }
            let first = rules
                .iter()
                .find(|r| scan(std::slice::from_ref(*r), to, proto, port).is_some());
            shadowed += usize::from(first.map(|r| r.number) != want.map(|r| r.number));
        }
    }
    println!(
        "{allowed} allowed, {denied} denied, {implied} by no rule; {shadowed} not the first in the text"
    );
    assert!(allowed.min(denied).min(implied) >= 1_000 && shadowed >= 500);
}
