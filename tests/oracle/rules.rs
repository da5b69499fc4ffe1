//! What filters and route tables say.

use super::{ICMP, Packet, Reader, TCP, UDP};
use ipnet::IpNet;
use reachability::model::{
    AclRule, Destination, GroupRule, Id, Interface, Network, Peer, PrefixList, Ref, Role, Route,
    RouteKind, RouteTable, SecurityGroup, Service, Subnet, Target, Vpc,
};
use std::net::Ipv4Addr;

impl Reader<'_> {
    pub(super) fn subnet_of(&self, interface: Id<Interface>) -> Id<Subnet> {
        self.network.interfaces[interface].subnet.id().unwrap()
    }

    pub(super) fn vpc_of(&self, interface: Id<Interface>) -> Id<Vpc> {
        self.network.subnets[self.subnet_of(interface)]
            .vpc
            .id()
            .unwrap()
    }

    pub(super) fn zone_of(&self, interface: Id<Interface>) -> &str {
        &self.network.subnets[self.subnet_of(interface)].zone
    }

    pub(super) fn groups_of(&self, interface: Id<Interface>) -> Vec<Id<SecurityGroup>> {
        let groups = &self.network.interfaces[interface].groups;
        groups.iter().filter_map(Ref::id).collect()
    }

    pub(super) fn running(&self, interface: Id<Interface>) -> bool {
        match &self.network.interfaces[interface].role {
            Role::Instance(i) => self.network.instances[i.id().unwrap()].running,
            _ => true,
        }
    }

    /// Groups of a receiver: any rule of any group. References look at who sent it.
    pub(super) fn group_lets_in(
        &self,
        at: Id<Interface>,
        packet: Packet,
        sender: &[Id<SecurityGroup>],
    ) -> bool {
        self.groups_of(at).iter().any(|g| {
            self.network.groups[*g].ingress.iter().any(|rule| {
                covers(&rule.service, packet)
                    && match &rule.peer {
                        Peer::Group(g) => sender.contains(&g.id().unwrap()),
                        _ => self.peer_has(rule, packet.src),
                    }
            })
        })
    }

    /// Groups of a sender. References look for a member with the destination's address.
    pub(super) fn group_lets_out(&self, at: Id<Interface>, packet: Packet) -> bool {
        self.groups_of(at).iter().any(|g| {
            self.network.groups[*g].egress.iter().any(|rule| {
                covers(&rule.service, packet)
                    && match &rule.peer {
                        Peer::Group(g) => {
                            self.member_has(self.vpc_of(at), g.id().unwrap(), packet.dst)
                        }
                        _ => self.peer_has(rule, packet.dst),
                    }
            })
        })
    }

    fn peer_has(&self, rule: &GroupRule, address: Ipv4Addr) -> bool {
        match &rule.peer {
            Peer::Cidr(net) => contains(net, address),
            Peer::List(l) => length_in_list(self.network, l.id().unwrap(), address).is_some(),
            Peer::AwsList(region, service) => {
                length_in_aws_list(self.network, region, service, address).is_some()
            }
            Peer::Group(_) => false,
        }
    }

    /// Whether a member of the group has the private address, the group being of this VPC or of
    /// one peered with it in the same Region.
    fn member_has(&self, own: Id<Vpc>, group: Id<SecurityGroup>, address: Ipv4Addr) -> bool {
        let vpcs = &self.network.vpcs;
        let of = self.network.groups[group].vpc.id().unwrap();
        let peered = vpcs[own].region == vpcs[of].region
            && self.network.peerings.iter().any(|(_, p)| {
                let ends = p.between.each_ref().map(|v| v.id().unwrap());
                p.active && (ends == [own, of] || ends == [of, own])
            });
        (own == of || peered)
            && self
                .network
                .interfaces
                .iter()
                .any(|(id, i)| i.ips.contains(&address) && self.groups_of(id).contains(&group))
    }

    pub(super) fn acl_lets_in(&self, subnet: Id<Subnet>, packet: Packet) -> bool {
        let acl = self.network.subnets[subnet].acl.id().unwrap();
        acl_allows(&self.network.acls[acl].ingress, packet, packet.src)
    }

    pub(super) fn acl_lets_out(&self, subnet: Id<Subnet>, packet: Packet) -> bool {
        let acl = self.network.subnets[subnet].acl.id().unwrap();
        acl_allows(&self.network.acls[acl].egress, packet, packet.dst)
    }

    /// The targets of the best routes: none, one, or several where prefix lists tie.
    pub(super) fn routes(
        &self,
        table: Id<RouteTable>,
        dst: Ipv4Addr,
    ) -> Vec<Result<&Target, &'static str>> {
        let table = &self.network.tables[table];
        let vpc = &self.network.vpcs[table.vpc.id().unwrap()];
        let inside = vpc.cidrs.iter().any(|c| c.contains(&dst));
        let mut best: Vec<(u8, u8, &Route)> = Vec::new();
        for route in &table.routes {
            // Inside the VPC its own delivery beats whatever was propagated.
            if inside && route.kind != RouteKind::Static {
                continue;
            }
            let (length, list) = match &route.destination {
                Destination::Cidr(net) => (contains(net, dst).then(|| net.prefix_len()), false),
                Destination::List(l) => (length_in_list(self.network, l.id().unwrap(), dst), true),
                Destination::AwsList(region, service) => {
                    (length_in_aws_list(self.network, region, service, dst), true)
                }
            };
            let Some(length) = length else { continue };
            let rank = match (route.kind, list) {
                (RouteKind::Static, false) => 0,
                (RouteKind::Static, true) => 1,
                (RouteKind::DxBgp, _) => 2,
                (RouteKind::VpnStatic, _) => 3,
                (RouteKind::VpnBgp, _) => 4,
            };
            best.push((32 - length, rank, route));
        }
        let Some(first) = best.iter().map(|(l, r, _)| (*l, *r)).min() else {
            return Vec::new();
        };
        best.into_iter()
            .filter(|(l, r, _)| (*l, *r) == first)
            .map(|(_, _, route)| {
                if route.active {
                    Ok(&route.target)
                } else {
                    Err("blackhole")
                }
            })
            .collect()
    }
}

