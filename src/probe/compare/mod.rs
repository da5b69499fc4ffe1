//! A prediction beside an observation: not whether both say the same word, but whether what was
//! seen is possible if the prediction holds; if not, the first place where the two part.

mod connections;
mod names;
mod shows;
mod source;

use super::judge::Finding;
use super::known::Known;
use super::observation::Observation;
use super::target::Target;
use crate::answer::{Alternative, Answer, Verdict, Wording};
use crate::aws::{Compiled, address_in_words};
use crate::model::Network;
use serde::Serialize;

/// Whether what was seen is possible if the prediction holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// It is.
    AsPredicted,
    /// It is not.
    NotAsPredicted,
    /// The prediction is `unknown`, or nothing was seen that it speaks of.
    Undecided,
}

impl Agreement {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Agreement::AsPredicted => "as predicted",
            Agreement::NotAsPredicted => "not as predicted",
            Agreement::Undecided => "undecided",
        }
    }
}

/// One of the prediction's alternatives beside what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// In words: `private to 10.0.1.50 by interface-endpoint`.
    pub predicted: String,
    /// Whether it was seen.
    pub seen: Sighting,
}

/// Whether an alternative was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sighting {
    /// What was seen is what it would show.
    Possible,
    /// Nothing was tried that could have gone this way.
    NotSeen,
    /// What was tried went another way.
    RuledOut,
}

/// A prediction beside an observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Who sends, in the scenario's words.
    pub from: String,
    /// The predicted verdict.
    pub prediction: &'static str,
    /// Its mechanism, if it is delivered.
    pub mechanism: String,
    /// Whether both go together.
    pub agreement: Agreement,
    /// Every alternative of the prediction.
    pub alternatives: Vec<Side>,
    /// The first place where the two part.
    pub difference: Option<Finding>,
    /// What is worth knowing beside it.
    pub remarks: Vec<Finding>,
}

impl Comparison {
    /// Whether something is reached if the prediction holds.
    #[must_use]
    pub fn delivers(&self) -> bool {
        ["private", "internet", "mixed"].contains(&self.prediction)
    }
}

/// What both sides are told with.
#[derive(Clone, Copy)]
struct Pair<'a> {
    network: &'a Network,
    wording: Wording<'a>,
    answer: &'a Answer,
    target: &'a Target,
    seen: &'a Observation,
    known: &'a Known,
}

/// Lays an observation beside the answer to the same question.
#[must_use]
pub fn compare(
    network: &Network,
    compiled: &Compiled,
    answer: &Answer,
    target: &Target,
    seen: &Observation,
    known: &Known,
) -> Comparison {
    let pair = Pair {
        network,
        wording: Wording::new(network, compiled),
        answer,
        target,
        seen,
        known,
    };
    let names = names::part(&pair);
    let connections = connections::part(&pair);
    let source = source::part(&pair);
    let nothing = !names.compared && connections.compared == 0;
    let difference = names.difference.or(connections.difference).or(source);
    let agreement = match &difference {
        Some(_) => Agreement::NotAsPredicted,
        None if nothing || answer.verdict == Verdict::Unknown => Agreement::Undecided,
        None if answer.target.name.is_some() && delivers(answer) && connections.compared == 0 => {
            Agreement::Undecided
        }
        None => Agreement::AsPredicted,
    };
    let sides = answer.alternatives.iter().zip(connections.sides);
    Comparison {
        from: answer.from.to_string(),
        prediction: answer.verdict.name(),
        mechanism: answer.mechanism.clone(),
        agreement,
        alternatives: sides
            .map(|(way, seen)| Side {
                predicted: words(way),
                seen,
            })
            .collect(),
        difference,
        remarks: names
            .remarks
            .into_iter()
            .chain(source::remark(&pair))
            .collect(),
    }
}

/// Whether some alternative is delivered.
fn delivers(answer: &Answer) -> bool {
    answer.alternatives.iter().any(Alternative::delivered)
}

/// An alternative in words.
fn words(way: &Alternative) -> String {
    let mut out = way.class.name().to_owned();
    if let Some(address) = way.address {
        out.push_str(&format!(" to {}", address_in_words(address)));
    }
    match (&way.obstacle, way.mechanism) {
        (Some(o), _) => out.push_str(&format!(": {} at {}", o.code, o.at)),
        (None, Some(mechanism)) => out.push_str(&format!(" by {mechanism}")),
        (None, None) => {}
    }
    out
}
