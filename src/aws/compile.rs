//! The order of compilation: nodes first, so that every link has somewhere to lead; then tables.

pub(super) use super::compiler::Compiler;
use super::filter::{Members, span};
use super::lack::Lack;
use super::lists::ManagedLists;
use super::resolver::{RESOLVER, RESOLVER6, SERVICES};
use super::stages::{entry, shapes, slot};
use super::{Compiled, bits};
use crate::code::Code;
use crate::fabric::{
    Action, Address, Back, Distance, FabricBuilder, Label, Link, MarkOp, NodeId, RowSpec, Side,
    Span, TableId, flags,
};
use crate::model::{
    Components, Forwards, Gap, Id, Interface, Joined, Listing, LoadBalancerKind, Network, Origin,
    Ref, Role, Subnet, Vpc,
};
use smol_str::SmolStr;
use std::net::IpAddr;
use std::sync::OnceLock;

/// Who has which addresses.
type Member = ((Address, Address), Id<Interface>);

/// Compiles a network.
pub(super) fn compile(network: &Network) -> Compiled {
    let mut b = FabricBuilder::new();
    let shapes = shapes(&mut b);
    let lists = ManagedLists::of(network);
    let (members, subnets) = (Members::named(network), subnets_by_vpc(network));
    let mut c = Compiler::new(network, (b, shapes), lists, members, subnets);
    c.out.components = Components::new(network);
    c.out.own_names = super::names::OwnNames::new(network);
    c.out.regions = c.lists.regions().to_vec();
    c.private_link = c.b.mark(vec![super::PRIVATE_LINK]);
    c.brought = c.b.mark(vec![super::BROUGHT]);
    c.nodes();
    c.internet();
    c.deliveries();
    c.gateways();
    c.egress_only_gateways();
    c.regional_nats();
    c.wires();
    c.transit();
    c.sites();
    c.interfaces();
    c.client_vpns();
    c.strangers();
    c.balancers();
    c.endpoints();
    c.turns();
    c.winners();
    c.out.notes.sort_unstable();
    c.out.checks.sort_unstable();
    c.out.stopped = vec![OnceLock::new(); c.out.checks.len()];
    c.out.fabric = c.b.finish();
    c.out.owners = super::owners::owners(network, &c.out);
    let services = network.services.iter();
    let behind = services.map(|(_, s)| c.out.targets_behind(network, s));
    c.out.behind = behind.collect();
    c.out
}

