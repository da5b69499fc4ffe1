//! One leg of every pair: from a place to all others at a time, through the stages that a packet
//! runs. What its own filters say is left to the rows of groups; everything else is here.
//!
//! A leg that meets a choice, an opaque node or what may be there, or that arrives with other headers
//! or asks its replies back, is open: the walker decides. But what is dropped further on is dropped,
//! whatever it met before.

use super::arrivals::Arrivals;
use super::gone::{Event, Gone, Set};
use super::looks::{Kind, Looks, Runs, Turn, at};
use super::profile::{EVERYTHING, Passed, ProfileId};
use super::turns::Turns;
use crate::fabric::{Address, Back, Link, LinkId, MarkOp, NodeId, Side, Stage, TableId};
use rustc_hash::FxHashMap;
use smallvec::smallvec;

/// More nodes than any path has, as the walker counts.
const LONGEST: u8 = 64;

/// Index of a leg; the first does not arrive.
pub(super) type LegId = u32;
pub(super) const DEAD: LegId = 0;

/// A stateful filter of an interface, by slot and memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Door {
    pub(super) slot: u8,
    pub(super) state: u8,
}

/// Whose the traffic is when it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// Its sender's.
    Sender,
    /// This mark's.
    Is(u32),
    /// What a turn makes of its sender's.
    Turned(u32),
}

/// How a leg goes, of all pairs of places between which it goes alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Leg {
    /// What filters on the way let pass.
    pub(super) profile: ProfileId,
    pub(super) whose: Whose,
    /// The sender's own filter.
    pub(super) out: Option<Door>,
    /// The receiver's.
    pub(super) into: Option<Door>,
    /// Rows do not decide.
    pub(super) open: bool,
}

impl Leg {
    /// The walker decides.
    fn opened(self) -> Self {
        Self {
            whose: Whose::Is(0),
            into: None,
            open: true,
            ..self
        }
    }
}

/// Somewhere on the way.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) node: NodeId,
    /// Of all stages.
    pub(super) stage: u32,
    pub(super) hops: u8,
    pub(super) leg: Leg,
    /// Another source address than it set out with.
    pub(super) src: Option<Address>,
    /// Still at the node that sends.
    first: bool,
}

/// All legs of a family.
pub(super) struct Legs<'a> {
    pub(super) looks: Looks<'a>,
    turns: &'a Turns,
    /// Turns after turns, as far as they were asked for.
    both: FxHashMap<(u32, u32), Option<u32>>,
    arrivals: Arrivals,
    pub(super) gone: Gone,
    pub(super) all: Vec<Leg>,
    known: FxHashMap<Leg, LegId>,
}

impl<'a> Legs<'a> {
    pub(super) fn new(looks: Looks<'a>, turns: &'a Turns) -> Self {
        let dead = Leg {
            profile: EVERYTHING,
            whose: Whose::Is(u32::MAX),
            out: None,
            into: None,
            open: false,
        };
        Self {
            looks,
            turns,
            both: FxHashMap::default(),
            arrivals: Arrivals::default(),
            gone: Gone::default(),
            all: vec![dead],
            known: FxHashMap::from_iter([(dead, DEAD)]),
        }
    }

    /// The leg from a place to each of some others.
    pub(super) fn from(&mut self, place: u32, to: std::ops::Range<u32>, out: &mut [LegId]) {
        let Some(own) = self.looks.places.all.get(place as usize).copied() else {
            return;
        };
        let fabric = self.looks.fabric;
        let entry = match own.sends {
            true => crate::aws::FROM_HOST,
            // It never asks; it answers.
            false => fabric.lists(own.node).map_or(0, |l| l.reply),
        };
        let way = Way {
            node: own.node,
            stage: fabric.begins(own.node, entry),
            hops: 1,
            leg: Leg {
                profile: EVERYTHING,
                whose: Whose::Is(0),
                out: None,
                into: None,
                open: false,
            },
            src: None,
            first: true,
        };
        let mut run = Run {
            legs: self,
            from: place,
            out,
            log: Vec::new(),
        };
        run.follow(way, smallvec![(to.start, to.end)]);
    }

    /// The turn that one and then another make.
    fn both(&mut self, first: u32, then: u32) -> Option<u32> {
        let made = || self.turns.then(first, then);
        *self.both.entry((first, then)).or_insert_with(made)
    }

    fn intern(&mut self, leg: Leg) -> LegId {
        let next = self.all.len() as LegId;
        let id = *self.known.entry(leg).or_insert(next);
        if id == next {
            self.all.push(leg);
        }
        id
    }
}

/// From one place.
pub(super) struct Run<'r, 'a> {
    pub(super) legs: &'r mut Legs<'a>,
    pub(super) from: u32,
    pub(super) out: &'r mut [LegId],
    /// What came so far.
    pub(super) log: Vec<Event>,
}

