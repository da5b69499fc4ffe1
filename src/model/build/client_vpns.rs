//! Client VPN endpoints: their clients' addresses, and the subnets they stand in.

use super::addresses::overlap;
use super::endpoints::{twice, zones};
use super::noun::Noun;
use super::report::Report;
use crate::model::{ClientVpn, Draft};
use ipnet::IpNet;

pub(super) fn check(draft: &Draft, report: &mut Report) {
    for (_, endpoint) in draft.client_vpns.iter() {
        clients(draft, endpoint, report);
        one_subnet_a_zone(draft, endpoint, report);
    }
}

/// Clients have a /12 to a /22 that overlaps no block of the VPC
/// (`/vpn/latest/clientvpn-admin/what-is-best-practices.html`).
fn clients(draft: &Draft, endpoint: &ClientVpn, report: &mut Report) {
    let (at, block) = (endpoint.label(draft), endpoint.clients);
    let mut refuse = |code, message: String| report.error(code, &at, &endpoint.origin, message);
    let length = block.prefix_len();
    if !(12..=22).contains(&length) {
        let message = format!("the clients' `{block}` is a /{length}, AWS allows /12 to /22");
        refuse("client-block-size", message);
    }
    let Some(vpc) = endpoint.vpc.id().map(|v| &draft.vpcs[v]) else {
        return;
    };
    if let Some(own) = vpc.blocks().find(|b| overlap(b, &IpNet::V4(block))) {
        let message = format!(
            "the clients' `{block}` overlaps `{own}` of VPC `{}`",
            vpc.name
        );
        refuse("client-block-overlap", message);
    }
}

/// One subnet a zone (`/vpn/latest/clientvpn-admin/cvpn-working-target.html`).
fn one_subnet_a_zone(draft: &Draft, endpoint: &ClientVpn, report: &mut Report) {
    if let Some(zone) = zones(draft, &endpoint.interfaces).and_then(|z| twice(&z)) {
        let message = format!("`{}` has two subnets in zone `{zone}`", endpoint.name);
        let (code, at) = ("client-vpn-two-subnets-one-zone", endpoint.label(draft));
        report.error(code, at, &endpoint.origin, message);
    }
}
