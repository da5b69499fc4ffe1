//! Transit gateways: in by the port of one's zone, on by the table of one's attachment, out by a
//! port of the far VPC, a connection, or a peered gateway.

use super::*;

impl<'a> Walk<'a> {
    /// Out of a subnet, by the gateway's port in its zone. ACLs: the port's subnet is asked whether
    /// it lets in, also by its own hosts.
    pub(super) fn transit(&mut self, gateway: Id<TransitGateway>, from: &Subnet) -> Hit {
        let (id, port) = self.port(gateway, from)?;
        self.acl(port, IN)?;
        if let Some((Spot::Eni(_), sent, .., direct)) = self.memory.last_mut()
            && *direct
            && *sent == self.packet
        {
            // Replies do not find a NAT gateway through it.
            *direct = false;
        }
        self.crossed.push((self.leg, "transit-gateway"));
        self.attached(id, Some(&port.zone))
    }

    /// The port of a gateway that a subnet's hosts get to: that in their zone.
    pub(super) fn port(
        &self,
        gateway: Id<TransitGateway>,
        from: &Subnet,
    ) -> Result<(Id<TransitAttachment>, &'a Subnet), Word> {
        let mut all = self.net.attachments.iter();
        let own = all.find(|(_, a)| a.gateway.id() == Some(gateway) && a.vpc() == from.vpc.id());
        let (id, own) = own.ok_or("BAD_STATE_ROUTE")?;
        let port = ports(self.net, own).find(|p| p.zone == from.zone);
        Ok((id, port.ok_or("TGW_ROUTE_AZ_RESTRICTION")?))
    }

