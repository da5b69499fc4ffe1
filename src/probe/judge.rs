//! What an observation amounts to: a word, and a finding for each thing that is amiss.

use super::known::{Class, Known};
use super::observation::{
    Asked, Attempt, Connect, Fault, Handshake, Http, Lookup, LookupOutcome, Observation,
};
use super::target::Target;
use super::{Scheme, advice};
use crate::code::Code;
use serde::Serialize;
use std::net::IpAddr;

/// How a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// At every address that this machine can send to.
    Reachable,
    /// At some of its addresses.
    Partly,
    /// At none.
    NotReachable,
    /// Nobody can say: what was sent is not answered by everybody who is there.
    NotObservable,
    /// This machine does not let us try.
    NotPermitted,
    /// The run was stopped before.
    NotTried,
}

/// A thing to say of an observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The stable reason.
    #[serde(serialize_with = "name")]
    pub code: Code,
    /// Of whom: an address, or a name server.
    pub about: String,
    /// What was seen, in a sentence.
    pub says: String,
    /// What explains it, and what to do next; the likeliest first.
    pub advice: Vec<String>,
    /// Whether it keeps the target from being reached there.
    pub stops: bool,
}

/// What an observation amounts to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// In a word.
    pub word: Word,
    /// What is amiss, names first, in the order of the observation.
    pub findings: Vec<Finding>,
}

impl Word {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Word::Reachable => "reachable",
            Word::Partly => "partly reachable",
            Word::NotReachable => "not reachable",
            Word::NotObservable => "not observable",
            Word::NotPermitted => "not permitted",
            Word::NotTried => "not tried",
        }
    }
}

fn name<S: serde::Serializer>(code: &Code, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(code.name())
}

/// Judges an observation of a target.
#[must_use]
pub fn judge(target: &Target, seen: &Observation, known: &Known) -> Judgement {
    let mut findings = names(seen, known);
    let mut tries: Vec<How> = Vec::new();
    for attempt in &seen.attempts {
        let class = known.class(attempt.address);
        let (how, found) = connection(target, attempt, &class);
        tries.push(how);
        findings.extend(found);
    }
    let word = word(seen, &tries);
    // Nothing else keeps it from being reached.
    if word == Word::NotReachable {
        for finding in &mut findings {
            finding.stops |= finding.code == Code::NO_LOCAL_ADDRESS_OF_FAMILY;
        }
    }
    if matches!(word, Word::Reachable | Word::Partly) {
        findings.extend(path(seen, known));
    }
    Judgement { word, findings }
}

/// How one address is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Reached,
    Not,
    Nobody,
    NoFamily,
    NotPermitted,
    NotTried,
}

/// Addresses of a family that this machine does not have are no failure beside others. What was not
/// tried leaves the word open, unless it is said already: some were reached and some were not.
fn word(seen: &Observation, tries: &[How]) -> Word {
    let any = |how| tries.contains(&how);
    let reached = any(How::Reached);
    let failed = any(How::Not) || (any(How::NoFamily) && !reached);
    match (reached, failed || any(How::Nobody)) {
        (true, true) => Word::Partly,
        _ if any(How::NotTried) || (seen.interrupted && tries.is_empty()) => Word::NotTried,
        (true, false) => Word::Reachable,
        (false, _) if failed => Word::NotReachable,
        (false, _) if any(How::Nobody) => Word::NotObservable,
        (false, _) if any(How::NotPermitted) => Word::NotPermitted,
        (false, _) => Word::NotReachable,
    }
}

/// What is to be said of the questions for the name.
fn names(seen: &Observation, known: &Known) -> Vec<Finding> {
    let answered = seen.lookups.iter().any(|l| !l.records.is_empty());
    let mut out: Vec<Finding> = Vec::new();
    for lookup in &seen.lookups {
        let Some((code, says)) = unanswered(lookup, seen) else {
            continue;
        };
        let said = |f: &Finding| f.code == code && f.about == who(&lookup.asked);
        if usual(code, lookup, seen) || out.iter().any(said) {
            continue;
        }
        out.push(Finding {
            code,
            about: who(&lookup.asked),
            says,
            advice: advice::of_name(code, lookup),
            stops: !answered,
        });
    }
    out.extend(disagreement(seen, known));
    out
}

/// A name of the search list that does not exist, a family that a name has no address of: usual,
/// where the same server, or file, gave addresses; of the other family, or did not answer for it.
fn usual(code: Code, lookup: &Lookup, seen: &Observation) -> bool {
    let mut same = seen.lookups.iter().filter(|l| l.asked == lookup.asked);
    match code {
        Code::NAME_NOT_FOUND => same.any(|l| !l.records.is_empty()),
        Code::NAME_WITHOUT_ADDRESS => same.any(|l| {
            let empty = matches!(l.outcome, LookupOutcome::NoData | LookupOutcome::NxDomain);
            !l.records.is_empty() || (l.name == lookup.name && !empty)
        }),
        _ => false,
    }
}

