//! Who may connect to an endpoint service
//! (`/vpc/latest/privatelink/configure-endpoint-service.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, provider};
use crate::model::{Draft, EndpointService, Id, Vpc, partition};

/// Adds an account to the allowed principals of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct AllowPrincipal {
    /// The service.
    pub service: Id<EndpointService>,
    /// The account.
    pub account: String,
}

impl Change for AllowPrincipal {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let arn = self.arn(network);
        if let Some(service) = draft.services.get_mut(self.service) {
            service.allowed_principals.push(arn);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "allow account {} to connect to service {}",
            self.account,
            say.label(self.service)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        1
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("service-id", Some(say.id(self.service))),
            ("add-allowed-principals", Some(self.arn(say.0))),
        ];
        let name = "ec2 modify-vpc-endpoint-service-permissions";
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("vpc_endpoint_service_id", quoted(&say.id(self.service))),
            ("principal_arn", quoted(&self.arn(say.0))),
        ];
        let name = format!("{} {}", say.label(self.service), self.account);
        resource("aws_vpc_endpoint_service_allowed_principal", &name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        provider(draft, self.service)
    }
}

impl AllowPrincipal {
    fn arn(&self, network: &Draft) -> String {
        let vpc = provider(network, self.service);
        let region = vpc.map_or(network.region.as_str(), |v| &network.vpcs[v].region);
        format!("arn:{}:iam::{}:root", partition(region), self.account)
    }
}
