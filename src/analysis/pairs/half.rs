//! The pairs of one family: places and the ways between them, and rows of bits made of them.

use super::bits::Bits;
use super::gates::{Gate, Tagged, gate, side};
use super::legs::{DEAD, Door, LegId, Legs, Whose};
use super::looks::{Looks, rows};
use super::places::Places;
use super::planes::{NOTHING, Plane, PlaneId, Planes};
use super::ports::Ports;
use super::turns::Turns;
use crate::analysis::classes::{Owned, Tables};
use crate::fabric::{Fabric, Side, TableId, flags};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The senders of each way to a place.
pub(super) type Column = Vec<(Plane, Bits)>;

/// What a row of bits is made of.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) fabric: &'a Fabric,
    pub(super) owned: &'a Owned,
    pub(super) tables: &'a Tables,
}

/// The pairs of one family.
#[derive(Clone, Debug)]
pub(super) struct Half {
    pub(super) places: Places,
    pub(super) ports: Ports,
    tagged: Tagged,
    turns: Turns,
    /// Of each place, if they are kept.
    columns: Vec<Column>,
    /// The filters that those look at.
    pub(super) looked: HashSet<TableId>,
}

/// Who reaches a class of destinations at a class of ports: bits of members.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RowBits {
    pub(super) all: Bits,
    /// With those that reach it from some of their ports only; none: the same.
    pub(super) some: Option<Bits>,
    /// Rows do not decide; none: there is nobody.
    pub(super) open: Option<Bits>,
}

/// Everything about one port class that rows share.
#[derive(Clone, Debug)]
pub(super) struct AtPort {
    port: usize,
    gates: HashMap<TableId, Vec<(Whose, Gate)>>,
    outs: HashMap<Door, Outs>,
}

impl AtPort {
    /// Forgets what tables said that have been written anew.
    pub(super) fn forget(&mut self, tables: &[TableId]) {
        for table in tables {
            self.gates.remove(table);
        }
        self.outs.clear();
    }

    fn gate(&self, table: TableId, whose: Whose) -> Option<&Gate> {
        let gates = self.gates.get(&table)?;
        gates
            .iter()
            .find(|(w, _)| *w == whose)
            .map(|(_, gate)| gate)
    }
}

/// Whom senders' own filters let out to each destination.
#[derive(Clone, Debug)]
struct Outs {
    /// Which row each member has.
    of: Vec<u32>,
    rows: Vec<Gate>,
}

impl Half {
    pub(super) fn new(ground: Ground<'_>, places: Places, ports: Ports) -> Self {
        let turns = Turns::new(ground.fabric);
        Self {
            tagged: Tagged::new(ground.fabric, &places, &turns),
            turns,
            places,
            ports,
            columns: Vec::new(),
            looked: HashSet::new(),
        }
    }

    /// How many bytes it takes to keep every column.
    pub(super) fn columns_take(&self) -> u64 {
        let places = self.places.len() as u64;
        let bits = Bits::bytes(self.places.members.len());
        // Legs of every two places for a while; then some four ways to each.
        places * places * 4 + places * 4 * bits
    }

    /// How many bytes every row would take.
    pub(super) fn rows_take(&self) -> u64 {
        let members = self.places.members.len();
        self.ports.classes.len() as u64 * members as u64 * Bits::bytes(members)
    }

    pub(super) fn keep_columns(&mut self, ground: Ground<'_>) {
        (self.columns, self.looked) = self.looking(ground, 0..self.places.len() as u32);
    }

    /// The columns of some places: every leg to them, and every leg back.
    pub(super) fn columns(&self, ground: Ground<'_>, block: Range<u32>) -> Vec<Column> {
        self.looking(ground, block).0
    }