impl<'n> Compiler<'n> {
    /// Every node, still without tables.
    fn nodes(&mut self) {
        let (network, shapes) = (self.network, self.shapes);
        for (id, interface) in network.interfaces.iter() {
            let shape = match interface.role {
                Role::Nat(_) => shapes.nat,
                Role::Endpoint(_) => shapes.endpoint,
                Role::LoadBalancer(ref r) => match r.id().map(|l| network.load_balancers[l].kind) {
                    Some(LoadBalancerKind::Network) => shapes.balancer,
                    Some(LoadBalancerKind::Application) => shapes.proxy,
                    Some(LoadBalancerKind::Gateway) | None => shapes.unmodelled,
                },
                Role::Other(_) => shapes.unmodelled,
                Role::ClientVpn(_) => shapes.client_interface,
                Role::Instance(ref r)
                    if r.id().is_some_and(|i| {
                        network.instances[i].forwards == Some(Forwards::Stateful)
                    }) =>
                {
                    shapes.tracking
                }
                Role::Resolver(_) if self.answers(interface) => shapes.endpoint,
                Role::Instance(_) | Role::Plain | Role::Resolver(_) => shapes.interface,
            };
            let node = self.b.node(shape, network.interface_name(id));
            self.out.interfaces.push(node);
            if let Some(list) = network
                .vpc_of(id)
                .filter(|_| !interface.public.is_empty())
                .and_then(|v| self.mapped.get_mut(v.index()))
            {
                list.push(id);
            }
        }
        for (_, subnet) in network.subnets.iter() {
            let name = self.scoped(&subnet.vpc, &subnet.name);
            let node = self.b.node(shapes.router, name);
            self.subnet_nodes.push(node);
            let name = self.scoped(&subnet.vpc, &subnet.name);
            let node = self.b.node(shapes.stranger, name);
            self.strangers.push(node);
        }
        for (_, vpc) in network.vpcs.iter() {
            let node = self.b.node(shapes.router, vpc.name.clone());
            self.routers.push(node);
        }
        for (_, igw) in network.internet_gateways.iter() {
            let node = self
                .b
                .node(shapes.internet_gateway, self.scoped(&igw.vpc, &igw.name));
            self.internet_gateways.push(node);
            if let Some(vpc) = igw.vpc.id() {
                self.gateway_of.entry(vpc).or_insert(node);
            }
        }
        self.egress_only_nodes();
        for (_, vgw) in network.vpn_gateways.iter() {
            let node = self
                .b
                .node(shapes.vpn_gateway, self.scoped(&vgw.vpc, &vgw.name));
            self.vpn_gateways.push(node);
        }
        for (_, endpoint) in network.endpoints.iter() {
            let node = self.b.node(
                shapes.gateway_endpoint,
                self.scoped(&endpoint.vpc, &endpoint.name),
            );
            self.gateway_endpoints.push(node);
        }
        for (_, peering) in network.peerings.iter() {
            let node = self.b.node(shapes.wire, peering.name.clone());
            self.peerings.push(node);
        }
        for (_, connection) in network.connections.iter() {
            let shape = match connection.to {
                Joined::Public => shapes.public_interface,
                Joined::Vpn(_) | Joined::Transit(_) => shapes.wire,
            };
            let node = self.b.node(shape, connection.name.clone());
            self.connections.push(node);
        }
        self.regional_nat_nodes();
        self.transit_nodes();
        self.client_vpn_nodes();
        for (_, site) in network.sites.iter() {
            let (host, isp) = (
                self.b.node(self.shape_of_site(site), site.name.clone()),
                self.b.node(shapes.isp, format!("{}/isp", site.name)),
            );
            self.out.sites.push(host);
            for (name, ip) in &site.hosts {
                let IpAddr::V4(ip) = ip else { continue };
                let node = self.b.node(shapes.host, format!("{}/{name}", site.name));
                self.out.site_hosts.push((host, bits(*ip), node));
            }
            self.isps.push(isp);
        }
    }

    /// `vpc/name`.
    pub(super) fn scoped(&self, vpc: &Ref<Vpc>, name: &str) -> String {
        vpc.id().map_or_else(
            || name.to_owned(),
            |v| format!("{}/{name}", self.network.vpcs[v].name),
        )
    }

    /// Who has which address: per subnet, from inside (no ACL) and from outside; per VPC, which subnet.
    fn deliveries(&mut self) {
        let network = self.network;
        let mut members: Vec<Vec<Member>> = vec![Vec::new(); network.subnets.len()];
        for (id, interface) in network.interfaces.iter() {
            let Some(subnet) = interface.subnet.id() else {
                continue;
            };
            if let Some(list) = members.get_mut(subnet.index()) {
                list.extend(interface.spans().map(|(a, b)| ((bits(a), bits(b)), id)));
            }
        }
        let hops = self.network.hops();
        for (id, subnet) in network.subnets.iter() {
            let list = members.get_mut(id.index()).map(std::mem::take);
            let mut list = list.unwrap_or_default();
            list.sort_unstable();
            let nobody = self
                .unlisted(subnet.vpc.id(), Listing::NetworkInterfaces)
                .or_else(|| self.gap(Gap::Addresses(id)));
            let mut near = self.delivery(&list, entry::NEAR, nobody.as_ref(), id);
            if hops.contains(&id) {
                near.splice(0..0, self.resolver_in(subnet));
            }
            let name = format!("{} addresses", subnet.name);
            let near = self.b.table(&name, Side::Dst, near, Action::Next, "");
            let far = self.delivery(&list, entry::FAR, nobody.as_ref(), id);
            let otherwise = Action::Drop(Code::NO_POSSIBLE_DESTINATION);
            let far = self.b.table(&name, Side::Dst, far, otherwise, "");
            self.near.push(near);
            if let Some(node) = self.subnet_nodes.get(id.index()).copied() {
                self.b.slot(node, 0, far);
                self.b.slot(node, 3, near);
            }
        }
        let strays = self.strays();
        for (id, _) in network.vpcs.iter() {
            self.router(id, &strays);
        }
    }

