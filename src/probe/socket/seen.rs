//! What a client asks a responder (`probe --serve`), and what the responder answers: one line each
//! way, over TCP, TLS or UDP.

use super::super::Seen;
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
}

/// The line that answers a caller from `source` who called `at`.
pub(super) fn answer(source: SocketAddr, at: SocketAddr) -> String {
    // IPv6 sockets see IPv4 callers under mapped addresses; people know them by their own.
    let plain = |a: SocketAddr| SocketAddr::new(a.ip().to_canonical(), a.port());
    let answer = Answer {
        version: 1,
        source: plain(source),
        at: plain(at),
    };
    let mut line = serde_json::to_string(&answer).unwrap_or_default();
    line.push('\n');
    line
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
        }) => Seen::Answered { source, at },
        _ => Seen::Silent,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
    use super::{LONGEST_ANSWER, QUESTION, answer, read};
    use crate::probe::Seen;

    #[test]
    fn what_is_answered_is_read() {
        let (source, at) = ("10.0.1.7:4000".parse(), "[fd00::1]:80".parse());
        let (source, at) = (source.unwrap(), at.unwrap());
        let line = answer(source, at);
        assert!(line.len() <= LONGEST_ANSWER && line.ends_with('\n'));
        assert_eq!(read(line.as_bytes()), Seen::Answered { source, at });
        let mapped = answer("[::ffff:10.0.1.7]:4000".parse().unwrap(), at);
        assert_eq!(mapped, line);
    }

    #[test]
    fn whoever_says_something_else_is_no_responder() {
        let line = answer("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap());
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
