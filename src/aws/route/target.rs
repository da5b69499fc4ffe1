//! Where a route leads, for whom.

use super::super::compile::Compiler;
use super::super::lack::Lack;
use super::super::stages::entry;
use super::super::{egress_only, endpoint};
use crate::code::Code;
use crate::fabric::{Action, Back, Label, Link, MarkOp, NodeId};
use crate::model::{Id, NatGateway, Ref, Route, Subnet, Target, Vpc};

/// Who sends by a table: it decides where a gateway takes it in.
#[derive(Clone, Copy)]
pub(super) enum Sender {
    /// Interfaces of a subnet.
    Subnet(Id<Subnet>),
    /// An interface that passes on what is not its own.
    Appliance(Id<Subnet>),
    /// A NAT gateway.
    Nat(NodeId, Id<Subnet>),
    /// A transit gateway's port in a subnet: what it brought from elsewhere.
    Transit(Id<Subnet>),
    /// A regional NAT gateway, by its own table: what it has translated, else replies.
    Regional {
        /// They are replies.
        replies: bool,
    },
    /// A gateway with a table of its own; an internet gateway wants public addresses there.
    Edge {
        /// It is an internet gateway.
        internet: bool,
    },
}

impl Sender {
    pub(super) fn subnet(self) -> Option<Id<Subnet>> {
        match self {
            Sender::Subnet(subnet)
            | Sender::Appliance(subnet)
            | Sender::Nat(_, subnet)
            | Sender::Transit(subnet) => Some(subnet),
            Sender::Edge { .. } | Sender::Regional { .. } => None,
        }
    }
}

