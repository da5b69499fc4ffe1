//! Hosted zones and public records.

use super::super::tree::{Key, Node, Span};
use super::super::values;
use super::Lower;
use crate::diagnostic::Diagnostic;
use crate::model::{HostedZone, Record, RecordValue, Ref};

impl Lower<'_> {
    pub(super) fn hosted_zones(&mut self) {
        for (key, node) in self.root.under("hosted_zones") {
            let Some(domain) = node.text_of("domain") else {
                continue;
            };
            let mut records = Vec::new();
            for record in node.get("records").map(Node::items).unwrap_or_default() {
                let (Some(name), Some(kind), Some(value)) = (
                    record.text_of("name"),
                    record.text_of("type"),
                    record.get("value"),
                ) else {
                    continue;
                };
                let value = self.record(kind, value, &key.text);
                records.extend(value.map(|value| Record {
                    name: values::domain(name),
                    value,
                    origin: record.origin(),
                }));
            }
            self.draft.zones.push(HostedZone {
                name: key.text.clone(),
                domain: values::domain(domain),
                private: node.flag("private", true),
                vpcs: node
                    .texts_of("vpcs")
                    .into_iter()
                    .map(|(t, s)| Ref::named(t, &s.origin()))
                    .collect(),
                records,
                origin: key.span.origin(),
            });
        }
    }

    pub(super) fn public_records(&mut self) {
        let records = self.records_by_name(self.root.under("public_records"));
        self.draft.public_records.extend(records);
    }

    /// `name: {type: values}`.
    pub(super) fn records_by_name(&mut self, names: &[(Key, Node)]) -> Vec<Record> {
        let mut records = Vec::new();
        for (name, types) in names {
            for (kind, value) in types.pairs() {
                let found = match kind.text.as_str() {
                    "a" | "aaaa" | "cname" | "ns" => self.record(&kind.text, value, &name.text),
                    other => self.wrong(
                        "unknown-value",
                        &name.text,
                        kind.span,
                        format!(
                            "`{other}` is not a type of a record: `a`, `aaaa`, `cname` or `ns`"
                        ),
                    ),
                };
                records.extend(found.map(|value| Record {
                    name: values::domain(&name.text),
                    value,
                    origin: kind.span.origin(),
                }));
            }
        }
        records
    }

    fn record(&mut self, kind: &str, value: &Node, at: &str) -> Option<RecordValue> {
        match kind {
            "a" => {
                let ips = self.each_text(value, at, values::address4);
                return (!ips.is_empty()).then_some(RecordValue::A(ips));
            }
            "aaaa" => {
                let ips = self.each_text(value, at, values::address6);
                return (!ips.is_empty()).then_some(RecordValue::Aaaa(ips));
            }
            "ns" => {
                let names = value.texts().into_iter().map(|(t, _)| values::domain(t));
                return Some(RecordValue::Ns(names.collect()));
            }
            _ => {}
        }
        let texts = value.texts();
        let [(text, span)] = texts.as_slice() else {
            let message = format!("a `{kind}` record has one value");
            return self.wrong("wrong-type", at, value.span, message);
        };
        match kind {
            "cname" => Some(RecordValue::Cname(values::domain(text))),
            "alias" => self.alias(text, *span, at),
            _ => None,
        }
    }

    /// A component of the scenario, else a name.
    fn alias(&mut self, text: &str, span: Span, at: &str) -> Option<RecordValue> {
        let Some((vpc, name)) = text.split_once('/') else {
            return Some(RecordValue::AliasName(values::domain(text)));
        };
        let node = self.root.path(&["vpcs", vpc]);
        let has = |map: &str| {
            node.is_some_and(|v| {
                v.under(map)
                    .iter()
                    .any(|(k, n)| k.text == name || n.text_of("id") == Some(name))
            })
        };
        if has("endpoints") {
            return Some(RecordValue::AliasEndpoint(Ref::named(text, &span.origin())));
        }
        if has("load_balancers") {
            return Some(RecordValue::AliasLoadBalancer(Ref::named(
                text,
                &span.origin(),
            )));
        }
        let message = format!("`{text}` is no endpoint or load balancer");
        self.wrong("unknown-name", at, span, message)
    }

    fn wrong<T>(&mut self, code: &'static str, at: &str, span: Span, message: String) -> Option<T> {
        self.out
            .push(Diagnostic::error(code, at, &span.origin(), message));
        None
    }
}
