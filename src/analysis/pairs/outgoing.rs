//! Senders by the filters of their own at a door, and whom those let out to each destination.

use super::gates::{GateId, Gates, NOBODY, gates, side};
use super::half::{Ground, Half};
use super::legs::{Door, Whose};
use super::looks::rows;
use super::outs::{Asked, Outs, Senders};
use super::ports::PortClass;
use super::sets::Sets;
use super::split::Twin;
use crate::fabric::{Side, TableId, flags};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Everything about senders' own filters at a door.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    sets: Sets,
    /// By port: whom each set lets out.
    gate_of: Vec<Vec<GateId>>,
}

/// At a port, senders have another gate than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turned {
    pub(super) port: usize,
    pub(super) before: GateId,
    pub(super) after: GateId,
}

impl Turned {
    /// The gate becomes another, unless it is the same.
    pub(super) fn new(port: usize, gate: &mut GateId, after: GateId) -> Option<Self> {
        let before = std::mem::replace(gate, after);
        (before != after).then_some(Self {
            port,
            before,
            after,
        })
    }
}

impl Outgoing {
    /// With the sets of senders.
    pub(super) fn new(
        half: &Half,
        ground: Ground<'_>,
        door: Door,
        ports: &[PortClass],
        gates: &mut Gates,
    ) -> (Self, Vec<Senders>) {
        let (senders, sets) = half.senders(ground, door);
        let gates_of = senders.iter();
        let gates_of: Vec<Vec<GateId>> = gates_of
            .map(|own| own.asked.gates(half, ground, ports.iter(), gates))
            .collect();
        let gate_of = (0..ports.len()).map(|at| {
            let own = gates_of.iter().filter_map(|all| all.get(at));
            own.copied().collect()
        });
        let out = Self {
            gate_of: gate_of.collect(),
            sets,
        };
        (out, senders)
    }

    /// Whom they let out to each member, by port.
    pub(super) fn outs(&self, senders: &[Senders], gates: &Gates) -> Vec<Outs> {
        let ports = self.gate_of.iter();
        let outs = ports.map(|own| Outs::new(senders, own, gates, self.sets.members()));
        outs.collect()
    }

    /// Whom the filter of a member lets out.
    pub(super) fn gate(&self, from: u32, port: usize) -> GateId {
        let all = self.gate_of.get(port);
        let gate = all.and_then(|all| all.get(self.sets.of(from) as usize));
        gate.copied().unwrap_or(NOBODY)
    }

    /// Every gate of a set of senders.
    pub(super) fn gates(&mut self) -> impl Iterator<Item = &mut GateId> {
        self.gate_of.iter_mut().flatten()
    }

    /// Members are added that are like others, and senders as they are.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        self.sets.alike(twins);
    }

    /// The table of some members has been written anew, which matters at some ports: those of them whose
    /// gates have turned, and how.
    pub(super) fn rewrite(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        (table, members): (TableId, &[u32]),
        ports: &[usize],
        gates: &mut Gates,
    ) -> Vec<(Vec<u32>, Vec<Turned>)> {
        let mut out = Vec::new();
        if members.is_empty() {
            return out;
        }
        let asks = Asks::of(half, ground, table);
        let mut sets: IndexMap<(u32, Key), Vec<u32>, FxBuildHasher> = IndexMap::default();
        for member in members {
            let key = (self.sets.of(*member), asks.key(half, ground, *member));
            sets.entry(key).or_default().push(*member);
        }
        for ((was, (mark, sender)), own) in sets {
            let asked = Asked {
                table,
                mark,
                sender,
            };
            let classes = ports.iter().filter_map(|p| half.ports.classes.get(*p));
            let next = asked.gates(half, ground, classes, gates);
            let Some(set) = self.part(was, &own) else {
                continue;
            };
            let turned = ports.iter().zip(next).filter_map(|(port, after)| {
                let gate = self.gate_of.get_mut(*port)?.get_mut(set as usize)?;
                Turned::new(*port, gate, after)
            });
            let turned = turned.collect();
            out.push((own, turned));
        }
        out
    }

    /// Some senders of a set, or all, are one of their own: its number.
    fn part(&mut self, was: u32, senders: &[u32]) -> Option<u32> {
        let set = self.sets.part(was, senders)?;
        for all in &mut self.gate_of {
            if set as usize == all.len() {
                all.push(all.get(was as usize).copied().unwrap_or(NOBODY));
            }
        }
        Some(set)
    }
}

impl Asked {
    /// Whom it lets out, by port.
    fn gates<'p>(
        &self,
        half: &Half,
        ground: Ground<'_>,
        ports: impl Iterator<Item = &'p PortClass> + Clone,
        known: &mut Gates,
    ) -> Vec<GateId> {
        let places = (&half.places, &half.tagged);
        let table = (self.table, Whose::Is(self.mark));
        let mut all = gates(ground, places, table, ports, known);
        if let Some(sender) = self.sender {
            for gate in &mut all {
                *gate = known.for_all(*gate, sender);
            }
        }
        all
    }
}

/// The mark that a filter asks for, if it does, and the sender that it is about, if it looks at senders.
type Key = (u32, Option<u32>);

/// What senders with one filter are told apart by.
#[derive(Clone, Copy)]
struct Asks {
    by_mark: bool,
    looks_at_them: bool,
}

impl Asks {
    fn of(half: &Half, ground: Ground<'_>, table: TableId) -> Self {
        let mut rows = rows(ground.fabric, table, half.places.v4);
        Self {
            by_mark: rows.any(|r| r.is(flags::BY_MARK)),
            looks_at_them: side(ground.fabric, table) == Side::Src,
        }
    }

    /// A mark, and a sender.
    fn key(self, half: &Half, ground: Ground<'_>, member: u32) -> Key {
        let own = half.places.members.get(member as usize);
        let node = own.and_then(|m| ground.fabric.nodes.get(m.node as usize));
        let mark = node.filter(|_| self.by_mark).map_or(0, |n| n.mark);
        (mark, self.looks_at_them.then_some(member))
    }
}

impl Half {
    /// Senders by the filters of their own at a door, and of each member of which it is.
    fn senders(&self, ground: Ground<'_>, door: Door) -> (Vec<Senders>, Sets) {
        let members = self.places.members.len();
        let (mut out, mut sets) = (Vec::<Senders>::new(), Sets::new(members));
        let mut known: FxHashMap<(TableId, Key), u32> = FxHashMap::default();
        let mut asked: FxHashMap<TableId, Asks> = FxHashMap::default();
        for number in 0..members as u32 {
            let Some(table) = self.table(ground, number, door) else {
                continue;
            };
            let asks = asked.entry(table);
            let asks = *asks.or_insert_with(|| Asks::of(self, ground, table));
            let key = asks.key(self, ground, number);
            let next = out.len() as u32;
            let at = *known.entry((table, key)).or_insert(next);
            if at == next {
                let (mark, sender) = key;
                out.push(Senders::new(Asked {
                    table,
                    mark,
                    sender,
                }));
            }
            if let Some(own) = out.get_mut(at as usize) {
                own.push(number);
            }
            sets.put(number, at);
        }
        (out, sets)
    }
}
