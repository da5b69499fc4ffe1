//! What rows of bits are put together from: whom each receiver's own filter lets in, whom senders' own
//! let out. Each part is made of one table, once, and again when its table changes; rows of one place
//! that are made of the same parts are the same.

use super::bits::Bits;
use super::concerned::LetOut;
use super::gates::{EVERYBODY, GateId, Gates, NOBODY, gates, side};
use super::half::{Column, Ground, Half, RowBits};
use super::legs::{Door, Whose};
use super::outgoing::Outgoing;
use super::outs::Outs;
use super::planes::Plane;
use super::rewritten::Holders;
use super::split::Twin;
use crate::analysis::classes::Parted;
use crate::fabric::{Side, TableId};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;
use std::ops::Range;

/// Everything that rows of some classes of ports share.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Shared {
    ports: Range<usize>,
    pub(super) gates: Gates,
    /// By filter.
    into: FxHashMap<TableId, Incoming>,
    outs: IndexMap<Door, Outgoing, FxBuildHasher>,
    /// How large it was when it was last tidied up.
    lean: usize,
}

/// Whom a filter lets in: by whose the traffic is, a gate for each port.
type Incoming = SmallVec<[(Whose, Vec<GateId>); 1]>;

/// The planes that a row is made of, and for each the gates it is seen through.
pub(in crate::analysis) type Recipe = SmallVec<[Use; 4]>;

/// A plane of a column, through two gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::analysis) struct Use {
    plane: u32,
    into: GateId,
    out: GateId,
    part: Part,
}

/// What a plane adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    All,
    Some,
    Open,
}

impl Shared {
    /// For some classes of ports of a family.
    pub(in crate::analysis) fn new(half: &Half, ports: Range<usize>) -> Self {
        Self {
            ports,
            gates: Gates::new(half.places.members.len()),
            into: FxHashMap::default(),
            outs: IndexMap::default(),
            lean: 0,
        }
    }

    /// How many bytes they take, about.
    pub(super) fn bytes(&self) -> u64 {
        self.gates.bytes()
    }

    /// How much is known, of use or not.
    pub(super) fn len(&self) -> usize {
        let outs = self.outs.values().map(Outgoing::len);
        self.gates.len() + outs.sum::<usize>()
    }

    /// All that is known is of use, as long as nothing has been rewritten.
    pub(super) fn is_lean(&mut self) {
        self.lean = self.len();
    }

    /// Forgets what is of no use any more, if much more is known than last time: rewriting leaves it.
    pub(super) fn tidy(&mut self) {
        if self.len() <= 2 * self.lean {
            return;
        }
        let mut used = Bits::none(self.gates.len());
        let mut outs: Vec<&mut Outs> = self.outs.values_mut().flat_map(Outgoing::outs).collect();
        for outs in &mut outs {
            outs.trim();
            outs.gates().for_each(|gate| used.set(gate));
        }
        let mut into: Vec<&mut GateId> = Vec::new();
        #[expect(clippy::iter_over_hash_type, reason = "each has its own")]
        for known in self.into.values_mut() {
            into.extend(known.iter_mut().flat_map(|(_, all)| all));
        }
        into.iter().for_each(|gate| used.set(**gate));
        let new = self.gates.only(&used);
        outs.iter_mut().for_each(|outs| outs.renumber(&new));
        for gate in into {
            *gate = new.get(*gate as usize).copied().unwrap_or(NOBODY);
        }
        self.lean = self.len();
    }

