//! The program against a second reading of AWS's pages on policies, on generated documents and
//! requests over every way to a service.
//!
//! Both must come to the same: allowed, refused by which statement, allowed by nobody and whose word
//! is wanting, or unknown. A disagreement is settled by AWS's page and kept as a case, in
//! `scenarios/differential/`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says what it did"
)]

#[path = "networks/genes.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared, and not all of it used")]
mod genes;
#[path = "policies_agree/network.rs"]
#[allow(unreachable_pub, reason = "a module of a test")]
mod network;
mod oracle_policy;
#[path = "policies_agree/reached.rs"]
mod reached;
mod readings;

use genes::Genes;
use network::Request;
use oracle_policy::{Asked, Gate, by_access_point, gate};
use reachability::answer::{Answer, Ask, Verdict, answer, source};
use reachability::aws;
use reachability::model::{self, EndpointKind, Id, Network, Target, VpcEndpoint};
use reached::REACHED;
use readings::{Tally, ask, is_small, network_of};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// Requests of each network.
const REQUESTS: usize = 100;

/// Requests in all.
const ALL: usize = 20_000;

#[test]
fn a_second_reading_of_policies_agrees() {
    let tally = ask(ALL, ask_a_network);
    tally.judge(ALL, REACHED);
    tally.is_sound(REQUESTS);
}

#[test]
fn each_part_of_the_second_reading_is_small() {
    is_small("oracle_policy", 250, 580);
}

fn ask_a_network(seed: u64, tally: &mut Tally) {
    let case = network::generate(&mut Genes::seeded(seed), REQUESTS);
    let text = case.scenario.to_string();
    let Some(net) = network_of(seed, &text) else {
        tally.void += 1;
        return;
    };
    let compiled = aws::compile(&net);
    for request in &case.requests {
        let asker = source(&net, request.from).unwrap();
        let got = answer(&net, &compiled, &Ask::new(asker, &request.to)).unwrap();
        let ours = gate_of(&got);
        let from = asker.addresses(&net)[0];
        let named = |r: &&model::Resource| r.name == request.target;
        let buckets = net.buckets.iter().chain(net.dynamodb_tables.iter());
        let target = buckets.map(|(_, r)| r).find(named).unwrap();
        let vpc = asker.vpc(&net);
        let home = vpc.map_or("111111111111", |v| net.vpcs[v].account.as_str());
        let mut points = net.access_points.iter().map(|(_, p)| p);
        let point = request.point.as_ref().map(|(name, arn)| {
            let point = points.find(|p| p.name == *name).unwrap();
            (point, arn.as_str())
        });
        let asked = |resource, owner, policy| Asked {
            net: &net,
            home,
            from,
            way: way(&net, request, from),
            principal: request.principal,
            action: request.action,
            resource,
            owner,
            policy,
            access_point: point.map(|(p, _)| p),
            met: RefCell::default(),
        };
        let of_bucket = asked(&request.resource, &target.account, target.policy.as_ref());
        let of_point = point.map(|(p, arn)| asked(arn, &p.account, p.policy.as_ref()));
        let theirs = match &of_point {
            Some(of_point) => by_access_point(of_point, &of_bucket),
            None => gate(&of_bucket),
        };
        tally.asked += 1;
        tally.saw(format!("by {}", request.from));
        let met = of_point.map_or_else(BTreeSet::new, |a| a.met.into_inner());
        for what in met.into_iter().chain(of_bucket.met.into_inner()) {
            tally.saw(what);
        }
        tally.saw(match &ours {
            Some(Gate::Denied(owner, _)) => format!("{owner}_POLICY_DENIES"),
            Some(Gate::NotAllowed(owner)) => format!("{owner}_POLICY_LACKS_ALLOW"),
            other => other.as_ref().map_or("unknown", kind).to_owned(),
        });
        if agree(ours.as_ref(), &theirs) {
            continue;
        }
        let how = format!(
            "the program: {:?}; the second reading: {:?}",
            ours.as_ref().map(kind),
            theirs.iter().map(kind).collect::<BTreeSet<_>>()
        );
        tally.differs(how, || {
            let stop = got.obstacles.first();
            format!(
                "seed {seed}: {} to {}\n    program: {ours:?} {stop:?}\n    second reading: {theirs:?}",
                request.from, request.to
            )
        });
    }
}

/// Whether the program says what may come of it: where all of that is refused one of the refusals,
/// and that it does not know where it may be granted or not.
fn agree(ours: Option<&Gate>, theirs: &BTreeSet<Gate>) -> bool {
    let granted = theirs.contains(&Gate::Allowed);
    match ours {
        Some(one) => theirs.contains(one) && (theirs.len() == 1 || !granted),
        None => theirs.len() > 1 && granted,
    }
}

/// How a request gets to its service: by which endpoint, or from which public address.
fn way(net: &Network, request: &Request, from: IpAddr) -> Result<Id<VpcEndpoint>, Ipv4Addr> {
    let named = |name: &str| {
        net.endpoints
            .iter()
            .find(|(_, e)| e.name == name)
            .unwrap()
            .0
    };
    if request.to.starts_with("endpoint://") || ["b/i", "c/j"].contains(&request.from) {
        return Ok(named("s3i"));
    }
    if request.from == "hq/o" {
        return Err("203.0.113.200".parse().unwrap());
    }
    let mut all = net.interfaces.iter().map(|(_, i)| i);
    let own = all.find(|i| i.addresses().any(|ip| ip == from)).unwrap();
    let subnet = &net.subnets[own.subnet.id().unwrap()];
    let service = if request.to.starts_with("dynamodb:") {
        "ddb"
    } else {
        "s3"
    };
    let EndpointKind::Gateway(tables) = &net.endpoints[named(service)].kind else {
        unreachable!("it is a gateway endpoint");
    };
    if tables.iter().any(|t| t.id() == subnet.table.id()) {
        return Ok(named(service));
    }
    let routes = &net.tables[subnet.table.id().unwrap()].routes;
    let by_nat = routes.iter().any(|r| matches!(r.target, Target::Nat(_)));
    let nat = net
        .nat_gateways
        .iter()
        .map(|(_, n)| n.interface.id().unwrap());
    let nat = nat.map(|i| net.interfaces[i].public[0].1).next().unwrap();
    Err(if by_nat { nat } else { own.public[0].1 })
}

/// What the program says; none: it does not know.
fn gate_of(answer: &Answer) -> Option<Gate> {
    match answer.verdict {
        Verdict::Private | Verdict::Internet => return Some(Gate::Allowed),
        Verdict::Denied => {}
        _ => return None,
    }
    let stop = answer.obstacles.first().unwrap();
    let (owner, rest) = stop.code.name().split_once('_').unwrap();
    Some(match rest {
        "POLICY_DENIES" => {
            let (_, label) = stop.by.rsplit_once(' ').unwrap();
            Gate::Denied(owner.to_owned(), label.to_owned())
        }
        _ => Gate::NotAllowed(owner.to_owned()),
    })
}

fn kind(gate: &Gate) -> &'static str {
    match gate {
        Gate::Allowed => "allowed",
        Gate::Denied(..) => "denied",
        Gate::NotAllowed(_) => "not allowed",
    }
}
