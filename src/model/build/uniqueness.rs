//! One name, one thing.

use super::noun::Noun;
use super::report::Report;
use crate::model::{
    ClientVpn, Connection, Draft, EgressOnlyGateway, EndpointService, HostedZone, Id, Instance,
    Interface, InternetGateway, InternetHost, LoadBalancer, NatGateway, NetworkAcl, Peering,
    Policy, PrefixList, Principal, Profile, RegionalNat, ResolverEndpoint, ResolverRule, Role,
    RouteTable, SecurityGroup, Site, Subnet, TargetGroup, TransitAttachment, TransitGateway,
    TransitTable, Vpc, VpcEndpoint, VpnGateway, World,
};
use rustc_hash::FxHashMap;

/// No two things of one name space have one name.
pub(super) fn check(draft: &Draft, report: &mut Report) {
    alone::<Vpc>(draft, report);
    alone::<Subnet>(draft, report);
    alone::<RouteTable>(draft, report);
    alone::<SecurityGroup>(draft, report);
    alone::<NetworkAcl>(draft, report);
    alone::<TargetGroup>(draft, report);
    alone::<Peering>(draft, report);
    alone::<TransitGateway>(draft, report);
    alone::<TransitAttachment>(draft, report);
    alone::<TransitTable>(draft, report);
    alone::<Site>(draft, report);
    alone::<Connection>(draft, report);
    alone::<InternetHost>(draft, report);
    alone::<PrefixList>(draft, report);
    alone::<EndpointService>(draft, report);
    alone::<Policy>(draft, report);
    alone::<Principal>(draft, report);
    alone::<ResolverRule>(draft, report);
    alone::<Profile>(draft, report);
    // An import calls zones by their domains, which private zones may share.
    if draft.world == World::Closed {
        alone::<HostedZone>(draft, report);
    }
    components(draft, report);
}

/// A name space of one kind.
fn alone<T: Noun>(draft: &Draft, report: &mut Report) {
    let mut space = Space::default();
    space.add::<T>(draft, report);
}

/// The components of a VPC share one name space.
fn components(draft: &Draft, report: &mut Report) {
    let mut space = Space::default();
    space.add::<Instance>(draft, report);
    space.add::<NatGateway>(draft, report);
    space.add::<RegionalNat>(draft, report);
    space.add::<VpcEndpoint>(draft, report);
    space.add::<LoadBalancer>(draft, report);
    space.add::<ResolverEndpoint>(draft, report);
    space.add::<InternetGateway>(draft, report);
    space.add::<EgressOnlyGateway>(draft, report);
    space.add::<VpnGateway>(draft, report);
    space.add::<ClientVpn>(draft, report);
    let mut own = Space::default();
    for (_, interface) in draft.interfaces.iter() {
        let key = (interface.vpc(draft), interface.name.as_str());
        own.claim(key, interface, draft, report);
        // An interface may have the name of what it belongs to.
        let plain = matches!(interface.role, Role::Plain | Role::Other(_));
        let owner = owner_name(draft, interface);
        if plain || owner.is_some_and(|o| *o != interface.name) {
            space.claim(key, interface, draft, report);
        }
    }
}

fn owner_name<'a>(draft: &'a Draft, interface: &Interface) -> Option<&'a String> {
    match &interface.role {
        Role::Instance(r) => r.id().map(|i| &draft.instances[i].name),
        Role::Nat(r) => r.id().map(|i| &draft.nat_gateways[i].name),
        Role::Endpoint(r) => r.id().map(|i| &draft.endpoints[i].name),
        Role::LoadBalancer(r) => r.id().map(|i| &draft.load_balancers[i].name),
        Role::ClientVpn(r) => r.id().map(|i| &draft.client_vpns[i].name),
        Role::Resolver(r) => r.id().map(|i| &draft.resolver_endpoints[i].name),
        Role::Plain | Role::Other(_) => None,
    }
}

/// Names, and the kind of what has them.
#[derive(Default)]
struct Space<'a>(FxHashMap<(Option<Id<Vpc>>, &'a str), &'static str>);

impl<'a> Space<'a> {
    fn add<T: Noun>(&mut self, draft: &'a Draft, report: &mut Report) {
        for (_, noun) in T::arena(draft).iter() {
            let key = (noun.vpc(draft), noun.name());
            self.claim(key, noun, draft, report);
        }
    }

    fn claim<T: Noun>(
        &mut self,
        key: (Option<Id<Vpc>>, &'a str),
        noun: &T,
        draft: &Draft,
        report: &mut Report,
    ) {
        if let Some(kind) = self.0.insert(key, T::KIND) {
            let label = noun.label(draft);
            let message = format!("the name `{label}` is taken by {kind}");
            report.error("duplicate-name", label, noun.origin(), message);
        }
    }
}
