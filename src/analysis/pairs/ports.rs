//! Classes of ports: those that no row tells apart, by protocol. And what filters are asked: each
//! class, and each range of client ports that replies are sent to.

use crate::analysis::classes::weight;
use crate::fabric::{Address, Fabric, Flow, TableId, Traffic, flags};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP6: u8 = 58;

/// Ports of a protocol that no row tells apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortClass {
    /// Whether of IPv4, else of IPv6.
    pub v4: bool,
    /// IP protocol.
    pub proto: u8,
    /// Destination ports; for ICMP, types and codes; nothing in particular for protocols without.
    pub spans: Vec<(u16, u16)>,
}

impl PortClass {
    /// A port that stands for all of them.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.spans.first().map_or(0, |(lo, _)| *lo)
    }

    /// Whether a port is one of them.
    #[must_use]
    pub fn has(&self, port: u16) -> bool {
        self.spans
            .iter()
            .any(|(lo, hi)| (*lo..=*hi).contains(&port))
    }
}

/// What a filter is asked about: a protocol and a range of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Query {
    pub(super) proto: u8,
    pub(super) ports: (u16, u16),
}

/// The port classes of a family, and what is asked for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    pub(super) classes: Vec<PortClass>,
    pub(super) queries: Vec<Query>,
    /// Of each class: its query, and the query of its reply for each client range.
    pub(super) asked: Vec<(usize, Vec<usize>)>,
    /// Of each query, whether a reply is asked about.
    pub(super) replies: Vec<bool>,
    /// How many ranges of client ports there are.
    pub(super) ranges: usize,
}

impl Ports {
    pub(super) fn new(
        fabric: &Fabric,
        used: impl Fn(TableId) -> bool,
        v4: bool,
        ranges: &[(u16, u16)],
    ) -> Self {
        let mut out = Self {
            classes: classes(fabric, used, v4),
            ranges: ranges.len(),
            ..Self::default()
        };
        let mut known: FxHashMap<Query, usize> = FxHashMap::default();
        let mut query = |query: Query, out: &mut Self| {
            *known.entry(query).or_insert_with(|| {
                out.queries.push(query);
                out.replies.push(false);
                out.queries.len() - 1
            })
        };
        for class in out.classes.clone() {
            let (proto, port) = (class.proto, class.port());
            let ask = query(
                Query {
                    proto,
                    ports: (port, port),
                },
                &mut out,
            );
            let answers = ranges.iter().map(|range| {
                let ports = reply(v4, proto, *range, port);
                query(Query { proto, ports }, &mut out)
            });
            let answers: Vec<usize> = answers.collect();
            for answer in &answers {
                if let Some(reply) = out.replies.get_mut(*answer) {
                    *reply = true;
                }
            }
            out.asked.push((ask, answers));
        }
        out
    }
}

/// The ports that the reply is sent to.
fn reply(v4: bool, proto: u8, client: (u16, u16), port: u16) -> (u16, u16) {
    let any = if v4 {
        Address::of_v4(0)
    } else {
        Address::new(0)
    };
    let client = if has_ports(proto) { client } else { (0, 0) };
    Flow::new(any, any, proto, client, port).reply().dport
}

/// Whether a protocol has ports.
pub(super) fn has_ports(proto: u8) -> bool {
    proto == TCP || proto == UDP
}

/// Spans of ports, by which rows cover them: the sum of the rows' random numbers.
type Edges = BTreeMap<u32, u128>;

