//! A second reading of what policies say of a request, written from AWS's pages and not from the
//! program, to be compared with it. It shares nothing with the program but the nouns.
//!
//! What the input does not tell may be one way or the other, each time it is met: whatever can come
//! of that is what the reading says.

mod keys;
mod statement;

use reachability::model::*;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// A request: who asks whom for what, and how it gets there.
pub(crate) struct Asked<'a> {
    pub(crate) net: &'a Network,
    /// The account of the network that it comes from.
    pub(crate) home: &'a str,
    pub(crate) from: IpAddr,
    /// The endpoint that it passes, or the public address that the service sees.
    pub(crate) way: Result<Id<VpcEndpoint>, Ipv4Addr>,
    pub(crate) principal: Option<&'a str>,
    pub(crate) action: &'a str,
    /// The ARN.
    pub(crate) resource: &'a str,
    /// Whose it is, and its policy.
    pub(crate) owner: &'a str,
    pub(crate) policy: Option<&'a Ref<Policy>>,
    /// The access point by whose name it is asked for.
    pub(crate) access_point: Option<&'a AccessPoint>,
    /// What was met on the way, for the counts.
    pub(crate) met: RefCell<BTreeSet<String>>,
}

/// What may come of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gate {
    Allowed,
    /// A statement refuses: whose, and which.
    Denied(String, String),
    /// Nobody of these allows.
    NotAllowed(String),
}

/// Whether something holds; what is not known may.
type Truth = Option<bool>;

const ENDPOINT: &str = "ENDPOINT";
const RESOURCE: &str = "RESOURCE";
const IDENTITY: &str = "IDENTITY";
/// What a VPC's access point says to others.
const POINT: &str = "ACCESS";

/// Whether a policy denies or allows: for certain, perhaps, or not at all.
#[derive(Default)]
struct Says {
    /// The statements that deny, and whether each does so for certain.
    denies: Vec<(String, bool)>,
    allows: Level,
    /// The same, without what an account is allowed as a whole.
    allows_by_name: Level,
}

#[derive(Clone, Copy, Default, PartialEq, PartialOrd)]
enum Level {
    #[default]
    No,
    Perhaps,
    Yes,
}

/// Everything that may come of a request by an access point's name: one made for a VPC takes what comes
/// by an endpoint of that VPC; and both it and the bucket behind it must permit the request.
pub(crate) fn by_access_point(of_point: &Asked<'_>, of_bucket: &Asked<'_>) -> BTreeSet<Gate> {
    let vpcs = &of_point.access_point.unwrap().vpcs;
    let by = of_point.way.ok().map(|e| &of_point.net.endpoints[e].vpc);
    let own = by.is_some_and(|vpc| vpcs.iter().any(|v| v.id() == vpc.id()));
    if !vpcs.is_empty() && !own {
        of_point.met("an access point of another VPC");
        return BTreeSet::from([Gate::NotAllowed(POINT.to_owned())]);
    }
    of_point.met(match vpcs.is_empty() {
        true => "an access point of the internet",
        false => "an access point of its VPC",
    });
    let (first, then) = (gate(of_point), gate(of_bucket));
    let both = first.contains(&Gate::Allowed) && then.contains(&Gate::Allowed);
    let mut may: BTreeSet<_> = first.into_iter().chain(then).collect();
    if !both {
        may.remove(&Gate::Allowed);
    }
    may
}

