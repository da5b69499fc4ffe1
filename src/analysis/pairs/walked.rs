//! Cells that rows do not decide: one interface of each class, and the walker.

use super::ports::has_ports;
use super::{Cell, PortClass};
use crate::answer::From;
use crate::aws::{Compiled, FROM_HOST};
use crate::engine::{End, Question, Walker};
use crate::fabric::{Address, Flow, NodeId};
use crate::model::{Id, Interface, Network, Role};

/// The nodes at which traffic to an interface is expected, sorted: its own, but for those that pass
/// on what they get.
pub(super) fn accepted(network: &Network, compiled: &Compiled, to: Id<Interface>) -> Vec<NodeId> {
    let own = || vec![compiled.node_of(to)];
    match &network.interfaces[to].role {
        Role::Endpoint(endpoint) => match endpoint.id() {
            Some(endpoint) => compiled.arrivals_of_endpoint(network, endpoint),
            None => own(),
        },
        Role::LoadBalancer(balancer) => match balancer.id() {
            Some(balancer) => compiled.arrivals_of_load_balancer(network, balancer),
            None => own(),
        },
        Role::Instance(_)
        | Role::Plain
        | Role::Other(_)
        | Role::Nat(_)
        | Role::Resolver(_)
        | Role::ClientVpn(_) => own(),
    }
}

/// The flow that stands for a cell.
#[must_use]
pub fn flow(
    network: &Network,
    from: Id<Interface>,
    to: Id<Interface>,
    port: &PortClass,
) -> Option<Flow> {
    let of = |id: Id<Interface>| -> Option<Address> {
        let own = &network.interfaces[id];
        match port.v4 {
            true => own.ips.first().map(|ip| (*ip).into()),
            false => own.ipv6.first().map(|ip| (*ip).into()),
        }
    };
    let client = match has_ports(port.proto) {
        true => From::Interface(from).client_ports(network),
        false => (0, 0),
    };
    Some(Flow::new(
        of(from)?,
        of(to)?,
        port.proto,
        client,
        port.port(),
    ))
}

/// What becomes of a flow to an interface, both legs, every alternative (semantics S1 to S3).
pub(super) fn walked(
    network: &Network,
    compiled: &Compiled,
    walker: &mut Walker<Flow>,
    (from, to): (Id<Interface>, Id<Interface>),
    flow: Flow,
) -> Cell {
    let accept = accepted(network, compiled, to);
    let walk = walker.walk(
        &compiled.fabric,
        &Question {
            from: compiled.node_of(from),
            entry: FROM_HOST,
            traffic: flow,
            accept: Some(&accept),
            press_on: false,
            draw: 0,
        },
    );
    if walk.cut || walk.endings.is_empty() {
        return Cell::Unknown;
    }
    let (mut reached, mut lost, mut unknown, mut forked) = (false, false, false, false);
    for ending in &walk.endings {
        forked |= ending.forked;
        match ending.end {
            End::Home if ending.maybe => unknown = true,
            End::Home => reached = true,
            End::Opaque(..) => unknown = true,
            End::Dropped(..) | End::Misdelivered(_) => lost = true,
        }
    }
    let several = [reached, lost, unknown].iter().filter(|is| **is).count() > 1;
    match (reached, lost, unknown) {
        // Possibilities that share no class.
        _ if forked && several => Cell::Unknown,
        (true, true, _) => Cell::Some,
        (_, _, true) => Cell::Unknown,
        (true, false, false) => Cell::All,
        (false, _, false) => Cell::None,
    }
}
