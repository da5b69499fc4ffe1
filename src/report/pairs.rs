//! All pairs of interfaces as text, JSON and CSV: by class, or one by one.

use super::matrix::{letters, listed, quoted};
use super::wrap::Page;
use crate::analysis::classes::ClassId;
use crate::analysis::pairs::{Cell, Pairs, PortClass, Predicted, Reach, Tally};
use crate::engine::Walker;
use crate::model::{Id, Interface, Network};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// More classes than these are for programs.
const SHOWN: usize = 200;

/// What stands around pairs.
#[derive(Clone, Copy, Debug)]
pub struct PairsFrame<'a> {
    /// The network that was asked.
    pub network: &'a Network,
    /// What the input is called.
    pub input: &'a str,
    /// Each interface by itself, not by class.
    pub expand: bool,
    /// Of some senders and receivers only.
    pub some: bool,
}

impl PairsFrame<'_> {
    fn names(&self, members: &[Id<Interface>]) -> Vec<String> {
        let names = members.iter().map(|id| self.network.interface_name(*id));
        names.collect()
    }
}

/// All pairs as text.
#[must_use]
pub fn pairs_text(frame: PairsFrame<'_>, pairs: &Pairs<'_>) -> String {
    let mut page = Page::default();
    let (classes, mut tally) = (pairs.classes(), Tally::default());
    let mut walker = Walker::default();
    let all = 0..classes.len() as ClassId;
    let tos: Vec<ClassId> = all
        .clone()
        .filter(|c| pairs.receivers(*c).next().is_some())
        .collect();
    let froms = all.filter(|c| pairs.senders(*c).next().is_some()).count();
    let few = tos.len() <= SHOWN && froms <= SHOWN;
    let listed_too = few && (pairs.predicted().keeps_rows || frame.some);
    let mut reached = Vec::new();
    if listed_too {
        for to in &tos {
            reached.push((*to, pairs.reached(*to, &mut walker, &mut tally)));
        }
    } else {
        for port in 0..pairs.ports().len() {
            pairs.rows(port, |row| tally += row.tally(None));
        }
    }
    page.line("", frame.input, 2);
    page.line("", &counts(pairs), 2);
    page.line("", &memory(pairs.predicted()), 2);
    page.line("", &share(&tally), 2);
    if !listed_too {
        let text = "too much to lay out at once: --format csv has a line for each pair and port";
        page.line("", text, 2);
        return page.0;
    }
    page.gap();
    if frame.expand {
        for (to, reached) in &reached {
            for own in pairs.receivers(*to) {
                to_one(&mut page, frame, pairs, own, reached);
            }
        }
        return page.0;
    }
    legend(&mut page, frame, pairs);
    page.gap();
    for (to, reached) in &reached {
        let from = |from: &ClassId| vec![letters(*from as usize)];
        block(&mut page, &letters(*to as usize), pairs, reached, from);
    }
    page.0
}

/// Who reaches one interface.
fn to_one(
    page: &mut Page,
    frame: PairsFrame<'_>,
    pairs: &Pairs<'_>,
    to: Id<Interface>,
    reached: &[(ClassId, Reach)],
) {
    let name = frame.network.interface_name(to);
    let from = |from: &ClassId| {
        let others = pairs.senders(*from).filter(|id| *id != to);
        frame.names(&others.collect::<Vec<_>>())
    };
    block(page, &name, pairs, reached, from);
}

/// A destination, and who reaches it at which ports, those together that do at the same.
fn block(
    page: &mut Page,
    title: &str,
    pairs: &Pairs<'_>,
    reached: &[(ClassId, Reach)],
    names: impl Fn(&ClassId) -> Vec<String>,
) {
    let mut alike: Vec<(&Reach, Vec<String>)> = Vec::new();
    for (from, reach) in reached {
        let names = names(from);
        if names.is_empty() {
            continue;
        }
        match alike.iter_mut().find(|(known, _)| *known == reach) {
            Some((_, all)) => all.extend(names),
            None => alike.push((reach, names)),
        }
    }
    if alike.is_empty() {
        page.line("", &format!("{title}  from nobody"), 4);
        return;
    }
    page.line("", title, 4);
    for (reach, names) in alike {
        let text = format!("{}: {}", names.join(", "), told(pairs.ports(), reach));
        page.line("  from ", &text, 9);
    }
}

fn counts(pairs: &Pairs<'_>) -> String {
    let (classes, ports) = (pairs.classes(), pairs.ports().len());
    let count =
        |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let ratio = classes.interfaces() as f64 / classes.len().max(1) as f64;
    format!(
        "{} in {} ({ratio:.1} a class) × {}",
        count(classes.interfaces(), "interface", "interfaces"),
        count(classes.len(), "class", "classes"),
        count(ports, "class of ports", "classes of ports"),
    )
}

