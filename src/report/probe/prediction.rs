//! The prediction beside what was seen.

use super::block::told;
use super::undecided;
use crate::probe::{Agreement, Comparison, Health, Probed, Sighting};
use crate::report::wrap::Page;

/// What was predicted, which of its alternatives was seen, and where the two part.
pub(super) fn prediction(page: &mut Page, probed: &Probed, beside: &Comparison) {
    page.gap();
    let mut text = beside.prediction.to_owned();
    if !beside.mechanism.is_empty() {
        text.push_str(&format!(" by {}", beside.mechanism));
    }
    page.line("PREDICTED  ", &text, 8);
    for side in &beside.alternatives {
        page.entry("        ", &side.predicted, seen(side.seen), 10);
    }
    let as_predicted = beside.agreement == Agreement::AsPredicted;
    let far = as_predicted && probed.health() == Health::Amiss;
    let far = far.then_some("the network does as predicted: what is amiss is at the far side");
    if let Some(why) = undecided(beside).or(far) {
        page.line("        ", why, 8);
    }
    if let Some(difference) = &beside.difference {
        told(page, "FIRST DIFFERENCE  ", &[difference]);
    }
    for remark in &beside.remarks {
        told(page, "NOTE  ", &[remark]);
    }
}

fn seen(seen: Sighting) -> &'static str {
    match seen {
        Sighting::Possible => "possible",
        Sighting::NotSeen => "not seen",
        Sighting::RuledOut => "RULED OUT",
    }
}
