//! Many sources: one of those that nothing tells apart is followed, to all of its destinations at
//! once; and those destinations are left out whose own filters let in nothing of it (`doors`).

use super::asked::{Asked, SetId};
use super::doors::{Doors, Sender};
use super::follow::{Case, Followed, followed, followed_to};
use super::sent::{ports, sources};
use super::ways::{Toward, Way, Whose};
use super::{Examined, gather};
use crate::analysis::classes::Alike;
use crate::analysis::senders::Directory;
use crate::answer::From;
use crate::aws::FROM_HOST;
use crate::engine::{Leg, Question, Why, walk};
use crate::fabric::{Address, Flow, NodeId, joined};
use crate::model::{Id, Interface, component};
use crate::property::{Claim, To, Who};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::net::IpAddr;

/// So many flows are tried for one that leaves its source.
const TRIED: usize = 16;
/// TCP.
const TCP: u8 = 6;

/// What a destination is to those who send there.
enum Place {
    /// These hosts, by whatever address reaches them.
    Hosts(Vec<From>),
    /// Every address of a block.
    Block((Address, Address)),
    /// Nobody's in particular: a service, the internet, anywhere.
    Elsewhere,
    /// Whoever it means, he may be one of the senders.
    Somebody,
}

/// Nodes, by what they are among.
#[derive(Default)]
struct Among {
    /// By node, a kind: the same destinations mean all nodes of a kind.
    of: FxHashMap<NodeId, u32>,
    /// Of each kind, the destinations that mean it.
    kinds: Vec<Vec<usize>>,
}

/// Follows every flow of a property, one source of each class; with `doors`, after having asked
/// filters alone.
pub(super) fn examined(case: Case<'_>, mut asked: Asked, doors: bool) -> Result<Examined, String> {
    let directory = Directory::new(case.network);
    let places = asked.to.iter().map(|to| place(case, &directory, to));
    let places = places.collect::<Result<Vec<Place>, String>>()?;
    let among = Among::new(case, &places);
    let mut out = Examined {
        sources: asked.from.len(),
        ..Examined::default()
    };
    let mut shut = FxHashSet::default();
    // If nothing leaves anybody, that is to be found.
    if doors
        && by_arrival(&case.property.claim)
        && places.iter().all(is_hosts)
        && leaves(case, &asked, &places)
    {
        shut = self::shut(case, &asked, &among);
        (out.shut, out.left) = (shut.len(), 1);
        let open = among.of.iter().filter(|(node, _)| !shut.contains(*node));
        let open = open.filter_map(|(_, kind)| among.kinds.get(*kind as usize));
        let open: FxHashSet<usize> = open.flatten().copied().collect();
        let anybody = |set: &Vec<usize>| set.iter().any(|to| open.contains(to));
        let anybody: Vec<bool> = asked.sets.iter().map(anybody).collect();
        let sends = |set: SetId| anybody.get(set as usize).is_some_and(|is| *is);
        asked.from.retain(|(_, set)| sends(*set));
    }
    let mut nodes: FxHashMap<SetId, Vec<Whose>> = FxHashMap::default();
    for class in together(case, &asked, &places, &among) {
        let Some((from, set)) = class.first().copied() else {
            continue;
        };
        let nodes = nodes.entry(set).or_insert_with(|| {
            let mut nodes = hosts(case, &asked, &places, set);
            nodes.retain(|(node, _)| !shut.contains(node));
            nodes
        });
        let like: Vec<From> = class.iter().skip(1).map(|(from, _)| *from).collect();
        for mut part in one(case, (&asked, &places, &among), (from, set), nodes)? {
            for found in &mut part.found {
                found.like.clone_from(&like);
            }
            gather(&mut out, part);
        }
    }
    Ok(out.sorted())
}

