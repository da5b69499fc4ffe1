//! Policies of endpoints, resources and callers in a network with every way to a service: by a gateway
//! endpoint, by an interface endpoint from its own VPC, from a peered one and from a site, over a NAT
//! gateway, over an internet gateway, by a site's provider.

use crate::genes::Genes;
use serde_json::{Map, Value, json};

/// A request: who sends it, for what, as whom.
pub struct Request {
    pub from: &'static str,
    pub to: String,
    pub action: &'static str,
    pub resource: String,
    /// Whose ARN that is.
    pub target: &'static str,
    /// The access point by whose name it is asked for, and the ARN of it there.
    pub point: Option<(&'static str, String)>,
    pub principal: Option<&'static str>,
}

pub struct Case {
    pub scenario: Value,
    pub requests: Vec<Request>,
}

const FROM: [&str; 8] = ["a/g", "a/g", "a/n", "a/p", "b/i", "c/j", "hq/o", "hq/dx"];

const PRINCIPALS: [Option<&str>; 9] = [
    Some("app"),
    Some("app"),
    Some("intern"),
    Some("partner"),
    Some("partner"),
    Some("arn:aws:sts::111111111111:assumed-role/app/i-0abc"),
    Some("arn:aws:iam::333333333333:role/x"),
    Some("anonymous"),
    None,
];

const OBJECTS: [(&str, &str); 6] = [
    ("ours", "/report"),
    ("ours", ""),
    ("ours", "/x"),
    ("theirs", "/report"),
    ("theirs", "/x"),
    ("t", ""),
];

/// Access points: the bucket of each, and whose it is.
const POINTS: [(&str, &str, &str); 3] = [
    ("inner", "ours", "111111111111"),
    ("open", "ours", "111111111111"),
    ("far", "theirs", "222222222222"),
];

/// What is done to an object.
const S3_ACTIONS: [&str; 3] = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];

pub fn generate(genes: &mut Genes, requests: usize) -> Case {
    let mut made = Maker { genes };
    let scenario = made.scenario();
    let requests = (0..requests).map(|_| made.request()).collect();
    Case { scenario, requests }
}

struct Maker<'a> {
    genes: &'a mut Genes,
}

