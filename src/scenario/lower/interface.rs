//! Interfaces, instances, NAT gateways.

use super::super::tree::{Key, Kind, Node, Span};
use super::super::values;
use super::address::Pending;
use super::{Inside, Lower, id, os};
use crate::model::{Forwards, Instance, Interface, Os, Ref, Role, SecurityGroup};
use std::collections::HashMap;
use std::net::Ipv4Addr;

/// What the interface of a node of AWS's own (NAT, endpoint, load balancer) is made of.
pub(super) struct NodeInterface<'a> {
    pub(super) name: String,
    pub(super) subnet: (&'a str, Span),
    /// Address, or `auto`.
    pub(super) ip: Option<(&'a str, Span)>,
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
            ipv6: Vec::new(),
            prefixes: self.list(node, "prefixes", &at, values::block),
            groups: groups(inside, node, key.span),
            public,
            source_dest_check: node.flag("source_dest_check", true),
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
        let ip = made
            .ip
            .filter(|(text, _)| *text != "auto")
            .and_then(|(text, span)| self.take(values::address4(text), &at, span));
        let interface = Interface {
            name: made.name,
            id: None,
            subnet: inside.reference(made.subnet.0, made.subnet.1),
            ips: ip.into_iter().collect(),
            ipv6: Vec::new(),
            prefixes: Vec::new(),
            groups: made.groups,
            public: Vec::new(),
            source_dest_check: false,
            role: made.role,
            tags: Vec::new(),
            origin: span.origin(),
        };
        pending.push(Pending {
            interface: self.draft.interfaces.push(interface),
            public: made.public,
            span,
        });
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
