//! Peerings of transit gateways: one row, and an attachment at each gateway, with one id for both
//! where their Regions differ (`/vpc/latest/tgw/tgw-peering.html`,
//! `/AWSEC2/latest/APIReference/API_TransitGatewayPeeringAttachment.html`).

use super::dump::Dump;
use super::node::Node;
use crate::model::Draft;

/// The two attachments of a peering, each with its gateway and its id there.
#[derive(Clone)]
pub(super) struct Peers<'a> {
    pub(super) row: Node<'a>,
    pub(super) sides: [(&'a str, &'a str); 2],
}

impl Peers<'_> {
    /// What the attachment at a side is called: its id, and its gateway where the other has the same.
    pub(super) fn name(&self, side: usize) -> Option<String> {
        let (gateway, id) = self.sides.get(side)?;
        let shared = self.sides.iter().filter(|(_, other)| other == id).count() > 1;
        Some(match shared {
            true => format!("{gateway}/{id}"),
            false => (*id).to_owned(),
        })
    }

    /// What the attachment that a gateway knows by an id is called.
    pub(super) fn called(&self, gateway: &str, id: &str) -> Option<String> {
        let side = self.sides.iter().position(|side| *side == (gateway, id))?;
        self.name(side)
    }
}

/// Those whose two gateways are in the input: of others the far side is not known.
pub(super) fn read<'a>(dump: &Dump<'a>, draft: &Draft) -> Vec<Peers<'a>> {
    let known = |gateway: &str| {
        let mut all = draft.transit_gateways.iter();
        all.any(|(_, g)| g.name == gateway)
    };
    let mut out: Vec<Peers<'a>> = Vec::new();
    for row in dump.all("TransitGatewayPeeringAttachments") {
        let gone = ["deleted", "deleting", "failed", "rejected"];
        let ends = ["RequesterTgwInfo", "AccepterTgwInfo"].map(|k| row.get(k));
        let [Some(one), Some(other)] = ends else {
            continue;
        };
        let gateways = (one.text("TransitGatewayId"), other.text("TransitGatewayId"));
        let id = row
            .text("TransitGatewayAttachmentId")
            .filter(|_| !row.is("State", &gone));
        let ((Some(one), Some(other)), Some(id)) = (gateways, id) else {
            continue;
        };
        let far = row.text("AccepterTransitGatewayAttachmentId").unwrap_or(id);
        let sides = [(one, id), (other, far)];
        // Both Regions list it.
        let listed = out
            .iter()
            .any(|p| p.sides.iter().any(|s| sides.contains(s)));
        if one != other && known(one) && known(other) && !listed {
            out.push(Peers { row, sides });
        }
    }
    out
}