impl Run<'_, '_> {
    pub(super) fn follow(&mut self, mut way: Way, mut set: Set) {
        let fabric = self.legs.looks.fabric;
        while !set.is_empty() {
            let Some(node) = fabric.nodes.get(way.node as usize) else {
                return;
            };
            let Some(stage) = fabric.stages.get(way.stage as usize) else {
                return;
            };
            let there = |slot: u8| {
                let table = node.slots.get(slot as usize).copied();
                table.filter(|t| fabric.tables.get(*t as usize).is_some())
            };
            match *stage {
                Stage::Filter { table, state, .. } => match (there(table), state) {
                    (None, _) => {}
                    (Some(_), Some(state)) if way.first => {
                        if way.leg.out.is_some() {
                            return self.open(&way, &set);
                        }
                        way.leg.out = Some(Door { slot: table, state });
                    }
                    (Some(table), state) => {
                        let mut parts = self.filtered(table, &way, &set, state.is_some());
                        let last = parts.pop();
                        for (profile, part) in parts {
                            let mut next = way;
                            next.stage += 1;
                            next.leg.profile = profile;
                            self.follow(next, part);
                        }
                        let Some((profile, part)) = last else { return };
                        (way.leg.profile, set) = (profile, part);
                    }
                },
                Stage::Route { table, .. } => {
                    if let Some(table) = there(table) {
                        set = self.turned(table, way, &set);
                    }
                }
                Stage::Translate {
                    table, remember, ..
                } => {
                    if self.is_senders(way.node) {
                        return self.open(&way, &set);
                    }
                    if remember {
                        way.leg.profile = self.without_replies(way.leg.profile);
                    }
                    if let Some(table) = there(table) {
                        set = self.turned(table, way, &set);
                    }
                }
                Stage::Recall { otherwise, .. } => {
                    if self.is_senders(way.node) {
                        return self.open(&way, &set);
                    }
                    if otherwise.is_some() {
                        return;
                    }
                }
                Stage::Return { .. } => {}
                Stage::Mark => {
                    way.leg.whose = match way.first {
                        true => Whose::Sender,
                        false => Whose::Is(node.mark),
                    };
                }
                Stage::Opaque { .. } => return self.open(&way, &set),
                Stage::Arrive => return self.arrived(&way, &set),
            }
            way.stage += 1;
        }
    }

    /// The list of a node ended that was not looked for by its address.
    fn arrived(&mut self, way: &Way, set: &Set) {
        let places = self.legs.looks.places;
        for (from, to) in set {
            for place in *from..*to {
                let Some(at) = places.all.get(place as usize) else {
                    continue;
                };
                // Anybody else is not whom it is for.
                if at.node == way.node || !at.alone {
                    self.open(way, &smallvec![(place, place + 1)]);
                }
            }
        }
    }

    /// Whether it is a node of somebody who sends by himself: its memory may be of what it sent.
    fn is_senders(&self, node: NodeId) -> bool {
        let fabric = self.legs.looks.fabric;
        let lists = fabric.lists(node);
        let first = lists.and_then(|l| fabric.stages.get(l.first as usize));
        self.legs.looks.owned.at(node).is_some() && matches!(first, Some(Stage::Mark))
    }

    fn without_replies(&mut self, profile: ProfileId) -> ProfileId {
        let looks = &mut self.legs.looks;
        let (queries, replies) = (looks.queries, looks.replies);
        looks
            .profiles
            .changed(profile, queries, |n, query, passed| {
                // A reply of a protocol without ports looks like what it answers.
                let client = super::ports::has_ports(query.proto) && query.ports.0 != query.ports.1;
                match replies.get(n) {
                    Some(true) if client => Passed::none(),
                    _ => passed.clone(),
                }
            })
    }

    /// What a filter lets pass, by parts. What it may remember of a reply, it may let pass.
    fn filtered(
        &mut self,
        table: TableId,
        way: &Way,
        set: &Set,
        state: bool,
    ) -> Vec<(ProfileId, Set)> {
        let looks = &mut self.legs.looks;
        let parts: Vec<(ProfileId, Set)> = match (looks.side(table), way.src) {
            (Side::Src, None) => vec![(self.senders_profile(table), set.clone())],
            (Side::Src, Some(src)) => vec![(looks.passes(table, src), set.clone())],
            (Side::Dst, _) => parts(&looks.filter(table), set),
        };
        let mut out = Vec::new();
        for (mut profile, part) in parts {
            if state {
                profile = self.legs.looks.remembered(profile);
            }
            let profiles = &mut self.legs.looks.profiles;
            let profile = profiles.both(way.leg.profile, profile);
            if !profiles.is_nothing(profile) {
                out.push((profile, part));
            }
        }
        out
    }

