//! Policies that the generator of networks does not make.

use super::adorn::named;
use super::networks::Genes;
use reachability::model::*;

fn statement(label: &str, effect: Effect, everybody: bool) -> Statement {
    let words = |all: &[&str]| {
        all.iter()
            .map(|w| ((*w).to_owned(), Origin::Unknown))
            .collect()
    };
    let operator = |text: &str| Operator::parse(text).unwrap();
    let condition = |text: &str, key: &str, values: &[&str]| Condition {
        operator: operator(text),
        key: key.into(),
        values: words(values),
    };
    Statement {
        label: label.into(),
        effect,
        principal: Some(Principals {
            not: !everybody,
            everybody,
            aws: if everybody {
                Vec::new()
            } else {
                vec![
                    "arn:aws:iam::111111111111:role/a".into(),
                    "222222222222".into(),
                ]
            },
            others: if everybody {
                Vec::new()
            } else {
                vec!["Service".into()]
            },
            origin: Origin::Unknown,
        }),
        action: Patterns {
            not: false,
            all: words(&["s3:Get*", "s3:PutObject"]),
        },
        resource: Patterns {
            not: !everybody,
            all: words(&["*"]),
        },
        conditions: if everybody {
            Vec::new()
        } else {
            vec![
                condition("StringEquals", "aws:SourceVpce", &["vpce-0a", "vpce-0b"]),
                condition("StringEquals", "aws:PrincipalOrgID", &["o-a: b"]),
                condition("ForAnyValue:StringLikeIfExists", "aws:PrincipalArn", &["*"]),
            ]
        },
        origin: Origin::Unknown,
    }
}

/// Policies by name and in place, and whom they are attached to.
pub fn policies(draft: &mut Draft, genes: &mut Genes) {
    let policy = |name: &str, statements| Policy {
        name: name.into(),
        statements,
        variables: name.contains("policy"),
        unread: None,
        origin: Origin::Unknown,
    };
    // Loading reads the policies of endpoints first, then those by name, then the others in place.
    let takes = |e: &VpcEndpoint| matches!(e.target, EndpointTarget::Aws(..));
    let first = draft.endpoints.iter().find(|(_, e)| takes(e));
    let first = first.map(|(id, e)| (id, format!("{}/{}", e.vpc.text, e.name)));
    if let Some((id, owner)) = first.filter(|_| genes.chance(50)) {
        let name = format!("{owner} policy");
        draft
            .policies
            .push(policy(&name, vec![statement("1", Effect::Allow, true)]));
        draft.endpoints.get_mut(id).unwrap().policy = Some(named(&name));
    }
    let both = vec![
        statement("All", Effect::Allow, true),
        statement("2", Effect::Deny, false),
    ];
    draft.policies.push(policy("closed", both.clone()));
    // An identity's own policy does not say whom it is about.
    let own = both.into_iter().map(|s| Statement {
        principal: None,
        ..s
    });
    draft.policies.push(policy("app policy", own.collect()));
    draft.principals.push(Principal {
        name: "app".into(),
        arn: "arn:aws:iam::111111111111:role/app".into(),
        account: "111111111111".into(),
        organization: None,
        policy: Some(named("app policy")),
        origin: Origin::Unknown,
    });
    draft.principals.push(Principal {
        name: "far".into(),
        arn: "arn:aws:iam::222222222222:user/far".into(),
        account: genes.pick(&["222222222222", "333333333333"]).into(),
        organization: Some("o-far".into()),
        policy: None,
        origin: Origin::Unknown,
    });
    let resource = |name: &str, region: &str, policy: Option<&str>| Resource {
        name: name.into(),
        region: region.into(),
        account: if policy.is_some() {
            "222222222222"
        } else {
            "111111111111"
        }
        .into(),
        policy: policy.map(named),
        origin: Origin::Unknown,
    };
    draft.buckets.push(resource("b", "us-east-1", None));
    draft
        .buckets
        .push(resource("far.b", "eu-west-1", Some("closed")));
    draft
        .dynamodb_tables
        .push(resource("Orders", "us-east-1", None));
    let vpc = draft.vpcs.iter().next().map(|(_, v)| v.name.clone());
    draft.access_points.push(AccessPoint {
        name: "reports".into(),
        account: "222222222222".into(),
        bucket: "b".into(),
        vpcs: vpc.iter().map(|v| named(v)).collect(),
        policy: Some(named("closed")),
        origin: Origin::Unknown,
    });
    draft.organizations = vec![("111111111111".into(), "o-near".into())];
}