fn memory(predicted: Predicted) -> String {
    let kept = match (predicted.keeps_ways, predicted.keeps_rows) {
        (true, true) => "both are kept",
        (true, false) => "rows are worked out one at a time",
        (false, _) => "both are worked out one at a time",
    };
    let (ways, rows) = (bytes(predicted.ways), bytes(predicted.rows));
    format!("memory predicted: {ways} for ways, {rows} for rows; {kept}")
}

fn bytes(number: u64) -> String {
    let mut amount = number as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if amount < 1024.0 {
            return match unit {
                "B" => format!("{number} B"),
                _ => format!("{amount:.1} {unit}"),
            };
        }
        amount /= 1024.0;
    }
    format!("{amount:.1} TiB")
}

/// How much of it rows leave to the walker.
fn share(tally: &Tally) -> String {
    match tally.pairs {
        0 => "no interface sends anything".to_owned(),
        pairs => format!(
            "the walker decides {:.1} % of {pairs} pairs at ports, rows the rest",
            tally.open as f64 * 100.0 / pairs as f64
        ),
    }
}

/// Which interfaces a letter stands for.
fn legend(page: &mut Page, frame: PairsFrame<'_>, pairs: &Pairs<'_>) {
    let classes = pairs.classes();
    let all = frame.network.interfaces.iter();
    let all = all.map(|(id, _)| frame.network.interface_name(id));
    let all: BTreeSet<String> = all.collect();
    let width = letters(classes.len().saturating_sub(1)).len();
    for class in 0..classes.len() as ClassId {
        let own = pairs.classes().members(class).iter().copied();
        let own = own.filter(|id| pairs.hears_of(*id)).collect::<Vec<_>>();
        if own.is_empty() {
            continue;
        }
        let members = frame.names(&own).into_iter().collect();
        let head = format!("{:<width$}  ", letters(class as usize));
        page.line(&head, &listed(&all, &members), width + 2);
    }
}

/// `tcp 443, 8080-8090; mixed udp 53`.
fn told(ports: &[PortClass], reach: &Reach) -> String {
    let parts = [
        ("", &reach.all),
        ("mixed ", &reach.some),
        ("unknown ", &reach.unknown),
    ];
    let parts = parts.into_iter().filter(|(_, all)| !all.is_empty());
    let parts: Vec<String> = parts
        .map(|(word, all)| format!("{word}{}", in_words(ports, all)))
        .collect();
    parts.join("; ")
}

