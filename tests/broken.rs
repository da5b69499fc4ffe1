//! Networks that worked, broken in one place: what `fix` shows makes the flow deliver again, and breaks
//! nothing that held before and after the break.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

mod networks;

use networks::{Flow, Genes, Sender, ease, generate};
use reachability::analysis::cost::Prices;
use reachability::analysis::fix::{Bounds, Case, Goal, Mended, Promise, Wanted, fix};
use reachability::answer::{Answer, Ask, Asker, Checks, From, Verdict};
use reachability::aws::compile;
use reachability::edit::Edit;
use reachability::model::*;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// So many broken networks are mended; `BROKEN_NETWORKS=1000` says how many instead.
const ENOUGH: usize = 120;
/// Flows of each network, of which one is broken, and the others must hold.
const FLOWS: usize = 40;
/// Seeds that are tried at most.
const SEEDS: u64 = 20_000;

/// How a network may be broken.
const BREAKS: &[&str] = &[
    "no egress rule",
    "no ingress rule",
    "ACL out denies",
    "ACL in denies",
    "reply denied",
    "route removed",
    "reply route removed",
    "blackhole",
    "endpoint off the table",
    "connection pending",
    "account not permitted",
    "listener removed",
];

fn ask(flow: &Flow) -> Option<Ask> {
    let Sender::Interface(id) = flow.sender else {
        return None;
    };
    let ports = flow.protocol == 6 || flow.protocol == 17;
    let to = match flow.protocol {
        6 => format!("tcp://{}:{}", flow.to, flow.port),
        17 => format!("udp://{}:{}", flow.to, flow.port),
        _ => flow.to.to_string(),
    };
    Some(Ask {
        from: From::Interface(id),
        to,
        protocol: Some(flow.protocol),
        port: ports.then_some(flow.port),
        client_ports: None,
    })
}

/// Breaks a draft for a flow that delivers in its network.
fn broken(how: &str, draft: &mut Draft, network: &Network, flow: &Flow, answer: &Answer) {
    let Sender::Interface(from) = flow.sender else {
        return;
    };
    let compiled = compile(network);
    let receiver = answer.alternatives.first().and_then(|a| a.receiver());
    let to = receiver.and_then(|node| compiled.interface_of(node));
    let deny = AclRule {
        number: 50,
        allow: false,
        service: Service::ANY,
        peer: "0.0.0.0/0".parse().unwrap(),
        origin: Origin::Unknown,
    };
    let subnet = |id: Id<Interface>| network.interfaces[id].subnet.id();
    let acl = |id: Id<Interface>| subnet(id).and_then(|s| network.subnets[s].acl.id());
    let table = |id: Id<Interface>| subnet(id).and_then(|s| network.subnets[s].table.id());
    let groups = |id: Id<Interface>| -> Vec<Id<SecurityGroup>> {
        let all = network.interfaces[id].groups.iter();
        all.filter_map(Ref::id).collect()
    };
    let holds = |route: &Route, ip: std::net::IpAddr| match &route.destination {
        Destination::Cidr(net) => route.target != Target::Local && net.contains(&ip),
        Destination::List(_) | Destination::AwsList(..) => route.target != Target::Local,
    };
    let own = network.interfaces[from].addresses().next();
    match how {
        "no egress rule" => {
            for group in groups(from) {
                draft.groups.get_mut(group).unwrap().egress.clear();
            }
        }
        "no ingress rule" => {
            for group in to.map(groups).unwrap_or_default() {
                draft.groups.get_mut(group).unwrap().ingress.clear();
            }
        }
        "ACL out denies" | "reply denied" => {
            let Some(acl) = acl(from) else { return };
            let acl = draft.acls.get_mut(acl).unwrap();
            let rules = match how {
                "reply denied" => &mut acl.ingress,
                _ => &mut acl.egress,
            };
            rules.retain(|r| r.number > 50);
            rules.insert(0, deny);
        }
        "ACL in denies" => {
            let Some(acl) = to.and_then(acl) else { return };
            let acl = draft.acls.get_mut(acl).unwrap();
            acl.ingress.retain(|r| r.number > 50);
            acl.ingress.insert(0, deny);
        }
        "route removed" | "blackhole" => {
            let Some(table) = table(from) else { return };
            let routes = &mut draft.tables.get_mut(table).unwrap().routes;
            match how {
                "blackhole" => {
                    for route in routes.iter_mut().filter(|r| holds(r, flow.to)) {
                        route.active = false;
                    }
                }
                _ => routes.retain(|r| !holds(r, flow.to)),
            }
        }
        "reply route removed" => {
            let (Some(table), Some(own)) = (to.and_then(table), own) else {
                return;
            };
            let routes = &mut draft.tables.get_mut(table).unwrap().routes;
            routes.retain(|r| !holds(r, own));
        }
        "endpoint off the table" => {
            for id in (0..draft.endpoints.len()).map(Id::new) {
                let endpoint = draft.endpoints.get_mut(id).unwrap();
                if let EndpointKind::Gateway(tables) = &mut endpoint.kind {
                    tables.clear();
                }
            }
        }
        "connection pending" | "account not permitted" => {
            for id in (0..draft.endpoints.len()).map(Id::new) {
                draft.endpoints.get_mut(id).unwrap().state = None;
            }
            for id in (0..draft.services.len()).map(Id::new) {
                let service = draft.services.get_mut(id).unwrap();
                service.connections.clear();
                match how {
                    "connection pending" => {
                        service.allowed_principals = vec!["*".to_owned()];
                        service.acceptance_required = true;
                    }
                    _ => service.allowed_principals.clear(),
                }
            }
        }
        "listener removed" => {
            for id in (0..draft.load_balancers.len()).map(Id::new) {
                let balancer = draft.load_balancers.get_mut(id).unwrap();
                balancer.listeners.truncate(1);
                for listener in &mut balancer.listeners {
                    listener.port = 9;
                }
            }
        }
        _ => {}
    }
}

