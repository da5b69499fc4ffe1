//! Whether an answer is what somebody expected (semantics S5).

use super::verdict::{Alternative, Answer, Obstacle};
use super::wording::Wording;
use crate::aws::DnsOutcome;
use crate::code::Code;
use crate::engine::Leg;
pub use crate::expect::Checks;
use crate::fabric::{Address, Outside, joined};
use std::fmt::Debug;
use std::net::IpAddr;

/// The stable word for where a path went.
#[must_use]
pub fn outside_name(outside: Outside) -> &'static str {
    match outside {
        Outside::No => "no",
        Outside::CannotTell => "cannot-tell",
        Outside::Yes => "yes",
    }
}

/// The kind of a DNS outcome, for `dns`. Answers are private if every address is one of private
/// networks, whoever gave it.
#[must_use]
pub fn dns_kind(outcome: &DnsOutcome) -> &'static str {
    match outcome {
        DnsOutcome::Answered(all) if all.iter().all(|a| a.private) => "private",
        DnsOutcome::Answered(_) => "public",
        DnsOutcome::NxDomain(_) => "nxdomain",
        DnsOutcome::NoAddress(..)
        | DnsOutcome::NoAnswer(_)
        | DnsOutcome::Lost(..)
        | DnsOutcome::Circle(_) => "no-answer",
        DnsOutcome::Refused(_) => "refused",
        DnsOutcome::Unknown(_) => "unknown",
    }
}

/// What does not hold; empty: everything does.
#[must_use]
pub fn check(wording: Wording<'_>, answer: &Answer, checks: &Checks) -> Vec<String> {
    let mut out = Vec::new();
    same(&mut out, "verdict", &checks.verdict, answer.verdict.name());
    same(
        &mut out,
        "need",
        &checks.need,
        answer.decided.unwrap_or("none"),
    );
    obstacles(&mut out, answer, checks);
    let switches = answer.switches.iter().map(String::as_str);
    let assumptions: Vec<&str> = answer.assumptions.iter().copied().chain(switches).collect();
    notes(&mut out, &answer.notes, checks);
    among(&mut out, "assumes", &checks.assumes, &assumptions);
    let leaves = outside_name(answer.leaves_aws);
    same(&mut out, "leaves_aws", &checks.leaves_aws, leaves);
    names(&mut out, answer, checks);
    for alternative in &answer.alternatives {
        path(&mut out, wording, alternative, checks);
    }
    mechanism(&mut out, answer, checks);
    if let Some(wanted) = &checks.failing_ports {
        let wanted = joined(wanted.clone());
        let failing = answer.alternatives.iter().filter(|a| !a.delivered());
        let have = joined(failing.flat_map(|a| a.ports.clone()).collect());
        differ(&mut out, "failing_ports", &wanted, &have);
    }
    some(&mut out, wording, answer, checks);
    out.dedup();
    out
}

fn same(out: &mut Vec<String>, key: &str, wanted: &Option<String>, have: &str) {
    if let Some(wanted) = wanted
        && wanted != have
    {
        out.push(format!("{key}: expected `{wanted}`, got `{have}`"));
    }
}

fn among(out: &mut Vec<String>, key: &str, wanted: &[String], have: &[&str]) {
    for text in wanted.iter().filter(|t| !have.contains(&t.as_str())) {
        out.push(format!("{key}: `{text}` is not among {have:?}"));
    }
}

fn notes(out: &mut Vec<String>, have: &[&str], checks: &Checks) {
    among(out, "notes", &checks.notes, have);
    for code in checks
        .not_notes
        .iter()
        .filter(|c| have.contains(&c.as_str()))
    {
        out.push(format!("not_notes: `{code}` is among {have:?}"));
    }
}

fn differ<T: PartialEq + Debug>(out: &mut Vec<String>, key: &str, wanted: &T, have: &T) {
    if wanted != have {
        out.push(format!("{key}: expected {wanted:?}, got {have:?}"));
    }
}

