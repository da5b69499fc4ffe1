//! The interfaces of Resolver endpoints, and a VPC's resolver as others meet it.

use super::bits;
use super::compile::Compiler;
use super::filter::span;
use super::stages::slot;
use crate::code::Code;
use crate::fabric::{Action, Address, NodeId, RowSpec, Side, Span};
use crate::model::{Interface, Origin, Role, Subnet, Vpc};

/// 169.254.169.253, where every VPC's resolver answers too.
pub(super) const RESOLVER: Address = Address::of_v4(0xa9fe_a9fd);

/// fd00:ec2::253, where it answers over IPv6.
pub(super) const RESOLVER6: Address = Address::new(0xfd00_0ec2 << 96 | 0x253);

/// What a host's own services have: link-local addresses, and a block of IPv6 of their own
/// (`/AWSEC2/latest/UserGuide/using-instance-addressing.html`, `/vpc/latest/userguide/VPC_Route_Tables.html`).
pub(super) const SERVICES: [(Address, Address); 3] = [
    (Address::of_v4(0xa9fe_0000), Address::of_v4(0xa9fe_ffff)),
    (
        Address::new(0xfe80 << 112),
        Address::new((0xfec0 << 112) - 1),
    ),
    (
        Address::new(0xfd00_0ec2 << 96),
        Address::new((0xfd00_0ec3 << 96) - 1),
    ),
];

impl Compiler<'_> {
    /// Whether an interface answers DNS queries: it is of an inbound Resolver endpoint, or of one
    /// that the input does not contain.
    pub(super) fn answers(&self, interface: &Interface) -> bool {
        let Role::Resolver(endpoint) = &interface.role else {
            return false;
        };
        let known = endpoint.id();
        known.is_none_or(|e| self.network.resolver_endpoints[e].inbound)
    }

    /// An inbound endpoint answers DNS and nothing else
    /// (`/Route53/latest/DeveloperGuide/resolver-overview-forward-network-to-vpc.html`).
    pub(super) fn inbound_resolver(&mut self, node: NodeId, origin: &Origin) {
        let rows = [6, 17].map(|proto| RowSpec {
            proto: Some(proto),
            ports: (53, 53),
            ..RowSpec::address(Span::Any, Action::Next, origin, "DNS")
        });
        let otherwise = Action::Drop(Code::PROTOCOL_RESTRICTION);
        let rule = "an inbound Resolver endpoint answers port 53 only, /Route53/latest/DeveloperGuide/resolver-overview-forward-network-to-vpc.html";
        let name = "inbound Resolver endpoint";
        let table = self
            .b
            .table(name, Side::Dst, rows.to_vec(), otherwise, rule);
        self.b.slot(node, slot::SPECIAL as usize, table);
    }

    /// Nobody outside a VPC may ask its resolver by its own address
    /// (`/vpc/latest/userguide/AmazonDNS-concepts.html`, `/vpc/latest/peering/vpc-peering-basics.html`).
    pub(super) fn foreign_resolver(&self, vpc: &Vpc) -> Option<RowSpec> {
        let rule = Origin::Implied(
            "a VPC's resolver answers its own VPC only, others ask an inbound endpoint, /vpc/latest/userguide/AmazonDNS-concepts.html",
        );
        let primary = vpc.cidrs.first()?;
        let own = bits(u32::from(primary.network()).checked_add(2)?);
        let then = Action::Drop(Code::UNSUPPORTED_BY_AWS);
        Some(RowSpec::address(
            (own, own),
            then,
            &rule,
            "the VPC's resolver",
        ))
    }

    /// So it is where its address is in the subnet of whoever hands on what somebody else asked
    /// (`/Route53/latest/DeveloperGuide/resolver-overview-DSN-queries-to-vpc.html`).
    pub(super) fn resolver_in(&self, subnet: &Subnet) -> Option<RowSpec> {
        let vpc = &self.network.vpcs[subnet.vpc.id()?];
        let row = self.foreign_resolver(vpc)?;
        let holds = |(lo, hi): (Address, Address)| matches!(row.span, Span::Of(at, _) if lo <= at && at <= hi);
        subnet
            .blocks()
            .any(|block| holds(span(&block)))
            .then_some(row)
    }
}
