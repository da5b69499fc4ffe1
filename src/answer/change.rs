//! What becomes of open connections when a network is edited: two answers to one question.
//!
//! A route to a gateway endpoint takes packets that went over a gateway to the service's public
//! address before. The service then sees them come from another address, and the open connection
//! they belong to is cut and does not resume (`/vpc/latest/privatelink/vpc-endpoints-s3.html`,
//! `/vpc/latest/privatelink/vpc-endpoints-ddb.html`).

use super::dial::TCP;
use super::verdict::{Alternative, Answer};
use crate::code::Code;

/// By which way packets reach the public address of a service.
#[derive(PartialEq)]
enum Way<'a> {
    Public,
    Endpoint(&'a str),
}

/// Whether a connection that was open before the edit may be cut by it. Without a gateway endpoint
/// in the later answer, or a public path that may have been one, there is nothing to compare.
#[must_use]
pub fn may_reset(after: &Answer) -> bool {
    after.target.proto == TCP && after.alternatives.iter().any(|a| way(a).is_some())
}

/// Notes what the edit between two answers to one question does to open connections.
pub fn since(before: &Answer, after: &mut Answer) {
    let cut = after.alternatives.iter().any(|now| {
        let mut was = before
            .alternatives
            .iter()
            .filter(|a| a.address == now.address);
        way(now).is_some_and(|new| was.any(|old| way(old).is_some_and(|old| old != new)))
    });
    if cut && after.target.proto == TCP {
        after.notes.push(Code::CONNECTIONS_RESET_BY_CHANGE.name());
    }
}

fn way(alternative: &Alternative) -> Option<Way<'_>> {
    if !alternative.delivered() {
        return None;
    }
    if alternative.mechanisms.contains(&"gateway-endpoint") {
        return alternative.arrived.as_deref().map(Way::Endpoint);
    }
    alternative.exposed.then_some(Way::Public)
}
