//! IAM policies and whom they are about: documents as data, principals, buckets and tables.
//!
//! [`read`] makes a policy of either door's tree; who it is attached to is checked by the builder.
//! The grammar: `/IAM/latest/UserGuide/reference_policies_grammar.html`.

mod document;
mod operator;
mod read;

pub use document::{Document, Shape};
pub use operator::{Operator, Test};
pub use read::read;

use super::{Origin, Ref, Vpc};
use serde::{Deserialize, Serialize};

/// A policy document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name, or whose it is: `vpc/endpoint policy`.
    pub name: String,
    /// Its statements.
    pub statements: Vec<Statement>,
    /// Version 2012-10-17: `${…}` in values is a variable.
    pub variables: bool,
    /// Why it could not be read, if an import holds what this program does not know.
    pub unread: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

impl Policy {
    /// How long the document is at least: its words, and what stands around them.
    #[must_use]
    pub fn least_characters(&self) -> usize {
        let word = |text: &str| text.chars().count() + r#""","#.len();
        let words =
            |all: &[(String, Origin)]| all.iter().map(|(text, _)| word(text)).sum::<usize>();
        let statement = |s: &Statement| {
            let who = s.principal.as_ref().map_or(0, |p| {
                p.aws
                    .iter()
                    .chain(&p.others)
                    .map(|text| word(text))
                    .sum::<usize>()
            });
            let conditions = s.conditions.iter();
            let conditions = conditions
                .map(|c| word(&c.key) + words(&c.values))
                .sum::<usize>();
            let around = r#"{"Effect":"Deny","Action":[],"Resource":[]},"#.len();
            around + who + words(&s.action.all) + words(&s.resource.all) + conditions
        };
        self.statements.iter().map(statement).sum()
    }

    /// Whether it allows everybody everything, as the policy that AWS writes where none is given.
    #[must_use]
    pub fn is_full_access(&self) -> bool {
        let star = |p: &Patterns| !p.not && p.all.iter().any(|(word, _)| word == "*");
        let full = |s: &Statement| {
            s.effect == Effect::Allow
                && s.conditions.is_empty()
                && s.principal.as_ref().is_some_and(|p| p.everybody && !p.not)
                && star(&s.action)
                && star(&s.resource)
        };
        self.unread.is_none() && !self.statements.is_empty() && self.statements.iter().all(full)
    }
}

/// What a statement does where it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Refuses, whatever allows.
    Deny,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Its `Sid`, or its number from 1.
    pub label: String,
    /// What it does.
    pub effect: Effect,
    /// Whom it is about; an identity policy's statements do not say.
    pub principal: Option<Principals>,
    /// `Action` or `NotAction`.
    pub action: Patterns,
    /// `Resource` or `NotResource`.
    pub resource: Patterns,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// Where it was written.
    pub origin: Origin,
}

/// Words with `*` and `?`: one of them, or with `not` none of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Patterns {
    /// `NotAction`, `NotResource`.
    pub not: bool,
    /// The words and where they stand.
    pub all: Vec<(String, Origin)>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Principals {
    /// `NotPrincipal`.
    pub not: bool,
    /// `*`: everybody, those without an account too.
    pub everybody: bool,
    /// ARNs and account ids.
    pub aws: Vec<String>,
    /// Kinds of principals that are no IAM principals: `Service`, `Federated`, `CanonicalUser`.
    pub others: Vec<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// One key of a `Condition`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// How it is compared.
    pub operator: Operator,
    /// The key, as written.
    pub key: String,
    /// One of them must fit; of a negated operator, none may.
    pub values: Vec<(String, Origin)>,
}

/// Who makes requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    /// Name.
    pub name: String,
    /// Its ARN, of a role rather than of a session.
    pub arn: String,
    /// Twelve digits.
    pub account: String,
    /// Its organization.
    pub organization: Option<String>,
    /// Its identity policy; `None`: not given.
    pub policy: Option<Ref<Policy>>,
    /// Where it was written.
    pub origin: Origin,
}

/// An S3 bucket or a DynamoDB table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// Its resource policy.
    pub policy: Option<Ref<Policy>>,
    /// Where it was written.
    pub origin: Origin,
}

/// An access point of a bucket (`/AmazonS3/latest/userguide/access-points-vpc.html`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessPoint {
    /// Name.
    pub name: String,
    /// Twelve digits.
    pub account: String,
    /// The bucket, by its name.
    pub bucket: String,
    /// The VPC from whose endpoints alone it takes requests: one, or none for the whole internet.
    pub vpcs: Vec<Ref<Vpc>>,
    /// Its own policy (`/AmazonS3/latest/userguide/access-points-policies.html`).
    pub policy: Option<Ref<Policy>>,
    /// Where it was written.
    pub origin: Origin,
}

/// Whose policy a policy is, as its name says.
#[must_use]
pub fn policy_of(owner: &str) -> String {
    format!("{owner} policy")
}
