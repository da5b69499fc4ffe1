//! A route of a transit gateway (`/vpc/latest/tgw/tgw-route-tables.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, known};
use crate::model::{
    Destination, Draft, Id, Origin, TransitAttachment, TransitRoute, TransitTable, Vpc,
};
use ipnet::IpNet;

/// Adds a route to a transit gateway's table, or points the one that is there elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct AddTransitRoute {
    /// The table.
    pub table: Id<TransitTable>,
    /// What it is for.
    pub destination: IpNet,
    /// Where it leads.
    pub attachment: Id<TransitAttachment>,
    /// The table has a written route for exactly that.
    pub replaces: bool,
}

impl Change for AddTransitRoute {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let route = TransitRoute {
            destination: Destination::Cidr(self.destination),
            to: vec![known(network, self.attachment)],
            fixed: true,
            active: true,
            origin: Origin::Unknown,
        };
        let Some(table) = draft.transit_tables.get_mut(self.table) else {
            return;
        };
        let same = |r: &&mut TransitRoute| r.fixed && r.destination == route.destination;
        match table.routes.iter_mut().find(same) {
            Some(old) => *old = route,
            None => table.routes.push(route),
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let verb = if self.replaces { "point" } else { "route" };
        format!(
            "{verb} {} to attachment {} in {}",
            self.destination,
            say.label(self.attachment),
            say.label(self.table)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("destination-cidr-block", Some(self.destination.to_string())),
            ("transit-gateway-route-table-id", Some(say.id(self.table))),
            (
                "transit-gateway-attachment-id",
                Some(say.id(self.attachment)),
            ),
        ];
        let name = match self.replaces {
            true => "ec2 replace-transit-gateway-route",
            false => "ec2 create-transit-gateway-route",
        };
        vec![say::command(name, &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let table = quoted(&say.id(self.table));
        let values = [
            (
                "destination_cidr_block",
                quoted(&self.destination.to_string()),
            ),
            ("transit_gateway_route_table_id", table),
            (
                "transit_gateway_attachment_id",
                quoted(&say.id(self.attachment)),
            ),
        ];
        let name = format!("{} to {}", say.label(self.table), self.destination);
        let out = resource("aws_ec2_transit_gateway_route", &name, &values);
        match self.replaces {
            true => format!("# instead of the route that is there\n{out}"),
            false => out,
        }
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.attachments[self.attachment].vpc()
    }
}
