//! Where each class's addresses lie, so that a new row finds the classes that it would tell apart.

use crate::analysis::classes::{ClassId, Classes, Owned};
use crate::analysis::pairs::Rewritten;
use crate::fabric::{Address, Interval, flags, joined};
use std::collections::HashMap;

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
        let mut all = Vec::new();
        for class in 0..classes.len() as ClassId {
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
            all.extend(own.into_iter().map(|(lo, hi)| Extent {
                lo,
                hi,
                class,
                highest: hi,
            }));
        }
        all.sort_unstable();
        let mut highest = Address::new(0);
        for extent in &mut all {
            highest = highest.max(extent.hi);
            extent.highest = highest;
        }
        Self { all }
    }

    /// Whether new rows tell interfaces of one class apart.
    pub(super) fn splits(&self, new: &Rewritten, classes: &Classes, owned: &Owned) -> bool {
        if !new.added {
            return false;
        }
        // Rows that are alike but for their addresses are one.
        let mut blocks: HashMap<(bool, u8, (u16, u16), u8), Union> = HashMap::new();
        for (v4, row) in new.rows.iter().filter(|(_, r)| !r.is(flags::BY_MARK)) {
            let own = blocks
                .entry((*v4, row.proto, row.ports, row.flags))
                .or_default();
            own.push((row.lo, row.hi));
        }
        let mut blocks = blocks.into_values().map(joined);
        blocks.any(|union| {
            let ends = union.iter().flat_map(|(lo, hi)| [*lo, hi.after()]);
            let mut met: Vec<ClassId> = ends.flat_map(|end| self.across(end)).collect();
            met.sort_unstable();
            met.dedup();
            met.into_iter()
                .any(|class| is_split(class, &union, classes, owned))
        })
    }

    /// The classes with addresses before this one, and others from there on.
    fn across(&self, end: Address) -> impl Iterator<Item = ClassId> + '_ {
        let before = self.all.partition_point(|e| e.lo < end);
        let before = self.all.get(..before).unwrap_or_default();
        let near = before.iter().rev().take_while(move |e| e.highest >= end);
        near.filter(move |e| e.hi >= end).map(|e| e.class)
    }
}

/// Whether of the addresses of a class that are each interface's same, some are in these blocks and some not.
fn is_split(class: ClassId, union: &Union, classes: &Classes, owned: &Owned) -> bool {
    let is_in = |(lo, hi): &(Address, Address)| {
        let at = union.partition_point(|(_, end)| end < lo);
        let met = union.get(at).filter(|(from, _)| from <= hi);
        met.map_or(Some(false), |(from, to)| {
            (from <= lo && hi <= to).then_some(true)
        })
    };
    let members = classes.members(class).iter();
    let mut seen = members.map(|m| {
        let spans = owned.spans(m.index() as u32).iter();
        spans.map(is_in).collect::<Option<Vec<bool>>>()
    });
    let first = seen.next().flatten();
    first.is_none() || seen.any(|own| own != first)
}
