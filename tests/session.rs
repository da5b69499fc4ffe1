//! A session under random edits against a fresh compile of the edited network: every cell of the
//! matrix, and every property.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails"
)]

mod networks;

#[path = "session/edits.rs"]
mod edits;

use edits::{Made, add, edit, nth, remove};
use networks::{Genes, alike};
use reachability::analysis::pairs::{Cell, Options, Pairs};
use reachability::analysis::prove::{Outcome, Proof, prove};
use reachability::analysis::senders;
use reachability::analysis::session::{Changed, Rebuilt, Session};
use reachability::aws;
use reachability::edit::{Edit, Way};
use reachability::model::{self, GroupRule, Network, Peer};
use reachability::property::{Claim, Property, To, Who};
use reachability::scenario::load;
use std::collections::BTreeMap;

const NETWORKS: u64 = 41;
const EDITS: usize = 8;

fn networks() -> u64 {
    let set = std::env::var("REACHABILITY_CASES").ok();
    set.and_then(|n| n.parse().ok()).unwrap_or(NETWORKS)
}

/// What was met, by name.
type Met = BTreeMap<String, usize>;

fn count(met: &mut Met, what: &str) {
    *met.entry(what.to_owned()).or_default() += 1;
}

/// Properties of a few interfaces, at a few ports.
fn properties(network: &Network, genes: &mut Genes) -> Vec<Property> {
    let hosts = network.interfaces.iter();
    let hosts = hosts.filter(|(_, i)| senders::starts(i));
    let hosts: Vec<Who> = hosts
        .map(|(id, _)| Who::Name(network.interface_name(id)))
        .collect();
    let vpcs: Vec<Who> = network
        .vpcs
        .iter()
        .map(|(_, v)| Who::Vpc(v.name.clone()))
        .collect();
    if hosts.is_empty() {
        return Vec::new();
    }
    let mut property = |claim, to: To, ports: &[(u16, u16)]| {
        let from = vec![genes.pick(&hosts), genes.pick(&hosts)];
        Property::new(claim, from, vec![to], ports.to_vec())
    };
    let there = To::Who(vpcs[0].clone());
    let only = Claim::OnlyPorts(vec![(0, 442), (444, u16::MAX)]);
    vec![
        property(Claim::NeverReachable, there.clone(), &[(443, 443)]),
        Property {
            replies: true,
            ..property(only, there, &[])
        },
        property(
            Claim::AlwaysReachable,
            To::Words("internet".to_owned()),
            &[],
        ),
    ]
}

#[test]
fn after_each_edit_all_is_as_if_compiled_anew() {
    let mut met = Met::new();
    let mut cells = 0;
    for seed in 0..networks() {
        let draft = alike(seed).draft;
        let Some(network) = model::build(draft.clone()).network else {
            continue;
        };
        let genes = &mut Genes::seeded(seed + 77_000_000);
        let standing = match seed % 4 {
            0 => properties(&network, genes),
            _ => Vec::new(),
        };
        let options = Options {
            keep: seed % 5 != 4,
            ..Options::default()
        };
        let mut session = Session::with(draft.clone(), standing, options).unwrap();
        let mut mirror = draft;
        for _ in 0..EDITS {
            let Some(made) = edit(session.network(), genes) else {
                continue;
            };
            let was: Vec<u8> = session.properties().map(|(_, p)| kind(p)).collect();
            let before = session.clone();
            let (mut next, mut out) = (mirror.clone(), false);
            let (name, changed) = match made {
                Made::Edit(name, edit) => {
                    out = is_out(&edit);
                    edit.apply(session.network(), &mut next);
                    (name, session.apply(&edit))
                }
                Made::Draft(name, change) => {
                    change(&mut next);
                    let to = next.clone();
                    (name, session.change(move |draft| *draft = to))
                }
            };
            let Some(fresh) = model::build(next.clone()).network else {
                assert!(changed.is_err(), "seed {seed}: {name} is no network");
                count(&mut met, "refused");
                continue;
            };
            mirror = next;
            let changed = changed.unwrap();
            count(&mut met, name);
            count(&mut met, &format!("{:?}", changed.rebuilt));
            count(&mut met, &format!("{name}: {:?}", changed.rebuilt));
            if !changed.rows.is_empty() {
                count(&mut met, "rows changed");
                count(
                    &mut met,
                    if out {
                        "rows changed by egress"
                    } else {
                        "by ingress"
                    },
                );
            }
            if changed.rebuilt == Rebuilt::Rows && options.keep {
                let all = rows((seed, name), (&before, &session), &changed.rows, genes);
                *met.entry("rows compared".to_owned()).or_default() += all;
            }
            cells += compared((seed, name), &session, &fresh, genes);
            proved(seed, name, (&session, &fresh), &was, &changed, &mut met);
        }
    }
    println!("{cells} cells; {met:#?}");
    assert!(cells > 200_000, "{cells}");
    let least = |what: &str, least: usize| {
        let seen = met.get(what).copied().unwrap_or_default();
        assert!(seen >= least, "{what}: {seen}");
    };
    for (what, number) in POWER {
        least(what, *number);
    }
}