impl Compiler<'_> {
    /// Where a route leads. A blackhole wins and drops: no fall-through to a shorter prefix.
    pub(super) fn target(
        &mut self,
        route: &Route,
        own: &Ref<Vpc>,
        sender: Sender,
    ) -> Result<Action, Lack> {
        let vpc = own.id();
        if !route.active {
            return Ok(Action::Drop(Code::BAD_STATE_ROUTE));
        }
        let network = self.network;
        if let Sender::Regional { replies } = sender {
            match &route.target {
                Target::Internet(_) => {}
                Target::Local if replies => {}
                Target::Transit(gateway) if replies => {
                    return self.regional_into_transit(gateway, own);
                }
                _ => return Err(self.beyond_regional_nat(route)),
            }
        }
        Ok(match &route.target {
            Target::RegionalNat(nat) => {
                let mark = self.brought_by(sender);
                return self.toward_regional_nat(nat, sender.subnet(), mark);
            }
            Target::Local => {
                let router = self.node_of(own, &self.routers)?;
                self.b.over(
                    router,
                    0,
                    Label {
                        token: Some("local"),
                        ..Label::default()
                    },
                )
            }
            Target::Internet(igw) => {
                let node = self.node_of(igw, &self.internet_gateways)?;
                let gateway = igw.id().map_or_else(Vec::new, |i| self.redirected(i));
                let mut redirected = gateway.into_iter().map(|(subnet, ..)| subnet);
                let from = match redirected.any(|s| Some(s) == sender.subnet()) {
                    true => entry::REDIRECTED,
                    false => 0,
                };
                let mark = self.handed_by(vpc, sender);
                Action::Go(self.b.link(Link {
                    to: node,
                    entry: from,
                    mark,
                    ..Link::default()
                }))
            }
            Target::EgressOnly(gateway) => {
                let node = self.node_of(gateway, &self.egress_only)?;
                let mark = self.handed_by(vpc, sender);
                Action::Go(self.b.link(Link {
                    to: node,
                    entry: egress_only::FROM_INSIDE,
                    mark,
                    ..Link::default()
                }))
            }
            Target::Nat(reference) => {
                let Some(id) = reference.id() else {
                    return Err(self.lack(reference));
                };
                let nat = &network.nat_gateways[id];
                if !nat.available {
                    return Ok(Action::Drop(Code::BAD_STATE_ROUTE));
                }
                let Some(interface) = nat.interface.id() else {
                    return Err(self.lack(&nat.interface));
                };
                if network.out_of_service(interface).is_some() {
                    return Ok(Action::Drop(Code::BAD_STATE));
                }
                let node = self.out.node_of(interface);
                let entry = match self.is_beside(reference, sender.subnet()) {
                    true => entry::SERVE_NEAR,
                    false => entry::SERVE,
                };
                let label = Label {
                    token: Some("nat-gateway"),
                    ..Label::default()
                };
                let label = self.b.label(label);
                Action::Go(self.b.link(Link {
                    to: node,
                    entry,
                    label,
                    mark: self.brought_by(sender),
                    ..Link::default()
                }))
            }
            Target::Peering(peering) => {
                let Some(id) = peering.id() else {
                    return Err(self.lack(peering));
                };
                // Which Region its group's identity would leave is not known.
                if vpc.is_none() {
                    return Err(self.lack(own));
                }
                let found = &network.peerings[id];
                if !found.active {
                    return Ok(Action::Drop(Code::BAD_STATE_ROUTE));
                }
                // A peering carries what its own VPC sends, not what another gateway brought
                // (`/vpc/latest/peering/vpc-peering-basics.html`).
                if let Sender::Transit(_) = sender {
                    return Ok(Action::Drop(Code::PCX_REQUIRES_ADDRESS_IN_VPC_CIDR));
                }
                let ends: Vec<Option<Id<Vpc>>> = found.between.iter().map(Ref::id).collect();
                let far = ends.iter().copied().find(|e| *e != vpc).flatten();
                let first = ends.first().copied().flatten() == vpc;
                let Some(node) = self.peerings.get(id.index()).copied() else {
                    return Err(self.lack(peering));
                };
                // A group's identity crosses an active peering of one Region only.
                let mark = if self.same_region(vpc, far) {
                    MarkOp::Keep
                } else {
                    MarkOp::Clear
                };
                let label = Label {
                    token: Some("peering"),
                    ..Label::default()
                };
                let label = self.b.label(label);
                // Replies find a NAT gateway over the peering, whatever routes the far side has
                // (`/vpc/latest/userguide/nat-gateway-basics.html`).
                let back = match sender {
                    Sender::Nat(nat, _) => Back::To(nat, entry::FAR),
                    Sender::Subnet(_)
                    | Sender::Appliance(_)
                    | Sender::Transit(_)
                    | Sender::Regional { .. }
                    | Sender::Edge { .. } => Back::None,
                };
                Action::Go(self.b.link(Link {
                    to: node,
                    entry: u8::from(!first),
                    label,
                    mark,
                    back,
                    ..Link::default()
                }))
            }
            Target::Vpn(vgw) => {
                let node = self.node_of(vgw, &self.vpn_gateways)?;
                self.clearing(node, 1, Label::default())
            }
            Target::Endpoint(endpoint) => {
                let Some(id) = endpoint.id() else {
                    return Err(self.lack(endpoint));
                };
                let node = self.gateway_endpoints.get(id.index()).copied();
                let gateway = network.is_gateway_endpoint(&route.target);
                let Some(node) = node.filter(|_| gateway) else {
                    let endpoint = &network.endpoints[id];
                    return match endpoint.leads_to_appliances() {
                        true => self.toward_inspection(endpoint, sender.subnet()),
                        false => Err(endpoint::beyond(endpoint)),
                    };
                };
                if let Sender::Transit(_) = sender {
                    return Ok(Action::Drop(Code::VPCE_GATEWAY_NOT_TRANSITIVE));
                }
                let entry = match sender {
                    Sender::Appliance(_) => entry::PASSED_ON,
                    _ => 0,
                };
                self.clearing(
                    node,
                    entry,
                    Label {
                        token: Some("gateway-endpoint"),
                        ..Label::default()
                    },
                )
            }
            Target::Interface(interface) => {
                if let Sender::Edge { internet: true } = sender
                    && interface
                        .id()
                        .is_some_and(|i| network.interfaces[i].public.is_empty())
                {
                    return Ok(Action::Drop(Code::INGRESS_RTB_NO_PUBLIC_IP));
                }
                return self.toward_interface(interface, sender.subnet());
            }
            Target::Transit(gateway) => {
                let Some(subnet) = sender.subnet() else {
                    return Err(self.lack(gateway));
                };
                return self.toward_transit(gateway, own, subnet);
            }
            Target::Unseen(id) => return Err(Lack::from(&network.unseen[*id])),
        })
    }

    /// The node of a noun, if the input has it.
    fn node_of<T>(&self, noun: &Ref<T>, nodes: &[NodeId]) -> Result<NodeId, Lack> {
        let node = noun.id().and_then(|id| nodes.get(id.index()));
        node.copied().ok_or_else(|| self.lack(noun))
    }

    /// Whether a NAT gateway is in a subnet: what goes there crosses no border, where ACLs filter
    /// (`/vpc/latest/userguide/vpc-network-acls.html`).
    pub(super) fn is_beside(&self, nat: &Ref<NatGateway>, subnet: Option<Id<Subnet>>) -> bool {
        let nat = nat.id().map(|n| &self.network.nat_gateways[n]);
        subnet.is_some() && nat.is_some_and(|n| n.subnet.id() == subnet)
    }

    /// The mark of what an internet gateway gets.
    fn handed_by(&mut self, vpc: Option<Id<Vpc>>, sender: Sender) -> MarkOp {
        match sender.subnet() {
            Some(subnet) => self.handed(vpc, subnet, matches!(sender, Sender::Nat(..))),
            None => MarkOp::Clear,
        }
    }

    /// The mark of what a NAT gateway gets: it serves whoever its VPC's interfaces send for.
    fn brought_by(&self, sender: Sender) -> MarkOp {
        match sender {
            Sender::Transit(_) | Sender::Appliance(_) => MarkOp::Set(self.brought),
            Sender::Subnet(_) | Sender::Nat(..) | Sender::Regional { .. } | Sender::Edge { .. } => {
                MarkOp::Clear
            }
        }
    }
}
