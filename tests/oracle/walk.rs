//! Hop by hop: who meets a packet between its sender and whoever it arrives at, and the reply.

use super::*;

impl<'a> Walk<'a> {
    pub(super) fn start(&mut self, from: Spot) -> Hit {
        let packet = self.packet;
        if let Spot::Client(id) = from {
            return self.dial_in(id);
        }
        if let Spot::Eni(at) = from {
            ensure(self.net.out_of_service(at).is_none(), "BAD_STATE")?;
            let mut own = self.net.interfaces[at].addresses();
            if own.any(|own| own == packet.dst) {
                // Its system hands it back to itself.
                self.sees = (packet.src == packet.dst).then_some(packet.src);
                return self.end("");
            }
            if self.is_of_the_host() || self.to_resolver(self.net.vpc_of(at).unwrap()) {
                return self.ask_the_host();
            }
            self.groups(at, OUT)?;
            self.groups = self.groups_of(at);
        }
        self.remember((from, packet, packet, None, false))?;
        match from {
            Spot::Eni(at) => self.leave(at),
            Spot::Site(site) => self.leave_site(site),
            Spot::World | Spot::Client(_) | Spot::Regional(_) | Spot::Router(_) => self.world(),
        }
    }

    /// The host itself answers: no route, no filter.
    pub(super) fn ask_the_host(&mut self) -> Hit {
        self.cross("host-service");
        self.turn();
        self.end("")
    }

    /// Sends what goes out in place of what came in.
    pub(super) fn remember(&mut self, memory: Memory) -> Hit {
        let (at, sent, ..) = memory;
        let circle = self.memory.iter().any(|m| m.0 == at && m.1 == sent);
        ensure(!circle, "FORWARDING_LOOP")?;
        self.memory.push(memory);
        self.packet = sent;
        Ok(())
    }

    pub(super) fn leave(&mut self, from: Eni) -> Hit {
        let subnet = self.subnet_of(from);
        let role = |eni| &self.net.interfaces[eni].role;
        self.left = Some(from);
        if let Some(&(Spot::Eni(at), sent, .., true)) = self.memory.last()
            && (self.packet == sent.mirror() && !matches!(role(from), Role::Nat(_)))
        {
            // Straight back to who remembers, unless by a NAT gateway; ACLs look at the borders.
            let to = self.subnet_of(at);
            if to != subnet {
                self.acl(subnet, OUT)?;
                self.acl(to, IN)?;
            }
            return self.recall(Spot::Eni(at));
        }
        if holds(subnet, self.packet.dst) {
            // A neighbour: no router, no ACL.
            return self.deliver("same-subnet", self.net.vpc_of(from).unwrap(), Some(subnet));
        }
        self.acl(subnet, OUT)?;
        let (routes, none) = (self.routes(subnet), "NO_ROUTE_TO_DESTINATION");
        self.each(routes, none, |w, route| w.follow(route, subnet))
    }

