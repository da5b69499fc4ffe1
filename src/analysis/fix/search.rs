//! The search: the smallest sets of edits first, each tried in a copy of the network.
//!
//! Sets of nothing but rules of groups are tried in one copy, in which they are made and taken back
//! (`edited`): a question is put to a fabric, and needs no matrix. What is to be told is compiled anew,
//! as whoever is told it will.

use super::blocked::Blocked;
use super::promises::Kept;
use super::propose::propose;
use super::{Case, Fix, Mended, Rank, Wanted};
use crate::analysis::cost::{Charge, Prices};
use crate::analysis::edited::Edited;
use crate::answer::{Answer, Verdict, answer};
use crate::aws::{Compiled, compile};
use crate::edit::{AddGroupRule, Edit};
use crate::model::{Draft, Network, build};
use std::collections::HashSet;

/// Hours of a month, as prices by the month count them.
const MONTH: f64 = 730.0;

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Edits of a set.
    pub edits: usize,
    /// Networks.
    pub runs: usize,
    /// Sets that are told.
    pub fixes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            edits: 8,
            runs: 400,
            fixes: 3,
        }
    }
}

/// A set of edits to be tried.
struct State {
    edits: Vec<Edit>,
    /// The network with them; none: they are rules of groups, and settled.
    draft: Option<Draft>,
    rank: Rank,
    /// What stopped the flow before the last of them.
    stopped_by: String,
}

/// Looks for edits.
///
/// # Errors
/// A text for people, if the question means nothing in this network.
pub fn search(case: Case<'_>, bounds: Bounds) -> Result<Mended, String> {
    let compiled = compile(case.network);
    let before = answer(case.network, &compiled, case.ask)?;
    if case.wanted.met(case.network, &compiled, &before) {
        return Ok(Mended::Already(Box::new(before)));
    }
    if before.verdict == Verdict::Unknown {
        return Ok(Mended::Unknown(Box::new(before)));
    }
    let kept = Kept::of(case);
    let draft = Draft {
        regions: case.network.regions.clone(),
        assume: case.network.assume.clone(),
        ..case.draft.clone()
    };
    let mut base = Edited::of(draft, case.network.clone(), compiled);
    let start = State {
        edits: Vec::new(),
        draft: None,
        rank: Rank {
            size: 0,
            opens: 0,
            unpriced: 0,
            monthly: 0.0,
        },
        stopped_by: String::new(),
    };
    let mut search = Search {
        case,
        bounds,
        kept,
        waiting: Vec::new(),
        known: HashSet::new(),
        fixes: Vec::new(),
        breaking: Vec::new(),
        unsure: Vec::new(),
        tried: 0,
        cut: false,
    };
    search.go_on(&start, base.with_draft(), &base, &before);
    while let Some(state) = search.next() {
        search.try_out(state, &mut base);
    }
    let cut = search.cut || !search.waiting.is_empty();
    let (before, tried) = (Box::new(before), search.tried);
    Ok(match search.fixes.is_empty() {
        false => Mended::Found {
            before,
            fixes: search.fixes,
            kept: search.kept.len(),
            tried,
        },
        true => Mended::None {
            before,
            breaking: search.breaking,
            unsure: search.unsure,
            tried,
            cut,
        },
    })
}

struct Search<'a> {
    case: Case<'a>,
    bounds: Bounds,
    kept: Kept<'a>,
    waiting: Vec<State>,
    /// Sets that have been met, in whatever order.
    known: HashSet<String>,
    fixes: Vec<Fix>,
    breaking: Vec<(Vec<Edit>, Network, Vec<String>)>,
    unsure: Vec<(Vec<Edit>, Network, Answer)>,
    tried: usize,
    /// A set was too large to be tried.
    cut: bool,
}

