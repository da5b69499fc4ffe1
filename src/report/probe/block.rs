//! One target in full: the name, every address tried, what is amiss, and the prediction.

use super::{hops, names, prediction};
use crate::probe::{Attempt, Connect, Finding, Handshake, Http, Probed, Seen, Tls, place, time};
use crate::report::wrap::Page;

/// How many names of a certificate a person reads; the JSON has them all.
const NAMES: usize = 8;

/// One target as text.
pub(super) fn block(probed: &Probed) -> String {
    let mut page = Page::default();
    headline(&mut page, probed);
    page.gap();
    names::names(&mut page, probed);
    from(&mut page, probed);
    let mut before = None;
    for attempt in &probed.observation.attempts {
        attempted(&mut page, probed, attempt, before);
        before = Some(attempt);
    }
    findings(&mut page, &probed.judgement.findings);
    if let Some(beside) = &probed.comparison {
        prediction::prediction(&mut page, probed, beside);
    }
    more(&mut page, probed);
    page.0.truncate(page.0.trim_end().len());
    page.0.push('\n');
    page.0
}

fn headline(page: &mut Page, probed: &Probed) {
    let head = format!("{}  ", super::words(probed));
    let seen = &probed.observation;
    let mut text = seen.target.clone();
    if let Some(beside) = &probed.comparison {
        text = format!("{} → {text}", beside.from);
    }
    page.line(&head, &text, 6);
    if seen.interrupted {
        page.line("      ", "stopped before everything was tried", 6);
    }
}

/// The addresses of this machine that were sent from.
fn from(page: &mut Page, probed: &Probed) {
    let mut all: Vec<String> = Vec::new();
    for local in probed.observation.attempts.iter().filter_map(|a| a.local) {
        let local = local.to_string();
        if !all.contains(&local) {
            all.push(local);
        }
    }
    if !all.is_empty() {
        page.line("FROM  ", &all.join(", "), 6);
    }
}

/// One address: whose it is, how it went, and what was spoken there.
fn attempted(page: &mut Page, probed: &Probed, attempt: &Attempt, before: Option<&Attempt>) {
    let words = &probed.observation.target;
    let datagram = attempt.port.is_none() || words.starts_with("udp://");
    let mut text = place(attempt.address, attempt.port);
    if let Some(class) = probed.class(attempt.address) {
        text.push_str(&format!("   {}", class.words()));
    }
    page.entry("TO    ", &text, &outcome(attempt, datagram), 8);
    if let Some(tls) = &attempt.tls {
        let before = before.and_then(|b| b.tls.as_ref());
        handshake(page, probed, tls, before);
    }
    if let Some(http) = &attempt.http {
        page.line("        HTTP  ", &answered(http), 14);
    }
    if let Some(seen) = &attempt.seen {
        page.line("        SEEN  ", &saw(probed, attempt, seen), 14);
    }
    if let Some(trace) = &attempt.trace {
        hops::hops(page, probed, trace);
    }
}

/// How it went, and how long it took; what the system said of it stands among the findings.
fn outcome(attempt: &Attempt, datagram: bool) -> String {
    let family = if attempt.address.is_ipv4() { "4" } else { "6" };
    let word = match &attempt.connect {
        // Only TCP makes a connection.
        Connect::Open if datagram => "answers,",
        Connect::Open => "open,",
        Connect::Refused => "refused,",
        Connect::TimedOut => "timed out after",
        Connect::NoAnswer => "no answer after",
        Connect::Unreachable(_) => "unreachable,",
        Connect::NoFamily => return format!("not tried, no IPv{family} here"),
        Connect::NotPermitted(_) => return "not permitted".to_owned(),
        Connect::Failed(_) => "failed,",
        Connect::NotTried => return "not tried".to_owned(),
    };
    let mut out = format!("{word} {}", time(attempt.took));
    if attempt.tries > 1 {
        out.push_str(&format!(", {} tries", attempt.tries));
    }
    out
}

