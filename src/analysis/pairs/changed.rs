//! Filters let others in, or others out, than before: the rows that are others by that, and no more.

use super::bits::Bits;
use super::factors::{Factors, together};
use super::few::{Few, among, each};
use super::gates::GateId;
use super::half::{Ground, Half};
use super::legs::{Door, Whose};
use super::outgoing::Turned;
use crate::fabric::TableId;
use std::collections::BTreeMap;

/// Rows that are others: by port, each with the members that are reached.
pub(super) type Rows = BTreeMap<usize, Bits>;

/// A gate before and after.
pub(super) type Turn = (GateId, GateId);

impl Factors {
    /// Tables have been written anew, which matters at some ports, of all: the rows that are others by
    /// that, which are made anew when somebody asks for them.
    pub(super) fn rewrite(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        written: &[TableId],
        ports: &[usize],
    ) -> Rows {
        let mut rows = Rows::new();
        for table in written {
            let own = self.holders.of(*table);
            let at_the_door = |door: Door| {
                let own = own.iter().copied();
                let own = own.filter(|m| half.slot(ground, *m, door) == Some(*table));
                own.collect::<Vec<u32>>()
            };
            let (mut entered, mut left) = (Vec::new(), Vec::new());
            for ((door, whose), incoming) in &mut self.into {
                let members = at_the_door(*door);
                let own = (*table, *whose, members.as_slice());
                for new in incoming.rewrite(half, ground, own, ports, &mut self.gates) {
                    entered.push(((*door, *whose), new));
                }
            }
            for (door, outgoing) in &mut self.outs {
                let members = at_the_door(*door);
                let own = (*table, members.as_slice());
                for new in outgoing.rewrite(half, ground, own, ports, &mut self.gates) {
                    left.push((*door, new));
                }
            }
            for (at, (receivers, turned)) in &entered {
                for (turn, ports) in by_turn(turned) {
                    self.entered(half, ground, (*at, receivers), (turn, &ports), &mut rows);
                }
            }
            for (door, (senders, turned)) in &left {
                self.left(half, (*door, senders), &by_turn(turned), &mut rows);
            }
        }
        for (port, rows) in &rows {
            if let Some(stale) = self.stale.get_mut(*port) {
                stale.or(rows);
            }
        }
        self.tidy();
        rows
    }

    /// A filter lets others in: the rows of those who look at it.
    fn entered(
        &self,
        half: &Half,
        ground: Ground<'_>,
        ((door, whose), receivers): ((Door, Whose), &[u32]),
        ((before, after), ports): (Turn, &[usize]),
        rows: &mut Rows,
    ) {
        let others = self.others((before, after));
        let of_place = |a: &u32, b: &u32| half.place(*a) == half.place(*b);
        for receivers in receivers.chunk_by(of_place) {
            let Some(place) = receivers.first().map(|to| half.place(*to)) else {
                continue;
            };
            for (plane, senders) in half.column(ground, place).iter() {
                if plane.into != Some(door) || plane.whose != whose {
                    continue;
                }
                let own = among(&others, senders);
                for to in receivers.iter().copied() {
                    let filter = self.incoming(plane).and_then(|own| own.filter(to));
                    let looks_at_it = filter.is_some_and(|f| f.looks_at_receiver);
                    for port in ports {
                        let Some(part) = plane.part(*port) else {
                            continue;
                        };
                        let differs = |from: u32| {
                            let looked = if looks_at_it { to } else { from };
                            let out = self.lets_out(plane, (from, to), *port);
                            let then = |gate| together(part, self.passes(gate, looked), out);
                            then(before) != then(after)
                        };
                        let other = match looks_at_it {
                            true => senders.ones().any(differs),
                            false => each(&own).any(differs),
                        };
                        if other {
                            add(rows, half, (to, *port));
                        }
                    }
                }
            }
        }
    }

    /// The members of whom a gate says something else than before.
    pub(super) fn others(&self, (before, after): Turn) -> Few {
        let both = self.gates.get(before).zip(self.gates.get(after));
        both.map_or_else(Few::new, |(before, after)| before.others(after))
    }
}

/// Ports by how gates turn there.
fn by_turn(turned: &[Turned]) -> Vec<(Turn, Vec<usize>)> {
    let mut out: Vec<(Turn, Vec<usize>)> = Vec::new();
    for turned in turned {
        let turn = (turned.before, turned.after);
        match out.iter_mut().find(|(known, _)| *known == turn) {
            Some((_, ports)) => ports.push(turned.port),
            None => out.push((turn, vec![turned.port])),
        }
    }
    out
}

/// Adds one.
pub(super) fn add(rows: &mut Rows, half: &Half, (to, port): (u32, usize)) {
    let len = half.places.members.len();
    rows.entry(port).or_insert_with(|| Bits::none(len)).set(to);
}
