//! VPC endpoints and endpoint services.

use super::Printer;
use super::doc::{Doc, Map, texts};
use super::interface::is_default;
use crate::model::{
    Behind, DnsType, EndpointKind, EndpointState, EndpointTarget, Family, Id, Interface, Ref, Vpc,
    VpcEndpoint,
};

impl Printer<'_> {
    pub(super) fn endpoints(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, endpoint) in network.endpoints.iter() {
            let (Some(name), true) = (
                self.names.of(id).map(str::to_owned),
                endpoint.vpc.id() == Some(vpc),
            ) else {
                continue;
            };
            let at = self.label(id);
            let mut map = Map::of("endpoint");
            map.maybe("id", endpoint.id.as_ref());
            self.service_of(&mut map, endpoint, vpc, &at);
            match &endpoint.kind {
                EndpointKind::Gateway(tables) => {
                    map.word("type", "gateway");
                    let tables = self.words(tables, Some(vpc), &at);
                    map.list("route_tables", tables);
                }
                EndpointKind::Interface(nodes) => {
                    let (subnets, groups) = self.nodes(nodes, vpc, &at);
                    map.map("subnets", subnets);
                    if let Some(groups) =
                        groups.filter(|g| !is_default(g) && !endpoint.leads_to_appliances())
                    {
                        map.full_list("security_groups", groups);
                    }
                }
            }
            map.word("ip_type", endpoint.ip_type.name());
            let own = match endpoint.kind {
                EndpointKind::Gateway(_) => DnsType::ServiceDefined,
                EndpointKind::Interface(_) => DnsType::Of(endpoint.ip_type),
            };
            if endpoint.dns_type != own {
                map.word("dns_type", endpoint.dns_type.name());
            }
            map.word("private_dns", endpoint.private_dns);
            // S3 alone offers the choice, and a gateway has no names.
            let s3 = matches!(&endpoint.target, EndpointTarget::Aws(_, service) if service == "s3")
                && matches!(endpoint.kind, EndpointKind::Interface(_));
            if endpoint.private_dns && endpoint.inbound_only != s3 {
                let whom = if s3 { "all" } else { "inbound-resolver" };
                map.word("private_dns_for", whom);
            }
            if endpoint.state != network.computed_state(id) {
                map.maybe("state", endpoint.state.map(state));
            }
            map.word("existing", endpoint.existing);
            self.attached(&mut map, endpoint.policy.as_ref(), &at);
            all.push(&name, Doc::Map(map));
        }
        all
    }

    fn service_of(&mut self, map: &mut Map, endpoint: &VpcEndpoint, vpc: Id<Vpc>, at: &str) {
        let network = self.network;
        match &endpoint.target {
            EndpointTarget::Unmodelled(behind, name) => {
                let kind = match behind {
                    Behind::Resource => "resource",
                    Behind::Appliances => "gateway-load-balancer",
                };
                map.word("type", kind);
                map.text("service", name);
                map.maybe("service_region", endpoint.service_region.as_ref());
            }
            EndpointTarget::Service(service) => {
                let word = self.word(service, None, at);
                map.maybe("service", word.map(|w| format!("service:{w}")));
                map.maybe("service_region", endpoint.service_region.as_ref());
            }
            EndpointTarget::Aws(region, service) => {
                let mut services = network.services.iter();
                let taken = services.any(|(id, _)| self.names.of(id) == Some(service));
                let prefix = if taken { "aws:" } else { "" };
                map.text("service", &format!("{prefix}{service}"));
                if *region != network.vpcs[vpc].region {
                    map.text("service_region", region);
                }
            }
        }
    }

    /// The subnets of interfaces of AWS's own, with their addresses, and the groups they share.
    pub(super) fn nodes(
        &mut self,
        nodes: &[Ref<Interface>],
        vpc: Id<Vpc>,
        at: &str,
    ) -> (Map, Option<Vec<Doc>>) {
        let network = self.network;
        let mut subnets = Map::free();
        let mut groups: Option<&[Ref<_>]> = None;
        for node in nodes {
            let Some(id) = node.id() else {
                let unseen = node.unseen().map(|u| network.unseen[u].text());
                self.lost(unseen.unwrap_or_default(), at);
                continue;
            };
            let interface = &network.interfaces[id];
            let Some(subnet) = self.word(&interface.subnet, Some(vpc), at) else {
                continue;
            };
            if groups.is_some_and(|g| g != interface.groups) {
                self.lost("that its interfaces have different security groups", at);
            }
            groups = groups.or(Some(&interface.groups));
            let mut map = Map::of("load_balancer_node");
            self.node(&mut map, interface, at);
            let value = match map.pairs.pop() {
                Some(only) if map.is_empty() && only.key == "ip" => only.value,
                Some(last) => {
                    map.put(&last.key, last.value);
                    Doc::Map(map)
                }
                None => continue,
            };
            if subnets.pairs.iter().any(|p| p.key == subnet) {
                self.lost(format!("a second interface in {subnet}"), at);
            } else {
                subnets.push(&subnet, value);
            }
        }
        let groups = groups.map(|g| self.words(g, Some(vpc), at));
        (subnets, groups)
    }

    pub(super) fn services(&mut self) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, service) in network.services.iter() {
            let at = &service.name;
            let mut map = Map::of("endpoint_service");
            let balancers = self.words(&service.load_balancers, None, at);
            map.list("load_balancers", balancers);
            map.word("acceptance_required", service.acceptance_required);
            let principal = |p: &String| {
                if p == "*" {
                    "any".to_owned()
                } else {
                    p.clone()
                }
            };
            map.list(
                "allowed_principals",
                texts(service.allowed_principals.iter().map(principal)),
            );
            let mut connections = Map::free();
            for connection in &service.connections {
                let endpoint = &connection.endpoint;
                let word = self.word(endpoint, None, at);
                let state = match connection.state {
                    EndpointState::Available => Some("accepted"),
                    EndpointState::PendingAcceptance => Some("pending"),
                    EndpointState::Rejected => Some("rejected"),
                    EndpointState::Failed | EndpointState::Partial | EndpointState::Other => {
                        self.lost(
                            format!("the state of the connection of {}", endpoint.text),
                            at,
                        );
                        None
                    }
                };
                if let (Some(word), Some(state)) = (word, state) {
                    let bound = self.words(&connection.load_balancers, None, at);
                    let mut long = Map::of("service_connection");
                    long.word("state", state);
                    long.list("load_balancer", bound);
                    let short = connection.load_balancers.is_empty();
                    connections.push(
                        &word,
                        match short {
                            true => Doc::Word(state.to_owned()),
                            false => Doc::Map(long),
                        },
                    );
                }
            }
            map.map("connections", connections);
            if let Some(zones) = &service.zones {
                map.full_list("zones", texts(zones.iter().cloned()));
            }
            map.list(
                "supported_regions",
                texts(service.supported_regions.iter().cloned()),
            );
            if service.ip_types != [Family::Ipv4] {
                let families = service.ip_types.iter().map(|f| f.name().to_lowercase());
                map.full_list("ip_types", texts(families));
            }
            if let Some((name, verified)) = &service.private_name {
                let mut private = Map::of("private_dns_name");
                private.text("name", name);
                private.word("verified", verified);
                map.map("private_dns_name", private);
            }
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }
}

fn state(state: EndpointState) -> &'static str {
    match state {
        EndpointState::Available => "available",
        EndpointState::PendingAcceptance => "pending-acceptance",
        EndpointState::Rejected => "rejected",
        EndpointState::Failed => "failed",
        EndpointState::Partial => "partial",
        EndpointState::Other => "pending",
    }
}
