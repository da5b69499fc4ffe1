//! The program against a second reading of AWS's pages on DNS, on generated networks.
//!
//! Both are asked the same names by the same hosts. Both must come to the same: the addresses and
//! who produced each, or who says that there is no such name, or that no answer comes; of servers
//! that are asked by turns, everything that may come. A disagreement is settled by AWS's page and
//! kept as a case, in `scenarios/differential/`.

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
#[path = "dns_agrees/reached.rs"]
mod reached;
mod readings;

use genes::Genes;
use oracle::Spot;
use oracle_dns::{All, Said, heard};
use reachability::answer::{From, look_up, source};
use reachability::aws::{self, DnsOutcome, Host, is_token};
use reachability::model::Network;
use reached::REACHED;
use readings::{Tally, ask, is_small, network_of};
use std::collections::BTreeSet;
use std::net::Ipv6Addr;

/// Names asked in each network.
const NAMES: usize = 40;

/// Names in all.
const ALL: usize = 20_000;

#[test]
fn a_second_reading_of_dns_agrees() {
    let tally = ask(ALL, ask_a_network);
    tally.judge(ALL, REACHED);
    tally.is_sound(NAMES);
}

#[test]
fn each_part_of_the_second_reading_is_small() {
    is_small("oracle_dns", 260, 1_100);
}

fn ask_a_network(seed: u64, tally: &mut Tally) {
    let case = network::generate(&mut Genes::seeded(seed), NAMES);
    let text = case.scenario.to_string();
    let Some(net) = network_of(seed, &text) else {
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
        let (theirs, met) = heard(&net, (spot, ip), name);
        let theirs: All = theirs
            .into_iter()
            .map(|s| of_families(s, &net, spot))
            .collect();
        let ours_by: BTreeSet<String> = found.deciders().map(str::to_owned).collect();
        tally.asked += 1;
        for said in &theirs {
            tally.saw(format!("said: {}", kind(said)));
        }
        met.what.into_iter().for_each(|what| tally.saw(what));
        let how = if !agree(&ours, &theirs) {
            let only = |a: &All, b: &All| Vec::from_iter((a - b).iter().map(kind));
            format!(
                "the program alone: {:?}; the second reading alone: {:?}",
                only(&ours, &theirs),
                only(&theirs, &ours)
            )
        } else if met.deciders != ours_by {
            "who decides".to_owned()
        } else {
            continue;
        };
        tally.differs(how, || {
            let by = met.deciders;
            format!(
                "seed {seed}: {from} asks for {name}\n    program: {ours:?}, by {ours_by:?}\n    \
                 second reading: {theirs:?}, by {by:?}"
            )
        });
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
                (ip, a.key.to_string())
            });
            Said::Addresses(all.collect())
        }
        DnsOutcome::NxDomain(by) => Said::Nobody(by.replace("the public DNS", "public")),
        DnsOutcome::NoAddress(..) | DnsOutcome::NoAnswer(_) | DnsOutcome::Lost(..) => Said::Silence,
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
