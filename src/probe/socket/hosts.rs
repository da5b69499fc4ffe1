//! The file of hosts, read as hosts(5) says and glibc does: every line of a name counts.

use crate::probe::{Asked, Lookup, LookupOutcome, Over, Record};
use std::net::IpAddr;
use std::path::Path;

/// A file of hosts.
pub(super) struct Hosts {
    path: String,
    entries: Vec<Entry>,
    /// What cannot be read.
    pub(super) remarks: Vec<String>,
}

struct Entry {
    line: u32,
    address: IpAddr,
    names: Vec<String>,
}

impl Hosts {
    pub(super) fn load(path: &Path) -> Self {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => Self::read(name, &String::from_utf8_lossy(&bytes)),
            Err(why) => Self {
                remarks: vec![format!(
                    "{name}: cannot be read ({why}), so it names no host"
                )],
                path: name,
                entries: Vec::new(),
            },
        }
    }

    fn read(path: String, text: &str) -> Self {
        let mut hosts = Self {
            path,
            entries: Vec::new(),
            remarks: Vec::new(),
        };
        for (line, text) in (1..).zip(text.lines()) {
            let mut words = text.split('#').next().unwrap_or("").split_whitespace();
            let Some(address) = words.next() else {
                continue;
            };
            let names: Vec<String> = words.map(str::to_owned).collect();
            match address.parse() {
                Ok(address) => hosts.entries.push(Entry {
                    line,
                    address,
                    names,
                }),
                Err(_) => hosts.remarks.push(format!(
                    "{}:{line}: `{address}` is no address, so programs pass the line over",
                    hosts.path
                )),
            }
        }
        hosts
    }

    /// What the file says of a name: a lookup for each of its lines; none if it does not know it.
    pub(super) fn find(&self, name: &str) -> Vec<Lookup> {
        let lines = self
            .entries
            .iter()
            .filter(|e| e.names.iter().any(|n| n.eq_ignore_ascii_case(name)));
        lines
            .map(|e| {
                let asked = Asked::Hosts {
                    path: self.path.clone(),
                    line: e.line,
                };
                from_file(asked, name, e.address)
            })
            .collect()
    }
}

/// An address that nobody had to be asked for.
pub(super) fn from_file(asked: Asked, name: &str, address: IpAddr) -> Lookup {
    Lookup {
        asked,
        name: name.to_owned(),
        kind: if address.is_ipv4() { "A" } else { "AAAA" }.to_owned(),
        outcome: LookupOutcome::Answered,
        aliases: Vec::new(),
        records: vec![Record { address, ttl: None }],
        over: Over::File,
        took: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn every_line_of_a_name_counts() {
        let text = "127.0.0.1 localhost\n\n# 10.0.0.9 db\n10.0.0.1\tDB.example db # the first\n  fd00::1 db\nx db\n10.0.0.2 db";
        let hosts = Hosts::read("hosts".to_owned(), text);
        let found = |name| -> Vec<String> {
            let found = hosts.find(name).into_iter();
            found
                .map(|l| format!("{:?} {} {:?}", l.asked, l.kind, l.addresses().next()))
                .collect()
        };
        let line = |line, kind, address| {
            format!("Hosts {{ path: \"hosts\", line: {line} }} {kind} Some({address})")
        };
        assert_eq!(
            found("Db"),
            [
                line(4, "A", "10.0.0.1"),
                line(5, "AAAA", "fd00::1"),
                line(7, "A", "10.0.0.2"),
            ]
        );
        assert_eq!(found("db.example"), [line(4, "A", "10.0.0.1")]);
        assert!(found("first").is_empty());
        assert_eq!(
            hosts.remarks,
            ["hosts:6: `x` is no address, so programs pass the line over"]
        );
    }
}