/// Exactly the rows that are told are others than before; how many there are. What a cell says is what
/// its row says.
fn rows(
    (seed, name): (u64, &str),
    (before, after): (&Session, &Session),
    told: &[(u32, usize)],
    genes: &mut Genes,
) -> usize {
    let (old, new) = (before.matrix(), after.matrix());
    let mut all = 0;
    for port in 0..new.ports().len() {
        for to in 0..new.classes().len() as u32 {
            let (was, is) = (old.row(to, port), new.row(to, port));
            let differs = |from: u32| was.cell(from) != is.cell(from);
            let differs = (0..new.classes().len() as u32).any(differs);
            let is_told = told.contains(&(to, port));
            // What a class sends itself is not shown of one interface alone.
            let alone = new.classes().members(to).len() < 2;
            let same = is_told == differs || (is_told && alone);
            assert!(same, "seed {seed}, after {name}: {to} at {port}: {is_told}");
            all += 1;
            if genes.below(20) == 0 {
                for (from, _) in is.cells().filter(|(from, _)| *from != to) {
                    let (cell, own) = (new.cell(from, to, port), is.cell(from));
                    assert!(
                        cell == own || own == Cell::Open,
                        "seed {seed}, {name}: {from} {to}"
                    );
                }
            }
        }
    }
    all
}

fn is_out(edit: &Edit) -> bool {
    match edit {
        Edit::AddGroupRule(e) => e.way == Way::Out,
        Edit::RemoveGroupRule(e) => e.way == Way::Out,
        _ => false,
    }
}

/// How often each must have been met.
const POWER: &[(&str, usize)] = &[
    ("Rows", 100),
    ("Classes", 5),
    ("Matrix", 20),
    ("Everything", 40),
    ("rows compared", 10_000),
    ("rows changed", 15),
    ("rows changed by egress", 5),
    ("rule on boundaries: Rows", 50),
    ("rule removed: Rows", 25),
    ("rule about a group: Rows", 5),
    ("rule about one address: Rows", 3),
    ("rule about one address: Classes", 5),
    ("rule at new ports: Matrix", 3),
    ("route: Everything", 1),
    ("route removed: Everything", 3),
    ("entry: Everything", 3),
    ("association: Everything", 3),
    ("instance added: Everything", 3),
    ("instance removed: Everything", 1),
    ("instance stopped: Everything", 3),
    ("groups of an interface: Everything", 3),
    ("gateway endpoint: Everything", 3),
    ("interface endpoint: Everything", 3),
    ("endpoint removed: Everything", 1),
    ("properties followed in part", 10),
];

