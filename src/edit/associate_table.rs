//! A gateway endpoint's routes in one more table (`/vpc/latest/privatelink/gateway-endpoints.html`).

use super::say::{self, Say};
use super::terraform::{quoted, resource};
use super::{Change, known};
use crate::model::{
    BgpPath, Destination, Draft, EndpointKind, Id, Origin, Ref, Route, RouteKind, RouteTable,
    Target, Vpc, VpcEndpoint, World,
};

/// Associates a route table with a gateway endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct AssociateTable {
    /// The endpoint.
    pub endpoint: Id<VpcEndpoint>,
    /// The table.
    pub table: Id<RouteTable>,
}

impl Change for AssociateTable {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let table = known(network, self.table);
        if let Some(endpoint) = draft.endpoints.get_mut(self.endpoint)
            && let EndpointKind::Gateway(tables) = &mut endpoint.kind
        {
            tables.push(table);
        }
        let lists = network.endpoints[self.endpoint].lists();
        routes(draft, &known(network, self.endpoint), lists, self.table);
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "associate route table {} with gateway endpoint {}",
            say.label(self.table),
            say.label(self.endpoint)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let options = [
            ("vpc-endpoint-id", Some(say.id(self.endpoint))),
            ("add-route-table-ids", Some(say.id(self.table))),
        ];
        vec![say::command("ec2 modify-vpc-endpoint", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let values = [
            ("vpc_endpoint_id", quoted(&say.id(self.endpoint))),
            ("route_table_id", quoted(&say.id(self.table))),
        ];
        let (one, other) = (say.label(self.endpoint), say.label(self.table));
        let kind = "aws_vpc_endpoint_route_table_association";
        resource(kind, &format!("{one} {other}"), &values)
    }

    fn place(&self, draft: &Draft) -> Option<Id<Vpc>> {
        draft.endpoints[self.endpoint].vpc.id()
    }
}

/// The rows that AWS writes into the table: in an import rows are listed, not implied.
pub(super) fn routes(
    draft: &mut Draft,
    target: &Ref<VpcEndpoint>,
    lists: Vec<(String, String)>,
    table: Id<RouteTable>,
) {
    if draft.world == World::Closed {
        return;
    }
    if let Some(table) = draft.tables.get_mut(table) {
        let rows = lists.into_iter().map(|(region, list)| Route {
            destination: Destination::AwsList(region, list),
            target: Target::Endpoint(target.clone()),
            kind: RouteKind::Static,
            bgp: BgpPath::default(),
            active: true,
            origin: Origin::Unknown,
        });
        table.routes.extend(rows);
    }
}
