//! Interfaces as route targets: appliances that pass packets on, and the tables of gateways that
//! lead to them.
//!
//! A packet that a route sends to an interface meets the subnet's ACL, the interface's groups, the
//! source/destination check, and then leaves by the same interface as what it is: groups, ACL and the
//! route table of the appliance's subnet decide again
//! (`/vpc/latest/userguide/route-table-options.html`, `/AWSEC2/latest/UserGuide/using-eni.html`). Its
//! sender's groups are forgotten on the way (`/vpc/latest/userguide/security-group-rules.html`).

use super::bits;
use super::compile::Compiler;
use super::endpoint::beyond;
use super::filter::span;
use super::lack::Lack;
use super::stages::{entry, slot};
use crate::code::Code;
use crate::fabric::{Action, Label, Link, MarkOp, NodeId, Rewrite, RowSpec, Side, Span, TableId};
use crate::model::{
    Destination, Edge, EndpointKind, Forwards, Id, Interface, InternetGateway, Origin, Ref, Role,
    Route, RouteTable, Subnet, Target, Unseen, VpcEndpoint, Why,
};
use ipnet::IpNet;

impl<'n> Compiler<'n> {
    /// To an interface that a route names, from a subnet or from outside every subnet.
    pub(super) fn toward_interface(
        &mut self,
        interface: &Ref<Interface>,
        from: Option<Id<Subnet>>,
    ) -> Result<Action, Lack> {
        let network = self.network;
        let Some(id) = interface.id() else {
            return Err(self.lack(interface));
        };
        let kind = match &network.interfaces[id].role {
            Role::Instance(_) => None,
            // Attached to nothing that could pass packets on.
            Role::Plain if !self.open() => return Ok(Action::Drop(Code::BAD_STATE_ROUTE)),
            Role::Plain => Some("route to an interface of no instance"),
            Role::Nat(_) => Some("route to the interface of a NAT gateway"),
            Role::Endpoint(_) => Some("route to the interface of an endpoint"),
            Role::LoadBalancer(_) => Some("route to the interface of a load balancer"),
            Role::Resolver(_) | Role::ClientVpn(_) | Role::Other(_) => {
                Some("route to a managed interface")
            }
        };
        if let Some(kind) = kind {
            return Err(Lack::not_modelled(
                kind,
                interface.text.as_str(),
                "not modelled yet",
                &interface.origin,
            ));
        }
        if network.out_of_service(id).is_some() {
            return Ok(Action::Drop(Code::BAD_STATE));
        }
        let node = self.out.node_of(id);
        self.forwarding(id, node);
        let label = Label {
            token: Some("appliance"),
            assumes: self.one_of_several(id),
            ..Label::default()
        };
        let label = self.b.label(label);
        let entries = (entry::FORWARD_NEAR, entry::FORWARD);
        Ok(self.by_route_to(interface, node, from, entries, label))
    }

    /// To a Gateway Load Balancer endpoint, through the ACL of its subnet; it has no groups, and what its
    /// appliances let through is unknown (`/vpc/latest/privatelink/vpce-gateway-load-balancer.html`).
    pub(super) fn toward_inspection(
        &mut self,
        endpoint: &VpcEndpoint,
        from: Option<Id<Subnet>>,
    ) -> Result<Action, Lack> {
        let network = self.network;
        let interface = match &endpoint.kind {
            EndpointKind::Interface(all) => all.first(),
            EndpointKind::Gateway(_) => None,
        };
        let Some((interface, id)) = interface.and_then(|i| Some((i, i.id()?))) else {
            return Err(beyond(endpoint));
        };
        if network.out_of_service(id).is_some() {
            return Ok(Action::Drop(Code::BAD_STATE));
        }
        let label = self.b.label(Label {
            token: Some("gwlb-endpoint"),
            ..Label::default()
        });
        let (node, entries) = (self.out.node_of(id), (entry::NEAR, entry::FAR));
        Ok(self.by_route_to(interface, node, from, entries, label))
    }

