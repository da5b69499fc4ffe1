//! The names that endpoints and load balancers bring with them, and what each answers.

use super::DnsAnswer;
use super::public::has_both;
use super::query::{ClientZone, Query};
use crate::aws::balance::{self, health_lack, zone_is_well};
use crate::aws::bits;
use crate::fabric::Address;
use crate::model::{
    ClientRouting, DnsType, EndpointKind, EndpointTarget, Family, Id, Interface, IpType,
    LoadBalancer, Network, Ref, Vpc, VpcEndpoint,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smol_str::{SmolStr, format_smolstr};
use std::borrow::Cow;

/// The private names of an endpoint: AWS's for its service, or the provider's verified one.
fn private_names<'n>(network: &'n Network, endpoint: &VpcEndpoint) -> SmallVec<[Cow<'n, str>; 2]> {
    match &endpoint.target {
        EndpointTarget::Unmodelled(..) => SmallVec::new(),
        EndpointTarget::Aws(..) => endpoint.captures().into_iter().map(Cow::from).collect(),
        EndpointTarget::Service(service) => {
            let service = service.id().map(|s| &network.services[s]);
            let name = service.and_then(|s| s.private_name.as_ref());
            name.map(|(name, _)| name.as_str().into())
                .into_iter()
                .collect()
        }
    }
}

/// The addresses behind a name, and what the input does not say of them.
#[derive(Default)]
pub(super) struct Addresses {
    /// Those it says.
    pub(super) known: Vec<DnsAnswer>,
    /// There is one more: what would tell it.
    pub(super) missing: Vec<String>,
    /// Those of them that neither send nor receive.
    pub(super) lost: Vec<Address>,
    /// Only one of those known may be in the answer: what would tell.
    pub(super) perhaps_one: Option<String>,
}

fn answers(
    network: &Network,
    interfaces: &[Ref<Interface>],
    zone: Option<&str>,
    by: &SmolStr,
    key: &SmolStr,
    public: bool,
    families: IpType,
) -> Addresses {
    let mut all = Addresses::default();
    for reference in interfaces {
        let Some(id) = reference.id() else {
            let unseen = reference.unseen().map(|u| network.unseen[u].text());
            all.missing.extend(unseen);
            continue;
        };
        let interface = &network.interfaces[id];
        let here = balance::zone_of(network, id);
        if zone.is_some() && here != zone {
            continue;
        }
        let v4 = if public {
            interface.public.first().map(|p| p.1)
        } else {
            interface.ips.first().copied()
        };
        let v4 = v4.filter(|_| families.has(Family::Ipv4)).map(bits);
        let v6 = interface.ipv6.first().copied();
        let v6 = v6.filter(|_| families.has(Family::Ipv6)).map(bits);
        if network.lost(id).is_some() {
            all.lost.extend(v4.into_iter().chain(v6));
        }
        all.known
            .extend(v4.into_iter().chain(v6).map(|address| DnsAnswer {
                address,
                by: by.clone(),
                key: key.clone(),
                zone: here.map(SmolStr::new),
                origin: interface.origin.clone(),
                assumes: None,
                private: false,
            }));
    }
    all
}

/// Leaves out the zones whose targets are all sick, unless all are (semantics 2.8).
fn leave_sick(network: &Network, mut all: Addresses, lbs: &[Id<LoadBalancer>]) -> Addresses {
    if let Some(lack) = lbs.iter().find_map(|l| health_lack(network, *l)) {
        all.perhaps_one = Some(lack.text);
        return all;
    }
    let well = |a: &DnsAnswer| {
        let zone = a.zone.as_deref();
        let mut lbs = lbs.iter().map(|l| &network.load_balancers[*l]);
        // An import may not say in which zone it is.
        zone.is_none() || lbs.any(|lb| zone_is_well(network, lb, zone))
    };
    unless_all(all, well)
}

