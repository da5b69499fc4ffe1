//! What an import leaves open, and nouns that the text does not have.

use super::Printer;
use crate::model::{
    ClientVpn, Connection, EgressOnlyGateway, EndpointKind, Gap, HostedZone, Id, Instance,
    Interface, InternetGateway, Listing, LoadBalancer, NatGateway, Network, NetworkAcl, Noun,
    Peering, Ref, ResolverEndpoint, ResolverRule, Role, RouteTable, SecurityGroup, Subnet, Target,
    TargetGroup, TransitAttachment, TransitTable, VpcEndpoint, VpnGateway,
};

impl Printer<'_> {
    /// Notes everything that no other part of the text has noted.
    pub(super) fn open_world(&mut self) {
        self.nameless_nouns();
        self.nameless_interfaces();
        self.unwritten_endpoint_routes();
        self.other_names();
        let network = self.network;
        for (address, unseen) in &network.unseen_public {
            self.lost(network.unseen[*unseen].text(), address.to_string());
        }
        self.gaps();
        for listing in network.unlisted.iter().filter(|l| concerns(network, **l)) {
            let open = listing.leaves_open();
            let what = format!("no listing of {} ({})", listing.words(), listing.command());
            self.note(
                format!("{what}, which leaves open {open}"),
                "",
                !open.starts_with("nothing"),
            );
        }
        // Whatever else is named and not contained.
        for (_, unseen) in network.unseen.iter() {
            self.lost(unseen.text(), "");
        }
    }

    /// Nouns of a VPC that the input does not have, or of a kind that the grammar does not have.
    fn nameless_nouns(&mut self) {
        let vpc = "its VPC is not in the input";
        self.nameless::<Subnet>(vpc);
        self.nameless::<RouteTable>(vpc);
        self.nameless::<SecurityGroup>(vpc);
        self.nameless::<NetworkAcl>(vpc);
        self.nameless::<TargetGroup>(vpc);
        self.nameless::<Peering>(vpc);
        self.nameless::<Instance>("it has no interface in the input");
        self.nameless::<NatGateway>("it has no interface in the input");
        self.nameless::<InternetGateway>("a VPC of the input has no such gateway");
        self.nameless::<EgressOnlyGateway>("a VPC of the input has no such gateway, or another");
        self.nameless::<VpnGateway>("a VPC of the input has no such gateway");
        self.nameless::<Connection>("what it ends at is not in the input");
        self.nameless::<VpcEndpoint>("its VPC or its service is not in the input");
        self.nameless::<ResolverEndpoint>(vpc);
        self.nameless::<ResolverRule>("it does what is not modelled");
        self.nameless::<TransitAttachment>("its gateway, or what it joins, is not in the input");
        self.nameless::<TransitTable>("its gateway is not in the input");
        self.nameless::<LoadBalancer>("what its listeners do is not modelled");
    }

    fn nameless<T: Noun>(&mut self, why: &str) {
        for (id, noun) in T::arena(self.network).iter() {
            if self.names.of(id).is_none() {
                self.lost(format!("{} {}: {why}", T::KIND, noun.name()), "");
            }
        }
    }

    fn nameless_interfaces(&mut self) {
        let network = self.network;
        for (id, interface) in network.interfaces.iter() {
            let whose = match &interface.role {
                Role::Instance(r) => self.said(r, |i: &Instance| {
                    i.interfaces.first().and_then(Ref::id) == Some(id)
                }),
                Role::Nat(r) => self.said(r, |n: &NatGateway| n.interface.id() == Some(id)),
                Role::Endpoint(r) => self.said(r, |e: &VpcEndpoint| match &e.kind {
                    EndpointKind::Interface(nodes) => has(nodes, id),
                    EndpointKind::Gateway(_) => false,
                }),
                Role::LoadBalancer(r) => self.said(r, |l: &LoadBalancer| has(&l.nodes, id)),
                Role::Resolver(r) => self.said(r, |e: &ResolverEndpoint| has(&e.interfaces, id)),
                Role::ClientVpn(r) => self.said(r, |c: &ClientVpn| has(&c.interfaces, id)),
                Role::Plain | Role::Other(_) => false,
            };
            if !whose && self.names.of(id).is_none() {
                let label = self.label(id);
                let what = match &interface.role {
                    Role::Other(kind) => format!("interfaces of type {kind}"),
                    _ => "interfaces whose owner or subnet is not said".to_owned(),
                };
                self.lost(what, label);
            }
        }
    }

    /// Whether the text has a noun, and it has the interface.
    fn said<T: Noun>(&self, owner: &Ref<T>, has: impl Fn(&T) -> bool) -> bool {
        let owner = owner.id().filter(|id| self.names.of(*id).is_some());
        owner.is_some_and(|id| has(&T::arena(self.network)[id]))
    }

    /// A gateway endpoint writes a route into each of its tables. An import may lack it.
    fn unwritten_endpoint_routes(&mut self) {
        let network = self.network;
        for (id, endpoint) in network.endpoints.iter() {
            let EndpointKind::Gateway(tables) = &endpoint.kind else {
                continue;
            };
            for table in tables.iter().filter_map(Ref::id) {
                let mut routes = network.tables[table].routes.iter();
                if !routes.any(|r| matches!(&r.target, Target::Endpoint(e) if e.id() == Some(id))) {
                    let at = self.label(table);
                    self.lost(
                        format!("that a table lacks the route of {}", endpoint.name),
                        at,
                    );
                }
            }
        }
    }

    /// Names that AWS made, in whose place a scenario's are made from its own.
    fn other_names(&mut self) {
        let network = self.network;
        let what = "names that AWS made for endpoints, services and load balancers";
        for (id, endpoint) in network.endpoints.iter() {
            if !endpoint.dns_names.is_empty() {
                let at = self.label(id);
                self.lost(what, at);
            }
        }
        for (id, balancer) in network.load_balancers.iter() {
            if balancer.dns_name.is_some() {
                let at = self.label(id);
                self.lost(what, at);
            }
        }
        for (_, service) in network
            .services
            .iter()
            .filter(|(_, s)| !s.aliases.is_empty())
        {
            self.lost(what, &service.name);
        }
    }

    /// What an import leaves open about nouns that it has.
    fn gaps(&mut self) {
        let network = self.network;
        let mut found: Vec<(String, String)> = network
            .gaps
            .iter()
            .map(|(gap, unseen)| (network.unseen[*unseen].text(), self.gap(*gap)))
            .collect();
        found.sort();
        for (what, at) in found {
            self.lost(what, at);
        }
    }

    /// What a gap is about.
    fn gap(&self, gap: Gap) -> String {
        match gap {
            Gap::Listing(vpc, _) => self.label(vpc),
            Gap::Addresses(subnet) => self.label(subnet),
            Gap::Running(instance) => self.label(instance),
            Gap::InternetGateway(gateway) => self.label(gateway),
            Gap::VpnGateway(gateway) => self.label(gateway),
            Gap::Site(site) => self.label(site),
            Gap::ClientVpnNetworks(vpn) | Gap::ClientVpnRoutes(vpn) | Gap::ClientVpnRules(vpn) => {
                self.label(vpn)
            }
            Gap::Listeners(balancer) | Gap::BalancerCrossZone(balancer) => self.label(balancer),
            Gap::GroupAttributes(group) => self.label(group),
            Gap::TransitRoutes(table) => self.label(table),
            Gap::RuleVpcs(rule) => self.label(rule),
            Gap::ProfileResources(profile) => self.label(profile),
            Gap::ZoneKind(zone) | Gap::ZoneVpcs(zone) | Gap::ZoneRecords(zone) => {
                self.label::<HostedZone>(zone)
            }
        }
    }
}