/// Every cell of the session against those of the network compiled anew.
fn compared(
    (seed, name): (u64, &str),
    session: &Session,
    fresh: &Network,
    genes: &mut Genes,
) -> usize {
    let compiled = aws::compile(fresh);
    let pairs = Pairs::compile(fresh, &compiled, Options::default());
    let matrix = session.matrix();
    let mut cells = 0;
    for (number, class) in pairs.ports().iter().enumerate() {
        let port = session.port(class.v4, class.proto, class.port());
        let port = port.unwrap_or_else(|| panic!("seed {seed}, {name}: no class for {class:?}"));
        for (lo, _) in &matrix.ports()[port].spans {
            assert!(
                class.has(*lo),
                "seed {seed}, {name}: ports are not told apart"
            );
        }
        for (to, _) in fresh.interfaces.iter() {
            if genes.below(3) > 0 {
                continue;
            }
            let row = pairs.row(pairs.classes().of(to), number);
            let own = matrix.row(matrix.classes().of(to), port);
            for (from, _) in fresh.interfaces.iter().filter(|(from, _)| *from != to) {
                let (from_class, to_class) = (pairs.classes().of(from), pairs.classes().of(to));
                let mut wanted = row.cell(from_class);
                let mut found = own.cell(matrix.classes().of(from));
                cells += 1;
                // The walker is asked about some of those that are open either way, and all others.
                if wanted == Cell::Open && found == Cell::Open && genes.below(40) > 0 {
                    continue;
                }
                if wanted == Cell::Open || from_class == to_class {
                    wanted = pairs.cell(from_class, to_class, number);
                }
                if found == Cell::Open || matrix.classes().of(from) == matrix.classes().of(to) {
                    found = session.cell(from, to, port);
                }
                assert_eq!(
                    found,
                    wanted,
                    "seed {seed}, after {name}: {} to {} {class:?}",
                    fresh.interface_name(from),
                    fresh.interface_name(to)
                );
            }
        }
    }
    cells
}

fn proved(
    seed: u64,
    name: &str,
    (session, fresh): (&Session, &Network),
    was: &[u8],
    changed: &Changed,
    met: &mut Met,
) {
    let compiled = aws::compile(fresh);
    let mut all = 0;
    for (number, (property, found)) in session.properties().enumerate() {
        let wanted = prove(fresh, &compiled, property);
        assert_eq!(
            told(found),
            told(&wanted),
            "seed {seed}, after {name}: {property:?}"
        );
        let differs = kind(found) != was[number];
        assert_eq!(
            changed.properties.contains(&number),
            differs,
            "seed {seed}, after {name}"
        );
        if differs {
            count(met, "a property changed");
        }
        all += found.as_ref().map_or(1, |p| p.sources);
    }
    if changed.rebuilt != Rebuilt::Everything && (1..all).contains(&changed.followed) {
        count(met, "properties followed in part");
    }
}

fn kind(proof: &Result<Proof, String>) -> u8 {
    match proof.as_ref().map(|p| &p.outcome) {
        Ok(Outcome::Holds) => 0,
        Ok(Outcome::Vacuous(_)) => 1,
        Ok(Outcome::Refuted(..)) => 2,
        Ok(Outcome::Unknown(_)) => 3,
        Ok(Outcome::Limited) => 4,
        Err(_) => 5,
    }
}

/// A proof, apart from numbers of rows.
fn told(proof: &Result<Proof, String>) -> Result<(u8, usize, usize, usize, Vec<String>), String> {
    let found = proof.as_ref().map_err(String::clone)?;
    let numbers = (found.found.len(), found.sources, found.ways);
    Ok((
        kind(proof),
        numbers.0,
        numbers.1,
        numbers.2,
        found.says.clone(),
    ))
}

const PAIR: &str = "
name: A pair
region: us-east-1
vpcs:
  shop:
    cidr: 10.0.0.0/16
    subnets: { app: { zone: use1-az1, cidr: 10.0.1.0/24 } }
    security_groups:
      web: { ingress: [{ protocol: tcp, port: 443, from: 10.0.1.30/32 }] }
      app: {}
    instances:
      web: { subnet: app, ip: 10.0.1.10, security_groups: web }
      app: { subnet: app, ip: 10.0.1.20, security_groups: app }
      other: { subnet: app, ip: 10.0.1.30, security_groups: app }
";

