//! One trace: out and back, pinned ports, by address, evidence as row ids.

use crate::measured::{Measured, time};
use crate::questions::{Asked, CLIENT};
use crate::row::{At, Files, Given, How, Peer, Row};
use crate::worlds::network;
use crate::worlds::one_vpc::question;
use reachability::aws::{bits, compile};
use reachability::engine::{End, Walker};
use reachability::fabric::Packet;
use std::net::Ipv4Addr;

const AT: &[At] = &[At::friendly(10_000).within(300e-9)];

pub const WITHIN: Row = Row {
    name: "trace",
    what: "one trace, in one VPC",
    at: AT,
    files: Files::Facts,
    own: |given| own(given, Asked::Within),
    peers: &[
        Peer {
            name: "plain-integer Python",
            least: Some((20.0, 10_000)),
            most: usize::MAX,
            how: How::Python("plain.py", &["within"], false),
        },
        Peer {
            name: "aws-vpc-analyzer",
            least: Some((1_000.0, 10_000)),
            most: usize::MAX,
            how: How::Python("analyzer.py", &["within"], true),
        },
    ],
};

pub const BETWEEN: Row = Row {
    name: "trace-transit",
    what: "one trace, transit gateway",
    at: &[At::friendly(10_000)],
    files: Files::Facts,
    own: |given| own(given, Asked::Between),
    peers: &[
        Peer {
            name: "plain-integer Python",
            least: None,
            most: usize::MAX,
            how: How::Python("plain.py", &["between"], false),
        },
        Peer {
            name: "aws-vpc-analyzer",
            least: None,
            most: usize::MAX,
            how: How::Python("analyzer.py", &["between"], true),
        },
    ],
};

/// Of those that are delivered, whose way is the whole way.
fn own(given: Given<'_>, asked: Asked) -> Measured {
    let network = network(given.estate.draft());
    let compiled = compile(&network);
    let nodes = asked.pairs(given.estate).into_iter();
    let nodes = nodes.map(|(a, _, _)| compiled.interfaces[a]);
    let ip = |ip| bits(Ipv4Addr::from_bits(ip));
    let addresses = asked.of(given.estate).into_iter();
    let questions = nodes.zip(addresses).map(|(from, (src, dst, port))| {
        question(from, Packet::new(ip(src), ip(dst), 6, CLIENT, port))
    });
    let mut questions: Vec<_> = questions.collect();
    let all = questions.len();
    let mut walker = Walker::default();
    questions.retain(|question| {
        let walk = walker.walk(&compiled.fabric, question);
        walk.endings.iter().any(|e| e.end == End::Home)
    });
    let mut steps = 0;
    let (seconds, endings) = time(|| {
        let mut endings = 0;
        steps = 0;
        for question in &questions {
            let walk = walker.walk(&compiled.fabric, question);
            endings += walk.endings.len();
            steps += walk.steps.len();
        }
        endings
    });
    let count = questions.len();
    assert_eq!(endings, count, "ways of the delivered");
    let each = seconds / count as f64;
    let steps = steps as f64 / count as f64;
    Measured::new(each, format!("{count} of {all} delivered"))
        .saying(format!("{steps:.1} steps each"))
}
