//! Classes of interfaces: the walker cannot tell the members of one apart, as senders or as
//! receivers. Two members are exchanged, and everything else stays: every walk must be the same but
//! for their names and addresses.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on fails"
)]

mod networks;

use networks::{Genes, dualstack, ease, flows_of_six, generate, twins};
use reachability::analysis::classes::Classes;
use reachability::answer::From;
use reachability::aws::{self, Compiled};
use reachability::engine::{End, Question, Walk, Why, walk};
use reachability::fabric::{Address, Back, Flow, LinkId, NodeId};
use reachability::model::{self, Id, Interface, Network, Role};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Networks of the law.
const NETWORKS: u64 = 100;

/// What precedes an address of IPv4 in one of IPv6, for NAT64.
const NAT64: u128 = 0x0064_ff9b_0000_0000_0000_0000;

fn networks() -> u64 {
    let set = std::env::var("REACHABILITY_CASES").ok();
    set.and_then(|n| n.parse().ok()).unwrap_or(NETWORKS)
}

struct Case {
    network: Network,
    compiled: Compiled,
    goals: BTreeSet<IpAddr>,
    /// Two VPCs have one block: an address of the one may be somebody else's in the other.
    overlaps: bool,
}

fn case(seed: u64) -> Option<Case> {
    let mut genes = Genes::seeded(seed);
    let mut case = generate(&mut genes, 30);
    let mut genes = Genes::seeded(seed + 5_000_000);
    if seed % 3 == 1 {
        dualstack(&mut case.draft, &mut genes);
        let more = flows_of_six(&case.draft, &mut genes, 30);
        case.flows.extend(more);
    }
    twins(&mut case.draft, &mut genes);
    if seed % 2 == 1 {
        ease(&mut case.draft);
    }
    let goals = case.flows.iter().map(|f| f.to).collect();
    let network = model::build(case.draft).network?;
    let compiled = aws::compile(&network);
    let mut blocks: Vec<_> = network.vpcs.iter().flat_map(|(_, v)| v.blocks()).collect();
    let all = blocks.len();
    blocks.sort_unstable();
    blocks.dedup();
    Some(Case {
        overlaps: blocks.len() < all,
        network,
        compiled,
        goals,
    })
}

/// Two interfaces that change places.
struct Swap<'a> {
    case: &'a Case,
    a: Id<Interface>,
    b: Id<Interface>,
}

impl Swap<'_> {
    fn own(&self, id: Id<Interface>) -> Vec<Address> {
        let own = &self.case.network.interfaces[id];
        let public = own.public.iter().map(|(_, ip)| (*ip).into());
        own.addresses().map(Address::from).chain(public).collect()
    }

    fn node(&self, node: NodeId) -> NodeId {
        let [a, b] = [self.a, self.b].map(|i| self.case.compiled.node_of(i));
        match node {
            n if n == a => b,
            n if n == b => a,
            n => n,
        }
    }

    fn address(&self, at: Address) -> Address {
        let (a, b) = (self.own(self.a), self.own(self.b));
        // NAT64: an address of IPv4 in one of IPv6.
        if at.bits() >> 32 == NAT64 {
            let inner = self.address(Address::of_v4(at.low32()));
            return at.with_low32(inner.low32());
        }
        let there = |from: &[Address], to: &[Address]| {
            from.iter().position(|own| *own == at).map(|n| to[n])
        };
        there(&a, &b).or_else(|| there(&b, &a)).unwrap_or(at)
    }

    fn flow(&self, mut flow: Flow) -> Flow {
        (flow.src, flow.dst) = (self.address(flow.src), self.address(flow.dst));
        flow.session = 0;
        flow
    }

    fn link(&self, link: LinkId) -> String {
        let link = &self.case.compiled.fabric.links[link as usize];
        // A link that only says where replies go leads nowhere.
        let to = (link.back == Back::None).then(|| self.node(link.to));
        format!("{to:?} {} {:?}", link.entry, link.label)
    }
}

/// What a walk shows, told as if the two had changed places; or as it is.
fn told(walk: &Walk<Flow>, swap: Option<&Swap<'_>>, case: &Case) -> Vec<String> {
    let none = Swap {
        case,
        a: Id::new(0),
        b: Id::new(0),
    };
    let swap = swap.unwrap_or(&none);
    let mut out: Vec<String> = walk
        .endings
        .iter()
        .map(|e| {
            let steps = walk.path(e.last).into_iter().map(|s| {
                let why = match s.why {
                    Why::Rule(_) => "rule".to_owned(),
                    Why::Maybe(_) => "maybe".to_owned(),
                    Why::Chosen(_) => "chosen".to_owned(),
                    Why::Crossed(link, h) => {
                        format!(
                            "{} {:?}",
                            swap.link(link),
                            swap.flow(walk.headers[h as usize])
                        )
                    }
                    Why::Arrived(h) => format!("{:?}", swap.flow(walk.headers[h as usize])),
                    other => format!("{other:?}"),
                };
                format!(
                    "{} {} {:?} {why}",
                    swap.node(s.at.node()),
                    s.at.stage(),
                    s.leg
                )
            });
            let end = match e.end {
                End::Home => "home".to_owned(),
                End::Dropped(at, code, _) => {
                    format!("{code:?} {} {}", swap.node(at.node()), at.stage())
                }
                End::Opaque(at, code) => {
                    format!("{code:?} {} {}", swap.node(at.node()), at.stage())
                }
                End::Misdelivered(node) => format!("at {}", swap.node(node)),
            };
            let steps: Vec<String> = steps.collect();
            let traffic = swap.flow(e.traffic);
            format!(
                "{end} {} {} {traffic:?}\n{}",
                e.maybe,
                e.forked,
                steps.join("\n")
            )
        })
        .collect();
    if case.overlaps {
        // What is at its address elsewhere is none of its qualities: only who gets there counts.
        let home = walk.endings.iter().map(|e| (e.end == End::Home, e.maybe));
        out = home.map(|h| format!("{h:?}")).collect();
    }
    out.sort();
    out
}

