//! Everything that stands in the way of a flow: what, where, what nearly let it through, what to try.

use super::fix::headline;
use super::json::{header as header_json, obstacle};
use super::words::{Places, header};
use super::wrap::Page;
use crate::analysis::near::{Near, near};
use crate::answer::{Answer, Stop, Wording, remedy};
use crate::aws::Compiled;
use crate::model::Files;
use serde_json::{Value, json};

/// An answer, and what stands in its way.
#[derive(Clone, Copy, Debug)]
pub struct Hindered<'a> {
    /// The texts that origins point into.
    pub files: &'a Files,
    /// The words of the network.
    pub wording: Wording<'a>,
    /// What it compiles to.
    pub compiled: &'a Compiled,
    /// The answer.
    pub answer: &'a Answer,
    /// The obstacles of the most nearly working way.
    pub stops: &'a [Stop],
}

impl Hindered<'_> {
    fn near(&self, stop: &Stop) -> Vec<Near> {
        near(self.wording, self.compiled, stop)
    }
}

/// As text.
#[must_use]
pub fn text(told: &Hindered<'_>) -> String {
    let mut page = Page::default();
    let mut places = Places::new(told.files);
    headline(&mut page, told.answer);
    page.gap();
    if told.stops.is_empty() {
        page.line("", "nothing stands in the way", 0);
    }
    for (number, stop) in told.stops.iter().enumerate() {
        if number > 0 {
            page.gap();
        }
        one(&mut page, &mut places, told, number + 1, stop);
    }
    if !places.rules().is_empty() {
        page.gap();
    }
    for (number, rule) in places.rules().iter().enumerate() {
        page.line(&format!("[{}] ", number + 1), &format!("AWS: {rule}"), 4);
    }
    page.0
}

fn one(page: &mut Page, places: &mut Places<'_>, told: &Hindered<'_>, number: usize, stop: &Stop) {
    let o = &stop.obstacle;
    let gap = match o.beyond_gap {
        true => ", if it got there",
        false => "",
    };
    let text = format!("{} ({}{gap}): {}", o.code, o.leg.name(), o.code.meaning());
    page.line(&format!("{number:<3} "), &text, 6);
    let by = match o.by == o.at {
        true => String::new(),
        false => format!(", by {}", o.by),
    };
    page.entry(
        "      ",
        &format!("at {}{by}", o.at),
        &places.short(&o.origin),
        8,
    );
    if let Some(met) = &stop.met {
        page.line("MET   ", &header(met), 8);
    }
    for (at, near) in told.near(stop).iter().enumerate() {
        let head = if at == 0 { "NEAR  " } else { "      " };
        let rule = match near.rule.is_empty() {
            true => String::new(),
            false => format!("   {}", near.rule),
        };
        let text = format!("{}{rule}   {}", near.by, near.missed.words());
        page.entry(head, &text, &places.short(&near.origin), 8);
    }
    if let Some(text) = remedy(o, stop.met.as_ref()) {
        page.line("TRY   ", &text, 8);
    }
}

/// As JSON.
#[must_use]
pub fn json(told: &Hindered<'_>) -> Value {
    let near = |near: &Near| {
        json!({
            "by": near.by,
            "rule": near.rule,
            "missed": near.missed.name(),
            "where": told.files.locate(&near.origin),
        })
    };
    let stop = |stop: &Stop| {
        json!({
            "obstacle": obstacle(told.files, &stop.obstacle),
            "header": stop.met.as_ref().map(header_json),
            "near": told.near(stop).iter().map(near).collect::<Vec<_>>(),
            "remedy": remedy(&stop.obstacle, stop.met.as_ref()),
        })
    };
    json!({
        "version": 1,
        "from": told.answer.from,
        "to": told.answer.ask.to,
        "verdict": told.answer.verdict.name(),
        "obstacles": told.stops.iter().map(stop).collect::<Vec<_>>(),
    })
}
