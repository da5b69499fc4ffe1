//! A component is found by its words as by looking at each in turn.

use reachability::model::{Arena, Components, Draft, Id, Network, World, build, component};
use reachability::scenario;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

/// Every network of the bundled scenarios.
pub(super) fn drafts() -> Vec<Draft> {
    let mut paths = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    files(&root, &mut paths);
    let mut all = Vec::new();
    for path in paths {
        let read = |name: &str| {
            let beside = path.parent().unwrap().join(name);
            std::fs::read_to_string(beside).map_err(|e| e.to_string())
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let loaded = scenario::load("a", &text, &read);
        let cases = loaded.scenario.map(|s| s.cases).unwrap_or_default();
        all.extend(cases.into_iter().map(|c| c.draft));
    }
    all
}

/// Gives everything of a kind an id.
fn number<T>(all: &mut Arena<T>, kind: &str, id: impl Fn(&mut T) -> &mut Option<String>) {
    for at in 0..all.len() {
        if let Some(one) = all.get_mut(Id::new(at)) {
            *id(one) = Some(format!("{kind}-{at}"));
        }
    }
}

/// As an import has it: ids, and names that need no scope.
fn imported(mut draft: Draft) -> Draft {
    draft.world = World::Open;
    number(&mut draft.vpcs, "vpc", |v| &mut v.id);
    number(&mut draft.instances, "i", |i| &mut i.id);
    number(&mut draft.interfaces, "eni", |i| &mut i.id);
    number(&mut draft.endpoints, "vpce", |e| &mut e.id);
    draft
}

/// Names and ids of everything, alone and in every scope.
fn words(network: &Network) -> BTreeSet<String> {
    let mut own: BTreeSet<String> = BTreeSet::from(["".into(), "nobody".into(), "a/b".into()]);
    let mut add = |name: &str, id: &Option<String>| {
        own.insert(name.to_owned());
        own.extend(id.clone());
    };
    network
        .instances
        .iter()
        .for_each(|(_, n)| add(&n.name, &n.id));
    network
        .interfaces
        .iter()
        .for_each(|(_, n)| add(&n.name, &n.id));
    network
        .endpoints
        .iter()
        .for_each(|(_, n)| add(&n.name, &n.id));
    network
        .load_balancers
        .iter()
        .for_each(|(_, n)| add(&n.name, &n.id));
    network
        .resolver_endpoints
        .iter()
        .for_each(|(_, n)| add(&n.name, &None));
    network
        .nat_gateways
        .iter()
        .for_each(|(_, n)| add(&n.name, &None));
    network
        .client_vpns
        .iter()
        .for_each(|(_, n)| add(&n.name, &None));
    network
        .internet_hosts
        .iter()
        .for_each(|(_, n)| add(&n.name, &None));
    for (_, site) in network.sites.iter() {
        site.hosts.iter().for_each(|(name, _)| add(name, &None));
    }
    let mut scopes: BTreeSet<String> = BTreeSet::from(["".into(), "nowhere".into()]);
    for (_, vpc) in network.vpcs.iter() {
        scopes.insert(vpc.name.clone());
        scopes.extend(vpc.id.clone());
    }
    scopes.extend(network.sites.iter().map(|(_, s)| s.name.clone()));
    let scoped = scopes
        .iter()
        .flat_map(|s| own.iter().map(move |o| format!("{s}/{o}")));
    let mut all: BTreeSet<String> = scoped.collect();
    all.extend(own);
    all
}

/// Whether two networks have the same nouns, as neighbouring cases of a file often do: what their
/// words name is then the same.
fn same_nouns(a: &Network, b: &Network) -> bool {
    a.world == b.world
        && a.vpcs == b.vpcs
        && a.subnets == b.subnets
        && a.instances == b.instances
        && a.interfaces == b.interfaces
        && a.endpoints == b.endpoints
        && a.load_balancers == b.load_balancers
        && a.resolver_endpoints == b.resolver_endpoints
        && a.nat_gateways == b.nat_gateways
        && a.client_vpns == b.client_vpns
        && a.sites == b.sites
        && a.internet_hosts == b.internet_hosts
}

#[test]
fn a_component_is_found_as_by_looking_at_each() {
    let (mut found, mut not) = (0, 0);
    let mut last = None;
    let drafts = drafts();
    let opened: Vec<Draft> = drafts.iter().cloned().map(imported).collect();
    for draft in drafts.into_iter().chain(opened) {
        let Some(network) = build(draft).network else {
            continue;
        };
        if last.as_ref().is_some_and(|last| same_nouns(last, &network)) {
            continue;
        }
        let components = Components::new(&network);
        for text in words(&network) {
            let scan = component(&network, &text);
            assert_eq!(components.find(&network, &text), scan, "{text}");
            match scan {
                Some(_) => found += 1,
                None => not += 1,
            }
        }
        last = Some(network);
    }
    println!("{found} texts name a component, {not} name none");
    assert!(found > 1_000 && not > 1_000);
}
