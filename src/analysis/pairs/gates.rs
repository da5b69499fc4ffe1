//! Filters of interfaces of their own as rows of bits: which classes one lets through at each port.

use super::bits::Bits;
use super::few::Few;
use super::half::Ground;
use super::legs::Whose;
use super::looks::rows;
use super::places::Places;
use super::ports::PortClass;
use super::split::Twin;
use super::tagged::Tagged;
use crate::fabric::{Action, Fabric, Row, Side, TableId, flags};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// Whom a filter lets through.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::analysis) struct Gate {
    pub(in crate::analysis) pass: Bits,
    /// Those among them of whom that is not certain.
    pub(in crate::analysis) doubt: Option<Bits>,
}

impl Gate {
    /// Everybody, or nobody, of so many.
    pub(super) fn whole(len: usize, pass: bool) -> Self {
        let pass = match pass {
            true => Bits::all(len),
            false => Bits::none(len),
        };
        Self { pass, doubt: None }
    }

    /// Whether a member passes, and whether that is not certain.
    pub(super) fn at(&self, member: u32) -> (bool, bool) {
        let doubt = self.doubt.as_ref().is_some_and(|d| d.has(member));
        (self.pass.has(member), doubt)
    }

    /// Says of a member whether it passes, and whether that is not certain.
    pub(super) fn put(&mut self, member: u32, (pass, doubt): (bool, bool), len: usize) {
        match pass {
            true => self.pass.set(member),
            false => self.pass.clear(member),
        }
        if doubt {
            let all = self.doubt.get_or_insert_with(|| Bits::none(len));
            all.set(member);
        } else if let Some(all) = &mut self.doubt {
            all.clear(member);
        }
    }

    /// It says of new members what it says of others.
    fn alike(mut self, twins: &[Twin]) -> Self {
        for twin in twins {
            self.pass.alike(*twin);
            if let Some(doubt) = &mut self.doubt {
                doubt.alike(*twin);
            }
        }
        self
    }

    /// A word of those who pass, and of those of them of whom that is not certain.
    pub(super) fn word(&self, at: usize) -> (u64, u64) {
        let of = |bits: &Bits| bits.words().get(at).copied().unwrap_or_default();
        (of(&self.pass), self.doubt.as_ref().map_or(0, of))
    }

    /// Those of whom another says something else: words, with their numbers.
    pub(super) fn others(&self, other: &Self) -> Few {
        let words = self.pass.words().iter().zip(other.pass.words()).enumerate();
        if self.doubt.is_none() && other.doubt.is_none() {
            let words = words.map(|(at, (own, other))| (at, own ^ other));
            return words.filter(|(_, word)| *word != 0).collect();
        }
        let words = words.map(|(at, _)| {
            let ((pass, doubt), (other_pass, other_doubt)) = (self.word(at), other.word(at));
            (at, (pass ^ other_pass) | (doubt ^ other_doubt))
        });
        words.filter(|(_, word)| *word != 0).collect()
    }
}

/// Index of a gate.
pub(in crate::analysis) type GateId = u32;
/// Everybody passes.
pub(super) const EVERYBODY: GateId = 0;
/// Nobody does.
pub(super) const NOBODY: GateId = 1;

/// Every gate that has come up, each once.
#[derive(Clone, Debug)]
pub(super) struct Gates {
    all: IndexSet<Gate, FxBuildHasher>,
    len: usize,
}

impl Gates {
    /// Gates of so many.
    pub(super) fn new(len: usize) -> Self {
        let mut all = IndexSet::default();
        all.insert(Gate::whole(len, true));
        all.insert(Gate::whole(len, false));
        Self { all, len }
    }

    pub(super) fn intern(&mut self, gate: Gate) -> GateId {
        self.all.insert_full(gate).0 as GateId
    }

