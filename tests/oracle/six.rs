//! What is of IPv6 alone: addresses that are public as they are, the gateway that only lets out, and
//! what a NAT gateway does for IPv4.

use super::*;

impl<'a> Walk<'a> {
    /// Addresses that the host itself answers; no route of any width leads there.
    pub(super) fn is_of_the_host(&self) -> bool {
        match self.packet.dst {
            IpAddr::V4(ip) => ip.is_link_local(),
            IpAddr::V6(ip) => {
                let first = ip.segments();
                first[0] & 0xffc0 == 0xfe80 || first[..2] == [0xfd00, 0xec2]
            }
        }
    }

    /// What is internal by its kind, or by itself, has addresses of IPv6 that no internet gateway serves.
    pub(super) fn is_internal(&self, interface: &Interface) -> bool {
        match (interface.deny_all_igw_traffic, &interface.role) {
            (Some(own), _) => own,
            (None, Role::Endpoint(_)) => true,
            (None, Role::LoadBalancer(r)) => {
                self.net.load_balancers[r.id().unwrap()].deny_all_igw_traffic
            }
            (None, _) => false,
        }
    }

    /// Out of an egress-only gateway, which remembers what it let out, and lets out no replies to
    /// what it did not let in.
    pub(super) fn only_out(&mut self, vpc: Id<Vpc>, from: &Subnet) -> Hit {
        self.may_leave_only_out(from)?;
        ensure(self.leg == "out", "REPLY_WITHOUT_SESSION")?;
        let owner = self.owner(vpc, self.packet.src);
        ensure(owner.is_some(), "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")?;
        self.let_out.push((vpc, self.packet));
        self.cross("egress-only-internet-gateway");
        self.world()
    }

    /// Into the VPC that has the block of an address of IPv6; none if no VPC has.
    pub(super) fn enters_six(&mut self) -> Option<Hit> {
        let (asked, dst) = (self.packet.mirror(), self.packet.dst);
        let mut let_out = self.let_out.iter();
        if let Some((vpc, _)) = let_out.find(|(_, packet)| *packet == asked) {
            return Some(self.arrive_by("egress-only-internet-gateway", *vpc));
        }
        if within(&"64:ff9b::/96".parse().unwrap(), dst) {
            // It stands for IPv4, and only a NAT gateway knows.
            return Some(Err("NO_POSSIBLE_DESTINATION"));
        }
        let mut vpcs = self.net.vpcs.iter();
        let (id, vpc) = vpcs.find(|(id, _)| self.inside(*id, dst))?;
        if vpc.internet_gateway.is_none() {
            let mut gateways = self.net.egress_only_gateways.iter();
            return Some(match gateways.any(|(_, g)| g.vpc.id() == Some(id)) {
                true => {
                    self.cross("egress-only-internet-gateway");
                    Err("REPLY_WITHOUT_SESSION")
                }
                false => Err("NO_POSSIBLE_DESTINATION"),
            });
        }
        let owner = self.owner(id, dst).map(|i| &self.net.interfaces[i]);
        let internal = owner.is_some_and(|i| self.is_internal(i));
        if internal {
            self.cross("internet-gateway");
            return Some(Err("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"));
        }
        Some(self.arrive_by("internet-gateway", id))
    }
}

/// The IPv4 address that one of IPv6 stands for, and the protocol there.
pub(super) fn translated(packet: Packet) -> Packet {
    let dst = match packet.dst {
        IpAddr::V6(ip) => IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() as u32)),
        ip @ IpAddr::V4(_) => ip,
    };
    Packet { dst, ..packet }
}
