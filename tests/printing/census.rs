//! What a law about printing has met: how many networks had each noun, and how often each key of
//! the grammar was printed.

use reachability::model::Network;
use reachability::scenario::keys::{self, Type};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// Counts.
#[derive(Default)]
pub struct Census {
    /// How many networks.
    pub networks: usize,
    nouns: BTreeMap<&'static str, (usize, usize)>,
    lines: usize,
    /// How often each key of each section was printed.
    keys: BTreeMap<(&'static str, &'static str), usize>,
}

impl Census {
    pub fn count(&mut self, network: &Network, text: &str) {
        self.networks += 1;
        self.lines += text.lines().count();
        let tree: Value = serde_saphyr::from_str(text).unwrap();
        self.map(&tree, keys::TOP);
        for (noun, count) in nouns(network) {
            let (networks, all) = self.nouns.entry(noun).or_default();
            *networks += usize::from(count > 0);
            *all += count;
        }
    }

    /// The keys of a map, which a section of the table says.
    fn map(&mut self, map: &Value, section: &'static str) {
        for key in keys::section(section) {
            if let Some(value) = map.get(key.name) {
                *self.keys.entry((section, key.name)).or_default() += 1;
                self.value(value, key.kind);
            }
        }
    }

    fn value(&mut self, value: &Value, kind: Type) {
        let of_map = || value.as_object().into_iter().flat_map(|m| m.values());
        match kind {
            Type::Map(s) | Type::TextOr(s) => self.map(value, s),
            Type::Named(s) | Type::Keyed(s) | Type::TextMapOr(s) => {
                of_map().for_each(|v| self.map(v, s));
            }
            Type::List(s) | Type::TextOrList(s) => {
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|v| self.map(v, s));
            }
            _ => {}
        }
    }

    /// Every key of a network was printed, but for words that say the default or that a network
    /// does not keep.
    pub fn has_keys(&self) {
        let of_a_file = [
            "scenario", "expect", "check", "source", "sees", "property", "case",
        ];
        let also = ["refusal", "warned"];
        let not_kept = [
            ("account", "zones"),
            ("vpn_connection", "state"),
            ("instance", "forwards"),
            ("nat_gateway", "mode"),
            ("load_balancer", "type"),
            ("service_connection", "state"),
            // No Application Load Balancer can be said yet.
            ("target", "load_balancer"),
        ];
        let missing: Vec<_> = keys::all()
            .filter(|k| k.modelled && !of_a_file.contains(&k.section) && !also.contains(&k.section))
            .map(|k| (k.section, k.name))
            .filter(|key| !not_kept.contains(key) && !self.keys.contains_key(key))
            .collect();
        assert_eq!(missing, [], "keys that were never printed");
    }

    /// Every noun was there.
    pub fn has(&self, but: &[&str]) {
        for (noun, (networks, _)) in &self.nouns {
            assert!(
                *networks > 0 || but.contains(noun),
                "no network had {noun}\n{self}"
            );
        }
    }
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} networks, {} lines printed; noun: networks that have it, all",
            self.networks, self.lines
        )?;
        for (noun, (networks, all)) in &self.nouns {
            writeln!(f, "  {noun:<24} {networks:>6} {all:>8}")?;
        }
        Ok(())
    }
}

/// Every list of the model, and how long it is.
fn nouns(n: &Network) -> [(&'static str, usize); 41] {
    let routes = || n.tables.iter().flat_map(|(_, t)| &t.routes);
    use reachability::model::{Destination, EndpointKind, RouteKind};
    let count = |b: bool| usize::from(b);
    [
        ("VPCs", n.vpcs.len()),
        ("subnets", n.subnets.len()),
        ("route tables", n.tables.len()),
        ("routes", routes().count()),
        (
            "propagated routes",
            routes().filter(|r| r.kind != RouteKind::Static).count(),
        ),
        ("blackholes", routes().filter(|r| !r.active).count()),
        (
            "prefix-list routes",
            routes()
                .filter(|r| matches!(r.destination, Destination::List(_)))
                .count(),
        ),
        ("security groups", n.groups.len()),
        (
            "group rules",
            n.groups
                .iter()
                .map(|(_, g)| g.ingress.len() + g.egress.len())
                .sum(),
        ),
        ("network ACLs", n.acls.len()),
        (
            "ACL rules",
            n.acls
                .iter()
                .map(|(_, a)| a.ingress.len() + a.egress.len())
                .sum(),
        ),
        ("interfaces", n.interfaces.len()),
        (
            "public addresses",
            n.interfaces.iter().map(|(_, i)| i.public.len()).sum(),
        ),
        ("instances", n.instances.len()),
        ("internet gateways", n.internet_gateways.len()),
        ("NAT gateways", n.nat_gateways.len()),
        ("VPN gateways", n.vpn_gateways.len()),
        ("peerings", n.peerings.len()),
        ("sites", n.sites.len()),
        ("connections", n.connections.len()),
        ("internet hosts", n.internet_hosts.len()),
        ("prefix lists", n.prefix_lists.len()),
        (
            "gateway endpoints",
            n.endpoints
                .iter()
                .map(|(_, e)| count(matches!(e.kind, EndpointKind::Gateway(_))))
                .sum(),
        ),
        (
            "interface endpoints",
            n.endpoints
                .iter()
                .map(|(_, e)| count(matches!(e.kind, EndpointKind::Interface(_))))
                .sum(),
        ),
        ("endpoint services", n.services.len()),
        ("load balancers", n.load_balancers.len()),
        ("target groups", n.target_groups.len()),
        ("hosted zones", n.zones.len()),
        ("public records", n.public_records.len()),
        ("transit gateways", n.transit_gateways.len()),
        ("transit attachments", n.attachments.len()),
        ("transit route tables", n.transit_tables.len()),
        ("Resolver endpoints", n.resolver_endpoints.len()),
        ("Resolver rules", n.rules.len()),
        ("Profiles", n.profiles.len()),
        ("name servers", n.name_servers.len()),
        ("policies", n.policies.len()),
        ("principals", n.principals.len()),
        ("organizations", n.organizations.len()),
        (
            "buckets and tables",
            n.buckets.len() + n.dynamodb_tables.len(),
        ),
        (
            "switches and zones down",
            n.assume.len() + n.down_zones.len(),
        ),
    ]
}
