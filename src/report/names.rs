//! How a name was resolved: who was asked, who decided, which addresses came of it.

use super::words::Places;
use super::wrap::Page;
use crate::answer::Answer;
use crate::aws::address_in_words;
use crate::aws::{Claim, DnsOutcome, DnsStep, Resolution};
use std::net::IpAddr;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Who decided, where a query travelled to get there.
    Hops,
    /// Everybody who decided, and over whom.
    Claims,
}

/// A resolution and the queries that travelled for it.
type Lookup<'a> = (&'a Resolution, &'a [Answer]);

/// The name, the steps, the addresses.
pub(super) fn names(page: &mut Page, places: &mut Places<'_>, found: Lookup<'_>, detail: Detail) {
    let (resolution, queries) = found;
    let asked = std::iter::once(&resolution.name).chain(&resolution.chain);
    let mut chain: Vec<&str> = asked.map(String::as_str).collect();
    chain.dedup();
    let chain = chain.join(" → ");
    let travelled = resolution
        .steps
        .iter()
        .any(|s| matches!(s, DnsStep::Asks { .. }));
    let end = match &resolution.outcome {
        DnsOutcome::Answered(_) => String::new(),
        other => format!("   {}", none(other)),
    };
    if detail == Detail::Hops && !travelled {
        page.line("DNS   ", &format!("{chain}{end}"), 8);
    } else {
        page.line("DNS   ", &chain, 8);
        for step in &resolution.steps {
            self::step(page, places, step, queries, detail);
        }
        if !end.is_empty() {
            page.line("        ", end.trim_start(), 10);
        }
    }
    answers(page, places, &resolution.outcome);
    for other in &resolution.choices {
        match other {
            DnsOutcome::Answered(_) => page.line("        ", "or, by turns:", 10),
            other => page.line("        ", &format!("or, by turns: {}", none(other)), 10),
        }
        answers(page, places, other);
    }
}

fn answers(page: &mut Page, places: &mut Places<'_>, outcome: &DnsOutcome) {
    let DnsOutcome::Answered(answers) = outcome else {
        return;
    };
    for answer in answers {
        let zone = answer.zone.as_ref();
        let zone = zone.map_or(String::new(), |z| format!(" ({z})"));
        let mut address = address_in_words(answer.address);
        if answer.is_one_of_many() {
            address = format!("some address of the service, such as {address}");
        }
        let text = format!("{address}{zone}   {}", answer.by);
        page.entry("        ", &text, &places.short(&answer.origin), 10);
    }
}

/// Why there is no answer.
pub(super) fn none(outcome: &DnsOutcome) -> String {
    match outcome {
        DnsOutcome::Answered(_) => String::new(),
        DnsOutcome::NxDomain(by) => format!("no such name, says {by}"),
        DnsOutcome::NoAddress(why, _) => format!("no address: {why}"),
        DnsOutcome::NoAnswer(why) => format!("nobody answers: {why}"),
        DnsOutcome::Lost(server, _) => {
            format!("nobody answers: the query to {server} does not come through")
        }
        DnsOutcome::Refused(by) => format!("refused by {by}, which answers no such question"),
        DnsOutcome::Circle(by) => format!("nobody answers: {by} is asked for in a circle"),
        DnsOutcome::Unknown(why) => format!("not known: {why}"),
    }
}

fn step(
    page: &mut Page,
    places: &mut Places<'_>,
    step: &DnsStep,
    queries: &[Answer],
    detail: Detail,
) {
    match step {
        DnsStep::Asks { query, server } => {
            if let Some(query) = queries.get(*query) {
                page.line("        ask  ", &asks(query, *server), 13);
            }
        }
        DnsStep::Decides { who, by, over } => {
            let text = format!("{who}: {}", by.text);
            page.entry("        by   ", &text, &places.short(&by.origin), 15);
            let losers: &[Claim] = match detail {
                Detail::Claims => over,
                Detail::Hops => &[],
            };
            for loser in losers {
                let text = format!("not {}: {}", loser.text, loser.lost);
                page.entry("             ", &text, &places.short(&loser.origin), 17);
            }
        }
    }
}

/// `hq/o → hub/in@ep-a 10.0.1.53 by direct-connect`, or what stops it.
fn asks(query: &Answer, server: IpAddr) -> String {
    let mut ways = query.alternatives.iter();
    let arrived = ways.find_map(|a| a.receiver().and(a.arrived.as_ref()));
    let server = address_in_words(server.into());
    let who = arrived.map_or(server.clone(), |name| format!("{name} {server}"));
    let how = match (query.obstacles.first(), query.mechanism.as_str()) {
        (Some(o), _) => format!(": {} at {}", o.code, o.at),
        (None, "" | "local" | "same-subnet") => String::new(),
        (None, mechanism) => format!(" by {mechanism}"),
    };
    format!("{} → {who}{how}", query.from)
}
