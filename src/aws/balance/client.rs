//! As whom targets see the client, and where that cannot work.
//!
//! `/elasticloadbalancing/latest/network/edit-target-group-attributes.html`.

use super::At;
use super::targets::Candidate;
use crate::aws::bits;
use crate::aws::compile::Compiler;
use crate::aws::filter::span;
use crate::aws::stages::slot;
use crate::code::Code;
use crate::fabric::{Action, Address, Alternative, LinkId, NodeId};
use crate::model::{
    Family, Id, ListenerProtocol, Listing, LoadBalancer, LoadBalancerKind, Network, Ref, Role,
    Subnet, TargetGroup, TargetType, Vpc,
};
use ipnet::IpNet;

/// What a target's row says besides, where the client's address does not get there, or may not.
const FAR: &str =
    ": the client's address is kept on a direct way in the VPC or to a same-Region peer only";
const UNLISTED: &str =
    ": which VPCs are peers is not in the input, see `aws ec2 describe-vpc-peering-connections`";

/// Who calls a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// PrivateLink, for somebody of this family.
    ByLink(Family),
    /// Somebody, with an address of this family.
    Of(Family),
}

impl Client {
    /// A listener that takes UDP hands nothing from one family to the other; one of TCP does, whatever
    /// else its group takes
    /// (`/elasticloadbalancing/latest/network/load-balancer-listeners.html`).
    pub(super) fn cannot_reach(self, group: &TargetGroup, listener: ListenerProtocol) -> bool {
        let datagrams = listener.carries().contains(&17);
        let (Client::Of(family) | Client::ByLink(family)) = self;
        datagrams && family != group.family
    }

    pub(super) fn is_by_link(self) -> bool {
        matches!(self, Client::ByLink(_))
    }
}

/// Client IP preservation, for clients that do not come by PrivateLink, within their family
/// (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).
pub(super) fn keeps(group: &TargetGroup, client: Client, setting: Option<bool>) -> bool {
    use ListenerProtocol as P;
    let stated = setting.or(group.preserve_client_ip);
    client == Client::Of(group.family)
        && match (group.kind, group.protocol) {
            (TargetType::Alb, _) => true,
            (_, P::Udp | P::TcpUdp | P::Quic | P::TcpQuic | P::Geneve) => true,
            (TargetType::Instance, _) => stated.unwrap_or(true),
            (TargetType::Ip, _) => stated.unwrap_or(false),
        }
}

/// Whether a target's reference to the load balancer's groups takes traffic that came by PrivateLink.
pub(super) fn recognised(network: &Network, lb: &LoadBalancer) -> bool {
    lb.enforce_on_private_link || network.is_on("nlb-group-reference-without-enforcement")
}

fn is_in(mut blocks: impl Iterator<Item = IpNet>, address: Address) -> bool {
    blocks.any(|block| {
        let (first, last) = span(&block);
        first <= address && address <= last
    })
}

