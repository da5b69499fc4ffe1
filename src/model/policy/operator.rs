//! Condition operators (`/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html`).

use serde::{Deserialize, Serialize};

/// What is compared, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// `StringEquals`.
    Equals,
    /// `StringEqualsIgnoreCase`.
    EqualsIgnoreCase,
    /// `StringLike`: `*` and `?` are wildcards.
    Like,
    /// `ArnEquals` and `ArnLike`, which are one: each part of the ARN on its own, with wildcards.
    Arn,
    /// `IpAddress`.
    Ip,
    /// `Bool`.
    Bool,
    /// `Null`: whether the key is absent.
    Null,
    /// `Numeric…`, `Date…`, `BinaryEquals`: known, and not modelled.
    NotModelled,
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operator {
    /// As written.
    pub text: String,
    /// What it compares.
    pub test: Test,
    /// `…Not…`: no value may fit.
    pub negated: bool,
    /// `…IfExists`: holds if the key is absent.
    pub if_exists: bool,
    /// `ForAnyValue:`: an absent key has no value that could fit.
    pub any_value: bool,
    /// `ForAllValues:`: holds if the key is absent.
    pub all_values: bool,
}

/// Name, what it compares, whether it is negated.
const OPERATORS: &[(&str, Test, bool)] = &[
    ("StringEquals", Test::Equals, false),
    ("StringNotEquals", Test::Equals, true),
    ("StringEqualsIgnoreCase", Test::EqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Test::EqualsIgnoreCase, true),
    ("StringLike", Test::Like, false),
    ("StringNotLike", Test::Like, true),
    ("ArnEquals", Test::Arn, false),
    ("ArnLike", Test::Arn, false),
    ("ArnNotEquals", Test::Arn, true),
    ("ArnNotLike", Test::Arn, true),
    ("IpAddress", Test::Ip, false),
    ("NotIpAddress", Test::Ip, true),
    ("Bool", Test::Bool, false),
    ("Null", Test::Null, false),
    ("BinaryEquals", Test::NotModelled, false),
    ("NumericEquals", Test::NotModelled, false),
    ("NumericNotEquals", Test::NotModelled, true),
    ("NumericLessThan", Test::NotModelled, false),
    ("NumericLessThanEquals", Test::NotModelled, false),
    ("NumericGreaterThan", Test::NotModelled, false),
    ("NumericGreaterThanEquals", Test::NotModelled, false),
    ("DateEquals", Test::NotModelled, false),
    ("DateNotEquals", Test::NotModelled, true),
    ("DateLessThan", Test::NotModelled, false),
    ("DateLessThanEquals", Test::NotModelled, false),
    ("DateGreaterThan", Test::NotModelled, false),
    ("DateGreaterThanEquals", Test::NotModelled, false),
];

impl Operator {
    /// The operator of this name; operators are written in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Operator> {
        let (set, rest) = match text.split_once(':') {
            Some((set, rest)) => (Some(set.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        if !matches!(set.as_deref(), None | Some("foranyvalue" | "forallvalues")) {
            return None;
        }
        let lower = rest.to_ascii_lowercase();
        let (name, if_exists) = match lower.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (lower.as_str(), false),
        };
        let mut all = OPERATORS.iter();
        let (_, test, negated) = all.find(|(n, ..)| n.eq_ignore_ascii_case(name))?;
        if *test == Test::Null && (if_exists || set.is_some()) {
            return None;
        }
        Some(Operator {
            text: text.to_owned(),
            test: *test,
            negated: *negated,
            if_exists,
            any_value: set.as_deref() == Some("foranyvalue"),
            all_values: set.as_deref() == Some("forallvalues"),
        })
    }

    /// Every name, for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        OPERATORS.iter().map(|(name, ..)| *name)
    }
}