/// An endpoint's addresses: every healthy interface, or the one of a zone. A zone of a provider whose
/// targets are all sick leaves the regional answer, unless all are (semantics 2.8).
pub(super) fn endpoint_answers(
    network: &Network,
    endpoint: &VpcEndpoint,
    zone: Option<&str>,
    name: &str,
    by: &SmolStr,
    key: &SmolStr,
) -> Addresses {
    let EndpointKind::Interface(interfaces) = &endpoint.kind else {
        return Addresses::default();
    };
    let families = match endpoint.dns_type {
        DnsType::Of(families) => families,
        DnsType::ServiceDefined => match &endpoint.target {
            EndpointTarget::Aws(..) if !has_both(name) => IpType::Ipv4,
            _ => endpoint.ip_type,
        },
    };
    let all = answers(network, interfaces, zone, by, key, false, families);
    if zone.is_some() {
        return all;
    }
    let service = match &endpoint.target {
        EndpointTarget::Service(service) => service.id(),
        EndpointTarget::Aws(..) | EndpointTarget::Unmodelled(..) => None,
    };
    // Across Regions an interface has no zone of targets of its own.
    let follows =
        network.is_on("endpoint-dns-follows-target-health") && endpoint.across(network).is_none();
    let Some(service) = service.filter(|_| follows) else {
        return unless_all(all, |_| true);
    };
    let lbs = network.services[service].load_balancers.iter();
    let lbs: Vec<Id<LoadBalancer>> = lbs.filter_map(Ref::id).collect();
    leave_sick(network, all, &lbs)
}

/// The answers that are up and well, or all of them if none is; so one alone need not be looked at.
fn unless_all(mut all: Addresses, well: impl Fn(&DnsAnswer) -> bool) -> Addresses {
    if all.known.len() < 2 {
        return all;
    }
    let answers = all.known.iter();
    let up = |a: &DnsAnswer| !all.lost.contains(&a.address);
    let keep: Vec<bool> = answers.map(|a| up(a) && well(a)).collect();
    if keep.contains(&true) {
        let mut keep = keep.into_iter();
        all.known.retain(|_| keep.next().unwrap_or(true));
    }
    all
}

/// A load balancer's addresses: public ones if it is internet-facing; zones without enough healthy
/// targets leave the answer, unless all do
/// (`/elasticloadbalancing/latest/network/load-balancer-target-groups.html`).
pub(super) fn balancer_answers(
    network: &Network,
    id: Id<LoadBalancer>,
    zone: Option<&str>,
    client: ClientZone<'_>,
    by: &SmolStr,
    key: &SmolStr,
) -> Addresses {
    let lb = &network.load_balancers[id];
    let public = lb.internet_facing;
    let all = answers(network, &lb.nodes, zone, by, key, public, lb.ip_type);
    if zone.is_some() {
        return all;
    }
    near(lb, leave_sick(network, all, &[id]), client)
}

/// With zonal affinity a client of a VPC's resolver is sent to the node of its own zone, if that is
/// in the answer (`/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html`). With
/// partial affinity any zone remains possible.
fn near(lb: &LoadBalancer, mut all: Addresses, client: ClientZone<'_>) -> Addresses {
    if lb.client_routing != ClientRouting::OwnZone {
        return all;
    }
    match client {
        ClientZone::Of(zone) => {
            let own = |a: &DnsAnswer| a.zone.as_deref() == Some(zone);
            if all.known.iter().any(own) {
                all.known.retain(own);
            }
        }
        ClientZone::NotKnown => {
            let lack = format!(
                "{}: which zone its resolver takes a client for that asks from elsewhere",
                lb.name
            );
            all.perhaps_one.get_or_insert(lack);
        }
        ClientZone::NoClient => {}
    }
    all
}

/// An endpoint's own name, regional or of a zone: the one the input gives, else one made from its name.
#[must_use]
pub fn endpoint_name(network: &Network, id: Id<VpcEndpoint>, zone: Option<&str>) -> String {
    let endpoint = &network.endpoints[id];
    let given = endpoint.dns_names.first().filter(|_| zone.is_none());
    if let Some(name) = given {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        return name.replacen('*', "bucket", 1);
    }
    let vpc = endpoint
        .vpc
        .id()
        .map_or("", |v| network.vpcs[v].name.as_str());
    let zone = zone.map_or(String::new(), |z| format!("-{z}"));
    format!("vpce-{}{zone}.{vpc}.vpce.amazonaws.com", endpoint.name).to_ascii_lowercase()
}

