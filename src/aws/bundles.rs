//! Tasks that need several services at once: what `needs://` asks for.
//!
//! Each bundle lists what its page says the task cannot do without; what a task needs only if it is
//! set up so (logs, tags, a load balancer) is left to questions of its own.

/// A task and everything that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// `needs://` and this.
    pub name: &'static str,
    /// What the task is.
    pub about: &'static str,
    /// The page of AWS's documentation that lists the members.
    pub source: &'static str,
    /// Everything it needs.
    pub members: &'static [Member],
}

/// One thing that a task needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Short name: the service's.
    pub name: &'static str,
    /// What for.
    pub what: &'static str,
    /// Destination; `{r}` is the source's Region, `{a}` its account.
    pub to: &'static str,
    /// What is asked there.
    pub action: &'static str,
}

const ECR_API: Member = Member {
    name: "ecr.api",
    what: "credentials for the registry",
    to: "https://api.ecr.{r}.amazonaws.com",
    action: "ecr:GetAuthorizationToken",
};
const ECR_DKR: Member = Member {
    name: "ecr.dkr",
    what: "the image's manifest",
    to: "https://{a}.dkr.ecr.{r}.amazonaws.com",
    action: "ecr:BatchGetImage",
};
const ECR_LAYERS: Member = Member {
    name: "s3",
    what: "the image's layers",
    to: "https://prod-{r}-starport-layer-bucket.s3.{r}.amazonaws.com",
    action: "s3:GetObject",
};

const fn service(
    name: &'static str,
    what: &'static str,
    to: &'static str,
    action: &'static str,
) -> Member {
    Member {
        name,
        what,
        to,
        action,
    }
}

/// Every bundle.
pub const BUNDLES: &[Bundle] = &[
    Bundle {
        name: "ecr-pull",
        about: "pull an image from a private registry of Amazon ECR",
        source: "/AmazonECR/latest/userguide/vpc-endpoints.html",
        members: &[ECR_API, ECR_DKR, ECR_LAYERS],
    },
    Bundle {
        name: "ssm",
        about: "manage an instance by Systems Manager, Session Manager included",
        source: "/systems-manager/latest/userguide/setup-create-vpc.html",
        members: &[
            service(
                "ssm",
                "registration and commands",
                "aws:ssm",
                "ssm:UpdateInstanceInformation",
            ),
            service(
                "ssmmessages",
                "sessions",
                "aws:ssmmessages",
                "ssmmessages:CreateControlChannel",
            ),
            service(
                "ec2messages",
                "commands, of older agents",
                "aws:ec2messages",
                "ec2messages:GetMessages",
            ),
        ],
    },
    Bundle {
        name: "ecs-instance",
        about: "run an instance of an ECS cluster",
        source: "/AmazonECS/latest/developerguide/vpc-endpoints.html",
        members: &[
            service(
                "ecs",
                "registration of the instance",
                "aws:ecs",
                "ecs:RegisterContainerInstance",
            ),
            service(
                "ecs-agent",
                "the agent's connection",
                "https://ecs-a.{r}.amazonaws.com",
                "ecs:Poll",
            ),
            service(
                "ecs-telemetry",
                "the agent's metrics",
                "https://ecs-t.{r}.amazonaws.com",
                "ecs:StartTelemetrySession",
            ),
        ],
    },
    Bundle {
        name: "ecs-fargate-task",
        about: "start a Fargate task whose image is in ECR and whose log driver is awslogs",
        source: "/AmazonECS/latest/developerguide/vpc-endpoints.html",
        members: &[
            ECR_API,
            ECR_DKR,
            ECR_LAYERS,
            service("logs", "the task's log", "aws:logs", "logs:PutLogEvents"),
        ],
    },
    Bundle {
        name: "eks-node",
        about: "join a node without internet access to an EKS cluster with a private API endpoint",
        source: "/eks/latest/userguide/private-clusters.html",
        members: &[
            service(
                "ec2",
                "the node's own addresses",
                "aws:ec2",
                "ec2:DescribeInstances",
            ),
            ECR_API,
            ECR_DKR,
            ECR_LAYERS,
            service(
                "sts",
                "the node's identity",
                "aws:sts",
                "sts:GetCallerIdentity",
            ),
        ],
    },
    Bundle {
        name: "cloudwatch-agent",
        about: "send metrics and logs by the CloudWatch agent",
        source: "/AmazonCloudWatch/latest/monitoring/cloudwatch-and-interface-VPC.html",
        members: &[
            service(
                "monitoring",
                "metrics",
                "aws:monitoring",
                "cloudwatch:PutMetricData",
            ),
            service("logs", "logs", "aws:logs", "logs:PutLogEvents"),
        ],
    },
];
