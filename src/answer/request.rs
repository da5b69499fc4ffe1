//! The request that a destination's words make: `s3://bucket/key?action=s3:PutObject&principal=app`.

use super::question::{From, Target};
use crate::aws::policy::{
    self, Caller, point_host, point_resource, s3_address, s3_own_address, s3_resource,
    table_resource,
};
use crate::diagnostic::near;
use crate::model::Network;

/// What is asked of a service, as far as the words say; the rest is the service's usual.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// e.g. `s3:GetObject`.
    pub action: Option<String>,
    /// An ARN.
    pub resource: Option<String>,
    /// Who asks, if the words name somebody.
    pub caller: Option<Caller>,
    /// Whether the connection is encrypted.
    pub secure: bool,
}

/// The words behind the `?`.
#[derive(Default)]
pub(super) struct Words<'a> {
    action: Option<&'a str>,
    principal: Option<&'a str>,
    resource: Option<&'a str>,
}

impl Words<'_> {
    fn none(&self) -> bool {
        self.action.is_none() && self.principal.is_none() && self.resource.is_none()
    }
}

/// The destination without its request, and the request's words.
pub(super) fn split(text: &str) -> Result<(&str, Words<'_>), String> {
    let mut words = Words::default();
    let Some((front, query)) = text.split_once('?') else {
        return Ok((text, words));
    };
    let web = front.starts_with("https://") || front.starts_with("http://");
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let word = match key {
            "action" => &mut words.action,
            "principal" => &mut words.principal,
            "resource" => &mut words.resource,
            // A web address has a query of its own.
            _ if web => continue,
            _ => {
                let known = ["action", "principal", "resource"];
                let hint =
                    near(key, known).map_or(String::new(), |n| format!("did you mean `{n}`? "));
                return Err(format!(
                    "`{key}` is no part of a request: {hint}write `?action=…&principal=…&resource=…`"
                ));
            }
        };
        if value.is_empty() {
            return Err(format!("`{key}` is empty: write `?{key}=…`"));
        }
        if let Some(before) = word.replace(value) {
            return Err(format!(
                "the request has two of `{key}`, `{before}` and `{value}`: ask for one at a time"
            ));
        }
    }
    Ok((front, words))
}

/// The request; none where the words ask for a connection only.
pub(super) fn wanted(
    network: &Network,
    text: &str,
    words: &Words<'_>,
    target: &Target,
) -> Result<Option<Wanted>, String> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let owner = target.name.as_deref().and_then(|n| network.owner_of(n));
    let asks = match scheme {
        Some("s3" | "dynamodb" | "https" | "http" | "endpoint") => true,
        Some(_) => false,
        None => owner.is_some(),
    };
    if !asks && words.none() {
        return Ok(None);
    }
    if !asks {
        return Err(format!(
            "`{text}` asks for a connection, which has no action and no principal: \
             name a service, e.g. `s3://bucket/key`"
        ));
    }
    if let Some(action) = words.action.filter(|a| !a.contains(':')) {
        return Err(format!(
            "`{action}` names no service: write e.g. `s3:{action}`"
        ));
    }
    let caller = words
        .principal
        .map(|name| named(network, name))
        .transpose()?;
    let region = owner.as_ref().map_or(network.region.as_str(), |(r, _)| r);
    let mut action = words.action.map(str::to_owned);
    let resource = match (words.resource, scheme, &owner) {
        (Some(arn), ..) => Some(arn.to_owned()),
        (None, Some("s3"), _) => {
            let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
            on_bucket(region, bucket, key, &mut action)
        }
        (None, Some("dynamodb"), _) => {
            let table = rest.split('/').next().unwrap_or_default();
            let own = action.get_or_insert_with(|| "dynamodb:GetItem".to_owned());
            let at_all = own.eq_ignore_ascii_case("dynamodb:ListTables");
            let mut declared = network.dynamodb_tables.iter();
            let declared = declared.find(|(_, t)| t.name == table);
            let account = declared.map(|(_, t)| t.account.as_str());
            (!at_all).then(|| table_resource(region, account, table))
        }
        (None, Some("https" | "http"), owner) => {
            let path = rest
                .find('/')
                .and_then(|at| rest.get(at..))
                .unwrap_or_default();
            let name = target.name.as_deref().unwrap_or_default();
            let point = point_host(name).map(|point| {
                let action = action.get_or_insert_with(|| "s3:GetObject".to_owned());
                point_resource(region, point, path.trim_start_matches('/'), action)
            });
            let address = match owner {
                Some((_, service)) if service.name.starts_with("s3") => s3_address(name, path),
                Some(_) => None,
                None => s3_own_address(name, path),
            };
            point.or_else(|| address.and_then(|(b, k)| on_bucket(region, b, k, &mut action)))
        }
        (None, ..) => None,
    };
    Ok(Some(Wanted {
        action,
        resource,
        caller,
        secure: scheme != Some("http"),
    }))
}

/// What is asked of a bucket: an object, unless the action says otherwise; none if it is about
/// neither.
fn on_bucket(region: &str, bucket: &str, key: &str, action: &mut Option<String>) -> Option<String> {
    let action = action.get_or_insert_with(|| "s3:GetObject".to_owned());
    policy::about_bucket(action).then(|| s3_resource(region, bucket, key, action))
}

/// Who asks where the words name nobody: some principal of the account that the source is in.
pub(super) fn unnamed(network: &Network, from: From) -> Caller {
    let vpc = from.vpc(network).map(|v| &network.vpcs[v]);
    let region = vpc.map_or(network.region.as_str(), |v| &v.region);
    Caller::of_account(region, vpc.map(|v| v.account.as_str()))
}

/// A declared principal, an ARN, an account, or `anonymous`.
fn named(network: &Network, name: &str) -> Result<Caller, String> {
    if name == "anonymous" {
        return Ok(Caller::Anonymous);
    }
    if let Some((_, p)) = network.principals.iter().find(|(_, p)| p.name == name) {
        return Ok(Caller::Principal(p.arn.clone(), Some(p.account.clone())));
    }
    if name.len() == 12 && name.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Caller::of_account(&network.region, Some(name)));
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    if let ["arn", partition, service, _, account, what] = parts.as_slice() {
        // A session is its role (`/IAM/latest/UserGuide/reference_policies_condition-keys.html`).
        let role = what
            .strip_prefix("assumed-role/")
            .and_then(|r| r.split('/').next());
        let arn = match (*service, role) {
            ("sts", Some(role)) => format!("arn:{partition}:iam::{account}:role/{role}"),
            _ => name.to_owned(),
        };
        return Ok(Caller::Principal(arn, Some((*account).to_owned())));
    }
    let known: Vec<&str> = network
        .principals
        .iter()
        .map(|(_, p)| p.name.as_str())
        .collect();
    let hint = match near(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name one of `principals`, an ARN, an account, or `anonymous`".to_owned(),
    };
    Err(format!("no principal is called `{name}`: {hint}"))
}
