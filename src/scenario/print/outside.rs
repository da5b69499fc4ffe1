//! Everything that is not inside a VPC.

use super::Printer;
use super::doc::{Doc, Map, texts};
use super::interface::os;
use crate::model::{
    Connection, ConnectionKind, Family, Id, Interface, Joined, Part, Record, RecordValue, Ref, Role,
};
use indexmap::IndexMap;

impl Printer<'_> {
    pub(super) fn outside(&mut self, root: &mut Map) {
        self.aws(root);
        let hosts = self.internet_hosts();
        let mut internet = Map::of("internet");
        internet.map("hosts", hosts);
        root.map("internet", internet);
        let records = self.records_by_name(&self.network.public_records, "");
        root.map("public_records", records);
        let lists = self.prefix_lists();
        root.map("prefix_lists", lists);
        let peerings = self.peerings();
        root.map("peerings", peerings);
        let sites = self.sites();
        root.map("on_premises", sites);
        self.connections(root);
        let zones = self.hosted_zones();
        root.map("hosted_zones", zones);
        let services = self.services();
        root.map("endpoint_services", services);
        let rules = self.resolver_rules();
        root.map("resolver_rules", rules);
        let profiles = self.profiles();
        root.map("profiles", profiles);
        let network = self.network;
        let mut apis = Map::free();
        for api in &network.apis {
            let mut map = Map::of("api");
            map.word("private", api.private);
            apis.push(&api.id, Doc::Map(map));
        }
        root.map("apis", apis);
        let mut down = Map::of("down");
        down.list(
            "zones",
            texts(network.down_zones.iter().map(|(zone, _)| zone)),
        );
        let components = self.down();
        down.list("components", texts(components));
        root.map("down", down);
        let mut assume = Map::free();
        for (at, (name, position)) in network.assume.iter().enumerate() {
            // The last position holds.
            let mut later = network.assume.iter().skip(at + 1);
            if !later.any(|(other, _)| other == name) {
                assume.push(name, Doc::Word(position.clone()));
            }
        }
        root.map("assume", assume);
    }

    /// What is down by name.
    fn down(&mut self) -> Vec<String> {
        let parts = self.network.down.iter().filter_map(|d| d.part.as_ref());
        let words = parts.filter_map(|part| match part {
            Part::Instance(r) => self.word(r, None, "down"),
            Part::Interface(r) => self.interface(r, "down"),
            Part::Nat(r) => self.word(r, None, "down"),
            Part::RegionalNat(r) => self.word(r, None, "down"),
            Part::Endpoint(r) => self.word(r, None, "down"),
            Part::LoadBalancer(r) => self.word(r, None, "down"),
            Part::Resolver(r) => self.word(r, None, "down"),
            Part::ClientVpn(r) => self.word(r, None, "down"),
            Part::Connection(r) => self.word(r, None, "down"),
            Part::Attachment(r) => self.word(r, None, "down"),
        });
        words.collect()
    }

    /// An interface that has a name, or that is called by what it belongs to.
    fn interface(&mut self, r: &Ref<Interface>, at: &str) -> Option<String> {
        let id = r.id()?;
        let own = &self.network.interfaces[id];
        let owner = match &own.role {
            _ if self.names.of(id).is_some() => return self.word(r, None, at),
            Role::Endpoint(owner) => self.word(owner, None, at),
            Role::LoadBalancer(owner) => self.word(owner, None, at),
            Role::Resolver(owner) => self.word(owner, None, at),
            Role::ClientVpn(owner) => self.word(owner, None, at),
            Role::Instance(owner) => return self.word(owner, None, at),
            Role::Nat(owner) => return self.word(owner, None, at),
            Role::Plain | Role::Other(_) => return self.word(r, None, at),
        };
        let subnet = own.subnet.id().and_then(|s| self.names.of(s));
        Some(format!("{}@{}", owner?, subnet?))
    }

    /// Whether something is down by name: its state is then no more than that.
    pub(super) fn is_down(&self, which: impl Fn(&Part) -> bool) -> bool {
        let mut parts = self.network.down.iter().filter_map(|d| d.part.as_ref());
        parts.any(which)
    }

    fn aws(&mut self, root: &mut Map) {
        let network = self.network;
        let mut aws = Map::of("aws");
        let mut lists = Map::free();
        for ((region, service), blocks) in &network.aws_lists {
            let key = if *region == network.region {
                service.clone()
            } else {
                format!("{region}/{service}")
            };
            lists.push(&key, Doc::one_or_list(texts(blocks)));
        }
        aws.map("prefix_lists", lists);
        let mut addresses = Map::free();
        for (name, ips) in &network.aws_addresses {
            addresses.push(name, Doc::one_or_list(texts(ips)));
        }
        aws.map("addresses", addresses);
        root.map("aws", aws);
    }

    fn internet_hosts(&self) -> Map {
        let mut all = Map::free();
        for (id, host) in self.network.internet_hosts.iter() {
            let mut map = Map::of("internet_host");
            map.maybe("ip", host.ip);
            map.maybe("ipv6", host.ipv6);
            map.word("os", os(host.os));
            map.list("records", texts(&host.records));
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    fn prefix_lists(&self) -> Map {
        let mut all = Map::free();
        for (id, list) in self.network.prefix_lists.iter() {
            let mut map = Map::of("prefix_list");
            map.maybe("id", list.id.as_ref());
            map.list("entries", texts(&list.entries));
            if list.max_entries != list.entries.len() {
                map.word("max_entries", list.max_entries);
            }
            if list.region != self.network.region {
                map.text("region", &list.region);
            }
            if list.account != super::account(self.network) {
                map.quoted("account", &list.account);
            }
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    fn peerings(&mut self) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, peering) in network.peerings.iter() {
            let Some(name) = self.names.of(id).map(str::to_owned) else {
                continue;
            };
            let mut map = Map::of("peering");
            map.maybe("id", peering.id.as_ref());
            let between = self.words(&peering.between, None, &peering.name);
            map.list("between", between);
            map.word("state", if peering.active { "active" } else { "deleted" });
            let mut remote = Map::free();
            for (vpc, on) in peering.between.iter().zip(peering.remote_dns) {
                if let Some(word) = self.word(vpc, None, &peering.name).filter(|_| on) {
                    remote.push(&word, Doc::Word("true".to_owned()));
                }
            }
            map.map("remote_dns", remote);
            all.push(&name, Doc::Map(map));
        }
        all
    }

    fn sites(&mut self) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, site) in network.sites.iter() {
            let mut map = Map::of("site");
            map.list("cidrs", texts(&site.cidrs));
            let mut hosts = Map::free();
            for (name, ip) in &site.hosts {
                hosts.push(name, Doc::Text(ip.to_string()));
            }
            map.map("hosts", hosts);
            map.maybe("public_ip", site.public_ip);
            self.site_resolver(&mut map, id);
            let mut routes = Map::free();
            for route in &site.routes {
                let via = match &route.via {
                    None => Some("isp".to_owned()),
                    Some(connection) => self.word(connection, None, &site.name),
                };
                if let Some(via) = via {
                    routes.push(&route.destination.to_string(), Doc::Text(via));
                }
            }
            map.map("routes", routes);
            if let Some(rules) = &site.rules {
                let mut own = Map::of("site_rules");
                self.both_ways(&mut own, (&rules.ingress, &rules.egress), &site.name);
                own.word("stateful", rules.stateful);
                map.full_map("rules", own);
            }
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    fn connections(&mut self, root: &mut Map) {
        let mut vpns = Map::free();
        let mut interfaces = Map::free();
        for (id, connection) in self.network.connections.iter() {
            let Some(name) = self.names.of(id).map(str::to_owned) else {
                continue;
            };
            let vpn = connection.kind != ConnectionKind::DirectConnect;
            let mut map = Map::of(if vpn {
                "vpn_connection"
            } else {
                "virtual_interface"
            });
            match (connection.kind, &connection.to) {
                (ConnectionKind::VpnStatic, _) => map.word("routing", "static"),
                (ConnectionKind::VpnBgp, _) => map.word("routing", "bgp"),
                (ConnectionKind::DirectConnect, Joined::Vpn(_)) => map.word("type", "private"),
                (ConnectionKind::DirectConnect, Joined::Transit(_)) => map.word("type", "transit"),
                (ConnectionKind::DirectConnect, Joined::Public) => map.word("type", "public"),
            }
            if connection.inside == Some(Family::Ipv6) {
                map.word("ip_type", "ipv6");
            }
            self.connection(&mut map, id);
            let fails =
                self.is_down(|part| matches!(part, Part::Connection(r) if r.id() == Some(id)));
            match (connection.up || fails, vpn) {
                (true, _) => {}
                (false, true) => map.full_list("tunnels", texts(["down", "down"])),
                (false, false) => map.word("state", "down"),
            }
            let all = if vpn { &mut vpns } else { &mut interfaces };
            all.push(&name, Doc::Map(map));
        }
        root.map("vpn_connections", vpns);
        root.map("virtual_interfaces", interfaces);
    }

    fn connection(&mut self, map: &mut Map, id: Id<Connection>) {
        let network = self.network;
        let connection = &network.connections[id];
        map.maybe("site", self.word(&connection.site, None, &connection.name));
        let to = match &connection.to {
            Joined::Vpn(gateway) => self.word(gateway, None, &connection.name),
            Joined::Transit(attachment) => self.word(attachment, None, &connection.name),
            Joined::Public => None,
        };
        map.maybe("to", to);
        let cidrs = connection.site.id().map(|s| &network.sites[s].cidrs);
        if cidrs != Some(&connection.prefixes) || connection.to == Joined::Public {
            map.full_list("prefixes", texts(&connection.prefixes));
        }
        map.list("allowed_prefixes", texts(&connection.allowed));
        map.maybe("asn", connection.asn);
    }

    fn hosted_zones(&mut self) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, zone) in network.zones.iter() {
            let at = &zone.name;
            let mut map = Map::of("hosted_zone");
            map.text("domain", &zone.domain);
            map.word("private", zone.private);
            let vpcs = self.words(&zone.vpcs, None, at);
            map.list("vpcs", vpcs);
            let mut records = Vec::new();
            for record in &zone.records {
                let Some((kind, value)) = self.record(record, at) else {
                    continue;
                };
                let mut map = Map::of("record");
                map.text("name", &record.name);
                map.word("type", kind);
                map.full_list("value", value);
                records.push(map);
            }
            map.maps("records", records);
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    /// Type and values of a record.
    fn record(&mut self, record: &Record, at: &str) -> Option<(&'static str, Vec<Doc>)> {
        Some(match &record.value {
            RecordValue::A(ips) => ("a", texts(ips)),
            RecordValue::Aaaa(ips) => ("aaaa", texts(ips)),
            RecordValue::Cname(name) => ("cname", texts([name])),
            RecordValue::AliasName(name) => ("alias", texts([name])),
            RecordValue::Ns(names) => ("ns", texts(names)),
            RecordValue::AliasEndpoint(r) => ("alias", texts([self.word(r, None, at)?])),
            RecordValue::AliasLoadBalancer(r) => ("alias", texts([self.word(r, None, at)?])),
            RecordValue::Unseen(unseen) => {
                self.lost(self.network.unseen[*unseen].text(), at);
                return None;
            }
        })
    }

    /// `name: {type: values}`.
    pub(super) fn records_by_name(&mut self, records: &[Record], at: &str) -> Map {
        let mut all: IndexMap<&str, Map> = IndexMap::new();
        for record in records {
            let Some((kind, value)) = self.record(record, at) else {
                continue;
            };
            let types = all.entry(&record.name).or_insert_with(Map::free);
            if types.pairs.iter().any(|p| p.key == kind) || kind == "alias" {
                self.lost(format!("a record {} of type {kind}", record.name), at);
            } else {
                types.push(kind, Doc::one_or_list(value));
            }
        }
        let mut map = Map::free();
        for (name, types) in all {
            map.push(name, Doc::Map(types));
        }
        map
    }
}
