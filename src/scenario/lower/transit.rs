//! Transit gateways: attachments and route tables.

use super::super::tree::{Key, Node};
use super::Lower;
use crate::diagnostic::Diagnostic;
use crate::model::{
    Association, Attached, Fact, Ref, TransitAttachment, TransitGateway, TransitRoute, TransitTable,
};

/// The table of attachments that name none.
const DEFAULT: &str = "default";

impl Lower<'_> {
    pub(super) fn transit_gateways(&mut self) {
        let root = self.root;
        for (key, node) in root.under("transit_gateways") {
            let stated = |name| node.text_of(name).or_else(|| root.text_of(name));
            let references = node.flag("security_group_references", false);
            self.draft.transit_gateways.push(TransitGateway {
                name: key.text.clone(),
                account: stated("account").unwrap_or(super::vpc::ACCOUNT).to_owned(),
                region: stated("region").unwrap_or_default().to_owned(),
                group_references: Fact::Known(references),
                origin: key.span.origin(),
            });
            for (name, attachment) in node.under("attachments") {
                self.attachment(key, name, attachment);
            }
            let tables = node.under("route_tables");
            if !tables.iter().any(|(k, _)| k.text == DEFAULT) {
                self.transit_table(key, key, DEFAULT, None);
            }
            for (name, table) in tables {
                self.transit_table(key, name, &name.text, Some(table));
            }
        }
    }

    fn attachment(&mut self, gateway: &Key, key: &Key, node: &Node) {
        let name = full(gateway, &key.text);
        let Some(to) = self.attached(&name, key, node) else {
            return;
        };
        let named = |text: &str, of: &Node| Ref::named(full(gateway, text), &of.origin());
        let table = match node.get("table").and_then(|n| Some((n.text()?, n))) {
            Some(("none", _)) => Association::None,
            Some((text, of)) => Association::Table(named(text, of)),
            None => Association::Table(Ref::named(full(gateway, DEFAULT), &key.span.origin())),
        };
        let propagates_to = match node.get("propagates_to") {
            Some(tables) => tables
                .texts()
                .into_iter()
                .map(|(text, span)| Ref::named(full(gateway, text), &span.origin()))
                .collect(),
            None if matches!(to, Attached::Peer(_)) => Vec::new(),
            None => vec![Ref::named(full(gateway, DEFAULT), &key.span.origin())],
        };
        self.draft.attachments.push(TransitAttachment {
            name,
            gateway: Ref::named(&gateway.text, &gateway.span.origin()),
            to,
            table,
            propagates_to,
            appliance_mode: node.flag("appliance_mode", false),
            group_references: Fact::Known(node.flag("security_group_references", true)),
            ipv6: Fact::Known(node.flag("ipv6_support", false)),
            available: node.text_of("state").is_none_or(|s| s == "available"),
            origin: key.span.origin(),
        });
    }

    /// Subnets and what depends on them are of attachments of VPCs
    /// (`/vpc/latest/tgw/tgw-vpc-attachments.html`).
    fn of_its_kind(&mut self, at: &str, kind: &str, node: &Node) {
        if kind == "vpc" {
            return;
        }
        let of_vpcs = [
            "subnets",
            "appliance_mode",
            "security_group_references",
            "ipv6_support",
        ];
        for (said, _) in node
            .pairs()
            .iter()
            .filter(|(k, _)| of_vpcs.contains(&k.text.as_str()))
        {
            let message = format!("an attachment by `{kind}` has no `{}`", said.text);
            let (code, origin) = ("attachment-key-of-another-kind", said.span.origin());
            self.out.push(Diagnostic::error(code, at, &origin, message));
        }
    }

    /// What is attached: one of the five kinds.
    fn attached(&mut self, at: &str, key: &Key, node: &Node) -> Option<Attached> {
        let kinds = ["vpc", "vpn", "virtual_interface", "client_vpn", "peer"];
        let mut found = kinds
            .iter()
            .filter_map(|k| node.get(k).and_then(|n| Some((*k, n.text()?, n.origin()))));
        let (Some((kind, text, origin)), None) = (found.next(), found.next()) else {
            let message = format!(
                "`{at}` attaches one thing: write one of {}",
                kinds.join(", ")
            );
            let origin = key.span.origin();
            self.out
                .push(Diagnostic::error("wrong-type", at, &origin, message));
            return None;
        };
        self.of_its_kind(at, kind, node);
        Some(match kind {
            "vpc" => {
                let subnets = node.texts_of("subnets").into_iter().map(|(name, span)| {
                    let name = if name.contains('/') {
                        name.to_owned()
                    } else {
                        format!("{text}/{name}")
                    };
                    Ref::named(name, &span.origin())
                });
                Attached::Vpc(Ref::named(text, &origin), Fact::Known(subnets.collect()))
            }
            "client_vpn" => Attached::ClientVpn(Ref::named(text, &origin)),
            "peer" => Attached::Peer(Ref::named(text, &origin)),
            _ => Attached::Connection(Ref::named(text, &origin)),
        })
    }

    fn transit_table(&mut self, gateway: &Key, key: &Key, name: &str, node: Option<&Node>) {
        let at = full(gateway, name);
        let mut routes = Vec::new();
        for (dest, to) in node.map(|n| n.under("routes")).unwrap_or_default() {
            let region = self.draft.region.clone();
            let destination = self.destination(&region, dest, &at);
            let (Some(destination), Some(text)) = (destination, to.text()) else {
                continue;
            };
            let way = (text != "blackhole").then(|| Ref::named(full(gateway, text), &to.origin()));
            routes.push(TransitRoute {
                destination,
                active: way.is_some(),
                to: way.into_iter().collect(),
                fixed: true,
                origin: dest.span.origin(),
            });
        }
        self.draft.transit_tables.push(TransitTable {
            name: at,
            gateway: Ref::named(&gateway.text, &gateway.span.origin()),
            routes,
            overlaps: Vec::new(),
            origin: key.span.origin(),
        });
    }
}

/// `gateway/name`.
fn full(gateway: &Key, name: &str) -> String {
    if name.contains('/') {
        name.to_owned()
    } else {
        format!("{}/{name}", gateway.text)
    }
}
