//! AWS's services: which endpoints they have, and what their names are.
//!
//! Endpoint names: `/vpc/latest/privatelink/aws-services-privatelink-support.html`; names of S3:
//! `/AmazonS3/latest/userguide/privatelink-interface-endpoints.html` and `VirtualHosting.html`.
//! Most private names follow the rule of the API, *the private name is the default public regional
//! name*, without a page that shows them one by one.

mod fit;

use self::fit::{Patterns, fit};
use std::sync::LazyLock;

/// A service of AWS that an endpoint may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwsService {
    /// The last part of the endpoint service's name, e.g. `ecr.api`.
    pub name: &'static str,
    /// Whether it has gateway endpoints.
    pub gateway: bool,
    /// Whether it has interface endpoints.
    pub interface: bool,
    /// What an interface endpoint with private DNS captures. `{r}` is the Region; a name may
    /// begin with `*.`.
    pub private_names: &'static [&'static str],
    /// The names its clients use, the regional ones first. `{z}` is a zone id; names without
    /// `{r}` are answered in the home Region, us-east-1.
    pub public_names: &'static [&'static str],
    /// Whether AWS manages a prefix list of its addresses.
    pub prefix_list: bool,
}

/// Where names without a Region are served.
const HOME: &str = "us-east-1";

/// A service whose one name is `service.region.amazonaws.com`.
macro_rules! usual {
    ($name:literal) => {
        AwsService {
            name: $name,
            gateway: false,
            interface: true,
            private_names: &[concat!($name, ".{r}.amazonaws.com")],
            public_names: &[concat!($name, ".{r}.amazonaws.com")],
            prefix_list: false,
        }
    };
}

