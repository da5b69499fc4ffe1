//! What is probed: the words of a target.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// How to speak to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Connect.
    Tcp,
    /// Connect, and shake hands.
    Tls,
    /// Connect; a HEAD request, if asked for.
    Http,
    /// Connect, and shake hands; a HEAD request, if asked for.
    Https,
    /// Send a datagram.
    Udp,
    /// Send an echo request.
    Icmp,
}

/// Whom to ask for, or whereto.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name to be resolved, as written.
    Name(String),
    /// Addresses: one that was written, or those a scenario gives a component.
    Addresses(Vec<IpAddr>),
}

/// A target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Its words.
    pub words: String,
    /// How to speak to it.
    pub scheme: Scheme,
    /// Whom.
    pub host: Host,
    /// At which port; 0 for ICMP.
    pub port: u16,
    /// What to ask for in a HEAD request.
    pub path: String,
}

impl Scheme {
    const ALL: [(&'static str, Scheme, Option<u16>); 6] = [
        ("https", Scheme::Https, Some(443)),
        ("http", Scheme::Http, Some(80)),
        ("tls", Scheme::Tls, Some(443)),
        ("tcp", Scheme::Tcp, None),
        ("udp", Scheme::Udp, None),
        ("icmp", Scheme::Icmp, Some(0)),
    ];

    /// Whether the words promise a TLS handshake.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Scheme::Tls | Scheme::Https)
    }

    /// Whether a connection is made.
    #[must_use]
    pub fn connects(self) -> bool {
        !matches!(self, Scheme::Udp | Scheme::Icmp)
    }

    /// IP protocol, for a destination of this family.
    #[must_use]
    pub fn protocol(self, to: IpAddr) -> u8 {
        match (self, to) {
            (Scheme::Udp, _) => 17,
            (Scheme::Icmp, IpAddr::V4(_)) => 1,
            (Scheme::Icmp, IpAddr::V6(_)) => 58,
            _ => 6,
        }
    }
}

impl Target {
    /// Reads the words of a target: `https://name`, `tcp://name:port`, `udp://…`, `icmp://name`, an
    /// address or name alone (port 443), `s3://bucket` or the short name of an AWS service, whose
    /// public name in `region` is meant: `public` says it.
    ///
    /// # Errors
    /// A text for people.
    pub fn parse(
        words: &str,
        region: Option<&str>,
        public: impl Fn(&str, &str) -> Option<String>,
    ) -> Result<Self, String> {
        let text = words.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let service = match scheme {
            "s3" | "dynamodb" => Some((scheme, rest.split(['/', '?']).next().unwrap_or_default())),
            "" if !rest.contains(['.', ':']) => Some((rest, "")),
            "" if public(rest, "us-east-1").is_some() => Some((rest, "")),
            _ => None,
        };
        if let Some((service, resource)) = service {
            // Whether it is a service at all does not hang on the Region.
            if public(service, "us-east-1").is_none() {
                return Err(format!(
                    "`{words}` is no name with a dot, no address and no AWS service: write e.g. `https://www.example.com`, `tcp://10.0.1.10:5432` or `s3`"
                ));
            }
            let name = region.and_then(|r| public(service, r)).ok_or_else(|| {
                format!(
                    "`{words}` is of a Region: say which with `--region`, e.g. `--region us-east-1`"
                )
            })?;
            let name = match (service, resource) {
                ("s3", bucket) if !bucket.is_empty() => format!("{bucket}.{name}"),
                _ => name,
            };
            return Ok(Self::new(words, Scheme::Https, &name, 443, ""));
        }
        let (kind, usual) = match scheme {
            "" => (Scheme::Tcp, Some(443)),
            word => Scheme::ALL
                .iter()
                .find(|(w, ..)| *w == word)
                .map(|(_, scheme, port)| (*scheme, *port))
                .ok_or_else(|| {
                    format!(
                        "`{word}://` cannot be probed: write `https://`, `http://`, `tls://`, `tcp://`, `udp://`, `icmp://`, `s3://` or `dynamodb://`"
                    )
                })?,
        };
        let (authority, path) = rest.split_once('/').map_or((rest, ""), |(a, p)| (a, p));
        if scheme.is_empty() && rest.contains('/') {
            return Err(format!(
                "`{words}` names a range or a path: a probe goes to one host, e.g. `{authority}`, or `https://{rest}`"
            ));
        }
        let (host, port) = split_port(authority)?;
        if host.is_empty() {
            return Err(format!("`{words}` names no host"));
        }
        if host.contains(['@', '?', '#', ' ']) {
            return Err(format!("`{host}` of `{words}` is no name and no address"));
        }
        let port = match (kind, port.or(usual)) {
            (Scheme::Icmp, _) if port.is_some() => {
                return Err(format!("ICMP has no ports: write `icmp://{host}`"));
            }
            (_, Some(0)) if kind != Scheme::Icmp => {
                return Err(format!("`{words}`: nobody listens at port 0"));
            }
            (_, Some(port)) => port,
            (_, None) => return Err(format!("`{words}` says no port: write `{words}:443`")),
        };
        Ok(Self::new(words, kind, host, port, path))
    }

