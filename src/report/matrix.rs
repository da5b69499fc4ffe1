//! A matrix as a person reads it: who is who, the verdicts as a grid, then each service's ways.

use super::wrap::Page;
use crate::analysis::cost::{Prices, Total};
use crate::analysis::matrix::{Cell, Class, Matrix, Stop};
use crate::analysis::naming::patterns;
use crate::answer::{From, outside_name};
use crate::model::Network;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Width of a column of verdicts.
const COLUMN: usize = 12;
/// Widest title in the grid.
const TITLE: usize = 20;
/// Columns of the grid side by side.
const ACROSS: usize = 5;

/// What stands around a matrix.
#[derive(Clone, Copy, Debug)]
pub struct MatrixFrame<'a> {
    /// The network that was asked.
    pub network: &'a Network,
    /// What the input is called.
    pub input: &'a str,
    /// By which table costs are.
    pub prices: &'a Prices,
}

/// The matrix as text.
#[must_use]
pub fn matrix_text(frame: MatrixFrame<'_>, matrix: &Matrix) -> String {
    let mut page = Page::default();
    let groups = matrix.alike();
    page.line("", frame.input, 2);
    page.line("", &counts(matrix), 2);
    if groups.is_empty() || matrix.services.is_empty() {
        return page.0;
    }
    page.gap();
    legend(&mut page, frame.network, matrix, &groups);
    page.gap();
    grid(&mut page, matrix, &groups);
    for (column, service) in matrix.services.iter().enumerate() {
        page.gap();
        let to = Some(&service.to).filter(|to| **to != service.title);
        let port = service.port.map(|p| p.to_string());
        let words: Vec<&str> = to.into_iter().chain(&port).map(String::as_str).collect();
        page.line(&format!("{}  ", service.title), &words.join(" "), 4);
        outcomes(&mut page, column, &groups, frame.prices);
    }
    let all = matrix.classes.iter().flat_map(|c| &c.cells).flatten();
    if all
        .flat_map(|cell| &cell.costs)
        .any(|c| *c != Total::default())
    {
        page.gap();
        let Prices { date, region, .. } = frame.prices;
        let text = format!("prices of {date}, {region}, first tier; see --prices");
        page.line("", &text, 2);
    }
    page.0
}

fn counts(matrix: &Matrix) -> String {
    let (sources, classes) = (matrix.sources(), matrix.classes.len());
    let count =
        |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    if sources == 0 {
        return "no source".to_owned();
    }
    let ratio = sources as f64 / classes.max(1) as f64;
    format!(
        "{} in {} ({ratio:.1} a class) × {}",
        count(sources, "source", "sources"),
        count(classes, "class", "classes"),
        count(matrix.services.len(), "service", "services"),
    )
}

/// Which sources a letter stands for.
fn legend(page: &mut Page, network: &Network, matrix: &Matrix, groups: &[Vec<&Class>]) {
    let names = |from: &From| from.name(network);
    let all = matrix.classes.iter().flat_map(|c| &c.members);
    let all: BTreeSet<String> = all.map(names).collect();
    let width = letters(groups.len().saturating_sub(1)).len();
    for (number, group) in groups.iter().enumerate() {
        let members = group.iter().flat_map(|c| &c.members);
        let members: BTreeSet<String> = members.map(names).collect();
        let head = format!("{:<width$}  ", letters(number));
        page.line(&head, &listed(&all, &members), width + 2);
    }
}

/// Names in few words, and how many they are where the words do not say.
pub(super) fn listed(all: &BTreeSet<String>, members: &BTreeSet<String>) -> String {
    const SHOWN: usize = 12;
    let patterns = patterns(all, members);
    let mut text = patterns
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if patterns.len() > SHOWN {
        text.push_str(", …");
    }
    if patterns.len() < members.len() || patterns.len() > SHOWN {
        text.push_str(&format!(" ({} in all)", members.len()));
    }
    text
}

/// A, B, … Z, AA, AB, …
fn letters(number: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or_default());
    match number / 26 {
        0 => letter(number).to_string(),
        more => format!("{}{}", letters(more - 1), letter(number)),
    }
}

/// Verdicts: services down, groups of sources across.
fn grid(page: &mut Page, matrix: &Matrix, groups: &[Vec<&Class>]) {
    let titles = matrix.services.iter().map(|s| s.title.chars().count());
    let width = titles.max().unwrap_or_default().min(TITLE);
    let numbered: Vec<(usize, &Vec<&Class>)> = groups.iter().enumerate().collect();
    for block in numbered.chunks(ACROSS) {
        page.gap();
        let head: String = block
            .iter()
            .map(|(n, _)| format!("{:<COLUMN$}", letters(*n)))
            .collect();
        page.verbatim(&format!("{:width$}  {head}", ""));
        for (column, service) in matrix.services.iter().enumerate() {
            let title: String = service.title.chars().take(width).collect();
            let cells: String = block
                .iter()
                .map(|(_, group)| format!("{:<COLUMN$}", word(group, column)))
                .collect();
            page.verbatim(&format!("{title:<width$}  {cells}"));
        }
    }
}

fn cell<'m>(group: &[&'m Class], column: usize) -> Option<&'m Result<Cell, String>> {
    group.first()?.cells.get(column)
}

fn word(group: &[&Class], column: usize) -> &'static str {
    match cell(group, column) {
        Some(Ok(cell)) => cell.verdict.name(),
        _ => "–",
    }
}

