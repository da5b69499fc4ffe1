//! Properties of the tree (semantics S8).

use super::super::tree::Node;
use super::super::values;
use super::expect::{each, one, text, texts};
use crate::diagnostic::{Diagnostic, near};
use crate::property::{Claim, Property, Survives, To, Who};

/// What can be claimed, by key.
const CLAIMS: &[&str] = &["never", "always", "only_via", "only_ports", "isolated"];

/// The properties under `properties`, and what is wrong with them.
pub(in super::super) fn properties(node: &Node, out: &mut Vec<Diagnostic>) -> Vec<Property> {
    let items = node.get("properties").map(Node::items).unwrap_or_default();
    items.iter().filter_map(|n| property(n, out)).collect()
}

/// One property.
pub(in super::super) fn property(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Property> {
    let claim = claim(node, out)?;
    let from = node.get("from").map(|n| selectors(n, out));
    let to = node.get("to").map(|n| destinations(n, out));
    let replies = one(node, "replies", replies, out);
    Some(Property {
        claim,
        from: from.unwrap_or_else(|| vec![Who::Any]),
        to: to.unwrap_or_else(|| vec![To::Who(Who::Any)]),
        ports: ports(node, "ports", out).unwrap_or_default(),
        replies: replies.unwrap_or(false),
        survives: survives(node, out),
        why: text(node, "why"),
        origin: node.origin(),
    })
}

fn claim(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Claim> {
    let given: Vec<&str> = CLAIMS
        .iter()
        .copied()
        .filter(|k| node.get(k).is_some())
        .collect();
    match given.as_slice() {
        [] if node.get("survives").is_some() => Some(Claim::AlwaysReachable),
        [] => {
            let text = format!("a property claims one of {}", list(CLAIMS));
            wrong(node, "missing-key", text, out)
        }
        ["never"] => one(node, "never", never, out),
        ["always"] => one(node, "always", always, out),
        ["only_via"] => Some(Claim::OnlyVia(texts(node, "only_via"))),
        ["only_ports"] => ports(node, "only_ports", out).map(Claim::OnlyPorts),
        ["isolated"] => isolated(node.get("isolated")?, out),
        several => {
            let several = list(several);
            let text = format!("one property claims {several}: write one property for each");
            wrong(node, "several-claims", text, out)
        }
    }
}

fn never(text: &str) -> Result<Claim, values::Wrong> {
    match text {
        "internet" => Ok(Claim::NeverInternet),
        "reachable" => Ok(Claim::NeverReachable),
        other => Err(no_such(other, &["internet", "reachable"])),
    }
}

fn always(text: &str) -> Result<Claim, values::Wrong> {
    match text {
        "private" => Ok(Claim::AlwaysPrivate),
        "reachable" => Ok(Claim::AlwaysReachable),
        other => Err(no_such(other, &["private", "reachable"])),
    }
}

fn replies(text: &str) -> Result<bool, values::Wrong> {
    match text {
        "needed" => Ok(true),
        "not needed" => Ok(false),
        other => Err(no_such(other, &["needed", "not needed"])),
    }
}

/// `true`, between `from` and `to`; or the groups.
fn isolated(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Claim> {
    if node.text() == Some("true") {
        return Some(Claim::Isolated(Vec::new()));
    }
    let groups = selectors(node, out);
    if groups.len() < 2 {
        let text = "`isolated` is `true`, or a list of at least two groups";
        return wrong(node, "wrong-type", text.to_owned(), out);
    }
    Some(Claim::Isolated(groups))
}

fn survives(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Survives> {
    let value = node.get("survives")?;
    match value.text() {
        Some("one_zone") => return Some(Survives::OneZone),
        Some("one_component") => return Some(Survives::OneComponent),
        Some(other) => {
            let (code, text) = no_such(other, &["one_zone", "one_component"]);
            let text = format!("{text}, or `{{ zones: […], components: […] }}`");
            return wrong(value, code, text, out);
        }
        None => {}
    }
    let (zones, components) = (texts(value, "zones"), texts(value, "components"));
    let known = |key: &str| key == "zones" || key == "components";
    let stranger = value.pairs().iter().find(|(k, _)| !known(&k.text));
    if stranger.is_some() || (zones.is_empty() && components.is_empty()) {
        let text = "`survives` is `one_zone`, `one_component`, or what is down: \
                    `{ zones: […], components: […] }`";
        return wrong(value, "wrong-type", text.to_owned(), out);
    }
    Some(Survives::All { zones, components })
}

fn ports(node: &Node, key: &str, out: &mut Vec<Diagnostic>) -> Option<Vec<(u16, u16)>> {
    let spans = each(node.get(key)?, values::ports, out);
    let all = |(lo, hi): &(u16, u16)| *lo == 0 && *hi == u16::MAX;
    Some(match spans.iter().any(all) {
        true => Vec::new(),
        false => spans,
    })
}

/// One selector, or a list of them.
fn selectors(node: &Node, out: &mut Vec<Diagnostic>) -> Vec<Who> {
    let all = several(node);
    all.into_iter().filter_map(|n| read(n, out)).collect()
}

/// One destination, or a list of them.
fn destinations(node: &Node, out: &mut Vec<Diagnostic>) -> Vec<To> {
    let one = |node: &Node, out: &mut Vec<Diagnostic>| match node.text() {
        Some(text) => match destination(text) {
            Ok(to) => Some(to),
            Err(why) => wrong(node, "wrong-type", why, out),
        },
        None => read(node, out).map(To::Who),
    };
    let all = several(node);
    all.into_iter().filter_map(|n| one(n, out)).collect()
}

fn several(node: &Node) -> Vec<&Node> {
    match node.items() {
        [] => vec![node],
        items => items.iter().collect(),
    }
}

fn destination(text: &str) -> Result<To, String> {
    if let Some(name) = text.strip_prefix("list:") {
        return Ok(To::List(name.to_owned()));
    }
    if let (true, Ok(block)) = (text.contains('/'), values::block(text)) {
        return Ok(To::Block(block));
    }
    Ok(match selector(text)? {
        Who::Name(name) if !name.contains('*') => To::Words(name),
        who => To::Who(who),
    })
}

/// A selector in one word: `any`, `app/*`, `tag:tier=web`, `vpc:app`.
///
/// # Errors
/// What to write instead.
pub fn selector(text: &str) -> Result<Who, String> {
    match text {
        "" => return Err("write `any`, a name, `vpc/*` or `tag:key=value`".to_owned()),
        "any" => return Ok(Who::Any),
        "internet" => return Ok(Who::Internet),
        "on-premises" => return Ok(Who::OnPremises),
        _ => {}
    }
    let Some((kind, value)) = text.split_once(':') else {
        return Ok(Who::Name(text.to_owned()));
    };
    let value = value.trim().trim_matches('"').to_owned();
    // Else an address, perhaps with where it is: `internet:198.51.100.7`.
    of_kind(kind.trim(), value).unwrap_or_else(|| Ok(Who::Name(text.to_owned())))
}

/// A selector of one of the kinds that have a word, if that is one.
fn of_kind(kind: &str, value: String) -> Option<Result<Who, String>> {
    Some(match kind {
        "tag" => tagged(&value),
        "vpc" => Ok(Who::Vpc(value)),
        "subnet" => Ok(Who::Subnet(value)),
        "account" => Ok(Who::Account(value)),
        _ => return None,
    })
}

fn tagged(text: &str) -> Result<Who, String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("a tag is selected by key and value: `{text}=value`"))?;
    Ok(Who::Tag {
        key: key.trim().to_owned(),
        value: value.trim().to_owned(),
    })
}

fn read(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Who> {
    if let Some(text) = node.text() {
        return match selector(text) {
            Ok(who) => Some(who),
            Err(why) => wrong(node, "wrong-type", why, out),
        };
    }
    let [(key, value)] = node.pairs() else {
        let text = "a selector is a name, `vpc/*`, `any`, `internet`, `on-premises`, or one of \
                    `{tag: k=v}`, `{vpc: v}`, `{subnet: v/s}`, `{account: a}`";
        return wrong(node, "wrong-type", text.to_owned(), out);
    };
    let name = value.text().unwrap_or_default().to_owned();
    match of_kind(&key.text, name) {
        Some(Ok(who)) => Some(who),
        Some(Err(why)) => wrong(value, "wrong-type", why, out),
        None => {
            let (code, text) = no_such(&key.text, &["tag", "vpc", "subnet", "account"]);
            wrong(node, code, text, out)
        }
    }
}

fn no_such(text: &str, known: &[&str]) -> values::Wrong {
    let help = match near(text, known.iter().copied()) {
        Some(near) => format!(": did you mean `{near}`?"),
        None => format!(": write {}", list(known)),
    };
    ("bad-value", format!("`{text}` means nothing here{help}"))
}

fn list(all: &[&str]) -> String {
    let all: Vec<String> = all.iter().map(|t| format!("`{t}`")).collect();
    all.join(", ")
}

fn wrong<T>(node: &Node, code: &'static str, text: String, out: &mut Vec<Diagnostic>) -> Option<T> {
    out.push(Diagnostic::error(code, "", &node.origin(), text));
    None
}
