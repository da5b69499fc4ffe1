//! What a matrix under edit is made of: whom each receiver's own filter lets in and each sender's own
//! lets out, and the ways between places. A cell is the *and* of three; a row that an edit changes is
//! only marked, and made of the same three when somebody asks for it.

use super::Cell;
use super::bits::Bits;
use super::few::by_place;
use super::gates::{GateId, Gates, NOBODY};
use super::half::{Ground, Half, RowBits};
use super::incoming::Incoming;
use super::legs::{Door, Whose};
use super::outgoing::Outgoing;
use super::planes::{NOTHING, Part, Plane, PlaneId};
use super::rewritten::Holders;
use super::shared::Shared;
use super::split::Twin;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

/// The factors of one family's rows.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Factors {
    pub(super) gates: Gates,
    /// Receivers by their own filters: by door, and by whose traffic comes to them.
    pub(super) into: IndexMap<(Door, Whose), Incoming, FxBuildHasher>,
    /// Senders by their own filters, by door.
    pub(super) outs: IndexMap<Door, Outgoing, FxBuildHasher>,
    /// Who looks at which table.
    pub(super) holders: Holders,
    /// Every way between places; the first is none.
    planes: Vec<Plane>,
    /// Of each place, its way to each: which of them.
    ways: Vec<Vec<PlaneId>>,
    /// By port: the members whose rows are not those that are kept.
    pub(super) stale: Vec<Bits>,
    /// How many gates there were when they were last tidied up.
    lean: usize,
}

/// Whether somebody passes, and whether that is not certain.
pub(super) type Passes = (bool, bool);

impl Factors {
    /// Of what rows were made of.
    pub(super) fn new(half: &Half, ground: Ground<'_>, mut shared: Shared) -> Self {
        let (members, places) = (half.places.members.len(), half.places.len());
        let mut planes: IndexSet<Plane, FxBuildHasher> = IndexSet::default();
        planes.insert(Plane::nothing());
        let mut ways = vec![vec![NOTHING; places]; places];
        let mut into: IndexMap<(Door, Whose), Incoming, FxBuildHasher> = IndexMap::default();
        for to in 0..places as u32 {
            for (plane, senders) in half.column(ground, to).iter() {
                if let Some(door) = plane.into {
                    let key = (door, plane.whose);
                    let own = into.entry(key).or_insert_with(|| Incoming::new(members));
                    own.know(half, ground, (key, to), &mut shared);
                }
                if let Some(door) = plane.out {
                    shared.leaving(half, ground, door);
                }
                let number = planes.insert_full(plane.clone()).0 as PlaneId;
                // All members of a place have the same way.
                for (from, _) in by_place(half, senders.ones()) {
                    let way = ways.get_mut(from as usize);
                    if let Some(way) = way.and_then(|ways| ways.get_mut(to as usize)) {
                        *way = number;
                    }
                }
            }
        }
        let outs = shared.outs.into_iter();
        let mut out = Self {
            gates: shared.gates,
            into,
            outs: outs.map(|(door, own)| (door, own.outgoing)).collect(),
            holders: Holders::new(ground.fabric, &half.places),
            planes: planes.into_iter().collect(),
            ways,
            stale: vec![Bits::none(members); half.ports.classes.len()],
            lean: 0,
        };
        out.tidy();
        out
    }

    /// How many gates are known, of use or not.
    pub(super) fn len(&self) -> usize {
        self.gates.len()
    }

    /// Forgets gates that are of no use any more, if there are many more than last time: edits leave
    /// them.
    pub(super) fn tidy(&mut self) {
        if self.gates.len() <= 2 * self.lean {
            return;
        }
        let mut used = Bits::none(self.gates.len());
        let mut all: Vec<&mut GateId> = Vec::new();
        all.extend(self.into.values_mut().flat_map(Incoming::gates));
        all.extend(self.outs.values_mut().flat_map(Outgoing::gates));
        all.iter().for_each(|gate| used.set(**gate));
        let new = self.gates.only(&used);
        for gate in all {
            *gate = new.get(*gate as usize).copied().unwrap_or(NOBODY);
        }
        self.lean = self.gates.len();
    }