    pub(super) fn get(&self, id: GateId) -> Option<&Gate> {
        self.all.get_index(id as usize)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Forgets all but some: what number each has now.
    pub(super) fn only(&mut self, some: &Bits) -> Vec<GateId> {
        let all = std::mem::take(&mut self.all).into_iter().zip(0..);
        let new = all.map(|(gate, was)| match was <= NOBODY || some.has(was) {
            true => self.intern(gate),
            false => NOBODY,
        });
        new.collect()
    }

    /// Members are added that are like others.
    pub(super) fn alike(&mut self, twins: &[Twin]) {
        self.len += twins.len();
        let all = std::mem::take(&mut self.all).into_iter();
        self.all = all.map(|gate| gate.alike(twins)).collect();
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> u64 {
        self.all.len() as u64 * Bits::bytes(self.len)
    }

    /// Whether one lets a member pass, and whether that is certain, as a gate for everybody.
    pub(super) fn for_all(&mut self, id: GateId, member: u32) -> GateId {
        match self.get(id).map_or((false, false), |g| g.at(member)) {
            (false, _) => NOBODY,
            (true, false) => EVERYBODY,
            (true, true) => {
                let all = Bits::all(self.len);
                self.intern(Gate {
                    pass: all.clone(),
                    doubt: Some(all),
                })
            }
        }
    }
}

/// Who is left to be decided about, and what was decided.
struct Deciding {
    rest: Bits,
    pass: Bits,
    doubt: Option<Bits>,
    len: usize,
}

impl Deciding {
    fn new(len: usize) -> Self {
        Self {
            rest: Bits::all(len),
            pass: Bits::none(len),
            doubt: None,
            len,
        }
    }

    /// A row takes some: all of the rest that are in a run.
    fn take(&mut self, run: (u32, u32), effect: Effect) {
        if effect.doubt && self.doubt.is_none() {
            self.doubt = Some(Bits::none(self.len));
        }
        let pass = Some(&mut self.pass).filter(|_| effect.pass);
        let doubt = self.doubt.as_mut().filter(|_| effect.doubt);
        self.rest.pass(run, (pass, doubt), effect.fork);
    }

    fn done(mut self, otherwise: Effect) -> Gate {
        self.take((0, self.len as u32), otherwise);
        // Who passes by a certain row although another may take him first is in doubt only if the
        // other would stop him: leave that to the walker.
        if let Some(doubt) = &mut self.doubt {
            doubt.and(&self.pass);
        }
        Gate {
            doubt: self.doubt.filter(|d| !d.is_empty()),
            pass: self.pass,
        }
    }
}

/// What a row does with those it takes.
#[derive(Clone, Copy)]
struct Effect {
    pass: bool,
    /// Whether that is in doubt.
    doubt: bool,
    /// Whether it leaves them to later rows as well.
    fork: bool,
}

impl Effect {
    fn of(action: Action, row_flags: u8) -> Self {
        let pass = !matches!(action, Action::Drop(_));
        let fork = row_flags & flags::FORK != 0;
        let maybe = row_flags & flags::MAYBE != 0 || matches!(action, Action::Opaque(_));
        Self {
            pass,
            doubt: fork || (maybe && pass),
            fork,
        }
    }
}

/// Whether a row is about a port.
pub(super) fn is_about<A: crate::fabric::Bits>(row: &Row<A>, port: &PortClass) -> bool {
    let at = port.port();
    (row.is(flags::ANY_PROTOCOL) || row.proto == port.proto)
        && row.ports.0 <= at
        && at <= row.ports.1
}

/// A row of a filter: which members it is about, as runs of all runs.
struct Line {
    proto: Option<u8>,
    ports: (u16, u16),
    effect: Effect,
    runs: std::ops::Range<usize>,
}

impl Line {
    fn is_about(&self, port: &PortClass) -> bool {
        let at = port.port();
        self.proto.is_none_or(|p| p == port.proto) && (self.ports.0..=self.ports.1).contains(&at)
    }
}

/// Whom a filter lets through at each of some ports: of all members, those that it looks at.
pub(super) fn gates<'p>(
    ground: Ground<'_>,
    (places, tagged): (&Places, &Tagged),
    (table, whose): (TableId, Whose),
    ports: impl Iterator<Item = &'p PortClass> + Clone,
    known: &mut Gates,
) -> Vec<GateId> {
    let fabric = ground.fabric;
    let len = places.members.len();
    let Some(t) = fabric.tables.get(table as usize) else {
        return ports.map(|_| EVERYBODY).collect();
    };
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for row in rows(fabric, table, places.v4) {
        let met = |p: &PortClass| row.ports.0 <= p.port() && p.port() <= row.ports.1;
        if !ports.clone().any(met) {
            continue;
        }
        let first = runs.len();
        match row.is(flags::BY_MARK) {
            true => tagged.have(fabric, whose, row.tag(), len, &mut runs),
            false => places.runs(row.lo, row.hi, &mut runs),
        }
        lines.push(Line {
            proto: (!row.is(flags::ANY_PROTOCOL)).then_some(row.proto),
            ports: row.ports,
            effect: Effect::of(fabric.outcome(t, row.then).action, row.flags),
            runs: first..runs.len(),
        });
    }
    let otherwise = Effect::of(t.otherwise.action, 0);
    // Ports that the same rows are about have the same gate.
    let mut made: Vec<(Vec<u32>, GateId)> = Vec::new();
    let gates = ports.map(|port| {
        let about = (0..).zip(&lines).filter(|(_, line)| line.is_about(port));
        let about: Vec<u32> = about.map(|(n, _)| n).collect();
        if let Some((_, gate)) = made.iter().find(|(lines, _)| *lines == about) {
            return *gate;
        }
        let mut deciding = Deciding::new(len);
        for line in about.iter().filter_map(|n| lines.get(*n as usize)) {
            for run in runs.get(line.runs.clone()).unwrap_or_default() {
                deciding.take(*run, line.effect);
            }
        }
        let gate = known.intern(deciding.done(otherwise));
        made.push((about, gate));
        gate
    });
    gates.collect()
}

/// Which address of traffic a filter looks at.
pub(super) fn side(fabric: &Fabric, table: TableId) -> Side {
    let table = fabric.tables.get(table as usize);
    table.map_or(Side::Dst, |t| t.side)
}
