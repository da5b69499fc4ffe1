//! The answer as a person reads it: verdict, name, way out, way back, what decided.

use super::wrap::Page;
use crate::answer::{Alternative, Answer, Did, Fact, Obstacle, Part, Verdict, outside_name};
use crate::aws::{Compiled, DnsOutcome, Resolution};
use crate::diagnostic::{Diagnostic, render};
use crate::fabric::Flow;
use crate::model::{Files, Network, Origin};
use std::net::Ipv4Addr;

/// The answer as text; `colour` asks for ANSI.
#[must_use]
pub fn answer(
    network: &Network,
    compiled: &Compiled,
    files: &Files,
    answer: &Answer,
    colour: bool,
) -> String {
    let _ = (network, compiled);
    let mut page = Page::default();
    headline(&mut page, answer);
    page.gap();
    if let Some(resolution) = &answer.resolution {
        name(&mut page, files, resolution);
    }
    let all = &answer.alternatives;
    for (number, alternative) in all.iter().enumerate() {
        if all.len() > 1 {
            if number > 0 || answer.resolution.is_some() {
                page.gap();
            }
            let ports = spans(&alternative.ports);
            let ports = if ports.is_empty() || alternative.ports.as_slice() == [answer.client_ports]
            {
                String::new()
            } else {
                format!("   client ports {ports}")
            };
            let text = format!(
                "{} of {}: {}{ports}",
                number + 1,
                all.len(),
                alternative.class.name()
            );
            page.line("WAY    ", &text, 7);
        }
        way(&mut page, files, alternative);
        if all.len() > 1
            && let Some(obstacle) = &alternative.obstacle
        {
            let text = format!("{} at {}, by {}", obstacle.code, obstacle.at, obstacle.by);
            page.line("STOP   ", &text, 7);
        }
    }
    obstacles(&mut page, files, &answer.obstacles);
    footnotes(&mut page, answer);
    if colour {
        paint(&page.0, answer.verdict)
    } else {
        page.0
    }
}

/// The DNS half as text.
#[must_use]
pub fn resolution(files: &Files, resolution: &Resolution) -> String {
    let mut page = Page::default();
    name(&mut page, files, resolution);
    for text in &resolution.advice {
        page.line("NOTE   ", text, 7);
    }
    page.0
}

fn headline(page: &mut Page, answer: &Answer) {
    let word = answer.verdict.name().to_ascii_uppercase();
    let mut text = format!("{} → {}", answer.from, answer.ask.to);
    match answer.obstacles.first() {
        Some(o) => text.push_str(&format!("   {} ({})", o.code, o.leg.name())),
        None if !answer.mechanism.is_empty() => {
            text.push_str(&format!("   by {}", answer.mechanism))
        }
        None => {}
    }
    let outside = outside_name(answer.leaves_aws);
    let crossed = answer.alternatives.iter().any(|a| a.exposed);
    page.line(&format!("{word}  "), &text, word.len() + 2);
    if crossed || outside != "no" {
        let text = match outside {
            "no" => "crosses a public link, and stays in AWS's network",
            "yes" => "crosses a public link, and leaves AWS's network",
            _ => "crosses a public link; the input cannot tell whether it leaves AWS's network",
        };
        page.line("       ", text, 7);
    }
}

fn name(page: &mut Page, files: &Files, resolution: &Resolution) {
    let asked = std::iter::once(&resolution.name).chain(&resolution.chain);
    let mut chain: Vec<&str> = asked.map(String::as_str).collect();
    chain.dedup();
    let chain = chain.join(" → ");
    match &resolution.outcome {
        DnsOutcome::Answered(all) => {
            page.line("DNS    ", &chain, 9);
            for answer in all {
                let zone = answer
                    .zone
                    .as_ref()
                    .map_or(String::new(), |z| format!(" ({z})"));
                let text = format!("{}{zone}   {}", host(answer.address), answer.by);
                page.line("         ", &with_place(files, text, &answer.origin), 11);
            }
        }
        DnsOutcome::NxDomain(by) => {
            page.line("DNS    ", &format!("{chain}   no such name, says {by}"), 9);
        }
        DnsOutcome::NoAnswer(why) => {
            page.line("DNS    ", &format!("{chain}   nobody answers: {why}"), 9);
        }
        DnsOutcome::Unknown(why) => {
            page.line("DNS    ", &format!("{chain}   not known: {why}"), 9);
        }
    }
}

/// An address, or the fact that the input does not give it.
fn host(address: u32) -> String {
    let ip = Ipv4Addr::from(address);
    if address >> 28 == 0xf && address != u32::MAX {
        return "a public address the input does not give".to_owned();
    }
    ip.to_string()
}

fn short_host(address: u32) -> String {
    if address >> 28 == 0xf && address != u32::MAX {
        return "(public)".to_owned();
    }
    Ipv4Addr::from(address).to_string()
}

fn with_place(files: &Files, text: String, origin: &Origin) -> String {
    let place = files.locate(origin);
    if place.is_empty() {
        text
    } else {
        format!("{text}   {place}")
    }
}

