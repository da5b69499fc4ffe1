//! VPC Block Public Access, at the gateways between a VPC and the internet: it looks at the subnet of
//! the interface that meets the gateway (`/vpc/latest/userguide/security-vpc-bpa-basics.html`).

use super::*;

const BLOCKED: Word = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED";

impl<'a> Walk<'a> {
    /// Out of a subnet by an internet gateway.
    pub(super) fn may_leave(&mut self, from: &Subnet) -> Hit {
        self.admits(from, true, self.left)
    }

    /// Out of a subnet by an egress-only gateway, which is for what is started inside alone.
    pub(super) fn may_leave_only_out(&self, from: &Subnet) -> Hit {
        ensure(from.leaves() != Some(Leaves::Nothing), BLOCKED)
    }

    /// In by a gateway, into the subnet of whoever that hands it to.
    pub(super) fn may_enter(&mut self, gateway: Word, vpc: Id<Vpc>) -> Hit {
        let dst = self.packet.dst;
        let led = self.led(gateway, vpc, dst);
        let met = led.map(|(_, at)| self.subnet_of(at));
        match (gateway, met.or_else(|| self.subnet_with(vpc, dst))) {
            ("internet-gateway", Some(to)) => self.admits(to, false, self.owner(vpc, dst)),
            ("egress-only-internet-gateway", Some(to)) => self.may_leave_only_out(to),
            _ => Ok(()),
        }
    }

    /// `inside`: the interface that it is of. Replies to what passed the gateway are let by, where they
    /// meet it at the same subnet; whether they are elsewhere no page says.
    fn admits(&mut self, subnet: &Subnet, out: bool, inside: Option<Eni>) -> Hit {
        let role = |eni: Eni| &self.net.interfaces[eni].role;
        let translates = matches!(inside.map(role), Some(Role::Nat(_)));
        let vpc = subnet.vpc.id().unwrap();
        let asked = self.past.contains(&(vpc, self.packet.mirror()));
        self.past.push((vpc, self.packet));
        let ours = out || asked;
        let admitted = match subnet.leaves() {
            None => true,
            Some(Leaves::Outbound) => ours,
            // Only what is from and to NAT gateways.
            Some(Leaves::NatGateways) => ours && translates,
            Some(Leaves::Nothing) => false,
        };
        self.doubt(asked && !admitted);
        ensure(admitted || asked, BLOCKED)
    }

    /// A regional NAT gateway is in no subnet: what holds for every subnet of its VPC holds for it.
    pub(super) fn regional_may_leave(&mut self, nat: &RegionalNat) -> Hit {
        let all = self.net.subnets.iter().map(|(_, s)| s);
        let own = all.filter(|s| s.vpc.id() == nat.vpc.id());
        let shut = BTreeSet::from_iter(own.map(|s| s.leaves() == Some(Leaves::Nothing)));
        // Where they differ no page says what becomes of it.
        self.doubt(shut.len() > 1);
        ensure(!shut.contains(&true) || shut.len() > 1, BLOCKED)
    }

    /// The subnet that has an address of a VPC.
    fn subnet_with(&self, vpc: Id<Vpc>, ip: IpAddr) -> Option<&'a Subnet> {
        let all = self.net.subnets.iter().map(|(_, s)| s);
        let mut own = all.filter(|s| s.vpc.id() == Some(vpc));
        own.find(|s| holds(s, ip))
    }
}
