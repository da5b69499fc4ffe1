//! Private DNS of an interface endpoint
//! (`/vpc/latest/privatelink/manage-dns-names.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::inside;
use crate::model::{Draft, EndpointTarget, Id, Vpc, VpcEndpoint};

/// Lets the service's own name lead to an endpoint, for everybody in its VPC.
#[derive(Clone, Debug, PartialEq)]
pub struct EnablePrivateDns {
    /// The endpoint.
    pub endpoint: Id<VpcEndpoint>,
}

impl Change for EnablePrivateDns {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(endpoint) = draft.endpoints.get_mut(self.endpoint) {
            endpoint.private_dns = true;
            endpoint.inbound_only = false;
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!("enable private DNS of {}", say.label(self.endpoint))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let mut options = vec![
            ("vpc-endpoint-id", Some(say.id(self.endpoint))),
            ("private-dns-enabled", None),
        ];
        if self.is_s3(say.0) {
            let only = "PrivateDnsOnlyForInboundResolverEndpoint=false";
            options.push(("dns-options", Some(only.to_owned())));
        }
        vec![say::command("ec2 modify-vpc-endpoint", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let on = [("private_dns_enabled", "true".to_owned())];
        let mut out = inside("aws_vpc_endpoint", &say.label(self.endpoint), &on);
        if self.is_s3(say.0) {
            let only = "private_dns_only_for_inbound_resolver_endpoint";
            out.push_str(&format!("dns_options {{\n  {only} = false\n}}\n"));
        }
        out
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.endpoints[self.endpoint].vpc.id()
    }
}

impl EnablePrivateDns {
    fn is_s3(&self, draft: &Draft) -> bool {
        let target = &draft.endpoints[self.endpoint].target;
        matches!(target, EndpointTarget::Aws(_, service) if service == "s3")
    }
}
