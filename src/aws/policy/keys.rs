//! The condition keys that a path sets, and those it lacks
//! (`/IAM/latest/UserGuide/reference_policies_condition-keys.html`,
//! `/vpc/latest/privatelink/vpc-endpoints-s3.html`).

use super::pattern::ANY;
use super::service::point_resource;
use super::{Caller, Request};
use crate::model::{Id, Network, VpcEndpoint, World};
use std::net::IpAddr;

/// A key of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The request has no such key.
    Absent,
    /// It has one of these values, which are words for one thing; [`ANY`] is a hole in a word.
    Is(Vec<String>),
    /// Nothing says.
    Unknown,
}

/// The way a request came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path<'a> {
    /// The endpoint it came by; none: a public address.
    pub endpoint: Option<Id<VpcEndpoint>>,
    /// The access point of S3 that it is made by.
    pub point: Option<Point<'a>>,
    /// The source address that the service sees, if it is known.
    pub source: Option<IpAddr>,
    /// Whether it is encrypted.
    pub secure: bool,
}

/// An access point, as the keys tell it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point<'a> {
    /// Twelve digits.
    pub account: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Whether it takes requests from a VPC alone, if the input has it.
    pub of_vpc: Option<bool>,
}

/// The keys of a request, lower case: a condition key is written in any case.
#[derive(Clone, Debug, PartialEq)]
pub struct Keys(Vec<(&'static str, Value)>);

impl Keys {
    /// The value of a key. What is not in the table is not known.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        let lower = key.to_ascii_lowercase();
        let mut all = self.0.iter();
        all.find(|(k, _)| *k == lower)
            .map_or(Value::Unknown, |(_, v)| v.clone())
    }

    /// The keys of a request to a service in a Region.
    #[must_use]
    pub fn new(
        network: &Network,
        request: &Request,
        (region, service): (&str, &str),
        path: &Path<'_>,
        resource_account: Option<&str>,
    ) -> Keys {
        let mut keys = vec![
            ("aws:securetransport", one(path.secure.to_string())),
            ("aws:requestedregion", one(region)),
            ("aws:viaawsservice", one("false")),
            ("aws:principalisawsservice", one("false")),
        ];
        from_path(network, service, path, &mut keys);
        from_point(region, path.point, &mut keys);
        of_caller(network, &request.caller, &mut keys);
        of_resource(network, &request.resource, resource_account, &mut keys);
        Keys(keys)
    }
}

fn one(text: impl Into<String>) -> Value {
    Value::Is(vec![text.into()])
}

/// By an endpoint the service sees the endpoint and the private address, else the public address.
fn from_path(
    network: &Network,
    service: &str,
    path: &Path<'_>,
    keys: &mut Vec<(&'static str, Value)>,
) {
    let source = path.source.map_or(Value::Unknown, |ip| one(ip.to_string()));
    let Some(id) = path.endpoint else {
        keys.extend([
            ("aws:sourcevpce", Value::Absent),
            ("aws:sourcevpc", Value::Absent),
            ("aws:sourcevpcarn", Value::Absent),
            ("aws:vpcsourceip", Value::Absent),
            ("aws:vpceaccount", Value::Absent),
            ("aws:vpceorgid", Value::Absent),
            ("aws:sourceip", source),
        ]);
        return;
    };
    let endpoint = &network.endpoints[id];
    let vpc = endpoint.vpc.id().map(|v| &network.vpcs[v]);
    let scope = vpc.map_or("", |v| v.name.as_str());
    let full = format!("{scope}/{}", endpoint.name);
    let listed = matches!(service, "s3" | "s3-fips" | "s3express" | "dynamodb");
    let account = vpc.map(|v| v.account.as_str()).filter(|_| listed);
    keys.extend([
        (
            "aws:sourcevpce",
            words(
                network,
                "vpce-",
                &endpoint.name,
                Some(full),
                endpoint.id.as_ref(),
            ),
        ),
        (
            "aws:sourcevpc",
            vpc.map_or(Value::Unknown, |v| {
                words(network, "vpc-", &v.name, None, v.id.as_ref())
            }),
        ),
        ("aws:vpcsourceip", source),
        ("aws:sourceip", Value::Absent),
        ("aws:vpceaccount", account.map_or(Value::Unknown, one)),
        (
            "aws:vpceorgid",
            account.map_or(Value::Unknown, |a| organization(network, a)),
        ),
    ]);
}

/// What a request by an access point brings along, and no other does
/// (`/AmazonS3/latest/userguide/access-points-policies.html`).
fn from_point(region: &str, point: Option<Point<'_>>, keys: &mut Vec<(&'static str, Value)>) {
    let of =
        |value: fn(&str, Point<'_>) -> Value| point.map_or(Value::Absent, |p| value(region, p));
    keys.extend([
        (
            "s3:dataaccesspointarn",
            of(|region, p| one(point_resource(region, (p.account, p.name), "", ""))),
        ),
        ("s3:dataaccesspointaccount", of(|_, p| one(p.account))),
        (
            "s3:accesspointnetworkorigin",
            of(|_, p| match p.of_vpc {
                Some(true) => one("VPC"),
                Some(false) => one("Internet"),
                None => Value::Unknown,
            }),
        ),
    ]);
}

/// The words for a component whose AWS id the input may not say.
fn words(
    network: &Network,
    prefix: &str,
    name: &str,
    full: Option<String>,
    id: Option<&String>,
) -> Value {
    let mut all = vec![full.unwrap_or_else(|| name.to_owned())];
    match id {
        Some(id) => all.push(id.clone()),
        None if network.world == World::Open || name.starts_with(prefix) => {
            all.push(name.to_owned());
        }
        None => all.push(format!("{prefix}{ANY}")),
    }
    Value::Is(all)
}

fn of_caller(network: &Network, caller: &Caller, keys: &mut Vec<(&'static str, Value)>) {
    let (arn, account, organization) = match caller {
        Caller::Anonymous => (Value::Absent, Value::Absent, Value::Absent),
        Caller::Principal(arn, account) => {
            let declared = network.principals.iter().find(|(_, p)| p.arn == *arn);
            let stated = declared.map(|(_, p)| match &p.organization {
                Some(own) => one(own.clone()),
                None => match network.organization(&p.account) {
                    Some(own) => one(own),
                    None => Value::Absent,
                },
            });
            let by_account = || {
                account
                    .as_ref()
                    .map_or(Value::Unknown, |a| organization(network, a))
            };
            (
                one(arn.clone()),
                account.clone().map_or(Value::Unknown, one),
                stated.unwrap_or_else(by_account),
            )
        }
    };
    keys.extend([
        ("aws:principalarn", arn),
        ("aws:principalaccount", account),
        ("aws:principalorgid", organization),
    ]);
}

/// The organization of an account; one that the input does not mention may be in any.
fn organization(network: &Network, account: &str) -> Value {
    network.organization(account).map_or(Value::Unknown, one)
}

fn of_resource(
    network: &Network,
    arn: &str,
    account: Option<&str>,
    keys: &mut Vec<(&'static str, Value)>,
) {
    let owner = account.map_or(Value::Unknown, one);
    let s3 = arn.split(':').nth(2) == Some("s3");
    keys.extend([
        ("aws:resourceaccount", owner.clone()),
        (
            "aws:resourceorgid",
            account.map_or(Value::Unknown, |a| organization(network, a)),
        ),
        (
            "s3:resourceaccount",
            if s3 { owner } else { Value::Unknown },
        ),
    ]);
}
