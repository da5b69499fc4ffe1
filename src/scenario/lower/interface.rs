//! Interfaces, instances, NAT gateways.

use super::super::tree::{Key, Kind, Node, Span};
use super::super::values;
use super::address::{Pending, WantsV6};
use super::{Inside, Lower, id, os};
use crate::model::{Family, Forwards, Instance, Interface, IpType, Os, Ref, Role, SecurityGroup};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the interface of a node of AWS's own (NAT, endpoint, load balancer) is made of.
pub(super) struct NodeInterface<'a> {
    pub(super) name: String,
    pub(super) subnet: (&'a str, Span),
    /// An address, `auto`, or a map with one a family.
    pub(super) place: Option<&'a Node>,
    /// The families that it has; none: those that are written, else what its subnet has.
    pub(super) families: Option<IpType>,
    pub(super) public: Option<Ipv4Addr>,
    pub(super) groups: Vec<Ref<SecurityGroup>>,
    pub(super) role: Role,
}

impl Lower<'_> {
    pub(super) fn instances(&mut self, inside: Inside<'_>, pending: &mut Vec<Pending>) {
        let mut attached: HashMap<&str, Vec<Ref<Interface>>> = HashMap::new();
        for (key, node) in inside.node.under("interfaces") {
            if let Some(owner) = node.text_of("attached_to").and_then(|t| inside.own(t)) {
                let further = inside.reference(&key.text, key.span);
                attached.entry(owner).or_default().push(further);
            }
        }
        for (key, node) in inside.node.under("instances") {
            let by_id = node.text_of("id").and_then(|i| attached.remove(i));
            let origin = key.span.origin();
            let role = Role::Instance(inside.reference(&key.text, key.span));
            self.interface(inside, key, node, role, pending);
            let mut interfaces = vec![inside.reference(&key.text, key.span)];
            interfaces.extend(by_id.unwrap_or_default());
            interfaces.extend(attached.remove(key.text.as_str()).unwrap_or_default());
            self.draft.instances.push(Instance {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &origin),
                interfaces,
                running: node.text_of("state").is_none_or(|s| s == "running"),
                os: os(node, Os::Linux),
                forwards: Some(match node.text_of("forwards") {
                    Some("stateful") => Forwards::Stateful,
                    Some("stateless") => Forwards::Stateless,
                    _ => Forwards::No,
                }),
                runs: node
                    .texts_of("runs")
                    .iter()
                    .map(|(t, _)| (*t).to_owned())
                    .collect(),
                origin,
            });
        }
    }

    pub(super) fn plain_interfaces(&mut self, inside: Inside<'_>, pending: &mut Vec<Pending>) {
        for (key, node) in inside.node.under("interfaces") {
            let owner = node
                .get("attached_to")
                .and_then(|n| n.text().map(|t| inside.reference(t, n.span)));
            let role = owner.map_or(Role::Plain, Role::Instance);
            self.interface(inside, key, node, role, pending);
        }
    }

    fn interface(
        &mut self,
        inside: Inside<'_>,
        key: &Key,
        node: &Node,
        role: Role,
        pending: &mut Vec<Pending>,
    ) {
        let at = inside.full(&key.text);
        let Some(subnet) = node
            .get("subnet")
            .and_then(|n| n.text().map(|t| inside.reference(t, n.span)))
        else {
            return;
        };
        let ips = match node.texts_of("ip").as_slice() {
            [("auto", _)] => Vec::new(),
            _ => self.list(node, "ip", &at, values::address4),
        };
        let written = node.texts_of("ipv6");
        let (ipv6, v6) = match written.as_slice() {
            [] => (Vec::new(), WantsV6::IfAlone),
            [("auto", _)] => (Vec::new(), WantsV6::Yes),
            _ => (self.list(node, "ipv6", &at, values::address6), WantsV6::No),
        };
        let mut public = Vec::new();
        let mut primary = None;
        if let Some(value) = node.get("public_ip") {
            match &value.kind {
                Kind::Scalar(text) => {
                    primary = self.take(values::address4(text), &at, value.span);
                }
                Kind::Map(pairs) => {
                    for (private, to) in pairs {
                        let own = self.take(values::address4(&private.text), &at, private.span);
                        let outer = to
                            .text()
                            .and_then(|t| self.take(values::address4(t), &at, to.span));
                        public.extend(own.zip(outer));
                    }
                }
                Kind::Null | Kind::Seq(_) => {}
            }
        }
        let interface = Interface {
            name: key.text.clone(),
            // An instance's id is the instance's, not its interface's.
            id: if matches!(&role, Role::Instance(_)) && node.get("attached_to").is_none() {
                None
            } else {
                id(node)
            },
            subnet,
            ips,
            ipv6,
            prefixes: self.list(node, "prefixes", &at, values::delegated),
            groups: groups(inside, node, key.span),
            public,
            source_dest_check: node.flag("source_dest_check", true),
            deny_all_igw_traffic: node.flag("deny_all_igw_traffic", false).then_some(true),
            role,
            tags: node
                .under("tags")
                .iter()
                .filter_map(|(k, v)| v.text().map(|t| (k.text.clone(), t.to_owned())))
                .collect(),
            origin: key.span.origin(),
        };
        pending.push(Pending {
            interface: self.draft.interfaces.push(interface),
            v4: true,
            v6,
            public: primary,
            span: key.span,
        });
    }

    /// The interface of a NAT gateway, an endpoint or a load balancer.
    pub(super) fn node_interface(
        &mut self,
        inside: Inside<'_>,
        made: NodeInterface<'_>,
        span: Span,
        pending: &mut Vec<Pending>,
    ) {
        let at = inside.full(&made.name);
        let (ip, ipv6) = self.written(made.place, made.families, &at);
        let (v4, v6) = match made.families {
            Some(families) if families.has(Family::Ipv6) => {
                (families.has(Family::Ipv4), WantsV6::AsNode)
            }
            Some(_) => (true, WantsV6::No),
            None => {
                let asked = made.place.and_then(|p| p.get("ipv6"));
                let alone = ipv6.is_some() || asked.is_some();
                let other = made.place.is_some_and(|p| p.get("ip").is_some());
                let v6 = match asked {
                    Some(_) => WantsV6::Yes,
                    None => WantsV6::IfAlone,
                };
                (other || !alone, v6)
            }
        };
        let interface = Interface {
            name: made.name,
            id: None,
            subnet: inside.reference(made.subnet.0, made.subnet.1),
            ips: ip.into_iter().collect(),
            ipv6: ipv6.into_iter().collect(),
            prefixes: Vec::new(),
            groups: made.groups,
            public: Vec::new(),
            source_dest_check: false,
            deny_all_igw_traffic: None,
            role: made.role,
            tags: [].into(),
            origin: span.origin(),
        };
        pending.push(Pending {
            interface: self.draft.interfaces.push(interface),
            v4,
            v6,
            public: made.public,
            span,
        });
    }

    /// The addresses that are written for a node, one a family at most.
    fn written(
        &mut self,
        place: Option<&Node>,
        families: Option<IpType>,
        at: &str,
    ) -> (Option<Ipv4Addr>, Option<Ipv6Addr>) {
        let text = |n: Option<&Node>| n.and_then(|n| Some((n.text()?.to_owned(), n.span)));
        let chosen = |(text, _): &(String, Span)| text != "auto";
        if let Some((text, span)) = text(place).filter(chosen) {
            let only4 = families == Some(IpType::Ipv4);
            let only6 = families == Some(IpType::Ipv6);
            let ip = match (only4, only6) {
                (true, _) => values::address4(&text).map(IpAddr::V4),
                (_, true) => values::address6(&text).map(IpAddr::V6),
                _ => values::address(&text),
            };
            return match self.take(ip, at, span) {
                Some(IpAddr::V4(ip)) => (Some(ip), None),
                Some(IpAddr::V6(ip)) => (None, Some(ip)),
                None => (None, None),
            };
        }
        let own = |key| text(place.and_then(|p| p.get(key))).filter(chosen);
        let ip = own("ip").and_then(|(t, s)| self.take(values::address4(&t), at, s));
        let ipv6 = own("ipv6").and_then(|(t, s)| self.take(values::address6(&t), at, s));
        (ip, ipv6)
    }
}

/// The groups of an interface: those it names, else the VPC's `default`.
pub(super) fn groups(inside: Inside<'_>, node: &Node, span: Span) -> Vec<Ref<SecurityGroup>> {
    if node.get("security_groups").is_none() {
        return vec![inside.reference("default", span)];
    }
    node.texts_of("security_groups")
        .into_iter()
        .map(|(t, s)| inside.reference(t, s))
        .collect()
}
