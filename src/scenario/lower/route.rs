//! Route tables: written routes, local routes, propagated routes.

use super::super::tree::{Key, Kind, Node, Span};
use super::super::values;
use super::{Inside, Lower, id};
use crate::diagnostic::{Diagnostic, near};
use crate::model::{
    BgpPath, ConnectionKind, Destination, Edge, Joined, Origin, Ref, Route, RouteKind, RouteTable,
    Target, lists_of,
};
use ipnet::IpNet;

const LOCAL: Origin = Origin::Implied(
    "every route table has a local route for each CIDR of its VPC, /vpc/latest/userguide/subnet-route-tables.html",
);
const MAIN: Origin = Origin::Implied(
    "every VPC has a main route table, /vpc/latest/userguide/subnet-route-tables.html",
);

impl Lower<'_> {
    /// The table of subnets that name none: the one that says so, else an implied one.
    pub(super) fn main_table(&mut self, inside: Inside<'_>, origin: &Origin) -> Ref<RouteTable> {
        let mut mains = inside
            .node
            .under("route_tables")
            .iter()
            .filter(|(_, t)| t.flag("main", false));
        let first = mains.next().map(|(k, _)| k.text.as_str());
        for (key, _) in mains {
            self.out.push(Diagnostic::error(
                "two-main-tables",
                inside.full(&key.text),
                &key.span.origin(),
                format!("`{}` has a main table already", inside.name),
            ));
        }
        Ref::named(inside.full(first.unwrap_or(implied_main(inside))), origin)
    }

    /// A gateway's table is not the main one, and no gateway writes into it
    /// (`/vpc/latest/userguide/gateway-route-tables.html`).
    fn keys_of_its_kind(&mut self, key: &Key, node: &Node, at: &str) {
        if node.get("edge_of").is_none() {
            return;
        }
        if node.flag("main", false) {
            let message = format!("`{at}` is the table of a gateway, and no main table");
            let found = Diagnostic::error("edge-table-main", at, &key.span.origin(), message);
            self.out.push(found);
        }
        for key in ["propagate_from", "propagated"] {
            if let Some(said) = node.get(key) {
                let message = format!("nothing is propagated into `{at}`, the table of a gateway");
                let code = "edge-table-propagation";
                self.out
                    .push(Diagnostic::error(code, at, &said.origin(), message));
            }
        }
    }

    pub(super) fn route_tables(&mut self, inside: Inside<'_>, blocks: &[IpNet]) {
        let declared = inside.node.under("route_tables");
        let mut tables = Vec::new();
        if !declared.iter().any(|(_, t)| t.flag("main", false)) {
            tables.push(RouteTable {
                name: implied_main(inside).to_owned(),
                id: None,
                vpc: Ref::named(inside.name, &MAIN),
                routes: locals(blocks, &[]),
                edge_of: None,
                origin: MAIN,
            });
        }
        for (key, node) in declared {
            let at = inside.full(&key.text);
            self.keys_of_its_kind(key, node, &at);
            let mut written = Vec::new();
            for (dest, target) in node.under("routes") {
                written.extend(self.route(inside, dest, target, RouteKind::Static, &at));
            }
            for (dest, paths) in node.under("propagated") {
                self.paths(inside, dest, paths, &at, &mut written);
            }
            for (gateway, span) in node.texts_of("propagate_from") {
                self.propagate(inside, gateway, span, &at, &mut written);
            }
            let mut routes = locals(blocks, &written);
            routes.extend(written);
            tables.push(RouteTable {
                name: key.text.clone(),
                id: id(node),
                vpc: Ref::named(inside.name, &key.span.origin()),
                routes,
                edge_of: self.edge(inside, node, &at),
                origin: key.span.origin(),
            });
        }
        self.endpoint_routes(inside, &mut tables);
        for table in tables {
            self.draft.tables.push(table);
        }
    }

    /// The gateway that a table is of.
    fn edge(&mut self, inside: Inside<'_>, node: &Node, at: &str) -> Option<Edge> {
        let (text, span) = node
            .get("edge_of")
            .and_then(|n| Some((n.text()?, n.span)))?;
        match self.target(inside, text, span, at)? {
            Target::Internet(gateway) => Some(Edge::Internet(gateway)),
            Target::Vpn(gateway) => Some(Edge::Vpn(gateway)),
            _ => {
                let message = format!("`{text}` has no route table of its own");
                let found = Diagnostic::error("no-edge-table", at, &span.origin(), message);
                let help = "an internet gateway or a virtual private gateway has one";
                self.out.push(found.help(help));
                None
            }
        }
    }

    fn route(
        &mut self,
        inside: Inside<'_>,
        dest: &Key,
        node: &Node,
        kind: RouteKind,
        at: &str,
    ) -> Option<Route> {
        let destination = self.destination(inside.region, dest, at);
        let via = if node.text().is_some() {
            node
        } else {
            node.get("via")?
        };
        let target = self.target(inside, via.text()?, via.span, at);
        Some(Route {
            destination: destination?,
            target: target?,
            kind,
            bgp: BgpPath::default(),
            active: node.text_of("state") != Some("blackhole"),
            origin: Span {
                end: node.span.end.max(dest.span.end),
                ..dest.span
            }
            .origin(),
        })
    }

    pub(super) fn destination(&mut self, region: &str, key: &Key, at: &str) -> Option<Destination> {
        let text = key.text.as_str();
        if let Ok(net) = values::block(text) {
            return Some(Destination::Cidr(net));
        }
        let list = text.strip_prefix("list:").unwrap_or(text);
        if self.is_prefix_list(list) {
            return Some(Destination::List(Ref::named(list, &key.span.origin())));
        }
        if let Some((region, service)) = self.aws_list(text, region) {
            return Some(Destination::AwsList(region, service));
        }
        if text.bytes().next().is_some_and(|b| b.is_ascii_digit()) || text.contains(':') {
            return self
                .take(values::block(text), at, key.span)
                .map(Destination::Cidr);
        }
        let mut found = Diagnostic::error(
            "unknown-name",
            at,
            &key.span.origin(),
            format!("`{text}` is no block or prefix list"),
        );
        let lists = self.root.under("prefix_lists").iter();
        let names = lists.map(|(k, _)| k.text.as_str());
        if let Some(name) = near(text, names.chain(["pl-s3", "pl-dynamodb"])) {
            found = found.help(format!("did you mean `{name}`?"));
        }
        self.out.push(found);
        None
    }

    /// The propagated routes to one block: one, or a list of several.
    fn paths(
        &mut self,
        inside: Inside<'_>,
        dest: &Key,
        paths: &Node,
        at: &str,
        written: &mut Vec<Route>,
    ) {
        let before = written.len();
        let paths = match paths.kind {
            Kind::Seq(_) => paths.items(),
            _ => std::slice::from_ref(paths),
        };
        for path in paths {
            let kind = match path.text_of("kind") {
                Some("dx-bgp") => RouteKind::DxBgp,
                Some("vpn-static") => RouteKind::VpnStatic,
                Some("tgw") => RouteKind::Tgw,
                _ => RouteKind::VpnBgp,
            };
            let found = self.route(inside, dest, path, kind, at);
            written.extend(found.and_then(|found| self.propagated(found, path, at)));
        }
        let (known, new) = written.split_at(before);
        let mut known = known.iter().filter(|r| r.kind != RouteKind::Static);
        if known.any(|r| new.iter().any(|n| n.destination == r.destination)) {
            let message = format!("`{}` is a block that stands here already", dest.text);
            let found = Diagnostic::error("duplicate-route", at, &dest.span.origin(), message);
            let help =
                "several propagated routes to one block are a list: `[{ via: … }, { via: … }]`";
            self.out.push(found.help(help));
        }
    }

    /// What BGP says of a propagated route; a transit gateway's leads there, and no other does.
    fn propagated(&mut self, route: Route, node: &Node, at: &str) -> Option<Route> {
        let number = |key| node.text_of(key).and_then(|t| t.parse().ok());
        let bgp = BgpPath {
            as_path: number("as_path"),
            med: number("med"),
        };
        let via = node.get("via")?;
        let of_gateway = matches!(route.target, Target::Transit(_));
        let text = via.text()?;
        let (code, origin, message) = if of_gateway != (route.kind == RouteKind::Tgw) {
            let message = match of_gateway {
                true => format!("`{text}` is a transit gateway: what it propagates is `kind: tgw`"),
                false => format!("`{text}` is no transit gateway, which alone is `kind: tgw`"),
            };
            ("gateway-does-not-propagate", via.origin(), message)
        } else if bgp != BgpPath::default()
            && !matches!(route.kind, RouteKind::DxBgp | RouteKind::VpnBgp)
        {
            let message = "`as_path` and `med` are of routes that BGP taught: `dx-bgp`, `vpn-bgp`";
            ("path-without-bgp", node.origin(), message.to_owned())
        } else {
            return Some(Route { bgp, ..route });
        };
        self.out.push(Diagnostic::error(code, at, &origin, message));
        None
    }

    /// Routes for what the connections of a virtual private gateway advertise.
    fn propagate(
        &mut self,
        inside: Inside<'_>,
        gateway: &str,
        span: Span,
        at: &str,
        routes: &mut Vec<Route>,
    ) {
        let Some(target) = self.target(inside, gateway, span, at) else {
            return;
        };
        if !matches!(target, Target::Vpn(_)) {
            self.out.push(Diagnostic::error(
                "gateway-does-not-propagate",
                at,
                &span.origin(),
                format!(
                    "`{gateway}` does not propagate routes: only a virtual private gateway does"
                ),
            ));
            return;
        }
        let full = inside.full(gateway);
        for (_, connection) in self.draft.connections.iter() {
            let kind = match connection.kind {
                ConnectionKind::DirectConnect => RouteKind::DxBgp,
                ConnectionKind::VpnStatic => RouteKind::VpnStatic,
                ConnectionKind::VpnBgp => RouteKind::VpnBgp,
            };
            if !matches!(&connection.to, Joined::Vpn(to) if to.text == full) {
                continue;
            }
            routes.extend(connection.propagates().iter().map(|net| Route {
                destination: Destination::Cidr(*net),
                target: target.clone(),
                kind,
                bgp: BgpPath::default(),
                active: true,
                origin: connection.origin.clone(),
            }));
        }
    }

    /// The routes that gateway endpoints add to their tables.
    fn endpoint_routes(&mut self, inside: Inside<'_>, tables: &mut [RouteTable]) {
        for (key, node) in inside.node.under("endpoints") {
            if node.text_of("type") != Some("gateway") {
                continue;
            }
            let Some((region, service)) = super::endpoint::aws_service(inside, node) else {
                continue;
            };
            let ip_type = super::endpoint::ip_type(node);
            let lists = lists_of(ip_type, &region, &service);
            for (text, _) in node.texts_of("route_tables") {
                let own = inside.own(text);
                let table = tables.iter_mut().find(|t| {
                    Some(t.name.as_str()) == own || (own.is_some() && t.id.as_deref() == own)
                });
                let Some(table) = table else { continue };
                table
                    .routes
                    .extend(lists.iter().map(|(region, list)| Route {
                        destination: Destination::AwsList(region.clone(), list.clone()),
                        target: Target::Endpoint(inside.reference(&key.text, key.span)),
                        kind: RouteKind::Static,
                        bgp: BgpPath::default(),
                        active: true,
                        origin: key.span.origin(),
                    }));
            }
        }
    }
}

/// The name of the implied main table; a declared table of that name keeps it.
fn implied_main(inside: Inside<'_>) -> &'static str {
    let taken = inside.node.under("route_tables").iter();
    if taken
        .into_iter()
        .any(|(k, t)| k.text == "main" && !t.flag("main", false))
    {
        "implied-main"
    } else {
        "main"
    }
}

/// Local routes, but for blocks whose local route was replaced.
pub(super) fn locals(blocks: &[IpNet], written: &[Route]) -> Vec<Route> {
    blocks
        .iter()
        .map(|net| Destination::Cidr(*net))
        .filter(|dest| {
            !written
                .iter()
                .any(|r| r.kind == RouteKind::Static && r.destination == *dest)
        })
        .map(|destination| Route {
            destination,
            target: Target::Local,
            kind: RouteKind::Static,
            bgp: BgpPath::default(),
            active: true,
            origin: LOCAL,
        })
        .collect()
}
