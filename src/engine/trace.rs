//! Evidence: steps, and how a path ends. Plain data.

use crate::code::Code;
use crate::fabric::{NONE, NodeId, Place, Traffic};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Leg {
    /// From the source.
    Out,
    /// The reply.
    Back,
}

/// Why a step went as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// A row decided.
    Rule(u32),
    /// No row matched.
    Otherwise,
    /// It answers what this place let through before.
    Established,
    /// A row that may be there, or may hold.
    Maybe(u32),
    /// One of several alternatives: its row.
    Chosen(u32),
    /// A link was crossed, with these of [`Walk::headers`].
    Crossed(u32, u32),
    /// A row dropped it; the walk goes on all the same, to find what else would.
    Passed(u32, Code),
    /// The traffic came to the node that stands for the destination, with these headers.
    Arrived(u32),
}

impl Why {
    /// The same, wherever the headers of a link or an arrival are kept: so two walks are compared.
    #[must_use]
    pub fn bare(self) -> Self {
        match self {
            Why::Crossed(link, _) => Why::Crossed(link, NONE),
            Why::Arrived(_) => Why::Arrived(NONE),
            why => why,
        }
    }
}

/// One decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub at: Place,
    /// Which way.
    pub leg: Leg,
    /// Why.
    pub why: Why,
    /// The step before, or `NONE`.
    pub prev: u32,
}

/// How a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The reply came home.
    Home,
    /// Dropped by a row, or because none matched (`NONE`).
    Dropped(Place, Code, u32),
    /// Anything may happen there.
    Opaque(Place, Code),
    /// It arrived at somebody else.
    Misdelivered(NodeId),
}

/// One path's end.
#[derive(Clone, Debug)]
pub struct Ending<T> {
    /// How.
    pub end: End,
    /// On which leg.
    pub leg: Leg,
    /// The last step.
    pub last: u32,
    /// A reservation on the way: a row that may be there.
    pub maybe: bool,
    /// A row was tried both ways: this is one of the possibilities, not of the choices.
    pub forked: bool,
    /// Node where the out leg arrived, or `NONE`.
    pub arrived: NodeId,
    /// What is left of the traffic, as it looks there.
    pub traffic: T,
}

/// Every path of one question.
#[derive(Clone, Debug)]
pub struct Walk<T> {
    /// All steps; paths share their beginnings.
    pub steps: Vec<Step>,
    /// Headers at the links crossed and on arrival: each once for as long as they stayed.
    pub headers: Vec<T>,
    /// How each path ended, in order.
    pub endings: Vec<Ending<T>>,
    /// There are more ways than are walked: these are some of them.
    pub cut: bool,
}

impl<T> Walk<T> {
    /// Forgets everything but where to put the next walk.
    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.headers.clear();
        self.endings.clear();
        self.cut = false;
    }

    /// The steps of a path, first to last.
    #[must_use]
    pub fn path(&self, last: u32) -> Vec<Step> {
        let mut path: Vec<Step> = self.before(last).copied().collect();
        path.reverse();
        path
    }

    /// The steps of a path, last to first.
    pub fn before(&self, last: u32) -> impl Iterator<Item = &Step> {
        let step = |at: u32| self.steps.get(at as usize);
        std::iter::successors(step(last), move |s| step(s.prev))
    }

    /// The row that led over the link that was crossed last.
    #[cold]
    pub(super) fn led_by(&self, last: u32) -> u32 {
        let row = self.before(last).find_map(|s| match s.why {
            Why::Rule(row) | Why::Chosen(row) | Why::Maybe(row) => Some(row),
            _ => None,
        });
        row.unwrap_or(NONE)
    }
}

impl<T: Traffic> Walk<T> {
    /// Whether what crossed a link last has crossed it before on its leg, with the same headers: what
    /// was decided of it then is decided again, whatever else might have been chosen.
    #[cold]
    pub(super) fn circles(&self, last: u32) -> bool {
        let mut steps = self.before(last);
        let Some(Step {
            leg,
            why: Why::Crossed(link, now),
            ..
        }) = steps.next()
        else {
            return false;
        };
        let header = |at: u32| self.headers.get(at as usize);
        let mut leg = steps.take_while(|s| s.leg == *leg);
        leg.any(|s| match (s.why, header(*now)) {
            (Why::Crossed(other, then), Some(now)) if other == *link => {
                header(then).is_some_and(|then| now.recurs(then))
            }
            _ => false,
        })
    }
}