    fn new(words: &str, scheme: Scheme, host: &str, port: u16, path: &str) -> Self {
        let host = match host.parse() {
            Ok(address) => Host::Addresses(vec![address]),
            Err(_) => Host::Name(host.to_owned()),
        };
        Self {
            words: words.to_owned(),
            scheme,
            host,
            port,
            path: format!("/{path}"),
        }
    }

    /// The name to be resolved.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.host {
            Host::Name(name) => Some(name),
            Host::Addresses(_) => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// A port at the end, after a colon; IPv6 addresses stand in brackets if one follows.
fn split_port(text: &str) -> Result<(&str, Option<u16>), String> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok((text, None));
    }
    let (host, port) = match text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        Some((host, "")) => return Ok((host, None)),
        Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or(rest)),
        None => match text.rsplit_once(':') {
            Some(split) => split,
            None => return Ok((text, None)),
        },
    };
    let port = port
        .parse()
        .map_err(|_| format!("`{port}` is not a port: write `{host}:443`"))?;
    Ok((host, Some(port)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::{Host, Scheme, Target};

    fn public(service: &str, region: &str) -> Option<String> {
        ["s3", "ecr.api", "dynamodb"]
            .contains(&service)
            .then(|| format!("{service}.{region}.amazonaws.com"))
    }

    fn parse(words: &str) -> Result<Target, String> {
        Target::parse(words, Some("eu-west-1"), public)
    }

    #[test]
    fn words_are_read() {
        for (words, scheme, host, port, path) in [
            ("https://a.b", Scheme::Https, "a.b", 443, "/"),
            (
                "https://a.b:8443/x/y?z",
                Scheme::Https,
                "a.b",
                8443,
                "/x/y?z",
            ),
            ("http://a.b/", Scheme::Http, "a.b", 80, "/"),
            ("tls://a.b:5671", Scheme::Tls, "a.b", 5671, "/"),
            ("tcp://a:5432", Scheme::Tcp, "a", 5432, "/"),
            ("a.b", Scheme::Tcp, "a.b", 443, "/"),
            ("a.b:22", Scheme::Tcp, "a.b", 22, "/"),
            ("udp://a.b:53", Scheme::Udp, "a.b", 53, "/"),
            ("icmp://a.b", Scheme::Icmp, "a.b", 0, "/"),
            (
                "s3://hats/x",
                Scheme::Https,
                "hats.s3.eu-west-1.amazonaws.com",
                443,
                "/",
            ),
            (
                "ecr.api",
                Scheme::Https,
                "ecr.api.eu-west-1.amazonaws.com",
                443,
                "/",
            ),
        ] {
            let read = parse(words).unwrap();
            assert_eq!(read.name(), Some(host), "{words}");
            assert_eq!((read.scheme, read.port), (scheme, port), "{words}");
            assert_eq!(read.path, path, "{words}");
        }
        for (words, address, port) in [
            ("10.0.0.1", "10.0.0.1", 443),
            ("tcp://[fd00::1]:22", "fd00::1", 22),
            ("fd00::1", "fd00::1", 443),
            ("[fd00::1]:80", "fd00::1", 80),
        ] {
            let read = parse(words).unwrap();
            let address = Host::Addresses(vec![address.parse().unwrap()]);
            assert_eq!((read.host, read.port), (address, port), "{words}");
        }
    }

    #[test]
    fn words_that_mean_nothing_say_what_would() {
        for (words, says) in [
            ("tcp://a.b", "no port"),
            ("ftp://a.b", "`https://`"),
            ("10.0.0.0/24", "a range"),
            ("tcp://a.b:x", "not a port"),
            ("tcp://a.b:0", "port 0"),
            ("icmp://a.b:1", "no ports"),
            ("https://", "no host"),
            ("nonsense", "no AWS service"),
        ] {
            let error = parse(words).unwrap_err();
            assert!(error.contains(says), "{words}: {error}");
        }
        let error = Target::parse("s3://hats", None, public).unwrap_err();
        assert!(error.contains("--region"), "{error}");
        let error = Target::parse("nonsense", None, public).unwrap_err();
        assert!(error.contains("no AWS service"), "{error}");
    }
}
