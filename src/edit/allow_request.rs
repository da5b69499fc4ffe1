//! A statement of a policy: this caller, this action, this resource
//! (`/IAM/latest/UserGuide/reference_policies_elements.html`).

use super::Change;
use super::say::Say;
use crate::model::{
    Condition, Draft, Effect, Id, Operator, Origin, Patterns, Policy, Principals, Statement, Vpc,
};

/// How a policy says who asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Asks {
    /// Not at all: it is the caller's own.
    Owner,
    /// By its principal, an ARN.
    Principal(String),
    /// By a condition on everybody: an endpoint's policy, of which those of gateway endpoints know no
    /// other way (`/vpc/latest/privatelink/vpc-endpoints-access.html`).
    Condition(String),
}

/// The key of such a condition.
const KEY: &str = "aws:PrincipalArn";
/// How it compares.
const OPERATOR: &str = "ArnEquals";

/// Adds a statement that allows one request.
#[derive(Clone, Debug, PartialEq)]
pub struct AllowRequest {
    /// The policy.
    pub policy: Id<Policy>,
    /// Who asks.
    pub principal: Asks,
    /// What is asked, e.g. `s3:GetObject`.
    pub action: String,
    /// Of what, as an ARN.
    pub resource: String,
}

impl Change for AllowRequest {
    fn apply(&self, _: &Draft, draft: &mut Draft) {
        let patterns = |text: &String| Patterns {
            not: false,
            all: vec![(text.clone(), Origin::Unknown)],
        };
        if let Some(policy) = draft.policies.get_mut(self.policy) {
            let label = (policy.statements.len() + 1).to_string();
            let of = |aws: &[String]| Principals {
                not: false,
                everybody: aws.is_empty(),
                aws: aws.to_vec(),
                others: Vec::new(),
                origin: Origin::Unknown,
            };
            let (principal, conditions) = match &self.principal {
                Asks::Owner => (None, Vec::new()),
                Asks::Principal(arn) => (Some(of(std::slice::from_ref(arn))), Vec::new()),
                Asks::Condition(arn) => {
                    let condition = Operator::parse(OPERATOR).map(|operator| Condition {
                        operator,
                        key: KEY.to_owned(),
                        values: vec![(arn.clone(), Origin::Unknown)],
                    });
                    (Some(of(&[])), condition.into_iter().collect())
                }
            };
            policy.statements.push(Statement {
                label,
                effect: Effect::Allow,
                principal,
                action: patterns(&self.action),
                resource: patterns(&self.resource),
                conditions,
                origin: Origin::Unknown,
            });
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let who = match &self.principal {
            Asks::Owner => String::new(),
            Asks::Principal(arn) | Asks::Condition(arn) => format!(" by {arn}"),
        };
        format!(
            "allow {} of {}{who} in {}",
            self.action,
            self.resource,
            say.label(self.policy)
        )
    }

    fn opens(&self, _: Say<'_>) -> u128 {
        1
    }

    /// Policies are replaced as a whole, and what this program keeps of one is what decides.
    fn cli(&self, say: Say<'_>) -> Vec<String> {
        let label = say.label(self.policy);
        vec![format!(
            "# to the statements of {label}: {}",
            self.statement()
        )]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let label = say.label(self.policy);
        let principals = |kind: &str, arn: &str| {
            format!(
                "  principals {{\n    type        = \"{kind}\"\n    identifiers = [\"{arn}\"]\n  }}\n"
            )
        };
        let who = match &self.principal {
            Asks::Owner => String::new(),
            Asks::Principal(arn) => principals("AWS", arn),
            Asks::Condition(arn) => {
                let test = format!(
                    "  condition {{\n    test     = \"{OPERATOR}\"\n    variable = \"{KEY}\"\n    values   = [\"{arn}\"]\n  }}\n"
                );
                principals("*", "*") + &test
            }
        };
        format!(
            "# in the aws_iam_policy_document of {label}\nstatement {{\n{who}  actions   = [\"{}\"]\n  resources = [\"{}\"]\n}}\n",
            self.action, self.resource
        )
    }

    fn place(&self, _: &Draft) -> Option<Id<Vpc>> {
        None
    }
}

impl AllowRequest {
    fn statement(&self) -> String {
        let who = match &self.principal {
            Asks::Owner => String::new(),
            Asks::Principal(arn) => format!("\"Principal\": {{\"AWS\": \"{arn}\"}}, "),
            Asks::Condition(arn) => format!(
                "\"Principal\": \"*\", \"Condition\": {{\"{OPERATOR}\": {{\"{KEY}\": \"{arn}\"}}}}, "
            ),
        };
        format!(
            "{{\"Effect\": \"Allow\", {who}\"Action\": \"{}\", \"Resource\": \"{}\"}}",
            self.action, self.resource
        )
    }
}