    /// Members are added that are like others.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        self.gates.alike(twins);
        for incoming in self.into.values_mut() {
            incoming.alike(twins);
        }
        for outgoing in self.outs.values_mut() {
            outgoing.alike(twins);
        }
        for stale in &mut self.stale {
            twins.iter().for_each(|twin| stale.alike(*twin));
        }
    }

    /// The ways from a place to each.
    pub(super) fn ways(&self, from: u32) -> &[PlaneId] {
        self.ways.get(from as usize).map_or(&[], Vec::as_slice)
    }

    /// A way, unless it is none.
    pub(super) fn plane(&self, way: PlaneId) -> Option<&Plane> {
        self.planes.get(way as usize).filter(|_| way != NOTHING)
    }

    /// The receivers that a plane leads to, if they have filters of their own there.
    pub(super) fn incoming(&self, plane: &Plane) -> Option<&Incoming> {
        self.into.get(&(plane.into?, plane.whose))
    }

    /// Whether a gate lets a member pass.
    pub(super) fn passes(&self, gate: GateId, member: u32) -> Passes {
        self.gates
            .get(gate)
            .map_or((false, false), |g| g.at(member))
    }

    /// Whether a receiver's own filter lets a sender in.
    fn lets_in(&self, plane: &Plane, (from, to): (u32, u32), port: usize) -> Passes {
        if plane.into.is_none() {
            return (true, false);
        }
        let filter = self.incoming(plane).and_then(|own| own.filter(to));
        filter.map_or((false, false), |filter| {
            let looked = if filter.looks_at_receiver { to } else { from };
            self.passes(filter.gate(port), looked)
        })
    }

    /// Whether a sender's own filter lets it out to a member.
    pub(super) fn lets_out(&self, plane: &Plane, (from, to): (u32, u32), port: usize) -> Passes {
        let Some(door) = plane.out else {
            return (true, false);
        };
        let own = self.outs.get(&door);
        own.map_or((false, false), |own| self.passes(own.gate(from, port), to))
    }

    /// What becomes of what one member sends another at a port.
    pub(super) fn cell(&self, half: &Half, (from, to): (u32, u32), port: usize) -> Cell {
        let ways = self.ways(half.place(from));
        let plane = ways
            .get(half.place(to) as usize)
            .and_then(|way| self.plane(*way));
        match plane.and_then(|plane| self.part(plane, (from, to), port)) {
            None => Cell::None,
            Some(Part::All) => Cell::All,
            Some(Part::Some) => Cell::Some,
            Some(Part::Open) => Cell::Open,
        }
    }

    /// The row of a member at a port, as it is now.
    pub(super) fn row(&self, half: &Half, ground: Ground<'_>, (to, port): (u32, usize)) -> RowBits {
        let len = half.places.members.len();
        let mut out = RowBits::none(len);
        for (plane, senders) in half.column(ground, half.place(to)).iter() {
            for from in senders.ones().filter(|_| plane.part(port).is_some()) {
                if let Some(part) = self.part(plane, (from, to), port) {
                    out.part(part, len).set(from);
                }
            }
        }
        out.done()
    }

    /// What a plane adds of a sender.
    fn part(&self, plane: &Plane, pair: (u32, u32), port: usize) -> Option<Part> {
        let part = plane.part(port)?;
        let into = self.lets_in(plane, pair, port);
        together(part, into, self.lets_out(plane, pair, port))
    }
}

/// What a plane adds of a sender, by whether it is let in and let out.
pub(super) fn together(part: Part, into: Passes, out: Passes) -> Option<Part> {
    if !into.0 || !out.0 {
        return None;
    }
    match part {
        Part::All | Part::Some if into.1 || out.1 => Some(Part::Open),
        part => Some(part),
    }
}
