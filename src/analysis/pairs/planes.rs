//! A leg out and a leg back: for which ports the pair is reached by all of its client ports, by some,
//! or open, as far as the way between places decides.

use super::legs::{DEAD, Door, Leg, LegId, Whose};
use super::ports::Ports;
use super::profile::Profiles;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A bit a port class.
pub(super) type Mask = SmallVec<[u64; 1]>;

/// Index of a plane; the first is empty.
pub(super) type PlaneId = u32;
pub(super) const NOTHING: PlaneId = 0;

/// So many combinations have a place each.
const FEW: usize = 1 << 22;

/// What the way between two places decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Plane {
    pub(super) all: Mask,
    pub(super) some: Mask,
    pub(super) open: Mask,
    pub(super) whose: Whose,
    /// The sender's own filter, which decides as well.
    pub(super) out: Option<Door>,
    /// The receiver's.
    pub(super) into: Option<Door>,
}

/// What a plane adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    All,
    Some,
    Open,
}

impl Plane {
    /// No way, at no port.
    pub(super) fn nothing() -> Self {
        Self {
            all: Mask::new(),
            some: Mask::new(),
            open: Mask::new(),
            whose: Whose::Is(0),
            out: None,
            into: None,
        }
    }

    /// What it adds to at a port, if to anything.
    pub(super) fn part(&self, port: usize) -> Option<Part> {
        if Self::has(&self.open, port) {
            Some(Part::Open)
        } else if !Self::has(&self.some, port) {
            None
        } else if Self::has(&self.all, port) {
            Some(Part::All)
        } else {
            Some(Part::Some)
        }
    }

    pub(super) fn has(mask: &Mask, port: usize) -> bool {
        mask.get(port / 64)
            .is_some_and(|w| w & (1 << (port % 64)) != 0)
    }
}

/// Every plane that has come up.
#[derive(Clone, Debug)]
pub(super) struct Planes {
    pub(super) all: Vec<Plane>,
    known: FxHashMap<Plane, PlaneId>,
    pairs: FxHashMap<(LegId, LegId, usize), PlaneId>,
    /// The same, where there are few legs: by out, back and range.
    few: Vec<PlaneId>,
    words: usize,
}

impl Planes {
    pub(super) fn new(ports: &Ports) -> Self {
        let words = ports.classes.len().div_ceil(64).max(1);
        let mask: Mask = smallvec::smallvec![0; words];
        let nothing = Plane {
            all: mask.clone(),
            some: mask.clone(),
            open: mask,
            whose: Whose::Is(0),
            out: None,
            into: None,
        };
        Self {
            all: vec![nothing.clone()],
            known: FxHashMap::from_iter([(nothing, NOTHING)]),
            pairs: FxHashMap::default(),
            few: Vec::new(),
            words,
        }
    }

    /// The same, for so many legs and ranges.
    pub(super) fn sized(ports: &Ports, legs: usize, ranges: usize) -> Self {
        let all = legs * legs * ranges;
        Self {
            few: if all <= FEW {
                vec![PlaneId::MAX; all]
            } else {
                Vec::new()
            },
            ..Self::new(ports)
        }
    }

    /// The plane of two legs, for a sender with this range of client ports.
    pub(super) fn of(
        &mut self,
        (out, back, range): (LegId, LegId, usize),
        legs: &[Leg],
        ports: &Ports,
        profiles: &Profiles,
    ) -> PlaneId {
        if out == DEAD || back == DEAD && legs.get(out as usize).is_none_or(|l| !l.open) {
            return NOTHING;
        }
        let few = (out as usize * legs.len() + back as usize) * ports.ranges + range;
        match self.few.get(few) {
            Some(known) if *known != PlaneId::MAX => return *known,
            Some(_) => {}
            None => {
                if let Some(known) = self.pairs.get(&(out, back, range)) {
                    return *known;
                }
            }
        }
        let id = match (legs.get(out as usize), legs.get(back as usize)) {
            (Some(way), Some(reply)) => {
                let reply = (back != DEAD).then_some(reply);
                let plane = self.plane(way, reply, range, ports, profiles);
                self.intern(plane)
            }
            _ => NOTHING,
        };
        match self.few.get_mut(few) {
            Some(known) => *known = id,
            None => {
                self.pairs.insert((out, back, range), id);
            }
        }
        id
    }

    fn intern(&mut self, plane: Plane) -> PlaneId {
        let empty = |mask: &Mask| mask.iter().all(|w| *w == 0);
        if empty(&plane.some) && empty(&plane.open) {
            return NOTHING;
        }
        let next = self.all.len() as PlaneId;
        let id = *self.known.entry(plane.clone()).or_insert(next);
        if id == next {
            self.all.push(plane);
        }
        id
    }

    fn plane(
        &self,
        out: &Leg,
        back: Option<&Leg>,
        range: usize,
        ports: &Ports,
        profiles: &Profiles,
    ) -> Plane {
        let mask: Mask = smallvec::smallvec![0; self.words];
        let mut plane = Plane {
            all: mask.clone(),
            some: mask.clone(),
            open: mask,
            whose: out.whose,
            out: out.out,
            into: out.into,
        };
        // Both know their own connections, or there is nothing to be known.
        let state = |door: Option<Door>| door.map(|d| d.state);
        let knows = |filter: Option<Door>, noted: Option<Door>| {
            filter.is_none() || state(filter) == state(noted)
        };
        let known = |back: &Leg| knows(back.out, out.into) && knows(back.into, out.out);
        for (port, (ask, answers)) in ports.asked.iter().enumerate() {
            let Some(there) = profiles.of(out.profile, *ask) else {
                continue;
            };
            if there.spans.is_empty() {
                continue;
            }
            let bit = |mask: &mut Mask| {
                if let Some(word) = mask.get_mut(port / 64) {
                    *word |= 1 << (port % 64);
                }
            };
            if out.open {
                bit(&mut plane.open);
                continue;
            }
            let (Some(back), Some(query)) = (back, answers.get(range)) else {
                continue;
            };
            let (Some(here), Some(asked)) =
                (profiles.of(back.profile, *query), ports.queries.get(*query))
            else {
                continue;
            };
            if here.spans.is_empty() {
                continue;
            }
            if back.open || there.doubt || here.doubt || !known(back) {
                bit(&mut plane.open);
                continue;
            }
            bit(&mut plane.some);
            if here.is_whole(asked) {
                bit(&mut plane.all);
            }
        }
        plane
    }
}