/// Why a question brought no address.
fn unanswered(lookup: &Lookup, seen: &Observation) -> Option<(Code, String)> {
    let (name, who) = (&lookup.name, who(&lookup.asked));
    let other = |l: &Lookup| (&l.asked, &l.name) == (&lookup.asked, name) && l.kind != lookup.kind;
    let addresses = match lookup.kind.as_str() {
        _ if seen.lookups.iter().any(other) => "address",
        "AAAA" => "IPv6 address",
        _ => "IPv4 address",
    };
    let found = match &lookup.outcome {
        LookupOutcome::Answered => return None,
        LookupOutcome::NxDomain => (
            Code::NAME_NOT_FOUND,
            format!("{who} says that `{name}` does not exist (NXDOMAIN)"),
        ),
        LookupOutcome::NoData => (
            Code::NAME_WITHOUT_ADDRESS,
            format!("{who} has no {addresses} of `{name}`"),
        ),
        LookupOutcome::Refused => (
            Code::NAME_SERVER_REFUSES,
            format!("{who} refuses to answer for `{name}` (REFUSED)"),
        ),
        LookupOutcome::Failed(word) => (
            Code::NAME_SERVER_FAILS,
            format!("{who} answers {word} for `{name}`"),
        ),
        LookupOutcome::Broken(why) if lookup.asked == Asked::Nobody => (
            Code::NO_NAME_SERVER,
            format!("nobody can be asked for `{name}`: {why}"),
        ),
        LookupOutcome::Broken(why) => (
            Code::NAME_SERVER_FAILS,
            format!("{who} does not answer for `{name}` as a name server does: {why}"),
        ),
        LookupOutcome::BadName(why) => (
            Code::NAME_NOT_FOUND,
            format!("`{name}` is no name that can be asked for: {why}"),
        ),
        LookupOutcome::TimedOut => (
            Code::NAME_SERVER_SILENT,
            format!("{who} does not answer for `{name}` in time"),
        ),
        LookupOutcome::Unreachable(why) => (
            Code::NAME_SERVER_SILENT,
            format!("{who} cannot be reached: {why}"),
        ),
    };
    Some(found)
}

/// Who is asked, in words.
#[must_use]
pub fn who(asked: &Asked) -> String {
    match asked {
        Asked::Hosts { path, line } => format!("{path} line {line}"),
        Asked::System(server) | Asked::Named(server) if server.port() == 53 => {
            format!("name server {}", server.ip())
        }
        Asked::System(server) | Asked::Named(server) => format!("name server {server}"),
        Asked::Nobody => "nobody".to_owned(),
    }
}

/// One server answers with private addresses, another with public ones.
fn disagreement(seen: &Observation, known: &Known) -> Option<Finding> {
    let first_is = |l: &Lookup, is: fn(&Class) -> bool| {
        let first = l.addresses().next();
        first.is_some_and(|a| is(&known.class(a)))
    };
    let of = |is| seen.lookups.iter().filter(move |l| first_is(l, is));
    let pairs = of(Class::is_private).flat_map(|l| of(Class::is_public).map(move |o| (l, o)));
    let mut pairs = pairs.filter(|(l, o)| l.asked != o.asked && l.kind == o.kind);
    let (inside, outside) = pairs.next()?;
    let first = |l: &Lookup| {
        l.addresses()
            .next()
            .map_or(String::new(), |a| a.to_string())
    };
    Some(Finding {
        code: Code::NAME_SERVERS_DISAGREE,
        about: who(&outside.asked),
        says: format!(
            "{} answers {}, {} answers {}",
            who(&inside.asked),
            first(inside),
            who(&outside.asked),
            first(outside)
        ),
        advice: advice::of_name(Code::NAME_SERVERS_DISAGREE, outside),
        stops: false,
    })
}

/// How an address is, and what is amiss there.
fn connection(target: &Target, attempt: &Attempt, class: &Class) -> (How, Vec<Finding>) {
    let at = place(attempt.address, attempt.port);
    let finding = |code, says: String, stops| Finding {
        code,
        about: at.clone(),
        says,
        advice: advice::of_connection(code, target, attempt, class),
        stops,
    };
    let (how, code, says) = match &attempt.connect {
        Connect::Open => return spoken(target, attempt, &finding),
        Connect::NotTried => return (How::NotTried, Vec::new()),
        Connect::Refused => (
            How::Not,
            Code::CONNECTION_REFUSED,
            format!("{at} refuses: nobody listens there"),
        ),
        Connect::TimedOut => (
            How::Not,
            Code::CONNECTION_TIMED_OUT,
            format!("no answer from {at} within {}", time(attempt.took)),
        ),
        Connect::NoAnswer => (
            match target.scheme {
                Scheme::Icmp => How::Not,
                _ => How::Nobody,
            },
            Code::NO_ANSWER,
            format!("no answer from {at} within {}", time(attempt.took)),
        ),
        Connect::Unreachable(why) => (
            How::Not,
            Code::HOST_UNREACHABLE,
            format!("{at} is unreachable: {why}"),
        ),
        Connect::NoFamily => (
            How::NoFamily,
            Code::NO_LOCAL_ADDRESS_OF_FAMILY,
            format!(
                "{at} was not tried: this machine has no {} address",
                family(attempt.address)
            ),
        ),
        Connect::NotPermitted(why) => (
            How::NotPermitted,
            Code::SENDING_NOT_PERMITTED,
            format!("{at} was not tried: {why}"),
        ),
        Connect::Failed(why) => (How::Not, Code::CONNECTION_FAILED, format!("{at}: {why}")),
    };
    (how, vec![finding(code, says, how != How::NoFamily)])
}

