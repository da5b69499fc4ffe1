//! A policy from a document: every element known, every word in its place.

use super::{
    Condition, Document, Effect, Operator, Patterns, Policy, Principals, Shape, Statement,
};
use crate::diagnostic::{Diagnostic, near};
use crate::model::Origin;

const TOP: &[&str] = &["Version", "Id", "Statement"];
const ELEMENTS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
const PRINCIPALS: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];

/// Reads a policy. `name` is its name, `at` the component for messages.
pub fn read(name: &str, at: &str, document: &Document, out: &mut Vec<Diagnostic>) -> Policy {
    let mut reader = Reader { at, out };
    let statements = reader.top(document);
    Policy {
        name: name.to_owned(),
        statements,
        variables: document.get("Version").and_then(Document::text) == Some("2012-10-17"),
        unread: None,
        origin: document.origin.clone(),
    }
}

struct Reader<'a> {
    at: &'a str,
    out: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn error(&mut self, code: &'static str, origin: &Origin, message: String) -> &mut Diagnostic {
        self.out
            .push(Diagnostic::error(code, self.at, origin, message));
        let last = self.out.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "it was pushed in the line above")]
        &mut self.out[last]
    }

    fn shape(&mut self, value: &Document, expected: &str) {
        let message = format!("a policy has {expected} here");
        self.error("policy-wrong-shape", &value.origin, message);
    }

    /// Keys of a map that are no elements of it.
    fn unknown(&mut self, map: &Document, known: &[&'static str], what: &str) {
        for (key, origin, _) in map.pairs() {
            if !known.contains(&key.as_str()) {
                let message = format!("`{key}` is no element of {what}");
                let found = self.error("policy-unknown-element", origin, message);
                let same = known.iter().find(|k| k.eq_ignore_ascii_case(key)).copied();
                if let Some(word) = same.or_else(|| near(key, known.iter().copied())) {
                    found.help = Some(format!("did you mean `{word}`?"));
                }
            }
        }
    }

    fn top(&mut self, document: &Document) -> Vec<Statement> {
        if !matches!(document.shape, Shape::Map(_)) {
            self.shape(document, "a map with `Statement`");
            return Vec::new();
        }
        self.unknown(document, TOP, "a policy");
        if let Some(version) = document.get("Version") {
            let text = version.text().unwrap_or_default();
            if !["2012-10-17", "2008-10-17"].contains(&text) {
                let message = format!("`{text}` is no version of the policy language");
                let found = self.error("policy-unknown-version", &version.origin, message);
                found.help = Some("write `2012-10-17`".to_owned());
            }
        }
        let Some(list) = document.get("Statement") else {
            self.missing(document, "`Statement`", "a policy");
            return Vec::new();
        };
        let all = list.each().into_iter().enumerate();
        let all: Vec<Statement> = all
            .filter_map(|(number, s)| self.statement(number + 1, s))
            .collect();
        for (number, s) in all.iter().enumerate() {
            if all.iter().take(number).any(|other| other.label == s.label) {
                let message = format!("two statements have the `Sid` `{}`", s.label);
                self.error("policy-duplicate-sid", &s.origin, message);
            }
        }
        all
    }

    fn missing(&mut self, at: &Document, element: &str, what: &str) {
        let head = at.pairs().first().map_or(&at.origin, |(_, o, _)| o).clone();
        let message = format!("{what} lacks {element}");
        self.error("policy-missing-element", &head, message);
    }

    fn statement(&mut self, number: usize, node: &Document) -> Option<Statement> {
        if !matches!(node.shape, Shape::Map(_)) {
            self.shape(node, "a statement, or a list of them");
            return None;
        }
        self.unknown(node, ELEMENTS, "a statement");
        let effect = self.effect(node);
        let action = self.one_of(node, "Action", "NotAction");
        let resource = self.one_of(node, "Resource", "NotResource");
        let action = action.map(|(not, value)| self.actions(not, value));
        let resource = resource.map(|(not, value)| Patterns {
            not,
            all: self.texts(value),
        });
        let principal = match (node.get("Principal"), node.get("NotPrincipal")) {
            (Some(_), Some(both)) => {
                let message = "a statement has `Principal` or `NotPrincipal`, not both";
                self.error("policy-wrong-shape", &both.origin, message.to_owned());
                None
            }
            (Some(value), None) => self.principals(false, value),
            (None, Some(value)) => self.principals(true, value),
            (None, None) => None,
        };
        let conditions = node
            .get("Condition")
            .map_or(Vec::new(), |c| self.conditions(c));
        let sid = node.get("Sid").and_then(Document::text);
        let label = match sid.filter(|s| !s.is_empty()) {
            Some(sid) => sid.to_owned(),
            None => number.to_string(),
        };
        Some(Statement {
            label,
            effect: effect?,
            principal,
            action: action?,
            resource: resource?,
            conditions,
            origin: node
                .pairs()
                .first()
                .map_or(&node.origin, |(_, o, _)| o)
                .clone(),
        })
    }

    fn effect(&mut self, node: &Document) -> Option<Effect> {
        let Some(value) = node.get("Effect") else {
            self.missing(node, "`Effect`", "a statement");
            return None;
        };
        match value.text() {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            other => {
                let text = other.unwrap_or("this").to_owned();
                let message = format!("`{text}` is no effect: `Allow` or `Deny`");
                let found = self.error("policy-wrong-effect", &value.origin, message);
                let words = ["Allow", "Deny"];
                let same = words.iter().find(|w| w.eq_ignore_ascii_case(&text));
                if let Some(word) = same.copied().or_else(|| near(&text, words)) {
                    found.help = Some(format!("did you mean `{word}`?"));
                }
                None
            }
        }
    }

    /// The value of an element or of its negation.
    fn one_of<'d>(
        &mut self,
        node: &'d Document,
        plain: &str,
        negated: &str,
    ) -> Option<(bool, &'d Document)> {
        match (node.get(plain), node.get(negated)) {
            (Some(value), None) => Some((false, value)),
            (None, Some(value)) => Some((true, value)),
            (None, None) => {
                let element = format!("`{plain}` or `{negated}`");
                self.missing(node, &element, "a statement");
                None
            }
            (Some(_), Some(both)) => {
                let message = format!("a statement has `{plain}` or `{negated}`, not both");
                self.error("policy-wrong-shape", &both.origin, message);
                None
            }
        }
    }

    fn texts(&mut self, value: &Document) -> Vec<(String, Origin)> {
        let mut all = Vec::new();
        for item in value.each() {
            match item.text() {
                Some(text) => all.push((text.to_owned(), item.origin.clone())),
                None => self.shape(item, "a text, or a list of texts,"),
            }
        }
        all
    }

    fn actions(&mut self, not: bool, value: &Document) -> Patterns {
        let all = self.texts(value);
        for (text, origin) in &all {
            if text != "*" && !text.contains(':') {
                let message = format!("`{text}` names no service: write e.g. `s3:{text}`");
                self.error("policy-action-without-service", origin, message);
            }
        }
        Patterns { not, all }
    }

    fn principals(&mut self, not: bool, value: &Document) -> Option<Principals> {
        let mut out = Principals {
            not,
            everybody: false,
            aws: Vec::new(),
            others: Vec::new(),
            origin: value.origin.clone(),
        };
        match &value.shape {
            Shape::Text(text) if text == "*" => out.everybody = true,
            Shape::Map(pairs) => {
                self.unknown(value, PRINCIPALS, "`Principal`");
                for (kind, _, names) in pairs {
                    let names = self.texts(names);
                    if kind != "AWS" {
                        out.others.push(kind.clone());
                        continue;
                    }
                    out.everybody |= names.iter().any(|(n, _)| n == "*");
                    for (name, origin) in names.into_iter().filter(|(n, _)| n != "*") {
                        self.principal(&name, &origin);
                        out.aws.push(name);
                    }
                }
            }
            Shape::Nothing | Shape::Text(_) | Shape::List(_) => {
                self.shape(value, "`\"*\"`, or a map such as `{ AWS: … }`,");
                return None;
            }
        }
        Some(out)
    }

    /// An ARN without wildcards, or an account
    /// (`/IAM/latest/UserGuide/reference_policies_elements_principal.html`).
    fn principal(&mut self, name: &str, origin: &Origin) {
        let account = name.len() == 12 && name.bytes().all(|b| b.is_ascii_digit());
        let arn = name.starts_with("arn:") && name.split(':').count() >= 6;
        if name.contains(['*', '?']) {
            let message = format!("`{name}`: a principal has no wildcard but `\"*\"` alone");
            let found = self.error("policy-wrong-principal", origin, message);
            found.help =
                Some("write `\"*\"` and a condition on `aws:PrincipalArn` with `ArnLike`".into());
        } else if !account && !arn {
            let message = format!("`{name}` is no principal: an ARN, or an account of 12 digits");
            self.error("policy-wrong-principal", origin, message);
        }
    }

    fn conditions(&mut self, value: &Document) -> Vec<Condition> {
        if !matches!(value.shape, Shape::Map(_)) {
            self.shape(value, "a map of operators");
        }
        let mut all = Vec::new();
        for (word, origin, keys) in value.pairs() {
            let Some(operator) = Operator::parse(word) else {
                let message = format!("`{word}` is no condition operator");
                let found = self.error("policy-unknown-operator", origin, message);
                if let Some(name) = near(word, Operator::names()) {
                    found.help = Some(format!("did you mean `{name}`?"));
                }
                continue;
            };
            if !matches!(keys.shape, Shape::Map(_)) {
                self.shape(keys, "a map from condition keys to values");
            }
            for (key, _, values) in keys.pairs() {
                all.push(Condition {
                    operator: operator.clone(),
                    key: key.clone(),
                    values: self.texts(values),
                });
            }
        }
        all
    }
}
