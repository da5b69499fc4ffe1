//! One alternative as lines: every node on the way out and what it decided, then the way back.
//!
//! Not every step is worth a line: what a component lets through by its nature, and the plumbing
//! between subnets, are in the JSON.

use super::words::{Places, header, limits};
use super::wrap::Page;
use crate::answer::{Alternative, Did, Fact, Part, Wording};
use crate::aws::address_in_words;
use crate::code::Code;
use crate::model::Origin;
use std::collections::HashSet;

/// Filters that users write.
const WRITTEN: [&str; 4] = ["sg", "acl", "policy", "firewall"];

/// Prints the legs of an alternative.
pub(super) fn way(
    page: &mut Page,
    places: &mut Places<'_>,
    wording: Wording<'_>,
    alternative: &Alternative,
) {
    let facts = wording.facts(alternative);
    let out = leg(alternative, &facts, Part::Out);
    let mut shown = String::new();
    let mut sent = alternative.sent;
    let mut mechanism = "";
    for (number, (node, facts)) in out.iter().enumerate() {
        let head = if number == 0 { "OUT   " } else { "      " };
        let flow = sent.take().map_or(String::new(), |f| header(&f));
        let changed = if flow == shown { "" } else { &flow };
        node_line(page, head, node, mechanism, changed);
        mechanism = "";
        if !flow.is_empty() {
            shown = flow;
        }
        for fact in facts {
            step(page, places, fact);
            if fact.did == Did::Crossed {
                sent = fact.header;
                mechanism = fact.by.as_str();
            }
        }
    }
    let back = leg(alternative, &facts, Part::Back);
    if !back.is_empty() {
        reply(page, places, alternative, &back);
    }
    gate(page, places, alternative, &facts);
    if let Some(arrived) = &alternative.arrived
        && alternative.delivered()
    {
        let seen = alternative.sees_source.map_or(String::new(), |s| {
            format!(", which sees {} as the source", address_in_words(s))
        });
        page.line("HOME  ", &format!("delivered to {arrived}{seen}"), 8);
        let limits = limits(&alternative.notes);
        if !limits.is_empty() {
            page.line("LIMIT ", &limits, 8);
        }
    }
}

/// The nodes of the way out, in order.
pub(super) fn nodes(wording: Wording<'_>, alternative: &Alternative) -> Vec<String> {
    let facts = wording.facts(alternative);
    let out = leg(alternative, &facts, Part::Out);
    out.into_iter().map(|(node, _)| node.to_owned()).collect()
}

/// The nodes of a leg and what happened at each, without the plumbing between them.
fn leg<'a>(
    alternative: &Alternative,
    facts: &'a [Fact],
    part: Part,
) -> Vec<(&'a str, Vec<&'a Fact>)> {
    let mut nodes: Vec<(&str, Vec<&Fact>)> = Vec::new();
    let loops = alternative.obstacle.as_ref();
    let loops = loops.is_some_and(|o| o.code == Code::FORWARDING_LOOP);
    let mut crossed = HashSet::new();
    for fact in facts.iter().filter(|f| f.part == part) {
        // A loop is shown once around.
        if loops && fact.did == Did::Crossed && !crossed.insert(fact.place) {
            break;
        }
        if fact.quiet || (fact.what == "local" && fact.did != Did::Dropped) {
            continue;
        }
        match nodes.last_mut() {
            Some((node, facts)) if *node == fact.node => facts.push(fact),
            _ => nodes.push((&fact.node, vec![fact])),
        }
    }
    nodes
}

fn node_line(page: &mut Page, head: &str, node: &str, mechanism: &str, flow: &str) {
    let name = match mechanism {
        "" | "local" | "same-subnet" => node.to_owned(),
        token => format!("{node} ({token})"),
    };
    let text = format!("{name:<24} {flow}");
    if head.chars().count() + text.chars().count() <= 80 {
        return page.line(head, &text, 8);
    }
    page.line(head, &name, 8);
    if !flow.is_empty() {
        page.line("        ", flow, 8);
    }
}

/// The reply: by whom it goes, and what did more than remember it.
fn reply(
    page: &mut Page,
    places: &mut Places<'_>,
    alternative: &Alternative,
    nodes: &[(&str, Vec<&Fact>)],
) {
    let mut names: Vec<&str> = nodes.iter().map(|(node, _)| *node).collect();
    let from = alternative.arrived.as_deref();
    if let Some(from) = from.filter(|f| names.first() != Some(f)) {
        names.insert(0, from);
    }
    page.line("BACK  ", &names.join(" → "), 8);
    let mut said = false;
    for (node, facts) in nodes {
        let facts = facts.iter().filter(|f| worth_a_line(f));
        let facts: Vec<&&Fact> = facts.filter(|f| f.did != Did::Established).collect();
        if !facts.is_empty() {
            page.line("      ", node, 8);
        }
        for fact in facts {
            said = true;
            step(page, places, fact);
        }
    }
    if !said && alternative.delivered() {
        page.line(
            "        ",
            "every filter on the way tracks the connection",
            8,
        );
    }
}

/// The request, and what each statement made of it; nothing where no policy was read.
fn gate(page: &mut Page, places: &mut Places<'_>, alternative: &Alternative, facts: &[Fact]) {
    let owners = leg(alternative, facts, Part::Gate);
    let Some(request) = alternative.request.as_ref().filter(|_| !owners.is_empty()) else {
        return;
    };
    let text = format!("{} on {}", request.action, request.resource);
    page.line("GATE  ", &text, 8);
    page.line("        ", &format!("by {}", request.principal), 8);
    for (owner, facts) in owners {
        page.line("      ", owner, 8);
        for fact in facts {
            step(page, places, fact);
        }
    }
}

fn worth_a_line(fact: &Fact) -> bool {
    let natural = fact.did == Did::Allowed && !WRITTEN.contains(&fact.what);
    let neighbour = fact.what == "same subnet" && fact.did == Did::Routed;
    !natural && !neighbour && !matches!(fact.did, Did::Crossed | Did::Arrived)
}

fn step(page: &mut Page, places: &mut Places<'_>, fact: &Fact) {
    let word = match fact.did {
        Did::Routed if fact.what == "same subnet" => {
            page.line("        ", "same subnet: no route table, no network ACL", 8);
            return;
        }
        _ if !worth_a_line(fact) => return,
        Did::Allowed => "allow",
        Did::Routed => "takes",
        Did::Rewrote => "maps",
        Did::Established => "knows the connection",
        Did::Maybe => "perhaps",
        Did::Skipped => "skips",
        Did::Chose => "one of",
        Did::Dropped => "STOPS",
        Did::Passed => "would stop",
        Did::Crossed | Did::Arrived => return,
    };
    let mut rule = fact.rule.to_string();
    if !rule.is_empty() {
        rule.insert_str(0, "   ");
    }
    let text = format!("{:<8} {word:<6} {}{rule}", fact.what, local(fact));
    let said_below = fact.did == Did::Dropped && matches!(fact.origin, Origin::Implied(_));
    let place = if said_below {
        String::new()
    } else {
        places.short(&fact.origin)
    };
    page.entry("        ", &text, &place, 24);
}

/// The row's name, as it is called inside the VPC of its node.
fn local(fact: &Fact) -> String {
    let vpc = fact.node.split_once('/').map(|(vpc, _)| format!("{vpc}/"));
    vpc.map_or(fact.by.to_string(), |vpc| fact.by.replace(&vpc, ""))
}
