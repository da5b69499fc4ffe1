//! Policy documents of the listings: JSON inside a string, or beside it.

use super::json::Json;
use super::node::Node;
use crate::model::{Document, Draft, Origin, Policy, Ref, Shape, policy_of, read_policy};

/// The policy of a noun, if the row has one and it is not the full access that AWS writes where
/// none is given. AWS has accepted it, so what this program does not
/// know in it makes it unread, not wrong.
pub(super) fn attach(
    row: &Node<'_>,
    key: &str,
    owner: &str,
    draft: &mut Draft,
) -> Option<Ref<Policy>> {
    let node = row.child(key)?;
    let origin = node.origin();
    let name = policy_of(owner);
    let policy = match node.value {
        Json::Text(text) if text.as_str().trim().is_empty() => return None,
        Json::Text(text) => match serde_json::from_str(text.as_str()) {
            Ok(value) => read(&value, &name, owner, &origin),
            Err(e) => Policy {
                name,
                statements: Vec::new(),
                variables: false,
                unread: Some(format!("the document, which is no JSON: {e}")),
                origin,
            },
        },
        value => read(value, &name, owner, &origin),
    };
    if policy.is_full_access() {
        return None;
    }
    let reference = Ref::named(policy.name.as_str(), &policy.origin);
    draft.policies.push(policy);
    Some(reference)
}

fn read(value: &Json<'_>, name: &str, owner: &str, origin: &Origin) -> Policy {
    let mut found = Vec::new();
    let mut policy = read_policy(name, owner, &document(value, origin), &mut found);
    if let Some(first) = found.first() {
        policy.unread = Some(format!("what is not understood: {}", first.message));
    }
    policy
}

/// The tree; all of it stands where the string stands.
fn document(value: &Json<'_>, origin: &Origin) -> Document {
    let shape = match value {
        Json::Null => Shape::Nothing,
        Json::Text(text) => Shape::Text(text.as_str().to_owned()),
        Json::Flag(flag) => Shape::Text(flag.to_string()),
        Json::Number(number) => Shape::Text(number.to_string()),
        Json::List(items) => Shape::List(items.iter().map(|v| document(v, origin)).collect()),
        Json::Object(map) => {
            let pairs = map.iter();
            let pairs = pairs.map(|(k, v)| (k.to_owned(), origin.clone(), document(v, origin)));
            Shape::Map(pairs.collect())
        }
    };
    Document {
        shape,
        origin: origin.clone(),
    }
}
