//! RFC 7396 merge patches: how a file is laid over its base, and a case's edit over its network.

use super::tree::{Key, Kind, Node};
use std::collections::HashMap;

/// `patch` over `target`: maps are merged, `null` deletes, everything else replaces.
pub(super) fn merge(target: &Node, patch: &Node) -> Node {
    let Kind::Map(changes) = &patch.kind else {
        return patch.clone();
    };
    let mut pairs: Vec<Option<(Key, Node)>> = target.pairs().iter().cloned().map(Some).collect();
    let places: HashMap<&str, usize> = target
        .pairs()
        .iter()
        .enumerate()
        .map(|(at, (key, _))| (key.text.as_str(), at))
        .collect();
    for (key, change) in changes {
        let old = places
            .get(key.text.as_str())
            .and_then(|at| pairs.get_mut(*at));
        match (old, &change.kind) {
            (Some(old), Kind::Null) => *old = None,
            (None, Kind::Null) => {}
            (Some(old), _) => {
                if let Some((_, value)) = old {
                    *value = merge(value, change);
                }
            }
            (None, _) => pairs.push(Some((key.clone(), merge(&empty(change), change)))),
        }
    }
    let pairs = pairs.into_iter().flatten().collect();
    Node {
        kind: Kind::Map(pairs),
        span: if target.pairs().is_empty() {
            patch.span
        } else {
            target.span
        },
    }
}

/// What a patch is laid over where there is nothing.
fn empty(at: &Node) -> Node {
    Node {
        kind: Kind::Map(Vec::new()),
        span: at.span,
    }
}

/// The tree without some of its top-level keys.
pub(super) fn without(node: &Node, keys: &[&str]) -> Node {
    let pairs = node
        .pairs()
        .iter()
        .filter(|(k, _)| !keys.contains(&k.text.as_str()))
        .cloned()
        .collect();
    Node {
        kind: Kind::Map(pairs),
        span: node.span,
    }
}
