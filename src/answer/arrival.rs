//! What is worth saying about who a path arrived at.

use super::dial::ANY;
use super::evidence::{Reader, add};
use super::lookup::zone_of;
use super::verdict::{Alternative, Obstacle, Step, Verdict};
use crate::code::Code;
use crate::engine::Leg;
use crate::fabric::NodeId;
use crate::model::{EndpointKind, EndpointTarget, catalog};

impl Reader<'_> {
    /// Whether the way out crosses a zone.
    pub(super) fn zones(&self, out: &mut Alternative, way_out: &[Step]) {
        let mut zones = nodes(way_out)
            .filter_map(|node| self.compiled.interface_of(node))
            .filter_map(|id| zone_of(self.network, id));
        let first = zones.next();
        if zones.any(|z| Some(z) != first) {
            add(&mut out.notes, Code::AVAILABILITY_ZONE_CROSSED.name());
        }
    }

    /// The way out leads to another Region: of the VPC of a later interface, of the service that an
    /// endpoint leads to, of the public edge that it arrived at.
    pub(super) fn regions(&self, out: &mut Alternative) {
        let network = self.network;
        let back = out.steps.iter().position(|s| s.leg != Leg::Out);
        let way_out = out.steps.get(..back.unwrap_or(out.steps.len()));
        let regions = nodes(way_out.unwrap_or_default()).flat_map(|node| {
            let interface = self.compiled.interface_of(node);
            let vpc = interface.and_then(|i| network.vpc_of(i));
            let endpoint = self.compiled.endpoint_of(node);
            let edge = self.compiled.edge_of(node);
            [
                vpc.map(|v| network.vpcs[v].region.as_str()),
                endpoint.and_then(|e| network.endpoints[e].across(network)),
                edge.map(|(region, _)| region),
            ]
        });
        let mut regions = regions.flatten();
        let first = regions.next();
        if regions.any(|region| Some(region) != first) {
            add(&mut out.notes, Code::REGION_CROSSED.name());
        }
    }

    /// Whether the request is served by the endpoint it arrived at: not if its name belongs to
    /// another service, nor if it is for an API that the endpoint does not lead to.
    pub(super) fn refused(&self, node: NodeId) -> Option<(Verdict, Obstacle)> {
        let name = self.name?;
        let endpoint = &self.network.endpoints[self.compiled.endpoint_of(node)?];
        let (EndpointTarget::Aws(region, service), EndpointKind::Interface(_)) =
            (&endpoint.target, &endpoint.kind)
        else {
            return None;
        };
        let denied = || {
            let obstacle = self.arrival(node, Code::ENDPOINT_DOES_NOT_SERVE);
            Some((Verdict::Denied, obstacle))
        };
        match catalog::owner_of(name) {
            None if foreign(name, region, service) => denied(),
            None => None,
            Some(_) if !catalog::interface_serves(service, region, name) => denied(),
            Some(_) if service == "execute-api" => self.api(node, name),
            Some(_) => None,
        }
    }

    /// An endpoint for APIs leads to private APIs only, although its private DNS takes the names of
    /// all (`/apigateway/latest/developerguide/apigateway-private-apis.html`).
    fn api(&self, node: NodeId, name: &str) -> Option<(Verdict, Obstacle)> {
        let id = name.split('.').next()?;
        let own = self.network.apis.iter().find(|a| a.id == id);
        match own {
            _ if id == ANY => None,
            Some(api) if api.private => None,
            Some(api) => {
                let obstacle = Obstacle {
                    by: format!("{id}, a public API"),
                    origin: api.origin.clone(),
                    ..self.arrival(node, Code::ENDPOINT_DOES_NOT_SERVE)
                };
                Some((Verdict::Denied, obstacle))
            }
            None => {
                let obstacle = Obstacle {
                    by: format!("API {id}: whether it is private is not in the input, see `apis`"),
                    ..self.arrival(node, Code::UNKNOWN_RESOURCE)
                };
                Some((Verdict::Unknown, obstacle))
            }
        }
    }
}

/// The nodes that steps are of, each once where several are of it in a row.
fn nodes(steps: &[Step]) -> impl Iterator<Item = NodeId> {
    let runs = steps.chunk_by(|a, b| a.at.node() == b.at.node());
    runs.filter_map(|run| Some(run.first()?.at.node()))
}

/// Whether a name of AWS that no service we know has is another service's, by its look.
fn foreign(name: &str, region: &str, service: &str) -> bool {
    let bare = |name: &str| {
        let name = name.strip_suffix(".cn").unwrap_or(name);
        name.strip_suffix(".amazonaws.com").map(str::to_owned)
    };
    let Some(name) = bare(name) else {
        return false;
    };
    let own = super::dial::public_name(service, region);
    let own = bare(&own).unwrap_or(own);
    let labels: Vec<&str> = name.rsplit('.').take(2).collect();
    let [at, asked] = labels.as_slice() else {
        return false;
    };
    // A load balancer's name ends in the Region or in `elb`, by its kind.
    let of_others = ["vpce", "elb", "compute", "rds", "execute-api"].contains(asked)
        || *at == "elb"
        || name.split('.').any(|label| label == "vpce");
    let first = own.split('.').rev().nth(1).unwrap_or(&own);
    let serves = *at == region && asked.starts_with(first);
    !of_others && !serves
}
