//! The second address of a VPC's block answers hosts of that VPC only: forwarding to it from another
//! VPC or from on-premises is not supported
//! (`/Route53/latest/DeveloperGuide/resolver-overview-DSN-queries-to-vpc.html`).

use super::Finding;
use crate::model::{Network, Origin, RuleKind, ServerHost};
use std::net::{IpAddr, Ipv4Addr};

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut say = |at: &str, to: &[IpAddr], origin: &Origin| {
        let Some((ip, vpc)) = to
            .iter()
            .find_map(|ip| Some((ip, resolver_of(network, *ip)?)))
        else {
            return;
        };
        out.push(Finding {
            at: at.to_owned(),
            origin: origin.clone(),
            message: format!(
                "queries go to `{ip}`, the resolver of VPC `{vpc}`, which answers its own hosts only"
            ),
            help: "make an inbound Resolver endpoint in the VPC, and forward to its addresses"
                .to_owned(),
        });
    };
    for (_, rule) in network.rules.iter() {
        if let RuleKind::Forward { to, .. } = &rule.kind {
            say(&rule.name, to, &rule.origin);
        }
    }
    for (_, server) in network.name_servers.iter() {
        let ServerHost::Site(site) = &server.host else {
            continue;
        };
        for forward in &server.forward {
            say(&site.text, &forward.to, &forward.origin);
        }
    }
    out
}

/// The VPC whose resolver has the address.
fn resolver_of(network: &Network, ip: IpAddr) -> Option<&str> {
    let IpAddr::V4(ip) = ip else { return None };
    let mut vpcs = network.vpcs.iter();
    let own = |first: Ipv4Addr| u32::from(first).checked_add(2) == Some(u32::from(ip));
    let found = vpcs.find(|(_, v)| v.cidrs.first().is_some_and(|c| own(c.network())));
    found.map(|(_, v)| v.name.as_str())
}
