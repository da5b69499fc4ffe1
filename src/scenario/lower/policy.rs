//! Policies, principals, buckets and tables.

use super::super::tree::{Kind, Node, Span};
use super::Lower;
use crate::diagnostic::Diagnostic;
use crate::model::{
    AccessPoint, Document, Policy, Principal, Ref, Resource, Shape, policy_of, read_policy,
};

impl Lower<'_> {
    /// Everything about policies that is outside VPCs.
    pub(super) fn policies(&mut self) {
        let root = self.root;
        for (key, node) in root.under("policies") {
            let policy = self.read(node, &key.text, &key.text, key.span);
            self.draft.policies.push(policy);
        }
        let account = self.account.clone();
        for (key, node) in root.under("accounts") {
            if let Some(organization) = node.text_of("organization") {
                let pair = (key.text.clone(), organization.to_owned());
                self.draft.organizations.push(pair);
            }
        }
        for (key, node) in root.under("principals") {
            let policy = self.policy(node, &key.text);
            let stated = node.text_of("arn");
            let place = node.get("arn");
            if let Some(place) = place.filter(|n| n.text().is_some_and(|t| !is_principal(t))) {
                let message = "a principal's ARN is `arn:aws:iam::111111111111:role/name`, or a user's, a session's or an account's";
                let found = Diagnostic::error("bad-arn", &key.text, &place.origin(), message);
                self.out.push(found);
            }
            let of_arn = stated.and_then(|a| a.split(':').nth(4));
            let account = node.text_of("account").or(of_arn).unwrap_or(&account);
            let arn = stated.map_or_else(
                || format!("arn:aws:iam::{account}:role/{}", key.text),
                str::to_owned,
            );
            self.draft.principals.push(Principal {
                name: key.text.clone(),
                arn,
                account: account.to_owned(),
                organization: node.text_of("organization").map(str::to_owned),
                policy,
                origin: key.span.origin(),
            });
        }
        for (key, node) in root.under("buckets") {
            let bucket = self.resource(node, &key.text, &account, key.span);
            self.draft.buckets.push(bucket);
        }
        for (key, node) in root.under("access_points") {
            let Some(bucket) = node.text_of("bucket") else {
                continue;
            };
            let vpc = node.get("vpc").and_then(|n| Some((n.text()?, n.span)));
            let policy = self.policy(node, &key.text);
            self.draft.access_points.push(AccessPoint {
                name: key.text.clone(),
                account: node.text_of("account").unwrap_or(&account).to_owned(),
                bucket: bucket.to_owned(),
                vpcs: vpc
                    .map(|(text, span)| Ref::named(text, &span.origin()))
                    .into_iter()
                    .collect(),
                policy,
                origin: key.span.origin(),
            });
        }
        for (key, node) in root.under("tables") {
            let table = self.resource(node, &key.text, &account, key.span);
            self.draft.dynamodb_tables.push(table);
        }
    }

    fn resource(&mut self, node: &Node, name: &str, account: &str, span: Span) -> Resource {
        Resource {
            name: name.to_owned(),
            region: node
                .text_of("region")
                .unwrap_or(&self.draft.region)
                .to_owned(),
            account: node.text_of("account").unwrap_or(account).to_owned(),
            policy: self.policy(node, name),
            origin: span.origin(),
        }
    }

    /// The policy attached to a noun: by name, or written in place.
    pub(super) fn policy(&mut self, node: &Node, owner: &str) -> Option<Ref<Policy>> {
        let value = node.get("policy")?;
        if let Some(name) = value.text() {
            return Some(Ref::named(name, &value.origin()));
        }
        if !matches!(value.kind, Kind::Map(_)) {
            return None;
        }
        let name = policy_of(owner);
        let policy = self.read(value, &name, owner, value.span);
        let reference = Ref::named(name, &policy.origin);
        self.draft.policies.push(policy);
        Some(reference)
    }

    fn read(&mut self, node: &Node, name: &str, at: &str, span: Span) -> Policy {
        let mut policy = read_policy(name, at, &document(node), self.out);
        policy.origin = span.origin();
        policy
    }
}

/// Whether a text is the ARN of somebody who may ask
/// (`/IAM/latest/UserGuide/reference_identifiers.html`).
pub(super) fn is_principal(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", partition, "iam" | "sts", "", account, name]
        if partition.starts_with("aws")
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && !name.is_empty())
}

/// The tree as policies are read from.
fn document(node: &Node) -> Document {
    let shape = match &node.kind {
        Kind::Null => Shape::Nothing,
        Kind::Scalar(text) => Shape::Text(text.clone()),
        Kind::Seq(items) => Shape::List(items.iter().map(document).collect()),
        Kind::Map(pairs) => {
            let pairs = pairs.iter();
            let pair = |(k, v): &(super::super::tree::Key, Node)| {
                (k.text.clone(), k.span.origin(), document(v))
            };
            Shape::Map(pairs.map(pair).collect())
        }
    };
    Document {
        shape,
        origin: node.origin(),
    }
}