    /// Where a table sends: what is left goes on to the next stage.
    fn turned(&mut self, table: TableId, way: Way, set: &Set) -> Set {
        let looks = &mut self.legs.looks;
        let parts: Vec<(Turn, Set)> = match (looks.side(table), way.src) {
            (Side::Src, None) => vec![(self.senders_turn(table), set.clone())],
            (Side::Src, Some(src)) => vec![(looks.turn(table, src), set.clone())],
            (Side::Dst, _) => parts(&looks.route(table), set),
        };
        let mut left = Set::new();
        for (turn, part) in parts {
            match turn {
                Turn::Next => left.extend(part),
                Turn::Drop => {}
                Turn::Go(link) => self.go(way, link, part),
                Turn::Own(kind) => self.own(way, kind, &part),
                Turn::Rewrite(number) => self.rewritten(way, number, part),
                Turn::Open => self.open(&way, &part),
            }
        }
        left
    }

    /// With another source it goes on, and if it arrives it is the walker's.
    fn rewritten(&mut self, mut way: Way, number: u32, set: Set) {
        let to = self.legs.looks.fabric.rewrites.get(number as usize);
        match to {
            Some(to) if to.dst.is_none() && to.dport.is_none() => {
                way.src = to.src.or(way.src);
                way.leg.open = true;
                way.stage += 1;
                self.follow(way, set);
            }
            _ => self.open(&way, &set),
        }
    }

    /// Over a link; whether not too many were crossed before.
    fn cross(&mut self, way: &mut Way, link: &Link) -> bool {
        way.hops += 1;
        way.leg.whose = match (link.mark, way.leg.whose) {
            (MarkOp::Keep, whose) => whose,
            (MarkOp::Clear, _) => Whose::Is(0),
            (MarkOp::Set(mark), _) => Whose::Is(mark),
            (MarkOp::Turn(turn), Whose::Sender) => Whose::Turned(turn),
            (MarkOp::Turn(turn), Whose::Is(mark)) => Whose::Is(self.legs.turns.of(turn, mark)),
            (MarkOp::Turn(turn), Whose::Turned(first)) => match self.legs.both(first, turn) {
                Some(both) => Whose::Turned(both),
                None => {
                    way.leg.open = true;
                    way.leg.whose
                }
            },
        };
        way.leg.open |= link.back != Back::None;
        way.first = false;
        way.hops <= LONGEST
    }

    fn go(&mut self, mut way: Way, number: LinkId, set: Set) {
        let fabric = self.legs.looks.fabric;
        let Some(link) = fabric.links.get(number as usize) else {
            return;
        };
        if !self.cross(&mut way, link) {
            return;
        }
        (way.node, way.stage) = (link.to, link.stage);
        if self.legs.looks.owned.at(link.to).is_none() {
            return self.again(way, set);
        }
        // To an interface: some are where they are looked for, others only pass there.
        let mut others = Set::new();
        for (from, to) in set {
            for place in from..to {
                let at = self.legs.looks.places.all.get(place as usize);
                match at {
                    Some(at) if at.node == link.to => self.arrive(way, place),
                    _ => match others.last_mut() {
                        Some((_, end)) if *end == place => *end += 1,
                        _ => others.push((place, place + 1)),
                    },
                }
            }
        }
        self.follow(way, others);
    }

    /// To places by links of a kind: what is alike on arrival is followed once.
    fn own(&mut self, mut way: Way, kind: Kind, set: &Set) {
        let Some(link) = self.legs.looks.kinds.get_index(kind as usize).copied() else {
            return;
        };
        if !self.cross(&mut way, &link) {
            return;
        }
        let looks = &self.legs.looks;
        let alike = self.legs.arrivals.at(looks, link.entry);
        for (_, some) in parts(&alike, set) {
            let places = some.iter().flat_map(|(from, to)| *from..*to);
            for place in places {
                let looks = &self.legs.looks;
                let Some(at) = looks.places.all.get(place as usize) else {
                    continue;
                };
                way.node = at.node;
                way.stage = looks.fabric.begins(at.node, link.entry);
                let (leg, is_like_others) = self.ends(way, place);
                if is_like_others {
                    if let Some(leg) = leg {
                        self.set(leg, &some);
                    }
                    break;
                }
                if let Some(leg) = leg {
                    self.set(leg, &smallvec![(place, place + 1)]);
                }
            }
        }
    }

    fn arrive(&mut self, way: Way, place: u32) {
        if let (Some(leg), _) = self.ends(way, place) {
            self.set(leg, &smallvec![(place, place + 1)]);
        }
    }

