//! What a client asks a responder (`probe --serve`), and what the responder answers: one line each
//! way, over TCP, TLS or UDP.

use super::super::{Proxied, Seen};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// The question. A responder answers it and nothing else.
pub(super) const QUESTION: &[u8] = b"reachability seen 1\n";

/// An answer is no longer than this, its line end included.
pub(super) const LONGEST_ANSWER: usize = 512;

#[derive(Serialize, Deserialize)]
struct Answer {
    version: u8,
    source: SocketAddr,
    at: SocketAddr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proxy: Option<Proxied>,
}

/// The question as a datagram. A responder sends no answer that is longer than the question, so
/// that nobody can use it against the source of a forged one: blanks make it long enough.
pub(super) fn datagram() -> Vec<u8> {
    let mut bytes = QUESTION.to_vec();
    bytes.resize(LONGEST_ANSWER, b' ');
    bytes
}

/// The line that answers a caller from `source` who called `at`, perhaps through a proxy.
pub(super) fn answer(source: SocketAddr, at: SocketAddr, proxy: Option<&Proxied>) -> String {
    let answer = Answer {
        version: 1,
        source: plain(source),
        at: plain(at),
        proxy: proxy.cloned(),
    };
    let mut line = serde_json::to_string(&answer).unwrap_or_default();
    line.push('\n');
    line
}

/// IPv6 sockets see IPv4 callers under mapped addresses; people know them by their own.
pub(super) fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Reads an answer; whoever answers something else is no responder.
pub(super) fn read(bytes: &[u8]) -> Seen {
    let line = bytes.split_inclusive(|b| *b == b'\n').next();
    let answer = line
        .filter(|l| l.len() <= LONGEST_ANSWER && l.ends_with(b"\n"))
        .and_then(|l| serde_json::from_slice::<Answer>(l).ok());
    match answer {
        Some(Answer {
            version: 1,
            source,
            at,
            proxy,
        }) => {
            let vpce = |p: &Proxied| p.vpce.as_deref().and_then(Proxied::endpoint_id);
            let proxy = proxy.map(|p| Proxied {
                vpce: vpce(&p),
                ..p
            });
            Seen::Answered { source, at, proxy }
        }
        _ => Seen::Silent,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::{LONGEST_ANSWER, QUESTION, answer, datagram, read};
    use crate::probe::{Proxied, Seen};
    use std::net::SocketAddr;

    #[test]
    fn what_is_answered_is_read() {
        let (source, at) = ("10.0.1.7:4000".parse(), "[fd00::1]:80".parse());
        let (source, at) = (source.unwrap(), at.unwrap());
        for (proxied, vpce) in [
            (None, None),
            (Some("10.0.0.1:9"), None),
            (
                Some("[fd00::2]:9"),
                Some("vpce-0123456789abcdef0".to_owned()),
            ),
        ] {
            let proxy = proxied.map(|source| Proxied {
                source: Some(source.parse().unwrap()),
                vpce,
            });
            let line = answer(source, at, proxy.as_ref());
            assert!(line.ends_with('\n') && line.len() <= datagram().len());
            assert_eq!(read(line.as_bytes()), Seen::Answered { source, at, proxy });
        }
        let mapped = answer("[::ffff:10.0.1.7]:4000".parse().unwrap(), at, None);
        assert_eq!(mapped, answer(source, at, None));
    }

    #[test]
    fn the_longest_answer_fits() {
        let longest: SocketAddr = "[1111:2222:3333:4444:5555:6666:7777:8888]:65535"
            .parse()
            .unwrap();
        let proxy = Proxied {
            source: Some(longest),
            vpce: Proxied::endpoint_id(&format!("vpce-{}", "0".repeat(32))),
        };
        assert!(proxy.vpce.is_some());
        assert!(answer(longest, longest, Some(&proxy)).len() <= LONGEST_ANSWER);
    }

    #[test]
    fn what_a_stranger_writes_is_not_repeated() {
        let line = br#"{"version":1,"source":"10.0.0.1:1","at":"10.0.0.2:2","proxy":{"vpce":"vpce-\u001b[2J"}}"#;
        let read = read(&[&line[..], b"\n"].concat());
        assert!(
            matches!(&read, Seen::Answered { proxy: Some(p), .. } if p.vpce.is_none()),
            "{read:?}"
        );
    }

    #[test]
    fn whoever_says_something_else_is_no_responder() {
        let line = answer(
            "10.0.0.1:1".parse().unwrap(),
            "10.0.0.2:2".parse().unwrap(),
            None,
        );
        let cut = line.trim_end().as_bytes();
        let newer = line.replace("\"version\":1", "\"version\":2");
        let long = format!("{}{line}", " ".repeat(LONGEST_ANSWER));
        for other in [
            QUESTION,
            b"",
            b"SSH-2.0-x\r\n",
            cut,
            newer.as_bytes(),
            long.as_bytes(),
        ] {
            assert_eq!(read(other), Seen::Silent);
        }
    }
}
