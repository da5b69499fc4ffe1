//! A statement of a policy: this caller, this action, this resource
//! (`/IAM/latest/UserGuide/reference_policies_elements.html`).

use super::Change;
use super::say::Say;
use crate::model::{Draft, Effect, Id, Origin, Patterns, Policy, Principals, Statement, Vpc};

/// Adds a statement that allows one request.
#[derive(Clone, Debug, PartialEq)]
pub struct AllowRequest {
    /// The policy.
    pub policy: Id<Policy>,
    /// Who asks, as an ARN; none: the policy is the caller's own.
    pub principal: Option<String>,
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
            policy.statements.push(Statement {
                label,
                effect: Effect::Allow,
                principal: self.principal.as_ref().map(|arn| Principals {
                    not: false,
                    everybody: false,
                    aws: vec![arn.clone()],
                    others: Vec::new(),
                    origin: Origin::Unknown,
                }),
                action: patterns(&self.action),
                resource: patterns(&self.resource),
                conditions: Vec::new(),
                origin: Origin::Unknown,
            });
        }
    }

    fn words(&self, say: Say<'_>) -> String {
        let who = self.principal.as_ref();
        let who = who.map_or(String::new(), |arn| format!(" by {arn}"));
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
        vec![format!("# to the statements of {label}: {}", self.statement())]
    }

    fn terraform(&self, say: Say<'_>) -> String {
        let label = say.label(self.policy);
        let who = self.principal.as_ref().map_or(String::new(), |arn| {
            format!("  principals {{\n    type        = \"AWS\"\n    identifiers = [\"{arn}\"]\n  }}\n")
        });
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
        let who = self.principal.as_ref().map_or(String::new(), |arn| {
            format!("\"Principal\": {{\"AWS\": \"{arn}\"}}, ")
        });
        format!(
            "{{\"Effect\": \"Allow\", {who}\"Action\": \"{}\", \"Resource\": \"{}\"}}",
            self.action, self.resource
        )
    }
}
