//! Where each class's addresses lie, so that a new row finds the classes that it would tell apart.

use crate::analysis::classes::{ClassId, Classes, Owned};
use crate::analysis::pairs::{Cut, Rewritten};
use crate::fabric::{Address, Interval, flags, joined};
use std::collections::{BTreeMap, HashMap};

/// Of the classes with several interfaces: from where to where each of their addresses lies.
#[derive(Clone, Debug, Default)]
pub(super) struct Extents {
    /// By the lowest, each with the highest address so far.
    all: Vec<Extent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Extent {
    lo: Address,
    hi: Address,
    class: ClassId,
    /// The highest of all up to here.
    highest: Address,
}

/// Blocks of addresses, sorted and apart.
type Union = Vec<Interval<Address>>;

impl Extents {
    pub(super) fn new(classes: &Classes, owned: &Owned) -> Self {
        let mut out = Self::default();
        out.add(0..classes.len() as ClassId, classes, owned);
        out
    }

    /// Some classes are others now, or new.
    pub(super) fn again(&mut self, some: &[ClassId], classes: &Classes, owned: &Owned) {
        self.all.retain(|extent| !some.contains(&extent.class));
        self.add(some.iter().copied(), classes, owned);
    }

    fn add(&mut self, some: impl Iterator<Item = ClassId>, classes: &Classes, owned: &Owned) {
        for class in some {
            let members = classes.members(class);
            let mut own: Vec<(Address, Address)> = Vec::new();
            for member in members.iter().filter(|_| members.len() > 1) {
                for (which, (lo, hi)) in owned.spans(member.index() as u32).iter().enumerate() {
                    match own.get_mut(which) {
                        Some(known) => *known = (known.0.min(*lo), known.1.max(*hi)),
                        None => own.push((*lo, *hi)),
                    }
                }
            }
            self.all.extend(own.into_iter().map(|(lo, hi)| Extent {
                lo,
                hi,
                class,
                highest: hi,
            }));
        }
        // Few are added to many that are in order.
        self.all.sort_by_key(|e| (e.lo, e.hi, e.class));
        let mut highest = Address::new(0);
        for extent in &mut self.all {
            highest = highest.max(extent.hi);
            extent.highest = highest;
        }
    }

    /// The classes of which new rows tell interfaces apart; none, if they tell apart addresses that
    /// one interface has at a time.
    pub(super) fn cuts(
        &self,
        new: &Rewritten,
        classes: &Classes,
        owned: &Owned,
    ) -> Option<Vec<Cut>> {
        // Rows that are alike but for their addresses are one.
        let mut blocks: HashMap<(bool, u8, (u16, u16), u8), Union> = HashMap::new();
        let rows = new.rows.iter().filter(|_| new.added);
        for (v4, row) in rows.filter(|(_, r)| !r.is(flags::BY_MARK)) {
            let own = blocks
                .entry((*v4, row.proto, row.ports, row.flags))
                .or_default();
            own.push((row.lo, row.hi));
        }
        let mut keys: BTreeMap<ClassId, Vec<Vec<bool>>> = BTreeMap::new();
        for union in blocks.into_values().map(joined) {
            let ends = union.iter().flat_map(|(lo, hi)| [*lo, hi.after()]);
            let mut met: Vec<ClassId> = ends.flat_map(|end| self.across(end)).collect();
            met.sort_unstable();
            met.dedup();
            for class in met {
                let members = classes.members(class);
                let own = keys
                    .entry(class)
                    .or_insert_with(|| vec![Vec::new(); members.len()]);
                for (member, key) in members.iter().zip(own) {
                    for span in owned.spans(member.index() as u32) {
                        key.push(is_in(&union, *span)?);
                    }
                }
            }
        }
        let differ =
            |keys: &Vec<Vec<bool>>| keys.windows(2).any(|two| matches!(two, [a, b] if a != b));
        let cuts = keys.into_iter().filter(|(_, keys)| differ(keys));
        Some(cuts.map(|(class, keys)| Cut { class, keys }).collect())
    }

    /// The classes with addresses before this one, and others from there on.
    fn across(&self, end: Address) -> impl Iterator<Item = ClassId> + '_ {
        let before = self.all.partition_point(|e| e.lo < end);
        let before = self.all.get(..before).unwrap_or_default();
        let near = before.iter().rev().take_while(move |e| e.highest >= end);
        near.filter(move |e| e.hi >= end).map(|e| e.class)
    }
}

/// Whether addresses are in one of these blocks; none if some are and some not.
fn is_in(union: &Union, (lo, hi): (Address, Address)) -> Option<bool> {
    let at = union.partition_point(|(_, end)| *end < lo);
    let met = union.get(at).filter(|(from, _)| *from <= hi);
    met.map_or(Some(false), |(from, to)| {
        (*from <= lo && hi <= *to).then_some(true)
    })
}
