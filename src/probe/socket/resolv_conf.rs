//! `resolv.conf`, read as resolv.conf(5) says and glibc does, with words for every line that
//! programs pass over in silence.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::path::Path;

/// How many servers glibc asks (`MAXNS`), and the greatest number of dots it waits for.
const MOST_SERVERS: usize = 3;
const MOST_DOTS: usize = 15;

/// A `resolv.conf`.
pub(super) struct ResolvConf {
    /// In the order in which they are asked.
    pub(super) servers: Vec<SocketAddr>,
    /// Why there are none; then programs ask 127.0.0.1.
    pub(super) no_servers: Option<String>,
    /// Whether connections are made from the start (`use-vc`).
    pub(super) tcp: bool,
    /// Whether IPv6 addresses are asked for (not with `no-aaaa`).
    pub(super) ipv6: bool,
    /// What cannot be read, or has no effect.
    pub(super) remarks: Vec<String>,
    search: Vec<String>,
    dots: usize,
    no_tld: bool,
}

/// A name to ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Absolute.
    pub(super) name: String,
    /// As it was written, without a domain of the search list.
    pub(super) as_is: bool,
}

impl ResolvConf {
    /// Reads the file, and what the environment says instead.
    pub(super) fn load(path: &Path) -> Self {
        let name = path.display().to_string();
        let read = std::fs::read(path);
        let text = read
            .as_ref()
            .map(|bytes| String::from_utf8_lossy(bytes))
            .unwrap_or_default();
        let mut conf = Self::read(&name, &text);
        if let Err(why) = read {
            conf.no_servers = Some(format!("{name} cannot be read ({why})"));
        }
        if let Ok(domains) = std::env::var("LOCALDOMAIN") {
            conf.search = domains.split_whitespace().map(domain).collect();
        }
        if let Ok(options) = std::env::var("RES_OPTIONS") {
            for word in options.split_whitespace() {
                conf.option("RES_OPTIONS", word);
            }
        }
        conf
    }

    fn read(path: &str, text: &str) -> Self {
        let mut conf = Self {
            servers: Vec::new(),
            no_servers: None,
            tcp: false,
            ipv6: true,
            remarks: Vec::new(),
            search: domain_of_this_host(),
            dots: 1,
            no_tld: false,
        };
        for (line, text) in (1..).zip(text.lines()) {
            conf.line(&format!("{path}:{line}"), text);
        }
        if conf.servers.is_empty() {
            conf.no_servers = Some(match conf.remarks.as_slice() {
                [] => format!("{path} names no name server"),
                [one] => format!("{path} names no name server ({one})"),
                [one, rest @ ..] => {
                    let more = rest.len();
                    format!("{path} names no name server ({one}; {more} more like this)")
                }
            });
            conf.servers = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 53))];
        }
        conf
    }

    fn line(&mut self, place: &str, text: &str) {
        if text.trim().is_empty() || text.starts_with(['#', ';']) {
            return;
        }
        let (key, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
        let mut words = rest.split_whitespace();
        match (key, words.next()) {
            ("nameserver", Some(word)) => match server(word) {
                Some(_) if self.servers.len() == MOST_SERVERS => self.remarks.push(format!(
                    "{place}: `{word}` is not asked: programs ask the first {MOST_SERVERS} servers"
                )),
                Some(server) => self.servers.push(server),
                None => self.remarks.push(format!(
                    "{place}: `{word}` is no address, so programs pass the line over"
                )),
            },
            ("domain", Some(word)) => self.search = vec![domain(word)],
            ("search", Some(_)) => self.search = rest.split_whitespace().map(domain).collect(),
            ("options", Some(_)) => {
                for word in rest.split_whitespace() {
                    self.option(place, word);
                }
            }
            // The order of addresses; all of them are tried.
            ("sortlist", Some(_)) => {}
            ("", _) => self.remarks.push(format!(
                "{place}: programs pass `{}` over, as a blank comes before it",
                text.trim()
            )),
            _ => self.remarks.push(format!(
                "{place}: programs pass `{}` over: a line starts with `nameserver`, `search`, `domain` or `options`, and a value",
                text.trim()
            )),
        }
    }

    fn option(&mut self, place: &str, word: &str) {
        match word.split_once(':').unwrap_or((word, "")) {
            ("ndots", number) => match number.parse::<usize>() {
                Ok(number) => self.dots = number.min(MOST_DOTS),
                Err(_) => self
                    .remarks
                    .push(format!("{place}: `{word}` has no number")),
            },
            ("use-vc", _) => self.tcp = true,
            ("no-aaaa", _) => self.ipv6 = false,
            ("no-tld-query", _) => self.no_tld = true,
            ("rotate", _) => self.remarks.push(format!(
                "{place}: `rotate`: programs begin with any of the servers, the probe with the first"
            )),
            // The probe's own waits and tries hold; the others do not change who is asked for what.
            (
                "timeout" | "attempts" | "edns0" | "trust-ad" | "single-request"
                | "single-request-reopen" | "no-reload" | "no-check-names" | "inet6"
                | "ip6-bytestring" | "ip6-dotint" | "no-ip6-dotint" | "debug",
                _,
            ) => {}
            _ => self
                .remarks
                .push(format!("{place}: programs do not know the option `{word}`")),
        }
    }

    /// The names to ask for until one answers. A name with as many dots as `ndots` is first asked
    /// for as it is, another one last; a dot at the end leaves it alone. None for a name without a dot
    /// under `no-tld-query` and no search list.
    pub(super) fn candidates(&self, name: &str) -> Vec<Candidate> {
        let as_is = |name: &str| Candidate {
            name: name.to_owned(),
            as_is: true,
        };
        let dots = name.matches('.').count();
        let first = dots >= self.dots || name.ends_with('.');
        let mut out = Vec::new();
        if first {
            out.push(as_is(name));
        }
        if name.ends_with('.') {
            return out;
        }
        for domain in self.search.iter().filter(|d| !d.is_empty()) {
            out.push(Candidate {
                name: format!("{name}.{domain}"),
                as_is: false,
            });
        }
        if !first && (dots > 0 || !self.no_tld) {
            out.push(as_is(name));
        }
        out
    }
}

