//! Headers and places in words.

use crate::aws::address_in_words;
use crate::fabric::Flow;
use crate::model::{Files, Origin};

/// `10.0.1.10:32768-60999 → 10.0.1.50:443 tcp`.
pub(super) fn header(flow: &Flow) -> String {
    let (src, dst) = (address_in_words(flow.src), address_in_words(flow.dst));
    match flow.proto {
        6 | 17 => {
            let name = if flow.proto == 6 { "tcp" } else { "udp" };
            let (sport, dport) = (span(flow.sport), span(flow.dport));
            format!("{src}:{sport} → {dst}:{dport} {name}")
        }
        1 => format!("{src} → {dst} icmp"),
        58 => format!("{src} → {dst} icmpv6"),
        other => format!("{src} → {dst} protocol {other}"),
    }
}

/// Limits of time and size that a way may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    /// Seconds that a connection may rest.
    Idle(u32),
    /// Bytes of the largest packet.
    Packet(u32),
}

/// The limit that a note stands for.
pub(super) fn limit(note: &str) -> Option<Limit> {
    let (kind, figure) = note.rsplit_once('_')?;
    match kind {
        "IDLE_TIMEOUT" => figure.parse().ok().map(Limit::Idle),
        "MTU" => figure.parse().ok().map(Limit::Packet),
        _ => None,
    }
}

/// The narrowest limits of a way: `idle for at most 350 s, packets of at most 8500 bytes`.
pub(super) fn limits(notes: &[&str]) -> String {
    let all = || notes.iter().filter_map(|n| limit(n));
    let idle = all().filter_map(|l| match l {
        Limit::Idle(seconds) => Some(seconds),
        Limit::Packet(_) => None,
    });
    let packet = all().filter_map(|l| match l {
        Limit::Packet(bytes) => Some(bytes),
        Limit::Idle(_) => None,
    });
    let idle = idle.min().map(|s| format!("idle for at most {s} s"));
    let packet = packet
        .min()
        .map(|b| format!("packets of at most {b} bytes"));
    let both: Vec<String> = idle.into_iter().chain(packet).collect();
    both.join(", ")
}

/// One port, or first and last.
pub(super) fn span((lo, hi): (u16, u16)) -> String {
    if lo == hi {
        lo.to_string()
    } else {
        format!("{lo}-{hi}")
    }
}

/// Spans, separated by commas.
pub(super) fn spans(all: &[(u16, u16)]) -> String {
    all.iter().map(|s| span(*s)).collect::<Vec<_>>().join(", ")
}

/// Short places: `line 17` of the file asked about, `base.yaml:17` of another, `[1]` for a rule of
/// AWS that the page's last lines spell out.
#[derive(Default)]
pub(super) struct Places<'a> {
    files: Option<&'a Files>,
    rules: Vec<&'static str>,
}

impl<'a> Places<'a> {
    pub(super) fn new(files: &'a Files) -> Self {
        Self {
            files: Some(files),
            rules: Vec::new(),
        }
    }

    /// Where a row was written.
    pub(super) fn short(&mut self, origin: &Origin) -> String {
        match (origin, self.files) {
            (Origin::Implied(rule), _) => self.rule(rule),
            (Origin::Text { file: 0, .. }, Some(files)) => {
                let place = files.locate(origin);
                let line = place.rsplit(':').nth(1).unwrap_or_default();
                format!("line {line}")
            }
            (Origin::Text { file, .. } | Origin::Json { file, .. }, Some(files)) => {
                let place = files.locate(origin);
                let folder = files.0.get(*file as usize).and_then(|f| f.name.rfind('/'));
                let place = place.get(folder.map_or(0, |n| n + 1)..).unwrap_or(&place);
                match origin {
                    Origin::Text { .. } => place.rsplit_once(':').map_or(place, |p| p.0).to_owned(),
                    _ => place.to_owned(),
                }
            }
            _ => String::new(),
        }
    }

    /// The number of a rule of AWS.
    fn rule(&mut self, rule: &'static str) -> String {
        let known = self.rules.iter().position(|r| *r == rule);
        let number = known.unwrap_or_else(|| {
            self.rules.push(rule);
            self.rules.len() - 1
        });
        format!("[{}]", number + 1)
    }

    /// The rules of AWS that were named, in order.
    pub(super) fn rules(&self) -> &[&'static str] {
        &self.rules
    }
}
