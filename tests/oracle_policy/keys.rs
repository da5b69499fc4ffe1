//! The keys of a request by its path, and what conditions make of them.

use super::statement::{and, like, or};
use super::*;
use ipnet::IpNet;

/// A key of a request.
enum Key {
    Is(String),
    /// There, and nobody says what it is.
    Something,
    /// The ARN of somebody of this account.
    SomebodyOf(String),
    Absent,
    /// Nobody says whether it is there.
    Perhaps,
}

impl Asked<'_> {
    /// What is set where: by an endpoint the endpoint, its VPC and the client's own address; over a
    /// public path the address that the service sees.
    fn key(&self, caller: &Caller<'_>, name: &str) -> Key {
        let by = self.way.ok().map(|e| &self.net.endpoints[e]);
        let vpc = by.map(|e| &self.net.vpcs[e.vpc.id().unwrap()]);
        let id = |told: &Option<String>| told.clone().map_or(Key::Something, Key::Is);
        let perhaps = |told: Option<String>| match (told, caller.anonymous) {
            (_, true) => Key::Absent,
            (Some(told), _) => Key::Is(told),
            (None, _) => Key::Perhaps,
        };
        let of_point = |told: &dyn Fn(&AccessPoint) -> String| {
            self.access_point.map_or(Key::Absent, |p| Key::Is(told(p)))
        };
        match name.to_lowercase().as_str() {
            "aws:sourcevpce" => by.map_or(Key::Absent, |e| id(&e.id)),
            "aws:sourcevpc" => vpc.map_or(Key::Absent, |v| id(&v.id)),
            "aws:vpceaccount" => vpc.map_or(Key::Absent, |v| Key::Is(v.account.clone())),
            "aws:vpcsourceip" => by.map_or(Key::Absent, |_| Key::Is(self.from.to_string())),
            "aws:sourceip" => self
                .way
                .err()
                .map_or(Key::Absent, |ip| Key::Is(ip.to_string())),
            "aws:principalarn" => match (&caller.arn, caller.account) {
                (None, Some(account)) => Key::SomebodyOf(account.to_owned()),
                _ => perhaps(caller.arn.clone()),
            },
            "aws:principalaccount" => perhaps(caller.account.map(str::to_owned)),
            "aws:principalorgid" => match caller.organization {
                Some(Some(told)) => Key::Is(told.to_owned()),
                Some(None) => Key::Absent,
                None => Key::Perhaps,
            },
            // A key of S3 in a request to another service: no page says.
            "s3:resourceaccount" if !self.action.starts_with("s3:") => Key::Perhaps,
            "aws:resourceaccount" | "s3:resourceaccount" => Key::Is(self.owner.to_owned()),
            // What came by no access point has none of these.
            "s3:dataaccesspointarn" => of_point(&|p| {
                let (account, name) = (&p.account, &p.name);
                format!("arn:aws:s3:us-east-1:{account}:accesspoint/{name}")
            }),
            "s3:dataaccesspointaccount" => of_point(&|p| p.account.clone()),
            "s3:accesspointnetworkorigin" => of_point(&|p| {
                let origin = ["Internet", "VPC"][usize::from(!p.vpcs.is_empty())];
                origin.to_owned()
            }),
            "aws:viaawsservice" | "aws:principalisawsservice" => Key::Is("false".to_owned()),
            "aws:securetransport" => Key::Is("true".to_owned()),
            _ => Key::Perhaps,
        }
    }

    /// Whether a condition holds: one of its values must fit, of a negated operator none may. A key
    /// that is not there fails what is positive and passes what is negated.
    pub(super) fn holds(&self, caller: &Caller<'_>, condition: &Condition) -> Truth {
        let key = self.key(caller, &condition.key);
        let state = match key {
            Key::Absent => "absent",
            Key::Is(_) => "there",
            _ => "unknown",
        };
        let holds = self.holds_of(key, condition);
        let so = holds.map_or("perhaps", |so| if so { "yes" } else { "no" });
        self.met(format!("{}, {state}: {so}", condition.operator.text));
        self.met(format!("{}, {state}", condition.key.to_lowercase()));
        holds
    }

    fn holds_of(&self, key: Key, condition: &Condition) -> Truth {
        let operator = &condition.operator;
        if operator.test == Test::Null {
            let absent = match key {
                Key::Is(_) | Key::Something | Key::SomebodyOf(_) => Some(false),
                Key::Absent => Some(true),
                Key::Perhaps => None,
            };
            let wanted = condition.values.iter().any(|(v, _)| v == "true");
            return absent.map(|so| so == wanted);
        }
        let if_absent = match () {
            () if operator.any_value => false,
            () => operator.all_values || operator.if_exists || operator.negated,
        };
        match key {
            Key::Absent => Some(if_absent),
            Key::Something | Key::Perhaps => None,
            // Nobody of one account is somebody of another.
            Key::SomebodyOf(own) => {
                let other = |arn: &str| arn.split(':').nth(4).is_some_and(|a| a != own && a != "*");
                let others = condition.values.iter().all(|(v, _)| other(v));
                others.then_some(operator.negated)
            }
            Key::Is(value) => {
                let each = condition
                    .values
                    .iter()
                    .map(|(v, _)| fits(operator.test, v, &value));
                let one = each.fold(Some(false), or);
                and(one.map(|so| so != operator.negated), Some(true))
            }
        }
    }
}

fn fits(test: Test, wanted: &str, value: &str) -> Truth {
    Some(match test {
        Test::Equals => wanted == value,
        Test::EqualsIgnoreCase => wanted.eq_ignore_ascii_case(value),
        Test::Like => like(wanted, value),
        // Each part of the ARN on its own.
        Test::Arn => {
            let parts = |arn: &str| Vec::from_iter(arn.splitn(6, ':').map(str::to_owned));
            let (wanted, value) = (parts(wanted), parts(value));
            wanted.len() == value.len() && wanted.iter().zip(&value).all(|(w, v)| like(w, v))
        }
        Test::Ip => {
            let ip: IpAddr = value.parse().unwrap();
            let block = wanted
                .parse::<IpNet>()
                .or_else(|_| wanted.parse().map(|ip: IpAddr| ip.into()));
            block.unwrap().contains(&ip)
        }
        Test::Bool => wanted.eq_ignore_ascii_case(value),
        Test::Null | Test::NotModelled => return None,
    })
}
