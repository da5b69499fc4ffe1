#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use super::{Answer, IPV4, IPV6, Syn, bytes, from_destination, from_way};
use crate::probe::Replied;
use proptest::prelude::*;

fn syns() -> [Syn; 2] {
    [
        ("10.0.0.9:40000", "52.95.1.80:443"),
        ("[fd00::9]:40000", "[2600::80]:443"),
    ]
    .map(|(from, to)| Syn {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        sequence: 0xfeed_0700,
        ttl: 7,
    })
}

/// The sum that a right checksum makes (RFC 1071).
fn sum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|p| p.chunks(2));
    let word = |w: &[u8]| u32::from(w[0]) << 8 | w.get(1).map_or(0, |b| u32::from(*b));
    let mut sum: u32 = words.map(word).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// An error of a router that quotes a packet, as a raw socket gives it.
fn quoting(quoted: &[u8], kind: u8, code: u8) -> Vec<u8> {
    let icmp = [&[kind, code, 0, 0, 0, 0, 0, 0], quoted].concat();
    match quoted[0] >> 4 {
        4 => [&[0x46, 0, 0, 0][..], &[0; 20], &icmp].concat(),
        _ => icmp,
    }
}

fn answer(what: Replied) -> Option<Answer> {
    Some(Answer {
        port: 40000,
        sequence: 0xfeed_0700,
        what,
    })
}

#[test]
fn a_syn_is_a_packet_that_others_take() {
    let [four, six] = syns();
    let packet = bytes(&four).unwrap();
    assert_eq!(packet[..4], [0x45, 0, 0, 44]);
    assert_eq!((packet[8], packet[9]), (7, 6));
    let pseudo = [0, 6, 0, 24];
    assert_eq!(sum(&[&packet[12..20], &pseudo, &packet[20..]]), 0xffff);
    assert_eq!(packet[20..28], [0x9c, 0x40, 1, 0xbb, 0xfe, 0xed, 7, 0]);
    assert_eq!(packet[32..34], [0x60, 0x02]);
    assert_eq!(packet[40..], [2, 4, 5, 160]);
    let packet = bytes(&six).unwrap();
    assert_eq!(packet[..8], [0x60, 0, 0, 0, 0, 24, 6, 7]);
    assert_eq!(sum(&[&packet[8..40], &pseudo, &packet[40..]]), 0xffff);
    let mixed = Syn { to: six.to, ..four };
    assert_eq!(bytes(&mixed), None);
}

#[test]
fn an_error_is_known_by_what_it_quotes() {
    for syn in syns() {
        let six = syn.from.is_ipv6();
        let (exceeded, unreachable) = if six { (3, 1) } else { (11, 3) };
        let packet = bytes(&syn).unwrap();
        let read = |quoted: &[u8], kind, code| {
            from_way(&quoting(quoted, kind, code), syn.from.ip(), syn.to)
        };
        assert_eq!(read(&packet, exceeded, 0), answer(Replied::TimeExceeded));
        let prohibited = answer(Replied::Unreachable(13));
        assert_eq!(read(&packet, unreachable, 13), prohibited);
        // Eight bytes of the segment are enough, and fewer are not.
        let header = if six { IPV6 } else { IPV4 };
        let shortest = &packet[..header + 8];
        assert_eq!(read(shortest, exceeded, 0), answer(Replied::TimeExceeded));
        assert_eq!(read(&packet[..header + 7], exceeded, 0), None);
        // Reassembly took too long; an echo; too big.
        assert_eq!(read(&packet, exceeded, 1), None);
        assert_eq!(read(&packet, 0, 0), None);
        assert_eq!(read(&packet, 2, 0), None);
        // Another's packet: each byte that makes it ours is looked at.
        let (protocol, from) = if six { (6, 8..24) } else { (9, 12..16) };
        let to = from.end..2 * from.end - from.start;
        let port = header + 2..header + 4;
        for place in [protocol..protocol + 1, from, to, port]
            .into_iter()
            .flatten()
        {
            let mut other = packet.clone();
            other[place] ^= 1;
            assert_eq!(read(&other, exceeded, 0), None, "{place}");
        }
    }
}

#[test]
fn the_destination_is_known_by_what_it_acknowledges() {
    for syn in syns() {
        let six = syn.to.is_ipv6();
        let packet = |flags: u8| {
            let mut segment = vec![0x01, 0xbb, 0x9c, 0x40, 0, 0, 0, 9];
            segment.extend([0xfe, 0xed, 7, 1, 0x50, flags, 0, 0, 0, 0, 0, 0]);
            let ip = if six {
                vec![]
            } else {
                [&[0x46][..], &[0; 23]].concat()
            };
            [ip, segment].concat()
        };
        let read = |flags| from_destination(&packet(flags), syn.to);
        assert_eq!(read(0x12), answer(Replied::SynAck));
        // With the bits of congestion control.
        assert_eq!(read(0x52), answer(Replied::SynAck));
        assert_eq!(read(0x14), answer(Replied::Reset));
        // SYN, ACK, RST alone; SYN and RST.
        for flags in [0x02, 0x10, 0x04, 0x16, 0x18] {
            assert_eq!(read(flags), None, "{flags}");
        }
        let mut other = packet(0x12);
        let port = if six { 1 } else { 25 };
        other[port] ^= 1;
        assert_eq!(from_destination(&other, syn.to), None);
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(
        noise in proptest::collection::vec(any::<u8>(), 0..120),
        begins in 0usize..4,
        cut in 0usize..100,
    ) {
        for syn in syns() {
            let packet = bytes(&syn).unwrap();
            let kinds = if syn.to.is_ipv6() { [3, 1] } else { [11, 3] };
            let mut made = match begins {
                0 => noise.clone(),
                1 => quoting(&packet, kinds[0], 0),
                2 => quoting(&packet, kinds[1], 0),
                _ => packet,
            };
            if begins > 0 {
                for (at, bits) in noise.iter().enumerate().filter(|(_, b)| **b < 32) {
                    if let Some(byte) = made.get_mut(at) {
                        *byte ^= bits;
                    }
                }
                made.truncate(cut);
            }
            let _ = from_way(&made, syn.from.ip(), syn.to);
            let _ = from_destination(&made, syn.to);
        }
    }
}