fn classes(fabric: &Fabric, used: impl Fn(TableId) -> bool, v4: bool) -> Vec<PortClass> {
    let other = if v4 { ICMP6 } else { ICMP };
    let mut protos = BTreeSet::from([TCP, UDP]);
    let mut rows = Vec::new();
    for (table, id) in fabric.tables.iter().zip(0..) {
        if !used(id) {
            continue;
        }
        for (number, row) in fabric.rows_of(table) {
            let any = row.is(flags::ANY_PROTOCOL);
            let of_family = (number & crate::fabric::V6 == 0) == v4;
            if !of_family || (any && row.ports == (0, u16::MAX)) {
                continue;
            }
            let proto = (!any).then_some(row.proto);
            protos.extend(proto);
            rows.push((proto, row.ports, weight((id, number))));
        }
    }
    protos.remove(&other);
    let mut out = Vec::new();
    for proto in protos {
        let of = |p: Option<u8>| p.is_none_or(|p| p == proto);
        let rows = rows.iter().filter(|(p, ..)| of(*p));
        let rows = rows.map(|(_, ports, weight)| (*ports, *weight));
        let spans = match proto {
            TCP | UDP => by_cover(&edges(rows), |port, sum| sum(port)),
            ICMP | ICMP6 => {
                let mut edges = edges(rows);
                mirror(&mut edges, proto);
                // A message and what answers it are told apart together.
                by_cover(&edges, |message, sum| {
                    let answer = reply(v4, proto, (0, 0), message).0;
                    sum(message).wrapping_add(sum(answer).rotate_left(1))
                })
            }
            _ => vec![vec![(0, 0)]],
        };
        out.extend(
            spans
                .into_iter()
                .map(|spans| PortClass { v4, proto, spans }),
        );
    }
    out
}

fn edges(rows: impl Iterator<Item = ((u16, u16), u128)>) -> Edges {
    let mut edges = Edges::from([(0, 0)]);
    for ((lo, hi), weight) in rows {
        let at = edges.entry(lo.into()).or_default();
        *at = at.wrapping_add(weight);
        if hi < u16::MAX {
            let at = edges.entry(u32::from(hi) + 1).or_default();
            *at = at.wrapping_sub(weight);
        }
    }
    edges
}

/// Echo and echo reply answer each other: what cuts one cuts the other.
fn mirror(edges: &mut Edges, proto: u8) {
    let (echo, reply) = if proto == ICMP {
        (0x0800, 0x0000)
    } else {
        (0x8000, 0x8100)
    };
    let cuts: Vec<u32> = edges.keys().copied().collect();
    for (from, to) in [(echo, reply), (reply, echo)] {
        for cut in &cuts {
            if (from..=from + 0x100).contains(cut) {
                edges.entry(cut - from + to).or_default();
            }
        }
        edges.entry(from).or_default();
        edges.entry(from + 0x100).or_default();
    }
}

/// Spans between edges, those that are covered alike together, in order of their first.
fn by_cover(
    edges: &Edges,
    cover: impl Fn(u16, &dyn Fn(u16) -> u128) -> u128,
) -> Vec<Vec<(u16, u16)>> {
    let mut sums: Vec<(u32, u128)> = Vec::new();
    let mut sum = 0u128;
    for (at, weight) in edges {
        sum = sum.wrapping_add(*weight);
        sums.push((*at, sum));
    }
    let sum = |port: u16| {
        let at = sums.partition_point(|(at, _)| *at <= u32::from(port));
        let last = at.checked_sub(1).and_then(|at| sums.get(at));
        last.map_or(0, |(_, sum)| *sum)
    };
    let mut known: FxHashMap<u128, usize> = FxHashMap::default();
    let mut out: Vec<Vec<(u16, u16)>> = Vec::new();
    let ends = sums.iter().skip(1).map(|(at, _)| at - 1);
    let ends = ends.chain([u32::from(u16::MAX)]);
    for ((lo, _), hi) in sums.iter().zip(ends) {
        let (Ok(lo), Ok(hi)) = (u16::try_from(*lo), u16::try_from(hi)) else {
            continue;
        };
        let next = out.len();
        let class = *known.entry(cover(lo, &sum)).or_insert(next);
        match out.get_mut(class) {
            None => out.push(vec![(lo, hi)]),
            Some(spans) => match spans.last_mut() {
                Some(last) if last.1.checked_add(1) == Some(lo) => last.1 = hi,
                _ => spans.push((lo, hi)),
            },
        }
    }
    out
}
