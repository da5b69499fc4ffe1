//! Isolation proved, compiling included: by ports between VPCs, by what a transit gateway leads to.

use crate::measured::{Measured, time};
use crate::row::{At, Files, Given, How, Peer, Row};
use crate::worlds::estate::segment;
use crate::worlds::network;
use reachability::analysis::prove::{Outcome, prove};
use reachability::aws::compile;
use reachability::model::Network;
use reachability::property::{Claim, Property, To, Who};

const AT: &[At] = &[
    At::friendly(1_000),
    At::friendly(10_000).within(80e-3),
    At::friendly(100_000).within(0.8),
];

pub const PORTS: Row = Row {
    name: "proof-ports",
    what: "no port 8000-8442 between VPCs",
    at: AT,
    files: Files::Facts,
    own: |given| own(given, isolated_at_ports),
    peers: &[Peer {
        name: "z3",
        least: Some((300.0, 10_000)),
        most: 10_000,
        how: How::Python("solver.py", &["ports"], true),
    }],
};

pub const SEGMENTS: Row = Row {
    name: "proof-segments",
    what: "development never to production",
    at: AT,
    files: Files::Facts,
    own: |given| own(given, segments),
    peers: &[Peer {
        name: "z3",
        least: Some((300.0, 10_000)),
        most: 10_000,
        how: How::Python("solver.py", &["segments"], true),
    }],
};

fn own(given: Given<'_>, property: fn(&Network) -> Property) -> Measured {
    let network = network(given.estate.draft());
    let property = property(&network);
    let (seconds, outcome) = time(|| {
        let compiled = compile(&network);
        let proof = prove(&network, &compiled, &property).unwrap();
        match proof.outcome {
            Outcome::Holds => "holds",
            Outcome::Vacuous(_) => "holds vacuously",
            Outcome::Refuted(..) => "refuted",
            Outcome::Unknown(_) | Outcome::Limited => "unknown",
        }
    });
    Measured::new(seconds, outcome)
}

fn vpcs(network: &Network, of: impl Fn(usize) -> bool) -> Vec<Who> {
    let all = network.vpcs.iter().filter(|(id, _)| of(id.index()));
    all.map(|(_, vpc)| Who::Vpc(vpc.name.clone())).collect()
}

fn isolated_at_ports(network: &Network) -> Property {
    let groups = vpcs(network, |_| true);
    Property::new(Claim::Isolated(groups), vec![], vec![], vec![(8000, 8442)])
}

/// By private addresses: web servers of production have public ones too, for everybody.
fn segments(network: &Network) -> Property {
    let from = vpcs(network, |vpc| segment(vpc) == 2);
    let all = network.vpcs.iter();
    let to = all.filter(|(id, _)| segment(id.index()) == 1);
    let to = to.flat_map(|(_, vpc)| vpc.cidrs.iter().map(|c| To::Block((*c).into())));
    let to = to.collect();
    Property::new(Claim::NeverReachable, from, to, vec![])
}
