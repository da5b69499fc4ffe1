//! Sources that nothing tells apart, neither before nor after: one is compared for all.

use super::Both;
use super::space::Pair;
use crate::analysis::classes::{Alike, ClassId, Swap};
use crate::answer::From;
use crate::model::{Id, Interface};
use std::collections::HashMap;
use std::net::IpAddr;

/// Pairs that cannot differ, together, in the order of the first.
pub(super) fn alike(both: &Both<'_>, pairs: Vec<Pair>) -> Vec<Vec<Pair>> {
    let classes = both
        .sides
        .each_ref()
        .map(|side| Alike::new(side.version.network, side.version.compiled));
    let mut out: Vec<Vec<Pair>> = Vec::new();
    let mut known: HashMap<[Option<ClassId>; 2], usize> = HashMap::new();
    for pair in pairs {
        let at = match class(both, &classes, &pair) {
            Some(class) => *known.entry(class).or_insert(out.len()),
            None => out.len(),
        };
        match out.get_mut(at) {
            Some(group) => group.push(pair),
            None => out.push(vec![pair]),
        }
    }
    out
}

/// The addresses of two pairs that are alike, exchanged.
pub(super) fn swap(both: &Both<'_>, a: &Pair, b: &Pair) -> Swap {
    let sides = both.sides.iter().zip(interfaces(a)).zip(interfaces(b));
    let mut there = sides.filter_map(|((side, a), b)| Some((side, a?, b?)));
    let made = there.next();
    made.map_or_else(Swap::default, |(side, a, b)| {
        Swap::new(side.version.network, a, b)
    })
}

/// The class on both sides, of an interface that has the same addresses on both.
fn class(both: &Both<'_>, classes: &[Alike; 2], pair: &Pair) -> Option<[Option<ClassId>; 2]> {
    let points = pair.point()?;
    let mut out = [None, None];
    let mut own: Option<Vec<IpAddr>> = None;
    let sides = both.sides.iter().zip(classes).zip(points);
    for (((side, alike), from), class) in sides.zip(&mut out) {
        let Some(from) = from else { continue };
        *class = Some(alike.of(&from)?);
        let From::Interface(id) = from else {
            return None;
        };
        let interface = &side.version.network.interfaces[id];
        let public = interface.public.iter().map(|(_, ip)| IpAddr::V4(*ip));
        let addresses: Vec<IpAddr> = interface.addresses().chain(public).collect();
        if own.get_or_insert_with(|| addresses.clone()) != &addresses {
            return None;
        }
    }
    Some(out)
}

fn interfaces(pair: &Pair) -> [Option<Id<Interface>>; 2] {
    let interface = |from| match from {
        Some(From::Interface(id)) => Some(id),
        _ => None,
    };
    pair.point().unwrap_or_default().map(interface)
}