    /// Into an interface that a route names, by one entry from its own subnet and by another from
    /// elsewhere; its sender is forgotten.
    fn by_route_to(
        &mut self,
        interface: &Ref<Interface>,
        to: NodeId,
        from: Option<Id<Subnet>>,
        (near, far): (u8, u8),
        label: u16,
    ) -> Action {
        let entry = if self.is_near(interface, from) {
            near
        } else {
            far
        };
        Action::Go(self.b.link(Link {
            to,
            entry,
            label,
            mark: MarkOp::Clear,
            ..Link::default()
        }))
    }

    /// Whether an interface is in a subnet: what goes there crosses no border, where ACLs filter
    /// (`/vpc/latest/userguide/vpc-network-acls.html`).
    pub(super) fn is_near(&self, to: &Ref<Interface>, subnet: Option<Id<Subnet>>) -> bool {
        let to = to.id().map(|i| &self.network.interfaces[i]);
        subnet.is_some() && to.is_some_and(|i| i.subnet.id() == subnet)
    }

    /// Whether an instance with several interfaces answers by the one that was asked is its system's
    /// affair.
    fn one_of_several(&self, id: Id<Interface>) -> Option<&'static str> {
        let Role::Instance(instance) = &self.network.interfaces[id].role else {
            return None;
        };
        let all = &self.network.instances[instance.id()?].interfaces;
        (all.len() > 1).then_some(Code::APPLIANCE_USES_ONE_INTERFACE.name())
    }

    /// What an interface does with packets that a route sends it.
    fn forwarding(&mut self, id: Id<Interface>, node: NodeId) {
        if !self.forwarders.insert(id) {
            return;
        }
        let network = self.network;
        let interface = &network.interfaces[id];
        let name = network.interface_name(id);
        let forwards = match &interface.role {
            Role::Instance(instance) => instance.id().map(|i| network.instances[i].forwards),
            _ => None,
        };
        let own = self.b.to(node, entry::UNFILTERED);
        let addresses = interface.addresses().map(|ip| (bits(ip), bits(ip)));
        let blocks = interface.prefixes.iter().map(span);
        let text = format!("{name} has this address");
        let mut rows: Vec<RowSpec> = addresses
            .chain(blocks)
            .map(|at| RowSpec::address(at, own, &interface.origin, text.clone()))
            .collect();
        let stop = |code, text: String| {
            RowSpec::address(Span::Any, Action::Drop(code), &interface.origin, text)
        };
        if interface.source_dest_check {
            let code = Code::ENI_SOURCE_DEST_CHECK_RESTRICTION;
            rows.push(stop(code, format!("{name} source/dest check")));
        } else {
            match forwards.flatten() {
                None => rows.push(
                    Lack::from(&Unseen::new(
                        "forwarding of instance",
                        name.clone(),
                        Why::NotSaid,
                        &interface.origin,
                    ))
                    .opaque(),
                ),
                Some(Forwards::No) => {
                    let text = format!("{name} does not forward");
                    rows.push(stop(Code::ENI_ADDRESS_RESTRICTION, text));
                }
                Some(Forwards::Stateful) => {
                    let same = self.b.rewriting(Rewrite::default());
                    let text = format!("{name} keeps track");
                    let table = self.b.table(&text, Side::Dst, Vec::new(), same, "");
                    self.b.slot(node, slot::TRACK as usize, table);
                }
                Some(Forwards::Stateless) => {}
            }
        }
        let check = self.b.table(
            &format!("{name} own addresses"),
            Side::Dst,
            rows,
            Action::Next,
            "",
        );
        self.b.slot(node, slot::SPECIAL as usize, check);
    }

    /// The table of an internet gateway for what arrives, if it has one. An appliance there needs a
    /// public address (`/vpc/latest/userguide/gateway-route-tables.html`).
    pub(super) fn edge_of_internet(&mut self, gateway: Id<InternetGateway>) -> Option<TableId> {
        let (id, _) = self.table_of(gateway)?;
        Some(self.edge_table(id, true))
    }

    /// The table that was written for an internet gateway, if there is one.
    pub(super) fn table_of(
        &self,
        gateway: Id<InternetGateway>,
    ) -> Option<(Id<RouteTable>, &'n RouteTable)> {
        let own = |t: &RouteTable| matches!(&t.edge_of, Some(Edge::Internet(g)) if g.id() == Some(gateway));
        self.network.tables.iter().find(|(_, t)| own(t))
    }

    /// The table of a virtual private gateway for what arrives, if it has one.
    pub(super) fn edge_of_vpn(&mut self, gateway: Id<crate::model::VpnGateway>) -> Option<TableId> {
        let network = self.network;
        let own =
            |t: &RouteTable| matches!(&t.edge_of, Some(Edge::Vpn(g)) if g.id() == Some(gateway));
        let (id, _) = network.tables.iter().find(|(_, t)| own(t))?;
        Some(self.edge_table(id, false))
    }

    /// A virtual private gateway with a table of its own still reaches its VPC only.
    pub(super) fn arriving(&mut self, vpc: &Ref<crate::model::Vpc>) -> TableId {
        let rows = self.sources(vpc.id(), || self.lack(vpc));
        self.b.table(
            "virtual private gateway",
            Side::Dst,
            rows,
            Action::Drop(Code::VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS),
            "a VPN reaches only addresses of the VPC, /vpc/latest/reachability/explanation-codes.html",
        )
    }

    /// The subnets whose arriving traffic an internet gateway sends to an appliance, by their blocks,
    /// and where that was written: they cannot answer by the gateway directly
    /// (`/vpc/latest/reachability/explanation-codes.html`).
    pub(super) fn redirected(
        &self,
        gateway: Id<InternetGateway>,
    ) -> Vec<(Id<Subnet>, IpNet, &'n Origin)> {
        let vpc = self.network.internet_gateways[gateway].vpc.id();
        let subnets = vpc.map_or_else(Vec::new, |v| self.subnets_of(v));
        let blocks = subnets
            .into_iter()
            .flat_map(|(id, s)| s.blocks().map(move |block| (id, block)));
        let led = blocks.filter_map(|(id, block)| {
            let (_, origin) = self.led(gateway, id, &block)?;
            Some((id, block, origin))
        });
        led.collect()
    }

    /// The subnet of the appliance that an internet gateway sends a subnet's arriving traffic to.
    pub(super) fn appliance_before(
        &self,
        gateway: Id<InternetGateway>,
        subnet: Id<Subnet>,
        block: &IpNet,
    ) -> Option<Id<Subnet>> {
        self.led(gateway, subnet, block).map(|(there, _)| there)
    }

    /// The same, and where that was written. The appliance's own subnet is reached directly.
    fn led(
        &self,
        gateway: Id<InternetGateway>,
        subnet: Id<Subnet>,
        block: &IpNet,
    ) -> Option<(Id<Subnet>, &'n Origin)> {
        let network = self.network;
        let (_, table) = self.table_of(gateway)?;
        let covering = table.routes.iter().filter(|r| covers(r, block));
        let best = covering.max_by_key(|r| length(r))?;
        let Target::Interface(appliance) = &best.target else {
            return None;
        };
        let there = network.interfaces[appliance.id()?].subnet.id()?;
        (there != subnet).then_some((there, &best.origin))
    }
}

fn covers(route: &Route, block: &IpNet) -> bool {
    matches!(&route.destination, Destination::Cidr(net) if net.contains(block))
}

fn length(route: &Route) -> u8 {
    match &route.destination {
        Destination::Cidr(net) => net.prefix_len(),
        _ => 0,
    }
}
