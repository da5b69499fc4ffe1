//! More permissive never blocks: a rule that allows more takes nothing away.

use crate::asked::{World, solve, worlds};
use crate::cases;
use crate::rows::{Row, Way};
use crate::seen::consults;
use reachability::answer::{Answer, Verdict};
use reachability::model::*;

const FLOWS: usize = 8_000;

/// Rules added to each network, one at a time.
const ADDED: usize = 6;

fn delivered(answer: &Answer) -> bool {
    matches!(answer.verdict, Verdict::Private | Verdict::Internet)
}

/// A rule's subject: everything, or something.
fn subject(world: &mut World) -> (Service, ipnet::IpNet) {
    let g = &mut world.genes;
    let tcp = Service {
        protocol: Some(6),
        ports: g.pick(&[(443, 443), (0, 65535), (1024, 65535)]),
        icmp: (None, None),
    };
    let block = g.pick(&[
        "0.0.0.0/0",
        "10.0.0.0/8",
        "10.0.1.0/24",
        "198.51.100.0/24",
        "::/0",
    ]);
    (g.pick(&[Service::ANY, tcp]), block.parse().unwrap())
}

/// The draft with one more allow, and the table it went to.
fn more_permissive(world: &mut World) -> (Draft, String) {
    let mut draft = world.draft.clone();
    let (service, peer) = subject(world);
    let ingress = world.genes.chance(50);
    let way = if ingress { Way::In } else { Way::Out };
    let origin = Origin::Unknown;
    let row = if world.genes.chance(50) {
        let id = Id::new(world.genes.below(draft.groups.len()));
        let group = draft.groups.get_mut(id).unwrap();
        let rules = if ingress {
            &mut group.ingress
        } else {
            &mut group.egress
        };
        let peer = Peer::Cidr(peer);
        rules.push(GroupRule {
            service,
            peer,
            origin,
        });
        Row::Group(id.index(), way, 0)
    } else {
        let id = Id::new(world.genes.below(draft.acls.len()));
        let acl = draft.acls.get_mut(id).unwrap();
        let rules = if ingress {
            &mut acl.ingress
        } else {
            &mut acl.egress
        };
        for rule in rules.iter_mut() {
            rule.number += 1;
        }
        rules.push(AclRule {
            number: 1,
            allow: true,
            service,
            peer,
            origin,
        });
        Row::Acl(id.index(), way, 0)
    };
    let table = row.table(&draft);
    (draft, table)
}

#[test]
fn an_allow_more_never_blocks() {
    let (mut compared, mut close, mut opened) = (0, 0, 0);
    for mut world in worlds(cases(FLOWS)) {
        let before: Vec<_> = world.asks.iter().map(|w| world.solved.answer(w)).collect();
        for _ in 0..ADDED {
            let (draft, table) = more_permissive(&mut world);
            let other = solve(draft).expect("one more allow is no fault");
            for (words, before) in world.asks.iter().zip(&before) {
                let after = other.answer(words);
                let what = format!("seed {}: {words:?} with one more of {table}", world.seed);
                match before.verdict {
                    Verdict::Private | Verdict::Internet => {
                        assert_eq!(after.verdict, before.verdict, "{what}");
                        assert_eq!(after.mechanism, before.mechanism, "{what}");
                    }
                    Verdict::Mixed | Verdict::Unknown => {
                        let worse = matches!(after.verdict, Verdict::Unreachable | Verdict::Denied);
                        assert!(!worse, "{what}: {:?}", after.verdict);
                    }
                    Verdict::Unreachable | Verdict::Denied => {
                        opened += usize::from(delivered(&after))
                    }
                }
                compared += 1;
                close += usize::from(delivered(before) && consults(before, &table));
            }
        }
    }
    println!(
        "{compared} comparisons; {close} delivered by the table that has one more, {opened} opened by it"
    );
    assert!(close * 100 >= compared * 4 && opened >= 30);
}