fn has(nodes: &[Ref<Interface>], id: Id<Interface>) -> bool {
    nodes.iter().any(|n| n.id() == Some(id))
}

/// Whether the input has something that a listing would say more of: one that answers about one
/// thing is not missed where there is no such thing.
fn concerns(network: &Network, listing: Listing) -> bool {
    let vpn = !network.vpn_gateways.is_empty();
    let transit = !network.transit_gateways.is_empty();
    let attached = !network.attachments.is_empty();
    match listing {
        Listing::VpnConnections
        | Listing::VirtualInterfaces
        | Listing::DirectConnectAssociations => vpn || attached,
        Listing::DirectConnectAttachments => !network.connections.is_empty(),
        Listing::ClientVpnNetworks | Listing::ClientVpnRoutes | Listing::ClientVpnRules => {
            !network.client_vpns.is_empty()
        }
        Listing::TransitGatewayPeeringAttachments => attached,
        Listing::TransitGatewayRoutes => transit,
        Listing::PrefixListEntries => !network.unlisted.contains(&Listing::PrefixLists),
        Listing::LoadBalancerAttributes | Listing::Listeners => !network.load_balancers.is_empty(),
        Listing::TargetGroupAttributes | Listing::TargetHealth => !network.target_groups.is_empty(),
        Listing::HostedZoneVpcs | Listing::RecordSets => !network.zones.is_empty(),
        Listing::ResolverRuleAssociations => !network.rules.is_empty(),
        Listing::ResolverAddresses => !network.resolver_endpoints.is_empty(),
        Listing::ProfileResources => !network.profiles.is_empty(),
        _ => true,
    }
}