fn delivered(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Private | Verdict::Internet)
}

/// Mends one broken network; none if the seed makes none.
fn mended(seed: u64) -> Option<(&'static str, bool)> {
    let mut genes = Genes::seeded(seed);
    let how = BREAKS[genes.below(BREAKS.len())];
    let mut case = generate(&mut genes, FLOWS);
    ease(&mut case.draft);
    let network = build(case.draft.clone()).network?;
    let compiled = compile(&network);
    let mut asker = Asker::new(&network, &compiled);
    let asked: Vec<(Ask, Flow, Answer)> = case
        .flows
        .iter()
        .filter_map(|flow| {
            let ask = ask(flow)?;
            let answer = asker.answer(&ask).ok()?;
            Some((ask, flow.clone(), answer))
        })
        .collect();
    let working = asked.iter().filter(|(.., a)| delivered(a.verdict));
    for (ask, flow, was) in working {
        let mut draft = case.draft.clone();
        broken(how, &mut draft, &network, flow, was);
        let Some(broken) = build(draft.clone()).network else {
            continue;
        };
        let compiled = compile(&broken);
        let mut asker = Asker::new(&broken, &compiled);
        let now = asker.answer(ask).unwrap();
        if delivered(now.verdict) || now.verdict == Verdict::Unknown {
            continue;
        }
        // What was so before the break, and is so after it.
        let same = |(ask, _, was): &(Ask, Flow, Answer)| {
            let now = asker.answer(ask).ok()?;
            (now.verdict == was.verdict).then(|| Promise {
                name: ask.to.clone(),
                ask: ask.clone(),
                checks: Checks {
                    verdict: Some(now.verdict.name().to_owned()),
                    ..Checks::default()
                },
            })
        };
        let promises: Vec<Promise> = asked.iter().filter_map(same).collect();
        let wanted = Wanted {
            goal: match was.verdict {
                Verdict::Private => Goal::Private,
                _ => Goal::Internet,
            },
            via: Vec::new(),
        };
        let mending = Case {
            draft: &draft,
            network: &broken,
            ask,
            wanted: &wanted,
            promises: &promises,
            properties: &[],
            prices: &Prices::default(),
        };
        let bounds = Bounds {
            edits: 4,
            runs: 60,
            fixes: 1,
        };
        let Mended::Found { fixes, .. } = fix(mending, bounds).unwrap() else {
            return Some((how, false));
        };
        again(
            seed,
            draft,
            broken,
            &fixes[0].edits,
            (ask, &wanted),
            &promises,
        );
        return Some((how, true));
    }
    None
}

/// Made once more, one edit after the other, the edits reach what is wanted and break nothing.
fn again(
    seed: u64,
    mut draft: Draft,
    mut network: Network,
    edits: &[Edit],
    (asked, wanted): (&Ask, &Wanted),
    promises: &[Promise],
) {
    for edit in edits {
        edit.apply(&network, &mut draft);
    }
    network = build(draft).network.unwrap();
    let compiled = compile(&network);
    let mut asker = Asker::new(&network, &compiled);
    let answer = asker.answer(asked).unwrap();
    let words: Vec<String> = edits.iter().map(|e| e.words(&network)).collect();
    assert!(
        wanted.met(&network, &compiled, &answer),
        "seed {seed}: {words:?} leave it {:?}",
        answer.verdict
    );
    for promise in promises.iter().filter(|p| p.ask != *asked) {
        let now = asker.answer(&promise.ask).unwrap().verdict.name();
        let was = promise.checks.verdict.as_deref().unwrap();
        assert_eq!(now, was, "seed {seed}: {words:?} change {}", promise.name);
    }
    for edit in edits {
        let open = match edit {
            Edit::AddGroupRule(rule) => match &rule.peer {
                Peer::Cidr(net) => net.prefix_len() == 0,
                _ => false,
            },
            Edit::AddAclEntry(entry) => entry.peer.prefix_len() == 0,
            _ => false,
        };
        assert!(!open, "seed {seed}: {words:?}");
    }
}

#[test]
fn what_is_shown_mends_and_breaks_nothing() {
    let wanted = std::env::var("BROKEN_NETWORKS").ok();
    let enough = wanted.and_then(|n| n.parse().ok()).unwrap_or(ENOUGH);
    let (next, done) = (AtomicU64::new(0), AtomicUsize::new(0));
    let counts = Mutex::new(BTreeMap::<&str, [usize; 2]>::new());
    let work = || {
        while done.load(Ordering::Relaxed) < enough {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEEDS {
                break;
            }
            if let Some((how, fixed)) = mended(seed) {
                done.fetch_add(1, Ordering::Relaxed);
                counts.lock().unwrap().entry(how).or_default()[usize::from(!fixed)] += 1;
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
    let counts = counts.into_inner().unwrap();
    let fixed: usize = counts.values().map(|n| n[0]).sum();
    let all: usize = counts.values().map(|n| n[0] + n[1]).sum();
    for (how, [fixed, not]) in &counts {
        eprintln!("{how:25} {fixed:4} mended, {not:4} not");
    }
    eprintln!("{fixed} of {all}, of {} seeds", next.into_inner());
    assert!(all >= enough, "{all} broken networks");
    assert_eq!(
        counts.len(),
        BREAKS.len(),
        "each way of breaking: {counts:?}"
    );
}