/// The ways to one service, each with who takes it.
fn outcomes(page: &mut Page, column: usize, groups: &[Vec<&Class>], prices: &Prices) {
    let mut ways: Vec<(&Result<Cell, String>, Vec<String>)> = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let Some(cell) = cell(group, column) else {
            continue;
        };
        match ways.iter_mut().find(|(known, _)| *known == cell) {
            Some((_, who)) => who.push(letters(number)),
            None => ways.push((cell, vec![letters(number)])),
        }
    }
    let ways = ways.into_iter().map(|(cell, who)| (cell, who.join(", ")));
    let ways: Vec<(&Result<Cell, String>, String)> = ways.collect();
    // Who takes a way, in a column of its own while that is narrow.
    let widths = ways.iter().map(|(_, who)| who.len());
    let width = widths.max().unwrap_or_default().min(COLUMN);
    for (cell, who) in &ways {
        let (verdict, text) = match cell {
            Ok(cell) => (cell.verdict.name(), told(cell, prices)),
            Err(why) => ("–", why.clone()),
        };
        let text = format!("{who:<width$}  {text}");
        page.line(&format!("  {verdict:<11}  "), &text, 17 + width);
    }
}

/// How it goes, or what stops it, and what it costs.
fn told(cell: &Cell, prices: &Prices) -> String {
    let mut parts = Vec::new();
    parts.extend(cell.stop.as_ref().map(stopped));
    if cell.stop.is_none() && !cell.mechanism.is_empty() {
        parts.push(format!("by {}", cell.mechanism));
    }
    let costs: Vec<String> = cell.costs.iter().map(|c| amount(c, prices)).collect();
    if !costs.is_empty() {
        parts.push(costs.join(" or "));
    }
    parts.join(", ")
}

/// `NO_ROUTE_TO_DESTINATION (out) at app/job`.
pub(super) fn stopped(stop: &Stop) -> String {
    let at = stop
        .at
        .as_ref()
        .map_or(String::new(), |at| format!(" at {at}"));
    format!("{} ({}){at}", stop.code, stop.leg)
}

fn amount(cost: &Total, prices: &Prices) -> String {
    let mut parts = Vec::new();
    for (amount, per) in [(cost.gb, "GB"), (cost.hour, "h")] {
        if amount > 0.0 {
            parts.push(format!("{amount} {}/{per}", prices.currency));
        }
    }
    match (parts.is_empty(), cost.open) {
        (true, true) => return "price not known".to_owned(),
        (true, false) => return "free".to_owned(),
        (false, true) => parts.push("what has no price".to_owned()),
        (false, false) => {}
    }
    parts.join(" + ")
}

/// The matrix as JSON: classes with their members.
#[must_use]
pub fn matrix_json(frame: MatrixFrame<'_>, matrix: &Matrix) -> Value {
    let network = frame.network;
    let services = matrix.services.iter().map(|s| {
        json!({
            "title": s.title,
            "to": s.to,
            "protocol": s.protocol,
            "port": s.port,
        })
    });
    let classes = matrix.classes.iter().map(|class| {
        json!({
            "members": class.members.iter().map(|m| m.name(network)).collect::<Vec<_>>(),
            "answers": class.cells.iter().map(as_json).collect::<Vec<_>>(),
        })
    });
    json!({
        "version": 1,
        "sources": matrix.sources(),
        "services": services.collect::<Vec<_>>(),
        "classes": classes.collect::<Vec<_>>(),
        "prices": {
            "date": frame.prices.date,
            "region": frame.prices.region,
            "currency": frame.prices.currency,
        },
    })
}

fn as_json(cell: &Result<Cell, String>) -> Value {
    let cell = match cell {
        Ok(cell) => cell,
        Err(why) => return json!({ "verdict": null, "why": why }),
    };
    let stop = cell.stop.as_ref();
    json!({
        "verdict": cell.verdict.name(),
        "mechanism": cell.mechanism,
        "leaves_aws": outside_name(cell.leaves_aws),
        "code": stop.map(|s| s.code.name()),
        "leg": stop.map(|s| s.leg),
        "at": stop.and_then(|s| s.at.as_ref()),
        "costs": cell.costs.iter().map(|c| json!({
            "gb": c.gb,
            "hour": c.hour,
            "unpriced": c.open,
        })).collect::<Vec<_>>(),
    })
}

/// The matrix as CSV: a line for every source and service.
#[must_use]
pub fn matrix_csv(frame: MatrixFrame<'_>, matrix: &Matrix) -> String {
    let mut out = String::from(
        "source,service,verdict,mechanism,leaves_aws,code,leg,at,cost_gb,cost_hour,unpriced\n",
    );
    for class in &matrix.classes {
        let cells: Vec<String> = class.cells.iter().map(columns).collect();
        for member in &class.members {
            let name = quoted(&member.name(frame.network));
            for (service, cell) in matrix.services.iter().zip(&cells) {
                out.push_str(&format!("{name},{},{cell}\n", quoted(&service.title)));
            }
        }
    }
    out
}

/// The dearest of several ways stands for all.
fn columns(cell: &Result<Cell, String>) -> String {
    let Ok(cell) = cell else {
        return ",,,,,,,,".to_owned();
    };
    let stop = cell.stop.as_ref();
    let cost = cell.costs.last();
    let number = |n: Option<f64>| n.map_or(String::new(), |n| n.to_string());
    let fields = [
        cell.verdict.name().to_owned(),
        quoted(&cell.mechanism),
        outside_name(cell.leaves_aws).to_owned(),
        stop.map_or(String::new(), |s| s.code.name().to_owned()),
        stop.map_or("", |s| s.leg).to_owned(),
        quoted(stop.and_then(|s| s.at.as_deref()).unwrap_or_default()),
        number(cost.map(|c| c.gb)),
        number(cost.map(|c| c.hour)),
        cost.map_or(String::new(), |c| c.open.to_string()),
    ];
    fields.join(",")
}

/// A field of CSV (RFC 4180).
fn quoted(text: &str) -> String {
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