    /// Members are added that are like others.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        self.gates.alike(twins);
        for outgoing in self.outs.values_mut() {
            outgoing.alike(twins, &self.gates);
        }
    }

    /// Tables have been written anew, which matters at some ports, of all: the rows that hang on what
    /// has changed, by member and port.
    pub(super) fn rewrite(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (written, holders): (&[Parted], &Holders),
        ports: &[usize],
    ) -> Vec<(u32, usize)> {
        let mut hang = Vec::new();
        for parted in written {
            let differ = self.rewrite_into(half, ground, *parted, ports);
            for member in holders.of(parted.table) {
                hang.extend(differ.iter().map(|port| (*member, *port)));
            }
        }
        let mut let_out = Vec::new();
        for (door, outgoing) in &mut self.outs {
            let mut turned = vec![Vec::new(); ports.len()];
            for table in written.iter().map(|parted| parted.table) {
                let own = holders.of(table).iter().copied();
                let at_the_door = |m: &u32| half.slot(ground, *m, *door) == Some(table);
                let own: Vec<u32> = own.filter(at_the_door).collect();
                let at = (ports, turned.as_mut_slice());
                outgoing.rewrite(half, ground, (table, &own), at, &mut self.gates);
            }
            let mut differ = Vec::new();
            for (port, turned) in ports.iter().zip(&turned) {
                let own = outgoing.turn(*port, turned, &mut self.gates);
                differ.extend(own.map(|own| (*port, own)));
            }
            let_out.push(LetOut {
                door: *door,
                senders: outgoing.members(turned.iter().flatten()),
                differ,
            });
        }
        for new in &let_out {
            hang.extend(self.concerned(half, ground, new));
        }
        hang.sort_unstable();
        hang.dedup();
        self.tidy();
        hang
    }

    /// The same of whom filters let in: at which ports that changed.
    fn rewrite_into(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        Parted { table, was, heir }: Parted,
        ports: &[usize],
    ) -> Vec<usize> {
        let known = match was == table {
            true => self.into.remove(&table),
            false => self.into.get(&was).cloned(),
        };
        let Some(mut known) = known else {
            return Vec::new();
        };
        if let Some(heir) = heir {
            self.into.insert(heir, known.clone());
        }
        let mut differ = Vec::new();
        for (whose, all) in &mut known {
            let classes = ports.iter().filter_map(|p| half.ports.classes.get(*p));
            let places = (&half.places, &half.tagged);
            let next = gates(ground, places, (table, *whose), classes, &mut self.gates);
            for (port, gate) in ports.iter().zip(next) {
                let own = all.get_mut(*port).filter(|own| **own != gate);
                if let Some(own) = own {
                    *own = gate;
                    differ.push(*port);
                }
            }
        }
        self.into.insert(table, known);
        differ.sort_unstable();
        differ.dedup();
        differ
    }

    /// Whom a filter lets in, by port.
    pub(in crate::analysis) fn into(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (table, whose): (TableId, Whose),
    ) -> &[GateId] {
        let known = self.into.entry(table).or_default();
        let at = match known.iter().position(|(own, _)| *own == whose) {
            Some(at) => at,
            None => {
                let ports = half.ports.classes.get(self.ports.clone());
                let places = (&half.places, &half.tagged);
                let ports = ports.unwrap_or_default().iter();
                let all = gates(ground, places, (table, whose), ports, &mut self.gates);
                known.push((whose, all));
                known.len() - 1
            }
        };
        known.get(at).map_or(&[], |(_, all)| all)
    }

    /// Whom senders' own filters let out to a member.
    fn out(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (door, to): (Door, u32),
        at: usize,
    ) -> GateId {
        let (range, gates) = (self.ports.clone(), &mut self.gates);
        let outgoing = self.outs.entry(door).or_insert_with(|| {
            let ports = half.ports.classes.get(range).unwrap_or_default();
            Outgoing::new(half, ground, door, ports, gates)
        });
        outgoing.gate(to, at, gates)
    }

    /// What the row of a member as a destination is made of.
    pub(in crate::analysis) fn recipe(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (to, port): (u32, usize),
        column: &Column,
    ) -> Recipe {
        let at = port.wrapping_sub(self.ports.start);
        let mut recipe = Recipe::new();
        for (number, (plane, _)) in (0u32..).zip(column) {
            let part = if Plane::has(&plane.open, port) {
                Part::Open
            } else if !Plane::has(&plane.some, port) {
                continue;
            } else if Plane::has(&plane.all, port) {
                Part::All
            } else {
                Part::Some
            };
            let mut into = EVERYBODY;
            if let Some(table) = plane.into.and_then(|door| half.table(ground, to, door)) {
                let all = self.into(half, ground, (table, plane.whose));
                into = all.get(at).copied().unwrap_or(NOBODY);
                if into > NOBODY && side(ground.fabric, table) == Side::Dst {
                    into = self.gates.for_all(into, to);
                }
            }
            if into == NOBODY {
                continue;
            }
            let out = match plane.out {
                Some(door) => self.out(half, ground, (door, to), at),
                None => EVERYBODY,
            };
            if out != NOBODY {
                recipe.push(Use {
                    plane: number,
                    into,
                    out,
                    part,
                });
            }
        }
        recipe
    }

    /// A row as its recipe says.
    pub(in crate::analysis) fn row(
        &self,
        half: &Half,
        recipe: &Recipe,
        column: &Column,
    ) -> RowBits {
        let len = half.places.members.len();
        let mut out = RowBits {
            all: Bits::none(len),
            some: None,
            open: None,
        };
        for way in recipe {
            let (Some((_, senders)), Some(into), Some(door)) = (
                column.get(way.plane as usize),
                self.gates.get(way.into),
                self.gates.get(way.out),
            ) else {
                continue;
            };
            let doubt = [&into.doubt, &door.doubt];
            if doubt.iter().any(|d| d.is_some()) && way.part != Part::Open {
                let mut pass = senders.clone();
                pass.and(&into.pass);
                pass.and(&door.pass);
                let mut doubtful = Bits::none(len);
                for more in doubt.into_iter().flatten() {
                    doubtful.or(more);
                }
                let mut open = pass.clone();
                open.and(&doubtful);
                out.open.get_or_insert_with(|| Bits::none(len)).or(&open);
                pass.without(&doubtful);
                out.part(way.part, len).or(&pass);
                continue;
            }
            let part = out.part(way.part, len);
            match (way.into, way.out) {
                (EVERYBODY, EVERYBODY) => part.or(senders),
                (EVERYBODY, _) => part.or_both(senders, &door.pass),
                (_, EVERYBODY) => part.or_both(senders, &into.pass),
                _ => part.or_all(senders, &into.pass, &door.pass),
            }
        }
        if let Some(some) = &mut out.some {
            some.or(&out.all);
        }
        out.open = out.open.filter(|o| !o.is_empty());
        out.some = out.some.filter(|s| *s != out.all);
        out
    }
}

impl RowBits {
    /// It says of new members what it says of others.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        let all = [Some(&mut self.all), self.some.as_mut(), self.open.as_mut()];
        for bits in all.into_iter().flatten() {
            twins.iter().for_each(|twin| bits.alike(*twin));
        }
    }

    fn part(&mut self, part: Part, len: usize) -> &mut Bits {
        match part {
            Part::All => &mut self.all,
            Part::Some => self.some.get_or_insert_with(|| Bits::none(len)),
            Part::Open => self.open.get_or_insert_with(|| Bits::none(len)),
        }
    }
}
