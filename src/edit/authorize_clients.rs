//! An authorization rule of a Client VPN endpoint
//! (`/vpn/latest/clientvpn-admin/cvpn-working-rules.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::{quoted, resource};
use crate::model::{ClientVpn, Draft, Id, Vpc};
use ipnet::{IpNet, Ipv4Net};

/// Lets the clients of a Client VPN endpoint reach a block.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizeClients {
    /// The Client VPN endpoint.
    pub vpn: Id<ClientVpn>,
    /// The block.
    pub to: Ipv4Net,
}

impl Change for AuthorizeClients {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(vpn) = draft.client_vpns.get_mut(self.vpn) {
            vpn.authorize.push(self.to);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!("let clients of {} reach {}", say.label(self.vpn), self.to)
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        say::addresses(&IpNet::V4(self.to)) << 16
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("client-vpn-endpoint-id", Some(say.id(self.vpn))),
            ("target-network-cidr", Some(self.to.to_string())),
            ("authorize-all-groups", None),
        ];
        vec![say::command("ec2 authorize-client-vpn-ingress", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("client_vpn_endpoint_id", quoted(&say.id(self.vpn))),
            ("target_network_cidr", quoted(&self.to.to_string())),
            ("authorize_all_groups", "true".to_owned()),
        ];
        let name = format!("{} {}", say.label(self.vpn), self.to);
        resource("aws_ec2_client_vpn_authorization_rule", &name, &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.client_vpns[self.vpn].vpc.id()
    }
}
