//! Who was asked for the name, and what came of it.

use crate::probe::{Class, Lookup, LookupOutcome, Over, Probed, time, who};
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
    let over = match lookup.over {
        Over::Udp => "UDP, ",
        Over::Tcp => "TCP, ",
        Over::File => "",
    };
    let mut text = who(&lookup.asked);
    if let Some(outcome) = outcome(&lookup.outcome) {
        text.push_str(&format!(": {outcome}"));
    }
    let right = match lookup.over {
        Over::File => String::new(),
        _ => format!("{over}{}", time(lookup.took)),
    };
    page.entry(&format!("        {:<5} ", lookup.kind), &text, &right, 14);
    for alias in &lookup.aliases {
        let text = format!("{} → {}", alias.from, alias.to);
        page.entry("              ", &text, &format!("{} s", alias.ttl), 16);
    }
    for record in &lookup.records {
        let class = probed.class(record.address);
        let class = class.map_or(String::new(), Class::words);
        let text = format!("{}   {class}", record.address);
        let ttl = record.ttl.map_or(String::new(), |ttl| format!("{ttl} s"));
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