/// A handshake; a certificate that the address before showed too is not told again.
fn handshake(page: &mut Page, probed: &Probed, tls: &Tls, before: Option<&Tls>) {
    let mut text = match &tls.handshake {
        Handshake::Done => "done".to_owned(),
        Handshake::TimedOut => "no answer".to_owned(),
        Handshake::Closed => "closed by the far side".to_owned(),
        Handshake::Failed(why) => format!("failed: {why}"),
    };
    if let Some(version) = &tls.version {
        text = format!("{}, {text}", version.replace("TLSv1_", "TLS 1."));
    }
    let mut lookups = probed.observation.lookups.iter();
    if let Some(name) = tls
        .name
        .as_ref()
        .filter(|n| !lookups.any(|l| l.name == **n))
    {
        text.push_str(&format!(", asked for {name}"));
    }
    let shows = |t: &Tls| {
        (
            t.names.clone(),
            t.issuer.clone(),
            t.until.clone(),
            t.faults.clone(),
        )
    };
    let same = !tls.names.is_empty() && before.is_some_and(|b| shows(b) == shows(tls));
    if same {
        text.push_str(", with the same certificate");
    }
    page.entry("        TLS   ", &text, &time(tls.took), 14);
    if same {
        return;
    }
    if !tls.names.is_empty() {
        let (shown, rest) = tls.names.split_at(tls.names.len().min(NAMES));
        let more = match rest.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let text = format!("certificate of {}{more}", shown.join(", "));
        page.line("              ", &text, 16);
    }
    let issuer = tls.issuer.iter().map(|by| format!("issued by {by}"));
    let until = tls.until.iter().map(|until| format!("until {until}"));
    let faults = tls.faults.iter().map(|f| f.words().to_ascii_uppercase());
    let text: Vec<String> = issuer.chain(until).chain(faults).collect();
    if !text.is_empty() {
        page.line("              ", &text.join(", "), 16);
    }
}

/// The status, and the headers that tell who answers.
fn answered(http: &Http) -> String {
    match http {
        Http::Answered { status, headers } => {
            let mut text = status.to_string();
            for (name, value) in headers {
                text.push_str(&format!(", {name}: {value}"));
            }
            text
        }
        Http::TimedOut => "no answer".to_owned(),
        Http::Closed => "closed by the far side".to_owned(),
        Http::Other(begins) => format!("no HTTP: `{begins}`"),
    }
}

/// What the far side saw, and whether that is what was sent.
fn saw(probed: &Probed, attempt: &Attempt, seen: &Seen) -> String {
    let Seen::Answered { source, at, proxy } = seen else {
        return "who answers there is no responder".to_owned();
    };
    let kept = attempt.local == Some(source.ip());
    let class = probed.class(source.ip()).filter(|_| !kept);
    let class = class.map_or(String::new(), |c| format!(" ({})", c.words()));
    let mut text = format!("the far side saw {source}{class}, called at {at}");
    match attempt.local {
        _ if kept => text.push_str(": the source is kept"),
        Some(local) => text.push_str(&format!(": translated on the way from {local}")),
        None => {}
    }
    if let Some(proxy) = proxy {
        text.push_str(&format!("; {proxy}"));
    }
    text
}

/// What is amiss, then what is worth knowing; what has the same advice is told together.
fn findings(page: &mut Page, all: &[Finding]) {
    for (stops, head) in [(true, "WHY   "), (false, "NOTE  ")] {
        let own: Vec<&Finding> = all.iter().filter(|f| f.stops == stops).collect();
        for group in own.chunk_by(|a, b| a.code == b.code && a.advice == b.advice) {
            told(page, head, group);
        }
    }
}

/// A code, its sentences, and the advice they share.
pub(super) fn told(page: &mut Page, head: &str, group: &[&Finding]) {
    page.gap();
    for (number, finding) in group.iter().enumerate() {
        match number {
            0 => page.line(head, &format!("{}: {}", finding.code, finding.says), 6),
            _ => page.line("      ", &finding.says, 6),
        }
    }
    for text in group.first().iter().flat_map(|f| &f.advice) {
        page.line("      - ", text, 8);
    }
}

/// Where to read on.
fn more(page: &mut Page, probed: &Probed) {
    if let Some(first) = super::decides(probed) {
        let text = format!("reachability explain {}", first.code);
        page.line("MORE  ", &text, 6);
    }
}
