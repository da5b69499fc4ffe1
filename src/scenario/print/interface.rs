//! Interfaces, instances, NAT gateways.

use super::Printer;
use super::doc::{Doc, Map, texts};
use crate::model::{
    Forwards, Id, Instance, Interface, Os, Part, Ref, Role, SecurityGroup, ServerHost, Vpc,
};

impl Printer<'_> {
    pub(super) fn instances(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, instance) in network.instances.iter() {
            let primary = instance.interfaces.first().and_then(Ref::id);
            let (Some(name), Some(primary), true) = (
                self.names.of(id).map(str::to_owned),
                primary,
                instance.vpc.id() == Some(vpc),
            ) else {
                continue;
            };
            let mut map = Map::of("instance");
            map.maybe("id", instance.id.as_ref());
            self.body(&mut map, primary, vpc);
            map.word(
                "state",
                if instance.running {
                    "running"
                } else {
                    "stopped"
                },
            );
            map.word("os", os(instance.os));
            match instance.forwards {
                Some(Forwards::No) => {}
                Some(Forwards::Stateful) => map.word("forwards", "stateful"),
                Some(Forwards::Stateless) => map.word("forwards", "stateless"),
                None => self.note_forwarding(id),
            }
            map.list("runs", texts(&instance.runs));
            self.name_server(&mut map, id);
            all.push(&name, Doc::Map(map));
        }
        all
    }

    /// An import does not say whether an instance passes on packets. It matters where it could.
    fn note_forwarding(&mut self, id: Id<Instance>) {
        let network = self.network;
        let own = network.instances[id].interfaces.iter();
        let mut own = own.filter_map(Ref::id).map(|i| &network.interfaces[i]);
        if own.any(|i| !i.source_dest_check) {
            let at = self.label(id);
            self.lost(
                "whether an instance passes on packets that are not its own",
                at,
            );
        }
    }

    /// The word for an interface, which may be an instance's primary and called as it is.
    pub(super) fn interface_word(
        &mut self,
        r: &Ref<Interface>,
        inside: Option<Id<Vpc>>,
        at: &str,
    ) -> Option<String> {
        let owner = r.id().map(|id| (id, &self.network.interfaces[id].role));
        if let Some((id, Role::Instance(owner))) = owner
            && self.names.of(id).is_none()
            && let Some(instance) = owner.id()
        {
            let own = self.network.instances[instance].vpc.id() == inside;
            let name = self.names.of(instance).filter(|_| own).map(str::to_owned);
            if name.is_none() {
                self.lost(format!("a route to interface {}", r.text), at);
            }
            return name;
        }
        self.word(r, inside, at)
    }

    fn name_server(&mut self, map: &mut Map, id: Id<Instance>) {
        let own = |host: &ServerHost| matches!(host, ServerHost::Instance(i) if i.id() == Some(id));
        if let Some(server) = self.server(own).cloned() {
            let at = self.label(id);
            let mut answers = Map::of("name_server");
            self.answers(&mut answers, &server, &at);
            answers.word("recursive", server.recursive);
            map.put("name_server", Doc::Map(answers));
        }
    }

    pub(super) fn interfaces(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, interface) in network.interfaces.iter() {
            let (Some(name), true) = (
                self.names.of(id).map(str::to_owned),
                network.vpc_of(id) == Some(vpc),
            ) else {
                continue;
            };
            let mut map = Map::of("interface");
            map.maybe("id", interface.id.as_ref());
            self.body(&mut map, id, vpc);
            if let Role::Instance(owner) = &interface.role {
                let owner: Option<String> = self.word::<Instance>(owner, Some(vpc), &name);
                map.maybe("attached_to", owner);
            }
            all.push(&name, Doc::Map(map));
        }
        all
    }

    /// What an instance and an interface have in common.
    fn body(&mut self, map: &mut Map, id: Id<Interface>, vpc: Id<Vpc>) {
        let interface = &self.network.interfaces[id];
        let at = self.label(id);
        map.maybe("subnet", self.word(&interface.subnet, Some(vpc), &at));
        map.list("ip", texts(&interface.ips));
        map.list("ipv6", texts(&interface.ipv6));
        map.list("prefixes", texts(&interface.prefixes));
        let groups = self.group_list(&interface.groups, vpc, &at);
        if !is_default(&groups) {
            map.full_list("security_groups", groups);
        }
        match interface.public.as_slice() {
            [(private, public)] if interface.ips.first() == Some(private) => {
                map.text("public_ip", &public.to_string());
            }
            pairs => {
                let mut public = Map::free();
                for (inner, outer) in pairs {
                    let inner = inner.to_string();
                    if public.pairs.iter().any(|p| p.key == inner) {
                        self.lost(format!("{outer}, a second public address of {inner}"), &at);
                    } else {
                        public.push(&inner, Doc::Text(outer.to_string()));
                    }
                }
                map.map("public_ip", public);
            }
        }
        map.word("source_dest_check", interface.source_dest_check);
        if interface.deny_all_igw_traffic == Some(true) {
            map.word("deny_all_igw_traffic", true);
        }
        let mut tags = Map::free();
        for (key, value) in interface.tags.iter() {
            tags.push(key, Doc::Text(value.clone()));
        }
        map.map("tags", tags);
    }

    pub(super) fn group_list(
        &mut self,
        groups: &[Ref<SecurityGroup>],
        vpc: Id<Vpc>,
        at: &str,
    ) -> Vec<Doc> {
        self.words(groups, Some(vpc), at)
    }

    pub(super) fn nat_gateways(&mut self, vpc: Id<Vpc>) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, nat) in network.nat_gateways.iter() {
            let own = nat
                .interface
                .id()
                .filter(|i| network.vpc_of(*i) == Some(vpc));
            let (Some(name), Some(own)) = (self.names.of(id).map(str::to_owned), own) else {
                continue;
            };
            let interface = &network.interfaces[own];
            let at = self.label(id);
            let mut map = Map::of("nat_gateway");
            map.maybe("id", nat.id.as_ref());
            map.maybe("subnet", self.word(&interface.subnet, Some(vpc), &at));
            self.node(&mut map, interface, &at);
            map.word("type", if nat.public { "public" } else { "private" });
            map.word("state", if nat.available { "available" } else { "failed" });
            all.push(&name, Doc::Map(map));
        }
        self.regional_nats(vpc, &mut all);
        all
    }

    fn regional_nats(&mut self, vpc: Id<Vpc>, all: &mut Map) {
        let network = self.network;
        for (id, nat) in network.regional_nats.iter() {
            let (Some(name), true) = (
                self.names.of(id).map(str::to_owned),
                nat.vpc.id() == Some(vpc),
            ) else {
                continue;
            };
            let at = self.label(id);
            let mut map = Map::of("nat_gateway");
            map.maybe("id", nat.id.as_ref());
            map.word("mode", "regional");
            let fails =
                self.is_down(|part| matches!(part, Part::RegionalNat(r) if r.id() == Some(id)));
            let fine = nat.available || fails;
            map.word("state", if fine { "available" } else { "failed" });
            if let Some(zones) = &nat.zones {
                map.full_list("zones", texts(zones));
            }
            let mut zonal = Map::free();
            for (zone, ip) in &nat.addresses {
                match zone {
                    Some(zone) if zonal.pairs.iter().all(|p| p.key != *zone) => {
                        zonal.push(zone, Doc::Text(ip.to_string()));
                    }
                    None if nat.addresses.len() == 1 => map.text("public_ip", &ip.to_string()),
                    _ => self.lost(format!("the further public address {ip}"), &at),
                }
            }
            map.map("public_ip", zonal);
            map.maybe("route_table", self.word(&nat.table, Some(vpc), &at));
            all.push(&name, Doc::Map(map));
        }
    }

    /// The addresses of an interface of AWS's own, which has one of each.
    pub(super) fn node(&mut self, map: &mut Map, interface: &Interface, at: &str) {
        map.maybe("ip", interface.ips.first());
        map.maybe(
            "public_ip",
            interface.public.first().map(|(_, public)| public),
        );
        map.maybe("ipv6", interface.ipv6.first());
        let one_each =
            interface.ips.len() < 2 && interface.ipv6.len() < 2 && interface.public.len() < 2;
        if !one_each || !interface.prefixes.is_empty() {
            self.lost("further addresses of an interface of AWS's own", at);
        }
        let denied = interface.deny_all_igw_traffic;
        if !interface.ipv6.is_empty()
            && denied.is_some_and(|d| d != self.network.denies_igw(&interface.role))
        {
            self.lost(
                "whether internet gateways refuse an interface of AWS's own",
                at,
            );
        }
    }
}

/// The words for what decides client ports.
pub(super) fn os(os: Os) -> &'static str {
    match os {
        Os::Linux => "linux",
        Os::Windows => "windows",
        Os::Any => "any",
    }
}

/// Whether groups are those of who states none.
pub(super) fn is_default(groups: &[Doc]) -> bool {
    matches!(groups, [Doc::Text(one)] if one == "default")
}
