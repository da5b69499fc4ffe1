//! Families of addresses: which answers of a name a source can use, and what a subnet's resolver
//! makes of names that have no IPv6 address (semantics S1).

use super::question::From;
use crate::aws::{DnsAnswer, DnsOutcome, Resolution, address_in_words, is_somebody, nat64};
use crate::model::{DhcpDns, Network};
use smol_str::format_smolstr;

/// Leaves out the answers of families that the source has no address of.
pub(super) fn usable(network: &Network, from: From, resolution: &mut Resolution) {
    let own = from.addresses(network);
    let (v4, v6) = (
        own.iter().any(|a| a.is_ipv4()),
        own.iter().any(|a| a.is_ipv6()),
    );
    let made = v6 && dns64(network, from);
    let name = &resolution.name;
    let left = |outcome: &mut DnsOutcome| {
        let DnsOutcome::Answered(all) = outcome else {
            return;
        };
        if all.is_empty() {
            return;
        }
        if !v4 && all.iter().all(|a| is_somebody(a.address)) {
            let why = format!("whether `{name}` has an IPv6 address: see `public_records`");
            *outcome = DnsOutcome::Unknown(why);
            return;
        }
        if made && all.iter().all(|a| a.address.is_v4()) {
            let mapped: Vec<DnsAnswer> = all.iter().map(synthesized).collect();
            all.extend(mapped);
        }
        all.retain(|a| if a.address.is_v4() { v4 } else { v6 });
        if all.is_empty() {
            let family = if v6 { "IPv6" } else { "IPv4" };
            *outcome = DnsOutcome::NoAnswer(format!("`{name}` has no {family} address"));
        }
    };
    left(&mut resolution.outcome);
    resolution.choices.iter_mut().for_each(left);
    let others = resolution.otherwise.iter_mut();
    others.for_each(|(outcome, _)| left(outcome));
}

/// Whether the subnet's resolver makes IPv6 addresses of those of IPv4: the VPC's own does, for
/// subnets that say so (`/vpc/latest/userguide/nat-gateway-nat64-dns64.html`).
fn dns64(network: &Network, from: From) -> bool {
    let (From::Interface(id) | From::Address(id, _)) = from else {
        return false;
    };
    let subnet = network.interfaces[id].subnet.id();
    let subnet = subnet.map(|s| &network.subnets[s]);
    subnet.is_some_and(|s| {
        let vpc = s.vpc.id().map(|v| &network.vpcs[v]);
        s.dns64 && vpc.is_some_and(|v| matches!(v.dhcp_dns, DhcpDns::Amazon))
    })
}

fn synthesized(answer: &DnsAnswer) -> DnsAnswer {
    let of = address_in_words(answer.address);
    DnsAnswer {
        address: nat64(answer.address),
        by: format_smolstr!("DNS64 of {of}, {}", answer.by),
        private: false,
        ..answer.clone()
    }
}
