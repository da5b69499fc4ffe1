//! A gateway endpoint (`/vpc/latest/privatelink/gateway-endpoints.html`).

use super::associate_table::routes;
use super::say::{self, Say};
use super::terraform::{list, quoted, resource};
use super::{Change, known, unused};
use crate::model::{
    DnsType, Draft, EndpointKind, EndpointTarget, Id, IpType, Meaning, Origin, Ref, RouteTable,
    Vpc, VpcEndpoint,
};

/// Creates a gateway endpoint on one route table.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateGatewayEndpoint {
    /// In which VPC.
    pub vpc: Id<Vpc>,
    /// To which service, by its short name.
    pub service: String,
    /// On which table.
    pub table: Id<RouteTable>,
    /// Of which families.
    pub ip_type: IpType,
}

impl Change for CreateGatewayEndpoint {
    fn apply(&self, network: &Draft, draft: &mut Draft) {
        let table = known(network, self.table);
        let made = VpcEndpoint {
            name: unused(network, self.vpc, &self.service),
            id: None,
            vpc: known(network, self.vpc),
            target: EndpointTarget::Aws(
                network.vpcs[self.vpc].region.clone(),
                self.service.clone(),
            ),
            kind: EndpointKind::Gateway(vec![table]),
            ip_type: self.ip_type,
            dns_type: DnsType::ServiceDefined,
            private_dns: false,
            inbound_only: false,
            state: None,
            dns_names: Vec::new(),
            service_region: None,
            existing: false,
            policy: None,
            origin: Origin::Unknown,
        };
        let (lists, text) = (made.lists(), made.name.clone());
        let to = Meaning::Known(draft.endpoints.push(made));
        let origin = Origin::Unknown;
        routes(
            draft,
            &Ref {
                text: text.into(),
                origin,
                to,
            },
            lists,
            self.table,
        );
    }

    fn words(&self, say: Say<'_>) -> String {
        format!(
            "create a gateway endpoint to {} in {} on route table {}",
            self.service,
            say.label(self.vpc),
            say.label(self.table)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        0
    }

    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let mut options = vec![
            ("vpc-id", Some(say.id(self.vpc))),
            ("vpc-endpoint-type", Some("Gateway".to_owned())),
            ("service-name", Some(self.service(say))),
            ("route-table-ids", Some(say.id(self.table))),
        ];
        if self.ip_type != IpType::Ipv4 {
            options.push(("ip-address-type", Some(self.ip_type.name().to_owned())));
        }
        vec![say::command("ec2 create-vpc-endpoint", &options)]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let mut values = vec![
            ("vpc_id", quoted(&say.id(self.vpc))),
            ("vpc_endpoint_type", quoted("Gateway")),
            ("service_name", quoted(&self.service(say))),
            ("route_table_ids", list([say.id(self.table).as_str()])),
        ];
        if self.ip_type != IpType::Ipv4 {
            values.push(("ip_address_type", quoted(self.ip_type.name())));
        }
        let name = format!("{} {}", say.label(self.vpc), self.service);
        resource("aws_vpc_endpoint", &name, &values)
    }

    fn place(&self, _: &Draft) -> Option<Id<Vpc>> {
        Some(self.vpc)
    }
}

impl CreateGatewayEndpoint {
    fn service(&self, say: Say<'_>) -> String {
        let region = &say.0.vpcs[self.vpc].region;
        format!("com.amazonaws.{region}.{}", self.service)
    }
}
