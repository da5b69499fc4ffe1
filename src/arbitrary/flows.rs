//! Questions about a network.

use crate::analysis::senders::{internet, on_premises, own};
use crate::analysis::services::services;
use crate::answer::{Ask, From};
use crate::model::{Network, Role};
use proptest::prelude::*;
use proptest::sample::select;

/// The ports that instances are called at.
const PORTS: [u16; 3] = [443, 22, 5432];

/// Anybody who may send in the network, or from outside, to what the network may want to call: its
/// services and the internet mostly, its instances now and then.
pub fn flows(network: &Network) -> impl Strategy<Value = Ask> + use<> {
    let mut senders: Vec<From> = own(network);
    senders.extend(on_premises(network));
    senders.extend(internet(network));
    let called = services(network);
    let (mut to_services, mut to_others) = (Vec::new(), Vec::new());
    for from in senders {
        to_services.extend(called.iter().map(|service| service.ask(from)));
        for (id, interface) in network.interfaces.iter() {
            if matches!(interface.role, Role::Instance(_)) && from != From::Interface(id) {
                let name = network.interface_name(id);
                let to = |port| Ask::new(from, format!("tcp://{name}:{port}"));
                to_others.extend(PORTS.map(to));
            }
        }
    }
    // There is always somebody on the internet to ask, and the internet to call.
    let rarely = u32::from(!to_others.is_empty());
    to_others.extend(to_services.first().cloned());
    prop_oneof![3 => select(to_services), rarely => select(to_others)]
}