impl Maker<'_> {
    fn request(&mut self) -> Request {
        let from = self.genes.pick(&FROM);
        let (name, key) = loop {
            let object = self.genes.pick(&OBJECTS);
            // DynamoDB has no private names, and its endpoint is in one VPC.
            if object.0 != "t" || from == "a/g" || from == "a/n" || from == "a/p" {
                break object;
            }
        };
        let principal = self.genes.pick(&PRINCIPALS);
        let principal = principal.or(from.starts_with("hq").then_some("app"));
        let (action, resource, to) = if name == "t" {
            let action = self.genes.pick(&["dynamodb:GetItem", "dynamodb:PutItem"]);
            let arn = "arn:aws:dynamodb:us-east-1:111111111111:table/t".to_owned();
            (action, arn, "dynamodb://t".to_owned())
        } else {
            let action = match key {
                "" => "s3:ListBucket",
                _ => self.genes.pick(&S3_ACTIONS),
            };
            (
                action,
                format!("arn:aws:s3:::{name}{key}"),
                format!("s3://{name}{key}"),
            )
        };
        let points = POINTS.iter().filter(|(_, bucket, _)| *bucket == name);
        let points = Vec::from_iter(points);
        let by_point = !points.is_empty() && from != "hq/dx" && self.genes.chance(35);
        let point = by_point.then(|| {
            let (point, _, account) = *self.genes.pick(&points);
            let object = if key.is_empty() { "" } else { "/object" };
            let arn = format!("arn:aws:s3:us-east-1:{account}:accesspoint/{point}{object}{key}");
            (point, account, arn)
        });
        let who = principal.map_or(String::new(), |p| format!("&principal={p}"));
        let to = match from {
            "hq/dx" => format!("endpoint://b/s3i:443?action={action}&resource={resource}{who}"),
            _ => match &point {
                Some((point, account, _)) => format!(
                    "https://{point}-{account}.s3-accesspoint.us-east-1.amazonaws.com{}?action={action}{who}",
                    if key.is_empty() { "/" } else { key }
                ),
                None => format!("{to}?action={action}{who}"),
            },
        };
        let from = if from == "hq/dx" { "hq/o" } else { from };
        Request {
            from,
            to,
            action,
            resource,
            target: name,
            point: point.map(|(point, _, arn)| (point, arn)),
            principal,
        }
    }

    fn scenario(&mut self) -> Value {
        let table = self.genes.pick(&["priv", "priv", "spare"]);
        let mut gateway =
            json!({ "type": "gateway", "service": "s3", "route_tables": table, "existing": true });
        let mut dynamodb = json!({ "type": "gateway", "service": "dynamodb", "route_tables": "priv", "existing": true });
        let mut interface = json!({ "service": "s3", "subnets": { "app": "10.1.1.50" }, "security_groups": "open",
            "private_dns": true, "private_dns_for": "all" });
        for (endpoint, share, id) in [
            (&mut gateway, 70, "vpce-1"),
            (&mut dynamodb, 50, "vpce-2"),
            (&mut interface, 70, "vpce-3"),
        ] {
            if !self.genes.chance(10) {
                endpoint["id"] = json!(id);
            }
            if self.genes.chance(share) {
                let kind = if id == "vpce-3" {
                    Kind::Endpoint
                } else {
                    Kind::Gateway
                };
                endpoint["policy"] = self.policy(kind);
            }
        }
        let vpc = |number: usize, id: &str, account: &str| {
            json!({ "id": id, "account": account, "cidr": format!("10.{number}.0.0/16"), "dns": { "hostnames": true },
                "security_groups": { "open": { "ingress": [{ "from": "0.0.0.0/0" }] } } })
        };
        let instance = |subnet: &str, ip: &str| json!({ "subnet": subnet, "ip": ip, "security_groups": "open" });
        let mut a = vpc(0, "vpc-0a", "111111111111");
        a["internet_gateway"] = json!("igw");
        a["subnets"] = json!({
            "pub": { "zone": "use1-az1", "cidr": "10.0.0.0/24", "route_table": "pub" },
            "priv": { "zone": "use1-az1", "cidr": "10.0.1.0/24", "route_table": "priv" },
            "nat": { "zone": "use1-az1", "cidr": "10.0.2.0/24", "route_table": "nat" },
        });
        a["route_tables"] = json!({ "pub": { "routes": { "0.0.0.0/0": "igw" } }, "priv": { "routes": { "0.0.0.0/0": "nat" } },
            "nat": { "routes": { "0.0.0.0/0": "nat" } }, "spare": {} });
        a["nat_gateways"] =
            json!({ "nat": { "subnet": "pub", "ip": "10.0.0.5", "public_ip": "203.0.113.5" } });
        let mut public = instance("pub", "10.0.0.20");
        public["public_ip"] = json!("203.0.113.20");
        a["instances"] = json!({ "g": instance("priv", "10.0.1.10"), "n": instance("nat", "10.0.2.10"), "p": public });
        a["endpoints"] = json!({ "s3": gateway, "ddb": dynamodb });
        let mut b = vpc(1, "vpc-0b", "222222222222");
        b["vpn_gateway"] = json!("vgw");
        b["subnets"] =
            json!({ "app": { "zone": "use1-az1", "cidr": "10.1.1.0/24", "route_table": "app" } });
        b["route_tables"] =
            json!({ "app": { "routes": { "10.2.0.0/16": "pcx" }, "propagate_from": "vgw" } });
        b["instances"] = json!({ "i": instance("app", "10.1.1.10") });
        b["endpoints"] = json!({ "s3i": interface });
        let mut c = vpc(2, "vpc-0c", "111111111111");
        c["subnets"] =
            json!({ "app": { "zone": "use1-az1", "cidr": "10.2.1.0/24", "route_table": "app" } });
        c["route_tables"] = json!({ "app": { "routes": { "10.1.0.0/16": "pcx" } } });
        c["instances"] = json!({ "j": instance("app", "10.2.1.10") });
        let mut buckets = Map::new();
        for (name, account) in [("ours", "111111111111"), ("theirs", "222222222222")] {
            buckets.insert(name.to_owned(), self.resource(account));
        }
        let mut points = Map::new();
        for (name, bucket, account) in POINTS {
            let mut point = json!({ "bucket": bucket, "account": account });
            if name != "open" {
                point["vpc"] = json!(self.genes.pick(&["a", "b"]));
            }
            if self.genes.chance(60) {
                point["policy"] = self.policy(Kind::Resource);
            }
            points.insert(name.to_owned(), point);
        }
        let mut principals = Map::new();
        for (name, account) in [
            ("app", "111111111111"),
            ("intern", "111111111111"),
            ("partner", "222222222222"),
        ] {
            let mut principal =
                json!({ "account": account, "arn": format!("arn:aws:iam::{account}:role/{name}") });
            if self.genes.chance(75) {
                principal["policy"] = self.policy(Kind::Identity);
            }
            principals.insert(name.to_owned(), principal);
        }
        let mut accounts = Map::new();
        for (account, organization) in [("111111111111", "o-ours"), ("222222222222", "o-theirs")] {
            if self.genes.chance(60) {
                accounts.insert(account.to_owned(), json!({ "organization": organization }));
            }
        }
        json!({
            "name": "policies",
            "region": "us-east-1",
            "accounts": accounts,
            "aws": { "prefix_lists": { "s3": "52.216.0.0/15", "dynamodb": "52.94.0.0/22" },
                "addresses": { "s3.us-east-1.amazonaws.com": "52.216.8.10", "dynamodb.us-east-1.amazonaws.com": "52.94.0.10" } },
            "vpcs": { "a": a, "b": b, "c": c },
            "peerings": { "pcx": { "between": ["b", "c"] } },
            "profiles": { "shared": { "vpcs": "c", "endpoints": "b/s3i" } },
            "on_premises": { "hq": { "cidrs": "192.168.0.0/16", "hosts": { "o": "192.168.5.5" }, "public_ip": "203.0.113.200", "resolver": "isp" } },
            "virtual_interfaces": { "dx": { "type": "private", "site": "hq", "to": "b/vgw" } },
            "buckets": buckets,
            "access_points": points,
            "tables": { "t": self.resource("111111111111") },
            "principals": principals,
        })
    }

    fn resource(&mut self, account: &str) -> Value {
        let mut resource = json!({ "account": account });
        if self.genes.chance(70) {
            resource["policy"] = self.policy(Kind::Resource);
        }
        resource
    }

    fn policy(&mut self, kind: Kind) -> Value {
        let mut statements = Vec::new();
        // Most policies allow something to begin with, so that what follows decides.
        if self.genes.chance(60) {
            let mut first = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
            if kind != Kind::Identity {
                first["Principal"] = json!("*");
            }
            statements.push(first);
        }
        for _ in 0..1 + self.genes.below(3) {
            statements.push(self.statement(kind));
        }
        json!({ "Statement": statements })
    }

    fn statement(&mut self, kind: Kind) -> Value {
        let mut statement = json!({ "Effect": self.genes.weigh(&[(50, "Allow"), (50, "Deny")]) });
        let deny = statement["Effect"] == "Deny";
        let actions = [
            json!("*"),
            json!("s3:*"),
            json!("s3:Get*"),
            json!("S3:getobject"),
            json!("s3:?etObject"),
            json!(["s3:PutObject", "s3:List*"]),
            json!(["s3:*Object", "dynamodb:*"]),
            json!("dynamodb:Get*"),
            json!(["dynamodb:*", "sqs:*"]),
        ];
        let resources = [
            json!("*"),
            json!("*"),
            json!("arn:aws:s3:::ours/*"),
            json!("arn:aws:s3:::ours"),
            json!("arn:aws:s3:::*"),
            json!("arn:aws:s3:::our?/rep*"),
            json!(["arn:aws:s3:::theirs/*", "arn:aws:s3:::ours*"]),
            json!("arn:aws:s3:::OURS/*"),
            json!(["arn:aws:s3:::ours*", "arn:aws:s3:*:*:accesspoint/*"]),
            json!("arn:aws:s3:us-east-1:111111111111:accesspoint/open/object/*"),
            json!([
                "arn:aws:s3:us-east-1:111111111111:accesspoint/inner*",
                "arn:aws:s3:::*"
            ]),
            json!("arn:aws:dynamodb:us-east-1:111111111111:table/*"),
            json!("arn:aws:dynamodb:*:*:table/t"),
        ];
        let not = self.genes.chance(15);
        statement[if not { "NotAction" } else { "Action" }] = self.genes.pick(&actions);
        let not = self.genes.chance(15);
        statement[if not { "NotResource" } else { "Resource" }] = self.genes.pick(&resources);
        let app = "arn:aws:iam::111111111111:role/app";
        match kind {
            Kind::Identity => {}
            Kind::Gateway if self.genes.chance(85) => statement["Principal"] = json!("*"),
            _ if deny && self.genes.chance(15) => {
                statement["NotPrincipal"] =
                    json!({ "AWS": [app, "arn:aws:iam::111111111111:root"] });
            }
            _ => {
                let all = [
                    json!("*"),
                    json!("*"),
                    json!({ "AWS": "*" }),
                    json!({ "AWS": app }),
                    json!({ "AWS": "111111111111" }),
                    json!({ "AWS": "arn:aws:iam::222222222222:root" }),
                    json!({ "Service": "logging.s3.amazonaws.com" }),
                    json!({ "AWS": [app, "222222222222"] }),
                    json!({ "AWS": "arn:aws:iam::222222222222:role/partner" }),
                ];
                statement["Principal"] = self.genes.pick(&all);
            }
        }
        let mut conditions = Map::new();
        for _ in 0..self.genes.weigh(&[(35, 0), (50, 1), (15, 2)]) {
            let (operator, key, values) = self.condition();
            conditions.entry(operator).or_insert(json!({}))[key] = values;
        }
        if !conditions.is_empty() {
            statement["Condition"] = Value::Object(conditions);
        }
        statement
    }

    fn condition(&mut self) -> (String, &'static str, Value) {
        let strings = [
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringEqualsIfExists",
            "StringNotEqualsIfExists",
            "ForAnyValue:StringEquals",
            "ForAllValues:StringEquals",
            "ForAnyValue:StringNotEquals",
        ];
        let words: [(&str, &[Value]); 13] = [
            (
                "aws:SourceVpce",
                &[
                    json!("vpce-1"),
                    json!("vpce-3"),
                    json!(["vpce-1", "vpce-3"]),
                    json!("vpce-9"),
                ],
            ),
            (
                "aws:SourceVpc",
                &[
                    json!("vpc-0a"),
                    json!("vpc-0b"),
                    json!(["vpc-0a", "vpc-0c"]),
                ],
            ),
            (
                "aws:PrincipalOrgID",
                &[json!("o-ours"), json!("o-theirs"), json!("O-OURS")],
            ),
            (
                "aws:PrincipalAccount",
                &[json!("111111111111"), json!("222222222222")],
            ),
            (
                "aws:ResourceAccount",
                &[json!("111111111111"), json!("222222222222")],
            ),
            ("s3:ResourceAccount", &[json!("111111111111")]),
            (
                "aws:PrincipalArn",
                &[
                    json!("arn:aws:iam::111111111111:role/app"),
                    json!("arn:aws:iam::222222222222:role/partner"),
                ],
            ),
            ("AWS:sourcevpce", &[json!("vpce-1")]),
            (
                "s3:DataAccessPointAccount",
                &[
                    json!("111111111111"),
                    json!(["222222222222", "111111111111"]),
                ],
            ),
            (
                "s3:AccessPointNetworkOrigin",
                &[json!("VPC"), json!("Internet"), json!("vpc")],
            ),
            (
                "s3:DataAccessPointArn",
                &[
                    json!("arn:aws:s3:us-east-1:111111111111:accesspoint/open"),
                    json!("arn:aws:s3:us-east-1:111111111111:accesspoint/*"),
                ],
            ),
            ("s3:dataaccesspointaccount", &[json!("111111111111")]),
            ("aws:PrincipalTag/team", &[json!("blue")]),
        ];
        match self.genes.below(10) {
            0..=4 => {
                let (key, values) = self.genes.pick(&words);
                let operator = self.genes.pick(&strings);
                let values = self.genes.pick(values);
                (operator.to_owned(), key, values)
            }
            5 | 6 => {
                let key = self.genes.pick(&["aws:SourceIp", "aws:VpcSourceIp"]);
                let operator = self.genes.pick(&[
                    "IpAddress",
                    "NotIpAddress",
                    "IpAddressIfExists",
                    "NotIpAddressIfExists",
                ]);
                let blocks = [
                    json!("10.0.0.0/8"),
                    json!("203.0.113.5"),
                    json!(["10.1.0.0/16", "203.0.113.0/24"]),
                    json!("192.168.0.0/16"),
                    json!("2001:db8::/32"),
                ];
                (operator.to_owned(), key, self.genes.pick(&blocks))
            }
            7 => {
                let operator = self.genes.pick(&[
                    "ArnEquals",
                    "ArnLike",
                    "ArnNotLike",
                    "ArnNotEquals",
                    "ArnLikeIfExists",
                ]);
                let arns = [
                    json!("arn:aws:iam::111111111111:role/app"),
                    json!("arn:aws:iam::*:role/*"),
                    json!("arn:aws:iam::222222222222:role/part*"),
                    json!("arn:aws:iam::*:user/*"),
                ];
                (
                    operator.to_owned(),
                    "aws:PrincipalArn",
                    self.genes.pick(&arns),
                )
            }
            8 => {
                let key = self.genes.pick(&[
                    "aws:SourceVpce",
                    "aws:SourceIp",
                    "aws:VpcSourceIp",
                    "aws:PrincipalOrgID",
                    "aws:PrincipalArn",
                ]);
                (
                    "Null".to_owned(),
                    key,
                    json!(self.genes.pick(&["true", "false"])),
                )
            }
            _ => {
                let key = self.genes.pick(&[
                    "aws:SecureTransport",
                    "aws:ViaAWSService",
                    "aws:PrincipalIsAWSService",
                ]);
                let operator = self.genes.pick(&["Bool", "BoolIfExists"]);
                (
                    operator.to_owned(),
                    key,
                    json!(self.genes.pick(&["true", "false"])),
                )
            }
        }
    }
}

/// Whose policy it is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Gateway,
    Endpoint,
    Resource,
    Identity,
}
