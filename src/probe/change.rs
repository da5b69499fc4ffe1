//! What changed between two observations of a target, for a log that tells changes alone.
//!
//! None of these is a change: how long something took, a TTL, an alias, the far side's port, the
//! way of a traceroute as long as it ends alike. Public names of services have many addresses and
//! answer with some of them, others each time: there, an address that comes or goes is told only if
//! no other of its class behaves as it does. A private address is one interface, whose coming and
//! going is news: an endpoint's name loses the address of a zone that fails.

use super::judge::{place, who};
use super::observation::{
    Attempt, Connect, Handshake, Http, Lookup, LookupOutcome, Observation, Seen, Tls, TraceEnd,
};
use super::{Agreement, Class, Probed, Word};
use std::net::IpAddr;

/// What changed, the word first; nothing if the run of either was stopped.
#[must_use]
pub fn changes(before: &Probed, after: &Probed) -> Vec<String> {
    if before.observation.interrupted || after.observation.interrupted {
        return Vec::new();
    }
    let mut out = Vec::new();
    out.extend(word(before.judgement.word, after.judgement.word));
    out.extend(agreement(before, after));
    questions(&mut out, &before.observation, &after.observation);
    addresses(&mut out, before, after);
    for now in &after.observation.attempts {
        let mut all = before.observation.attempts.iter();
        let same = all.find(|a| (a.address, a.port) == (now.address, now.port));
        if let Some(then) = same {
            attempt(&mut out, then, now);
        }
    }
    out
}

fn word(then: Word, now: Word) -> Option<String> {
    (then != now).then(|| format!("{}, was {}", now.words(), then.words()))
}

fn agreement(before: &Probed, after: &Probed) -> Option<String> {
    let (then, now) = (before.comparison.as_ref()?, after.comparison.as_ref()?);
    let code = |c: &super::Comparison| c.difference.as_ref().map(|d| (d.code, d.about.clone()));
    if then.agreement == now.agreement && code(then) == code(now) {
        return None;
    }
    let mut out = now.agreement.words().to_owned();
    if then.agreement != now.agreement {
        out.push_str(&format!(", was {}", then.agreement.words()));
    }
    if let (Agreement::NotAsPredicted, Some(difference)) = (now.agreement, &now.difference) {
        out.push_str(&format!(": {}", difference.says));
    }
    Some(out)
}

/// Questions that end otherwise than before.
fn questions(out: &mut Vec<String>, before: &Observation, after: &Observation) {
    let key = |l: &Lookup| (l.asked.clone(), l.name.clone(), l.kind.clone());
    for now in &after.lookups {
        let then = before.lookups.iter().find(|l| key(l) == key(now));
        if then.is_none_or(|then| then.outcome == now.outcome) {
            continue;
        }
        let says = match &now.outcome {
            LookupOutcome::Answered => "answers again".to_owned(),
            LookupOutcome::NxDomain => "says that there is no such name".to_owned(),
            LookupOutcome::NoData => "has no such address".to_owned(),
            LookupOutcome::Refused => "refuses".to_owned(),
            LookupOutcome::Failed(word) => format!("answers {word}"),
            LookupOutcome::TimedOut => "does not answer".to_owned(),
            LookupOutcome::Unreachable(why) => format!("cannot be reached: {why}"),
            LookupOutcome::Broken(why) | LookupOutcome::BadName(why) => {
                format!("gives no answer: {why}")
            }
        };
        let (who, name, kind) = (who(&now.asked), &now.name, &now.kind);
        out.push(format!("{who} {says} ({kind} {name})"));
    }
}

/// Addresses that come and go; an answer that goes altogether is told by its question.
fn addresses(out: &mut Vec<String>, before: &Probed, after: &Probed) {
    let (then, now) = (kinds(before), kinds(after));
    for (kind, like) in fresh(&now, &then) {
        let how = kind.2.map_or(String::new(), |c| format!(": {}", doing(c)));
        out.push(format!("{} appears in the answer{how}", named(kind, like)));
    }
    for (kind, like) in fresh(&then, &now) {
        if !now.is_empty() {
            out.push(format!("{} disappears from the answer", named(kind, like)));
        }
    }
}

