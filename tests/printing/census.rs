//! What a law about printing has met: how many networks had each noun, and how often each key of
//! the grammar was printed.

use reachability::model::{
    Destination, Draft, EndpointKind, Network, Route, RouteKind, VpcEndpoint,
};
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
            Type::KeyedOrList(s) => {
                let one_or_many = |v: &Value| v.as_array().map_or(vec![v.clone()], Clone::clone);
                let all = of_map().flat_map(one_or_many);
                all.for_each(|v| self.map(&v, s));
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
            ("vpc", "block_public_access"),
            ("instance", "forwards"),
            ("service_connection", "state"),
        ];
        let missing: Vec<_> = keys::all()
            .filter(|k| !of_a_file.contains(&k.section) && !also.contains(&k.section))
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

/// Every list of the model, and how long it is: one that is added to the model is counted here.
fn nouns(n: &Network) -> Vec<(&'static str, usize)> {
    let Draft {
        world: _,
        region: _,
        vpcs,
        subnets,
        tables,
        groups,
        acls,
        interfaces,
        instances,
        internet_gateways,
        egress_only_gateways,
        nat_gateways,
        regional_nats,
        vpn_gateways,
        peerings,
        transit_gateways,
        attachments,
        transit_tables,
        sites,
        connections,
        internet_hosts,
        prefix_lists,
        endpoints,
        services,
        load_balancers,
        target_groups,
        zones,
        client_vpns,
        resolver_endpoints,
        rules,
        profiles,
        name_servers,
        public_records,
        aws_lists,
        aws_addresses,
        buckets,
        access_points,
        dynamodb_tables,
        apis,
        principals,
        policies,
        organizations,
        // What an import alone has.
        unseen: _,
        gaps: _,
        unseen_public: _,
        unlisted: _,
        down_zones,
        down,
        assume,
        regions: _,
    } = &**n;
    let routes = || tables.iter().flat_map(|(_, t)| &t.routes);
    let listed = |r: &&Route| matches!(r.destination, Destination::List(_));
    let gateway = |e: &VpcEndpoint| matches!(e.kind, EndpointKind::Gateway(_));
    let all_rules = groups
        .iter()
        .flat_map(|(_, g)| g.ingress.iter().chain(&g.egress));
    let acl_rules = acls
        .iter()
        .flat_map(|(_, a)| a.ingress.iter().chain(&a.egress));
    vec![
        ("VPCs", vpcs.len()),
        ("subnets", subnets.len()),
        ("route tables", tables.len()),
        ("routes", routes().count()),
        (
            "propagated routes",
            routes().filter(|r| r.kind != RouteKind::Static).count(),
        ),
        ("blackholes", routes().filter(|r| !r.active).count()),
        ("prefix-list routes", routes().filter(listed).count()),
        ("security groups", groups.len()),
        ("group rules", all_rules.count()),
        ("network ACLs", acls.len()),
        ("ACL rules", acl_rules.count()),
        ("interfaces", interfaces.len()),
        (
            "public addresses",
            interfaces.iter().map(|(_, i)| i.public.len()).sum(),
        ),
        ("instances", instances.len()),
        ("internet gateways", internet_gateways.len()),
        ("egress-only gateways", egress_only_gateways.len()),
        (
            "IPv6-only subnets",
            subnets.iter().filter(|(_, s)| s.cidr.is_none()).count(),
        ),
        (
            "IPv6 addresses",
            interfaces.iter().map(|(_, i)| i.ipv6.len()).sum(),
        ),
        ("NAT gateways", nat_gateways.len()),
        ("regional NAT gateways", regional_nats.len()),
        ("VPN gateways", vpn_gateways.len()),
        ("peerings", peerings.len()),
        ("transit gateways", transit_gateways.len()),
        ("transit attachments", attachments.len()),
        ("transit route tables", transit_tables.len()),
        ("sites", sites.len()),
        ("connections", connections.len()),
        ("internet hosts", internet_hosts.len()),
        ("prefix lists", prefix_lists.len()),
        (
            "gateway endpoints",
            endpoints.iter().filter(|(_, e)| gateway(e)).count(),
        ),
        (
            "interface endpoints",
            endpoints.iter().filter(|(_, e)| !gateway(e)).count(),
        ),
        ("endpoint services", services.len()),
        ("load balancers", load_balancers.len()),
        ("target groups", target_groups.len()),
        ("hosted zones", zones.len()),
        ("Client VPN endpoints", client_vpns.len()),
        ("Resolver endpoints", resolver_endpoints.len()),
        ("Resolver rules", rules.len()),
        ("Profiles", profiles.len()),
        ("name servers", name_servers.len()),
        ("public records", public_records.len()),
        ("AWS's prefix lists", aws_lists.len()),
        ("AWS's addresses", aws_addresses.len()),
        ("buckets", buckets.len()),
        ("access points", access_points.len()),
        ("DynamoDB tables", dynamodb_tables.len()),
        ("APIs", apis.len()),
        ("principals", principals.len()),
        ("policies", policies.len()),
        ("organizations", organizations.len()),
        ("zones down", down_zones.len()),
        ("components down", down.len()),
        ("switches", assume.len()),
    ]
}
