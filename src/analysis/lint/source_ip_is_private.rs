//! Through an endpoint a request carries no `aws:SourceIp`: a statement about private addresses by that
//! key never fits, or, negated, always; `aws:VpcSourceIp` is the key of the client's private address
//! (`/IAM/latest/UserGuide/reference_policies_condition-keys.html`).

use super::Finding;
use crate::model::Network;
use ipnet::Ipv4Net;
use std::net::Ipv4Addr;

pub(super) fn find(network: &Network) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, policy) in network.policies.iter() {
        for statement in &policy.statements {
            let by_source = |key: &str| key.eq_ignore_ascii_case("aws:SourceIp");
            let mut own = statement.conditions.iter().filter(|c| by_source(&c.key));
            let Some((value, origin)) =
                own.find_map(|c| c.values.iter().find(|(v, _)| is_private(v)))
            else {
                continue;
            };
            out.push(Finding {
                at: policy.name.clone(),
                origin: origin.clone(),
                message: format!(
                    "statement {} compares `aws:SourceIp` with `{value}`, and no request carries a private address there",
                    statement.label
                ),
                help: "write `aws:VpcSourceIp`, which endpoints set to the client's private address"
                    .to_owned(),
            });
        }
    }
    out
}

/// Whether a value is a private address or block.
fn is_private(value: &str) -> bool {
    let block = value.parse::<Ipv4Net>().map(|net| net.network());
    block
        .or_else(|_| value.parse::<Ipv4Addr>())
        .is_ok_and(|ip| ip.is_private())
}
