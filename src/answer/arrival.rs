//! What is worth saying about who a path arrived at.

use super::evidence::{Reader, add};
use super::lookup::zone_of;
use super::verdict::{Alternative, Obstacle};
use crate::code::Code;
use crate::fabric::NodeId;
use crate::model::{EndpointTarget, Role};

impl Reader<'_> {
    /// The way out crosses a zone.
    pub(super) fn zones(&self, out: &mut Alternative) {
        let mut zones = out
            .steps
            .iter()
            .filter_map(|s| self.compiled.interface_of(s.place.node()))
            .filter_map(|id| zone_of(self.network, id));
        let first = zones.next();
        if zones.any(|z| Some(z) != first) {
            add(&mut out.notes, Code::AVAILABILITY_ZONE_CROSSED.name());
        }
    }

    /// The request for an AWS name arrived at an endpoint of another AWS service.
    pub(super) fn stranger(&self, node: NodeId) -> Option<Obstacle> {
        let name = self.name?.strip_suffix(".amazonaws.com")?;
        let id = self.compiled.interface_of(node)?;
        let Role::Endpoint(endpoint) = &self.network.interfaces[id].role else {
            return None;
        };
        let EndpointTarget::Aws(region, service) = &self.network.endpoints[endpoint.id()?].target
        else {
            return None;
        };
        let own = super::dial::public_name(service, region);
        let own = own.strip_suffix(".amazonaws.com").unwrap_or(&own);
        let labels: Vec<&str> = name.rsplit('.').take(2).collect();
        let [at, asked] = labels.as_slice() else {
            return None;
        };
        let foreign = ["vpce", "elb", "compute", "rds", "execute-api"].contains(asked)
            || name.split('.').any(|label| label == "vpce");
        let first = own.split('.').rev().nth(1).unwrap_or(own);
        let serves = name == own
            || name.ends_with(&format!(".{own}"))
            || (at == region && asked.starts_with(first));
        (!foreign && !serves).then(|| self.arrival(node, Code::ENDPOINT_DOES_NOT_SERVE))
    }
}
