//! The hops of a way, where it leaves the private address space, and where it is lost.

use crate::probe::{Hop, HopReply, Probed, Replied, Trace, TraceEnd, time};
use crate::report::wrap::Page;
use std::net::IpAddr;

/// One hop a line, and a line for how it ended.
pub(super) fn hops(page: &mut Page, probed: &Probed, trace: &Trace) {
    let mut head = "        HOPS  ";
    for hop in &trace.hops {
        for (text, right) in answers(probed, hop) {
            page.entry(head, &text, &right, 18);
            head = "              ";
        }
    }
    for text in border(probed, trace).into_iter().chain([end(trace)]) {
        page.line(head, &text, 14);
        head = "              ";
    }
}

/// Who answered for a TTL, each once, with the times; those who did not are counted.
fn answers(probed: &Probed, hop: &Hop) -> Vec<(String, String)> {
    let mut groups: Vec<(&HopReply, Vec<u64>)> = Vec::new();
    for reply in &hop.replies {
        let same =
            |g: &&mut (&HopReply, Vec<u64>)| g.0.from == reply.from && g.0.what == reply.what;
        match groups.iter_mut().find(same) {
            Some((_, times)) => times.push(reply.took),
            None => groups.push((reply, vec![reply.took])),
        }
    }
    let ttl = |first: bool| match first {
        true => format!("{:>2}  ", hop.ttl),
        false => "    ".to_owned(),
    };
    if groups.is_empty() {
        let text = format!("{}no answer to {}", ttl(true), packets(hop.silent));
        return vec![(text, String::new())];
    }
    let mut out = Vec::new();
    for (number, (reply, times)) in groups.iter().enumerate() {
        let mut text = format!("{}{}", ttl(number == 0), reply.from);
        if let Some(class) = probed.class(reply.from) {
            text.push_str(&format!("   {}", class.words()));
        }
        if let Some(what) = what(reply) {
            text.push_str(&format!("   {what}"));
        }
        let mut times: Vec<String> = times.iter().map(|t| time(*t)).collect();
        times.dedup();
        let mut right = times.join(", ");
        if number == 0 && hop.silent > 0 {
            right.push_str(&format!(", {} lost", hop.silent));
        }
        out.push((text, right));
    }
    out
}

fn packets(n: u32) -> String {
    match n {
        1 => "1 packet".to_owned(),
        n => format!("{n} packets"),
    }
}

/// What a hop answered, beyond being a router on the way.
fn what(reply: &HopReply) -> Option<String> {
    match reply.what {
        Replied::TimeExceeded => None,
        Replied::SynAck => Some("open".to_owned()),
        Replied::Reset => Some("refused".to_owned()),
        Replied::Unreachable(code) => Some(unreachable(reply.from, code)),
    }
}

/// RFC 792, RFC 1812 and RFC 4443: the codes of `destination unreachable`.
fn unreachable(from: IpAddr, code: u8) -> String {
    let word = match (from.is_ipv4(), code) {
        (true, 0) | (false, 0) => "no route",
        (true, 1) | (false, 3) => "host unreachable",
        (true, 2) => "protocol unreachable",
        (true, 3) | (false, 4) => "port unreachable",
        (true, 4) => "fragmentation needed",
        (true, 9 | 10 | 13) | (false, 1) => "prohibited",
        (false, 5) => "prohibited for this source",
        (false, 6) => "route rejects",
        _ => return format!("unreachable (code {code})"),
    };
    format!("{word} (code {code})")
}

/// Where the path leaves the private address space: between the last private hop and the first
/// public one.
fn border(probed: &Probed, trace: &Trace) -> Option<String> {
    let public = |from: IpAddr| {
        let class = probed.class(from)?;
        match (class.is_private(), class.is_public()) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        }
    };
    let hops = trace.hops.iter();
    let all: Vec<(u8, IpAddr, bool)> = hops
        .flat_map(|h| h.replies.iter().map(|r| (h.ttl, r.from)))
        .filter_map(|(ttl, from)| Some((ttl, from, public(from)?)))
        .collect();
    let outside = all.iter().position(|(.., public)| *public)?;
    let (ttl, from, _) = all.get(outside)?;
    let before = all.get(..outside).and_then(|all| all.last());
    Some(match before {
        Some((last, own, _)) => format!(
            "leaves the private address space between hop {last} ({own}) and hop {ttl} ({from})"
        ),
        None => format!("hop {ttl} ({from}), the first that answers, is public already"),
    })
}

/// How it ended.
fn end(trace: &Trace) -> String {
    let last = trace.hops.iter().rfind(|h| !h.replies.is_empty());
    let last = last.and_then(|h| Some((h.ttl, h.replies.first()?.from)));
    let sent = packets(trace.sent);
    match (&trace.end, last) {
        (TraceEnd::Reached, Some((ttl, _))) => format!("reached at hop {ttl}, {sent} sent"),
        (TraceEnd::Reached, None) => format!("reached, {sent} sent"),
        (TraceEnd::Unreachable, Some((ttl, from))) => {
            format!("hop {ttl} ({from}) says that there is no way, {sent} sent")
        }
        (TraceEnd::Unreachable, None) => format!("there is no way, {sent} sent"),
        (TraceEnd::Lost, Some((ttl, from))) => {
            format!("lost: nobody answers after hop {ttl} ({from}), {sent} sent")
        }
        (TraceEnd::Lost, None) => format!("lost: no hop answers, {sent} sent"),
        (TraceEnd::TooFar, _) => format!(
            "not reached within {} hops, {sent} sent: `--max-hops` looks further",
            trace.hops.len()
        ),
        (TraceEnd::NotPermitted(why), _) => format!("not looked for: {why}"),
        (TraceEnd::Failed(why), _) => format!("not finished: {why}, {sent} sent"),
        (TraceEnd::Interrupted, _) => format!("stopped before the end, {sent} sent"),
    }
}