    /// Rows for every address of a subnet, sorted and without gaps, of its sorted members.
    fn delivery(
        &mut self,
        members: &[Member],
        way: u8,
        nobody: Option<&Lack>,
        id: Id<Subnet>,
    ) -> Vec<RowSpec> {
        let subnet = &self.network.subnets[id];
        // Where everybody is known, only a host that asked without an interface is found there.
        let stranger = self.strangers.get(id.index()).copied();
        let otherwise = match stranger.filter(|_| subnet.vpc.id().is_some()) {
            Some(node) => self.b.to(node, way),
            None => Action::Drop(Code::NO_POSSIBLE_DESTINATION),
        };
        let gap = |lo: Address, hi: Address| match nobody {
            Some(lack) => RowSpec {
                span: Span::Of(lo, hi),
                ..lack.opaque()
            },
            None => RowSpec::address(
                (lo, hi),
                otherwise,
                &subnet.origin,
                SmolStr::new_static("no interface has this address"),
            ),
        };
        let mut rows = Vec::with_capacity(members.len() + subnet.blocks().count());
        for block in subnet.blocks() {
            let (lo, hi) = span(&block);
            let mut next = Some(lo);
            for (whom, member) in members {
                let first = next.map_or(whom.0, |next| whom.0.max(next));
                let last = whom.1.min(hi);
                let Some(from) = next.filter(|_| first <= last) else {
                    continue;
                };
                if from < first {
                    rows.push(gap(from, first.before()));
                }
                rows.push(self.delivered((first, last), *member, way));
                next = (last < hi).then(|| last.after());
            }
            rows.extend(next.map(|next| gap(next, hi)));
        }
        rows
    }

    /// To the interface that has these addresses.
    fn delivered(&mut self, at: (Address, Address), member: Id<Interface>, way: u8) -> RowSpec {
        let interface = &self.network.interfaces[member];
        let dead = self.network.out_of_service(member);
        let then = if dead.is_some() {
            Action::Drop(Code::BAD_STATE)
        } else {
            let node = self.out.node_of(member);
            let token = match interface.role {
                Role::Endpoint(_) => Some("interface-endpoint"),
                Role::LoadBalancer(_) if !self.is_proxy(interface) => Some("load-balancer"),
                _ => (way == entry::NEAR).then_some("same-subnet"),
            };
            let label = Label {
                token,
                ..Label::default()
            };
            self.b.over(node, way, label)
        };
        let dead = dead.map(|(why, origin)| (SmolStr::from(why), origin));
        let own = || (SmolStr::new(&interface.name), &interface.origin);
        let (text, origin) = dead.unwrap_or_else(own);
        let mut row = RowSpec::address(at, then, origin, text);
        if let Some(lack) = self.may_be_stopped(interface) {
            row.flags = flags::MAYBE;
            row.text = format!("{}; {}", row.text, lack.text).into();
        }
        row
    }

