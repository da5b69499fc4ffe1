//! VPCs and subnets.

use super::super::keys;
use super::super::tree::{Node, Span};
use super::super::values;
use super::{Inside, Lower, id};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Blocks, DhcpDns, EgressOnlyGateway, EncryptionControls, Excludable, Exclusion, Fact,
    InternetGateway, Origin, PublicAccess, Ref, Subnet, Vpc, VpnGateway, zone_prefix,
};

/// The account where none is said.
pub(in super::super) const ACCOUNT: &str = "111111111111";

impl Lower<'_> {
    pub(super) fn vpc(&mut self, name: &str, span: Span, node: &Node) {
        let root = self.root;
        let stated = |key| node.text_of(key).or_else(|| root.text_of(key));
        let inside = Inside {
            name,
            node,
            region: stated("region").unwrap_or_default(),
            account: stated("account").unwrap_or(ACCOUNT),
        };
        let origin = span.origin();
        let gateway = node
            .get("internet_gateway")
            .and_then(|n| n.text().map(|t| (t, n.span)));
        let main = self.main_table(inside, &origin);
        let vpc = Vpc {
            name: name.to_owned(),
            id: id(node),
            account: inside.account.to_owned(),
            region: inside.region.to_owned(),
            cidrs: self.list(node, "cidr", name, values::block4),
            ipv6: self.list(node, "ipv6", name, values::block6),
            dns_support: Fact::Known(node.get("dns").is_none_or(|d| d.flag("support", true))),
            dns_hostnames: Fact::Known(node.get("dns").is_some_and(|d| d.flag("hostnames", false))),
            dhcp_dns: self.dhcp(inside),
            main_table: main.clone(),
            internet_gateway: gateway.map(|(t, s)| inside.reference(t, s)),
            encryption: self.encryption(node, name),
            origin: origin.clone(),
        };
        let blocks: Vec<_> = vpc.blocks().collect();
        self.draft.vpcs.push(vpc);
        let own = Ref::named(name, &origin);
        if let Some((text, span)) = gateway {
            self.draft.internet_gateways.push(InternetGateway {
                name: text.to_owned(),
                vpc: own.clone(),
                origin: span.origin(),
            });
        }
        let named = |key| {
            node.get(key)
                .and_then(|n| n.text().map(|t| (t.to_owned(), n.span)))
        };
        if let Some((name, span)) = named("egress_only_gateway") {
            self.draft.egress_only_gateways.push(EgressOnlyGateway {
                name,
                vpc: own.clone(),
                origin: span.origin(),
            });
        }
        if let Some((name, span)) = named("vpn_gateway") {
            self.draft.vpn_gateways.push(VpnGateway {
                name,
                vpc: own,
                origin: span.origin(),
            });
        }
        self.subnets(inside, &main);
        self.groups(inside);
        self.acls(inside);
        let mut pending = Vec::new();
        self.instances(inside, &mut pending);
        self.plain_interfaces(inside, &mut pending);
        self.nat_gateways(inside, &blocks, &mut pending);
        self.endpoints(inside, &mut pending);
        self.load_balancers(inside, &mut pending);
        self.resolver_endpoints(inside, &mut pending);
        self.client_vpns(inside, &mut pending);
        self.assign_addresses(inside, pending);
        self.servers_on_instances(inside);
        self.target_groups(inside);
        self.route_tables(inside, &blocks);
    }

    fn encryption(&mut self, vpc: &Node, at: &str) -> Option<EncryptionControls> {
        let node = vpc.get("encryption_controls")?;
        let mut excluded = self.list(node, "exclude", at, |text| {
            let mut all = Excludable::ALL.into_iter();
            all.find(|e| e.word() == text).ok_or_else(|| {
                let words = Excludable::ALL.map(Excludable::word).join(", ");
                let message = format!("`{text}` is not exempt from encryption controls: {words}");
                ("unknown-value", message)
            })
        });
        excluded.sort_unstable();
        excluded.dedup();
        Some(EncryptionControls {
            enforced: node.text_of("mode") == Some("enforce"),
            excluded,
            origin: node.origin(),
        })
    }

    fn dhcp(&mut self, inside: Inside<'_>) -> DhcpDns {
        let texts = inside.node.texts_of("dhcp_dns");
        match texts.as_slice() {
            [] | [("amazon", _)] => DhcpDns::Amazon,
            [("none", _)] => DhcpDns::None,
            _ => DhcpDns::Servers(self.list(inside.node, "dhcp_dns", inside.name, values::address)),
        }
    }

    fn subnets(&mut self, inside: Inside<'_>, main: &Ref<crate::model::RouteTable>) {
        for (key, node) in inside.node.under("subnets") {
            let at = inside.full(&key.text);
            let zone = node.get("zone").and_then(|z| self.zone(inside, z, &at));
            let cidr = self.one(node, "cidr", &at, values::block4);
            let ipv6 = self.one(node, "ipv6", &at, values::block6);
            // A word that is no key may stand for one of them, and is reported.
            let known = |word: &str| keys::section("subnet").any(|k| k.name == word);
            let said = node.get("cidr").is_some() || node.get("ipv6").is_some();
            if !said && node.pairs().iter().all(|(k, _)| known(&k.text)) {
                let message = "a subnet has a block: `cidr`, `ipv6` or both";
                let found = Diagnostic::error("missing-key", &at, &key.span.origin(), message);
                self.out.push(found.help("for example `cidr: 10.0.1.0/24`"));
            }
            let (Some(zone), true) = (zone, cidr.is_some() || ipv6.is_some()) else {
                continue;
            };
            let public_access = self.public_access(inside, node);
            let table = node.get("route_table");
            let acl = node.get("network_acl");
            self.draft.subnets.push(Subnet {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                zone,
                cidr,
                ipv6,
                dns64: node.flag("dns64", false),
                table: table
                    .and_then(|n| n.text().map(|t| inside.reference(t, n.span)))
                    .unwrap_or_else(|| main.clone()),
                acl: acl
                    .and_then(|n| n.text().map(|t| inside.reference(t, n.span)))
                    .unwrap_or_else(|| inside.reference("default", key.span)),
                public_access,
                origin: key.span.origin(),
            });
        }
    }

    /// What VPC Block Public Access leaves to a subnet: the account's switch for the Region, lifted
    /// by the exclusion of the subnet, else of its VPC.
    fn public_access(&mut self, inside: Inside<'_>, subnet: &Node) -> Option<PublicAccess> {
        let path = [
            "accounts",
            inside.account,
            "block_public_access",
            inside.region,
        ];
        let switch = self.root.path(&path)?;
        let own = subnet.text_of("block_public_access");
        let exclusion = own.or_else(|| inside.node.text_of("block_public_access"));
        let blocks = match switch.text()? {
            "off" => return None,
            "ingress" => Blocks::Ingress,
            "bidirectional" => Blocks::Bidirectional,
            other => {
                let message = format!("`{other}` is no mode of VPC Block Public Access");
                let found = Diagnostic::error("wrong-value", "", &switch.origin(), message);
                let help = "write `off`, `ingress` or `bidirectional`";
                if !self.out.iter().any(|d| d.origin == found.origin) {
                    self.out.push(found.help(help));
                }
                return None;
            }
        };
        let exclusion = match exclusion {
            Some("bidirectional") => Some(Exclusion::Bidirectional),
            Some(_) => Some(Exclusion::Egress),
            None => None,
        };
        Some(PublicAccess {
            blocks,
            exclusion,
            origin: switch.origin(),
        })
    }

    /// The zone id of a zone, through the account's names where it states them.
    pub(super) fn zone(&mut self, inside: Inside<'_>, node: &Node, at: &str) -> Option<String> {
        self.zone_named(inside, node.text()?, &node.origin(), at)
    }

    /// The zone id of a zone called so.
    pub(super) fn zone_named(
        &mut self,
        inside: Inside<'_>,
        text: &str,
        origin: &Origin,
        at: &str,
    ) -> Option<String> {
        let stated = self
            .root
            .path(&["accounts", inside.account, "zones", text])
            .and_then(Node::text);
        let zone = values::zone(stated.unwrap_or(text), inside.region);
        if zone.is_none() {
            self.out.push(
                Diagnostic::error(
                    "bad-zone",
                    at,
                    origin,
                    format!("`{text}` is not a zone of `{}`", inside.region),
                )
                .help(zones_of(inside.region)),
            );
        }
        zone
    }
}

/// How zones of a Region are called.
fn zones_of(region: &str) -> String {
    let name = format!("a zone name such as `{region}a`");
    match zone_prefix(region) {
        Some(prefix) => format!("write a zone id such as `{prefix}-az1`, or {name}"),
        None => format!("write {name}"),
    }
}
