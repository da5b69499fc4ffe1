//! RFC 7396 merge patches: how a file is laid over its base, and a case's edit over its network.

use super::tree::{Kind, Node};

/// `patch` over `target`: maps are merged, `null` deletes, everything else replaces.
pub(super) fn merge(target: &Node, patch: &Node) -> Node {
    let Kind::Map(changes) = &patch.kind else {
        return patch.clone();
    };
    let mut pairs = match &target.kind {
        Kind::Map(pairs) => pairs.clone(),
        Kind::Null | Kind::Scalar(_) | Kind::Seq(_) => Vec::new(),
    };
    for (key, change) in changes {
        let place = pairs.iter().position(|(k, _)| k.text == key.text);
        match (place, &change.kind) {
            (Some(at), Kind::Null) => {
                pairs.remove(at);
            }
            (None, Kind::Null) => {}
            (Some(at), _) => {
                if let Some((_, old)) = pairs.get_mut(at) {
                    *old = merge(old, change);
                }
            }
            (None, _) => pairs.push((key.clone(), merge(&empty(change), change))),
        }
    }
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
