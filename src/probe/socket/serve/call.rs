//! A call, as a line of a log tells it.

use super::super::seen::plain;
use crate::probe::{Over, Proxied};
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt;
use std::net::SocketAddr;
use std::time::SystemTime;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When.
    pub when: SystemTime,
    /// TCP or UDP.
    pub over: Over,
    /// Who, as far as this machine can see.
    pub source: SocketAddr,
    /// Which address of this machine.
    pub at: SocketAddr,
    /// Who, as a proxy in front of this machine tells.
    pub proxy: Option<Proxied>,
    /// Whether an answer was sent.
    pub answered: bool,
}

impl Call {
    pub(super) fn new(
        over: Over,
        source: SocketAddr,
        at: SocketAddr,
        proxy: Option<Proxied>,
        answered: bool,
    ) -> Self {
        Self {
            when: SystemTime::now(),
            over,
            source: plain(source),
            at: plain(at),
            proxy,
            answered,
        }
    }
}

/// A line of a log.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = DateTime::<Utc>::from(self.when).to_rfc3339_opts(SecondsFormat::Secs, true);
        let over = if self.over == Over::Udp { "udp" } else { "tcp" };
        write!(f, "{when} {} -> {} {over}", self.source, self.at)?;
        if let Some(proxy) = &self.proxy {
            write!(f, ", {proxy}")?;
        }
        if !self.answered {
            f.write_str(", not answered")?;
        }
        Ok(())
    }
}
