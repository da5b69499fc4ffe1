//! Quotas of policies, of names, and of what joins VPCs
//! (`/vpc/latest/privatelink/vpc-limits-endpoints.html`, `/Route53/latest/DeveloperGuide/DNSLimitations.html`,
//! `/vpc/latest/peering/vpc-peering-basics.html`, `/vpc/latest/tgw/transit-gateway-quotas.html`).

use super::Found;
use crate::model::{
    Attached, ConnectionKind, EndpointKind, Id, Joined, LoadBalancer, LoadBalancerKind, Origin, Ref,
    ResolverRule, RuleKind, Subnet, TargetWhat, TransitAttachment, Vpc, VpcEndpoint, World,
};
use std::collections::BTreeMap;

/// One of what is counted: its VPC, its name, and where it was written.
type Counted<'n> = (Option<Id<Vpc>>, &'n String, &'n Origin);

impl Found<'_> {
    /// White space counts too, so that this is the least that a policy has.
    pub(super) fn policies(&mut self) {
        let network = self.network;
        for (_, endpoint) in network.endpoints.iter() {
            let policy = endpoint.policy.as_ref().and_then(Ref::id);
            let have = policy.map_or(0, |p| network.policies[p].least_characters());
            let (vpc, name) = (endpoint.vpc.id(), &endpoint.name);
            let what = "characters in its policy";
            self.count(vpc, name, &endpoint.origin, have, 20_480, what);
        }
    }

    pub(super) fn names(&mut self) {
        let network = self.network;
        for (_, rule) in network.rules.iter() {
            if let RuleKind::Forward { to, .. } = &rule.kind {
                self.count(None, &rule.name, &rule.origin, to.len(), 6, "target addresses");
            }
        }
        for (_, endpoint) in network.resolver_endpoints.iter() {
            let (vpc, have) = (endpoint.vpc.id(), endpoint.interfaces.len());
            self.count(vpc, &endpoint.name, &endpoint.origin, have, 6, "addresses");
        }
        for (_, zone) in network.zones.iter() {
            let have = zone.vpcs.len();
            self.count(None, &zone.name, &zone.origin, have, 300, "VPCs");
        }
    }

    pub(super) fn joined(&mut self) {
        let network = self.network;
        for (id, vpc) in network.vpcs.iter() {
            let ends = |p: &[Ref<_>; 2]| p.iter().any(|v| v.id() == Some(id));
            let peerings = network.peerings.iter().filter(|(_, p)| p.active && ends(&p.between));
            let attached = network.attachments.iter().filter(|(_, a)| a.vpc() == Some(id));
            let (peerings, attached) = (peerings.count(), attached.count());
            self.count(None, &vpc.name, &vpc.origin, peerings, 50, "active peerings");
            self.count(None, &vpc.name, &vpc.origin, attached, 5, "transit gateways");
        }
        for (id, gateway) in network.transit_gateways.iter() {
            let own = |g: &Ref<_>| g.id() == Some(id);
            let tables = || network.transit_tables.iter().filter(|(_, t)| own(&t.gateway));
            let (have, routes) = (tables().count(), tables().map(|(_, t)| t.routes.len()).sum());
            self.count(None, &gateway.name, &gateway.origin, have, 20, "route tables");
            self.count(None, &gateway.name, &gateway.origin, routes, 10_000, "routes");
            let attached = || network.attachments.iter().map(|(_, a)| a).filter(|a| own(&a.gateway));
            let have = attached().count();
            self.count(None, &gateway.name, &gateway.origin, have, 5_000, "attachments");
            let over_dx = attached().filter(|a| self.over_direct_connect(a)).count();
            let what = "Direct Connect gateways";
            self.count(None, &gateway.name, &gateway.origin, over_dx, 20, what);
        }
        for (_, connection) in network.connections.iter() {
            let most = match &connection.to {
                Joined::Vpn(_) => 100,
                Joined::Transit(_) => 1_000,
                Joined::Public => continue,
            };
            if connection.kind == ConnectionKind::VpnBgp {
                let (name, have) = (&connection.name, connection.propagates().len());
                self.count(None, name, &connection.origin, have, most, "prefixes by BGP");
            }
        }
    }

    fn over_direct_connect(&self, attachment: &TransitAttachment) -> bool {
        let Attached::Connection(connection) = &attachment.to else {
            return false;
        };
        let connection = connection.id().map(|c| &self.network.connections[c]);
        connection.is_some_and(|c| c.kind == ConnectionKind::DirectConnect)
    }

    /// What counts by account and Region.
    pub(super) fn regions(&mut self) {
        let network = self.network;
        let gateway = |e: &VpcEndpoint| matches!(e.kind, EndpointKind::Gateway(_));
        let gateways = network.endpoints.iter().filter(|(_, e)| gateway(e));
        let gateways = gateways.map(|(_, e)| (e.vpc.id(), &e.name, &e.origin));
        self.by_region(gateways, 20, "gateway endpoints");
        let endpoints = network.resolver_endpoints.iter();
        let endpoints = endpoints.map(|(_, e)| (e.vpc.id(), &e.name, &e.origin));
        self.by_region(endpoints, 4, "Resolver endpoints");
        let groups = network.groups.iter();
        let groups = groups.map(|(_, g)| (g.vpc.id(), &g.name, &g.origin));
        self.by_region(groups, 2_500, "security groups");
        let rules = network.rules.iter();
        let rules = rules.flat_map(|(_, r)| r.vpcs.iter().map(|v| (v.id(), &r.name, &r.origin)));
        self.by_region(rules, 2_000, "associations of Resolver rules");
        let through = |rule: &ResolverRule| match &rule.kind {
            RuleKind::Forward { through, .. } | RuleKind::Delegate { through } => through.id(),
            RuleKind::System | RuleKind::Unseen(_) => None,
        };
        let made = network.rules.iter().filter_map(|(_, r)| Some((through(r)?, r)));
        let made = made.map(|(e, r)| (network.resolver_endpoints[e].vpc.id(), &r.name, &r.origin));
        self.by_region(made, 1_000, "Resolver rules");
        let lists = network.prefix_lists.iter();
        let lists = lists.map(|(_, l)| ((&l.account, &l.region), (None, &l.name, &l.origin)));
        self.by_owner(lists, 100, "prefix lists");
    }

    /// Zones and Profiles do not say whose they are: they are counted where all is one account's, and
    /// nothing can be shared by another.
    pub(super) fn accounts(&mut self) {
        let network = self.network;
        let mut owners = network.vpcs.iter().map(|(_, v)| &v.account);
        let first = owners.next();
        if network.world != World::Closed || owners.any(|o| Some(o) != first) {
            return;
        }
        if let Some((_, zone)) = network.zones.iter().nth(500) {
            let have = network.zones.len();
            let what = "hosted zones in its account with it";
            self.count(None, &zone.name, &zone.origin, have, 500, what);
        }
        let mut regions: BTreeMap<&String, Vec<_>> = BTreeMap::new();
        for (_, profile) in network.profiles.iter() {
            let vpc = profile.vpcs.iter().find_map(Ref::id);
            let region = vpc.map_or(&network.region, |v| &network.vpcs[v].region);
            regions.entry(region).or_default().push(profile);
        }
        for (region, all) in regions {
            if let Some(profile) = all.get(5) {
                let what = format!("Profiles in {region} with it");
                self.count(None, &profile.name, &profile.origin, all.len(), 5, &what);
            }
        }
    }

    /// Reports the first one too many of an account and Region, by its VPC.
    fn by_region<'n>(&mut self, all: impl Iterator<Item = Counted<'n>>, most: usize, what: &str) {
        let network = self.network;
        let all = all.filter_map(|one| {
            let vpc = &network.vpcs[one.0?];
            Some(((&vpc.account, &vpc.region), one))
        });
        self.by_owner(all, most, what);
    }

    /// The same, of what says whose it is.
    fn by_owner<'n>(
        &mut self,
        all: impl Iterator<Item = ((&'n String, &'n String), Counted<'n>)>,
        most: usize,
        what: &str,
    ) {
        let mut regions: BTreeMap<(&String, &String), Vec<_>> = BTreeMap::new();
        for (owner, one) in all {
            regions.entry(owner).or_default().push(one);
        }
        for ((_, region), all) in regions {
            if let Some((vpc, name, origin)) = all.get(most) {
                let what = format!("{what} in {region} with it");
                self.count(*vpc, name, origin, all.len(), most, &what);
            }
        }
    }

    /// The targets of a Network Load Balancer: in a zone, and altogether, fewer where zones are crossed
    /// (`/elasticloadbalancing/latest/network/load-balancer-limits.html`).
    pub(super) fn targets(&mut self, lb: &LoadBalancer) {
        if lb.kind != LoadBalancerKind::Network {
            return;
        }
        let network = self.network;
        let mut groups: Vec<_> = lb.listeners.iter().flat_map(|l| &l.forward).collect();
        groups.sort_by_key(|(group, _)| group.id());
        groups.dedup_by_key(|(group, _)| group.id());
        let groups = groups.iter().filter_map(|(group, _)| group.id());
        let (mut all, mut crossed) = (0, false);
        let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
        for group in groups.map(|g| &network.target_groups[g]) {
            all += group.targets.len();
            crossed |= group.crosses(lb);
            for target in &group.targets {
                let subnet = match &target.what {
                    TargetWhat::Instance(r) => r
                        .id()
                        .and_then(|i| network.instances[i].interfaces.first()?.id())
                        .and_then(|i| network.interfaces[i].subnet.id()),
                    TargetWhat::Ip(ip) => {
                        let own = |s: &Subnet| s.vpc.id() == group.vpc.id();
                        let mut all = network.subnets.iter();
                        all.find(|(_, s)| own(s) && s.blocks().any(|b| b.contains(ip))).map(|(id, _)| id)
                    }
                    TargetWhat::LoadBalancer(_) => None,
                };
                let zone = subnet.map(|s| network.subnets[s].zone.as_str());
                if let Some(zone) = target.zone.as_deref().or(zone) {
                    *zones.entry(zone).or_default() += 1;
                }
            }
        }
        let vpc = lb.vpc.id();
        for (zone, have) in zones {
            let what = format!("targets in {zone}");
            self.count(vpc, &lb.name, &lb.origin, have, 500, &what);
        }
        match crossed {
            true => self.count(vpc, &lb.name, &lb.origin, all, 500, "targets across zones"),
            false => self.count(vpc, &lb.name, &lb.origin, all, 3_000, "targets"),
        }
    }
}
