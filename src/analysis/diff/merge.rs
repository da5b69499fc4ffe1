//! Parts that change alike, told together: ports as spans, neighbouring addresses as one, protocols
//! and sources with the same parts in one line.

use super::atoms::Atom;
use super::cause::Example;
use super::outcome::Outcome;
use super::space::Pair;
use super::{Both, Box, Change, Goal, Space};
use crate::analysis::classes::Swap;
use crate::analysis::services::Service;
use crate::answer::Ask;
use crate::fabric::{Address, Neighbours, joined};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

/// What came of a flow before, and what comes of it now.
pub(super) type Turn = (Option<Outcome>, Option<Outcome>);

/// The question that shows a change, on the sides where it can be asked.
pub(super) type Asks = [Option<Ask>; 2];

/// A source, and of hosts that no name tells apart which.
type Sender = (String, (Address, Address));

/// Parts of one protocol.
type Parts = Vec<((Address, Address), (u16, u16))>;

/// Protocols of which the same is to tell.
type Alike = (BTreeSet<Option<u8>>, Asks);

/// Changes being gathered.
#[derive(Debug, Default)]
pub(super) struct Merge {
    services: Vec<(Service, Turn, BTreeSet<String>, Asks)>,
    parts: BTreeMap<(Turn, Sender, Option<u8>), (Parts, Asks)>,
    /// Of each source all its addresses, where it has several.
    whole: BTreeMap<String, Vec<(Address, Address)>>,
    /// Of each source that is one host its own.
    own: BTreeMap<String, Vec<Address>>,
}

/// Every address: of a source that is one host.
pub(super) const ANY: (Address, Address) = (Address::new(0), Address::new(u128::MAX));

impl Merge {
    /// A source is all hosts with these addresses.
    pub(super) fn hosts(&mut self, name: &str, spans: &[(Address, Address)]) {
        let known = self.whole.entry(name.to_owned()).or_default();
        known.extend_from_slice(spans);
    }

    /// A source is one host: what it sends to itself is no flow of the network.
    pub(super) fn host(&mut self, name: &str, own: &[Address]) {
        let known = self.own.entry(name.to_owned()).or_default();
        known.extend_from_slice(own);
        known.sort_unstable();
        known.dedup();
    }

    /// What was found of one source, for one that nothing tells from it: with their addresses
    /// exchanged.
    pub(super) fn likewise(&mut self, found: &Self, other: &Pair, swap: &Swap) {
        let points = other.point().unwrap_or_default();
        let asked = |asks: &Asks, swap: &Swap| {
            let mut sides = points.into_iter();
            asks.clone().map(|ask| {
                let from = sides.next().flatten()?;
                let ask = ask?;
                let to = match ask.to.parse::<IpAddr>() {
                    Ok(ip) => swap.address(ip.into()).ip().to_string(),
                    Err(_) => ask.to,
                };
                Some(Ask { from, to, ..ask })
            })
        };
        for (service, turn, _, asks) in &found.services {
            self.service(&other.name, service, turn.clone(), asked(asks, swap));
        }
        for ((turn, (_, src), proto), (parts, asks)) in &found.parts {
            let sender = (other.name.clone(), *src);
            let parts = parts.iter().flat_map(|(dst, ports)| {
                let dst = swap.span(*dst).into_iter();
                dst.map(|dst| (dst, *ports))
            });
            let told = (parts.collect(), asked(asks, swap));
            self.parts.insert((turn.clone(), sender, *proto), told);
        }
        for own in found.own.values() {
            let own: Vec<Address> = own.iter().map(|at| swap.address(*at)).collect();
            self.host(&other.name, &own);
        }
    }

    /// What was found of other sources.
    pub(super) fn absorb(&mut self, other: Self) {
        for (service, turn, from, asks) in other.services {
            for name in from {
                self.service(&name, &service, turn.clone(), asks.clone());
            }
        }
        self.parts.extend(other.parts);
        self.whole.extend(other.whole);
        self.own.extend(other.own);
    }

    /// A source's answer about a service changes.
    pub(super) fn service(&mut self, from: &str, service: &Service, turn: Turn, asks: Asks) {
        let mut known = self.services.iter_mut();
        match known.find(|(s, t, ..)| s == service && *t == turn) {
            Some((_, _, sources, _)) => {
                sources.insert(from.to_owned());
            }
            None => {
                let sources = BTreeSet::from([from.to_owned()]);
                self.services.push((service.clone(), turn, sources, asks));
            }
        }
    }

    /// A source's answers about a part of header space change.
    pub(super) fn space(
        &mut self,
        from: &str,
        proto: Option<u8>,
        atom: Atom,
        turn: Turn,
        asks: Asks,
    ) {
        let sender = (from.to_owned(), atom.src);
        let entry = self.parts.entry((turn, sender, proto));
        let (parts, _) = entry.or_insert_with(|| (Vec::new(), asks));
        parts.push((atom.dst, atom.dport));
    }

    /// Everything that changes, services first.
    pub(super) fn finish(self, both: &mut Both<'_>) -> Vec<Change> {
        let mut out = Vec::new();
        for (service, (before, after), from, asks) in self.services {
            let example = Example::of(both, asks);
            let to = Goal::Service(service);
            out.push(Change {
                from,
                to,
                before,
                after,
                example,
            });
        }
        // Protocols with the same parts, then sources with the same.
        let mut by_sender: BTreeMap<(Turn, Sender, Vec<Box>), Alike> = BTreeMap::new();
        for ((turn, sender, proto), boxes, asks) in chosen(self.parts, &self.own) {
            let entry = by_sender.entry((turn, sender, boxes));
            let (protocols, _) = entry.or_insert_with(|| (BTreeSet::new(), asks));
            protocols.insert(proto);
        }
        let mut by_space: BTreeMap<(Turn, Space), (Vec<Sender>, Asks)> = BTreeMap::new();
        for ((turn, sender, boxes), (protocols, asks)) in by_sender {
            let entry = by_space.entry((turn, Space { protocols, boxes }));
            let (senders, _) = entry.or_insert_with(|| (Vec::new(), asks));
            senders.push(sender);
        }
        for (((before, after), space), (senders, asks)) in by_space {
            let example = Example::of(both, asks);
            let from = names(senders, &self.whole);
            let to = Goal::Space(space);
            out.push(Change {
                from,
                to,
                before,
                after,
                example,
            });
        }
        out
    }
}

