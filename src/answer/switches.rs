//! Which switches decided an answer: each is set the other way, alone, and the question asked again.

use super::fold::answer;
use super::question::Ask;
use super::verdict::Answer;
use crate::aws::{Compiled, compile};
use crate::model::{About, Id, Network, Ref, SWITCHES, Subnet, TransitAttachment};
use std::borrow::Cow;

/// The switches that are decisive, as `name=position`.
#[must_use]
pub fn decisive(network: &Network, compiled: &Compiled, ask: &Ask, given: &Answer) -> Vec<String> {
    let mut all = Vec::new();
    let about = SWITCHES.iter().filter(|s| s.about != About::Inputs);
    for switch in about.filter(|s| concerns(network, s.name)) {
        let on = network.is_on(switch.name);
        let other = network.assuming(switch.name, !on);
        let compiled = match switch.about {
            About::Names | About::Inputs => Cow::Borrowed(compiled),
            About::Paths => Cow::Owned(compile(&other)),
        };
        let asked = answer(&other, &compiled, ask);
        if asked.is_ok_and(|a| summary(&a) != summary(given)) {
            all.push(format!("{}={on}", switch.name));
        }
    }
    all
}

/// What of an answer a person would act on.
fn summary(answer: &Answer) -> impl PartialEq {
    let first = answer.obstacles.first();
    (
        answer.verdict,
        answer.mechanism.clone(),
        first.map(|o| (o.code, o.leg)),
    )
}

/// Whether the network has what a switch is about: without, it decides nothing, and need not be
/// tried.
fn concerns(network: &Network, switch: &str) -> bool {
    let mut routes = network.tables.iter().flat_map(|(_, t)| &t.routes);
    let mut gateway_endpoint = || routes.any(|r| network.is_gateway_endpoint(&r.target));
    let mut balancers = network.load_balancers.iter().map(|(_, lb)| lb);
    match switch {
        "nat-uses-gateway-endpoint" => !network.nat_gateways.is_empty() && gateway_endpoint(),
        "tgw-serves-whole-zone" => {
            let mut all = network.attachments.iter();
            all.any(|(_, attachment)| serves_others(network, attachment))
        }
        "appliance-mode-keeps-zone" => {
            let mut all = network.attachments.iter();
            all.any(|(_, attachment)| attachment.appliance_mode)
        }
        "gateway-endpoint-route-drops-transit" => {
            !network.attachments.is_empty() && gateway_endpoint()
        }
        "endpoint-dns-follows-target-health" => !network.load_balancers.is_empty(),
        "nlb-group-reference-without-enforcement" => balancers.any(|l| !l.enforce_on_private_link),
        "zonal-shift-without-cross-zone-is-dns-only" => balancers.any(|l| !l.zone_shift.is_empty()),
        "profile-rule-beats-local-zone" => !network.profiles.is_empty(),
        "endpoint-zone-denies-names-below" => !network.endpoints.is_empty(),
        _ => true,
    }
}

/// Whether an attachment has a subnet in the zone of another of its VPC, which is none of its own.
fn serves_others(network: &Network, attachment: &TransitAttachment) -> bool {
    let Some(vpc) = attachment.vpc() else {
        return false;
    };
    let own: Vec<Id<Subnet>> = attachment.subnets().iter().filter_map(Ref::id).collect();
    let served = |zone: &str| own.iter().any(|id| network.subnets[*id].zone == zone);
    let mut subnets = network.subnets.iter();
    subnets.any(|(id, s)| s.vpc.id() == Some(vpc) && !own.contains(&id) && served(&s.zone))
}
