//! An exclusion from VPC Block Public Access
//! (`/vpc/latest/userguide/security-vpc-bpa-exclusions.html`).

use super::Change;
use super::say::{self, Say};
use super::terraform::{quoted, resource};
use crate::model::{Draft, Exclusion, Id, Subnet, Vpc};

/// Excludes one subnet.
#[derive(Clone, Debug, PartialEq)]
pub struct ExcludeSubnet {
    /// The subnet.
    pub subnet: Id<Subnet>,
    /// What it admits.
    pub admits: Exclusion,
    /// An exclusion is there, and admits less.
    pub replaces: bool,
}

impl ExcludeSubnet {
    /// AWS's word for what it admits.
    fn mode(&self) -> &'static str {
        match self.admits {
            Exclusion::Egress => "allow-egress",
            Exclusion::Bidirectional => "allow-bidirectional",
        }
    }
}

impl Change for ExcludeSubnet {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        let subnet = draft.subnets.get_mut(self.subnet);
        if let Some(access) = subnet.and_then(|s| s.public_access.as_mut()) {
            access.exclusion = Some(self.admits);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let what = match self.admits {
            Exclusion::Egress => "whatever it starts",
            Exclusion::Bidirectional => "all that its filters admit, both ways",
        };
        let label = say.label(self.subnet);
        format!("exclude subnet {label} from the account's Block Public Access, for {what}")
    }

    /// Every port of every address of the subnet, if the internet may start connections.
    fn opens(&self, say: Say<'_>) -> u128 {
        match self.admits {
            Exclusion::Egress => 0,
            Exclusion::Bidirectional => {
                let blocks = say.0.subnets[self.subnet].blocks();
                let all = blocks.map(|block| say::addresses(&block).saturating_mul(1 << 16));
                all.fold(0, u128::saturating_add)
            }
        }
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let mode = ("internet-gateway-exclusion-mode", Some(self.mode().into()));
        let subnet = say.id(self.subnet);
        if self.replaces {
            let id = say::placeholder("exclusion of subnet", &say.label(self.subnet));
            let name = "ec2 modify-vpc-block-public-access-exclusion";
            return vec![say::command(name, &[("exclusion-id", Some(id)), mode])];
        }
        let name = "ec2 create-vpc-block-public-access-exclusion";
        vec![say::command(name, &[("subnet-id", Some(subnet)), mode])]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("subnet_id", quoted(&say.id(self.subnet))),
            ("internet_gateway_exclusion_mode", quoted(self.mode())),
        ];
        let kind = "aws_vpc_block_public_access_exclusion";
        let out = resource(kind, &say.label(self.subnet), &values);
        match self.replaces {
            true => format!("# instead of the exclusion that is there\n{out}"),
            false => out,
        }
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.subnets[self.subnet].vpc.id()
    }
}
