//! Expectations that could never hold, or never fail, because a word of theirs means nothing: a
//! slip, not a failure.

use super::evidence::MECHANISMS;
use super::expect::is;
use crate::aws::Compiled;
use crate::code::Code;
use crate::diagnostic::near;
use crate::expect::Checks;

/// A code of an expectation that there is not, which could never hold: a slip, not a failure.
#[must_use]
pub fn no_such_code(checks: &Checks) -> Option<String> {
    let lists = [
        &checks.also,
        &checks.notes,
        &checks.not_notes,
        &checks.assumes,
    ];
    let all = lists.into_iter().flatten().chain(&checks.code);
    // `switch=true` is an assumption too.
    let mut wrong = all.filter(|word| !word.contains('=') && Code::parse(word).is_none());
    let Some(word) = wrong.next() else {
        return checks.some.iter().find_map(no_such_code);
    };
    let near = crate::diagnostic::near(word, Code::ALL.iter().map(|c| c.name()));
    let help = near.map_or_else(
        || "`reachability explain` lists them all".to_owned(),
        |name| format!("did you mean `{name}`?"),
    );
    Some(format!("no code is called `{word}`: {help}"))
}

/// A component or mechanism of an expectation that none of these networks has.
#[must_use]
pub fn no_such_name<'a>(
    checks: &Checks,
    networks: impl Iterator<Item = &'a Compiled> + Clone,
) -> Option<String> {
    let known = |word: &str| {
        let mut networks = networks.clone();
        MECHANISMS.contains(&word) || networks.any(|c| places(c).any(|p| is(&p, word)))
    };
    let mechanisms = checks.mechanism.iter().flat_map(|m| m.split('|'));
    let mut mechanisms = mechanisms.filter(|m| *m != "none" && !MECHANISMS.contains(m));
    if let Some(word) = mechanisms.next() {
        let help = near(word, MECHANISMS.iter().copied()).map_or_else(
            || format!("there are `{}`", MECHANISMS.join("`, `")),
            |name| format!("did you mean `{name}`?"),
        );
        return Some(format!("no mechanism is called `{word}`: {help}"));
    }
    // A name, a policy or a need may be a place too, where no packet was stopped.
    let packets = matches!(checks.leg.as_deref(), Some("out" | "arrival" | "back"));
    let at = checks.at.iter().filter(|_| packets);
    let mut words = checks.via.iter().chain(&checks.not_via).chain(at);
    let Some(word) = words.find(|word| !known(word)) else {
        let mut some = checks.some.iter();
        return some.find_map(|item| no_such_name(item, networks.clone()));
    };
    let all: Vec<String> = networks.flat_map(places).collect();
    let help = near(
        word,
        all.iter()
            .map(String::as_str)
            .chain(MECHANISMS.iter().copied()),
    );
    let help = help.map_or(String::new(), |name| format!(": did you mean `{name}`?"));
    Some(format!("nothing on any way is called `{word}`{help}"))
}

/// Everything that a way may lead over, by its own name and by its component's.
fn places(compiled: &Compiled) -> impl Iterator<Item = String> {
    let nodes = 0..compiled.fabric.nodes.len() as u32;
    nodes.flat_map(|node| {
        let names = [compiled.fabric.node_name(node), compiled.owner_name(node)];
        names.map(ToString::to_string)
    })
}
