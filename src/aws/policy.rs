//! Whether policies grant a request: a pure function of the request, what its path shows of it, and
//! the documents (`/IAM/latest/UserGuide/reference_policies_evaluation-logic.html`).
//!
//! An explicit deny anywhere refuses. Else the endpoint's policy must allow. Else the caller's own
//! policy or the resource's must, and both where they are of two accounts
//! (`/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html`).

mod condition;
mod keys;
mod pattern;
mod service;
mod statement;

pub use keys::{Keys, Path, Point, Value};
pub use pattern::{ANY, shown};
pub use service::{
    about_bucket, bucket_of, point_host, point_of, point_resource, prefix, s3_address,
    s3_own_address, s3_resource, table_of, table_resource,
};
pub use statement::{Fit, Missed};

use crate::model::{Effect, Policy, Statement, partition};

/// A request. Where the question does not say a word, [`ANY`] stands for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// e.g. `s3:GetObject`.
    pub action: String,
    /// Its ARN.
    pub resource: String,
    /// Who makes it.
    pub caller: Caller,
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Caller {
    /// Somebody without credentials.
    Anonymous,
    /// A principal: its ARN and its account, if it is known.
    Principal(String, Option<String>),
}

impl Caller {
    /// Some principal of an account, if it is known.
    #[must_use]
    pub fn of_account(region: &str, account: Option<&str>) -> Self {
        let arn = match account {
            Some(account) => format!("arn:{}:iam::{account}:{ANY}", partition(region)),
            None => ANY.to_string(),
        };
        Caller::Principal(arn, account.map(str::to_owned))
    }
}

/// A policy that is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Given<'a> {
    /// The input does not say: it allows where it must and denies nothing.
    NotSaid,
    /// There is none.
    Without,
    /// This one.
    Policy(&'a Policy),
}

/// Whose policy it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The endpoint's.
    Endpoint,
    /// The bucket's or table's.
    Resource,
    /// The caller's.
    Identity,
}

/// The policies that are asked.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    /// The endpoint's; `Without` is full access.
    pub endpoint: Given<'a>,
    /// The resource's.
    pub resource: Given<'a>,
    /// The caller's.
    pub identity: Given<'a>,
    /// The resource's account, if it is known.
    pub resource_account: Option<&'a str>,
    /// The endpoint is a gateway endpoint: an account that its policy names is its root user alone
    /// (`/vpc/latest/privatelink/vpc-endpoints-access.html`).
    pub gateway: bool,
}

/// A statement that was read, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<'a> {
    /// Whose.
    pub owner: Owner,
    /// The policy.
    pub policy: &'a Policy,
    /// The statement; none if the policy could not be read.
    pub statement: Option<&'a Statement>,
    /// Whether it applies.
    pub fit: Fit,
    /// It names the caller's whole account, not the caller.
    pub to_account: bool,
}

/// What the policies say.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision<'a> {
    /// Granted.
    Allowed,
    /// A statement refuses: by its place among the readings.
    Denied(usize),
    /// Nothing of this owner's allows.
    NotAllowed(Owner),
    /// It hangs on what is not known: the reading, if one, and the datum.
    CannotTell(Option<(Owner, &'a Policy, Option<&'a Statement>)>, String),
}

/// Yes, no, or what would settle it.
type Truth = Result<bool, String>;

/// Judges, and says how every statement was read.
#[must_use]
pub fn judge<'a>(
    request: &Request,
    keys: &Keys,
    policies: &Policies<'a>,
) -> (Decision<'a>, Vec<Reading<'a>>) {
    let mut all = Vec::new();
    for (owner, given) in [
        (Owner::Endpoint, policies.endpoint),
        (Owner::Resource, policies.resource),
        (Owner::Identity, policies.identity),
    ] {
        if let Given::Policy(policy) = given {
            read(owner, policy, request, keys, &mut all);
        }
    }
    let is =
        |last: &str| matches!(&request.caller, Caller::Principal(arn, _) if arn.ends_with(last));
    if policies.gateway && !is(":root") {
        let own = all.iter_mut().filter(|r| r.owner == Owner::Endpoint);
        let to_account = |r: &&mut Reading<'_>| r.to_account && !matches!(r.fit, Fit::Not(..));
        for reading in own.filter(to_account) {
            let root = "its root user, whom an account means here";
            reading.fit = match is(&ANY.to_string()) {
                // Somebody of the account, perhaps the one.
                true => Fit::CannotTell(format!("whether the caller is {root}")),
                false => Fit::Not(Missed::Principal, format!("the caller is not {root}")),
            };
        }
    }
    (decide(request, policies, &all), all)
}

fn read<'a>(
    owner: Owner,
    policy: &'a Policy,
    request: &Request,
    keys: &Keys,
    all: &mut Vec<Reading<'a>>,
) {
    let reading = |statement, (fit, to_account)| Reading {
        owner,
        policy,
        statement,
        fit,
        to_account,
    };
    if let Some(why) = &policy.unread {
        all.push(reading(None, (Fit::CannotTell(why.clone()), false)));
    }
    for statement in &policy.statements {
        let fit = statement::fit(statement, policy.variables, request, keys);
        all.push(reading(Some(statement), fit));
    }
}

