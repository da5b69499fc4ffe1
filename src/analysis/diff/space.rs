//! Every address that a source may send to, walked as sets in both networks.

use super::atoms::{Atom, atoms};
use super::merge::{ANY, Merge};
use super::outcome::{Outcome, differ};
use super::{Both, Dialled, Side, Version};
use crate::analysis::senders::{internet, on_premises, own};
use crate::answer::{Ask, From};
use crate::aws::{FROM_HOST, Host, nameable};
use crate::engine::{End, Ending, Leg, Question, Walk, Walker, Why};
use crate::fabric::{Address, Label, NodeId, PacketSet, Region, Stage};
use crate::model::{Family, Id, Interface, Network, Role};
use std::collections::BTreeMap;
use std::net::IpAddr;

const TCP: u8 = 6;
const UDP: u8 = 17;

/// A source, where it is there.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// What it is called.
    pub(super) name: String,
    /// It, before and after.
    who: [Option<Who>; 2],
}

/// A source of one network.
#[derive(Clone, Debug)]
enum Who {
    /// It sends from its own address, one a family.
    Point(From),
    /// Any of these hosts, which no name tells apart.
    Hosts(Host, Vec<(Address, Address)>),
}

/// Every source of two networks, by name.
pub(super) fn pairs(before: &Network, after: &Network, wanted: impl Fn(&str) -> bool) -> Vec<Pair> {
    let mut all: BTreeMap<String, [Option<Who>; 2]> = BTreeMap::new();
    let mut order = Vec::new();
    for (side, network) in [before, after].into_iter().enumerate() {
        for (name, who) in senders(network) {
            let known = all.entry(name.clone()).or_insert_with(|| {
                order.push(name);
                [None, None]
            });
            if let Some(place) = known.get_mut(side) {
                *place = Some(who);
            }
        }
    }
    order.retain(|name| wanted(name));
    let pair = |name: String| {
        Some(Pair {
            who: all.remove(&name)?,
            name,
        })
    };
    order.into_iter().filter_map(pair).collect()
}

/// Every source of a network: interfaces by each of their addresses, clients, hosts outside.
fn senders(network: &Network) -> Vec<(String, Who)> {
    let mut all = Vec::new();
    let mut add = |from: From| all.push((from.name(network), Who::Point(from)));
    for from in own(network) {
        add(from);
        if let From::Interface(id) = from {
            let interface = &network.interfaces[id];
            let primary = from.addresses(network);
            let others = interface.addresses().filter(|ip| !primary.contains(ip));
            others.for_each(|ip| add(From::Address(id, ip)));
            // Of a delegated block one address: the host gives them out as it likes.
            let blocks = interface.prefixes.iter().map(|p| p.network());
            blocks.for_each(|ip| add(From::Address(id, ip)));
        }
    }
    on_premises(network).into_iter().for_each(&mut add);
    let declared = |from: &From| matches!(from, From::Host(Host::Internet(Some(_)), _));
    internet(network)
        .into_iter()
        .filter(declared)
        .for_each(&mut add);
    all.extend(outside(network));
    all
}

/// Hosts that nothing names: the others of each site, the others of the internet.
fn outside(network: &Network) -> Vec<(String, Who)> {
    let mut all = Vec::new();
    for (id, site) in network.sites.iter() {
        let blocks = site
            .cidrs
            .iter()
            .map(|c| (c.network().into(), c.broadcast().into()));
        let named = on_premises(network)
            .into_iter()
            .filter_map(|from| match from {
                From::Host(Host::Site(own), ip) if own == id => Some(Address::from(ip)),
                _ => None,
            });
        let rest = without(blocks.collect(), named);
        all.push((
            format!("{}, other hosts", site.name),
            Who::Hosts(Host::Site(id), rest),
        ));
    }
    let mut known: Vec<IpAddr> = Vec::new();
    known.extend(
        network
            .internet_hosts
            .iter()
            .flat_map(|(_, h)| h.addresses()),
    );
    let interfaces = || network.interfaces.iter().map(|(_, i)| i);
    known.extend(interfaces().flat_map(|i| i.public.iter().map(|(_, public)| IpAddr::V4(*public))));
    known.extend(interfaces().flat_map(|i| i.ipv6.iter().copied().map(IpAddr::V6)));
    let families = families(network);
    let spans = families.iter().flat_map(|family| nameable(*family));
    let rest = without(spans.collect(), known.into_iter().map(Address::from));
    all.push((
        "internet".to_owned(),
        Who::Hosts(Host::Internet(None), rest),
    ));
    all
}