fn asked(
    case: &Case,
    from: Id<Interface>,
    to: Address,
    accept: Option<NodeId>,
    (proto, port): (u8, u16),
) -> Option<Walk<Flow>> {
    let sender = From::Interface(from);
    let src = sender.toward(&case.network, to)?;
    let ports = match proto {
        6 | 17 => sender.client_ports(&case.network),
        _ => (0, 0),
    };
    let accept: Vec<NodeId> = accept.into_iter().collect();
    let walked = walk(
        &case.compiled.fabric,
        &Question {
            from: sender.node(&case.compiled),
            entry: aws::FROM_HOST,
            traffic: Flow::new(src, to, proto, ports, port),
            accept: (!accept.is_empty()).then_some(accept.as_slice()),
            press_on: false,
            draw: 0,
        },
    );
    (!walked.cut).then_some(walked)
}

const SERVICES: [(u8, u16); 5] = [(6, 443), (6, 8080), (17, 53), (1, 0x0800), (47, 0)];

/// Who asks whom, before and after two members change places.
fn holds(case: &Case, a: Id<Interface>, b: Id<Interface>) -> usize {
    let swap = Swap { case, a, b };
    let primary = |id: Id<Interface>| case.network.interfaces[id].addresses().map(Address::from);
    let mut walks = 0;
    let mut same = |from: Id<Interface>, to: Address, accept: Option<NodeId>, service| {
        let there = match from {
            f if f == a => b,
            f if f == b => a,
            f => f,
        };
        let one = asked(case, from, to, accept, service);
        let accept = accept.map(|n| swap.node(n));
        let two = asked(case, there, swap.address(to), accept, service);
        let (Some(one), Some(two)) = (one, two) else {
            return;
        };
        walks += 1;
        let (one, two) = (told(&one, Some(&swap), case), told(&two, None, case));
        if one != two {
            let first = |all: &[String]| all.first().cloned().unwrap_or_default();
            let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
            let (one, two) = (lines(first(&one)), lines(first(&two)));
            let pairs: Vec<_> = one
                .iter()
                .zip(&two)
                .filter(|(x, y)| x != y)
                .take(3)
                .collect();
            panic!("{from:?} to {to:?} {service:?}, {a:?} for {b:?}: {pairs:#?}");
        }
    };
    for service in SERVICES {
        for goal in &case.goals {
            same(a, (*goal).into(), None, service);
        }
        for (other, _) in case.network.interfaces.iter() {
            let accept = Some(case.compiled.node_of(other));
            for to in primary(other).filter(|_| other != a) {
                same(a, to, accept, service);
            }
            for to in primary(a).filter(|_| other != a) {
                same(other, to, Some(case.compiled.node_of(a)), service);
            }
        }
    }
    walks
}

#[test]
fn the_walker_cannot_tell_members_of_a_class_apart() {
    let mut walks = 0;
    for seed in 0..networks() {
        let Some(case) = case(seed) else { continue };
        let classes = Classes::new(&case.network, &case.compiled);
        for (class, first) in classes.representatives() {
            for other in classes.members(class).iter().skip(1) {
                let run = || holds(&case, first, *other);
                match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
                    Ok(number) => walks += number,
                    Err(why) => {
                        eprintln!("seed {seed}");
                        std::panic::resume_unwind(why);
                    }
                }
            }
        }
    }
    assert!(walks > 50_000, "{walks} walks");
}

#[test]
fn the_generator_yields_classes_of_several() {
    let (mut several, mut interfaces, mut classes_in_all, mut six) = (0, 0, 0, 0);
    for seed in 0..networks() {
        let Some(case) = case(seed) else { continue };
        let classes = Classes::new(&case.network, &case.compiled);
        interfaces += classes.interfaces();
        classes_in_all += classes.len();
        for (class, first) in classes.representatives() {
            if classes.members(class).len() > 1 {
                several += 1;
                let first = &case.network.interfaces[first];
                six += usize::from(!first.ipv6.is_empty());
            }
        }
    }
    println!(
        "{interfaces} interfaces, {classes_in_all} classes, {several} of several, {six} of IPv6"
    );
    assert!(several > 150, "{several} classes of several");
    assert!(six > 20, "{six} classes of several with IPv6");
    assert!(classes_in_all * 100 < interfaces * 90);
}

#[test]
fn every_interface_is_in_one_class() {
    for seed in 0..50 {
        let Some(case) = case(seed) else { continue };
        let classes = Classes::new(&case.network, &case.compiled);
        let mut seen = BTreeSet::new();
        for class in 0..classes.len() as u32 {
            for member in classes.members(class) {
                assert_eq!(classes.of(*member), class);
                assert!(seen.insert(*member));
                let role = &case.network.interfaces[*member].role;
                let host = matches!(role, Role::Instance(_) | Role::Plain | Role::Other(_));
                assert!(host || classes.members(class).len() == 1);
            }
        }
        assert_eq!(seen.len(), case.network.interfaces.len());
        assert_eq!(seen.len(), classes.interfaces());
    }
}