impl Search<'_> {
    /// The best of those that wait, while there is something to be gained.
    fn next(&mut self) -> Option<State> {
        if self.tried >= self.bounds.runs || self.fixes.len() >= self.bounds.fixes {
            return None;
        }
        let mut best: Option<usize> = None;
        for (at, state) in self.waiting.iter().enumerate() {
            let better = |b: usize| {
                let other = self.waiting.get(b).map(|s| s.rank);
                other.is_none_or(|other| state.rank < other)
            };
            if best.is_none_or(better) {
                best = Some(at);
            }
        }
        let found = best.map(|at| self.waiting.remove(at))?;
        // A larger set than one that is found is no better.
        let enough = self
            .fixes
            .first()
            .is_some_and(|f| f.rank.size < found.rank.size);
        (!enough).then_some(found)
    }

    fn try_out(&mut self, state: State, base: &mut Edited) {
        self.tried += 1;
        if state.draft.is_none() && !self.try_in_place(&state, base) {
            return;
        }
        let Some(network) = build(state.with_edits(base)).network else {
            return;
        };
        let compiled = compile(&network);
        let Ok(found) = answer(&network, &compiled, self.case.ask) else {
            return;
        };
        if !self.case.wanted.met(&network, &compiled, &found) {
            if let Some(draft) = &state.draft {
                self.go_on(&state, (draft, &network, &compiled), base, &found);
            }
            if found.verdict == Verdict::Unknown {
                self.unsure.push((state.edits, network, found));
            }
            return;
        }
        let broken = self.kept.broken(&network, &compiled);
        if broken.is_empty() {
            self.fixes.push(Fix {
                edits: state.edits,
                network,
                answer: found,
                rank: state.rank,
            });
        } else {
            self.breaking.push((state.edits, network, broken));
        }
    }

    /// Tries rules of groups where they are made and taken back: whether there is something to be told
    /// of them.
    fn try_in_place(&mut self, state: &State, base: &mut Edited) -> bool {
        let rules = || state.edits.iter().filter_map(rule);
        for add in rules() {
            base.add(add);
        }
        let (network, compiled) = (&base.network, &base.compiled);
        let told = match answer(network, compiled, self.case.ask) {
            Err(_) => false,
            Ok(found) if self.case.wanted.met(network, compiled, &found) => true,
            Ok(found) => {
                self.go_on(state, base.with_draft(), base, &found);
                found.verdict == Verdict::Unknown
            }
        };
        for add in rules().rev() {
            base.take_back(add);
        }
        told
    }

    /// What could be done next about a network, of this draft.
    fn go_on(
        &mut self,
        state: &State,
        (draft, network, compiled): (&Draft, &Network, &Compiled),
        base: &Edited,
        found: &Answer,
    ) {
        let wanted: &Wanted = self.case.wanted;
        let Some((blocked, sign)) = Blocked::of(network, compiled, found, wanted) else {
            return;
        };
        // The last edit changed nothing of what it was for.
        if sign == state.stopped_by {
            return;
        }
        for more in propose(&blocked, wanted) {
            let mut edits = state.edits.clone();
            edits.extend(more.iter().cloned());
            let mut names: Vec<String> = edits.iter().map(|e| format!("{e:?}")).collect();
            names.sort();
            if edits.len() > self.bounds.edits {
                self.cut = true;
                continue;
            }
            if !self.known.insert(names.join("\n")) {
                continue;
            }
            let settled = |e: &Edit| rule(e).is_some_and(|add| base.is_settled(add));
            let alone = state.draft.is_none() && more.iter().all(settled);
            let mut draft = (!alone).then(|| draft.clone());
            let mut rank = state.rank;
            for edit in &more {
                if let Some(draft) = &mut draft {
                    edit.apply(network, draft);
                }
                rank.size += 1;
                rank.opens = rank.opens.saturating_add(edit.opens(network));
                match monthly(network, self.case.prices, edit) {
                    Some(price) => rank.monthly += price,
                    None => rank.unpriced += 1,
                }
            }
            self.waiting.push(State {
                edits,
                draft,
                rank,
                stopped_by: sign.clone(),
            });
        }
    }
}

impl State {
    /// The draft with the edits.
    fn with_edits(&self, base: &Edited) -> Draft {
        if let Some(draft) = &self.draft {
            return draft.clone();
        }
        let mut out = base.draft.clone();
        for edit in &self.edits {
            edit.apply(&base.network, &mut out);
        }
        out
    }
}

/// A rule of a group that an edit adds.
fn rule(edit: &Edit) -> Option<&AddGroupRule> {
    match edit {
        Edit::AddGroupRule(add) => Some(add),
        _ => None,
    }
}

/// What a created component costs a month, if the prices know it.
fn monthly(network: &Draft, prices: &Prices, edit: &Edit) -> Option<f64> {
    let Edit::CreateInterfaceEndpoint(made) = edit else {
        return Some(0.0);
    };
    let region = &network.vpcs[made.vpc].region;
    let hour = prices.of(region, Charge::InterfaceEndpointHour)?;
    Some(hour * MONTH)
}
