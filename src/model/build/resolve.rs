//! Every [`Ref`](crate::model::Ref) of a draft looked up.

use super::down;
use super::index::{Index, Vpcs};
use super::lookup::{Context, Resolver};
use super::noun::Noun;
use super::report::Report;
use crate::model::{
    Arena, Association, Attached, Destination, Draft, Edge, EndpointKind, EndpointTarget, Fact, Id,
    Joined, Peer, Policy, Record, RecordValue, Ref, Role, Route, RuleKind, ServerHost, Subnet,
    Target, TargetWhat, Vpc,
};
use std::mem::take;

/// Runs over an arena that may be changed.
fn each<T>(arena: &mut Arena<T>, mut f: impl FnMut(&mut T)) {
    for i in 0..arena.len() {
        if let Some(value) = arena.get_mut(Id::new(i)) {
            f(value);
        }
    }
}

/// Looks up every name: VPCs first, then subnets, because they say whose the other names are.
pub(super) fn resolve(draft: &mut Draft, report: &mut Report) {
    let unseen = take(&mut draft.unseen);
    let unlisted = draft.unlisted.clone();
    let mut resolver = Resolver {
        world: draft.world,
        report,
        vpcs: Vpcs::new(draft),
        named: unseen
            .iter()
            .map(|(id, u)| ((u.kind, u.name.clone()), id))
            .collect(),
        unseen,
        unlisted: &unlisted,
    };
    vpc_refs(draft, &mut resolver);
    subnet_refs(draft, &mut resolver);
    let indexes = Indexes::new(draft);
    indexes.vpcs_and_subnets(draft, &mut resolver);
    indexes.routes(draft, &mut resolver);
    indexes.groups(draft, &mut resolver);
    indexes.interfaces(draft, &mut resolver);
    indexes.joins(draft, &mut resolver);
    indexes.transit(draft, &mut resolver);
    indexes.client_vpns(draft, &mut resolver);
    indexes.endpoints(draft, &mut resolver);
    indexes.balancers(draft, &mut resolver);
    indexes.names(draft, &mut resolver);
    indexes.policies(draft, &mut resolver);
    indexes.resolvers(draft, &mut resolver);
    down::look_up(&indexes, draft, &mut resolver);
    draft.unseen = resolver.unseen;
}

fn vpc_refs(draft: &mut Draft, resolver: &mut Resolver<'_>) {
    let index = Index::<Vpc>::new(draft);
    macro_rules! each_vpc {
        ($($arena:ident),*) => {
            $(each(&mut draft.$arena, |noun| {
                let context = Context { at: &noun.name, vpc: None };
                resolver.look_up(&index, &mut noun.vpc, &context);
            });)*
        };
    }
    each_vpc!(
        subnets,
        tables,
        groups,
        acls,
        instances,
        internet_gateways,
        regional_nats,
        egress_only_gateways,
        vpn_gateways,
        endpoints,
        load_balancers,
        target_groups,
        resolver_endpoints,
        client_vpns
    );
    each(&mut draft.peerings, |peering| {
        let context = Context {
            at: &peering.name,
            vpc: None,
        };
        resolver.all(&index, &mut peering.between, &context);
    });
    each(&mut draft.attachments, |attachment| {
        let context = Context {
            at: &attachment.name,
            vpc: None,
        };
        if let Attached::Vpc(vpc, _) = &mut attachment.to {
            resolver.look_up(&index, vpc, &context);
        }
    });
    macro_rules! each_vpcs {
        ($($arena:ident),*) => {
            $(each(&mut draft.$arena, |noun| {
                let context = Context { at: &noun.name, vpc: None };
                resolver.all(&index, &mut noun.vpcs, &context);
            });)*
        };
    }
    each_vpcs!(zones, rules, profiles, groups, access_points);
}

fn subnet_refs(draft: &mut Draft, resolver: &mut Resolver<'_>) {
    let index = Index::<Subnet>::new(draft);
    each(&mut draft.interfaces, |interface| {
        let context = Context {
            at: &interface.name,
            vpc: None,
        };
        resolver.look_up(&index, &mut interface.subnet, &context);
    });
    each(&mut draft.nat_gateways, |nat| {
        let context = Context {
            at: &nat.name,
            vpc: None,
        };
        resolver.look_up(&index, &mut nat.subnet, &context);
    });
    each(&mut draft.attachments, |attachment| {
        let Attached::Vpc(vpc, Fact::Known(subnets)) = &mut attachment.to else {
            return;
        };
        let context = Context {
            at: &attachment.name,
            vpc: vpc.id(),
        };
        resolver.all(&index, subnets, &context);
    });
}

