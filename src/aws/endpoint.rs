//! VPC endpoints: gateway endpoints, interface endpoints, PrivateLink.

use super::across_regions::Node;
use super::balance::zone_of;
use super::choice::OneWay;
use super::compile::Compiler;
use super::lack::Lack;
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{
    Action, Back, Distance, Label, Link, MarkOp, NONE, RowSpec, Side, Span, flags,
};
use crate::model::{
    Behind, EndpointKind, EndpointService, EndpointState, EndpointTarget, Id, Interface,
    LoadBalancer, Origin, Ref, Role, VpcEndpoint,
};

/// What is known of a state that no page explains.
const PARTIAL: &str = "state `partial`: what such an endpoint carries is on no page of AWS";

const ONLY_TCP: Origin = Origin::Implied(
    "resource endpoints carry TCP, /vpc/latest/privatelink/privatelink-access-resources.html",
);

/// What is not modelled behind an endpoint, by name.
pub(super) fn beyond(endpoint: &VpcEndpoint) -> Lack {
    let (name, kind, why) = match &endpoint.target {
        EndpointTarget::Unmodelled(Behind::Resource, name) => (
            name.as_str(),
            "resource configuration",
            "what its resource gateway reaches is not modelled",
        ),
        EndpointTarget::Unmodelled(Behind::Appliances, name) => (
            name.as_str(),
            "Gateway Load Balancer service",
            "what its appliances let through is not modelled",
        ),
        EndpointTarget::Aws(..) | EndpointTarget::Service(_) => (
            endpoint.name.as_str(),
            "route to an interface endpoint",
            "not modelled yet",
        ),
    };
    Lack::not_modelled(kind, name, why, &endpoint.origin)
}

