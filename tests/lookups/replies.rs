//! What a memory restores at once is what it restores part by part.

use super::genes::Genes;
use reachability::fabric::{Flow, Packet, Rewrite, To, Traffic};

const SEEDS: u64 = 2_500;
/// So many replies read one seed's numbers before they run out.
const EACH: u64 = 40;

fn port(g: &mut Genes) -> u16 {
    g.pick(&[0, 80, 443, 0x0800, 1024, 2000, u16::MAX])
}

fn ports(g: &mut Genes) -> (u16, u16) {
    let (a, b) = (port(g), port(g));
    if g.chance(30) {
        (a, a)
    } else {
        (a.min(b), a.max(b))
    }
}

fn packet(g: &mut Genes) -> Packet {
    let (src, dst) = (g.pick(&[1, 2]), g.pick(&[1, 2]));
    Packet::new(src, dst, g.pick(&[6, 6, 17, 1]), port(g), port(g))
}

fn flow(g: &mut Genes) -> Flow {
    let Packet {
        src,
        dst,
        proto,
        dport,
        ..
    } = packet(g);
    let mut flow = Flow::new(src, dst, proto, ports(g), dport);
    if g.chance(20) {
        flow.dport = ports(g);
    }
    flow
}

fn rewrite(g: &mut Genes) -> Rewrite {
    let one = |g: &mut Genes| g.chance(40);
    Rewrite {
        src: one(g).then(|| g.pick(&[1, 3]).into()),
        dst: one(g).then(|| To::At(g.pick(&[2, 4]).into())),
        sport: one(g).then(|| ports(g)),
        dport: one(g).then(|| port(g)),
    }
}

/// Whether a memory of `before` answers all of a reply, of none and of some of it.
fn answers<T: Traffic + Copy + PartialEq + std::fmt::Debug>(
    g: &mut Genes,
    before: T,
    other: T,
) -> [bool; 3] {
    let to = if g.chance(50) {
        rewrite(g)
    } else {
        Rewrite::default()
    };
    let after = before.rewrite(&to, u16::try_from(g.below(9)).unwrap());
    let mut reply = if g.chance(70) { after.reply() } else { other };
    reply.set_mark(7);
    reply.set_session(8);
    let (hit, misses) = reply.recall(&after, &before, &to);
    let all = misses.is_empty();
    let restored = reply.restored(&after, &before, &to);
    assert_eq!(
        restored,
        hit.filter(|_| all),
        "{reply:?} to {before:?} changed by {to:?}"
    );
    [all, hit.is_none(), !all && hit.is_some()]
}

#[test]
fn a_whole_reply_is_restored_as_its_parts_are() {
    let mut met = [0; 6];
    let mut genes = Genes::seeded(0);
    for turn in 0..SEEDS * EACH {
        if turn % EACH == 0 {
            genes = Genes::seeded(turn / EACH);
        }
        let g = &mut genes;
        let (one, other) = (packet(g), packet(g));
        let packets = answers(g, one, other);
        let (one, mut other) = (flow(g), flow(g));
        if g.chance(50) {
            other = Flow {
                sport: ports(g),
                dport: ports(g),
                ..one.reply()
            };
        }
        let flows = answers(g, one, other);
        for (count, case) in met.iter_mut().zip(packets.into_iter().chain(flows)) {
            *count += usize::from(case);
        }
    }
    println!("packets and flows answered whole, not, in part: {met:?}");
    assert_eq!(met[2], 0, "a packet has no parts");
    assert!(met[0].min(met[1]).min(met[3]).min(met[4]).min(met[5]) >= 1_000);
}
