//! Which kind of thing a route leads to: the kind chooses the variant of [`Target`].

use super::super::tree::{Key, Node, Span};
use super::{Inside, Lower};
use crate::diagnostic::{Diagnostic, near};
use crate::model::{Ref, Target};

impl Lower<'_> {
    pub(super) fn target(
        &mut self,
        inside: Inside<'_>,
        text: &str,
        span: Span,
        at: &str,
    ) -> Option<Target> {
        let node = inside.node;
        if text == "local" {
            return Some(Target::Local);
        }
        if let Some(own) = inside.own(text) {
            let has = |map: &str| called(node.under(map), own).is_some();
            if node.text_of("internet_gateway") == Some(own) {
                return Some(Target::Internet(inside.reference(own, span)));
            }
            if node.text_of("vpn_gateway") == Some(own) {
                return Some(Target::Vpn(inside.reference(own, span)));
            }
            if let Some((_, nat)) = called(node.under("nat_gateways"), own) {
                let found = inside.reference(own, span);
                return Some(match super::nat::is_regional(nat) {
                    true => Target::RegionalNat(Ref::named(found.text, &span.origin())),
                    false => Target::Nat(found),
                });
            }
            if has("interfaces") {
                return Some(Target::Interface(inside.reference(own, span)));
            }
            // An instance's primary interface has its name, and not its id.
            if let Some((key, _)) = called(node.under("instances"), own) {
                return Some(Target::Interface(inside.reference(&key.text, span)));
            }
            if node.text_of("egress_only_gateway") == Some(own) {
                return Some(Target::EgressOnly(inside.reference(own, span)));
            }
            if let Some((_, endpoint)) = called(node.under("endpoints"), own) {
                if endpoint.text_of("type") == Some("gateway-load-balancer") {
                    return Some(Target::Endpoint(inside.reference(own, span)));
                }
                self.endpoint_target(text, endpoint.text_of("type"), span, at);
                return None;
            }
        }
        if called(self.root.under("peerings"), text).is_some() {
            return Some(Target::Peering(Ref::named(text, &span.origin())));
        }
        if called(self.root.under("transit_gateways"), text).is_some() {
            return Some(Target::Transit(Ref::named(text, &span.origin())));
        }
        self.unknown_target(inside, text, span, at);
        None
    }

    fn endpoint_target(&mut self, text: &str, kind: Option<&str>, span: Span, at: &str) {
        let found = if kind == Some("gateway") {
            Diagnostic::error(
                "endpoint-route-in-table",
                at,
                &span.origin(),
                format!("a route to the gateway endpoint `{text}` cannot be written"),
            )
            .help("name the table under the endpoint's `route_tables`")
        } else {
            Diagnostic::error(
                "endpoint-is-no-target",
                at,
                &span.origin(),
                format!("a route cannot lead to the interface endpoint `{text}`"),
            )
        };
        self.out.push(found);
    }

    fn unknown_target(&mut self, inside: Inside<'_>, text: &str, span: Span, at: &str) {
        let mut found = Diagnostic::error(
            "unknown-name",
            at,
            &span.origin(),
            format!(
                "`{text}` is nothing a route of `{}` can lead to",
                inside.name
            ),
        );
        let gateways = ["internet_gateway", "egress_only_gateway", "vpn_gateway"];
        let single = gateways.iter().filter_map(|k| inside.node.text_of(k));
        let nats = inside.node.under("nat_gateways").iter();
        let peerings = self.root.under("peerings").iter();
        let transit = self.root.under("transit_gateways").iter();
        let names = nats.chain(peerings).chain(transit);
        let names = names.map(|(k, _)| k.text.as_str());
        let names: Vec<&str> = names.chain(single).collect();
        // Every host would do, and hardly any is meant.
        let hosts = inside.node.under("instances").iter();
        let hosts = hosts.chain(inside.node.under("interfaces"));
        let hosts = hosts.map(|(k, _)| k.text.as_str());
        if let Some(name) = near(text, names.iter().copied().chain(hosts)) {
            found = found.help(format!("did you mean `{name}`?"));
        } else if names.is_empty() {
            found =
                found.help("declare it first: `internet_gateway: igw`, `nat_gateways`, `peerings`");
        } else {
            found = found.help(format!("it can lead to `{}`", names.join("`, `")));
        }
        self.out.push(found);
    }
}

/// The noun of this name, or of this id.
fn called<'n>(nouns: &'n [(Key, Node)], text: &str) -> Option<&'n (Key, Node)> {
    let mut all = nouns.iter();
    all.find(|(k, v)| k.text == text || v.text_of("id") == Some(text))
}
