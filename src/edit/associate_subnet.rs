//! The route table of a subnet (`/vpc/latest/userguide/WorkWithRouteTables.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, known};
use crate::model::{Draft, Id, RouteTable, Subnet, Vpc};

/// Associates a subnet with a route table.
#[derive(Clone, Debug, PartialEq)]
pub struct AssociateSubnet {
    /// The subnet.
    pub subnet: Id<Subnet>,
    /// The table.
    pub table: Id<RouteTable>,
    /// The subnet has an association of its own; else it follows the main table of its VPC.
    pub replaces: bool,
}

impl Change for AssociateSubnet {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        if let Some(subnet) = draft.subnets.get_mut(self.subnet) {
            subnet.table = known(network, self.table);
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "associate subnet {} with route table {}",
            say.label(self.subnet),
            say.label(self.table)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    /// An association of its own is replaced by its id. That of a main table must not be: it would
    /// change the table of every subnet that follows it
    /// (`/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html`).
    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let table = Some(say.id(self.table));
        if self.replaces {
            let own = say::placeholder("route table association of", &say.label(self.subnet));
            let options = [("association-id", Some(own)), ("route-table-id", table)];
            return vec![say::command(
                "ec2 replace-route-table-association",
                &options,
            )];
        }
        let options = [
            ("subnet-id", Some(say.id(self.subnet))),
            ("route-table-id", table),
        ];
        vec![say::command("ec2 associate-route-table", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("subnet_id", quoted(&say.id(self.subnet))),
            ("route_table_id", quoted(&say.id(self.table))),
        ];
        let name = say.label(self.subnet);
        let out = resource("aws_route_table_association", &name, &values);
        match self.replaces {
            true => format!("# instead of the association that is there\n{out}"),
            false => out,
        }
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.subnets[self.subnet].vpc.id()
    }
}