fn decide<'a>(request: &Request, policies: &Policies<'a>, all: &[Reading<'a>]) -> Decision<'a> {
    let applies = |r: &Reading<'_>| matches!(r.fit, Fit::Applies(_));
    let denies = |r: &Reading<'_>| r.statement.is_some_and(|s| s.effect == Effect::Deny);
    if let Some(at) = all.iter().position(|r| denies(r) && applies(r)) {
        return Decision::Denied(at);
    }
    let allows =
        |owner: Owner, given: Given<'_>, delegated: bool| allows(all, owner, given, delegated);
    let endpoint = match policies.endpoint {
        Given::Policy(_) => allows(Owner::Endpoint, policies.endpoint, true),
        Given::NotSaid | Given::Without => Ok(true),
    };
    if endpoint == Ok(false) {
        return Decision::NotAllowed(Owner::Endpoint);
    }
    let identity = allows(Owner::Identity, policies.identity, true);
    let resource = allows(Owner::Resource, policies.resource, true);
    // By itself a resource's policy grants to those it names, not to a whole account: that leaves
    // it to the account's own policies
    // (`/IAM/latest/UserGuide/reference_policies_elements_principal.html`).
    let alone = match policies.resource {
        Given::Policy(_) => allows(Owner::Resource, policies.resource, false),
        Given::NotSaid | Given::Without => Ok(false),
    };
    let granted = match (&request.caller, policies.resource_account) {
        (Caller::Anonymous, _) => needs(&[(Owner::Resource, &resource)]),
        (Caller::Principal(_, Some(own)), Some(its)) if own == its => match (&identity, &alone) {
            (Ok(true), _) | (_, Ok(true)) => Ok(()),
            (Ok(false), Ok(false)) => Err(Lack::Allow(Owner::Identity)),
            (Err(why), _) | (_, Err(why)) => Err(Lack::Datum(why.clone())),
        },
        (Caller::Principal(_, Some(_)), Some(_)) => {
            needs(&[(Owner::Resource, &resource), (Owner::Identity, &identity)])
        }
        // Of one account or of two: what grants in both cases grants.
        (Caller::Principal(..), _) => match (&identity, &resource) {
            (Ok(true), Ok(true)) => Ok(()),
            (Ok(false), _) if alone == Ok(false) => Err(Lack::Allow(Owner::Identity)),
            (Err(why), _) | (_, Err(why)) => Err(Lack::Datum(why.clone())),
            _ => Err(Lack::Datum(
                "the accounts of caller and resource".to_owned(),
            )),
        },
    };
    if let Err(Lack::Allow(owner)) = granted {
        return Decision::NotAllowed(owner);
    }
    let doubt = |r: &&Reading<'a>| {
        matches!(r.fit, Fit::CannotTell(_)) && (r.statement.is_none() || denies(r))
    };
    if let Some(reading) = all.iter().find(doubt) {
        return cannot_tell(reading);
    }
    let datum = match (endpoint, granted) {
        (Err(why), _) | (_, Err(Lack::Datum(why))) => why,
        _ => return Decision::Allowed,
    };
    let same = |r: &&Reading<'_>| r.fit == Fit::CannotTell(datum.clone());
    all.iter()
        .find(same)
        .map_or(Decision::CannotTell(None, datum.clone()), cannot_tell)
}

fn cannot_tell<'a>(reading: &Reading<'a>) -> Decision<'a> {
    let why = match &reading.fit {
        Fit::CannotTell(why) => why.clone(),
        Fit::Applies(_) | Fit::Not(..) => String::new(),
    };
    Decision::CannotTell(
        Some((reading.owner, reading.policy, reading.statement)),
        why,
    )
}

/// What a grant lacks.
enum Lack {
    Allow(Owner),
    Datum(String),
}

/// Every one of them must allow.
fn needs(all: &[(Owner, &Truth)]) -> Result<(), Lack> {
    if let Some((owner, _)) = all.iter().find(|(_, t)| **t == Ok(false)) {
        return Err(Lack::Allow(*owner));
    }
    let mut doubts = all.iter().filter_map(|(_, t)| t.as_ref().err());
    match doubts.next() {
        Some(why) => Err(Lack::Datum(why.clone())),
        None => Ok(()),
    }
}

/// Whether a policy allows. A grant to a whole account counts if `delegated`.
fn allows(all: &[Reading<'_>], owner: Owner, given: Given<'_>, delegated: bool) -> Truth {
    match given {
        Given::NotSaid => return Ok(true),
        Given::Without => return Ok(false),
        Given::Policy(_) => {}
    }
    let may = |r: &&Reading<'_>| r.statement.is_none_or(|s| s.effect == Effect::Allow);
    let counts = |r: &&Reading<'_>| r.owner == owner && (delegated || !r.to_account);
    let own = || all.iter().filter(counts).filter(may);
    if own().any(|r| matches!(r.fit, Fit::Applies(_))) {
        return Ok(true);
    }
    let mut doubts = own().filter_map(|r| match &r.fit {
        Fit::CannotTell(why) => Some(why.clone()),
        Fit::Applies(_) | Fit::Not(..) => None,
    });
    doubts.next().map_or(Ok(false), Err)
}
