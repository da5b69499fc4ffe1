//! DNS64: a subnet's resolver makes AAAA answers for hosts of IPv4
//! (`/vpc/latest/userguide/nat-gateway-nat64-dns64.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::inside;
use crate::model::{Draft, Id, Subnet, Vpc};

/// Switches DNS64 of a subnet on.
#[derive(Clone, Debug, PartialEq)]
pub struct EnableDns64 {
    /// The subnet.
    pub subnet: Id<Subnet>,
}

impl Change for EnableDns64 {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(subnet) = draft.subnets.get_mut(self.subnet) {
            subnet.dns64 = true;
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!("enable DNS64 of subnet {}", say.label(self.subnet))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("subnet-id", Some(say.id(self.subnet))),
            ("enable-dns64", None),
        ];
        vec![say::command("ec2 modify-subnet-attribute", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let on = [("enable_dns64", "true".to_owned())];
        inside("aws_subnet", &say.label(self.subnet), &on)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.subnets[self.subnet].vpc.id()
    }
}