/// Whether a rule is about this protocol and destination port.
fn covers(service: &Service, packet: Packet) -> bool {
    match service.protocol {
        None => true,
        Some(p) if p != packet.proto => false,
        Some(TCP | UDP) => (service.ports.0..=service.ports.1).contains(&packet.dport),
        Some(ICMP) => service.icmp == (None, None),
        Some(_) => true,
    }
}

/// The lowest number that matches decides; what matches nothing is denied.
fn acl_allows(rules: &[AclRule], packet: Packet, peer: Ipv4Addr) -> bool {
    rules
        .iter()
        .filter(|r| covers(&r.service, packet) && contains(&r.peer, peer))
        .min_by_key(|r| r.number)
        .is_some_and(|r| r.allow)
}

fn contains(net: &IpNet, address: Ipv4Addr) -> bool {
    net.contains(&std::net::IpAddr::V4(address))
}

fn length_in_list(network: &Network, list: Id<PrefixList>, dst: Ipv4Addr) -> Option<u8> {
    let entries = network.prefix_lists[list].entries.iter();
    let hits = entries.filter(|n| contains(n, dst));
    hits.map(IpNet::prefix_len).max()
}

fn length_in_aws_list(network: &Network, region: &str, service: &str, dst: Ipv4Addr) -> Option<u8> {
    network
        .aws_lists
        .iter()
        .filter(|((r, s), _)| r == region && s == service)
        .flat_map(|(_, blocks)| blocks)
        .filter(|b| b.contains(&dst))
        .map(ipnet::Ipv4Net::prefix_len)
        .max()
}
