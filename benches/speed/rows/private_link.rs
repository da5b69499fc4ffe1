//! One trace through PrivateLink: endpoint, network load balancer, target, and back.

use crate::measured::{Measured, time};
use crate::questions::CLIENT;
use crate::row::{At, Files, Given, Row};
use crate::worlds::one_vpc::question;
use crate::worlds::{INTERFACES, private_link, world};
use reachability::aws::bits;
use reachability::engine::{End, Walker};
use reachability::fabric::Packet;
use reachability::model::{Id, Interface, Role};
use std::net::Ipv4Addr;

pub const ROW: Row = Row {
    name: "private-link",
    what: "one trace, PrivateLink and NLB",
    at: &[At::friendly(INTERFACES).within(1.5e-6)],
    files: Files::None,
    own,
    peers: &[],
};

/// Of clients all over 39 VPCs, each to its own VPC's endpoint; the size is what it is.
fn own(_: Given<'_>) -> Measured {
    let world = world(&private_link::text(1));
    let (network, fabric) = (&world.network, &world.compiled.fabric);
    let all = network.interfaces.iter();
    let endpoints = all.filter(|(_, i)| matches!(i.role, Role::Endpoint(_)));
    let endpoints: Vec<(Id<Interface>, Ipv4Addr)> =
        endpoints.map(|(id, i)| (id, i.ips[0])).collect();
    let clients = network.interfaces.iter().step_by(7);
    let questions = clients.filter_map(|(id, client)| {
        let vpc = network.vpc_of(id);
        let own = endpoints.iter().find(|(e, _)| network.vpc_of(*e) == vpc);
        let (_, endpoint) = own.filter(|(e, _)| *e != id)?;
        let packet = Packet::new(bits(client.ips[0]), bits(*endpoint), 6, CLIENT, 443);
        Some(question(world.compiled.node_of(id), packet))
    });
    let questions: Vec<_> = questions.collect();
    let mut walker = Walker::default();
    let mut steps = 0;
    let (seconds, home) = time(|| {
        let mut home = 0;
        steps = 0;
        for question in &questions {
            let walk = walker.walk(fabric, question);
            home += usize::from(walk.endings.iter().all(|e| e.end == End::Home));
            steps += walk.steps.len();
        }
        home
    });
    let count = questions.len();
    assert_eq!(home, count, "everybody is answered");
    let steps = steps as f64 / count as f64;
    Measured::new(seconds / count as f64, format!("{home} delivered"))
        .saying(format!("{steps:.1} steps each"))
}