macro_rules! indexes {
    ($($field:ident: $type:ident),* $(,)?) => {
        /// One index a kind.
        pub(super) struct Indexes {
            $(pub(super) $field: Index<crate::model::$type>,)*
        }

        impl Indexes {
            fn new(draft: &Draft) -> Self {
                Self { $($field: Index::new(draft),)* }
            }
        }
    };
}

indexes! {
    tables: RouteTable, groups: SecurityGroup, acls: NetworkAcl, interfaces: Interface,
    instances: Instance, internet: InternetGateway, egress: EgressOnlyGateway, nats: NatGateway,
    regional_nats: RegionalNat, vpns: VpnGateway,
    peerings: Peering, sites: Site, connections: Connection, lists: PrefixList, endpoints: VpcEndpoint,
    services: EndpointService, balancers: LoadBalancer, targets: TargetGroup,
    transits: TransitGateway, attachments: TransitAttachment, transit_tables: TransitTable,
    policies: Policy,
    client_vpns: ClientVpn, resolvers: ResolverEndpoint, rules: ResolverRule, zones: HostedZone,
}

impl Indexes {
    fn vpcs_and_subnets(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        let mut vpcs = take(&mut draft.vpcs);
        for i in 0..vpcs.len() {
            let id = Id::new(i);
            if let Some(vpc) = vpcs.get_mut(id) {
                let context = Context {
                    at: &vpc.name,
                    vpc: Some(id),
                };
                resolver.look_up(&self.tables, &mut vpc.main_table, &context);
                if let Some(gateway) = &mut vpc.internet_gateway {
                    resolver.look_up(&self.internet, gateway, &context);
                }
            }
        }
        draft.vpcs = vpcs;
        self.with(
            draft,
            |d| &mut d.subnets,
            |subnet, context| {
                resolver.look_up(&self.tables, &mut subnet.table, context);
                resolver.look_up(&self.acls, &mut subnet.acl, context);
            },
        );
    }

    /// Runs over an arena with the context of each of its nouns.
    fn with<T: Noun>(
        &self,
        draft: &mut Draft,
        arena: impl Fn(&mut Draft) -> &mut Arena<T>,
        mut f: impl FnMut(&mut T, &Context<'_>),
    ) {
        let mut nouns = take(arena(draft));
        let mut label = String::new();
        each(&mut nouns, |noun| {
            noun.write_label(draft, &mut label);
            let vpc = noun.vpc(draft);
            f(noun, &Context { at: &label, vpc });
        });
        *arena(draft) = nouns;
    }

    fn routes(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.regional_nats,
            |nat, context| resolver.look_up(&self.tables, &mut nat.table, context),
        );
        self.with(
            draft,
            |d| &mut d.tables,
            |table, context| {
                for route in &mut table.routes {
                    self.route(route, context, resolver);
                }
                match &mut table.edge_of {
                    Some(Edge::Internet(r)) => resolver.look_up(&self.internet, r, context),
                    Some(Edge::Vpn(r)) => resolver.look_up(&self.vpns, r, context),
                    None => {}
                }
            },
        );
    }

    fn route(&self, route: &mut Route, context: &Context<'_>, resolver: &mut Resolver<'_>) {
        match &mut route.destination {
            Destination::List(r) => resolver.look_up(&self.lists, r, context),
            Destination::Cidr(_) | Destination::AwsList(..) => {}
        }
        match &mut route.target {
            Target::Internet(r) => resolver.look_up(&self.internet, r, context),
            Target::EgressOnly(r) => resolver.look_up(&self.egress, r, context),
            Target::Nat(r) => resolver.look_up(&self.nats, r, context),
            Target::RegionalNat(r) => resolver.look_up(&self.regional_nats, r, context),
            Target::Peering(r) => resolver.look_up(&self.peerings, r, context),
            Target::Vpn(r) => resolver.look_up(&self.vpns, r, context),
            Target::Endpoint(r) => resolver.look_up(&self.endpoints, r, context),
            Target::Interface(r) => resolver.look_up(&self.interfaces, r, context),
            Target::Transit(r) => resolver.look_up(&self.transits, r, context),
            Target::Local | Target::Unseen(_) => {}
        }
    }

