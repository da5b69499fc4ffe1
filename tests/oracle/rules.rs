//! What filters and route tables say.

use super::{Hit, ICMP, Packet, Reader, TCP, UDP};
use ipnet::IpNet;
use reachability::model::{
    Destination, Id, Interface, Network, Peer, PrefixList, Ref, Role, Route, RouteKind, RouteTable,
    SecurityGroup, Service, Subnet, Vpc,
};
use std::net::Ipv4Addr;

impl Reader<'_> {
    pub(super) fn subnet_of(&self, interface: Id<Interface>) -> Id<Subnet> {
        self.network.interfaces[interface].subnet.id().unwrap()
    }

    pub(super) fn vpc_of(&self, interface: Id<Interface>) -> Id<Vpc> {
        let subnet = self.subnet_of(interface);
        self.network.subnets[subnet].vpc.id().unwrap()
    }

    pub(super) fn zone_of(&self, interface: Id<Interface>) -> &str {
        &self.network.subnets[self.subnet_of(interface)].zone
    }

    pub(super) fn groups_of(&self, interface: Id<Interface>) -> Vec<Id<SecurityGroup>> {
        let groups = &self.network.interfaces[interface].groups;
        groups.iter().filter_map(Ref::id).collect()
    }

    /// Neither stopped nor in a zone that is down.
    pub(super) fn alive(&self, interface: Id<Interface>) -> Hit {
        let zone = self.zone_of(interface);
        let down = self.network.down_zones.iter().any(|(z, _)| z == zone);
        let stopped = match &self.network.interfaces[interface].role {
            Role::Instance(i) => !self.network.instances[i.id().unwrap()].running,
            _ => false,
        };
        ensure(!down && !stopped, "BAD_STATE")
    }

    /// Whether an address is a VPC's.
    pub(super) fn inside(&self, vpc: Id<Vpc>, ip: Ipv4Addr) -> bool {
        let blocks = &self.network.vpcs[vpc].cidrs;
        blocks.iter().any(|c| c.contains(&ip))
    }

    /// Whether a member of a group has an address, private or public.
    fn has(&self, group: &Ref<SecurityGroup>, ip: Ipv4Addr) -> bool {
        self.network.interfaces.iter().any(|(_, i)| {
            let member = i.groups.iter().any(|g| g.id() == group.id());
            member && (owns(i, ip) || i.public.iter().any(|(_, p)| *p == ip))
        })
    }

    /// The interface of a VPC that has an address.
    pub(super) fn owner(&self, vpc: Id<Vpc>, ip: Ipv4Addr) -> Option<Id<Interface>> {
        let mut all = self.network.interfaces.iter();
        all.find(|(id, i)| owns(i, ip) && self.vpc_of(*id) == vpc)
            .map(|(id, _)| id)
    }

    /// Groups of a receiver: any rule of any group. References look at who sent it.
    pub(super) fn group_in(&self, at: Id<Interface>) -> Hit {
        let packet = self.trip.packet;
        let rules = || {
            self.groups_of(at)
                .into_iter()
                .flat_map(|g| &self.network.groups[g].ingress)
        };
        let allows = |peer: &Peer| match peer {
            Peer::Group(g) => self.trip.known && self.trip.groups.contains(&g.id().unwrap()),
            other => self.lists(other, packet.src),
        };
        ensure(rules().next().is_some(), "SG_HAS_NO_RULES")?;
        let mut fit = rules().filter(|r| covers(&r.service, packet));
        if fit.clone().any(|r| allows(&r.peer)) {
            return Ok(());
        }
        // A stranger with the address of a member.
        let familiar = fit.any(|r| matches!(&r.peer, Peer::Group(g) if self.has(g, packet.src)));
        ensure(!familiar, "SG_REFERENCES_NOT_PRESERVED")?;
        Err("ENI_SG_RULES_MISMATCH")
    }

    /// Groups of a sender. References look for a member that has the destination's address.
    pub(super) fn group_out(&self, at: Id<Interface>) -> Hit {
        let packet = self.trip.packet;
        let rules = || {
            self.groups_of(at)
                .into_iter()
                .flat_map(|g| &self.network.groups[g].egress)
        };
        let allows = |peer: &Peer| match peer {
            Peer::Group(g) => self.member(self.vpc_of(at), g.id().unwrap(), packet.dst),
            other => self.lists(other, packet.dst),
        };
        ensure(rules().next().is_some(), "SG_HAS_NO_RULES")?;
        let allowed = rules().any(|r| covers(&r.service, packet) && allows(&r.peer));
        ensure(allowed, "ENI_SG_RULES_MISMATCH")
    }

    /// Whether a member of the group has the private address, the group being of this VPC or of
    /// one peered with it in the same Region.
    fn member(&self, own: Id<Vpc>, group: Id<SecurityGroup>, ip: Ipv4Addr) -> bool {
        let network = self.network;
        let of = network.groups[group].vpc.id().unwrap();
        let joined =
            |ends: [Option<Id<Vpc>>; 2]| ends.contains(&Some(own)) && ends.contains(&Some(of));
        let mut peerings = network.peerings.iter();
        let peered = peerings.any(|(_, p)| p.active && joined(p.between.each_ref().map(Ref::id)))
            && network.vpcs[own].region == network.vpcs[of].region;
        let owner = self.owner(of, ip);
        (own == of || peered) && owner.is_some_and(|i| self.groups_of(i).contains(&group))
    }

    /// The ACL of a subnet: the lowest number that matches decides; what matches none is denied.
    pub(super) fn acl(&self, subnet: Id<Subnet>, ingress: bool) -> Hit {
        let acl = &self.network.acls[self.network.subnets[subnet].acl.id().unwrap()];
        let packet = self.trip.packet;
        let (rules, peer) = match ingress {
            true => (&acl.ingress, packet.src),
            false => (&acl.egress, packet.dst),
        };
        let fit = rules
            .iter()
            .filter(|r| covers(&r.service, packet) && within(&r.peer, peer));
        let first = fit.min_by_key(|r| r.number);
        ensure(first.is_some_and(|r| r.allow), "SUBNET_ACL_RESTRICTION")
    }

    /// The best routes of a table: none, one, or several where prefix lists tie.
    pub(super) fn routes(&self, table: Id<RouteTable>, dst: Ipv4Addr) -> Vec<Route> {
        let table = &self.network.tables[table];
        let vpc = &self.network.vpcs[table.vpc.id().unwrap()];
        let local = vpc.cidrs.iter().any(|c| c.contains(&dst));
        // Inside the VPC its own delivery beats whatever was propagated.
        let routes = table
            .routes
            .iter()
            .filter(|r| !local || r.kind == RouteKind::Static);
        let length = |d: &Destination| match d {
            Destination::Cidr(net) => within(net, dst).then(|| net.prefix_len()),
            Destination::List(l) => self.in_list(l, dst),
            Destination::AwsList(region, service) => self.in_aws_list(region, service, dst),
        };
        let rank = |r: &Route| {
            let list = !matches!(r.destination, Destination::Cidr(_));
            Some((32 - length(&r.destination)?, r.kind, list))
        };
        let Some(best) = routes.clone().filter_map(rank).min() else {
            return Vec::new();
        };
        routes.filter(|r| rank(r) == Some(best)).cloned().collect()
    }

    fn lists(&self, peer: &Peer, ip: Ipv4Addr) -> bool {
        match peer {
            Peer::Cidr(net) => within(net, ip),
            Peer::List(l) => self.in_list(l, ip).is_some(),
            Peer::AwsList(region, service) => self.in_aws_list(region, service, ip).is_some(),
            Peer::Group(_) => false,
        }
    }

    fn in_list(&self, list: &Ref<PrefixList>, ip: Ipv4Addr) -> Option<u8> {
        let entries = self.network.prefix_lists[list.id()?].entries.iter();
        entries
            .filter(|n| within(n, ip))
            .map(IpNet::prefix_len)
            .max()
    }

    pub(super) fn in_aws_list(&self, region: &str, service: &str, ip: Ipv4Addr) -> Option<u8> {
        let mut lists = self.network.aws_lists.iter();
        let (_, blocks) = lists.find(|((r, s), _)| r == region && s == service)?;
        let hits = blocks.iter().filter(|b| b.contains(&ip));
        hits.map(ipnet::Ipv4Net::prefix_len).max()
    }
}

