//! An endpoint is deleted. The routes to it go, and so do the names that private DNS has for it
//! (`/vpc/latest/privatelink/manage-gateway-endpoints.html`).

use super::Change;
use super::say::{self, Say};
use crate::model::{Down, Draft, EndpointKind, Id, Noun, Origin, Target, Vpc, VpcEndpoint};

/// Deletes an endpoint, of any kind. In a draft it keeps its place and its name, as every id does:
/// its interfaces' addresses answer nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteEndpoint {
    /// The endpoint.
    pub endpoint: Id<VpcEndpoint>,
}

impl Change for DeleteEndpoint {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let Some(endpoint) = draft.endpoints.get_mut(self.endpoint) else {
            return;
        };
        endpoint.private_dns = false;
        match &mut endpoint.kind {
            EndpointKind::Interface(_) => draft.down.push(Down {
                name: network.endpoints[self.endpoint].label(network),
                part: None,
                origin: Origin::Unknown,
            }),
            EndpointKind::Gateway(tables) => {
                tables.clear();
                self.without_routes(network, draft);
            }
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!("delete endpoint {}", say.label(self.endpoint))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [("vpc-endpoint-ids", Some(say.id(self.endpoint)))];
        vec![say::command("ec2 delete-vpc-endpoints", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let name = say.label(self.endpoint);
        format!("# remove the aws_vpc_endpoint {name}\n")
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.endpoints[self.endpoint].vpc.id()
    }
}

impl DeleteEndpoint {
    /// The draft's tables without the routes that lead to it. Names that the draft has not looked up
    /// mean what the same names of that table mean in the network.
    fn without_routes(&self, network: &Draft, draft: &mut Draft) {
        for (id, known) in network.tables.iter() {
            let own = known.routes.iter().filter_map(|route| match &route.target {
                Target::Endpoint(e) if e.id() == Some(self.endpoint) => Some(&e.text),
                _ => None,
            });
            let own: Vec<_> = own.collect();
            let leads = |target: &Target| match target {
                Target::Endpoint(e) => e.id() == Some(self.endpoint) || own.contains(&&e.text),
                _ => false,
            };
            if let Some(table) = draft.tables.get_mut(id) {
                table.routes.retain(|route| !leads(&route.target));
            }
        }
    }
}