impl Compiler<'_> {
    /// Every endpoint.
    pub(super) fn endpoints(&mut self) {
        let network = self.network;
        for ((id, endpoint), node) in network.endpoints.iter().zip(self.gateway_endpoints.clone()) {
            match &endpoint.kind {
                EndpointKind::Gateway(_) => {
                    self.gateway_endpoint(endpoint, node);
                    self.out.gateways.push((node, id));
                    if let EndpointTarget::Aws(region, service) = &endpoint.target {
                        self.out
                            .edges
                            .push(((region.clone(), service.clone()), node));
                    }
                }
                EndpointKind::Interface(interfaces) => {
                    for interface in interfaces.iter().filter_map(Ref::id) {
                        self.endpoint_interface(endpoint, interface);
                    }
                }
            }
        }
    }

    /// TCP and ICMP echo, from sources of the VPC; the reply is delivered inside the VPC
    /// (`/vpc/latest/privatelink/gateway-endpoints.html`, `/vpc/latest/reachability/explanation-codes.html`).
    fn gateway_endpoint(&mut self, endpoint: &VpcEndpoint, node: u32) {
        let rule = Origin::Implied(
            "gateway endpoints carry TCP and ICMP echo, /vpc/latest/reachability/explanation-codes.html",
        );
        let mut rows = Vec::new();
        let partial = endpoint.state == Some(EndpointState::Partial);
        if partial || endpoint.state.is_none_or(|s| s == EndpointState::Available) {
            rows.push(RowSpec {
                proto: Some(6),
                ..RowSpec::address(Span::Any, Action::Next, &rule, "TCP")
            });
            rows.push(RowSpec {
                proto: Some(1),
                ports: (0x0800, 0x08ff),
                ..RowSpec::address(Span::Any, Action::Next, &rule, "ICMP echo")
            });
            rows.push(RowSpec {
                proto: Some(58),
                ports: (0x8000, 0x80ff),
                ..RowSpec::address(Span::Any, Action::Next, &rule, "ICMPv6 echo")
            });
        } else {
            rows.push(RowSpec::address(
                Span::Any,
                Action::Drop(Code::ENDPOINT_NOT_AVAILABLE),
                &endpoint.origin,
                "state",
            ));
        }
        if partial {
            for row in &mut rows {
                (row.flags, row.text) = (flags::MAYBE, PARTIAL.into());
            }
        }
        let name = self.scoped(&endpoint.vpc, &endpoint.name);
        let table = self.b.table(&name, Side::Dst, rows, Action::Drop(Code::VPCE_GATEWAY_PROTOCOL_RESTRICTION), "gateway endpoints carry TCP and ICMP echo only, /vpc/latest/reachability/explanation-codes.html");
        self.b.slot(node, 0, table);
        let table = self.local(&endpoint.vpc, 0);
        self.b.slot(node, 1, table);
        // Of what an appliance passes on, which may be of elsewhere.
        let sources = self.sources(endpoint.vpc.id(), || self.lack(&endpoint.vpc));
        let table = self.b.table(
            &name,
            Side::Src,
            sources,
            Action::Drop(Code::VPCE_GATEWAY_NOT_TRANSITIVE),
            "a gateway endpoint serves its own VPC, /vpc/latest/privatelink/vpc-endpoints-s3.html",
        );
        self.b.slot(node, 2, table);
    }

    /// State, protocol, and for a provider's service the load balancer node of the same zone
    /// (`/vpc/latest/privatelink/concepts.html`, `/vpc/latest/privatelink/create-endpoint-service.html`).
    fn endpoint_interface(&mut self, endpoint: &VpcEndpoint, interface: Id<Interface>) {
        let node = self.out.node_of(interface);
        if endpoint.leads_to_appliances() {
            let name = self.scoped(&endpoint.vpc, &endpoint.name);
            let table = self.opaque_table(&name, &beyond(endpoint));
            return self.b.slot(node, slot::SPECIAL as usize, table);
        }
        let everything =
            |then, text: &str| RowSpec::address(Span::Any, then, &endpoint.origin, text);
        let refused = |code| vec![everything(Action::Drop(code), "state of the endpoint")];
        let rule = Origin::Implied(
            "interface endpoints carry TCP and UDP, /vpc/latest/privatelink/concepts.html",
        );
        let both = |row: RowSpec| {
            let of = |proto| RowSpec {
                proto: Some(proto),
                ..row.clone()
            };
            vec![of(6), of(17)]
        };
        let not_carried = self.not_carried(endpoint, interface);
        let resource = matches!(
            endpoint.target,
            EndpointTarget::Unmodelled(Behind::Resource, _)
        );
        let rows = match endpoint.state {
            Some(EndpointState::Available) if not_carried.is_some() => {
                let text = not_carried.unwrap_or_default();
                both(everything(Action::Drop(Code::UNSUPPORTED_BY_AWS), &text))
            }
            Some(EndpointState::Available) if resource => vec![
                RowSpec {
                    proto: Some(6),
                    ..RowSpec::address(Span::Any, Action::Next, &ONLY_TCP, "TCP")
                },
                RowSpec {
                    proto: Some(17),
                    ..RowSpec::address(
                        Span::Any,
                        Action::Drop(Code::UNSUPPORTED_BY_AWS),
                        &ONLY_TCP,
                        "UDP through a resource endpoint",
                    )
                },
            ],
            Some(EndpointState::Available) => both(RowSpec::address(
                Span::Any,
                Action::Next,
                &rule,
                "TCP and UDP",
            )),
            Some(EndpointState::PendingAcceptance) => refused(Code::ENDPOINT_PENDING_ACCEPTANCE),
            Some(EndpointState::Rejected) => refused(Code::ENDPOINT_REJECTED),
            Some(EndpointState::Failed) => refused(Code::ENDPOINT_NOT_PERMITTED),
            Some(EndpointState::Other) => refused(Code::ENDPOINT_NOT_AVAILABLE),
            Some(EndpointState::Partial) => vec![RowSpec {
                flags: flags::MAYBE,
                ..everything(Action::Next, PARTIAL)
            }],
            None => vec![RowSpec {
                flags: flags::MAYBE,
                ..everything(Action::Next, "state of the endpoint: not in the input")
            }],
        };
        let rows = match self.clear_text_dropped(endpoint) {
            Some(rule) => only_tls(rows, &rule),
            None => rows,
        };
        let name = self.scoped(&endpoint.vpc, &endpoint.name);
        let gate = self.b.table(&name, Side::Dst, rows, Action::Drop(Code::PROTOCOL_RESTRICTION), "interface endpoints carry TCP and UDP and do not answer ping, /vpc/latest/privatelink/create-interface-endpoint.html");
        self.b.slot(node, slot::SPECIAL as usize, gate);
        let token = Label {
            token: Some("load-balancer"),
            ..Label::default()
        };
        let service = match &endpoint.target {
            EndpointTarget::Service(service) => service,
            EndpointTarget::Unmodelled(..) => {
                let table = self.opaque_table(&name, &beyond(endpoint));
                return self.b.slot(node, slot::SERVICE as usize, table);
            }
            EndpointTarget::Aws(..) => return,
        };
        let there = match service.id() {
            Some(id) => {
                let service = &self.network.services[id];
                self.nodes_behind(endpoint, service, interface)
                    .and_then(|nodes| self.provider(service, &nodes, node, token))
            }
            None => Err(self.lack(service)),
        };
        let table = match there {
            Ok(then) => self.b.table(
                &name,
                Side::Dst,
                Vec::new(),
                then,
                "the load balancer node of the endpoint's zone",
            ),
            Err(lack) => self.opaque_table(&name, &lack),
        };
        self.b.slot(node, slot::SERVICE as usize, table);
    }

    /// Where it is written that the VPC's encryption controls are enforced: its endpoints drop what is
    /// not TLS (`/vpc/latest/userguide/vpc-encryption-controls.html`).
    fn clear_text_dropped(&self, endpoint: &VpcEndpoint) -> Option<Origin> {
        let vpc = endpoint.vpc.id().map(|v| &self.network.vpcs[v])?;
        let controls = vpc.encryption.as_ref().filter(|c| c.enforced)?;
        Some(controls.origin.clone())
    }

    /// The nodes that an endpoint's interface may lead to: those of its own zone, or in another
    /// Region those of every zone.
    fn nodes_behind(
        &self,
        endpoint: &VpcEndpoint,
        service: &EndpointService,
        interface: Id<Interface>,
    ) -> Result<Vec<Node>, Lack> {
        let network = self.network;
        let bound = self.bound(service, interface)?;
        let among = |lb: Id<LoadBalancer>| bound.as_ref().is_none_or(|own| own.contains(&lb));
        if endpoint.across(network).is_some() {
            let mut nodes = self.nodes_across(service);
            nodes.retain(|(lb, _)| among(*lb));
            return Ok(nodes);
        }
        let Some(zone) = zone_of(network, interface) else {
            return Err(self.lack(&network.interfaces[interface].subnet));
        };
        let mut nodes = self.nodes_of(service);
        nodes.retain(|(lb, node)| among(*lb) && zone_of(network, *node) == Some(zone));
        Ok(nodes)
    }

    /// The load balancers that an endpoint's interfaces are bound to, where the provider says.
    fn bound(
        &self,
        service: &EndpointService,
        interface: Id<Interface>,
    ) -> Result<Option<Vec<Id<LoadBalancer>>>, Lack> {
        let Role::Endpoint(own) = &self.network.interfaces[interface].role else {
            return Ok(None);
        };
        let stated = own.id().and_then(|e| service.connection(e));
        let Some(stated) = stated.filter(|c| !c.load_balancers.is_empty()) else {
            return Ok(None);
        };
        if let Some(unseen) = stated.load_balancers.iter().find(|l| l.id().is_none()) {
            return Err(self.lack(unseen));
        }
        let bound = stated.load_balancers.iter().filter_map(Ref::id);
        Ok(Some(bound.collect()))
    }

    /// The endpoint is bound to one of these load balancers, nobody knows which
    /// (`/vpc/latest/privatelink/create-endpoint-service.html`).
    fn provider(
        &mut self,
        service: &EndpointService,
        nodes: &[Node],
        from: u32,
        label: Label,
    ) -> Result<Action, Lack> {
        let network = self.network;
        let label = self.b.label(label);
        let mut ways = Vec::new();
        for (lb, node) in nodes {
            let balancer = &network.load_balancers[*lb];
            let enforced = balancer.has_groups && balancer.enforce_on_private_link;
            let link = Link {
                to: self.out.node_of(*node),
                entry: if enforced { entry::NEAR } else { entry::SERVE },
                label,
                mark: MarkOp::Set(self.private_link),
                back: Back::To(from, entry::HOST),
                asked: Distance::Near,
                ..Link::default()
            };
            ways.push(OneWay {
                text: self.scoped(&balancer.vpc, &balancer.name),
                origin: service.origin.clone(),
                then: match network.lost(*node) {
                    Some(_) => Action::Drop(Code::BAD_STATE),
                    None => Action::Go(self.b.link(link)),
                },
                keep: NONE,
                only_kept: false,
            });
        }
        if let Some(lack) = self.missing_balancer(service) {
            if ways.is_empty() {
                return Err(lack);
            }
            ways.push(OneWay {
                then: Action::Opaque(lack.code),
                text: lack.text,
                origin: lack.origin,
                keep: NONE,
                only_kept: false,
            });
        }
        Ok(self.either(&service.name, ways, Code::VPCE_SERVICE_NOT_INSTALLED_IN_AZ))
    }

    /// A load balancer, or a node of one, that is not in the input and may be of any zone.
    fn missing_balancer(&self, service: &EndpointService) -> Option<Lack> {
        let network = self.network;
        if let Some(missing) = service.load_balancers.iter().find(|l| l.id().is_none()) {
            return Some(self.lack(missing));
        }
        let balancers = service.load_balancers.iter().filter_map(Ref::id);
        let nodes = balancers.flat_map(|l| &network.load_balancers[l].nodes);
        if let Some(missing) = nodes.clone().find(|n| n.id().is_none()) {
            return Some(self.lack(missing));
        }
        let mut subnets = nodes
            .filter_map(Ref::id)
            .map(|n| &network.interfaces[n].subnet);
        let missing = subnets.find(|s| s.id().is_none())?;
        Some(self.lack(missing))
    }
}

/// What rows pass on, where only TLS gets through: a port other than that of HTTPS does not tell whether
/// it is TLS.
fn only_tls(rows: Vec<RowSpec>, rule: &Origin) -> Vec<RowSpec> {
    let passes = |row: &RowSpec| matches!(row.then, Action::Next);
    let (passing, mut out): (Vec<_>, Vec<_>) = rows.into_iter().partition(passes);
    for row in passing {
        if row.proto == Some(6) && row.flags == 0 {
            out.push(RowSpec {
                ports: (443, 443),
                ..row.clone()
            });
        }
        out.push(RowSpec {
            flags: row.flags | flags::MAYBE,
            origin: rule.clone(),
            text: "whether it is TLS is not said: the VPC's encryption controls are enforced, and its \
                   endpoints drop clear text, /vpc/latest/userguide/vpc-encryption-controls.html"
                .into(),
            ..row
        });
    }
    out
}
