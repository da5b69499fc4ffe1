//! The answer as a person reads it: verdict, name, way out, way back, what decided.

use super::bill::{self, Bill};
use super::names::{Detail, names};
use super::way::{nodes, way};
use super::words::{Places, limit, spans};
use super::wrap::Page;
use crate::answer::{
    Alternative, Answer, Lookup, Obstacle, Verdict, Wording, outside_name, remedy,
};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, render};
use crate::model::{Files, Origin, switch};
use std::collections::BTreeMap;

/// The answer as text, with what each way costs if that is given; `colour` asks for ANSI.
#[must_use]
pub fn answer(
    files: &Files,
    wording: Wording<'_>,
    answer: &Answer,
    bill: Option<&Bill>,
    colour: bool,
) -> String {
    let mut page = Page::default();
    let mut places = Places::new(files);
    headline(&mut page, answer);
    page.gap();
    needs(&mut page, answer);
    if let Some(resolution) = &answer.resolution {
        let lookup = (resolution, answer.queries.as_slice());
        names(&mut page, &mut places, lookup, Detail::Hops);
    }
    ways(&mut page, &mut places, wording, answer, bill);
    why(&mut page, files, &mut places, answer);
    footnotes(&mut page, answer);
    rules(&mut page, &places);
    if colour {
        paint(&page.0, answer.verdict)
    } else {
        page.0
    }
}

/// The DNS half as text: who won, and who lost.
#[must_use]
pub fn resolution(files: &Files, found: &Lookup) -> String {
    let mut page = Page::default();
    let mut places = Places::new(files);
    let lookup = (&found.resolution, found.queries.as_slice());
    names(&mut page, &mut places, lookup, Detail::Claims);
    for text in &found.resolution.advice {
        page.line("NOTE  ", text, 6);
    }
    for text in &found.resolution.notes {
        page.line("NOTE  ", &explained(text), 6);
    }
    rules(&mut page, &places);
    page.0
}

/// What a task needs, and which of it the lines below are about.
fn needs(page: &mut Page, answer: &Answer) {
    for (number, need) in answer.needs.iter().enumerate() {
        let head = if number == 0 { "NEEDS " } else { "      " };
        let name = format!("{}, {}", need.name, need.what);
        let mut text = format!("{:<12} {name}", need.answer.verdict.name());
        match need.answer.obstacles.first() {
            Some(o) => text.push_str(&format!("   {} ({})", o.code, o.leg.name())),
            None => text.push_str(&format!("   by {}", need.answer.mechanism)),
        }
        page.line(head, &text, 8);
    }
    if let Some(decided) = answer.decided {
        let text = format!("the worst decides: what follows is about {decided}");
        page.line("      ", &text, 8);
        page.gap();
    }
}

fn headline(page: &mut Page, answer: &Answer) {
    let word = answer.verdict.name().to_ascii_uppercase();
    let mut to = answer.ask.to.clone();
    if to.chars().count() > 56 {
        to = to.replace('?', " ?").replace('&', " &");
    }
    let mut text = format!("{} → {to}", answer.from);
    match answer.obstacles.first() {
        Some(o) => text.push_str(&format!("   {} ({})", o.code, o.leg.name())),
        None if !answer.mechanism.is_empty() => {
            text.push_str(&format!("   by {}", answer.mechanism));
        }
        None => {}
    }
    page.line(&format!("{word}  "), &text, word.len() + 2);
    if !answer.alternatives.iter().any(|a| a.exposed) {
        return;
    }
    let text = match outside_name(answer.leaves_aws) {
        "no" => "crosses a public link, and stays in AWS's network",
        "yes" => "crosses a public link, and leaves AWS's network",
        _ => "crosses a public link; whether it leaves AWS's network, the input cannot tell",
    };
    page.line(&" ".repeat(word.len() + 2), text, word.len() + 2);
}

/// Ways told in a line; more of them are counted: a load balancer may have hundreds of targets.
const LINES: usize = 24;

/// Each kind of alternative once in full, the others in a line.
fn ways(
    page: &mut Page,
    places: &mut Places<'_>,
    wording: Wording<'_>,
    answer: &Answer,
    bill: Option<&Bill>,
) {
    let all = &answer.alternatives;
    let (mut kinds, mut lines, mut more) = (Vec::new(), 0, BTreeMap::new());
    for (number, alternative) in all.iter().enumerate() {
        let stop = alternative.obstacle.as_ref();
        let kind = (alternative.class, stop.map(|o| (o.code, &o.component)));
        let fresh = !kinds.contains(&kind);
        if fresh {
            kinds.push(kind);
        } else if lines == LINES {
            *more.entry(alternative.class.name()).or_insert(0) += 1;
            continue;
        } else {
            lines += 1;
        }
        if all.len() > 1 {
            if number > 0 || answer.resolution.is_some() {
                page.gap();
            }
            let text = format!(
                "{} of {}: {}{}",
                number + 1,
                all.len(),
                alternative.class.name(),
                ports(answer, alternative)
            );
            page.line("WAY   ", &text, 6);
        }
        if fresh {
            way(page, places, wording, alternative);
            if let Some(bill) = bill {
                bill::print(page, bill, number);
            }
        } else {
            page.line("      ", &nodes(wording, alternative).join(" → "), 8);
        }
        if all.len() > 1
            && let Some(o) = stop
        {
            page.line("STOP  ", &format!("{} at {}, by {}", o.code, o.at, o.by), 8);
        }
    }
    if !more.is_empty() {
        page.gap();
        page.line("WAYS  ", &untold(&more), 6);
    }
}

