//! Which names an interface endpoint's private DNS takes: the service table, row by row.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use reachability::answer::{dns_kind, look_up, source};
use reachability::aws::compile;
use reachability::model::{build, catalog};
use reachability::scenario;

/// Service, a name of AWS's, whether an endpoint with private DNS takes it.
const NAMES: &[(&str, &str, bool)] = &[
    ("s3", "s3.us-east-1.amazonaws.com", true),
    ("s3", "b.s3.us-east-1.amazonaws.com", true),
    ("s3", "a.b.s3.us-east-1.amazonaws.com", true),
    ("s3", "ap-1.s3-accesspoint.us-east-1.amazonaws.com", true),
    ("s3", "s3-control.us-east-1.amazonaws.com", true),
    ("s3", "1.s3-control.us-east-1.amazonaws.com", true),
    ("s3", "s3.dualstack.us-east-1.amazonaws.com", false),
    ("s3", "b.s3.dualstack.us-east-1.amazonaws.com", false),
    ("s3", "s3.amazonaws.com", false),
    ("s3", "b.s3.amazonaws.com", false),
    ("s3", "b.s3-us-east-1.amazonaws.com", false),
    ("s3", "b.s3-website-us-east-1.amazonaws.com", false),
    ("s3", "b.s3-website.us-east-1.amazonaws.com", false),
    ("s3", "s3-fips.us-east-1.amazonaws.com", false),
    ("s3", "b.s3.eu-west-1.amazonaws.com", false),
    ("s3", "x.accesspoint.s3-global.amazonaws.com", false),
    ("s3-fips", "s3-fips.us-east-1.amazonaws.com", true),
    ("s3-fips", "b.s3-fips.us-east-1.amazonaws.com", true),
    ("s3-fips", "b.s3.us-east-1.amazonaws.com", false),
    (
        "s3-global.accesspoint",
        "x.accesspoint.s3-global.amazonaws.com",
        true,
    ),
    ("monitoring", "monitoring.us-east-1.amazonaws.com", true),
    ("monitoring", "monitoring.us-east-1.api.aws", true),
    (
        "monitoring",
        "monitoring-fips.us-east-1.amazonaws.com",
        true,
    ),
    ("monitoring", "monitoring-fips.us-east-1.api.aws", true),
    ("sts", "sts.us-east-1.amazonaws.com", true),
    ("sts", "sts.amazonaws.com", false),
    ("sqs", "sqs.us-east-1.amazonaws.com", true),
    ("sqs", "sqs.us-east-1.api.aws", true),
    ("sqs", "us-east-1.queue.amazonaws.com", false),
    ("sqs", "queue.amazonaws.com", false),
    ("ecr.api", "api.ecr.us-east-1.amazonaws.com", true),
    (
        "ecr.dkr",
        "111122223333.dkr.ecr.us-east-1.amazonaws.com",
        true,
    ),
    ("ecr.dkr", "api.ecr.us-east-1.amazonaws.com", false),
    ("ecs-agent", "ecs-a.us-east-1.amazonaws.com", true),
    ("ecs-telemetry", "ecs-t.us-east-1.amazonaws.com", true),
    ("eks-auth", "eks-auth.us-east-1.api.aws", true),
    (
        "execute-api",
        "a1.execute-api.us-east-1.amazonaws.com",
        true,
    ),
    ("kinesis-streams", "kinesis.us-east-1.amazonaws.com", true),
    ("kinesis-firehose", "firehose.us-east-1.amazonaws.com", true),
    (
        "sagemaker.api",
        "api.sagemaker.us-east-1.amazonaws.com",
        true,
    ),
    (
        "sagemaker.runtime",
        "runtime.sagemaker.us-east-1.amazonaws.com",
        true,
    ),
    (
        "sagemaker.notebook",
        "n.notebook.us-east-1.sagemaker.aws",
        true,
    ),
    ("sagemaker.studio", "d.studio.us-east-1.sagemaker.aws", true),
    ("iam", "iam.amazonaws.com", true),
    ("route53", "route53.amazonaws.com", true),
    ("states", "states.us-east-1.amazonaws.com", true),
    ("states", "sync-states.us-east-1.amazonaws.com", false),
    ("ssm", "ssm.us-east-1.amazonaws.com", true),
    ("ssm", "ssmmessages.us-east-1.amazonaws.com", false),
    ("ssm", "ssm.eu-west-1.amazonaws.com", false),
    ("kms", "kms-fips.us-east-1.amazonaws.com", false),
    ("email-smtp", "email-smtp.us-east-1.amazonaws.com", true),
];

/// Whether the VPC of an endpoint sees a name as the endpoint's, in us-east-1.
fn taken(service: &str, name: &str) -> bool {
    let text = format!(
        "name: x\nregion: us-east-1\nvpcs:\n  a:\n    cidr: 10.0.0.0/16\n    dns: {{ hostnames: true }}\n    \
         subnets: {{ s: {{ zone: use1-az1, cidr: 10.0.1.0/24 }} }}\n    \
         instances: {{ i: {{ subnet: s }} }}\n    \
         endpoints: {{ e: {{ service: \"aws:{service}\", subnets: {{ s: 10.0.1.50 }}, private_dns: true{} }} }}\n",
        if service == "s3" {
            ", private_dns_for: all"
        } else {
            ""
        }
    );
    let loaded = scenario::load("x.yaml", &text, &|_| Err(String::new()));
    let found = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let network = build(found.cases.first().unwrap().draft.clone())
        .network
        .unwrap();
    let compiled = compile(&network);
    let from = source(&network, "a/i").unwrap();
    let resolution = look_up(&network, &compiled, from, name).resolution;
    dns_kind(&resolution.outcome) == "private"
}

#[test]
fn private_dns_takes_the_names_of_the_table() {
    for (service, name, captured) in NAMES {
        assert_eq!(taken(service, name), *captured, "{service}: {name}");
    }
}

/// Every service that has private names takes each of its own, with its wildcards filled in.
#[test]
fn every_service_takes_its_private_names() {
    for service in catalog::SERVICES {
        for pattern in service.private_names {
            let name = catalog::expand(pattern, "us-east-1").replacen('*', "any", 1);
            assert!(taken(service.name, &name), "{}: {name}", service.name);
        }
    }
}