/// One source to all of its destinations.
fn one(
    case: Case<'_>,
    (asked, places, among): (&Asked, &[Place], &Among),
    (from, set): (From, SetId),
    nodes: &[Whose],
) -> Result<Vec<Followed>, String> {
    let set = asked.sets.get(set as usize).map_or(&[][..], Vec::as_slice);
    let (mut blocks, mut hosts, mut out) = (Vec::new(), None, Vec::new());
    for number in set {
        let (Some(to), Some(place)) = (asked.to.get(*number), places.get(*number)) else {
            continue;
        };
        match place {
            Place::Hosts(_) => hosts = hosts.or(Some(to)),
            Place::Block(block) => blocks.push((*block, to)),
            Place::Elsewhere | Place::Somebody => out.push(followed(case, (from, to))?),
        }
    }
    if let Some(first) = hosts {
        let name = |way: &Way| {
            let at = way.alternative.arrives();
            let at = at.and_then(|step| way.alternative.steps.get(step));
            let at = at.map_or(&[][..], |step| among.meant_by(step.at.node()));
            let meant = at.iter().find(|to| set.binary_search(to).is_ok());
            let meant = meant.and_then(|to| asked.to.get(*to));
            meant.unwrap_or(first).text()
        };
        out.push(followed_to(case, (from, Toward::Nodes(nodes)), name)?);
    }
    if !blocks.is_empty() {
        let all = joined(blocks.iter().map(|(block, _)| *block).collect());
        let name = |way: &Way| {
            let dst = way.alternative.sent.map(|flow| flow.dst);
            let is = |(lo, hi): (Address, Address)| dst.is_some_and(|d| lo <= d && d <= hi);
            let mut met = blocks.iter().filter(|(block, _)| is(*block));
            let one = met.next().or(blocks.first());
            one.map_or(String::new(), |(_, to)| to.text())
        };
        let whole = followed_to(case, (from, Toward::Blocks(&all)), name)?;
        match whole.says.is_empty() || blocks.len() == 1 {
            true => out.push(whole),
            // Perhaps it was too much at once.
            false => {
                for (_, to) in blocks {
                    out.push(followed(case, (from, to))?);
                }
            }
        }
    }
    Ok(out)
}

fn place(case: Case<'_>, directory: &Directory<'_>, to: &To) -> Result<Place, String> {
    let always = matches!(
        case.property.claim,
        Claim::AlwaysPrivate | Claim::AlwaysReachable
    );
    Ok(match to {
        To::Who(Who::Any) | To::Who(Who::Internet) if !always => Place::Elsewhere,
        To::Who(who) if !always => Place::Hosts(directory.select(who)?),
        To::Block(block) => Place::Block((block.network().into(), block.broadcast().into())),
        To::Words(words) if is_elsewhere(case, words) => Place::Elsewhere,
        To::Who(_) | To::Words(_) | To::List(_) => Place::Somebody,
    })
}

/// A plain word that means nothing of the input's own: a service, or the internet.
fn is_elsewhere(case: Case<'_>, words: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    words.chars().all(plain)
        && words.parse::<IpAddr>().is_err()
        && component(case.network, words).is_none()
}

/// Claims that only what arrives can refute.
fn by_arrival(claim: &Claim) -> bool {
    match claim {
        Claim::NeverReachable | Claim::OnlyPorts(_) | Claim::OnlyVia(_) | Claim::Isolated(_) => {
            true
        }
        Claim::NeverInternet | Claim::AlwaysPrivate | Claim::AlwaysReachable => false,
    }
}

fn is_hosts(place: &Place) -> bool {
    matches!(place, Place::Hosts(_))
}

impl Among {
    fn new(case: Case<'_>, places: &[Place]) -> Self {
        let mut met: IndexMap<NodeId, Vec<usize>, FxBuildHasher> = IndexMap::default();
        for (number, place) in places.iter().enumerate() {
            let Place::Hosts(hosts) = place else { continue };
            for host in hosts {
                let own = met.entry(host.node(case.compiled)).or_default();
                if own.last() != Some(&number) {
                    own.push(number);
                }
            }
        }
        let mut out = Self::default();
        let mut known: FxHashMap<Vec<usize>, u32> = FxHashMap::default();
        for (node, own) in met {
            let next = known.len() as u32;
            let kind = *known.entry(own).or_insert_with_key(|own| {
                out.kinds.push(own.clone());
                next
            });
            out.of.insert(node, kind);
        }
        out
    }

    /// The destinations that mean a node.
    fn meant_by(&self, node: NodeId) -> &[usize] {
        let kind = self.of.get(&node).and_then(|k| self.kinds.get(*k as usize));
        kind.map_or(&[], Vec::as_slice)
    }
}

/// The nodes that a set of destinations means, sorted, each with the one host that is there, if there
/// is only one.
fn hosts(case: Case<'_>, asked: &Asked, places: &[Place], set: SetId) -> Vec<Whose> {
    let set = asked.sets.get(set as usize).into_iter().flatten();
    let hosts = set.filter_map(|number| match places.get(*number) {
        Some(Place::Hosts(hosts)) => Some(hosts),
        _ => None,
    });
    let all = hosts
        .flatten()
        .map(|host| (host.node(case.compiled), Some(*host)));
    let mut all: Vec<Whose> = all.collect();
    all.sort_by_key(|(node, _)| *node);
    all.dedup_by(|next, last| {
        let same = next.0 == last.0;
        if same && next.1 != last.1 {
            last.1 = None;
        }
        same
    });
    all
}