    /// The same, with the filters that were looked at.
    fn looking(&self, ground: Ground<'_>, block: Range<u32>) -> (Vec<Column>, HashSet<TableId>) {
        let n = self.places.len();
        let looks = Looks::new(
            ground.fabric,
            ground.tables,
            &self.places,
            &self.ports.queries,
            &self.ports.replies,
        );
        let mut legs = Legs::new(looks, ground.owned, &self.turns);
        let whole = block.len() == n;
        // From each place to the block, and unless that is everything from the block to each place.
        let mut there: Vec<LegId> = vec![DEAD; n * n.min(if whole { n } else { block.len() })];
        let width = if whole { n } else { block.len() };
        let mut line = vec![DEAD; n];
        for (place, out) in (0..).zip(there.chunks_mut(width.max(1))) {
            line.fill(DEAD);
            legs.from(place, block.clone(), &mut line);
            let range = block.start as usize..block.end as usize;
            out.copy_from_slice(line.get(range).unwrap_or_default());
        }
        let mut back: Vec<LegId> = Vec::new();
        if !whole {
            for place in block.clone() {
                line.fill(DEAD);
                legs.from(place, 0..n as u32, &mut line);
                back.extend_from_slice(&line);
            }
        }
        let mut planes = Planes::sized(&self.ports, legs.all.len(), self.ports.ranges);
        let leg = |from: &[LegId], at: usize| from.get(at).copied().unwrap_or(DEAD);
        let columns = block.clone().map(|to| {
            let at = (to - block.start) as usize;
            let mut ways: Vec<(PlaneId, Bits)> = Vec::new();
            for (from, place) in (0u32..).zip(&self.places.all) {
                if !place.sends {
                    continue;
                }
                let from_at = from as usize;
                let out = leg(&there, from_at * width + at);
                let answer = match whole {
                    true => leg(&there, to as usize * n + from_at),
                    false => leg(&back, at * n + from_at),
                };
                let pair = (out, answer, place.range);
                let plane = planes.of(pair, &legs.all, &self.ports, &legs.looks.profiles);
                if plane == NOTHING {
                    continue;
                }
                let range = self.places.range(from);
                match ways.iter_mut().find(|(known, _)| *known == plane) {
                    Some((_, bits)) => bits.fill(range.start, range.end),
                    None => {
                        let mut bits = Bits::none(self.places.members.len());
                        bits.fill(range.start, range.end);
                        ways.push((plane, bits));
                    }
                }
            }
            let plane = |id: PlaneId| planes.all.get(id as usize).cloned();
            let ways = ways.into_iter();
            ways.filter_map(|(id, bits)| Some((plane(id)?, bits)))
                .collect()
        });
        let columns = columns.collect();
        (columns, legs.looks.looked)
    }

