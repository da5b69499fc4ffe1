//! What filters and route tables say.

use super::*;

impl<'a> Walk<'a> {
    pub(super) fn subnet_of(&self, eni: Eni) -> &'a Subnet {
        &self.net.subnets[self.net.interfaces[eni].subnet.id().unwrap()]
    }

    pub(super) fn groups_of(&self, eni: Eni) -> Vec<Id<SecurityGroup>> {
        let groups = self.net.interfaces[eni].groups.iter();
        groups.filter_map(Ref::id).collect()
    }

    pub(super) fn inside(&self, vpc: Id<Vpc>, ip: IpAddr) -> bool {
        self.net.vpcs[vpc].blocks().any(|block| within(&block, ip))
    }

    pub(super) fn to_resolver(&self, vpc: Id<Vpc>) -> bool {
        let first = self.net.vpcs[vpc].cidrs[0].network().to_bits();
        self.packet.dst == IpAddr::V4(Ipv4Addr::from_bits(first + 2))
    }

    pub(super) fn owner(&self, vpc: Id<Vpc>, ip: IpAddr) -> Option<Eni> {
        let mut all = self.net.interfaces.iter();
        let found = all.find(|(id, i)| i.has(ip) && self.net.vpc_of(*id) == Some(vpc));
        found.map(|(id, _)| id)
    }

    /// The groups of an interface, if it has any: some rule of some group. References look at who
    /// sent it by its groups, out of the interface for a member with the address, not too far away.
    pub(super) fn groups(&self, at: Eni, way: usize) -> Hit {
        let peer = [self.packet.src, self.packet.dst][way];
        let mut allowed = self.groups_of(at).is_empty();
        let (mut ruled, mut familiar) = (false, false);
        for group in self.groups_of(at) {
            let group = &self.net.groups[group];
            let rules = [&group.ingress, &group.egress][way];
            ruled |= !rules.is_empty();
            for rule in rules.iter().filter(|r| covers(&r.service, self.packet)) {
                allowed |= match &rule.peer {
                    Peer::Group(g) if way == IN => {
                        // A stranger with the address of a member is told apart.
                        familiar |= self.member(g, peer, true);
                        self.groups.contains(&g.id().unwrap())
                    }
                    Peer::Group(g) => self.near(at, g) && self.member(g, peer, false),
                    Peer::Cidr(net) => within(net, peer),
                    Peer::List(l) => self.in_list(l, peer).is_some(),
                    Peer::AwsList(region, s) => self.in_aws_list(region, s, peer).is_some(),
                };
            }
        }
        ensure(allowed || ruled, "SG_HAS_NO_RULES")?;
        ensure(allowed || !familiar, self.lost)?;
        ensure(allowed, "ENI_SG_RULES_MISMATCH")
    }

    fn member(&self, group: &Ref<SecurityGroup>, ip: IpAddr, public: bool) -> bool {
        self.net.interfaces.iter().any(|(_, i)| {
            let maps = public && i.public.iter().any(|(_, mapped)| IpAddr::V4(*mapped) == ip);
            (maps || i.has(ip)) && i.groups.iter().any(|g| g.id() == group.id())
        })
    }

    /// Whether a group is of the interface's VPC or of one peered with it in the same Region.
    fn near(&self, at: Eni, group: &Ref<SecurityGroup>) -> bool {
        let of = self.net.groups[group.id().unwrap()].vpc.id().unwrap();
        let own = self.net.vpc_of(at).unwrap();
        let joins = |p: &Peering, vpc| p.between.iter().any(|v| v.id() == Some(vpc));
        let mut peerings = self.net.peerings.iter().map(|(_, p)| p);
        let peered = peerings.any(|p| p.active && joins(p, own) && joins(p, of));
        own == of || peered && self.net.vpcs[own].region == self.net.vpcs[of].region
    }

    /// The ACL of a subnet: the lowest number that matches decides; what matches none is denied.
    pub(super) fn acl(&self, subnet: &Subnet, way: usize) -> Hit {
        let acl = &self.net.acls[subnet.acl.id().unwrap()];
        let peer = [self.packet.src, self.packet.dst][way];
        let fits = |r: &&AclRule| within(&r.peer, peer) && covers(&r.service, self.packet);
        let rules = [&acl.ingress, &acl.egress][way].iter();
        let first = rules.filter(fits).min_by_key(|r| r.number);
        ensure(first.is_some_and(|r| r.allow), "SUBNET_ACL_RESTRICTION")
    }

    /// The best routes of a subnet: none, one, or several where prefix lists tie. Inside the VPC
    /// its own delivery beats whatever was propagated.
    pub(super) fn routes(&self, subnet: &Subnet) -> Vec<&'a Route> {
        self.best_routes(&self.net.tables[subnet.table.id().unwrap()])
    }

    pub(super) fn best_routes(&self, table: &'a RouteTable) -> Vec<&'a Route> {
        let dst = self.packet.dst;
        let local = self.inside(table.vpc.id().unwrap(), dst);
        let mut all = Vec::new();
        for route in &table.routes {
            let (length, list) = self.covers(&route.destination, dst);
            let length = length.filter(|_| route.kind == RouteKind::Static || !local);
            all.extend(length.map(|l| ((Reverse(l), route.kind, list), route)));
        }
        best(all)
    }

    /// How long a destination is that covers an address, and whether by a list.
    pub(super) fn covers(&self, destination: &Destination, ip: IpAddr) -> (Option<u8>, bool) {
        match destination {
            Destination::Cidr(net) => (within(net, ip).then(|| net.prefix_len()), false),
            Destination::List(l) => (self.in_list(l, ip), true),
            Destination::AwsList(region, s) => (self.in_aws_list(region, s, ip), true),
        }
    }

    fn in_list(&self, list: &Ref<PrefixList>, ip: IpAddr) -> Option<u8> {
        let entries = self.net.prefix_lists[list.id()?].entries.iter();
        let hits = entries.filter(|net| within(net, ip));
        hits.map(IpNet::prefix_len).max()
    }

    fn in_aws_list(&self, region: &str, service: &str, ip: IpAddr) -> Option<u8> {
        let mut lists = self.net.aws_lists.iter();
        let (_, nets) = lists.find(|((r, s), _)| r == region && s == service)?;
        let hits = nets.iter().filter(|net| within(net, ip));
        hits.map(|net| net.prefix_len()).max()
    }
}

