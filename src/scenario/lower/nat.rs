//! NAT gateways: zonal ones in a subnet, regional ones in the VPC.

use super::super::tree::{Key, Node, Span};
use super::super::values;
use super::address::Pending;
use super::interface::NodeInterface;
use super::route::locals;
use super::{Inside, Lower, id};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Destination, IpType, NatGateway, Origin, Ref, RegionalNat, Role, Route, RouteKind, RouteTable,
    Target,
};
use ipnet::{IpNet, Ipv4Net};

const OWN_TABLE: Origin = Origin::Implied(
    "a regional NAT gateway has a route table of its own with a route to the internet gateway, /vpc/latest/userguide/nat-gateways-regional.html",
);

pub(super) fn is_regional(nat: &Node) -> bool {
    nat.text_of("mode") == Some("regional")
}

impl Lower<'_> {
    pub(super) fn nat_gateways(
        &mut self,
        inside: Inside<'_>,
        blocks: &[IpNet],
        pending: &mut Vec<Pending>,
    ) {
        for (key, node) in inside.node.under("nat_gateways") {
            self.keys_of_its_mode(inside, key, node);
            if is_regional(node) {
                self.regional_nat(inside, key, node, blocks);
            } else {
                self.zonal_nat(inside, key, node, pending);
            }
        }
    }

    /// What is said of a gateway belongs to its mode.
    fn keys_of_its_mode(&mut self, inside: Inside<'_>, key: &Key, node: &Node) {
        let (mode, of_the_other) = if is_regional(node) {
            ("regional", &["subnet", "ip"][..])
        } else {
            ("zonal", &["zones", "route_table"][..])
        };
        let at = inside.full(&key.text);
        for (said, place) in node.pairs() {
            let private = said.text == "type" && place.text() == Some("private");
            if of_the_other.contains(&said.text.as_str()) || (private && mode == "regional") {
                let message = format!("a {mode} NAT gateway has no `{}`", said.text);
                let message = if private {
                    "a regional NAT gateway is public".to_owned()
                } else {
                    message
                };
                let origin = said.span.origin();
                self.out
                    .push(Diagnostic::error("nat-gateway-mode", &at, &origin, message));
            }
        }
        if mode == "zonal" && node.get("subnet").is_none() {
            let message = "nat gateway lacks `subnet` (subnet)".to_owned();
            let found = Diagnostic::error("missing-key", &at, &key.span.origin(), message);
            let help =
                "for example `subnet: pub-a`; a gateway of the whole VPC is `mode: regional`";
            self.out.push(found.help(help));
        }
    }

    fn zonal_nat(
        &mut self,
        inside: Inside<'_>,
        key: &Key,
        node: &Node,
        pending: &mut Vec<Pending>,
    ) {
        let at = inside.full(&key.text);
        let subnet = node.get("subnet");
        let Some(subnet) = subnet.and_then(|n| n.text().map(|t| (t, n.span))) else {
            return;
        };
        let public = self.one(node, "public_ip", &at, values::address4);
        self.draft.nat_gateways.push(NatGateway {
            name: key.text.clone(),
            id: id(node),
            subnet: inside.reference(subnet.0, subnet.1),
            interface: inside.reference(&key.text, key.span),
            public: node.text_of("type") != Some("private"),
            available: node.text_of("state").is_none_or(|s| s == "available"),
            origin: key.span.origin(),
        });
        let made = NodeInterface {
            name: key.text.clone(),
            subnet,
            place: node.get("ip"),
            families: Some(IpType::Ipv4),
            public,
            groups: Vec::new(),
            role: Role::Nat(inside.reference(&key.text, key.span)),
        };
        self.node_interface(inside, made, key.span, pending);
    }

    fn regional_nat(&mut self, inside: Inside<'_>, key: &Key, node: &Node, blocks: &[IpNet]) {
        let at = inside.full(&key.text);
        let zones = node.get("zones").map(|_| {
            let given = node.texts_of("zones").into_iter();
            let zone =
                |(text, span): (&str, Span)| self.zone_named(inside, text, &span.origin(), &at);
            given.filter_map(zone).collect()
        });
        let mut addresses = Vec::new();
        match node.get("public_ip").map(|n| (n.text().is_some(), n)) {
            Some((true, _)) => {
                let one = self.one(node, "public_ip", &at, values::address4);
                addresses.extend(one.map(|ip| (None, ip)));
            }
            Some((false, _)) => {
                for (zone, ip) in node.under("public_ip") {
                    let named = self.zone_named(inside, &zone.text, &zone.span.origin(), &at);
                    let ip = ip.text().map(values::address4).map(|ip| (ip, zone.span));
                    let ip = ip.and_then(|(ip, span)| self.take(ip, &at, span));
                    addresses.extend(named.zip(ip).map(|(zone, ip)| (Some(zone), ip)));
                }
            }
            None => {}
        }
        let table = node.get("route_table");
        let table = match table.and_then(|n| n.text().map(|t| (t, n.span))) {
            Some((text, span)) => inside.reference(text, span),
            None => self.own_table(inside, key, blocks),
        };
        self.draft.regional_nats.push(RegionalNat {
            name: key.text.clone(),
            id: id(node),
            vpc: Ref::named(inside.name, &key.span.origin()),
            zones,
            addresses,
            table,
            available: node.text_of("state").is_none_or(|s| s == "available"),
            origin: key.span.origin(),
        });
    }

    fn own_table(&mut self, inside: Inside<'_>, key: &Key, blocks: &[IpNet]) -> Ref<RouteTable> {
        let taken = |name: &str| {
            let mut tables = inside.node.under("route_tables").iter();
            tables.any(|(k, _)| k.text == name)
        };
        let mut name = format!("{}-routes", key.text);
        while taken(&name) {
            name.push('-');
        }
        let mut routes = locals(blocks, &[]);
        let gateway = inside.node.text_of("internet_gateway");
        routes.extend(gateway.map(|gateway| Route {
            destination: Destination::Cidr(IpNet::V4(Ipv4Net::default())),
            target: Target::Internet(inside.reference(gateway, key.span)),
            kind: RouteKind::Static,
            bgp: crate::model::BgpPath::default(),
            active: true,
            origin: OWN_TABLE,
        }));
        self.draft.tables.push(RouteTable {
            name: name.clone(),
            id: None,
            vpc: Ref::named(inside.name, &OWN_TABLE),
            routes,
            edge_of: None,
            origin: OWN_TABLE,
        });
        inside.reference(&name, key.span)
    }
}