    /// A VPC's router: delivery inside, and what peerings and VPN may reach: nothing else
    /// (`/vpc/latest/peering/vpc-peering-basics.html`).
    fn router(&mut self, vpc: Id<Vpc>, strays: &[RowSpec]) {
        let network = self.network;
        let (Some(node), v) = (self.routers.get(vpc.index()).copied(), &network.vpcs[vpc]) else {
            return;
        };
        let mut subnets = self.subnets_of(vpc);
        subnets.sort_by_key(|(_, s)| s.blocks().next().map(|b| span(&b)));
        let (mut far, mut near) = (Vec::new(), Vec::new());
        for (id, subnet) in subnets {
            let Some(to) = self.subnet_nodes.get(id.index()).copied() else {
                continue;
            };
            let (to_far, to_near) = (self.b.to(to, 0), self.b.to(to, 3));
            for block in subnet.blocks() {
                for (rows, to) in [(&mut far, to_far), (&mut near, to_near)] {
                    let name = subnet.name.clone();
                    rows.push(RowSpec::address(span(&block), to, &subnet.origin, name));
                }
            }
        }
        let blocks = |text: &str| -> Vec<RowSpec> {
            v.blocks()
                .map(|c| RowSpec::address(span(&c), Action::Next, &v.origin, text))
                .collect()
        };
        let unlisted = self.unlisted(Some(vpc), Listing::Subnets);
        let resolver = self.foreign_resolver(v);
        far.splice(0..0, resolver);
        for rows in [&mut far, &mut near] {
            rows.extend_from_slice(strays);
            rows.extend(unlisted.as_ref().map(Lack::opaque));
        }
        let name = format!("{} subnets", v.name);
        let nobody = Action::Drop(Code::NO_POSSIBLE_DESTINATION);
        let far = self.b.table(
            &name,
            Side::Dst,
            far,
            nobody,
            "no subnet of the VPC has this address",
        );
        let near = self.b.table(&name, Side::Dst, near, nobody, "");
        let peering = self.b.table(
            &format!("{} from a peering", v.name),
            Side::Dst,
            blocks("the VPC's own block"),
            Action::Drop(Code::PCX_REQUIRES_ADDRESS_IN_VPC_CIDR),
            "a peering is no transit, /vpc/latest/peering/vpc-peering-basics.html",
        );
        let vpn = self.b.table(
            &format!("{} from a virtual private gateway", v.name),
            Side::Dst,
            blocks("the VPC's own block"),
            Action::Drop(Code::VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS),
            "a VPN reaches only addresses of the VPC, /vpc/latest/reachability/explanation-codes.html",
        );
        for (slot, table) in [(0, far), (1, peering), (2, vpn), (3, near)] {
            self.b.slot(node, slot, table);
        }
        self.host_service(vpc);
    }

    /// Link-local services and the resolver are answered by the host, never routed, never filtered
    /// (`/vpc/latest/userguide/vpc-network-acls.html`, `/vpc/latest/userguide/AmazonDNS-concepts.html`).
    fn host_service(&mut self, vpc: Id<Vpc>) {
        let v = &self.network.vpcs[vpc];
        let there = self.asking_the_host(v, entry::UNFILTERED);
        let rule = Origin::Implied(
            "link-local services and the VPC's resolver are answered by the host, /vpc/latest/userguide/AmazonDNS-concepts.html",
        );
        let own = v.cidrs.first().map(|c| bits(u32::from(c.network()) + 2));
        let resolvers = [Some(RESOLVER), own, Some(RESOLVER6)].into_iter().flatten();
        let mut rows = Vec::new();
        for at in resolvers.clone() {
            // Without DNS support nobody answers there.
            if v.dns_support.known() == Some(&false) {
                let silent = Action::Drop(Code::DNS_NO_ANSWER);
                let text = "the VPC's resolver: enableDnsSupport is off";
                rows.push(RowSpec::address((at, at), silent, &v.origin, text));
            }
        }
        rows.extend(
            resolvers.map(|at| RowSpec::address((at, at), there, &rule, "the VPC's resolver")),
        );
        for services in SERVICES {
            rows.push(RowSpec::address(
                services,
                there,
                &rule,
                "link-local services",
            ));
        }
        let table = self
            .b
            .table("host services", Side::Dst, rows, Action::Next, "");
        self.host_services.push(table);
    }

    /// To a VPC's host services. They answer the interface that asks, where nothing filters that either.
    pub(super) fn asking_the_host(&mut self, vpc: &Vpc, answered: u8) -> Action {
        let name = format!("{}/host services", vpc.name);
        let node = self.b.node(self.shapes.host_service, name);
        let label = self.b.label(Label {
            token: Some("host-service"),
            ..Label::default()
        });
        Action::Go(self.b.link(Link {
            to: node,
            label,
            back: Back::Here(answered),
            asked: Distance::Near,
            ..Link::default()
        }))
    }