/// A load balancer's own name, regional or of a zone.
#[must_use]
pub fn balancer_name(network: &Network, id: Id<LoadBalancer>, zone: Option<&str>) -> String {
    let lb = &network.load_balancers[id];
    let vpc = lb.vpc.id().map_or("", |v| network.vpcs[v].name.as_str());
    let own = lb
        .dns_name
        .clone()
        .unwrap_or_else(|| format!("{}.{vpc}.elb.amazonaws.com", lb.name));
    zone.map_or(own.clone(), |z| format!("{z}.{own}"))
        .to_ascii_lowercase()
}

/// The names that an endpoint's private DNS takes in its VPC, and what it is called.
#[derive(Clone, Debug)]
pub(super) struct Private {
    /// `vpc/name`.
    pub(super) key: SmolStr,
    /// `private DNS of endpoint vpc/name`.
    pub(super) text: SmolStr,
    /// Some of them stand for everything below: `*.example.com`.
    pub(super) names: SmallVec<[SmolStr; 2]>,
}

impl Private {
    fn new(network: &Network, endpoint: &VpcEndpoint) -> Option<Self> {
        if !endpoint.private_dns || !matches!(endpoint.kind, EndpointKind::Interface(_)) {
            return None;
        }
        let key = SmolStr::from(scoped(network, &endpoint.vpc, &endpoint.name));
        Some(Self {
            text: format_smolstr!("private DNS of endpoint {key}"),
            key,
            names: private_names(network, endpoint)
                .iter()
                .map(SmolStr::new)
                .collect(),
        })
    }
}

/// Whose own name a name may be, so that asking for one of many looks at few.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnNames {
    /// Of each endpoint, by index, if it has private DNS.
    private: Vec<Option<Private>>,
    /// The endpoints of each VPC that have private DNS.
    private_in: FxHashMap<Id<Vpc>, Vec<Id<VpcEndpoint>>>,
    endpoints: FxHashMap<Box<str>, Id<VpcEndpoint>>,
    /// Endpoints whose names have others below them.
    wide: Vec<Id<VpcEndpoint>>,
    load_balancers: FxHashMap<Box<str>, Id<LoadBalancer>>,
}

impl OwnNames {
    pub(in crate::aws) fn new(network: &Network) -> Self {
        let mut all = Self::default();
        for (id, endpoint) in network.endpoints.iter() {
            let private = Private::new(network, endpoint);
            if let (Some(_), Some(vpc)) = (&private, endpoint.vpc.id()) {
                all.private_in.entry(vpc).or_default().push(id);
            }
            all.private.push(private);
            let EndpointKind::Interface(interfaces) = &endpoint.kind else {
                continue;
            };
            let given = endpoint.dns_names.iter().map(|n| n.trim_end_matches('.'));
            if has_names_below(endpoint) || given.clone().any(|n| n.starts_with("*.")) {
                all.wide.push(id);
            }
            let zones = named_zones(network, endpoint, interfaces).into_iter();
            let made = zones
                .map(Some)
                .chain([None])
                .map(|z| endpoint_name(network, id, z));
            for name in given.map(str::to_owned).chain(made) {
                all.endpoints.entry(name.into()).or_insert(id);
            }
        }
        for (id, lb) in network.load_balancers.iter() {
            let zones = zones(network, &lb.nodes).into_iter().map(Some);
            for zone in zones.chain([None]) {
                let name = balancer_name(network, id, zone).into();
                all.load_balancers.entry(name).or_insert(id);
            }
        }
        all
    }
}

impl OwnNames {
    /// An endpoint's private DNS, if it has some.
    pub(super) fn private(&self, endpoint: Id<VpcEndpoint>) -> Option<&Private> {
        self.private.get(endpoint.index())?.as_ref()
    }

    /// The endpoints of a VPC that have private DNS.
    pub(super) fn private_in(&self, vpc: Id<Vpc>) -> &[Id<VpcEndpoint>] {
        self.private_in.get(&vpc).map_or(&[], Vec::as_slice)
    }
}