/// Whether a name is the component asked for: `igw` is `vpc/igw`.
#[must_use]
pub fn is(name: &str, wanted: &str) -> bool {
    name == wanted
        || name
            .strip_suffix(wanted)
            .is_some_and(|scope| scope.ends_with('/'))
        || name
            .strip_prefix(wanted)
            .is_some_and(|role| role.starts_with(' '))
}

fn obstacle(out: &mut Vec<String>, obstacle: Option<&Obstacle>, checks: &Checks) {
    let (code, leg, by) = obstacle.map_or(("none", "none", "none"), |o| {
        (o.code.name(), o.leg.name(), o.by.as_str())
    });
    same(out, "code", &checks.code, code);
    same(out, "leg", &checks.leg, leg);
    if let Some(wanted) = &checks.by
        && by != wanted
        && !(wanted == "otherwise" && by.ends_with(" otherwise"))
    {
        out.push(format!("by: expected `{wanted}`, got `{by}`"));
    }
    if let Some(wanted) = &checks.at {
        let at = obstacle.is_some_and(|o| is(&o.at, wanted) || is(&o.component, wanted));
        if !at {
            let have = obstacle.map_or("none", |o| o.at.as_str());
            out.push(format!("at: expected `{wanted}`, got `{have}`"));
        }
    }
}

/// The deciding obstacle; for `mixed`, that of every alternative not delivered.
fn obstacles(out: &mut Vec<String>, answer: &Answer, checks: &Checks) {
    if answer.verdict == super::verdict::Verdict::Mixed {
        let failing = answer.alternatives.iter().filter(|a| !a.delivered());
        for alternative in failing {
            obstacle(out, alternative.obstacle.as_ref(), checks);
        }
    } else {
        obstacle(out, answer.obstacles.first(), checks);
    }
    for code in &checks.also {
        let mut further = answer.obstacles.iter().skip(1);
        if !further.any(|o| o.code.name() == code) {
            let have: Vec<&str> = answer.obstacles.iter().map(|o| o.code.name()).collect();
            out.push(format!(
                "also: `{code}` is not among the further obstacles of {have:?}"
            ));
        }
    }
}

fn names(out: &mut Vec<String>, answer: &Answer, checks: &Checks) {
    if checks.answers.is_none() && checks.dns.is_none() && checks.answered_by.is_none() {
        return;
    }
    let Some(resolution) = &answer.resolution else {
        out.push("dns: no name was asked".to_owned());
        return;
    };
    let answers = match &resolution.outcome {
        DnsOutcome::Answered(all) => all.as_slice(),
        _ => &[],
    };
    if let Some(wanted) = &checks.answers {
        let mut wanted = wanted.clone();
        let given = answers.iter().filter(|a| !a.is_one_of_many());
        let mut have: Vec<IpAddr> = given.map(|a| a.address.ip()).collect();
        for list in [&mut wanted, &mut have] {
            list.sort_unstable();
            list.dedup();
        }
        differ(out, "answers", &wanted, &have);
    }
    same(out, "dns", &checks.dns, dns_kind(&resolution.outcome));
    if let Some(wanted) = &checks.answered_by {
        let by = match &resolution.outcome {
            DnsOutcome::Answered(all) => all.first().map_or("", |a| a.key.as_str()),
            DnsOutcome::NxDomain(by)
            | DnsOutcome::NoAddress(by, _)
            | DnsOutcome::NoAnswer(by)
            | DnsOutcome::Lost(by, _)
            | DnsOutcome::Refused(by)
            | DnsOutcome::Circle(by)
            | DnsOutcome::Unknown(by) => by,
        };
        let mut deciders = resolution.deciders();
        if !is(by, wanted) && !deciders.any(|d| is(d, wanted)) {
            out.push(format!("answered_by: expected `{wanted}`, got `{by}`"));
        }
    }
}