/// The nodes that let in nothing of what they are asked about.
fn shut(case: Case<'_>, asked: &Asked, among: &Among) -> FxHashSet<NodeId> {
    let sender = |(from, set): &(From, SetId)| Sender {
        node: from.node(case.compiled),
        set: *set,
        src: sources(case.network, case.space, from),
    };
    let senders: Vec<Sender> = asked.from.iter().map(sender).collect();
    let fabric = &case.compiled.fabric;
    let Some(mut doors) = Doors::new(fabric, &senders, ports(case.property)) else {
        return FxHashSet::default();
    };
    // Of each kind of destination, who asks about it.
    let sets = |kind: &Vec<usize>| {
        let all = (0..).zip(&asked.sets);
        let asks = all.filter(|(_, set)| kind.iter().any(|to| set.binary_search(to).is_ok()));
        asks.map(|(number, _)| number).collect::<Vec<SetId>>()
    };
    let sets: Vec<Vec<SetId>> = among.kinds.iter().map(sets).collect();
    let all = among.of.iter().filter(|(node, kind)| {
        let sets = sets.get(**kind as usize);
        sets.is_some_and(|sets| doors.is_shut(**node, (**kind, sets)))
    });
    all.map(|(node, _)| *node).collect()
}

/// Whether some flow leaves its source, as far as a few tell.
fn leaves(case: Case<'_>, asked: &Asked, places: &[Place]) -> bool {
    let (network, compiled) = (case.network, case.compiled);
    let port = ports(case.property).and_then(|p| p.first().map(|(lo, _)| *lo));
    let port = port.unwrap_or(443);
    let step = (asked.from.len() / TRIED).max(1);
    asked.from.iter().step_by(step).any(|(from, set)| {
        let set = asked.sets.get(*set as usize).into_iter().flatten();
        let hosts = set.filter_map(|number| match places.get(*number) {
            Some(Place::Hosts(hosts)) => hosts.iter().find(|host| *host != from),
            _ => None,
        });
        let to = hosts.flat_map(|host| host.addresses(network));
        let mut flows = to.filter_map(|ip| {
            let dst = Address::from(ip);
            let src = from.toward(network, dst)?;
            let client = from.client_ports(network);
            Some(Flow::new(src, dst, TCP, client, port))
        });
        flows.any(|traffic| {
            let question = Question {
                from: from.node(compiled),
                entry: FROM_HOST,
                traffic,
                accept: None,
                press_on: false,
                draw: 0,
            };
            let walked = walk(&compiled.fabric, &question);
            let mut steps = walked.steps.iter();
            steps.any(|s| s.leg == Leg::Out && matches!(s.why, Why::Crossed(..)))
        })
    })
}

/// Sources that nothing tells apart, neither as senders nor as destinations.
fn together(
    case: Case<'_>,
    asked: &Asked,
    places: &[Place],
    among: &Among,
) -> Vec<Vec<(From, SetId)>> {
    if asked.from.is_empty() {
        return Vec::new();
    }
    let by_name = |set: &Vec<usize>| {
        let is = |number: &usize| matches!(places.get(*number), Some(Place::Somebody) | None);
        set.iter().any(is)
    };
    let by_name: Vec<bool> = asked.sets.iter().map(by_name).collect();
    let set_of: FxHashMap<From, SetId> = asked.from.iter().copied().collect();
    let blocks = places.iter().filter_map(|place| match place {
        Place::Block(block) => Some(*block),
        _ => None,
    });
    let blocks = joined(blocks.collect());
    let key = |id: Id<Interface>| {
        let set = set_of.get(&From::Interface(id)).copied();
        let named = set.is_none_or(|set| by_name.get(set as usize).is_none_or(|is| *is));
        let own = &case.network.interfaces[id];
        let public = own.public.iter().map(|(_, ip)| IpAddr::from(*ip));
        let within = own
            .addresses()
            .chain(public)
            .map(|ip| is_in(&blocks, ip.into()));
        let kind = among.of.get(&case.compiled.node_of(id)).copied();
        (
            set,
            named.then_some(id),
            kind,
            within.collect::<Vec<bool>>(),
        )
    };
    let senders: Vec<From> = asked.from.iter().map(|(from, _)| *from).collect();
    let alike = Alike::new(case.network, case.compiled);
    let classes = alike.together(&senders, key).into_iter();
    let with_set = |from: From| Some((from, set_of.get(&from).copied()?));
    classes
        .map(|class| class.into_iter().filter_map(with_set).collect())
        .collect()
}

/// Whether an address is in one of some blocks, which are sorted and apart.
fn is_in(blocks: &[(Address, Address)], at: Address) -> bool {
    let block = blocks.partition_point(|(_, hi)| *hi < at);
    blocks.get(block).is_some_and(|(lo, _)| *lo <= at)
}
