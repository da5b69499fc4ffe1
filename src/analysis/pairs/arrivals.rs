//! Places at which whatever arrives by the same entry meets the same, but for filters of their own:
//! the same stages over the same tables.

use super::looks::{Looks, Runs};
use crate::fabric::{NONE, Stage, TableId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Numbers of places that are alike on arrival, by entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    by_entry: FxHashMap<u8, Runs<u32>>,
}

/// What all that are alike have in common.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    /// The first stage, of all stages.
    first: u32,
    /// Each table that is looked at; of filters of their own whether they are there.
    tables: SmallVec<[TableId; 4]>,
    expected: bool,
}

impl Arrivals {
    /// Which places are alike at an entry.
    pub(super) fn at(&mut self, looks: &Looks<'_>, entry: u8) -> Runs<u32> {
        let made = || runs(looks, entry);
        self.by_entry.entry(entry).or_insert_with(made).clone()
    }
}

fn runs(looks: &Looks<'_>, entry: u8) -> Runs<u32> {
    let fabric = looks.fabric;
    let mut known: FxHashMap<Key, u32> = FxHashMap::default();
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (place, at) in (0u32..).zip(&looks.places.all) {
        let slots = fabric.nodes.get(at.node as usize).map(|n| &n.slots);
        let table = |slot: u8| {
            let table = slots.and_then(|s| s.get(slot as usize)).copied();
            table.unwrap_or(NONE)
        };
        let first = fabric.begins(at.node, entry);
        let mut key = Key {
            first,
            tables: SmallVec::new(),
            expected: at.expected,
        };
        for stage in fabric.stages.get(first as usize..).unwrap_or_default() {
            match stage {
                Stage::Filter {
                    table: slot,
                    state: Some(_),
                    ..
                } => key.tables.push(match table(*slot) {
                    NONE => NONE,
                    _ => 0,
                }),
                Stage::Filter { table: slot, .. }
                | Stage::Route { table: slot, .. }
                | Stage::Translate { table: slot, .. } => {
                    key.tables.push(looks.tables.like(table(*slot)));
                }
                Stage::Return { .. } | Stage::Recall { .. } | Stage::Mark => {}
                Stage::Opaque { .. } | Stage::Arrive => break,
            }
        }
        let next = known.len() as u32;
        let number = *known.entry(key).or_insert(next);
        if out.last().is_none_or(|(_, last)| *last != number) {
            out.push((place, number));
        }
    }
    out.into()
}
