//! Rules that name groups of VPCs behind a transit gateway: where the sender's identity passes.

use super::super::compile::Compiler;
use super::super::lack::Lack;
use crate::fabric::MarkOp;
use crate::model::{Fact, Id, Ref, TransitAttachment, Vpc};

/// Group references do not work here (`/vpc/latest/tgw/tgw-vpc-attachments.html`).
const WITHOUT_REFERENCES: &str = "use1-az3";

/// Whether rules of one VPC may name groups of another over a transit gateway.
pub(in crate::aws) enum References {
    /// They may, or no gateway joins the two.
    On,
    /// The gateway, an attachment or the zone does not let them through.
    Off,
    /// The input does not say.
    Unknown(Lack),
}

impl Compiler<'_> {
    /// Group references pass where gateway and attachment let them (off and on where nobody says).
    pub(super) fn mark_through(
        &self,
        attachment: &TransitAttachment,
        zone: Option<&str>,
    ) -> MarkOp {
        let gateway = attachment
            .gateway
            .id()
            .map(|g| &self.network.transit_gateways[g]);
        let on = |fact: &Fact<bool>| fact.known().copied().unwrap_or(false);
        let passes = gateway.is_some_and(|g| on(&g.group_references))
            && on(&attachment.group_references)
            && zone.is_some_and(|z| z != WITHOUT_REFERENCES);
        if passes { MarkOp::Keep } else { MarkOp::Clear }
    }

    /// Whether rules of one VPC may name the groups of another.
    pub(in crate::aws) fn references(&self, a: Option<Id<Vpc>>, b: Option<Id<Vpc>>) -> References {
        let network = self.network;
        let mut found = References::On;
        if a.is_none() || a == b {
            return found;
        }
        for (_, one) in network.attachments.iter().filter(|(_, x)| x.vpc() == a) {
            let mut others = network.attachments.iter();
            let other = others.find(|(_, x)| x.vpc() == b && x.gateway.to == one.gateway.to);
            let Some((_, other)) = other.filter(|_| b.is_some()) else {
                continue;
            };
            let gateway = one.gateway.id().map(|g| &network.transit_gateways[g]);
            let Some(gateway) = gateway else {
                return References::Unknown(self.lack(&one.gateway));
            };
            let facts = [
                &gateway.group_references,
                &one.group_references,
                &other.group_references,
            ];
            if facts.iter().any(|f| f.known() == Some(&false)) {
                found = References::Off;
                continue;
            }
            if let Some(Fact::Unseen(lack)) = facts.iter().find(|f| f.known().is_none()) {
                return References::Unknown(Lack::from(&network.unseen[*lack]));
            }
            let apart = [one, other].into_iter().any(|x| {
                let mut subnets = x.subnets().iter().filter_map(Ref::id);
                subnets.any(|s| network.subnets[s].zone == WITHOUT_REFERENCES)
            });
            if apart {
                found = References::Off;
            }
        }
        found
    }
}
