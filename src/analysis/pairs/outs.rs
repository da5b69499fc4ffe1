//! Whom senders' own filters let out to each destination. Most let everybody out to everybody: what
//! differs from destination to destination are few senders.

use super::bits::Bits;
use super::gates::{Gate, GateId, Gates, NOBODY};
use super::split::Twin;
use crate::analysis::classes::weight;
use crate::fabric::{NONE, TableId};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Sets of senders by their gates.
type Groups = IndexMap<GateId, Vec<u32>, FxBuildHasher>;

/// Senders with one filter, and, if it looks at marks, one mark; if it looks at them, one of them.
#[derive(Clone, Debug)]
pub(super) struct Senders {
    pub(super) table: TableId,
    pub(super) mark: u32,
    /// Whether the filter looks at senders, else at destinations.
    pub(super) looks_at_them: bool,
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
    pub(super) fn new(table: TableId, mark: u32, looks_at_them: bool) -> Self {
        Self {
            table,
            mark,
            looks_at_them,
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

    /// Keeps some of them.
    pub(super) fn keep(&mut self, stays: impl Fn(&u32) -> bool) {
        let members = std::mem::take(&mut self.members);
        self.weights = Weights::default();
        for member in members.into_iter().filter(stays) {
            self.push(member);
        }
    }
}

/// Whom the filters at one door let out to each member, at one class of ports.
#[derive(Clone, Debug, Default)]
pub(super) struct Outs {
    /// Of each member, which of `known`.
    of: Vec<u32>,
    known: Vec<Known>,
    /// Those by their sums.
    by_sum: FxHashMap<u128, u32>,
    /// The gate of each set of senders.
    gate_of: Vec<GateId>,
    groups: Groups,
}

/// What several destinations have in common.
#[derive(Clone, Copy, Debug)]
struct Known {
    sum: u128,
    /// The senders that are let out, or `NONE` if nobody has asked.
    gate: GateId,
}

/// Senders that have another gate than before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turned {
    pub(super) set: u32,
    pub(super) before: GateId,
    pub(super) after: GateId,
}

impl Outs {
    /// By the gates of some senders, in the order of the senders.
    pub(super) fn new(
        senders: &[Senders],
        gate_of: Vec<GateId>,
        gates: &Gates,
        len: usize,
    ) -> Self {
        debug_assert!(senders.len() == gate_of.len());
        let mut out = Self::default();
        for (number, gate) in (0u32..).zip(&gate_of) {
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
        let mut sum = 0u128;
        for step in steps.iter().take(len) {
            sum = sum.wrapping_add(*step);
            let number = out.number(sum, || NONE);
            out.of.push(number);
        }
        out.gate_of = gate_of;
        out
    }

    /// What has a sum; with its gate, if it is new.
    fn number(&mut self, sum: u128, gate: impl FnOnce() -> GateId) -> u32 {
        let next = self.known.len() as u32;
        let number = *self.by_sum.entry(sum).or_insert(next);
        if number == next {
            self.known.push(Known { sum, gate: gate() });
        }
        number
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
            known.gate = gates.intern(made(&self.groups, to, senders, gates, len));
        }
        known.gate
    }

    /// How much destinations have in common, or had.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Forgets what no destination has any more.
    pub(super) fn trim(&mut self) {
        let known = std::mem::take(&mut self.known);
        let mut of = std::mem::take(&mut self.of);
        self.by_sum.clear();
        for number in &mut of {
            if let Some(known) = known.get(*number as usize) {
                *number = self.number(known.sum, || known.gate);
            }
        }
        self.of = of;
        self.groups.retain(|_, own| !own.is_empty());
    }

    /// Members are added that are like others: of each, the set of senders that it is of.
    pub(super) fn alike(&mut self, twins: &[(Twin, u32)], gates: &Gates) {
        self.trim();
        let mut some: Vec<u32> = vec![NONE; self.known.len()];
        for (to, number) in (0u32..).zip(&self.of) {
            if let Some(some) = some.get_mut(*number as usize) {
                *some = to;
            }
        }
        self.by_sum.clear();
        for (number, (known, to)) in (0u32..).zip(self.known.iter_mut().zip(some)) {
            for (twin, set) in twins {
                let gate = self.gate_of.get(*set as usize).and_then(|g| gates.get(*g));
                let (pass, doubt) = gate.map_or((false, false), |g| g.at(to));
                let weighs = |is: bool, of: u32| if is { weight((twin.number, of)) } else { 0 };
                known.sum = known.sum.wrapping_add(weighs(pass, 0));
                known.sum = known.sum.wrapping_add(weighs(doubt, 1));
            }
            self.by_sum.insert(known.sum, number);
        }
        for (twin, _) in twins {
            let of = self.of.get(twin.like as usize).copied();
            self.of.push(of.unwrap_or(NONE));
        }
    }

