//! Many names in few words: `app/web-*` for all that begin so.

use std::collections::BTreeSet;

/// Where a name may be cut: behind one of these.
const JOINTS: [char; 4] = ['/', '-', '_', '.'];

/// The chosen names, those together that some beginning has and no other of `all` has; in order.
/// A name of `chosen` that is not among `all` counts as one of them.
#[must_use]
pub fn patterns(all: &BTreeSet<String>, chosen: &BTreeSet<String>) -> Vec<String> {
    let names: BTreeSet<&str> = all.iter().chain(chosen).map(String::as_str).collect();
    let names: Vec<(&str, bool)> = names
        .into_iter()
        .map(|name| (name, chosen.contains(name)))
        .collect();
    let mut out = Vec::new();
    gather(&names, 0, &mut out);
    out
}

/// Names that begin alike for `shared` bytes: one pattern, or the patterns of those that go on alike.
fn gather(names: &[(&str, bool)], shared: usize, out: &mut Vec<String>) {
    match names {
        [] => return,
        [(name, true)] => return out.push((*name).to_owned()),
        [(first, _), ..] if shared > 0 && names.iter().all(|(_, chosen)| *chosen) => {
            let beginning = first.get(..shared).unwrap_or_default();
            return out.push(format!("{beginning}*"));
        }
        _ => {}
    }
    if !names.iter().any(|(_, chosen)| *chosen) {
        return;
    }
    let next = |name: &str| {
        let rest = name.get(shared..).unwrap_or_default();
        let joint = rest.find(JOINTS).map(|at| shared + at + 1);
        joint.unwrap_or(name.len())
    };
    let begins = |(a, _): &(&str, bool), (b, _): &(&str, bool)| {
        let (x, y) = (next(a), next(b));
        x == y && a.get(..x) == b.get(..y) && x > shared
    };
    for group in names.chunk_by(begins) {
        let at = group.first().map_or(shared, |(name, _)| next(name));
        gather(group, at, out);
    }
}