#[test]
fn a_rule_opens_one_row_and_refutes_one_property() {
    let loaded = load("pair.yaml", PAIR, &|_| Err(String::new()));
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let draft = scenario.cases.into_iter().next().unwrap().draft;
    let never = |from: &str, to: &str| {
        let from = vec![Who::Name(from.to_owned())];
        let to = vec![To::Words(to.to_owned())];
        Property::new(Claim::NeverReachable, from, to, Vec::new())
    };
    let standing = vec![
        never("shop/app", "shop/web"),
        never("shop/app", "10.0.1.30"),
    ];
    let mut session = Session::new(draft, standing).unwrap();
    let id = |session: &Session, name: &str| {
        let mut all = session.network().interfaces.iter();
        let is = |id| session.network().interface_name(id) == name;
        all.find(|(id, _)| is(*id)).unwrap().0
    };
    let (web, app) = (id(&session, "shop/web"), id(&session, "shop/app"));
    let port = session.port(true, 6, 443).unwrap();
    assert_eq!(session.cell(app, web, port), Cell::None);
    let (group, service) = {
        let mut groups = session.network().groups.iter();
        let (id, group) = groups.find(|(_, g)| g.name == "web").unwrap();
        (id, group.ingress[0].service)
    };
    let (way, peer) = (Way::In, Peer::Cidr("10.0.1.0/24".parse().unwrap()));
    let row = (session.matrix().classes().of(web), port);
    let add = add(group, way, service, peer.clone());
    let changed = session.apply(&add).unwrap();
    assert_eq!(changed.rebuilt, Rebuilt::Rows);
    assert_eq!(changed.rows, [row]);
    assert_eq!(
        (changed.properties.as_slice(), changed.followed),
        (&[0][..], 1)
    );
    assert_eq!(session.cell(app, web, port), Cell::All);
    let remove = remove(group, way, service, peer);
    let changed = session.apply(&remove).unwrap();
    assert_eq!(
        (changed.rebuilt, changed.rows.as_slice()),
        (Rebuilt::Rows, &[row][..])
    );
    assert_eq!(
        (changed.properties.as_slice(), changed.followed),
        (&[0][..], 1)
    );
    assert_eq!(session.cell(app, web, port), Cell::None);
    // There is no such rule any more.
    let changed = session.apply(&remove).unwrap();
    assert!(changed.rows.is_empty() && changed.properties.is_empty());
}

#[test]
fn what_edits_leave_behind_is_bounded() {
    let (mut shrunk, mut seeds) = (0, 0);
    for seed in 0..2 {
        let mut mirror = alike(seed).draft;
        let mut session = Session::new(mirror.clone(), Vec::new()).unwrap();
        let genes = &mut Genes::seeded(seed + 78_000_000);
        let (before, mut most) = (session.size(), session.size());
        for _ in 0..100 {
            let group = nth(&session.network().groups, genes).unwrap();
            let way = genes.pick(&[Way::In, Way::Out]);
            let all = session.network().groups.iter();
            let all = all.flat_map(|(_, g)| g.ingress.iter().chain(&g.egress));
            let all: Vec<GroupRule> = all.cloned().collect();
            let (service, peer) = (genes.pick(&all).service, genes.pick(&all).peer);
            for edit in [
                add(group, way, service, peer.clone()),
                remove(group, way, service, peer),
            ] {
                let was = session.size();
                edit.apply(session.network(), &mut mirror);
                session.apply(&edit).unwrap();
                let is = session.size();
                shrunk += usize::from(is.filters < was.filters);
                most.rows = most.rows.max(is.rows);
                most.filters = most.filters.max(is.filters);
            }
        }
        assert!(most.rows <= 5 * before.rows, "{most:?}, {before:?}");
        assert!(most.filters <= 5 * before.filters, "{most:?}, {before:?}");
        let fresh = model::build(mirror).network.unwrap();
        compared((seed, "many edits"), &session, &fresh, genes);
        seeds += 1;
    }
    assert!(seeds == 2 && shrunk > 0, "{shrunk}");
}

#[test]
fn a_cell_of_nobody_is_none() {
    let case = alike(0);
    let session = Session::new(case.draft, Vec::new()).unwrap();
    let (first, _) = session.network().interfaces.iter().next().unwrap();
    assert_eq!(session.cell(first, first, 0), Cell::None);
}