/// Spans without single addresses.
fn without(
    mut spans: Vec<(Address, Address)>,
    holes: impl Iterator<Item = Address>,
) -> Vec<(Address, Address)> {
    for hole in holes {
        let cut = |(lo, hi): (Address, Address)| match lo <= hole && hole <= hi {
            false => vec![(lo, hi)],
            true => {
                let mut parts = Vec::new();
                if lo < hole {
                    parts.push((lo, hole.before()));
                }
                if hole < hi {
                    parts.push((hole.after(), hi));
                }
                parts
            }
        };
        spans = spans.into_iter().flat_map(cut).collect();
    }
    spans
}

/// The families that a network speaks.
fn families(network: &Network) -> Vec<Family> {
    let six = network.vpcs.iter().any(|(_, v)| !v.ipv6.is_empty());
    let all = Family::ALL.into_iter();
    all.filter(|family| *family == Family::Ipv4 || six)
        .collect()
}

impl Pair {
    /// It, before and after, if it is one host.
    pub(super) fn point(&self) -> Option<[Option<From>; 2]> {
        let point = |who: &Option<Who>| match who {
            Some(Who::Point(from)) => Some(*from),
            _ => None,
        };
        let both = self.who.each_ref().map(point);
        both.iter().any(Option::is_some).then_some(both)
    }
}

impl Who {
    /// Whoever of it sends from an address.
    fn at(&self, src: Address) -> From {
        match self {
            Who::Point(from) => *from,
            Who::Hosts(host, _) => From::Host(*host, src.ip()),
        }
    }

    /// The addresses it sends from, of one family.
    fn spans(&self, network: &Network, v4: bool) -> Vec<(Address, Address)> {
        let all = match self {
            Who::Point(from) => {
                let own = from.addresses(network).into_iter().map(Address::from);
                own.map(|a| (a, a)).collect()
            }
            Who::Hosts(_, spans) => spans.clone(),
        };
        all.into_iter().filter(|(lo, _)| lo.is_v4() == v4).collect()
    }

    /// Everything of a kind that it may send.
    fn sends(&self, network: &Network, v4: bool, kind: &Kind) -> Vec<Region> {
        let family = if v4 { Family::Ipv4 } else { Family::Ipv6 };
        let sport = match kind.has_ports() {
            true => self.at(Address::new(0)).client_ports(network),
            false => (0, 0),
        };
        let to = nameable(family);
        let from = self.spans(network, v4).into_iter();
        from.flat_map(|src| {
            to.iter().map(move |dst| Region {
                src,
                dst: *dst,
                sport,
                dport: kind.ports,
                proto: kind.proto,
            })
        })
        .collect()
    }

    /// The interface that it is, if it is one.
    fn interface(&self) -> Option<Id<Interface>> {
        match self {
            Who::Point(From::Interface(id) | From::Address(id, _)) => Some(*id),
            _ => None,
        }
    }

    fn node(&self, side: &Side<'_>) -> NodeId {
        let from = match self {
            Who::Point(from) => *from,
            Who::Hosts(host, spans) => {
                let first = spans.first().map_or(Address::new(0), |s| s.0);
                From::Host(*host, first.ip())
            }
        };
        from.node(side.version.compiled)
    }
}

