//! Who was asked for the name, and what came of it.

use crate::probe::{Asked, Class, Lookup, LookupOutcome, Over, Probed, time, who};
use crate::report::wrap::Page;

/// Every question, in order, under the name it asks for.
pub(super) fn names(page: &mut Page, probed: &Probed) {
    let mut name = "";
    for lookup in &probed.observation.lookups {
        if lookup.name != name {
            let head = if name.is_empty() { "DNS   " } else { "      " };
            page.line(head, &lookup.name, 8);
            name = &lookup.name;
        }
        question(page, probed, lookup);
    }
}

fn question(page: &mut Page, probed: &Probed, lookup: &Lookup) {
    let text = match (outcome(&lookup.outcome), &lookup.asked) {
        (None, asked) => who(asked),
        (Some(outcome), Asked::Nobody) => outcome.replacen("no answer, ", "nobody to ask, ", 1),
        (Some(outcome), asked) => format!("{}: {outcome}", who(asked)),
    };
    let right = match lookup.over {
        Over::Udp if lookup.asked != Asked::Nobody => format!("UDP, {}", time(lookup.took)),
        Over::Tcp if lookup.asked != Asked::Nobody => format!("TCP, {}", time(lookup.took)),
        _ => String::new(),
    };
    page.entry(&format!("        {:<5} ", lookup.kind), &text, &right, 14);
    for alias in &lookup.aliases {
        let text = format!("{} → {}", alias.from, alias.to);
        page.entry("              ", &text, &format!("TTL {} s", alias.ttl), 16);
    }
    for record in &lookup.records {
        let class = probed.class(record.address);
        let class = class.map_or(String::new(), Class::words);
        let text = format!("{}   {class}", record.address);
        let ttl = record
            .ttl
            .map_or(String::new(), |ttl| format!("TTL {ttl} s"));
        page.entry("              ", text.trim_end(), &ttl, 16);
    }
}

/// Why there is no address.
fn outcome(outcome: &LookupOutcome) -> Option<String> {
    Some(match outcome {
        LookupOutcome::Answered => return None,
        LookupOutcome::NxDomain => "no such name (NXDOMAIN)".to_owned(),
        LookupOutcome::NoData => "no address of this kind".to_owned(),
        LookupOutcome::Refused => "refused (REFUSED)".to_owned(),
        LookupOutcome::Failed(word) => format!("failed ({word})"),
        LookupOutcome::TimedOut => "no answer".to_owned(),
        LookupOutcome::Unreachable(why) => format!("not reached, {why}"),
        LookupOutcome::Broken(why) => format!("no answer, {why}"),
        LookupOutcome::BadName(why) => format!("not asked, {why}"),
    })
}