/// Port classes in words, those of one protocol together.
fn in_words(ports: &[PortClass], of: &[usize]) -> String {
    let mut all: Vec<PortClass> = Vec::new();
    for class in of.iter().filter_map(|n| ports.get(*n)) {
        match all.last_mut() {
            Some(last) if (last.v4, last.proto) == (class.v4, class.proto) => {
                last.spans.extend(&class.spans);
            }
            _ => all.push(class.clone()),
        }
    }
    let words = all.into_iter().map(|class| {
        let family = if class.v4 { "" } else { "ipv6 " };
        format!("{family}{}", service(class.proto, class.spans))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// `tcp 443 8080-8090`, `icmp 8`, `protocol 47`.
fn service(proto: u8, spans: Vec<(u16, u16)>) -> String {
    let name = protocol(proto);
    let spans = ranges(proto, spans);
    match spans.is_empty() {
        true => name,
        false => format!("{name} {spans}"),
    }
}

fn protocol(proto: u8) -> String {
    match proto {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        58 => "icmpv6".to_owned(),
        other => format!("protocol {other}"),
    }
}

/// Spans joined and in order; of ICMP types, with codes where not all of a type are meant.
fn ranges(proto: u8, mut spans: Vec<(u16, u16)>) -> String {
    spans.sort_unstable();
    let mut joined: Vec<(u16, u16)> = Vec::new();
    for (lo, hi) in spans {
        match joined.last_mut() {
            Some(last) if u32::from(lo) <= u32::from(last.1) + 1 => last.1 = last.1.max(hi),
            _ => joined.push((lo, hi)),
        }
    }
    let span = |lo: String, hi: String| match lo == hi {
        true => lo,
        false => format!("{lo}-{hi}"),
    };
    let words = joined.into_iter().map(|(lo, hi)| match proto {
        6 | 17 if (lo, hi) == (0, u16::MAX) => "all".to_owned(),
        6 | 17 => span(lo.to_string(), hi.to_string()),
        1 | 58 if (lo, hi) == (0, u16::MAX) => "all".to_owned(),
        1 | 58 if lo & 0xff == 0 && hi & 0xff == 0xff => {
            span((lo >> 8).to_string(), (hi >> 8).to_string())
        }
        1 | 58 => {
            let one = |n: u16| format!("{}/{}", n >> 8, n & 0xff);
            span(one(lo), one(hi))
        }
        _ => String::new(),
    });
    let words: Vec<String> = words.filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

/// All pairs as JSON.
#[must_use]
pub fn pairs_json(frame: PairsFrame<'_>, pairs: &Pairs<'_>) -> Value {
    let (classes, mut tally) = (pairs.classes(), Tally::default());
    let mut walker = Walker::default();
    let mut reach = Vec::new();
    let all = 0..classes.len() as ClassId;
    for to in all.filter(|class| pairs.receivers(*class).next().is_some()) {
        for (from, found) in pairs.reached(to, &mut walker, &mut tally) {
            let mut tell = |from: Value, to: Value| {
                reach.push(json!({
                    "from": from,
                    "to": to,
                    "reached": found.all,
                    "mixed": found.some,
                    "unknown": found.unknown,
                }));
            };
            match frame.expand {
                false => tell(json!(from), json!(to)),
                true => each_pair(pairs, (from, to), |from, to| {
                    let name = |id| json!(frame.network.interface_name(id));
                    tell(name(from), name(to));
                }),
            }
        }
    }
    let by = if frame.expand {
        "interfaces_reach"
    } else {
        "classes_reach"
    };
    let members = |class| json!({ "members": frame.names(classes.members(class)) });
    let predicted = pairs.predicted();
    json!({
        "version": 1,
        "interfaces": classes.interfaces(),
        "classes": (0..classes.len() as ClassId).map(members).collect::<Vec<_>>(),
        "ports": pairs.ports().iter().map(|class| json!({
            "family": family(class),
            "protocol": class.proto,
            "spans": class.spans.iter().map(|(lo, hi)| json!([lo, hi])).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "memory": {
            "ways": predicted.ways,
            "rows": predicted.rows,
            "keeps_ways": predicted.keeps_ways,
            "keeps_rows": predicted.keeps_rows,
        },
        "pairs": tally.pairs,
        "walked": tally.open,
        by: reach,
    })
}

fn family(class: &PortClass) -> &'static str {
    if class.v4 { "ipv4" } else { "ipv6" }
}

/// Every pair of interfaces of two classes.
fn each_pair(
    pairs: &Pairs<'_>,
    (from, to): (ClassId, ClassId),
    mut each: impl FnMut(Id<Interface>, Id<Interface>),
) {
    for one in pairs.senders(from) {
        for two in pairs.receivers(to).filter(|two| *two != one) {
            each(one, two);
        }
    }
}

/// The first pair of interfaces of two classes.
fn first_pair(
    pairs: &Pairs<'_>,
    (from, to): (ClassId, ClassId),
) -> Option<(Id<Interface>, Id<Interface>)> {
    let mut both = pairs.senders(from).flat_map(|one| {
        let others = pairs.receivers(to).filter(move |two| *two != one);
        others.map(move |two| (one, two))
    });
    both.next()
}

/// All pairs as CSV, some lines at a time: a line for every pair and port class that is reached, or may
/// be.
///
/// # Errors
/// What the writer says.
pub fn pairs_csv<E>(
    frame: PairsFrame<'_>,
    pairs: &Pairs<'_>,
    mut write: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    write("from,from_number,to,to_number,family,protocol,ports,reach\n")?;
    let (mut walker, mut out) = (Walker::default(), Ok(()));
    for (number, class) in pairs.ports().iter().enumerate() {
        let spans = ranges(class.proto, class.spans.clone());
        let port = format!("{},{},{spans}", family(class), protocol(class.proto));
        pairs.rows(number, |row| {
            let mut lines = String::new();
            for (from, cell) in row.found() {
                let both = (from, row.to());
                let cell = match cell {
                    Cell::Open => pairs.walk(&mut walker, both, number),
                    cell => cell,
                };
                let word = match cell {
                    Cell::All => "reached",
                    Cell::Some => "mixed",
                    Cell::Unknown => "unknown",
                    Cell::None | Cell::Open => continue,
                };
                let mut tell = |from: &str, m: usize, to: &str, n: usize| {
                    let (from, to) = (quoted(from), quoted(to));
                    lines.push_str(&format!("{from},{m},{to},{n},{port},{word}\n"));
                };
                let name = |id| frame.network.interface_name(id);
                if frame.expand {
                    each_pair(pairs, both, |from, to| tell(&name(from), 1, &name(to), 1));
                } else if let Some((one, two)) = first_pair(pairs, both) {
                    let (m, n) = (pairs.senders(both.0), pairs.receivers(both.1));
                    tell(&name(one), m.count(), &name(two), n.count());
                }
            }
            if out.is_ok() && !lines.is_empty() {
                out = write(&lines);
            }
        });
    }
    out
}
