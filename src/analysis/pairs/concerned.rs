//! Senders' own filters let some out to others than before: which rows may be others by that. Few of
//! all to whom that is: those to whom these senders have a way, and who let one of them in.

use super::bits::Bits;
use super::gates::{EVERYBODY, GateId, NOBODY, side};
use super::half::{Ground, Half};
use super::legs::Door;
use super::planes::Plane;
use super::shared::Shared;
use crate::fabric::Side;
use smallvec::SmallVec;

/// The ways of some senders to a place: each by its number in the column, with those who have it.
type Ways = SmallVec<[(usize, SmallVec<[u32; 4]>); 1]>;

/// To whom some senders are let out or not, other than before.
pub(super) struct LetOut {
    pub(super) door: Door,
    pub(super) senders: Vec<u32>,
    /// By port.
    pub(super) differ: Vec<(usize, Bits)>,
}

impl Shared {
    /// Rows by member and port that may be others.
    pub(super) fn concerned(
        &mut self,
        half: &Half,
        ground: Ground<'_>,
        new: &LetOut,
    ) -> Vec<(u32, usize)> {
        let mut out = Vec::new();
        if new.differ.is_empty() {
            return out;
        }
        let mut known: Vec<Option<Ways>> = vec![None; half.places.len()];
        let mut gates: Vec<GateId> = Vec::new();
        for (to, member) in (0u32..).zip(&half.places.members) {
            let Some(ways) = known.get_mut(member.place as usize) else {
                continue;
            };
            let column = half.column(ground, member.place);
            let ways = ways.get_or_insert_with(|| {
                let all = column.iter().enumerate();
                let all = all.filter(|(_, (plane, _))| plane.out == Some(new.door));
                let with = all.map(|(number, (_, bits))| {
                    let own = new.senders.iter().filter(|member| bits.has(**member));
                    (number, own.copied().collect::<SmallVec<[u32; 4]>>())
                });
                with.filter(|(_, own)| !own.is_empty()).collect()
            });
            for (number, senders) in ways {
                let Some((plane, _)) = column.get(*number) else {
                    continue;
                };
                let table = plane.into.and_then(|door| half.table(ground, to, door));
                gates.clear();
                if let Some(table) = table {
                    gates.extend(self.into(half, ground, (table, plane.whose)));
                }
                // What looks at the receiver is not about senders.
                let looks = table.is_some_and(|table| side(ground.fabric, table) == Side::Src);
                for (port, differ) in &new.differ {
                    let goes = Plane::has(&plane.some, *port) || Plane::has(&plane.open, *port);
                    if !goes || !differ.has(to) {
                        continue;
                    }
                    let gate = match table {
                        Some(_) => gates.get(*port).copied().unwrap_or(NOBODY),
                        None => EVERYBODY,
                    };
                    let lets_in = match self.gates.get(gate).filter(|_| looks) {
                        Some(gate) => senders.iter().any(|sender| gate.pass.has(*sender)),
                        None => gate != NOBODY,
                    };
                    if lets_in {
                        out.push((to, *port));
                    }
                }
            }
        }
        out
    }
}
