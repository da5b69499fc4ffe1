//! Which switches decided an answer: each is set the other way, alone, and the question asked again.

use super::fold::answer;
use super::question::Ask;
use super::verdict::Answer;
use crate::aws::compile;
use crate::model::{Network, SWITCHES};

/// The switches that are decisive, as `name=position`.
#[must_use]
pub fn decisive(network: &Network, ask: &Ask, given: &Answer) -> Vec<String> {
    let mut all = Vec::new();
    for switch in SWITCHES.iter().filter(|s| concerns(network, s.name)) {
        let on = network.is_on(switch.name);
        let other = network.assuming(switch.name, !on);
        let asked = answer(&other, &compile(&other), ask);
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
    match switch {
        "nat-uses-gateway-endpoint" => !network.nat_gateways.is_empty(),
        "tgw-serves-whole-zone" => !network.attachments.is_empty(),
        "endpoint-dns-follows-target-health" | "nlb-group-reference-without-enforcement" => {
            !network.load_balancers.is_empty()
        }
        "profile-rule-beats-local-zone" => !network.profiles.is_empty(),
        "endpoint-zone-denies-names-below" | "gateway-endpoint-route-drops-transit" => {
            !network.endpoints.is_empty()
        }
        _ => true,
    }
}
