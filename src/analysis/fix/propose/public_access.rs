//! VPC Block Public Access: an exclusion of the subnet that it stops.

use super::super::blocked::Blocked;
use crate::aws::BLOCKED_FOR;
use crate::edit::{Edit, ExcludeSubnet};
use crate::model::Exclusion;

/// Of just that subnet: for what it starts, or else for both directions.
pub(super) fn exclusion(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let network = blocked.network;
    let row = blocked.compiled.fabric.origin(blocked.row);
    let Some(name) = row.and_then(|(_, text)| text.strip_prefix(BLOCKED_FOR)) else {
        return Vec::new();
    };
    let stopped = network.subnets.iter();
    let stopped = stopped.filter(|(_, s)| s.name == name && s.leaves().is_some());
    let mut out = Vec::new();
    for (subnet, access) in stopped.filter_map(|(id, s)| Some((id, s.public_access.as_ref()?))) {
        for admits in [Exclusion::Egress, Exclusion::Bidirectional] {
            if access.exclusion != Some(admits) {
                let replaces = access.exclusion.is_some();
                let edit = ExcludeSubnet {
                    subnet,
                    admits,
                    replaces,
                };
                out.push(vec![edit.into()]);
            }
        }
    }
    out
}