/// Every service that is known.
#[rustfmt::skip]
pub const SERVICES: &[AwsService] = &[
    AwsService {
        name: "s3", gateway: true, interface: true,
        private_names: &["s3.{r}.amazonaws.com", "*.s3.{r}.amazonaws.com",
            "s3-control.{r}.amazonaws.com", "*.s3-control.{r}.amazonaws.com",
            "s3-accesspoint.{r}.amazonaws.com", "*.s3-accesspoint.{r}.amazonaws.com"],
        public_names: &["s3.{r}.amazonaws.com", "*.s3.{r}.amazonaws.com",
            "s3-control.{r}.amazonaws.com", "*.s3-control.{r}.amazonaws.com",
            "s3-accesspoint.{r}.amazonaws.com", "*.s3-accesspoint.{r}.amazonaws.com",
            "s3.dualstack.{r}.amazonaws.com", "*.s3.dualstack.{r}.amazonaws.com",
            "*.s3-control.dualstack.{r}.amazonaws.com",
            "*.s3-accesspoint.dualstack.{r}.amazonaws.com", "s3-{r}.amazonaws.com",
            "*.s3-{r}.amazonaws.com", "*.s3-website-{r}.amazonaws.com",
            "*.s3-website.{r}.amazonaws.com", "s3.amazonaws.com", "*.s3.amazonaws.com"],
        prefix_list: true
    },
    AwsService {
        name: "s3-fips", gateway: false, interface: true,
        private_names: &["s3-fips.{r}.amazonaws.com", "*.s3-fips.{r}.amazonaws.com",
            "s3-control-fips.{r}.amazonaws.com", "*.s3-control-fips.{r}.amazonaws.com",
            "s3-accesspoint-fips.{r}.amazonaws.com",
            "*.s3-accesspoint-fips.{r}.amazonaws.com"],
        public_names: &["s3-fips.{r}.amazonaws.com", "*.s3-fips.{r}.amazonaws.com",
            "s3-control-fips.{r}.amazonaws.com", "*.s3-control-fips.{r}.amazonaws.com",
            "s3-accesspoint-fips.{r}.amazonaws.com",
            "*.s3-accesspoint-fips.{r}.amazonaws.com", "s3-fips.dualstack.{r}.amazonaws.com",
            "*.s3-fips.dualstack.{r}.amazonaws.com",
            "*.s3-control-fips.dualstack.{r}.amazonaws.com",
            "*.s3-accesspoint-fips.dualstack.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "s3express", gateway: true, interface: false,
        private_names: &[],
        public_names: &["s3express-control.{r}.amazonaws.com",
            "*.s3express-control.{r}.amazonaws.com",
            "s3express-{z}.{r}.amazonaws.com", "*.s3express-{z}.{r}.amazonaws.com",
            "s3express-{z}.dualstack.{r}.amazonaws.com",
            "*.s3express-{z}.dualstack.{r}.amazonaws.com"],
        prefix_list: true
    },
    AwsService {
        name: "s3-global.accesspoint", gateway: false, interface: true,
        private_names: &["*.accesspoint.s3-global.amazonaws.com"],
        public_names: &["*.accesspoint.s3-global.amazonaws.com"],
        prefix_list: false
    },
    usual!("s3tables"),
    AwsService {
        name: "dynamodb", gateway: true, interface: true,
        private_names: &[],
        public_names: &["dynamodb.{r}.amazonaws.com", "*.ddb.{r}.amazonaws.com"],
        prefix_list: true
    },
    AwsService {
        name: "dynamodb-fips", gateway: false, interface: true,
        private_names: &[],
        public_names: &["dynamodb-fips.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "dynamodb-streams", gateway: false, interface: true,
        private_names: &[],
        public_names: &["streams.dynamodb.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "monitoring", gateway: false, interface: true,
        private_names: &["monitoring.{r}.amazonaws.com", "monitoring.{r}.api.aws",
            "monitoring-fips.{r}.amazonaws.com", "monitoring-fips.{r}.api.aws"],
        public_names: &["monitoring.{r}.amazonaws.com", "monitoring.{r}.api.aws",
            "monitoring-fips.{r}.amazonaws.com", "monitoring-fips.{r}.api.aws"],
        prefix_list: false
    },
    AwsService {
        name: "sts", gateway: false, interface: true,
        private_names: &["sts.{r}.amazonaws.com"],
        public_names: &["sts.{r}.amazonaws.com", "sts.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "iam", gateway: false, interface: true,
        private_names: &["iam.amazonaws.com"],
        public_names: &["iam.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "route53", gateway: false, interface: true,
        private_names: &["route53.amazonaws.com"],
        public_names: &["route53.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "ecr.api", gateway: false, interface: true,
        private_names: &["api.ecr.{r}.amazonaws.com"],
        public_names: &["api.ecr.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "ecr.dkr", gateway: false, interface: true,
        private_names: &["*.dkr.ecr.{r}.amazonaws.com"],
        public_names: &["*.dkr.ecr.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "ecs-agent", gateway: false, interface: true,
        private_names: &["ecs-a.{r}.amazonaws.com"],
        public_names: &["ecs-a.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "ecs-telemetry", gateway: false, interface: true,
        private_names: &["ecs-t.{r}.amazonaws.com"],
        public_names: &["ecs-t.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "eks-auth", gateway: false, interface: true,
        private_names: &["eks-auth.{r}.api.aws"],
        public_names: &["eks-auth.{r}.api.aws"],
        prefix_list: false
    },
    AwsService {
        name: "execute-api", gateway: false, interface: true,
        private_names: &["*.execute-api.{r}.amazonaws.com"],
        public_names: &["*.execute-api.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "sqs", gateway: false, interface: true,
        private_names: &["sqs.{r}.amazonaws.com", "sqs.{r}.api.aws"],
        public_names: &["sqs.{r}.amazonaws.com", "sqs.{r}.api.aws",
            "{r}.queue.amazonaws.com", "queue.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "kinesis-streams", gateway: false, interface: true,
        private_names: &["kinesis.{r}.amazonaws.com"],
        public_names: &["kinesis.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "kinesis-firehose", gateway: false, interface: true,
        private_names: &["firehose.{r}.amazonaws.com"],
        public_names: &["firehose.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "sagemaker.api", gateway: false, interface: true,
        private_names: &["api.sagemaker.{r}.amazonaws.com"],
        public_names: &["api.sagemaker.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "sagemaker.runtime", gateway: false, interface: true,
        private_names: &["runtime.sagemaker.{r}.amazonaws.com"],
        public_names: &["runtime.sagemaker.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "sagemaker.notebook", gateway: false, interface: true,
        private_names: &["*.notebook.{r}.sagemaker.aws"],
        public_names: &["*.notebook.{r}.sagemaker.aws"],
        prefix_list: false
    },
    AwsService {
        name: "sagemaker.studio", gateway: false, interface: true,
        private_names: &["*.studio.{r}.sagemaker.aws"],
        public_names: &["*.studio.{r}.sagemaker.aws"],
        prefix_list: false
    },
    AwsService {
        name: "iot.data", gateway: false, interface: true,
        private_names: &[],
        public_names: &["*.iot.{r}.amazonaws.com"],
        prefix_list: false
    },
    AwsService {
        name: "transfer.server", gateway: false, interface: true,
        private_names: &[],
        public_names: &["*.server.transfer.{r}.amazonaws.com"],
        prefix_list: false
    },
    usual!("logs"), usual!("events"), usual!("xray"), usual!("kms"), usual!("kms-fips"),
    usual!("secretsmanager"), usual!("acm"), usual!("acm-pca"), usual!("access-analyzer"),
    usual!("config"), usual!("cloudtrail"), usual!("cloudformation"), usual!("organizations"),
    usual!("ssm"), usual!("ssmmessages"), usual!("ec2messages"), usual!("ec2"),
    usual!("autoscaling"), usual!("application-autoscaling"), usual!("elasticloadbalancing"),
    usual!("ebs"), usual!("elasticfilesystem"), usual!("ecs"), usual!("eks"), usual!("lambda"),
    usual!("states"), usual!("sync-states"), usual!("sqs-fips"), usual!("sns"), usual!("kafka"),
    usual!("email-smtp"), usual!("athena"), usual!("glue"), usual!("redshift"),
    usual!("redshift-data"), usual!("rds"), usual!("rds-data"), usual!("elasticache"),
    usual!("bedrock-runtime"), usual!("codebuild"), usual!("codepipeline"),
    usual!("codedeploy"), usual!("git-codecommit"), usual!("backup"), usual!("batch"),
    usual!("dms"), usual!("transfer"), usual!("kinesisanalytics"),
    usual!("kinesisanalytics-fips"),
];

/// The service with this short name.
#[must_use]
pub fn service(name: &str) -> Option<&'static AwsService> {
    SERVICES.iter().find(|s| s.name == name)
}

/// Whether endpoints of a service take an endpoint policy; the others let everything through
/// (`/vpc/latest/privatelink/aws-services-privatelink-support.html`).
#[must_use]
pub fn takes_policy(service: &str) -> bool {
    ![
        "appmesh-envoy-management",
        "apprunner.requests",
        "appstream.api",
        "appstream.streaming",
        "transfer.server",
    ]
    .contains(&service)
}

/// Whether interface endpoints of other Regions may lead to a service
/// (`/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html`).
#[must_use]
pub fn offered_across_regions(service: &str) -> bool {
    [
        "s3",
        "iam",
        "ecr.api",
        "ecr.dkr",
        "kms",
        "kms-fips",
        "ecs",
        "lambda",
        "kinesis-firehose",
        "kinesisanalytics",
        "kinesisanalytics-fips",
        "route53",
    ]
    .contains(&service)
}

/// Whether a name is one of AWS's own, in lower case.
#[must_use]
pub fn is_aws(name: &str) -> bool {
    [
        ".amazonaws.com",
        ".amazonaws.com.cn",
        ".api.aws",
        ".sagemaker.aws",
    ]
    .iter()
    .any(|domain| name.ends_with(domain))
}

/// Whether a name of AWS that is no service's is that of somebody's own database, cluster or file
/// system, which may well have addresses of a VPC (`/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html`,
/// `/eks/latest/userguide/cluster-endpoint.html`, `/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html`).
#[must_use]
pub fn is_resource(name: &str) -> bool {
    const KINDS: &[&str] = &[
        "airflow",
        "aoss",
        "cache",
        "dax-clusters",
        "docdb",
        "efs",
        "eks",
        "es",
        "fsx",
        "kafka",
        "memorydb",
        "mq",
        "neptune",
        "rds",
        "redshift",
        "redshift-serverless",
    ];
    let mut labels = name.split('.').skip(1);
    is_aws(name) && labels.any(|label| KINDS.contains(&label))
}

/// A pattern with its Region filled in. China's names end in a domain of their own
/// (`docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html`).
#[must_use]
pub fn expand(pattern: &str, region: &str) -> String {
    let name = pattern.replace("{r}", region);
    if in_china(region) && name.ends_with(".amazonaws.com") {
        return name + ".cn";
    }
    name
}

fn in_china(region: &str) -> bool {
    region.starts_with("cn-")
}

/// Whose each public name is.
static PUBLIC: LazyLock<Patterns> = LazyLock::new(|| {
    let all = SERVICES
        .iter()
        .flat_map(|s| s.public_names.iter().map(move |p| (*p, s)));
    Patterns::new(all)
});

/// The service and the Region that a public name belongs to.
///
/// Of several patterns that fit, the one with the most letters of its own is meant:
/// `streams.dynamodb.…` is no name of DynamoDB.
#[must_use]
pub fn owner_of(name: &str) -> Option<(String, &'static AwsService)> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if !is_aws(&name) || name.ends_with(".vpce.amazonaws.com") {
        return None;
    }
    PUBLIC
        .that_may_fit(&name)
        .filter_map(|(p, s)| Some((fit(&name, p)?, p.len(), s)))
        .max_by_key(|(_, length, _)| *length)
        .map(|(region, _, s)| (region.to_owned(), s))
}

/// The Region of the public name of AWS in a destination such as `https://sqs.eu-west-1.amazonaws.com`.
#[must_use]
pub fn region_of(destination: &str) -> Option<String> {
    let host = destination
        .split_once("://")
        .map_or(destination, |(_, rest)| rest);
    let host = host.split(['/', ':', '?']).next()?;
    owner_of(host).map(|(region, _)| region)
}

/// Whether an interface endpoint of a service serves a name that AWS's clients use.
///
/// S3's does not serve websites, nor the global and the dashed names
/// (`/AmazonS3/latest/userguide/privatelink-interface-endpoints.html`).
#[must_use]
pub fn interface_serves(service: &str, region: &str, name: &str) -> bool {
    let Some((asked_in, asked)) = owner_of(name) else {
        return false;
    };
    let global = asked
        .public_names
        .first()
        .is_some_and(|n| !n.contains("{r}"));
    let private = || {
        let patterns = asked.private_names.iter();
        let mut found = patterns.filter_map(|p| fit(name, p));
        found.any(|r| r == region)
    };
    asked.name == service
        && (global || asked_in == region)
        && (service != "s3" || name.contains(".dualstack.") || private())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_to_services() {
        #[rustfmt::skip]
        let cases = [
            ("s3.us-east-1.amazonaws.com", "us-east-1", "s3"),
            ("b.s3.us-east-1.amazonaws.com", "us-east-1", "s3"),
            ("a.b.s3.eu-west-1.amazonaws.com.", "eu-west-1", "s3"),
            ("s3.amazonaws.com", "us-east-1", "s3"),
            ("b.s3.amazonaws.com", "us-east-1", "s3"),
            ("b.s3-eu-west-1.amazonaws.com", "eu-west-1", "s3"),
            ("s3-eu-west-1.amazonaws.com", "eu-west-1", "s3"),
            ("b.s3-website-us-west-2.amazonaws.com", "us-west-2", "s3"),
            ("b.s3-website.eu-west-1.amazonaws.com", "eu-west-1", "s3"),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1", "s3"),
            ("1.s3-control.us-east-1.amazonaws.com", "us-east-1", "s3"),
            ("s3-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", "s3-fips"),
            ("b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "us-east-1", "s3express"),
            ("s3express-use1-az4.us-east-1.amazonaws.com", "us-east-1", "s3express"),
            ("b.s3-fips.dualstack.us-east-1.amazonaws.com", "us-east-1", "s3-fips"),
            ("x.accesspoint.s3-global.amazonaws.com", "us-east-1", "s3-global.accesspoint"),
            ("dynamodb.us-east-1.amazonaws.com", "us-east-1", "dynamodb"),
            ("1234.ddb.us-east-1.amazonaws.com", "us-east-1", "dynamodb"),
            ("streams.dynamodb.us-east-1.amazonaws.com", "us-east-1", "dynamodb-streams"),
            ("sts.amazonaws.com", "us-east-1", "sts"),
            ("sts.eu-west-1.amazonaws.com", "eu-west-1", "sts"),
            ("eu-west-1.queue.amazonaws.com", "eu-west-1", "sqs"),
            ("queue.amazonaws.com", "us-east-1", "sqs"),
            ("1.dkr.ecr.us-east-1.amazonaws.com", "us-east-1", "ecr.dkr"),
            ("api.ecr.us-east-1.amazonaws.com", "us-east-1", "ecr.api"),
            ("eks-auth.us-east-1.api.aws", "us-east-1", "eks-auth"),
            ("SSM.us-east-1.amazonaws.com", "us-east-1", "ssm"),
            ("b.s3.cn-north-1.amazonaws.com.cn", "cn-north-1", "s3"),
            ("monitoring.cn-north-1.api.aws", "cn-north-1", "monitoring"),
        ];
        for (name, region, service) in cases {
            let owner = owner_of(name).map(|(r, s)| (r, s.name));
            assert_eq!(owner, Some((region.to_owned(), service)), "{name}");
        }
    }

    #[test]
    fn every_pattern_finds_its_service() {
        let of_all = |name: &str| {
            let all = SERVICES
                .iter()
                .flat_map(|s| s.public_names.iter().map(move |p| (*p, s)));
            let fitting = all.filter_map(|(p, s)| Some((fit(name, p)?, p.len(), s)));
            let best = fitting.max_by_key(|(_, length, _)| *length);
            best.map(|(region, _, s)| (region.to_owned(), s))
        };
        for pattern in SERVICES.iter().flat_map(|s| s.public_names) {
            let name = pattern
                .replace("{r}", "eu-west-1")
                .replace("{z}", "euw1-az2");
            let name = name.replace('*', "a.b");
            assert!(owner_of(&name).is_some(), "{name}");
            assert_eq!(owner_of(&name), of_all(&name), "{name}");
        }
    }

    #[test]
    fn other_names_belong_to_none() {
        for name in [
            "www.example.com",
            "amazonaws.com",
            "vpce-1-a.s3.us-east-1.vpce.amazonaws.com",
            "ssm.nowhere.amazonaws.com",
            "x.ssm.us-east-1.amazonaws.com",
            "dkr.ecr.us-east-1.amazonaws.com",
            "s3.cn-north-1.amazonaws.com",
            "s3.us-east-1.amazonaws.com.cn",
        ] {
            assert_eq!(owner_of(name), None, "{name}");
        }
    }

    #[test]
    fn patterns_expand() {
        let s3 = service("s3").map(|s| s.public_names[0]);
        assert_eq!(
            s3.map(|p| expand(p, "eu-west-1")),
            Some("s3.eu-west-1.amazonaws.com".to_owned())
        );
        assert_eq!(
            s3.map(|p| expand(p, "cn-north-1")),
            Some("s3.cn-north-1.amazonaws.com.cn".to_owned())
        );
        assert_eq!(service("s4"), None);
    }
}
