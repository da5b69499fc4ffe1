//! Whether a statement applies to a request: principal, action, resource, conditions.

use super::condition::{Held, held};
use super::keys::Keys;
use super::pattern::{ANY, Case, equals, like};
use super::{Caller, Request, shown};
use crate::model::{Patterns, Principals, Statement};

/// Whether a statement applies.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    /// It does: the keys that made its conditions hold, in words; empty without conditions.
    Applies(String),
    /// It does not.
    Not(Missed, String),
    /// It hangs on this.
    CannotTell(String),
}

/// Which element does not fit; the later, the nearer the statement was to applying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missed {
    /// The principal is another.
    Principal,
    /// The action is another.
    Action,
    /// The resource is another.
    Resource,
    /// A condition does not hold.
    Condition,
}

/// What came of one element.
enum Part {
    Yes,
    Because(String),
    No(String),
    CannotTell(String),
}

/// Whether the statement applies: one element that does not fit is enough that it does not. And whether
/// it names the caller's whole account, not the caller.
pub(super) fn fit(
    statement: &Statement,
    variables: bool,
    request: &Request,
    keys: &Keys,
) -> (Fit, bool) {
    let (principal, to_account) = match &statement.principal {
        Some(principals) => named(principals, &request.caller),
        None => (Part::Yes, false),
    };
    let action = words(
        &statement.action,
        &request.action,
        Case::Ignored,
        "the action",
    );
    let resource = words(
        &statement.resource,
        &request.resource,
        Case::Exact,
        "the resource",
    );
    let mut parts = vec![
        (Missed::Principal, principal),
        (Missed::Action, action),
        (Missed::Resource, resource),
    ];
    let conditions = statement.conditions.iter();
    parts.extend(conditions.map(|c| {
        let part = match held(c, variables, keys) {
            Held::Yes(why) => Part::Because(why),
            Held::No(why) => Part::No(why),
            Held::CannotTell(why) => Part::CannotTell(why),
        };
        (Missed::Condition, part)
    }));
    let (mut doubt, mut because) = (None, Vec::new());
    for (missed, part) in parts {
        match part {
            Part::Yes => {}
            Part::Because(why) => because.push(why),
            Part::No(why) => return (Fit::Not(missed, why), to_account),
            Part::CannotTell(why) => doubt = doubt.or(Some(why)),
        }
    }
    let applies = || Fit::Applies(because.join(", "));
    (doubt.map_or_else(applies, Fit::CannotTell), to_account)
}

fn words(patterns: &Patterns, text: &str, case: Case, what: &str) -> Part {
    let mut found = Some(false);
    for (pattern, _) in &patterns.all {
        match like(pattern, text, case) {
            Some(true) => {
                found = Some(true);
                break;
            }
            Some(false) => {}
            None => found = None,
        }
    }
    match found {
        None => Part::CannotTell(what.to_owned()),
        Some(fits) if fits != patterns.not => Part::Yes,
        Some(_) => Part::No(format!("{what} is {}", shown(text))),
    }
}

/// Whether the caller is meant, and whether only by its account.
fn named(principals: &Principals, caller: &Caller) -> (Part, bool) {
    if principals.not {
        return (others(principals, caller), false);
    }
    if principals.everybody {
        return (Part::Yes, false);
    }
    let Caller::Principal(arn, account) = caller else {
        return (Part::No("the caller is anonymous".to_owned()), false);
    };
    let mut doubt = false;
    let mut to_account = false;
    for name in &principals.aws {
        match account_of(name) {
            Some(named) => match account {
                Some(own) => to_account |= own == named,
                None => doubt = true,
            },
            None => match equals(name, arn, Case::Exact) {
                Some(true) => return (Part::Yes, false),
                Some(false) => {}
                None => doubt = true,
            },
        }
    }
    // A service makes no request of its own here; the other kinds are not modelled.
    let foreign = principals.others.iter().find(|k| *k != "Service");
    match (to_account, doubt, foreign) {
        // It may be named too, which would be more than its account.
        (true, ..) => (Part::Yes, true),
        (false, true, _) => (Part::CannotTell("the principal".to_owned()), false),
        (false, false, Some(kind)) if arn.contains(ANY) => {
            (Part::CannotTell(format!("a `{kind}` principal")), false)
        }
        (false, false, _) => (Part::No(format!("the principal is {}", shown(arn))), false),
    }
}

/// `NotPrincipal`: everybody else. Whoever is left out is listed with his account
/// (`/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html`); with one of the two
/// alone, what AWS does is not documented well enough.
fn others(principals: &Principals, caller: &Caller) -> Part {
    let Caller::Principal(arn, account) = caller else {
        return Part::Yes;
    };
    let listed = |of_account: bool| {
        let names = principals.aws.iter();
        let all = names.map(|name| match (account_of(name), of_account) {
            (Some(named), true) => account.as_ref().map(|own| own == named),
            (None, false) => equals(name, arn, Case::Exact),
            _ => Some(false),
        });
        let all: Vec<Option<bool>> = all.collect();
        match (all.contains(&Some(true)), all.contains(&None)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    };
    match (listed(false), listed(true)) {
        (Some(true), Some(true)) => Part::No("the principal is left out".to_owned()),
        (Some(false), Some(false)) => Part::Yes,
        _ => Part::CannotTell("`NotPrincipal`".to_owned()),
    }
}

/// The account, if the word means a whole one: its id, or the ARN of its root.
fn account_of(name: &str) -> Option<&str> {
    if name.starts_with("arn:") {
        let (rest, last) = name.rsplit_once(':')?;
        return (last == "root").then(|| rest.rsplit(':').next())?;
    }
    Some(name)
}
