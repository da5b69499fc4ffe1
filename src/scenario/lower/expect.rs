//! Expectations of the tree.

use super::super::expect::{Checks, Expect, Source};
use super::super::tree::{Node, Span};
use super::super::values::{self, Wrong};
use crate::diagnostic::Diagnostic;

/// The expectations under `expect`, and what is wrong with them.
pub(in super::super) fn expectations(node: &Node, out: &mut Vec<Diagnostic>) -> Vec<Expect> {
    let items = node.get("expect").map(Node::items).unwrap_or_default();
    items.iter().filter_map(|n| expect(n, out)).collect()
}

fn expect(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Expect> {
    let from = node.get("from")?;
    let to = node.get("to")?;
    let source = source(from, out);
    let protocol = one(node, "protocol", values::protocol, out);
    let port = one(node, "port", values::port, out);
    let client_ports = one(node, "client_ports", values::ports, out);
    let checks = checks(node, out);
    Some(Expect {
        from: source?,
        from_origin: from.origin(),
        to: destination(node, to.text()?),
        to_origin: to.origin(),
        protocol,
        port,
        client_ports,
        checks,
        cite: texts(node, "cite"),
        why: text(node, "why"),
        origin: node.origin(),
    })
}

/// The destination with its request: `action` and `principal` are a part of it.
fn destination(node: &Node, to: &str) -> String {
    let mut out = to.to_owned();
    for key in ["action", "principal"] {
        if let Some(value) = node.text_of(key) {
            let mark = if out.contains('?') { '&' } else { '?' };
            out.push_str(&format!("{mark}{key}={value}"));
        }
    }
    out
}

fn source(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Source> {
    if let Some(text) = node.text() {
        return Some(Source::Component(text.to_owned()));
    }
    let given: Vec<&str> = node.pairs().iter().map(|(k, _)| k.text.as_str()).collect();
    let has = |key: &str| given.contains(&key);
    match (given.len(), has("internet"), has("ip")) {
        (1, true, _) => one(node, "internet", values::address, out).map(Source::Internet),
        (2, false, true) if has("site") => Some(Source::Site {
            site: text(node, "site")?,
            ip: one(node, "ip", values::address, out)?,
        }),
        (2, false, true) if has("vpc") => Some(Source::VpcIp {
            vpc: text(node, "vpc")?,
            ip: one(node, "ip", values::address, out)?,
        }),
        _ => {
            out.push(Diagnostic::error(
                "wrong-type",
                "",
                &node.origin(),
                "a source is a component, `{internet: ip}`, `{site, ip}` or `{vpc, ip}`",
            ));
            None
        }
    }
}

fn checks(node: &Node, out: &mut Vec<Diagnostic>) -> Checks {
    let sees = node.get("sees");
    Checks {
        verdict: text(node, "verdict"),
        code: text(node, "code"),
        leg: text(node, "leg"),
        at: text(node, "at"),
        by: text(node, "by"),
        need: text(node, "need"),
        also: texts(node, "also"),
        notes: texts(node, "notes"),
        not_notes: texts(node, "not_notes"),
        assumes: texts(node, "assumes"),
        via: texts(node, "via"),
        not_via: texts(node, "not_via"),
        mechanism: text(node, "mechanism"),
        leaves_aws: text(node, "leaves_aws"),
        answers: node.get("answers").map(|n| each(n, values::address, out)),
        dns: text(node, "dns"),
        answered_by: text(node, "answered_by"),
        sees_source: sees.and_then(|n| one(n, "source", values::address, out)),
        sees_vpce: sees.and_then(|n| text(n, "vpce")),
        failing_ports: node
            .get("failing_ports")
            .map(|n| each(n, values::ports, out)),
        some: node
            .get("some")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .map(|n| checks(n, out))
            .collect(),
        all_listed: node.flag("all_listed", false),
    }
}

pub(super) fn text(node: &Node, key: &str) -> Option<String> {
    node.text_of(key).map(str::to_owned)
}

pub(super) fn texts(node: &Node, key: &str) -> Vec<String> {
    let found = node.texts_of(key).into_iter();
    found.map(|(t, _)| t.to_owned()).collect()
}

fn take<T>(value: Result<T, Wrong>, span: Span, out: &mut Vec<Diagnostic>) -> Option<T> {
    value
        .map_err(|(code, message)| {
            out.push(Diagnostic::error(code, "", &span.origin(), message));
        })
        .ok()
}

pub(super) fn one<T>(
    node: &Node,
    key: &str,
    read: impl Fn(&str) -> Result<T, Wrong>,
    out: &mut Vec<Diagnostic>,
) -> Option<T> {
    let value = node.get(key)?;
    take(read(value.text()?), value.span, out)
}

pub(super) fn each<T>(
    node: &Node,
    read: impl Fn(&str) -> Result<T, Wrong>,
    out: &mut Vec<Diagnostic>,
) -> Vec<T> {
    let texts = node.texts().into_iter();
    texts.filter_map(|(t, s)| take(read(t), s, out)).collect()
}