/// How what was spoken over an open connection went.
fn spoken(
    target: &Target,
    attempt: &Attempt,
    finding: &impl Fn(Code, String, bool) -> Finding,
) -> (How, Vec<Finding>) {
    let at = place(attempt.address, attempt.port);
    let mut out = Vec::new();
    if let Some(tls) = &attempt.tls {
        match &tls.handshake {
            Handshake::Done => {}
            Handshake::TimedOut => out.push((
                Code::TLS_SILENT,
                format!("{at} takes the connection, and does not answer the TLS handshake"),
            )),
            Handshake::Closed => out.push((
                Code::TLS_FAILED,
                format!("{at} closes the connection during the TLS handshake"),
            )),
            Handshake::Failed(why) => out.push((
                Code::TLS_FAILED,
                format!("no TLS handshake with {at}: {why}"),
            )),
        }
        let asked = tls.name.as_deref().or(target.name());
        let asked = asked.map_or(attempt.address.to_string(), str::to_owned);
        for fault in &tls.faults {
            out.push(match fault {
                Fault::OtherName => (
                    Code::CERTIFICATE_OF_ANOTHER_NAME,
                    format!("the certificate of {at} is for {}, not for {asked}", few(&tls.names)),
                ),
                Fault::Expired | Fault::NotYetValid => {
                    let word = if *fault == Fault::Expired { "has expired" } else { "is not valid yet" };
                    let until = tls.until.as_deref().map_or(String::new(), |u| format!(" (it holds until {u})"));
                    (
                        Code::CERTIFICATE_NOT_VALID_NOW,
                        format!("the certificate of {at} {word}{until}"),
                    )
                }
                Fault::NotTrusted(why) => (
                    Code::CERTIFICATE_NOT_TRUSTED,
                    format!("the certificate of {at} is not trusted: {why}"),
                ),
                Fault::NoRoots => (
                    Code::CERTIFICATE_NOT_TRUSTED,
                    format!("nobody can say whether the certificate of {at} is to be trusted: this machine has no list of roots"),
                ),
            });
        }
    }
    match &attempt.http {
        None | Some(Http::Answered { .. }) => {}
        Some(Http::TimedOut) => out.push((
            Code::HTTP_FAILED,
            format!("{at} does not answer the HEAD request in time"),
        )),
        Some(Http::Closed) => out.push((
            Code::HTTP_FAILED,
            format!("{at} closes the connection instead of answering the HEAD request"),
        )),
        Some(Http::Other(begins)) => out.push((
            Code::HTTP_FAILED,
            format!("what {at} answers is no HTTP: it begins `{begins}`"),
        )),
    }
    let how = if out.is_empty() {
        How::Reached
    } else {
        How::Not
    };
    let out = out
        .into_iter()
        .map(|(code, says)| finding(code, says, true));
    (how, out.collect())
}

/// A public address was reached, and nobody here can see how.
fn path(seen: &Observation, known: &Known) -> Option<Finding> {
    let open = |a: &&Attempt| a.connect == Connect::Open;
    let mut open = seen.attempts.iter().filter(open);
    let (address, class) = open.find_map(|a| {
        let class = known.class(a.address);
        class.is_public().then_some((a.address, class))
    })?;
    let aws = matches!(class, Class::Published { .. });
    let says = if aws {
        "reachable at a public AWS address; the path is not observable from here"
    } else {
        "reachable at a public address; the path is not observable from here"
    };
    Some(Finding {
        code: Code::PATH_NOT_OBSERVABLE,
        about: address.to_string(),
        says: says.to_owned(),
        advice: advice::of_path(aws, known.has_home()),
        stops: false,
    })
}

/// An address with its port, if it has one.
#[must_use]
pub fn place(address: IpAddr, port: Option<u16>) -> String {
    match port {
        Some(port) => std::net::SocketAddr::new(address, port).to_string(),
        None => address.to_string(),
    }
}

/// A time in microseconds, for people.
#[must_use]
pub fn time(micros: u64) -> String {
    match micros {
        0..10_000 => format!("{:.1} ms", micros as f64 / 1e3),
        10_000..1_000_000 => format!("{} ms", micros / 1000),
        _ => format!("{:.1} s", micros as f64 / 1e6),
    }
}

fn family(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "IPv4" } else { "IPv6" }
}

/// The first names of a list.
fn few(names: &[String]) -> String {
    match names {
        [] => "no name".to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}