/// `10.0.1.10:32768-60999 → 10.0.1.50:443 tcp`.
fn header(flow: &Flow) -> String {
    let (src, dst) = (short_host(flow.src), short_host(flow.dst));
    match flow.proto {
        6 | 17 => {
            let name = if flow.proto == 6 { "tcp" } else { "udp" };
            format!(
                "{src}:{} → {dst}:{} {name}",
                span(flow.sport),
                span(flow.dport)
            )
        }
        1 => format!("{src} → {dst} icmp"),
        other => format!("{src} → {dst} protocol {other}"),
    }
}

fn span((lo, hi): (u16, u16)) -> String {
    if lo == hi {
        lo.to_string()
    } else {
        format!("{lo}-{hi}")
    }
}

fn spans(all: &[(u16, u16)]) -> String {
    all.iter().map(|s| span(*s)).collect::<Vec<_>>().join(", ")
}

fn way(page: &mut Page, files: &Files, alternative: &Alternative) {
    let mut leg = None;
    let mut node = "";
    let mut last = alternative.sent;
    for fact in alternative.steps.iter().filter(|f| !f.quiet) {
        if fact.did == Did::Arrived {
            last = None;
            continue;
        }
        if leg != Some(fact.part) || node != fact.node {
            let fresh = leg != Some(fact.part);
            let head = match (fresh, fact.part) {
                (false, _) => "       ",
                (true, Part::Back) => "BACK   ",
                (true, _) => "OUT    ",
            };
            let flow = last.take().filter(|_| fact.part == Part::Out);
            let flow = flow.map_or(String::new(), |f| header(&f));
            page.line(head, &format!("{:<20} {flow}", fact.node), 9);
            (leg, node) = (Some(fact.part), &fact.node);
        }
        step(page, files, fact);
        if fact.did == Did::Crossed {
            last = fact.header;
        }
    }
    if let Some(arrived) = &alternative.arrived
        && alternative.delivered()
    {
        let seen = alternative.sees_source.map_or(String::new(), |s| {
            format!(", which sees {} as the source", short_host(s))
        });
        page.line("HOME   ", &format!("delivered to {arrived}{seen}"), 9);
    }
}

fn step(page: &mut Page, files: &Files, fact: &Fact) {
    let word = match fact.did {
        Did::Took if fact.what == "route table" || fact.what.contains("route") => "takes",
        Did::Took => "allow",
        Did::Established => "answers a connection it let through",
        Did::Maybe => "not known",
        Did::Chose => "one of",
        Did::Dropped => "STOPS",
        Did::Passed => "would stop",
        Did::Crossed | Did::Arrived => {
            if !fact.by.is_empty() {
                page.line("         ", &format!("over {}", fact.by), 11);
            }
            return;
        }
    };
    let text = format!("{:<18} {word:<6} {}", fact.what, fact.by);
    page.line("         ", &with_place(files, text, &fact.origin), 28);
}

fn obstacles(page: &mut Page, files: &Files, all: &[Obstacle]) {
    let Some((first, rest)) = all.split_first() else {
        return;
    };
    page.gap();
    page.line(
        "WHY    ",
        &format!("{}: {}", first.code, first.code.meaning()),
        7,
    );
    page.line("       ", &format!("at {}, by {}", first.at, first.by), 7);
    let shown = render(
        &[Diagnostic::error(
            first.code.name(),
            &first.at,
            &first.origin,
            "",
        )],
        files,
    );
    for line in shown.lines().skip(1).filter(|l| !l.is_empty()) {
        page.0.push_str(line);
        page.0.push('\n');
    }
    for (number, o) in rest.iter().enumerate() {
        let head = if number == 0 { "THEN   " } else { "       " };
        let text = format!("{} at {}, by {} ({})", o.code, o.at, o.by, o.leg.name());
        page.line(head, &with_place(files, text, &o.origin), 9);
    }
}

fn footnotes(page: &mut Page, answer: &Answer) {
    let advice = answer.resolution.iter().flat_map(|r| &r.advice);
    let notes: Vec<String> = advice
        .cloned()
        .chain(answer.notes.iter().cloned())
        .collect();
    if notes.is_empty() && answer.assumptions.is_empty() {
        return;
    }
    page.gap();
    for text in &answer.assumptions {
        page.line("ASSUME ", text, 7);
    }
    for text in &notes {
        match crate::code::Code::parse(text) {
            Some(code) => page.line("NOTE   ", &format!("{code}: {}", code.meaning()), 7),
            None => page.line("NOTE   ", text, 7),
        }
    }
}

fn paint(text: &str, verdict: Verdict) -> String {
    let colour = match verdict {
        Verdict::Private => 32,
        Verdict::Internet | Verdict::Mixed | Verdict::Unknown => 33,
        Verdict::Denied | Verdict::Unreachable => 31,
    };
    match text.split_once(' ') {
        Some((word, rest)) => format!("\u{1b}[1;{colour}m{word}\u{1b}[0m {rest}"),
        None => text.to_owned(),
    }
}
