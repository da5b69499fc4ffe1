//! The program against a second reading of AWS's pages on DNS, on generated networks.
//!
//! Both are asked the same names by the same hosts. Both must come to the same: the addresses and
//! who produced each, or who says that there is no such name, or that no answer comes; of servers
//! that are asked by turns, everything that may come. A disagreement is settled by AWS's page and
//! kept as a case, in `scenarios/differential/`.
//!
//! `ORACLE_NAMES` and `ORACLE_FIRST_SEED` look further than the test does.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says what it did"
)]

#[path = "networks/genes.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared, and not all of it used")]
mod genes;
#[path = "dns_agrees/network.rs"]
#[allow(unreachable_pub, reason = "a module of a test")]
mod network;
#[allow(dead_code, unused_imports, reason = "shared, and not all of it used")]
mod oracle;
mod oracle_dns;

use genes::Genes;
use oracle::Spot;
use oracle_dns::{All, Said, heard};
use reachability::answer::{From, look_up, source};
use reachability::aws::{self, DnsOutcome, Host, is_token};
use reachability::model::{self, Network};
use reachability::scenario;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv6Addr;

/// Names asked in each network.
const NAMES: usize = 60;

/// Names in all.
const ALL: usize = 20_000;

/// Networks are shared out between so many threads.
const THREADS: usize = 2;

#[derive(Default)]
struct Tally {
    asked: usize,
    void: usize,
    seen: BTreeMap<String, usize>,
    /// Disagreements: how often, and the first example.
    differ: BTreeMap<String, (usize, String)>,
}

