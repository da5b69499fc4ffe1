//! Appliances: instances that a route leads to and that pass on what is not theirs; and the tables
//! of gateways, which lead there what arrives from outside.

use super::*;

impl<'a> Walk<'a> {
    /// To the interface that a route names, from a subnet, or from a gateway.
    pub(super) fn appliance(&mut self, at: Eni, from: Option<&Subnet>) -> Hit {
        let (interface, packet) = (&self.net.interfaces[at], self.packet);
        // Nothing is attached to it: a route there is a blackhole.
        let Role::Instance(instance) = &interface.role else {
            return Err("BAD_STATE_ROUTE");
        };
        ensure(self.net.out_of_service(at).is_none(), "BAD_STATE")?;
        if interface.has(packet.dst) {
            self.answered_by_route();
            return self.deliver("appliance", self.net.vpc_of(at).unwrap(), from);
        }
        // The way there forgets the sender's groups, before the interface asks for them.
        self.cross("appliance");
        if from != Some(self.subnet_of(at)) {
            self.acl(self.subnet_of(at), IN)?;
        }
        let seen = |leg, packet| (leg, at, packet);
        let again = self.handed.contains(&seen(self.leg, packet));
        ensure(!again, "FORWARDING_LOOP")?;
        self.answered_by_route();
        // Of replies its groups know what they let through.
        let passed = self.leg == "back" && self.handed.contains(&seen("out", packet.mirror()));
        let known = passed || self.arrived == Some((at, packet.mirror()));
        if !known {
            self.groups(at, IN)?;
        }
        ensure(
            !interface.source_dest_check,
            "ENI_SOURCE_DEST_CHECK_RESTRICTION",
        )?;
        match self.net.instances[instance.id().unwrap()].forwards {
            Some(Forwards::Stateless) => {}
            Some(Forwards::Stateful) => {
                ensure(self.leg == "out" || passed, "REPLY_WITHOUT_SESSION")?;
            }
            Some(Forwards::No) | None => return Err("ENI_ADDRESS_RESTRICTION"),
        }
        self.handed.push(seen(self.leg, packet));
        if !known {
            self.groups(at, OUT)?;
        }
        self.leave(at)
    }

    /// Whether an endpoint leads to a Gateway Load Balancer.
    pub(super) fn inspects(&self, r: &Ref<VpcEndpoint>) -> bool {
        self.net.endpoints[r.id().unwrap()].leads_to_appliances()
    }

    /// To such an endpoint: an ACL, no groups; what the appliances let through nobody knows.
    pub(super) fn inspection(&mut self, r: &Ref<VpcEndpoint>, from: Option<&Subnet>) -> Hit {
        let EndpointKind::Interface(all) = &self.net.endpoints[r.id().unwrap()].kind else {
            return Err(UNSEEN);
        };
        let there = self.subnet_of(all[0].id().unwrap());
        if from != Some(there) {
            self.acl(there, IN)?;
        }
        Err(NOT_MODELLED)
    }

    /// Replies to a NAT gateway need no route over a peering; elsewhere they take the replier's.
    pub(super) fn answered_by_route(&mut self) {
        if let Some((Spot::Eni(sender), sent, _, _, direct)) = self.memory.last_mut()
            && *sent == self.packet
        {
            *direct &= !matches!(self.net.interfaces[*sender].role, Role::Nat(_));
        }
    }

    /// Whether a route to an interface leads to somebody.
    pub(super) fn passes_on(&self, at: Eni) -> bool {
        let instance = matches!(self.net.interfaces[at].role, Role::Instance(_));
        instance && self.net.out_of_service(at).is_none()
    }

    /// Whether it is an appliance of this VPC that sends the packet, for somebody else.
    pub(super) fn is_passed_on(&self) -> bool {
        let last = self.handed.last();
        last.is_some_and(|(leg, _, packet)| *leg == self.leg && *packet == self.packet)
    }

    /// What arrives by a gateway: where the gateway's own table leads, else straight to whom it is
    /// for.
    pub(super) fn arrive_by(&mut self, gateway: Word, vpc: Id<Vpc>) -> Hit {
        let internet = gateway == "internet-gateway";
        self.cross(gateway);
        self.may_enter(gateway, vpc)?;
        if let Some(row) = self.edge_row(gateway, vpc, self.packet.dst)
            && let Target::Endpoint(r) = &row.target
        {
            ensure(row.active, "BAD_STATE_ROUTE")?;
            return self.inspection(r, None);
        }
        match self.led(gateway, vpc, self.packet.dst) {
            Some((route, at)) => {
                ensure(route.active, "BAD_STATE_ROUTE")?;
                let public = !self.net.interfaces[at].public.is_empty();
                ensure(public || !internet, "INGRESS_RTB_NO_PUBLIC_IP")?;
                self.appliance(at, None)
            }
            None => self.deliver("", vpc, None),
        }
    }

    /// A subnet whose arriving traffic is led elsewhere has no direct way out.
    pub(super) fn straight_out(&self, vpc: Id<Vpc>, from: &Subnet) -> Hit {
        let elsewhere = |s: &Subnet| {
            let first = s.blocks().find(|b| same_family(b, self.packet.src));
            let led = first.and_then(|b| self.led("internet-gateway", vpc, b.network()));
            led.is_some_and(|(_, at)| self.subnet_of(at) != s)
        };
        let subnets = self.net.subnets.iter().map(|(_, s)| s);
        let mut own = subnets.filter(|s| s.vpc.id() == Some(vpc));
        let source = own.find(|s| holds(s, self.packet.src));
        let past = elsewhere(from) && source.is_some_and(elsewhere);
        ensure(!past, "INGRESS_RTB_TRAFFIC_REDIRECTION")
    }

    /// The interface that what arrives for an address is led to.
    pub(super) fn led(&self, gateway: Word, vpc: Id<Vpc>, ip: IpAddr) -> Option<(&'a Route, Eni)> {
        let route = self.edge_row(gateway, vpc, ip)?;
        match &route.target {
            Target::Interface(r) => Some((route, r.id().unwrap())),
            _ => None,
        }
    }

    /// The row of a gateway's own table for an address.
    fn edge_row(&self, gateway: Word, vpc: Id<Vpc>, ip: IpAddr) -> Option<&'a Route> {
        let mut tables = self.net.tables.iter().map(|(_, t)| t);
        let table = tables.find(|t| match &t.edge_of {
            Some(Edge::Internet(_)) => gateway == "internet-gateway" && t.vpc.id() == Some(vpc),
            Some(Edge::Vpn(_)) => gateway.is_empty() && t.vpc.id() == Some(vpc),
            None => false,
        })?;
        let mut rows = Vec::new();
        for route in &table.routes {
            let (length, _) = self.covers(&route.destination, ip);
            rows.extend(length.map(|l| (Reverse(l), route)));
        }
        best(rows).first().copied()
    }
}