/// Everything that may come of it.
pub(crate) fn gate(asked: &Asked<'_>) -> BTreeSet<Gate> {
    let caller = asked.caller();
    let endpoint = asked.way.ok().map(|e| &asked.net.endpoints[e]);
    let gateway = endpoint.is_some_and(|e| matches!(e.kind, EndpointKind::Gateway(_)));
    let full = |policy: Option<&Ref<Policy>>| policy.and_then(Ref::id);
    let of_endpoint = full(endpoint.and_then(|e| e.policy.as_ref()));
    let of_resource = full(asked.policy);
    let of_identity = full(caller.policy);
    let says = |policy: Option<Id<Policy>>, gateway, owned| {
        policy.map(|p| asked.says(&caller, &asked.net.policies[p], gateway, owned))
    };
    let of_endpoint = says(of_endpoint, gateway, true);
    let of_resource = says(of_resource, false, true);
    let of_identity = says(of_identity, false, false);

    let mut may = BTreeSet::new();
    let all = [
        (ENDPOINT, &of_endpoint),
        (RESOURCE, &of_resource),
        (IDENTITY, &of_identity),
    ];
    for (owner, says) in all {
        for (label, _) in says.iter().flat_map(|s| &s.denies) {
            may.insert(Gate::Denied(owner.to_owned(), label.clone()));
        }
    }
    let mut denies = all
        .iter()
        .filter_map(|(_, says)| says.as_ref())
        .flat_map(|s| &s.denies);
    if denies.any(|(_, certain)| *certain) {
        return may;
    }
    // Who is not given a policy of his own is taken to be allowed; who has no name has none.
    let own = of_identity.as_ref().map_or(Level::Yes, |s| s.allows);
    let own = if caller.anonymous { Level::No } else { own };
    let theirs = of_resource.as_ref().map_or(Level::No, |s| s.allows);
    let by_name = of_resource.as_ref().map_or(Level::No, |s| s.allows_by_name);
    let first = of_endpoint.as_ref().map_or(Level::Yes, |s| s.allows);
    if first < Level::Yes {
        may.insert(Gate::NotAllowed(ENDPOINT.to_owned()));
    }
    if first == Level::No {
        return may;
    }
    let same = caller.account.is_some_and(|a| a == asked.owner);
    asked.met(match (caller.anonymous, same) {
        (true, _) => "nobody asks",
        (_, true) => "within an account",
        _ => "across accounts",
    });
    let needed = match (caller.anonymous, same) {
        // Either of them: the caller's own, or the owner's that means the caller himself.
        (false, true) if own >= by_name => vec![(IDENTITY, own)],
        (false, true) => vec![(IDENTITY, by_name)],
        (true, _) => vec![(RESOURCE, theirs)],
        // Both.
        (false, false) => vec![(RESOURCE, theirs), (IDENTITY, own)],
    };
    for (owner, level) in needed {
        if level < Level::Yes {
            may.insert(Gate::NotAllowed(owner.to_owned()));
        }
        if level == Level::No {
            return may;
        }
    }
    may.insert(Gate::Allowed);
    may
}

/// Who asks, as far as it is known.
struct Caller<'a> {
    /// Of a role, whatever its session.
    arn: Option<String>,
    account: Option<&'a str>,
    anonymous: bool,
    /// Its organization, if it is known whether it has one.
    organization: Option<Option<&'a str>>,
    policy: Option<&'a Ref<Policy>>,
}

impl<'a> Asked<'a> {
    fn met(&self, what: impl Into<String>) {
        self.met.borrow_mut().insert(what.into());
    }

    fn caller(&self) -> Caller<'a> {
        let net = self.net;
        let mut caller = Caller {
            arn: None,
            account: Some(self.home),
            anonymous: self.principal == Some("anonymous"),
            organization: None,
            policy: None,
        };
        let Some(words) = self.principal.filter(|_| !caller.anonymous) else {
            if caller.anonymous {
                (caller.account, caller.organization) = (None, Some(None));
            } else {
                caller.organization = net.organization(self.home).map(Some);
            }
            return caller;
        };
        let session = words.strip_prefix("arn:aws:sts::").and_then(|rest| {
            let (account, session) = rest.split_once(":assumed-role/")?;
            let (role, _) = session.split_once('/')?;
            Some(format!("arn:aws:iam::{account}:role/{role}"))
        });
        let arn = session.unwrap_or(words.to_owned());
        let mut known = net.principals.iter().map(|(_, p)| p);
        if let Some(own) = known.find(|p| p.name == words || p.arn == arn) {
            let of = own
                .organization
                .as_deref()
                .or(net.organization(&own.account));
            caller.arn = Some(own.arn.clone());
            caller.account = Some(&own.account);
            caller.organization = Some(of);
            caller.policy = own.policy.as_ref();
            return caller;
        }
        caller.account = words.split(':').nth(4);
        caller.organization = caller.account.and_then(|a| net.organization(a)).map(Some);
        caller.arn = Some(arn);
        caller
    }
}