    /// At the interface that has the address: its own filters are left to the rows of groups. The leg
    /// to it, if it arrives; and whether it goes so to all that are alike on arrival.
    fn ends(&mut self, mut way: Way, place: u32) -> (Option<Leg>, bool) {
        let mut alike = true;
        let fabric = self.legs.looks.fabric;
        let Some(node) = fabric.nodes.get(way.node as usize) else {
            return (None, false);
        };
        let before = way;
        loop {
            let there = |slot: u8| {
                let table = node.slots.get(slot as usize).copied();
                table.filter(|t| fabric.tables.get(*t as usize).is_some())
            };
            match fabric.stages.get(way.stage as usize) {
                Some(Stage::Filter { table, state, .. }) => match (there(*table), *state) {
                    (None, _) => {}
                    (Some(_), Some(state)) => {
                        if way.leg.into.is_some() {
                            return (Some(before.leg.opened()), alike);
                        }
                        way.leg.into = Some(Door {
                            slot: *table,
                            state,
                        });
                    }
                    (Some(table), None) => {
                        alike &= self.legs.looks.side(table) == Side::Src;
                        let one: Set = smallvec![(place, place + 1)];
                        match self.filtered(table, &way, &one, false).pop() {
                            Some((profile, _)) => way.leg.profile = profile,
                            None => return (None, alike),
                        }
                    }
                },
                Some(Stage::Route { table, .. }) => {
                    if let Some(table) = there(*table) {
                        let looks = &mut self.legs.looks;
                        alike &= looks.side(table) == Side::Src;
                        let turn = match (looks.side(table), way.src) {
                            (Side::Dst, _) => at(&looks.route(table), place),
                            (Side::Src, None) => Some(self.senders_turn(table)),
                            (Side::Src, Some(src)) => Some(looks.turn(table, src)),
                        };
                        match turn {
                            None | Some(Turn::Next) => {}
                            Some(Turn::Drop) => return (None, alike),
                            Some(Turn::Go(_) | Turn::Own(_) | Turn::Rewrite(_) | Turn::Open) => {
                                return (Some(before.leg.opened()), alike);
                            }
                        }
                    }
                }
                Some(Stage::Mark) => {
                    way.leg.whose = Whose::Is(node.mark);
                    alike = false;
                }
                Some(Stage::Return { .. }) => {}
                // It changes nothing, and takes no reply.
                Some(Stage::Translate {
                    table,
                    remember: true,
                    ..
                }) if there(*table).is_none() && !self.is_senders(way.node) => {
                    way.leg.profile = self.without_replies(way.leg.profile);
                }
                Some(Stage::Arrive) => {
                    let places = &self.legs.looks.places.all;
                    let expected = places.get(place as usize).is_some_and(|p| p.expected);
                    if way.leg.open || !expected {
                        return (Some(before.leg.opened()), alike);
                    }
                    return (Some(way.leg), alike);
                }
                Some(Stage::Translate { .. } | Stage::Recall { .. } | Stage::Opaque { .. })
                | None => return (Some(before.leg.opened()), alike),
            }
            way.stage += 1;
        }
    }

    /// The walker decides.
    fn open(&mut self, way: &Way, set: &Set) {
        self.set(way.leg.opened(), set);
    }

    fn set(&mut self, leg: Leg, set: &Set) {
        let id = self.legs.intern(leg);
        for (from, to) in set {
            self.log.push(Event::Arrives(id, *from, *to));
            self.put(id, *from, *to);
        }
    }

    pub(super) fn put(&mut self, leg: LegId, from: u32, to: u32) {
        if let Some(out) = self.out.get_mut(from as usize..to as usize) {
            out.fill(leg);
        }
    }
}

impl Looks<'_> {
    /// The same, where a reply may be known as one.
    fn remembered(&mut self, profile: ProfileId) -> ProfileId {
        let (queries, replies) = (self.queries, self.replies);
        self.profiles
            .changed(profile, queries, |n, query, passed| match replies.get(n) {
                Some(true) if !passed.is_whole(query) || passed.doubt => Passed {
                    doubt: true,
                    ..Passed::all(query)
                },
                _ => passed.clone(),
            })
    }
}

/// Places by what holds for them.
fn parts<T: Copy + PartialEq>(runs: &Runs<T>, set: &Set) -> Vec<(T, Set)> {
    let mut out: Vec<(T, Set)> = Vec::new();
    for (from, to) in set {
        let first = runs.partition_point(|(at, _)| at <= from).saturating_sub(1);
        for (number, (begin, what)) in runs.iter().enumerate().skip(first) {
            if begin >= to {
                break;
            }
            let end = runs.get(number + 1).map_or(u32::MAX, |(next, _)| *next);
            let (lo, hi) = (*from.max(begin), *to.min(&end));
            if lo >= hi {
                continue;
            }
            match out
                .iter_mut()
                .rev()
                .take(8)
                .find(|(known, _)| known == what)
            {
                Some((_, set)) => set.push((lo, hi)),
                None => out.push((*what, smallvec![(lo, hi)])),
            }
        }
    }
    out
}
