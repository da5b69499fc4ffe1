//! Health checks: every node checks every target that it may use, from its own address
//! (`/elasticloadbalancing/latest/network/target-group-health-checks.html`).

use super::At;
use super::targets::Candidate;
use crate::aws::compile::Compiler;
use crate::aws::{HealthCheck, bits};
use crate::model::{Id, TargetGroup};

impl Compiler<'_> {
    /// The check of a target that passes it, as far as the input says.
    pub(super) fn checked(&mut self, row: u32, c: &Candidate<'_>, id: Id<TargetGroup>, at: At<'_>) {
        let network = self.network;
        let group = &network.target_groups[id];
        let own = network.interfaces[at.interface].ips.first();
        let own = own.map(|ip| bits(*ip));
        let Some(src) = own.filter(|ip| ip.is_v4() == c.address.is_v4()) else {
            return;
        };
        let traffic = c.target.port.unwrap_or(group.port);
        let check = HealthCheck {
            from: at.interface,
            group: id,
            src,
            dst: c.address,
            port: group.health_check.port.unwrap_or(traffic),
        };
        self.out.checks.push((row, check));
    }
}
