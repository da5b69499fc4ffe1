//! Ways that were gone before: from a node on they are the same for everybody who comes there alike,
//! but for what tables say of the sender.

use super::legs::{Leg, LegId, Run, Way};
use super::looks::Turn;
use super::profile::ProfileId;
use crate::fabric::{Address, NodeId, TableId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;

/// Ranges of places.
pub(super) type Set = SmallVec<[(u32, u32); 4]>;

/// Ways to more places are not kept: others seldom come on the way to just as many.
const PLACES: u32 = 256;
/// Nor are more of those that only senders tell apart.
const ALIKE: usize = 8;
/// Nor more than so many events in all.
const MOST: usize = 1 << 22;

/// Who comes where, on the way to which places.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    node: NodeId,
    stage: u32,
    hops: u8,
    leg: Leg,
    src: Option<Address>,
    set: Set,
}

/// What comes on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Event {
    /// A filter is asked about the sender, and lets so much pass.
    Passes(TableId, ProfileId),
    /// A route is asked about the sender, and leads there.
    Turns(TableId, Turn),
    /// A leg to places from one up to another.
    Arrives(LegId, u32, u32),
}

/// All ways gone before.
#[derive(Debug, Default)]
pub(super) struct Gone {
    by_key: FxHashMap<Key, SmallVec<[Rc<[Event]>; 1]>>,
    events: usize,
}

impl Gone {
    /// Whether such a way is kept.
    fn keeps(set: &Set) -> bool {
        !set.spilled() && set.iter().map(|(from, to)| to - from).sum::<u32>() <= PLACES
    }

    /// What came to those who came there alike.
    fn alike(&self, key: &Key) -> SmallVec<[Rc<[Event]>; 1]> {
        self.by_key.get(key).cloned().unwrap_or_default()
    }

    /// Remembers what came.
    fn keep(&mut self, key: Key, events: &[Event]) {
        if self.events + events.len() > MOST {
            return;
        }
        let alike = self.by_key.entry(key).or_default();
        if alike.len() < ALIKE {
            self.events += events.len();
            alike.push(events.into());
        }
    }
}

impl Run<'_, '_> {
    /// Follows, unless somebody came here before of whom the tables on the way say the same.
    pub(super) fn again(&mut self, way: Way, set: Set) {
        if !Gone::keeps(&set) {
            return self.follow(way, set);
        }
        let key = Key {
            node: way.node,
            stage: way.stage,
            hops: way.hops,
            leg: way.leg,
            src: way.src,
            set,
        };
        for events in self.legs.gone.alike(&key) {
            if events.iter().all(|event| self.comes(*event)) {
                for event in events.iter() {
                    if let Event::Arrives(leg, from, to) = *event {
                        self.put(leg, from, to);
                    }
                }
                return self.log.extend_from_slice(&events);
            }
        }
        let begin = self.log.len();
        self.follow(way, key.set.clone());
        let events = self.log.get(begin..).unwrap_or_default();
        self.legs.gone.keep(key, events);
    }

    /// Whether what came to another comes to this sender, too.
    fn comes(&mut self, event: Event) -> bool {
        let looks = &mut self.legs.looks;
        match event {
            Event::Passes(table, profile) => looks.of_sender(table, self.from) == profile,
            Event::Turns(table, turn) => looks.turn_of_sender(table, self.from) == turn,
            Event::Arrives(..) => true,
        }
    }

    pub(super) fn senders_profile(&mut self, table: TableId) -> ProfileId {
        let profile = self.legs.looks.of_sender(table, self.from);
        self.log.push(Event::Passes(table, profile));
        profile
    }

    pub(super) fn senders_turn(&mut self, table: TableId) -> Turn {
        let turn = self.legs.looks.turn_of_sender(table, self.from);
        self.log.push(Event::Turns(table, turn));
        turn
    }
}