    /// The ports of a gateway in a VPC.
    pub(super) fn ports_of(&self, gateway: Id<TransitGateway>, vpc: Id<Vpc>) -> Vec<&'a Subnet> {
        let all = self.net.attachments.iter().map(|(_, a)| a);
        let own = all.filter(|a| a.gateway.id() == Some(gateway) && a.vpc() == Some(vpc));
        own.flat_map(|a| ports(self.net, a)).collect()
    }

    /// IPv6 passes where the attachment of a VPC says so, between gateways always; over a connection
    /// the connection decides.
    fn carries(&self, attachment: &TransitAttachment) -> Hit {
        let six = self.packet.dst.is_ipv6();
        let carried = match &attachment.to {
            Attached::Vpc(..) => matches!(attachment.ipv6, Fact::Known(true)),
            Attached::Connection(_) | Attached::Peer(_) => true,
            Attached::ClientVpn(_) | Attached::Unseen(_) => return ensure(!six, NOT_MODELLED),
        };
        ensure(carried || !six, "TGW_ATTACH_WITHOUT_IPV6")
    }

    /// Looks up, in the attachment's own table, what comes from it.
    pub(super) fn attached(&mut self, from: Id<TransitAttachment>, zone: Option<&'a str>) -> Hit {
        let attachment = &self.net.attachments[from];
        ensure(attachment.available, "BAD_STATE_ATTACHMENT")?;
        self.carries(attachment)?;
        let pass = (self.leg, from, zone, self.packet);
        ensure(!self.passed.contains(&pass), "FORWARDING_LOOP")?;
        self.passed.push(pass);
        let Association::Table(table) = &attachment.table else {
            return Err("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION");
        };
        let table = &self.net.transit_tables[table.id().unwrap()];
        let mut rows = Vec::new();
        for row in &table.routes {
            let (length, list) = self.covers(&row.destination, self.packet.dst);
            let learned = row.to.first().map_or((0, false), |to| self.learned(to));
            let rank = match (row.fixed, list) {
                (true, false) => (0, false),
                (true, true) => (1, false),
                (false, _) => learned,
            };
            rows.extend(length.map(|l| ((Reverse(l), rank), row)));
        }
        let none = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT";
        self.each(best(rows), none, |w, row| {
            ensure(row.active && !row.to.is_empty(), "TGW_RTB_BAD_STATE_ROUTE")?;
            w.each(row.to.iter().collect(), "", |w, to| {
                w.passes(from, to.id().unwrap(), zone)
            })
        })
    }

    /// What was learned ranks by from whom: VPCs, Direct Connect, VPNs, one that is up first.
    fn learned(&self, from: &Ref<TransitAttachment>) -> (u8, bool) {
        match &self.net.attachments[from.id().unwrap()].to {
            Attached::Connection(c) => {
                let c = &self.net.connections[c.id().unwrap()];
                let direct = c.kind == ConnectionKind::DirectConnect;
                (if direct { 3 } else { 4 }, !c.up)
            }
            _ => (2, false),
        }
    }

    /// From one attachment to another.
    fn passes(
        &mut self,
        from: Id<TransitAttachment>,
        id: Id<TransitAttachment>,
        zone: Option<&'a str>,
    ) -> Hit {
        let [from, far] = [from, id].map(|id| &self.net.attachments[id]);
        self.carries(far)?;
        ensure(far.available, "TGW_RTB_BAD_STATE_ROUTE")?;
        match &far.to {
            Attached::Vpc(..) => {
                let mut ways: Vec<_> = ports(self.net, far).collect();
                let kept = match far.appliance_mode {
                    true => self.pinned_zone(id, far, zone),
                    false => zone,
                };
                let here = |p: &&Subnet| Some(p.zone.as_str()) == kept;
                let near = ways.iter().any(here);
                ways.retain(|p| !near || here(p));
                self.each(ways, "", |w, port| {
                    w.refer(from, far, [zone, Some(&port.zone)]);
                    w.pinned.push((id, w.packet, &port.zone));
                    w.enter(port)
                })
            }
            Attached::Connection(c) => {
                let connection = &self.net.connections[c.id().unwrap()];
                ensure(connection.up, "TGW_BAD_STATE_VPN")?;
                self.arrive(connection)
            }
            Attached::Peer(peer) => {
                self.groups.clear();
                let peer = peer.id().unwrap();
                ensure(self.net.attachments[peer].available, "BAD_STATE_ATTACHMENT")?;
                self.crossed.push((self.leg, "transit-gateway"));
                // Beyond, the zone is not known.
                self.attached(peer, None)
            }
            Attached::Unseen(_) | Attached::ClientVpn(_) => Err("UNKNOWN_RESOURCE"),
        }
    }

    /// In appliance mode replies keep the zone of the attachment that the first packet into it took:
    /// the one that both ends have in common, or that of the only end that is in a zone.
    fn pinned_zone(
        &self,
        id: Id<TransitAttachment>,
        far: &TransitAttachment,
        zone: Option<&'a str>,
    ) -> Option<&'a str> {
        let packet = self.packet;
        let mut before = self.pinned.iter();
        if let Some((.., pinned)) = before.find(|(at, p, _)| *at == id && *p == packet.mirror()) {
            return Some(pinned);
        }
        let attached = |s: &Subnet| {
            let mut all = self.net.attachments.iter().map(|(_, a)| a);
            all.any(|a| a.gateway.id() == far.gateway.id() && a.vpc() == s.vpc.id())
        };
        let subnets = self.net.subnets.iter().map(|(_, s)| s);
        let others = subnets.filter(|s| holds(s, packet.dst) && attached(s));
        let mut zones = BTreeSet::from_iter(others.map(|s| s.zone.as_str()));
        zones.extend(zone);
        zones.first().copied().filter(|_| zones.len() == 1)
    }

    /// Groups stay known where the gateway and both attachments say so, and nowhere in use1-az3.
    fn refer(
        &mut self,
        from: &TransitAttachment,
        far: &TransitAttachment,
        zones: [Option<&str>; 2],
    ) {
        let gateway = &self.net.transit_gateways[far.gateway.id().unwrap()];
        let facts = [
            &gateway.group_references,
            &from.group_references,
            &far.group_references,
        ];
        let on = facts.iter().all(|f| matches!(f, Fact::Known(true)));
        if !on || zones.contains(&Some("use1-az3")) {
            if !self.groups.is_empty() {
                self.lost = "SG_REFERENCING_SUPPORT";
            }
            self.groups.clear();
        }
    }

    /// Out of a port into its VPC, by the table of the port's subnet. Of ACLs only what leaves that
    /// subnet is asked of it.
    fn enter(&mut self, port: &'a Subnet) -> Hit {
        let vpc = port.vpc.id().unwrap();
        if holds(port, self.packet.dst) {
            return self.deliver("local", vpc, Some(port));
        }
        self.acl(port, OUT)?;
        self.left = None;
        let none = "NO_ROUTE_TO_DESTINATION";
        self.each(self.routes(port), none, |w, route| {
            match &route.target {
                // Neither endpoints nor peerings serve what the VPC only passes on.
                Target::Endpoint(r) if route.active && !w.inspects(r) => {
                    Err("VPCE_GATEWAY_NOT_TRANSITIVE")
                }
                Target::Peering(r) if route.active && w.net.peerings[r.id().unwrap()].active => {
                    Err("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")
                }
                Target::Nat(r) if route.active => {
                    let nat = &w.net.nat_gateways[r.id().unwrap()];
                    w.nat(nat, port, true)
                }
                Target::RegionalNat(r) if route.active => {
                    w.regional_nat(r.id().unwrap(), port, true)
                }
                _ => w.follow(route, port),
            }
        })
    }
}

/// The subnets in which an attachment has a port.
fn ports<'a>(net: &'a Network, of: &'a TransitAttachment) -> impl Iterator<Item = &'a Subnet> {
    let subnets = of.subnets().iter().filter_map(Ref::id);
    subnets.map(|id| &net.subnets[id])
}
