//! All pairs at one port as a Datalog program, run by Ascent.
//!
//! Who is let in by a set of groups, and let out by one, is derived by address; the way between
//! subnets once for all their interfaces, since no ACL and no route of the estates tells two addresses
//! of a subnet apart. Facts are read before the clock starts.

use crate::measured::{Measured, time};
use crate::questions::CLIENT;
use crate::row::Given;
use ascent::ascent;
use serde::Deserialize;
use std::fs::File;
use std::io::BufReader;
use std::rc::Rc;

/// Rules in and out.
type Ways<T> = [Vec<T>; 2];
type Rule = (u16, u16, u32, u32, i64);
type Entry = (u8, u16, u16, u32, u32);
type Route = (u32, u32, u8, u32);

/// As `facts` writes them.
#[derive(Deserialize)]
struct Facts {
    interfaces: Vec<(u32, u32, u32)>,
    sets: Vec<Vec<u32>>,
    subnets: Vec<(u32, u32, u32)>,
    vpcs: Vec<u32>,
    groups: Vec<Ways<Rule>>,
    acls: Vec<Ways<Entry>>,
    tables: Vec<Vec<Route>>,
    transit: Vec<Vec<Route>>,
}

const IN: usize = 0;
const OUT: usize = 1;
const LOCAL: u32 = 0;
const TRANSIT: u32 = 1;

/// Interfaces by address, for rules about blocks.
type Sorted = Rc<Vec<(u32, u32)>>;

fn between(sorted: &Sorted, first: u32, last: u32) -> impl Iterator<Item = u32> + use<> {
    let from = sorted.partition_point(|(ip, _)| *ip < first);
    let to = sorted.partition_point(|(ip, _)| *ip <= last);
    let sorted = sorted.clone();
    (from..to).map(move |at| sorted[at].1)
}

ascent! {
    struct Program;
    relation interface(u32, u32, u32);
    relation by_address(Sorted);
    relation in_set(u32, u32);
    relation block(usize, u32, u32, u32);
    relation named(usize, u32, u32);
    relation has_set(u32, u32);
    relation subnet(u32, u32, u32, u32, u32);
    relation vpc(u32, u32);
    relation entry(u32, usize, u32, u16, u16, u32, u32, bool);
    relation asked(u16);
    relation route(u32, u32, u32, u8, u32);
    relation transit(u32, u32, u32, u8, u32);

    // Which interfaces the groups of a set let in, or let out to.
    relation lets(usize, u32, u32);
    lets(way, set, who) <-- in_set(set, group), block(way, group, first, last), by_address(all),
        for who in between(all, *first, *last);
    lets(way, set, who) <-- in_set(set, group), named(way, group, other),
        in_set(theirs, other), has_set(theirs, who);

    // What the first entry of an ACL that matches says about a subnet on the other side.
    relation hit(u32, usize, u32, u16, u32, bool);
    hit(acl, way, other, port, number, allow) <--
        entry(acl, way, number, low, high, first, last, allow),
        asked(port), if low <= port && port <= high,
        subnet(other, ip, _, _, _), if first <= ip && ip <= last;
    relation met(u32, usize, u32, u16);
    met(acl, way, other, port) <-- hit(acl, way, other, port, _, _);
    relation passes(u32, usize, u32, u16);
    passes(acl, way, other, port) <-- met(acl, way, other, port),
        agg first = ascent::aggregators::min(number) in hit(acl, way, other, port, number, _),
        hit(acl, way, other, port, first, allow), if *allow;

    // Where the longest route leads.
    relation fits(u32, u32, u8, u32);
    fits(table, to, length, target) <-- route(table, first, last, length, target),
        subnet(to, ip, _, _, _), if first <= ip && ip <= last;
    relation routed(u32, u32);
    routed(table, to) <-- fits(table, to, _, _);
    relation best(u32, u32, u32);
    best(table, to, target) <-- routed(table, to),
        agg length = ascent::aggregators::max(n) in fits(table, to, n, _),
        fits(table, to, length, target);
    relation over(u32, u32, u8, u32);
    over(table, to, length, lands) <-- transit(table, first, last, length, lands),
        subnet(to, ip, _, _, _), if first <= ip && ip <= last;
    relation carried(u32, u32);
    carried(table, to) <-- over(table, to, _, _);
    relation lands(u32, u32, u32);
    lands(table, to, vpc) <-- carried(table, to),
        agg length = ascent::aggregators::max(n) in over(table, to, n, _),
        over(table, to, length, vpc);
    relation leads(u32, u32);
    leads(a, b) <-- subnet(a, _, own, table, _), best(table, b, &LOCAL), subnet(b, _, own, _, _);
    leads(a, b) <-- subnet(a, _, own, table, _), best(table, b, &TRANSIT), vpc(own, over),
        lands(over, b, there), subnet(b, _, there, _, _);

    // Ways between subnets, out and back.
    relation way(u32, u32);
    way(a, a) <-- subnet(a, _, _, _, _);
    way(a, b) <-- leads(a, b), if a != b, leads(b, a),
        subnet(a, _, _, _, here), subnet(b, _, _, _, there), asked(port), if *port != CLIENT,
        passes(here, &OUT, b, port), passes(there, &IN, a, port),
        passes(there, &OUT, a, &CLIENT), passes(here, &IN, b, &CLIENT);

    relation of(u32, u32, u32);
    of(subnet, who, set) <-- interface(who, subnet, set);
    relation reach(u32, u32);
    reach(a, b) <-- way(s, t), of(t, b, theirs), lets(&IN, theirs, a), interface(a, s, own),
        lets(&OUT, own, b), if a != b;
}