/// What is said of the path of an alternative.
fn path(out: &mut Vec<String>, wording: Wording<'_>, alternative: &Alternative, checks: &Checks) {
    let via = match checks.via.is_empty() && checks.not_via.is_empty() {
        true => Vec::new(),
        false => wording.via(alternative, Leg::Out),
    };
    let mut way = via.iter();
    for wanted in &checks.via {
        if !way.any(|name| is(name, wanted)) {
            out.push(format!(
                "via: `{wanted}` is not on the way, or not in this order: {}",
                via.join(" → ")
            ));
            break;
        }
    }
    for unwanted in &checks.not_via {
        let back = wording.via(alternative, Leg::Back);
        let mut both = via.iter().chain(&back);
        if both.any(|name| is(name, unwanted)) {
            out.push(format!("not_via: `{unwanted}` is on the way"));
        }
    }
    let seen = alternative.sees_source;
    let seen = seen.map_or("nothing".to_owned(), |a| a.to_string());
    let wanted = checks.sees_source.map(|ip| ip.to_string());
    same(out, "sees.source", &wanted, &seen);
    if let Some(wanted) = &checks.sees_vpce
        && !sees_endpoint(wording, alternative, wanted)
    {
        out.push(format!(
            "sees.vpce: the destination does not learn of `{wanted}`"
        ));
    }
}

/// One mechanism is that of every alternative; several, joined by `|`, are what the headline shows.
fn mechanism(out: &mut Vec<String>, answer: &Answer, checks: &Checks) {
    let wanted = &checks.mechanism;
    if wanted.as_ref().is_some_and(|m| m.contains('|')) {
        same(out, "mechanism", wanted, &answer.mechanism);
    } else {
        for alternative in &answer.alternatives {
            let have = alternative.mechanism.unwrap_or("none");
            same(out, "mechanism", wanted, have);
        }
    }
}

/// An AWS service sees the endpoint that its request came by. A provider's target sees it only in a
/// proxy protocol header (`/elasticloadbalancing/latest/network/edit-target-group-attributes.html`).
fn sees_endpoint(wording: Wording<'_>, alternative: &Alternative, wanted: &str) -> bool {
    let told = alternative.notes.contains(&Code::PROXY_PROTOCOL_V2.name());
    let far = if told { usize::MAX } else { 2 };
    // The last two names of a path are its last node's component and the node itself.
    let via = wording.via(alternative, Leg::Out);
    via.iter().rev().take(far).any(|name| is(name, wanted))
}

/// What does not hold of one alternative.
fn check_alternative(
    wording: Wording<'_>,
    alternative: &Alternative,
    checks: &Checks,
) -> Vec<String> {
    let mut out = Vec::new();
    same(
        &mut out,
        "verdict",
        &checks.verdict,
        alternative.class.name(),
    );
    obstacle(&mut out, alternative.obstacle.as_ref(), checks);
    notes(&mut out, &alternative.notes, checks);
    among(&mut out, "assumes", &checks.assumes, &alternative.assumes);
    let leaves = outside_name(alternative.outside);
    same(&mut out, "leaves_aws", &checks.leaves_aws, leaves);
    path(&mut out, wording, alternative, checks);
    let have = alternative.mechanism.unwrap_or("none");
    same(&mut out, "mechanism", &checks.mechanism, have);
    if let Some(wanted) = &checks.answers {
        let have: Vec<IpAddr> = alternative.address.map(Address::ip).into_iter().collect();
        differ(&mut out, "answers", wanted, &have);
    }
    if let Some(wanted) = &checks.failing_ports {
        let have = if alternative.delivered() {
            Vec::new()
        } else {
            alternative.ports.clone()
        };
        differ(&mut out, "failing_ports", wanted, &have);
    }
    out
}

fn some(out: &mut Vec<String>, wording: Wording<'_>, answer: &Answer, checks: &Checks) {
    let fits = |a: &Alternative, item: &Checks| check_alternative(wording, a, item).is_empty();
    for (number, item) in checks.some.iter().enumerate() {
        if !answer.alternatives.iter().any(|a| fits(a, item)) {
            let number = number + 1;
            out.push(format!("some: no alternative is as item {number} says"));
        }
    }
    if checks.all_listed {
        for (number, a) in answer.alternatives.iter().enumerate() {
            if !checks.some.iter().any(|item| fits(a, item)) {
                let (number, class) = (number + 1, a.class.name());
                out.push(format!(
                    "all_listed: alternative {number} ({class}) is not listed"
                ));
            }
        }
    }
}