pub(super) fn ensure(holds: bool, code: &'static str) -> Hit {
    if holds { Ok(()) } else { Err(code) }
}

/// Whether a rule is about this protocol and destination port.
fn covers(service: &Service, packet: Packet) -> bool {
    let icmp = |(kind, code): (Option<u8>, Option<u8>)| {
        kind.is_none_or(|k| u16::from(k) == packet.dport) && code.is_none_or(|c| c == 0)
    };
    match service.protocol {
        None => true,
        Some(p) if p != packet.protocol => false,
        Some(TCP | UDP) => (service.ports.0..=service.ports.1).contains(&packet.dport),
        Some(ICMP) => icmp(service.icmp),
        Some(_) => true,
    }
}

fn within(net: &IpNet, ip: Ipv4Addr) -> bool {
    net.contains(&std::net::IpAddr::V4(ip))
}

fn owns(interface: &Interface, ip: Ipv4Addr) -> bool {
    let mut prefixes = interface.prefixes.iter();
    interface.ips.contains(&ip) || prefixes.any(|p| p.contains(&ip))
}

/// Ports at which some rule begins, or that follow its end.
pub(super) fn cuts(network: &Network) -> Vec<u16> {
    let acls = network
        .acls
        .iter()
        .flat_map(|(_, a)| a.ingress.iter().chain(&a.egress));
    let groups = network
        .groups
        .iter()
        .flat_map(|(_, g)| g.ingress.iter().chain(&g.egress));
    let spans = acls
        .map(|r| r.service.ports)
        .chain(groups.map(|r| r.service.ports));
    let mut cuts: Vec<u16> = spans
        .flat_map(|(low, high)| [low, high.saturating_add(1)])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}
