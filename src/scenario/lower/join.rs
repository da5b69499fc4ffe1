//! What joins networks: peerings, sites, VPN connections, virtual interfaces.

use super::super::tree::{Key, Node};
use super::super::values;
use super::{Lower, id};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Connection, ConnectionKind, Family, Joined, Origin, Peering, Ref, Site, SiteResolver,
    SiteRoute, SiteRules,
};
use ipnet::IpNet;

impl Lower<'_> {
    pub(super) fn join(&mut self) {
        for (key, node) in self.root.under("peerings") {
            self.peering(key, node);
        }
        for (key, node) in self.root.under("on_premises") {
            self.site(key, node);
        }
        for (key, node) in self.root.under("vpn_connections") {
            let kind = match node.text_of("routing") {
                Some("static") => ConnectionKind::VpnStatic,
                _ => ConnectionKind::VpnBgp,
            };
            let tunnels = node.texts_of("tunnels");
            for (text, span) in &tunnels {
                if !matches!(*text, "up" | "down") {
                    self.out.push(Diagnostic::error(
                        "unknown-value",
                        &key.text,
                        &span.origin(),
                        format!("`{text}` is not a state of a tunnel: `up` or `down`"),
                    ));
                }
            }
            let up = tunnels.is_empty() || tunnels.iter().any(|(t, _)| *t == "up");
            self.connection(key, node, kind, up);
        }
        for (key, node) in self.root.under("virtual_interfaces") {
            self.connection(key, node, ConnectionKind::DirectConnect, true);
        }
    }

    fn peering(&mut self, key: &Key, node: &Node) {
        let ends = node.texts_of("between");
        let [(a, at_a), (b, at_b)] = ends.as_slice() else {
            if let Some(between) = node.get("between") {
                self.out.push(Diagnostic::error(
                    "wrong-type",
                    &key.text,
                    &between.origin(),
                    "a peering connection is between two VPCs",
                ));
            }
            return;
        };
        let remote_dns = self.remote_dns(key, node, [*a, *b]);
        self.draft.peerings.push(Peering {
            name: key.text.clone(),
            id: id(node),
            between: [
                Ref::named(*a, &at_a.origin()),
                Ref::named(*b, &at_b.origin()),
            ],
            active: node.text_of("state").is_none_or(|s| s == "active"),
            remote_dns,
            origin: key.span.origin(),
        });
    }

    /// Which of the two VPCs lets the other resolve its instances' public names to private addresses.
    fn remote_dns(&mut self, key: &Key, node: &Node, between: [&str; 2]) -> [bool; 2] {
        let mut on = [false; 2];
        for (vpc, value) in node.under("remote_dns") {
            let side = between.iter().position(|b| *b == vpc.text);
            match (side.and_then(|s| on.get_mut(s)), value.text()) {
                (Some(side), Some("true")) => *side = true,
                (Some(_), Some("false")) => {}
                (Some(_), _) => self.out.push(Diagnostic::error(
                    "wrong-type",
                    &key.text,
                    &value.origin(),
                    "`true` or `false` is expected here",
                )),
                (None, _) => self.out.push(Diagnostic::error(
                    "unknown-name",
                    &key.text,
                    &vpc.span.origin(),
                    format!("`{}` is not a VPC of this peering", vpc.text),
                )),
            }
        }
        on
    }

    fn site(&mut self, key: &Key, node: &Node) {
        let at = key.text.as_str();
        let public_ip = self.one(node, "public_ip", at, values::address4);
        let mut hosts = Vec::new();
        for (name, ip) in node.under("hosts") {
            let address = ip
                .text()
                .and_then(|t| self.take(values::address(t), at, ip.span));
            hosts.extend(address.map(|a| (name.text.clone(), a)));
        }
        let cidrs = self.list(node, "cidrs", at, values::block);
        let mut routes = Vec::new();
        for (block, via) in node.under("routes") {
            let destination = self.take(values::block(&block.text), at, block.span);
            let (Some(destination), Some(text)) = (destination, via.text()) else {
                continue;
            };
            routes.push(SiteRoute {
                destination,
                via: (text != "isp").then(|| Ref::named(text, &via.origin())),
                origin: block.span.origin(),
            });
        }
        let rules = node.get("rules").map(|rules| SiteRules {
            ingress: self.acl_rules(None, rules, "ingress", at),
            egress: self.acl_rules(None, rules, "egress", at),
            stateful: rules.flag("stateful", false),
        });
        let resolver = self.site_resolver(node, at, public_ip.is_some());
        self.draft.sites.push(Site {
            name: key.text.clone(),
            cidrs,
            hosts,
            public_ip,
            resolver,
            routes,
            rules,
            origin: key.span.origin(),
        });
        self.server_of_site(key, node);
    }

    /// Whom a site's hosts ask; where nothing is said, its provider if it has one.
    fn site_resolver(&mut self, node: &Node, at: &str, provider: bool) -> SiteResolver {
        match node.texts_of("resolver").as_slice() {
            [("isp", span)] => {
                if !provider {
                    let message =
                        format!("site `{at}` has no `public_ip`, so no provider answers it");
                    let (code, origin) = ("site-resolver-without-provider", span.origin());
                    self.out.push(Diagnostic::error(code, at, &origin, message));
                }
                SiteResolver::Isp
            }
            [("none", _)] => SiteResolver::None,
            [] if provider || node.get("forward").is_some() || node.get("records").is_some() => {
                SiteResolver::Isp
            }
            [] => SiteResolver::None,
            _ => SiteResolver::Servers(self.list(node, "resolver", at, values::address)),
        }
    }

    fn connection(&mut self, key: &Key, node: &Node, kind: ConnectionKind, up: bool) {
        let down = self.root.get("down").map(|d| d.texts_of("components"));
        let mut down = down.into_iter().flatten();
        let up = up && !down.any(|(name, _)| name == key.text);
        let reference = |name: &str| {
            node.get(name)
                .and_then(|n| n.text().map(|t| (t, n.origin())))
        };
        let Some(site) = reference("site") else {
            return;
        };
        let public = node.text_of("type") == Some("public");
        let to = match reference("to") {
            None if public => Joined::Public,
            Some((text, origin)) if !public => self.end(node, text, &origin),
            found => {
                let origin = found.map_or(key.span.origin(), |(_, origin)| origin);
                let message = if public {
                    "a public virtual interface leads to AWS's public addresses: without `to`"
                } else {
                    "`to` is missing: where the connection ends"
                };
                let found = Diagnostic::error("missing-key", &key.text, &origin, message);
                self.out.push(found);
                return;
            }
        };
        if public && node.get("prefixes").is_none() {
            let message = "a public virtual interface needs `prefixes`: the site's public blocks";
            let found = Diagnostic::error("missing-key", &key.text, &key.span.origin(), message);
            self.out.push(found);
        }
        let inside = match (kind, node.text_of("ip_type")) {
            (ConnectionKind::DirectConnect, _) => None,
            (_, Some("ipv6")) => Some(Family::Ipv6),
            _ => Some(Family::Ipv4),
        };
        let prefixes = if node.get("prefixes").is_some() {
            self.list(node, "prefixes", &key.text, values::block)
        } else {
            let sites = self.draft.sites.iter();
            let own = sites.filter(|(_, s)| s.name == site.0);
            own.flat_map(|(_, s)| s.cidrs.clone())
                .filter(|net| inside.is_none_or(|family| Family::of_net(*net) == family))
                .collect()
        };
        let allowed = self.list(node, "allowed_prefixes", &key.text, values::block);
        let asn = self.one(node, "asn", &key.text, values::bgp_number);
        self.of_its_type(key, node, &to, &prefixes);
        self.draft.connections.push(Connection {
            name: key.text.clone(),
            site: Ref::named(site.0, &site.1),
            to,
            kind,
            inside,
            prefixes,
            allowed,
            asn,
            up: up && node.text_of("state").is_none_or(|s| s == "available"),
            origin: key.span.origin(),
        });
    }

    /// A private virtual interface leads to VPCs and a transit one to a transit gateway, which alone is
    /// given a list of what AWS announces; a public one announces public blocks
    /// (`/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html`).
    fn of_its_type(&mut self, key: &Key, node: &Node, to: &Joined, prefixes: &[IpNet]) {
        let kind = node.text_of("type");
        let mut refuse = |code, origin: &Origin, message: String| {
            self.out
                .push(Diagnostic::error(code, &key.text, origin, message));
        };
        if let (Some("private"), Joined::Transit(r)) = (kind, to) {
            let message = format!(
                "a private virtual interface leads to a VPC, and `{}` is of a transit gateway",
                r.text
            );
            refuse("virtual-interface-type", &r.origin, message);
        }
        if let (Some("private" | "public"), Some(said)) = (kind, node.get("allowed_prefixes")) {
            let message = "`allowed_prefixes` is of transit virtual interfaces".to_owned();
            refuse("virtual-interface-type", &said.origin(), message);
        }
        let private = |net: &&IpNet| matches!(net, IpNet::V4(v4) if v4.network().is_private());
        if let (Joined::Public, Some(net)) = (to, prefixes.iter().find(private)) {
            let message = format!(
                "`{net}` is private: AWS takes public blocks over a public virtual interface"
            );
            refuse(
                "public-interface-private-prefix",
                &key.span.origin(),
                message,
            );
        }
        if node.texts_of("tunnels").len() > 2 {
            let message = "a VPN connection has two tunnels".to_owned();
            refuse("too-many-tunnels", &key.span.origin(), message);
        }
    }

    /// Where a connection ends: at a VPC's gateway, or at an attachment of a transit gateway.
    fn end(&self, node: &Node, text: &str, origin: &Origin) -> Joined {
        let gateway = text.split_once('/').map_or(text, |(gateway, _)| gateway);
        let transit = self.root.path(&["transit_gateways", gateway]).is_some();
        if node.text_of("type") == Some("transit") || transit {
            Joined::Transit(Ref::named(text, origin))
        } else {
            Joined::Vpn(Ref::named(text, origin))
        }
    }
}
