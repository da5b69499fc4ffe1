//! Policies, principals, and the buckets and tables that policies are attached to.

use super::Printer;
use super::doc::{Doc, Map, texts};
use crate::model::{
    Arena, Effect, Origin, Patterns, Policy, Principals, Ref, Resource, Statement, policy_of,
};

impl Printer<'_> {
    pub(super) fn policies(&mut self, root: &mut Map, account: &str) {
        let network = self.network;
        let mut named = Map::free();
        for (id, policy) in network.policies.iter() {
            if let Some(name) = self.names.of(id).map(str::to_owned) {
                let document = self.document(policy, &policy.name);
                named.push(&name, Doc::Map(document));
            }
        }
        root.map("policies", named);
        let principals = self.principals(account);
        root.map("principals", principals);
        let buckets = self.resources(&network.buckets, "bucket", account);
        root.map("buckets", buckets);
        let mut points = Map::free();
        for (_, point) in network.access_points.iter() {
            let mut map = Map::of("access_point");
            map.text("bucket", &point.bucket);
            if point.account != account {
                map.text("account", &point.account);
            }
            let vpc = point.vpcs.first();
            map.maybe("vpc", vpc.and_then(|v| self.word(v, None, &point.name)));
            self.attached(&mut map, point.policy.as_ref(), &point.name);
            points.push(&point.name, Doc::Map(map));
        }
        root.map("access_points", points);
        let tables = self.resources(&network.dynamodb_tables, "table", account);
        root.map("tables", tables);
    }

    fn principals(&mut self, account: &str) -> Map {
        let network = self.network;
        let mut all = Map::free();
        for (id, principal) in network.principals.iter() {
            let Some(name) = self.names.of(id).map(str::to_owned) else {
                continue;
            };
            let mut map = Map::of("principal");
            let usual = format!("arn:aws:iam::{}:role/{name}", principal.account);
            let mut told = account;
            if principal.arn != usual {
                map.text("arn", &principal.arn);
                told = principal.arn.split(':').nth(4).unwrap_or(account);
            }
            if principal.account != told {
                map.quoted("account", &principal.account);
            }
            self.attached(&mut map, principal.policy.as_ref(), &principal.name);
            map.maybe("organization", principal.organization.as_ref());
            all.push(&name, Doc::Map(map));
        }
        all
    }

    fn resources(&mut self, all: &Arena<Resource>, section: &'static str, account: &str) -> Map {
        let network = self.network;
        let mut map = Map::free();
        for (_, resource) in all.iter() {
            let mut own = Map::of(section);
            if resource.region != network.region {
                own.text("region", &resource.region);
            }
            if resource.account != account {
                own.quoted("account", &resource.account);
            }
            self.attached(&mut own, resource.policy.as_ref(), &resource.name);
            map.push(&resource.name, Doc::Map(own));
        }
        map
    }

    /// The policy of a noun: by its name, or in place where it is nobody else's.
    pub(super) fn attached(&mut self, map: &mut Map, policy: Option<&Ref<Policy>>, owner: &str) {
        let Some(policy) = policy else { return };
        let network = self.network;
        match policy.id().map(|id| &network.policies[id]) {
            Some(own) if is_in_place(own) => {
                let document = self.document(own, owner);
                map.put("policy", Doc::Map(document));
            }
            _ => map.maybe("policy", self.word(policy, None, owner)),
        }
    }

    fn document(&mut self, policy: &Policy, at: &str) -> Map {
        if let Some(why) = &policy.unread {
            self.lost(format!("a policy that could not be read: {why}"), at);
        }
        let mut map = Map::free();
        if policy.variables {
            map.push("Version", Doc::Quoted("2012-10-17".to_owned()));
        }
        let statements = policy.statements.iter().enumerate();
        let statements = statements.map(|(at, s)| Doc::Map(statement(at + 1, s)));
        map.push("Statement", Doc::List(statements.collect()));
        map
    }
}

/// Whether a policy was written where it is attached: its name is no name then.
pub(super) fn is_in_place(policy: &Policy) -> bool {
    let words = policy_of("");
    policy.name.ends_with(&words)
}

fn statement(number: usize, statement: &Statement) -> Map {
    let mut map = Map::free();
    if statement.label != number.to_string() {
        map.push("Sid", Doc::Text(statement.label.clone()));
    }
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    map.push("Effect", Doc::Word(effect.to_owned()));
    if let Some(principals) = &statement.principal {
        let key = if principals.not {
            "NotPrincipal"
        } else {
            "Principal"
        };
        map.push(key, whom(principals));
    }
    patterns(&mut map, ["Action", "NotAction"], &statement.action);
    patterns(&mut map, ["Resource", "NotResource"], &statement.resource);
    let mut conditions = Map::free();
    let chunks = statement
        .conditions
        .chunk_by(|a, b| a.operator == b.operator);
    for chunk in chunks {
        let mut keys = Map::free();
        for condition in chunk {
            keys.push(&condition.key, words(&condition.values));
        }
        let operator = chunk.first().map(|c| c.operator.text.as_str());
        conditions.push(operator.unwrap_or_default(), Doc::Map(keys));
    }
    if !conditions.is_empty() {
        map.push("Condition", Doc::Map(conditions));
    }
    map
}

/// `"*"`, or the principals by kind. What other kinds name is not kept: nobody here is one.
fn whom(principals: &Principals) -> Doc {
    if principals.everybody && principals.aws.is_empty() && principals.others.is_empty() {
        return Doc::Text("*".to_owned());
    }
    let mut map = Map::free();
    let everybody = principals.everybody.then(|| "*".to_owned());
    let aws: Vec<Doc> = texts(everybody.iter().chain(&principals.aws));
    if !aws.is_empty() {
        map.push("AWS", Doc::one_or_list(aws));
    }
    for kind in &principals.others {
        map.push(kind, Doc::List(Vec::new()));
    }
    Doc::Map(map)
}

fn patterns(map: &mut Map, [plain, negated]: [&str; 2], patterns: &Patterns) {
    let key = if patterns.not { negated } else { plain };
    map.push(key, words(&patterns.all));
}

fn words(all: &[(String, Origin)]) -> Doc {
    Doc::one_or_list(texts(all.iter().map(|(word, _)| word)))
}