#[test]
fn a_second_reading_of_dns_agrees() {
    let setting = |name, or| std::env::var(name).map_or(or, |n| n.parse().unwrap());
    let first: usize = setting("ORACLE_FIRST_SEED", 0);
    let share = setting("ORACLE_NAMES", ALL).div_ceil(THREADS);
    let tallies = std::thread::scope(|scope| {
        let ask = |thread| {
            move || {
                let mut tally = Tally::default();
                for seed in (first + thread..first + 4_000).step_by(THREADS) {
                    if tally.asked >= share {
                        return tally;
                    }
                    ask_a_network(seed as u64, &mut tally);
                }
                tally
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|t| scope.spawn(ask(t))).collect();
        let tallies = threads.into_iter().map(|t| t.join().unwrap());
        tallies.collect::<Vec<_>>()
    });
    let mut all = Tally::default();
    for tally in tallies {
        all.asked += tally.asked;
        all.void += tally.void;
        for (what, n) in tally.seen {
            *all.seen.entry(what).or_default() += n;
        }
        for (what, (n, example)) in tally.differ {
            all.differ.entry(what).or_insert((0, example)).0 += n;
        }
    }
    eprintln!("{} names, {} networks are void", all.asked, all.void);
    for (what, n) in &all.seen {
        eprintln!("{n:7} {what}");
    }
    for (what, (n, example)) in &all.differ {
        eprintln!("{n} × {what}\n    {example}");
    }
    assert!(
        all.differ.is_empty(),
        "the two readings disagree, see above"
    );
    assert!(all.asked >= ALL, "{} names are too few", all.asked);
}

fn ask_a_network(seed: u64, tally: &mut Tally) {
    let case = network::generate(&mut Genes::seeded(seed), NAMES);
    let text = case.scenario.to_string();
    if std::env::var("ORACLE_DUMP").is_ok_and(|d| d == seed.to_string()) {
        std::fs::write(
            "/tmp/dump.yaml",
            serde_json::to_string_pretty(&case.scenario).unwrap(),
        )
        .unwrap();
    }
    let loaded = scenario::load("names.yaml", &text, &|_| Err(String::new()));
    let Some(scenario) = loaded.scenario else {
        if std::env::var("ORACLE_VOID").is_ok() {
            eprintln!(
                "seed {seed}: {:?}",
                loaded
                    .diagnostics
                    .iter()
                    .map(|d| &d.message)
                    .collect::<Vec<_>>()
            );
        }
        tally.void += 1;
        return;
    };
    let draft = scenario.cases.into_iter().next().unwrap().draft;
    let built = model::build(draft);
    let Some(net) = built.network else {
        if std::env::var("ORACLE_VOID").is_ok() {
            eprintln!(
                "seed {seed}: {:?}",
                built
                    .diagnostics
                    .iter()
                    .map(|d| &d.message)
                    .collect::<Vec<_>>()
            );
        }
        tally.void += 1;
        return;
    };
    let compiled = aws::compile(&net);
    for (from, name) in &case.questions {
        let asker = source(&net, from).unwrap();
        let (spot, ip) = spot(&net, asker);
        let found = look_up(&net, &compiled, asker, name).resolution;
        let outcomes = std::iter::once(&found.outcome).chain(&found.choices);
        let ours: All = outcomes.map(said).collect();
        let deciders = RefCell::default();
        let theirs = heard(&net, (spot, ip), name, &deciders);
        let theirs = theirs
            .into_iter()
            .map(|s| of_families(s, &net, spot))
            .collect();
        let deciders = deciders.into_inner();
        let ours_by: BTreeSet<String> = found.deciders().map(str::to_owned).collect();
        tally.asked += 1;
        for said in &theirs {
            *tally.seen.entry(kind(said).to_owned()).or_default() += 1;
        }
        let said = agree(&ours, &theirs);
        if !said || deciders != ours_by {
            let only = |a: &BTreeSet<Said>, b: &BTreeSet<Said>| a - b;
            let key = if said {
                "the deciders".to_owned()
            } else {
                format!(
                    "the program alone: {:?}; the second reading alone: {:?}",
                    only(&ours, &theirs).iter().map(kind).collect::<Vec<_>>(),
                    only(&theirs, &ours).iter().map(kind).collect::<Vec<_>>()
                )
            };
            let example = format!(
                "seed {seed}: {from} asks for {name}\n    program: {ours:?} {ours_by:?}\n    second reading: {theirs:?} {deciders:?}"
            );
            tally.differ.entry(key).or_insert((0, example)).0 += 1;
        }
    }
}

/// Whether both heard the same. Of servers that say the same one is named, and of several that fail
/// one failure.
fn agree(ours: &All, theirs: &All) -> bool {
    let fails = |s: &&Said| matches!(s, Said::Silence | Said::Refusal | Said::Circle);
    if theirs.iter().all(|s| fails(&s)) {
        return !ours.is_empty() && ours.is_subset(theirs);
    }
    let bare = |all: &All| -> BTreeSet<_> {
        let each = all.iter().map(|s| match s {
            Said::Addresses(all) => {
                format!("{:?}", all.iter().map(|(ip, _)| ip).collect::<Vec<_>>())
            }
            other => format!("{other:?}"),
        });
        each.collect()
    };
    bare(ours) == bare(theirs) && ours.is_subset(theirs)
}

/// Addresses of families that the asker lacks are nothing to it.
fn of_families(said: Said, net: &Network, from: Spot) -> Said {
    let Said::Addresses(mut all) = said else {
        return said;
    };
    let six = matches!(from, Spot::Eni(id) if !net.interfaces[id].ipv6.is_empty());
    all.retain(|(ip, _)| six || ip.is_none_or(|ip| ip.is_ipv4()));
    match all.is_empty() {
        true => Said::Silence,
        false => Said::Addresses(all),
    }
}

fn spot(net: &Network, from: From) -> (Spot, std::net::IpAddr) {
    match from {
        From::Interface(id) => (Spot::Eni(id), net.interfaces[id].ips[0].into()),
        From::Host(Host::Site(site), ip) => (Spot::Site(site), ip),
        _ => (Spot::World, Ipv6Addr::LOCALHOST.into()),
    }
}

fn said(outcome: &DnsOutcome) -> Said {
    match outcome {
        DnsOutcome::Answered(all) => {
            let all = all.iter().map(|a| {
                let ip = (!is_token(a.address)).then(|| a.address.ip());
                (ip, a.key.clone())
            });
            Said::Addresses(all.collect())
        }
        DnsOutcome::NxDomain(by) => Said::Nobody(by.replace("the public DNS", "public")),
        DnsOutcome::NoAnswer(_) | DnsOutcome::Lost(..) => Said::Silence,
        DnsOutcome::Refused(_) => Said::Refusal,
        DnsOutcome::Circle(_) => Said::Circle,
        DnsOutcome::Unknown(_) => Said::Unknown,
    }
}

fn kind(said: &Said) -> &'static str {
    match said {
        Said::Addresses(_) => "addresses",
        Said::Nobody(_) => "no such name",
        Said::Silence => "no answer",
        Said::Refusal => "refused",
        Said::Circle => "a circle",
        Said::Unknown => "unknown",
    }
}
