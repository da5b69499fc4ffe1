//! Names: the VPC's own resolver.

use super::super::blocked::Blocked;
use crate::edit::{Edit, EnableDns64, EnableVpcDns};

/// DNS support of the VPC that asks, or DNS64 of a subnet without IPv4, if it is off.
pub(super) fn answered(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let Some((vpc, subnet)) = blocked.home() else {
        return Vec::new();
    };
    let own = &blocked.network.vpcs[vpc];
    let support = own.dns_support.known() == Some(&false);
    let hostnames = own.dns_hostnames.known() == Some(&false);
    let edit = |support, hostnames| {
        let edit = EnableVpcDns {
            vpc,
            support,
            hostnames,
        };
        vec![edit.into()]
    };
    let mut out = Vec::new();
    if support {
        out.push(edit(true, false));
    }
    if hostnames {
        out.push(edit(support, true));
    }
    let own = subnet.map(|id| (id, &blocked.network.subnets[id]));
    if let Some((subnet, _)) = own.filter(|(_, s)| s.cidr.is_none() && !s.dns64) {
        out.push(vec![EnableDns64 { subnet }.into()]);
    }
    out
}