/// Those of `here` that `there` lacks. Public ones of one kind are told once, with how many more
/// there are like it, and not at all if `there` has one of the kind.
fn fresh<'a>(here: &[Kind<'a>], there: &[Kind<'a>]) -> Vec<(Kind<'a>, usize)> {
    let mut out: Vec<(Kind<'a>, usize)> = Vec::new();
    for kind in here {
        let alike = |other: &Kind<'_>| (other.1, other.2) == (kind.1, kind.2);
        let rotates = kind.1.is_none_or(Class::is_public);
        let known = there.iter().any(|other| other.0 == kind.0);
        if known || (rotates && there.iter().any(alike)) {
            continue;
        }
        match out.iter_mut().find(|(other, _)| rotates && alike(other)) {
            Some((_, like)) => *like += 1,
            None => out.push((*kind, 0)),
        }
    }
    out
}

fn named((address, class, _): Kind<'_>, like: usize) -> String {
    let class = class.map_or(String::new(), |c| format!(" ({})", c.words()));
    match like {
        0 => format!("{address}{class}"),
        n => format!("{address}{class}, with {n} like it,"),
    }
}

/// An address, whose it is, and how it went there.
type Kind<'a> = (IpAddr, Option<&'a Class>, Option<&'a Connect>);

/// The addresses that were answered, each once.
fn kinds(probed: &Probed) -> Vec<Kind<'_>> {
    let seen = &probed.observation;
    let mut out: Vec<Kind<'_>> = Vec::new();
    for address in seen.lookups.iter().flat_map(Lookup::addresses) {
        if out.iter().any(|(a, ..)| *a == address) {
            continue;
        }
        let mut attempts = seen.attempts.iter();
        let connect = attempts.find(|a| a.address == address).map(|a| &a.connect);
        out.push((address, probed.class(address), connect));
    }
    out
}

/// One address, tried both times.
fn attempt(out: &mut Vec<String>, then: &Attempt, now: &Attempt) {
    let at = place(now.address, now.port);
    if then.connect != now.connect {
        let (now, then) = (doing(&now.connect), doing(&then.connect));
        out.push(format!("{at} {now}; before, it {then}"));
    }
    if let (Some(then), Some(now)) = (&then.tls, &now.tls) {
        tls(out, &at, then, now);
    }
    if let (Some(then), Some(now)) = (&then.http, &now.http)
        && answer(then) != answer(now)
    {
        let (then, now) = (answer(then), answer(now));
        out.push(format!(
            "{at} answers the HEAD request with {now}, was {then}"
        ));
    }
    let source = |a: &Attempt| match a.seen {
        Some(Seen::Answered { source, .. }) => Some(source.ip()),
        _ => None,
    };
    if let (Some(then), Some(now)) = (source(then), source(now))
        && then != now
    {
        out.push(format!("{at} sees {now} as the source, was {then}"));
    }
    if let (Some(then), Some(now)) = (&then.trace, &now.trace)
        && then.end != now.end
    {
        let (then, now) = (ends(&then.end), ends(&now.end));
        out.push(format!("the hops to {at} end {now}, were {then}"));
    }
}

fn tls(out: &mut Vec<String>, at: &str, then: &Tls, now: &Tls) {
    if then.handshake != now.handshake {
        let now = match &now.handshake {
            Handshake::Done => "succeeds".to_owned(),
            Handshake::TimedOut => "gets no answer".to_owned(),
            Handshake::Closed => "is cut by the far side".to_owned(),
            Handshake::Failed(why) => format!("fails: {why}"),
        };
        out.push(format!("the TLS handshake with {at} {now}"));
    }
    let bears = |t: &Tls| (t.names.clone(), t.issuer.clone(), t.until.clone());
    let known = |t: &Tls| !t.names.is_empty() || t.issuer.is_some();
    if known(then) && known(now) && bears(then) != bears(now) {
        let mut text = format!("{at} has another certificate: of {}", now.names.join(", "));
        for (word, part) in [("issued by", &now.issuer), ("until", &now.until)] {
            if let Some(part) = part {
                text.push_str(&format!(", {word} {part}"));
            }
        }
        out.push(text);
    }
    if then.faults != now.faults {
        let mut faults: Vec<&str> = now.faults.iter().map(super::Fault::words).collect();
        if faults.is_empty() {
            faults.push("as it should be");
        }
        out.push(format!("the certificate of {at} is {}", faults.join(", ")));
    }
}

fn doing(connect: &Connect) -> String {
    match connect {
        Connect::Open => "answers".to_owned(),
        Connect::Refused => "refuses".to_owned(),
        Connect::TimedOut | Connect::NoAnswer => "does not answer".to_owned(),
        Connect::Unreachable(why) => format!("cannot be reached ({why})"),
        Connect::NoFamily => "cannot be tried, for want of an address".to_owned(),
        Connect::NotPermitted(_) => "may not be tried".to_owned(),
        Connect::Failed(why) => format!("fails ({why})"),
        Connect::NotTried => "is not tried".to_owned(),
    }
}

fn answer(http: &Http) -> String {
    match http {
        Http::Answered { status, .. } => format!("status {status}"),
        Http::TimedOut => "silence".to_owned(),
        Http::Closed => "the end of the connection".to_owned(),
        Http::Other(_) => "something else than HTTP".to_owned(),
    }
}

fn ends(end: &TraceEnd) -> &'static str {
    match end {
        TraceEnd::Reached => "at the destination",
        TraceEnd::Unreachable => "where there is no way on",
        TraceEnd::Lost => "in silence",
        TraceEnd::TooFar => "too far away",
        TraceEnd::NotPermitted(_) => "not looked for",
        TraceEnd::Failed(_) => "by a failure of this machine",
        TraceEnd::Interrupted => "stopped",
    }
}