/// How many ways are like those that were told, and to what they come.
fn untold(more: &BTreeMap<&str, usize>) -> String {
    let number: usize = more.values().sum();
    let each = more.iter().map(|(class, n)| format!("{n} {class}"));
    let each = each.collect::<Vec<_>>().join(", ");
    format!("{number} more like these: {each} (--format json has them all)")
}

/// The client ports that go this way, where only some do.
fn ports(answer: &Answer, alternative: &Alternative) -> String {
    let all = alternative.ports.as_slice() == [answer.client_ports];
    if all || alternative.ports.is_empty() {
        return String::new();
    }
    format!("   client ports {}", spans(&alternative.ports))
}

/// The deciding obstacle with the line that wrote it, and what stands behind it.
fn why(page: &mut Page, files: &Files, places: &mut Places<'_>, answer: &Answer) {
    let Some((first, rest)) = answer.obstacles.split_first() else {
        return;
    };
    page.gap();
    let text = format!("{}: {}", first.code, first.code.meaning());
    page.line("WHY   ", &text, 6);
    let by = match first.by == first.at {
        true => String::new(),
        false => format!(", by {}", first.by),
    };
    page.line("      ", &format!("at {}{by}", first.at), 6);
    written(page, files, first);
    let stopped = answer.alternatives.iter();
    let stopped = stopped.filter(|a| a.obstacle.as_ref() == Some(first));
    let met = stopped.filter_map(|a| a.last.as_ref()).next();
    if let Some(text) = remedy(first, met) {
        page.line("TRY   ", &text, 6);
    }
    page.line("MORE  ", &format!("reachability explain {}", first.code), 6);
    for (number, o) in rest.iter().enumerate() {
        let head = if number == 0 { "THEN  " } else { "      " };
        page.entry(head, &also(o), &places.short(&o.origin), 8);
    }
}

/// The line that wrote the deciding row, underlined, or the rule of AWS that implies it.
fn written(page: &mut Page, files: &Files, o: &Obstacle) {
    if let Origin::Implied(rule) = o.origin {
        return page.line("      ", &format!("AWS: {rule}"), 6);
    }
    let shown = Diagnostic::error(o.code.name(), &o.at, &o.origin, "");
    for line in render(&[shown], files).lines().skip(1) {
        if !line.is_empty() {
            page.verbatim(line);
        }
    }
}

fn also(o: &Obstacle) -> String {
    let gap = if o.beyond_gap {
        ", if it got there"
    } else {
        ""
    };
    format!(
        "{} at {}, by {} ({}{gap})",
        o.code,
        o.at,
        o.by,
        o.leg.name()
    )
}

fn footnotes(page: &mut Page, answer: &Answer) {
    let advice = answer.resolution.iter().flat_map(|r| &r.advice);
    let told = answer.notes.iter().filter(|n| limit(n).is_none());
    let notes: Vec<&str> = advice.map(String::as_str).chain(told.copied()).collect();
    if notes.is_empty() && answer.assumptions.is_empty() && answer.switches.is_empty() {
        return;
    }
    page.gap();
    for text in &answer.assumptions {
        page.line("ASSUME ", &explained(text), 7);
    }
    for text in &answer.switches {
        let (name, position) = text.split_once('=').unwrap_or((text, ""));
        let meaning = switch(name).map_or("", |s| s.meaning);
        let not = if position == "false" { "not so: " } else { "" };
        let text = format!("{text}: {not}{meaning}; the other position changes the answer");
        page.line("ASSUME ", &text, 7);
    }
    for text in notes {
        page.line("NOTE  ", &explained(text), 6);
    }
}

/// A code with its meaning, or the text as it is.
fn explained(text: &str) -> String {
    let code = Code::parse(text);
    code.map_or(text.to_owned(), |c| format!("{c}: {}", c.meaning()))
}

/// The rules of AWS that were named by number.
fn rules(page: &mut Page, places: &Places<'_>) {
    if !places.rules().is_empty() {
        page.gap();
    }
    for (number, rule) in places.rules().iter().enumerate() {
        page.line(&format!("[{}] ", number + 1), &format!("AWS: {rule}"), 4);
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
