//! A provider accepts a connection
//! (`/vpc/latest/privatelink/configure-endpoint-service.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, known, provider};
use crate::model::{
    Draft, EndpointService, EndpointState, Id, ServiceConnection, Vpc, VpcEndpoint,
};

/// Accepts the connection of an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptConnection {
    /// The service.
    pub service: Id<EndpointService>,
    /// The endpoint.
    pub endpoint: Id<VpcEndpoint>,
}

impl Change for AcceptConnection {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let own = network.services[self.service].connections.iter();
        let at = { own }.position(|c| c.endpoint.id() == Some(self.endpoint));
        if let Some(service) = draft.services.get_mut(self.service) {
            match at.and_then(|at| service.connections.get_mut(at)) {
                Some(connection) => connection.state = EndpointState::Available,
                None => service.connections.push(ServiceConnection {
                    endpoint: known(network, self.endpoint),
                    state: EndpointState::Available,
                    load_balancers: Vec::new(),
                }),
            }
        }
        // What is stated of the endpoint itself follows.
        if let Some(endpoint) = draft.endpoints.get_mut(self.endpoint)
            && endpoint.state.is_some()
        {
            endpoint.state = Some(EndpointState::Available);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "accept the connection of {} to service {}",
            say.label(self.endpoint),
            say.label(self.service)
        )
    }

    /// Whoever the endpoint's own groups let in reaches the listeners.
    fn opens(&self, _: Say<'_>) -> u128 {
        1
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("service-id", Some(say.id(self.service))),
            ("vpc-endpoint-ids", Some(say.id(self.endpoint))),
        ];
        vec![say::command(
            "ec2 accept-vpc-endpoint-connections",
            &options,
        )]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("vpc_endpoint_service_id", quoted(&say.id(self.service))),
            ("vpc_endpoint_id", quoted(&say.id(self.endpoint))),
        ];
        let name = say.label(self.endpoint);
        resource("aws_vpc_endpoint_connection_accepter", &name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        provider(draft, self.service)
    }
}
