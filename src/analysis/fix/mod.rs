//! The smallest edits that make a flow end as somebody wants, each tried before it is told.
//!
//! ```text
//! answer ─blocked─► what stops it ─propose─► edits ─apply, build─► network ─► answer ─► …
//! ```
//!
//! What stops the first way that does not end as wanted says which edits could mend it; each is
//! made in a copy, the question is put again, and what stops it then is mended in turn: the
//! smallest set of edits first (`search`). A set that reaches what is wanted is shown only if every
//! expectation and every property that held before holds still (`promises`).

mod blocked;
mod promises;
mod propose;
mod search;

pub use promises::Promise;
pub use search::{Bounds, search as fix};

use super::cost::Prices;
use crate::answer::{Alternative, Answer, Ask, Verdict, Wording, check};
use crate::aws::Compiled;
use crate::edit::Edit;
use crate::engine::Leg;
use crate::expect::Checks;
use crate::model::{Draft, Network};
use crate::property::Property;

/// How a flow is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Delivered, over no public link.
    Private,
    /// Delivered over a public link.
    Internet,
    /// Delivered.
    Reachable,
}

/// What is wanted of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// How it ends.
    pub goal: Goal,
    /// Components or mechanisms on the way out.
    pub via: Vec<String>,
}

impl Wanted {
    /// Whether one way ends so.
    fn met_by(&self, wording: Wording<'_>, way: &Alternative) -> bool {
        let class = match self.goal {
            Goal::Private => way.class == Verdict::Private,
            Goal::Internet => way.class == Verdict::Internet,
            Goal::Reachable => way.delivered(),
        };
        let passes = || {
            let on_the_way = wording.via(way, Leg::Out);
            let mut via = self.via.iter();
            via.all(|wanted| on_the_way.iter().any(|name| name == wanted))
        };
        class && (self.via.is_empty() || passes())
    }

    /// Whether the answer is what is wanted.
    #[must_use]
    pub fn met(&self, network: &Network, compiled: &Compiled, answer: &Answer) -> bool {
        let verdict = match self.goal {
            Goal::Private => answer.verdict == Verdict::Private,
            Goal::Internet => answer.verdict == Verdict::Internet,
            Goal::Reachable => matches!(answer.verdict, Verdict::Private | Verdict::Internet),
        };
        let checks = Checks {
            via: self.via.clone(),
            ..Checks::default()
        };
        verdict && check(Wording::new(network, compiled), answer, &checks).is_empty()
    }
}

/// What is to be mended.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The network before it was built: what edits are made in.
    pub draft: &'a Draft,
    /// The same, built.
    pub network: &'a Network,
    /// The question.
    pub ask: &'a Ask,
    /// How it is to end.
    pub wanted: &'a Wanted,
    /// What must hold besides, if it holds now.
    pub promises: &'a [Promise],
    /// The same, of every flow between some and others.
    pub properties: &'a [Property],
    /// What things cost.
    pub prices: &'a Prices,
}

/// Edits that reach what is wanted.
#[derive(Clone, Debug)]
pub struct Fix {
    /// In the order in which they were found.
    pub edits: Vec<Edit>,
    /// The network with them.
    pub network: Network,
    /// The answer in it.
    pub answer: Answer,
    /// Its rank.
    pub rank: Rank,
}

/// What makes one set of edits better than another.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rank {
    /// How many edits.
    pub size: usize,
    /// Addresses times ports that they admit, host by host.
    pub opens: u128,
    /// How much they create of which the price is not known: better what is known to cost something.
    pub unpriced: usize,
    /// A month's price of what else they create, in the currency of the prices.
    pub monthly: f64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Mended {
    /// The answer is what is wanted.
    Already(Box<Answer>),
    /// The answer cannot be known, and no edit can be tried on it.
    Unknown(Box<Answer>),
    /// Sets of edits, the best first.
    Found {
        /// The answer before.
        before: Box<Answer>,
        /// The sets.
        fixes: Vec<Fix>,
        /// How many expectations and properties held before, and hold with each of them.
        kept: usize,
        /// How many networks were tried.
        tried: usize,
    },
    /// No set within the bounds.
    None {
        /// The answer before.
        before: Box<Answer>,
        /// What would reach it, and break something that holds: the edits, and what breaks.
        breaking: Vec<(Vec<Edit>, Network, Vec<String>)>,
        /// What leads to an answer that cannot be known: the edits, and the answer with them.
        unsure: Vec<(Vec<Edit>, Network, Answer)>,
        /// How many networks were tried.
        tried: usize,
        /// The bounds were met before everything was tried.
        cut: bool,
    },
}
