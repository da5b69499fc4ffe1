//! The table as it is printed: a line, and below it those beside us.

use super::measured::Measured;
use super::row::{At, Peer, Row};

pub fn head() {
    println!("seconds are of processor; memory is the most of the whole process, in MiB\n");
    println!(
        "{:<34}{:>12}{:>10}{:>10}{:>8}",
        "", "interfaces", "took", "goal", "MiB"
    );
}

/// A line.
pub fn own(row: &Row, at: &At, is: usize, measured: &Result<Measured, String>) {
    let kind = if at.kind == "friendly" { "" } else { " (hard)" };
    let what = format!("{}{kind}", row.what);
    let goal = at.seconds.filter(|_| is == at.size).map(seconds);
    let goal = goal.unwrap_or_default();
    let count = thousands(is);
    match measured {
        Ok(m) => {
            let took = seconds(m.seconds);
            println!("{what:<34}{count:>12}{took:>10}{goal:>10}{:>8.0}", m.peak);
            let meets = |goal: Option<f64>, is: f64| goal.is_none_or(|g| is <= g);
            if is == at.size && !meets(at.seconds, m.seconds) {
                println!("  MISSED: ×{:.1} the goal", m.seconds / at.seconds.unwrap());
            }
            if is == at.size && !meets(at.memory, m.peak) {
                println!("  MISSED: the goal is {:.0} MiB", at.memory.unwrap());
            }
            println!("  {}", m.answer);
            if !m.says.is_empty() {
                println!("  {}", m.says);
            }
        }
        Err(why) => println!("{what:<34}{count:>12}{:>10}{goal:>10}\n  {why}", "–"),
    }
}

/// One beside it.
pub fn peer(peer: &Peer, size: usize, own: Option<&Measured>, measured: &Result<Measured, String>) {
    let m = match measured {
        Err(why) => return println!("    {}: {why}", peer.name),
        Ok(m) => m,
    };
    let name = [peer.name, &m.says].join(" ");
    let mut line = format!("    {name:<42}{:>10}", seconds(m.seconds));
    if let Some(own) = own {
        let ratio = m.seconds / own.seconds;
        line += &format!("  ×{ratio:.1}");
        if let Some((least, _)) = peer.least.filter(|(_, at)| *at == size) {
            line += &format!(", goal ×{least}");
            line += if ratio < least { "  MISSED" } else { "" };
        }
    }
    println!("{line}");
}

/// A time with three digits.
pub fn seconds(s: f64) -> String {
    let (value, unit) = match s {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let digits = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

/// A number in groups of three digits.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let first = digits.len() % 3;
    let mut out = digits[..first].to_owned();
    for group in digits.as_bytes()[first..].chunks(3) {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(std::str::from_utf8(group).unwrap());
    }
    out
}
