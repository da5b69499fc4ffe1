//! The table that routes what comes from an attachment
//! (`/vpc/latest/tgw/associate-tgw-route-table.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, known};
use crate::model::{Association, Draft, Id, TransitAttachment, TransitTable, Vpc};

/// Associates an attachment of a transit gateway with a route table.
#[derive(Clone, Debug, PartialEq)]
pub struct AssociateAttachment {
    /// The attachment.
    pub attachment: Id<TransitAttachment>,
    /// The table.
    pub table: Id<TransitTable>,
}

impl Change for AssociateAttachment {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let table = Association::Table(known(network, self.table));
        if let Some(attachment) = draft.attachments.get_mut(self.attachment) {
            attachment.table = table;
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "associate attachment {} with route table {}",
            say.label(self.attachment),
            say.label(self.table)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("transit-gateway-route-table-id", Some(say.id(self.table))),
            (
                "transit-gateway-attachment-id",
                Some(say.id(self.attachment)),
            ),
        ];
        let name = "ec2 associate-transit-gateway-route-table";
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            (
                "transit_gateway_attachment_id",
                quoted(&say.id(self.attachment)),
            ),
            (
                "transit_gateway_route_table_id",
                quoted(&say.id(self.table)),
            ),
        ];
        let kind = "aws_ec2_transit_gateway_route_table_association";
        resource(kind, &say.label(self.attachment), &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.attachments[self.attachment].vpc()
    }
}