fn domain(word: &str) -> String {
    word.trim_end_matches('.').to_owned()
}

/// Without `search` and `domain` it is what follows the first dot of the host's own name.
fn domain_of_this_host() -> Vec<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let after = name.trim().split_once('.').map(|(_, d)| domain(d));
    after.into_iter().collect()
}

/// An address; one of a link names the interface after `%`.
fn server(word: &str) -> Option<SocketAddr> {
    if let Ok(address) = word.parse::<IpAddr>() {
        return Some(SocketAddr::from((address, 53)));
    }
    let (address, interface) = word.split_once('%')?;
    let address: Ipv6Addr = address.parse().ok()?;
    let scope = interface.parse().ok().or_else(|| {
        let interfaces = pnet::datalink::interfaces().into_iter();
        let mut named = interfaces.filter(|i| i.name == interface);
        named.next().map(|i| i.index)
    })?;
    Some(SocketAddrV6::new(address, 53, 0, scope).into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may fail loudly")]
    use super::ResolvConf;

    fn names(conf: &ResolvConf, name: &str) -> Vec<String> {
        let all = conf.candidates(name).into_iter();
        all.map(|c| c.name).collect()
    }

    #[test]
    fn lines_are_read_as_glibc_does() {
        let text = "; of the VPC\nnameserver 10.0.0.2\nnameserver fd00:ec2::253\ndomain first.example\nsearch a.example. b.example\noptions ndots:2 timeout:1 use-vc\nsortlist 10.0.0.0\n";
        let conf = ResolvConf::read("f", text);
        assert_eq!(conf.remarks, [""; 0]);
        let servers: Vec<String> = conf.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["10.0.0.2:53", "[fd00:ec2::253]:53"]);
        assert!(conf.tcp && conf.ipv6 && conf.no_servers.is_none());
        assert_eq!(
            names(&conf, "x"),
            ["x.a.example", "x.b.example", "x"].map(str::to_owned)
        );
        assert_eq!(
            names(&conf, "x.y.z"),
            ["x.y.z", "x.y.z.a.example", "x.y.z.b.example"].map(str::to_owned)
        );
        assert_eq!(names(&conf, "x."), ["x.".to_owned()]);
    }

    #[test]
    fn what_programs_pass_over_is_said() {
        let text = "nameserver 10.0.0.2x\n nameserver 10.0.0.2\nnameserver\noptions ndots:x shiny\nnonsense\n";
        let conf = ResolvConf::read("f", text);
        let places: Vec<&str> = conf.remarks.iter().map(|r| r.split_at(3).0).collect();
        assert_eq!(places, ["f:1", "f:2", "f:3", "f:4", "f:4", "f:5"]);
        assert!(conf.remarks[1].ends_with("as a blank comes before it"));
        assert_eq!(
            conf.no_servers.as_deref(),
            Some(
                "f names no name server (f:1: `10.0.0.2x` is no address, so programs pass the line over; 5 more like this)"
            )
        );
        assert_eq!(conf.servers, ["127.0.0.1:53".parse().expect("a server")]);
        let four = "nameserver 10.0.0.1\n".repeat(4);
        let conf = ResolvConf::read("f", &four);
        assert_eq!((conf.servers.len(), conf.remarks.len()), (3, 1));
    }
}