/// The names of endpoints and load balancers themselves: public records that lead to their addresses
/// (`/vpc/latest/privatelink/privatelink-access-aws-services.html`).
pub(super) fn own_name(asked: &Query<'_>, name: &str) -> Option<Addresses> {
    let (network, own) = (asked.network, &asked.compiled.own_names);
    let exact = own.endpoints.get(name).copied();
    let mut endpoints: Vec<Id<VpcEndpoint>> = exact.into_iter().chain(own.wide.clone()).collect();
    endpoints.sort_unstable();
    let found = endpoints
        .iter()
        .find_map(|e| own_endpoint(network, *e, name));
    let balancer = || {
        let id = own.load_balancers.get(name)?;
        own_balancer(network, *id, asked.client_zone(), name)
    };
    found.or_else(balancer)
}

fn own_endpoint(network: &Network, id: Id<VpcEndpoint>, name: &str) -> Option<Addresses> {
    let endpoint = &network.endpoints[id];
    let EndpointKind::Interface(interfaces) = &endpoint.kind else {
        return None;
    };
    let below = |own: &str| is(own, name) || (has_names_below(endpoint) && is_below(own, name));
    let given = endpoint
        .dns_names
        .iter()
        .any(|n| below(n.trim_end_matches('.')));
    let zones = named_zones(network, endpoint, interfaces);
    let zone = zones
        .iter()
        .find(|z| below(&endpoint_name(network, id, Some(z))))
        .copied();
    if !given && zone.is_none() && !below(&endpoint_name(network, id, None)) {
        return None;
    }
    let who = scoped(network, &endpoint.vpc, &endpoint.name);
    let by = format_smolstr!("own name of endpoint {who}");
    let key = SmolStr::new_static("public");
    Some(endpoint_answers(network, endpoint, zone, name, &by, &key))
}

fn own_balancer(
    network: &Network,
    id: Id<LoadBalancer>,
    client: ClientZone<'_>,
    name: &str,
) -> Option<Addresses> {
    let lb = &network.load_balancers[id];
    let zones = zones(network, &lb.nodes);
    let zone = zones
        .iter()
        .find(|z| balancer_name(network, id, Some(z)) == name)
        .copied();
    let who = scoped(network, &lb.vpc, &lb.name);
    let by = format_smolstr!("own name of load balancer {who}");
    let key = SmolStr::new_static("public");
    Some(balancer_answers(network, id, zone, client, &by, &key))
}

/// Whether a name is an endpoint's own, which for S3 is written with a wildcard.
fn is(own: &str, name: &str) -> bool {
    own == name
        || own
            .strip_prefix("*.")
            .is_some_and(|own| is_below(own, name))
}

fn is_below(domain: &str, name: &str) -> bool {
    name.strip_suffix(domain)
        .is_some_and(|front| front.ends_with('.'))
}

/// S3's clients call `bucket.`, `accesspoint.` and `control.` in front of an endpoint's own name
/// (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).
fn has_names_below(endpoint: &VpcEndpoint) -> bool {
    matches!(&endpoint.target, EndpointTarget::Aws(_, service) if service.starts_with("s3"))
}

/// The zones that names of an endpoint are made for: none across Regions.
fn named_zones<'n>(
    network: &'n Network,
    endpoint: &VpcEndpoint,
    interfaces: &[Ref<Interface>],
) -> Vec<&'n str> {
    match endpoint.across(network) {
        Some(_) => Vec::new(),
        None => zones(network, interfaces),
    }
}

fn zones<'n>(network: &'n Network, interfaces: &[Ref<Interface>]) -> Vec<&'n str> {
    let ids = interfaces.iter().filter_map(Ref::id);
    ids.filter_map(|i| balance::zone_of(network, i)).collect()
}

/// `vpc/name`.
pub(super) fn scoped(network: &Network, vpc: &Ref<Vpc>, name: &str) -> String {
    vpc.id().map_or_else(
        || name.to_owned(),
        |v| format!("{}/{name}", network.vpcs[v].name),
    )
}
