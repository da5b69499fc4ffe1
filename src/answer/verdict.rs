//! What an answer is made of. Plain data.

use super::question::{Ask, Target};
use super::rule::Rule;
use crate::aws::Resolution;
use crate::code::Code;
use crate::engine::{End, Leg, Why};
use crate::fabric::{Address, Flow, NodeId, Outside, Place};
use crate::model::Origin;
use smol_str::SmolStr;

macro_rules! words {
    ($(#[$outer:meta])* $name:ident { $($variant:ident $word:literal $text:literal,)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $text] $variant,)* }

        impl $name {
            /// The stable word.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What the word means.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// The verdict of a flow, and the class of one alternative (never `mixed`).
    Verdict {
        Private "private" "Delivered, and no link crossed is public.",
        Internet "internet" "Delivered over a public link.",
        Mixed "mixed" "Alternatives differ.",
        Denied "denied" "Packets get through, the request is refused.",
        Unreachable "unreachable" "Nothing delivers.",
        Unknown "unknown" "Data is missing, or a component is not modelled.",
    }
}

words! {
    /// The part of an alternative.
    Part {
        Dns "dns" "The name.",
        Out "out" "The way out.",
        Arrival "arrival" "Who got it.",
        Back "back" "The reply.",
        Gate "gate" "The policies.",
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// A row let it through.
    Allowed,
    /// A row sent it on.
    Routed,
    /// A row changed its headers.
    Rewrote,
    /// It was let through because it answers.
    Established,
    /// A row that may be there, or may hold.
    Maybe,
    /// A statement that does not apply.
    Skipped,
    /// One of several alternatives was taken.
    Chose,
    /// A link was crossed.
    Crossed,
    /// A row stopped it.
    Dropped,
    /// A row would have stopped it; the walk went on to find what else would.
    Passed,
    /// It arrived.
    Arrived,
}

/// A step of a path as it is kept: by numbers, which [`Wording`](super::Wording) puts into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Where.
    pub at: Place,
    /// Which way.
    pub leg: Leg,
    /// Why. The headers where a link was crossed or the traffic arrived are those of that number in
    /// the alternative.
    pub why: Why,
}

/// A step, ready to be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The part: `Out`, `Back` or `Gate`.
    pub part: Part,
    /// Where.
    pub place: Place,
    /// Name of the node.
    pub node: SmolStr,
    /// Kind of stage, e.g. `security group`.
    pub what: &'static str,
    /// What happened.
    pub did: Did,
    /// The row's name, the table's, or the mechanism crossed.
    pub by: SmolStr,
    /// What the row says, e.g. `tcp 443 ← 10.0.2.0/24`.
    pub rule: Rule,
    /// Where the row was written.
    pub origin: Origin,
    /// Headers, where a link was crossed or the traffic arrived.
    pub header: Option<Flow>,
    /// A table that had nothing to say: not worth a line.
    pub quiet: bool,
    /// The row of the table that decided, if one did.
    pub row: Option<u32>,
}

/// A route that lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Beaten {
    /// The row's name.
    pub by: SmolStr,
    /// Why, as AWS calls it: a longer block, or a higher priority.
    pub why: &'static str,
    /// Where the row was written.
    pub origin: Origin,
}

/// What stops an alternative.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    /// Why.
    pub code: Code,
    /// In which part.
    pub leg: Part,
    /// The node.
    pub at: String,
    /// The component the node belongs to.
    pub component: String,
    /// The row, or `<table> otherwise`.
    pub by: String,
    /// Where the row was written.
    pub origin: Origin,
    /// Behind a place that leads nowhere: found by resuming at the destination.
    pub beyond_gap: bool,
}

/// What was asked of an AWS service; `…` stands for what the question does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// e.g. `s3:GetObject`.
    pub action: String,
    /// An ARN.
    pub resource: String,
    /// An ARN, or `anonymous`.
    pub principal: String,
}