    /// The tables of every interface.
    fn interfaces(&mut self) {
        let network = self.network;
        for (id, interface) in network.interfaces.iter() {
            let node = self.out.node_of(id);
            match interface.subnet.id() {
                Some(subnet) => {
                    self.in_subnet(node, subnet);
                    if matches!(interface.role, Role::Nat(_)) {
                        let routes = self.nat_routes(node, subnet);
                        self.b.slot(node, slot::ROUTES as usize, routes);
                    } else if interface.may_pass_on() {
                        let routes = self.routes_of_appliance(subnet);
                        self.b.slot(node, slot::ROUTES as usize, routes);
                    }
                }
                None => {
                    let lack = self.lack(&interface.subnet);
                    let table = self.opaque_table("subnet", &lack);
                    self.b.slot(node, slot::SUBNET as usize, table);
                }
            }
            if self.answers(interface) {
                self.inbound_resolver(node, &interface.origin);
            }
            if let Some(lack) = self.unmodelled(interface) {
                let slot = match interface.role {
                    Role::Endpoint(_) | Role::Resolver(_) => slot::SERVICE,
                    _ => slot::SPECIAL,
                };
                let table = self.opaque_table("not in the input", &lack);
                self.b.slot(node, slot as usize, table);
            }
            let has_groups = match &interface.role {
                Role::Nat(_) => false,
                Role::Endpoint(r) => !r
                    .id()
                    .is_some_and(|e| network.endpoints[e].leads_to_appliances()),
                Role::LoadBalancer(r) => r
                    .id()
                    .is_none_or(|lb| network.load_balancers[lb].has_groups),
                Role::Instance(_)
                | Role::Resolver(_)
                | Role::ClientVpn(_)
                | Role::Plain
                | Role::Other(_) => true,
            };
            if has_groups {
                let (groups_in, groups_out) = self.groups(&interface.groups, network.vpc_of(id));
                self.b.slot(node, slot::GROUP_IN as usize, groups_in);
                self.b.slot(node, slot::GROUP_OUT as usize, groups_out);
                let mark = {
                    let tags = interface.groups.iter().map(|g| self.tag(g));
                    let tags = tags.collect();
                    self.b.mark(tags)
                };
                if let Some(n) = self.b.node_mut(node) {
                    n.mark = mark;
                }
            }
            let vpc = network.vpc_of(id);
            if let (Role::Instance(_) | Role::Plain | Role::Other(_), Some(vpc)) =
                (&interface.role, vpc)
                && let Some(table) = self.host_services.get(vpc.index()).copied()
            {
                let dead = network.out_of_service(id);
                let table = dead.map_or(table, |(why, origin)| self.silent(&why, origin));
                self.b.slot(node, slot::HOST_SERVICES as usize, table);
            }
        }
    }

    /// The first table of what cannot send.
    fn silent(&mut self, why: &str, origin: &Origin) -> TableId {
        let row = RowSpec::address(Span::Any, Action::Drop(Code::BAD_STATE), origin, why);
        self.b.table(why, Side::Dst, vec![row], Action::Next, "")
    }

    /// What the subnet decides: its ACL, its addresses, its routes.
    pub(super) fn in_subnet(&mut self, node: NodeId, id: Id<Subnet>) {
        let subnet = &self.network.subnets[id];
        let (acl_in, acl_out) = self.acl(&subnet.acl);
        let routes = self.routes(id);
        self.b.slot(node, slot::ACL_IN as usize, acl_in);
        self.b.slot(node, slot::ACL_OUT as usize, acl_out);
        if let Some(near) = self.near.get(id.index()).copied() {
            self.b.slot(node, slot::SUBNET as usize, near);
        }
        self.b.slot(node, slot::ROUTES as usize, routes);
    }

    pub(super) fn subnets_of(&self, vpc: Id<Vpc>) -> Vec<(Id<Subnet>, &'n Subnet)> {
        let network = self.network;
        let ids = self.subnets.get(vpc.index()).into_iter().flatten();
        ids.map(|id| (*id, &network.subnets[*id])).collect()
    }

    /// A link that clears the mark.
    pub(super) fn clearing(&mut self, to: NodeId, entry: u8, label: Label) -> Action {
        let label = self.b.label(label);
        Action::Go(self.b.link(Link {
            to,
            entry,
            label,
            mark: MarkOp::Clear,
            ..Link::default()
        }))
    }
}

/// The subnets of each VPC.
pub(super) fn subnets_by_vpc(network: &Network) -> Vec<Vec<Id<Subnet>>> {
    let mut all = vec![Vec::new(); network.vpcs.len()];
    for (id, subnet) in network.subnets.iter() {
        let vpc = subnet.vpc.id().and_then(|v| all.get_mut(v.index()));
        if let Some(list) = vpc {
            list.push(id);
        }
    }
    all
}
