//! Boxes that overlap, cut into parts that do not: two flows of a part are in the same boxes.

use crate::fabric::{Address, Region};

/// A part: sources, destinations, destination ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    pub(super) src: (Address, Address),
    pub(super) dst: (Address, Address),
    pub(super) dport: (u16, u16),
}

/// A number that has a next one, as an axis of the boxes counts.
type Span = (u128, u128);

/// The parts of boxes of one protocol, whatever their source ports.
pub(super) fn atoms(boxes: &[Region]) -> Vec<Atom> {
    let address = |(lo, hi): (Address, Address)| (lo.bits(), hi.bits());
    let back = |(lo, hi): Span| (Address::new(lo), Address::new(hi));
    let port = |n: u128| u16::try_from(n).unwrap_or(u16::MAX);
    let mut out = Vec::new();
    let all: Vec<&Region> = boxes.iter().collect();
    for (src, there) in cut(&all, |r| address(r.src)) {
        for (dst, there) in cut(&there, |r| address(r.dst)) {
            let ports = cut(&there, |r| (r.dport.0.into(), r.dport.1.into()));
            out.extend(ports.into_iter().map(|(dport, _)| Atom {
                src: back(src),
                dst: back(dst),
                dport: (port(dport.0), port(dport.1)),
            }));
        }
    }
    out
}

/// Cuts an axis where boxes begin or end: each interval with the boxes that cover it; neighbours
/// with the same boxes are one.
fn cut<'r>(boxes: &[&'r Region], axis: impl Fn(&Region) -> Span) -> Vec<(Span, Vec<&'r Region>)> {
    let mut ends: Vec<u128> = Vec::with_capacity(2 * boxes.len());
    for region in boxes {
        let (lo, hi) = axis(region);
        ends.extend([lo, hi.saturating_add(1)]);
    }
    ends.sort_unstable();
    ends.dedup();
    // The numbers of the boxes that begin and end at each cut.
    let mut begin: Vec<usize> = (0..boxes.len()).collect();
    let of = |n: &usize| boxes.get(*n).map(|r| axis(r));
    begin.sort_by_key(|n| of(n).map(|s| s.0));
    let mut begin = begin.into_iter().peekable();
    let mut open: Vec<usize> = Vec::new();
    let mut out: Vec<(Span, Vec<usize>)> = Vec::new();
    for pair in ends.windows(2) {
        let &[lo, next] = pair else { continue };
        open.retain(|n| of(n).is_some_and(|s| s.1 >= lo));
        while let Some(n) = begin.next_if(|n| of(n).is_some_and(|s| s.0 <= lo)) {
            open.push(n);
        }
        open.sort_unstable();
        if open.is_empty() {
            continue;
        }
        match out.last_mut() {
            Some((span, known)) if span.1 + 1 == lo && *known == open => span.1 = next - 1,
            _ => out.push(((lo, next - 1), open.clone())),
        }
    }
    let regions = |all: Vec<usize>| {
        all.into_iter()
            .filter_map(|n| boxes.get(n).copied())
            .collect()
    };
    out.into_iter()
        .map(|(span, all)| (span, regions(all)))
        .collect()
}