    fn groups(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.groups,
            |group, context| {
                for rule in group.ingress.iter_mut().chain(&mut group.egress) {
                    match &mut rule.peer {
                        Peer::Group(r) => resolver.look_up(&self.groups, r, context),
                        Peer::List(r) => resolver.look_up(&self.lists, r, context),
                        Peer::Cidr(_) | Peer::AwsList(..) => {}
                    }
                }
            },
        );
    }

    fn interfaces(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.interfaces,
            |interface, context| {
                resolver.all(&self.groups, &mut interface.groups, context);
                match &mut interface.role {
                    Role::Instance(r) => resolver.look_up(&self.instances, r, context),
                    Role::Nat(r) => resolver.look_up(&self.nats, r, context),
                    Role::Endpoint(r) => resolver.look_up(&self.endpoints, r, context),
                    Role::LoadBalancer(r) => resolver.look_up(&self.balancers, r, context),
                    Role::ClientVpn(r) => resolver.look_up(&self.client_vpns, r, context),
                    Role::Resolver(r) => resolver.look_up(&self.resolvers, r, context),
                    Role::Plain | Role::Other(_) => {}
                }
            },
        );
        self.with(
            draft,
            |d| &mut d.instances,
            |instance, context| {
                resolver.all(&self.interfaces, &mut instance.interfaces, context);
            },
        );
        self.with(
            draft,
            |d| &mut d.nat_gateways,
            |nat, context| {
                resolver.look_up(&self.interfaces, &mut nat.interface, context);
            },
        );
    }

    fn joins(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.sites,
            |site, context| {
                for connection in site.routes.iter_mut().filter_map(|r| r.via.as_mut()) {
                    resolver.look_up(&self.connections, connection, context);
                }
            },
        );
        self.with(
            draft,
            |d| &mut d.connections,
            |connection, context| {
                resolver.look_up(&self.sites, &mut connection.site, context);
                match &mut connection.to {
                    Joined::Vpn(r) => resolver.look_up(&self.vpns, r, context),
                    Joined::Transit(r) => resolver.look_up(&self.attachments, r, context),
                    Joined::Public => {}
                }
            },
        );
    }

    fn client_vpns(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        let subnets = Index::<Subnet>::new(draft);
        self.with(
            draft,
            |d| &mut d.client_vpns,
            |vpn, context| {
                resolver.all(&self.interfaces, &mut vpn.interfaces, context);
                for (_, subnet) in &mut vpn.routes {
                    resolver.look_up(&subnets, subnet, context);
                }
            },
        );
    }

    fn transit(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.attachments,
            |attachment, context| {
                resolver.look_up(&self.transits, &mut attachment.gateway, context);
                match &mut attachment.to {
                    Attached::Connection(r) => resolver.look_up(&self.connections, r, context),
                    Attached::Peer(r) => resolver.look_up(&self.attachments, r, context),
                    Attached::ClientVpn(r) => resolver.look_up(&self.client_vpns, r, context),
                    Attached::Vpc(..) | Attached::Unseen(_) => {}
                }
                if let Association::Table(r) = &mut attachment.table {
                    resolver.look_up(&self.transit_tables, r, context);
                }
                resolver.all(&self.transit_tables, &mut attachment.propagates_to, context);
            },
        );
        self.with(
            draft,
            |d| &mut d.transit_tables,
            |table, context| {
                resolver.look_up(&self.transits, &mut table.gateway, context);
                for route in &mut table.routes {
                    if let Destination::List(r) = &mut route.destination {
                        resolver.look_up(&self.lists, r, context);
                    }
                    resolver.all(&self.attachments, &mut route.to, context);
                }
            },
        );
    }

    fn endpoints(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.endpoints,
            |endpoint, context| {
                if let EndpointTarget::Service(r) = &mut endpoint.target {
                    resolver.look_up(&self.services, r, context);
                }
                match &mut endpoint.kind {
                    EndpointKind::Gateway(tables) => resolver.all(&self.tables, tables, context),
                    EndpointKind::Interface(own) => resolver.all(&self.interfaces, own, context),
                }
            },
        );
        self.with(
            draft,
            |d| &mut d.services,
            |service, context| {
                resolver.all(&self.balancers, &mut service.load_balancers, context);
                for connection in &mut service.connections {
                    resolver.look_up(&self.endpoints, &mut connection.endpoint, context);
                    resolver.all(&self.balancers, &mut connection.load_balancers, context);
                }
            },
        );
    }

    fn balancers(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.load_balancers,
            |balancer, context| {
                resolver.all(&self.interfaces, &mut balancer.nodes, context);
                for listener in &mut balancer.listeners {
                    for (group, _) in &mut listener.forward {
                        resolver.look_up(&self.targets, group, context);
                    }
                }
            },
        );
        self.with(
            draft,
            |d| &mut d.target_groups,
            |group, context| {
                for target in &mut group.targets {
                    match &mut target.what {
                        TargetWhat::Instance(r) => resolver.look_up(&self.instances, r, context),
                        TargetWhat::LoadBalancer(r) => {
                            resolver.look_up(&self.balancers, r, context)
                        }
                        TargetWhat::Ip(_) => {}
                    }
                }
            },
        );
    }

    fn names(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.zones,
            |zone, context| {
                self.records(&mut zone.records, context, resolver);
            },
        );
        let context = Context { at: "", vpc: None };
        self.records(&mut draft.public_records, &context, resolver);
        let mut servers = take(&mut draft.name_servers);
        each(&mut servers, |server| {
            match &mut server.host {
                ServerHost::Instance(r) => resolver.look_up(&self.instances, r, &context),
                ServerHost::Site(r) => resolver.look_up(&self.sites, r, &context),
            }
            self.records(&mut server.records, &context, resolver);
        });
        draft.name_servers = servers;
    }

    fn resolvers(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        self.with(
            draft,
            |d| &mut d.resolver_endpoints,
            |endpoint, context| {
                resolver.all(&self.interfaces, &mut endpoint.interfaces, context);
            },
        );
        self.with(
            draft,
            |d| &mut d.rules,
            |rule, context| {
                if let RuleKind::Forward { through, .. } | RuleKind::Delegate { through } =
                    &mut rule.kind
                {
                    resolver.look_up(&self.resolvers, through, context);
                }
            },
        );
        self.with(
            draft,
            |d| &mut d.profiles,
            |profile, context| {
                resolver.all(&self.zones, &mut profile.zones, context);
                resolver.all(&self.rules, &mut profile.rules, context);
                resolver.all(&self.endpoints, &mut profile.endpoints, context);
            },
        );
    }

    fn policies(&self, draft: &mut Draft, resolver: &mut Resolver<'_>) {
        let mut look_up = |policy: &mut Option<Ref<Policy>>, at: &str| {
            if let Some(policy) = policy {
                resolver.look_up(&self.policies, policy, &Context { at, vpc: None });
            }
        };
        self.with(
            draft,
            |d| &mut d.endpoints,
            |endpoint, context| {
                look_up(&mut endpoint.policy, context.at);
            },
        );
        each(&mut draft.principals, |p| look_up(&mut p.policy, &p.name));
        each(&mut draft.access_points, |p| {
            look_up(&mut p.policy, &p.name);
        });
        each(&mut draft.buckets, |b| look_up(&mut b.policy, &b.name));
        each(&mut draft.dynamodb_tables, |t| {
            look_up(&mut t.policy, &t.name);
        });
    }

    fn records(&self, records: &mut [Record], context: &Context<'_>, resolver: &mut Resolver<'_>) {
        for record in records {
            match &mut record.value {
                RecordValue::AliasEndpoint(r) => resolver.look_up(&self.endpoints, r, context),
                RecordValue::AliasLoadBalancer(r) => resolver.look_up(&self.balancers, r, context),
                RecordValue::A(_)
                | RecordValue::Aaaa(_)
                | RecordValue::Cname(_)
                | RecordValue::AliasName(_)
                | RecordValue::Ns(_)
                | RecordValue::Unseen(_) => {}
            }
        }
    }
}