impl Both<'_> {
    /// Compares what a source may send to any address; false if its ways are too many.
    pub(super) fn space(&mut self, pair: &Pair, dialled: &Dialled, merged: &mut Merge) -> bool {
        for who in pair.who.iter().flatten() {
            if let Who::Hosts(_, spans) = who {
                merged.hosts(&pair.name, spans);
            }
        }
        let own = self.own(pair);
        if pair.point().is_some() {
            merged.host(&pair.name, &own);
        }
        let mut whole = true;
        for v4 in [true, false] {
            for kind in self.kinds(v4) {
                let (mut boxes, mut ways) = (Vec::new(), Vec::new());
                for (side, who) in self.sides.iter().zip(&pair.who) {
                    let Some(who) = who else { continue };
                    let sent = who.sends(side.version.network, v4, &kind);
                    let sent = self.touched.of(who.interface(), sent);
                    let told = told_apart(side, who.node(side), sent, &mut boxes);
                    whole &= told.is_some();
                    ways.extend(told);
                }
                if let [one, other] = ways.as_slice()
                    && one == other
                {
                    continue;
                }
                if pair.point().is_some() {
                    // One host, though it may have another address now.
                    boxes.iter_mut().for_each(|b| b.src = ANY);
                    boxes.extend(own.iter().filter(|a| a.is_v4() == v4).map(|at| Region {
                        src: ANY,
                        dst: (*at, *at),
                        sport: (0, 0),
                        dport: kind.ports,
                        proto: kind.proto,
                    }));
                }
                let parts = atoms(&boxes).into_iter();
                // What a host sends to itself meets nothing of the network.
                for atom in parts.filter(|atom| !own.contains(&atom.dst.0)) {
                    self.compare(pair, &kind, atom, dialled, merged);
                }
            }
        }
        whole
    }

    /// TCP and UDP with their ports, pings; then what has no ports: protocols that rows are about,
    /// and one that stands for the rest.
    fn kinds(&self, v4: bool) -> Vec<Kind> {
        let ports = |proto| Kind {
            proto,
            ports: (0, u16::MAX),
            named: true,
        };
        let (ping, echo) = if v4 { (1, 8 << 8) } else { (58, 128 << 8) };
        let pings = Kind {
            proto: ping,
            ports: (echo, echo),
            named: true,
        };
        let mut all = vec![ports(TCP), ports(UDP), pings];
        let mut others = self.protocols.clone();
        others.retain(|p| ![TCP, UDP, 1, 58].contains(p));
        let spare = (2..=u8::MAX).rev();
        let spare = spare
            .filter(|p| ![TCP, UDP, 58].contains(p))
            .find(|p| !others.contains(p));
        let bare = |proto, named| Kind {
            proto,
            ports: (0, 0),
            named,
        };
        all.extend(others.iter().map(|proto| bare(*proto, true)));
        all.extend(spare.map(|proto| bare(proto, false)));
        all
    }

    /// The addresses of a source that is one host, on both sides.
    fn own(&self, pair: &Pair) -> Vec<Address> {
        let mut all = Vec::new();
        for (side, who) in self.sides.iter().zip(&pair.who) {
            let network = side.version.network;
            match who {
                Some(Who::Point(from)) => all.extend(from.own(network)),
                Some(Who::Hosts(..)) | None => {}
            }
        }
        all
    }

    /// Asks one flow of a part of both networks.
    fn compare(
        &mut self,
        pair: &Pair,
        kind: &Kind,
        atom: Atom,
        dialled: &Dialled,
        merged: &mut Merge,
    ) {
        let (mut outcomes, mut asks) = ([None, None], [None, None]);
        let sides = self.sides.iter_mut().zip(&pair.who);
        for ((side, who), (outcome, ask)) in sides.zip(outcomes.iter_mut().zip(&mut asks)) {
            let Some(who) = who else { continue };
            let asked = kind.question(who.at(atom.src.0), atom);
            *outcome = side.ask(&asked).as_ref().map(Outcome::of);
            *ask = Some(asked);
        }
        if !differ(&outcomes) || new_host(&outcomes) {
            return;
        }
        let [before, after] = outcomes;
        let turn = (before, after);
        let one = atom.dst.0 == atom.dst.1 && atom.dport.0 == atom.dport.1;
        let at = (atom.dst.0, kind.proto, atom.dport.0);
        if one && dialled.get(&at) == Some(&turn) {
            return;
        }
        // A ping has no port to tell.
        let atom = match kind.ports.0 == kind.ports.1 {
            true => Atom {
                dport: (0, u16::MAX),
                ..atom
            },
            false => atom,
        };
        let proto = kind.named.then_some(kind.proto);
        merged.space(&pair.name, proto, atom, turn, asks);
    }
}

/// What a source that is on one side only has from its own host, as every source has.
fn new_host(outcomes: &[Option<Outcome>; 2]) -> bool {
    match outcomes {
        [Some(one), None] | [None, Some(one)] => one.mechanism == "host-service",
        _ => false,
    }
}

