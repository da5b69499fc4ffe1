//! Resolver endpoints and rules, Profiles, and name servers of the user's own.

use super::super::tree::{Key, Node, Span};
use super::super::values;
use super::address::Pending;
use super::interface::{NodeInterface, groups};
use super::{Inside, Lower};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Forward, NameServer, Profile, Ref, ResolverEndpoint, ResolverRule, Role, RuleKind, ServerHost,
};
use std::net::IpAddr;

impl Lower<'_> {
    pub(super) fn resolver_endpoints(&mut self, inside: Inside<'_>, pending: &mut Vec<Pending>) {
        for (key, node) in inside.node.under("resolver_endpoints") {
            let own: Ref<ResolverEndpoint> = inside.reference(&key.text, key.span);
            let groups = groups(inside, node, key.span);
            let mut interfaces = Vec::new();
            for (subnet, ip) in node.under("subnets") {
                let name = format!("{}@{}", key.text, subnet.text);
                interfaces.push(inside.reference(&name, subnet.span));
                let made = NodeInterface {
                    name,
                    subnet: (&subnet.text, subnet.span),
                    place: Some(ip),
                    families: None,
                    public: None,
                    groups: groups.clone(),
                    role: Role::Resolver(own.clone()),
                };
                self.node_interface(inside, made, subnet.span, pending);
            }
            self.draft.resolver_endpoints.push(ResolverEndpoint {
                name: key.text.clone(),
                vpc: Ref::named(inside.name, &key.span.origin()),
                inbound: node.text_of("direction") != Some("outbound"),
                delegation: node.text_of("direction") == Some("inbound-delegation"),
                interfaces,
                origin: key.span.origin(),
            });
        }
    }

    pub(super) fn resolver_rules(&mut self) {
        for (key, node) in self.root.under("resolver_rules") {
            let Some(domain) = node.text_of("domain") else {
                continue;
            };
            let to = self.list(node, "to", &key.text, values::address);
            let through = node.get("through").and_then(|n| Some((n.text()?, n.span)));
            let kind = match (node.text_of("type"), through) {
                (Some("system"), _) => {
                    self.nothing(node, "to", key);
                    self.nothing(node, "through", key);
                    RuleKind::System
                }
                (Some("delegate"), Some((text, span))) => {
                    self.nothing(node, "to", key);
                    RuleKind::Delegate {
                        through: Ref::named(text, &span.origin()),
                    }
                }
                (Some("delegate"), None) => {
                    let message = "a rule that delegates says `through` which outbound Resolver endpoint name servers are asked";
                    let origin = key.span.origin();
                    let found = Diagnostic::error("missing-key", &key.text, &origin, message);
                    self.out.push(found);
                    continue;
                }
                (_, Some((text, span))) if node.get("to").is_some() => RuleKind::Forward {
                    to,
                    through: Ref::named(text, &span.origin()),
                },
                _ => {
                    let message = "a rule that forwards says `to` whom, and `through` which outbound Resolver endpoint";
                    let found =
                        Diagnostic::error("missing-key", &key.text, &key.span.origin(), message);
                    self.out
                        .push(found.help("a rule of `type: system` says neither"));
                    continue;
                }
            };
            self.draft.rules.push(ResolverRule {
                name: key.text.clone(),
                domain: values::domain(domain),
                kind,
                vpcs: references(node, "vpcs"),
                origin: key.span.origin(),
            });
        }
    }

    /// A key that means nothing here.
    fn nothing(&mut self, node: &Node, name: &str, key: &Key) {
        if let Some(value) = node.get(name) {
            let message =
                format!("only a rule of type `forward` says whom it forwards to: not `{name}`");
            let found = Diagnostic::error("wrong-type", &key.text, &value.origin(), message);
            self.out.push(found);
        }
    }

    pub(super) fn profiles(&mut self) {
        for (key, node) in self.root.under("profiles") {
            self.draft.profiles.push(Profile {
                name: key.text.clone(),
                vpcs: references(node, "vpcs"),
                zones: references(node, "zones"),
                rules: references(node, "rules"),
                endpoints: references(node, "endpoints"),
                origin: key.span.origin(),
            });
        }
    }

    /// The name servers on instances.
    pub(super) fn servers_on_instances(&mut self, inside: Inside<'_>) {
        for (key, node) in inside.node.under("instances") {
            if let Some(server) = node.get("name_server") {
                let host = ServerHost::Instance(inside.reference(&key.text, key.span));
                let at = inside.full(&key.text);
                let recursive = server.flag("recursive", true);
                self.name_server(host, server, recursive, &at, server.span);
            }
        }
    }

    /// The name server that a site's keys describe: what it does not know it asks the site's
    /// provider, if there is one.
    pub(super) fn server_of_site(&mut self, key: &Key, node: &Node) {
        let resolver = node.texts_of("resolver");
        let addresses = resolver.iter().any(|(t, _)| !matches!(*t, "isp" | "none"));
        let told = ["forward", "records"].iter().any(|k| node.get(k).is_some());
        if told || addresses {
            let host = ServerHost::Site(Ref::named(&key.text, &key.span.origin()));
            let isp = resolver.iter().any(|(t, _)| *t == "isp");
            let none = resolver.iter().any(|(t, _)| *t == "none");
            let recursive = isp || (node.get("public_ip").is_some() && !none);
            self.name_server(host, node, recursive, &key.text, key.span);
        }
    }

    fn name_server(
        &mut self,
        host: ServerHost,
        node: &Node,
        recursive: bool,
        at: &str,
        span: Span,
    ) {
        let records = self.records_by_name(node.under("records"));
        let mut forward = Vec::new();
        for (domain, servers) in node.under("forward") {
            let texts = servers.texts().into_iter();
            let to: Vec<IpAddr> = texts
                .filter_map(|(t, s)| self.take(values::address(t), at, s))
                .collect();
            forward.push(Forward {
                domain: values::domain(&domain.text),
                to,
                origin: domain.span.origin(),
            });
        }
        self.draft.name_servers.push(NameServer {
            host,
            records,
            forward,
            recursive,
            origin: span.origin(),
        });
    }
}

fn references<T>(node: &Node, key: &str) -> Vec<Ref<T>> {
    let texts = node.texts_of(key).into_iter();
    texts.map(|(t, s)| Ref::named(t, &s.origin())).collect()
}