/// Reads the facts, runs the program.
pub fn measure(given: Given<'_>, port: u16) -> Measured {
    let file = File::open(given.files.join("facts.json")).unwrap();
    let facts: Facts = serde_json::from_reader(BufReader::new(file)).unwrap();
    let (seconds, count) = time(|| {
        let mut program = program(&facts, port);
        program.run();
        program.reach.len()
    });
    Measured::new(seconds, format!("{count} pairs"))
}

fn program(facts: &Facts, port: u16) -> Program {
    let mut out = Program::default();
    let numbered = |n: usize| n as u32;
    let mut sorted = Vec::new();
    let mut base = vec![0; facts.subnets.len()];
    for (who, (ip, subnet, set)) in facts.interfaces.iter().enumerate() {
        out.interface.push((numbered(who), *subnet, *set));
        out.has_set.push((*set, numbered(who)));
        sorted.push((*ip, numbered(who)));
        base[*subnet as usize] = *ip;
    }
    sorted.sort_unstable();
    out.by_address.push((Rc::new(sorted),));
    for (set, groups) in facts.sets.iter().enumerate() {
        out.in_set
            .extend(groups.iter().map(|g| (numbered(set), *g)));
    }
    for (number, (vpc, table, acl)) in facts.subnets.iter().enumerate() {
        let ip = base[number];
        out.subnet.push((numbered(number), ip, *vpc, *table, *acl));
    }
    let vpcs = facts.vpcs.iter().enumerate();
    out.vpc.extend(vpcs.map(|(n, table)| (numbered(n), *table)));
    out.asked = vec![(port,), (CLIENT,)];
    for (group, ways) in facts.groups.iter().enumerate() {
        for (way, rules) in ways.iter().enumerate() {
            for (low, high, first, last, other) in rules {
                if !(*low..=*high).contains(&port) {
                    continue;
                }
                match u32::try_from(*other) {
                    Ok(other) => out.named.push((way, numbered(group), other)),
                    Err(_) => out.block.push((way, numbered(group), *first, *last)),
                }
            }
        }
    }
    for (acl, ways) in facts.acls.iter().enumerate() {
        for (way, rules) in ways.iter().enumerate() {
            for (number, (allow, low, high, first, last)) in rules.iter().enumerate() {
                let (acl, number) = (numbered(acl), numbered(number));
                let allow = *allow == 1;
                out.entry
                    .push((acl, way, number, *low, *high, *first, *last, allow));
            }
        }
    }
    let routes = |tables: &[Vec<Route>]| {
        let all = tables.iter().enumerate();
        let all = all.flat_map(|(n, all)| all.iter().map(move |r| (n as u32, r.0, r.1, r.2, r.3)));
        all.collect()
    };
    out.route = routes(&facts.tables);
    out.transit = routes(&facts.transit);
    out
}
