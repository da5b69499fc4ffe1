//! DNS attributes of a VPC, of which private DNS needs both
//! (`/vpc/latest/userguide/AmazonDNS-concepts.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::inside;
use crate::model::{Draft, Fact, Id, Vpc};

/// Switches DNS support of a VPC on, and DNS host names if they are needed.
#[derive(Clone, Debug, PartialEq)]
pub struct EnableVpcDns {
    /// The VPC.
    pub vpc: Id<Vpc>,
    /// DNS support is off.
    pub support: bool,
    /// DNS host names are off, and needed.
    pub hostnames: bool,
}

impl Change for EnableVpcDns {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(vpc) = draft.vpcs.get_mut(self.vpc) {
            if self.support {
                vpc.dns_support = Fact::Known(true);
            }
            if self.hostnames {
                vpc.dns_hostnames = Fact::Known(true);
            }
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let what = match (self.support, self.hostnames) {
            (true, true) => "DNS support and DNS host names",
            (true, false) => "DNS support",
            _ => "DNS host names",
        };
        format!("enable {what} of VPC {}", say.label(self.vpc))
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let command = |switch| {
            let options = [("vpc-id", Some(say.id(self.vpc))), (switch, None)];
            say::command("ec2 modify-vpc-attribute", &options)
        };
        let support = self.support.then(|| command("enable-dns-support"));
        let hostnames = self.hostnames.then(|| command("enable-dns-hostnames"));
        support.into_iter().chain(hostnames).collect()
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let on = |switch| (switch, "true".to_owned());
        let support = self.support.then(|| on("enable_dns_support"));
        let hostnames = self.hostnames.then(|| on("enable_dns_hostnames"));
        let values: Vec<_> = support.into_iter().chain(hostnames).collect();
        inside("aws_vpc", &say.label(self.vpc), &values)
    }

    fn place(&self, _: &Draft) -> Option<Id<Vpc>> {
        Some(self.vpc)
    }
}