/// What ranks first, with its equals.
pub(super) fn best<R: Ord + Copy, T>(mut all: Vec<(R, T)>) -> Vec<T> {
    let first = all.iter().map(|(rank, _)| *rank).min();
    all.retain(|(rank, _)| Some(*rank) == first);
    all.into_iter().map(|(_, one)| one).collect()
}

pub(super) fn ensure(holds: bool, code: Word) -> Hit {
    if holds { Ok(()) } else { Err(code) }
}

pub(super) fn within(net: &IpNet, ip: IpAddr) -> bool {
    net.contains(&ip)
}

pub(super) fn holds(subnet: &Subnet, ip: IpAddr) -> bool {
    subnet.blocks().any(|block| within(&block, ip))
}

pub(super) fn same_family(net: &IpNet, ip: IpAddr) -> bool {
    net.network().is_ipv4() == ip.is_ipv4()
}

/// Whether a rule is about this protocol and destination port.
fn covers(service: &Service, packet: Packet) -> bool {
    let (kind, code) = service.icmp;
    let kind = kind.is_none_or(|k| u16::from(k) == packet.dport);
    match service.protocol {
        None => true,
        Some(p) if p != packet.protocol => false,
        Some(TCP | UDP) => (service.ports.0..=service.ports.1).contains(&packet.dport),
        Some(ICMP | ICMPV6) => kind && code.unwrap_or(0) == 0,
        Some(_) => true,
    }
}
