//! Security groups and network ACLs.

use super::super::lower::{everything, open_acl};
use super::super::values;
use super::Printer;
use super::doc::{Doc, Map};
use crate::model::{AclRule, GroupRule, Id, NetworkAcl, Origin, Peer, SecurityGroup, Service, Vpc};

impl Printer<'_> {
    pub(super) fn groups(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        let own = network
            .groups
            .iter()
            .filter(|(_, g)| g.vpc.id() == Some(vpc));
        for (at, (id, group)) in own.enumerate() {
            if at == 0 && is_default_group(id, group) {
                continue;
            }
            let label = self.label(id);
            let mut map = Map::of("security_group");
            map.maybe("id", group.id.as_ref());
            let ingress = self.group_rules(vpc, &group.ingress, ("ingress_rule", "from"), &label);
            map.maps("ingress", ingress);
            if group.egress != everything(&Origin::Unknown) {
                let egress = self.group_rules(vpc, &group.egress, ("egress_rule", "to"), &label);
                map.put(
                    "egress",
                    Doc::List(egress.into_iter().map(Doc::Map).collect()),
                );
            }
            let vpcs = self.words(&group.vpcs, None, &label);
            map.list("vpcs", vpcs);
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    /// Rules that differ in their peers alone are one.
    fn group_rules(
        &mut self,
        vpc: Id<Vpc>,
        rules: &[GroupRule],
        (section, side): (&'static str, &str),
        at: &str,
    ) -> Vec<Map> {
        let mut out = Vec::new();
        for rules in rules.chunk_by(|a, b| a.service == b.service) {
            let mut map = Map::of(section);
            let Some(first) = rules.first() else { continue };
            if !self.service(&mut map, &first.service, at) {
                continue;
            }
            let peers: Vec<Doc> = rules
                .iter()
                .filter_map(|r| self.peer(vpc, &r.peer, at))
                .map(Doc::Text)
                .collect();
            if !peers.is_empty() {
                map.list(side, peers);
                out.push(map);
            }
        }
        out
    }

    /// Protocol, ports and ICMP type; false if the grammar has no words for them.
    fn service(&mut self, map: &mut Map, service: &Service, at: &str) -> bool {
        let protocol = match service.protocol {
            None => "any".to_owned(),
            Some(1) => "icmp".to_owned(),
            Some(6) => "tcp".to_owned(),
            Some(17) => "udp".to_owned(),
            Some(58) => "icmpv6".to_owned(),
            Some(number) => number.to_string(),
        };
        let port = match service.ports {
            (0, u16::MAX) => "any".to_owned(),
            (low, high) if low == high => low.to_string(),
            (low, high) => format!("{low}-{high}"),
        };
        let mut icmp = Map::of("icmp");
        for (key, value) in [("type", service.icmp.0), ("code", service.icmp.1)] {
            value.iter().for_each(|v| icmp.word(key, v));
        }
        let types = (!icmp.is_empty()).then_some(service.icmp);
        let read = values::protocol(&protocol)
            .and_then(|protocol| values::service(protocol, Some(&port), types));
        if read.as_ref() != Ok(service) {
            self.lost(format!("a rule for port {port} of protocol {protocol}"), at);
            return false;
        }
        map.word("protocol", protocol);
        map.word("port", port);
        map.map("icmp", icmp);
        true
    }

    fn peer(&mut self, vpc: Id<Vpc>, peer: &Peer, at: &str) -> Option<String> {
        match peer {
            Peer::Cidr(net) => Some(net.to_string()),
            Peer::AwsList(region, service) => {
                self.aws_list(region, service, &self.network.vpcs[vpc].region, at)
            }
            Peer::Group(group) => {
                let word = self.word(group, Some(vpc), at)?;
                let mut lists = self.network.prefix_lists.iter();
                let taken = lists.any(|(id, l)| {
                    self.names.of(id) == Some(word.as_str()) || l.id.as_ref() == Some(&word)
                });
                let bare = !taken && !reads_as_block(&word);
                Some(if bare { word } else { format!("group:{word}") })
            }
            Peer::List(list) => {
                let word = self.word(list, None, at)?;
                let mut groups = self.network.groups.iter();
                let taken = groups.any(|(_, g)| {
                    g.vpc.id() == Some(vpc) && (g.name == word || g.id.as_ref() == Some(&word))
                });
                let bare = !taken && word != "default" && !reads_as_block(&word);
                Some(if bare { word } else { format!("list:{word}") })
            }
        }
    }

    pub(super) fn acls(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        let own = network.acls.iter().filter(|(_, a)| a.vpc.id() == Some(vpc));
        for (at, (id, acl)) in own.enumerate() {
            if at == 0 && is_default_acl(acl) {
                continue;
            }
            let label = self.label(id);
            let mut map = Map::of("network_acl");
            map.maybe("id", acl.id.as_ref());
            self.both_ways(&mut map, (&acl.ingress, &acl.egress), &label);
            all.push(self.names.of(id).unwrap_or_default(), Doc::Map(map));
        }
        all
    }

    /// The rules of both directions.
    pub(super) fn both_ways(
        &mut self,
        map: &mut Map,
        (ingress, egress): (&[AclRule], &[AclRule]),
        at: &str,
    ) {
        for (key, section, side, rules) in [
            ("ingress", "acl_ingress_rule", "from", ingress),
            ("egress", "acl_egress_rule", "to", egress),
        ] {
            let rules = self.acl_rules(rules, (section, side), at);
            map.map(key, rules);
        }
    }

    fn acl_rules(
        &mut self,
        rules: &[AclRule],
        (section, side): (&'static str, &str),
        at: &str,
    ) -> Map {
        let mut all = Map::free();
        for rule in rules {
            // An import lists the final deny.
            if !(1..=32766).contains(&rule.number) {
                continue;
            }
            let mut map = Map::of(section);
            map.word("action", if rule.allow { "allow" } else { "deny" });
            if self.service(&mut map, &rule.service, at) {
                map.text(side, &rule.peer.to_string());
                all.push(&rule.number.to_string(), Doc::Map(map));
            }
        }
        all
    }
}

/// What a peer's word would be read as.
fn reads_as_block(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || word.contains(':')
}

/// Whether a group is the one that every VPC has.
fn is_default_group(id: Id<SecurityGroup>, group: &SecurityGroup) -> bool {
    let own = |peer: &Peer| matches!(peer, Peer::Group(r) if r.id() == Some(id));
    let among = |r: &GroupRule| r.service == Service::ANY && own(&r.peer);
    group.name == "default"
        && group.id.is_none()
        && matches!(group.ingress.as_slice(), [one] if among(one))
        && group.egress == everything(&Origin::Unknown)
}

/// Whether an ACL is the one that every VPC has.
fn is_default_acl(acl: &NetworkAcl) -> bool {
    let open = |rules: &[AclRule]| rules == open_acl();
    acl.name == "default" && acl.id.is_none() && open(&acl.ingress) && open(&acl.egress)
}
