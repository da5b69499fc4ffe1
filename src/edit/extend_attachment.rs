//! What an attachment of a transit gateway has in its VPC: a subnet a zone, and IPv6
//! (`/vpc/latest/tgw/tgw-vpc-attachments.html`).

use super::say::{self, Say};
use super::terraform::{inside, quoted};
use super::{Change, known};
use crate::model::{Attached, Draft, Fact, Id, Subnet, TransitAttachment, Vpc};

/// Extends an attachment of a VPC.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtendAttachment {
    /// The attachment.
    pub attachment: Id<TransitAttachment>,
    /// By what.
    pub by: Extension,
}

/// What an attachment lacks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Extension {
    /// A subnet of a zone that it is not in.
    Subnet(Id<Subnet>),
    /// IPv6 support.
    Ipv6,
}

impl Change for ExtendAttachment {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let Some(attachment) = draft.attachments.get_mut(self.attachment) else {
            return;
        };
        match self.by {
            Extension::Ipv6 => attachment.ipv6 = Fact::Known(true),
            Extension::Subnet(subnet) => {
                if let Attached::Vpc(_, Fact::Known(subnets)) = &mut attachment.to {
                    subnets.push(known(network, subnet));
                }
            }
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let label = say.label(self.attachment);
        match self.by {
            Extension::Subnet(subnet) => {
                format!("add subnet {} to attachment {label}", say.label(subnet))
            }
            Extension::Ipv6 => format!("enable IPv6 support of attachment {label}"),
        }
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let option = match self.by {
            Extension::Subnet(subnet) => ("add-subnet-ids", Some(say.id(subnet))),
            Extension::Ipv6 => ("options", Some("Ipv6Support=enable".to_owned())),
        };
        let options = [
            (
                "transit-gateway-attachment-id",
                Some(say.id(self.attachment)),
            ),
            option,
        ];
        let name = "ec2 modify-transit-gateway-vpc-attachment";
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let value = match self.by {
            Extension::Subnet(subnet) => {
                let more = format!("[…, {}]", quoted(&say.id(subnet)));
                ("subnet_ids", more)
            }
            Extension::Ipv6 => ("ipv6_support", quoted("enable")),
        };
        let kind = "aws_ec2_transit_gateway_vpc_attachment";
        inside(kind, &say.label(self.attachment), &[value])
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.attachments[self.attachment].vpc()
    }
}
