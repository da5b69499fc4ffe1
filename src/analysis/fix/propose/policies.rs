//! Policies: a statement that allows this request, where none does.

use super::super::blocked::Blocked;
use crate::code::Code;
use crate::edit::{AllowRequest, Asks, Edit};

/// What stands for what a question does not say.
const UNSAID: char = '…';

/// A statement in the policy that lacks one. No allow outweighs a deny, so there is none for those.
pub(super) fn statement(blocked: &Blocked<'_>) -> Vec<Vec<Edit>> {
    let (Some(stop), Some(asked)) = (&blocked.way.obstacle, &blocked.way.request) else {
        return Vec::new();
    };
    let said = |text: &str| !text.contains(UNSAID);
    let whole = said(&asked.action) && said(&asked.resource) && said(&asked.principal);
    let name = stop.by.split(" otherwise").next().unwrap_or(&stop.by);
    let mut policies = blocked.network.policies.iter();
    let found = policies.find(|(_, p)| p.name == name);
    let (Some((policy, _)), true) = (found, whole && asked.principal.starts_with("arn:")) else {
        return Vec::new();
    };
    let arn = asked.principal.clone();
    let principal = match stop.code {
        Code::IDENTITY_POLICY_LACKS_ALLOW => Asks::Owner,
        Code::ENDPOINT_POLICY_LACKS_ALLOW => Asks::Condition(arn),
        _ => Asks::Principal(arn),
    };
    let edit = AllowRequest {
        policy,
        principal,
        action: asked.action.clone(),
        resource: asked.resource.clone(),
    };
    vec![vec![edit.into()]]
}
