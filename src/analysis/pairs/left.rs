//! Senders are let out to others than before, or no longer: whose rows are others by that. Most ways are
//! shared by many senders and lead to many places, and most receivers have the filter of others: of
//! those that are alike it is worked out once.

use super::bits::Bits;
use super::changed::{Rows, Turn, add};
use super::factors::{Factors, Passes, together};
use super::few::{Few, by_place, each, few};
use super::gates::GateId;
use super::half::Half;
use super::incoming::{Filter, Incoming};
use super::legs::Door;
use super::planes::{NOTHING, Part, Plane, PlaneId};
use crate::fabric::NONE;
use smallvec::SmallVec;

impl Factors {
    /// Some senders are let out to others at a door, as gates turn at some ports: adds the rows.
    pub(super) fn left(
        &self,
        half: &Half,
        (door, senders): (Door, &[u32]),
        turns: &[(Turn, Vec<usize>)],
        rows: &mut Rows,
    ) {
        let senders: Vec<(u32, Few)> = by_place(half, senders.iter().copied())
            .map(|(place, own)| (place, few(own.into_iter())))
            .collect();
        let mut others = Bits::none(half.places.members.len());
        for (turn, _) in turns {
            each(&self.others(*turn)).for_each(|member| others.set(member));
        }
        let mut known: Vec<Known<'_>> = Vec::new();
        for (place, others) in by_place(half, others.ones()) {
            for (way, which) in self.ways_to(place, &senders) {
                let plane = self.plane(way).filter(|plane| plane.out == Some(door));
                let known = plane.and_then(|plane| Known::of(&mut known, plane, which, &senders));
                let Some(known) = known else {
                    continue;
                };
                let incoming = self.incoming(known.plane);
                for to in &others {
                    for (number, ((before, after), ports)) in turns.iter().enumerate() {
                        let out = (self.passes(*before, *to), self.passes(*after, *to));
                        if out.0 == out.1 {
                            continue;
                        }
                        let (plane, senders) = (known.plane, &known.senders);
                        let own = known.ports.at((number, out), incoming, *to, || {
                            let filter = incoming.and_then(|own| own.filter(*to));
                            self.others_at(ports, (plane, filter, *to), out, senders)
                        });
                        own.iter().for_each(|port| add(rows, half, (*to, *port)));
                    }
                }
            }
        }
    }

    /// At which ports the row of a member is another by some senders, of whom another is let out now.
    fn others_at(
        &self,
        ports: &[usize],
        (plane, filter, to): (&Plane, Option<&Filter>, u32),
        out: (Passes, Passes),
        senders: &Few,
    ) -> Ports {
        // At most ports it is as at the one before.
        let mut last: Option<((Part, GateId), bool)> = None;
        let other = |port: &&usize| {
            let Some(part) = plane.part(**port) else {
                return false;
            };
            let Some(filter) = filter else {
                return plane.into.is_none() && differs(part, (true, false), out);
            };
            let gate = filter.gate(**port);
            match last {
                Some((known, other)) if known == (part, gate) => other,
                _ => {
                    let other = match filter.looks_at_receiver {
                        true => differs(part, self.passes(gate, to), out),
                        false => self.lets_others_out(part, gate, out, senders),
                    };
                    last = Some(((part, gate), other));
                    other
                }
            }
        };
        ports.iter().filter(other).copied().collect()
    }

    /// The same where a gate looks at senders.
    fn lets_others_out(
        &self,
        part: Part,
        gate: GateId,
        out: (Passes, Passes),
        senders: &Few,
    ) -> bool {
        let surely = differs(part, (true, false), out);
        let perhaps = differs(part, (true, true), out);
        let gate = self.gates.get(gate).filter(|_| surely || perhaps);
        gate.is_some_and(|gate| {
            senders.iter().any(|(at, own)| {
                let (pass, doubt) = gate.word(*at);
                let pass = pass & own;
                (surely && pass & !doubt != 0) || (perhaps && pass & doubt != 0)
            })
        })
    }