    /// The column of a place.
    pub(super) fn column(&self, ground: Ground<'_>, place: u32) -> std::borrow::Cow<'_, Column> {
        match self.columns.get(place as usize) {
            Some(known) => std::borrow::Cow::Borrowed(known),
            None => {
                let one = self.columns(ground, place..place + 1).pop();
                std::borrow::Cow::Owned(one.unwrap_or_default())
            }
        }
    }

    /// What the rows of a port class share, as far as it is kept.
    pub(super) fn at_port(&self, port: usize) -> AtPort {
        AtPort {
            port,
            gates: HashMap::new(),
            outs: HashMap::new(),
        }
    }

    /// The row of a member as a destination.
    pub(super) fn row(
        &self,
        ground: Ground<'_>,
        to: u32,
        column: &Column,
        at: &mut AtPort,
    ) -> RowBits {
        let len = self.places.members.len();
        let mut out = RowBits {
            all: Bits::none(len),
            some: None,
            open: None,
        };
        let port = at.port;
        for (plane, senders) in column {
            let (open, some) = (Plane::has(&plane.open, port), Plane::has(&plane.some, port));
            if !open && !some {
                continue;
            }
            let mut pass = senders.clone();
            let mut doubt: Option<Bits> = None;
            let mut through = |gate: &Gate| {
                pass.and(&gate.pass);
                if let Some(more) = &gate.doubt {
                    doubt.get_or_insert_with(|| Bits::none(len)).or(more);
                }
            };
            if let Some(table) = plane.into.and_then(|door| self.table(ground, to, door)) {
                self.prepare(ground, (table, plane.whose), at);
                if let Some(gate) = at.gate(table, plane.whose) {
                    match side(ground.fabric, table) {
                        Side::Src => through(gate),
                        Side::Dst => through(&self.whole(gate, to)),
                    }
                }
            }
            if let Some(door) = plane.out {
                let outs = at.outs.entry(door);
                let outs = outs.or_insert_with(|| self.outs(ground, door, port));
                let row = outs.of.get(to as usize);
                let row = row.and_then(|row| outs.rows.get(*row as usize));
                if let Some(gate) = row {
                    through(gate);
                }
            }
            if open {
                out.open.get_or_insert_with(|| Bits::none(len)).or(&pass);
                continue;
            }
            if let Some(doubt) = doubt {
                let mut open = pass.clone();
                open.and(&doubt);
                out.open.get_or_insert_with(|| Bits::none(len)).or(&open);
                pass.without(&doubt);
            }
            if Plane::has(&plane.all, port) {
                out.all.or(&pass);
            } else {
                out.some.get_or_insert_with(|| Bits::none(len)).or(&pass);
            }
        }
        if let Some(some) = &mut out.some {
            some.or(&out.all);
        }
        out.open = out.open.filter(|o| !o.is_empty());
        out.some = out.some.filter(|s| *s != out.all);
        out
    }

    /// The table of a member's own filter.
    fn table(&self, ground: Ground<'_>, member: u32, door: Door) -> Option<TableId> {
        let member = self.places.members.get(member as usize)?;
        let node = ground.fabric.nodes.get(member.node as usize)?;
        let table = node.slots.get(door.slot as usize).copied()?;
        Some(ground.tables.like(table))
    }

    fn prepare(&self, ground: Ground<'_>, key: (TableId, Whose), at: &mut AtPort) {
        if at.gate(key.0, key.1).is_some() {
            return;
        }
        if let Some(port) = self.ports.classes.get(at.port) {
            let gate = gate(ground.fabric, &self.places, &self.tagged, key, port);
            at.gates.entry(key.0).or_default().push((key.1, gate));
        }
    }

    /// A gate that looks at destinations lets everybody or nobody through to one.
    fn whole(&self, gate: &Gate, to: u32) -> Gate {
        let len = self.places.members.len();
        let all = |is: bool| match is {
            true => Bits::all(len),
            false => Bits::none(len),
        };
        let doubt = gate.doubt.as_ref().is_some_and(|d| d.has(to));
        Gate {
            pass: all(gate.pass.has(to)),
            doubt: doubt.then(|| all(true)),
        }
    }

    /// Whom the senders' own filters let out, by destination.
    fn outs(&self, ground: Ground<'_>, door: Door, port: usize) -> Outs {
        let len = self.places.members.len();
        let Some(port) = self.ports.classes.get(port) else {
            return Outs {
                of: Vec::new(),
                rows: Vec::new(),
            };
        };
        let mut senders: HashMap<(TableId, u32), Bits> = HashMap::new();
        let mut order = Vec::new();
        let mut by_mark: HashMap<TableId, bool> = HashMap::new();
        for (number, member) in (0u32..).zip(&self.places.members) {
            let Some(table) = self.table(ground, number, door) else {
                continue;
            };
            let asks = *by_mark.entry(table).or_insert_with(|| {
                let mut rows = rows(ground.fabric, table, self.places.v4);
                rows.any(|r| r.is(flags::BY_MARK))
            });
            let node = ground.fabric.nodes.get(member.node as usize);
            let mark = if asks { node.map_or(0, |n| n.mark) } else { 0 };
            let own = senders.entry((table, mark)).or_insert_with(|| {
                order.push((table, mark));
                Bits::none(len)
            });
            own.set(number);
        }
        let mut always = Gate {
            pass: Bits::none(len),
            doubt: None,
        };
        let mut rest: Vec<&Bits> = Vec::new();
        let mut said: Vec<Vec<u32>> = vec![Vec::new(); len];
        let all = Bits::all(len);
        for key in order {
            let Some(own) = senders.get(&key) else {
                continue;
            };
            let (table, mark) = key;
            let whose = Whose::Is(mark);
            let gate = gate(
                ground.fabric,
                &self.places,
                &self.tagged,
                (table, whose),
                port,
            );
            if side(ground.fabric, table) == Side::Src {
                let mut pass = own.clone();
                pass.and(&gate.pass);
                always.pass.or(&pass);
                if let Some(doubt) = &gate.doubt {
                    pass.and(doubt);
                    always
                        .doubt
                        .get_or_insert_with(|| Bits::none(len))
                        .or(&pass);
                }
                continue;
            }
            if gate.pass == all && gate.doubt.is_none() {
                always.pass.or(own);
                continue;
            }
            let number = rest.len() as u32 * 2;
            rest.push(own);
            for (bits, sign) in [(Some(&gate.pass), 0), (gate.doubt.as_ref(), 1)] {
                for to in bits.into_iter().flat_map(Bits::ones) {
                    if let Some(said) = said.get_mut(to as usize) {
                        said.push(number + sign);
                    }
                }
            }
        }
        let mut known: HashMap<&[u32], u32> = HashMap::new();
        let mut rows: Vec<Gate> = Vec::new();
        let of = said.iter().map(|said| {
            *known.entry(said.as_slice()).or_insert_with(|| {
                let mut row = always.clone();
                for number in said {
                    let Some(own) = rest.get(*number as usize / 2) else {
                        continue;
                    };
                    match number % 2 {
                        0 => row.pass.or(own),
                        _ => row.doubt.get_or_insert_with(|| Bits::none(len)).or(own),
                    }
                }
                rows.push(row);
                rows.len() as u32 - 1
            })
        });
        let of = of.collect();
        Outs { of, rows }
    }
}
