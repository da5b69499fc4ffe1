//! Where a packet arrives: at an interface of a VPC, with what answers there, or at whoever waits for
//! the reply.

use super::*;

impl Walk<'_> {
    pub(super) fn deliver(&mut self, over: Word, vpc: Id<Vpc>, from: Option<&Subnet>) -> Hit {
        self.cross(over);
        let owner = self.owner(vpc, self.packet.dst);
        // A VPC's resolver answers nobody from outside.
        let outside = self.to_resolver(vpc);
        let none = ["NO_POSSIBLE_DESTINATION", "UNSUPPORTED_BY_AWS"][usize::from(outside)];
        let at = owner.ok_or(none)?;
        ensure(self.net.out_of_service(at).is_none(), "BAD_STATE")?;
        if from != Some(self.subnet_of(at)) {
            self.acl(self.subnet_of(at), IN)?;
        }
        if let Role::Endpoint(r) = &self.net.interfaces[at].role {
            ensure(!self.inspects(r), NOT_MODELLED)?;
        }
        if self.leg == "back" {
            return self.recall(Spot::Eni(at));
        }
        self.groups(at, IN)?;
        match &self.net.interfaces[at].role {
            // They take replies alone.
            Role::Nat(_) | Role::ClientVpn(_) => return Err("REPLY_WITHOUT_SESSION"),
            Role::LoadBalancer(r) => {
                let balancer = &self.net.load_balancers[r.id().unwrap()];
                if balancer.kind == LoadBalancerKind::Network {
                    return self.balance(r.id().unwrap(), at, at);
                }
                // Connections end at a proxy.
                let mut listeners = balancer.listeners.iter();
                let heard = listeners.any(|l| l.port == self.packet.dport);
                let heard = heard && self.packet.protocol == TCP;
                ensure(heard, "ELBV2_LISTENERS_MISMATCH")?;
            }
            Role::Endpoint(r) => {
                let endpoint = &self.net.endpoints[r.id().unwrap()];
                state(endpoint)?;
                let carried = [TCP, UDP].contains(&self.packet.protocol);
                ensure(carried, "PROTOCOL_RESTRICTION")?;
                self.only_tls(endpoint);
                self.cross("interface-endpoint");
                if let EndpointTarget::Unmodelled(..) = endpoint.target {
                    // Resources are reached by TCP, and what they are is not written down.
                    ensure(self.packet.protocol == TCP, "UNSUPPORTED_BY_AWS")?;
                    return Err(NOT_MODELLED);
                }
                if let EndpointTarget::Service(service) = &endpoint.target {
                    return self.private_link(service.id().unwrap(), at);
                }
            }
            _ => {}
        }
        self.arrived = Some((at, self.packet));
        self.turn();
        self.groups = self.groups_of(at);
        self.leave(at)
    }

    /// A VPC that admits no clear text: its endpoints drop it, and only the port of HTTPS tells
    /// (`/vpc/latest/userguide/vpc-encryption-controls.html`).
    fn only_tls(&mut self, endpoint: &VpcEndpoint) {
        let controls = &self.net.vpcs[endpoint.vpc.id().unwrap()].encryption;
        let enforced = controls.as_ref().is_some_and(|c| c.enforced);
        let tells = self.packet.protocol == TCP && self.packet.dport == 443;
        self.doubt(enforced && !tells);
    }

    pub(super) fn turn(&mut self) {
        self.leg = "back";
        self.sees = Some(self.packet.src);
        self.packet = self.packet.mirror();
    }

    /// A reply comes to somebody: who waits for it sends it on, or has it; others do not want it.
    pub(super) fn recall(&mut self, at: Spot) -> Hit {
        let (waits, sent, asked, door, _) = *self.memory.last().unwrap();
        if waits != at || self.packet != sent.mirror() {
            if let Spot::Eni(at) = at {
                self.groups(at, IN)?;
                if let Role::Endpoint(r) = &self.net.interfaces[at].role {
                    // What serves nobody takes no reply either.
                    let endpoint = &self.net.endpoints[r.id().unwrap()];
                    state(endpoint)?;
                    let carried = [TCP, UDP].contains(&self.packet.protocol);
                    ensure(carried, "PROTOCOL_RESTRICTION")?;
                    if let EndpointTarget::Service(service) = &endpoint.target {
                        let none = "VPCE_SERVICE_NOT_INSTALLED_IN_AZ";
                        match self.nodes_behind(service.id().unwrap(), at) {
                            Err(why) if why != none => return Err(why),
                            _ => {}
                        }
                    }
                }
            }
            return Err("REPLY_WITHOUT_SESSION");
        }
        self.memory.pop();
        self.packet = asked.mirror();
        self.groups = match at {
            Spot::Eni(at) => self.groups_of(at),
            _ => Vec::new(),
        };
        match door {
            Some(door) => self.leave(door),
            None => self.end(""),
        }
    }
}

/// Only an available endpoint carries traffic.
pub(super) fn state(endpoint: &VpcEndpoint) -> Hit {
    Err(match endpoint.state {
        Some(EndpointState::Available) => return Ok(()),
        Some(EndpointState::PendingAcceptance) => "ENDPOINT_PENDING_ACCEPTANCE",
        Some(EndpointState::Rejected) => "ENDPOINT_REJECTED",
        Some(EndpointState::Failed) => "ENDPOINT_NOT_PERMITTED",
        Some(EndpointState::Partial | EndpointState::Other) | None => "ENDPOINT_NOT_AVAILABLE",
    })
}