/// What is sent: a protocol, and the ports that it may be sent to.
#[derive(Clone, Copy, Debug)]
struct Kind {
    proto: u8,
    ports: (u16, u16),
    /// It stands for itself, and not for every protocol that nothing names.
    named: bool,
}

impl Kind {
    fn has_ports(self) -> bool {
        matches!(self.proto, TCP | UDP)
    }

    fn question(self, from: From, atom: Atom) -> Ask {
        Ask {
            protocol: Some(self.proto),
            port: self.has_ports().then_some(atom.dport.0),
            ..Ask::new(from, atom.dst.0.ip().to_string())
        }
    }
}

/// Everything of a way in a set walk that an [`Outcome`] is made of: what is sent that way, over
/// which links, and how it ends. Where all ways are the same, no answer differs.
#[derive(Debug, PartialEq)]
struct Way {
    sent: Vec<Region>,
    last: Vec<Region>,
    links: Vec<(Leg, Label)>,
    /// Whether it ends behind the last of them, or at it.
    crossed: bool,
    /// How often a load balancer picked.
    picked: usize,
    end: std::mem::Discriminant<End>,
    leg: Leg,
    maybe: bool,
    forked: bool,
    /// Whether it came to somebody else's endpoint, which answers another way than a host.
    at_endpoint: bool,
}

fn way(side: &Side<'_>, walk: &Walk<PacketSet>, ending: &Ending<PacketSet>) -> Way {
    let Version { network, compiled } = side.version;
    let fabric = &compiled.fabric;
    let (mut links, mut picked, mut crossed) = (Vec::new(), 0, true);
    for step in walk.path(ending.last) {
        crossed = !matches!(step.why, Why::Crossed(..));
        match step.why {
            Why::Crossed(link, _) => links.push((step.leg, fabric.label(link))),
            Why::Chosen(_) => {
                let translates = matches!(fabric.stage(step.at), Some(Stage::Translate { .. }));
                picked += usize::from(translates);
            }
            _ => {}
        }
    }
    let at = match ending.end {
        End::Misdelivered(node) => compiled.interface_of(node),
        _ => None,
    };
    Way {
        sent: ending.traffic.sent().copied().collect(),
        last: ending.traffic.pieces.iter().map(|p| p.now).collect(),
        links,
        crossed,
        picked,
        end: std::mem::discriminant(&ending.end),
        leg: ending.leg,
        maybe: ending.maybe,
        forked: ending.forked,
        at_endpoint: at.is_some_and(|i| matches!(network.interfaces[i].role, Role::Endpoint(_))),
    }
}

/// Adds the boxes that walks told apart, and gives their ways; none if there are too many.
fn told_apart(
    side: &Side<'_>,
    from: NodeId,
    sent: Vec<Region>,
    out: &mut Vec<Region>,
) -> Option<Vec<Way>> {
    let mut walker = Walker::default();
    let mut ways = Some(Vec::new());
    let mut waiting = sent;
    while let Some(region) = waiting.pop() {
        let question = Question {
            from,
            entry: FROM_HOST,
            traffic: PacketSet::new(region),
            accept: None,
            press_on: false,
            draw: 0,
        };
        let walk = walker.walk(&side.version.compiled.fabric, &question);
        if !walk.cut {
            for ending in &walk.endings {
                out.extend(ending.traffic.sent());
                if let Some(ways) = &mut ways {
                    ways.push(way(side, walk, ending));
                }
            }
            continue;
        }
        // Less at once: a half of the addresses, then of the ports.
        match halves(region) {
            Some(halves) => waiting.extend(halves),
            None => {
                out.push(region);
                ways = None;
            }
        }
    }
    ways
}

fn halves(region: Region) -> Option<[Region; 2]> {
    let (lo, hi) = region.dst;
    if lo < hi {
        let middle = Address::new(lo.bits() + (hi.bits() - lo.bits()) / 2);
        let part = |dst| Region { dst, ..region };
        return Some([part((lo, middle)), part((middle.after(), hi))]);
    }
    let (lo, hi) = region.dport;
    (lo < hi).then(|| {
        let middle = lo + (hi - lo) / 2;
        let part = |dport| Region { dport, ..region };
        [part((lo, middle)), part((middle + 1, hi))]
    })
}