impl Compiler<'_> {
    /// Why a target gets nothing from a node: it is the node itself; or it would see the client's
    /// address, and AWS documents that this does not reach it.
    pub(super) fn refused(
        &self,
        target: &Candidate<'_>,
        preserve: bool,
        at: At<'_>,
    ) -> Option<(Action, &'static str)> {
        let network = self.network;
        let mut own = network.interfaces[at.interface].addresses();
        if own.any(|ip| bits(ip) == target.address) {
            return Some((
                Action::Drop(Code::HAIRPIN),
                ", the load balancer's own node",
            ));
        }
        if !preserve {
            return None;
        }
        let role = target.interface.map(|i| &network.interfaces[i].role);
        let unsupported = match role {
            Some(Role::Endpoint(_)) => true,
            Some(Role::LoadBalancer(r)) => {
                let kind = r.id().map(|l| network.load_balancers[l].kind);
                kind == Some(LoadBalancerKind::Network)
            }
            _ => false,
        };
        if unsupported {
            let why = ": the client's address is not kept toward endpoints and load balancers";
            return Some((Action::Drop(Code::UNSUPPORTED_BY_AWS), why));
        }
        if self.leads_away(at, target.address) {
            return Some((Action::Drop(Code::UNSUPPORTED_BY_AWS), FAR));
        }
        match self.is_elsewhere(at, target.address) {
            Some(true) => Some((Action::Drop(Code::UNSUPPORTED_BY_AWS), FAR)),
            Some(false) => None,
            None => Some((Action::Opaque(Code::UNKNOWN_RESOURCE), UNLISTED)),
        }
    }

    /// Whether a target is neither of the node's VPC nor of one that is peered with it in its Region,
    /// whatever leads there; none where no listing says what is peered.
    fn is_elsewhere(&self, at: At<'_>, address: Address) -> Option<bool> {
        let network = self.network;
        let Some(own) = network.vpc_of(at.interface) else {
            return Some(false);
        };
        let holds = |vpc: Id<Vpc>| is_in(network.vpcs[vpc].blocks(), address);
        if holds(own) {
            return Some(false);
        }
        let unlisted = self.unlisted(Some(own), Listing::VpcPeeringConnections);
        if unlisted.is_some() {
            return None;
        }
        let region = |vpc: Id<Vpc>| &network.vpcs[vpc].region;
        let active = network.peerings.iter().filter(|(_, p)| p.active);
        let mut ends = active.map(|(_, p)| p.between.each_ref().map(|end| end.id()));
        let near = ends.any(|ends| match ends {
            [Some(a), Some(b)] if a == own => holds(b) && region(b) == region(own),
            [Some(a), Some(b)] if b == own => holds(a) && region(a) == region(own),
            [Some(_), Some(_)] => false,
            // Who is not in the input may have the address.
            ends => ends.contains(&Some(own)),
        });
        Some(!near)
    }

    /// Whether the node's routes take an address elsewhere than to the VPC's own subnets or over a peering
    /// within the Region: a target that sees its client is reached directly, by no appliance and no
    /// gateway (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).
    fn leads_away(&self, at: At<'_>, address: Address) -> bool {
        let network = self.network;
        let subnet = network.interfaces[at.interface].subnet.id();
        let beside = |s: Id<Subnet>| is_in(network.subnets[s].blocks(), address);
        if subnet.is_some_and(beside) {
            return false;
        }
        let fabric = self.b.fabric();
        let node = fabric.nodes.get(at.node as usize);
        let table = node.and_then(|n| n.slots.get(slot::ROUTES as usize));
        let table = table.and_then(|t| fabric.tables.get(*t as usize));
        let Some(table) = table else { return false };
        let mut rows = fabric.rows_of(table);
        let outcome = rows
            .find(|(_, r)| r.lo.is_v4() == address.is_v4() && r.spans(address))
            .map_or(&table.otherwise, |(_, r)| fabric.outcome(table, r.then));
        let links: Vec<LinkId> = match outcome.action {
            Action::Go(link) => vec![link],
            Action::Choose(first, number) => {
                let all = first as usize..(first + number) as usize;
                let all = fabric.alternatives.get(all).into_iter().flatten();
                let to = |a: &Alternative| match a.then {
                    Action::Go(link) => Some(link),
                    _ => None,
                };
                all.filter_map(to).collect()
            }
            Action::Next | Action::Drop(_) | Action::Rewrite(_) | Action::Opaque(_) => Vec::new(),
        };
        let to = links.iter().filter_map(|l| fabric.links.get(*l as usize));
        to.map(|link| link.to).any(|to| !self.is_direct(at, to))
    }

    /// Whether a node is the router of the VPC, or a peering within the Region; or a NAT gateway, which
    /// keeps no client's address itself.
    fn is_direct(&self, at: At<'_>, node: NodeId) -> bool {
        let network = self.network;
        let nats = network.nat_gateways.iter();
        let mut nats = nats.filter_map(|(_, nat)| nat.interface.id());
        if self.routers.contains(&node)
            || self.regional_nats.contains(&node)
            || nats.any(|nat| self.out.node_of(nat) == node)
        {
            return true;
        }
        let own = network.vpc_of(at.interface);
        let own = own.map(|v| &network.vpcs[v].region);
        let mut peerings = network.peerings.iter().zip(&self.peerings);
        peerings.any(|((_, peering), wire)| {
            let ends = peering.between.iter().filter_map(Ref::id);
            let mut regions = ends.map(|v| &network.vpcs[v].region);
            *wire == node && regions.all(|r| Some(r) == own)
        })
    }
}
