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
use crate::repeated::Hashes;
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
    apart(draft, report, |space| space.all::<T>());
}

/// The components of a VPC share one name space.
fn components(draft: &Draft, report: &mut Report) {
    alone::<Interface>(draft, report);
    apart(draft, report, |space| {
        space.all::<Instance>();
        space.all::<NatGateway>();
        space.all::<RegionalNat>();
        space.all::<VpcEndpoint>();
        space.all::<LoadBalancer>();
        space.all::<ResolverEndpoint>();
        space.all::<InternetGateway>();
        space.all::<EgressOnlyGateway>();
        space.all::<VpnGateway>();
        space.all::<ClientVpn>();
        for (_, interface) in draft.interfaces.iter() {
            // An interface may have the name of what it belongs to.
            let plain = matches!(interface.role, Role::Plain | Role::Other(_));
            let owner = owner_name(draft, interface);
            if plain || owner.is_some_and(|o| *o != interface.name) {
                space.claim(interface);
            }
        }
    });
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

/// Tells of names that are claimed twice: looked for by their hashes, and by themselves where two
/// hashes are the same.
fn apart<'a>(draft: &'a Draft, report: &mut Report, claims: impl Fn(&mut Space<'a, '_>)) {
    let mut space = Space {
        draft,
        claimed: Claimed::Hashes(Hashes::default()),
    };
    claims(&mut space);
    if let Claimed::Hashes(hashes) = space.claimed
        && hashes.may_repeat()
    {
        claims(&mut Space {
            draft,
            claimed: Claimed::Names(FxHashMap::default(), report),
        });
    }
}

struct Space<'a, 'r> {
    draft: &'a Draft,
    claimed: Claimed<'a, 'r>,
}

/// The names claimed so far.
enum Claimed<'a, 'r> {
    Hashes(Hashes),
    /// With the kind of what has them; to be told of where there are two.
    Names(
        FxHashMap<(Option<Id<Vpc>>, &'a str), &'static str>,
        &'r mut Report,
    ),
}

impl<'a> Space<'a, '_> {
    fn all<T: Noun>(&mut self) {
        for (_, noun) in T::arena(self.draft).iter() {
            self.claim(noun);
        }
    }

    fn claim<T: Noun>(&mut self, noun: &'a T) {
        let key = (noun.vpc(self.draft), noun.name());
        match &mut self.claimed {
            Claimed::Hashes(hashes) => hashes.add(key),
            Claimed::Names(names, report) => {
                if let Some(kind) = names.insert(key, T::KIND) {
                    let label = noun.label(self.draft);
                    let message = format!("the name `{label}` is taken by {kind}");
                    report.error("duplicate-name", label, noun.origin(), message);
                }
            }
        }
    }
}
