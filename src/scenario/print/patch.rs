//! The difference of two networks as a patch of the first one's scenario (RFC 7396): what a person
//! would write under `edit:`.

use super::doc::{Doc, Map};
use super::{Printer, yaml};
use crate::model::Network;

/// The widest line, where it stands indented.
const WIDTH: usize = 72;

/// What makes the scenario of one network that of the other.
#[must_use]
pub fn patch(before: &Network, after: &Network) -> String {
    let root = |network| Printer::new(network).root("");
    let mut text = String::new();
    yaml::write(&changes(&root(before), &root(after)), WIDTH, &mut text);
    text
}

/// What has to be laid over one map to make it the other: a list is replaced as a whole, and what is
/// gone is `null`.
fn changes(before: &Map, after: &Map) -> Map {
    let mut out = Map::free();
    for pair in &after.pairs {
        let old = before.pairs.iter().find(|p| p.key == pair.key);
        match (old.map(|p| &p.value), &pair.value) {
            (Some(Doc::Map(old)), Doc::Map(new)) => {
                let inner = changes(old, new);
                if !inner.is_empty() {
                    out.push(&pair.key, Doc::Map(inner));
                }
            }
            (Some(old), new) if old == new => {}
            (_, new) => out.push(&pair.key, new.clone()),
        }
    }
    for pair in &before.pairs {
        if !after.pairs.iter().any(|p| p.key == pair.key) {
            out.push(&pair.key, Doc::Word("null".to_owned()));
        }
    }
    out
}
