//! A route that is closer than the one that is meant
//! (`/vpc/latest/userguide/route-tables-priority.html`).

use super::Change;
use super::say::{self, Say};
use super::set_route::{destination_option, destination_words, same_destination};
use crate::model::{Destination, Draft, Id, RouteKind, RouteTable, Vpc};

/// Removes a written route, so that a wider one is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoveRoute {
    /// The table.
    pub table: Id<RouteTable>,
    /// What it is for.
    pub destination: Destination,
}

impl Change for RemoveRoute {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        if let Some(table) = draft.tables.get_mut(self.table) {
            table.routes.retain(|r| {
                r.kind != RouteKind::Static || !same_destination(&r.destination, &self.destination)
            });
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let what = destination_words(&self.destination);
        format!(
            "remove the route to {what} from {}, and with it whatever looked at its flows on that way",
            say.label(self.table)
        )
    }

    /// What the route led to is passed by: nothing says that it was no inspection.
    fn opens(&self, _: Say<'_>) -> u128 {
        match &self.destination {
            Destination::Cidr(net) => say::addresses(net).saturating_mul(1 << 16),
            Destination::List(_) | Destination::AwsList(..) => 1 << 32,
        }
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let (key, value) = destination_option(&self.destination, say);
        let options = [
            ("route-table-id", Some(say.id(self.table))),
            (key, Some(value)),
        ];
        vec![say::command("ec2 delete-route", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let what = destination_words(&self.destination);
        format!(
            "# remove the aws_route to {what} of {}\n",
            say.label(self.table)
        )
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.tables[self.table].vpc.id()
    }
}