    /// The ways to a place, with those of some senders, by their places, that have it.
    fn ways_to(&self, to: u32, senders: &[(u32, Few)]) -> SmallVec<[(PlaneId, Which); 2]> {
        let mut out: SmallVec<[(PlaneId, Which); 2]> = SmallVec::new();
        for (number, (from, _)) in senders.iter().enumerate() {
            let way = self.ways(*from).get(to as usize).copied();
            let Some(way) = way.filter(|way| *way != NOTHING) else {
                continue;
            };
            let at = out.iter().position(|(known, _)| *known == way);
            let at = at.unwrap_or_else(|| {
                let none = smallvec::smallvec![0; senders.len().div_ceil(64)];
                out.push((way, none));
                out.len() - 1
            });
            let word = out
                .get_mut(at)
                .and_then(|(_, which)| which.get_mut(number / 64));
            if let Some(word) = word {
                *word |= 1 << (number % 64);
            }
        }
        out
    }
}

/// Whether it makes a difference that somebody is let out otherwise than before.
fn differs(part: Part, into: Passes, (before, after): (Passes, Passes)) -> bool {
    together(part, into, before) != together(part, into, after)
}

/// Ports of a row, mostly all or none.
type Ports = SmallVec<[usize; 4]>;

/// Which of some, a bit each.
type Which = SmallVec<[u64; 1]>;

/// At which ports some senders over a plane make a row another.
struct Known<'a> {
    plane: &'a Plane,
    which: Which,
    senders: Few,
    ports: Changes,
}

/// How gates turn, by number, and whether senders were let out before and are now.
type Change = (usize, (Passes, Passes));

/// At which ports rows are others: by change, and by the number of the receiver's filter.
#[derive(Default)]
struct Changes {
    of: SmallVec<[(Change, Vec<u32>); 1]>,
    all: Vec<Ports>,
}

impl Changes {
    /// What is known of a receiver, or worked out; of each for itself, if filters look at them.
    fn at(
        &mut self,
        change: Change,
        incoming: Option<&Incoming>,
        to: u32,
        work_out: impl FnOnce() -> Ports,
    ) -> &[usize] {
        let at = self.of.iter().position(|(known, _)| *known == change);
        let at = at.unwrap_or_else(|| {
            let filters = incoming.map_or(1, Incoming::len);
            self.of.push((change, vec![NONE; filters]));
            self.of.len() - 1
        });
        let number = incoming.map_or(0, |own| own.number(to)) as usize;
        let alike = incoming.is_none_or(|own| !own.looks_at_receivers);
        let known = self.of.get_mut(at).and_then(|(_, of)| of.get_mut(number));
        let own = match known {
            Some(known) if *known != NONE && alike => *known,
            known => {
                let next = self.all.len() as u32;
                self.all.push(work_out());
                if let Some(known) = known {
                    *known = next;
                }
                next
            }
        };
        self.all.get(own as usize).map_or(&[], SmallVec::as_slice)
    }
}

impl<'a> Known<'a> {
    /// What is known of some of all senders; most have the same ways to many places.
    fn of<'k>(
        all: &'k mut Vec<Self>,
        plane: &'a Plane,
        which: Which,
        senders: &[(u32, Few)],
    ) -> Option<&'k mut Self> {
        let is = |known: &Self| std::ptr::eq(known.plane, plane) && known.which == which;
        let at = all.iter().rposition(is).unwrap_or_else(|| {
            let has = |n: usize| which.get(n / 64).is_some_and(|w| w & (1 << (n % 64)) != 0);
            let own = senders.iter().enumerate().filter(|(n, _)| has(*n));
            let senders = few(own.flat_map(|(_, (_, own))| each(own)));
            all.push(Self {
                plane,
                senders,
                which: which.clone(),
                ports: Changes::default(),
            });
            all.len() - 1
        });
        all.get_mut(at)
    }
}
