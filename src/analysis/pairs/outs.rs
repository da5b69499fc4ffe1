//! Whom senders' own filters let out to each destination. Most let everybody out to everybody: what
//! differs from destination to destination are few senders.

use super::bits::Bits;
use super::gates::{EVERYBODY, Gate, GateId, Gates, NOBODY};
use crate::analysis::classes::weight;
use crate::fabric::{NONE, TableId};
use rustc_hash::FxHashMap;

/// Senders with one filter, and, if it looks at marks, one mark; if it looks at them, one of them.
#[derive(Clone, Debug)]
pub(super) struct Senders {
    pub(super) table: TableId,
    pub(super) mark: u32,
    /// Whether the filter looks at senders, else at destinations.
    pub(super) looks_at_them: bool,
    pub(super) members: Vec<u32>,
}

/// Whom the filters at one door let out to each member, at one class of ports.
#[derive(Clone, Debug, Default)]
pub(super) struct Outs {
    /// Of each member, which of `known`.
    of: Vec<u32>,
    known: Vec<Known>,
    /// Senders that a gate is of.
    groups: Vec<(GateId, Vec<u32>)>,
}

/// What several destinations have in common.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// One of them.
    to: u32,
    /// What is made of it, or `NONE`.
    gate: GateId,
}

/// Numbers that are summed up over all senders that are let out: the sums are equal if they are the
/// same senders.
fn weights(set: u32) -> (u128, u128) {
    (weight((set, 0)), weight((set, 1)))
}

impl Outs {
    /// By the gates of some senders, in the order of the senders.
    pub(super) fn new(senders: &[Senders], gate_of: &[GateId], gates: &Gates, len: usize) -> Self {
        let mut groups: FxHashMap<GateId, u32> = FxHashMap::default();
        let mut out = Self::default();
        for (number, gate) in (0u32..).zip(gate_of) {
            let next = groups.len() as u32;
            let at = *groups.entry(*gate).or_insert(next);
            if at == next {
                out.groups.push((*gate, Vec::new()));
            }
            if let Some((_, own)) = out.groups.get_mut(at as usize) {
                own.push(number);
            }
        }
        let mut steps = vec![0u128; len + 1];
        for (gate, own) in &out.groups {
            let Some(gate) = gates.get(*gate) else {
                continue;
            };
            let sum = |which: fn((u128, u128)) -> u128| {
                let own = own.iter().map(|set| which(weights(*set)));
                own.fold(0, u128::wrapping_add)
            };
            add(&mut steps, &gate.pass, sum(|(pass, _)| pass));
            if let Some(doubt) = &gate.doubt {
                add(&mut steps, doubt, sum(|(_, doubt)| doubt));
            }
        }
        let mut numbers: FxHashMap<u128, u32> = FxHashMap::default();
        let mut sum = 0u128;
        for (to, step) in (0u32..len as u32).zip(&steps) {
            sum = sum.wrapping_add(*step);
            let next = out.known.len() as u32;
            let number = *numbers.entry(sum).or_insert(next);
            if number == next {
                out.known.push(Known { to, gate: NONE });
            }
            out.of.push(number);
        }
        debug_assert!(senders.len() == gate_of.len());
        out
    }

    /// The senders that are let out to a member.
    pub(super) fn gate(
        &mut self,
        to: u32,
        senders: &[Senders],
        gates: &mut Gates,
        len: usize,
    ) -> GateId {
        let known = self.of.get(to as usize).copied();
        let Some(known) = known.and_then(|number| self.known.get_mut(number as usize)) else {
            return NOBODY;
        };
        if known.gate == NONE {
            let made = made(&self.groups, known.to, senders, gates, len);
            known.gate = match made.doubt.is_none() && made.pass == Bits::all(len) {
                true => EVERYBODY,
                false => gates.intern(made),
            };
        }
        known.gate
    }
}

/// Adds a number where some begin, and takes it away where they end.
fn add(steps: &mut [u128], some: &Bits, number: u128) {
    for (from, to) in some.runs() {
        if let Some(step) = steps.get_mut(from as usize) {
            *step = step.wrapping_add(number);
        }
        if let Some(step) = steps.get_mut(to as usize) {
            *step = step.wrapping_sub(number);
        }
    }
}

fn made(
    groups: &[(GateId, Vec<u32>)],
    to: u32,
    senders: &[Senders],
    gates: &Gates,
    len: usize,
) -> Gate {
    let mut out = Gate::whole(len, false);
    for (gate, own) in groups {
        let Some(gate) = gates.get(*gate) else {
            continue;
        };
        if !gate.pass.has(to) {
            continue;
        }
        let doubt = gate.doubt.as_ref().is_some_and(|d| d.has(to));
        let own = own.iter().filter_map(|set| senders.get(*set as usize));
        for member in own.flat_map(|set| &set.members) {
            out.pass.set(*member);
            if doubt {
                let all = out.doubt.get_or_insert_with(|| Bits::none(len));
                all.set(*member);
            }
        }
    }
    out
}
