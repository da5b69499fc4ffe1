//! Conditions: operators over the keys of a request, and what an absent key means
//! (`/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html`).

use super::keys::{Keys, Value};
use super::pattern::{ANY, Case, arn, equals, like};
use super::shown;
use crate::model::{Condition, Test};
use ipnet::IpNet;
use std::net::IpAddr;

/// Whether a condition holds, and by what value of its key.
pub(super) enum Held {
    Yes(String),
    No(String),
    CannotTell(String),
}

/// Whether it holds for these keys.
pub(super) fn held(condition: &Condition, variables: bool, keys: &Keys) -> Held {
    let operator = &condition.operator;
    let key = &condition.key;
    let value = keys.get(key);
    if operator.test == Test::Null {
        return null(condition, &value);
    }
    let words = match value {
        Value::Is(words) => words,
        Value::Unknown => return Held::CannotTell(key.clone()),
        Value::Absent => {
            // A positive operator has nothing that could fit, a negated one nothing that does.
            let holds = operator.all_values
                || operator.if_exists
                || (operator.negated && !operator.any_value);
            let why = format!("{key} is absent");
            return if holds { Held::Yes(why) } else { Held::No(why) };
        }
    };
    let mut doubt = None;
    let mut fits = false;
    for (wanted, _) in &condition.values {
        if variables && wanted.contains("${") {
            doubt = Some(format!("the variable in `{wanted}`"));
            continue;
        }
        for word in &words {
            match fit(operator.test, wanted, word) {
                Some(true) => fits = true,
                Some(false) => {}
                None if operator.test == Test::NotModelled => {
                    doubt = Some(format!("{key}, by {}", operator.text));
                }
                None => doubt = Some(key.clone()),
            }
        }
    }
    match (fits, doubt) {
        (false, Some(why)) => Held::CannotTell(why),
        (fits, _) if fits != operator.negated => Held::Yes(format!("{key} is {}", said(&words))),
        (true, _) => Held::No(format!("{key} is {}", said(&words))),
        (false, _) => Held::No(format!(
            "{key} is {}, not {}",
            said(&words),
            wanted(condition)
        )),
    }
}

/// Whether the key is absent.
fn null(condition: &Condition, value: &Value) -> Held {
    let key = &condition.key;
    let absent = match value {
        Value::Unknown => return Held::CannotTell(key.clone()),
        Value::Absent => true,
        Value::Is(_) => false,
    };
    let mut values = condition.values.iter();
    let wanted = |(v, _): &(String, _)| v.eq_ignore_ascii_case("true") == absent;
    let is = if absent { "absent" } else { "present" };
    let why = format!("{key} is {is}");
    if values.any(wanted) {
        Held::Yes(why)
    } else {
        Held::No(why)
    }
}

fn fit(test: Test, wanted: &str, word: &str) -> Option<bool> {
    match test {
        Test::Equals => equals(wanted, word, Case::Exact),
        Test::EqualsIgnoreCase | Test::Bool => equals(wanted, word, Case::Ignored),
        Test::Like => like(wanted, word, Case::Exact),
        Test::Arn => arn(wanted, word),
        Test::Ip => address(wanted, word),
        Test::Null | Test::NotModelled => None,
    }
}

/// An address in a block, or the address itself.
fn address(wanted: &str, word: &str) -> Option<bool> {
    let ip: IpAddr = word.parse().ok()?;
    let block = wanted.parse::<IpNet>();
    let block = block.or_else(|_| wanted.parse::<IpAddr>().map(IpNet::from));
    Some(block.ok()?.contains(&ip))
}

/// A value as its owner would say it: its AWS id, where one is given.
fn said(words: &[String]) -> String {
    let whole = words.iter().rev().find(|w| !w.contains(ANY));
    shown(whole.or_else(|| words.first()).map_or("", String::as_str))
}

fn wanted(condition: &Condition) -> String {
    let values: Vec<&str> = condition.values.iter().map(|(v, _)| v.as_str()).collect();
    match values.as_slice() {
        [] => "anything".to_owned(),
        [one] => (*one).to_owned(),
        [first, ..] => format!("{first} or another of the list"),
    }
}
