//! Hop by hop: who meets a packet between its sender and whoever it arrives at, and the reply.

use super::rules::ensure;
use super::{Hit, ICMP, Memory, Packet, Passed, Reader, Spot, TCP, UDP};
use reachability::model::{
    ConnectionKind, EndpointState, EndpointTarget, Id, Interface, NatGateway, Ref, Role, Route,
    Site, Subnet, Target, Vpc, VpcEndpoint, VpnGateway,
};
use std::net::Ipv4Addr;

impl Reader<'_> {
    /// Something of the input asks, by an interface.
    pub(super) fn from_interface(&mut self, from: Id<Interface>) -> Hit {
        self.alive(from)?;
        let resolver = self.network.vpcs[self.vpc_of(from)].cidrs[0]
            .network()
            .to_bits()
            + 2;
        let dst = self.trip.packet.dst;
        let hosted = dst.is_link_local() || dst.to_bits() == resolver;
        if hosted {
            // The host itself answers: no route, no filter.
            self.cross("host-service");
            self.trip.sees = Some(self.trip.packet.src);
            self.end("");
            return Ok(());
        }
        self.group_out(from)?;
        self.trip.groups = self.groups_of(from);
        self.trip.known = true;
        self.remember(Spot::Interface(from), None, self.trip.packet, false)?;
        self.leave(from)
    }

    /// Writes down what came in, puts what goes out in its place.
    pub(super) fn remember(
        &mut self,
        at: Spot,
        door: Option<Id<Interface>>,
        sent: Packet,
        direct: bool,
    ) -> Hit {
        let asked = self.trip.packet;
        let mut memory = self.trip.memory.iter();
        ensure(
            !memory.any(|m| m.at == at && m.sent == sent),
            "FORWARDING_LOOP",
        )?;
        self.trip.packet = sent;
        self.trip.memory.push(Memory {
            at,
            sent,
            asked,
            door,
            direct,
        });
        Ok(())
    }

    /// A packet leaves an interface.
    pub(super) fn leave(&mut self, from: Id<Interface>) -> Hit {
        let subnet = self.subnet_of(from);
        let dst = self.trip.packet.dst;
        if let Some(at) = self.remembered() {
            // Back to who remembers, without a route; ACLs still look at a subnet's border.
            let to = self.subnet_of(at);
            if to != subnet {
                self.acl(subnet, false)?;
                self.acl(to, true)?;
            }
            return self.recall(Spot::Interface(at));
        }
        if self.network.subnets[subnet].cidr.contains(&dst) {
            // A neighbour: no router, no ACL.
            self.cross("same-subnet");
            return self.deliver(self.vpc_of(from), Some(subnet));
        }
        self.acl(subnet, false)?;
        let table = self.network.subnets[subnet].table.id().unwrap();
        let routes = self.routes(table, dst);
        ensure(!routes.is_empty(), "NO_ROUTE_TO_DESTINATION")?;
        self.each(routes, |r, route| r.follow(&route, subnet))
    }

    /// Whoever takes this reply without a route.
    fn remembered(&self) -> Option<Id<Interface>> {
        let last = self
            .trip
            .memory
            .last()
            .filter(|_| self.trip.leg == "back")?;
        match last.at {
            Spot::Interface(at) if last.direct && self.trip.packet == last.sent.mirror() => {
                Some(at)
            }
            _ => None,
        }
    }

    fn follow(&mut self, route: &Route, subnet: Id<Subnet>) -> Hit {
        ensure(route.active, "BAD_STATE_ROUTE")?;
        let vpc = self.network.subnets[subnet].vpc.id().unwrap();
        match &route.target {
            Target::Local => {
                self.cross("local");
                self.deliver(vpc, Some(subnet))
            }
            Target::Internet(_) => self.internet_gateway(vpc),
            Target::Nat(nat) => self.nat(&self.network.nat_gateways[nat.id().unwrap()], subnet),
            Target::Peering(r) => {
                let peering = &self.network.peerings[r.id().unwrap()];
                ensure(peering.active, "BAD_STATE_ROUTE")?;
                let ends = peering.between.each_ref().map(|v| v.id().unwrap());
                let far = if ends[0] == vpc { ends[1] } else { ends[0] };
                let vpcs = &self.network.vpcs;
                let known = self.trip.known && vpcs[far].region == vpcs[vpc].region;
                let inside = vpcs[far]
                    .cidrs
                    .iter()
                    .any(|c| c.contains(&self.trip.packet.dst));
                self.cross("peering");
                self.trip.known = known;
                ensure(inside, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")?;
                self.deliver(far, None)
            }
            Target::Vpn(gateway) => self.vpn(gateway, vpc),
            Target::Endpoint(r) => self.gateway_endpoint(r.id().unwrap(), vpc),
            Target::Unseen(_) => Err("UNKNOWN_RESOURCE"),
        }
    }

    /// Outbound: only public destinations, only sources that have a public address.
    fn internet_gateway(&mut self, vpc: Id<Vpc>) -> Hit {
        let packet = self.trip.packet;
        ensure(
            !packet.dst.is_private(),
            "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        )?;
        ensure(
            !shared(packet.dst),
            "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
        )?;
        let owner = self
            .owner(vpc, packet.src)
            .map(|i| &self.network.interfaces[i].public);
        let public = owner.and_then(|all| all.iter().find(|(private, _)| *private == packet.src));
        let (_, src) = public.ok_or("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")?;
        self.trip.packet.src = *src;
        self.cross("internet-gateway");
        self.world()
    }

    /// A packet between public addresses.
    pub(super) fn world(&mut self) -> Hit {
        let packet = self.trip.packet;
        let maps = |i: &Interface| i.public.iter().find(|(_, p)| *p == packet.dst).copied();
        let mut all = self.network.interfaces.iter();
        if let Some((id, (private, _))) = all.find_map(|(id, i)| Some((id, maps(i)?))) {
            self.cross("internet-gateway");
            let (vpc, src) = (self.vpc_of(id), packet.src);
            ensure(
                !src.is_private(),
                "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
            )?;
            ensure(!shared(src), "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS")?;
            self.trip.packet.dst = private;
            return self.deliver(vpc, None);
        }
        if self.trip.leg == "back" {
            return self.recall(Spot::World);
        }
        self.passed_aws(packet.dst);
        self.turn()?;
        self.world()
    }

    /// A NAT gateway, as the target of a route: TCP, UDP and ICMP, its own address as source.
    fn nat(&mut self, nat: &NatGateway, subnet: Id<Subnet>) -> Hit {
        ensure(nat.available, "BAD_STATE_ROUTE")?;
        let at = nat.interface.id().unwrap();
        let to = self.subnet_of(at);
        self.cross("nat-gateway");
        if to != subnet {
            self.acl(to, true)?;
        }
        let packet = self.trip.packet;
        let carried = [ICMP, TCP, UDP].contains(&packet.protocol);
        ensure(carried, "PROTOCOL_RESTRICTION")?;
        let own = self.inside(self.vpc_of(at), packet.src);
        ensure(own, "NGW_REQUIRES_SOURCE_IN_VPC")?;
        ensure(self.trip.leg == "out", "REPLY_WITHOUT_SESSION")?;
        let src = self.network.interfaces[at].ips[0];
        self.each(self.drawn(packet), |r, sport| {
            let sent = Packet {
                src,
                sport,
                ..packet
            };
            r.remember(Spot::Interface(at), Some(at), sent, true)?;
            r.leave(at)
        })
    }

    /// The ports that somebody who translates picks from; ICMP has none.
    pub(super) fn drawn(&self, packet: Packet) -> Vec<u16> {
        match packet.protocol {
            TCP | UDP => self.ports((1024, u16::MAX)),
            _ => vec![packet.sport],
        }
    }

    /// Out of a virtual private gateway to the site, by the best connection that is up.
    fn vpn(&mut self, gateway: &Ref<VpnGateway>, vpc: Id<Vpc>) -> Hit {
        let Packet { src, dst, .. } = self.trip.packet;
        let own = self.inside(vpc, src);
        ensure(own, "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS")?;
        let longest = |prefixes: &[ipnet::Ipv4Net]| {
            let hits = prefixes.iter().filter(|p| p.contains(&dst));
            hits.map(ipnet::Ipv4Net::prefix_len).max()
        };
        let rank = |kind| match kind {
            ConnectionKind::DirectConnect => 0,
            ConnectionKind::VpnStatic => 1,
            ConnectionKind::VpnBgp => 2,
        };
        let all = self.network.connections.iter().map(|(_, c)| c);
        let all = all.filter(|c| c.to.id() == gateway.id());
        let known = all.filter_map(|c| Some((!c.up, 32 - longest(&c.prefixes)?, rank(c.kind), c)));
        let known: Vec<_> = known.collect();
        let best = known
            .iter()
            .map(|(down, length, rank, _)| (*down, *length, *rank))
            .min();
        let best = best.ok_or("NO_ROUTE_TO_DESTINATION")?;
        ensure(!best.0, "BAD_STATE_VPN")?;
        let ways = known
            .iter()
            .filter(|(down, length, rank, _)| (*down, *length, *rank) == best);
        let ways: Vec<_> = ways
            .map(|(.., c)| (link(c.kind), c.site.id().unwrap()))
            .collect();
        self.each(ways, |r, (link, site)| {
            r.cross(link);
            r.at_site(site)
        })
    }

    /// At a site: a reply to what it asked, or a request that one of its hosts answers.
    fn at_site(&mut self, site: Id<Site>) -> Hit {
        if self.trip.leg == "back" {
            return self.recall(Spot::Site(site));
        }
        self.turn()?;
        self.from_site(site)
    }

    /// Out of a site: to the VPCs whose blocks AWS announces to it, else by its own provider.
    pub(super) fn from_site(&mut self, site: Id<Site>) -> Hit {
        let dst = self.trip.packet.dst;
        let vpc =
            |c: &Ref<VpnGateway>| self.network.vpn_gateways[c.id().unwrap()].vpc.id().unwrap();
        let announces = |vpc| {
            self.network.vpcs[vpc]
                .cidrs
                .iter()
                .any(|c| c.contains(&dst))
        };
        let all = self.network.connections.iter().map(|(_, c)| c);
        let all = all.filter(|c| c.site.id() == Some(site));
        let known: Vec<_> = all.filter(|c| announces(vpc(&c.to))).collect();
        if !known.is_empty() {
            let up = known.into_iter().filter(|c| c.up);
            let ways: Vec<_> = up.map(|c| (link(c.kind), vpc(&c.to))).collect();
            ensure(!ways.is_empty(), "BAD_STATE_VPN")?;
            return self.each(ways, |r, (link, vpc)| {
                r.cross(link);
                r.deliver(vpc, None)
            });
        }
        let public = self.network.sites[site].public_ip;
        let src = public.ok_or("NO_ROUTE_TO_DESTINATION")?;
        self.cross("isp");
        ensure(self.trip.leg == "out", "REPLY_WITHOUT_SESSION")?;
        let packet = self.trip.packet;
        self.each(self.drawn(packet), |r, sport| {
            r.remember(
                Spot::World,
                None,
                Packet {
                    src,
                    sport,
                    ..packet
                },
                false,
            )?;
            r.world()
        })
    }

    /// A gateway endpoint: the service answers into the VPC that the packet came from.
    fn gateway_endpoint(&mut self, id: Id<VpcEndpoint>, vpc: Id<Vpc>) -> Hit {
        let endpoint = &self.network.endpoints[id];
        self.cross("gateway-endpoint");
        state(endpoint)?;
        let protocol = self.trip.packet.protocol;
        ensure(
            [TCP, ICMP].contains(&protocol),
            "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
        )?;
        if let EndpointTarget::Aws(region, service) = &endpoint.target {
            self.trip
                .passed
                .push(Passed::Aws(region.clone(), service.clone()));
        }
        self.trip.passed.push(Passed::Endpoint(id));
        self.turn()?;
        self.deliver(vpc, None)
    }

    /// Inside a VPC, to the interface that has the address.
    fn deliver(&mut self, vpc: Id<Vpc>, from: Option<Id<Subnet>>) -> Hit {
        let owner = self.owner(vpc, self.trip.packet.dst);
        let at = owner.ok_or("NO_POSSIBLE_DESTINATION")?;
        self.alive(at)?;
        if from != Some(self.subnet_of(at)) {
            self.acl(self.subnet_of(at), true)?;
        }
        if self.trip.leg == "back" {
            return self.recall(Spot::Interface(at));
        }
        self.arrive(at)
    }

    fn arrive(&mut self, at: Id<Interface>) -> Hit {
        self.trip.passed.push(Passed::Interface(at));
        match &self.network.interfaces[at].role {
            // It has no groups, and admits replies only.
            Role::Nat(_) => Err("REPLY_WITHOUT_SESSION"),
            Role::LoadBalancer(r) => {
                let id = r.id().unwrap();
                if self.network.load_balancers[id].has_groups {
                    self.group_in(at)?;
                }
                self.balance(id, at, at, false)
            }
            Role::Endpoint(r) => {
                self.group_in(at)?;
                let id = r.id().unwrap();
                self.interface_endpoint(id, at)
            }
            Role::Instance(_) | Role::Plain | Role::Other(_) => {
                self.group_in(at)?;
                self.turn()?;
                self.leave(at)
            }
        }
    }

    fn interface_endpoint(&mut self, id: Id<VpcEndpoint>, at: Id<Interface>) -> Hit {
        let endpoint = &self.network.endpoints[id];
        state(endpoint)?;
        let protocol = self.trip.packet.protocol;
        ensure([TCP, UDP].contains(&protocol), "PROTOCOL_RESTRICTION")?;
        self.cross("interface-endpoint");
        self.trip.passed.push(Passed::Endpoint(id));
        match &endpoint.target {
            EndpointTarget::Aws(region, service) => {
                self.trip
                    .passed
                    .push(Passed::Aws(region.clone(), service.clone()));
                self.turn()?;
                self.leave(at)
            }
            EndpointTarget::Service(service) => self.private_link(service.id().unwrap(), at),
        }
    }

    /// It has arrived: the right one answers.
    fn turn(&mut self) -> Hit {
        let trip = &mut self.trip;
        trip.leg = "arrival";
        if let Some(accept) = &self.accept {
            if !accept.iter().any(|a| trip.passed.contains(a)) {
                let elsewhere = trip.passed.iter().any(|p| matches!(p, Passed::Aws(..)));
                let service = matches!(accept[..], [Passed::Aws(..), ..]);
                ensure(!(elsewhere && service), "ENDPOINT_DOES_NOT_SERVE")?;
                return Err("MISDELIVERED");
            }
        }
        trip.leg = "back";
        trip.sees = Some(trip.packet.src);
        trip.packet = trip.packet.mirror();
        Ok(())
    }

    /// A reply comes to somebody: who waits for it sends it on, or has it; others do not want it.
    fn recall(&mut self, at: Spot) -> Hit {
        let last = *self.trip.memory.last().unwrap();
        if last.at != at || self.trip.packet != last.sent.mirror() {
            if let Spot::Interface(at) = at {
                if !matches!(self.network.interfaces[at].role, Role::Nat(_)) {
                    self.group_in(at)?;
                }
            }
            return Err("REPLY_WITHOUT_SESSION");
        }
        self.trip.memory.pop();
        let Some(before) = self.trip.memory.last() else {
            self.end("");
            return Ok(());
        };
        self.trip.packet = last.asked.mirror();
        match last.door {
            Some(door) => self.leave(door),
            None => self.recall(before.at),
        }
    }

    /// The services of AWS that have a public address.
    fn passed_aws(&mut self, ip: Ipv4Addr) {
        for ((region, service), blocks) in &self.network.aws_lists {
            if blocks.iter().any(|b| b.contains(&ip)) {
                self.trip
                    .passed
                    .push(Passed::Aws(region.clone(), service.clone()));
            }
        }
        for (name, all) in self
            .network
            .aws_addresses
            .iter()
            .filter(|(_, all)| all.contains(&ip))
        {
            let mut parts = name.split('.');
            if let (Some(service), Some(region), true) =
                (parts.next(), parts.next(), !all.is_empty())
            {
                self.trip
                    .passed
                    .push(Passed::Aws(region.into(), service.into()));
            }
        }
    }
}

/// Only an available endpoint carries traffic.
fn state(endpoint: &reachability::model::VpcEndpoint) -> Hit {
    match endpoint.state {
        Some(EndpointState::Available) => Ok(()),
        Some(EndpointState::PendingAcceptance) => Err("ENDPOINT_PENDING_ACCEPTANCE"),
        Some(EndpointState::Rejected) => Err("ENDPOINT_REJECTED"),
        Some(EndpointState::Failed) => Err("ENDPOINT_NOT_PERMITTED"),
        Some(EndpointState::Other) | None => Err("ENDPOINT_NOT_AVAILABLE"),
    }
}

/// 100.64.0.0/10.
fn shared(ip: Ipv4Addr) -> bool {
    matches!(ip.octets(), [100, 64..=127, ..])
}

fn link(kind: ConnectionKind) -> &'static str {
    match kind {
        ConnectionKind::DirectConnect => "direct-connect",
        ConnectionKind::VpnStatic | ConnectionKind::VpnBgp => "vpn",
    }
}