    pub(super) fn follow(&mut self, route: &'a Route, subnet: &'a Subnet) -> Hit {
        ensure(route.active, "BAD_STATE_ROUTE")?;
        let vpc = subnet.vpc.id().unwrap();
        match &route.target {
            Target::Local => {
                self.answered_by_route();
                self.deliver("local", vpc, Some(subnet))
            }
            // Only to public destinations, only from sources that have a public address.
            Target::Internet(_) => {
                let Packet { src, dst, .. } = self.packet;
                self.straight_out(vpc, subnet)?;
                self.may_leave(subnet)?;
                public(dst)?;
                let owner = self.owner(vpc, src).map(|i| &self.net.interfaces[i]);
                let mapped = |i: &Interface| match src {
                    IpAddr::V4(_) => {
                        let mut public = i.public.iter();
                        let found = public.find(|(own, _)| *own == src);
                        found.map(|(_, public)| IpAddr::V4(*public))
                    }
                    // As public as it is.
                    IpAddr::V6(_) => Some(src).filter(|_| !self.is_internal(i)),
                };
                // Which public address a client leaves with no page says.
                let client = |i: &&Interface| matches!(i.role, Role::ClientVpn(_));
                ensure(!owner.is_some_and(|i| client(&i)), NOT_MODELLED)?;
                let public = owner.and_then(mapped);
                self.packet.src = public.ok_or("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")?;
                self.cross("internet-gateway");
                self.world()
            }
            Target::Nat(r) => {
                let nat = &self.net.nat_gateways[r.id().unwrap()];
                self.nat(nat, subnet, self.is_passed_on())
            }
            Target::RegionalNat(r) => {
                self.regional_nat(r.id().unwrap(), subnet, self.is_passed_on())
            }
            Target::EgressOnly(_) => self.only_out(vpc, subnet),
            Target::Transit(r) => self.transit(r.id().unwrap(), subnet),
            // Into the other VPC and no further; groups stay known within a Region.
            Target::Peering(r) => {
                let peering = &self.net.peerings[r.id().unwrap()];
                ensure(peering.active, "BAD_STATE_ROUTE")?;
                let mut ends = peering.between.iter().filter_map(Ref::id);
                let far = ends.find(|end| *end != vpc).unwrap();
                let near = self.net.vpcs[far].region == self.net.vpcs[vpc].region;
                self.groups.retain(|_| near);
                self.cross("peering");
                let local = self.inside(far, self.packet.dst);
                ensure(local, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")?;
                self.deliver("local", far, None)
            }
            Target::Vpn(gateway) => self.vpn(gateway.id(), vpc),
            Target::Interface(r) => self.appliance(r.id().unwrap(), Some(subnet)),
            Target::Endpoint(r) if self.inspects(r) => self.inspection(r, Some(subnet)),
            Target::Endpoint(r) => {
                let own = self.inside(vpc, self.packet.src);
                ensure(own, "VPCE_GATEWAY_NOT_TRANSITIVE")?;
                // The service answers into the VPC that the packet came from.
                state(&self.net.endpoints[r.id().unwrap()])?;
                let carried = [TCP, ICMP, ICMPV6].contains(&self.packet.protocol);
                ensure(carried, "VPCE_GATEWAY_PROTOCOL_RESTRICTION")?;
                self.cross("gateway-endpoint");
                self.turn();
                self.deliver("", vpc, None)
            }
            _ => Err("UNKNOWN_RESOURCE"),
        }
    }

    /// Between public addresses: whoever has it in the input, else somebody who answers.
    pub(super) fn world(&mut self) -> Hit {
        if self.packet.dst.is_ipv6()
            && let Some(hit) = self.enters_six()
        {
            return hit;
        }
        for (id, interface) in self.net.interfaces.iter() {
            let mut public = interface.public.iter();
            if let Some((private, _)) = public.find(|(_, ip)| *ip == self.packet.dst) {
                self.packet.dst = IpAddr::V4(*private);
                return self.arrive_by("internet-gateway", self.net.vpc_of(id).unwrap());
            }
        }
        if let Some(hit) = self.enters_site() {
            return hit;
        }
        if let Some(nat) = self.regional_nat_with(self.packet.dst) {
            return self.back_to_regional_nat(nat);
        }
        if self.leg == "back" {
            return self.recall(Spot::World);
        }
        ensure(self.memory[0].0 != Spot::World, "NO_POSSIBLE_DESTINATION")?;
        self.turn();
        self.world()
    }

    /// A NAT gateway, as the target of a route: its own address as source.
    pub(super) fn nat(&mut self, nat: &NatGateway, from: &Subnet, brought: bool) -> Hit {
        ensure(nat.available, "BAD_STATE_ROUTE")?;
        let (at, asked) = (nat.interface.id().unwrap(), self.packet);
        self.cross("nat-gateway");
        if self.subnet_of(at) != from {
            self.acl(self.subnet_of(at), IN)?;
        }
        carried(asked)?;
        if self.leg == "back" && self.net.interfaces[at].has(asked.dst) {
            return self.recall(Spot::Eni(at));
        }
        // An appliance and a transit gateway's port are of the VPC, wherever what they bring is from.
        let own = self.inside(self.net.vpc_of(at).unwrap(), asked.src);
        ensure(own || brought, "NGW_REQUIRES_SOURCE_IN_VPC")?;
        ensure(self.leg == "out", "REPLY_WITHOUT_SESSION")?;
        let (src, to) = (self.net.interfaces[at].ips[0], six::translated(asked));
        self.each(self.draws.to_vec(), "", |w, sport| {
            let sent = to.between(IpAddr::V4(src), to.dst, sport, to.dport);
            w.remember((Spot::Eni(at), sent, asked, Some(at), true))?;
            w.leave(at)
        })
    }

    /// Out of a virtual private gateway: one that is up goes before every attribute of its routes.
    fn vpn(&mut self, gateway: Option<Id<VpnGateway>>, vpc: Id<Vpc>) -> Hit {
        let own = self.inside(vpc, self.packet.src);
        ensure(own, "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS")?;
        use ConnectionKind::{DirectConnect, VpnBgp};
        let mut all = Vec::new();
        for (_, c) in self.net.connections.iter() {
            let hits = c.prefixes.iter().filter(|p| within(p, self.packet.dst));
            let longest = hits.map(|p| p.prefix_len()).max();
            let longest = longest.filter(|_| c.to.vpn() == gateway);
            let rank = |l| (!c.up, Reverse(l), c.kind != DirectConnect, c.kind == VpnBgp);
            all.extend(longest.map(|l| (rank(l), c)));
        }
        self.each(best(all), "NO_ROUTE_TO_DESTINATION", |w, c| {
            ensure(c.up, "BAD_STATE_VPN")?;
            w.arrive(c)
        })
    }

    /// From one site to another a virtual private gateway passes traffic on where all teach it by BGP,
    /// each with a number of its own; else no page says what it does.
    pub(super) fn between_sites(
        &self,
        gateway: Option<Id<VpnGateway>>,
        vpc: Id<Vpc>,
    ) -> Option<Hit> {
        use ConnectionKind::{DirectConnect, VpnBgp, VpnStatic};
        let all = self.net.connections.iter().map(|(_, c)| c);
        let own: Vec<_> = all.filter(|c| c.to.vpn() == gateway).collect();
        let bgp = |c: &Connection| c.kind != VpnStatic && c.asn.is_some();
        let apart = |c: &Connection| {
            let mut far = own.iter().filter(|o| o.site.id() != c.site.id());
            bgp(c) && far.all(|o| bgp(o) && o.asn != c.asn)
        };
        let mut hits = Vec::new();
        for c in &own {
            let longest = c.prefixes.iter().filter(|p| within(p, self.packet.dst));
            let longest = longest.map(|p| Reverse(p.prefix_len())).min();
            let kind = (c.kind != DirectConnect, c.kind == VpnBgp);
            hits.extend(longest.map(|l| ((apart(c) && !c.up, l, !apart(c), kind), *c)));
        }
        let several = own.iter().any(|c| c.site.id() != own[0].site.id());
        (several && !self.inside(vpc, self.packet.dst) && !hits.is_empty()).then(|| {
            self.each(best(hits), "", |w, c| {
                ensure(apart(c), NOT_MODELLED)?;
                ensure(c.up, "BAD_STATE_VPN")?;
                w.arrive(c)
            })
        })
    }

    /// The longest block announced over a connection that covers the destination.
    pub(super) fn announced(&self, c: &Connection) -> Option<u8> {
        let dst = self.packet.dst;
        let longest = |nets: &[IpNet]| {
            let hits = nets.iter().filter(|net| within(net, dst));
            hits.map(IpNet::prefix_len).max()
        };
        match &c.to {
            _ if !self.tunnels(c) => None,
            Joined::Vpn(r) => {
                let vpc = self.net.vpn_gateways[r.id()?].vpc.id()?;
                let mut told = Vec::from_iter(self.net.vpcs[vpc].blocks());
                let learns = |c: &Connection| c.kind != ConnectionKind::VpnStatic;
                // What it learned from one site by BGP it tells the others, of another number each.
                let all = self.net.connections.iter().map(|(_, other)| other);
                let others = all.filter(|o| o.to.vpn() == r.id() && o.site.id() != c.site.id());
                let others = others.filter(|o| c.asn.is_none() || o.asn != c.asn);
                let others = others.filter(|o| learns(c) && learns(o) && o.up);
                told.extend(others.flat_map(|o| &o.prefixes));
                longest(&told)
            }
            Joined::Transit(_) if c.kind == ConnectionKind::DirectConnect => longest(&c.allowed),
            Joined::Transit(r) => {
                let Association::Table(table) = &self.net.attachments[r.id()?].table else {
                    return None;
                };
                let rows = self.net.transit_tables[table.id()?].routes.iter();
                // Neither blackholes nor what the site itself announced.
                let site = |to: &Ref<TransitAttachment>| match &self.net.attachments[to.id()?].to {
                    Attached::Connection(far) => self.net.connections[far.id()?].site.id(),
                    _ => None,
                };
                let rows = rows.filter(|row| row.active);
                let rows = rows.filter(|row| row.to.iter().any(|to| site(to) != c.site.id()));
                rows.filter_map(|row| self.covers(&row.destination, dst).0)
                    .max()
            }
            Joined::Public => self.of_aws(dst).filter(|_| c.up),
        }
    }

    /// A tunnel carries packets of its one family.
    pub(super) fn over(&mut self, c: &Connection) -> Hit {
        let direct = c.kind == ConnectionKind::DirectConnect;
        self.cross(["vpn", "direct-connect"][usize::from(direct)]);
        ensure(self.tunnels(c), "UNSUPPORTED_BY_AWS")
    }

    fn tunnels(&self, c: &Connection) -> bool {
        let own = |family| (family == Family::Ipv6) == self.packet.dst.is_ipv6();
        c.inside.is_none_or(own)
    }
}

/// What an internet gateway sends to: nothing private.
pub(super) fn public(dst: IpAddr) -> Hit {
    let IpAddr::V4(dst) = dst else {
        return Ok(());
    };
    let shared = matches!(dst.octets(), [100, 64..=127, ..]);
    ensure(
        !dst.is_private(),
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    )?;
    ensure(!shared, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS")
}

/// What NAT gateways translate.
pub(super) fn carried(packet: Packet) -> Hit {
    let refusal = match packet.dst {
        IpAddr::V4(_) => "PROTOCOL_RESTRICTION",
        IpAddr::V6(_) => "UNSUPPORTED_BY_AWS",
    };
    ensure([ICMP, TCP, UDP, ICMPV6].contains(&packet.protocol), refusal)
}
