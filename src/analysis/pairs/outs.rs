//! Whom senders' own filters let out to each destination. Most let everybody out to everybody: what
//! differs from destination to destination are few senders.

use super::bits::Bits;
use super::gates::{Gate, GateId, Gates, NOBODY};
use crate::analysis::classes::weight;
use crate::fabric::{NONE, TableId};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Sets of senders by their gates.
type Groups = IndexMap<GateId, Vec<u32>, FxBuildHasher>;

/// A filter of senders' own, and what it asks of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) table: TableId,
    /// Their mark, if it asks for marks.
    pub(super) mark: u32,
    /// The one sender that it is about, if it looks at senders, else at destinations.
    pub(super) sender: Option<u32>,
}

/// Senders of whom a filter asks the same.
#[derive(Clone, Debug)]
pub(super) struct Senders {
    pub(super) asked: Asked,
    pub(super) members: Vec<u32>,
    weights: Weights,
}

/// Numbers that are summed up over all senders that are let out, and over those of them of whom that is
/// not certain: the sums are equal if they are the same senders, however they are put together.
#[derive(Clone, Copy, Debug, Default)]
struct Weights {
    pass: u128,
    doubt: u128,
}

impl Senders {
    pub(super) fn new(asked: Asked) -> Self {
        Self {
            asked,
            members: Vec::new(),
            weights: Weights::default(),
        }
    }

    pub(super) fn push(&mut self, member: u32) {
        self.members.push(member);
        let Weights { pass, doubt } = &mut self.weights;
        *pass = pass.wrapping_add(weight((member, 0)));
        *doubt = doubt.wrapping_add(weight((member, 1)));
    }
}

/// Whom the filters at one door let out to each member, at one class of ports.
#[derive(Clone, Debug, Default)]
pub(super) struct Outs {
    /// Of each member, which of `known`.
    of: Vec<u32>,
    /// What several destinations have in common: the senders that are let out, or `NONE` if nobody has
    /// asked.
    known: Vec<GateId>,
    groups: Groups,
}

impl Outs {
    /// By the gates of some senders, in the order of the senders.
    pub(super) fn new(senders: &[Senders], gate_of: &[GateId], gates: &Gates, len: usize) -> Self {
        debug_assert!(senders.len() == gate_of.len());
        let mut out = Self::default();
        for (number, gate) in (0u32..).zip(gate_of) {
            out.groups.entry(*gate).or_default().push(number);
        }
        let mut steps = vec![0u128; len + 1];
        for (gate, own) in &out.groups {
            let Some(gate) = gates.get(*gate) else {
                continue;
            };
            let own = own.iter().filter_map(|set| senders.get(*set as usize));
            let (mut pass, mut doubtful) = (0u128, 0u128);
            for weights in own.map(|set| set.weights) {
                pass = pass.wrapping_add(weights.pass);
                doubtful = doubtful.wrapping_add(weights.doubt);
            }
            add(&mut steps, &gate.pass, pass);
            if let Some(doubt) = &gate.doubt {
                add(&mut steps, doubt, doubtful);
            }
        }
        let mut by_sum: FxHashMap<u128, u32> = FxHashMap::default();
        let mut sum = 0u128;
        for step in steps.iter().take(len) {
            sum = sum.wrapping_add(*step);
            let next = out.known.len() as u32;
            let number = *by_sum.entry(sum).or_insert(next);
            if number == next {
                // Nobody has asked yet.
                out.known.push(NONE);
            }
            out.of.push(number);
        }
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
        if *known == NONE {
            *known = gates.intern(made(&self.groups, to, senders, gates, len));
        }
        *known
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

fn made(groups: &Groups, to: u32, senders: &[Senders], gates: &Gates, len: usize) -> Gate {
    let mut out = Gate::whole(len, false);
    for (gate, own) in groups {
        let (pass, doubt) = gates.get(*gate).map_or((false, false), |g| g.at(to));
        if !pass {
            continue;
        }
        let own = own.iter().filter_map(|set| senders.get(*set as usize));
        for member in own.flat_map(|set| &set.members) {
            out.put(*member, (true, doubt), len);
        }
    }
    out
}
