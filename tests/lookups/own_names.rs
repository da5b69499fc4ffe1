//! The name of an endpoint or a load balancer itself is answered by whoever it is found to belong to
//! by looking at each in turn: endpoints first, of several with one name the first.

use super::components::drafts;
use reachability::aws::{
    Carried, Carrier, DnsOutcome, Sender, Viewer, balancer_name, compile, endpoint_name,
};
use reachability::model::*;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// No query of the public DNS travels.
struct Nobody;

impl Carrier for Nobody {
    fn carry(&self, _: Sender, _: IpAddr) -> Carried {
        Carried::default()
    }
}

fn zones<'n>(network: &'n Network, interfaces: &[Ref<Interface>]) -> Vec<&'n str> {
    let subnet = |i| network.interfaces[i].subnet.id();
    let subnets = interfaces.iter().filter_map(Ref::id).filter_map(subnet);
    subnets.map(|s| network.subnets[s].zone.as_str()).collect()
}

fn called(network: &Network, vpc: &Ref<Vpc>, name: &str) -> String {
    match vpc.id() {
        Some(vpc) => format!("{}/{name}", network.vpcs[vpc].name),
        None => name.to_owned(),
    }
}

/// A name, and the zone that it is for.
type Named<'n> = (String, Option<&'n str>);

/// An endpoint's own names; and whether everything below them is its own too.
fn names(network: &Network, id: Id<VpcEndpoint>) -> Option<(Vec<Named<'_>>, bool)> {
    let endpoint = &network.endpoints[id];
    let EndpointKind::Interface(interfaces) = &endpoint.kind else {
        return None;
    };
    let mut names = Vec::new();
    if endpoint.across(network).is_none() {
        for zone in zones(network, interfaces) {
            names.push((endpoint_name(network, id, Some(zone)), Some(zone)));
        }
    }
    names.push((endpoint_name(network, id, None), None));
    let given = endpoint.dns_names.iter().map(|n| n.trim_end_matches('.'));
    names.extend(given.map(|n| (n.to_owned(), None)));
    let s3 = matches!(&endpoint.target, EndpointTarget::Aws(_, s) if s.starts_with("s3"));
    Some((names, s3))
}

fn is(own: &str, name: &str, below: bool) -> bool {
    match own.strip_prefix("*.") {
        Some(own) => name.ends_with(&format!(".{own}")),
        None => own == name || (below && name.ends_with(&format!(".{own}"))),
    }
}

/// The second reading: who answers, and for which zone.
fn scan<'n>(network: &'n Network, name: &str) -> Option<Named<'n>> {
    for (id, endpoint) in network.endpoints.iter() {
        let own = names(network, id).and_then(|(names, below)| {
            let mut own = names.into_iter();
            own.find(|(own, _)| is(own, name, below))
        });
        if let Some((_, zone)) = own {
            let who = called(network, &endpoint.vpc, &endpoint.name);
            return Some((format!("own name of endpoint {who}"), zone));
        }
    }
    for (id, lb) in network.load_balancers.iter() {
        let mut zones = zones(network, &lb.nodes).into_iter().map(Some);
        let zone = zones.find(|z| balancer_name(network, id, *z) == name);
        if zone.is_some() || balancer_name(network, id, None) == name {
            let who = called(network, &lb.vpc, &lb.name);
            return Some((format!("own name of load balancer {who}"), zone.flatten()));
        }
    }
    None
}

/// Names as an import gives them, few enough that several have the same.
fn given(mut draft: Draft, kind: usize) -> Draft {
    let own = |n: usize| format!("vpce-{}.s3.us-east-1.vpce.amazonaws.com", n % 2);
    for at in 0..draft.endpoints.len() {
        let names = match (at + kind) % 4 {
            0 => vec![format!("*.{}", own(at))],
            1 => vec![format!("{}.", own(at))],
            2 => vec![own(at), format!("dualstack.{}", own(at))],
            _ => Vec::new(),
        };
        if let Some(endpoint) = draft.endpoints.get_mut(Id::new(at)) {
            endpoint.dns_names = names;
        }
    }
    for at in 0..draft.load_balancers.len() {
        let name = match (at + kind) % 3 {
            0 => own(at),
            _ => format!("lb-{}.elb.us-east-1.amazonaws.com", at % 2),
        };
        if let Some(lb) = draft.load_balancers.get_mut(Id::new(at)) {
            lb.dns_name = Some(name).filter(|_| kind > 0);
        }
    }
    draft
}

/// Every name that anybody has, and some below and beside them.
fn asked(network: &Network) -> BTreeSet<String> {
    let endpoints = network.endpoints.iter();
    let own = endpoints.filter_map(|(id, _)| Some(names(network, id)?.0));
    let mut all: BTreeSet<String> = own.flatten().map(|(name, _)| name).collect();
    for (id, lb) in network.load_balancers.iter() {
        let zones = zones(network, &lb.nodes).into_iter().map(Some);
        all.extend(zones.chain([None]).map(|z| balancer_name(network, id, z)));
    }
    let plain = all.iter().map(|n| n.trim_start_matches("*.").to_owned());
    let plain: Vec<String> = plain.collect();
    let below = plain.iter().map(|n| format!("bucket.{n}"));
    let beside = plain.iter().map(|n| format!("x{n}"));
    below.chain(beside).chain(plain.iter().cloned()).collect()
}

#[test]
fn an_own_name_is_found_as_by_looking_at_each() {
    let (mut found, mut zonal, mut balancers, mut not) = (0, 0, 0, 0);
    let mut last = Draft::default();
    for (number, draft) in drafts().into_iter().enumerate() {
        // Cases of a file that differ elsewhere have the same names.
        let same = draft.endpoints == last.endpoints
            && draft.load_balancers == last.load_balancers
            && draft.services == last.services
            && draft.vpcs == last.vpcs;
        if same {
            continue;
        }
        last.clone_from(&draft);
        let drafts = [draft.clone(), given(draft, number % 12)];
        for network in drafts.into_iter().filter_map(|d| build(d).network) {
            let compiled = compile(&network);
            for name in asked(&network) {
                let resolution = compiled.resolve(&network, Viewer::Internet, &name, &Nobody);
                let DnsOutcome::Answered(answers) = resolution.outcome else {
                    continue;
                };
                let own = answers.into_iter().filter(|a| a.by.starts_with("own name"));
                let own: Vec<_> = own.collect();
                match (scan(&network, &name), own.is_empty()) {
                    (None, empty) => {
                        assert!(empty, "{name}: {own:#?}");
                        not += 1;
                    }
                    (Some(_), true) => {}
                    (Some((by, zone)), false) => {
                        for answer in &own {
                            assert_eq!(answer.by, by, "{name}");
                            assert!(zone.is_none() || answer.zone.as_deref() == zone, "{name}");
                        }
                        found += 1;
                        zonal += usize::from(zone.is_some());
                        balancers += usize::from(by.contains("balancer"));
                    }
                }
            }
        }
    }
    println!(
        "{found} names answered, {zonal} of a zone, {balancers} by balancers; {not} are nobody's"
    );
    assert!(found > 1_000 && zonal > 100 && balancers > 100);
}
