//! Health checks walked: health is an input, and what the network does to the checks may contradict
//! it (semantics 2.11).

use super::evidence::Reader;
use super::verdict::Obstacle;
use crate::aws::{Compiled, HEALTH_CHECK, HealthCheck};
use crate::engine::{End, Question, walk};
use crate::fabric::Flow;
use crate::model::Network;

const TCP: u8 = 6;

/// The ports that load balancers call from (`/vpc/latest/userguide/vpc-network-acls.html`).
const PORTS: (u16, u16) = (1024, 65535);

/// What stops a health check, if nothing of it can come home.
#[must_use]
pub fn check_blocked(
    network: &Network,
    compiled: &Compiled,
    check: &HealthCheck,
) -> Option<Obstacle> {
    let question = Question {
        from: compiled.node_of(check.from),
        entry: HEALTH_CHECK,
        traffic: Flow::new(check.src, check.dst, TCP, PORTS, check.port),
        accept: None,
        press_on: false,
        draw: 0,
    };
    let walked = walk(&compiled.fabric, &question);
    let mut stopped = None;
    for ending in &walked.endings {
        let End::Dropped(place, code, row) = ending.end else {
            return None;
        };
        let reader = Reader {
            network,
            compiled,
            name: None,
        };
        let part = super::wording::part(ending.leg);
        stopped.get_or_insert_with(|| reader.obstacle(place, code, row, part));
    }
    stopped.filter(|_| !walked.cut)
}
