//! What to say of a destination whose words mean nothing: what was perhaps meant.

use super::lookup::{meant, names};
use crate::diagnostic::near;
use crate::model::{Network, catalog};
use std::net::Ipv6Addr;

/// What a destination may begin with.
const SCHEMES: &[&str] = &[
    "https", "tcp", "udp", "icmp", "s3", "dynamodb", "endpoint", "needs",
];

/// What the console calls a service whose short name is another.
const ALSO_CALLED: &[(&str, &str)] = &[
    ("cloudwatch", "monitoring"),
    ("cloudwatch-logs", "logs"),
    ("cloudwatchlogs", "logs"),
    ("ddb", "dynamodb"),
    ("efs", "elasticfilesystem"),
    ("elb", "elasticloadbalancing"),
    ("eventbridge", "events"),
    ("secrets", "secretsmanager"),
    ("secrets-manager", "secretsmanager"),
    ("stepfunctions", "states"),
    ("systems-manager", "ssm"),
];

/// No noun of the input.
pub(super) fn noun(network: &Network, text: &str) -> String {
    let names = names(network);
    match meant(&names, text) {
        _ if text.is_empty() => empty(),
        Some(near) => format!("nothing in the input is called `{text}`: did you mean `{near}`?"),
        None if text.parse::<ipnet::IpNet>().is_ok() => {
            format!(
                "`{text}` is a block: a destination is one address, such as `tcp://10.0.0.1:443`"
            )
        }
        None => format!("nothing in the input is called `{text}`"),
    }
}

/// Neither a noun of the input nor a service of AWS.
pub(super) fn service(network: &Network, text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let services = || catalog::SERVICES.iter().map(|s| s.name);
    let names = names(network);
    let called = ALSO_CALLED.iter().find(|(word, _)| *word == lower);
    let near = called
        .map(|(_, name)| *name)
        .or_else(|| services().find(|s| *s == lower))
        .or_else(|| meant(&names, text))
        .or_else(|| near(text, services()));
    let help = near.map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    format!("nothing in the input, and no AWS service, is called `{text}`{help}")
}

/// Words whose form already says what they are, and how a destination says it.
pub(super) fn form(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(empty());
    }
    if let Some(write) = arn(text) {
        return Some(format!("`{text}` is an ARN: write `{write}`"));
    }
    if let Some((scheme, rest)) = text.split_once(':')
        && SCHEMES.contains(&scheme)
    {
        return Some(format!("`{text}` has no `//`: write `{scheme}://{rest}`"));
    }
    let (_, service) = text.strip_prefix("com.amazonaws.")?.split_once('.')?;
    let known = catalog::service(service)?.name;
    Some(format!(
        "`{text}` is how an endpoint calls its service: write `{known}`"
    ))
}

/// How a destination says what an ARN is of.
fn arn(text: &str) -> Option<String> {
    let mut parts = text.strip_prefix("arn:")?.splitn(5, ':').skip(1);
    let (service, region, account, what) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let point = what.strip_prefix("accesspoint").and_then(|w| w.get(1..));
    Some(match (service, point, what.strip_prefix("table/")) {
        ("s3", Some(point), _) => {
            let (name, key) = point.split_once('/').unwrap_or((point, ""));
            format!("https://{name}-{account}.s3-accesspoint.{region}.amazonaws.com/{key}")
        }
        ("s3", ..) => format!("s3://{what}"),
        ("dynamodb", _, Some(table)) => format!("dynamodb://{table}"),
        _ => service.to_owned(),
    })
}

/// A scheme that there is not.
pub(super) fn scheme(scheme: &str) -> String {
    let help = match near(scheme, SCHEMES.iter().copied()) {
        Some(near) => format!("did you mean `{near}://`?"),
        None => {
            let all: Vec<String> = SCHEMES.iter().map(|s| format!("`{s}://`")).collect();
            let (last, others) = all.split_last().map_or(("", &[][..]), |(l, o)| (l, o));
            format!("write {} or {last}", others.join(", "))
        }
    };
    format!("`{scheme}://` is not a scheme this program dials: {help}")
}

/// No port, where one is needed.
pub(super) fn port(to: &str) -> String {
    let (scheme, bare) = to.split_once("://").unwrap_or(("tcp", to));
    if bare.parse::<Ipv6Addr>().is_err() {
        return format!("`{to}` names no port: write e.g. `{scheme}://{bare}:443`, or give a port");
    }
    // What ends in a colon and digits is an address too: its last digits may be meant as a port.
    let inside = bare
        .rsplit_once(':')
        .filter(|(host, port)| host.parse::<Ipv6Addr>().is_ok() && port.parse::<u16>().is_ok());
    let write = match inside {
        Some((host, port)) => format!("{scheme}://[{host}]:{port}` or `{scheme}://[{bare}]:443"),
        None => format!("{scheme}://[{bare}]:443"),
    };
    format!("`{to}` names no port: write e.g. `{write}`, or give a port")
}

/// Why nothing is called so: names of buckets and tables have few letters besides the plain ones
/// (`/AmazonS3/latest/userguide/bucketnamingrules.html`,
/// `/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html`).
pub(super) fn resource(scheme: &str, what: &str, rest: &str) -> Option<String> {
    if let Some(write) = arn(rest) {
        return Some(format!("`{rest}` is an ARN: write `{write}`"));
    }
    let name = rest.split('/').next().unwrap_or_default();
    if name.is_empty() {
        return Some(format!(
            "`{scheme}://` names no {what}: write `{scheme}://{what}`, or `{scheme}` for the service"
        ));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let other = name.chars().find(|c| !fits(*c))?;
    Some(match (other, name.split_once(':')) {
        (':', Some((before, _))) => {
            format!("a {what} has no port: write `{scheme}://{before}`")
        }
        _ => format!("no {what} is called `{name}`: `{other}` is in no such name"),
    })
}

/// What to say of a name that no host asks anybody for (RFC 6761, section 6.3).
#[must_use]
pub fn localhost(name: &str) -> Option<String> {
    let own = name == "localhost" || name.ends_with(".localhost");
    own.then(|| itself(name))
}

/// What never leaves the host that asks.
pub(super) fn itself(host: &str) -> String {
    format!("`{host}` is the asking host itself: nothing leaves it")
}

pub(super) fn empty() -> String {
    "the destination is empty".to_owned()
}