/// What may be told of a protocol.
type Vote = (Turn, Option<u8>, Vec<Box>);

/// Whose changes, and of which protocol.
type Key = (Turn, Sender, Option<u8>);

/// Parts as boxes. Whether a host's own address is among them is all the same, as it sends nothing
/// there: told is what is told of most.
fn chosen(
    all: BTreeMap<Key, (Parts, Asks)>,
    own: &BTreeMap<String, Vec<Address>>,
) -> Vec<(Key, Vec<Box>, Asks)> {
    let mut votes: HashMap<Vote, usize> = HashMap::new();
    let mut told = Vec::with_capacity(all.len());
    for (key, (parts, asks)) in all {
        let (turn, (name, _), proto) = &key;
        let mut choices = vec![boxes(parts.clone())];
        let family = parts.first().map(|((lo, _), _)| lo.is_v4());
        let own = own.get(name).into_iter().flatten();
        let own: Vec<Address> = own.copied().filter(|a| Some(a.is_v4()) == family).collect();
        if !own.is_empty() {
            let bare = choices.first().cloned().unwrap_or_default();
            let mut ports: Vec<Vec<(u16, u16)>> = bare.into_iter().map(|b| b.ports).collect();
            ports.sort_unstable();
            ports.dedup();
            for ports in ports {
                let ports = match ports.is_empty() {
                    true => vec![(0, u16::MAX)],
                    false => ports,
                };
                let mut more = parts.clone();
                let there = own
                    .iter()
                    .flat_map(|at| ports.iter().map(|p| ((*at, *at), *p)));
                more.extend(there);
                choices.push(boxes(more));
            }
        }
        for choice in &choices {
            let vote = (turn.clone(), *proto, choice.clone());
            *votes.entry(vote).or_default() += 1;
        }
        told.push((key, choices, asks));
    }
    let told = told.into_iter().map(|(key, choices, asks)| {
        let count = |boxes: &Vec<Box>| {
            let vote = (key.0.clone(), key.2, boxes.clone());
            votes.get(&vote).copied().unwrap_or_default()
        };
        let bare = choices.first().cloned().unwrap_or_default();
        let mut best = bare.clone();
        for choice in choices {
            if count(&choice) > count(&best) {
                best = choice;
            }
        }
        (key, bare, best, asks)
    });
    let told: Vec<_> = told.collect();
    let mut chosen: HashMap<Vote, usize> = HashMap::new();
    for (key, _, best, _) in &told {
        let vote = (key.0.clone(), key.2, best.clone());
        *chosen.entry(vote).or_default() += 1;
    }
    // Who would be alone with it all the same is told without.
    let told = told.into_iter().map(|(key, bare, best, asks)| {
        let alone = chosen.get(&(key.0.clone(), key.2, best.clone())) == Some(&1);
        (key, if alone { bare } else { best }, asks)
    });
    told.collect()
}

/// Sources by name; of hosts that no name tells apart the addresses, unless it is all of them.
fn names(
    senders: Vec<Sender>,
    whole: &BTreeMap<String, Vec<(Address, Address)>>,
) -> BTreeSet<String> {
    let mut by_name: BTreeMap<String, Vec<(Address, Address)>> = BTreeMap::new();
    for (name, span) in senders {
        by_name.entry(name).or_default().push(span);
    }
    let mut out = BTreeSet::new();
    for (name, spans) in by_name {
        let Some(all) = whole.get(&name).filter(|_| !spans.contains(&ANY)) else {
            out.insert(name);
            continue;
        };
        let spans = joined(spans);
        if spans == joined(all.clone()) {
            out.insert(name);
        } else {
            out.extend(spans.into_iter().map(|s| format!("{name} {}", in_words(s))));
        }
    }
    out
}

/// A span as a block where it is one, or by its ends.
#[must_use]
pub(crate) fn in_words((lo, hi): (Address, Address)) -> String {
    if lo == hi {
        return lo.to_string();
    }
    let free = (lo.bits() ^ hi.bits()).count_ones();
    let host = lo.bits() ^ hi.bits();
    let block = host.wrapping_add(1).is_power_of_two() || host == u128::MAX;
    let family = if lo.is_v4() { 32 } else { 128 };
    match block && lo.bits() & host == 0 {
        true => format!("{lo}/{}", family - free),
        false => format!("{lo}-{hi}"),
    }
}

/// Parts as boxes: of each address the ports as spans, neighbours with the same ports as one.
fn boxes(mut parts: Parts) -> Vec<Box> {
    parts.sort_unstable();
    let mut out: Vec<Box> = Vec::new();
    for group in parts.chunk_by(|a, b| a.0 == b.0) {
        let Some((addresses, _)) = group.first().copied() else {
            continue;
        };
        let mut ports = joined(group.iter().map(|(_, ports)| *ports).collect());
        if ports == [(0, u16::MAX)] {
            ports.clear();
        }
        match out.last_mut() {
            Some(last) if last.ports == ports && last.addresses.1.goes_on(addresses.0) => {
                last.addresses.1 = addresses.1;
            }
            _ => out.push(Box { addresses, ports }),
        }
    }
    out
}
