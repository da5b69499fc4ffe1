//! VPCs and subnets.

use super::Printer;
use super::doc::{Doc, Map, texts};
use crate::model::{DhcpDns, Fact, Id, Vpc};

impl Printer<'_> {
    pub(super) fn vpc(&mut self, id: Id<Vpc>, account: &str) -> Map {
        let network = self.network;
        let vpc = &network.vpcs[id];
        let mut map = Map::of("vpc");
        map.maybe("id", vpc.id.as_ref());
        if vpc.account != account {
            map.quoted("account", &vpc.account);
        }
        if vpc.region != network.region {
            map.text("region", &vpc.region);
        }
        map.full_list("cidr", texts(&vpc.cidrs));
        map.list("ipv6", texts(&vpc.ipv6));
        let mut dns = Map::of("dns");
        dns.word("support", self.fact(&vpc.dns_support, true, &vpc.name));
        dns.word("hostnames", self.fact(&vpc.dns_hostnames, false, &vpc.name));
        map.map("dns", dns);
        match &vpc.dhcp_dns {
            DhcpDns::Amazon => {}
            DhcpDns::None => map.word("dhcp_dns", "none"),
            DhcpDns::Servers(servers) => map.list("dhcp_dns", texts(servers)),
        }
        let gateway = vpc.internet_gateway.as_ref();
        map.maybe(
            "internet_gateway",
            gateway.and_then(|g| self.word(g, Some(id), &vpc.name)),
        );
        let mut gateways = network.egress_only_gateways.iter();
        let gateway = gateways.find(|(_, g)| g.vpc.id() == Some(id));
        map.maybe(
            "egress_only_gateway",
            gateway.and_then(|(g, _)| self.names.of(g)),
        );
        let mut gateways = network.vpn_gateways.iter();
        let gateway = gateways.find(|(_, g)| g.vpc.id() == Some(id));
        map.maybe("vpn_gateway", gateway.and_then(|(g, _)| self.names.of(g)));
        if let Some(controls) = &vpc.encryption {
            let mut own = Map::of("encryption_controls");
            let mode = if controls.enforced {
                "enforce"
            } else {
                "monitor"
            };
            own.word("mode", mode);
            own.list("exclude", texts(controls.excluded.iter().map(|e| e.word())));
            map.map("encryption_controls", own);
        }
        let subnets = self.subnets(id);
        map.map("subnets", subnets);
        let tables = self.route_tables(id);
        map.map("route_tables", tables);
        let groups = self.groups(id);
        map.map("security_groups", groups);
        let acls = self.acls(id);
        map.map("network_acls", acls);
        let instances = self.instances(id);
        map.map("instances", instances);
        let interfaces = self.interfaces(id);
        map.map("interfaces", interfaces);
        let nats = self.nat_gateways(id);
        map.map("nat_gateways", nats);
        let endpoints = self.endpoints(id);
        map.map("endpoints", endpoints);
        let balancers = self.load_balancers(id);
        map.map("load_balancers", balancers);
        let resolvers = self.resolver_endpoints(id);
        map.map("resolver_endpoints", resolvers);
        let people = self.client_vpns(id);
        map.map("client_vpns", people);
        let groups = self.target_groups(id);
        map.map("target_groups", groups);
        map
    }

    /// A fact, or AWS's default where an import does not say.
    pub(super) fn fact(&mut self, fact: &Fact<bool>, default: bool, at: &str) -> bool {
        match fact {
            Fact::Known(value) => *value,
            Fact::Unseen(unseen) => {
                self.lost(self.network.unseen[*unseen].text(), at);
                default
            }
        }
    }

    fn subnets(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, subnet) in network
            .subnets
            .iter()
            .filter(|(_, s)| s.vpc.id() == Some(vpc))
        {
            let at = self.label(id);
            let mut map = Map::of("subnet");
            map.maybe("id", subnet.id.as_ref());
            map.text("zone", &subnet.zone);
            map.maybe("cidr", subnet.cidr);
            map.maybe("ipv6", subnet.ipv6);
            map.word("dns64", subnet.dns64);
            if subnet.table != network.vpcs[vpc].main_table {
                map.maybe("route_table", self.word(&subnet.table, Some(vpc), &at));
            }
            let acl = self.word(&subnet.acl, Some(vpc), &at);
            map.maybe("network_acl", acl.filter(|a| a != "default"));
            self.exclusion(&mut map, id);
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }
}