/// One way it can go: an assignment of choices, and the client ports that go that way.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Its class: any verdict but `mixed`.
    pub class: Verdict,
    /// Whether a public link was crossed, whatever came of it.
    pub exposed: bool,
    /// Whether it left AWS's network.
    pub outside: Outside,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The headers where a link was crossed or the traffic arrived: each once for as long as they stayed.
    pub headers: Vec<Flow>,
    /// How it ends, and on which leg; none if nothing was sent.
    pub end: Option<(Leg, End)>,
    /// What the statements of policies said of the request.
    pub gate: Vec<Fact>,
    /// What stopped it, or made it unknown; none if it was delivered.
    pub obstacle: Option<Obstacle>,
    /// The address dialled.
    pub address: Option<Address>,
    /// What was sent.
    pub sent: Option<Flow>,
    /// The traffic where it ends.
    pub last: Option<Flow>,
    /// The ports that go this way, as they are where it ends.
    pub ports: Vec<(u16, u16)>,
    /// Mechanisms of the way out, in order.
    pub mechanisms: Vec<&'static str>,
    /// The first mechanism by rank.
    pub mechanism: Option<&'static str>,
    /// The source address as the destination sees it.
    pub sees_source: Option<Address>,
    /// Who it arrived at.
    pub arrived: Option<SmolStr>,
    /// What was asked there, if an AWS service was.
    pub request: Option<Request>,
    /// Assumptions it makes.
    pub assumes: Vec<&'static str>,
    /// What would not change its verdict.
    pub notes: Vec<&'static str>,
    /// A possibility, not a choice: an unknown was tried both ways.
    pub possibility: bool,
    /// Which of the walks, by address, it belongs to.
    pub walk: usize,
}

/// One need of a task, answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// Its short name, e.g. `ecr.api`.
    pub name: &'static str,
    /// What for.
    pub what: &'static str,
    /// What came of it.
    pub answer: Answer,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The question.
    pub ask: Ask,
    /// Who sends, for people.
    pub from: SmolStr,
    /// What was dialled.
    pub target: Target,
    /// The client ports asked about.
    pub client_ports: (u16, u16),
    /// The verdict.
    pub verdict: Verdict,
    /// Every alternative.
    pub alternatives: Vec<Alternative>,
    /// What the name resolved to.
    pub resolution: Option<Resolution>,
    /// The queries that travelled to name servers for it.
    pub queries: Vec<Answer>,
    /// Primary mechanisms, joined by `|`.
    pub mechanism: String,
    /// Mechanisms of the first alternative that has some, in order.
    pub mechanisms: Vec<&'static str>,
    /// The highest of the alternatives.
    pub leaves_aws: Outside,
    /// Switches that decided, as `name=position`; see [`decisive`](super::decisive).
    pub switches: Vec<String>,
    /// Assumptions that fired.
    pub assumptions: Vec<&'static str>,
    /// What would not change the verdict.
    pub notes: Vec<&'static str>,
    /// The deciding obstacle, and those behind it.
    pub obstacles: Vec<Obstacle>,
    /// What a `needs://` destination needs. The rest of the answer is then the deciding need's, but
    /// for mechanisms, assumptions and notes, which are everybody's.
    pub needs: Vec<Need>,
    /// The need that decided.
    pub decided: Option<&'static str>,
}

impl Alternative {
    /// Whether the reply came home and the request was granted.
    #[must_use]
    pub fn delivered(&self) -> bool {
        matches!(self.class, Verdict::Private | Verdict::Internet)
    }

    /// The steps, with the headers where a link was crossed or the traffic arrived.
    pub fn path(&self) -> impl Iterator<Item = (&Step, Option<&Flow>)> {
        paired(&self.steps, &self.headers)
    }

    /// The node that stands for the destination, if the way out came to one.
    #[must_use]
    pub fn receiver(&self) -> Option<NodeId> {
        let arrived = self.steps.iter().find(|s| matches!(s.why, Why::Arrived(_)));
        arrived.map(|s| s.at.node())
    }
}

/// Steps, with the headers where a link was crossed or the traffic arrived.
pub(super) fn paired<'a>(
    steps: &'a [Step],
    headers: &'a [Flow],
) -> impl Iterator<Item = (&'a Step, Option<&'a Flow>)> {
    steps.iter().map(|step| {
        let header = match step.why {
            Why::Crossed(_, header) | Why::Arrived(header) => headers.get(header as usize),
            _ => None,
        };
        (step, header)
    })
}