    /// Every gate that it names.
    pub(super) fn gates(&self) -> impl Iterator<Item = GateId> + '_ {
        let made = self.known.iter().map(|known| known.gate);
        let made = made.filter(|gate| *gate != NONE);
        made.chain(self.gate_of.iter().copied())
    }

    /// Gates have other numbers.
    pub(super) fn renumber(&mut self, new: &[GateId]) {
        let new = |gate: GateId| new.get(gate as usize).copied().unwrap_or(gate);
        for known in &mut self.known {
            known.gate = new(known.gate);
        }
        for gate in &mut self.gate_of {
            *gate = new(*gate);
        }
        let groups = std::mem::take(&mut self.groups).into_iter();
        self.groups = groups.map(|(gate, own)| (new(gate), own)).collect();
    }

    /// The gate of a set of senders.
    pub(super) fn gate_of(&self, set: u32) -> GateId {
        self.gate_of.get(set as usize).copied().unwrap_or(NOBODY)
    }

    /// Some senders of a set are one of their own from now on, the last.
    pub(super) fn part(&mut self, set: u32) {
        let gate = self.gate_of(set);
        let next = self.gate_of.len() as u32;
        self.gate_of.push(gate);
        self.groups.entry(gate).or_default().push(next);
    }

    /// Sets have other gates: to whom others are let out than before.
    pub(super) fn turn(
        &mut self,
        turned: &[Turned],
        senders: &[Senders],
        gates: &mut Gates,
        len: usize,
    ) -> Bits {
        let mut differ = Bits::none(len);
        for turn in turned {
            if let Some(own) = self.groups.get_mut(&turn.before) {
                own.retain(|set| *set != turn.set);
            }
            self.groups.entry(turn.after).or_default().push(turn.set);
            if let Some(gate) = self.gate_of.get_mut(turn.set as usize) {
                *gate = turn.after;
            }
            if let Some((before, after)) = gates.get(turn.before).zip(gates.get(turn.after)) {
                before.differ(after, &mut differ);
            }
        }
        // Those that had something in common, and are let out the same now, have it still.
        let mut last: Option<((u32, u128), u32)> = None;
        for to in differ.ones() {
            let was = self.of.get(to as usize).copied().unwrap_or_default();
            let Some(before) = self.known.get(was as usize).copied() else {
                continue;
            };
            let mut change = 0u128;
            for turn in turned {
                let own = senders.get(turn.set as usize).map(|set| set.weights);
                let own = own.unwrap_or_default();
                let weighs = |gate: GateId| {
                    let (pass, doubt) = gates.get(gate).map_or((false, false), |g| g.at(to));
                    let pass = if pass { own.pass } else { 0 };
                    pass.wrapping_add(if doubt { own.doubt } else { 0 })
                };
                change = change.wrapping_sub(weighs(turn.before));
                change = change.wrapping_add(weighs(turn.after));
            }
            let gate = || match before.gate {
                NONE => NONE,
                gate => with(gate, to, turned, senders, gates, len),
            };
            // Most have what the one before has.
            let number = match last {
                Some((like, number)) if like == (was, change) => number,
                _ => self.number(before.sum.wrapping_add(change), gate),
            };
            last = Some(((was, change), number));
            if let Some(of) = self.of.get_mut(to as usize) {
                *of = number;
            }
        }
        differ
    }
}

/// A gate of senders, as it is for a member after some have turned.
fn with(
    gate: GateId,
    to: u32,
    turned: &[Turned],
    senders: &[Senders],
    gates: &mut Gates,
    len: usize,
) -> GateId {
    let Some(mut gate) = gates.get(gate).cloned() else {
        return NONE;
    };
    for turn in turned {
        let (pass, doubt) = gates.get(turn.after).map_or((false, false), |g| g.at(to));
        let own = senders.get(turn.set as usize);
        for member in own.into_iter().flat_map(|set| &set.members) {
            gate.put(*member, (pass, doubt), len);
        }
    }
    gate.doubt = gate.doubt.filter(|d| !d.is_empty());
    gates.intern(gate)
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
